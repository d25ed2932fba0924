//! `header`: `Authorization: NVX <hash>`, without a body where the call has no other parameter.

use serde_json::Value;

use super::{Encoded, Encoding, Parameters, content_type};
use crate::model::level::Level;

pub(super) const ENCODING: Encoding = Encoding {
    name: "header",
    summary: "POST, the hash in the header `Authorization: NVX <hash>`",
    method: "POST",
    level: |_| Level::Should,
    encode,
};

fn encode(parameters: &Parameters) -> Encoded {
    let mut rest = parameters.clone();
    let mut encoded = Encoded::default();
    if let Some(hash) = rest.shift_remove("hash") {
        let hash = hash.as_str().map_or_else(|| hash.to_string(), str::to_owned);
        encoded.headers.push(("Authorization".to_owned(), format!("NVX {hash}")));
    }
    if !rest.is_empty() {
        encoded.headers.push(content_type("application/json"));
        encoded.body = Some(Value::Object(rest).to_string().into_bytes());
    }
    encoded
}
