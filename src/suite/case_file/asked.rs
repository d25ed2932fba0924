//! What a step asks of its answer: its own checks, and those of the group that it names.

use serde_json::Value;

use super::written::{WrittenCheck, WrittenStep};
use crate::model::requirement::{About, Ledger, Requirement};

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

    /// Whether it asks that the call is refused.
    pub(super) fn expects_refusal(&self) -> bool {
        ["refused", "grants"].iter().any(|word| self.check.get(word).is_some())
    }

    /// Whether the requirement is about refusals only, so that a granted answer cannot break it.
    pub(super) fn presupposes_refusal(&self) -> bool {
        self.requirement.about == Some(About::Refused)
    }
}

/// Everything that a step asks of its answer: its own checks, then those of its group.
pub(super) fn asked_by<'a>(step: &WrittenStep<'a>, ledger: &'a Ledger) -> Vec<Asked<'a>> {
    let own = step.checks.iter().filter_map(|check| Asked::by(check, ledger));
    let group = step.answers.iter().flat_map(|group| asked_of(group.value, ledger));
    own.chain(group).collect()
}

/// Everything that a group asks of an answer.
pub(super) fn asked_of<'a>(group: &'a str, ledger: &'a Ledger) -> impl Iterator<Item = Asked<'a>> {
    ledger.group(group).filter_map(|requirement| {
        Some(Asked { requirement, check: requirement.usual_check.as_ref()? })
    })
}
