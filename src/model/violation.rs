//! One way in which an answer falls short, as data.
//!
//! A violation never holds a secret: it is made from a recorded exchange, in which secrets are
//! tokens already.

use serde::{Deserialize, Serialize};

/// One way in which an answer falls short of what a check expects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// Where in the answer: `status`, `header content-type`, `body`, or `body /status/code`
    /// (a JSON Pointer after the word).
    pub at: String,
    /// What would have been right, in words that read after "expected".
    pub expected: String,
    /// What the answer says there, in words that read after "got".
    pub actual: String,
}

impl Violation {
    /// A violation of the HTTP status.
    #[must_use]
    pub fn of_status(expected: impl Into<String>, actual: u16) -> Violation {
        Violation { at: "status".to_owned(), expected: expected.into(), actual: actual.to_string() }
    }

    /// A violation of the header `name`.
    #[must_use]
    pub fn of_header(
        name: &str,
        expected: impl Into<String>,
        actual: impl Into<String>,
    ) -> Violation {
        Violation {
            at: format!("header {}", name.to_ascii_lowercase()),
            expected: expected.into(),
            actual: actual.into(),
        }
    }

    /// A violation of the body at a JSON Pointer; the empty pointer is the whole body.
    #[must_use]
    pub fn of_body(
        pointer: &str,
        expected: impl Into<String>,
        actual: impl Into<String>,
    ) -> Violation {
        let at = if pointer.is_empty() { "body".to_owned() } else { format!("body {pointer}") };
        Violation { at, expected: expected.into(), actual: actual.into() }
    }
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
