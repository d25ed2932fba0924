//! Whether two dealers whom a target tells the same are alike, or mixed up by the target.
//!
//! A case that compares two dealers means nothing if the operator supplied two who agree, and the
//! target may just as well have told both what belongs to one. The rest of the run decides: if it
//! tells them apart, they are not alike. If nothing else does, the gap stays the fixtures'.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Dealer, used};
use crate::expect::reading::Reading;
use crate::judge::attribution::Admission;
use crate::judge::handed_out::hashes;
use crate::judge::judging::judge_although_alike;
use crate::judge::recording::{CaseRecord, Recording};
use crate::model::api::Action;
use crate::model::exchange::Exchange;
use crate::model::outcome::{CheckResult, Outcome};
use crate::model::reason::{FixtureGap, Reason};
use crate::model::violation::{Actual, Violation};
use crate::suite::case::{Case, Step};
use crate::value::json;
use crate::value::json_diff::same_unordered;
use crate::value::secret::Shapes;
use crate::value::variables::Reference;

/// What the target told of each dealer in a run.
#[derive(Debug, Default)]
pub(crate) struct Told(Vec<ToldOnce>);

/// A body that was told of a dealer.
#[derive(Debug)]
struct ToldOnce {
    case: String,
    dealer: Dealer,
    /// Whether a sign-in told it, rather than a later call.
    by_sign_in: bool,
    body: Value,
}

impl Told {
    /// Reads a whole run.
    pub(crate) fn of(recording: &Recording) -> Told {
        let mut room = ROOM;
        Told(recording.cases.iter().flat_map(|record| told_in(record, &mut room)).collect())
    }

    /// The results of a case, in which what was skipped because two fixtures seem alike is judged
    /// if the rest of the run shows that they are not.
    pub(crate) fn apply(
        &self,
        case: &Case,
        record: &CaseRecord,
        shapes: &Shapes,
        results: Vec<CheckResult>,
    ) -> Vec<CheckResult> {
        if record.judged.is_some() {
            // What is left of its answers shows no more than what was found in them.
            return results;
        }
        let mut results = results;
        let mut first = 0;
        for (index, step) in case.steps.iter().enumerate() {
            let of_step = first..first + step.checks.len();
            first = of_step.end;
            let are_skipped =
                results[of_step.clone()].iter().any(|result| is_alike(&result.outcome));
            if are_skipped && self.are_mixed_up(case, record, step) {
                let judged = judge_although_alike(case, record, shapes, index);
                results.splice(of_step, held_against(step, judged));
            }
        }
        results
    }

    /// Whether the values that a step compares belong to dealers whom the rest of the run tells
    /// apart.
    fn are_mixed_up(&self, case: &Case, record: &CaseRecord, step: &Step) -> bool {
        let Some([left, right]) = &step.if_differ else { return false };
        let dealers = [left, right].map(|reference| dealer_of(case, record, reference));
        let [Some(one), Some(other)] = dealers else { return false };
        one != other
            && [true, false].into_iter().any(|by_sign_in| {
                // What is in question shows nothing.
                let is_elsewhere = |told: &&ToldOnce| {
                    told.by_sign_in == by_sign_in && (!by_sign_in || told.case != case.id)
                };
                let usual = |dealer: &Dealer, reference: &Reference| {
                    let of_dealer = self.0.iter().filter(|told| told.dealer == *dealer);
                    let values = of_dealer.filter(is_elsewhere);
                    most_frequent(values.filter_map(|told| reference.walk(&told.body)))
                };
                match (usual(&one, left), usual(&other, right)) {
                    (Some(one), Some(other)) => !same_unordered(one, other),
                    _ => false,
                }
            })
    }
}

fn is_alike(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Skipped(Reason::FixtureMissing(FixtureGap::Alike { .. })))
}

/// What became of the checks of a step whose values are the same though they belong to dealers who
/// differ: whatever asks for a difference fails.
fn held_against(step: &Step, judged: Vec<CheckResult>) -> Vec<CheckResult> {
    let shown = |reference: &Reference| format!("`{reference}`");
    let values = step.if_differ.iter().flatten().map(shown).collect::<Vec<_>>().join(" and ");
    let failed = || Outcome::Failed {
        violations: vec![Violation::of_body(
            "/permissions",
            format!("{values} to differ, as what is told of the two dealers elsewhere in this run"),
            Actual::Other("the same in both".to_owned()),
        )],
        difference: None,
    };
    let of_check = |(result, check): (CheckResult, &crate::suite::case::Check)| {
        let asks = check.expectations.iter().any(|one| one.expects_difference());
        let outcome = if asks && !result.outcome.is_failure() { failed() } else { result.outcome };
        CheckResult { outcome, ..result }
    };
    judged.into_iter().zip(&step.checks).map(of_check).collect()
}

/// The dealer who signed in at the step that a reference names.
fn dealer_of(case: &Case, record: &CaseRecord, reference: &Reference) -> Option<Dealer> {
    let index = case.steps.iter().position(|step| step.id == reference.head)?;
    let exchange = record.steps.get(index)?.deciding().last()?;
    admitted(record, exchange)
}

fn admitted(record: &CaseRecord, exchange: &Exchange) -> Option<Dealer> {
    let (dealer, admission) = used(record, exchange)?;
    (admission == Admission::Admitted).then_some(dealer)
}

/// How many bytes of answers are compared: many times what ordinary runs hold.
const ROOM: usize = 2 * 1024 * 1024;

/// What was told in a case of the dealers who signed in there, by the sign-in and by calls with the
/// hash that it gave.
fn told_in(record: &CaseRecord, room: &mut usize) -> Vec<ToldOnce> {
    let mut told = Vec::new();
    let mut sessions: BTreeMap<String, Dealer> = BTreeMap::new();
    for exchange in record.steps.iter().flat_map(|step| step.deciding()) {
        let Ok(answer) = &exchange.result else { continue };
        // What is not there in full tells nothing, nor does what there is no room to compare.
        if exchange.shortened.is_some() || answer.body.len() > *room {
            continue;
        }
        let Ok(body) = json::parse(&answer.body) else { continue };
        let signed_in = admitted(record, exchange);
        let by_sign_in = signed_in.is_some();
        let asked = || {
            let is_read = Action::GetPermissions.is_at(&exchange.request.path)
                && Reading::of(answer, Some(&body)) == Reading::Granted;
            let carried = sessions.iter().find(|(hash, _)| carries(exchange, hash));
            carried.filter(|_| is_read).map(|(_, dealer)| dealer.clone())
        };
        let Some(dealer) = signed_in.or_else(asked) else { continue };
        if by_sign_in {
            sessions.extend(hashes(answer).into_iter().map(|hash| (hash, dealer.clone())));
        }
        *room -= answer.body.len();
        told.push(ToldOnce { case: record.id.clone(), dealer, by_sign_in, body });
    }
    told
}

/// Whether a request carries a hash, which is a token in a record.
fn carries(exchange: &Exchange, hash: &str) -> bool {
    let request = &exchange.request;
    let body = request.body.as_deref().map(String::from_utf8_lossy);
    body.is_some_and(|body| body.contains(hash))
        || request.query.as_deref().is_some_and(|query| query.contains(hash))
        || request.headers.iter().any(|(_, value)| value.contains(hash))
}

/// The value that is there most often, of those as often the first.
fn most_frequent<'a>(values: impl Iterator<Item = &'a Value>) -> Option<&'a Value> {
    let mut counted: Vec<(&Value, usize)> = Vec::new();
    for value in values {
        match counted.iter_mut().find(|(known, _)| same_unordered(known, value)) {
            Some((_, count)) => *count += 1,
            None => counted.push((value, 1)),
        }
    }
    let most = counted.iter().map(|(_, count)| *count).max()?;
    counted.into_iter().find(|(_, count)| *count == most).map(|(value, _)| value)
}
