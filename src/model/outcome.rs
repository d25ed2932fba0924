//! What became of checks, and what a whole run says of the target.
//!
//! Adding up is here and nowhere else: every check has exactly one outcome, and a verdict follows
//! from the outcomes alone.

use serde::{Deserialize, Serialize};

use crate::model::exit_code::ExitCode;
use crate::model::level::Level;
use crate::model::violation::{Difference, Violation};

/// What became of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The answer keeps the promise.
    Passed,
    /// The answer breaks it.
    Failed {
        /// How; at least one.
        violations: Vec<Violation>,
        /// The answer against the nearest that would do, where there is one to show.
        difference: Option<Difference>,
    },
    /// It could not be judged.
    Unjudged(Reason),
    /// It was not tried.
    Skipped(Reason),
}

impl Outcome {
    /// The word in reports.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Outcome::Passed => "passed",
            Outcome::Failed { .. } => "failed",
            Outcome::Unjudged(_) => "unjudged",
            Outcome::Skipped(_) => "skipped",
        }
    }
}

/// Why a check was not judged. Checks with equal reasons hang on one cause.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Reason {
    /// What kind of reason.
    pub kind: ReasonKind,
    /// A sentence for people, which names what would help.
    pub text: String,
}

/// The kinds of reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReasonKind {
    /// No connection to the target, ever.
    Unreachable,
    /// No complete answer in time, or the connection broke.
    NoAnswer,
    /// The target asked to wait until the suite gave up.
    RateLimited,
    /// The answer speaks against a fixture, so that either it or the target is wrong.
    FixtureDoubted,
    /// An earlier step did not yield a value that this one needs, or was not granted.
    EarlierStep,
    /// The answer refuses, and the statement is about answers that grant.
    NotGranted,
    /// The run ended before this was tried.
    Stopped,
    /// The record does not hold it.
    NotRecorded,
    /// A fixture is missing.
    FixtureMissing,
    /// The operator deselected it.
    Deselected,
}

/// A check and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckResult {
    /// The case, with its encoding where it is expanded.
    pub case: String,
    /// The step.
    pub step: String,
    /// The requirement that is judged.
    pub requirement: String,
    /// The level of the requirement, capped by the step.
    pub level: Level,
    /// What became of it.
    pub outcome: Outcome,
}

/// What a run says of the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// A deciding check failed.
    Nonconformant,
    /// The target cannot be reached, or a deciding check is unjudged.
    Inconclusive,
    /// A deciding check was skipped, or nothing was selected.
    Incomplete,
    /// Every deciding check was judged and passed.
    Conformant,
}

impl Verdict {
    /// The word in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Nonconformant => "nonconformant",
            Verdict::Inconclusive => "inconclusive",
            Verdict::Incomplete => "incomplete",
            Verdict::Conformant => "conformant",
        }
    }

    /// The exit code of a run with this verdict.
    #[must_use]
    pub fn exit_code(self, allow_incomplete: bool) -> ExitCode {
        match self {
            Verdict::Nonconformant => ExitCode::Nonconformant,
            Verdict::Inconclusive => ExitCode::Inconclusive,
            Verdict::Incomplete if allow_incomplete => ExitCode::Conformant,
            Verdict::Incomplete => ExitCode::Incomplete,
            Verdict::Conformant => ExitCode::Conformant,
        }
    }
}

/// The level from which a failed check decides the verdict.
#[must_use]
pub fn deciding_level(strict: bool) -> Level {
    if strict { Level::Should } else { Level::Must }
}

/// Adds up outcomes; the first that applies of nonconformant, inconclusive, incomplete and
/// conformant.
#[must_use]
pub fn verdict(results: &[CheckResult], strict: bool) -> Verdict {
    let deciding = deciding_level(strict);
    let any = |is: fn(&Outcome) -> bool| {
        results.iter().any(|result| result.level >= deciding && is(&result.outcome))
    };
    let judged = results
        .iter()
        .any(|result| matches!(result.outcome, Outcome::Passed | Outcome::Failed { .. }));
    // A target that cannot be reached leaves nothing judged, whatever was to be skipped anyway.
    let tried = results.iter().any(|result| matches!(result.outcome, Outcome::Unjudged(_)));
    if any(|outcome| matches!(outcome, Outcome::Failed { .. })) {
        Verdict::Nonconformant
    } else if any(|outcome| matches!(outcome, Outcome::Unjudged(_))) || (!judged && tried) {
        Verdict::Inconclusive
    } else if !judged || any(|outcome| matches!(outcome, Outcome::Skipped(_))) {
        Verdict::Incomplete
    } else {
        Verdict::Conformant
    }
}

/// How many checks of one level had which outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Checks that passed.
    pub passed: usize,
    /// Checks that failed.
    pub failed: usize,
    /// Checks that could not be judged.
    pub unjudged: usize,
    /// Checks that were not tried.
    pub skipped: usize,
}

impl Counts {
    /// Counts the results of one level.
    #[must_use]
    pub fn of(results: &[CheckResult], level: Level) -> Counts {
        let mut counts = Counts::default();
        for result in results.iter().filter(|result| result.level == level) {
            match result.outcome {
                Outcome::Passed => counts.passed += 1,
                Outcome::Failed { .. } => counts.failed += 1,
                Outcome::Unjudged(_) => counts.unjudged += 1,
                Outcome::Skipped(_) => counts.skipped += 1,
            }
        }
        counts
    }

    /// All checks counted.
    #[must_use]
    pub fn total(self) -> usize {
        self.passed + self.failed + self.unjudged + self.skipped
    }
}

/// How a check result stands in a report.
#[derive(Serialize, Deserialize)]
struct Written {
    case: String,
    step: String,
    requirement: String,
    level: Level,
    outcome: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    #[serde(default)]
    violations: Vec<Violation>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    difference: Option<Difference>,
}

impl Serialize for CheckResult {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (reason, violations, difference) = match &self.outcome {
            Outcome::Passed => (None, Vec::new(), None),
            Outcome::Failed { violations, difference } => {
                (None, violations.clone(), difference.clone())
            }
            Outcome::Unjudged(reason) | Outcome::Skipped(reason) => {
                (Some(reason.clone()), Vec::new(), None)
            }
        };
        Written {
            case: self.case.clone(),
            step: self.step.clone(),
            requirement: self.requirement.clone(),
            level: self.level,
            outcome: self.outcome.name().to_owned(),
            reason,
            violations,
            difference,
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for CheckResult {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<CheckResult, D::Error> {
        let written = Written::deserialize(deserializer)?;
        let outcome = match (written.outcome.as_str(), written.reason) {
            ("passed", _) => Outcome::Passed,
            ("failed", _) => {
                Outcome::Failed { violations: written.violations, difference: written.difference }
            }
            ("unjudged", Some(reason)) => Outcome::Unjudged(reason),
            ("skipped", Some(reason)) => Outcome::Skipped(reason),
            (other, _) => {
                let message = format!("outcome `{other}` is unknown or lacks its `reason`");
                return Err(serde::de::Error::custom(message));
            }
        };
        Ok(CheckResult {
            case: written.case,
            step: written.step,
            requirement: written.requirement,
            level: written.level,
            outcome,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{CheckResult, Outcome, Reason, ReasonKind, Verdict, verdict};
    use crate::model::level::Level;
    use rstest::rstest;

    fn result(level: Level, outcome: &str) -> CheckResult {
        let reason = Reason { kind: ReasonKind::Stopped, text: String::new() };
        let outcome = match outcome {
            "passed" => Outcome::Passed,
            "failed" => Outcome::Failed { violations: Vec::new(), difference: None },
            "unjudged" => Outcome::Unjudged(reason),
            _ => Outcome::Skipped(reason),
        };
        let text = String::new;
        CheckResult { case: text(), step: text(), requirement: text(), level, outcome }
    }

    #[rstest]
    #[case::nothing(&[], false, Verdict::Incomplete)]
    #[case::all_good(&[(Level::Must, "passed")], false, Verdict::Conformant)]
    #[case::should_failed(&[(Level::Must, "passed"), (Level::Should, "failed")], false, Verdict::Conformant)]
    #[case::should_failed_strictly(&[(Level::Must, "passed"), (Level::Should, "failed")], true, Verdict::Nonconformant)]
    #[case::may_failed_strictly(&[(Level::Must, "passed"), (Level::May, "failed")], true, Verdict::Conformant)]
    #[case::failure_outweighs_all(
        &[(Level::Must, "skipped"), (Level::Must, "unjudged"), (Level::Must, "failed")], false, Verdict::Nonconformant)]
    #[case::unjudged_outweighs_skipped(
        &[(Level::Must, "skipped"), (Level::Must, "unjudged")], false, Verdict::Inconclusive)]
    #[case::skipped(&[(Level::Must, "passed"), (Level::Must, "skipped")], false, Verdict::Incomplete)]
    #[case::skipped_should(&[(Level::Must, "passed"), (Level::Should, "skipped")], false, Verdict::Conformant)]
    #[case::nothing_could_be_judged(
        &[(Level::Must, "skipped"), (Level::Should, "unjudged")], false, Verdict::Inconclusive)]
    #[case::only_skipped_shoulds(&[(Level::Should, "skipped")], false, Verdict::Incomplete)]
    fn the_first_verdict_that_applies_is_given(
        #[case] outcomes: &[(Level, &str)],
        #[case] strict: bool,
        #[case] expected: Verdict,
    ) {
        let results: Vec<CheckResult> =
            outcomes.iter().map(|(level, outcome)| result(*level, outcome)).collect();
        assert_eq!(verdict(&results, strict), expected);
    }
}
