//! What violations complain of, whichever answer shows it: the sense in which two failures are
//! about the same thing.
//!
//! Compares only; what belongs together is put together by `digest`.

use crate::model::violation::{Actual, Place, Violation};
use crate::value::json_diff::escape;
use crate::value::token::{self, Named, Piece, Token};

/// A violation without what differs from answer to answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Symptom {
    place: Place,
    expected: String,
    actual: Actual,
}

impl Symptom {
    /// That an object lacks a member, and that nothing is in a member's place, is one symptom.
    pub(super) fn of(violation: &Violation) -> Symptom {
        match (&violation.actual, &violation.place) {
            (Actual::WithoutMember(name), Place::Body { pointer }) => Symptom {
                place: Place::Body { pointer: format!("{pointer}/{}", escape(name)) },
                expected: "a value".to_owned(),
                actual: Actual::Nothing,
            },
            (actual, place) => Symptom {
                place: place.clone(),
                expected: without_hash_numbers(&violation.expected),
                actual: match actual {
                    // Which value it is may differ from answer to answer.
                    Actual::OfType { json_type, .. } => {
                        Actual::OfType { json_type: json_type.clone(), text: String::new() }
                    }
                    Actual::Other(text) => Actual::Other(without_hash_numbers(text)),
                    missing => missing.clone(),
                },
            },
        }
    }

    /// Whether it is about a member of a body.
    pub(super) fn is_within_a_body(&self) -> bool {
        matches!(&self.place, Place::Body { pointer } if !pointer.is_empty())
    }

    /// Whether this finds fault with what another does, so that one change may mend both.
    pub(super) fn is_about_the_same_as(&self, other: &Symptom) -> bool {
        self.actual == other.actual
            && (self.place == other.place
                || (self.is_below(other) && self.actual == Actual::Nothing))
    }

    fn is_below(&self, other: &Symptom) -> bool {
        let (Place::Body { pointer }, Place::Body { pointer: above }) = (&self.place, &other.place)
        else {
            return false;
        };
        pointer.strip_prefix(above.as_str()).is_some_and(|rest| rest.starts_with('/'))
    }
}

/// A text in which no hash that the target handed out has a number.
fn without_hash_numbers(text: &str) -> String {
    let pieces = token::pieces(text).into_iter().map(|piece| match piece {
        Piece::Text(text) => text.to_owned(),
        Piece::Token(Token { secret: Named::Hash(_), near_miss }) => {
            Token { secret: Named::Hash(0), near_miss }.to_string()
        }
        Piece::Token(Token { secret: Named::Token(_), near_miss }) => {
            Token { secret: Named::Token(0), near_miss }.to_string()
        }
        Piece::Token(token) => token.to_string(),
    });
    pieces.collect()
}

/// The violations that complain of different things, each the first of its kind.
pub(super) fn distinct(violations: &[Violation]) -> Vec<(Symptom, &Violation)> {
    let mut distinct: Vec<(Symptom, &Violation)> = Vec::new();
    for violation in violations {
        let symptom = Symptom::of(violation);
        if !distinct.iter().any(|(known, _)| *known == symptom) {
            distinct.push((symptom, violation));
        }
    }
    distinct
}

#[cfg(test)]
mod tests {
    use super::{Symptom, distinct, without_hash_numbers};
    use crate::model::violation::{Actual, Violation};
    use crate::report::sample::violation;
    use rstest::rstest;

    fn symptom(at: &str, expected: &str, actual: &str) -> Symptom {
        Symptom::of(&violation(at, expected, actual))
    }

    #[rstest]
    #[case(
        "\"«hash 12»\" or «hash 3 with one more character»",
        "\"«hash 0»\" or «hash 0 with one more character»"
    )]
    #[case("none", "none")]
    fn failures_are_alike_whichever_hash_they_name(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(without_hash_numbers(text), expected);
    }

    #[test]
    fn a_member_that_lacks_is_nothing_in_its_place() {
        let lacking = symptom("body /status", "a member `code`", "no such member");
        assert_eq!(lacking, symptom("body /status/code", "a value", "nothing there"));
        let lacking = symptom("body", "a member `hash`", "no such member");
        assert_eq!(lacking, symptom("body /hash (answer 2 of 3)", "a value", "nothing there"));
    }

    #[rstest]
    #[case::same_value(("body /code", "11", "12"), ("body /code", "an integer", "12"), true)]
    #[case::other_value(("body /code", "11", "12"), ("body /code", "11", "13"), false)]
    #[case::other_place(("body /code", "11", "12"), ("status", "11", "12"), false)]
    #[case::within_what_lacks(
        ("body /status/code", "a value", "nothing there"),
        ("body", "a member `status`", "no such member"),
        true
    )]
    #[case::beside_what_lacks(
        ("body /statuses", "a value", "nothing there"),
        ("body", "a member `status`", "no such member"),
        false
    )]
    fn complaints_meet_in_a_value(
        #[case] one: (&str, &str, &str),
        #[case] other: (&str, &str, &str),
        #[case] expected: bool,
    ) {
        let of = |(at, expected, actual)| symptom(at, expected, actual);
        assert_eq!(of(one).is_about_the_same_as(&of(other)), expected);
    }

    #[test]
    fn values_of_a_wrong_type_are_alike_whatever_they_are() {
        let number = |text: &str, json_type: &str| {
            let (json_type, text) = (json_type.to_owned(), text.to_owned());
            let actual = Actual::OfType { json_type, text };
            Symptom::of(&Violation::of_body("/hash", "a string", actual))
        };
        assert_eq!(number("9991", "integer"), number("9992", "integer"));
        assert_ne!(number("9991", "integer"), number("[]", "array"));
    }

    #[test]
    fn repeats_of_a_step_complain_once() {
        let violations = [
            violation("body /a (answer 1 of 2)", "1", "2"),
            violation("body /a (answer 2 of 2)", "1", "2"),
            violation("body /b (answer 2 of 2)", "1", "2"),
        ];
        let told: Vec<String> =
            distinct(&violations).iter().map(|(_, violation)| violation.at()).collect();
        assert_eq!(told, ["body /a (answer 1 of 2)", "body /b (answer 2 of 2)"]);
    }
}
