//! Secrets, and what may be told of their form.
//!
//! How they are taken out of what was exchanged stands in `redaction`.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

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

#[cfg(test)]
mod tests {
    use super::{Alphabet, Secret, Shape};
    use rstest::rstest;

    const PASSWORD: &str = "12f@14Y$é \"<";
    const HASH: &str = "fa7bf873fab9333144e171372a321b06";

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
