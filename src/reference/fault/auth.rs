//! Faults in what `auth` answers when it succeeds, and in what it asks for.

use serde_json::{Value, json};

use super::{Family, Fault};
use crate::reference::call::{Action, Call, Encoding, Parameter};
use crate::reference::change::Change;
use crate::reference::reply::Reply;
use crate::reference::session::random_hash;

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "auth-without-hash",
        family: Family::Auth,
        summary: "A successful sign-in carries no hash.",
        violates: &["AUTH-HASH"],
        changes: &[Change::Success(Action::Auth, |reply| reply.drop("hash"))],
    },
    Fault {
        name: "auth-hash-null",
        family: Family::Auth,
        summary: "The hash of a sign-in is null.",
        violates: &["AUTH-HASH"],
        changes: &[Change::Success(Action::Auth, |reply| reply.set("hash", Value::Null))],
    },
    Fault {
        name: "auth-hash-empty",
        family: Family::Auth,
        summary: "The hash of a sign-in is an empty string.",
        violates: &["AUTH-HASH"],
        changes: &[Change::Success(Action::Auth, |reply| reply.set("hash", ""))],
    },
    Fault {
        name: "auth-hash-number",
        family: Family::Auth,
        summary: "The hash of a sign-in is a number.",
        violates: &["AUTH-HASH"],
        changes: &[Change::Success(Action::Auth, |reply| reply.set("hash", 20410))],
    },
    Fault {
        name: "auth-hash-in-object",
        family: Family::Auth,
        summary: "The hash of a sign-in is wrapped in an object.",
        violates: &["AUTH-HASH"],
        changes: &[Change::Success(Action::Auth, |reply| {
            let hash = reply.members["hash"].take();
            reply.set("hash", json!({ "value": hash }));
        })],
    },
    Fault {
        name: "auth-hash-named-token",
        family: Family::Auth,
        summary: "The hash of a sign-in is called `token`.",
        violates: &["AUTH-HASH"],
        changes: &[Change::Success(Action::Auth, |reply| {
            let hash = reply.members["hash"].take();
            reply.drop("hash");
            reply.set("token", hash);
        })],
    },
    Fault {
        name: "auth-hash-is-dead",
        family: Family::Auth,
        summary: "The hash of a sign-in is not that of any session.",
        violates: &["AUTH-HASH-WORKS"],
        changes: &[Change::Success(Action::Auth, |reply| reply.set("hash", random_hash()))],
    },
    Fault {
        name: "auth-hash-cut-short",
        family: Family::Auth,
        summary: "The hash of a sign-in is told without its last digit.",
        violates: &["AUTH-HASH-WORKS"],
        changes: &[Change::Success(Action::Auth, |reply| {
            rewrite_hash(reply, |hash| hash[..hash.len() - 1].to_owned())
        })],
    },
    Fault {
        name: "auth-hash-in-upper-case",
        family: Family::Auth,
        summary: "The hash of a sign-in is told in upper case and then compared letter by letter.",
        violates: &["AUTH-HASH-WORKS"],
        changes: &[Change::Success(Action::Auth, |reply| {
            rewrite_hash(reply, str::to_ascii_uppercase)
        })],
    },
    Fault {
        name: "auth-hash-with-scheme-word",
        family: Family::Auth,
        summary: "The hash of a sign-in is told with the scheme word of the header before it.",
        violates: &["AUTH-HASH-WORKS", "AUTH-HASH-HEX"],
        changes: &[Change::Success(Action::Auth, |reply| {
            rewrite_hash(reply, |hash| format!("NVX {hash}"))
        })],
    },
    Fault {
        name: "auth-without-permissions",
        family: Family::Auth,
        summary: "A successful sign-in carries no permissions.",
        violates: &["AUTH-PERMS"],
        changes: &[Change::Success(Action::Auth, |reply| reply.drop("permissions"))],
    },
    Fault {
        name: "auth-permissions-null",
        family: Family::Auth,
        summary: "The permissions of a sign-in are null.",
        violates: &["AUTH-PERMS"],
        changes: &[Change::Success(Action::Auth, |reply| reply.set("permissions", Value::Null))],
    },
    Fault {
        name: "auth-permissions-list",
        family: Family::Auth,
        summary: "The permissions of a sign-in are a list of categories.",
        violates: &["AUTH-PERMS", "PERM-OBJECT"],
        changes: &[Change::Success(Action::Auth, |reply| {
            let names: Vec<String> =
                reply.permissions().into_iter().flat_map(|all| all.keys().cloned()).collect();
            reply.set("permissions", names);
        })],
    },
    Fault {
        name: "auth-permissions-text",
        family: Family::Auth,
        summary: "The permissions of a sign-in are JSON inside a string.",
        violates: &["AUTH-PERMS", "PERM-OBJECT"],
        changes: &[Change::Success(Action::Auth, |reply| {
            let text = reply.members["permissions"].to_string();
            reply.set("permissions", text);
        })],
    },
    Fault {
        name: "auth-without-success",
        family: Family::Auth,
        summary: "A successful sign-in has no member `success`.",
        violates: &["AUTH-SUCCESS"],
        changes: &[Change::Success(Action::Auth, |reply| reply.drop("success"))],
    },
    Fault {
        name: "auth-success-null",
        family: Family::Auth,
        summary: "A successful sign-in says that `success` is null.",
        violates: &["AUTH-SUCCESS"],
        changes: &[Change::Success(Action::Auth, |reply| reply.set("success", Value::Null))],
    },
    Fault {
        name: "auth-success-text",
        family: Family::Auth,
        summary: "A successful sign-in says that `success` is the string `true`.",
        violates: &["AUTH-SUCCESS"],
        changes: &[Change::Success(Action::Auth, |reply| reply.set("success", "true"))],
    },
    Fault {
        name: "auth-success-one",
        family: Family::Auth,
        summary: "A successful sign-in says that `success` is 1.",
        violates: &["AUTH-SUCCESS"],
        changes: &[Change::Success(Action::Auth, |reply| reply.set("success", 1))],
    },
    Fault {
        name: "auth-success-false",
        family: Family::Auth,
        summary: "A successful sign-in says that `success` is false.",
        violates: &["AUTH-SUCCESS"],
        changes: &[Change::Success(Action::Auth, |reply| reply.set("success", false))],
    },
    Fault {
        name: "auth-http-201",
        family: Family::Auth,
        summary: "A successful sign-in is answered with HTTP 201.",
        violates: &["AUTH-200", "OK-200"],
        changes: &[Change::Success(Action::Auth, |reply| {
            reply.status = 201;
        })],
    },
    Fault {
        name: "auth-with-status",
        family: Family::Auth,
        summary: "A successful sign-in carries a `status` too.",
        violates: &["AUTH-NOSTATUS"],
        changes: &[Change::Success(Action::Auth, |reply| {
            reply.set("status", json!({ "code": 0, "description": "OK" }));
        })],
    },
    Fault {
        name: "auth-wrapped-in-result",
        family: Family::Auth,
        summary: "A successful sign-in keeps hash and permissions in a member `result`.",
        violates: &["AUTH-HASH", "AUTH-PERMS"],
        changes: &[Change::Success(Action::Auth, |reply| {
            let members = std::mem::take(&mut reply.members);
            reply.set("success", true);
            reply.set("result", members);
        })],
    },
    Fault {
        name: "auth-needs-permission",
        family: Family::Auth,
        summary: "A dealer without permissions cannot sign in.",
        violates: &["AUTH-NOPERM"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Auth && reply.permissions().is_some_and(|all| all.is_empty())
            {
                *reply = Reply::error(13, 403);
            }
        })],
    },
    Fault {
        name: "auth-needs-session",
        family: Family::Auth,
        summary: "Signing in for the first time needs a session hash, even an empty one.",
        violates: &["AUTH-NOHASH"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Auth && !has_hash(call) {
                *reply = Reply::error(3, 400);
            }
        })],
    },
    Fault {
        name: "auth-login-must-be-number",
        family: Family::Auth,
        summary: "A login is taken as a JSON number only.",
        violates: &["AUTH-LOGIN-STRING"],
        changes: &[Change::Call(numbers_only)],
    },
    Fault {
        name: "auth-text-login-code-5",
        family: Family::Auth,
        summary: "A login that is no number is a wrong request format.",
        violates: &["AUTH-LOGIN-TEXT"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Auth && has_letters(call.text("login")) {
                *reply = Reply::error(5, 400);
            }
        })],
    },
    Fault {
        name: "auth-text-login-crashes",
        family: Family::Auth,
        summary: "A login that is no number makes the server fail.",
        violates: &["AUTH-LOGIN-TEXT"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Auth && has_letters(call.text("login")) {
                *reply = Reply::error(6, 500);
            }
        })],
    },
];

fn rewrite_hash(reply: &mut Reply, rewrite: impl Fn(&str) -> String) {
    if let Some(Value::String(hash)) = reply.members.get("hash") {
        let hash = rewrite(hash);
        reply.set("hash", hash);
    }
}

fn has_hash(call: &Call) -> bool {
    call.parameters.iter().any(|parameter| parameter.name == "hash")
}

fn has_letters(login: &str) -> bool {
    login.chars().any(char::is_alphabetic)
}

/// Swaps the two types: a number is read as the login, a string is as good as a number elsewhere.
fn numbers_only(call: &mut Call) {
    let json = |parameter: &&mut Parameter| {
        parameter.name == "login" && parameter.encoding == Encoding::Json
    };
    for parameter in call.parameters.iter_mut().filter(json) {
        parameter.value = match &parameter.value {
            Value::String(_) => Value::Bool(false),
            other => Value::String(other.to_string()),
        };
    }
}
