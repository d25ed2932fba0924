//! Checks a document against the JSON Schema of its format.
//!
//! Reports every mistake at its place, in words about what was written rather than about JSON
//! Schema.

use serde_json::Value;

use crate::value::diagnostics::{Diagnostic, is_misspelt, suggestion};
use crate::value::json::brief;
use crate::value::json_diff::escape;
use crate::value::schema::{Lack, Schema, SchemaDiagnostic, Shortfall, name_of};
use crate::value::yaml::Document;

/// A part of a document that its format does not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Malformed {
    /// The JSON Pointer of the part.
    pub(super) pointer: String,
    /// Where it stands in the text, and what is wrong with it.
    pub(super) diagnostic: Diagnostic,
}

impl Malformed {
    /// Whether the part stands inside the value at this pointer.
    pub(super) fn is_within(&self, pointer: &str) -> bool {
        self.pointer.strip_prefix(pointer).is_some_and(|rest| rest.starts_with('/'))
    }
}

/// Lists everything in a document that its format does not allow, in order.
pub(super) fn malformed_parts(document: &Document, format: &Schema) -> Vec<Malformed> {
    let shortfalls = format.shortfalls(&document.value);
    let telling = shortfalls.iter().filter(|one| !follows_from_another(one, &shortfalls));
    let mut found: Vec<Malformed> =
        telling.flat_map(|shortfall| malformed(document, shortfall)).collect();
    found.sort_by_key(|one| one.diagnostic.range.start);
    found.dedup_by(|later, earlier| {
        later.diagnostic.range == earlier.diagnostic.range
            && later.diagnostic.message == earlier.diagnostic.message
    });
    found
}

/// The malformed parts whose place nothing else was reported for: a linter that reports the same
/// place knows better what was meant.
pub(super) fn untold(malformed: Vec<Malformed>, told: &[Diagnostic]) -> Vec<Diagnostic> {
    let is_told = |diagnostic: &Diagnostic| told.iter().any(|one| one.range == diagnostic.range);
    let diagnostics = malformed.into_iter().map(|one| one.diagnostic);
    diagnostics.filter(|diagnostic| !is_told(diagnostic)).collect()
}

/// Reports a mistake in a schema that is written at this pointer.
pub(super) fn in_schema(document: &Document, pointer: &str, found: SchemaDiagnostic) -> Diagnostic {
    let place = format!("{pointer}{}", found.pointer);
    if found.is_about_name {
        document.key_diagnostic(&place, found.message, found.remedy)
    } else {
        document.diagnostic(&place, found.message, found.remedy)
    }
}

/// Whether a member is missing only because its name is misspelt.
fn follows_from_another(shortfall: &Shortfall, all: &[Shortfall]) -> bool {
    let missing = match &shortfall.lack {
        Lack::Member(name) => std::slice::from_ref(name),
        Lack::OneOf(names) => names,
        _ => return false,
    };
    all.iter().filter(|other| other.pointer == shortfall.pointer).any(|other| match &other.lack {
        Lack::Unknown(names) => {
            names.iter().any(|written| missing.len() > 1 || is_misspelt(written, &missing[0]))
        }
        _ => false,
    })
}

/// Turns a shortfall into messages about what was written.
fn malformed(document: &Document, shortfall: &Shortfall) -> Vec<Malformed> {
    let pointer = shortfall.pointer.as_str();
    let at_name = |name: &str, message: String, remedy: String| {
        let pointer = format!("{pointer}/{}", escape(name));
        let diagnostic = document.key_diagnostic(&pointer, message, remedy);
        Malformed { pointer, diagnostic }
    };
    let known = || shortfall.known.iter().map(String::as_str);
    let note = || shortfall.note.clone().unwrap_or_default();
    match &shortfall.lack {
        Lack::Unknown(names) => {
            let unknown = |name: &String| {
                at_name(name, format!("`{name}` is unknown here"), suggestion(name, known()))
            };
            names.iter().map(unknown).collect()
        }
        Lack::Name(name) => {
            vec![at_name(name, format!("`{name}` cannot be a name here"), note())]
        }
        Lack::NotAll(names) => {
            let message = format!("`{}` do not go together", names.join("` and `"));
            let last = names.last().map_or("", String::as_str);
            vec![at_name(last, message, "keep one of them".to_owned())]
        }
        Lack::Member(name) => {
            let remedy = match &shortfall.note {
                Some(note) => format!("add it. {note}"),
                None => "add it".to_owned(),
            };
            vec![here(document, pointer, format!("`{name}` is missing"), remedy)]
        }
        Lack::OneOf(names) => {
            let remedy = format!("write one of {}", names.join(", "));
            vec![here(document, pointer, "something is missing here".to_owned(), remedy)]
        }
        Lack::Type(types) => {
            let value = document.value.pointer(pointer).unwrap_or(&Value::Null);
            let message = format!("expected {}, got `{}`", types.join(" or "), brief(value));
            vec![here(document, pointer, message, of_type(types, value).unwrap_or_else(note))]
        }
        Lack::Value => vec![here(document, pointer, invalid(document, pointer), {
            match document.value.pointer(pointer).and_then(Value::as_str) {
                Some(text) if known().next().is_some() => suggestion(text, known()),
                _ => shortfall.note.clone().unwrap_or_else(|| expected(shortfall)),
            }
        })],
        Lack::Amount => {
            let value = document.value.pointer(pointer).map(brief).unwrap_or_default();
            let message = format!("expected {}, got `{value}`", shortfall.expected);
            vec![here(document, pointer, message, note())]
        }
    }
}

fn here(document: &Document, pointer: &str, message: String, remedy: String) -> Malformed {
    let diagnostic = document.diagnostic(pointer, message, remedy);
    Malformed { pointer: pointer.to_owned(), diagnostic }
}

fn invalid(document: &Document, pointer: &str) -> String {
    let value = document.value.pointer(pointer).map(|value| match value {
        Value::String(text) => text.clone(),
        other => brief(other),
    });
    let value = value.unwrap_or_default();
    match name_of(pointer) {
        Some(name) => format!("`{value}` is not a valid `{name}`"),
        None => format!("`{value}` cannot stand here"),
    }
}

fn expected(shortfall: &Shortfall) -> String {
    format!("expected {}", shortfall.expected)
}

/// How to write a value of the right type.
fn of_type(types: &[&str], value: &Value) -> Option<String> {
    match (types, value) {
        (["a boolean"], _) => Some("write `true` or `false`".to_owned()),
        (["an array"], Value::String(text)) => Some(format!("write a list: `[{text}]`")),
        _ => None,
    }
}
