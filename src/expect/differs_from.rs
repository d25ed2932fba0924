//! `differs_from`: the body, or the part `at` a pointer, is not this value. On a repeated step a
//! reference to the step itself means the answers to its other repeats.

use serde_json::Value;

use super::equals::template_diagnostics;
use super::{Compiler, Evidence, Expectation, Finding, Keyword};
use crate::model::reason::{EarlierStep, Reason};
use crate::model::violation::{Actual, Violation};
use crate::value::json::brief;
use crate::value::json_diff::same;
use crate::value::schema::SchemaDiagnostic;
use crate::value::variables::{Reference, Template};

pub(super) const KEYWORD: Keyword = Keyword {
    name: "differs_from",
    summary: "the body (or the part `at` a pointer) is not this value; on a repeated step, \
              `${this-step.member}` means the other repeats",
    compile,
};

#[derive(Debug)]
struct DiffersFrom {
    at: String,
    shown: String,
    value: Template,
}

fn compile(
    compiler: &Compiler<'_>,
    value: &Value,
) -> Result<Box<dyn Expectation>, Vec<SchemaDiagnostic>> {
    let value = Template::parse(value).map_err(template_diagnostics)?;
    let shown = value
        .references()
        .first()
        .map_or_else(|| "a given value".to_owned(), |reference| in_words(reference));
    Ok(Box::new(DiffersFrom { at: compiler.at.clone(), shown, value }))
}

/// `the member of step`, as it reads in a sentence.
fn in_words(reference: &Reference) -> String {
    format!("{} of `{}`", member(reference), reference.head)
}

fn member(reference: &Reference) -> String {
    match reference.path.as_slice() {
        [] => "the value".to_owned(),
        path => format!("the `{}`", path.join(".")),
    }
}

impl DiffersFrom {
    /// What the value is not to be, for somebody who reads of one answer.
    fn forbidden(&self, evidence: &Evidence<'_>) -> String {
        let own = self.value.references().into_iter().find(|found| found.head == evidence.step);
        own.map_or_else(
            || self.shown.clone(),
            |own| format!("{} of another answer to the same step", member(own)),
        )
    }

    /// Whether the part of an answer is the value, or one of the values, that it is to differ from.
    fn is_met(&self, part: &Value, evidence: &Evidence<'_>) -> Result<bool, EarlierStep> {
        let own = self.value.references().into_iter().find(|found| found.head == evidence.step);
        match own {
            Some(own) => Ok(evidence
                .siblings
                .iter()
                .filter_map(|body| own.walk(body))
                .any(|it| same(it, part))),
            None => self.value.resolve(evidence.lookup).map(|value| same(&value, part)),
        }
    }
}

impl Expectation for DiffersFrom {
    fn judge(&self, evidence: &Evidence<'_>) -> Finding {
        let part = match evidence.part(&self.at) {
            Ok(part) => part,
            Err(finding) => return finding,
        };
        match self.is_met(part, evidence) {
            Err(missing) => Finding::Unknown(Reason::EarlierStep(missing)),
            Ok(true) => evidence.broken_once(|| {
                Violation::of_body(
                    self.at.clone(),
                    format!("another value than {}", self.forbidden(evidence)),
                    Actual::Other(format!("the same value, {}", brief(part))),
                )
            }),
            Ok(false) => Finding::Holds,
        }
    }

    fn describe(&self) -> String {
        let part = if self.at.is_empty() { "the answer" } else { self.at.as_str() };
        format!("{part} to differ from {}", self.shown)
    }

    fn expects_difference(&self) -> bool {
        true
    }

    fn references(&self) -> Vec<&Reference> {
        self.value.references()
    }
}
