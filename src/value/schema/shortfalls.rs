//! Shortfalls: in what a value falls short of a schema, one by one.

use std::collections::HashSet;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::wording::{expectation, types};
use super::{Lack, Schema, Shortfall};
use crate::value::json::type_name;
use crate::value::json_diff::escape;

impl Schema {
    /// Lists every way in which the value falls short.
    #[must_use]
    pub fn shortfalls(&self, value: &Value) -> Vec<Shortfall> {
        self.first_shortfalls(value, usize::MAX).0
    }

    /// Lists the first ways in which the value falls short, and counts the rest.
    #[must_use]
    pub fn first_shortfalls(&self, value: &Value, limit: usize) -> (Vec<Shortfall>, usize) {
        let mut errors = self.validator.iter_errors(value);
        let first = errors
            .by_ref()
            .take(limit)
            .map(|error| {
                let shortfall = shortfall(&error);
                let mut known = choices(error.kind());
                if known.is_empty() {
                    known = self.members(&error);
                }
                let note = self.note(&shortfall).map(first_sentence);
                Shortfall { known, note, ..shortfall }
            })
            .collect();
        (first, errors.count())
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
            .and_then(|reference| {
                let fragment = percent_decode_str(reference.strip_prefix('#')?).decode_utf8_lossy();
                self.written.pointer(&fragment)
            })
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
    // Where both lists and objects may stand, a number is most likely an index.
    let item = schema.get("items").filter(|_| token.parse::<usize>().is_ok());
    let token = token.replace("~1", "/").replace("~0", "~");
    let member = schema.get("properties").and_then(|members| members.get(token));
    item.or(member).or_else(|| schema.get("additionalProperties"))
}

pub(super) fn shortfall(error: &ValidationError<'_>) -> Shortfall {
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
            let Some(mut names) = missing.collect::<Option<Vec<String>>>() else {
                return Lack::Value;
            };
            // Several branches may want the same member.
            let mut seen = HashSet::new();
            names.retain(|name| seen.insert(name.clone()));
            match <[String; 1]>::try_from(names) {
                Ok([name]) => Lack::Member(name),
                Err(names) => Lack::OneOf(names),
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

#[cfg(test)]
mod tests {
    use crate::value::schema::Schemas;
    use rstest::rstest;
    use serde_json::json;
    use std::collections::BTreeMap;

    /// What several alternatives want alike is told once.
    #[rstest]
    #[case(&["success", "success"], "a member `success`")]
    #[case(&["hash", "status", "hash"], "one of the members `hash`, `status`")]
    fn what_alternatives_lack_is_told_once(#[case] wanted: &[&str], #[case] expected: &str) {
        let branches = wanted.iter().map(|name| json!({"required": [name]}));
        let schema = json!({"anyOf": branches.collect::<Vec<_>>()});
        let schemas = Schemas::new(BTreeMap::new()).expect("there are none");
        let shortfalls = schemas.compile(&schema).expect("it compiles").shortfalls(&json!({}));
        let told: Vec<&str> = shortfalls.iter().map(|one| one.expected.as_str()).collect();
        assert_eq!(told, [expected]);
    }
}
