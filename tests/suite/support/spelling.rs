//! The spellings in which servers send secrets back.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

pub(crate) fn base64(text: &str) -> String {
    STANDARD.encode(text)
}

/// Every character as `\uXXXX`.
pub(crate) fn json_escapes(text: &str) -> String {
    text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect()
}

/// A secret in the spellings in which servers send things back, also as a member name.
pub(crate) fn spellings(secret: &str) -> Map<String, Value> {
    let percent = percent_encoding::utf8_percent_encode(secret, percent_encoding::NON_ALPHANUMERIC);
    let percent = percent.to_string();
    let html = secret
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;");
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let base64s = [0, 1, 2].map(|more| base64(&format!("{}{secret}", &"ab"[..more])));
    let spellings = json!({
        (secret): 1,
        "plain": format!("it was {secret}, was it not?"),
        "url": format!("https://x.example/?password={percent}&again=1"),
        "form": percent.replace("%20", "+"),
        "lower": lower_escapes(&percent),
        "json": json!({"password": secret}).to_string(),
        "html": format!("<b>{html}</b>"),
        "hex": hex,
        "base64": base64s,
        "base64url": URL_SAFE_NO_PAD.encode(format!("user:{secret}:end")),
        "deep": [[{"er": [secret]}]],
    });
    spellings.as_object().cloned().unwrap_or_default()
}

/// `%c3%a9` for `%C3%A9`.
fn lower_escapes(percent: &str) -> String {
    let mut lowered = String::new();
    for (index, piece) in percent.split('%').enumerate() {
        let (digits, rest) = piece.split_at(if index == 0 { 0 } else { 2 });
        let mark = if index == 0 { "" } else { "%" };
        lowered.push_str(&format!("{mark}{}{rest}", digits.to_ascii_lowercase()));
    }
    lowered
}
