//! Faults that show only on input that no client sends in earnest: JSON of another type, names that
//! mean something in a programming language, texts far too long, JSON with something behind it.

use serde_json::{Deserializer, Value};

use crate::reference::behaviour::{Row, row};
use crate::reference::call::Action::{Auth, GetPermissions, Logout};
use crate::reference::call::Call;
use crate::reference::change::{Changes, request};
use crate::reference::refusal::Reason::{BadBody, FieldType, MalformedHash, UnknownDealer};
use crate::reference::request::Request;
use crate::reference::response::Response;
use crate::reference::server::Server;
use crate::reference::when::{When, on, refused_for};

#[rustfmt::skip] // A row is a line, or two if it is long.
pub(super) fn faults() -> Vec<Row> {
    vec![
        row("empty-list-body-crashes", "A body that is an empty JSON list makes the server fail.", &["AUTH-NOBODY"],
            body_crashes(|body| body.as_array().is_some_and(Vec::is_empty))),
        row("list-body-crashes", "A body that is a JSON list of texts makes the server fail.", &["AUTH-NOBODY"],
            body_crashes(|body| body.get(0).is_some_and(Value::is_string))),
        row("text-body-crashes", "A body that is a JSON text makes the server fail.", &["AUTH-NOBODY"],
            body_crashes(|body| body.as_str().is_some_and(|text| !text.is_empty()))),
        row("empty-text-body-crashes", "A body that is an empty JSON text makes the server fail.", &["AUTH-NOBODY"],
            body_crashes(|body| body.as_str().is_some_and(str::is_empty))),
        row("number-body-crashes", "A body that is a JSON number makes the server fail.", &["AUTH-NOBODY"], body_crashes(Value::is_number)),
        row("true-body-crashes", "A body that is true makes the server fail.", &["AUTH-NOBODY"], body_crashes(|body| *body == true)),
        row("false-body-crashes", "A body that is false makes the server fail.", &["AUTH-NOBODY"], body_crashes(|body| *body == false)),
        row("null-body-crashes", "A body that is null makes the server fail.", &["AUTH-NOBODY"], body_crashes(Value::is_null)),
        row("list-as-login-crashes", "A login that is a list makes the server fail.", &["AUTH-BADTYPE"], login_crashes(Value::is_array)),
        row("object-as-login-crashes", "A login that is an object makes the server fail.", &["AUTH-BADTYPE"], login_crashes(Value::is_object)),
        row("true-as-login-crashes", "A login that is true makes the server fail.", &["AUTH-BADTYPE"], login_crashes(Value::is_boolean)),
        row("long-login-crashes", "A login of thousands of characters makes the server fail.", &["AUTH-LOGIN-TEXT"],
            on(Auth).given(|call, _| call.text("login").len() > 4000).page(500, CRASH)),
        row("long-hash-crashes", "A hash of thousands of characters makes the server fail.", &["HASH-NEAR", "HASH-MALFORMED"],
            on(GetPermissions).given(|call, _| call.text("hash").len() > 4000).page(500, CRASH)),
        row("hash-in-no-object-crashes", "A body with a hash that is JSON but no object makes the server fail.", &["HASH-MISSING"],
            on(GetPermissions).refused_for(BadBody).page(500, CRASH)),
        row("hash-in-list-of-body-accepted", "A hash is taken out of a JSON list as well.", &["HASH-MISSING"], request(unwrap_list)),
        row("accounts-in-plain-object", "A login that is the name of a built-in property makes the server fail.", &["AUTH-E12", "AUTH-LOGIN-TEXT"],
            refused_for(UnknownDealer).given(|call, _| is_built_in(call.text("login"))).page(500, CRASH)),
        row("sessions-in-plain-object", "A hash that is the name of a built-in property is that of a session without dealer.", &["HASH-MALFORMED", "LO-BADHASH"],
            on(GetPermissions).refused_for(MalformedHash).given(has_built_in_hash).page(500, CRASH)
                .and(on(Logout).refused_for(MalformedHash).given(has_built_in_hash).succeed())),
        row("text-behind-json-ignored", "Whatever stands behind the JSON of a body is ignored.", &["AUTH-BADJSON"],
            request(|request| rewrite_json(request, first_value))),
        row("trailing-comma-accepted", "A comma before the last brace of a body is accepted.", &["AUTH-BADJSON"],
            request(|request| rewrite_json(request, |body| body.replace(",}", "}")))),
        row("single-quotes-accepted", "Single quotes around the texts of a body are accepted.", &["AUTH-BADJSON"],
            request(|request| rewrite_json(request, with_double_quotes))),
    ]
}

const CRASH: &str =
    "<pre>TypeError: Cannot read properties of undefined\n    at /srv/panel/account.js:42:17</pre>";

/// Names that every object of a common language answers to.
const BUILT_IN: [&str; 6] =
    ["constructor", "hasOwnProperty", "isPrototypeOf", "toString", "valueOf", "__proto__"];

fn is_built_in(name: &str) -> bool {
    BUILT_IN.contains(&name)
}

fn has_built_in_hash(call: &Call, _: &Server) -> bool {
    is_built_in(call.text("hash"))
}

/// Fails on a body that is JSON of a kind, and no object.
fn body_crashes(is_meant: fn(&Value) -> bool) -> Changes {
    crash_if(on(Auth).refused_for(BadBody), move |call| {
        serde_json::from_slice(&call.request.body).is_ok_and(|body| is_meant(&body))
    })
}

/// Fails on a login of a type that is no string.
fn login_crashes(is_meant: fn(&Value) -> bool) -> Changes {
    crash_if(refused_for(FieldType), move |call| call.value("login").is_some_and(is_meant))
}

fn crash_if(when: When, is_meant: impl Fn(&Call) -> bool + Send + Sync + 'static) -> Changes {
    when.response_with(move |response, call| {
        if is_meant(call) {
            *response = Response::page(500, CRASH);
        }
    })
}

fn rewrite_json(request: &mut Request, rewrite: fn(&str) -> String) {
    if !request.is_form() {
        request.rewrite_body(rewrite);
    }
}

/// The JSON value that a text begins with, if there is one.
fn first_value(body: &str) -> String {
    let mut values = Deserializer::from_str(body).into_iter::<Value>();
    match values.next() {
        Some(Ok(_)) => body[..values.byte_offset()].to_owned(),
        _ => body.to_owned(),
    }
}

/// A body without any double quote is read as if its single quotes were double.
fn with_double_quotes(body: &str) -> String {
    if body.contains('"') { body.to_owned() } else { body.replace('\'', "\"") }
}

/// Reads `["0123"]` as `{"hash": "0123"}`.
fn unwrap_list(request: &mut Request) {
    if let Ok(Value::Array(list)) = serde_json::from_slice(&request.body)
        && let [Value::String(hash)] = list.as_slice()
    {
        request.body = serde_json::json!({ "hash": hash }).to_string().into();
    }
}
