//! What was not judged, grouped by the reason that checks have in common.

use super::prose::Prose;
use super::{Index, group_by, outcome_class, outcome_word, shown};
use crate::model::outcome::CheckResult;
use crate::report::reasons::ReasonGroup;

/// Checks that were not judged for one reason.
pub(super) struct Group {
    pub(super) outcome: &'static str,
    pub(super) label: &'static str,
    /// The number of checks by level, in words.
    pub(super) tally: String,
    pub(super) checks: usize,
    pub(super) reason: Prose,
    /// What would help; empty where the reason says it.
    pub(super) remedy: &'static str,
    pub(super) rows: Vec<Row>,
}

/// What was not judged of a step.
pub(super) struct Row {
    pub(super) case: String,
    pub(super) step: String,
    pub(super) requirements: Vec<Link>,
}

/// A requirement, to be linked.
pub(super) struct Link {
    pub(super) id: String,
    pub(super) anchor: String,
    pub(super) level: &'static str,
}

/// All groups: what could not be judged before what was not tried.
pub(super) fn groups(index: &Index<'_>) -> Vec<Group> {
    let digest = &index.digest;
    digest
        .unjudged
        .iter()
        .chain(&digest.skipped)
        .chain(&digest.not_applicable)
        .map(|one| group(index, one))
        .collect()
}

fn group(index: &Index<'_>, group: &ReasonGroup<'_>) -> Group {
    let outcome = &group.checks[0].outcome;
    Group {
        outcome: outcome_class(outcome),
        label: outcome_word(outcome),
        tally: group.levels(),
        checks: group.checks.len(),
        reason: Prose::of(&group.reason.to_string()),
        remedy: group.remedy().unwrap_or_default(),
        rows: group_by(group.checks.iter().copied(), |check| (&check.case, &check.step))
            .into_iter()
            .map(|((case, step), checks)| Row {
                case: shown(case),
                step: shown(step),
                requirements: checks.iter().map(|check| link(index, check)).collect(),
            })
            .collect(),
    }
}

fn link(index: &Index<'_>, check: &CheckResult) -> Link {
    Link {
        id: shown(&check.requirement),
        anchor: index.anchor(&check.requirement),
        level: check.level.name(),
    }
}
