//! JSON Schema: what an answer has to look like.
//!
//! The home of `jsonschema`. Schemas are compiled once, at load; `$ref` resolves only among the
//! named schemas and never opens a file or a URL. Misspelt keywords are mistakes, because JSON
//! Schema itself would let them pass in silence.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{PatternOptions, Registry, Resource, ValidationError, Validator};
use serde_json::{Value, json};

use crate::json::{brief, type_name};
use crate::json_diff::escape;
use crate::mistake::suggestion;

/// Where relative references between schemas resolve; nothing is ever fetched from it.
const BASE: &str = "panel-conformance:///schemas/";

/// The named schemas, which other schemas may refer to as `<name>.schema.json`.
#[derive(Debug)]
pub struct Schemas {
    named: BTreeMap<String, Value>,
    registry: Registry<'static>,
    /// What was compiled before, by its text: many checks ask for the same.
    compiled: Mutex<HashMap<String, Schema>>,
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
    /// Lists what is wrong with which schema; the name is empty where it is no single one.
    pub fn new(named: BTreeMap<String, Value>) -> Result<Schemas, Vec<(String, SchemaMistake)>> {
        let mistakes: Vec<(String, SchemaMistake)> = named
            .iter()
            .flat_map(|(name, schema)| {
                Linter::lint(schema, &named).into_iter().map(|mistake| (name.clone(), mistake))
            })
            .collect();
        if mistakes.is_empty() { Schemas::register(named) } else { Err(mistakes) }
    }

    fn register(named: BTreeMap<String, Value>) -> Result<Schemas, Vec<(String, SchemaMistake)>> {
        let refused = |name: &str, message: String| {
            vec![(
                name.to_owned(),
                SchemaMistake {
                    pointer: String::new(),
                    message,
                    remedy: "see json-schema.org, draft 2020-12".to_owned(),
                },
            )]
        };
        let mut registry = Registry::new();
        for (name, schema) in &named {
            registry = registry
                .add(format!("{BASE}{name}.schema.json"), Resource::from_contents(schema.clone()))
                .map_err(|error| refused(name, error.to_string()))?;
        }
        let registry = registry.prepare().map_err(|error| refused("", error.to_string()))?;
        Ok(Schemas { named, registry, compiled: Mutex::default() })
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
        let key = schema.to_string();
        let known = self.compiled.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let compiled = self.compile_anew(schema)?;
        let mut cache = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        cache.insert(key, compiled.clone());
        Ok(compiled)
    }

    fn compile_anew(&self, schema: &Value) -> Result<Schema, Vec<SchemaMistake>> {
        let mistakes = Linter::lint(schema, &self.named);
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
            .map_err(|error| vec![no_schema(&error)])?;
        Ok(Schema { validator: Arc::new(validator), written: Arc::new(schema.clone()) })
    }
}

/// Why JSON Schema itself refuses a schema.
fn no_schema(error: &ValidationError<'_>) -> SchemaMistake {
    let shortfall = shortfall(error);
    let keyword = name_of(&shortfall.pointer).unwrap_or("schema");
    let instance = brief(error.instance());
    let (message, remedy) = match error.kind() {
        ValidationErrorKind::Format { format } if format == "regex" => (
            format!("`{instance}` is not a regular expression"),
            "see docs.rs/regex for what it may hold".to_owned(),
        ),
        ValidationErrorKind::Referencing(error) => {
            (format!("this is not a JSON Schema: {error}"), String::new())
        }
        _ => (
            format!("`{instance}` is not a valid `{keyword}`"),
            format!("expected {}", shortfall.expected),
        ),
    };
    SchemaMistake { pointer: shortfall.pointer, message, remedy }
}

/// The member that a JSON Pointer is about: its last name that is no index.
#[must_use]
pub fn name_of(pointer: &str) -> Option<&str> {
    let is_name = |token: &&str| !token.is_empty() && token.parse::<usize>().is_err();
    pointer.split('/').rev().find(is_name)
}

/// A compiled schema.
#[derive(Debug, Clone)]
pub struct Schema {
    validator: Arc<Validator>,
    written: Arc<Value>,
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
    /// What kind of trouble it is.
    pub lack: Lack,
    /// Members, or values, that the schema knows there.
    pub known: Vec<String>,
    /// What the schema says of the place to whoever writes the value.
    pub note: Option<String>,
}

/// In what way a value falls short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lack {
    /// This member is missing.
    Member(String),
    /// All of these members are missing, of which one is asked for.
    OneOf(Vec<String>),
    /// These members stand side by side, though they exclude each other.
    NotAll(Vec<String>),
    /// These members are unknown.
    Unknown(Vec<String>),
    /// This member has a name of the wrong form.
    Name(String),
    /// The value is of another type than these.
    Type(Vec<&'static str>),
    /// The value is of the right type, and none of those that may stand here.
    Value,
    /// There is too much or too little of it.
    Amount,
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
        *self.written == Value::Bool(false)
    }

    /// Lists every way in which the value falls short.
    #[must_use]
    pub fn shortfalls(&self, value: &Value) -> Vec<Shortfall> {
        self.validator
            .iter_errors(value)
            .map(|error| {
                let shortfall = shortfall(&error);
                let mut known = choices(error.kind());
                if known.is_empty() {
                    known = self.members(&error);
                }
                let note = self.note(&shortfall).map(first_sentence);
                Shortfall { known, note, ..shortfall }
            })
            .collect()
    }

    /// The description nearest to a shortfall.
    fn note(&self, shortfall: &Shortfall) -> Option<String> {
        let place = match &shortfall.lack {
            Lack::Member(name) => format!("{}/{}", shortfall.pointer, escape(name)),
            _ => shortfall.pointer.clone(),
        };
        let mut schema = self.followed(&self.written);
        let mut note = description(schema);
        for token in place.split('/').skip(1) {
            let Some(below) = below(schema, token) else { break };
            schema = self.followed(below);
            let own = description(below).or_else(|| description(schema));
            note = own.or(note);
        }
        let names = || schema.get("propertyNames").and_then(description);
        if matches!(shortfall.lack, Lack::Name(_)) { names().or(note) } else { note }
    }

    /// The schema that a schema refers to within itself; otherwise the schema.
    fn followed<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let reference = schema.get("$ref").and_then(Value::as_str);
        reference
            .and_then(|reference| self.written.pointer(reference.strip_prefix('#')?))
            .unwrap_or(schema)
    }

    /// The members that the schema knows at the place of a complaint.
    fn members(&self, error: &ValidationError<'_>) -> Vec<String> {
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

fn description(schema: &Value) -> Option<String> {
    schema.get("description").and_then(Value::as_str).map(str::to_owned)
}

fn first_sentence(text: String) -> String {
    match text.split_once(". ") {
        Some((first, _)) => format!("{first}."),
        None => text,
    }
}

/// The schema of a member or an item.
fn below<'a>(schema: &'a Value, token: &str) -> Option<&'a Value> {
    let token = token.replace("~1", "/").replace("~0", "~");
    let member = schema.get("properties").and_then(|members| members.get(token));
    member.or_else(|| schema.get("additionalProperties")).or_else(|| schema.get("items"))
}

fn shortfall(error: &ValidationError<'_>) -> Shortfall {
    if let Some(inner) = only_branch(error) {
        return shortfall(inner);
    }
    let lack = lack(error);
    let missing = match &lack {
        Lack::Member(name) => Some(format!("a member `{name}`")),
        Lack::OneOf(names) => Some(format!("one of the members `{}`", names.join("`, `"))),
        _ => None,
    };
    Shortfall {
        pointer: error.instance_path().to_string(),
        actual: missing.as_ref().map(|_| "no such member".to_owned()),
        expected: missing.unwrap_or_else(|| expectation(error)),
        lack,
        known: Vec::new(),
        note: None,
    }
}

fn lack(error: &ValidationError<'_>) -> Lack {
    use ValidationErrorKind as Kind;
    match error.kind() {
        Kind::Required { property } => Lack::Member(property.as_str().unwrap_or_default().into()),
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            Lack::Unknown(unexpected.clone())
        }
        Kind::PropertyNames { error } => {
            Lack::Name(error.instance().as_str().unwrap_or_default().to_owned())
        }
        Kind::Type { kind } => Lack::Type(types(kind)),
        Kind::Not { schema } => match schema.get("required").and_then(Value::as_array) {
            Some(names) => {
                let names = names.iter().filter_map(Value::as_str);
                Lack::NotAll(names.map(str::to_owned).collect())
            }
            None => Lack::Value,
        },
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            let missing = context.iter().map(|branch| match branch.first().map(|e| e.kind()) {
                Some(Kind::Required { property }) => property.as_str().map(str::to_owned),
                _ => None,
            });
            match missing.collect::<Option<Vec<String>>>() {
                Some(names) => Lack::OneOf(names),
                None => Lack::Value,
            }
        }
        Kind::Constant { .. } | Kind::Enum { .. } | Kind::Pattern { .. } | Kind::Format { .. } => {
            Lack::Value
        }
        _ => Lack::Amount,
    }
}

/// The one complaint that matters where only one branch of `anyOf` or `oneOf` was meant: the only
/// one there is, or the only one for values of this type.
fn only_branch<'a>(error: &'a ValidationError<'_>) -> Option<&'a ValidationError<'static>> {
    let (ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context }) =
        error.kind()
    else {
        return None;
    };
    let at = error.instance_path().as_str();
    let mut meant = context.iter().filter(|branch| !are_of_another_type(branch, at));
    match (context.as_slice(), meant.next(), meant.next()) {
        ([branch], ..) | (_, Some(branch), None) => branch.first(),
        _ => None,
    }
    .filter(|inner| !matches!(inner.kind(), ValidationErrorKind::Required { .. }))
}

/// Whether one of the complaints is that the value at this pointer is of another type.
fn are_of_another_type(errors: &[ValidationError<'static>], at: &str) -> bool {
    use ValidationErrorKind as Kind;
    errors.iter().filter(|error| error.instance_path().as_str() == at).any(|error| {
        let differs = |option: &Value| type_name(option) != type_name(error.instance());
        match error.kind() {
            Kind::Type { .. } => true,
            Kind::Constant { expected_value } => differs(expected_value),
            Kind::Enum { options } => options.as_array().is_some_and(|all| all.iter().all(differs)),
            Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
                context.iter().all(|branch| are_of_another_type(branch, at))
            }
            _ => false,
        }
    })
}

/// The texts that may stand where a value is complained of.
fn choices(kind: &ValidationErrorKind) -> Vec<String> {
    use ValidationErrorKind as Kind;
    match kind {
        Kind::Constant { expected_value } => {
            expected_value.as_str().map(str::to_owned).into_iter().collect()
        }
        Kind::Enum { options } => {
            let options = options.as_array().into_iter().flatten();
            options.filter_map(Value::as_str).map(str::to_owned).collect()
        }
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            context.iter().flatten().flat_map(|error| choices(error.kind())).collect()
        }
        _ => Vec::new(),
    }
}

/// What a complaint of the schema asks for, in words that read after "expected".
fn expectation(error: &ValidationError<'_>) -> String {
    use ValidationErrorKind as Kind;
    match error.kind() {
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
        Kind::Not { schema } => match schema.get("const") {
            Some(value) => format!("anything but {}", brief(value)),
            None => format!("nothing that matches {}", brief(schema)),
        },
        Kind::Pattern { pattern } => format!("text that matches {pattern}"),
        Kind::Format { format } => format!("text in the format {format}"),
        Kind::MinLength { limit: 1 } => "text that is not empty".to_owned(),
        Kind::MinLength { limit } => format!("at least {}", count(*limit, "character")),
        Kind::MaxLength { limit } => format!("at most {}", count(*limit, "character")),
        Kind::MinItems { limit } => format!("at least {}", count(*limit, "item")),
        Kind::MaxItems { limit } => format!("at most {}", count(*limit, "item")),
        Kind::MinProperties { limit } => format!("at least {}", count(*limit, "member")),
        Kind::MaxProperties { limit } => format!("at most {}", count(*limit, "member")),
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
            format!("member names to be {}", expectation(error))
        }
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            alternatives(context, error.instance_path().as_str())
        }
        Kind::OneOfMultipleValid { .. } => "exactly one of the alternatives".to_owned(),
        other => format!("what `{}` of the schema asks for", other.keyword()),
    }
}

fn count(number: u64, noun: &str) -> String {
    match number {
        1 => format!("one {noun}"),
        number => format!("{number} {noun}s"),
    }
}

fn alternatives(context: &[Vec<ValidationError<'static>>], at: &str) -> String {
    let mut branches: Vec<String> = context
        .iter()
        .filter_map(|branch| branch.first())
        .map(|error| {
            let shortfall = shortfall(error);
            match shortfall.pointer.strip_prefix(at).unwrap_or_default() {
                "" => shortfall.expected,
                below => format!("{} at {below}", shortfall.expected),
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

const TYPES: [&str; 7] = ["array", "boolean", "integer", "null", "number", "object", "string"];
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Finds what JSON Schema would let pass in silence, or refuse in words that help nobody:
/// misspelt keywords and types, references that lead nowhere.
struct Linter<'a> {
    root: &'a Value,
    named: &'a BTreeMap<String, Value>,
    mistakes: Vec<SchemaMistake>,
}

impl<'a> Linter<'a> {
    fn lint(root: &'a Value, named: &'a BTreeMap<String, Value>) -> Vec<SchemaMistake> {
        let mut linter = Linter { root, named, mistakes: Vec::new() };
        linter.schema(root, "");
        linter.mistakes
    }

    fn note(&mut self, pointer: &str, message: String, remedy: impl Into<String>) {
        let (pointer, remedy) = (pointer.to_owned(), remedy.into());
        self.mistakes.push(SchemaMistake { pointer, message, remedy });
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
            self.keyword(keyword, value, &format!("{pointer}/{}", escape(keyword)));
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
            self.note(pointer, format!("`{keyword}` is not a keyword of JSON Schema"), remedy);
        }
    }

    fn data(&mut self, keyword: &str, value: &Value, pointer: &str) {
        let Some(text) = value.as_str() else { return };
        match keyword {
            "type" if !TYPES.contains(&text) => self.note(
                pointer,
                format!("there is no type `{text}` in JSON"),
                suggestion(text, TYPES),
            ),
            "$ref" => self.reference(text, pointer),
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

    fn reference(&mut self, reference: &str, pointer: &str) {
        let (file, fragment) = reference.split_once('#').unwrap_or((reference, ""));
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
