//! How one case is played: its steps built, sent and recorded, and its sessions closed afterwards.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Map, Value};
use tokio::time::Instant;

use super::address::{Address, Way};
use super::played::Played;
use super::sessions::{Open, call, carries, log_out, open_sessions};
use super::{Engine, Event, NOBODY, not_sent};
use crate::expect::reading::Reading;
use crate::judge::attribution::{ADMISSIBLE, Admission, fixture_name, may_open_session, uses};
use crate::judge::judging::{Answers, look_up};
use crate::judge::recording::{CaseRecord, NotSent, StepRecord};
use crate::judge::unanswered::{SILENT_TRIES, TRIES};
use crate::model::api::Action;
use crate::model::exchange::{Answer, Exchange, NoAnswer, Purpose, Request};
use crate::model::reason::{EarlierStep, RefusedDealer};
use crate::model::role::Role;
use crate::run::request;
use crate::run::rotation::Route;
use crate::suite::case::{Case, Repeat, Step};

/// Plays one case.
pub(super) struct Player<'a> {
    pub(super) engine: &'a Engine<'a>,
    pub(super) case: &'a Case,
    /// Which address each request goes to.
    pub(super) route: Route,
    pub(super) account: String,
}

impl Player<'_> {
    pub(super) async fn play(&self, fixtures: Map<String, Value>) -> CaseRecord {
        let mut played = Played::new(&self.case.id, fixtures);
        let steps = &self.case.steps;
        while played.record.steps.len() < steps.len() {
            let first = played.record.steps.len();
            let together = 1 + steps[first + 1..].iter().take_while(|step| step.alongside).count();
            let group = self.play_group(first..first + together, &played).await;
            group.into_iter().for_each(|step| played.add(step));
        }
        let clean_up = self.clean_up(&played.record).await;
        CaseRecord { clean_up, ..played.record }
    }

    /// Plays steps that go alongside each other.
    async fn play_group(&self, group: std::ops::Range<usize>, played: &Played) -> Vec<StepRecord> {
        let wait = self.case.steps[group.start].after;
        if !wait.is_zero() {
            self.engine.sleep_until(Instant::now() + wait).await;
        }
        join_all(group.map(|index| self.play_step(index, played))).await
    }

    async fn play_step(&self, index: usize, played: &Played) -> StepRecord {
        let step = &self.case.steps[index];
        let record = &played.record;
        if let Some(why) = self.stopped(record) {
            return not_sent(step, why);
        }
        let requests = match self.build(index, played) {
            Ok(requests) if requests.is_empty() => {
                return not_sent(step, nothing_to_repeat(step, record));
            }
            Ok(requests) => requests,
            Err(missing) => return not_sent(step, NotSent::ValueMissing(missing)),
        };
        self.pace(self.paced_as(step), requests_at_first(step, requests.len())).await;
        if let Some(why) = self.stopped(record) {
            return not_sent(step, why);
        }
        let exchanges = self.send_all(index, requests, record).await;
        StepRecord { id: step.id.clone(), exchanges, not_sent: None }
    }

    /// Sends the requests of a step, of which the first are paced already.
    async fn send_all(
        &self,
        index: usize,
        requests: Vec<Request>,
        record: &CaseRecord,
    ) -> Vec<Exchange> {
        let step = &self.case.steps[index];
        let mut exchanges = Vec::new();
        let exchange = |(repeat, request)| {
            let address = &self.engine.addresses[self.route.address(index, repeat)];
            let way = if step.fresh_connection { Way::fresh } else { Way::pooled };
            self.exchange(request, way(address), step, &record.fixtures)
        };
        let requests = requests.into_iter().enumerate();
        if step.parallel {
            exchanges.extend(join_all(requests.map(exchange)).await.into_iter().flatten());
            return exchanges;
        }
        for request in requests {
            if !exchanges.is_empty() {
                self.pace(self.paced_as(step), 1).await;
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
        self.engine.stopped().map(|by| NotSent::Stopped { by }).or_else(|| {
            let (role, login) =
                admissible(&record.fixtures).find(|(_, login)| self.engine.is_shut_out(login))?;
            Some(NotSent::LeftAlone(RefusedDealer {
                fixture: fixture_name(role, &record.fixtures),
                login: login.to_owned(),
                codes: Vec::new(),
                admits_somebody: false,
            }))
        })
    }

    /// The requests of a step, one per repeat.
    fn build(&self, index: usize, played: &Played) -> Result<Vec<Request>, EarlierStep> {
        let step = &self.case.steps[index];
        let repeats = match step.repeat {
            Repeat::Times(times) => times,
            Repeat::Each(source) => played.count(source),
        };
        (0..repeats)
            .map(|repeat| {
                let lookup = |reference: &_| look_up(self.case, &played, index, reference, repeat);
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

    /// The account that a step counts against: the documented limit is one of each dealer, and what
    /// carries nothing of a dealer has a pace of its own.
    fn paced_as(&self, step: &Step) -> &str {
        if step.concerns_somebody() { &self.account } else { NOBODY }
    }

    async fn pace(&self, account: &str, requests: usize) {
        if let Some(at) = self.engine.limiter.book(account, requests) {
            self.engine.sleep_until(at).await;
        }
    }

    /// Sends a request of a step until the target no longer asks to wait, or patience ends; and
    /// looks again if it is not answered.
    async fn exchange(
        &self,
        request: Request,
        way: Way<'_>,
        step: &Step,
        fixtures: &Map<String, Value>,
    ) -> Vec<Exchange> {
        let mut exchanges = self.exchange_patiently(request, way, fixtures).await;
        let more = match exchanges.last() {
            Some(last) => self.after_no_answer(last, way.address, step.may_be_repeated()).await,
            None => Vec::new(),
        };
        exchanges.extend(more);
        exchanges
    }

    /// Sends a request until the target no longer asks to wait, or patience ends.
    async fn exchange_patiently(
        &self,
        request: Request,
        way: Way<'_>,
        fixtures: &Map<String, Value>,
    ) -> Vec<Exchange> {
        let retry_policy = self.engine.settings.retry_policy;
        let mut exchanges: Vec<Exchange> = Vec::new();
        loop {
            let put_off = u32::try_from(exchanges.len()).unwrap_or(u32::MAX);
            let sent = self.send(request.clone(), way, Purpose::Step).await;
            let exchange = Exchange { put_off, ..sent };
            self.note_sign_in(&exchange, fixtures);
            let wait = match &exchange.result {
                Ok(answer) if Reading::of_answer(answer) == Reading::AsksToWait => {
                    Some(retry_policy.wait(put_off, answer))
                }
                _ => None,
            };
            exchanges.push(exchange);
            match wait {
                None => return exchanges,
                Some(_) if put_off >= retry_policy.retries || self.engine.stopped().is_some() => {
                    way.address.liveness.note_throttled();
                    return exchanges;
                }
                Some(wait) => self.engine.sleep_until(Instant::now() + wait).await,
            }
        }
    }

    /// What is sent after a request that was not answered: something else, to see whether the
    /// target answers at all; and, if the request may be repeated, the same once more, on
    /// connections of their own.
    async fn after_no_answer(
        &self,
        first: &Exchange,
        at: &Address,
        may_be_repeated: bool,
    ) -> Vec<Exchange> {
        let Err(failure) = &first.result else { return Vec::new() };
        let tries = match failure {
            NoAnswer::Broken(_) => TRIES,
            NoAnswer::TimedOut(_) => SILENT_TRIES,
            _ => 0,
        };
        if tries == 0 || !at.liveness.was_ever_reached() || self.is_over() {
            at.liveness.note_failure(failure);
            return Vec::new();
        }
        let mut exchanges = self.control(&first.request, at).await;
        for _ in 1..if may_be_repeated { tries } else { 1 } {
            self.pace(&self.account, 1).await;
            if !is_answered(&exchanges) || self.is_over() {
                break;
            }
            let again = self.send(first.request.clone(), Way::fresh(at), Purpose::Again).await;
            let is_done = again.result.is_ok();
            exchanges.push(again);
            if is_done {
                return exchanges;
            }
            exchanges.extend(self.control(&first.request, at).await);
        }
        if !is_answered(&exchanges) {
            at.liveness.note_failure(failure);
        }
        exchanges
    }

    /// Asks an address something harmless that is not the request in question, until it is answered:
    /// a server may need a moment to start anew.
    async fn control(&self, but_not: &Request, at: &Address) -> Vec<Exchange> {
        const WAITS: [Duration; 3] =
            [Duration::ZERO, Duration::from_millis(500), Duration::from_secs(2)];
        let mut exchanges = Vec::new();
        let [first, second] = controls();
        let question = if first == *but_not { second } else { first };
        for wait in WAITS {
            self.engine.sleep_until(Instant::now() + wait).await;
            self.pace(&self.account, 1).await;
            if self.is_over() {
                break;
            }
            let control = self.send(question.clone(), Way::fresh(at), Purpose::Control).await;
            let is_worth_another =
                matches!(control.result, Err(NoAnswer::Broken(_) | NoAnswer::Unreachable(_)));
            exchanges.push(control);
            if !is_worth_another {
                break;
            }
        }
        exchanges
    }

    fn is_over(&self) -> bool {
        self.engine.stopped().is_some()
    }

    async fn send(&self, request: Request, way: Way<'_>, purpose: Purpose) -> Exchange {
        let sent = Instant::now();
        let result = tokio::select! {
            result = way.send(&request) => result,
            () = self.engine.out_of_grace() => {
                Err(NoAnswer::TimedOut(Duration::from_secs(sent.elapsed().as_secs())))
            }
        };
        let elapsed = sent.elapsed();
        note(way.address, &result);
        (self.engine.listener)(Event::Exchanged);
        let started = sent.duration_since(self.engine.start);
        let address = way.address.name.clone();
        Exchange { address, request, result, started, elapsed, put_off: 0, purpose }
    }

    fn note_sign_in(&self, exchange: &Exchange, fixtures: &Map<String, Value>) {
        let Ok(answer) = &exchange.result else { return };
        if !Action::Auth.is_at(&exchange.request.path) {
            return;
        }
        let is_granted = may_open_session(answer);
        if is_granted || Admission::of(answer).speaks_against_fixture() {
            for (role, login) in admissible(fixtures) {
                // What a near miss of the password opens admits nobody.
                let is_meant = !is_granted || uses(fixtures, role, &exchange.request);
                if carries(&exchange.request, login) && is_meant {
                    self.engine.note_sign_in(login, is_granted);
                }
            }
        }
    }

    /// Logs out every session that the case opened and did not end, at the address that opened it:
    /// that one knows it, whatever the others do.
    async fn clean_up(&self, record: &CaseRecord) -> Vec<Exchange> {
        let mut exchanges = Vec::new();
        for Open { hash, at } in open_sessions(record) {
            let way = Way::pooled(self.engine.address(at.as_deref()));
            if way.address.lost().is_some() {
                break;
            }
            self.pace_clean_up().await;
            let fixtures = &record.fixtures;
            let sent = self.exchange_patiently(log_out(&hash), way, fixtures).await;
            if let Some(Err(failure)) = sent.last().map(|last| &last.result) {
                way.address.liveness.note_failure(failure);
            }
            exchanges.extend(sent);
        }
        exchanges
    }

    /// Paces a request that is sent though the run may be over; whoever stopped it does not wait
    /// long for it.
    async fn pace_clean_up(&self) {
        const LONGEST: Duration = Duration::from_secs(1);
        let Some(at) = self.engine.limiter.book(&self.account, 1) else { return };
        if self.engine.stopped().is_none() {
            self.engine.sleep_until(at).await;
        }
        if self.engine.stopped().is_some() {
            tokio::time::sleep_until(at.min(Instant::now() + LONGEST)).await;
        }
    }
}

fn note(address: &Address, result: &Result<Answer, NoAnswer>) {
    match result {
        Ok(answer) if Reading::of_answer(answer) == Reading::AsksToWait => {}
        Ok(_) => address.liveness.note_answer(),
        // Counted when it is clear whether others are answered.
        Err(_) => {}
    }
}

/// Questions that harm nobody and that every server has an answer to: permissions without a hash,
/// and a sign-in of nobody.
fn controls() -> [Request; 2] {
    [Action::GetPermissions, Action::Auth].map(|action| call(action, &Map::new()))
}

/// Whether the last of these was answered.
fn is_answered(exchanges: &[Exchange]) -> bool {
    exchanges.last().is_some_and(|last| last.result.is_ok())
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
        .unwrap_or_else(|| NotSent::ValueMissing(EarlierStep::Unanswered { step: id.to_owned() }))
}
