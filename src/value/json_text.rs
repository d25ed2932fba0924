//! The text of JSON: whether its grammar holds, what it is made of, and what a literal means.
//!
//! Knows nothing of values: `json` makes one of a text, and `redaction` changes a text in place.

use serde::de::IgnoredAny;

/// Says where a text breaks the grammar of RFC 8259. Whatever is grammatical is accepted, however
/// deep it is nested and whatever it means.
///
/// # Errors
///
/// What is wrong, with line and column.
pub(crate) fn check(text: &str) -> Result<(), serde_json::Error> {
    serde_json::from_str::<IgnoredAny>(text).map(|_| ())
}

/// A piece of the text of one JSON value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// `{`, `}`, `[`, `]`, `:` or `,`.
    Sign(u8),
    /// A string literal, without its quotes.
    Text(&'a str),
    /// A number, `true`, `false` or `null`.
    Word(&'a str),
}

/// Takes a text whose grammar holds apart; white space is left out.
pub(crate) fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_ascii_start();
        let first = *rest.as_bytes().first()?;
        let (token, length) = match first {
            b'{' | b'}' | b'[' | b']' | b':' | b',' => (Token::Sign(first), 1),
            b'"' => {
                let end = literal_end(rest.as_bytes()).unwrap_or(rest.len());
                (Token::Text(rest[1..end].strip_suffix('"').unwrap_or(&rest[1..end])), end)
            }
            _ => {
                let ends = |c: char| c.is_ascii_whitespace() || ",:]}[{\"".contains(c);
                let end = rest.find(ends).unwrap_or(rest.len());
                (Token::Word(&rest[..end]), end)
            }
        };
        rest = &rest[length..];
        Some(token)
    })
}

/// The length of the string literal that the bytes start with; `None` where it never ends.
pub(crate) fn literal_end(bytes: &[u8]) -> Option<usize> {
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

/// What a string literal means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Meaning {
    /// The text, with U+FFFD for every half of a surrogate pair that stands alone.
    pub text: String,
    /// Where each byte of the text, and its end, is written.
    pub places: Vec<usize>,
    /// Whether half of a surrogate pair stands alone.
    pub has_lone_surrogate: bool,
}

impl Meaning {
    /// Reads a string literal, without its quotes; `None` where it is none.
    pub(crate) fn of(literal: &str) -> Option<Meaning> {
        if literal.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
            let places = (0..=literal.len()).collect();
            return Some(Meaning { text: literal.to_owned(), places, has_lone_surrogate: false });
        }
        let (mut text, mut places) = (String::with_capacity(literal.len()), Vec::new());
        let (mut has_lone_surrogate, mut at) = (false, 0);
        while let Some(first) = literal[at..].chars().next() {
            let (character, length) = match first {
                '\\' => escaped(&literal[at..])?,
                '"' | '\0'..='\x1f' => return None,
                plain => (Some(plain), plain.len_utf8()),
            };
            has_lone_surrogate |= character.is_none();
            let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
            places.extend(std::iter::repeat_n(at, character.len_utf8()));
            text.push(character);
            at += length;
        }
        places.push(at);
        Some(Meaning { text, places, has_lone_surrogate })
    }
}

/// The character that the escape at the start of a text means, and its length; no character where
/// it is half of a pair.
fn escaped(text: &str) -> Option<(Option<char>, usize)> {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        let are_digits = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        are_digits.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
    };
    let character = match text.as_bytes().get(1)? {
        b'u' => {
            let first = unit(0)?;
            let second = unit(6).filter(|low| (0xdc00..0xe000).contains(low));
            return Some(match (first, second) {
                (0xd800..0xdc00, Some(low)) => {
                    (char::from_u32(0x10000 + ((first - 0xd800) << 10) + (low - 0xdc00)), 12)
                }
                _ => (char::from_u32(first), 6),
            });
        }
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        same @ (b'"' | b'\\' | b'/') => char::from(*same),
        _ => return None,
    };
    Some((Some(character), 2))
}

#[cfg(test)]
mod tests {
    use super::{Meaning, Token, check, tokens};
    use rstest::rstest;

    #[test]
    fn a_text_is_taken_apart() {
        let shown: Vec<String> = tokens(" {\"a\\\"\" : [1e4,true ] }\n")
            .map(|token| match token {
                Token::Sign(sign) => char::from(sign).to_string(),
                Token::Text(text) => format!("<{text}>"),
                Token::Word(word) => word.to_owned(),
            })
            .collect();
        assert_eq!(shown, ["{", "<a\\\">", ":", "[", "1e4", ",", "true", "]", "}"]);
    }

    #[rstest]
    #[case("plain é", Some(("plain é", false)))]
    #[case(r#"\"\\\/\b\f\n\r\t"#, Some(("\"\\/\u{8}\u{c}\n\r\t", false)))]
    #[case(r"\u00e9\u00E9", Some(("éé", false)))]
    #[case(r"\ud83d\ude00", Some(("😀", false)))]
    #[case(r"a\ud83d", Some(("a\u{fffd}", true)))]
    #[case(r"\ude00\ud83dx", Some(("\u{fffd}\u{fffd}x", true)))]
    #[case(r"\ud83d\u0041", Some(("\u{fffd}A", true)))]
    #[case(r"\q", None)]
    #[case(r"\u12", None)]
    #[case(r"\u+123", None)]
    #[case("a\nb", None)]
    #[case("a\"b", None)]
    fn a_literal_means_a_text(#[case] literal: &str, #[case] expected: Option<(&str, bool)>) {
        let meaning = Meaning::of(literal);
        let actual = meaning.as_ref().map(|one| (one.text.as_str(), one.has_lone_surrogate));
        assert_eq!(actual, expected);
        assert_eq!(check(&format!("\"{literal}\"")).is_ok(), expected.is_some());
    }

    #[test]
    fn grammar_knows_no_depth() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        assert!(check(&deep).is_ok());
        assert!(check(&deep[1..]).is_err());
    }
}
