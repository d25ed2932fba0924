//! `json`: members of a JSON object body, as the account page's examples send them.

use serde_json::Value;

use super::{Encoded, Encoding, Parameters, content_type};
use crate::model::level::Level;

pub(super) const ENCODING: Encoding = Encoding {
    name: "json",
    summary: "POST, members of a JSON object body",
    method: "POST",
    level: |_| Level::Must,
    encode,
};

fn encode(parameters: &Parameters) -> Encoded {
    Encoded {
        query: None,
        headers: vec![content_type("application/json")],
        body: Some(Value::Object(parameters.clone()).to_string().into_bytes()),
    }
}
