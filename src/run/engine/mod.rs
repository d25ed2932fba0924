//! The engine: plays cases against a target and records what was exchanged.
//!
//! Schedules, paces and waits; it neither judges nor tells. Whatever session a case opened and
//! did not end is logged out afterwards, also when the run is stopped. Which case is played when
//! stands here, how one is played in `player`, which sessions are left open in `sessions`, and how much
//! of it all is kept in `room`.

mod played;
mod player;
mod room;
mod sessions;

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::{FutureExt, StreamExt};
use serde_json::Map;
use tokio::sync::{Semaphore, SemaphorePermit, watch};
use tokio::time::Instant;

use self::player::Player;
use self::room::Room;
use crate::judge::handed_out::{HandedOut, NearMiss};
use crate::judge::recording::{CaseRecord, NotSent, RawRecording, StepRecord};
use crate::judge::settled::{is_large, settle, untold};
use crate::model::reason::{Deselection, FixtureGap, Stopped};
use crate::run::accounts::Accounts;
use crate::run::http::Http;
use crate::run::pacing::{Liveness, RateLimiter, RetryPolicy};
use crate::suite::case::{Case, Step};
use crate::suite::fixtures::Fixtures;
use crate::suite::selection::Selection;
use crate::value::token::Token;

/// How a run goes about its work.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How many cases run at a time.
    pub jobs: usize,
    /// Requests per second and account; 0 is unlimited.
    pub rate: f64,
    /// How long the target is waited for when it asks to be.
    pub retry_policy: RetryPolicy,
    /// When the whole run is stopped.
    pub deadline: Duration,
    /// How many sign-ins in a row may be refused to a dealer whom the target never admitted. After
    /// that the dealer is left alone, so that a mistyped password locks nobody out; `None` goes on.
    pub refusals: Option<u32>,
    /// How many bytes of exchanges are kept as they are. Beyond that a case is judged as soon as it
    /// is over, and what is long in its answers is left out of the record.
    pub room: usize,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            jobs: 4,
            rate: 0.0,
            retry_policy: RetryPolicy::default(),
            deadline: Duration::from_secs(30 * 60),
            refusals: None,
            room: 12 * 1024 * 1024,
        }
    }
}

/// What happens during a run, for those who want to watch it.
#[derive(Debug, Clone)]
pub enum Event<'a> {
    /// A request was answered, or given up.
    Exchanged,
    /// A case is over.
    CaseFinished(&'a str),
}

/// Hears of events.
pub type Listener<'a> = &'a (dyn Fn(Event<'_>) + Sync);

/// Told to stop, the engine finishes the requests under way, unless they take long, logs out, and
/// returns what it has.
pub type Stop = watch::Receiver<Option<Stopped>>;

/// Whom a request that concerns no account is paced as.
const NOBODY: &str = "nobody";

/// How long a stopped run waits for the answer to a request.
const GRACE: Duration = Duration::from_secs(2);

/// A stop that nobody ever gives.
#[must_use]
pub fn never() -> (watch::Sender<Option<Stopped>>, Stop) {
    watch::channel(None)
}

/// A bug of the suite, caught around the case it happened in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the suite failed in case `{case}`; nothing is known about its checks")]
pub struct InternalError {
    /// The case.
    pub case: String,
}

/// Plays cases against one target.
pub(crate) struct Engine<'a> {
    http: &'a Http,
    accounts: Accounts,
    secrets: Vec<(String, Token)>,
    settings: Settings,
    limiter: RateLimiter,
    liveness: Liveness,
    stop: Stop,
    listener: Listener<'a>,
    slots: Semaphore,
    start: Instant,
    near_misses: Mutex<Vec<NearMiss>>,
    /// The hashes that were handed out, in the order they came.
    handed_out: Mutex<HandedOut>,
    room: Room,
    /// How many sign-ins were refused to each login; `None` where one was granted.
    refused: Mutex<HashMap<String, Option<u32>>>,
}

impl<'a> Engine<'a> {
    /// Prepares a run.
    pub(crate) fn new(
        http: &'a Http,
        fixtures: &Fixtures,
        settings: Settings,
        stop: Stop,
        listener: Listener<'a>,
    ) -> Engine<'a> {
        Engine {
            http,
            accounts: Accounts::new(fixtures),
            secrets: fixtures.secrets(),
            limiter: RateLimiter::new(settings.rate),
            liveness: Liveness::default(),
            slots: Semaphore::new(settings.jobs.max(1)),
            room: Room::of(settings.room),
            settings,
            stop,
            listener,
            start: Instant::now(),
            near_misses: Mutex::default(),
            handed_out: Mutex::default(),
            refused: Mutex::default(),
        }
    }

    /// The engine that knows of these secrets too.
    pub(crate) fn knowing(mut self, secrets: Vec<(String, Token)>) -> Engine<'a> {
        self.secrets.extend(secrets);
        self
    }

    /// Plays all cases that are wanted; the record holds every case, in the order given.
    ///
    /// # Errors
    ///
    /// A bug of the suite.
    pub(crate) async fn run(
        self,
        cases: &[&Case],
        selection: &Selection,
    ) -> Result<RawRecording, InternalError> {
        let all = futures_util::stream::iter(cases.iter().enumerate())
            .map(|(index, case)| {
                let guarded = AssertUnwindSafe(self.play(case, selection)).catch_unwind();
                guarded.map(move |result| {
                    (index, result.map_err(|_| InternalError { case: case.id.clone() }))
                })
            })
            .buffer_unordered(cases.len().max(1));
        let mut finished: Vec<(usize, Result<CaseRecord, InternalError>)> = all.collect().await;
        finished.sort_by_key(|(index, _)| *index);
        let cases = finished
            .into_iter()
            .map(|(_, record)| record)
            .collect::<Result<Vec<_>, InternalError>>()?;
        let near_misses = self.near_misses.into_inner().unwrap_or_else(PoisonError::into_inner);
        // Their numbers go by the order of the cases, unless some stand in a record already.
        let handed_out = if cases.iter().any(|case| case.judged.is_some()) {
            self.handed_out.into_inner().unwrap_or_else(PoisonError::into_inner)
        } else {
            HandedOut::default()
        };
        Ok(RawRecording { cases, secrets: self.secrets, near_misses, handed_out })
    }

    /// The record of a case that is over, as it is to be kept: if there is no more room, what is
    /// long in it is judged now and then left out.
    fn kept(&self, case: &Case, record: CaseRecord) -> CaseRecord {
        let has_unknown_hashes = locked(&self.handed_out).has_more();
        let is_too_large = self.room.is_full() && is_large(&record);
        if !has_unknown_hashes && !is_too_large {
            return record;
        }
        self.room.leave(&record);
        let (redactor, shapes) =
            locked(&self.handed_out).redactor(&self.secrets, &locked(&self.near_misses));
        let record = settle(case, record, &redactor, &shapes);
        let record = if has_unknown_hashes { untold(record) } else { record };
        self.room.enter(&record);
        record
    }

    /// Waits for the one turn that there is while there is no more room: then cases are played one
    /// after the other, so that what is under way stays small. Nobody waits beyond the end.
    async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        let deadline = self.start.checked_add(self.settings.deadline);
        tokio::select! {
            turn = self.room.turn() => turn,
            () = self.told_to_stop() => None,
            () = tokio::time::sleep_until(deadline.unwrap_or(self.start)), if deadline.is_some() => None,
        }
    }

    async fn play(&self, case: &Case, selection: &Selection) -> CaseRecord {
        if !selection.wants(case) {
            let checks = case.steps.iter().flat_map(|step| &step.checks);
            let by = checks.filter_map(|check| selection.leaves_out(case, check)).next();
            return unsent(case, &NotSent::Deselected { by: by.unwrap_or(Deselection::Case) });
        }
        if let [role, others @ ..] = &self.accounts.missing(&case.needs)[..] {
            let gap = FixtureGap::Absent { role: *role, others: others.to_vec() };
            return unsent(case, &NotSent::FixtureMissing(gap));
        }
        let mut borrowed = self.accounts.borrow(&case.needs).await;
        let _slot = self.slots.acquire().await.expect("the semaphore is never closed");
        let account = borrowed.paced_as().unwrap_or_else(|| NOBODY.to_owned());
        let record = Player { engine: self, case, account }.play(borrowed.exposed()).await;
        borrowed.withdraw(|login| self.is_shut_out(login));
        (self.listener)(Event::CaseFinished(&case.id));
        record
    }

    /// Why nothing more is to be sent.
    fn stopped(&self) -> Option<Stopped> {
        if let Some(by) = &*self.stop.borrow() {
            return Some(by.clone());
        }
        let limit = self.settings.deadline;
        if self.start.elapsed() > limit {
            return Some(Stopped::Deadline { limit });
        }
        self.liveness.lost()
    }

    /// Sleeps, but not beyond the end of the run.
    async fn sleep_until(&self, at: Instant) {
        let deadline = self.start.checked_add(self.settings.deadline);
        let at = deadline.map_or(at, |deadline| at.min(deadline));
        tokio::select! {
            () = tokio::time::sleep_until(at) => {}
            () = self.told_to_stop() => {}
        }
    }

    /// Waits until somebody stops the run, which may be never.
    async fn told_to_stop(&self) {
        let mut stop = self.stop.clone();
        if stop.wait_for(Option::is_some).await.is_err() {
            // Nobody is left who could stop the run.
            std::future::pending::<()>().await;
        }
    }

    /// Waits until a request has taken so long that a stopped run does not wait for it.
    async fn out_of_grace(&self) {
        self.told_to_stop().await;
        tokio::time::sleep(GRACE).await;
    }

    /// Notes what became of a sign-in with one of these logins.
    fn note_sign_in(&self, login: &str, is_granted: bool) {
        let mut refused = self.refused.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let standing = refused.entry(login.to_owned()).or_insert(Some(0));
        *standing = if is_granted { None } else { standing.map(|count| count + 1) };
    }

    /// Whether a login was refused so often, and never admitted, that it is left alone.
    fn is_shut_out(&self, login: &str) -> bool {
        let Some(limit) = self.settings.refusals else { return false };
        let refused = self.refused.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        refused.get(login).copied().flatten().is_some_and(|count| count >= limit)
    }
}

/// A value that is whole even if somebody panicked with it in hand: it is only ever added to.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn unsent(case: &Case, why: &NotSent) -> CaseRecord {
    let steps = case.steps.iter().map(|step| not_sent(step, why.clone())).collect();
    let (id, fixtures, clean_up) = (case.id.clone(), Map::new(), Vec::new());
    CaseRecord { id, fixtures, steps, clean_up, judged: None }
}

fn not_sent(step: &Step, why: NotSent) -> StepRecord {
    StepRecord { id: step.id.clone(), exchanges: Vec::new(), not_sent: Some(why) }
}
