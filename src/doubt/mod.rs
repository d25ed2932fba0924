//! Doubt: what becomes of a check where an answer speaks against a fixture.
//!
//! Of somebody else's server the suite knows no account but by the word of its operator. Where the
//! target answers as the documents want it, had the operator mistyped a password or named the wrong
//! dealer, nobody can tell from the answer who is wrong: such a check is unjudged, and the reason
//! names the fixture. A fixture is beyond doubt once the target itself has borne it out, anywhere in
//! the run, or where somebody vouches for it.
//!
//! Pure, like judging: the record holds whatever is needed. To doubt another kind of fixture, add a
//! row to the table in `claim`.

mod claim;
mod reading;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::case::Case;
use crate::exchange::{Exchange, Request};
use crate::judging::{Shapes, judge};
use crate::outcome::{CheckResult, Outcome, Reason, ReasonKind};
use crate::recording::{CaseRecord, NotSent, Recording, StepRecord, asks_to_wait};
use crate::role::Role;

use claim::{
    BLOCKED, History, Subject, UNKNOWN, WRONG_PASSWORD, claim_of, is_borne_out, speaks_against,
};
use reading::{Reading, by_the_book, parameters, read};
pub use reading::{is_sign_in, uses};

/// The codes by which a target says that it does not admit somebody: blocked, unknown, or the
/// wrong password.
pub const NOT_ADMITTED: [i64; 3] = [BLOCKED, UNKNOWN, WRONG_PASSWORD];

/// The roles whom a target is to admit.
pub const ADMISSIBLE: [Role; 3] = [Role::Dealer, Role::SecondDealer, Role::MinimalDealer];

/// The fixtures of a run that the answers speak against.
#[derive(Debug)]
pub struct Doubts {
    doubted: BTreeMap<Fixture, Doubt>,
    histories: BTreeMap<Fixture, History>,
}

/// Why an answer is not held against the target.
#[derive(Debug)]
struct Doubt {
    reason: Reason,
    /// Whether the answer was to grant something: what it keeps all the same shows nothing.
    is_ungranted: bool,
}

/// A fixture by its role, and its login or hash.
type Fixture = (Role, String);

impl Doubts {
    /// Reads a whole run.
    #[must_use]
    pub fn of(recording: &Recording) -> Doubts {
        let histories = histories(recording);
        let admits_somebody = histories
            .iter()
            .any(|((role, _), history)| ADMISSIBLE.contains(role) && is_borne_out(*role, history));
        let is_doubted = |((role, _), history): &(&Fixture, &History)| {
            !recording.vouched.contains(role)
                && !is_borne_out(*role, history)
                && history.readings.iter().any(|reading| speaks_against(*role, *reading, history))
        };
        let doubted = histories
            .iter()
            .filter(is_doubted)
            .filter_map(|(fixture, history)| {
                Some((fixture.clone(), doubt(fixture, history, admits_somebody)?))
            })
            .collect();
        Doubts { doubted, histories }
    }

    /// The results of a case, those unjudged that failed only for what a doubted fixture explains.
    #[must_use]
    pub fn temper(
        &self,
        case: &Case,
        record: &CaseRecord,
        shapes: &Shapes,
        results: Vec<CheckResult>,
    ) -> Vec<CheckResult> {
        let doubts: Vec<Option<&Doubt>> =
            record.steps.iter().map(|step| self.of_step(record, step)).collect();
        if doubts.iter().all(Option::is_none) {
            return results;
        }
        let explained = judge(case, &explained(record, &doubts), shapes);
        let of_check = case.steps.iter().enumerate().flat_map(|(index, step)| {
            let doubt = doubts.get(index).copied().flatten();
            step.checks.iter().map(move |_| doubt)
        });
        let all = results.into_iter().zip(explained).zip(of_check);
        all.map(|((result, explained), doubt)| tempered(result, &explained, doubt)).collect()
    }

    /// Why the checks of a step are in doubt.
    fn of_step(&self, record: &CaseRecord, step: &StepRecord) -> Option<&Doubt> {
        if let Some(NotSent::LeftAlone(_)) = step.not_sent {
            return ADMISSIBLE.into_iter().find_map(|role| {
                self.doubted.get(&(role, member(record, role, "login")?.to_owned()))
            });
        }
        let answered: Vec<&Exchange> = step
            .deciding()
            .filter(|exchange| exchange.result.as_ref().is_ok_and(|answer| !asks_to_wait(answer)))
            .collect();
        let doubt = |exchange: &Exchange| {
            let (fixture, reading) = used(record, exchange)?;
            let history = self.histories.get(&fixture)?;
            let is_so = speaks_against(fixture.0, reading, history);
            self.doubted.get(&fixture).filter(|_| is_so)
        };
        let all: Option<Vec<&Doubt>> = answered.into_iter().map(doubt).collect();
        all?.first().copied()
    }
}

/// The record as it would be had the target answered the doubted fixtures by the book.
fn explained(record: &CaseRecord, doubts: &[Option<&Doubt>]) -> CaseRecord {
    let mut record = record.clone();
    let doubted = record.steps.iter_mut().zip(doubts).filter(|(_, doubt)| doubt.is_some());
    for exchange in doubted.flat_map(|(step, _)| &mut step.exchanges) {
        if let Ok(answer) = &mut exchange.result {
            *answer = by_the_book(&exchange.request, answer);
        }
    }
    record
}

/// A check that fails also where the answer is by the book fails for nothing but the doubted
/// fixture; one that does not has found something else.
fn tempered(result: CheckResult, explained: &CheckResult, doubt: Option<&Doubt>) -> CheckResult {
    let Some(doubt) = doubt else { return result };
    let is_in_doubt = match &result.outcome {
        Outcome::Passed => doubt.is_ungranted,
        Outcome::Failed { .. } => matches!(explained.outcome, Outcome::Failed { .. }),
        // The login was left alone, and now there are better words for it.
        Outcome::Unjudged(reason) => reason.kind == ReasonKind::FixtureDoubted,
        Outcome::Skipped(_) => false,
    };
    match is_in_doubt {
        true => CheckResult { outcome: Outcome::Unjudged(doubt.reason.clone()), ..result },
        false => result,
    }
}

fn histories(recording: &Recording) -> BTreeMap<Fixture, History> {
    let mut histories = BTreeMap::new();
    for record in &recording.cases {
        for exchange in record.steps.iter().flat_map(StepRecord::deciding) {
            note(record, exchange, &mut histories);
        }
    }
    histories
}

fn doubt((role, value): &Fixture, history: &History, admits_somebody: bool) -> Option<Doubt> {
    let name = history.name.clone();
    let subject = Subject { role: *role, value, name, history, admits_somebody };
    let text = (claim_of(*role)?.doubt)(&subject);
    let reason = Reason { kind: ReasonKind::FixtureDoubted, text };
    Some(Doubt { reason, is_ungranted: ADMISSIBLE.contains(role) })
}

/// Adds an exchange to what is known of the fixtures of a case.
fn note(record: &CaseRecord, exchange: &Exchange, histories: &mut BTreeMap<Fixture, History>) {
    if let Some((fixture, reading)) = used(record, exchange) {
        let name = name(fixture.0, &record.fixtures);
        let history = histories.entry(fixture).or_default();
        history.name = name;
        history.readings.insert(reading);
        return;
    }
    let Ok(answer) = &exchange.result else { return };
    let Reading::Refused(code) = read(&exchange.request, answer) else { return };
    if let Some(fixture) = tried(record, &exchange.request) {
        histories.entry(fixture).or_default().wrong_passwords.insert(code);
    }
}

/// The fixture that a request uses as it is, and what it was answered.
fn used(record: &CaseRecord, exchange: &Exchange) -> Option<(Fixture, Reading)> {
    let answer = exchange.result.as_ref().ok()?;
    let role =
        Role::ALL.into_iter().find(|role| uses(&record.fixtures, *role, &exchange.request))?;
    let value = member(record, role, role.members()[0])?;
    Some(((role, value.to_owned()), read(&exchange.request, answer)))
}

/// The account at whose login a sign-in is tried with some other password.
fn tried(record: &CaseRecord, request: &Request) -> Option<Fixture> {
    if !is_sign_in(request) {
        return None;
    }
    let given = parameters(request);
    let login = given.get("login")?.as_str()?;
    given.get("password")?.as_str()?;
    let is_tried = |role: &Role| member(record, *role, "login") == Some(login);
    Some((Role::ALL.into_iter().find(is_tried)?, login.to_owned()))
}

/// How a fixture is called in sentences, with its number where it is one of several.
#[must_use]
pub fn name(role: Role, fixtures: &Map<String, Value>) -> String {
    let number = fixtures.get(role.name()).and_then(|fixture| fixture.get("number")?.as_str());
    match number.and_then(|number| number.parse::<usize>().ok()) {
        Some(number) => format!("fixture `{}` (number {number} of the list)", role.name()),
        None => format!("fixture `{}`", role.name()),
    }
}

fn member<'a>(record: &'a CaseRecord, role: Role, name: &str) -> Option<&'a str> {
    record.fixtures.get(role.name())?.get(name)?.as_str()
}
