//! What is wrong with the keywords of a check, whether it stands in a case or in the ledger.

use serde_json::Value;

use super::Format;
use crate::expect;
use crate::suite::against_format::{Malformed, in_schema};
use crate::value::diagnostics::Diagnostic;
use crate::value::yaml::Document;

/// Lists the keywords of a check that do not compile, and why.
///
/// Keywords that refer to other answers are left to the linter of cases, which knows the steps.
pub(in crate::suite) fn lint(
    document: &Document,
    format: &Format,
    malformed: &[Malformed],
    check: &Value,
    pointer: &str,
) -> Vec<Diagnostic> {
    let compiler = format.compiler(check);
    let mut diagnostics = Vec::new();
    for (keyword, value) in check.as_object().into_iter().flatten() {
        let place = format!("{pointer}/{keyword}");
        if is_compiled_alone(keyword) && !malformed.iter().any(|one| one.is_within(&place)) {
            let found = expect::compile(keyword, value, &compiler).err().into_iter().flatten();
            diagnostics.extend(found.map(|found| in_schema(document, &place, found)));
        }
    }
    diagnostics
}

/// Whether a word is a keyword whose value refers to no other answer.
fn is_compiled_alone(word: &str) -> bool {
    let is_known = expect::KEYWORDS.iter().any(|known| known.name == word);
    is_known && !matches!(word, "equals" | "differs_from" | "reveals_not")
}
