//! Which sessions a case left open, and how one is closed.

use serde_json::{Map, Value};

use crate::encoding::ENCODINGS;
use crate::judge::attribution::is_sign_in;
use crate::judge::recording::{CaseRecord, hashes};
use crate::model::exchange::Request;

pub(super) fn log_out(hash: &str) -> Request {
    let parameters = Map::from_iter([("hash".to_owned(), Value::from(hash))]);
    let encoded = (ENCODINGS[0].encode)(&parameters);
    Request {
        method: ENCODINGS[0].method.to_owned(),
        path: "/panel/account/logout".to_owned(),
        query: encoded.query,
        headers: encoded.headers,
        body: encoded.body,
    }
}

/// The hashes that were handed out and not ended by granted log-outs, in the order they were
/// handed out. A sign-in may be granted in a form that is all wrong.
pub(super) fn open_sessions(record: &CaseRecord) -> Vec<String> {
    let mut open: Vec<String> = Vec::new();
    for exchange in record.steps.iter().flat_map(|step| &step.exchanges) {
        let Ok(answer) = &exchange.result else { continue };
        let body: Option<Value> = serde_json::from_slice(&answer.body).ok();
        let is_granted =
            body.as_ref().and_then(|body| body.get("success")) == Some(&Value::Bool(true));
        if !is_granted && !is_sign_in(&exchange.request) {
            continue;
        }
        if exchange.request.path.trim_end_matches('/').ends_with("/logout") {
            open.retain(|hash| !carries(&exchange.request, hash));
            continue;
        }
        for hash in hashes(answer) {
            if !open.contains(&hash) {
                open.push(hash);
            }
        }
    }
    open
}

/// Whether a request carries a value, in whatever place.
pub(super) fn carries(request: &Request, value: &str) -> bool {
    let query = request.query.as_deref().unwrap_or_default();
    let query = percent_encoding::percent_decode_str(query).decode_utf8_lossy();
    let body = request.body.as_deref().unwrap_or_default();
    let body = percent_encoding::percent_decode(body).decode_utf8_lossy();
    query.contains(value)
        || body.contains(value)
        || request.headers.iter().any(|(_, header)| header.contains(value))
}
