//! `unambiguous`: every client reads the body alike. RFC 8259 allows what they read differently: a
//! member that stands twice in an object, half of a surrogate pair, and numbers that no double
//! holds (sections 4, 8.2 and 6).

use serde_json::Value;

use super::{Compiler, Evidence, Expectation, Finding, Keyword};
use crate::model::violation::{Actual, Violation};
use crate::value::schema::SchemaDiagnostic;

pub(super) const KEYWORD: Keyword = Keyword {
    name: "unambiguous",
    summary: "`true`: every client reads the body alike, since no member stands twice, no text \
              holds half of a surrogate pair, and a double holds every number",
    compile,
};

#[derive(Debug)]
struct Unambiguous;

fn compile(_: &Compiler<'_>, value: &Value) -> Result<Box<dyn Expectation>, Vec<SchemaDiagnostic>> {
    match value {
        Value::Bool(true) => Ok(Box::new(Unambiguous)),
        other => {
            let message = format!("`unambiguous` is not {other}");
            Err(vec![SchemaDiagnostic::new("", message, "write `true`, or leave it out")])
        }
    }
}

impl Expectation for Unambiguous {
    fn judge(&self, evidence: &Evidence<'_>) -> Finding {
        match evidence.json().map(|body| body.oddity()) {
            Err(finding) => finding,
            Ok(None) => Finding::Holds,
            Ok(Some(oddity)) => evidence.broken_once(|| {
                let actual = Actual::Other(format!("a body with {oddity}"));
                Violation::of_body("", "JSON that every client reads alike", actual)
            }),
        }
    }

    fn describe(&self) -> String {
        "JSON that every client reads alike".to_owned()
    }
}
