//! Attribution: which failures may be the fixtures' fault rather than the target's.
//!
//! The suite knows the accounts of somebody else's server only by the word of its operator. If the
//! target refuses a dealer in just the way the documents want it for a mistyped password, the
//! answer does not tell who is wrong: such a check is unjudged, and the reason names the fixture.
//! A dealer is beyond doubt once the target has admitted it, anywhere in the run, or if somebody
//! vouches for it. That a dealer is blocked, that a session has expired, or that nobody has a
//! login, is the operator's word, and the target is held to it. Two dealers who are told the same are
//! alike, unless the rest of the run tells them apart.
//!
//! Pure, like judging: the record holds whatever is needed.

mod alike;
mod doubt;
mod sign_in;
mod silence;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::expect::reading::Reading;
use crate::judge::judging::judge;
use crate::judge::recording::{CaseRecord, NotSent, Recording, StepRecord};
use crate::model::exchange::Exchange;
use crate::model::outcome::{CheckResult, Outcome};
use crate::model::reason::{Reason, ReasonKind, RefusedDealer};
use crate::model::role::{FixtureName, Role};
use crate::suite::case::Case;
use crate::value::secret::Shapes;

pub(crate) use alike::Told;
pub(crate) use doubt::with_doubts;
use sign_in::conforming_answer;
pub(crate) use sign_in::{Admission, uses};
pub(crate) use silence::Silence;

/// The roles whom a target is to admit.
pub(crate) const ADMISSIBLE: [Role; 3] = [Role::Dealer, Role::SecondDealer, Role::MinimalDealer];

/// The dealers of a run whom the target refused at every sign-in, though it is to admit them.
#[derive(Debug, Default)]
pub(crate) struct Attribution {
    refused: BTreeMap<Dealer, RefusedDealer>,
}

/// A dealer by its role and its login.
type Dealer = (Role, String);

/// What a dealer was answered in a run.
struct History {
    fixture: FixtureName,
    admissions: BTreeSet<Admission>,
}

impl History {
    fn is_admitted(&self) -> bool {
        self.admissions.contains(&Admission::Admitted)
    }

    fn is_doubtful(&self) -> bool {
        !self.is_admitted() && self.admissions.iter().any(|one| one.speaks_against_fixture())
    }

    fn codes(&self) -> Vec<i64> {
        let code = |admission: &Admission| match admission {
            Admission::Refused(code) => Some(*code),
            _ => None,
        };
        self.admissions.iter().filter_map(code).collect()
    }
}

impl Attribution {
    /// Reads a whole run.
    pub(crate) fn of(recording: &Recording) -> Attribution {
        if recording.trusts_fixtures {
            return Attribution::default();
        }
        let histories = histories(recording);
        let admits_somebody = histories.values().any(History::is_admitted);
        let refused = histories.into_iter().filter(|(_, history)| history.is_doubtful()).map(
            |(dealer, history)| {
                let refused = RefusedDealer {
                    fixture: history.fixture,
                    login: dealer.1.clone(),
                    codes: history.codes(),
                    admits_somebody,
                };
                (dealer, refused)
            },
        );
        Attribution { refused: refused.collect() }
    }

    /// The results of a case, with those unjudged that failed only for what a wrong fixture would
    /// explain.
    pub(crate) fn apply(
        &self,
        case: &Case,
        record: &CaseRecord,
        shapes: &Shapes,
        results: Vec<CheckResult>,
    ) -> Vec<CheckResult> {
        let suspects: Vec<Option<&RefusedDealer>> =
            record.steps.iter().map(|step| self.of_step(record, step)).collect();
        if suspects.iter().all(Option::is_none) {
            return results;
        }
        let explained = judge(case, &explained(record, &suspects), shapes);
        let of_check = case.steps.iter().enumerate().flat_map(|(index, step)| {
            let suspect = suspects.get(index).copied().flatten();
            step.checks.iter().map(move |_| suspect)
        });
        let all = results.into_iter().zip(explained).zip(of_check);
        all.map(|((result, explained), suspect)| attributed(result, &explained, suspect)).collect()
    }

    /// The dealer who explains what became of a step.
    fn of_step(&self, record: &CaseRecord, step: &StepRecord) -> Option<&RefusedDealer> {
        if let Some(NotSent::LeftAlone(_)) = step.not_sent {
            return ADMISSIBLE.into_iter().find_map(|role| {
                self.refused.get(&(role, member(record, role, "login")?.to_owned()))
            });
        }
        let is_answer = |exchange: &&Exchange| {
            let answer = exchange.result.as_ref();
            answer.is_ok_and(|answer| Reading::of_answer(answer) != Reading::AsksToWait)
        };
        let suspect = |exchange: &Exchange| {
            let (dealer, admission) = used(record, exchange)?;
            self.refused.get(&dealer).filter(|_| admission.speaks_against_fixture())
        };
        let all: Option<Vec<&RefusedDealer>> =
            step.deciding().filter(is_answer).map(suspect).collect();
        all?.first().copied()
    }
}

/// The record as it would be if the target had answered the suspects by the book.
fn explained(record: &CaseRecord, suspects: &[Option<&RefusedDealer>]) -> CaseRecord {
    let mut record = record.clone();
    let in_doubt = record.steps.iter_mut().zip(suspects).filter(|(_, suspect)| suspect.is_some());
    for exchange in in_doubt.flat_map(|(step, _)| &mut step.exchanges) {
        if let Ok(answer) = &mut exchange.result {
            *answer = conforming_answer(answer);
        }
    }
    record
}

/// A check that fails even if the answer is by the book fails for nothing but the fixture; one
/// that does not has found something else.
fn attributed(
    result: CheckResult,
    explained: &CheckResult,
    suspect: Option<&RefusedDealer>,
) -> CheckResult {
    let Some(suspect) = suspect else { return result };
    let is_in_doubt = match &result.outcome {
        // What a refused sign-in keeps all the same shows nothing, nor does what it leaves open.
        Outcome::Passed | Outcome::NotApplicable(_) => true,
        Outcome::Failed { .. } => explained.outcome.is_failure(),
        // The login was left alone, and now there is more to say of it.
        Outcome::Unjudged(reason) => reason.kind() == ReasonKind::FixtureDoubted,
        Outcome::Skipped(_) => false,
    };
    if !is_in_doubt {
        return result;
    }
    let reason = Reason::FixtureDoubted(suspect.clone());
    CheckResult { outcome: Outcome::Unjudged(reason), ..result }
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
    if let Some((dealer, admission)) = used(record, exchange) {
        let fixture = fixture_name(dealer.0, &record.fixtures);
        let history = histories
            .entry(dealer)
            .or_insert_with(|| History { fixture, admissions: BTreeSet::new() });
        history.admissions.insert(admission);
    }
}

/// The dealer to be admitted who signs in by a request, and what was answered.
fn used(record: &CaseRecord, exchange: &Exchange) -> Option<(Dealer, Admission)> {
    let answer = exchange.result.as_ref().ok()?;
    let is_used = |role: &Role| uses(&record.fixtures, *role, &exchange.request);
    let role = ADMISSIBLE.into_iter().find(is_used)?;
    let login = member(record, role, "login")?;
    Some(((role, login.to_owned()), Admission::of(answer)))
}

/// The fixture of a role that a case works with.
pub(crate) fn fixture_name(role: Role, fixtures: &Map<String, Value>) -> FixtureName {
    let number = fixtures.get(role.name()).and_then(|fixture| fixture.get("number")?.as_str());
    FixtureName { role, number: number.and_then(|number| number.parse().ok()) }
}

fn member<'a>(record: &'a CaseRecord, role: Role, name: &str) -> Option<&'a str> {
    record.fixtures.get(role.name())?.get(name)?.as_str()
}
