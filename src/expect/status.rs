//! `status`: the HTTP status is a number, one of a list, of a class such as `4xx`, or the one
//! that the documented error table gives for the code in the body (`documented`).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::{Compiler, Evidence, Expectation, Finding, Keyword, of_type};
use crate::model::violation::Violation;
use crate::value::number;
use crate::value::schema::SchemaDiagnostic;

pub(super) const KEYWORD: Keyword = Keyword {
    name: "status",
    summary: "the HTTP status: a number, a list, a class such as `4xx`, or `documented` for the \
              one that the error table gives for the code in the body",
    compile,
};

#[derive(Debug)]
enum Wanted {
    OneOf(Vec<Range>),
    Documented(Arc<BTreeMap<i64, u16>>),
}

/// The statuses from the first to the last, both included, and how they are written.
#[derive(Debug)]
struct Range(u16, u16, String);

fn compile(
    compiler: &Compiler<'_>,
    value: &Value,
) -> Result<Box<dyn Expectation>, Vec<SchemaDiagnostic>> {
    if value.as_str() == Some("documented") {
        return Ok(Box::new(Wanted::Documented(Arc::clone(compiler.statuses))));
    }
    let items = match value {
        Value::Array(items) => items.iter().collect(),
        single => vec![single],
    };
    let ranges: Option<Vec<Range>> = items.into_iter().map(range).collect();
    ranges.map(|ranges| Box::new(Wanted::OneOf(ranges)) as Box<dyn Expectation>).ok_or_else(|| {
        vec![SchemaDiagnostic::new(
            "",
            format!("{value} is not an HTTP status"),
            "write 200, [200, 204], 4xx or documented",
        )]
    })
}

fn range(value: &Value) -> Option<Range> {
    if let Some(number) = value.as_number() {
        let status = u16::try_from(number::whole(number)?)
            .ok()
            .filter(|status| (100..600).contains(status))?;
        return Some(Range(status, status, status.to_string()));
    }
    let class = value.as_str()?.strip_suffix("xx")?.parse::<u16>().ok()?;
    (1..=5).contains(&class).then(|| Range(class * 100, class * 100 + 99, format!("{class}xx")))
}

impl Wanted {
    fn words(&self) -> String {
        match self {
            Wanted::OneOf(ranges) => {
                let words: Vec<&str> = ranges.iter().map(|range| range.2.as_str()).collect();
                words.join(" or ")
            }
            Wanted::Documented(_) => "the one that the error table gives for its code".to_owned(),
        }
    }
}

impl Expectation for Wanted {
    fn judge(&self, evidence: &Evidence<'_>) -> Finding {
        let actual = evidence.answer.status;
        match self {
            Wanted::OneOf(ranges) => {
                let fits = ranges.iter().any(|range| (range.0..=range.1).contains(&actual));
                if fits {
                    Finding::Holds
                } else {
                    evidence.broken_once(|| Violation::of_status(self.words(), actual))
                }
            }
            Wanted::Documented(statuses) => documented(statuses, evidence),
        }
    }

    fn describe(&self) -> String {
        format!("the HTTP status to be {}", self.words())
    }
}

fn documented(statuses: &BTreeMap<i64, u16>, evidence: &Evidence<'_>) -> Finding {
    let code = match evidence.part("/status/code") {
        Ok(code) => code,
        Err(finding) => return finding,
    };
    let Some(code) = code.as_number().and_then(number::whole) else {
        let violation = || Violation::of_body("/status/code", "an integer", of_type(code));
        return evidence.broken_once(violation);
    };
    let wanted = statuses.get(&code).copied().unwrap_or(400);
    if evidence.answer.status == wanted {
        return Finding::Holds;
    }
    evidence.broken_once(|| {
        Violation::of_status(
            format!("{wanted}, which the error table gives for code {code}"),
            evidence.answer.status,
        )
    })
}
