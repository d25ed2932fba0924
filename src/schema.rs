//! JSON Schema: what an answer has to look like.
//!
//! The home of `jsonschema`. Schemas are compiled once, at load; `$ref` resolves only among the
//! named schemas and never opens a file or a URL. Misspelt keywords are mistakes, because JSON
//! Schema itself would let them pass in silence.

use std::collections::BTreeMap;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{PatternOptions, Registry, Resource, ValidationError, Validator};
use serde_json::{Value, json};

use crate::json::{brief, type_name};
use crate::mistake::suggestion;

/// Where relative references between schemas resolve; nothing is ever fetched from it.
const BASE: &str = "panel-conformance:///schemas/";

/// The named schemas, which other schemas may refer to as `<name>.schema.json`.
#[derive(Debug)]
pub struct Schemas {
    named: BTreeMap<String, Value>,
    registry: Registry<'static>,
}

/// Why a schema cannot be used: where in it, and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaMistake {
    /// JSON Pointer into the schema.
    pub pointer: String,
    /// What is wrong, in one line.
    pub message: String,
    /// What would have been right.
    pub remedy: String,
}

impl Schemas {
    /// Takes the named schemas.
    ///
    /// # Errors
    ///
    /// Says which schema cannot be registered.
    pub fn new(named: BTreeMap<String, Value>) -> Result<Schemas, String> {
        let mut registry = Registry::new();
        for (name, schema) in &named {
            registry = registry
                .add(format!("{BASE}{name}.schema.json"), Resource::from_contents(schema.clone()))
                .map_err(|error| format!("schema `{name}`: {error}"))?;
        }
        let registry = registry.prepare().map_err(|error| error.to_string())?;
        Ok(Schemas { named, registry })
    }

    /// The names, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.named.keys().map(String::as_str)
    }

    /// Compiles the schema of this name.
    ///
    /// # Errors
    ///
    /// Says which names there are, or what is wrong with the schema.
    pub fn compile_named(&self, name: &str) -> Result<Schema, Vec<SchemaMistake>> {
        let Some(schema) = self.named.get(name) else {
            return Err(vec![SchemaMistake {
                pointer: String::new(),
                message: format!("there is no schema `{name}`"),
                remedy: suggestion(name, self.names()),
            }]);
        };
        self.compile(schema)
    }

    /// Compiles a schema.
    ///
    /// # Errors
    ///
    /// Lists every misspelt keyword, and otherwise the first thing that JSON Schema refuses.
    pub fn compile(&self, schema: &Value) -> Result<Schema, Vec<SchemaMistake>> {
        let mut mistakes = Vec::new();
        lint(schema, String::new(), &mut mistakes);
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let validator = jsonschema::options()
            .offline()
            .with_base_uri(BASE)
            .with_registry(&self.registry)
            .should_validate_formats(true)
            .with_pattern_options(PatternOptions::regex())
            .build(schema)
            .map_err(|error| {
                vec![SchemaMistake {
                    pointer: error.instance_path().to_string(),
                    message: format!("this is not a JSON Schema: {error}"),
                    remedy: "see json-schema.org, draft 2020-12".to_owned(),
                }]
            })?;
        Ok(Schema { validator, written: schema.clone() })
    }
}

/// A compiled schema.
#[derive(Debug)]
pub struct Schema {
    validator: Validator,
    written: Value,
}

/// One way in which a value falls short of a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortfall {
    /// JSON Pointer into the value.
    pub pointer: String,
    /// What would have been right, in words that read after "expected".
    pub expected: String,
    /// What stands there instead; `None` where the caller is to say it from the value.
    pub actual: Option<String>,
    /// Members that the schema does not know, where that is the trouble.
    pub unexpected: Vec<String>,
    /// Members, or values, that the schema knows there.
    pub known: Vec<String>,
}

impl Schema {
    /// Whether the schema accepts the value.
    #[must_use]
    pub fn accepts(&self, value: &Value) -> bool {
        self.validator.is_valid(value)
    }

    /// Whether the schema is `false`, which only the absence of a value satisfies.
    #[must_use]
    pub fn accepts_absence(&self) -> bool {
        self.written == Value::Bool(false)
    }

    /// Lists every way in which the value falls short.
    #[must_use]
    pub fn shortfalls(&self, value: &Value) -> Vec<Shortfall> {
        self.validator
            .iter_errors(value)
            .map(|error| Shortfall {
                known: self.known(&error),
                unexpected: unexpected(&error),
                ..shortfall(&error)
            })
            .collect()
    }

    /// What the schema knows at the place of a complaint.
    fn known(&self, error: &ValidationError<'_>) -> Vec<String> {
        if let ValidationErrorKind::Enum { options } = error.kind() {
            let options = options.as_array().into_iter().flatten();
            return options.filter_map(Value::as_str).map(str::to_owned).collect();
        }
        let path = error.schema_path().to_string();
        let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        let properties = self.written.pointer(parent).and_then(|schema| schema.get("properties"));
        properties
            .and_then(Value::as_object)
            .map(|names| names.keys().cloned().collect())
            .unwrap_or_default()
    }

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

fn unexpected(error: &ValidationError<'_>) -> Vec<String> {
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => unexpected.clone(),
        _ => Vec::new(),
    }
}

fn shortfall(error: &ValidationError<'_>) -> Shortfall {
    let pointer = error.instance_path().to_string();
    let (unexpected, known) = (Vec::new(), Vec::new());
    if let ValidationErrorKind::Required { property } = error.kind() {
        let name = property.as_str().unwrap_or_default();
        return Shortfall {
            pointer,
            expected: format!("a member `{name}`"),
            actual: Some("no such member".to_owned()),
            unexpected,
            known,
        };
    }
    if let Some(inner) = only_branch(error.kind()) {
        return shortfall(inner);
    }
    Shortfall { pointer, expected: expectation(error.kind()), actual: None, unexpected, known }
}

/// The one error that matters where `anyOf` or `oneOf` has a branch with a single, deep complaint.
fn only_branch<'a>(kind: &'a ValidationErrorKind) -> Option<&'a ValidationError<'static>> {
    let (ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context }) =
        kind
    else {
        return None;
    };
    match context.as_slice() {
        [branch] => branch.first(),
        _ => None,
    }
}

/// What a complaint of the schema asks for, in words that read after "expected".
fn expectation(kind: &ValidationErrorKind) -> String {
    use ValidationErrorKind as Kind;
    match kind {
        Kind::Type { kind } => types(kind).join(" or "),
        Kind::Constant { expected_value } => brief(expected_value),
        Kind::Enum { options } => match options.as_array().map(Vec::as_slice) {
            Some([only]) => brief(only),
            Some(several) => {
                format!("one of {}", several.iter().map(brief).collect::<Vec<_>>().join(", "))
            }
            None => brief(options),
        },
        Kind::FalseSchema => "nothing here".to_owned(),
        Kind::Not { schema } => format!("nothing that matches {}", brief(schema)),
        Kind::Pattern { pattern } => format!("text that matches {pattern}"),
        Kind::Format { format } => format!("text in the format {format}"),
        Kind::MinLength { limit: 1 } => "text that is not empty".to_owned(),
        Kind::MinLength { limit } => format!("at least {limit} characters"),
        Kind::MaxLength { limit } => format!("at most {limit} characters"),
        Kind::MinItems { limit } => format!("at least {limit} items"),
        Kind::MaxItems { limit } => format!("at most {limit} items"),
        Kind::MinProperties { limit } => format!("at least {limit} members"),
        Kind::MaxProperties { limit } => format!("at most {limit} members"),
        Kind::Minimum { limit } => format!("a number from {limit} up"),
        Kind::Maximum { limit } => format!("a number up to {limit}"),
        Kind::ExclusiveMinimum { limit } => format!("a number above {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("a number below {limit}"),
        Kind::UniqueItems => "no item twice".to_owned(),
        Kind::Contains => "at least one item of the described kind".to_owned(),
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            format!("no member `{}`", unexpected.join("`, `"))
        }
        Kind::PropertyNames { error } => {
            format!("member names to be {}", expectation(error.kind()))
        }
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => alternatives(context),
        Kind::OneOfMultipleValid { .. } => "exactly one of the alternatives".to_owned(),
        other => format!("what `{}` of the schema asks for", other.keyword()),
    }
}

fn alternatives(context: &[Vec<ValidationError<'static>>]) -> String {
    let mut branches: Vec<String> = context
        .iter()
        .filter_map(|branch| branch.first())
        .map(|error| {
            let expected = shortfall(error).expected;
            match error.instance_path().to_string().as_str() {
                "" => expected,
                pointer => format!("{expected} at {pointer}"),
            }
        })
        .collect();
    branches.dedup();
    branches.join(", or ")
}

fn types(kind: &TypeKind) -> Vec<&'static str> {
    let article = |name: &str| match name {
        "array" => "an array",
        "boolean" => "a boolean",
        "integer" => "an integer",
        "null" => "null",
        "number" => "a number",
        "object" => "an object",
        _ => "a string",
    };
    match kind {
        TypeKind::Single(one) => vec![article(one.as_str())],
        TypeKind::Multiple(set) => set.iter().map(|one| article(one.as_str())).collect(),
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
                None => placeholder(error.kind()),
            }
        }
        other => placeholder(other),
    };
    (pointer, action)
}

fn placeholder(kind: &ValidationErrorKind) -> Action {
    Action::Put(Value::String(format!("‹{}›", expectation(kind))))
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
        remove(root, pointer);
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
                let mut seen = Vec::new();
                items.retain(|item| {
                    !seen.contains(item) && {
                        seen.push(item.clone());
                        true
                    }
                });
            }
        }
        Action::Remove => {}
    }
}

fn remove(root: &mut Value, pointer: &str) {
    let Some((parent, token)) = pointer.rsplit_once('/') else { return };
    let token = token.replace("~1", "/").replace("~0", "~");
    match root.pointer_mut(parent) {
        Some(Value::Object(members)) => {
            members.shift_remove(&token);
        }
        Some(Value::Array(items)) => {
            if let Some(index) = token.parse().ok().filter(|index| *index < items.len()) {
                items.remove(index);
            }
        }
        _ => {}
    }
}

/// The value of another type that says most nearly the same.
fn retyped(value: &Value, kind: &str) -> Value {
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

/// Notes every keyword that JSON Schema does not know.
fn lint(schema: &Value, pointer: String, mistakes: &mut Vec<SchemaMistake>) {
    let members = match schema {
        Value::Object(members) => members,
        Value::Bool(_) => return,
        other => {
            mistakes.push(SchemaMistake {
                pointer,
                message: format!("a schema is an object or a boolean, not {}", type_name(other)),
                remedy: "write `{type: …}`, `{const: …}` or the like".to_owned(),
            });
            return;
        }
    };
    for (keyword, value) in members {
        let pointer = format!("{pointer}/{}", crate::json_diff::escape(keyword));
        match keyword.as_str() {
            name if HOLDS_DATA.contains(&name) => {}
            name if HOLDS_SCHEMA.contains(&name) => lint(value, pointer, mistakes),
            name if HOLDS_LIST.contains(&name) => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    lint(item, format!("{pointer}/{index}"), mistakes);
                }
            }
            name if HOLDS_OBJECT.contains(&name) => {
                for (member, item) in value.as_object().into_iter().flatten() {
                    let member = crate::json_diff::escape(member);
                    lint(item, format!("{pointer}/{member}"), mistakes);
                }
            }
            name => mistakes.push(SchemaMistake {
                pointer,
                message: format!("`{name}` is not a keyword of JSON Schema"),
                remedy: suggestion(
                    name,
                    HOLDS_DATA
                        .iter()
                        .chain(&HOLDS_SCHEMA)
                        .chain(&HOLDS_LIST)
                        .chain(&HOLDS_OBJECT)
                        .copied(),
                ),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Schema, Schemas};
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

    #[test]
    fn a_misspelt_keyword_is_a_mistake() {
        let schemas = Schemas::new(BTreeMap::new()).expect("they register");
        let schema = json!({"properties": {"hash": {"typ": "string"}}});
        let mistakes = schemas.compile(&schema).expect_err("it is wrong");
        assert_eq!(mistakes[0].pointer, "/properties/hash/typ");
        assert_eq!(mistakes[0].remedy, "did you mean `type`?");
    }

    #[test]
    fn a_reference_to_anywhere_else_is_refused_and_never_followed() {
        let schemas = Schemas::new(BTreeMap::new()).expect("they register");
        for reference in ["https://example.com/x.json", "file:///etc/hosts", "other.schema.json"] {
            assert!(schemas.compile(&json!({"$ref": reference})).is_err(), "{reference}");
        }
    }
}
