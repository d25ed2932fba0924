//! `refused`: the call is turned down and gives nothing away.
//!
//! With a list of codes: a JSON object whose `success` is not true, with an integer `status.code`
//! from the list and neither `hash` nor `permissions`. With `any`, only what every document
//! agrees on: not granted, nothing given away, and no server error in place of a refusal; how the
//! refusal is worded is then left to requirements of their own.

use serde_json::{Value, json};

use super::{Compiler, Evidence, Expectation, Finding, Keyword, against_schema};
use crate::model::api::HASH;
use crate::model::violation::{Difference, Violation};
use crate::value::json;
use crate::value::number;
use crate::value::schema::{Schema, SchemaDiagnostic};

pub(super) const KEYWORD: Keyword = Keyword {
    name: "refused",
    summary: "the call is refused with one of these codes (`any` for whatever code) and the \
              answer carries neither `hash` nor `permissions`",
    compile,
};

#[derive(Debug)]
struct Refused {
    /// `None` stands for `any`.
    codes: Option<Vec<i64>>,
    schema: Schema,
}

fn compile(
    compiler: &Compiler<'_>,
    value: &Value,
) -> Result<Box<dyn Expectation>, Vec<SchemaDiagnostic>> {
    let codes = match value {
        Value::String(word) if word == "any" => None,
        one_or_more => Some(codes(one_or_more).ok_or_else(|| {
            let message = format!("{one_or_more} is no set of codes");
            vec![SchemaDiagnostic::new("", message, "write `any`, or codes such as [3, 4]")]
        })?),
    };
    let schema = compiler.schemas.compile(&schema(codes.as_deref()))?;
    Ok(Box::new(Refused { codes, schema }))
}

fn codes(value: &Value) -> Option<Vec<i64>> {
    match value {
        Value::Number(code) => Some(vec![number::whole(code)?]),
        Value::Array(items) if !items.is_empty() => {
            items.iter().map(|item| number::whole(item.as_number()?)).collect()
        }
        _ => None,
    }
}

/// What the members of an answer are that grants nothing, as `properties` of a schema.
pub(super) fn of_no_grant() -> Value {
    // Null and absent mean the same (general response rules of the API).
    let nothing = json!({"type": "null"});
    json!({"success": {"not": {"const": true}}, "hash": nothing, "permissions": nothing})
}

fn schema(codes: Option<&[i64]>) -> Value {
    let mut schema = json!({"type": "object", "properties": of_no_grant()});
    if let Some(codes) = codes {
        schema["required"] = json!(["status"]);
        schema["properties"]["status"] = json!({
            "type": "object",
            "required": ["code"],
            "properties": {"code": {"type": "integer", "enum": codes}},
        });
    }
    schema
}

/// Shows the nearest refusal as the documents show one: without members that may be null.
fn shown_without_nulls(finding: Finding) -> Finding {
    let Finding::Broken { violations, difference } = finding else { return finding };
    let difference = difference.map(|difference| {
        let expected = without_added_nulls(&difference);
        Difference { expected, ..difference }
    });
    Finding::Broken { violations, difference }
}

/// The nearest answer without the members that are null in it and not in the answer.
fn without_added_nulls(difference: &Difference) -> String {
    let parsed =
        [&difference.expected, &difference.actual].map(|text| json::parse(text.as_bytes()));
    let [Ok(Value::Object(mut members)), Ok(Value::Object(actual))] = parsed else {
        return difference.expected.clone();
    };
    members.retain(|name, value| !value.is_null() || actual.get(name).is_some_and(Value::is_null));
    json::pretty(&Value::Object(members))
}

impl Expectation for Refused {
    fn judge(&self, evidence: &Evidence<'_>) -> Finding {
        if self.codes.is_some() {
            return shown_without_nulls(against_schema(&self.schema, "", evidence));
        }
        if (500..600).contains(&evidence.answer.status) {
            let violation = || Violation::of_status("a refusal", evidence.answer.status);
            return evidence.broken_once(violation);
        }
        let is_refused_by_status = (400..500).contains(&evidence.answer.status);
        let is_object = match evidence.json() {
            Err(unknown @ Finding::Unknown(_)) => return unknown,
            body => body.is_ok_and(|body| body.recorded().is_object()),
        };
        if is_refused_by_status && !is_object {
            return Finding::Holds;
        }
        shown_without_nulls(against_schema(&self.schema, "", evidence))
    }

    fn is_broken_by_content(&self, evidence: &Evidence<'_>) -> bool {
        let Ok(body) = evidence.json() else { return false };
        let gives = |member: &str| body.recorded().get(member).is_some_and(|one| !one.is_null());
        gives(HASH) || gives("permissions")
    }

    fn expects_refusal(&self) -> bool {
        true
    }

    fn describe(&self) -> String {
        match self.codes.as_deref() {
            None => "a refusal".to_owned(),
            Some([code]) => format!("a refusal with code {code}"),
            Some(codes) => {
                let codes: Vec<String> = codes.iter().map(i64::to_string).collect();
                format!("a refusal with one of the codes {}", codes.join(", "))
            }
        }
    }
}
