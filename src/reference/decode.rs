//! How parameters are written: JSON objects, form bodies, query strings, the `Authorization` header.
//!
//! Pure; decides nothing about what the parameters mean.

use percent_encoding::percent_decode_str;
use serde_json::Value;

/// The members of a JSON object, in the order written; `None` for anything else.
pub(crate) fn json(body: &[u8]) -> Option<Vec<(String, Value)>> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => Some(members.into_iter().collect()),
        _ => None,
    }
}

/// The pairs of a form body or a query string, percent-decoded, `+` read as a space.
pub(crate) fn form(text: &str) -> Vec<(String, Value)> {
    text.split('&').filter(|pair| !pair.is_empty()).map(pair).collect()
}

fn pair(text: &str) -> (String, Value) {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    (unescape(name), Value::String(unescape(value)))
}

fn unescape(text: &str) -> String {
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

/// The hash of an `Authorization` header: the scheme word, one space, the hash.
pub(crate) fn authorization(value: &str) -> Option<&str> {
    value.strip_prefix("NVX ")
}
