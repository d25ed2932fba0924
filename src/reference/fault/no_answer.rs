//! Faults that leave some calls without an answer: the connection is closed, or nothing ever comes.
//!
//! Every other call is answered. Servers that answer nothing at all are null servers: there is nothing to judge.

use serde_json::Value;

use crate::reference::behaviour::{Row, row};
use crate::reference::call::Action::Auth;
use crate::reference::call::Call;
use crate::reference::refusal::Reason::BadBody;
use crate::reference::server::Server;
use crate::reference::when::{on, refused_for};

#[rustfmt::skip] // A row is a line, or two if it is long.
pub(super) fn faults() -> Vec<Row> {
    vec![
        row("list-as-login-closes-connection", "A login that is a list makes the server close the connection.", &["AUTH-BADTYPE"],
            on(Auth).given(has_list_as_login).close()),
        row("list-body-closes-connection", "A body that is a JSON list makes the server close the connection.", &["AUTH-NOBODY"],
            on(Auth).given(has_list_as_body).close()),
        row("long-login-closes-connection", "A login of thousands of characters makes the server close the connection.", &["AUTH-LOGIN-TEXT"],
            on(Auth).given(|call, _| call.text("login").len() > 4000).close()),
        row("malformed-body-closes-connection", "A body that is not JSON makes the server close the connection.", &["AUTH-BADJSON"],
            refused_for(BadBody).given(has_no_json).close()),
        row("malformed-body-hangs", "A body that is not JSON is never answered.", &["AUTH-BADJSON"],
            refused_for(BadBody).given(has_no_json).hang()),
    ]
}

fn has_list_as_login(call: &Call, _: &Server) -> bool {
    call.value("login").is_some_and(Value::is_array)
}

fn has_no_json(call: &Call, _: &Server) -> bool {
    serde_json::from_slice::<Value>(&call.request.body).is_err()
}

fn has_list_as_body(call: &Call, _: &Server) -> bool {
    serde_json::from_slice(&call.request.body).is_ok_and(|body: Value| body.is_array())
}
