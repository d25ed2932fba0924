//! Judging: what became of every check of a case, from the record of its exchanges alone.
//!
//! Pure: the same case and the same record always give the same results, in a run, when a report
//! is judged again, and when a record is mutated to prove the checks.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::expect::{Detail, Evidence, Finding};
use crate::judge::recording::{CaseRecord, NotSent, StepRecord, asks_to_wait};
use crate::model::exchange::{Answer, NoAnswer};
use crate::model::outcome::{CheckResult, Outcome, Reason, ReasonKind};
use crate::model::requirement::About;
use crate::model::violation::{Difference, Violation};
use crate::suite::case::{Case, Check, Repeat};
use crate::value::body::Body;
use crate::value::json::NotJson;
use crate::value::json_diff::same_unordered;
use crate::value::secret::Shapes;
use crate::value::variables::{Missing, Reference};

/// Judges every check of a case; as many results as the case has checks, in their order.
#[must_use]
pub fn judge(case: &Case, record: &CaseRecord, shapes: &Shapes) -> Vec<CheckResult> {
    judge_view(case, &View::new(record, shapes))
}

/// A record with every body parsed once.
#[derive(Debug, Clone)]
pub struct View<'a> {
    fixtures: &'a Map<String, Value>,
    shapes: &'a Shapes,
    /// The steps, in the order of the case.
    pub steps: Vec<StepView<'a>>,
}

/// A step of a record with every body parsed.
#[derive(Debug, Clone)]
pub struct StepView<'a> {
    /// The exchanges that decide, one per repeat.
    pub answers: Vec<Result<AnswerView<'a>, &'a NoAnswer>>,
    not_sent: Option<&'a NotSent>,
}

/// An answer with its body parsed.
#[derive(Debug, Clone)]
pub struct AnswerView<'a> {
    /// The answer.
    pub answer: Cow<'a, Answer>,
    /// Its body.
    pub body: Result<Body, NotJson>,
    /// Whether the target asks to wait, which is no answer to the question.
    pub asks_to_wait: bool,
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
        let view = |answer| AnswerView::new(answer, shapes);
        let answers =
            record.deciding().map(|exchange| exchange.result.as_ref().map(view)).collect();
        StepView { answers, not_sent: record.not_sent.as_ref() }
    }

    fn body(&self, repeat: usize) -> Option<&Value> {
        self.answers.get(repeat)?.as_ref().ok()?.body.as_ref().ok().map(Body::recorded)
    }

    /// Whether every answer grants what was asked.
    fn is_granted(&self) -> bool {
        let grants = |repeat| {
            self.body(repeat).and_then(|body| body.get("success")) == Some(&Value::Bool(true))
        };
        !self.answers.is_empty() && (0..self.answers.len()).all(grants)
    }
}

impl<'a> AnswerView<'a> {
    fn new(answer: &'a Answer, shapes: &Shapes) -> AnswerView<'a> {
        AnswerView {
            body: Body::parse(&answer.body, shapes),
            asks_to_wait: asks_to_wait(answer),
            answer: Cow::Borrowed(answer),
        }
    }

    /// Whether it refuses: says so, or grants nothing under an HTTP status that is no success.
    fn is_refusal(&self) -> bool {
        let success = self.body.as_ref().ok().and_then(|body| body.recorded().get("success"));
        match success {
            Some(Value::Bool(granted)) => !granted,
            _ => !(200..300).contains(&self.answer.status),
        }
    }
}

/// Judges every check of a case from a parsed record.
#[must_use]
pub fn judge_view(case: &Case, view: &View<'_>) -> Vec<CheckResult> {
    (0..case.steps.len()).flat_map(|step| judge_step(case, view, step)).collect()
}

/// Judges the checks of one step.
#[must_use]
pub fn judge_step(case: &Case, view: &View<'_>, index: usize) -> Vec<CheckResult> {
    let step = &case.steps[index];
    let context = StepContext { case, view, index };
    let obstacle = context.obstacle();
    let result = |check: &Check| CheckResult {
        case: case.id.clone(),
        step: step.id.clone(),
        requirement: check.requirement.clone(),
        level: check.level,
        outcome: obstacle.clone().unwrap_or_else(|| context.outcome(check)),
    };
    step.checks.iter().map(result).collect()
}

/// Whether any check of a step fails: as [`judge_step`], but without saying how.
#[must_use]
pub fn fails(case: &Case, view: &View<'_>, index: usize) -> bool {
    let context = StepContext { case, view, index };
    context.obstacle().is_none() && context.any_check_fails()
}

/// Where the checks of one step are judged.
struct StepContext<'a> {
    case: &'a Case,
    view: &'a View<'a>,
    index: usize,
}

impl<'a> StepContext<'a> {
    /// What stands in the way of judging any check of the step.
    fn obstacle(&self) -> Option<Outcome> {
        let Some(step) = self.view.steps.get(self.index) else {
            return Some(not_recorded());
        };
        if let Some(not_sent) = step.not_sent {
            return Some(not_sent_outcome(not_sent));
        }
        self.ungranted_control().or_else(|| self.equal_fixtures())
    }

    fn ungranted_control(&self) -> Option<Outcome> {
        let control = self.case.steps[self.index]
            .given
            .iter()
            .find(|given| !self.view.steps.get(**given).is_some_and(StepView::is_granted))?;
        let text = format!("step `{}` was not granted", self.case.steps[*control].id);
        Some(Outcome::Unjudged(Reason { kind: ReasonKind::EarlierStep, text }))
    }

    /// What to say where values are the same that have to differ for the checks to mean anything.
    fn equal_fixtures(&self) -> Option<Outcome> {
        let [left, right] = self.case.steps[self.index].if_differ.as_ref()?;
        let are_same = match (self.look_up(left, 0), self.look_up(right, 0)) {
            (Ok(left), Ok(right)) => same_unordered(left, right),
            (Err(_), Err(_)) => true,
            _ => false,
        };
        if !are_same {
            return None;
        }
        let roles: Vec<String> =
            self.case.needs.iter().map(|role| format!("`{}`", role.name())).collect();
        let text = format!(
            "`{left}` and `{right}` are the same: supply fixtures for {} that differ in them",
            roles.join(" and ")
        );
        Some(Outcome::Skipped(Reason { kind: ReasonKind::FixtureMissing, text }))
    }

    /// One outcome from the answers to all repeats: a failure outweighs what is unjudged.
    fn outcome(&self, check: &Check) -> Outcome {
        let answers = &self.view.steps[self.index].answers;
        if answers.is_empty() {
            return not_recorded();
        }
        let mut unjudged = None;
        let mut all = Vec::new();
        let mut shown = None;
        for (repeat, answer) in answers.iter().enumerate() {
            match self.outcome_of(check, repeat, answer) {
                Outcome::Failed { violations, difference } => {
                    all.extend(
                        violations.into_iter().map(|found| numbered(found, repeat, answers.len())),
                    );
                    shown = shown.or(difference);
                }
                Outcome::Unjudged(reason) => {
                    unjudged.get_or_insert(reason);
                }
                Outcome::Passed | Outcome::Skipped(_) => {}
            }
        }
        match (all.is_empty(), unjudged) {
            (false, _) => Outcome::Failed { violations: all, difference: shown },
            (true, Some(reason)) => Outcome::Unjudged(reason),
            (true, None) => Outcome::Passed,
        }
    }

    fn outcome_of(
        &self,
        check: &Check,
        repeat: usize,
        answer: &Result<AnswerView<'_>, &NoAnswer>,
    ) -> Outcome {
        let view = match answer {
            Ok(view) if view.asks_to_wait => return Outcome::Unjudged(rate_limited(&view.answer)),
            Ok(view) => view,
            Err(failure) => return Outcome::Unjudged(no_answer(failure)),
        };
        if check.about == Some(About::Granted) && view.is_refusal() {
            let text =
                "the call was refused, and these statements are about granted ones".to_owned();
            return Outcome::Unjudged(Reason { kind: ReasonKind::NotGranted, text });
        }
        self.with_evidence(repeat, view, Detail::Full, |evidence| {
            combine(check.expectations.iter().map(|expectation| expectation.judge(evidence)))
        })
    }

    /// Whether the answer to any repeat breaks any expectation of any check.
    fn any_check_fails(&self) -> bool {
        let step = &self.case.steps[self.index];
        let fails = |evidence: &Evidence<'_>, is_refusal: bool| {
            step.checks
                .iter()
                .filter(|check| !(check.about == Some(About::Granted) && is_refusal))
                .flat_map(|check| &check.expectations)
                .any(|expectation| matches!(expectation.judge(evidence), Finding::Broken { .. }))
        };
        let answers = &self.view.steps[self.index].answers;
        answers.iter().enumerate().any(|(repeat, answer)| match answer {
            Ok(view) if view.asks_to_wait => false,
            Ok(view) => {
                let is_refusal = view.is_refusal();
                let fails = |evidence: &Evidence<'_>| fails(evidence, is_refusal);
                self.with_evidence(repeat, view, Detail::Verdict, fails)
            }
            Err(_) => false,
        })
    }

    /// Lays an answer, and what is known besides it, before whoever judges it.
    fn with_evidence<T>(
        &self,
        repeat: usize,
        view: &AnswerView<'_>,
        detail: Detail,
        judge: impl FnOnce(&Evidence<'_>) -> T,
    ) -> T {
        judge(&Evidence {
            answer: &view.answer,
            body: &view.body,
            lookup: &|reference| self.look_up(reference, repeat),
            shapes: self.view.shapes,
            siblings: &self.siblings(repeat),
            step: &self.case.steps[self.index].id,
            detail,
        })
    }

    /// The bodies of the answers to the other repeats.
    fn siblings(&self, repeat: usize) -> Vec<&'a Value> {
        let step = &self.view.steps[self.index];
        if step.answers.len() < 2 {
            return Vec::new();
        }
        (0..step.answers.len())
            .filter(|other| *other != repeat)
            .filter_map(|other| step.body(other))
            .collect()
    }

    fn look_up(&self, reference: &Reference, repeat: usize) -> Result<&'a Value, Missing> {
        look_up(self.case, self.view, self.index, reference, repeat)
    }
}

/// The value of a reference of the step `index`, from fixtures or from earlier answers.
///
/// # Errors
///
/// Says which step did not yield the value.
pub fn look_up<'a>(
    case: &Case,
    view: &'a View<'_>,
    index: usize,
    reference: &Reference,
    repeat: usize,
) -> Result<&'a Value, Missing> {
    if let Some(fixture) = view.fixtures.get(&reference.head) {
        return reference.walk(fixture).ok_or_else(|| not_there(reference));
    }
    let Some(other) = case.steps.iter().position(|step| step.id == reference.head) else {
        return Err(not_there(reference));
    };
    let repeats = view.steps.get(other).map_or(0, |step| step.answers.len());
    let wanted = match case.steps[index].repeat {
        Repeat::Each(source) if source == other => repeat,
        _ => repeats.saturating_sub(1),
    };
    let body = view.steps.get(other).and_then(|step| step.body(wanted));
    body.and_then(|body| reference.walk(body)).ok_or_else(|| not_there(reference))
}

/// What to say where a value is not there.
#[must_use]
pub fn not_there(reference: &Reference) -> Missing {
    let member = reference.path.join(".");
    match member.as_str() {
        "" => Missing(format!("step `{}` did not yield an answer", reference.head)),
        member => Missing(format!("step `{}` did not yield `{member}`", reference.head)),
    }
}

fn combine(findings: impl Iterator<Item = Finding>) -> Outcome {
    let mut all: Vec<Violation> = Vec::new();
    let mut shown: Option<Difference> = None;
    let mut unknown = None;
    for finding in findings {
        match finding {
            Finding::Holds => {}
            Finding::Broken { violations, difference } => {
                all.extend(violations);
                shown = shown.or(difference);
            }
            Finding::Unknown(missing) => {
                unknown.get_or_insert(missing);
            }
        }
    }
    match (all.is_empty(), unknown) {
        (false, _) => Outcome::Failed { violations: all, difference: shown },
        (true, Some(Missing(text))) => {
            Outcome::Unjudged(Reason { kind: ReasonKind::EarlierStep, text })
        }
        (true, None) => Outcome::Passed,
    }
}

fn numbered(violation: Violation, repeat: usize, of: usize) -> Violation {
    if of < 2 {
        return violation;
    }
    Violation { at: format!("{} (answer {} of {of})", violation.at, repeat + 1), ..violation }
}

fn not_recorded() -> Outcome {
    let text = "the record does not hold this exchange".to_owned();
    Outcome::Unjudged(Reason { kind: ReasonKind::NotRecorded, text })
}

fn not_sent_outcome(not_sent: &NotSent) -> Outcome {
    let reason = |kind, text: &str| Reason { kind, text: text.to_owned() };
    match not_sent {
        NotSent::ValueMissing(text) => Outcome::Unjudged(reason(ReasonKind::EarlierStep, text)),
        NotSent::Stopped(text) => Outcome::Unjudged(reason(ReasonKind::Stopped, text)),
        NotSent::LeftAlone(text) => Outcome::Unjudged(reason(ReasonKind::FixtureDoubted, text)),
        NotSent::FixtureMissing(text) => Outcome::Skipped(reason(ReasonKind::FixtureMissing, text)),
        NotSent::Deselected(text) => Outcome::Skipped(reason(ReasonKind::Deselected, text)),
    }
}

fn rate_limited(answer: &Answer) -> Reason {
    Reason {
        kind: ReasonKind::RateLimited,
        text: format!("the target asked to wait until the suite gave up (HTTP {})", answer.status),
    }
}

fn no_answer(failure: &NoAnswer) -> Reason {
    let kind = match failure {
        NoAnswer::Unreachable(_) => ReasonKind::Unreachable,
        _ => ReasonKind::NoAnswer,
    };
    Reason { kind, text: failure.to_string() }
}
