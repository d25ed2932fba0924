//! Turns a case file without mistakes into cases. Reports nothing: the linter did.

use super::Context;
use super::asked::{Asked, asked_by};
use super::written::{Placed, Via, WrittenCase, WrittenRepeat, WrittenStep};
use crate::encoding::{ENCODINGS, Encoding};
use crate::expect;
use crate::model::api::{Action, RESOURCE};
use crate::model::level::Level;
use crate::suite::case::{Case, Check, Repeat, Step};
use crate::value::variables::Reference;

/// Builds the cases of a file without mistakes.
pub(super) struct Builder<'a> {
    pub(super) id: &'a str,
    pub(super) file: &'a str,
    pub(super) case: &'a WrittenCase<'a>,
    pub(super) context: &'a Context<'a>,
}

impl Builder<'_> {
    pub(super) fn build(&self) -> Vec<Case> {
        if self.case.each.is_empty() {
            return vec![self.case(self.id.to_owned(), &ENCODINGS[0])];
        }
        let id = |encoding: &Encoding| format!("{}@{}", self.id, encoding.name);
        self.case.each.iter().map(|encoding| self.case(id(encoding), encoding)).collect()
    }

    fn case(&self, id: String, each: &'static Encoding) -> Case {
        let mut cap = self.case.at_most.unwrap_or(Level::Must);
        let mut steps: Vec<Step> = Vec::new();
        for step in &self.case.steps {
            for (encoding, id) in travels(step, each) {
                cap = cap.min(documented_level(step, encoding));
                let built = self.step(step, id, encoding, cap, &steps);
                steps.push(built);
            }
        }
        Case {
            id,
            file: self.file.to_owned(),
            title: self.case.title.to_owned(),
            needs: self.case.needs.iter().map(|role| role.value).collect(),
            steps,
        }
    }

    fn step(
        &self,
        step: &WrittenStep<'_>,
        id: String,
        encoding: &'static Encoding,
        cap: Level,
        earlier: &[Step],
    ) -> Step {
        let call = step.call.unwrap_or_default();
        Step {
            path: path(call, step.slash),
            method: step.method.unwrap_or(encoding.method).to_owned(),
            encoding,
            with: step.with.templates_by_name(),
            headers: step.headers.texts_by_name(),
            query: step.query.text(),
            if_differ: if_differ(step),
            body: step.body.text(),
            content_type: step.content_type.map(str::to_owned),
            fresh_connection: step.fresh_connection,
            repeat: repeat(step, earlier),
            parallel: step.parallel,
            alongside: step.alongside,
            after: step.after.map(|(_, wait)| wait).unwrap_or_default(),
            given: indexes(&step.given, earlier),
            applies_if: indexes(&step.applies_if, earlier),
            checks: self.checks(step, cap.min(step.at_most.unwrap_or(Level::Must))),
            call: call.to_owned(),
            id,
        }
    }

    fn checks(&self, step: &WrittenStep<'_>, cap: Level) -> Vec<Check> {
        let asked = asked_by(step, self.context.ledger);
        let (of_every_call, others): (Vec<&Asked<'_>>, Vec<&Asked<'_>>) =
            asked.iter().partition(|asked| asked.is_of_every_call());
        let mut checks: Vec<Check> =
            others.into_iter().map(|asked| self.check(asked, cap)).collect();
        // A call that fails breaks no more than what the step is about, and nothing that binds where
        // the step lets failures pass.
        let cap = if checks.is_empty() {
            cap
        } else {
            let broken = checks.iter().filter(|check| !check.excuses_failures());
            broken.map(|check| check.level).max().unwrap_or(Level::May)
        };
        checks.extend(of_every_call.into_iter().map(|asked| self.check(asked, cap)));
        checks
    }

    fn check(&self, asked: &Asked<'_>, cap: Level) -> Check {
        let compiler = self.context.format.compiler(asked.check);
        let keywords = asked.check.as_object().into_iter().flatten();
        Check {
            requirement: asked.requirement.id.clone(),
            level: asked.requirement.level.min(cap),
            about: asked.requirement.about,
            expectations: keywords
                .filter(|(keyword, _)| !matches!(keyword.as_str(), "at" | "unordered"))
                .filter_map(|(keyword, value)| expect::compile(keyword, value, &compiler).ok())
                .collect(),
        }
    }
}

/// The encodings that a step travels by, each with the id of that step.
fn travels(step: &WrittenStep<'_>, each: &'static Encoding) -> Vec<(&'static Encoding, String)> {
    let id = step.id.unwrap_or_default();
    match &step.via {
        Via::Several(encodings) => {
            let id = |encoding: &Encoding| format!("{id}@{}", encoding.name);
            encodings.iter().map(|encoding| (*encoding, id(encoding))).collect()
        }
        Via::Each => vec![(each, id.to_owned())],
        Via::One(encoding) => vec![(*encoding, id.to_owned())],
    }
}

/// How binding the documents make the encoding and the path of a step.
fn documented_level(step: &WrittenStep<'_>, encoding: &Encoding) -> Level {
    let Some(action) = step.call.and_then(Action::from_name) else { return Level::Must };
    let of_path = if step.slash { Level::Should } else { Level::Must };
    (encoding.level)(action).min(of_path)
}

fn path(call: &str, slash: bool) -> String {
    let end = if slash && !call.ends_with('/') { "/" } else { "" };
    if call.starts_with('/') { format!("{call}{end}") } else { format!("{RESOURCE}{call}{end}") }
}

fn index_of(id: &str, earlier: &[Step]) -> Option<usize> {
    earlier.iter().position(|step| step.id == id)
}

fn indexes(ids: &[Placed<&str>], earlier: &[Step]) -> Vec<usize> {
    ids.iter().filter_map(|id| index_of(id.value, earlier)).collect()
}

fn if_differ(step: &WrittenStep<'_>) -> Option<[Reference; 2]> {
    let parsed = step.if_differ.iter().filter_map(|one| one.value.as_ref().ok().cloned());
    parsed.collect::<Vec<_>>().try_into().ok()
}

fn repeat(step: &WrittenStep<'_>, earlier: &[Step]) -> Repeat {
    match step.repeat {
        Some(WrittenRepeat::Times(times)) => Repeat::Times(times),
        Some(WrittenRepeat::Each(id)) => {
            index_of(id, earlier).map_or(Repeat::Times(1), Repeat::Each)
        }
        None => Repeat::Times(1),
    }
}
