//! Wording: what a complaint of a schema asks for, in words that read after "expected".

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind};

use super::shortfalls::shortfall;
use crate::value::json::brief;

/// What a complaint of the schema asks for, in words that read after "expected".
pub(super) fn expectation(error: &ValidationError<'_>) -> String {
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

pub(super) fn types(kind: &TypeKind) -> Vec<&'static str> {
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
