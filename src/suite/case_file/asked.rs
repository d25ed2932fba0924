//! What a step asks of its answer: its own checks, and those of the group that it names.

use serde_json::Value;

use super::written::{WrittenCheck, WrittenStep};
use crate::model::api::Action;
use crate::model::requirement::{About, EVERY_CALL, Ledger, Requirement};

/// A requirement and what is asked of an answer in its name: what the case says, or else the usual
/// check.
pub(super) struct Asked<'a> {
    pub(super) requirement: &'a Requirement,
    pub(super) check: &'a Value,
}

impl<'a> Asked<'a> {
    /// What an entry of `checks` asks; `None` if the ledger has no such requirement or usual check.
    pub(super) fn by(check: &WrittenCheck<'a>, ledger: &'a Ledger) -> Option<Asked<'a>> {
        let requirement = ledger.get(check.id)?;
        let check = check.asks.or(requirement.usual_check.as_ref())?;
        Some(Asked { requirement, check })
    }

    /// Whether it is asked of every call.
    pub(super) fn is_of_every_call(&self) -> bool {
        self.requirement.is_of_every_call()
    }

    /// Whether it asks that the call is refused.
    pub(super) fn expects_refusal(&self) -> bool {
        ["refused", "grants"].iter().any(|word| self.check.get(word).is_some())
    }

    /// Whether the requirement is about refusals only, so that a granted answer cannot break it.
    pub(super) fn presupposes_refusal(&self) -> bool {
        self.requirement.about == Some(About::Refused)
    }
}

/// Everything that a step asks of its answer: its own checks, those of its group, and those of
/// every call. What the step asks in its own words is not asked again.
pub(super) fn asked_by<'a>(step: &WrittenStep<'a>, ledger: &'a Ledger) -> Vec<Asked<'a>> {
    let mut asked: Vec<Asked<'a>> =
        step.checks.iter().filter_map(|check| Asked::by(check, ledger)).collect();
    let call = step.call.unwrap_or_default();
    let group = step.answers.iter().flat_map(|group| asked_of(group.value, ledger));
    let of_call = |one: &Asked<'_>| {
        let calls = &one.requirement.calls;
        calls.is_empty() || calls.iter().any(|known| known == call)
    };
    for one in group.chain(asked_of_every_call(step, ledger)).filter(of_call) {
        if !asked.iter().any(|known| known.requirement.id == one.requirement.id) {
            asked.push(one);
        }
    }
    asked
}

/// What is asked of a step that makes a call as documented and asks anything at all.
fn asked_of_every_call<'a>(
    step: &WrittenStep<'a>,
    ledger: &'a Ledger,
) -> impl Iterator<Item = Asked<'a>> {
    let is_documented = step.call.and_then(Action::from_name).is_some()
        && !step.slash
        && step.method.is_none_or(|method| ["GET", "POST"].contains(&method));
    let asks = !step.checks.is_empty() || step.answers.is_some();
    (is_documented && asks).then(|| asked_of(EVERY_CALL, ledger)).into_iter().flatten()
}

/// Everything that a group asks of an answer.
pub(super) fn asked_of<'a>(group: &'a str, ledger: &'a Ledger) -> impl Iterator<Item = Asked<'a>> {
    ledger.group(group).filter_map(|requirement| {
        Some(Asked { requirement, check: requirement.usual_check.as_ref()? })
    })
}
