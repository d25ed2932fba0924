//! Linting of schemas: what is misspelt, what leads nowhere, and what would check nothing.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use serde_json::{Number, Value};

use super::SchemaDiagnostic;
use super::circles::Documents;
use crate::value::diagnostics::suggestion;
use crate::value::json::brief;
use crate::value::json_diff::escape;
use crate::value::number;

/// Keywords whose value is a schema, a list of schemas, or an object of schemas.
const HOLDS_SCHEMA: [&str; 11] = [
    "additionalProperties",
    "contains",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
    "contentSchema",
];
const HOLDS_LIST: [&str; 4] = ["allOf", "anyOf", "oneOf", "prefixItems"];
const HOLDS_OBJECT: [&str; 4] = ["$defs", "dependentSchemas", "patternProperties", "properties"];
const HOLDS_DATA: [&str; 37] = [
    "$anchor",
    "$comment",
    "$dynamicAnchor",
    "$dynamicRef",
    "$id",
    "$ref",
    "$schema",
    "$vocabulary",
    "const",
    "contentEncoding",
    "contentMediaType",
    "default",
    "dependentRequired",
    "deprecated",
    "description",
    "enum",
    "examples",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "pattern",
    "readOnly",
    "required",
    "title",
    "type",
    "uniqueItems",
];

/// Keywords that check nothing without another one.
const NEEDS: [(&str, &str); 7] = [
    ("contentEncoding", "pattern"),
    ("contentMediaType", "pattern"),
    ("contentSchema", "pattern"),
    ("else", "if"),
    ("maxContains", "contains"),
    ("minContains", "contains"),
    ("then", "if"),
];

/// The formats that are checked.
const FORMATS: [&str; 17] = [
    "date",
    "date-time",
    "duration",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "iri",
    "iri-reference",
    "json-pointer",
    "regex",
    "relative-json-pointer",
    "time",
    "uri",
    "uri-reference",
    "uri-template",
    "uuid",
];

const TYPES: [&str; 7] = ["array", "boolean", "integer", "null", "number", "object", "string"];
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Finds what JSON Schema would let pass in silence, or refuse in words that help nobody:
/// misspelt keywords and types, references that lead nowhere.
pub(super) struct Linter<'a> {
    root: &'a Value,
    named: &'a BTreeMap<String, Value>,
    diagnostics: Vec<SchemaDiagnostic>,
}

impl<'a> Linter<'a> {
    pub(super) fn lint(
        root: &'a Value,
        named: &'a BTreeMap<String, Value>,
    ) -> Vec<SchemaDiagnostic> {
        let mut linter = Linter { root, named, diagnostics: Vec::new() };
        linter.schema(root, "");
        linter.diagnostics
    }

    fn note(&mut self, pointer: &str, message: String, remedy: impl Into<String>) {
        self.diagnostics.push(SchemaDiagnostic::new(pointer, message, remedy));
    }

    /// Notes a mistake about a keyword rather than about its value.
    fn note_name(&mut self, pointer: &str, message: String, remedy: impl Into<String>) {
        let found = SchemaDiagnostic::new(pointer, message, remedy);
        self.diagnostics.push(SchemaDiagnostic { is_about_name: true, ..found });
    }

    fn schema(&mut self, schema: &Value, pointer: &str) {
        let members = match schema {
            Value::Object(members) => members,
            Value::Bool(_) => return,
            other => {
                let message = format!("a schema is an object or a boolean, not `{}`", brief(other));
                self.note(pointer, message, "write `{type: …}`, `{const: …}` or the like");
                return;
            }
        };
        for (keyword, value) in members {
            let pointer = format!("{pointer}/{}", escape(keyword));
            let needed = NEEDS.iter().find(|(one, _)| one == keyword).map(|(_, needed)| *needed);
            if let Some(needed) = needed.filter(|needed| !members.contains_key(*needed)) {
                self.note_name(
                    &pointer,
                    format!("`{keyword}` checks nothing without `{needed}`"),
                    format!("add `{needed}`, or leave `{keyword}` out"),
                );
            }
            self.keyword(keyword, value, &pointer);
        }
    }

    fn keyword(&mut self, keyword: &str, value: &Value, pointer: &str) {
        if HOLDS_SCHEMA.contains(&keyword) {
            self.schema(value, pointer);
        } else if HOLDS_LIST.contains(&keyword) {
            for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                self.schema(item, &format!("{pointer}/{index}"));
            }
        } else if HOLDS_OBJECT.contains(&keyword) {
            for (member, item) in value.as_object().into_iter().flatten() {
                self.schema(item, &format!("{pointer}/{}", escape(member)));
            }
        } else if HOLDS_DATA.contains(&keyword) {
            self.data(keyword, value, pointer);
        } else {
            let known = HOLDS_DATA.iter().chain(&HOLDS_SCHEMA).chain(&HOLDS_LIST);
            let remedy = suggestion(keyword, known.chain(&HOLDS_OBJECT).copied());
            let message = format!("`{keyword}` is not a keyword of JSON Schema");
            self.note_name(pointer, message, remedy);
        }
    }

    fn data(&mut self, keyword: &str, value: &Value, pointer: &str) {
        if let Some(number) = unheld(value) {
            let message = format!("`{number}` is no number that a schema holds exactly");
            self.note(pointer, message, "ask for it with `equals`, or write fewer digits");
        }
        let Some(text) = value.as_str() else { return };
        match keyword {
            "format" if !FORMATS.contains(&text) => self.note(
                pointer,
                format!("there is no format `{text}` that is checked"),
                suggestion(text, FORMATS),
            ),
            "type" if !TYPES.contains(&text) => self.note(
                pointer,
                format!("there is no type `{text}` in JSON"),
                suggestion(text, TYPES),
            ),
            "$ref" | "$dynamicRef" => {
                self.reference(text, pointer);
                self.circle(keyword, text, pointer);
            }
            "$id" => self.identity(text, pointer),
            "$schema" if text.trim_end_matches('#') != DIALECT => self.note(
                pointer,
                format!("the dialect `{text}` is not known here"),
                format!("write `{DIALECT}`, or leave `$schema` out"),
            ),
            _ => {}
        }
    }

    /// An `$id` of its own would lead every `$ref` below it elsewhere.
    fn identity(&mut self, id: &str, pointer: &str) {
        let is_root = pointer == "/$id";
        let root = self.root;
        let file = self.named.iter().find(|(_, schema)| is_root && *schema == root);
        let file = file.map(|(name, _)| format!("{name}.schema.json"));
        if file.as_deref() == Some(id) {
            return;
        }
        let (message, remedy) = match file {
            Some(file) => (
                format!("a schema is known by the name of its file, not as `{id}`"),
                format!("write `{file}`, or leave `$id` out"),
            ),
            None => (
                format!("only a schema in a file of its own has an `$id`, such as `{id}`"),
                "leave `$id` out".to_owned(),
            ),
        };
        self.note(pointer, message, remedy);
    }

    /// What leads back to where it stands checks nothing, and would pass in silence.
    fn circle(&mut self, keyword: &str, reference: &str, pointer: &str) {
        let documents = Documents { root: self.root, named: self.named };
        let holder = pointer.rsplit_once('/').and_then(|(holder, _)| self.root.pointer(holder));
        if holder.is_some_and(|holder| documents.leads_back(keyword, reference, holder)) {
            self.note(
                pointer,
                format!("`{reference}` leads back to the schema that it stands in"),
                "refer to it where a part of the value is looked at, such as in `properties` or `items`",
            );
        }
    }

    fn reference(&mut self, reference: &str, pointer: &str) {
        let (file, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let fragment = &*percent_decode_str(fragment).decode_utf8_lossy();
        let named = self.named;
        let target = match file {
            "" => Some(self.root),
            file => file.strip_suffix(".schema.json").and_then(|name| named.get(name)),
        };
        match target {
            None => {
                let known = named.keys().map(|name| format!("{name}.schema.json"));
                let known: Vec<String> = known.collect();
                self.note(
                    pointer,
                    format!("`{reference}` leads nowhere; nothing is ever fetched"),
                    suggestion(file, known.iter().map(String::as_str)),
                );
            }
            Some(target) if fragment.starts_with('/') && target.pointer(fragment).is_none() => {
                self.note(
                    pointer,
                    format!("`{reference}` leads nowhere"),
                    "refer to what stands in the schema, such as `#/$defs/name`",
                );
            }
            Some(_) => {}
        }
    }
}

/// A number in a value that is neither an integer of 64 bits nor what a double holds.
fn unheld(value: &Value) -> Option<&Number> {
    match value {
        Value::Number(number) => {
            let is_held = number.is_i64() || number.is_u64() || number::fits_double(number);
            (!is_held).then_some(number)
        }
        Value::Array(items) => items.iter().find_map(unheld),
        Value::Object(members) => members.values().find_map(unheld),
        _ => None,
    }
}
