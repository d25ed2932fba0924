//! Which sessions a case left open, and how one is closed.

use serde_json::{Map, Value};

use crate::encoding::ENCODINGS;
use crate::expect::reading::Reading;
use crate::judge::recording::{CaseRecord, session_of};
use crate::model::api::{Action, HASH};
use crate::model::exchange::Request;
use crate::value::json;

pub(super) fn log_out(hash: &str) -> Request {
    call(Action::Logout, &Map::from_iter([(HASH.to_owned(), Value::from(hash))]))
}

/// A call in the first of the documented ways.
pub(super) fn call(action: Action, parameters: &Map<String, Value>) -> Request {
    let encoded = (ENCODINGS[0].encode)(parameters);
    Request {
        method: ENCODINGS[0].method.to_owned(),
        path: action.path(),
        query: encoded.query,
        headers: encoded.headers,
        body: encoded.body,
    }
}

/// The sessions that sign-ins opened and no granted log-out ended, in the order they were opened. A
/// sign-in may be granted in a form that is all wrong, and opens one session at most: whatever else
/// a target calls a hash is not ours to end, and no answer makes the suite send more than it opened.
pub(super) fn open_sessions(record: &CaseRecord) -> Vec<String> {
    let mut open: Vec<String> = Vec::new();
    for exchange in record.steps.iter().flat_map(|step| &step.exchanges) {
        let Ok(answer) = &exchange.result else { continue };
        let path = &exchange.request.path;
        if Action::Logout.is_at(path) && Reading::of_answer(answer) == Reading::Granted {
            open.retain(|hash| !carries(&exchange.request, hash));
        }
        if Action::Auth.is_at(path) {
            open.extend(session_of(answer).filter(|hash| !open.contains(hash)));
        }
    }
    open
}

/// Whether a request carries a value, in whatever place and spelling.
pub(super) fn carries(request: &Request, value: &str) -> bool {
    let query = request.query.as_deref().unwrap_or_default();
    let query = percent_encoding::percent_decode_str(query).decode_utf8_lossy();
    let body = request.body.as_deref().unwrap_or_default();
    let body = percent_encoding::percent_decode(body).decode_utf8_lossy();
    // A value may be all JSON escapes.
    let json: Option<Value> = request.body.as_deref().and_then(|body| json::parse(body).ok());
    let is_member = |json: &Value| {
        json.as_object().is_some_and(|members| members.values().any(|member| member == value))
    };
    query.contains(value)
        || body.contains(value)
        || json.as_ref().is_some_and(is_member)
        || request.headers.iter().any(|(_, header)| header.contains(value))
}
