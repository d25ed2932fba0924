//! Judging: what became of every check of a case, from the record of its exchanges alone.
//!
//! Pure: the same case and the same record always give the same results, in a run, when a report
//! is judged again, and when a record is mutated to prove the checks.

use serde_json::Value;

use crate::expect::reading::{Reading, is_success};
use crate::expect::{Detail, Evidence, Finding};
use crate::judge::recording::{CaseRecord, NotSent};
use crate::judge::unanswered::NeverAnswered;
use crate::judge::view::{AnswerView, StepView, Unanswered, View};
use crate::model::api::HASH;
use crate::model::exchange::NoAnswer;
use crate::model::level::Level;
use crate::model::outcome::{CheckResult, Outcome};
use crate::model::reason::{EarlierStep, FixtureGap, Reason, ReasonKind, Recorded};
use crate::model::requirement::About;
use crate::model::role::Role;
use crate::model::violation::{Actual, AnswerNumber, Place, Violation};
use crate::suite::case::{Case, Check, Repeat};
use crate::value::json_diff::same_unordered;
use crate::value::secret::Shapes;
use crate::value::variables::Reference;

/// Judges every check of a case; as many results as the case has checks, in their order.
pub(crate) fn judge(case: &Case, record: &CaseRecord, shapes: &Shapes) -> Vec<CheckResult> {
    if record.body_bytes() <= LARGE {
        return judge_view(case, &View::new(record, shapes));
    }
    judge_sparingly(case, record, shapes)
}

/// The same with one answer parsed at a time.
pub(crate) fn judge_sparingly(
    case: &Case,
    record: &CaseRecord,
    shapes: &Shapes,
) -> Vec<CheckResult> {
    let of_step = |index| judge_one_by_one(case, record, shapes, index, |step| step.obstacle());
    (0..case.steps.len()).flat_map(of_step).collect()
}

/// The results of a case of which nothing is judged.
pub(crate) fn unjudged(case: &Case, reason: &Reason) -> Vec<CheckResult> {
    let results = case.steps.iter().flat_map(|step| {
        step.checks.iter().map(|check| CheckResult {
            case: case.id.clone(),
            step: step.id.clone(),
            requirement: check.requirement.clone(),
            level: check.level,
            outcome: Outcome::Unjudged(reason.clone()),
        })
    });
    results.collect()
}

/// Bytes of the bodies of a case beyond which they are not parsed all at once: as values they may
/// take fifty times the room.
const LARGE: usize = 512 * 1024;

/// Judges the checks of one step with one of its answers parsed at a time.
fn judge_one_by_one(
    case: &Case,
    record: &CaseRecord,
    shapes: &Shapes,
    index: usize,
    obstacle: fn(&StepContext<'_>) -> Option<Outcome>,
) -> Vec<CheckResult> {
    let answers = record.steps.get(index).map_or(0, |step| step.deciding().count());
    let of_answer = |repeat| {
        let view = View::around(case, record, shapes, index, repeat);
        let context = StepContext { case, view: &view, index, only: Some(repeat) };
        context.results(obstacle(&context))
    };
    let both = |left: Vec<CheckResult>, right: Vec<CheckResult>| {
        let both = left.into_iter().zip(right);
        let heavier = |(left, right): (CheckResult, CheckResult)| CheckResult {
            outcome: heavier(left.outcome, right.outcome),
            ..left
        };
        both.map(heavier).collect()
    };
    (0..answers.max(1)).map(of_answer).reduce(both).unwrap_or_default()
}

impl Unanswered<'_> {
    /// What no answer means for a check. That there is none breaks what is about answers, whatever
    /// they say; of what they say, and what that shows, it says nothing.
    fn outcome(&self, check: &Check, all: &[Check]) -> Outcome {
        let is_about_more = |check: &Check| check.about.is_some();
        let failing = all.iter().filter(|check| !is_about_more(check)).map(|check| check.level);
        let is_told_otherwise = failing.max().is_some_and(|level| level >= check.level);
        match &self.never {
            // What fails over the request lets nobody in, as far as anybody can see.
            Some(_) if check.excuses_failures() => Outcome::NotApplicable(Reason::NoProperAnswer),
            Some(_) if is_about_more(check) && is_told_otherwise => {
                Outcome::NotApplicable(Reason::NoProperAnswer)
            }
            Some(_) if is_about_more(check) => self.unjudged(),
            None => self.unjudged(),
            Some(never) => Outcome::Failed {
                violations: vec![Violation::new(
                    Place::Answer,
                    "an answer",
                    Actual::Other(never.to_string()),
                )],
                difference: None,
            },
        }
    }

    fn unjudged(&self) -> Outcome {
        let address = self.address.map(str::to_owned);
        Outcome::Unjudged(Reason::no_answer(self.failure.clone(), address))
    }
}

/// Judges every check of a case from a parsed record.
pub(crate) fn judge_view(case: &Case, view: &View<'_>) -> Vec<CheckResult> {
    (0..case.steps.len()).flat_map(|step| judge_step(case, view, step)).collect()
}

/// Judges the checks of one step.
#[must_use]
pub fn judge_step(case: &Case, view: &View<'_>, index: usize) -> Vec<CheckResult> {
    let context = StepContext { case, view, index, only: None };
    context.results(context.obstacle())
}

/// Judges the checks of one step although the values are the same that have to differ for them.
pub(crate) fn judge_although_alike(
    case: &Case,
    record: &CaseRecord,
    shapes: &Shapes,
    index: usize,
) -> Vec<CheckResult> {
    judge_one_by_one(case, record, shapes, index, |step| step.unmet_condition())
}

/// Judges the checks of one step by what the whole run shows of requests that are not answered in
/// time, or whose connection breaks: that they never are, or nothing.
pub(crate) fn judge_unanswered_as_shown(
    case: &Case,
    record: &CaseRecord,
    shapes: &Shapes,
    index: usize,
    failure: &NoAnswer,
    never: Option<NeverAnswered<'_>>,
) -> Vec<CheckResult> {
    let mut view = View::new(record, shapes);
    let answers = view.steps.get_mut(index).into_iter().flat_map(|step| &mut step.answers);
    for unanswered in answers.filter_map(|answer| answer.as_mut().err()) {
        if unanswered.failure.name() == failure.name() {
            unanswered.never = never;
        }
    }
    judge_step(case, &view, index)
}

/// What is asked of a fixture that nobody has to supply binds only where somebody does, and one
/// that will do: without it, a run is not incomplete.
fn lacks_optional_fixture(obstacle: &Outcome) -> bool {
    match obstacle {
        Outcome::Skipped(Reason::FixtureMissing(FixtureGap::Absent { role, others })) => {
            role.is_optional() && others.iter().all(|other| other.is_optional())
        }
        Outcome::Skipped(Reason::FixtureMissing(FixtureGap::Alike { roles, .. })) => {
            roles.iter().any(|role| role.is_optional())
        }
        _ => false,
    }
}

/// Whether any check of a step fails: as [`judge_step`], but without saying how.
#[must_use]
pub fn fails(case: &Case, view: &View<'_>, index: usize) -> bool {
    let context = StepContext { case, view, index, only: None };
    context.obstacle().is_none() && context.any_check_fails()
}

/// Where the checks of one step are judged.
struct StepContext<'a> {
    case: &'a Case,
    view: &'a View<'a>,
    index: usize,
    /// The one answer to judge; otherwise all are.
    only: Option<usize>,
}

impl<'a> StepContext<'a> {
    /// The results of the step, unless something stands in their way.
    fn results(&self, obstacle: Option<Outcome>) -> Vec<CheckResult> {
        let step = &self.case.steps[self.index];
        let lacks_optional = obstacle.as_ref().is_some_and(lacks_optional_fixture);
        let cap = if lacks_optional { Level::Should } else { Level::Must };
        let outcomes = match obstacle {
            Some(obstacle) => vec![obstacle; step.checks.len()],
            None => self.outcomes(),
        };
        let outcomes = outcomes.into_iter().map(|outcome| self.unless_left_out(outcome));
        let result = |(check, outcome): (&Check, Outcome)| CheckResult {
            case: self.case.id.clone(),
            step: step.id.clone(),
            requirement: check.requirement.clone(),
            level: check.level.min(cap),
            outcome,
        };
        step.checks.iter().zip(outcomes).map(result).collect()
    }

    /// What hangs on a step that was left out for its header decides as little as that step.
    fn unless_left_out(&self, outcome: Outcome) -> Outcome {
        match outcome {
            Outcome::Unjudged(Reason::EarlierStep(lack)) => match self.header_taken(&lack) {
                Some(name) => Outcome::NotApplicable(Reason::HeaderTaken { name: name.to_owned() }),
                None => Outcome::Unjudged(Reason::EarlierStep(lack)),
            },
            outcome => outcome,
        }
    }

    /// The header for which an earlier step was left out, or one on which that hangs in turn.
    fn header_taken(&self, lack: &EarlierStep) -> Option<&'a str> {
        let id = lack.step()?;
        let index = self.case.steps[..self.index].iter().position(|step| step.id == id)?;
        match self.view.steps.get(index)?.not_sent? {
            NotSent::HeaderTaken { name } => Some(name),
            NotSent::ValueMissing(lack) => StepContext { index, ..*self }.header_taken(lack),
            _ => None,
        }
    }

    /// What stands in the way of judging any check of the step.
    fn obstacle(&self) -> Option<Outcome> {
        self.unmet_condition().or_else(|| self.equal_fixtures())
    }

    /// What stands in the way besides fixtures that are too much alike.
    fn unmet_condition(&self) -> Option<Outcome> {
        let Some(step) = self.view.steps.get(self.index) else {
            return Some(not_recorded());
        };
        let condition_not_met = self.condition_not_met();
        // Where the condition was refused, its answer has not the values that the step would send.
        if let Some(Outcome::NotApplicable(_)) = condition_not_met {
            return condition_not_met;
        }
        if let Some(not_sent) = step.not_sent {
            return Some(not_sent_outcome(not_sent));
        }
        condition_not_met.or_else(|| self.ungranted_control())
    }

    /// What to say where the server refused a step that had to be granted for the statements to
    /// bind it.
    fn condition_not_met(&self) -> Option<Outcome> {
        let step = self.case.steps[self.index]
            .applies_if
            .iter()
            .find(|step| !self.view.steps.get(**step).is_some_and(StepView::is_granted))?;
        let id = self.case.steps[*step].id.clone();
        // Without an answer nobody knows whether the statements bind.
        if self.view.steps.get(*step).is_some_and(StepView::is_refused) {
            Some(Outcome::NotApplicable(Reason::DoesNotBind { step: id }))
        } else {
            Some(Outcome::Unjudged(Reason::EarlierStep(EarlierStep::Ungranted { step: id })))
        }
    }

    fn ungranted_control(&self) -> Option<Outcome> {
        let control = self.case.steps[self.index]
            .given
            .iter()
            .find(|given| !self.view.steps.get(**given).is_some_and(StepView::is_granted))?;
        let step = self.case.steps[*control].id.clone();
        Some(Outcome::Unjudged(Reason::EarlierStep(EarlierStep::Ungranted { step })))
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
        let values = [left.to_string(), right.to_string()];
        let mut roles: Vec<Role> =
            [left, right].into_iter().flat_map(|value| self.case.roles_behind(value)).collect();
        roles.sort_unstable();
        roles.dedup();
        let alike = FixtureGap::Alike { roles, values };
        Some(Outcome::Skipped(Reason::FixtureMissing(alike)))
    }

    /// One outcome per check from the answers to all repeats: a failure outweighs what is unjudged,
    /// and what applies to one answer applies.
    fn outcomes(&self) -> Vec<Outcome> {
        let checks = &self.case.steps[self.index].checks;
        let answers = &self.view.steps[self.index].answers;
        let of = answers.len();
        let is_meant = |(repeat, _): &(usize, _)| self.only.is_none_or(|only| only == *repeat);
        let of_answers = answers.iter().enumerate().filter(is_meant).map(|(repeat, answer)| {
            let number = AnswerNumber { number: repeat + 1, of };
            let outcomes = self.outcomes_of(repeat, answer).into_iter();
            outcomes.map(|outcome| numbered(outcome, number)).collect::<Vec<_>>()
        });
        let both = |left: Vec<Outcome>, right: Vec<Outcome>| {
            left.into_iter().zip(right).map(|(left, right)| heavier(left, right)).collect()
        };
        of_answers.reduce(both).unwrap_or_else(|| vec![not_recorded(); checks.len()])
    }

    /// One outcome per check from one answer.
    fn outcomes_of(
        &self,
        repeat: usize,
        answer: &Result<AnswerView<'_>, Unanswered<'_>>,
    ) -> Vec<Outcome> {
        let checks = &self.case.steps[self.index].checks;
        let of_check = |check| self.outcome_of(check, repeat, answer);
        let outcomes: Vec<Outcome> = checks.iter().map(of_check).collect();
        match answer {
            Ok(view) if view.reading() == Reading::Neither => {
                self.without_what_is_not_shown(repeat, view, outcomes)
            }
            _ => outcomes,
        }
    }

    /// Takes back failures of statements of which an answer that neither grants nor refuses says
    /// nothing, if another check, no less binding, fails by the same answer: what is broken is
    /// told by the statement that breaks, and still nothing gets by.
    fn without_what_is_not_shown(
        &self,
        repeat: usize,
        view: &AnswerView<'_>,
        outcomes: Vec<Outcome>,
    ) -> Vec<Outcome> {
        let checks = &self.case.steps[self.index].checks;
        let stands =
            |(check, outcome): &(&Check, &Outcome)| outcome.is_failure() && !needs_an_answer(check);
        let failing = checks.iter().zip(&outcomes).filter(stands).map(|(check, _)| check.level);
        let Some(level) = failing.max() else { return outcomes };
        let taken_back = |(check, outcome): (&Check, Outcome)| {
            let is_mere = outcome.is_failure() && needs_an_answer(check) && check.level <= level;
            if is_mere && !self.is_broken_by_content(check, repeat, view) {
                Outcome::NotApplicable(Reason::NoProperAnswer)
            } else {
                outcome
            }
        };
        checks.iter().zip(outcomes).map(taken_back).collect()
    }

    fn is_broken_by_content(&self, check: &Check, repeat: usize, view: &AnswerView<'_>) -> bool {
        self.with_evidence(repeat, view, Detail::Verdict, |evidence| {
            check.expectations.iter().any(|one| one.is_broken_by_content(evidence))
        })
    }

    fn outcome_of(
        &self,
        check: &Check,
        repeat: usize,
        answer: &Result<AnswerView<'_>, Unanswered<'_>>,
    ) -> Outcome {
        let view = match answer {
            Ok(view) => view,
            Err(unanswered) => {
                return unanswered.outcome(check, &self.case.steps[self.index].checks);
            }
        };
        let reading = view.reading();
        if reading == Reading::AsksToWait {
            return Outcome::Unjudged(Reason::RateLimited { status: view.answer.status });
        }
        if let Some(reason) = not_about(check, reading, view) {
            return Outcome::NotApplicable(reason);
        }
        self.with_evidence(repeat, view, Detail::Full, |evidence| {
            combine(check.expectations.iter().map(|expectation| expectation.judge(evidence)))
        })
    }

    /// Whether the answer to any repeat breaks any expectation of any check.
    fn any_check_fails(&self) -> bool {
        let step = &self.case.steps[self.index];
        let fails = |evidence: &Evidence<'_>, reading: Reading, view: &AnswerView<'_>| {
            step.checks
                .iter()
                .filter(|check| not_about(check, reading, view).is_none())
                .flat_map(|check| &check.expectations)
                .any(|expectation| matches!(expectation.judge(evidence), Finding::Broken { .. }))
        };
        let answers = &self.view.steps[self.index].answers;
        answers.iter().enumerate().any(|(repeat, answer)| {
            let Ok(view) = answer else { return false };
            let reading = view.reading();
            reading != Reading::AsksToWait
                && self.with_evidence(repeat, view, Detail::Verdict, |evidence| {
                    fails(evidence, reading, view)
                })
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

    fn look_up(&self, reference: &Reference, repeat: usize) -> Result<&'a Value, EarlierStep> {
        look_up(self.case, &self.view, self.index, reference, repeat)
    }
}

/// The value of a reference of the step `index`, from fixtures or from earlier answers.
///
/// # Errors
///
/// Says which step did not yield the value.
pub(crate) fn look_up<'a>(
    case: &Case,
    answers: &impl Answers<'a>,
    index: usize,
    reference: &Reference,
    repeat: usize,
) -> Result<&'a Value, EarlierStep> {
    if let Some(fixture) = answers.fixture(&reference.head) {
        return reference.walk(fixture).ok_or_else(|| not_there(reference));
    }
    let Some(other) = case.steps.iter().position(|step| step.id == reference.head) else {
        return Err(not_there(reference));
    };
    let wanted = match case.steps[index].repeat {
        Repeat::Each(source) if source == other => repeat,
        _ => answers.count(other).saturating_sub(1),
    };
    let body = answers.body(other, wanted);
    let value = body.and_then(|body| reference.walk(body)).ok_or_else(|| not_there(reference))?;
    if reference.path.last().is_some_and(|member| member == HASH) && !value.is_string() {
        // Whatever a server makes of a number, say, shows nothing more than that it gave one.
        return Err(EarlierStep::HashNoText { step: reference.head.clone() });
    }
    Ok(value)
}

/// Where references find their values: a record that is judged, or one that is still growing.
pub(crate) trait Answers<'a> {
    /// The members of a fixture, by its role's name.
    fn fixture(&self, role: &str) -> Option<&'a Value>;

    /// How many answers decide of a step, one per repeat.
    fn count(&self, step: usize) -> usize;

    /// The body of such an answer, if it is JSON.
    fn body(&self, step: usize, repeat: usize) -> Option<&'a Value>;
}

impl<'a> Answers<'a> for &'a View<'_> {
    fn fixture(&self, role: &str) -> Option<&'a Value> {
        self.fixtures.get(role)
    }

    fn count(&self, step: usize) -> usize {
        self.steps.get(step).map_or(0, |step| step.answers.len())
    }

    fn body(&self, step: usize, repeat: usize) -> Option<&'a Value> {
        self.steps.get(step)?.body(repeat)
    }
}

fn not_there(reference: &Reference) -> EarlierStep {
    let step = reference.head.clone();
    match reference.path.join(".") {
        member if member.is_empty() => EarlierStep::Unanswered { step },
        member => EarlierStep::WithoutMember { step, member },
    }
}

/// Why a check does not apply to an answer, which reads like this.
fn not_about(check: &Check, reading: Reading, view: &AnswerView<'_>) -> Option<Reason> {
    // What says that it grants under the HTTP status of an error may be a refusal in the wrong
    // form, and is held to the statements about refusals.
    let is_success = is_success(view.answer.status);
    match (check.about?, reading) {
        (About::Granted, Reading::Refused) => Some(Reason::NotGranted),
        (About::Granted, Reading::Neither) if !is_success => Some(Reason::NotGranted),
        (About::Refused, Reading::Granted) if is_success => Some(Reason::NotRefused),
        _ => None,
    }
}

/// Whether an answer that neither grants nor refuses says nothing of what a check judges.
fn needs_an_answer(check: &Check) -> bool {
    matches!(check.about, Some(About::Granted | About::Answered))
}

fn combine(findings: impl Iterator<Item = Finding>) -> Outcome {
    let outcomes = findings.map(|finding| match finding {
        Finding::Holds => Outcome::Passed,
        Finding::Broken { violations, difference } => Outcome::Failed { violations, difference },
        Finding::Unknown(reason) => Outcome::Unjudged(reason),
    });
    outcomes.reduce(heavier).unwrap_or(Outcome::Passed)
}

/// The outcome of two that are judged together: failures add up and outweigh the rest, then what
/// is unjudged, then what passed.
fn heavier(left: Outcome, right: Outcome) -> Outcome {
    match (left, right) {
        (
            Outcome::Failed { mut violations, difference },
            Outcome::Failed { violations: more, difference: other },
        ) => {
            violations.extend(more);
            Outcome::Failed { violations, difference: difference.or(other) }
        }
        (failed @ Outcome::Failed { .. }, _) | (_, failed @ Outcome::Failed { .. }) => failed,
        (unjudged @ Outcome::Unjudged(_), _) | (_, unjudged @ Outcome::Unjudged(_)) => unjudged,
        (Outcome::Passed, _) | (_, Outcome::Passed) => Outcome::Passed,
        (left, _) => left,
    }
}

/// Says in each violation which of several answers it is about.
fn numbered(outcome: Outcome, answer: AnswerNumber) -> Outcome {
    match outcome {
        Outcome::Failed { mut violations, difference } if answer.of > 1 => {
            violations.iter_mut().for_each(|violation| violation.answer = Some(answer));
            Outcome::Failed { violations, difference }
        }
        outcome => outcome,
    }
}

fn not_recorded() -> Outcome {
    Outcome::Unjudged(Reason::NotRecorded { what: Recorded::Exchange })
}

fn not_sent_outcome(not_sent: &NotSent) -> Outcome {
    let reason = not_sent.reason();
    match reason.kind() {
        ReasonKind::FixtureMissing | ReasonKind::Deselected => Outcome::Skipped(reason),
        ReasonKind::HeaderTaken => Outcome::NotApplicable(reason),
        _ => Outcome::Unjudged(reason),
    }
}
