//! Compiling: from a schema as written to one that judges, with what was compiled before at hand.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jsonschema::error::ValidationErrorKind;
use jsonschema::{PatternOptions, Registry, Resource, ValidationError};
use serde_json::Value;

use super::linter::Linter;
use super::shortfalls::shortfall;
use super::{Schema, SchemaDiagnostic, Schemas, name_of};
use crate::value::diagnostics::suggestion;
use crate::value::json::brief;

/// Where relative references between schemas resolve; nothing is ever fetched from it.
const BASE: &str = "panel-conformance:///schemas/";

impl Schemas {
    /// Takes the named schemas.
    ///
    /// # Errors
    ///
    /// Lists what is wrong with which schema; the name is empty where it is no single one.
    pub fn new(named: BTreeMap<String, Value>) -> Result<Schemas, Vec<(String, SchemaDiagnostic)>> {
        let diagnostics: Vec<(String, SchemaDiagnostic)> = named
            .iter()
            .flat_map(|(name, schema)| {
                Linter::lint(schema, &named)
                    .into_iter()
                    .map(|diagnostic| (name.clone(), diagnostic))
            })
            .collect();
        if diagnostics.is_empty() { Schemas::register(named) } else { Err(diagnostics) }
    }

    fn register(
        named: BTreeMap<String, Value>,
    ) -> Result<Schemas, Vec<(String, SchemaDiagnostic)>> {
        let refused = |name: &str, message: String| {
            vec![(
                name.to_owned(),
                SchemaDiagnostic::new("", message, "see json-schema.org, draft 2020-12"),
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
    pub fn compile_named(&self, name: &str) -> Result<Schema, Vec<SchemaDiagnostic>> {
        let Some(schema) = self.named.get(name) else {
            let message = format!("there is no schema `{name}`");
            let remedy = suggestion(name, self.names());
            return Err(vec![SchemaDiagnostic::new("", message, remedy)]);
        };
        self.compile(schema)
    }

    /// Compiles a schema.
    ///
    /// # Errors
    ///
    /// Lists every misspelt keyword, and otherwise the first thing that JSON Schema refuses.
    pub fn compile(&self, schema: &Value) -> Result<Schema, Vec<SchemaDiagnostic>> {
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

    fn compile_anew(&self, schema: &Value) -> Result<Schema, Vec<SchemaDiagnostic>> {
        let diagnostics = Linter::lint(schema, &self.named);
        if !diagnostics.is_empty() {
            return Err(diagnostics);
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

/// The engine whose time does not explode, which a pattern of ECMA 262 may ask too much of.
const REGEX: &str = "patterns are those of Rust's `regex`, without look-around and back-references; see docs.rs/regex";

/// Why JSON Schema itself refuses a schema.
fn no_schema(error: &ValidationError<'_>) -> SchemaDiagnostic {
    let shortfall = shortfall(error);
    let keyword = name_of(&shortfall.pointer).unwrap_or("schema");
    let instance = brief(error.instance());
    let (message, remedy) = match error.kind() {
        ValidationErrorKind::Format { format } if format == "regex" => {
            (format!("`{instance}` is not a regular expression"), REGEX.to_owned())
        }
        ValidationErrorKind::Referencing(error) => {
            (format!("this is not a JSON Schema: {error}"), String::new())
        }
        _ => (
            format!("`{instance}` is not a valid `{keyword}`"),
            format!("expected {}", shortfall.expected),
        ),
    };
    SchemaDiagnostic::new(shortfall.pointer, message, remedy)
}

#[cfg(test)]
mod tests {
    use super::REGEX;
    use crate::value::schema::Schemas;
    use rstest::rstest;
    use serde_json::{Value, json};
    use std::collections::BTreeMap;

    #[test]
    fn a_misspelt_keyword_is_a_mistake() {
        let schemas = Schemas::new(BTreeMap::new()).expect("they register");
        let schema = json!({"properties": {"hash": {"typ": "string"}}});
        let diagnostics = schemas.compile(&schema).expect_err("it is wrong");
        assert_eq!(diagnostics[0].pointer, "/properties/hash/typ");
        assert_eq!(diagnostics[0].remedy, "did you mean `type`?");
    }

    #[rstest]
    #[case(json!({"format": "datetime"}), "/format", "there is no format `datetime` that is checked", "did you mean `date-time`?")]
    #[case(json!({"format": "idn-email"}), "/format", "there is no format `idn-email` that is checked", "did you mean `email`?")]
    #[case(json!({"contentEncoding": "base64"}), "/contentEncoding", "`contentEncoding` checks nothing without `pattern`", "add `pattern`, or leave `contentEncoding` out")]
    #[case(json!({"items": {"then": {"type": "string"}}}), "/items/then", "`then` checks nothing without `if`", "add `if`, or leave `then` out")]
    #[case(json!({"minContains": 2}), "/minContains", "`minContains` checks nothing without `contains`", "add `contains`, or leave `minContains` out")]
    #[case(json!({"pattern": "^(?=a)"}), "/pattern", "`\"^(?=a)\"` is not a regular expression", REGEX)]
    #[case(json!({"pattern": "(a)\\1"}), "/pattern", "`\"(a)\\\\1\"` is not a regular expression", REGEX)]
    #[case(json!({"$ref": "#/$defs/a%20c", "$defs": {"a b": {}}}), "/$ref", "`#/$defs/a%20c` leads nowhere", "refer to what stands in the schema, such as `#/$defs/name`")]
    fn what_would_check_nothing_is_a_mistake(
        #[case] schema: Value,
        #[case] pointer: &str,
        #[case] message: &str,
        #[case] remedy: &str,
    ) {
        let schemas = Schemas::new(BTreeMap::new()).expect("they register");
        let found = schemas.compile(&schema).expect_err("it is wrong");
        let found: Vec<_> =
            found.iter().map(|one| [&*one.pointer, &*one.message, &*one.remedy]).collect();
        assert_eq!(found, [[pointer, message, remedy]]);
    }

    #[test]
    fn a_reference_may_be_percent_encoded() {
        let named = BTreeMap::from([("n".to_owned(), json!({"$defs": {"ä ~/%": {"const": 1}}}))]);
        let schemas = Schemas::new(named).expect("they register");
        for reference in ["#/$defs/%C3%A4%20~0~1%25", "n.schema.json#/$defs/%c3%a4%20~0~1%25"] {
            let schema = json!({"$ref": reference, "$defs": {"ä ~/%": {"const": 1}}});
            let schema = schemas.compile(&schema).expect("it compiles");
            assert!(schema.accepts(&json!(1)) && !schema.accepts(&json!(2)), "{reference}");
        }
    }

    #[test]
    fn a_reference_to_anywhere_else_is_refused_and_never_followed() {
        let schemas = Schemas::new(BTreeMap::new()).expect("they register");
        for reference in ["https://example.com/x.json", "file:///etc/hosts", "other.schema.json"] {
            assert!(schemas.compile(&json!({"$ref": reference})).is_err(), "{reference}");
        }
    }
}
