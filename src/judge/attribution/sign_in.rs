//! Sign-ins: whom one uses, and whether its answer admits somebody, whatever its spelling.

use percent_encoding::percent_decode;
use serde_json::{Map, Value, json};

use crate::expect::reading::{self, Reading};
use crate::model::api::{Action, BLOCKED, HASH, NOT_ADMITTED};
use crate::model::exchange::{Answer, Request};
use crate::model::role::Role;
use crate::value::json;

/// What the answer to a sign-in says of the dealer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Admission {
    /// Admitted, in whatever form.
    Admitted,
    /// Refused in the documented form, with this code.
    Refused(i64),
    /// Anything else, which no fixture explains.
    Unclear,
}

impl Admission {
    /// Reads the answer to a sign-in.
    pub(crate) fn of(answer: &Answer) -> Admission {
        Admission::of_body(answer, json::parse(&answer.body).ok().as_ref())
    }

    /// The same where the body is parsed already; `None` where it is no JSON.
    pub(crate) fn of_body(answer: &Answer, body: Option<&Value>) -> Admission {
        let body = match (&answer.defect, body) {
            (None, Some(body)) => body,
            _ => return Admission::Unclear,
        };
        let has_hash = body.get(HASH).and_then(Value::as_str).is_some_and(|hash| !hash.is_empty());
        let has_permissions = body.get("permissions").is_some_and(Value::is_object);
        match reading::code(Some(body)) {
            _ if has_hash || Reading::of(answer, Some(body)) == Reading::Granted => {
                Admission::Admitted
            }
            Some(code) if answer.status < 500 && !has_permissions => Admission::Refused(code),
            _ => Admission::Unclear,
        }
    }

    /// Whether the documents want this very answer if login or password is wrong, or the dealer
    /// blocked.
    pub(crate) fn speaks_against_fixture(self) -> bool {
        matches!(self, Admission::Refused(code) if NOT_ADMITTED.contains(&code))
    }
}

/// The refusal that says the same in the documented form, and nothing more.
pub(super) fn conforming_answer(answer: &Answer) -> Answer {
    let Admission::Refused(code) = Admission::of(answer) else { return answer.clone() };
    let body = json!({"success": false, "status": {"code": code, "description": "No."}});
    Answer {
        status: if code == BLOCKED { 403 } else { 400 },
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: body.to_string().into_bytes(),
        defect: None,
    }
}

/// Whether a request signs in with login and password of a fixture as they are.
pub(crate) fn uses(fixtures: &Map<String, Value>, role: Role, request: &Request) -> bool {
    let Some(fixture) = fixtures.get(role.name()) else { return false };
    let given = parameters(request);
    let is_given =
        |member: &str| given.get(member).is_some() && given.get(member) == fixture.get(member);
    Action::Auth.is_at(&request.path) && role.members().iter().all(|member| is_given(member))
}

/// The parameters of a sign-in, in whatever way they travel.
pub(super) fn parameters(request: &Request) -> Map<String, Value> {
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
