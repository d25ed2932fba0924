//! `header`: header names, each with a JSON Schema for its value; `false` means "not sent".

use serde_json::Value;

use super::{Compiler, Evidence, Expectation, Finding, Keyword, mistake, with_stand_ins};
use crate::json_diff::escape;
use crate::schema::{Schema, SchemaMistake};
use crate::violation::Violation;

pub(super) const KEYWORD: Keyword = Keyword {
    name: "header",
    summary: "header names, each with a named or inline JSON Schema for its value; `false` means \
              that the header is not sent",
    compile,
};

#[derive(Debug)]
struct Headers(Vec<(String, Schema)>);

fn compile(
    compiler: &Compiler<'_>,
    value: &Value,
) -> Result<Box<dyn Expectation>, Vec<SchemaMistake>> {
    let Some(members) = value.as_object() else {
        return Err(vec![mistake(
            "",
            "`header` is not an object",
            "write {Content-Type: {pattern: …}}",
        )]);
    };
    let mut headers = Vec::new();
    let mut mistakes = Vec::new();
    for (name, wanted) in members {
        let compiled = match wanted {
            Value::String(schema) => compiler.schemas.compile_named(schema),
            inline => compiler.schemas.compile(inline),
        };
        match compiled {
            Ok(schema) => headers.push((name.clone(), schema)),
            Err(found) => mistakes.extend(found.into_iter().map(|found| SchemaMistake {
                pointer: format!("/{}{}", escape(name), found.pointer),
                ..found
            })),
        }
    }
    if mistakes.is_empty() { Ok(Box::new(Headers(headers))) } else { Err(mistakes) }
}

impl Expectation for Headers {
    fn judge(&self, evidence: &Evidence<'_>) -> Finding {
        let violations = self.0.iter().flat_map(|(name, schema)| judge_one(name, schema, evidence));
        Finding::of(violations.collect(), None)
    }

    fn describe(&self) -> String {
        let names: Vec<&str> = self.0.iter().map(|(name, _)| name.as_str()).collect();
        format!("the header {} to be as described", names.join(", "))
    }
}

fn judge_one(name: &str, schema: &Schema, evidence: &Evidence<'_>) -> Vec<Violation> {
    let Some(text) = evidence.answer.header(&name.to_ascii_lowercase()) else {
        if schema.accepts_absence() {
            return Vec::new();
        }
        return vec![Violation::of_header(name, "a value", "no such header")];
    };
    schema
        .shortfalls(&with_stand_ins(&Value::from(text), evidence.shapes))
        .into_iter()
        .map(|shortfall| Violation::of_header(name, shortfall.expected, format!("`{text}`")))
        .collect()
}
