//! `answered`: the call is granted or refused, rather than met with a failure of the server or with
//! what nobody understands.

use serde_json::Value;

use super::reading::{Reading, is_success};
use super::{Compiler, Evidence, Expectation, Finding, Keyword};
use crate::model::violation::{Actual, Violation};
use crate::value::json;
use crate::value::schema::SchemaDiagnostic;

pub(super) const KEYWORD: Keyword = Keyword {
    name: "answered",
    summary: "the call is granted or refused, and the server does not fail over it (`true`)",
    compile,
};

#[derive(Debug)]
struct Answered;

fn compile(_: &Compiler<'_>, value: &Value) -> Result<Box<dyn Expectation>, Vec<SchemaDiagnostic>> {
    if *value == Value::Bool(true) {
        return Ok(Box::new(Answered));
    }
    Err(vec![SchemaDiagnostic::new(
        "",
        format!("{value} is not `true`"),
        "write `answered: true`; that a call is refused is `refused`",
    )])
}

impl Expectation for Answered {
    fn judge(&self, evidence: &Evidence<'_>) -> Finding {
        let body = evidence.body.as_ref().ok();
        let reading = Reading::of(evidence.answer, body.map(|body| body.recorded()));
        match (reading, evidence.json()) {
            (Reading::Granted | Reading::Refused | Reading::AsksToWait, _) => Finding::Holds,
            (Reading::Neither, _) if !is_success(evidence.answer.status) => {
                evidence.broken_once(|| {
                    Violation::of_status("a grant or a refusal", evidence.answer.status)
                })
            }
            (Reading::Neither, Err(broken)) => broken,
            (Reading::Neither, Ok(body)) => evidence.broken_once(|| {
                let success = body.recorded().get("success");
                let actual = success.map_or(Actual::Nothing, |one| Actual::Other(json::brief(one)));
                Violation::of_body("/success", "true or false", actual)
            }),
        }
    }

    fn describe(&self) -> String {
        "a grant or a refusal".to_owned()
    }
}
