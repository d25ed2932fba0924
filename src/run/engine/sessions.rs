//! Which sessions a case left open, and how one is closed.

use serde_json::{Map, Value};

use crate::encoding::ENCODINGS;
use crate::expect::reading::Reading;
use crate::judge::recording::{CaseRecord, hashes};
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

/// A session that is open as far as anybody knows.
pub(super) struct Open {
    pub(super) hash: String,
    /// Which address opened it, where the target has several.
    pub(super) at: Option<String>,
}

/// The sessions that were opened and not ended by granted log-outs, in the order they were opened. A sign-in may be granted in a form that is all wrong.
pub(super) fn open_sessions(record: &CaseRecord) -> Vec<Open> {
    let mut open: Vec<Open> = Vec::new();
    for exchange in record.steps.iter().flat_map(|step| &step.exchanges) {
        let Ok(answer) = &exchange.result else { continue };
        let path = &exchange.request.path;
        if Reading::of_answer(answer) != Reading::Granted && !Action::Auth.is_at(path) {
            continue;
        }
        if Action::Logout.is_at(path) {
            open.retain(|session| !carries(&exchange.request, &session.hash));
            continue;
        }
        for hash in hashes(answer) {
            if !open.iter().any(|session| session.hash == hash) {
                open.push(Open { hash, at: exchange.address.clone() });
            }
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
