//! Faults that let in whom the contract keeps out, or tell what it keeps secret.

use serde_json::json;

use crate::reference::behaviour::{Row, row};
use crate::reference::call::Action::Auth;
use crate::reference::call::Call;
use crate::reference::call::Encoding::Form;
use crate::reference::refusal::Reason::{
    Blocked, EmptyField, MissingField, NoHash, UnknownDealer, UnknownHash, WrongPassword,
};
use crate::reference::reply::Reply;
use crate::reference::server::Server;
use crate::reference::session::Session;
use crate::reference::when::{on, refused_for};

#[rustfmt::skip] // A row is a line, or two if it is long.
pub(super) fn faults() -> Vec<Row> {
    let wrong_password = refused_for(WrongPassword);

    vec![
        row("password-not-compared-while-signed-in", "A dealer who is signed in may sign in again with any password.", &["AUTH-WRONGPW"],
            wrong_password.given(is_signed_in).reply_with(sign_in)),
        row("wrong-password-by-form-accepted", "Signing in by form accepts any password.", &["AUTH-WRONGPW", "T-FORM-AUTH"],
            wrong_password.by(Form).reply_with(sign_in)),
        row("blocked-dealer-by-form-admitted", "A blocked dealer may sign in by form.", &["AUTH-E11", "T-FORM-AUTH"],
            refused_for(Blocked).by(Form).reply_with(sign_in)),
        row("missing-password-accepted", "A known login without a password is admitted.", &["AUTH-MISSING"],
            refused_for(MissingField).given(has_no_password).reply_with(sign_in)),
        row("null-password-accepted", "A known login with null for a password is admitted.", &["AUTH-BADTYPE"],
            refused_for(MissingField).given(has_null_password).reply_with(sign_in)),
        row("empty-password-accepted", "A known login with an empty password is admitted.", &["AUTH-EMPTYVAL"],
            refused_for(EmptyField).given(|call, _| call.text("password").is_empty()).reply_with(sign_in)),
        row("unknown-dealer-is-first-dealer", "An unknown login with any password is admitted as the first dealer.", &["AUTH-E12", "AUTH-NOLEAK"],
            refused_for(UnknownDealer).reply_with(sign_in_first)),
        row("wrong-password-refused-with-hash", "A wrong password is refused, and the refusal carries the hash of a session.", &["AUTH-NOLEAK", "AUTH-WRONGPW"],
            wrong_password.reply_with(leak_hash)),
        row("blocked-dealer-refused-with-hash", "A blocked dealer is refused, and the refusal carries the hash of a session.", &["AUTH-NOLEAK", "AUTH-E11"],
            refused_for(Blocked).reply_with(leak_hash)),
        row("unknown-dealer-refused-with-hash", "An unknown dealer is refused, and the refusal carries the hash of a session.", &["AUTH-NOLEAK", "AUTH-E12"],
            refused_for(UnknownDealer).reply_with(leak_hash)),
        row("missing-field-refused-with-hash", "A sign-in without a password is refused, and the refusal carries the hash of a session.", &["AUTH-NOLEAK", "AUTH-MISSING"],
            refused_for(MissingField).reply_with(leak_hash)),
        row("wrong-password-refused-with-permissions", "A wrong password is refused, and the refusal carries permissions.", &["AUTH-WRONGPW", "AUTH-NOLEAK"],
            wrong_password.reply_with(leak_permissions)),
        row("blocked-dealer-refused-with-permissions", "A blocked dealer is refused, and the refusal carries permissions.", &["AUTH-E11", "AUTH-NOLEAK"],
            refused_for(Blocked).reply_with(leak_permissions)),
        row("unknown-hash-refused-with-permissions", "An unknown hash is refused, and the refusal carries permissions.", &["HASH-UNKNOWN", "HASH-NEAR"],
            refused_for(UnknownHash).reply_with(leak_permissions)),
        row("missing-hash-refused-with-permissions", "A missing hash is refused, and the refusal carries permissions.", &["HASH-MISSING"],
            refused_for(NoHash).reply_with(leak_permissions)),
        row("sign-in-hands-out-hash-of-another-dealer", "Signing in hands out the hash of another dealer who is signed in.", &["GP-SESSION", "AUTH-HASH-UNIQUE"],
            on(Auth).granted().reply_with(hand_out_hash_of_another)),
        row("session-repeats-password", "The answer to a sign-in repeats the password that was sent.", &["AUTH-NOECHO"],
            on(Auth).granted().reply_with(repeat_password)),
        row("refusal-repeats-password", "The refusal of a sign-in repeats the password that was sent.", &["AUTH-NOECHO"],
            on(Auth).refused().reply_with(repeat_password)),
        row("wrong-password-repeated-in-description", "The description of a refused password repeats it.", &["AUTH-NOECHO"],
            wrong_password.reply_with(describe_password)),
        row("password-of-unknown-dealer-repeated-in-description", "The description of an unknown login repeats the password.", &["AUTH-NOECHO"],
            refused_for(UnknownDealer).reply_with(describe_password)),
        row("password-without-login-repeated-in-errors", "The errors of a missing login repeat the password.", &["AUTH-NOECHO"],
            refused_for(MissingField).reply_with(blame_password)),
        row("refusal-repeats-request-escaped", "The refusal of a sign-in repeats the whole request as a JSON string.", &["AUTH-NOECHO"],
            on(Auth).refused().reply_with(|reply, call, _| reply.set("/debug", call.request.text()))),
        row("blocked-dealer-refused-with-password", "A blocked dealer is refused, and the refusal repeats the password.", &["AUTH-NOECHO"],
            refused_for(Blocked).reply_with(repeat_password)),
        row("password-of-another-dealer-accepted", "The password of any dealer opens the account of every dealer.", &["AUTH-WRONGPW"],
            wrong_password.given(is_password_of_another).reply_with(sign_in)),
        row("password-not-compared-beside-living-hash", "Signing in with the hash of a living session does not look at the password.", &["AUTH-WRONGPW"],
            wrong_password.given(has_open_session).reply_with(sign_in)),
        row("unknown-dealer-admitted-after-another", "An unknown login is admitted as the dealer who signed in before on the connection.", &["AUTH-E12"],
            refused_for(UnknownDealer).reply_with(sign_in_as_before)),
        row("unknown-dealer-registered", "An unknown login is refused once, and admitted the next time.", &["AUTH-E12"],
            refused_for(UnknownDealer).given(|call, server| server.has_seen(call.text("login"))).reply_with(sign_in_first)),
    ]
}

/// Signs in the dealer whose login was given, whatever the password.
fn sign_in(reply: &mut Reply, call: &Call, server: &Server) {
    if let Some((index, _)) = server.account(call.text("login")) {
        sign_in_as(index, reply, call, server);
    }
}

fn sign_in_first(reply: &mut Reply, call: &Call, server: &Server) {
    sign_in_as(0, reply, call, server);
}

/// Signs in the dealer who signed in before on the connection.
fn sign_in_as_before(reply: &mut Reply, call: &Call, server: &Server) {
    if let Some(before) = server.session_on_connection(call) {
        sign_in_as(before.account, reply, call, server);
    }
}

/// Answers as if the dealer at this index had signed in.
fn sign_in_as(index: usize, reply: &mut Reply, call: &Call, server: &Server) {
    let session = server.open_session(index, call);
    *reply = Reply::signed_in(session.hash, server.permissions(index));
}

fn leak_hash(reply: &mut Reply, call: &Call, server: &Server) {
    reply.set("/hash", server.open_session(0, call).hash);
}

fn leak_permissions(reply: &mut Reply, _: &Call, server: &Server) {
    reply.set("/permissions", server.permissions(0));
}

fn hand_out_hash_of_another(reply: &mut Reply, call: &Call, server: &Server) {
    let Some((index, _)) = server.account(call.text("login")) else { return };
    let other = server.sessions().latest(|session| session.account != index && session.is_open());
    if let Some(other) = other {
        reply.set("/hash", other.hash);
    }
}

fn repeat_password(reply: &mut Reply, call: &Call, _: &Server) {
    if let Some(password) = call.value("password") {
        reply.set("/request", json!({ "password": password }));
    }
}

fn describe_password(reply: &mut Reply, call: &Call, _: &Server) {
    reply.set(
        "/status/description",
        format!("No dealer has the password {}", call.text("password")),
    );
}

fn blame_password(reply: &mut Reply, call: &Call, _: &Server) {
    let error = format!("is required beside the password {}", call.text("password"));
    reply.errors().for_each(|item| item["error"] = error.as_str().into());
}

fn is_signed_in(call: &Call, server: &Server) -> bool {
    server.count_sessions(call, Session::is_open) > 0
}

fn has_no_password(call: &Call, _: &Server) -> bool {
    call.value("password").is_none() && !call.has_null("password")
}

fn has_null_password(call: &Call, _: &Server) -> bool {
    call.has_null("password")
}

fn is_password_of_another(call: &Call, server: &Server) -> bool {
    server.accounts.iter().any(|account| account.password == call.text("password"))
}

/// The sign-in gives the hash of an open session.
fn has_open_session(call: &Call, server: &Server) -> bool {
    server.session_of(call).is_some_and(|session| session.is_open())
}
