//! `equals`: the body, or the part `at` a pointer, is this value.

use serde_json::Value;

use super::{Compiler, Evidence, Expectation, Finding, Keyword, LARGE, MOST, counted, difference};
use crate::model::reason::Reason;
use crate::model::violation::{Actual, Difference, Violation};
use crate::value::abridged::abridged;
use crate::value::json::brief;
use crate::value::json_diff::{discrepancies, same, same_unordered, unordered};
use crate::value::schema::SchemaDiagnostic;
use crate::value::variables::{Reference, ReferenceError, Template};

pub(super) const KEYWORD: Keyword = Keyword {
    name: "equals",
    summary: "the body (or the part `at` a pointer) is this value, which may refer to earlier answers",
    compile,
};

#[derive(Debug)]
struct Equals {
    at: String,
    unordered: bool,
    shown: String,
    value: Template,
}

fn compile(
    compiler: &Compiler<'_>,
    value: &Value,
) -> Result<Box<dyn Expectation>, Vec<SchemaDiagnostic>> {
    let template = Template::parse(value).map_err(template_diagnostics)?;
    Ok(Box::new(Equals {
        at: compiler.at.clone(),
        unordered: compiler.unordered,
        shown: brief(value),
        value: template,
    }))
}

pub(super) fn template_diagnostics(
    diagnostics: Vec<(String, ReferenceError)>,
) -> Vec<SchemaDiagnostic> {
    diagnostics
        .into_iter()
        .map(|(pointer, error)| {
            let remedy = error.remedy().unwrap_or("refer to a step or fixture as ${step.member}");
            SchemaDiagnostic::new(pointer, error.to_string(), remedy)
        })
        .collect()
}

impl Expectation for Equals {
    fn judge(&self, evidence: &Evidence<'_>) -> Finding {
        match self.value.resolve(evidence.lookup) {
            Ok(wanted) => {
                let against = || "the answer that would do".to_owned();
                compare(&wanted, against, &self.at, self.unordered, evidence)
            }
            Err(missing) => Finding::Unknown(Reason::EarlierStep(missing)),
        }
    }

    fn describe(&self) -> String {
        match self.at.as_str() {
            "" => format!("the answer to be {}", self.shown),
            at => format!("{at} to be {}", self.shown),
        }
    }

    fn references(&self) -> Vec<&Reference> {
        self.value.references()
    }
}

/// Compares the part of an answer with a value, member by member.
pub(super) fn compare(
    wanted: &Value,
    against: impl FnOnce() -> String,
    at: &str,
    as_sets: bool,
    evidence: &Evidence<'_>,
) -> Finding {
    let part = match evidence.part(at) {
        Ok(part) => part,
        Err(finding) => return finding,
    };
    let is_same = if as_sets { same_unordered(wanted, part) } else { same(wanted, part) };
    if is_same {
        return Finding::Holds;
    }
    evidence.broken(|| {
        let (violations, difference) = if evidence.is_large() || is_large(wanted) {
            differences(&abridged(wanted), &abridged(part), at)
        } else if as_sets {
            differences(&unordered(wanted), &unordered(part), at)
        } else {
            differences(wanted, part, at)
        };
        (violations, Some(Difference { against: against(), ..difference }))
    })
}

/// Whether a value is so large that nobody would read a difference from it.
fn is_large(value: &Value) -> bool {
    value.to_string().len() > LARGE
}

/// In what the part of an answer differs from a value.
fn differences(wanted: &Value, part: &Value, at: &str) -> (Vec<Violation>, Difference) {
    let shown =
        |value: Option<Value>| value.map_or(Actual::Nothing, |value| Actual::Other(brief(&value)));
    let found = discrepancies(wanted, part);
    let more = found.len().saturating_sub(MOST);
    let violations = found.into_iter().take(MOST).map(|found| {
        let wanted = shown(found.left).to_string();
        Violation::of_body(format!("{at}{}", found.pointer), wanted, shown(found.right))
    });
    (counted(violations, more, at), difference(wanted, part))
}
