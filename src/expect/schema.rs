//! `schema`: the body, or the part `at` a pointer, is accepted by a JSON Schema.

use serde_json::Value;

use super::{Compiler, Evidence, Expectation, Finding, Keyword, against_schema};
use crate::value::json::brief;
use crate::value::schema::{Schema, SchemaDiagnostic};

pub(super) const KEYWORD: Keyword = Keyword {
    name: "schema",
    summary: "the body (or the part `at` a pointer) is accepted by a named or inline JSON Schema",
    compile,
};

#[derive(Debug)]
struct MatchesSchema {
    shown: String,
    at: String,
    schema: Schema,
}

fn compile(
    compiler: &Compiler<'_>,
    value: &Value,
) -> Result<Box<dyn Expectation>, Vec<SchemaDiagnostic>> {
    let (shown, schema) = match value {
        Value::String(name) => {
            (format!("the schema `{name}`"), compiler.schemas.compile_named(name)?)
        }
        inline => (format!("the schema {}", brief(inline)), compiler.schemas.compile(inline)?),
    };
    Ok(Box::new(MatchesSchema { shown, at: compiler.at.clone(), schema }))
}

impl Expectation for MatchesSchema {
    fn judge(&self, evidence: &Evidence<'_>) -> Finding {
        against_schema(&self.schema, &self.at, evidence)
    }

    fn describe(&self) -> String {
        match self.at.as_str() {
            "" => format!("an answer that fits {}", self.shown),
            at => format!("an answer whose {at} fits {}", self.shown),
        }
    }
}
