//! Readings: what a request uses and what an answer comes down to, whatever its spelling.

use percent_encoding::percent_decode;
use serde_json::{Map, Value, json};

use super::history::BLOCKED;
use crate::exchange::{Answer, Request};
use crate::json;
use crate::role::Role;

/// What an answer comes down to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reading {
    /// Granted as documented.
    Granted,
    /// Granted in some other form.
    Opened,
    /// Refused as documented, with this code.
    Refused(i64),
    /// Anything else, which no fixture explains.
    Other,
}

pub(super) fn read(request: &Request, answer: &Answer) -> Reading {
    let body = match (&answer.defect, json::parse(&answer.body)) {
        (None, Ok(body)) => body,
        _ => return Reading::Other,
    };
    let hash = body.get("hash").and_then(Value::as_str).filter(|hash| !hash.is_empty());
    let has_permissions = body.get("permissions").is_some_and(Value::is_object);
    let is_granted = body.get("success") == Some(&Value::Bool(true));
    let code = body.pointer("/status/code").and_then(Value::as_i64);
    let is_whole = match request.path.trim_end_matches('/').rsplit('/').next() {
        Some("auth") => hash.is_some() && has_permissions,
        Some("get_permissions") => has_permissions,
        _ => true,
    };
    match code {
        _ if is_granted && is_whole && answer.status == 200 => Reading::Granted,
        _ if is_granted || hash.is_some() => Reading::Opened,
        Some(code) if answer.status < 500 && !has_permissions => Reading::Refused(code),
        _ => Reading::Other,
    }
}

/// The refusal that says the same in the documented form, and nothing more.
pub(super) fn by_the_book(request: &Request, answer: &Answer) -> Answer {
    let Reading::Refused(code) = read(request, answer) else { return answer.clone() };
    let body = json!({"success": false, "status": {"code": code, "description": "No."}});
    Answer {
        status: if code == BLOCKED { 403 } else { 400 },
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: body.to_string().into_bytes(),
        defect: None,
    }
}

/// Whether a request uses a fixture as it is: signs in with its login and password, or gives its
/// hash.
#[must_use]
pub fn uses(fixtures: &Map<String, Value>, role: Role, request: &Request) -> bool {
    let Some(fixture) = fixtures.get(role.name()) else { return false };
    let has_place = is_sign_in(request) == role.members().contains(&"login");
    let given = parameters(request);
    let is_given =
        |member: &str| given.get(member).is_some() && given.get(member) == fixture.get(member);
    has_place && role.members().iter().all(|member| is_given(member))
}

/// Whether a request goes to `auth`.
#[must_use]
pub fn is_sign_in(request: &Request) -> bool {
    request.path.trim_end_matches('/').ends_with("/auth")
}

/// The parameters of a request, in whatever documented way they travel.
pub(super) fn parameters(request: &Request) -> Map<String, Value> {
    let mut given = pairs(request.query.as_deref().unwrap_or_default().as_bytes());
    for (name, value) in &request.headers {
        if let ("authorization", Some(hash)) =
            (name.to_ascii_lowercase().as_str(), value.strip_prefix("NVX "))
        {
            given.insert("hash".to_owned(), Value::from(hash));
        }
    }
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
