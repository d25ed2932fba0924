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
    let mut spellings = spellings.as_object().cloned().unwrap_or_default();
    spellings.extend(disguises(secret).into_iter().map(|(name, text)| (name.into(), text.into())));
    spellings
}

/// What a secret can be read from without being one of its usual spellings.
pub(crate) fn disguises(secret: &str) -> Vec<(&'static str, String)> {
    let joined = |between: &str| {
        let characters: Vec<String> = secret.chars().map(String::from).collect();
        characters.join(between)
    };
    let octets = |shown: fn(u8) -> String, between: &str| {
        secret.bytes().map(shown).collect::<Vec<_>>().join(between)
    };
    vec![
        ("reversed", secret.chars().rev().collect()),
        ("upper", secret.to_ascii_uppercase()),
        ("lower", secret.to_ascii_lowercase()),
        ("rotated", secret.chars().map(rotated).collect()),
        ("spaced", joined(" ")),
        ("dashed", joined("-")),
        ("listed", joined(", ")),
        ("pairs", octets(|byte| format!("{byte:02x}"), ":")),
        ("marked pairs", octets(|byte| format!("0x{byte:02X}"), " ")),
        ("octets", format!("[{}]", octets(|byte| byte.to_string(), ","))),
        ("quoted-printable", octets(|byte| format!("={byte:02X}"), "")),
        ("percent four times", octets(|byte| format!("%252525{byte:02X}"), "")),
        ("base64 twice", base64(&base64(&format!("ab{secret}")))),
        ("base32", base32(secret.as_bytes())),
        ("small base32", base32(secret.as_bytes()).to_ascii_lowercase()),
        ("cut short", secret.chars().take(9).collect()),
    ]
}

/// Each letter as the one that is half an alphabet further.
fn rotated(letter: char) -> char {
    match letter {
        'a'..='m' | 'A'..='M' => char::from(letter as u8 + 13),
        'n'..='z' | 'N'..='Z' => char::from(letter as u8 - 13),
        other => other,
    }
}

fn base32(bytes: &[u8]) -> String {
    let bits: Vec<u8> =
        bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
    let digit =
        |bits: &[u8]| bits.iter().fold(0, |digit, bit| digit << 1 | bit) << (5 - bits.len());
    let digits =
        bits.chunks(5).map(|bits| b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[usize::from(digit(bits))]);
    digits.map(char::from).collect()
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
