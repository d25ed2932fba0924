//! What violations complain of, whichever answer shows it: the sense in which two failures are
//! about the same thing.
//!
//! Compares only; what belongs together is put together by `digest`.

use crate::model::violation::Violation;

/// A violation without what differs from answer to answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Symptom {
    at: String,
    expected: String,
    actual: String,
}

const MISSING: &str = "nothing there";

impl Symptom {
    /// That an object lacks a member, and that nothing is in a member's place, is one complaint.
    pub(super) fn of(violation: &Violation) -> Symptom {
        let at = match violation.at.split_once(" (answer ") {
            Some((at, _)) => at,
            None => &violation.at,
        };
        let lacking = violation.expected.strip_prefix("a member `");
        match lacking.and_then(|rest| rest.strip_suffix('`')) {
            Some(name) => Symptom {
                at: if at == "body" { format!("body /{name}") } else { format!("{at}/{name}") },
                expected: "a value".to_owned(),
                actual: MISSING.to_owned(),
            },
            None => Symptom {
                at: at.to_owned(),
                expected: nameless(&violation.expected),
                actual: nameless(&violation.actual),
            },
        }
    }

    pub(super) fn signature(&self) -> String {
        format!("{}\0{}\0{}\0", self.at, self.expected, self.actual)
    }

    /// Whether it is about a member of a body.
    pub(super) fn is_within_a_body(&self) -> bool {
        self.at.starts_with("body /")
    }

    /// Whether this finds fault with what another does, so that one change may mend both.
    pub(super) fn is_about_the_same_as(&self, other: &Symptom) -> bool {
        let is_within = self.at.strip_prefix(&other.at).is_some_and(|rest| rest.starts_with('/'));
        self.actual == other.actual
            && (self.at == other.at || (is_within && self.actual == MISSING))
    }
}

/// A text in which no hash has a number.
fn nameless(text: &str) -> String {
    let mut pieces = text.split("«hash ");
    let mut shown = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        shown.push_str("«hash ");
        shown.push_str(piece.trim_start_matches(|character: char| character.is_ascii_digit()));
    }
    shown
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
    use super::{Symptom, distinct, nameless};
    use crate::model::violation::Violation;
    use rstest::rstest;

    fn symptom(at: &str, expected: &str, actual: &str) -> Symptom {
        Symptom::of(&violation(at, expected, actual))
    }

    fn violation(at: &str, expected: &str, actual: &str) -> Violation {
        Violation { at: at.to_owned(), expected: expected.to_owned(), actual: actual.to_owned() }
    }

    #[rstest]
    #[case("\"«hash 12»\" or «hash 3 with more»", "\"«hash »\" or «hash  with more»")]
    #[case("none", "none")]
    fn failures_are_alike_whichever_hash_they_name(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(nameless(text), expected);
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
    fn repeats_of_a_step_complain_once() {
        let violations = [
            violation("body /a (answer 1 of 2)", "1", "2"),
            violation("body /a (answer 2 of 2)", "1", "2"),
            violation("body /b (answer 2 of 2)", "1", "2"),
        ];
        let told: Vec<&str> =
            distinct(&violations).iter().map(|(_, violation)| violation.at.as_str()).collect();
        assert_eq!(told, ["body /a (answer 1 of 2)", "body /b (answer 2 of 2)"]);
    }
}
