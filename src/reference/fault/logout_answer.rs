//! Faults in what `logout` asks for and what it answers.

use hyper::header::LOCATION;
use serde_json::{Map, Value, json};

use super::{Family, Fault};
use crate::reference::call::{Action, Call};
use crate::reference::change::Change;
use crate::reference::reply::Reply;
use crate::reference::response::Response;
use crate::reference::server::Server;
use crate::reference::trouble::Trouble;

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "logout-without-success",
        family: Family::Logout,
        summary: "Logout answers an empty object.",
        violates: &["LO-SHAPE"],
        changes: &[Change::Success(Action::Logout, |reply| reply.drop("success"))],
    },
    Fault {
        name: "logout-success-null",
        family: Family::Logout,
        summary: "Logout says that `success` is null.",
        violates: &["LO-SHAPE"],
        changes: &[Change::Success(Action::Logout, |reply| reply.set("success", Value::Null))],
    },
    Fault {
        name: "logout-success-text",
        family: Family::Logout,
        summary: "Logout says that `success` is the string `true`.",
        violates: &["LO-SHAPE"],
        changes: &[Change::Success(Action::Logout, |reply| reply.set("success", "true"))],
    },
    Fault {
        name: "logout-success-one",
        family: Family::Logout,
        summary: "Logout says that `success` is 1.",
        violates: &["LO-SHAPE"],
        changes: &[Change::Success(Action::Logout, |reply| reply.set("success", 1))],
    },
    Fault {
        name: "logout-success-false",
        family: Family::Logout,
        summary: "Logout does its work and says that `success` is false.",
        violates: &["LO-SHAPE"],
        changes: &[Change::Success(Action::Logout, |reply| reply.set("success", false))],
    },
    Fault {
        name: "logout-http-201",
        family: Family::Logout,
        summary: "Logout is answered with HTTP 201.",
        violates: &["LO-200", "OK-200"],
        changes: &[Change::Success(Action::Logout, |reply| {
            reply.status = 201;
        })],
    },
    Fault {
        name: "logout-http-202",
        family: Family::Logout,
        summary: "Logout is answered with HTTP 202.",
        violates: &["LO-200", "OK-200"],
        changes: &[Change::Success(Action::Logout, |reply| {
            reply.status = 202;
        })],
    },
    Fault {
        name: "logout-http-204",
        family: Family::Logout,
        summary: "Logout is answered with HTTP 204 and no body.",
        violates: &["LO-SHAPE", "LO-200"],
        changes: &[Change::Response(|response, call| {
            if call.action == Action::Logout && response.is_success() {
                *response = Response::empty(204);
            }
        })],
    },
    Fault {
        name: "logout-body-true",
        family: Family::Logout,
        summary: "Logout answers the JSON value true.",
        violates: &["LO-SHAPE"],
        changes: &[Change::Response(|response, call| {
            if call.action == Action::Logout && response.is_success() {
                response.body = b"true".to_vec();
            }
        })],
    },
    Fault {
        name: "logout-body-empty",
        family: Family::Logout,
        summary: "Logout is answered with an empty body.",
        violates: &["LO-SHAPE"],
        changes: &[Change::Response(|response, call| {
            if call.action == Action::Logout && response.is_success() {
                response.body.clear();
            }
        })],
    },
    Fault {
        name: "logout-to-sign-in-page",
        family: Family::Logout,
        summary: "Logout is answered with a redirect to a sign-in page.",
        violates: &["LO-SHAPE", "LO-200"],
        changes: &[Change::Response(|response, call| {
            if call.action == Action::Logout && response.is_success() {
                *response = Response::empty(302);
                response.set(LOCATION, "/login");
            }
        })],
    },
    Fault {
        name: "logout-needs-login",
        family: Family::Logout,
        summary: "Logout needs the login beside the hash.",
        violates: &["LO-ONLYHASH"],
        changes: &[Change::Reply(|reply, call, server| {
            if call.action == Action::Logout && reply.is_success() && call.value("login").is_none()
            {
                reopen(call, server);
                *reply = Reply::error(7, 400);
                reply.set("errors", json!([{ "parameter": "login", "error": "is required" }]));
            }
        })],
    },
    Fault {
        name: "logout-needs-confirmation",
        family: Family::Logout,
        summary: "Logout needs a member `confirm` beside the hash.",
        violates: &["LO-ONLYHASH"],
        changes: &[Change::Reply(|reply, call, server| {
            if call.action == Action::Logout
                && reply.is_success()
                && call.value("confirm").is_none()
            {
                reopen(call, server);
                *reply = Reply::error(7, 400);
                reply.set("errors", json!([{ "parameter": "confirm", "error": "is required" }]));
            }
        })],
    },
    Fault {
        name: "logout-code-13",
        family: Family::Logout,
        summary: "Logout needs a permission that few have.",
        violates: &["LO-NOPERM"],
        changes: &[Change::Reply(|reply, call, server| {
            if call.action == Action::Logout
                && reply.is_success()
                && !server.may(call, "paas_tariff")
            {
                reopen(call, server);
                *reply = Reply::error(13, 403);
            }
        })],
    },
    Fault {
        name: "logout-code-13-for-minimal-dealer",
        family: Family::Logout,
        summary: "A dealer without permissions may not log out.",
        violates: &["LO-NOPERM"],
        changes: &[Change::Reply(|reply, call, server| {
            if call.action == Action::Logout && reply.is_success() && !server.may(call, "base") {
                reopen(call, server);
                *reply = Reply::error(13, 403);
            }
        })],
    },
    Fault {
        name: "logout-without-hash-succeeds",
        family: Family::Logout,
        summary: "Logout without a hash succeeds.",
        violates: &["LO-BADHASH", "HASH-MISSING"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Logout && reply.trouble == Some(Trouble::NoHash) {
                *reply = Reply::success(Map::new());
                reply.set("success", true);
            }
        })],
    },
    Fault {
        name: "logout-with-unknown-hash-succeeds",
        family: Family::Logout,
        summary: "Logout with an unknown hash succeeds.",
        violates: &["LO-BADHASH", "HASH-UNKNOWN"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Logout && reply.trouble == Some(Trouble::UnknownHash) {
                *reply = Reply::success(Map::new());
                reply.set("success", true);
            }
        })],
    },
    Fault {
        name: "logout-with-malformed-hash-succeeds",
        family: Family::Logout,
        summary: "Logout with a malformed hash succeeds.",
        violates: &["LO-BADHASH", "HASH-MALFORMED"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Logout && reply.trouble == Some(Trouble::MalformedHash) {
                *reply = Reply::success(Map::new());
                reply.set("success", true);
            }
        })],
    },
    Fault {
        name: "logout-with-any-bad-hash-succeeds",
        family: Family::Logout,
        summary: "Logout succeeds whatever the hash.",
        violates: &["LO-BADHASH", "LO-TWICE"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Logout && reply.trouble.is_some_and(Trouble::is_about_hash) {
                *reply = Reply::success(Map::new());
                reply.set("success", true);
            }
        })],
    },
    Fault {
        name: "logout-with-unknown-hash-code-102",
        family: Family::Logout,
        summary: "Logout with an unknown hash is refused with code 102.",
        violates: &["LO-BADHASH", "HASH-NOTAUTHCODE", "ERR-RANGE"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Logout && reply.trouble == Some(Trouble::UnknownHash) {
                *reply = Reply::error(102, 400);
            }
        })],
    },
];

/// Takes a logout back.
fn reopen(call: &Call, server: &Server) {
    server.sessions().reopen(|session| session.hash == call.text("hash"));
}
