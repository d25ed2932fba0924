//! Doubts: what is taken at the operator's word, and would explain a failure if it were wrong.
//!
//! That a dealer is blocked, and that a session has expired, nobody but the operator knows. The
//! target is held to it, and the failure says what mistake of the operator would look the same.

use super::sign_in::{Admission, parameters, uses};
use super::{fixture_name, member};
use crate::expect::reading::{self, Reading};
use crate::judge::recording::{CaseRecord, StepRecord};
use crate::model::api::{Action, BLOCKED, NOT_ADMITTED};
use crate::model::exchange::{Answer, Exchange, Request};
use crate::model::outcome::{CheckResult, Outcome};
use crate::model::role::Role;
use crate::model::violation::{FixtureDoubt, Mistake};
use crate::suite::case::Case;
use crate::value::json;

/// The results of a case, in which a refusal that fails names the mistake that looks the same.
pub(crate) fn with_doubts(
    case: &Case,
    record: &CaseRecord,
    mut results: Vec<CheckResult>,
) -> Vec<CheckResult> {
    let steps = case.steps.iter().zip(&record.steps);
    let of_check = steps.flat_map(|(step, exchanged)| {
        let doubt = doubt(record, exchanged);
        step.checks.iter().map(move |check| {
            let expects_refusal = check.expectations.iter().any(|one| one.expects_refusal());
            doubt.clone().filter(|_| expects_refusal)
        })
    });
    for (result, doubt) in results.iter_mut().zip(of_check) {
        if let Outcome::Failed { violations, .. } = &mut result.outcome
            && let Some(first) = violations.first_mut()
        {
            first.doubt = doubt;
        }
    }
    results
}

fn doubt(record: &CaseRecord, step: &StepRecord) -> Option<FixtureDoubt> {
    let exchange = step.deciding().last()?;
    let answer = exchange.result.as_ref().ok()?;
    let (role, mistake) = of_blocked_dealer(record, &exchange.request, answer)
        .or_else(|| of_supplied_hash(record, exchange, answer))?;
    Some(FixtureDoubt { fixture: fixture_name(role, &record.fixtures), mistake })
}

fn of_blocked_dealer(
    record: &CaseRecord,
    request: &Request,
    answer: &Answer,
) -> Option<(Role, Mistake)> {
    let role = Role::BlockedDealer;
    let mistake = match Admission::of(answer) {
        _ if !uses(&record.fixtures, role, request) => return None,
        Admission::Admitted => Mistake::NotBlocked,
        Admission::Refused(code) if is_of_wrong_password(record, code) => Mistake::WrongPassword,
        _ => return None,
    };
    Some((role, mistake))
}

/// Whether the code is one of a wrong password, and nothing shows that the password is right: a
/// password that is surely wrong would be answered otherwise.
fn is_of_wrong_password(record: &CaseRecord, code: i64) -> bool {
    let role = Role::BlockedDealer;
    let login = member(record, role, "login");
    let exchanges = record.steps.iter().flat_map(StepRecord::deciding);
    let surely_wrong = exchanges.filter(|exchange| {
        let request = &exchange.request;
        let given = parameters(request);
        Action::Auth.is_at(&request.path)
            && given.get("login").and_then(serde_json::Value::as_str) == login
            && !uses(&record.fixtures, role, request)
    });
    let mut answers = surely_wrong.filter_map(|exchange| exchange.result.as_ref().ok());
    let is_other = |answer: &Answer| {
        matches!(Admission::of(answer), Admission::Refused(other)
            if NOT_ADMITTED.contains(&other) && other != code)
    };
    code != BLOCKED && NOT_ADMITTED.contains(&code) && !answers.any(is_other)
}

fn of_supplied_hash(
    record: &CaseRecord,
    exchange: &Exchange,
    answer: &Answer,
) -> Option<(Role, Mistake)> {
    const INVALID: i64 = 7;
    let body = json::parse(&answer.body).ok();
    let mistake = match Reading::of(answer, body.as_ref()) {
        Reading::Granted => Mistake::LiveSession,
        Reading::Refused if reading::code(body.as_ref()) == Some(INVALID) => Mistake::NoHash,
        _ => return None,
    };
    let is_given = |role: &Role| {
        let hash = member(record, *role, "hash");
        let sent = exchange.request.body.as_deref().map(String::from_utf8_lossy);
        hash.is_some_and(|hash| sent.is_some_and(|sent| sent.contains(hash)))
    };
    let role = [Role::ExpiredSession, Role::UserSession].into_iter().find(is_given)?;
    Some((role, mistake))
}
