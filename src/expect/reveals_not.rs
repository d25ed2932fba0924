//! `reveals_not`: a value appears nowhere in the answer, neither in its headers nor in its body.

use serde_json::Value;

use super::equals::template_diagnostics;
use super::{Compiler, Evidence, Expectation, Finding, Keyword};
use crate::model::violation::{Actual, Place, Violation};
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
            Err(missing) => return Finding::Unknown(missing),
        };
        let values = match &*value {
            Value::Array(items) => items.as_slice(),
            single => std::slice::from_ref(single),
        };
        let texts = values.iter().filter_map(Value::as_str).filter(|text| !text.is_empty());
        let places: Vec<Place> = texts.flat_map(|text| places(text, evidence)).collect();
        if places.is_empty() {
            return Finding::Holds;
        }
        let violation = |place| {
            let actual = Actual::Other("the value itself".to_owned());
            Violation::new(place, format!("no trace of {}", self.shown()), actual)
        };
        evidence.broken(|| (places.into_iter().map(violation).collect(), None))
    }

    fn describe(&self) -> String {
        format!("an answer without a trace of {}", self.shown())
    }

    fn references(&self) -> Vec<&Reference> {
        self.0.references()
    }
}

/// Where an answer holds a value.
fn places(value: &str, evidence: &Evidence<'_>) -> Vec<Place> {
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
