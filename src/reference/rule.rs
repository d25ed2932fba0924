//! The contract itself: what each action does and when it refuses.
//!
//! Knows nothing of HTTP below the method and nothing of faults; it decides by the server's policy.

use serde_json::{Map, Value};

use super::account::Account;
use super::call::{Action, Call};
use super::policy::Policy;
use super::reply::Reply;
use super::server::Server;
use super::session::Session;
use super::trouble::{Refusal, Trouble};

/// The members of a success, or why there is none.
type Ruling = Result<Map<String, Value>, Refusal>;

/// Decides a call.
pub(crate) fn rule(call: &Call, server: &Server) -> Reply {
    match decide(call, server) {
        Ok(members) => Reply::success(members),
        Err(refusal) => Reply::refusal(&refusal, &server.policy),
    }
}

fn decide(call: &Call, server: &Server) -> Ruling {
    if let Some(trouble) = call.trouble {
        return Err(hopeless(trouble));
    }
    match call.action {
        Action::Auth => auth(call, server),
        Action::GetPermissions => get_permissions(call, server),
        Action::Logout => logout(call, server),
        Action::Unknown => Err(Trouble::UnknownRoute.into()),
    }
}

fn hopeless(trouble: Trouble) -> Refusal {
    match trouble {
        Trouble::BadBody => Refusal::blaming(trouble, "body", "is not an object of parameters"),
        _ => trouble.into(),
    }
}

fn auth(call: &Call, server: &Server) -> Ruling {
    let (login, password) = credentials(call, &server.policy)?;
    let (place, account) = server.account(login).ok_or(Trouble::UnknownDealer)?;
    admit(account, password, &server.policy)?;
    let session = server.open_session(place, call);
    Ok(members([
        ("hash", session.hash.into()),
        ("success", true.into()),
        ("permissions", account.permissions.clone().into()),
    ]))
}

fn get_permissions(call: &Call, server: &Server) -> Ruling {
    let session = current_session(call, server)?;
    let permissions = server.accounts[session.account].permissions.clone();
    Ok(members([("success", true.into()), ("permissions", permissions.into())]))
}

fn logout(call: &Call, server: &Server) -> Ruling {
    let session = current_session(call, server)?;
    server.end_session(&session, call);
    Ok(members([("success", true.into())]))
}

/// Login and password; where both are unusable, both are blamed.
fn credentials<'a>(call: &'a Call, policy: &Policy) -> Result<(&'a str, &'a str), Refusal> {
    match (field(call, "login", policy), field(call, "password", policy)) {
        (Ok(login), Ok(password)) => Ok((login, password)),
        (Err(first), Err(second)) => Err(first.and(second)),
        (Err(refusal), Ok(_)) | (Ok(_), Err(refusal)) => Err(refusal),
    }
}

fn field<'a>(call: &'a Call, name: &'static str, policy: &Policy) -> Result<&'a str, Refusal> {
    match call.value(name) {
        None => Err(Refusal::blaming(Trouble::MissingField, name, "is required")),
        Some(Value::String(text)) if (policy.is_empty)(text) => {
            Err(Refusal::blaming(Trouble::EmptyField, name, "must not be empty"))
        }
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(Refusal::blaming(Trouble::FieldType, name, "must be a string")),
    }
}

fn admit(account: &Account, password: &str, policy: &Policy) -> Result<(), Trouble> {
    let is_right = (policy.password_matches)(account, password);
    match ((policy.is_blocked)(account), is_right) {
        (false, true) => Ok(()),
        (false, false) => Err(Trouble::WrongPassword),
        (true, true) => Err(Trouble::Blocked),
        (true, false) => Err(Trouble::BlockedWrongPassword),
    }
}

fn current_session(call: &Call, server: &Server) -> Result<Session, Refusal> {
    let blame = |trouble, error| Refusal::blaming(trouble, "hash", error);
    match call.value("hash") {
        None => Err(blame(Trouble::NoHash, "is required")),
        Some(Value::String(hash)) if hash.is_empty() => {
            Err(blame(Trouble::NoHash, "must not be empty"))
        }
        Some(Value::String(hash)) => {
            server.find_session(hash, call).map_err(|trouble| blame(trouble, "is no session"))
        }
        Some(_) => Err(blame(Trouble::HashType, "must be a string")),
    }
}

fn members<const N: usize>(pairs: [(&str, Value); N]) -> Map<String, Value> {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
