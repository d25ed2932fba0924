//! `header`: header names, each with a JSON Schema for its value; `false` means "not sent".

use serde_json::Value;

use super::{Compiler, Evidence, Expectation, Finding, Keyword};
use crate::model::violation::Violation;
use crate::value::body::text_with_stand_ins;
use crate::value::json::brief;
use crate::value::json_diff::escape;
use crate::value::schema::{Schema, SchemaDiagnostic};

pub(super) const KEYWORD: Keyword = Keyword {
    name: "header",
    summary: "header names, each with a named or inline JSON Schema for its value; `false` means \
              that the header is not sent",
    compile,
};

#[derive(Debug)]
struct Headers(Vec<Header>);

/// A header and what is asked of its value.
#[derive(Debug)]
struct Header {
    /// As written.
    name: String,
    /// As answers name it, in lower case.
    key: String,
    schema: Schema,
    /// In words: what it has to fit.
    shown: String,
}

fn compile(
    compiler: &Compiler<'_>,
    value: &Value,
) -> Result<Box<dyn Expectation>, Vec<SchemaDiagnostic>> {
    let Some(members) = value.as_object() else {
        return Err(vec![SchemaDiagnostic::new(
            "",
            "`header` is not an object",
            "write {Content-Type: {pattern: …}}",
        )]);
    };
    let mut headers = Vec::new();
    let mut diagnostics = Vec::new();
    for (name, wanted) in members {
        let shown = in_words(name, wanted);
        let compiled = match wanted {
            Value::String(schema) => compiler.schemas.compile_named(schema),
            inline => compiler.schemas.compile(inline),
        };
        match compiled {
            Ok(schema) => {
                let (name, key) = (name.clone(), name.to_ascii_lowercase());
                headers.push(Header { name, key, schema, shown });
            }
            Err(found) => diagnostics.extend(found.into_iter().map(|found| SchemaDiagnostic {
                pointer: format!("/{}{}", escape(name), found.pointer),
                ..found
            })),
        }
    }
    if diagnostics.is_empty() { Ok(Box::new(Headers(headers))) } else { Err(diagnostics) }
}

/// A header with the schema that its value has to fit, in brief.
fn in_words(name: &str, wanted: &Value) -> String {
    let pattern = wanted.as_object().filter(|members| members.len() == 1);
    match (wanted, pattern.and_then(|members| members.get("pattern")).and_then(Value::as_str)) {
        (Value::Bool(false), _) => format!("no header {name}"),
        (_, Some(pattern)) => format!("the header {name} to match `{pattern}`"),
        (Value::String(schema), _) => format!("the header {name} to fit the schema `{schema}`"),
        (inline, _) => format!("the header {name} to fit the schema {}", brief(inline)),
    }
}

impl Expectation for Headers {
    fn judge(&self, evidence: &Evidence<'_>) -> Finding {
        let broken: Vec<&Header> =
            self.0.iter().filter(|header| !header.accepts(evidence)).collect();
        if broken.is_empty() {
            return Finding::Holds;
        }
        let violations = || broken.iter().flat_map(|header| header.violations(evidence)).collect();
        evidence.broken(|| (violations(), None))
    }

    fn describe(&self) -> String {
        let shown: Vec<&str> = self.0.iter().map(|header| header.shown.as_str()).collect();
        shown.join(", and ")
    }
}

impl Header {
    /// Whether every line with this name fits, or all of them as the list that they may be.
    fn accepts(&self, evidence: &Evidence<'_>) -> bool {
        let lines = self.lines(evidence);
        let fits = |text: &str| self.schema.accepts(&judged(text, evidence));
        match lines.as_slice() {
            [] => self.schema.accepts_absence(),
            lines => {
                lines.iter().all(|line| fits(line))
                    || (!self.is_single() && fits(&lines.join(", ")))
            }
        }
    }

    fn violations(&self, evidence: &Evidence<'_>) -> Vec<Violation> {
        let lines = self.lines(evidence);
        if lines.is_empty() {
            return vec![Violation::of_header(&self.name, "a value", "no such header")];
        }
        let shown = format!("`{}`", lines.join("` and `"));
        let shortfalls =
            lines.iter().flat_map(|line| self.schema.shortfalls(&judged(line, evidence)));
        let mut violations: Vec<Violation> = shortfalls
            .map(|shortfall| Violation::of_header(&self.name, shortfall.expected, shown.clone()))
            .collect();
        violations.dedup();
        violations
    }

    fn lines<'a>(&self, evidence: &Evidence<'a>) -> Vec<&'a str> {
        let named = evidence.answer.headers.iter().filter(|(name, _)| *name == self.key);
        named.map(|(_, value)| value.as_str()).collect()
    }

    /// Whether the header is no list, so that several lines are no list either (RFC 9110, section
    /// 5.3).
    fn is_single(&self) -> bool {
        const SINGLE: [&str; 9] = [
            "content-length",
            "content-location",
            "content-type",
            "date",
            "etag",
            "expires",
            "last-modified",
            "location",
            "retry-after",
        ];
        SINGLE.contains(&self.key.as_str())
    }
}

/// The value of a header as schemas judge it.
fn judged(text: &str, evidence: &Evidence<'_>) -> Value {
    Value::String(text_with_stand_ins(text, evidence.shapes))
}
