//! Faults in what `auth` answers if it succeeds, and in what it asks for.

use serde_json::{Value, json};

use crate::reference::behaviour::{Row, row};
use crate::reference::call::Action::Auth;
use crate::reference::call::{Call, Encoding};
use crate::reference::change::Changes;
use crate::reference::reply::Reply;
use crate::reference::session::random_hash;
use crate::reference::when::on;

#[rustfmt::skip] // A row is a line, or two if it is long.
pub(super) fn faults() -> Vec<Row> {
    let granted = on(Auth).granted();

    vec![
        row("auth-without-hash", "A successful sign-in carries no hash.", &["AUTH-HASH"], granted.remove("/hash")),
        row("auth-hash-null", "The hash of a sign-in is null.", &["AUTH-HASH"], granted.set("/hash", Value::Null)),
        row("auth-hash-empty", "The hash of a sign-in is an empty string.", &["AUTH-HASH"], granted.set("/hash", "")),
        row("auth-hash-long-number", "The hash of a sign-in is a number of thirteen digits.", &["AUTH-HASH"], granted.set("/hash", 1_234_567_890_123_u64)),
        row("auth-hash-number", "The hash of a sign-in is a number.", &["AUTH-HASH"], granted.set("/hash", 20410)),
        row("auth-hash-in-object", "The hash of a sign-in is wrapped in an object.", &["AUTH-HASH"],
            granted.map("/hash", |hash| json!({ "value": hash }))),
        row("auth-hash-named-token", "The hash of a sign-in is called `token`.", &["AUTH-HASH"], granted.rename("/hash", "/token")),
        row("auth-hash-is-dead", "The hash of a sign-in is not that of any session.", &["AUTH-HASH-WORKS"],
            granted.reply(|reply| reply.set("/hash", random_hash()))),
        row("auth-hash-cut-short", "The hash of a sign-in lacks its last digit.", &["AUTH-HASH-WORKS"],
            rewrite_hash(|hash| hash[..hash.len() - 1].to_owned())),
        row("auth-hash-in-upper-case", "The hash of a sign-in is given in upper case, and the case matters when it comes back.", &["AUTH-HASH-WORKS"],
            rewrite_hash(str::to_ascii_uppercase)),
        row("auth-hash-with-scheme-word", "The hash of a sign-in starts with the scheme word of the header.", &["AUTH-HASH-WORKS", "AUTH-HASH-HEX"],
            rewrite_hash(|hash| format!("NVX {hash}"))),
        row("auth-without-permissions", "A successful sign-in carries no permissions.", &["AUTH-PERMS"], granted.remove("/permissions")),
        row("auth-permissions-null", "The permissions of a sign-in are null.", &["AUTH-PERMS"], granted.set("/permissions", Value::Null)),
        row("auth-permissions-list", "The permissions of a sign-in are a list of categories.", &["AUTH-PERMS", "PERM-OBJECT"],
            granted.reply(list_categories)),
        row("auth-permissions-text", "The permissions of a sign-in are JSON inside a string.", &["AUTH-PERMS", "PERM-OBJECT"],
            granted.map("/permissions", |permissions| permissions.to_string().into())),
        row("auth-without-success", "A successful sign-in has no member `success`.", &["AUTH-SUCCESS"], granted.remove("/success")),
        row("auth-success-null", "A successful sign-in says that `success` is null.", &["AUTH-SUCCESS"], granted.set("/success", Value::Null)),
        row("auth-success-text", "A successful sign-in says that `success` is the string `true`.", &["AUTH-SUCCESS"], granted.set("/success", "true")),
        row("auth-success-one", "A successful sign-in says that `success` is 1.", &["AUTH-SUCCESS"], granted.set("/success", 1)),
        row("auth-success-false", "A successful sign-in says that `success` is false.", &["AUTH-SUCCESS"], granted.set("/success", false)),
        row("auth-http-201", "A successful sign-in is answered with HTTP 201.", &["AUTH-200", "OK-200"], granted.status(201)),
        row("auth-with-status", "A successful sign-in carries a `status` too.", &["AUTH-NOSTATUS"],
            granted.set("/status", json!({ "code": 0, "description": "OK" }))),
        row("auth-wrapped-in-result", "A successful sign-in keeps hash and permissions in a member `result`.", &["AUTH-HASH", "AUTH-PERMS"],
            granted.reply(wrap_in_result)),
        row("auth-needs-permission", "A dealer without permissions cannot sign in.", &["AUTH-NOPERM"],
            granted.reply(refuse_if_no_permissions)),
        row("auth-needs-session", "Signing in for the first time needs a session hash, even an empty one.", &["AUTH-NOHASH"],
            on(Auth).given(|call, _| !call.has("hash")).error(3)),
        row("auth-login-must-be-number", "A login is taken as a JSON number only.", &["AUTH-LOGIN-STRING"],
            on(Auth).call(read_numbers_only)),
        row("auth-text-login-code-5", "A login that is no number is a wrong request format.", &["AUTH-LOGIN-TEXT"],
            on(Auth).given(|call, _| has_letters(call.text("login"))).error(5)),
        row("auth-text-login-crashes", "A login that is no number makes the server fail.", &["AUTH-LOGIN-TEXT"],
            on(Auth).given(|call, _| has_letters(call.text("login"))).error(6)),
    ]
}

fn rewrite_hash(rewrite: fn(&str) -> String) -> Changes {
    on(Auth).granted().reply(move |reply| {
        if let Some(Value::String(hash)) = reply.get_mut("/hash") {
            *hash = rewrite(hash);
        }
    })
}

fn list_categories(reply: &mut Reply) {
    let names: Vec<String> =
        reply.permissions().into_iter().flat_map(|all| all.keys().cloned()).collect();
    reply.set("/permissions", names);
}

fn wrap_in_result(reply: &mut Reply) {
    let members = std::mem::take(&mut reply.members);
    reply.set("/success", true);
    reply.set("/result", members);
}

fn refuse_if_no_permissions(reply: &mut Reply) {
    if reply.permissions().is_some_and(|all| all.is_empty()) {
        *reply = Reply::error(13);
    }
}

fn has_letters(login: &str) -> bool {
    login.chars().any(char::is_alphabetic)
}

/// Swaps the two types: a number is read as the login, a string is as good as a number elsewhere.
fn read_numbers_only(call: &mut Call) {
    let logins = call.values_mut("login").filter(|(encoding, _)| *encoding == Encoding::Json);
    for (_, login) in logins {
        *login =
            if login.is_string() { Value::Bool(false) } else { Value::String(login.to_string()) };
    }
}
