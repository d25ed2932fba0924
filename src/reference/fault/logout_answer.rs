//! Faults in what `logout` asks for and what it answers.

use hyper::header::LOCATION;
use serde_json::Value;

use crate::reference::behaviour::{Row, row};
use crate::reference::call::Action::Logout;
use crate::reference::call::Call;
use crate::reference::change::Changes;
use crate::reference::refusal::Reason::{self, MalformedHash, NoHash, UnknownHash};
use crate::reference::reply::Reply;
use crate::reference::response::Response;
use crate::reference::server::Server;
use crate::reference::when::on;

#[rustfmt::skip] // A row is a line, or two if it is long.
pub(super) fn faults() -> Vec<Row> {
    let granted = on(Logout).granted();

    vec![
        row("logout-without-success", "Logout answers an empty object.", &["LO-SHAPE"], granted.remove("/success")),
        row("logout-success-null", "Logout says that `success` is null.", &["LO-SHAPE"], granted.set("/success", Value::Null)),
        row("logout-success-text", "Logout says that `success` is the string `true`.", &["LO-SHAPE"], granted.set("/success", "true")),
        row("logout-success-one", "Logout says that `success` is 1.", &["LO-SHAPE"], granted.set("/success", 1)),
        row("logout-success-false", "Logout does its work and says that `success` is false.", &["LO-SHAPE"], granted.set("/success", false)),
        row("logout-http-201", "Logout is answered with HTTP 201.", &["LO-200", "OK-200"], granted.status(201)),
        row("logout-http-202", "Logout is answered with HTTP 202.", &["LO-200", "OK-200"], granted.status(202)),
        row("logout-http-204", "Logout is answered with HTTP 204 and no body.", &["LO-SHAPE", "LO-200"],
            granted.respond(|_| Response::empty(204))),
        row("logout-body-true", "Logout answers the JSON value true.", &["LO-SHAPE"], granted.body(|_| "true".to_owned())),
        row("logout-body-empty", "Logout is answered with an empty body.", &["LO-SHAPE"], granted.body(|_| String::new())),
        row("logout-to-sign-in-page", "Logout is answered with a redirect to a sign-in page.", &["LO-SHAPE", "LO-200"],
            granted.respond(|_| Response::bare(302, LOCATION, "/login"))),
        row("logout-needs-login", "Logout needs the login beside the hash.", &["LO-ONLYHASH"], needs("login")),
        row("logout-needs-confirmation", "Logout needs a member `confirm` beside the hash.", &["LO-ONLYHASH"], needs("confirm")),
        row("logout-code-13", "Logout needs a permission that few have.", &["LO-NOPERM"],
            granted.given(|call, server| !server.may(call, "paas_tariff")).reply_with(forbid)),
        row("logout-code-13-for-minimal-dealer", "A dealer without permissions may not log out.", &["LO-NOPERM"],
            granted.given(|call, server| !server.may(call, "base")).reply_with(forbid)),
        row("logout-without-hash-succeeds", "Logout without a hash succeeds.", &["LO-BADHASH", "HASH-MISSING"], on(Logout).refused_for(NoHash).succeed()),
        row("logout-with-unknown-hash-succeeds", "Logout with an unknown hash succeeds.", &["LO-BADHASH", "HASH-UNKNOWN"],
            on(Logout).refused_for(UnknownHash).succeed()),
        row("logout-with-malformed-hash-succeeds", "Logout with a malformed hash succeeds.", &["LO-BADHASH", "HASH-MALFORMED"],
            on(Logout).refused_for(MalformedHash).succeed()),
        row("logout-with-any-bad-hash-succeeds", "Logout succeeds whatever the hash.", &["LO-BADHASH", "LO-TWICE"],
            on(Logout).refused().reply(accept_bad_hash)),
        row("logout-with-unknown-hash-code-102", "Logout with an unknown hash is refused with code 102.", &["LO-BADHASH", "HASH-NOTAUTHCODE", "ERR-RANGE"],
            on(Logout).refused_for(UnknownHash).error(102)),
    ]
}

fn needs(parameter: &'static str) -> Changes {
    on(Logout).granted().reply_with(move |reply, call, server| {
        if call.value(parameter).is_none() {
            server.reopen_session_of(call);
            *reply = Reply::missing(parameter);
        }
    })
}

fn forbid(reply: &mut Reply, call: &Call, server: &Server) {
    server.reopen_session_of(call);
    *reply = Reply::error(13);
}

fn accept_bad_hash(reply: &mut Reply) {
    if reply.reason.is_some_and(Reason::is_about_hash) {
        *reply = Reply::success();
    }
}
