//! Names that a case may choose freely, but that are most likely meant to be documented ones.

use serde_json::Value;

use super::{ACTIONS, text};
use crate::value::diagnostics::{Diagnostic, is_misspelt};
use crate::value::json_diff::escape;
use crate::value::yaml::Document;

/// The documented parameters.
const PARAMETERS: &[&str] = &["login", "password", "hash"];

/// What stands at the top of documented answers.
pub(super) const MEMBERS: &[&str] = &["success", "hash", "permissions", "status"];

/// The name that was most likely meant by one that is none of them.
pub(super) fn meant(written: &str, names: &[&'static str]) -> Option<&'static str> {
    if names.contains(&written) {
        return None;
    }
    names.iter().find(|name| is_misspelt(written, name)).copied()
}

/// Mistakes for the action and the parameters of a step.
pub(super) fn in_step(document: &Document, step: &Value, pointer: &str) -> Vec<Diagnostic> {
    let with = step.get("with").and_then(Value::as_object).into_iter().flatten();
    let parameters = with.filter_map(|(name, _)| parameter(document, name, pointer));
    action(document, step, pointer).into_iter().chain(parameters).collect()
}

fn action(document: &Document, step: &Value, pointer: &str) -> Option<Diagnostic> {
    // A call with a space in it is refused by the format.
    let call = text(step, "call").filter(|call| !call.contains(char::is_whitespace))?;
    let near = meant(call, ACTIONS)?;
    let remedy = format!(
        "did you mean `{near}`? To call what does not exist, write its path: \
         `/panel/account/{call}`"
    );
    let message = format!("there is no action `{call}`");
    Some(document.diagnostic(&format!("{pointer}/call"), message, remedy))
}

fn parameter(document: &Document, name: &str, pointer: &str) -> Option<Diagnostic> {
    let near = meant(name, PARAMETERS)?;
    let remedy = format!(
        "did you mean `{near}`? To send the other name nonetheless, write it in `query` or `body`"
    );
    let message = format!("no action takes a parameter `{name}`");
    Some(document.key_diagnostic(&format!("{pointer}/with/{}", escape(name)), message, remedy))
}
