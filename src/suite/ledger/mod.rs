//! The ledger of requirements, and whether cases judge what it says they do.

mod linter;

use std::collections::HashSet;

use serde_json::Value;

use self::linter::Linter;
use crate::model::level::Level;
use crate::model::requirement::{About, Ledger, Requirement, Standing};
use crate::suite::against_format::{malformed_parts, untold};
use crate::suite::case::Case;
use crate::suite::case_file::Format;
use crate::suite::files::{File, FileOrigin};
use crate::suite::parse;
use crate::value::diagnostics::Diagnostic;
use crate::value::json_diff::escape;
use crate::value::yaml::{self, Document};

/// The ledger of a suite.
pub(super) struct ReadLedger {
    pub(super) ledger: Ledger,
    /// The ids of requirements that do not come from the built-in ledger.
    pub(super) own: HashSet<String>,
}

/// Reads the ledgers; with `replaces`, a later one may override an earlier one.
///
/// Requirements with mistakes are read too, so that the cases that cite them are not blamed.
pub(super) fn read_ledger(
    files: &[File],
    replaces: bool,
    format: &Format,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<ReadLedger> {
    let schema = format.schemas.compile_named("requirements").ok()?;
    let mut entries: Vec<Requirement> = Vec::new();
    let mut own = HashSet::new();
    let mut closed: Vec<String> = Vec::new();
    for file in files {
        let Some(document) = parse(file, diagnostics) else { continue };
        let malformed = malformed_parts(&document, &schema);
        let linter = Linter { document: &document, format, malformed: &malformed, closed: &closed };
        let mut found = linter.lint();
        add_entries(&document, replaces, &mut entries, &mut found);
        found.extend(untold(malformed, &found));
        found.sort_by_key(|diagnostic| diagnostic.range.start);
        diagnostics.extend(found);
        if file.origin != FileOrigin::BuiltIn {
            own.extend(document.value.as_object().into_iter().flatten().map(|(id, _)| id.clone()));
        } else if !replaces {
            closed.extend(entries.iter().flat_map(|entry| entry.groups.clone()));
        }
    }
    Some(ReadLedger { ledger: Ledger::new(entries), own })
}

/// Adds the requirements of a ledger to those of earlier ones.
fn add_entries(
    document: &Document,
    replaces: bool,
    entries: &mut Vec<Requirement>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for (id, entry) in document.value.as_object().into_iter().flatten() {
        match entries.iter_mut().find(|known| known.id == *id) {
            None => entries.push(requirement(id, entry)),
            Some(known) if replaces => *known = requirement(id, entry),
            Some(_) => {
                let message = format!("requirement `{id}` exists already");
                let pointer = format!("/{}", escape(id));
                diagnostics.push(document.key_diagnostic(&pointer, message, "choose another id"));
            }
        }
    }
}

fn requirement(id: &str, entry: &Value) -> Requirement {
    let text =
        |key: &str| entry.get(key).and_then(Value::as_str).map(|text| text.trim().to_owned());
    let standing = match (text("excluded"), text("planned")) {
        (Some(why), _) => Standing::Excluded(why),
        (None, Some(why)) => Standing::Planned(why),
        (None, None) => Standing::Judged,
    };
    Requirement {
        id: id.to_owned(),
        level: text("level").and_then(|level| Level::from_name(&level)).unwrap_or(Level::May),
        sentence: text("sentence").unwrap_or_default(),
        source: text("source").unwrap_or_default(),
        about: text("about").and_then(|about| About::from_name(&about)),
        contested: text("contested"),
        standing,
        usual_check: entry.get("check").cloned(),
        groups: entry.get("asked_of").map(names).unwrap_or_default(),
        calls: entry.get("calls").map(names).unwrap_or_default(),
    }
}

fn names(list: &Value) -> Vec<String> {
    let names = list.as_array().into_iter().flatten();
    names.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The requirements that cases judge.
pub(super) fn judged(cases: &[Case]) -> HashSet<String> {
    let steps = cases.iter().flat_map(|case| &case.steps);
    steps.flat_map(|step| &step.checks).map(|check| check.requirement.clone()).collect()
}

/// Reports requirements that no case judges although the ledger says so, and the reverse.
pub(super) fn unjudged_requirements(
    judged: &HashSet<String>,
    ledger: &Ledger,
    file: &File,
) -> Vec<Diagnostic> {
    let Ok(document) = yaml::parse(&file.source) else { return Vec::new() };
    let ids = document.value.as_object().into_iter().flatten().map(|(id, _)| id);
    let entries = ids.filter_map(|id| ledger.get(id));
    entries.filter_map(|entry| unjudged(entry, judged, &document)).collect()
}

fn unjudged(
    requirement: &Requirement,
    judged: &HashSet<String>,
    document: &Document,
) -> Option<Diagnostic> {
    let pointer = format!("/{}", requirement.id);
    match (&requirement.standing, judged.contains(&requirement.id)) {
        (Standing::Judged, false) => Some(document.key_diagnostic(
            &pointer,
            format!("no case judges `{}`", requirement.id),
            "add a case, or say why there is none: `planned: …` or `excluded: …`",
        )),
        (Standing::Planned(_), true) => Some(document.key_diagnostic(
            &pointer,
            format!("a case judges `{}`, which is called planned", requirement.id),
            "leave `planned` out",
        )),
        _ => None,
    }
}
