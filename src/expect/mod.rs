//! Expectations: the keywords with which a check says what an answer has to be.
//!
//! One keyword per file. A keyword is compiled at load and judges purely: recorded answer in,
//! [`Finding`] out; it never sends, waits, or sees a secret. To add one, write its file and its
//! line in [`KEYWORDS`], and describe it in `schemas/case.schema.json`.

mod differs_from;
mod equals;
mod header;
mod refused;
mod reveals_not;
mod same_as;
mod schema;
mod status;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;

use serde_json::Value;

use crate::exchange::Answer;
use crate::json::{self, NotJson, brief};
use crate::schema::{SchemaMistake, Schemas};
use crate::secret::Shape;
use crate::variables::{Lookup, Missing, Reference};
use crate::violation::{Difference, Violation};

/// A keyword of the case format.
pub struct Keyword {
    /// The word in case files.
    pub name: &'static str,
    /// What it asks of an answer, in one line.
    pub summary: &'static str,
    compile: fn(&Compiler<'_>, &Value) -> Compiled,
}

/// A keyword made ready to judge, or everything that is wrong with its value.
pub type Compiled = Result<Box<dyn Expectation>, Vec<SchemaMistake>>;

/// All keywords.
pub static KEYWORDS: [Keyword; 8] = [
    schema::KEYWORD,
    status::KEYWORD,
    header::KEYWORD,
    refused::KEYWORD,
    equals::KEYWORD,
    differs_from::KEYWORD,
    same_as::KEYWORD,
    reveals_not::KEYWORD,
];

/// What expectations are compiled with.
pub struct Compiler<'a> {
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

    /// Whether a refusal is what is asked.
    fn expects_refusal(&self) -> bool {
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
    pub body: &'a Result<Value, NotJson>,
    /// Values of earlier answers and of fixtures, with tokens in the place of secrets.
    pub lookup: Lookup<'a>,
    /// What may be known of the form of secrets, by token.
    pub shapes: &'a BTreeMap<String, Shape>,
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
    /// Only whether there is any violation.
    Verdict,
}

/// What a keyword makes of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The answer is as expected.
    Holds,
    /// The answer falls short.
    Broken {
        /// How; at least one.
        violations: Vec<Violation>,
        /// The answer against the nearest that would do.
        difference: Option<Difference>,
    },
    /// It cannot be said, because a value is missing.
    Unknown(Missing),
}

impl Finding {
    /// A finding of violations: none means that the expectation holds.
    #[must_use]
    pub fn of(violations: Vec<Violation>, difference: Option<Difference>) -> Finding {
        if violations.is_empty() {
            Finding::Holds
        } else {
            Finding::Broken { violations, difference }
        }
    }

    fn one(violation: Violation) -> Finding {
        Finding::of(vec![violation], None)
    }
}

/// Compiles one keyword of a check.
///
/// # Errors
///
/// Lists what is wrong with its value, with JSON Pointers into the value.
pub fn compile(
    name: &str,
    value: &Value,
    compiler: &Compiler<'_>,
) -> Result<Box<dyn Expectation>, Vec<SchemaMistake>> {
    match KEYWORDS.iter().find(|keyword| keyword.name == name) {
        Some(keyword) => (keyword.compile)(compiler, value),
        None => Err(vec![mistake(
            "",
            format!("`{name}` is not a keyword"),
            crate::mistake::suggestion(name, KEYWORDS.iter().map(|keyword| keyword.name)),
        )]),
    }
}

fn mistake(
    pointer: impl Into<String>,
    message: impl Into<String>,
    remedy: impl Into<String>,
) -> SchemaMistake {
    SchemaMistake { pointer: pointer.into(), message: message.into(), remedy: remedy.into() }
}

impl Evidence<'_> {
    /// The body as JSON; a violation where it is damaged or is no JSON.
    fn json(&self) -> Result<&Value, Violation> {
        if let Some(defect) = &self.answer.defect {
            return Err(Violation::of_body(
                "",
                "a complete answer",
                format!("one that {}", defect.sentence()),
            ));
        }
        self.body.as_ref().map_err(|error| {
            Violation::of_body("", "one JSON value", format!("a body that {error}"))
        })
    }

    /// The part of the body that a pointer names; a violation where there is none.
    fn part(&self, at: &str) -> Result<&Value, Violation> {
        let body = self.json()?;
        body.pointer(at).ok_or_else(|| Violation::of_body(at, "a value", "nothing there"))
    }
}

/// The same value with tokens replaced by meaningless values of the same form, so that a schema
/// can judge the form of a secret that the record does not hold.
fn with_stand_ins<'a>(value: &'a Value, shapes: &BTreeMap<String, Shape>) -> Cow<'a, Value> {
    if holds_token(value) { Cow::Owned(stand_in(value, shapes)) } else { Cow::Borrowed(value) }
}

fn holds_token(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('«'),
        Value::Array(items) => items.iter().any(holds_token),
        Value::Object(members) => members.values().any(holds_token),
        _ => false,
    }
}

fn stand_in(value: &Value, shapes: &BTreeMap<String, Shape>) -> Value {
    match value {
        Value::String(text) => Value::String(text_with_stand_ins(text, shapes)),
        Value::Array(items) => {
            Value::Array(items.iter().map(|item| stand_in(item, shapes)).collect())
        }
        Value::Object(members) => Value::Object(
            members.iter().map(|(name, member)| (name.clone(), stand_in(member, shapes))).collect(),
        ),
        other => other.clone(),
    }
}

fn text_with_stand_ins(text: &str, shapes: &BTreeMap<String, Shape>) -> String {
    let mut text = text.to_owned();
    while let Some(start) = text.find('«') {
        let Some(end) = text[start..].find('»').map(|end| start + end + '»'.len_utf8()) else {
            break;
        };
        match shapes.get(&text[start..end]) {
            Some(shape) => text.replace_range(start..end, &shape.stand_in()),
            None => break,
        }
    }
    text
}

/// Violations and difference of a body against a compiled schema.
fn against_schema(compiled: &crate::schema::Schema, at: &str, evidence: &Evidence<'_>) -> Finding {
    let body = match evidence.json() {
        Ok(body) => body,
        Err(violation) => return Finding::one(violation),
    };
    let Some(part) = body.pointer(at) else {
        if compiled.accepts_absence() {
            return Finding::Holds;
        }
        return Finding::one(Violation::of_body(at, "a value", "nothing there"));
    };
    let judged = with_stand_ins(part, evidence.shapes);
    if evidence.detail == Detail::Verdict {
        let violation = || Violation::of_body(at, "what the schema accepts", "something else");
        return if compiled.accepts(&judged) { Finding::Holds } else { Finding::one(violation()) };
    }
    let shortfalls = compiled.shortfalls(&judged);
    if shortfalls.is_empty() {
        return Finding::Holds;
    }
    let violations = shortfalls
        .into_iter()
        .map(|shortfall| {
            let actual = shortfall.actual.unwrap_or_else(|| {
                part.pointer(&shortfall.pointer).map_or_else(|| "nothing there".to_owned(), brief)
            });
            Violation::of_body(&format!("{at}{}", shortfall.pointer), shortfall.expected, actual)
        })
        .collect();
    let mut nearest = body.clone();
    if let Some(place) = nearest.pointer_mut(at) {
        *place = compiled.nearest(part);
    }
    Finding::of(violations, Some(difference(&nearest, body)))
}

fn difference(nearest: &Value, actual: &Value) -> Difference {
    Difference {
        against: "the nearest answer that would do".to_owned(),
        expected: json::pretty(nearest),
        actual: json::pretty(actual),
    }
}

/// A reference of a keyword that names a value without braces: `second.permissions`.
fn bare_reference(value: &Value) -> Result<Reference, Vec<SchemaMistake>> {
    let text = value.as_str().unwrap_or_default();
    let inner = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).unwrap_or(text);
    Reference::parse(inner).map_err(|message| {
        vec![mistake("", message, "name a step, or a step and a member of its answer")]
    })
}
