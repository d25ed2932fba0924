//! JSON reports, as a reader of them finds them.

use serde_json::Value;

use super::project;

/// The report in a file, if there is one.
pub(crate) fn read_report(path: &str) -> Option<Value> {
    let text = std::fs::read_to_string(path).ok()?;
    Some(serde_json::from_str(&text).expect("the report is JSON"))
}

/// Holds a report to the form that its schema describes.
#[track_caller]
pub(crate) fn check_form(report: &Value) {
    let schema = project::json("schemas/report.schema.json");
    let validator = jsonschema::validator_for(&schema).expect("the schema of reports is one");
    let errors: Vec<String> = validator
        .iter_errors(report)
        .take(5)
        .map(|error| format!("{}: {error:.300}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}
