//! What a case file in which nothing is wrong means. Finds no mistakes; that was done before.

use serde_json::{Map, Value};

use super::{ACTIONS, Format, array, compiler, duration, is_true, text};
use crate::encoding::{self, ENCODINGS, Encoding};
use crate::expect;
use crate::model::level::Level;
use crate::model::requirement::Ledger;
use crate::model::role::Role;
use crate::suite::case::{Case, Check, Repeat, Step};
use crate::value::variables::{Reference, Template, Text};
use crate::value::yaml::Document;

/// Builds the cases of a file in which nothing is wrong.
pub(super) struct Builder<'a> {
    pub(super) id: &'a str,
    pub(super) document: &'a Document,
    pub(super) format: &'a Format,
    pub(super) ledger: &'a Ledger,
}

impl Builder<'_> {
    pub(super) fn build(&self) -> Vec<Case> {
        match array(&self.document.value, "each") {
            [] => vec![self.case(self.id.to_owned(), &ENCODINGS[0])],
            each => each
                .iter()
                .filter_map(|name| encoding::by_name(name.as_str()?))
                .map(|encoding| self.case(format!("{}@{}", self.id, encoding.name), encoding))
                .collect(),
        }
    }

    fn case(&self, id: String, each: &'static Encoding) -> Case {
        let value = &self.document.value;
        let mut cap = level(value).unwrap_or(Level::Must);
        let mut steps: Vec<Step> = Vec::new();
        for step in array(value, "steps") {
            for (encoding, id) in travels(step, each) {
                cap = cap.min(documented_level(step, encoding));
                let built = self.step(step, id, encoding, cap, &steps);
                steps.push(built);
            }
        }
        Case {
            id,
            file: self.document.source.name.clone(),
            title: text(value, "title").unwrap_or_default().to_owned(),
            needs: array(value, "needs")
                .iter()
                .filter_map(|name| Role::from_name(name.as_str()?))
                .collect(),
            steps,
        }
    }

    fn step(
        &self,
        step: &Value,
        id: String,
        encoding: &'static Encoding,
        cap: Level,
        earlier: &[Step],
    ) -> Step {
        let call = text(step, "call").unwrap_or_default();
        let is_true = |key: &str| is_true(step, key);
        let index_of =
            |id: &Value| earlier.iter().position(|step| Some(step.id.as_str()) == id.as_str());
        Step {
            path: path(call, is_true("slash")),
            method: text(step, "method").unwrap_or(encoding.method).to_owned(),
            encoding,
            with: templates(step),
            headers: headers(step),
            query: text(step, "query").and_then(|query| Text::parse(query).ok()),
            if_differ: if_differ(step),
            body: text(step, "body").and_then(|body| Text::parse(body).ok()),
            content_type: text(step, "content_type").map(str::to_owned),
            fresh_connection: is_true("fresh_connection"),
            repeat: repeat(step, earlier),
            parallel: is_true("parallel"),
            alongside: is_true("alongside"),
            after: text(step, "after").and_then(duration).unwrap_or_default(),
            given: array(step, "given").iter().filter_map(index_of).collect(),
            applies_if: array(step, "applies_if").iter().filter_map(index_of).collect(),
            checks: self.checks(step, cap.min(level(step).unwrap_or(Level::Must))),
            call: call.to_owned(),
            id,
        }
    }

    fn checks(&self, step: &Value, cap: Level) -> Vec<Check> {
        let checks = step.get("checks").and_then(Value::as_object);
        checks.into_iter().flatten().map(|(id, check)| self.check(id, check, cap)).collect()
    }

    fn check(&self, id: &str, check: &Value, cap: Level) -> Check {
        let compiler = compiler(self.format, check);
        let keywords = check.as_object().into_iter().flatten();
        let requirement = self.ledger.get(id);
        Check {
            requirement: id.to_owned(),
            level: requirement.map_or(cap, |requirement| requirement.level.min(cap)),
            about: requirement.and_then(|requirement| requirement.about),
            expectations: keywords
                .filter(|(keyword, _)| !matches!(keyword.as_str(), "at" | "unordered"))
                .filter_map(|(keyword, value)| expect::compile(keyword, value, &compiler).ok())
                .collect(),
        }
    }
}

fn level(value: &Value) -> Option<Level> {
    text(value, "at_most").and_then(Level::from_name)
}

/// The encodings of a step, each with the id that the step then has.
fn travels(step: &Value, each: &'static Encoding) -> Vec<(&'static Encoding, String)> {
    let id = text(step, "id").unwrap_or_default();
    match step.get("via") {
        Some(Value::Array(names)) => names
            .iter()
            .filter_map(|name| encoding::by_name(name.as_str()?))
            .map(|encoding| (encoding, format!("{id}@{}", encoding.name)))
            .collect(),
        Some(Value::String(name)) if name == "each" => vec![(each, id.to_owned())],
        Some(Value::String(name)) => {
            vec![(encoding::by_name(name).unwrap_or(&ENCODINGS[0]), id.to_owned())]
        }
        _ => vec![(&ENCODINGS[0], id.to_owned())],
    }
}

/// How binding the documents make the way that a step travels.
fn documented_level(step: &Value, encoding: &Encoding) -> Level {
    let call = text(step, "call").unwrap_or_default();
    if !ACTIONS.contains(&call) {
        return Level::Must;
    }
    let of_path = if is_true(step, "slash") { Level::Should } else { Level::Must };
    (encoding.level)(call).min(of_path)
}

fn path(call: &str, slash: bool) -> String {
    let end = if slash && !call.ends_with('/') { "/" } else { "" };
    if call.starts_with('/') {
        format!("{call}{end}")
    } else {
        format!("/panel/account/{call}{end}")
    }
}

fn templates(step: &Value) -> Vec<(String, Template)> {
    let with = step.get("with").and_then(Value::as_object);
    with.into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name.clone(), Template::parse(value).ok()?)))
        .collect()
}

fn headers(step: &Value) -> Vec<(String, Text)> {
    let headers: Option<&Map<String, Value>> = step.get("headers").and_then(Value::as_object);
    headers
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name.clone(), Text::parse(value.as_str()?).ok()?)))
        .collect()
}

fn if_differ(step: &Value) -> Option<[Reference; 2]> {
    let parsed =
        array(step, "if_differ").iter().filter_map(|value| Reference::parse(value.as_str()?).ok());
    parsed.collect::<Vec<_>>().try_into().ok()
}

fn repeat(step: &Value, earlier: &[Step]) -> Repeat {
    match step.get("repeat") {
        Some(Value::String(id)) => {
            earlier.iter().position(|step| step.id == *id).map_or(Repeat::Times(1), Repeat::Each)
        }
        Some(number) => {
            let times = number.as_u64().and_then(|times| usize::try_from(times).ok());
            Repeat::Times(times.unwrap_or(1))
        }
        None => Repeat::Times(1),
    }
}
