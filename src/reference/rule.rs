//! The contract itself: what each action does and when it refuses.
//!
//! Knows nothing of HTTP and nothing of faults; it decides by the server's policy.

use serde_json::Value;

use super::account::Account;
use super::call::{Action, Call};
use super::policy::Policy;
use super::refusal::{Reason, Refusal};
use super::reply::Reply;
use super::server::Server;
use super::session::Session;

/// What is answered, or why the call is refused.
type Ruling = Result<Reply, Refusal>;

/// Decides a call.
pub(crate) fn rule(call: &Call, server: &Server) -> Reply {
    decide(call, server).unwrap_or_else(|refusal| Reply::refused(&refusal, &server.policy))
}

fn decide(call: &Call, server: &Server) -> Ruling {
    if let Some(reason) = call.invalid {
        return Err(invalid(reason));
    }
    match call.action {
        Action::Auth => auth(call, server),
        Action::GetPermissions => get_permissions(call, server),
        Action::Logout => logout(call, server),
        Action::Unknown => Err(Reason::UnknownRoute.into()),
    }
}

fn invalid(reason: Reason) -> Refusal {
    match reason {
        Reason::BadBody => Refusal::of(reason, "body", "is not an object of parameters"),
        _ => reason.into(),
    }
}

fn auth(call: &Call, server: &Server) -> Ruling {
    let (login, password) = credentials(call)?;
    let (index, account) = server.account(login).ok_or(Reason::UnknownDealer)?;
    admit(account, password, &server.policy)?;
    let session = server.open_session(index, call);
    Ok(Reply::signed_in(session.hash, account.permissions.clone()))
}

fn get_permissions(call: &Call, server: &Server) -> Ruling {
    let session = current_session(call, server)?;
    Ok(Reply::with_permissions(server.permissions(session.account)))
}

fn logout(call: &Call, server: &Server) -> Ruling {
    let session = current_session(call, server)?;
    server.end_session(&session, call);
    Ok(Reply::success())
}

/// Login and password; if both are wrong, both are in the refusal.
fn credentials(call: &Call) -> Result<(&str, &str), Refusal> {
    match (field(call, "login"), field(call, "password")) {
        (Ok(login), Ok(password)) => Ok((login, password)),
        (Err(first), Err(second)) => Err(first.and(second)),
        (Err(refusal), Ok(_)) | (Ok(_), Err(refusal)) => Err(refusal),
    }
}

fn field<'a>(call: &'a Call, name: &'static str) -> Result<&'a str, Refusal> {
    match call.value(name) {
        None => Err(Refusal::of(Reason::MissingField, name, "is required")),
        Some(Value::String(text)) if text.is_empty() => {
            Err(Refusal::of(Reason::EmptyField, name, "must not be empty"))
        }
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(Refusal::of(Reason::FieldType, name, "must be a string")),
    }
}

fn admit(account: &Account, password: &str, policy: &Policy) -> Result<(), Reason> {
    let is_right = (policy.password_matches)(account, password);
    match ((policy.is_blocked)(account), is_right) {
        (false, true) => Ok(()),
        (false, false) => Err(Reason::WrongPassword),
        (true, true) => Err(Reason::Blocked),
        (true, false) => Err(Reason::BlockedWrongPassword),
    }
}

fn current_session(call: &Call, server: &Server) -> Result<Session, Refusal> {
    let refusal = |reason, error| Refusal::of(reason, "hash", error);
    match call.value("hash") {
        None => Err(refusal(Reason::NoHash, "is required")),
        Some(Value::String(hash)) if hash.is_empty() => {
            Err(refusal(Reason::NoHash, "must not be empty"))
        }
        Some(Value::String(hash)) => {
            server.find_session(hash, call).map_err(|reason| refusal(reason, "is no session"))
        }
        Some(_) => Err(refusal(Reason::HashType, "must be a string")),
    }
}
