//! The figures of a proof: what `prove` found in short, without the matrix and without the time.
//!
//! Those of this version stand in `cases/proof.json`, so that a certificate can say what the suite
//! that judged is worth. They hold for the files that they were found with and for no others;
//! [`Figures::are_of`] decides that.

use serde::{Deserialize, Serialize};

use super::identity::SuiteIdentity;

/// What a proof found; the same whenever the same suite is proved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figures {
    /// What was proved.
    pub suite: SuiteIdentity,
    /// Checks that the faultless server passes.
    pub passed_without_fault: Figure,
    /// Faults that are noticed by a requirement that they violate.
    pub faults_noticed: Figure,
    /// Checks that fail under at least one fault.
    pub checks_proven: Figure,
    /// Variations that nothing is wrongly held against.
    pub variations_unflagged: Figure,
    /// Null servers that pass nothing that they must not.
    pub null_servers_seen_through: Figure,
    /// How much of the answers the checks look at.
    pub observation_coverage: ObservationCoverage,
    /// Requests that one run against the faultless server sends.
    pub requests: usize,
}

/// How many of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// How many are as they have to be.
    pub good: usize,
    /// Of how many.
    pub of: usize,
}

/// The share of broken answers that some check notices.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObservationCoverage {
    /// In percent, with one decimal.
    pub percent: f64,
    /// Broken answers that were judged.
    pub mutations: usize,
}

impl Figures {
    /// Whether they were found with this version and exactly these files.
    #[must_use]
    pub fn are_of(&self, suite: &SuiteIdentity) -> bool {
        self.suite == *suite
    }

    /// Whether the suite is proved. How much is observed is told and not demanded.
    #[must_use]
    pub fn are_complete(&self) -> bool {
        self.passed_without_fault.is_complete()
            && self.faults_noticed.is_complete()
            && self.checks_proven.is_complete()
            && self.variations_unflagged.is_complete()
            && self.null_servers_seen_through.is_complete()
    }

    /// Each figure with its name, in the order in which all reports show them.
    #[must_use]
    pub fn rows(&self) -> [(&'static str, String); 7] {
        [
            ("checks passed without fault", self.passed_without_fault.to_string()),
            ("faults noticed", self.faults_noticed.to_string()),
            ("checks proven", self.checks_proven.to_string()),
            ("variations unflagged", self.variations_unflagged.to_string()),
            ("null servers seen through", self.null_servers_seen_through.to_string()),
            ("observation coverage", self.observation_coverage.to_string()),
            ("requests of a run", self.requests.to_string()),
        ]
    }

    /// The figures as aligned lines.
    #[must_use]
    pub fn lines(&self) -> String {
        self.rows().iter().map(|(name, value)| format!("{name:28} {value}\n")).collect()
    }
}

impl Figure {
    /// Counts what is as it has to be.
    #[must_use]
    pub fn count(items: impl Iterator<Item = bool>) -> Figure {
        items.fold(Figure { good: 0, of: 0 }, |sum, is_good| Figure {
            good: sum.good + usize::from(is_good),
            of: sum.of + 1,
        })
    }

    /// Whether nothing is missing.
    #[must_use]
    pub fn is_complete(self) -> bool {
        self.good == self.of
    }
}

impl std::fmt::Display for Figure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} of {}", self.good, self.of)
    }
}

impl ObservationCoverage {
    /// The share of `noticed` in `mutations`.
    #[must_use]
    pub fn new(noticed: usize, mutations: usize) -> ObservationCoverage {
        let per_mille = if mutations == 0 { 0.0 } else { noticed as f64 * 1e3 / mutations as f64 };
        ObservationCoverage { percent: per_mille.round() / 10.0, mutations }
    }
}

impl std::fmt::Display for ObservationCoverage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.1} % of {} mutated answers", self.percent, self.mutations)
    }
}
