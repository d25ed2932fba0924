//! Secrets, and the one place where they are taken out of what was exchanged.
//!
//! Passwords and hashes are replaced by value with stable tokens such as `«dealer.password»` or
//! `«hash 2»`, in whatever spelling they come back, before anything judges or tells. Equal
//! secrets have equal tokens, so that equality can still be judged.

use std::collections::BTreeMap;
use std::fmt;

use aho_corasick::{AhoCorasick, MatchKind};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use super::token::Token;

/// A password or hash that the operator supplied: never shown, not even by `{:?}`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a value into custody.
    #[must_use]
    pub fn new(value: impl Into<String>) -> Secret {
        Secret(value.into())
    }

    /// The value, for putting it into a request and for recognising it in an answer.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("«secret»")
    }
}

/// What may be told of a secret without telling it: enough to judge its form from a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// The number of characters.
    pub length: usize,
    /// Which characters it is made of.
    pub alphabet: Alphabet,
}

/// The narrowest of these sets that holds every character of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Alphabet {
    /// `0-9`
    Digits,
    /// `0-9a-f`
    LowerHex,
    /// `0-9A-F`
    UpperHex,
    /// `0-9a-fA-F`
    MixedHex,
    /// `0-9a-zA-Z`
    Alphanumeric,
    /// RFC 3986's unreserved characters: `0-9a-zA-Z-._~`
    Unreserved,
    /// Anything else.
    Other,
}

impl Alphabet {
    const NARROWEST_FIRST: [Alphabet; 7] = [
        Alphabet::Digits,
        Alphabet::LowerHex,
        Alphabet::UpperHex,
        Alphabet::MixedHex,
        Alphabet::Alphanumeric,
        Alphabet::Unreserved,
        Alphabet::Other,
    ];

    fn holds(self, character: char) -> bool {
        match self {
            Alphabet::Digits => character.is_ascii_digit(),
            Alphabet::LowerHex => matches!(character, '0'..='9' | 'a'..='f'),
            Alphabet::UpperHex => matches!(character, '0'..='9' | 'A'..='F'),
            Alphabet::MixedHex => character.is_ascii_hexdigit(),
            Alphabet::Alphanumeric => character.is_ascii_alphanumeric(),
            Alphabet::Unreserved => character.is_ascii_alphanumeric() || "-._~".contains(character),
            Alphabet::Other => true,
        }
    }

    /// Characters of which a stand-in is made, so that it needs this alphabet and no narrower one.
    fn sample(self) -> &'static str {
        match self {
            Alphabet::Digits => "0123456789",
            Alphabet::LowerHex => "a0b1c2d3e4f5",
            Alphabet::UpperHex => "A0B1C2D3E4F5",
            Alphabet::MixedHex => "aB0c1D2e3F4",
            Alphabet::Alphanumeric => "zY0x1W2v3U4",
            Alphabet::Unreserved => "z-Y_0x1W2v3",
            Alphabet::Other => "z+/0x1W2v3=",
        }
    }
}

impl Shape {
    /// The shape of a value.
    #[must_use]
    pub fn of(value: &str) -> Shape {
        let alphabet = Alphabet::NARROWEST_FIRST
            .into_iter()
            .find(|alphabet| value.chars().all(|character| alphabet.holds(character)))
            .unwrap_or(Alphabet::Other);
        Shape { length: value.chars().count(), alphabet }
    }

    /// A meaningless value of this shape.
    #[must_use]
    pub fn stand_in(&self) -> String {
        self.alphabet.sample().chars().cycle().take(self.length).collect()
    }
}

/// What may be told of the form of secrets, by token.
pub(crate) type Shapes = BTreeMap<String, Shape>;

/// Replaces secrets with their tokens.
#[derive(Debug)]
pub struct Redactor {
    patterns: AhoCorasick,
    /// The token of each pattern.
    tokens: Vec<String>,
    /// Secrets as they are, to be looked for behind escapes of any kind.
    plain: AhoCorasick,
    /// The token of each of these.
    plain_tokens: Vec<String>,
    /// Secrets too short to be looked for inside other text, with their tokens.
    short: Vec<(String, String)>,
}

/// Secrets of fewer bytes are replaced only where they are a whole value: the letter `a` as a
/// password must not turn every answer into tokens.
const SHORT: usize = 5;

/// Member names of the API itself are in every answer and reveal nothing, whatever the password.
const VOCABULARY: [&str; 9] = [
    "code",
    "description",
    "error",
    "errors",
    "hash",
    "parameter",
    "permissions",
    "status",
    "success",
];

impl Redactor {
    /// Makes a redactor of values and their tokens; the first token of a value stays.
    #[must_use]
    pub fn new(secrets: &[(String, Token)]) -> Redactor {
        let mut patterns: Vec<Vec<u8>> = Vec::new();
        let mut tokens = Vec::new();
        let (mut plain, mut plain_tokens) = (Vec::new(), Vec::new());
        let mut short = Vec::new();
        for (value, token) in secrets.iter().filter(|(value, _)| !value.is_empty()) {
            let token = token.to_string();
            if value.len() < SHORT {
                short.push((value.clone(), token.clone()));
                continue;
            }
            for plain_spelling in [value.clone(), value.replace(' ', "+")] {
                plain.push(plain_spelling);
                plain_tokens.push(token.clone());
            }
            for spelling in spellings(value) {
                patterns.push(spelling.into_bytes());
                tokens.push(token.clone());
            }
        }
        let patterns = automaton(&patterns);
        let plain = automaton(&plain);
        Redactor { patterns, tokens, plain, plain_tokens, short }
    }

    /// A text without secrets.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        match self.short.iter().find(|(value, _)| value == text) {
            Some((_, token)) => token.clone(),
            None => String::from_utf8_lossy(&self.bytes(text.as_bytes())).into_owned(),
        }
    }

    /// A body without secrets. Bytes that hold none stay as they are, so that what is wrong with
    /// a body is still wrong with its record.
    #[must_use]
    pub fn body(&self, body: &[u8]) -> Vec<u8> {
        let looks_like_json =
            body.trim_ascii_start().first().is_some_and(|byte| b"{[\"".contains(byte));
        if looks_like_json { self.json(body) } else { self.pairs(body) }
    }

    /// A query string or form body without secrets.
    #[must_use]
    pub fn query(&self, query: &str) -> String {
        String::from_utf8_lossy(&self.pairs(query.as_bytes())).into_owned()
    }

    fn bytes(&self, bytes: &[u8]) -> Vec<u8> {
        self.behind_escapes(self.patterns.replace_all_bytes(bytes, &self.tokens))
    }

    /// Which characters are escaped, and how, is every server's own choice: secrets are looked
    /// for in what the escapes mean, and cut out of what was written.
    fn behind_escapes(&self, bytes: Vec<u8>) -> Vec<u8> {
        if !bytes.iter().any(|byte| b"%&\\".contains(byte)) {
            return bytes;
        }
        let (meant, places) = unescape(&bytes);
        let mut redacted = Vec::new();
        let mut rest = 0;
        for found in self.plain.find_iter(&meant) {
            let start = places[found.start()];
            if start < rest {
                continue;
            }
            redacted.extend(&bytes[rest..start]);
            redacted.extend(self.plain_tokens[found.pattern().as_usize()].bytes());
            rest = places[found.end()];
        }
        redacted.extend(&bytes[rest..]);
        redacted
    }

    /// `name=value` pairs, where a short secret can stand as a whole value.
    fn pairs(&self, bytes: &[u8]) -> Vec<u8> {
        let pieces: Vec<Vec<u8>> =
            self.bytes(bytes).split(|byte| *byte == b'&').map(|pair| self.pair(pair)).collect();
        pieces.join(&b'&')
    }

    fn pair(&self, pair: &[u8]) -> Vec<u8> {
        let Some(at) = pair.iter().position(|byte| *byte == b'=') else { return pair.to_vec() };
        let (name, value) = pair.split_at(at + 1);
        let decoded = percent_encoding::percent_decode(value).decode_utf8_lossy();
        match self.short.iter().find(|(short, _)| *short == decoded) {
            Some((_, token)) => [name, token.as_bytes()].concat(),
            None => pair.to_vec(),
        }
    }

    /// JSON text: every string literal is decoded, so that no way of escaping hides a secret.
    fn json(&self, body: &[u8]) -> Vec<u8> {
        let mut redacted = Vec::with_capacity(body.len());
        let mut rest = body;
        while let Some(start) = rest.iter().position(|byte| *byte == b'"') {
            redacted.extend(self.bytes(&rest[..start]));
            let end = literal_end(&rest[start..]).map_or(rest.len(), |length| start + length);
            redacted.extend(self.literal(&rest[start..end], is_name(&rest[end..])));
            rest = &rest[end..];
        }
        redacted.extend(self.bytes(rest));
        redacted
    }

    fn literal(&self, literal: &[u8], is_name: bool) -> Vec<u8> {
        let Ok(text) = serde_json::from_slice::<String>(literal) else {
            return self.bytes(literal);
        };
        if is_name && VOCABULARY.contains(&text.as_str()) {
            return literal.to_vec();
        }
        let redacted = self.text(&text);
        if redacted == text {
            return literal.to_vec();
        }
        serde_json::Value::String(redacted).to_string().into_bytes()
    }
}

fn automaton(patterns: &[impl AsRef<[u8]>]) -> AhoCorasick {
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .build(patterns)
        .expect("an automaton over a few hundred short patterns fits")
}

/// The bytes with the escapes of URLs, HTML and JSON undone, and where each of them, and the end,
/// stands in what was written.
fn unescape(bytes: &[u8]) -> (Vec<u8>, Vec<usize>) {
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
    let digits = |range: std::ops::Range<usize>, radix| {
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

/// The length of the string literal that the bytes start with; `None` where it never ends.
fn literal_end(bytes: &[u8]) -> Option<usize> {
    let mut escaped = false;
    for (index, byte) in bytes.iter().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(index + 1),
            _ => {}
        }
    }
    None
}

fn is_name(after: &[u8]) -> bool {
    after.trim_ascii_start().first() == Some(&b':')
}

/// Everything but RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// What a lenient encoder still escapes in a query.
const LENIENT: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'&').add(b'+').add(b'<').add(b'>');

/// All spellings in which a secret is looked for.
fn spellings(value: &str) -> Vec<String> {
    let percent = utf8_percent_encode(value, RESERVED).to_string();
    let json = serde_json::Value::from(value).to_string();
    let json = json.trim_matches('"').to_owned();
    let units = || value.encode_utf16();
    let mut spellings = vec![
        value.to_owned(),
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
    spellings.retain(|spelling| spelling.len() >= SHORT);
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

#[cfg(test)]
mod tests {
    use super::{Alphabet, Redactor, Secret, Shape, Token};
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use rstest::rstest;

    const PASSWORD: &str = "12f@14Y$é \"<";
    const HASH: &str = "fa7bf873fab9333144e171372a321b06";

    fn token(text: &str) -> Token {
        text.parse().expect("it is a token")
    }

    fn redactor() -> Redactor {
        Redactor::new(&[
            (PASSWORD.to_owned(), token("«dealer.password»")),
            (HASH.to_owned(), token("«hash 1»")),
            (format!("{HASH}0"), token("«hash 1 with one more character»")),
            ("x".to_owned(), token("«header X-Short»")),
            ("success".to_owned(), token("«second_dealer.password»")),
        ])
    }

    #[rstest]
    #[case::plain(PASSWORD.to_owned())]
    #[case::percent("p=12f%4014Y%24%C3%A9%20%22%3C".to_owned())]
    #[case::percent_lower("p=12f%4014Y%24%c3%a9%20%22%3c".to_owned())]
    #[case::form("p=12f%4014Y%24%C3%A9+%22%3C".to_owned())]
    #[case::json_escapes(r#"{"e": "12f\u004014\u0059$\u00e9 \"<"}"#.to_owned())]
    #[case::json_in_html(r#"12f@14Y$é \"<"#.to_owned())]
    #[case::html("<p>12f@14Y$é &quot;&lt;</p>".to_owned())]
    #[case::html_numbers("<p>12f@14Y&#36;&#xE9; \"&#60;</p>".to_owned())]
    #[case::percent_some("p=12f@14Y$%c3%A9%20%22<".to_owned())]
    #[case::percent_plus("p=12f%4014Y%24%c3%A9+%22%3c&x=1".to_owned())]
    #[case::json_twice(r#"{"e": "{\"e\":\"12f@14Y$\\u00e9 \\\"<\"}"}"#.to_owned())]
    #[case::base64(format!("Basic {}", STANDARD.encode(format!("20410:{PASSWORD}"))))]
    #[case::base64_in_json(format!("{{\"e\":\"{}\"}}", STANDARD.encode(format!("ab{PASSWORD}cd"))))]
    #[case::member_name(r#"{"12f@14Y$é \"<": 1}"#.to_owned())]
    #[case::broken_json(r#"{"e": "wrong 12f@14Y$é \"<"#.to_owned())]
    fn a_secret_is_found_in_every_spelling(#[case] body: String) {
        let redacted = redactor().body(body.as_bytes());
        let redacted = String::from_utf8(redacted).expect("it stays text");
        assert!(redacted.contains("«dealer.password»"), "{redacted}");
        assert!(!redacted.contains("12f"), "{redacted}");
    }

    #[rstest]
    #[case(
        r#"{"success": true, "hash": "fa7bf873fab9333144e171372a321b06", "x": "x"}"#,
        r#"{"success": true, "hash": "«hash 1»", "«header X-Short»": "«header X-Short»"}"#
    )]
    #[case(
        "hash=fa7bf873fab9333144e171372a321b060&p=x&q=xx",
        "hash=«hash 1 with one more character»&p=«header X-Short»&q=xx"
    )]
    #[case(r#"{"a":1,"a":"#, r#"{"a":1,"a":"#)]
    fn only_secrets_change(#[case] body: &str, #[case] expected: &str) {
        let redacted = redactor().body(body.as_bytes());
        assert_eq!(String::from_utf8_lossy(&redacted), expected);
    }

    #[test]
    fn bytes_that_are_not_text_stay_as_they_are() {
        let body = b"{\"a\":\"\xff\", \"hash\":\"fa7bf873fab9333144e171372a321b06\"}";
        let redacted = redactor().body(body);
        assert_eq!(
            redacted,
            [&b"{\"a\":\"\xff\", \"hash\":\""[..], "«hash 1»\"}".as_bytes()].concat()
        );
    }

    #[test]
    fn a_secret_is_not_shown_by_debug() {
        assert_eq!(format!("{:?}", Secret::new(PASSWORD)), "«secret»");
    }

    #[rstest]
    #[case(HASH, Alphabet::LowerHex)]
    #[case("20410", Alphabet::Digits)]
    #[case("FA7B", Alphabet::UpperHex)]
    #[case("fA7B", Alphabet::MixedHex)]
    #[case("fxz", Alphabet::Alphanumeric)]
    #[case("0-9_~", Alphabet::Unreserved)]
    #[case("+/=", Alphabet::Other)]
    fn a_stand_in_has_the_shape_of_what_it_stands_for(
        #[case] value: &str,
        #[case] alphabet: Alphabet,
    ) {
        let shape = Shape::of(value);
        assert_eq!(shape.alphabet, alphabet);
        assert_eq!(shape.stand_in().chars().count(), value.chars().count());
        if value.len() > 3 {
            assert_eq!(Shape::of(&shape.stand_in()), shape);
        }
    }
}
