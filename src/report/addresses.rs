//! What a result says of the addresses of a target that has several: what one of them did and
//! another does not know, and whether all that fails has to do with that.
//!
//! Tells nothing of a target with one address. Addresses stand in backticks, as code does.

use std::collections::BTreeMap;

use super::digest::{Place, repeat_of};
use super::wording::{counted, some_of};
use crate::expect::reading::Reading;
use crate::judge::findings::Findings;
use crate::judge::handed_out::hashes;
use crate::judge::recording::CaseRecord;
use crate::model::api::Action;
use crate::model::exchange::{Exchange, Request};
use crate::model::level::Level;
use crate::model::outcome::{Outcome, deciding_level};
use crate::value::token::{self, Named};

/// Earlier steps that are named before the rest is counted.
const NAMED: usize = 8;

/// What is told of a failure beside it, a sentence each: where the steps before were sent, and which
/// address does not know what another did.
pub(super) fn told(findings: &Findings, place: Place<'_>, repeat: usize) -> Vec<String> {
    let Some(asked) = Asked::at(findings, place, repeat) else { return Vec::new() };
    let before: Vec<String> = asked.steps_before().collect();
    let before = (!before.is_empty()).then(|| format!("after {}", some_of(&before, NAMED)));
    before.into_iter().chain(asked.contradiction()).collect()
}

/// What all failures have in common, or else all that decide, if it has to do with addresses: a
/// sentence each.
pub(super) fn in_common(findings: &Findings) -> Vec<String> {
    if findings.target.others.is_empty() {
        return Vec::new();
    }
    let of_all = in_common_of(&judged(findings, Level::Should), "failure");
    if of_all.is_empty() {
        let deciding = deciding_level(findings.strict);
        return in_common_of(&judged(findings, deciding), "failure that decides");
    }
    of_all
}

fn in_common_of(judged: &Steps<'_>, which: &str) -> Vec<String> {
    let failed = || judged.values().filter(|one| one.has_failed);
    let Some(first) = failed().next() else { return Vec::new() };
    let is_all_there = failed().count() > 1 && failed().all(|one| one.address == first.address);
    let there = is_all_there.then(|| format!("Every {which} is an answer of `{}`", first.address));
    let count = |distance| judged.values().filter(|one| one.distance == distance).count();
    let (far, near) = (count(Distance::Far), count(Distance::Near));
    let is_all_far = failed().all(|one| one.distance == Distance::Far) && near > 0;
    let across = is_all_far.then(|| {
        format!(
            "Every {which} is about a session that another address opened or ended: {} of {} that \
             ask for one fail, and none of {} that ask the same address",
            failed().count(),
            counted(far, "step"),
            counted(near, "step"),
        )
    });
    across.into_iter().chain(there).collect()
}

/// A step whose answer was judged.
struct Judged<'a> {
    address: &'a str,
    distance: Distance,
    has_failed: bool,
}

/// Whether the address that is asked for a session is the one that opened and ended it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Distance {
    Near,
    Far,
    /// It is asked for none.
    None,
}

/// By case and step.
type Steps<'a> = BTreeMap<(&'a str, &'a str), Judged<'a>>;

/// The steps that were judged by a check of this level or above.
fn judged(findings: &Findings, level: Level) -> Steps<'_> {
    let mut judged = Steps::new();
    for check in findings.checks.iter().filter(|check| check.level >= level) {
        let (has_failed, repeat) = match &check.outcome {
            Outcome::Passed => (false, 0),
            Outcome::Failed { violations, .. } => (true, repeat_of(violations)),
            Outcome::Unjudged(_) | Outcome::Skipped(_) | Outcome::NotApplicable(_) => continue,
        };
        let key = (check.case.as_str(), check.step.as_str());
        if judged.get(&key).is_some_and(|known| known.has_failed || !has_failed) {
            continue;
        }
        let place = Place { case: key.0, step: key.1 };
        let Some(asked) = Asked::at(findings, place, repeat) else { continue };
        let (address, distance) = (asked.address, asked.distance());
        judged.insert(key, Judged { address, distance, has_failed });
    }
    judged
}

/// A request to one of several addresses, with what was exchanged in the case before.
struct Asked<'a> {
    exchange: &'a Exchange,
    address: &'a str,
    /// With the ids of their steps.
    before: Vec<(&'a str, &'a Exchange)>,
}

impl<'a> Asked<'a> {
    /// The request that decides at a place; `None` if the target has one address.
    fn at(findings: &'a Findings, place: Place<'_>, repeat: usize) -> Option<Asked<'a>> {
        let case = findings.cases.iter().find(|case| case.record.id == place.case)?;
        let CaseRecord { steps, .. } = &case.record;
        let index = steps.iter().position(|step| step.id == place.step)?;
        let exchange = steps[index].deciding().nth(repeat)?;
        let address = exchange.address.as_deref()?;
        let earlier = steps[..index]
            .iter()
            .flat_map(|step| step.deciding().map(|exchange| (step.id.as_str(), exchange)));
        Some(Asked { exchange, address, before: earlier.collect() })
    }

    /// The steps before with their addresses, such as "sign-in at `http://a`".
    fn steps_before(&self) -> impl Iterator<Item = String> {
        let mut told: Vec<String> = Vec::new();
        for (step, exchange) in &self.before {
            let one = format!("{step} at `{}`", exchange.address.as_deref().unwrap_or_default());
            if !told.contains(&one) {
                told.push(one);
            }
        }
        told.into_iter()
    }

    /// Which addresses contradict each other over a session.
    fn contradiction(&self) -> Option<String> {
        let here = self.address;
        let reading = Reading::of_answer(self.exchange.result.as_ref().ok()?);
        match (reading, self.opened(), self.ended()) {
            (Reading::Refused, Some(there), None) if there != here => {
                Some(format!("the session that `{there}` handed out is refused by `{here}`"))
            }
            (Reading::Granted, _, Some(there)) if there != here => {
                Some(format!("the session that was ended at `{there}` lives on at `{here}`"))
            }
            _ => None,
        }
    }

    fn distance(&self) -> Distance {
        let is_here = |address: Option<&str>| address.is_none_or(|there| there == self.address);
        match (self.opened(), self.ended()) {
            (None, None) => Distance::None,
            (opened, ended) if is_here(opened) && is_here(ended) => Distance::Near,
            _ => Distance::Far,
        }
    }

    /// Which address opened the session that is asked for.
    fn opened(&self) -> Option<&'a str> {
        let hash = hash_in(&self.exchange.request)?;
        let opens = |exchange: &&Exchange| {
            exchange.result.as_ref().is_ok_and(|answer| hashes(answer).contains(&hash))
        };
        self.before.iter().map(|(_, one)| *one).find(opens)?.address.as_deref()
    }

    /// Which address granted the logout of that session, if one did.
    fn ended(&self) -> Option<&'a str> {
        let hash = hash_in(&self.exchange.request)?;
        let ends = |exchange: &&Exchange| {
            let answer = exchange.result.as_ref().ok();
            Action::Logout.is_at(&exchange.request.path)
                && hash_in(&exchange.request).as_ref() == Some(&hash)
                && answer.is_some_and(|answer| Reading::of_answer(answer) == Reading::Granted)
        };
        self.before.iter().map(|(_, one)| *one).find(ends)?.address.as_deref()
    }
}

/// The token of the first hash that a request carries, unless it is a near miss of one.
fn hash_in(request: &Request) -> Option<String> {
    let body = request.body.as_deref().map(String::from_utf8_lossy);
    let headers = request.headers.iter().map(|(_, value)| value.as_str());
    let texts = headers.chain(request.query.as_deref()).chain(body.as_deref());
    let mut tokens = texts.flat_map(token::places).map(|(_, token)| token);
    let is_hash =
        |token: &token::Token| matches!(token.secret, Named::Hash(_)) && token.near_miss.is_none();
    tokens.find(is_hash).map(|token| token.to_string())
}
