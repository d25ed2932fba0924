//! Traceability: every requirement of the ledger with every check that judges it.

use super::prose::Prose;
use super::{Index, group_by, is_failed, outcome_class, outcome_word, shown};
use crate::model::outcome::CheckResult;
use crate::model::requirement::{Requirement, Standing};

/// What requirements can be filtered by, with the words for it.
pub(super) const OUTCOMES: [(&str, &str); 7] = [
    ("failed", "failed"),
    ("unjudged", "unjudged"),
    ("skipped", "skipped"),
    ("passed", "passed"),
    ("inapplicable", "not applicable"),
    ("excluded", "out of scope"),
    ("unchecked", "no check"),
];

/// A requirement and what became of it.
pub(super) struct Entry {
    pub(super) id: String,
    pub(super) anchor: String,
    pub(super) level: &'static str,
    pub(super) sentence: Prose,
    pub(super) source: Prose,
    pub(super) contested: Option<Prose>,
    /// Why no check judges it, with the word for that.
    pub(super) reason: Option<Prose>,
    pub(super) reason_term: &'static str,
    /// The worst outcome of its checks.
    pub(super) outcome: &'static str,
    pub(super) label: String,
    pub(super) rows: Vec<Row>,
}

/// Checks of one case with one outcome.
pub(super) struct Row {
    pub(super) outcome: &'static str,
    pub(super) label: &'static str,
    /// The number of the failure that tells more.
    pub(super) failure: Option<usize>,
    pub(super) case: String,
    pub(super) steps: String,
    pub(super) level: &'static str,
}

/// A requirement that no check judges.
pub(super) struct Exclusion {
    pub(super) id: String,
    pub(super) anchor: String,
    pub(super) level: &'static str,
    pub(super) sentence: Prose,
    pub(super) reason: Prose,
}

/// All requirements, in the order of the ledger.
pub(super) fn all(index: &Index<'_>) -> Vec<Entry> {
    let checks = &index.context.findings.checks;
    let mut by_requirement = std::collections::HashMap::<&str, Vec<&CheckResult>>::new();
    for check in checks {
        by_requirement.entry(&check.requirement).or_default().push(check);
    }
    let entries = index.context.suite.ledger.iter().map(|requirement| {
        let checks = by_requirement.remove(requirement.id.as_str()).unwrap_or_default();
        entry(index, requirement, &checks)
    });
    entries.collect()
}

/// The requirements that no check judges, in the order of the ledger.
pub(super) fn exclusions(index: &Index<'_>) -> Vec<Exclusion> {
    let ledger = index.context.suite.ledger.iter();
    let exclusions = ledger.filter_map(|requirement| {
        let reason = Prose::of(reason_of(&requirement.standing)?);
        Some(Exclusion {
            id: shown(&requirement.id),
            anchor: index.anchor(&requirement.id),
            level: requirement.level.name(),
            sentence: Prose::of(&requirement.sentence),
            reason,
        })
    });
    exclusions.collect()
}

fn entry(index: &Index<'_>, requirement: &Requirement, checks: &[&CheckResult]) -> Entry {
    let (outcome, label) = summary(requirement, checks);
    Entry {
        id: shown(&requirement.id),
        anchor: index.anchor(&requirement.id),
        level: requirement.level.name(),
        sentence: Prose::of(&requirement.sentence),
        source: Prose::of(&requirement.source),
        contested: requirement.contested.as_deref().map(Prose::of),
        reason: reason_of(&requirement.standing).map(Prose::of),
        reason_term: match requirement.standing {
            Standing::Planned(_) => "No check yet",
            Standing::Judged | Standing::Excluded(_) => "Out of scope",
        },
        outcome,
        label,
        rows: rows(index, checks),
    }
}

fn reason_of(standing: &Standing) -> Option<&str> {
    match standing {
        Standing::Judged => None,
        Standing::Planned(why) | Standing::Excluded(why) => Some(why),
    }
}

/// The worst outcome of a requirement's checks, and words for it.
fn summary(requirement: &Requirement, checks: &[&CheckResult]) -> (&'static str, String) {
    if checks.is_empty() {
        return match requirement.standing {
            Standing::Excluded(_) => ("excluded", "out of scope".to_owned()),
            Standing::Planned(_) => ("excluded", "no check yet".to_owned()),
            Standing::Judged => ("unchecked", "no check".to_owned()),
        };
    }
    let count =
        |class: &str| checks.iter().filter(|check| outcome_class(&check.outcome) == class).count();
    let worst = [("failed", "failed"), ("unjudged", "unjudged"), ("skipped", "skipped")];
    let others = [("passed", "passed"), ("inapplicable", "not applicable")];
    let found = worst.into_iter().chain(others).find(|(class, _)| count(class) > 0);
    let (class, word) = found.unwrap_or(others[0]);
    match (count(class), checks.len()) {
        (some, all) if some < all => (class, format!("{some} of {all} {word}")),
        (_, all) => (class, format!("{all} {word}")),
    }
}

fn rows(index: &Index<'_>, checks: &[&CheckResult]) -> Vec<Row> {
    let checks = checks.iter().copied();
    let groups =
        group_by(checks, |check| (check.case.as_str(), outcome_class(&check.outcome), check.level));
    let mut rows: Vec<Row> = groups
        .into_iter()
        .map(|((case, outcome, level), checks)| Row {
            outcome,
            label: checks.first().map_or("", |check| outcome_word(&check.outcome)),
            failure: first_failure(index, &checks),
            case: shown(case),
            steps: shown(&steps(&checks)),
            level: level.name(),
        })
        .collect();
    rows.sort_by_key(|row| OUTCOMES.iter().position(|(name, _)| *name == row.outcome));
    rows
}

fn first_failure(index: &Index<'_>, checks: &[&CheckResult]) -> Option<usize> {
    let failed = checks.iter().find(|check| is_failed(check))?;
    index.failures.get(&(failed.case.as_str(), failed.step.as_str())).copied()
}

/// The steps of checks, in one line.
fn steps(checks: &[&CheckResult]) -> String {
    checks.iter().map(|check| check.step.as_str()).collect::<Vec<_>>().join(", ")
}
