//! The nearest value that a schema accepts, built by mending what it complains of.

use std::collections::HashSet;

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use serde_json::{Map, Value, json};

use super::Schema;
use super::wording::expectation;
use crate::value::json_change::Change;

impl Schema {
    /// The nearest value that the schema accepts, as far as one can be built from this one by
    /// mending what the schema complains of.
    ///
    /// Where only a person could write the right value (a pattern, say), a placeholder in angle
    /// quotes says so.
    #[must_use]
    pub fn nearest(&self, value: &Value) -> Value {
        const ROUNDS: usize = 12;
        let mut nearest = value.clone();
        for _ in 0..ROUNDS {
            let mends: Vec<Mend> = self.validator.iter_errors(&nearest).map(|e| mend(&e)).collect();
            let before = nearest.clone();
            for (pointer, action) in mends.into_iter().rev() {
                apply(&mut nearest, &pointer, action);
            }
            if nearest == before {
                break;
            }
        }
        nearest
    }
}

/// A JSON Pointer and what to do there.
type Mend = (String, Action);

enum Action {
    /// Put this value here.
    Put(Value),
    /// Turn what is here into this type.
    Become(&'static str),
    /// Take away the value here.
    Remove,
    /// Add this member; the next round gives it a better value than null.
    Add(String),
    /// Take away these members.
    Drop(Vec<String>),
    /// Add an item.
    Push,
    /// Keep the first of equal items.
    Dedupe,
}

/// What would still a complaint of the schema.
fn mend(error: &ValidationError<'_>) -> Mend {
    use ValidationErrorKind as Kind;
    let pointer = error.instance_path().to_string();
    let action = match error.kind() {
        Kind::Type { kind } => Action::Become(match kind {
            TypeKind::Single(one) => one.as_str(),
            TypeKind::Multiple(set) => set.iter().next().map_or("null", |one| one.as_str()),
        }),
        Kind::Constant { expected_value } => Action::Put((**expected_value).clone()),
        Kind::Enum { options } => Action::Put(nearest_option(options, error.instance())),
        Kind::Required { property } => Action::Add(property.as_str().unwrap_or_default().into()),
        Kind::Not { .. } if error.instance().is_boolean() => {
            Action::Put(Value::Bool(error.instance().as_ref() == &Value::Bool(false)))
        }
        Kind::FalseSchema | Kind::Not { .. } => Action::Remove,
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            Action::Drop(unexpected.clone())
        }
        Kind::MinItems { .. } | Kind::Contains => Action::Push,
        Kind::UniqueItems => Action::Dedupe,
        Kind::Minimum { limit } | Kind::Maximum { limit } => Action::Put(limit.clone()),
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            match context.iter().min_by_key(|branch| branch.len()).and_then(|b| b.first()) {
                Some(inner) => return mend(inner),
                None => placeholder(error),
            }
        }
        _ => placeholder(error),
    };
    (pointer, action)
}

fn placeholder(error: &ValidationError<'_>) -> Action {
    Action::Put(Value::String(format!("‹{}›", expectation(error))))
}

fn nearest_option(options: &Value, instance: &Value) -> Value {
    let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
    let as_text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    options
        .iter()
        .find(|option| as_text(option) == as_text(instance))
        .or(options.first())
        .cloned()
        .unwrap_or(Value::Null)
}

fn apply(root: &mut Value, pointer: &str, action: Action) {
    if matches!(action, Action::Remove) {
        Change::Drop.apply(root, pointer);
        return;
    }
    let Some(place) = root.pointer_mut(pointer) else { return };
    match action {
        Action::Put(value) => *place = value,
        Action::Become(kind) => *place = retyped(place, kind),
        Action::Add(name) => {
            if let Some(object) = place.as_object_mut() {
                object.entry(name).or_insert(Value::Null);
            }
        }
        Action::Drop(names) => {
            if let Some(object) = place.as_object_mut() {
                let names: HashSet<String> = names.into_iter().collect();
                object.retain(|name, _| !names.contains(name));
            }
        }
        Action::Push => {
            if let Some(items) = place.as_array_mut() {
                items.push(Value::Null);
            }
        }
        Action::Dedupe => {
            if let Some(items) = place.as_array_mut() {
                let mut seen = HashSet::new();
                items.retain(|item| seen.insert(item.to_string()));
            }
        }
        Action::Remove => {}
    }
}

/// The value of another type that says most nearly the same.
fn retyped(value: &Value, kind: &str) -> Value {
    match (kind, value) {
        ("array", Value::Object(members)) => return json!(items_of(members)),
        ("array", Value::String(text)) => {
            let items: Vec<&str> = text.split(',').map(str::trim).collect();
            return json!(items);
        }
        // What is inside is no text, and nobody can tell which part was meant.
        ("string", Value::Object(_) | Value::Array(_)) => return json!("…"),
        _ => {}
    }
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match kind {
        "string" if value.is_null() => json!("…"),
        "string" => json!(text),
        "integer" | "number" => {
            text.trim().parse::<f64>().map_or(json!(0), |number| match number.fract() {
                0.0 => json!(number as i64),
                _ if kind == "number" => json!(number),
                _ => json!(number.round() as i64),
            })
        }
        "boolean" => json!(!matches!(text.as_str(), "" | "0" | "false" | "null")),
        "array" if value.is_null() => json!([]),
        "array" => json!([value]),
        "object" => json!({}),
        _ => Value::Null,
    }
}

/// The items that an object most nearly names: its texts, where it holds nothing else, and
/// otherwise the names of what is not said to be off.
fn items_of(members: &Map<String, Value>) -> Vec<String> {
    let texts = members.values().map(|value| value.as_str().map(str::to_owned));
    if let (false, Some(texts)) = (members.is_empty(), texts.collect::<Option<Vec<String>>>()) {
        return texts;
    }
    let is_off = |value: &Value| matches!(value, Value::Null | Value::Bool(false)) || *value == 0;
    members.iter().filter(|(_, value)| !is_off(value)).map(|(name, _)| name.clone()).collect()
}

#[cfg(test)]
mod tests {
    use crate::value::schema::{Schema, Schemas};
    use rstest::rstest;
    use serde_json::{Value, json};
    use std::collections::BTreeMap;

    fn compile(schema: &Value) -> Schema {
        let named = BTreeMap::from([(
            "sets".to_owned(),
            json!({"type": "object", "additionalProperties": {"type": "array"}}),
        )]);
        Schemas::new(named).expect("they register").compile(schema).expect("it compiles")
    }

    #[rstest]
    #[case::type_of_text(json!({"type": "integer"}), json!("11"), json!(11))]
    #[case::constant(json!({"properties": {"success": {"const": true}}, "required": ["success"]}),
        json!({}), json!({"success": true}))]
    #[case::missing_text(json!({"required": ["hash"], "properties": {"hash": {"type": "string", "minLength": 1}}}),
        json!({}), json!({"hash": "…"}))]
    #[case::forbidden(json!({"properties": {"hash": false}}), json!({"hash": "x", "a": 1}), json!({"a": 1}))]
    #[case::not_true(json!({"properties": {"success": {"not": {"const": true}}}}),
        json!({"success": true}), json!({"success": false}))]
    #[case::one_of_the_codes(json!({"enum": [3, 4]}), json!("4"), json!(4))]
    #[case::reference(json!({"properties": {"p": {"$ref": "sets.schema.json"}}}),
        json!({"p": {"a": "read", "b": null}}), json!({"p": {"a": ["read"], "b": []}}))]
    #[case::names_that_are_on(json!({"$ref": "sets.schema.json"}),
        json!({"base": {"read": true, "update": false, "delete": 1}}), json!({"base": ["read", "delete"]}))]
    #[case::texts_of_an_object(json!({"$ref": "sets.schema.json"}),
        json!({"base": {"0": "read", "1": "update"}}), json!({"base": ["read", "update"]}))]
    #[case::texts_in_one(json!({"$ref": "sets.schema.json"}), json!({"base": "read, update"}),
        json!({"base": ["read", "update"]}))]
    #[case::text_of_an_object(json!({"type": "string"}), json!({"a": 1}), json!("…"))]
    #[case::alternatives(json!({"anyOf": [{"const": 1}, {"type": "object"}]}), json!(2), json!(1))]
    #[case::pattern(json!({"type": "string", "pattern": "^[0-9a-f]+$"}), json!("xyz"),
        json!("‹text that matches ^[0-9a-f]+$›"))]
    #[case::nothing_to_mend(json!({"type": "string"}), json!("x"), json!("x"))]
    fn the_nearest_value_mends_what_the_schema_complains_of(
        #[case] schema: Value,
        #[case] value: Value,
        #[case] nearest: Value,
    ) {
        assert_eq!(compile(&schema).nearest(&value), nearest);
    }
}
