//! Readings: whom a sign-in uses and what the answer comes down to, whatever its spelling.

use percent_encoding::percent_decode;
use serde_json::{Map, Value, json};

use super::history::BLOCKED;
use crate::model::exchange::{Answer, Request};
use crate::model::role::Role;
use crate::value::json;

/// What an answer comes down to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reading {
    /// Granted, in whatever form.
    Granted,
    /// Refused as documented, with this code.
    Refused(i64),
    /// Anything else, which no fixture explains.
    Other,
}

pub(super) fn read(answer: &Answer) -> Reading {
    let body = match (&answer.defect, json::parse(&answer.body)) {
        (None, Ok(body)) => body,
        _ => return Reading::Other,
    };
    let hash = body.get("hash").and_then(Value::as_str).filter(|hash| !hash.is_empty());
    let has_permissions = body.get("permissions").is_some_and(Value::is_object);
    let is_granted = body.get("success") == Some(&Value::Bool(true));
    match body.pointer("/status/code").and_then(Value::as_i64) {
        _ if is_granted || hash.is_some() => Reading::Granted,
        Some(code) if answer.status < 500 && !has_permissions => Reading::Refused(code),
        _ => Reading::Other,
    }
}

/// The refusal that says the same in the documented form, and nothing more.
pub(super) fn by_the_book(answer: &Answer) -> Answer {
    let Reading::Refused(code) = read(answer) else { return answer.clone() };
    let body = json!({"success": false, "status": {"code": code, "description": "No."}});
    Answer {
        status: if code == BLOCKED { 403 } else { 400 },
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: body.to_string().into_bytes(),
        defect: None,
    }
}

/// Whether a request signs in with login and password of a fixture as they are.
#[must_use]
pub fn uses(fixtures: &Map<String, Value>, role: Role, request: &Request) -> bool {
    let Some(fixture) = fixtures.get(role.name()) else { return false };
    let given = parameters(request);
    let is_given =
        |member: &str| given.get(member).is_some() && given.get(member) == fixture.get(member);
    is_sign_in(request) && role.members().iter().all(|member| is_given(member))
}

/// Whether a request goes to `auth`.
#[must_use]
pub fn is_sign_in(request: &Request) -> bool {
    request.path.trim_end_matches('/').ends_with("/auth")
}

/// The parameters of a sign-in, in whatever way they travel.
fn parameters(request: &Request) -> Map<String, Value> {
    let mut given = pairs(request.query.as_deref().unwrap_or_default().as_bytes());
    let body = request.body.as_deref().unwrap_or_default();
    given.extend(match json::parse(body) {
        Ok(Value::Object(members)) => members,
        _ => pairs(body),
    });
    given
}

fn pairs(text: &[u8]) -> Map<String, Value> {
    let decode = |text: &[u8]| {
        let text: Vec<u8> =
            text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
        percent_decode(&text).decode_utf8_lossy().into_owned()
    };
    let split = |pair: &[u8]| {
        let at = pair.iter().position(|byte| *byte == b'=')?;
        Some((decode(&pair[..at]), Value::from(decode(&pair[at + 1..]))))
    };
    text.split(|byte| *byte == b'&').filter_map(split).collect()
}
