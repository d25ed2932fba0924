//! Sentences of the ledger, whose backticks become code.

use super::shown;

/// A sentence in pieces.
pub(super) struct Prose(Vec<Piece>);

/// A piece of a sentence.
pub(super) struct Piece {
    pub(super) is_code: bool,
    pub(super) text: String,
}

impl Prose {
    /// Understands the backticks of a text; an odd one stays a backtick.
    pub(super) fn of(text: &str) -> Prose {
        let text = shown(text);
        let parts: Vec<&str> = text.split('`').collect();
        if parts.len().is_multiple_of(2) {
            return Prose(vec![Piece { is_code: false, text }]);
        }
        let pieces = parts.iter().enumerate().filter(|(_, part)| !part.is_empty());
        Prose(
            pieces
                .map(|(index, part)| Piece { is_code: index % 2 == 1, text: (*part).to_owned() })
                .collect(),
        )
    }

    pub(super) fn pieces(&self) -> &[Piece] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Prose;
    use rstest::rstest;

    #[rstest]
    #[case("plain", "plain")]
    #[case("at `<base>/panel`, always", "at |[<base>/panel]|, always")]
    #[case("`a``b`", "[a]|[b]")]
    #[case("one ` only", "one ` only")]
    #[case("\u{202e}`\u{1b}`", "\\u{202e}|[\\u{1b}]")]
    fn backticks_mark_code(#[case] text: &str, #[case] expected: &str) {
        let prose = Prose::of(text);
        let told = prose.pieces().iter().map(|piece| {
            if piece.is_code { format!("[{}]", piece.text) } else { piece.text.clone() }
        });
        assert_eq!(told.collect::<Vec<_>>().join("|"), expected);
    }
}
