//! One way in which an answer falls short, as data.
//!
//! A violation never holds a secret: it is made from a recorded exchange, in which secrets are
//! tokens already.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::reason::WithText;
use super::role::{FixtureName, Role};

/// One way in which an answer falls short of what a check expects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Written", try_from = "Written")]
pub struct Violation {
    /// Where in the answer.
    pub place: Place,
    /// Which answer, if the step was answered several times.
    pub answer: Option<AnswerNumber>,
    /// What would have been right, in words that read after "expected".
    pub expected: String,
    /// What the answer says there.
    pub actual: Actual,
    /// What else would look like this, if the fixture may be wrong.
    pub doubt: Option<FixtureDoubt>,
}

/// That a mistake in a fixture would look the same as the violation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FixtureDoubt {
    /// The fixture.
    pub fixture: FixtureName,
    /// What would be wrong with it.
    pub mistake: Mistake,
}

/// What may be wrong with a fixture that is taken at the operator's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mistake {
    /// The password is not that of the dealer.
    WrongPassword,
    /// The dealer is not blocked.
    NotBlocked,
    /// The session has not expired, or is one of this API.
    LiveSession,
    /// The hash never was one.
    NoHash,
}

/// A part of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "in", rename_all = "lowercase")]
pub enum Place {
    /// The answer as such, which did not come.
    Answer,
    /// The HTTP status.
    Status,
    /// A header.
    Header {
        /// Its name in lower case.
        name: String,
    },
    /// The body, or a part of it.
    Body {
        /// A JSON Pointer; empty for the whole body.
        pointer: String,
    },
}

/// One of several answers to the same step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerNumber {
    /// From 1.
    pub number: usize,
    /// How many answers there are.
    pub of: usize,
}

/// What an answer says in a place.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Actual {
    /// Nothing stands there.
    Nothing,
    /// An object stands there without this member.
    WithoutMember(String),
    /// A value of a wrong JSON type.
    OfType {
        /// The type, as JSON Schema names it.
        json_type: String,
        /// The value, in words that read after "got".
        text: String,
    },
    /// Something else, in words that read after "got".
    Other(String),
}

impl Violation {
    /// A violation in a place of an answer.
    #[must_use]
    pub fn new(place: Place, expected: impl Into<String>, actual: Actual) -> Violation {
        Violation { place, answer: None, expected: expected.into(), actual, doubt: None }
    }

    /// A violation of the HTTP status.
    #[must_use]
    pub fn of_status(expected: impl Into<String>, actual: u16) -> Violation {
        Violation::new(Place::Status, expected, Actual::Other(actual.to_string()))
    }

    /// A violation of the header `name`.
    #[must_use]
    pub fn of_header(
        name: &str,
        expected: impl Into<String>,
        actual: impl Into<String>,
    ) -> Violation {
        let place = Place::Header { name: name.to_ascii_lowercase() };
        Violation::new(place, expected, Actual::Other(actual.into()))
    }

    /// A violation of the body at a JSON Pointer; the empty pointer is the whole body.
    #[must_use]
    pub fn of_body(
        pointer: impl Into<String>,
        expected: impl Into<String>,
        actual: Actual,
    ) -> Violation {
        Violation::new(Place::Body { pointer: shortened(pointer.into()) }, expected, actual)
    }

    /// Where it is, for people: the place, and which of several answers.
    #[must_use]
    pub fn at(&self) -> String {
        match self.answer {
            Some(AnswerNumber { number, of }) => {
                format!("{} (answer {number} of {of})", self.place)
            }
            None => self.place.to_string(),
        }
    }

    /// What is said behind it of a fixture that may be wrong; nothing if none may.
    #[must_use]
    pub fn aside(&self) -> String {
        self.doubt.as_ref().map(|doubt| format!("; {doubt}")).unwrap_or_default()
    }

    /// Which answer to the step it is about, from 0.
    #[must_use]
    pub fn repeat(&self) -> usize {
        self.answer.map_or(0, |answer| answer.number.saturating_sub(1))
    }
}

/// A pointer without its middle, where the names in it are so long that nobody would read it.
fn shortened(pointer: String) -> String {
    const LIMIT: usize = 1000;
    const KEPT: usize = 200;
    if pointer.len() <= LIMIT {
        return pointer;
    }
    let head: String = pointer.chars().take(KEPT).collect();
    let tail: Vec<char> = pointer.chars().rev().take(KEPT).collect();
    format!("{head}…{}", tail.iter().rev().collect::<String>())
}

impl fmt::Display for FixtureDoubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let FixtureDoubt { fixture, mistake } = self;
        match mistake {
            Mistake::WrongPassword => write!(
                f,
                "a wrong password in {fixture} looks the same: to tell the two apart, unblock that \
                 dealer for a moment and sign in by hand"
            ),
            Mistake::NotBlocked => write!(
                f,
                "a dealer of {fixture} who is not blocked looks the same: see whether the panel \
                 shows the dealer as blocked"
            ),
            Mistake::LiveSession if fixture.role == Role::UserSession => write!(
                f,
                "a hash of this API in {fixture} looks the same: take one that the user API handed \
                 out"
            ),
            Mistake::LiveSession => write!(
                f,
                "a hash in {fixture} whose session lives looks the same: take one that has surely \
                 ended"
            ),
            Mistake::NoHash => write!(
                f,
                "a hash in {fixture} that never was one looks the same: compare it with the one \
                 that was handed out"
            ),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Answer => f.write_str("answer"),
            Place::Status => f.write_str("status"),
            Place::Header { name } => write!(f, "header {name}"),
            Place::Body { pointer } if pointer.is_empty() => f.write_str("body"),
            Place::Body { pointer } => write!(f, "body {pointer}"),
        }
    }
}

impl fmt::Display for Actual {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Actual::Nothing => "nothing there",
            Actual::WithoutMember(_) => "no such member",
            Actual::OfType { text, .. } | Actual::Other(text) => text,
        })
    }
}

/// How a violation stands in a report: what people read beside what programs read.
#[derive(Serialize, Deserialize)]
struct Written {
    at: String,
    expected: String,
    actual: String,
    #[serde(default)]
    place: Option<Place>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    answer: Option<AnswerNumber>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    missing: Option<Missing>,
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    json_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    doubt: Option<WithText<FixtureDoubt>>,
}

/// That something is missing, and what, as it stands in a report.
#[derive(Serialize, Deserialize)]
struct Missing {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    member: Option<String>,
}

impl From<Violation> for Written {
    fn from(violation: Violation) -> Written {
        let at = violation.at();
        let actual = violation.actual.to_string();
        let (missing, json_type) = match violation.actual {
            Actual::Nothing => (Some(Missing { member: None }), None),
            Actual::WithoutMember(name) => (Some(Missing { member: Some(name) }), None),
            Actual::OfType { json_type, .. } => (None, Some(json_type)),
            Actual::Other(_) => (None, None),
        };
        let Violation { place, answer, expected, doubt, .. } = violation;
        let doubt = doubt.map(WithText);
        Written { at, expected, actual, place: Some(place), answer, missing, json_type, doubt }
    }
}

impl TryFrom<Written> for Violation {
    type Error = String;

    fn try_from(written: Written) -> Result<Violation, String> {
        let (place, answer) = match written.place {
            Some(place) => (place, written.answer),
            None => place_from(&written.at)?,
        };
        let actual = match (written.missing, written.json_type) {
            (Some(Missing { member: Some(name) }), _) => Actual::WithoutMember(name),
            (Some(Missing { member: None }), _) => Actual::Nothing,
            (None, Some(json_type)) => Actual::OfType { json_type, text: written.actual },
            (None, None) => Actual::Other(written.actual),
        };
        let doubt = written.doubt.map(|doubt| doubt.0);
        Ok(Violation { place, answer, expected: written.expected, actual, doubt })
    }
}

/// The place in a report that names it for people only, as those of earlier versions do.
fn place_from(at: &str) -> Result<(Place, Option<AnswerNumber>), String> {
    let (place, answer) = at.split_once(" (answer ").unwrap_or((at, ""));
    let answer = answer.trim_end_matches(')').split_once(" of ").and_then(|(number, of)| {
        Some(AnswerNumber { number: number.parse().ok()?, of: of.parse().ok()? })
    });
    let place = match place.split_once(' ').unwrap_or((place, "")) {
        ("answer", "") => Place::Answer,
        ("status", "") => Place::Status,
        ("header", name) => Place::Header { name: name.to_owned() },
        ("body", pointer) => Place::Body { pointer: pointer.to_owned() },
        _ => {
            return Err(format!(
                "`{at}` is no place in an answer; known are answer, status, header, \
                 body"
            ));
        }
    };
    Ok((place, answer))
}

/// The answer against the nearest one that would have done, both as indented JSON text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// What the left side is, such as `the nearest answer that would do`.
    pub against: String,
    /// The nearest acceptable text.
    pub expected: String,
    /// The text of the answer.
    pub actual: String,
}

#[cfg(test)]
mod tests {
    use super::{Actual, AnswerNumber, FixtureDoubt, Mistake, Place, Violation};
    use crate::model::role::{FixtureName, Role};
    use rstest::rstest;
    use serde_json::{Value, json};

    #[rstest]
    #[case(
        Violation::of_status("200", 404),
        json!({"at": "status", "expected": "200", "actual": "404", "place": {"in": "status"}})
    )]
    #[case(
        Violation::of_header("Content-Type", "a value", "no such header"),
        json!({"at": "header content-type", "expected": "a value", "actual": "no such header",
               "place": {"in": "header", "name": "content-type"}})
    )]
    #[case(
        Violation {
            answer: Some(AnswerNumber { number: 2, of: 3 }),
            ..Violation::of_body("/hash", "a string", Actual::Nothing)
        },
        json!({"at": "body /hash (answer 2 of 3)", "expected": "a string",
               "actual": "nothing there", "place": {"in": "body", "pointer": "/hash"},
               "answer": {"number": 2, "of": 3}, "missing": {}})
    )]
    #[case(
        Violation::of_body("", "a member `hash`", Actual::WithoutMember("hash".to_owned())),
        json!({"at": "body", "expected": "a member `hash`", "actual": "no such member",
               "place": {"in": "body", "pointer": ""}, "missing": {"member": "hash"}})
    )]
    #[case(
        Violation {
            doubt: Some(FixtureDoubt {
                fixture: FixtureName { role: Role::ExpiredSession, number: None },
                mistake: Mistake::NoHash,
            }),
            ..Violation::of_status("400", 404)
        },
        json!({"at": "status", "expected": "400", "actual": "404", "place": {"in": "status"},
               "doubt": {"fixture": {"role": "expired_session"}, "mistake": "no-hash",
                         "text": "a hash in fixture `expired_session` that never was one looks the same: \
                                  compare it with the one that was handed out"}})
    )]
    #[case(
        Violation::new(Place::Answer, "an answer", Actual::Nothing),
        json!({"at": "answer", "expected": "an answer", "actual": "nothing there",
               "place": {"in": "answer"}, "missing": {}})
    )]
    fn a_violation_is_written_for_people_and_programs(
        #[case] violation: Violation,
        #[case] expected: Value,
    ) {
        let written = serde_json::to_value(&violation).expect("it can be written");
        assert_eq!(written, expected);
        let read: Violation = serde_json::from_value(written).expect("it can be read");
        assert_eq!(read, violation);
    }

    #[rstest]
    #[case("status", true)]
    #[case("header x", true)]
    #[case("body /a/b (answer 1 of 2)", true)]
    #[case("elsewhere", false)]
    fn a_place_told_for_people_only_is_understood(#[case] at: &str, #[case] is_place: bool) {
        let written = json!({"at": at, "expected": "x", "actual": "y"});
        let read: Result<Violation, _> = serde_json::from_value(written);
        assert_eq!(read.is_ok(), is_place);
        if let Ok(violation) = read {
            assert_eq!(violation.at(), at);
        }
    }
}
