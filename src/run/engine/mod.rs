//! The engine: plays cases against a target and records what was exchanged.
//!
//! Schedules, paces and waits; it neither judges nor tells. Whatever session a case opened and
//! did not end is logged out afterwards, also when the run is stopped. Which case is played when
//! stands here, how one is played in `player`, which sessions are left open in `sessions`, and how much
//! of it all is kept in `room`.

mod address;
mod ending;
mod hangs;
mod played;
mod player;
mod room;
mod sessions;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::{FutureExt, StreamExt};
use serde_json::Map;
use tokio::sync::{Semaphore, SemaphorePermit, watch};
use tokio::time::Instant;

pub(crate) use self::address::Address;
use self::ending::Ending;
use self::hangs::Hangs;
use self::player::Player;
use self::room::Room;
use crate::judge::numbered::{NearMiss, Numbered};
use crate::judge::recording::{CaseRecord, NotSent, RawRecording, StepRecord};
use crate::judge::settled::{is_large, settle, unread, untold};
use crate::model::exchange::NoAnswer;
use crate::model::reason::{Deselection, FixtureGap};
use crate::model::stopped::Stopped;
use crate::run::accounts::Accounts;
use crate::run::pacing::RateLimiter;
use crate::run::retry::{Patience, RetryPolicy};
use crate::run::rotation::{Route, routes};
use crate::suite::case::{Case, Step};
use crate::suite::fixtures::Fixtures;
use crate::suite::selection::Selection;
use crate::value::panics::{Panicked, guarded_future};
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
            room: 8 * 1024 * 1024,
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

/// Told to stop, the engine finishes the requests under way, unless they take long, logs out where
/// that can be done at once, and returns what it has.
pub type Stop = watch::Receiver<Option<Stopped>>;

/// Whom a request that concerns no account is paced as.
const NOBODY: &str = "nobody";

/// A stop that nobody ever gives.
#[must_use]
pub fn never() -> (watch::Sender<Option<Stopped>>, Stop) {
    watch::channel(None)
}

/// Plays cases against one target, at all of its addresses.
pub(crate) struct Engine<'a> {
    addresses: Vec<Address>,
    accounts: Accounts,
    secrets: Vec<(String, Token)>,
    settings: Settings,
    limiter: RateLimiter,
    patience: Patience,
    hangs: Hangs,
    ending: Ending,
    listener: Listener<'a>,
    slots: Semaphore,
    start: Instant,
    near_misses: Mutex<Vec<NearMiss>>,
    /// What was handed out, in the order it came.
    numbered: Mutex<Numbered>,
    room: Room,
    /// How many sign-ins were refused to each login; `None` where one was granted.
    refused: Mutex<HashMap<String, Option<u32>>>,
}

impl<'a> Engine<'a> {
    /// Prepares a run.
    pub(crate) fn new(
        addresses: Vec<Address>,
        fixtures: &Fixtures,
        settings: Settings,
        stop: Stop,
        listener: Listener<'a>,
    ) -> Engine<'a> {
        let hangs = Hangs::new(addresses[0].http.timeout());
        Engine {
            addresses,
            accounts: Accounts::new(fixtures),
            secrets: fixtures.secrets(),
            limiter: RateLimiter::new(settings.rate),
            patience: Patience::new(&settings.retry_policy),
            hangs,
            ending: Ending::new(stop, Instant::now(), settings.deadline),
            slots: Semaphore::new(settings.jobs.max(1)),
            room: Room::of(settings.room),
            settings,
            listener,
            start: Instant::now(),
            near_misses: Mutex::default(),
            numbered: Mutex::default(),
            refused: Mutex::default(),
        }
    }

    /// The engine that knows of these secrets too.
    pub(crate) fn knowing(mut self, secrets: Vec<(String, Token)>) -> Engine<'a> {
        self.secrets.extend(secrets);
        self
    }

    /// Plays all cases that are wanted; the record holds every case, in the order given. A case over
    /// which the suite itself fails says so.
    pub(crate) async fn run(self, cases: &[&Case], selection: &Selection) -> RawRecording {
        let routes = routes(cases, self.addresses.len());
        let all = futures_util::stream::iter(cases.iter().zip(routes).enumerate())
            .map(|(index, (case, route))| {
                guarded_future(self.play(case, route, selection)).map(move |record| {
                    (index, record.unwrap_or_else(|panicked| failed(case, panicked)))
                })
            })
            .buffer_unordered(cases.len().max(1));
        let mut finished: Vec<(usize, CaseRecord)> = all.collect().await;
        finished.sort_by_key(|(index, _)| *index);
        let cases: Vec<CaseRecord> = finished.into_iter().map(|(_, record)| record).collect();
        let near_misses = self.near_misses.into_inner().unwrap_or_else(PoisonError::into_inner);
        // Their numbers go by the order of the cases, unless some stand in a record already.
        let numbered = if cases.iter().any(|case| case.judged.is_some()) {
            self.numbered.into_inner().unwrap_or_else(PoisonError::into_inner)
        } else {
            Numbered::default()
        };
        let (secrets, ended_by) = (self.secrets, self.ending.by_target());
        RawRecording { cases, secrets, near_misses, numbered, ended_by }
    }

    /// The record of a case that is over, as it is to be kept: if there is no more room, what is
    /// long in it is judged now and then left out.
    fn kept(&self, case: &Case, record: CaseRecord) -> CaseRecord {
        let has_unknown_hashes = locked(&self.numbered).has_more();
        let is_too_large = self.room.is_full() && is_large(&record);
        if !has_unknown_hashes && !is_too_large {
            return record;
        }
        self.room.leave(&record);
        let (redactor, shapes) =
            locked(&self.numbered).redactor(&self.secrets, &locked(&self.near_misses));
        let record = match self.ending.stopped() {
            Some(by) => unread(case, record, &redactor, &by),
            None => settle(case, record, &redactor, &shapes),
        };
        let record = if has_unknown_hashes { untold(record) } else { record };
        self.room.enter(&record);
        record
    }

    /// Waits for the one turn that there is while there is no more room: then cases are played one
    /// after the other, so that what is under way stays small. Nobody waits beyond the end.
    async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        tokio::select! {
            turn = self.room.turn() => turn,
            () = self.ending.comes() => None,
        }
    }

    async fn play(&self, case: &Case, route: Route, selection: &Selection) -> CaseRecord {
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
        let record = Player { engine: self, case, route, account }.play(borrowed.exposed()).await;
        borrowed.withdraw(|login| self.is_shut_out(login));
        (self.listener)(Event::CaseFinished(&case.id));
        record
    }

    /// The address with this name; the only one has none.
    fn address(&self, name: Option<&str>) -> &Address {
        let is_meant = |address: &&Address| address.name.as_deref() == name;
        self.addresses.iter().find(is_meant).unwrap_or(&self.addresses[0])
    }

    /// Notes that a request was not answered, nor what was asked to see whether others are.
    fn note_failure(&self, address: &Address, failure: &NoAnswer) {
        address.liveness.note_failure(failure);
        address.lost().into_iter().for_each(|by| self.ending.end(by));
    }

    /// Notes that a request was put off until the suite gave up.
    fn note_throttled(&self, address: &Address) {
        address.liveness.note_throttled();
        address.lost().into_iter().for_each(|by| self.ending.end(by));
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

fn failed(case: &Case, panicked: Panicked) -> CaseRecord {
    unsent(case, &NotSent::SuiteFailed { at: panicked.at })
}

fn unsent(case: &Case, why: &NotSent) -> CaseRecord {
    let steps = case.steps.iter().map(|step| not_sent(step, why.clone())).collect();
    let (id, fixtures, clean_up) = (case.id.clone(), Map::new(), Vec::new());
    CaseRecord::of(id, fixtures, steps, clean_up)
}

fn not_sent(step: &Step, why: NotSent) -> StepRecord {
    StepRecord { id: step.id.clone(), exchanges: Vec::new(), not_sent: Some(why) }
}
