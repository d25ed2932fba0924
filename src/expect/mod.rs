//! Expectations: the keywords with which a check says what an answer has to be.
//!
//! One keyword per file. A keyword is compiled at load and judges purely: recorded answer in,
//! [`Finding`] out; it never sends, waits, or sees a secret. To add one, write its file and its
//! line in [`KEYWORDS`], and describe it in `schemas/case.schema.json`.

mod answered;
mod differs_from;
mod equals;
mod grants;
mod header;
pub(crate) mod reading;
mod refused;
mod reveals_not;
mod same_as;
mod schema;
mod status;
#[cfg(test)]
mod tests;
mod unambiguous;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;

use serde_json::Value;

use crate::model::exchange::Answer;
use crate::model::reason::Reason;
use crate::model::violation::{Actual, Difference, Violation};
use crate::value::body::Body;
use crate::value::json::{self, NotJson, brief};
use crate::value::schema::{Lack, Schema, SchemaDiagnostic, Schemas};
use crate::value::secret::Shapes;
use crate::value::variables::{Lookup, Reference};

/// A keyword of the case format.
pub(crate) struct Keyword {
    /// The word in case files.
    pub name: &'static str,
    /// What it asks of an answer, in one line.
    pub summary: &'static str,
    compile: fn(&Compiler<'_>, &Value) -> Compiled,
}

/// A keyword made ready to judge, or everything that is wrong with its value.
pub(crate) type Compiled = Result<Box<dyn Expectation>, Vec<SchemaDiagnostic>>;

/// All keywords.
pub(crate) static KEYWORDS: &[Keyword] = &[
    schema::KEYWORD,
    status::KEYWORD,
    header::KEYWORD,
    refused::KEYWORD,
    answered::KEYWORD,
    grants::KEYWORD,
    equals::KEYWORD,
    differs_from::KEYWORD,
    same_as::KEYWORD,
    reveals_not::KEYWORD,
    unambiguous::KEYWORD,
];

/// What expectations are compiled with.
pub(crate) struct Compiler<'a> {
    /// The named schemas.
    pub schemas: &'a Schemas,
    /// HTTP status by error code, where the documents name one; 400 elsewhere.
    pub statuses: &'a Arc<BTreeMap<i64, u16>>,
    /// `at`: the JSON Pointer that the keyword looks at.
    pub at: String,
    /// `unordered`: arrays are compared as sets.
    pub unordered: bool,
}

/// What one keyword, compiled, asks of an answer.
pub trait Expectation: Debug + Send + Sync {
    /// Judges one answer.
    fn judge(&self, evidence: &Evidence<'_>) -> Finding;

    /// What is asked, in words that read after "expects".
    fn describe(&self) -> String;

    /// Whether another value than an earlier one is what is asked.
    fn expects_difference(&self) -> bool {
        false
    }

    /// Whether a refusal is what is asked.
    fn expects_refusal(&self) -> bool {
        false
    }

    /// Whether a server that fails over the request keeps this all the same.
    fn excuses_failures(&self) -> bool {
        false
    }

    /// Whether an answer that neither grants nor refuses breaks this by what it holds, rather than
    /// by being no proper answer.
    fn is_broken_by_content(&self, _evidence: &Evidence<'_>) -> bool {
        false
    }

    /// The values of earlier answers and fixtures that judging needs.
    fn references(&self) -> Vec<&Reference> {
        Vec::new()
    }
}

/// An answer and what is known besides it.
pub struct Evidence<'a> {
    /// The answer.
    pub answer: &'a Answer,
    /// Its body, parsed strictly.
    pub body: &'a Result<Body, NotJson>,
    /// Values of earlier answers and of fixtures, with tokens in the place of secrets.
    pub lookup: Lookup<'a>,
    /// What may be known of the form of secrets, by token.
    pub shapes: &'a Shapes,
    /// The answers to the other repeats of the same step.
    pub siblings: &'a [&'a Value],
    /// The id of the step, by which an expectation can refer to its siblings.
    pub step: &'a str,
    /// How much a finding has to say.
    pub detail: Detail,
}

/// How much a finding has to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Every violation, and the difference from the nearest answer that would do.
    Full,
    /// Only whether the answer falls short.
    Verdict,
}

/// What a keyword makes of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The answer is as expected.
    Holds,
    /// The answer falls short.
    Broken {
        /// How; at least one, and none where only the verdict is asked for.
        violations: Vec<Violation>,
        /// The answer against the nearest that would do.
        difference: Option<Difference>,
    },
    /// It cannot be said, because a value is missing or the answer is more than the suite reads.
    Unknown(Reason),
}

/// Bytes of a body beyond which it is told by its size.
const LARGE: usize = 64 * 1024;

/// Violations of one check that are told before the rest is counted.
const MOST: usize = 100;

/// Compiles one keyword of a check.
///
/// # Errors
///
/// Lists what is wrong with its value, with JSON Pointers into the value.
pub(crate) fn compile(
    name: &str,
    value: &Value,
    compiler: &Compiler<'_>,
) -> Result<Box<dyn Expectation>, Vec<SchemaDiagnostic>> {
    match KEYWORDS.iter().find(|keyword| keyword.name == name) {
        Some(keyword) => (keyword.compile)(compiler, value),
        None => Err(vec![SchemaDiagnostic::new(
            "",
            format!("`{name}` is not a keyword"),
            crate::value::diagnostics::suggestion(
                name,
                KEYWORDS.iter().map(|keyword| keyword.name),
            ),
        )]),
    }
}

impl Evidence<'_> {
    /// A finding that the answer falls short; how is worked out only where it is to be told.
    fn broken(&self, how: impl FnOnce() -> (Vec<Violation>, Option<Difference>)) -> Finding {
        let (violations, difference) = match self.detail {
            Detail::Full => how(),
            Detail::Verdict => (Vec::new(), None),
        };
        Finding::Broken { violations, difference }
    }

    fn broken_once(&self, violation: impl FnOnce() -> Violation) -> Finding {
        self.broken(|| (vec![violation()], None))
    }

    /// The body as JSON; otherwise the finding that it is damaged or is no JSON, or that nobody
    /// knows what it says.
    fn json(&self) -> Result<&Body, Finding> {
        if let Some(defect) = &self.answer.defect {
            return Err(self.broken_once(|| {
                let actual = format!("one that {}", defect.sentence());
                Violation::of_body("", "a complete answer", Actual::Other(actual))
            }));
        }
        self.body.as_ref().map_err(|error| match error {
            NotJson::TooDeep => Finding::Unknown(Reason::BeyondLimit { levels: json::DEPTH }),
            NotJson::TooWide => Finding::Unknown(Reason::BeyondWidth { count: json::WIDTH }),
            error => self.broken_once(|| {
                let actual = Actual::Other(format!("a body that {error}"));
                Violation::of_body("", "one JSON value", actual)
            }),
        })
    }

    /// Whether the body is so large that nobody would read a difference from it.
    fn is_large(&self) -> bool {
        self.answer.body.len() > LARGE
    }

    /// The part of the body that a pointer names; otherwise the finding that there is none.
    fn part(&self, at: &str) -> Result<&Value, Finding> {
        self.json()?.recorded().pointer(at).ok_or_else(|| self.nothing_there(at))
    }

    fn nothing_there(&self, at: &str) -> Finding {
        self.broken_once(|| Violation::of_body(at, "a value", Actual::Nothing))
    }
}

/// Judges the part of a body that a pointer names by a compiled schema.
fn against_schema(schema: &Schema, at: &str, evidence: &Evidence<'_>) -> Finding {
    let body = match evidence.json() {
        Ok(body) => body,
        Err(finding) => return finding,
    };
    match body.judged().pointer(at) {
        Some(judged) if schema.accepts(judged) => Finding::Holds,
        Some(judged) => evidence.broken(|| {
            let violations = shortfalls(schema, judged, at, body.recorded());
            let difference = || difference_from_nearest(schema, at, body.recorded());
            (violations, (!evidence.is_large()).then(difference))
        }),
        None if schema.accepts_absence() => Finding::Holds,
        None => evidence.nothing_there(at),
    }
}

/// In what the part of a body falls short of a schema, as a finding tells it.
fn shortfalls(schema: &Schema, judged: &Value, at: &str, body: &Value) -> Vec<Violation> {
    let part = body.pointer(at).unwrap_or(&Value::Null);
    let (shortfalls, more) = schema.first_shortfalls(judged, MOST);
    let violations = shortfalls.into_iter().map(|shortfall| {
        // Null and absent mean the same (general response rules of the API).
        let is_unwanted = shortfall.lack == Lack::Type(vec!["null"]);
        let expected = if is_unwanted { Actual::Nothing.to_string() } else { shortfall.expected };
        let actual = match (shortfall.lack, part.pointer(&shortfall.pointer)) {
            (Lack::Member(name), _) => Actual::WithoutMember(name),
            (Lack::OneOf(_), _) => Actual::Other("no such member".to_owned()),
            (Lack::Type(_), Some(value)) => of_type(value),
            (_, Some(value)) => Actual::Other(brief(value)),
            (_, None) => Actual::Nothing,
        };
        Violation::of_body(format!("{at}{}", shortfall.pointer), expected, actual)
    });
    counted(violations, more, at)
}

/// Violations, and how many there are besides.
fn counted(
    violations: impl IntoIterator<Item = Violation>,
    more: usize,
    at: &str,
) -> Vec<Violation> {
    let rest = || {
        let actual = Actual::Other(format!("{more} more places where the answer falls short"));
        Violation::of_body(at, "none but these", actual)
    };
    violations.into_iter().chain((more > 0).then(rest)).collect()
}

/// The body against the nearest that a schema accepts at a pointer.
fn difference_from_nearest(schema: &Schema, at: &str, body: &Value) -> Difference {
    let part = body.pointer(at).unwrap_or(&Value::Null);
    let mut nearest = body.clone();
    if let Some(place) = nearest.pointer_mut(at) {
        *place = schema.nearest(part);
    }
    difference(&nearest, body)
}

/// A value of a wrong type.
fn of_type(value: &Value) -> Actual {
    Actual::OfType { json_type: json::type_name(value).to_owned(), text: brief(value) }
}

fn difference(nearest: &Value, actual: &Value) -> Difference {
    Difference {
        against: "the nearest answer that would do".to_owned(),
        expected: json::pretty(nearest),
        actual: json::pretty(actual),
    }
}

/// A reference of a keyword that names a value without braces: `second.permissions`.
fn bare_reference(value: &Value) -> Result<Reference, Vec<SchemaDiagnostic>> {
    let text = value.as_str().unwrap_or_default();
    let inner = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).unwrap_or(text);
    Reference::parse(inner).map_err(|error| {
        let remedy = error.remedy().unwrap_or("name a step, or a step and a member of its answer");
        vec![SchemaDiagnostic::new("", error.to_string(), remedy)]
    })
}
