//! `reveals_not`: a value appears nowhere in the answer, neither in its headers nor in its body.

use serde_json::{Number, Value};

use super::equals::template_diagnostics;
use super::{Compiler, Evidence, Expectation, Finding, Keyword};
use crate::model::reason::Reason;
use crate::model::violation::{Actual, Place, Violation};
use crate::value::number;
use crate::value::schema::SchemaDiagnostic;
use crate::value::variables::{Reference, Template};

pub(super) const KEYWORD: Keyword = Keyword {
    name: "reveals_not",
    summary: "this value (or each of these values) appears nowhere in the answer",
    compile,
};

#[derive(Debug)]
struct RevealsNot(Template);

fn compile(_: &Compiler<'_>, value: &Value) -> Result<Box<dyn Expectation>, Vec<SchemaDiagnostic>> {
    Template::parse(value)
        .map(|template| Box::new(RevealsNot(template)) as Box<dyn Expectation>)
        .map_err(template_diagnostics)
}

impl RevealsNot {
    fn shown(&self) -> String {
        let shown: Vec<String> = self.0.references().iter().map(ToString::to_string).collect();
        if shown.is_empty() { "what was sent".to_owned() } else { shown.join(", ") }
    }
}

impl Expectation for RevealsNot {
    fn judge(&self, evidence: &Evidence<'_>) -> Finding {
        let value = match self.0.resolve(evidence.lookup) {
            Ok(value) => value,
            Err(missing) => return Finding::Unknown(Reason::EarlierStep(missing)),
        };
        let values = match &*value {
            Value::Array(items) => items.as_slice(),
            single => std::slice::from_ref(single),
        };
        let places: Vec<Place> = values.iter().flat_map(|value| places(value, evidence)).collect();
        if places.is_empty() {
            // Behind escapes it may stand all the same.
            let unknown = evidence.json().err().filter(|one| matches!(one, Finding::Unknown(_)));
            return unknown.unwrap_or(Finding::Holds);
        }
        let violation = |place| {
            let actual = Actual::Other("the value itself".to_owned());
            Violation::new(place, format!("no trace of {}", self.shown()), actual)
        };
        evidence.broken(|| (places.into_iter().map(violation).collect(), None))
    }

    fn is_broken_by_content(&self, evidence: &Evidence<'_>) -> bool {
        matches!(self.judge(evidence), Finding::Broken { .. })
    }

    fn describe(&self) -> String {
        format!("an answer without a trace of {}", self.shown())
    }

    fn references(&self) -> Vec<&Reference> {
        self.0.references()
    }
}

/// Where an answer holds a value: a text inside any other, a number as one of its values.
fn places(value: &Value, evidence: &Evidence<'_>) -> Vec<Place> {
    match value {
        Value::String(text) if !text.is_empty() => places_of_text(text, evidence),
        Value::Number(number) => {
            let is_held = evidence.body.as_ref().is_ok_and(|body| counts(body.recorded(), number));
            let body = is_held.then(|| Place::Body { pointer: String::new() });
            body.into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn places_of_text(value: &str, evidence: &Evidence<'_>) -> Vec<Place> {
    let mut places: Vec<Place> = evidence
        .answer
        .headers
        .iter()
        .filter(|(name, text)| name.contains(value) || text.contains(value))
        .map(|(name, _)| Place::Header { name: name.clone() })
        .collect();
    if String::from_utf8_lossy(&evidence.answer.body).contains(value)
        || evidence.body.as_ref().is_ok_and(|body| holds(body.recorded(), value))
    {
        places.push(Place::Body { pointer: String::new() });
    }
    places
}

/// Whether a number inside the JSON is this one.
fn counts(json: &Value, number: &Number) -> bool {
    match json {
        Value::Number(other) => number::same(other, number),
        Value::Array(items) => items.iter().any(|item| counts(item, number)),
        Value::Object(members) => members.values().any(|member| counts(member, number)),
        _ => false,
    }
}

/// Whether a text inside the JSON holds the value, however it was escaped there.
fn holds(json: &Value, value: &str) -> bool {
    match json {
        Value::String(text) => text.contains(value),
        Value::Array(items) => items.iter().any(|item| holds(item, value)),
        Value::Object(members) => {
            members.iter().any(|(name, member)| name.contains(value) || holds(member, value))
        }
        _ => false,
    }
}
