//! A record as it is judged: every body parsed once, and of each request the answer that decides.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::expect::reading::Reading;
use crate::judge::recording::{CaseRecord, NotSent, StepRecord};
use crate::judge::unanswered::{NeverAnswered, never_answered};
use crate::model::exchange::{Answer, Exchange, NoAnswer};
use crate::suite::case::Case;
use crate::value::body::Body;
use crate::value::json::{self, NotJson};
use crate::value::secret::Shapes;
use crate::value::variables::Reference;

/// A record with every body parsed once.
#[derive(Debug, Clone)]
pub struct View<'a> {
    pub(super) fixtures: &'a Map<String, Value>,
    pub(super) shapes: &'a Shapes,
    /// The steps, in the order of the case.
    pub steps: Vec<StepView<'a>>,
}

/// A step of a record with every body parsed.
#[derive(Debug, Clone)]
pub struct StepView<'a> {
    /// The exchanges that decide, one per repeat.
    pub answers: Vec<Result<AnswerView<'a>, Unanswered<'a>>>,
    pub(super) not_sent: Option<&'a NotSent>,
}

/// A request that was not answered.
#[derive(Debug, Clone, Copy)]
pub struct Unanswered<'a> {
    pub(super) failure: &'a NoAnswer,
    /// Which address was asked, where the target has several.
    pub(super) address: Option<&'a str>,
    /// That it never is, if anything shows it.
    pub(super) never: Option<NeverAnswered<'a>>,
}

/// An answer with its body parsed.
#[derive(Debug, Clone)]
pub struct AnswerView<'a> {
    /// The answer.
    pub answer: Cow<'a, Answer>,
    /// Its body.
    pub body: Result<Body, NotJson>,
}

impl<'a> View<'a> {
    /// Parses a record, of whose secrets the shapes tell the form.
    #[must_use]
    pub fn new(record: &'a CaseRecord, shapes: &'a Shapes) -> View<'a> {
        View::with(record, shapes, |_, _, answer| Body::parse(&answer.body, shapes))
    }

    /// Parses what is needed to judge one answer to the step `index`: its body, and of others what
    /// the checks of the step look at. All bodies of a case may be more than fits into memory.
    pub(super) fn around(
        case: &Case,
        record: &'a CaseRecord,
        shapes: &'a Shapes,
        index: usize,
        repeat: usize,
    ) -> View<'a> {
        let step = &case.steps[index];
        let of_checks = step.checks.iter().flat_map(|check| &check.expectations);
        let references = of_checks.flat_map(|expectation| expectation.references());
        let references: Vec<&Reference> =
            references.chain(step.if_differ.iter().flatten()).collect();
        View::with(record, shapes, |other, number, answer| {
            if (other, number) == (index, repeat) {
                return Body::parse(&answer.body, shapes);
            }
            let is_asked = step.given.contains(&other) || step.applies_if.contains(&other);
            let wanted: Vec<&Reference> = case.steps.get(other).map_or_else(Vec::new, |other| {
                references.iter().copied().filter(|found| found.head == other.id).collect()
            });
            if wanted.is_empty() && !is_asked {
                // Nobody looks at it.
                return Err(NotJson::Empty);
            }
            let body = json::parse(&answer.body)?;
            Ok(Body::new(pruned(body, wanted), shapes))
        })
    }

    fn with(
        record: &'a CaseRecord,
        shapes: &'a Shapes,
        parse: impl Fn(usize, usize, &Answer) -> Result<Body, NotJson>,
    ) -> View<'a> {
        let of_step = |(index, step): (usize, &'a StepRecord)| {
            StepView::new(step, |repeat, answer| parse(index, repeat, answer))
        };
        let steps = record.steps.iter().enumerate().map(of_step).collect();
        View { fixtures: &record.fixtures, shapes, steps }
    }
}

/// A body with nothing but the members that these references lead to, and those that say whether
/// it grants or refuses.
pub(crate) fn pruned<'a>(body: Value, wanted: impl IntoIterator<Item = &'a Reference>) -> Value {
    let mut kept = vec!["success", "status"];
    for reference in wanted {
        match reference.path.first() {
            Some(name) => kept.push(name),
            None => return body,
        }
    }
    match body {
        // Anew, as what is taken out of a map leaves its room behind.
        Value::Object(members) => Value::Object(
            members.into_iter().filter(|(name, _)| kept.contains(&name.as_str())).collect(),
        ),
        other => other,
    }
}

impl<'a> StepView<'a> {
    fn new(
        record: &'a StepRecord,
        parse: impl Fn(usize, &Answer) -> Result<Body, NotJson>,
    ) -> StepView<'a> {
        let of_attempt =
            |(repeat, (attempt, exchange)): (usize, (&'a [Exchange], &'a Exchange))| {
                let address = exchange.address.as_deref();
                let never = || never_answered(attempt);
                let unanswered = |failure| Unanswered { failure, address, never: never() };
                let view = |answer: &'a Answer| AnswerView {
                    body: parse(repeat, answer),
                    answer: Cow::Borrowed(answer),
                };
                exchange.result.as_ref().map(view).map_err(unanswered)
            };
        let attempts = record.attempts().zip(record.deciding());
        let answers = attempts.enumerate().map(of_attempt).collect();
        StepView { answers, not_sent: record.not_sent.as_ref() }
    }

    pub(super) fn body(&self, repeat: usize) -> Option<&Value> {
        self.answers.get(repeat)?.as_ref().ok()?.body.as_ref().ok().map(Body::recorded)
    }

    /// Whether every answer grants what was asked.
    pub(super) fn is_granted(&self) -> bool {
        !self.answers.is_empty()
            && self.answers.iter().all(|answer| reads(answer, Reading::Granted))
    }

    /// Whether some answer refuses what was asked.
    pub(super) fn is_refused(&self) -> bool {
        self.answers.iter().any(|answer| reads(answer, Reading::Refused))
    }
}

impl AnswerView<'_> {
    pub(super) fn reading(&self) -> Reading {
        Reading::of(&self.answer, self.body.as_ref().ok().map(Body::recorded))
    }
}

fn reads(answer: &Result<AnswerView<'_>, Unanswered<'_>>, as_this: Reading) -> bool {
    answer.as_ref().is_ok_and(|answer| answer.reading() == as_this)
}
