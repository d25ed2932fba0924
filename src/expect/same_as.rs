//! `same_as`: the body, or the part `at` a pointer, is the same as an earlier answer, or a part
//! of it; parity is judged member by member.

use serde_json::Value;

use super::equals::compare;
use super::{Compiler, Evidence, Expectation, Finding, Keyword, bare_reference};
use crate::model::reason::Reason;
use crate::value::schema::SchemaDiagnostic;
use crate::value::variables::Reference;

pub(super) const KEYWORD: Keyword = Keyword {
    name: "same_as",
    summary: "the body (or the part `at` a pointer) equals an earlier answer or a part of it, \
              `step` or `step.member`; with `unordered`, arrays are compared as sets",
    compile,
};

#[derive(Debug)]
struct SameAs {
    at: String,
    unordered: bool,
    reference: Reference,
}

fn compile(
    compiler: &Compiler<'_>,
    value: &Value,
) -> Result<Box<dyn Expectation>, Vec<SchemaDiagnostic>> {
    Ok(Box::new(SameAs {
        at: compiler.at.clone(),
        unordered: compiler.unordered,
        reference: bare_reference(value)?,
    }))
}

impl Expectation for SameAs {
    fn judge(&self, evidence: &Evidence<'_>) -> Finding {
        match (evidence.lookup)(&self.reference) {
            Ok(wanted) => {
                let against = || format!("the answer of step `{}`", self.reference.head);
                compare(wanted, against, &self.at, self.unordered, evidence)
            }
            Err(missing) => Finding::Unknown(Reason::EarlierStep(missing)),
        }
    }

    fn describe(&self) -> String {
        let part = if self.at.is_empty() { "the answer" } else { self.at.as_str() };
        let order = if self.unordered { ", in any order" } else { "" };
        format!("{part} to be the same as {}{order}", self.reference)
    }

    fn references(&self) -> Vec<&Reference> {
        vec![&self.reference]
    }
}
