//! A record as it is judged: every body parsed once, and of each request the answer that decides.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::expect::reading::Reading;
use crate::judge::recording::{CaseRecord, NotSent, StepRecord};
use crate::judge::unanswered::{NeverAnswered, never_answered};
use crate::model::exchange::{Answer, Exchange, NoAnswer};
use crate::value::body::Body;
use crate::value::json::NotJson;
use crate::value::secret::Shapes;

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
        let steps = record.steps.iter().map(|step| StepView::new(step, shapes)).collect();
        View { fixtures: &record.fixtures, shapes, steps }
    }
}

impl<'a> StepView<'a> {
    fn new(record: &'a StepRecord, shapes: &Shapes) -> StepView<'a> {
        let of_attempt = |(attempt, exchange): (&'a [Exchange], &'a Exchange)| {
            let address = exchange.address.as_deref();
            let never = || never_answered(attempt);
            let unanswered = |failure| Unanswered { failure, address, never: never() };
            let view = |answer| AnswerView::new(answer, shapes);
            exchange.result.as_ref().map(view).map_err(unanswered)
        };
        let answers = record.attempts().zip(record.deciding()).map(of_attempt).collect();
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

impl<'a> AnswerView<'a> {
    fn new(answer: &'a Answer, shapes: &Shapes) -> AnswerView<'a> {
        AnswerView { body: Body::parse(&answer.body, shapes), answer: Cow::Borrowed(answer) }
    }

    pub(super) fn reading(&self) -> Reading {
        Reading::of(&self.answer, self.body.as_ref().ok().map(Body::recorded))
    }
}

fn reads(answer: &Result<AnswerView<'_>, Unanswered<'_>>, as_this: Reading) -> bool {
    answer.as_ref().is_ok_and(|answer| answer.reading() == as_this)
}
