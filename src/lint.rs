//! Holds a written document against the JSON Schema of its format.
//!
//! Every mistake of the document is listed, each at its place; the messages speak of what was
//! written and never of JSON Schema.

use crate::json::brief;
use crate::json_diff::escape;
use crate::mistake::{Mistake, suggestion};
use crate::schema::{Schema, Shortfall};
use crate::yaml::Document;

/// Lists every way in which a document falls short of its format.
#[must_use]
pub fn against_format(document: &Document, format: &Schema) -> Vec<Mistake> {
    let shortfalls = format.shortfalls(&document.value);
    shortfalls.iter().flat_map(|shortfall| mistakes(document, shortfall)).collect()
}

fn mistakes(document: &Document, shortfall: &Shortfall) -> Vec<Mistake> {
    let pointer = shortfall.pointer.as_str();
    if !shortfall.unexpected.is_empty() {
        let known = || shortfall.known.iter().map(String::as_str);
        return shortfall
            .unexpected
            .iter()
            .map(|name| {
                let place = format!("{pointer}/{}", escape(name));
                document.key_mistake(
                    &place,
                    format!("`{name}` is unknown here"),
                    suggestion(name, known()),
                )
            })
            .collect();
    }
    let value = document.value.pointer(pointer);
    if shortfall.actual.is_some() {
        let message = format!("{} is missing", shortfall.expected.trim_start_matches("a "));
        return vec![document.key_mistake(pointer, message, "add it")];
    }
    let message = format!(
        "expected {}, got {}",
        shortfall.expected,
        value.map_or_else(|| "nothing".to_owned(), |value| format!("`{}`", brief(value)))
    );
    let remedy = match value.and_then(serde_json::Value::as_str) {
        Some(text) if !shortfall.known.is_empty() => {
            suggestion(text, shortfall.known.iter().map(String::as_str))
        }
        _ => String::new(),
    };
    vec![document.mistake(pointer, message, remedy)]
}
