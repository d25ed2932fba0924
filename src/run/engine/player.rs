//! How one case is played: its steps built, sent and recorded, and its sessions closed afterwards.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Map, Value};
use tokio::time::Instant;

use super::address::{Address, Way};
use super::ending::Errand;
use super::played::Played;
use super::sessions::{call, log_out};
use super::{Engine, Event, NOBODY, locked, not_sent};
use crate::expect::reading::Reading;
use crate::judge::attribution::{ADMISSIBLE, Admission, fixture_name, uses};
use crate::judge::handed_out::{Open, carries, hashes};
use crate::judge::judging::{Answers, look_up};
use crate::judge::recording::{CaseRecord, NotSent, StepRecord};
use crate::judge::unanswered::{SILENT_TRIES, TRIES};
use crate::model::api::Action;
use crate::model::exchange::{Answer, Exchange, NoAnswer, Purpose, Request};
use crate::model::reason::{EarlierStep, RefusedDealer};
use crate::model::role::Role;
use crate::run::http::Sent;
use crate::run::request;
use crate::run::retry::{Wait, come_back};
use crate::run::rotation::Route;
use crate::suite::case::{Case, Repeat, Step};
use crate::value::json;
use crate::value::panics::{Panicked, guarded_future};
use crate::value::variables::Reference;

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
        let mut played = Played::new(self.case, fixtures);
        let steps = &self.case.steps;
        let mut turn = None;
        while played.record.steps.len() < steps.len() {
            if turn.is_none() && self.engine.room.is_full() {
                turn = self.engine.turn().await;
            }
            let first = played.record.steps.len();
            let together = 1 + steps[first + 1..].iter().take_while(|step| step.alongside).count();
            let group = guarded_future(self.play_group(first..first + together, &played)).await;
            match group {
                Ok(group) => group.into_iter().for_each(|step| played.add(step)),
                Err(Panicked { at }) => {
                    let failed = |step| not_sent(step, NotSent::SuiteFailed { at: at.clone() });
                    steps[first..].iter().map(failed).for_each(|step| played.add(step));
                }
            }
        }
        let clean_up = self.clean_up(&played.record).await;
        self.engine.kept(self.case, CaseRecord { clean_up, ..played.record })
    }

    /// Plays steps that go alongside each other.
    async fn play_group(
        &self,
        group: std::ops::Range<usize>,
        played: &Played<'_>,
    ) -> Vec<StepRecord> {
        let wait = self.case.steps[group.start].after;
        if !wait.is_zero() {
            self.engine.ending.sleep_until(Instant::now() + wait).await;
        }
        join_all(group.map(|index| self.play_step(index, played))).await
    }

    async fn play_step(&self, index: usize, played: &Played<'_>) -> StepRecord {
        let step = &self.case.steps[index];
        let record = &played.record;
        if let Some(why) = self.stopped(record).or_else(|| self.left_out(step)) {
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
        // What comes before took its time, in which others may have shown that nobody answers this.
        if let Some(why) = self.stopped(record).or_else(|| self.given_up(step)) {
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
            self.exchange(request, Way::of(step, address), step, &record.fixtures)
        };
        let requests = requests.into_iter().enumerate();
        if step.parallel {
            exchanges.extend(join_all(requests.map(exchange)).await.into_iter().flatten());
            return exchanges;
        }
        for request in requests {
            if !exchanges.is_empty() {
                self.pace(self.paced_as(step), 1).await;
                if self.stopped(record).or_else(|| self.given_up(step)).is_some() {
                    break;
                }
            }
            exchanges.extend(exchange(request).await);
        }
        exchanges
    }

    /// Why a step is not to be sent, though others are: of two values of a header, a server may take
    /// either.
    fn left_out(&self, step: &Step) -> Option<NotSent> {
        let added = self.engine.addresses[0].http.added_headers();
        let name = added.iter().find(|name| step.sets_header(name))?;
        Some(NotSent::HeaderTaken { name: name.clone() })
    }

    /// Why a step is not sent whose like are never answered.
    fn given_up(&self, step: &Step) -> Option<NotSent> {
        self.engine.hangs.refuse(step).map(|by| NotSent::Stopped { by })
    }

    /// Why nothing more is to be sent in this case.
    fn stopped(&self, record: &CaseRecord) -> Option<NotSent> {
        self.engine.ending.stopped().map(|by| NotSent::Stopped { by }).or_else(|| {
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
    fn build(&self, index: usize, played: &Played<'_>) -> Result<Vec<Request>, EarlierStep> {
        let step = &self.case.steps[index];
        let repeats = match step.repeat {
            Repeat::Times(times) => times,
            Repeat::Each(source) => played.count(source),
        };
        (0..repeats)
            .map(|repeat| {
                let lookup = |reference: &Reference| {
                    sendable(reference, look_up(self.case, &played, index, reference, repeat)?)
                };
                locked(&self.engine.near_misses).extend(request::near_misses(step, &lookup));
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
            self.engine.ending.sleep_until(at).await;
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
        let account = self.paced_as(step);
        let mut exchanges = self.exchange_patiently(request, way, account, fixtures).await;
        let more = match exchanges.last() {
            Some(last) => self.after_no_answer(last, way.address, step.may_be_repeated()).await,
            None => Vec::new(),
        };
        exchanges.extend(more);
        self.engine.hangs.note(step, &exchanges);
        exchanges
    }

    /// Sends a request until the target no longer asks to wait, or patience ends.
    async fn exchange_patiently(
        &self,
        request: Request,
        way: Way<'_>,
        account: &str,
        fixtures: &Map<String, Value>,
    ) -> Vec<Exchange> {
        let retry_policy = self.engine.settings.retry_policy;
        let mut exchanges: Vec<Exchange> = Vec::new();
        loop {
            let put_off = u32::try_from(exchanges.len()).unwrap_or(u32::MAX);
            let (sent, heard) = self.send(request.clone(), way, Purpose::Step).await;
            let exchange = Exchange { put_off, ..sent };
            let asks_to_wait =
                heard.as_ref().is_some_and(|heard| heard.reading == Reading::AsksToWait);
            if let (Some(heard), Ok(answer)) = (heard, &exchange.result) {
                self.note_sign_in(&exchange.request, answer, &heard, fixtures);
            }
            let wait = match &exchange.result {
                Ok(answer) if asks_to_wait => Some(retry_policy.wait(put_off, answer)),
                _ => None,
            };
            exchanges.push(exchange);
            match wait {
                None => {
                    if put_off > 0 && is_answered(&exchanges) {
                        self.engine.patience.is_rewarded();
                    }
                    return exchanges;
                }
                Some(wait) if put_off < retry_policy.retries && self.waits(wait).await => {
                    self.pace(account, 1).await;
                }
                Some(_) => {
                    self.engine.note_throttled(way.address);
                    return exchanges;
                }
            }
        }
    }

    /// Waits as the target asks, if there is patience for it; whether the request is due again then.
    async fn waits(&self, wait: Wait) -> bool {
        match wait {
            Wait::TooLong(wait) => {
                self.engine.ending.end(come_back(wait));
                false
            }
            Wait::Bearable(wait) => {
                if self.is_over() || !self.engine.patience.bears(wait) {
                    return false;
                }
                self.engine.ending.sleep_until(Instant::now() + wait).await;
                !self.is_over()
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
            NoAnswer::Broken(_) | NoAnswer::NotHttp(_) => TRIES,
            NoAnswer::TimedOut(_) => SILENT_TRIES,
            _ => 0,
        };
        if tries == 0 || self.is_over() {
            self.engine.note_failure(at, failure);
            return Vec::new();
        }
        let mut exchanges = self.control(&first.request, at).await;
        for _ in 1..if may_be_repeated { tries } else { 1 } {
            self.pace(&self.account, 1).await;
            if !is_answered(&exchanges) || self.is_over() {
                break;
            }
            let (again, _) = self.send(first.request.clone(), Way::fresh(at), Purpose::Again).await;
            let is_done = again.result.is_ok();
            exchanges.push(again);
            if is_done {
                return exchanges;
            }
            exchanges.extend(self.control(&first.request, at).await);
        }
        if !is_answered(&exchanges) {
            self.engine.note_failure(at, failure);
        }
        exchanges
    }

    /// Asks an address something harmless of another action than the request in question, until it
    /// is answered: a server may need a moment to start anew.
    async fn control(&self, but_not: &Request, at: &Address) -> Vec<Exchange> {
        const WAITS: [Duration; 3] =
            [Duration::ZERO, Duration::from_millis(500), Duration::from_secs(2)];
        // One that never answered has not been seen to start at all.
        let waits = if at.liveness.was_ever_reached() { &WAITS[..] } else { &WAITS[..1] };
        let mut exchanges = Vec::new();
        let [first, second] = controls();
        let is_of_first = Action::GetPermissions.is_at(&but_not.path);
        let question = if is_of_first { second } else { first };
        for wait in waits.iter().copied() {
            self.engine.ending.sleep_until(Instant::now() + wait).await;
            self.pace(&self.account, 1).await;
            if self.is_over() {
                break;
            }
            let (control, _) = self.send(question.clone(), Way::fresh(at), Purpose::Control).await;
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
        self.engine.ending.is_over()
    }

    async fn send(
        &self,
        request: Request,
        way: Way<'_>,
        purpose: Purpose,
    ) -> (Exchange, Option<Heard>) {
        let sent = Instant::now();
        let Sent { result, is_resent } = tokio::select! {
            done = way.send(&request) => done,
            by = self.engine.ending.cuts(way.errand) => {
                Sent { result: Err(NoAnswer::Cut(by)), is_resent: false }
            }
        };
        if let Err(NoAnswer::TimedOut(_)) = result {
            self.engine.hangs.note_wait(sent).into_iter().for_each(|by| self.engine.ending.end(by));
        }
        let elapsed = sent.elapsed();
        let heard = result.as_ref().ok().map(|answer| hear(answer, way.address));
        (self.engine.listener)(Event::Exchanged);
        let started = sent.duration_since(self.engine.start);
        let address = way.address.name.clone();
        let exchange = Exchange {
            address,
            started,
            elapsed,
            is_resent,
            purpose,
            ..Exchange::of(request, result)
        };
        self.engine.room.take_in(&exchange);
        locked(&self.engine.numbered).note(&exchange);
        (exchange, heard)
    }

    fn note_sign_in(
        &self,
        request: &Request,
        answer: &Answer,
        heard: &Heard,
        fixtures: &Map<String, Value>,
    ) {
        if !Action::Auth.is_at(&request.path) {
            return;
        }
        let is_granted = heard.reading == Reading::Granted || !hashes(answer).is_empty();
        if is_granted || heard.admission.speaks_against_fixture() {
            for (role, login) in admissible(fixtures) {
                // What a near miss of the password opens admits nobody.
                let is_meant = !is_granted || uses(fixtures, role, request);
                if carries(request, login) && is_meant {
                    self.engine.note_sign_in(login, is_granted);
                }
            }
        }
    }

    /// Logs out every session that the case opened and did not end, at the address that opened it:
    /// that one knows it, whatever the others do. All at once if the run is over.
    async fn clean_up(&self, record: &CaseRecord) -> Vec<Exchange> {
        let open = record.open_sessions();
        let mut exchanges = Vec::new();
        for (done, session) in open.iter().enumerate() {
            if self.engine.ending.stopped().is_some() {
                let rest = open[done..].iter().map(|session| self.close(session, &record.fixtures));
                exchanges.extend(join_all(rest).await.into_iter().flatten());
                break;
            }
            exchanges.extend(self.close(session, &record.fixtures).await);
        }
        exchanges
    }

    /// Logs out a session, unless nothing would come of it.
    async fn close(&self, session: &Open, fixtures: &Map<String, Value>) -> Vec<Exchange> {
        let Some(hash) = &session.hash else { return Vec::new() };
        let ending = &self.engine.ending;
        let is_due = tokio::select! {
            () = self.is_due_to_close() => true,
            _ = ending.cuts(Errand::CleanUp) => false,
        };
        if !is_due
            || ending.is_left_alone(session.at.as_deref())
            || self.engine.hangs.refuse_log_out().is_some()
        {
            return Vec::new();
        }
        let way = Way::to_close(self.engine.address(session.at.as_deref()));
        let sent = self.exchange_patiently(log_out(hash), way, &self.account, fixtures).await;
        if let Some(last) = sent.last() {
            self.engine.hangs.note_log_out(last);
            match &last.result {
                // Log-outs may be what it does not answer, and nobody asks for anything else here.
                Ok(_) | Err(NoAnswer::TimedOut(_)) => {}
                Err(failure) => self.engine.note_failure(way.address, failure),
            }
        }
        sent
    }

    /// Waits for the turn of a log-out; not long if the run is over, which would leave the session
    /// open.
    async fn is_due_to_close(&self) {
        const LONGEST: Duration = Duration::from_millis(500);
        let Some(at) = self.engine.limiter.book(&self.account, 1) else { return };
        let over = async {
            self.engine.ending.comes().await;
            tokio::time::sleep(LONGEST).await;
        };
        tokio::select! {
            () = tokio::time::sleep_until(at) => {}
            () = over => {}
        }
    }
}

/// What an answer comes down to for the run.
struct Heard {
    reading: Reading,
    admission: Admission,
}

/// Notes what an answer says of the target, whose body is parsed once for all of it.
fn hear(answer: &Answer, address: &Address) -> Heard {
    let body = json::parse(&answer.body).ok();
    let reading = Reading::of(answer, body.as_ref());
    // Failures are counted when it is clear whether others are answered.
    if reading != Reading::AsksToWait {
        address.liveness.note_answer();
    }
    let admission = Admission::of_body(answer, body.as_ref());
    drop(body);
    Heard { reading, admission }
}

/// The longest value of an answer that is sent back. Longer ones fill the memory with requests, and
/// servers refuse them unseen.
const LONGEST: usize = 64 * 1024;

/// A value, unless it is longer than the suite sends.
fn sendable<'a>(reference: &Reference, value: &'a Value) -> Result<&'a Value, EarlierStep> {
    let length = match value {
        Value::String(text) => text.len(),
        Value::Array(_) | Value::Object(_) => value.to_string().len(),
        _ => 0,
    };
    let step = reference.head.clone();
    if length <= LONGEST { Ok(value) } else { Err(EarlierStep::TooLong { step, limit: LONGEST }) }
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
