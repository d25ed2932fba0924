//! Doubt: what becomes of a check where an answer speaks against a fixture.
//!
//! Of somebody else's server the suite knows no account but by the word of its operator. Where the
//! target refuses a dealer as the documents want it, had the operator mistyped the password, nobody
//! can tell from the answer who is wrong: such a check is unjudged, and the reason names the fixture.
//! A dealer is beyond doubt once the target has admitted it, anywhere in the run, or where somebody
//! vouches for it.
//!
//! Pure, like judging: the record holds whatever is needed.

mod history;
mod reading;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::judge::judging::judge;
use crate::judge::recording::{CaseRecord, NotSent, Recording, StepRecord, asks_to_wait};
use crate::model::exchange::Exchange;
use crate::model::outcome::{CheckResult, Outcome, Reason, ReasonKind};
use crate::model::role::Role;
use crate::suite::case::Case;
use crate::value::secret::Shapes;

use history::{BLOCKED, History, Subject, doubt, speaks_against};
use reading::{Reading, by_the_book, read};
pub use reading::{is_sign_in, uses};

/// The codes by which a target says that it does not admit somebody: blocked, unknown, or the
/// wrong password.
pub const NOT_ADMITTED: [i64; 3] = [BLOCKED, 12, 102];

/// The roles whom a target is to admit.
pub const ADMISSIBLE: [Role; 3] = [Role::Dealer, Role::SecondDealer, Role::MinimalDealer];

/// The fixtures of a run that the answers speak against.
#[derive(Debug, Default)]
pub struct Doubts {
    /// Why an answer is not held against the target, by the fixture.
    doubted: BTreeMap<Dealer, Reason>,
}

/// A dealer by its role and its login.
type Dealer = (Role, String);

impl Doubts {
    /// Reads a whole run.
    #[must_use]
    pub fn of(recording: &Recording) -> Doubts {
        if recording.trusts_fixtures {
            return Doubts::default();
        }
        let histories = histories(recording);
        let admits_somebody = histories.values().any(History::is_admitted);
        let is_doubted = |(_, history): &(&Dealer, &History)| {
            !history.is_admitted()
                && history.readings.iter().any(|reading| speaks_against(*reading))
        };
        let doubted = histories
            .iter()
            .filter(is_doubted)
            .map(|(dealer, history)| {
                let text = doubt(&Subject { login: &dealer.1, history, admits_somebody });
                (dealer.clone(), Reason { kind: ReasonKind::FixtureDoubted, text })
            })
            .collect();
        Doubts { doubted }
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
        let doubts: Vec<Option<&Reason>> =
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
    fn of_step(&self, record: &CaseRecord, step: &StepRecord) -> Option<&Reason> {
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
            let (dealer, reading) = used(record, exchange)?;
            self.doubted.get(&dealer).filter(|_| speaks_against(reading))
        };
        let all: Option<Vec<&Reason>> = answered.into_iter().map(doubt).collect();
        all?.first().copied()
    }
}

/// The record as it would be had the target answered the doubted fixtures by the book.
fn explained(record: &CaseRecord, doubts: &[Option<&Reason>]) -> CaseRecord {
    let mut record = record.clone();
    let doubted = record.steps.iter_mut().zip(doubts).filter(|(_, doubt)| doubt.is_some());
    for exchange in doubted.flat_map(|(step, _)| &mut step.exchanges) {
        if let Ok(answer) = &mut exchange.result {
            *answer = by_the_book(answer);
        }
    }
    record
}

/// A check that fails also where the answer is by the book fails for nothing but the doubted
/// fixture; one that does not has found something else.
fn tempered(result: CheckResult, explained: &CheckResult, doubt: Option<&Reason>) -> CheckResult {
    let Some(doubt) = doubt else { return result };
    let is_in_doubt = match &result.outcome {
        // What a refused sign-in keeps all the same shows nothing.
        Outcome::Passed => true,
        Outcome::Failed { .. } => matches!(explained.outcome, Outcome::Failed { .. }),
        // The login was left alone, and now there are better words for it.
        Outcome::Unjudged(reason) => reason.kind == ReasonKind::FixtureDoubted,
        Outcome::Skipped(_) => false,
    };
    match is_in_doubt {
        true => CheckResult { outcome: Outcome::Unjudged(doubt.clone()), ..result },
        false => result,
    }
}

fn histories(recording: &Recording) -> BTreeMap<Dealer, History> {
    let mut histories = BTreeMap::new();
    for record in &recording.cases {
        for exchange in record.steps.iter().flat_map(StepRecord::deciding) {
            note(record, exchange, &mut histories);
        }
    }
    histories
}

/// Adds an exchange to what is known of the fixtures of a case.
fn note(record: &CaseRecord, exchange: &Exchange, histories: &mut BTreeMap<Dealer, History>) {
    if let Some((dealer, reading)) = used(record, exchange) {
        let name = name(dealer.0, &record.fixtures);
        let history = histories.entry(dealer).or_default();
        history.name = name;
        history.readings.insert(reading);
    }
}

/// The dealer to be admitted who signs in by a request, and what was answered.
fn used(record: &CaseRecord, exchange: &Exchange) -> Option<(Dealer, Reading)> {
    let answer = exchange.result.as_ref().ok()?;
    let is_used = |role: &Role| uses(&record.fixtures, *role, &exchange.request);
    let role = ADMISSIBLE.into_iter().find(is_used)?;
    let login = member(record, role, "login")?;
    Some(((role, login.to_owned()), read(answer)))
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
