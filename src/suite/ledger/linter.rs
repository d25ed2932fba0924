//! Finds the mistakes in a ledger that the schema of its format cannot.

use serde_json::{Map, Value};

use crate::suite::against_format::Malformed;
use crate::suite::case_file::{Format, keywords};
use crate::value::diagnostics::{Diagnostic, is_misspelt};
use crate::value::json_diff::escape;
use crate::value::yaml::Document;

/// Finds usual checks that do not compile or that need a case, and groups that ask nothing or are
/// built in. Works on malformed files too.
pub(super) struct Linter<'a> {
    pub(super) document: &'a Document,
    pub(super) format: &'a Format,
    /// What the schema of the format reports.
    pub(super) malformed: &'a [Malformed],
    /// The groups that this ledger may not add to.
    pub(super) closed: &'a [String],
}

impl Linter<'_> {
    pub(super) fn lint(&self) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        for (id, entry) in self.document.value.as_object().into_iter().flatten() {
            let pointer = format!("/{}", escape(id));
            if let Some(entry) = entry.as_object() {
                diagnostics.extend(self.usual_check(entry, &pointer));
                diagnostics.extend(self.groups(entry, &pointer));
            }
        }
        diagnostics
    }

    fn usual_check(&self, entry: &Map<String, Value>, pointer: &str) -> Vec<Diagnostic> {
        let pointer = format!("{pointer}/check");
        let Some(check) = entry.get("check") else { return Vec::new() };
        let words = check.as_object().into_iter().flatten().map(|(word, _)| word.as_str());
        let found = words.filter(|word| NEEDS_A_CASE.contains(word)).map(|word| {
            let message = format!("`{word}` cannot stand in a usual check");
            let remedy = "leave it to the cases: a usual check has `schema`, `status`, `header`, \
                          `refused`, `answered` or `unambiguous`";
            self.document.key_diagnostic(&format!("{pointer}/{word}"), message, remedy)
        });
        let mut found: Vec<Diagnostic> = found.collect();
        if found.is_empty() {
            let (document, malformed) = (self.document, self.malformed);
            found = keywords::lint(document, self.format, malformed, check, &pointer);
        }
        found
    }

    fn groups(&self, entry: &Map<String, Value>, pointer: &str) -> Vec<Diagnostic> {
        let Some(groups) = entry.get("asked_of") else { return Vec::new() };
        let pointer = format!("{pointer}/asked_of");
        if entry.keys().all(|word| word != "check" && !is_misspelt(word, "check")) {
            let message = "there is nothing to ask";
            let remedy = "write the usual check of the requirement: `check: { status: 200 }`";
            return vec![self.document.key_diagnostic(&pointer, message, remedy)];
        }
        let groups = groups.as_array().into_iter().flatten().enumerate();
        let closed = groups.filter_map(|(index, group)| {
            let group =
                self.closed.iter().find(|closed| Some(closed.as_str()) == group.as_str())?;
            let message = format!("the group `{group}` is built in");
            let remedy = "name a group of your own; the built-in cases stay as they are";
            Some(self.document.diagnostic(&format!("{pointer}/{index}"), message, remedy))
        });
        closed.collect()
    }
}

/// The keywords that refer to other answers or to fixtures.
const NEEDS_A_CASE: [&str; 4] = ["equals", "differs_from", "same_as", "reveals_not"];
