//! Which calls a target leaves without an answer, so that a run does not wait for each of them.
//!
//! A kind of calls of which several were not answered, and none ever, is given up: no more of them
//! are made. But those that may be repeated are made until one that is as binding has shown that the
//! silence is the target's (`judge/unanswered`), so that giving up hides nothing. And all waits for
//! answers that never come are bounded together.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::encoding::ENCODINGS;
use crate::judge::unanswered::never_answered;
use crate::model::api::Action;
use crate::model::exchange::{Exchange, NoAnswer, Purpose};
use crate::model::level::Level;
use crate::model::stopped::{CallKind, Stopped};
use crate::suite::case::{Check, Step};

/// So many tries of calls of a kind are not answered before no more are made.
const ENOUGH: usize = 3;

/// So long answers are waited for that do not come, in all.
const BUDGET: Duration = Duration::from_secs(60);

/// The budget is worth so many deadlines of a request at least.
const LEAST: u32 = 4;

/// What a run knows of silence.
#[derive(Debug)]
pub(super) struct Hangs {
    timeout: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    by_kind: HashMap<CallKind, Streak>,
    /// How many log-outs in a row that no step asks for were not answered.
    log_outs: usize,
    waited: Duration,
    /// Until when waiting is counted already: waits at the same time count once.
    counted_until: Option<Instant>,
}

#[derive(Debug, Default)]
struct Streak {
    unanswered: usize,
    /// Whether any was ever answered: then the silence is not of the kind.
    is_answered: bool,
    /// How binding the most binding of the calls was.
    tried: Option<Binding>,
    /// How binding the most binding was that showed by itself that the silence is the target's.
    shown: Option<Binding>,
}

/// How binding a call is; `None` if no answer to it breaks nothing by itself.
type Binding = Option<Level>;

impl Hangs {
    /// Knows nothing yet; a request is waited for so long.
    pub(super) fn new(timeout: Duration) -> Hangs {
        Hangs { timeout, state: Mutex::default() }
    }

    /// Why a step is not sent.
    pub(super) fn refuse(&self, step: &Step) -> Option<Stopped> {
        let binding = Some(level(step));
        self.refuse_one_of(kinds(step), |streak| {
            // What is never repeated shows nothing by itself; all of it together does.
            let evidence = if step.may_be_repeated() { streak.shown } else { streak.tried };
            evidence >= binding
        })
    }

    /// Why a log-out that no step asks for is not sent.
    pub(super) fn refuse_log_out(&self) -> Option<Stopped> {
        let kind = CallKind::Call(Action::Logout.name().to_owned());
        if self.state().log_outs >= ENOUGH {
            return Some(Stopped::LeavesUnanswered { kind, limit: self.timeout });
        }
        self.refuse_one_of([kind], |_| true)
    }

    fn refuse_one_of(
        &self,
        kinds: impl IntoIterator<Item = CallKind>,
        is_evident: impl Fn(&Streak) -> bool,
    ) -> Option<Stopped> {
        let state = self.state();
        let is_given_up = |kind: &CallKind| {
            state.by_kind.get(kind).is_some_and(|streak| {
                !streak.is_answered && streak.unanswered >= ENOUGH && is_evident(streak)
            })
        };
        let kind = kinds.into_iter().find(is_given_up)?;
        Some(Stopped::LeavesUnanswered { kind, limit: self.timeout })
    }

    /// Notes what became of a request of a step, and of those that were sent on account of it.
    pub(super) fn note(&self, step: &Step, attempt: &[Exchange]) {
        let tries: Vec<&Exchange> =
            attempt.iter().filter(|one| one.purpose != Purpose::Control).collect();
        let (tried, shown) = (level(step), never_answered(attempt).is_some());
        self.note_tries(kinds(step), &tries, tried, shown.then_some(tried));
        let is_answered = |one: &&Exchange| one.purpose == Purpose::Control && one.result.is_ok();
        for control in attempt.iter().filter(is_answered) {
            self.note_tries(kinds_of_control(control), &[control], None, None);
        }
    }

    /// Notes what became of a log-out that no step asked for.
    pub(super) fn note_log_out(&self, sent: &Exchange) {
        let mut state = self.state();
        match &sent.result {
            Ok(_) => state.log_outs = 0,
            // Nobody looks whether others are answered, so that it shows nothing of steps.
            Err(_) => state.log_outs += 1,
        }
    }

    fn note_tries(
        &self,
        kinds: impl IntoIterator<Item = CallKind>,
        tries: &[&Exchange],
        tried: Binding,
        shown: Option<Binding>,
    ) {
        let mut state = self.state();
        for kind in kinds {
            let streak = state.by_kind.entry(kind).or_default();
            if tries.iter().any(|one| one.result.is_ok()) {
                *streak = Streak { is_answered: true, ..Streak::default() };
            } else {
                let is_silence =
                    |one: &&&Exchange| matches!(one.result, Err(NoAnswer::TimedOut(_)));
                streak.unanswered += tries.iter().filter(is_silence).count();
                streak.tried = streak.tried.max(Some(tried));
                streak.shown = streak.shown.max(shown);
            }
        }
    }

    /// Notes that a request, sent at a moment, was waited for in vain until now; says why no more
    /// are sent where that was enough.
    pub(super) fn note_wait(&self, sent: Instant) -> Option<Stopped> {
        let mut state = self.state();
        let now = Instant::now();
        let start = state.counted_until.map_or(sent, |at| at.max(sent));
        state.waited += now.saturating_duration_since(start);
        state.counted_until = Some(now);
        let waited = state.waited;
        (waited > BUDGET.max(self.timeout.saturating_mul(LEAST)))
            .then_some(Stopped::KeepsWaiting { waited })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How binding a step is: the level of what fails if it is not answered.
fn level(step: &Step) -> Binding {
    let fails = |check: &&Check| check.about.is_none() && !check.excuses_failures();
    step.checks.iter().filter(fails).map(|check| check.level).max()
}

/// What a question has in common with steps: it is asked in the first of the documented ways.
fn kinds_of_control(control: &Exchange) -> impl Iterator<Item = CallKind> {
    let action = Action::ALL.into_iter().find(|action| action.is_at(&control.request.path));
    let call = action.map(|action| CallKind::Call(action.name().to_owned()));
    call.into_iter().chain([CallKind::Encoding(ENCODINGS[0].name.to_owned())])
}

/// What a step has in common with others that may hang as it does.
fn kinds(step: &Step) -> [CallKind; 2] {
    [CallKind::Call(step.call.clone()), CallKind::Encoding(step.encoding.name.to_owned())]
}
