//! `${name}` in case files and fixtures: parsed at load, resolved when a step is built.
//!
//! Does not know where values come from: the caller looks them up. A reference that stands alone
//! keeps the JSON type of its value; a value that is not there is never an empty string.

use std::borrow::Cow;
use std::fmt;

use serde_json::{Map, Value};

use super::diagnostics::suggestion;
use super::filter::{self, FILTERS, Filter, FilterKind};
use super::token::Token;
use crate::model::reason::EarlierStep;

/// A value as written, in which texts may refer to other values.
#[derive(Debug, Clone, PartialEq)]
pub enum Template {
    /// A text, possibly with references.
    Text(Text),
    /// A value without references.
    Plain(Value),
    /// A list of templates.
    List(Vec<Template>),
    /// An object of templates.
    Object(Vec<(String, Template)>),
}

/// A text as written: literal pieces and references.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Literal(String),
    Reference(Reference),
}

/// `${first.hash | drop-last}`, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The step or fixture it refers to: `first`.
    pub head: String,
    /// The member names below it: `["hash"]`.
    pub path: Vec<String>,
    /// What is done to the value.
    pub filter: Option<&'static Filter>,
}

/// Why a text refers to nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// It is not of the right form.
    #[error("`{0}` is not of the form `step.member` or `fixture.member`")]
    Form(String),
    /// A brace is never closed.
    #[error("`{0}` has no closing brace")]
    Unclosed(String),
    /// There is no such filter.
    #[error("there is no filter `{name}`")]
    UnknownFilter {
        /// The name.
        name: String,
        /// Which was likely meant.
        remedy: String,
    },
}

impl ReferenceError {
    /// What would have been right, as far as the text itself tells.
    pub(crate) fn remedy(&self) -> Option<&str> {
        match self {
            ReferenceError::UnknownFilter { remedy, .. } => Some(remedy),
            ReferenceError::Form(_) | ReferenceError::Unclosed(_) => None,
        }
    }
}

impl Reference {
    /// Parses what stands between the braces, or a bare `step.member` of a keyword.
    ///
    /// # Errors
    ///
    /// Says in one line what is wrong.
    pub fn parse(text: &str) -> Result<Reference, ReferenceError> {
        let (path, filter) = match text.split_once('|') {
            Some((path, name)) => (path.trim(), Some(filter_named(name.trim())?)),
            None => (text.trim(), None),
        };
        let mut names = path.split('.').map(str::to_owned);
        let head = names.next().unwrap_or_default();
        let path: Vec<String> = names.collect();
        let is_name = |name: &String| {
            !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_-".contains(c))
        };
        if !is_name(&head) || !path.iter().all(is_name) {
            return Err(ReferenceError::Form(text.to_owned()));
        }
        Ok(Reference { head, path, filter })
    }

    /// Whether the value is changed into another one.
    #[must_use]
    pub fn is_near_miss(&self) -> bool {
        self.filter.is_some_and(|filter| filter.kind == FilterKind::NearMiss)
    }

    /// The value below `root` that the path names; a number in the path is an index of a list.
    #[must_use]
    pub fn walk<'a>(&self, root: &'a Value) -> Option<&'a Value> {
        self.path.iter().try_fold(root, |value, name| match value {
            Value::Object(members) => members.get(name),
            Value::Array(items) => items.get(name.parse::<usize>().ok()?),
            _ => None,
        })
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.head)?;
        for name in &self.path {
            write!(f, ".{name}")?;
        }
        match self.filter {
            Some(filter) => write!(f, " | {}", filter.name),
            None => Ok(()),
        }
    }
}

fn filter_named(name: &str) -> Result<&'static Filter, ReferenceError> {
    filter::by_name(name).ok_or_else(|| ReferenceError::UnknownFilter {
        name: name.to_owned(),
        remedy: suggestion(name, FILTERS.iter().map(|filter| filter.name)),
    })
}

/// As written, with the form of JSON.
impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |text: String| Value::String(text).to_string();
        let listed = |items: Vec<String>| items.join(", ");
        match self {
            Template::Text(text) => f.write_str(&quoted(text.to_string())),
            Template::Plain(value) => write!(f, "{value}"),
            Template::List(items) => {
                write!(f, "[{}]", listed(items.iter().map(Template::to_string).collect()))
            }
            Template::Object(members) => {
                let member = |(name, value): &(String, Template)| {
                    format!("{}: {value}", quoted(name.clone()))
                };
                write!(f, "{{{}}}", listed(members.iter().map(member).collect()))
            }
        }
    }
}

/// As written.
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|piece| match piece {
            Piece::Literal(text) => f.write_str(&text.replace("${", "$${")),
            Piece::Reference(reference) => write!(f, "${{{reference}}}"),
        })
    }
}

/// Looks up the unfiltered value of a reference.
pub(crate) type Lookup<'a> = &'a dyn Fn(&Reference) -> Result<&'a Value, EarlierStep>;

impl Template {
    /// Parses the references in every text of a value.
    ///
    /// # Errors
    ///
    /// Lists what is wrong, each with the JSON Pointer of the text.
    pub fn parse(value: &Value) -> Result<Template, Vec<(String, ReferenceError)>> {
        let mut diagnostics = Vec::new();
        let template = build(value, "", &mut diagnostics);
        if diagnostics.is_empty() { Ok(template) } else { Err(diagnostics) }
    }

    /// Puts values in the place of references.
    ///
    /// # Errors
    ///
    /// The first reference that has no value.
    pub fn resolve<'t, 'a: 't>(
        &'t self,
        lookup: Lookup<'a>,
    ) -> Result<Cow<'t, Value>, EarlierStep> {
        match self {
            Template::Plain(value) => Ok(Cow::Borrowed(value)),
            Template::Text(text) => text.resolve(lookup),
            Template::List(items) => items
                .iter()
                .map(|item| item.resolve(lookup).map(Cow::into_owned))
                .collect::<Result<_, _>>()
                .map(|items| Cow::Owned(Value::Array(items))),
            Template::Object(members) => members
                .iter()
                .map(|(name, member)| Ok((name.clone(), member.resolve(lookup)?.into_owned())))
                .collect::<Result<Map<_, _>, EarlierStep>>()
                .map(|members| Cow::Owned(Value::Object(members))),
        }
    }

    /// All references, in the order they stand.
    #[must_use]
    pub fn references(&self) -> Vec<&Reference> {
        match self {
            Template::Plain(_) => Vec::new(),
            Template::Text(text) => text.references(),
            Template::List(items) => items.iter().flat_map(Template::references).collect(),
            Template::Object(members) => {
                members.iter().flat_map(|(_, member)| member.references()).collect()
            }
        }
    }
}

fn build(
    value: &Value,
    pointer: &str,
    diagnostics: &mut Vec<(String, ReferenceError)>,
) -> Template {
    match value {
        Value::String(text) => match Text::parse(text) {
            Ok(text) => Template::Text(text),
            Err(message) => {
                diagnostics.push((pointer.to_owned(), message));
                Template::Plain(Value::Null)
            }
        },
        Value::Array(items) => Template::List(
            items
                .iter()
                .enumerate()
                .map(|(index, item)| build(item, &format!("{pointer}/{index}"), diagnostics))
                .collect(),
        ),
        Value::Object(members) => Template::Object(
            members
                .iter()
                .map(|(name, member)| {
                    let pointer = format!("{pointer}/{}", crate::value::json_diff::escape(name));
                    (name.clone(), build(member, &pointer, diagnostics))
                })
                .collect(),
        ),
        plain => Template::Plain(plain.clone()),
    }
}

impl Text {
    /// Parses the references of a text; `$${` stands for a literal `${`.
    ///
    /// # Errors
    ///
    /// Says in one line what is wrong.
    pub fn parse(text: &str) -> Result<Text, ReferenceError> {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(at) = rest.find("${") {
            if rest[..at].ends_with('$') {
                literal.push_str(&rest[..at]);
                literal.push('{');
                rest = &rest[at + 2..];
                continue;
            }
            literal.push_str(&rest[..at]);
            let Some(end) = rest[at..].find('}') else {
                return Err(ReferenceError::Unclosed(rest[at..].to_owned()));
            };
            if !literal.is_empty() {
                pieces.push(Piece::Literal(std::mem::take(&mut literal)));
            }
            pieces.push(Piece::Reference(Reference::parse(&rest[at + 2..at + end])?));
            rest = &rest[at + end + 1..];
        }
        literal.push_str(rest);
        if !literal.is_empty() || pieces.is_empty() {
            pieces.push(Piece::Literal(literal));
        }
        Ok(Text(pieces))
    }

    /// The value: of its own type where one reference stands alone, a string otherwise.
    ///
    /// # Errors
    ///
    /// The first reference that has no value.
    pub fn resolve<'a>(&self, lookup: Lookup<'a>) -> Result<Cow<'a, Value>, EarlierStep> {
        if let [Piece::Reference(reference)] = self.0.as_slice() {
            return resolve(reference, lookup);
        }
        let mut text = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Literal(literal) => text.push_str(literal),
                Piece::Reference(reference) => match &*resolve(reference, lookup)? {
                    Value::String(value) => text.push_str(value),
                    value => text.push_str(&value.to_string()),
                },
            }
        }
        Ok(Cow::Owned(Value::String(text)))
    }

    /// All references, in the order they stand.
    #[must_use]
    pub fn references(&self) -> Vec<&Reference> {
        self.0
            .iter()
            .filter_map(|piece| match piece {
                Piece::Reference(reference) => Some(reference),
                Piece::Literal(_) => None,
            })
            .collect()
    }

    /// Whether the text is exactly one reference.
    #[must_use]
    pub fn sole_reference(&self) -> Option<&Reference> {
        match self.0.as_slice() {
            [Piece::Reference(reference)] => Some(reference),
            _ => None,
        }
    }
}

fn resolve<'a>(reference: &Reference, lookup: Lookup<'a>) -> Result<Cow<'a, Value>, EarlierStep> {
    let value = lookup(reference)?;
    let Some(filter) = reference.filter else { return Ok(Cow::Borrowed(value)) };
    let filtered = value.as_str().and_then(|text| match text.parse::<Token>() {
        Ok(token) => Some(token.filtered(filter).to_string()),
        Err(_) => filter.apply(text),
    });
    filtered
        .map(|text| Cow::Owned(Value::String(text)))
        .ok_or_else(|| EarlierStep::Unchanged { reference: reference.to_string() })
}

#[cfg(test)]
mod tests {
    use super::{EarlierStep, Reference, Template, Text};
    use rstest::rstest;
    use serde_json::{Value, json};
    use std::borrow::Cow;

    fn look_up<'a>(first: &'a Value, reference: &Reference) -> Result<&'a Value, EarlierStep> {
        match reference.head.as_str() {
            "first" => reference.walk(first).ok_or(EarlierStep::WithoutMember {
                step: "first".to_owned(),
                member: reference.path.join("."),
            }),
            other => Err(EarlierStep::Unanswered { step: other.to_owned() }),
        }
    }

    fn first() -> Value {
        json!({"hash": "fa7b", "status": {"code": 4}, "list": [true]})
    }

    #[rstest]
    #[case(json!("plain"), json!("plain"))]
    #[case(json!("${first.hash}"), json!("fa7b"))]
    #[case(json!("${first.status.code}"), json!(4))]
    #[case(json!("${first.list.0}"), json!(true))]
    #[case(json!("NVX ${first.hash}"), json!("NVX fa7b"))]
    #[case(json!("code ${first.status.code}!"), json!("code 4!"))]
    #[case(json!({"a": ["${first.hash | drop-last}", 1]}), json!({"a": ["fa7", 1]}))]
    #[case(json!("$${first.hash}"), json!("${first.hash}"))]
    #[case(json!(""), json!(""))]
    fn references_are_resolved_with_their_types(#[case] written: Value, #[case] meant: Value) {
        let template = Template::parse(&written).expect("it parses");
        let first = first();
        let lookup = |reference: &Reference| look_up(&first, reference);
        assert_eq!(template.resolve(&lookup).map(Cow::into_owned), Ok(meant));
    }

    #[rstest]
    #[case("${first.nothing}")]
    #[case("x${second.hash}")]
    #[case("${first.status | drop-last}")]
    fn a_missing_value_is_never_an_empty_string(#[case] written: &str) {
        let text = Text::parse(written).expect("it parses");
        let first = first();
        let lookup = |reference: &Reference| look_up(&first, reference);
        assert!(text.resolve(&lookup).is_err());
    }

    #[rstest]
    #[case("${first.hash", "`${first.hash` has no closing brace")]
    #[case("${}", "`` is not of the form `step.member` or `fixture.member`")]
    #[case("${a.b | drop-lsat}", "there is no filter `drop-lsat`; did you mean `drop-last`?")]
    fn a_broken_reference_is_explained(#[case] written: &str, #[case] message: &str) {
        let error = Text::parse(written).expect_err("it is broken");
        let told = [error.to_string()].into_iter().chain(error.remedy().map(str::to_owned));
        assert_eq!(told.collect::<Vec<_>>().join("; "), message);
    }
}
