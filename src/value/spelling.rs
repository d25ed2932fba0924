//! How a value may be spelt: as a whole in an encoding of its own, or with single characters escaped.
//!
//! Knows nothing of secrets: `redaction` looks for them with it.

use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

/// The bytes with the escapes of URLs, HTML and JSON undone, and where each of them, and the end,
/// stands in what was written.
pub(super) fn unescape(bytes: &[u8]) -> (Vec<u8>, Vec<usize>) {
    let (mut meant, mut places) = (Vec::with_capacity(bytes.len()), Vec::new());
    let mut at = 0;
    while at < bytes.len() {
        let (character, length) = escape(&bytes[at..]).unwrap_or((vec![bytes[at]], 1));
        places.extend(std::iter::repeat_n(at, character.len()));
        meant.extend(character);
        at += length;
    }
    places.push(at);
    (meant, places)
}

/// What the escape at the start of the bytes means, and its length.
fn escape(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    let digits = |range: Range<usize>, radix| {
        let text = std::str::from_utf8(bytes.get(range)?).ok()?;
        // A sign is no digit.
        text.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(())?;
        u32::from_str_radix(text, radix).ok()
    };
    let utf8 = |code: u32| Some(char::from_u32(code)?.to_string().into_bytes());
    match bytes {
        [b'%', ..] => Some((vec![u8::try_from(digits(1..3, 16)?).ok()?], 3)),
        [b'\\', b'u', ..] => match digits(2..6, 16)? {
            high @ 0xd800..=0xdbff if bytes.get(6..8) == Some(b"\\u") => {
                let low = digits(8..12, 16)?.checked_sub(0xdc00)?;
                Some((utf8(0x10000 + ((high - 0xd800) << 10) + low)?, 12))
            }
            code => Some((utf8(code)?, 6)),
        },
        [b'\\', character @ (b'"' | b'\\' | b'/' | b'\''), ..] => Some((vec![*character], 2)),
        [b'&', ..] => {
            let end = bytes.iter().take(12).position(|byte| *byte == b';')?;
            let meant = match &bytes[1..end] {
                b"amp" => b"&".to_vec(),
                b"lt" => b"<".to_vec(),
                b"gt" => b">".to_vec(),
                b"quot" => b"\"".to_vec(),
                b"apos" => b"'".to_vec(),
                [b'#', b'x' | b'X', ..] => utf8(digits(3..end, 16)?)?,
                [b'#', ..] => utf8(digits(2..end, 10)?)?,
                _ => return None,
            };
            Some((meant, end + 1))
        }
        _ => None,
    }
}

/// Everything but RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// What a lenient encoder still escapes in a query.
const LENIENT: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'&').add(b'+').add(b'<').add(b'>');

/// All spellings in which a value is looked for, of no less than so many bytes.
pub(super) fn spellings(value: &str, shortest: usize) -> Vec<String> {
    let percent = utf8_percent_encode(value, RESERVED).to_string();
    let json = serde_json::Value::from(value).to_string();
    let json = json.trim_matches('"').to_owned();
    let units = || value.encode_utf16();
    let mut spellings = vec![
        value.to_owned(),
        value.replace(' ', "+"),
        percent.replace("%20", "+"),
        lower_escapes(&percent),
        utf8_percent_encode(value, LENIENT).to_string(),
        utf8_percent_encode(value, NON_ALPHANUMERIC).to_string(),
        value.bytes().map(|byte| format!("%{byte:02X}")).collect(),
        value.bytes().map(|byte| format!("%{byte:02x}")).collect(),
        json.replace('/', "\\/"),
        units().map(|unit| format!("\\u{unit:04x}")).collect(),
        units().map(|unit| format!("\\u{unit:04X}")).collect(),
        value.bytes().map(|byte| format!("{byte:02x}")).collect(),
        value.bytes().map(|byte| format!("{byte:02X}")).collect(),
        html(value, "&#39;"),
        html(value, "&#x27;"),
        html(value, "&apos;"),
    ];
    spellings.extend([percent, json]);
    spellings.extend((0..3).flat_map(|offset| base64_core(value, offset)));
    spellings.sort();
    spellings.dedup();
    spellings.retain(|spelling| spelling.len() >= shortest);
    spellings
}

fn lower_escapes(percent: &str) -> String {
    let mut lowered = String::new();
    let mut pieces = percent.split('%');
    lowered.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let (digits, rest) = piece.split_at(2.min(piece.len()));
        lowered.push_str(&format!("%{}{rest}", digits.to_ascii_lowercase()));
    }
    lowered
}

fn html(value: &str, apostrophe: &str) -> String {
    value
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', apostrophe)
}

/// The part of the base64 text that depends on the value alone, when `offset` bytes stand before
/// it in a group of three.
fn base64_core(value: &str, offset: usize) -> Vec<String> {
    let bytes = [&vec![0; offset], value.as_bytes()].concat();
    let whole_bits = bytes.len() * 8;
    let first = (offset * 8).div_ceil(6);
    let last = whole_bits / 6;
    [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)]
        .into_iter()
        .filter_map(|text| text.get(first..last).map(str::to_owned))
        .collect()
}
