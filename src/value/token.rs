//! Tokens: what stands in a record in the place of a secret, such as `«dealer.password»`,
//! `«dealer[2].password»` or `«hash 3 without its last character»`.
//!
//! The one home of their grammar: whoever makes a token, or looks for tokens in a text, does it
//! here.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use super::filter::{FILTERS, Filter, FilterKind, TRACE};
use crate::model::role::FixtureName;

const OPEN: char = '«';
const CLOSE: char = '»';

/// What stands in the place of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The secret.
    pub secret: Named,
    /// What was made of it, where it is not the secret itself but a near miss.
    pub near_miss: Option<&'static Filter>,
}

/// A secret by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// The secret member of a fixture: a password, or the hash of a session.
    Fixture(FixtureName),
    /// A hash that the target handed out, numbered from 1 in the order it did.
    Hash(usize),
    /// What else it handed out that may be a session, numbered in the same way.
    Token(usize),
    /// The value of a header that the operator adds, by the header's name.
    Header(String),
    /// The password of the proxy.
    ProxyPassword,
}

impl Named {
    /// The token of the secret itself.
    #[must_use]
    pub fn token(self) -> Token {
        Token { secret: self, near_miss: None }
    }
}

impl Token {
    /// The token of what a filter makes of the secret; another spelling of it is the secret still.
    #[must_use]
    pub fn filtered(self, filter: &'static Filter) -> Token {
        match filter.kind {
            FilterKind::NearMiss => Token { near_miss: Some(filter), ..self },
            FilterKind::Spelling => self,
        }
    }

    /// The token of what betrays the secret without being it.
    #[must_use]
    pub(crate) fn trace(self) -> Token {
        Token { near_miss: self.near_miss.or(Some(&TRACE)), ..self }
    }
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Named::Fixture(name) => {
                let member = name.role.members().last().copied().unwrap_or_default();
                write!(f, "{}.{member}", name.short())
            }
            Named::Hash(number) => write!(f, "hash {number}"),
            Named::Token(number) => write!(f, "token {number}"),
            Named::Header(name) => write!(f, "header {name}"),
            Named::ProxyPassword => f.write_str("proxy password"),
        }
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{OPEN}{}", self.secret)?;
        if let Some(filter) = self.near_miss {
            write!(f, " {}", filter.summary)?;
        }
        write!(f, "{CLOSE}")
    }
}

/// A text is no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no token of a secret")]
pub struct NoToken;

impl FromStr for Token {
    type Err = NoToken;

    /// Reads a whole token, marks included.
    fn from_str(text: &str) -> Result<Token, NoToken> {
        let inner = text.strip_prefix(OPEN).and_then(|rest| rest.strip_suffix(CLOSE));
        inner.and_then(parse).ok_or(NoToken)
    }
}

/// Reads what stands between the marks.
fn parse(inner: &str) -> Option<Token> {
    let near_miss = FILTERS.iter().chain([&TRACE]).find_map(|filter| {
        let name = inner.strip_suffix(filter.summary)?.strip_suffix(' ')?;
        Some(Token { secret: named(name)?, near_miss: Some(filter) })
    });
    near_miss.or_else(|| Some(named(inner)?.token()))
}

fn named(name: &str) -> Option<Named> {
    if name == "proxy password" {
        return Some(Named::ProxyPassword);
    }
    if let Some(number) = name.strip_prefix("hash ") {
        return Some(Named::Hash(number.parse().ok()?));
    }
    if let Some(number) = name.strip_prefix("token ") {
        return Some(Named::Token(number.parse().ok()?));
    }
    if let Some(header) = name.strip_prefix("header ") {
        return Some(Named::Header(header.to_owned()));
    }
    let (fixture, member) = name.split_once('.')?;
    let fixture = FixtureName::from_short(fixture)?;
    (fixture.role.members().last() == Some(&member)).then_some(Named::Fixture(fixture))
}

/// A part of a text that may hold tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Text that is no token.
    Text(&'a str),
    /// A token.
    Token(Token),
}

/// Whether a text may hold a token; quick, and never wrong where it says no.
pub(crate) fn may_stand_in(text: &str) -> bool {
    text.contains(OPEN)
}

/// Where tokens stand in a text.
pub(crate) fn places(text: &str) -> Vec<(Range<usize>, Token)> {
    let mut places = Vec::new();
    let mut start = None;
    // Within a token none starts, so that every part of a text is read once.
    for (at, mark) in text.match_indices([OPEN, CLOSE]) {
        let end = at + mark.len();
        match start.filter(|_| mark.starts_with(CLOSE)) {
            Some(from) => {
                places.extend(text[from..end].parse().ok().map(|token| (from..end, token)));
                start = None;
            }
            None => start = mark.starts_with(OPEN).then_some(at),
        }
    }
    places
}

/// Takes a text apart into tokens and what stands between them.
pub(crate) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut plain = 0;
    for (range, token) in places(text) {
        pieces.extend((plain < range.start).then(|| Piece::Text(&text[plain..range.start])));
        pieces.push(Piece::Token(token));
        plain = range.end;
    }
    pieces.extend((plain < text.len()).then(|| Piece::Text(&text[plain..])));
    pieces
}

#[cfg(test)]
mod tests {
    use super::{Piece, Token, pieces};
    use rstest::rstest;

    #[rstest]
    #[case("«hash 12»")]
    #[case("«dealer.password»")]
    #[case("«dealer[2].password»")]
    #[case("«expired_session.hash»")]
    #[case("«header X-Key»")]
    #[case("«proxy password»")]
    #[case("«hash 3 without its last character»")]
    #[case("«token 4 in part or in disguise»")]
    #[case("«second_dealer[3].password with a NUL character and more text»")]
    fn a_token_is_read_as_it_is_written(#[case] text: &str) {
        let token: Token = text.parse().expect("it is a token");
        assert_eq!(token.to_string(), text);
    }

    #[rstest]
    #[case("hash 1")]
    #[case("«hash x»")]
    #[case("«nobody.password»")]
    #[case("«dealer.login»")]
    #[case("«dealer[0].password»")]
    #[case("«»")]
    fn anything_else_is_no_token(#[case] text: &str) {
        assert!(text.parse::<Token>().is_err());
    }

    #[rstest]
    #[case("", "")]
    #[case("plain", "plain|")]
    #[case("NVX «hash 1»", "NVX |<«hash 1»>")]
    #[case("««hash 1»» x", "«|<«hash 1»>» x|")]
    #[case("«x» «hash 2»«hash 3»", "«x» |<«hash 2»><«hash 3»>")]
    #[case("« never closed", "« never closed|")]
    fn a_text_is_taken_apart(#[case] text: &str, #[case] expected: &str) {
        let shown: String = pieces(text)
            .into_iter()
            .map(|piece| match piece {
                Piece::Text(text) => format!("{text}|"),
                Piece::Token(token) => format!("<{token}>"),
            })
            .collect();
        assert_eq!(shown, expected);
    }
}
