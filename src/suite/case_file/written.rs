//! A case file as it is written: its well-formed parts, each with its place.
//!
//! Malformed parts are left out, because the schema of the format reports them. Nothing is resolved
//! yet: steps are names, and checks are the YAML that they were written in.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::encoding::{self, ENCODINGS, Encoding};
use crate::model::level::Level;
use crate::model::role::Role;
use crate::value::diagnostics::is_misspelt;
use crate::value::json_diff::escape;
use crate::value::number;
use crate::value::variables::{Reference, ReferenceError, Template, Text};
use crate::value::yaml::Document;

/// A value and the JSON Pointer of where it is written.
pub(super) struct Placed<T> {
    pub(super) pointer: String,
    pub(super) value: T,
}

/// A case file.
pub(super) struct WrittenCase<'a> {
    members: Option<&'a Map<String, Value>>,
    pub(super) title: &'a str,
    pub(super) needs: Vec<Placed<Role>>,
    pub(super) each: Vec<&'static Encoding>,
    pub(super) at_most: Option<Level>,
    pub(super) steps: Vec<WrittenStep<'a>>,
}

/// A step of a case file.
pub(super) struct WrittenStep<'a> {
    pub(super) pointer: String,
    members: Option<&'a Map<String, Value>>,
    pub(super) id: Option<&'a str>,
    pub(super) call: Option<&'a str>,
    pub(super) via: Via,
    pub(super) method: Option<&'a str>,
    pub(super) slash: bool,
    pub(super) with: WrittenValue<'a>,
    pub(super) headers: WrittenValue<'a>,
    pub(super) query: WrittenValue<'a>,
    pub(super) body: WrittenValue<'a>,
    pub(super) content_type: Option<&'a str>,
    pub(super) fresh_connection: bool,
    pub(super) repeat: Option<WrittenRepeat<'a>>,
    pub(super) parallel: bool,
    pub(super) alongside: bool,
    pub(super) after: Option<(&'a str, Duration)>,
    pub(super) given: Vec<Placed<&'a str>>,
    pub(super) applies_if: Vec<Placed<&'a str>>,
    pub(super) if_differ: Vec<Placed<Result<Reference, ReferenceError>>>,
    pub(super) at_most: Option<Level>,
    pub(super) answers: Option<Placed<&'a str>>,
    pub(super) checks: Vec<WrittenCheck<'a>>,
}

/// How the parameters of a step travel.
pub(super) enum Via {
    One(&'static Encoding),
    /// By the encoding that the case is expanded to.
    Each,
    /// By each of these, as a step of its own.
    Several(Vec<&'static Encoding>),
}

/// How often a step is made.
pub(super) enum WrittenRepeat<'a> {
    Times(usize),
    /// Once for each answer of the step of this name.
    Each(&'a str),
}

/// A value whose texts may refer to other values; nothing if the file does not have it.
pub(super) struct WrittenValue<'a> {
    pointer: String,
    value: Option<&'a Value>,
}

/// One entry of `checks`.
pub(super) struct WrittenCheck<'a> {
    /// Where the id of the requirement is written.
    pub(super) pointer: String,
    /// The id of the requirement.
    pub(super) id: &'a str,
    /// What it asks; if the id stands alone, the usual check of the requirement.
    pub(super) asks: Option<&'a Value>,
}

impl<'a> WrittenCase<'a> {
    pub(super) fn read(document: &'a Document) -> WrittenCase<'a> {
        let value = &document.value;
        let steps = array(value, "steps").iter().enumerate();
        WrittenCase {
            members: value.as_object(),
            title: text(value, "title").unwrap_or_default(),
            needs: texts(value, "", "needs")
                .into_iter()
                .filter_map(|name| {
                    Some(Placed { value: Role::from_name(name.value)?, pointer: name.pointer })
                })
                .collect(),
            each: encodings(array(value, "each")),
            at_most: level(value),
            steps: steps
                .map(|(index, step)| WrittenStep::read(step, format!("/steps/{index}")))
                .collect(),
        }
    }

    /// Whether the file has this member, well formed or not.
    pub(super) fn has(&self, member: &str) -> bool {
        has(self.members, member)
    }

    /// Whether the file has neither this member nor a likely misspelling of it.
    pub(super) fn lacks(&self, member: &str) -> bool {
        lacks(self.members, member)
    }
}

impl<'a> WrittenStep<'a> {
    fn read(step: &'a Value, pointer: String) -> WrittenStep<'a> {
        let sent =
            |key: &str| WrittenValue { pointer: format!("{pointer}/{key}"), value: step.get(key) };
        WrittenStep {
            members: step.as_object(),
            id: text(step, "id"),
            call: text(step, "call"),
            via: via(step),
            method: text(step, "method"),
            slash: is_true(step, "slash"),
            with: sent("with"),
            headers: sent("headers"),
            query: sent("query"),
            body: sent("body"),
            content_type: text(step, "content_type"),
            fresh_connection: is_true(step, "fresh_connection"),
            repeat: step.get("repeat").and_then(repeat),
            parallel: is_true(step, "parallel"),
            alongside: is_true(step, "alongside"),
            after: text(step, "after").and_then(wait),
            given: texts(step, &pointer, "given"),
            applies_if: texts(step, &pointer, "applies_if"),
            if_differ: texts(step, &pointer, "if_differ").into_iter().map(bare).collect(),
            at_most: level(step),
            answers: text(step, "answers")
                .map(|value| Placed { pointer: format!("{pointer}/answers"), value }),
            checks: checks(step.get("checks"), &format!("{pointer}/checks")),
            pointer,
        }
    }

    /// Whether the step has this member, well formed or not.
    pub(super) fn has(&self, member: &str) -> bool {
        has(self.members, member)
    }

    /// Whether the step has neither this member nor a likely misspelling of it.
    pub(super) fn lacks(&self, member: &str) -> bool {
        lacks(self.members, member)
    }

    /// The values that the step sends.
    pub(super) fn sent(&self) -> [&WrittenValue<'a>; 4] {
        [&self.with, &self.headers, &self.query, &self.body]
    }
}

impl<'a> WrittenValue<'a> {
    /// A value that is written at this pointer.
    pub(super) fn new(pointer: &str, value: &'a Value) -> WrittenValue<'a> {
        WrittenValue { pointer: pointer.to_owned(), value: Some(value) }
    }

    /// The names of its members.
    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.members().map(|(name, _)| name.as_str())
    }

    /// The members that are texts.
    pub(super) fn texts_by_name(&self) -> Vec<(String, Text)> {
        let text = |value: &Value| Text::parse(value.as_str()?).ok();
        self.members().filter_map(|(name, value)| Some((name.clone(), text(value)?))).collect()
    }

    /// All members.
    pub(super) fn templates_by_name(&self) -> Vec<(String, Template)> {
        let members = self.members();
        members
            .filter_map(|(name, value)| Some((name.clone(), Template::parse(value).ok()?)))
            .collect()
    }

    /// The value, if it is a text.
    pub(super) fn text(&self) -> Option<Text> {
        Text::parse(self.value?.as_str()?).ok()
    }

    /// Every text inside the value, or what is wrong with it.
    pub(super) fn texts(&self) -> Vec<Placed<Result<Text, ReferenceError>>> {
        let mut found = Vec::new();
        if let Some(value) = self.value {
            texts_within(value, self.pointer.clone(), &mut found);
        }
        found
    }

    fn members(&self) -> impl Iterator<Item = (&'a String, &'a Value)> {
        self.value.and_then(Value::as_object).into_iter().flatten()
    }
}

fn texts_within(
    value: &Value,
    pointer: String,
    found: &mut Vec<Placed<Result<Text, ReferenceError>>>,
) {
    match value {
        Value::String(text) => found.push(Placed { pointer, value: Text::parse(text) }),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                texts_within(item, format!("{pointer}/{index}"), found);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                texts_within(member, format!("{pointer}/{}", escape(name)), found);
            }
        }
        _ => {}
    }
}

fn has(members: Option<&Map<String, Value>>, member: &str) -> bool {
    members.is_some_and(|members| members.contains_key(member))
}

fn lacks(members: Option<&Map<String, Value>>, member: &str) -> bool {
    members.is_some_and(|members| {
        members.keys().all(|written| written != member && !is_misspelt(written, member))
    })
}

fn array<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}

fn is_true(value: &Value, key: &str) -> bool {
    value.get(key) == Some(&Value::Bool(true))
}

fn level(value: &Value) -> Option<Level> {
    text(value, "at_most").and_then(Level::from_name)
}

/// The texts of a list.
fn texts<'a>(value: &'a Value, pointer: &str, key: &str) -> Vec<Placed<&'a str>> {
    let items = array(value, key).iter().enumerate();
    items
        .filter_map(|(index, item)| {
            Some(Placed { pointer: format!("{pointer}/{key}/{index}"), value: item.as_str()? })
        })
        .collect()
}

fn bare(text: Placed<&str>) -> Placed<Result<Reference, ReferenceError>> {
    Placed { value: Reference::parse(text.value), pointer: text.pointer }
}

fn encodings(names: &[Value]) -> Vec<&'static Encoding> {
    names.iter().filter_map(|name| encoding::by_name(name.as_str()?)).collect()
}

fn via(step: &Value) -> Via {
    match step.get("via") {
        Some(Value::Array(names)) => Via::Several(encodings(names)),
        Some(Value::String(name)) if name == "each" => Via::Each,
        Some(Value::String(name)) => Via::One(encoding::by_name(name).unwrap_or(&ENCODINGS[0])),
        _ => Via::One(&ENCODINGS[0]),
    }
}

fn repeat(value: &Value) -> Option<WrittenRepeat<'_>> {
    match value {
        Value::String(id) => Some(WrittenRepeat::Each(id)),
        number => {
            Some(WrittenRepeat::Times(usize::try_from(number::whole(number.as_number()?)?).ok()?))
        }
    }
}

fn wait(text: &str) -> Option<(&str, Duration)> {
    Some((text, humantime::parse_duration(text).ok()?))
}

fn checks<'a>(value: Option<&'a Value>, pointer: &str) -> Vec<WrittenCheck<'a>> {
    match value {
        Some(Value::Array(items)) => items
            .iter()
            .enumerate()
            .flat_map(|(index, item)| listed(item, &format!("{pointer}/{index}")))
            .collect(),
        Some(mapping) => keyed(mapping, pointer),
        None => Vec::new(),
    }
}

/// An item of a list of checks: an id, or an id with what it asks.
fn listed<'a>(item: &'a Value, pointer: &str) -> Vec<WrittenCheck<'a>> {
    match item {
        Value::String(id) => {
            vec![WrittenCheck { pointer: pointer.to_owned(), id, asks: None }]
        }
        mapping => keyed(mapping, pointer),
    }
}

fn keyed<'a>(mapping: &'a Value, pointer: &str) -> Vec<WrittenCheck<'a>> {
    let members = mapping.as_object().into_iter().flatten();
    members
        .map(|(id, check)| WrittenCheck {
            pointer: format!("{pointer}/{}", escape(id)),
            id,
            asks: Some(check),
        })
        .collect()
}
