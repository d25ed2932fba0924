//! The engine: plays cases against a target and records what was exchanged.
//!
//! Schedules, paces and waits; it neither judges nor tells. Whatever session a case opened and
//! did not end is logged out afterwards, also when the run is stopped.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Mutex;
use std::time::Duration;

use futures_util::future::join_all;
use futures_util::{FutureExt, StreamExt};
use serde_json::{Map, Value};
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;

use crate::accounts::Accounts;
use crate::case::{Case, Repeat, Step};
use crate::doubt::{self, ADMISSIBLE, NOT_ADMITTED, is_sign_in};
use crate::encoding::ENCODINGS;
use crate::exchange::{Answer, Exchange, NoAnswer, Request};
use crate::fixtures::Fixtures;
use crate::http::{ConnectionUse, Http};
use crate::judging::{View, look_up};
use crate::pace::{Pace, Patience, Pulse};
use crate::recording::{
    CaseRecord, NearMiss, NotSent, RawRecording, StepRecord, asks_to_wait, hashes,
};
use crate::request;
use crate::role::Role;
use crate::secret::Shapes;
use crate::selection::Selection;
use crate::variables::Missing;

/// How a run goes about its work.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How many cases run at a time.
    pub jobs: usize,
    /// Requests per second and account; 0 is unlimited.
    pub rate: f64,
    /// How long the target is waited for when it asks to be.
    pub patience: Patience,
    /// When the whole run is stopped.
    pub deadline: Duration,
    /// How many sign-ins in a row may be refused to a dealer whom the target never admitted. After
    /// that the dealer is left alone, so that a mistyped password locks nobody out; `None` goes on.
    pub refusals: Option<u32>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            jobs: 4,
            rate: 0.0,
            patience: Patience::default(),
            deadline: Duration::from_secs(30 * 60),
            refusals: None,
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
pub type Stop = watch::Receiver<Option<&'static str>>;

/// Why a run stops that somebody interrupted.
pub const INTERRUPTED: &str = "the run was interrupted";

/// How long a stopped run waits for the answer to a request.
const GRACE: Duration = Duration::from_secs(2);

/// A stop that nobody ever gives.
#[must_use]
pub fn never() -> (watch::Sender<Option<&'static str>>, Stop) {
    watch::channel(None)
}

/// A bug of the suite, caught around the case it happened in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the suite failed in case `{case}`; nothing is known about its checks")]
pub struct Fault {
    /// The case.
    pub case: String,
}

/// Plays cases against one target.
pub struct Engine<'a> {
    http: &'a Http,
    accounts: Accounts,
    secrets: Vec<(String, String)>,
    settings: Settings,
    pace: Pace,
    pulse: Pulse,
    stop: Stop,
    listener: Listener<'a>,
    slots: Semaphore,
    start: Instant,
    near_misses: Mutex<Vec<NearMiss>>,
    /// How many sign-ins were refused to each login; `None` where one was granted.
    refused: Mutex<HashMap<String, Option<u32>>>,
}

impl<'a> Engine<'a> {
    /// Prepares a run.
    #[must_use]
    pub fn new(
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
            pace: Pace::new(settings.rate),
            pulse: Pulse::default(),
            slots: Semaphore::new(settings.jobs.max(1)),
            settings,
            stop,
            listener,
            start: Instant::now(),
            near_misses: Mutex::default(),
            refused: Mutex::default(),
        }
    }

    /// Plays all cases that are wanted; the record holds every case, in the order given.
    ///
    /// # Errors
    ///
    /// A bug of the suite.
    pub async fn run(self, cases: &[&Case], selection: &Selection) -> Result<RawRecording, Fault> {
        let all = futures_util::stream::iter(cases.iter().enumerate())
            .map(|(index, case)| {
                let guarded = AssertUnwindSafe(self.play(case, selection)).catch_unwind();
                guarded
                    .map(move |result| (index, result.map_err(|_| Fault { case: case.id.clone() })))
            })
            .buffer_unordered(cases.len().max(1));
        let mut finished: Vec<(usize, Result<CaseRecord, Fault>)> = all.collect().await;
        finished.sort_by_key(|(index, _)| *index);
        let cases =
            finished.into_iter().map(|(_, record)| record).collect::<Result<Vec<_>, Fault>>()?;
        let near_misses = self.near_misses.into_inner().unwrap_or_else(|e| e.into_inner());
        Ok(RawRecording { cases, secrets: self.secrets, near_misses })
    }

    async fn play(&self, case: &Case, selection: &Selection) -> CaseRecord {
        if !selection.wants(case) {
            let reason = case
                .steps
                .iter()
                .flat_map(|step| &step.checks)
                .find_map(|check| selection.leaves_out(case, check))
                .unwrap_or_else(|| "deselected".to_owned());
            return unsent(case, &NotSent::Deselected(reason));
        }
        if let Some(role) = self.accounts.missing(&case.needs) {
            let text = format!(
                "fixture `{}` is missing: supply {} in a fixtures file, or set {}",
                role.name(),
                role.summary(),
                role.members()
                    .iter()
                    .map(|member| role.variable(member))
                    .collect::<Vec<_>>()
                    .join(" and "),
            );
            return unsent(case, &NotSent::FixtureMissing(text));
        }
        let mut borrowed = self.accounts.borrow(&case.needs).await;
        let _slot = self.slots.acquire().await.expect("the semaphore is never closed");
        let account = borrowed.paced_as().unwrap_or_else(|| "nobody".to_owned());
        let record = Player { engine: self, case, account }.play(borrowed.exposed()).await;
        borrowed.withdraw(|login| self.is_shut_out(login));
        (self.listener)(Event::CaseFinished(&case.id));
        record
    }

    /// Why nothing more is to be sent.
    fn stopped(&self) -> Option<String> {
        if let Some(why) = *self.stop.borrow() {
            return Some(why.to_owned());
        }
        if self.start.elapsed() > self.settings.deadline {
            let limit = humantime::format_duration(self.settings.deadline);
            return Some(format!("the run took longer than {limit}"));
        }
        self.pulse.lost().map(str::to_owned)
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

fn unsent(case: &Case, why: &NotSent) -> CaseRecord {
    let steps = case.steps.iter().map(|step| not_sent(step, why.clone())).collect();
    CaseRecord { id: case.id.clone(), fixtures: Map::new(), steps, clean_up: Vec::new() }
}

fn not_sent(step: &Step, why: NotSent) -> StepRecord {
    StepRecord { id: step.id.clone(), exchanges: Vec::new(), not_sent: Some(why) }
}

/// Plays one case.
struct Player<'a> {
    engine: &'a Engine<'a>,
    case: &'a Case,
    account: String,
}

impl Player<'_> {
    async fn play(&self, fixtures: Map<String, Value>) -> CaseRecord {
        let mut record = CaseRecord {
            id: self.case.id.clone(),
            fixtures,
            steps: Vec::new(),
            clean_up: Vec::new(),
        };
        let steps = &self.case.steps;
        while record.steps.len() < steps.len() {
            let first = record.steps.len();
            let together = 1 + steps[first + 1..].iter().take_while(|step| step.alongside).count();
            let group = self.play_group(first..first + together, &record).await;
            record.steps.extend(group);
        }
        record.clean_up = self.clean_up(&record).await;
        record
    }

    /// Plays steps that go alongside each other.
    async fn play_group(
        &self,
        group: std::ops::Range<usize>,
        record: &CaseRecord,
    ) -> Vec<StepRecord> {
        let wait = self.case.steps[group.start].after;
        if !wait.is_zero() {
            self.engine.sleep_until(Instant::now() + wait).await;
        }
        join_all(group.map(|index| self.play_step(index, record))).await
    }

    async fn play_step(&self, index: usize, record: &CaseRecord) -> StepRecord {
        let step = &self.case.steps[index];
        if let Some(why) = self.stopped(record) {
            return not_sent(step, why);
        }
        let requests = match self.build(index, record) {
            Ok(requests) if requests.is_empty() => {
                return not_sent(step, nothing_to_repeat(step, record));
            }
            Ok(requests) => requests,
            Err(Missing(text)) => return not_sent(step, NotSent::ValueMissing(text)),
        };
        self.pace(requests_at_first(step, requests.len())).await;
        if let Some(why) = self.stopped(record) {
            return not_sent(step, why);
        }
        let exchanges = self.send_all(step, requests, record).await;
        StepRecord { id: step.id.clone(), exchanges, not_sent: None }
    }

    /// Sends the requests of a step, of which the first are paced already.
    async fn send_all(
        &self,
        step: &Step,
        requests: Vec<Request>,
        record: &CaseRecord,
    ) -> Vec<Exchange> {
        let connection = match step.fresh_connection {
            true => ConnectionUse::Fresh,
            false => ConnectionUse::Pooled,
        };
        let mut exchanges = Vec::new();
        let exchange = |request| self.exchange(request, connection, &record.fixtures);
        if step.parallel {
            exchanges
                .extend(join_all(requests.into_iter().map(exchange)).await.into_iter().flatten());
            return exchanges;
        }
        for request in requests {
            if !exchanges.is_empty() {
                self.pace(1).await;
                if self.stopped(record).is_some() {
                    break;
                }
            }
            exchanges.extend(exchange(request).await);
        }
        exchanges
    }

    /// Why nothing more is to be sent in this case.
    fn stopped(&self, record: &CaseRecord) -> Option<NotSent> {
        self.engine.stopped().map(NotSent::Stopped).or_else(|| {
            let (role, login) =
                admissible(&record.fixtures).find(|(_, login)| self.engine.is_shut_out(login))?;
            Some(NotSent::LeftAlone(format!(
                "the target refused every sign-in of `{login}`, which is left alone lest it be \
                 locked out; check login and password of {}",
                doubt::name(role, &record.fixtures)
            )))
        })
    }

    /// The requests of a step, one per repeat.
    fn build(&self, index: usize, record: &CaseRecord) -> Result<Vec<Request>, Missing> {
        let step = &self.case.steps[index];
        let no_shapes = Shapes::new();
        let view = View::new(record, &no_shapes);
        let repeats = match step.repeat {
            Repeat::Times(times) => times,
            Repeat::Each(source) => view.steps.get(source).map_or(0, |step| step.answers.len()),
        };
        (0..repeats)
            .map(|repeat| {
                let lookup = |reference: &_| look_up(self.case, &view, index, reference, repeat);
                let near_misses = request::near_misses(step, &lookup);
                self.engine
                    .near_misses
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner)
                    .extend(near_misses);
                request::build(step, &lookup)
            })
            .collect()
    }

    async fn pace(&self, requests: usize) {
        if let Some(at) = self.engine.pace.book(&self.account, requests) {
            self.engine.sleep_until(at).await;
        }
    }

    /// Sends a request until the target no longer asks to wait, or patience ends.
    async fn exchange(
        &self,
        request: Request,
        connection: ConnectionUse,
        fixtures: &Map<String, Value>,
    ) -> Vec<Exchange> {
        let patience = self.engine.settings.patience;
        let mut exchanges: Vec<Exchange> = Vec::new();
        loop {
            let put_off = u32::try_from(exchanges.len()).unwrap_or(u32::MAX);
            let exchange = self.send(request.clone(), connection, put_off).await;
            self.note_sign_in(&exchange, fixtures);
            let wait = match &exchange.result {
                Ok(answer) if asks_to_wait(answer) => {
                    Some(patience.wait(put_off, answer.header("retry-after")))
                }
                _ => None,
            };
            exchanges.push(exchange);
            match wait {
                None => return exchanges,
                Some(_) if put_off >= patience.retries || self.engine.stopped().is_some() => {
                    self.engine.pulse.note_unwilling();
                    return exchanges;
                }
                Some(wait) => self.engine.sleep_until(Instant::now() + wait).await,
            }
        }
    }

    async fn send(&self, request: Request, connection: ConnectionUse, put_off: u32) -> Exchange {
        let sent = Instant::now();
        let result = tokio::select! {
            result = self.engine.http.send(&request, connection) => result,
            () = self.engine.out_of_grace() => {
                Err(NoAnswer::TimedOut(Duration::from_secs(sent.elapsed().as_secs())))
            }
        };
        let elapsed = sent.elapsed();
        self.note(&result);
        (self.engine.listener)(Event::Exchanged);
        let started = sent.duration_since(self.engine.start);
        Exchange { request, result, started, elapsed, put_off }
    }

    fn note_sign_in(&self, exchange: &Exchange, fixtures: &Map<String, Value>) {
        let Ok(answer) = &exchange.result else { return };
        if !is_sign_in(&exchange.request) {
            return;
        }
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let is_granted =
            body.get("success") == Some(&Value::Bool(true)) || !hashes(answer).is_empty();
        let code = body.pointer("/status/code").and_then(Value::as_i64);
        if is_granted || code.is_some_and(|code| NOT_ADMITTED.contains(&code)) {
            for (role, login) in admissible(fixtures) {
                // What a near miss of the password opens admits nobody.
                let is_meant = !is_granted || doubt::uses(fixtures, role, &exchange.request);
                if carries(&exchange.request, login) && is_meant {
                    self.engine.note_sign_in(login, is_granted);
                }
            }
        }
    }

    fn note(&self, result: &Result<Answer, NoAnswer>) {
        match result {
            Ok(answer) if asks_to_wait(answer) => {}
            Ok(_) => self.engine.pulse.note_answer(),
            Err(failure) => self.engine.pulse.note_failure(failure),
        }
    }

    /// Logs out every session that the case opened and did not end.
    async fn clean_up(&self, record: &CaseRecord) -> Vec<Exchange> {
        let mut exchanges = Vec::new();
        for hash in open_sessions(record) {
            if self.engine.pulse.lost().is_some() {
                break;
            }
            self.pace_clean_up().await;
            let log_out = log_out(&hash);
            exchanges.extend(self.exchange(log_out, ConnectionUse::Pooled, &record.fixtures).await);
        }
        exchanges
    }

    /// Paces a request that is sent though the run may be over; whoever stopped it does not wait
    /// long for it.
    async fn pace_clean_up(&self) {
        const LONGEST: Duration = Duration::from_secs(1);
        let Some(at) = self.engine.pace.book(&self.account, 1) else { return };
        if self.engine.stopped().is_none() {
            self.engine.sleep_until(at).await;
        }
        if self.engine.stopped().is_some() {
            tokio::time::sleep_until(at.min(Instant::now() + LONGEST)).await;
        }
    }
}

/// The logins among the fixtures of a case that a target is to admit.
fn admissible(fixtures: &Map<String, Value>) -> impl Iterator<Item = (Role, &str)> {
    ADMISSIBLE.into_iter().filter_map(|role| {
        let login = fixtures.get(role.name())?.get("login")?.as_str()?;
        Some((role, login))
    })
}

/// How many requests of a step go out at first, and together.
fn requests_at_first(step: &Step, requests: usize) -> usize {
    if step.parallel { requests } else { 1 }
}

/// Why a step that repeats another one has nothing to repeat.
fn nothing_to_repeat(step: &Step, record: &CaseRecord) -> NotSent {
    let source = match step.repeat {
        Repeat::Each(source) => record.steps.get(source),
        Repeat::Times(_) => None,
    };
    let id = source.map_or("", |source| source.id.as_str());
    source
        .and_then(|source| source.not_sent.clone())
        .unwrap_or_else(|| NotSent::ValueMissing(format!("step `{id}` did not yield an answer")))
}

fn log_out(hash: &str) -> Request {
    let parameters = Map::from_iter([("hash".to_owned(), Value::from(hash))]);
    let encoded = (ENCODINGS[0].encode)(&parameters);
    Request {
        method: ENCODINGS[0].method.to_owned(),
        path: "/panel/account/logout".to_owned(),
        query: encoded.query,
        headers: encoded.headers,
        body: encoded.body,
    }
}

/// The hashes that were handed out and not ended by granted log-outs, in the order they were
/// handed out. A sign-in may be granted in a form that is all wrong.
fn open_sessions(record: &CaseRecord) -> Vec<String> {
    let mut open: Vec<String> = Vec::new();
    for exchange in record.steps.iter().flat_map(|step| &step.exchanges) {
        let Ok(answer) = &exchange.result else { continue };
        let body: Option<Value> = serde_json::from_slice(&answer.body).ok();
        let is_granted =
            body.as_ref().and_then(|body| body.get("success")) == Some(&Value::Bool(true));
        if !is_granted && !is_sign_in(&exchange.request) {
            continue;
        }
        if exchange.request.path.trim_end_matches('/').ends_with("/logout") {
            open.retain(|hash| !carries(&exchange.request, hash));
            continue;
        }
        for hash in hashes(answer) {
            if !open.contains(&hash) {
                open.push(hash);
            }
        }
    }
    open
}

/// Whether a request carries a value, in whatever place.
fn carries(request: &Request, value: &str) -> bool {
    let query = request.query.as_deref().unwrap_or_default();
    let query = percent_encoding::percent_decode_str(query).decode_utf8_lossy();
    let body = request.body.as_deref().unwrap_or_default();
    let body = percent_encoding::percent_decode(body).decode_utf8_lossy();
    query.contains(value)
        || body.contains(value)
        || request.headers.iter().any(|(_, header)| header.contains(value))
}
