//! Words of a POSIX shell: how text and values are quoted so that the shell sees what is meant.
//!
//! Knows the shell and nothing of HTTP or curl.

use super::value::Piece;
use crate::report::escape;

/// A word of a command line, before it is quoted.
pub(crate) type Word = Vec<Piece>;

/// One word of a command line.
///
/// Where a value stands in it, it is one double-quoted word if that reads well, and otherwise
/// single-quoted text with double-quoted values between. What cannot be shown goes through
/// `printf`.
pub(crate) fn word(pieces: &[Piece]) -> String {
    let has_value = pieces.iter().any(|piece| matches!(piece, Piece::Value(_)));
    let is_quiet = |piece: &Piece| match piece {
        Piece::Literal(bytes) => {
            is_printable(bytes) && !bytes.iter().any(|b| b"\"$`\\!".contains(b))
        }
        Piece::Value(_) => true,
    };
    if has_value && pieces.iter().all(is_quiet) {
        return format!("\"{}\"", double_quoted(pieces));
    }
    match pieces {
        [] => "''".to_owned(),
        [Piece::Literal(bytes)] if bytes.iter().all(is_bare) => shown(bytes),
        pieces => pieces.iter().map(quoted).collect(),
    }
}

/// The word of a text without values.
pub(crate) fn plain(text: &str) -> String {
    let literal = Piece::Literal(text.as_bytes().to_vec());
    if text.is_empty() { word(&[]) } else { word(&[literal]) }
}

/// A command that writes exactly these bytes, whatever they are.
pub(super) fn printf(pieces: &[Piece]) -> String {
    let mut format = String::new();
    let mut arguments = String::new();
    for piece in pieces {
        match piece {
            Piece::Literal(bytes) => format.push_str(&printf_format(bytes)),
            Piece::Value(value) => {
                format.push_str("%s");
                arguments.push_str(&format!(" \"{}\"", value.quoted(None)));
            }
        }
    }
    format!("printf '{format}'{arguments}")
}

/// Whether every character can be shown in a line as it is.
pub(super) fn is_printable(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| text.chars().all(escape::is_safe))
}

fn double_quoted(pieces: &[Piece]) -> String {
    let mut text = String::new();
    for (index, piece) in pieces.iter().enumerate() {
        let next = match pieces.get(index + 1) {
            Some(Piece::Literal(bytes)) => bytes.first().copied(),
            _ => None,
        };
        match piece {
            Piece::Literal(bytes) => text.push_str(&shown(bytes)),
            Piece::Value(value) => text.push_str(&value.quoted(next)),
        }
    }
    text
}

fn quoted(piece: &Piece) -> String {
    match piece {
        Piece::Value(value) => format!("\"{}\"", value.quoted(None)),
        Piece::Literal(bytes) if is_printable(bytes) => {
            format!("'{}'", shown(bytes).replace('\'', "'\\''"))
        }
        Piece::Literal(bytes) => format!("\"$(printf '{}')\"", printf_format(bytes)),
    }
}

fn printf_format(bytes: &[u8]) -> String {
    let mut format = String::new();
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '%' => format.push_str("%%"),
                '\\' => format.push_str("\\\\"),
                '\'' => format.push_str("'\\''"),
                // A format that starts with it would be taken for an option.
                '-' if format.is_empty() => octal(b"-", &mut format),
                character if escape::is_safe(character) => format.push(character),
                character => {
                    octal(character.encode_utf8(&mut [0; 4]).as_bytes(), &mut format);
                }
            }
        }
        octal(chunk.invalid(), &mut format);
    }
    format
}

fn octal(bytes: &[u8], format: &mut String) {
    for byte in bytes {
        format.push_str(&format!("\\{byte:03o}"));
    }
}

fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn is_bare(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_./:=@%+,".contains(byte)
}

#[cfg(test)]
mod tests {
    use super::{printf, word};
    use crate::report::curl::value::{Spelling, pieces};
    use rstest::rstest;

    #[rstest]
    #[case("", "''")]
    #[case("n=1", "n=1")]
    #[case("a b", "'a b'")]
    #[case("it's", "'it'\\''s'")]
    #[case("a?b", "'a?b'")]
    #[case("NVX «hash 1»", "\"NVX $HASH_1\"")]
    #[case("«hash 1»x", "\"${HASH_1}x\"")]
    #[case("«hash 1»-x", "\"$HASH_1-x\"")]
    #[case("«hash 1»«hash 2»", "\"$HASH_1$HASH_2\"")]
    #[case("\"«hash 1»\"", "'\"'\"$HASH_1\"'\"'")]
    #[case("$x «hash 1»", "'$x '\"$HASH_1\"")]
    #[case("a\u{202e}b", "\"$(printf 'a\\342\\200\\256b')\"")]
    fn a_word_is_what_the_shell_sees(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(word(&pieces(text.as_bytes(), Spelling::Plain)), expected);
    }

    #[rstest]
    #[case(b"{\"a\":\"\xff\"}\n", "printf '{\"a\":\"\\377\"}\\012'")]
    #[case(b"100% it's \\ \0", "printf '100%% it'\\''s \\\\ \\000'")]
    #[case(b"-n\0", "printf '\\055n\\000'")]
    #[case("é\u{feff}«hash 1»".as_bytes(), "printf 'é\\357\\273\\277%s' \"$HASH_1\"")]
    fn printf_writes_any_bytes(#[case] bytes: &[u8], #[case] expected: &str) {
        assert_eq!(printf(&pieces(bytes, Spelling::Plain)), expected);
    }
}
