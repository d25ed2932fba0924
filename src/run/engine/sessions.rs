//! How a session that a case left open is closed.

use serde_json::{Map, Value};

use crate::encoding::ENCODINGS;
use crate::model::api::{Action, HASH};
use crate::model::exchange::Request;

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
