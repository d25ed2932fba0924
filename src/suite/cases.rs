//! The case files of a suite, each under an id of its own.

use std::collections::{HashMap, HashSet};

use super::files::{File, FileOrigin};
use super::ledger::ReadLedger;
use super::parse;
use crate::model::role::Role;
use crate::suite::case::Case;
use crate::suite::case_file::{self, Context, Format};
use crate::value::diagnostics::{Diagnostic, Source};
use crate::value::yaml::Document;

/// The texts of cases by the names of their files.
pub(super) type Documents = HashMap<String, Document>;

/// Reads the cases, ordered by id; none may have an id that is `taken`, in whatever letter case.
pub(super) fn read_cases(
    files: &[File],
    taken: &HashSet<String>,
    format: &Format,
    ledger: &ReadLedger,
    diagnostics: &mut Vec<Diagnostic>,
) -> (Vec<Case>, Documents) {
    let mut cases: Vec<Case> = Vec::new();
    let mut documents = Documents::new();
    let mut seen = HashSet::new();
    for file in files {
        let Some(document) = parse(file, diagnostics) else { continue };
        let id = file.path.strip_suffix(".yaml").or_else(|| file.path.strip_suffix(".yml"));
        let id = id.unwrap_or(&file.path);
        let known = || taken.iter().map(String::as_str).chain(seen.iter().copied());
        let alike = known().find(|known| known.to_lowercase() == id.to_lowercase());
        if let Some(diagnostic) = refusal(id, alike, &document) {
            diagnostics.push(diagnostic);
            continue;
        }
        let is_built_in = file.origin == FileOrigin::BuiltIn;
        let context = Context {
            format,
            ledger: &ledger.ledger,
            has_same_origin: &|requirement| ledger.own.contains(requirement) != is_built_in,
        };
        match case_file::read(id, &document, &context) {
            Ok(read) => {
                seen.insert(id);
                cases.extend(read);
            }
            Err(found) => diagnostics.extend(found),
        }
        documents.insert(file.source.name.clone(), document);
    }
    cases.sort_by(|left, right| left.id.cmp(&right.id));
    (cases, documents)
}

/// Why a document is not read as a case of this id, whatever it says.
fn refusal(id: &str, alike: Option<&str>, document: &Document) -> Option<Diagnostic> {
    if id.contains('@') {
        let message = format!("`{id}` cannot be the id of a case");
        let remedy = "name the file without `@`, which stands before the encoding of a case";
        return Some(document.key_diagnostic("/title", message, remedy));
    }
    if looks_like_fixtures(document) {
        return Some(fixtures_among_cases(&document.source.name));
    }
    alike.map(|known| {
        let message = if known == id {
            format!("case `{id}` exists already")
        } else {
            // Not every file system, nor every reader, tells these apart.
            format!("`{id}` differs from the case `{known}` in capital letters only")
        };
        document.key_diagnostic("/title", message, "give the file another name")
    })
}

/// Whether a document holds passwords rather than a case: its lines must not be shown.
fn looks_like_fixtures(document: &Document) -> bool {
    let mut names = document.value.as_object().into_iter().flatten().map(|(name, _)| name);
    names.any(|name| Role::from_name(name).is_some())
}

/// Quotes no line of the file.
fn fixtures_among_cases(file: &str) -> Diagnostic {
    Diagnostic {
        source: Source::new(file, ""),
        range: 0..0,
        message: format!("`{file}` looks like a fixtures file, not a case"),
        remedy: "check it with `check --fixtures FILE`, which shows no password".to_owned(),
    }
}
