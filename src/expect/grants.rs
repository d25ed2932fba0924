//! `grants: nothing`: the answer lets nobody in, whatever else it is.
//!
//! For what no document speaks of, such as a password that is no text: a server that fails on it
//! breaks nothing that binds, but one that takes it for the password does.

use serde_json::{Value, json};

use super::refused::of_no_grant;
use super::{Compiler, Evidence, Expectation, Finding, Keyword, against_schema};
use crate::value::schema::{Schema, SchemaDiagnostic};

pub(super) const KEYWORD: Keyword = Keyword {
    name: "grants",
    summary: "`nothing`: the call is not granted, and the answer carries neither `hash` nor \
              `permissions`; unlike `refused`, a failure of the server will do",
    compile,
};

#[derive(Debug)]
struct GrantsNothing(Schema);

fn compile(
    compiler: &Compiler<'_>,
    value: &Value,
) -> Result<Box<dyn Expectation>, Vec<SchemaDiagnostic>> {
    if value != "nothing" {
        let message = format!("{value} is not what an answer may grant");
        return Err(vec![SchemaDiagnostic::new("", message, "write `grants: nothing`")]);
    }
    let schema = compiler.schemas.compile(&json!({"properties": of_no_grant()}))?;
    Ok(Box::new(GrantsNothing(schema)))
}

impl Expectation for GrantsNothing {
    fn judge(&self, evidence: &Evidence<'_>) -> Finding {
        // What is no JSON grants nothing, and is judged elsewhere.
        if evidence.json().is_err() {
            return Finding::Holds;
        }
        against_schema(&self.0, "", evidence)
    }

    fn expects_refusal(&self) -> bool {
        true
    }

    fn excuses_failures(&self) -> bool {
        true
    }

    fn describe(&self) -> String {
        "an answer that grants nothing".to_owned()
    }
}
