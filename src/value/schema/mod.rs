//! JSON Schema: what an answer has to look like.
//!
//! The home of `jsonschema`. Schemas are compiled once, at load; `$ref` resolves only among the
//! named schemas and never opens a file or a URL. Misspelt keywords are mistakes, because JSON
//! Schema itself would let them pass in silence.
//!
//! The words are here; what is done with them stands in a file each: `compiling` makes a [`Schema`]
//! of what was written, `linter` finds what is wrong with it, `shortfalls` lists in what a value
//! falls short of it, `wording` says what it asks for, and `nearest` builds the nearest value that
//! would do.

mod circles;
mod compiling;
mod linter;
mod nearest;
mod shortfalls;
mod wording;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use jsonschema::{Registry, Validator};
use serde_json::Value;

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
pub struct SchemaDiagnostic {
    /// JSON Pointer into the schema.
    pub pointer: String,
    /// What is wrong, in one line.
    pub message: String,
    /// What would have been right.
    pub remedy: String,
    /// Whether it is about the name at the end of the pointer rather than about the value there.
    pub is_about_name: bool,
}

impl SchemaDiagnostic {
    /// What is wrong with the value at a pointer.
    pub(crate) fn new(
        pointer: impl Into<String>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> SchemaDiagnostic {
        let (pointer, message, remedy) = (pointer.into(), message.into(), remedy.into());
        SchemaDiagnostic { pointer, message, remedy, is_about_name: false }
    }
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
    /// What is lacking.
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
}

/// The member that a JSON Pointer is about: its last name that is no index.
pub(crate) fn name_of(pointer: &str) -> Option<&str> {
    let is_name = |token: &&str| !token.is_empty() && token.parse::<usize>().is_err();
    pointer.split('/').rev().find(is_name)
}

#[cfg(test)]
mod tests {
    use super::Schemas;
    use rstest::rstest;
    use serde_json::Value;
    use std::collections::BTreeMap;

    #[rstest]
    #[case(r#"{"const": 1}"#, "1.0", true)]
    #[case(r#"{"const": 1}"#, "1e0", true)]
    #[case(r#"{"const": 0.1}"#, "1e-1", true)]
    #[case(r#"{"const": 12}"#, "120e-1", true)]
    #[case(r#"{"const": 9007199254740992}"#, "9007199254740993", false)]
    #[case(r#"{"const": 9007199254740993}"#, "9007199254740993", true)]
    #[case(r#"{"const": 9007199254740992.0}"#, "9007199254740993", false)]
    #[case(r#"{"enum": [9007199254740992, 3]}"#, "9007199254740993", false)]
    #[case(r#"{"enum": ["x", 3]}"#, "3.0", true)]
    #[case(r#"{"const": {"a": [9007199254740992]}}"#, r#"{"a": [9007199254740993]}"#, false)]
    #[case(r#"{"const": {"a": [1]}}"#, r#"{"a": [1.0]}"#, true)]
    #[case(r#"{"const": 1}"#, "1e400", false)]
    #[case(r#"{"uniqueItems": true}"#, "[1, 1.0]", false)]
    #[case(r#"{"uniqueItems": true}"#, "[9007199254740992, 9007199254740993]", true)]
    #[case(r#"{"type": "integer"}"#, "12.0", true)]
    #[case(r#"{"type": "integer"}"#, "1.2e1", true)]
    #[case(r#"{"type": "integer"}"#, "12.5", false)]
    #[case(r#"{"type": "integer"}"#, "18446744073709551617", true)]
    #[case(r#"{"type": "number"}"#, "1e400", true)]
    #[case(r#"{"minimum": 9007199254740993}"#, "9007199254740992", false)]
    #[case(r#"{"maximum": 9007199254740992}"#, "9007199254740993", false)]
    #[case(r#"{"minimum": 1}"#, "1e400", true)]
    #[case(r#"{"maximum": 1}"#, "1e400", false)]
    #[case(r#"{"multipleOf": 0.1}"#, "0.3", true)]
    fn numbers_are_judged_as_they_are_written(
        #[case] schema: &str,
        #[case] value: &str,
        #[case] expected: bool,
    ) {
        let schemas = Schemas::new(BTreeMap::new()).expect("they register");
        let parse = |text: &str| -> Value { serde_json::from_str(text).expect("it is JSON") };
        let schema = schemas.compile(&parse(schema)).expect("it compiles");
        assert_eq!(schema.accepts(&parse(value)), expected);
        assert_eq!(schema.shortfalls(&parse(value)).is_empty(), expected);
    }

    /// `jsonschema` reads them as doubles, and would take other numbers for them.
    #[rstest]
    #[case(r#"{"const": 18446744073709551617}"#, "/const")]
    #[case(
        r#"{"properties": {"a": {"enum": [1, [0.10000000000000000001]]}}}"#,
        "/properties/a/enum"
    )]
    #[case(r#"{"minimum": 1e400}"#, "/minimum")]
    fn a_number_that_a_schema_does_not_hold_is_a_mistake(
        #[case] schema: &str,
        #[case] pointer: &str,
    ) {
        let schemas = Schemas::new(BTreeMap::new()).expect("they register");
        let schema: Value = serde_json::from_str(schema).expect("it is JSON");
        let mistakes = schemas.compile(&schema).expect_err("it is wrong");
        assert_eq!(mistakes[0].pointer, pointer);
        assert!(mistakes[0].message.ends_with("is no number that a schema holds exactly"));
    }
}
