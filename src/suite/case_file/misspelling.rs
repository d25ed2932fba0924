//! Names that a case is free to choose, but that look like misspellings of documented ones.

use super::written::WrittenStep;
use crate::model::api::{Action, PARAMETERS, RESOURCE};
use crate::value::diagnostics::{Diagnostic, is_misspelt};
use crate::value::json_diff::escape;
use crate::value::yaml::Document;

/// The documented name that was most likely meant; `None` if the name is itself documented.
pub(super) fn meant(written: &str, names: &[&'static str]) -> Option<&'static str> {
    if names.contains(&written) {
        return None;
    }
    names.iter().find(|name| is_misspelt(written, name)).copied()
}

/// Reports a misspelt action and misspelt parameters of a step.
pub(super) fn in_step(document: &Document, step: &WrittenStep<'_>) -> Vec<Diagnostic> {
    let parameters = step.with.names().filter_map(|name| parameter(document, name, &step.pointer));
    action(document, step).into_iter().chain(parameters).collect()
}

fn action(document: &Document, step: &WrittenStep<'_>) -> Option<Diagnostic> {
    // A call with a space in it is refused by the format.
    let call = step.call.filter(|call| !call.contains(char::is_whitespace))?;
    let near = meant(call, Action::NAMES)?;
    let remedy = format!(
        "did you mean `{near}`? To call what does not exist, write its path: \
         `{RESOURCE}{call}`"
    );
    let message = format!("there is no action `{call}`");
    Some(document.diagnostic(&format!("{}/call", step.pointer), message, remedy))
}

fn parameter(document: &Document, name: &str, pointer: &str) -> Option<Diagnostic> {
    let near = meant(name, PARAMETERS)?;
    let remedy = format!(
        "did you mean `{near}`? To send the other name nonetheless, write it in `query` or `body`"
    );
    let message = format!("no action takes a parameter `{name}`");
    Some(document.key_diagnostic(&format!("{pointer}/with/{}", escape(name)), message, remedy))
}
