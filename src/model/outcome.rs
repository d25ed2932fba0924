//! What became of checks, and what a whole run says of the target.
//!
//! Adding up is here and nowhere else: every check has exactly one outcome, and a verdict follows
//! from the outcomes alone.

use serde::{Deserialize, Serialize};

use crate::model::exit_code::ExitCode;
use crate::model::level::Level;
use crate::model::reason::{Reason, WithText};
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
    /// The condition under which the statement binds was not met.
    NotApplicable(Reason),
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
            Outcome::NotApplicable(_) => "not applicable",
        }
    }

    /// Why it was not judged.
    #[must_use]
    pub fn reason(&self) -> Option<&Reason> {
        match self {
            Outcome::Passed | Outcome::Failed { .. } => None,
            Outcome::Unjudged(reason)
            | Outcome::Skipped(reason)
            | Outcome::NotApplicable(reason) => Some(reason),
        }
    }

    /// Whether people are told the same of both: a report of an earlier version may lack some of
    /// the data that makes the sentences.
    #[must_use]
    pub fn reads_like(&self, other: &Outcome) -> bool {
        let told = |outcome: &Outcome| -> Vec<String> {
            let reason = outcome.reason().into_iter().map(ToString::to_string);
            let violations: &[Violation] = match outcome {
                Outcome::Failed { violations, .. } => violations,
                _ => &[],
            };
            let violations = violations
                .iter()
                .map(|one| format!("{}: {}, {}", one.at(), one.expected, one.actual));
            reason.chain(violations).collect()
        };
        self.name() == other.name() && told(self) == told(other)
    }

    /// Whether the answer breaks the promise.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        matches!(self, Outcome::Failed { .. })
    }
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
pub(crate) fn deciding_level(strict: bool) -> Level {
    if strict { Level::Should } else { Level::Must }
}

/// Adds up outcomes; the first that applies of nonconformant, inconclusive, incomplete and
/// conformant.
pub(crate) fn verdict(results: &[CheckResult], strict: bool) -> Verdict {
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
    /// Checks of statements that did not bind this server.
    #[serde(default)]
    pub not_applicable: usize,
}

impl Counts {
    /// Counts the results of one level.
    #[must_use]
    pub fn of(results: &[CheckResult], level: Level) -> Counts {
        let mut counts = Counts::default();
        for result in results.iter().filter(|result| result.level == level) {
            counts.add(&result.outcome);
        }
        counts
    }

    /// Counts one more outcome.
    pub fn add(&mut self, outcome: &Outcome) {
        let count = match outcome {
            Outcome::Passed => &mut self.passed,
            Outcome::Failed { .. } => &mut self.failed,
            Outcome::Unjudged(_) => &mut self.unjudged,
            Outcome::Skipped(_) => &mut self.skipped,
            Outcome::NotApplicable(_) => &mut self.not_applicable,
        };
        *count += 1;
    }

    /// All checks of statements that bind this server.
    #[must_use]
    pub fn applicable(self) -> usize {
        self.total() - self.not_applicable
    }

    /// All checks counted.
    #[must_use]
    pub fn total(self) -> usize {
        self.passed + self.failed + self.unjudged + self.skipped + self.not_applicable
    }
}

impl std::iter::Sum for Counts {
    fn sum<I: Iterator<Item = Counts>>(all: I) -> Counts {
        all.fold(Counts::default(), |sum, counts| Counts {
            passed: sum.passed + counts.passed,
            failed: sum.failed + counts.failed,
            unjudged: sum.unjudged + counts.unjudged,
            skipped: sum.skipped + counts.skipped,
            not_applicable: sum.not_applicable + counts.not_applicable,
        })
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
    reason: Option<WithText<Reason>>,
    #[serde(default)]
    violations: Vec<Violation>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    difference: Option<Difference>,
}

impl Serialize for CheckResult {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (violations, difference) = match &self.outcome {
            Outcome::Failed { violations, difference } => (violations.clone(), difference.clone()),
            _ => (Vec::new(), None),
        };
        let reason = self.outcome.reason().cloned().map(WithText);
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
        let is_failed = written.outcome == "failed";
        if is_failed == written.violations.is_empty() {
            let message = "a check has `violations` if it failed, and only then";
            return Err(serde::de::Error::custom(message));
        }
        let outcome = match (written.outcome.as_str(), written.reason.map(|reason| reason.0)) {
            ("passed", None) => Outcome::Passed,
            ("failed", None) => {
                Outcome::Failed { violations: written.violations, difference: written.difference }
            }
            ("unjudged", Some(reason)) => Outcome::Unjudged(reason),
            ("skipped", Some(reason)) => Outcome::Skipped(reason),
            ("not applicable", Some(reason)) => Outcome::NotApplicable(reason),
            (other, _) => {
                let message =
                    format!("outcome `{other}` is unknown, or its `reason` is lacking or too much");
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
    use super::{CheckResult, Outcome, Verdict, verdict};
    use crate::model::level::Level;
    use crate::model::reason::Reason;
    use crate::model::stopped::Stopped;
    use rstest::rstest;

    fn result(level: Level, outcome: &str) -> CheckResult {
        let reason = Reason::Stopped { by: Stopped::Interrupted };
        let outcome = match outcome {
            "passed" => Outcome::Passed,
            "failed" => Outcome::Failed { violations: Vec::new(), difference: None },
            "unjudged" => Outcome::Unjudged(reason),
            "not applicable" => Outcome::NotApplicable(Reason::NotGranted),
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
    #[case::not_applicable_decides_nothing(
        &[(Level::Must, "passed"), (Level::Must, "not applicable")], true, Verdict::Conformant)]
    #[case::nothing_applied(&[(Level::Must, "not applicable")], false, Verdict::Incomplete)]
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
