//! Which sessions a case left open, and how one is closed.

use serde_json::{Map, Value};

use crate::encoding::ENCODINGS;
use crate::expect::reading::Reading;
use crate::judge::attribution::{ADMISSIBLE, uses};
use crate::judge::recording::{CaseRecord, hashes};
use crate::model::api::{Action, HASH};
use crate::model::exchange::{Exchange, NoAnswer, Request};
use crate::model::role::Role;
use crate::value::json;

pub(super) fn log_out(hash: &str) -> Request {
    call(Action::Logout, &Map::from_iter([(HASH.to_owned(), Value::from(hash))]))
}

/// A call in the first of the documented ways.
pub(super) fn call(action: Action, parameters: &Map<String, Value>) -> Request {
    let encoded = (ENCODINGS[0].encode)(parameters);
    Request {
        method: ENCODINGS[0].method.to_owned(),
        path: action.path(),
        query: encoded.query,
        headers: encoded.headers,
        body: encoded.body,
    }
}

/// The hashes that were handed out and not ended by granted log-outs, in the order they were
/// handed out. A sign-in may be granted in a form that is all wrong.
pub(super) fn open_sessions(record: &CaseRecord) -> Vec<String> {
    let mut open: Vec<String> = Vec::new();
    for exchange in record.steps.iter().flat_map(|step| &step.exchanges) {
        let Ok(answer) = &exchange.result else { continue };
        let path = &exchange.request.path;
        if Reading::of_answer(answer) != Reading::Granted && !Action::Auth.is_at(path) {
            continue;
        }
        if Action::Logout.is_at(path) {
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

/// How many of these sessions may be open still: those whose log-out was not answered.
pub(super) fn left_open(hashes: &[String], log_outs: &[Exchange]) -> usize {
    let is_answered = |one: &Exchange| {
        let answer = one.result.as_ref().ok();
        answer.is_some_and(|answer| Reading::of_answer(answer) != Reading::AsksToWait)
    };
    let answered: Vec<&Exchange> = log_outs.iter().filter(|one| is_answered(one)).collect();
    let is_closed = |hash: &&String| answered.iter().any(|one| carries(&one.request, hash));
    hashes.len() - hashes.iter().filter(is_closed).count()
}

/// How many sign-ins were to be granted and not answered: each may have opened a session that
/// nobody has the hash of.
pub(super) fn sign_ins_without_an_answer(record: &CaseRecord) -> usize {
    let is_one = |one: &&Exchange| {
        let is_lost = matches!(
            one.result,
            Err(NoAnswer::TimedOut(_) | NoAnswer::Cut(_) | NoAnswer::Broken(_))
        );
        let is_right = |role: &Role| uses(&record.fixtures, *role, &one.request);
        is_lost && Action::Auth.is_at(&one.request.path) && ADMISSIBLE.iter().any(is_right)
    };
    record.steps.iter().flat_map(|step| &step.exchanges).filter(is_one).count()
}

/// Whether a request carries a value, in whatever place and spelling.
pub(super) fn carries(request: &Request, value: &str) -> bool {
    let query = request.query.as_deref().unwrap_or_default();
    let query = percent_encoding::percent_decode_str(query).decode_utf8_lossy();
    let body = request.body.as_deref().unwrap_or_default();
    let body = percent_encoding::percent_decode(body).decode_utf8_lossy();
    // A value may be all JSON escapes.
    let json: Option<Value> = request.body.as_deref().and_then(|body| json::parse(body).ok());
    let is_member = |json: &Value| {
        json.as_object().is_some_and(|members| members.values().any(|member| member == value))
    };
    query.contains(value)
        || body.contains(value)
        || json.as_ref().is_some_and(is_member)
        || request.headers.iter().any(|(_, header)| header.contains(value))
}
