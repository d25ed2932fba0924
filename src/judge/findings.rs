//! Findings: the result of a whole run, which every report shows and the JSON report holds.
//!
//! Adds up what the engine recorded and what judging made of it, and watches over the law of
//! conservation: every check that was planned has exactly one outcome.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::expect::reading::Reading;
use crate::judge::attribution::{Attribution, Silence, Told, with_doubts};
use crate::judge::judging::{judge, unjudged};
use crate::judge::recording::{CaseRecord, NotSent, Recording, StepRecord};
use crate::judge::settled::limit_differences;
use crate::judge::stranger;
use crate::model::exchange::{Exchange, NoAnswer};
use crate::model::identity::SuiteIdentity;
use crate::model::level::Level;
use crate::model::outcome::{CheckResult, Counts, Outcome, Verdict, verdict};
use crate::model::reason::{Reason, ReasonKind, Recorded};
use crate::model::run_option::RunOption;
use crate::model::stopped::Stopped;
use crate::model::target::TargetIdentity;
use crate::suite::case::{Case, Check, Step};
use crate::suite::selection::{Filter, Selection};
use crate::suite::{Origin, Suite, calls};
use crate::value::panics::{Panicked, guarded};
use crate::value::secret::Shapes;

/// The version of the JSON report's format.
pub(crate) const FORMAT: u32 = 1;

/// The result of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Findings {
    /// The version of this format.
    pub format: u32,
    /// Which suite judged.
    pub suite: SuiteIdentity,
    /// What was judged.
    pub target: TargetIdentity,
    /// When the run started, RFC 3339 in UTC.
    pub started: String,
    /// How long it took, in milliseconds.
    pub duration_ms: f64,
    /// What the run says of the target.
    pub verdict: Verdict,
    /// Whether `should` checks decide too.
    pub strict: bool,
    /// What the operator wanted judged.
    pub selection: Filter,
    /// Whose cases judged.
    #[serde(default)]
    pub origin: Origin,
    /// What else the operator asked for, where the run comes from a command line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<RunOption>,
    /// Whether the fixtures are beyond doubt: the operator said so, or the target is the reference
    /// server, whose accounts are the suite's own.
    #[serde(default)]
    pub trusts_fixtures: bool,
    /// Values that the suite made up, by the tokens that stand for them: they are nobody's secret.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub made_up: BTreeMap<String, String>,
    /// What ended the run before everything was tried.
    #[serde(flatten, with = "end")]
    pub stopped: Option<Stopped>,
    /// How many requests were sent, clean-up and repeated tries included.
    pub requests: usize,
    /// How many sessions may have been left open.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub open_sessions: usize,
    /// How many checks had which outcome, by level.
    pub counts: LevelCounts,
    /// Every check with its outcome.
    pub checks: Vec<CheckResult>,
    /// Every case with every exchange, secrets as tokens.
    pub cases: Vec<CaseFindings>,
    /// What may be told of the form of the hashes that the target handed out, by token.
    pub secrets: Shapes,
}

/// Counts for each level.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelCounts {
    /// Of `must` checks.
    pub must: Counts,
    /// Of `should` checks.
    pub should: Counts,
    /// Of `may` checks.
    pub may: Counts,
}

impl LevelCounts {
    fn of(checks: &[CheckResult]) -> LevelCounts {
        LevelCounts {
            must: Counts::of(checks, Level::Must),
            should: Counts::of(checks, Level::Should),
            may: Counts::of(checks, Level::May),
        }
    }

    /// How many checks have a judgement, for or against the target.
    pub(crate) fn judged(&self) -> usize {
        Level::ALL.into_iter().map(|level| self.at(level)).map(|of| of.passed + of.failed).sum()
    }

    /// The counts of one level.
    #[must_use]
    pub fn at(&self, level: Level) -> Counts {
        match level {
            Level::Must => self.must,
            Level::Should => self.should,
            Level::May => self.may,
        }
    }
}

/// A case and what it exchanged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "WrittenCase")]
pub struct CaseFindings {
    /// The file it comes from.
    pub file: String,
    /// The promise.
    pub title: String,
    /// What each step sent and when, as a digest; none where nobody knows any more.
    pub calls: Vec<String>,
    /// What was exchanged.
    #[serde(flatten)]
    pub record: CaseRecord,
}

/// A case as a report holds it. Without `flatten`, which loses numbers on its way from a text, as
/// they are kept there digit by digit.
#[derive(Deserialize)]
struct WrittenCase {
    file: String,
    title: String,
    #[serde(default)]
    calls: Vec<String>,
    id: String,
    fixtures: Map<String, Value>,
    steps: Vec<StepRecord>,
    clean_up: Vec<Exchange>,
}

impl From<WrittenCase> for CaseFindings {
    fn from(written: WrittenCase) -> CaseFindings {
        let WrittenCase { file, title, calls, id, fixtures, steps, clean_up } = written;
        let record = CaseRecord::of(id, fixtures, steps, clean_up);
        CaseFindings { file, title, calls, record }
    }
}

/// What is known of a run besides its record.
#[derive(Debug, Clone)]
pub(crate) struct RunInfo {
    /// What was judged.
    pub target: TargetIdentity,
    /// When the run started.
    pub started: std::time::SystemTime,
    /// How long it took.
    pub duration: Duration,
    /// Whether `should` checks decide too.
    pub strict: bool,
    /// What the operator wanted judged.
    pub filter: Filter,
    /// What else the operator asked for.
    pub options: Vec<RunOption>,
    /// Values that the suite made up, by their tokens.
    pub made_up: BTreeMap<String, String>,
    /// Whether the fixtures are beyond doubt.
    pub trusts_fixtures: bool,
    /// What ended the run early.
    pub stopped: Option<Stopped>,
}

/// The law of conservation is broken: a bug of the suite.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{planned} checks were planned but {judged} have an outcome")]
pub struct OutcomeMismatch {
    planned: usize,
    judged: usize,
}

/// Judges a record and adds up.
///
/// # Errors
///
/// A bug of the suite: some check has no outcome, or more than one.
pub(crate) fn add_up(
    suite: &Suite,
    selection: &Selection,
    recording: Recording,
    info: RunInfo,
) -> Result<Findings, OutcomeMismatch> {
    let recording = Recording {
        trusts_fixtures: info.trusts_fixtures,
        is_embedded: info.target.embedded,
        ..recording
    };
    let checks = judge_all(suite, selection, &recording);
    let planned =
        suite.cases.iter().flat_map(|case| &case.steps).map(|step| step.checks.len()).sum();
    if checks.len() != planned {
        return Err(OutcomeMismatch { planned, judged: checks.len() });
    }
    let exchanges = recording.cases.iter().flat_map(CaseRecord::exchanges);
    let requests = exchanges.map(|exchange| 1 + usize::from(exchange.is_resent)).sum();
    Ok(Findings {
        format: FORMAT,
        suite: suite.identity(),
        target: info.target,
        started: humantime::format_rfc3339_seconds(info.started).to_string(),
        duration_ms: (info.duration.as_secs_f64() * 1e6).round() / 1e3,
        verdict: verdict(&checks, info.strict),
        strict: info.strict,
        selection: info.filter,
        origin: suite.origin,
        options: info.options,
        made_up: info.made_up,
        trusts_fixtures: info.trusts_fixtures,
        stopped: info.stopped.or_else(|| first_stop(&recording)),
        requests,
        open_sessions: recording.open_sessions,
        counts: LevelCounts::of(&checks),
        checks,
        cases: with_titles(suite, recording.cases),
        secrets: recording.secrets,
    })
}

/// The verdict on what was not deselected.
pub(crate) fn verdict_of_selected(checks: &[CheckResult], strict: bool) -> Verdict {
    let is_deselected = |check: &&CheckResult| {
        check.outcome.reason().is_some_and(|reason| reason.kind() == ReasonKind::Deselected)
    };
    let selected: Vec<CheckResult> =
        checks.iter().filter(|check| !is_deselected(check)).cloned().collect();
    verdict(&selected, strict)
}

/// Bytes of differences that a whole run may show.
const DIFFERENCES: usize = 8 * 1024 * 1024;

/// Whether the suite itself failed over some of these checks.
pub(crate) fn suite_failed(checks: &[CheckResult]) -> bool {
    let kinds = checks.iter().filter_map(|check| Some(check.outcome.reason()?.kind()));
    kinds.into_iter().any(|kind| kind == ReasonKind::SuiteFailed)
}

/// The outcome of every check of the suite, in the order of cases, steps and checks.
#[must_use]
pub fn judge_all(suite: &Suite, selection: &Selection, recording: &Recording) -> Vec<CheckResult> {
    let records: BTreeMap<&str, &CaseRecord> =
        recording.cases.iter().map(|record| (record.id.as_str(), record)).collect();
    let mut room = DIFFERENCES;
    let stranger = stranger::stranger(recording);
    let attribution = Attribution::of(recording);
    let told = Told::of(recording);
    let silence = Silence::of(recording);
    let mut results = Vec::new();
    for case in &suite.cases {
        let judged = match records.get(case.id.as_str()) {
            Some(record) => {
                let judged = guarded(|| {
                    let judged = match &record.judged {
                        Some(judged) => judged.clone(),
                        None => judge(case, record, &recording.secrets),
                    };
                    let judged = attribution.apply(case, record, &recording.secrets, judged);
                    let judged = told.apply(case, record, &recording.secrets, judged);
                    let judged = silence.apply(case, record, &recording.secrets, judged);
                    let judged = if recording.trusts_fixtures {
                        judged
                    } else {
                        with_doubts(case, record, judged)
                    };
                    match &stranger {
                        Some(stranger) => stranger::apply(stranger, judged),
                        None => judged,
                    }
                });
                let failed = |Panicked { at }| unjudged(case, &Reason::SuiteFailed { at });
                judged.unwrap_or_else(failed)
            }
            None => unjudged(case, &Reason::NotRecorded { what: Recorded::Case }),
        };
        let judged = limit_differences(judged, &mut room);
        let checks = case.steps.iter().flat_map(|step| &step.checks);
        results.extend(judged.into_iter().zip(checks).map(|(result, check)| {
            match selection.leaves_out(case, check) {
                Some(by) => {
                    let reason = Reason::Deselected { by };
                    CheckResult { outcome: Outcome::Skipped(reason), ..result }
                }
                None => result,
            }
        }));
    }
    results
}

fn first_stop(recording: &Recording) -> Option<Stopped> {
    let steps = recording.cases.iter().flat_map(|case| &case.steps);
    let cut = |exchange: &Exchange| match &exchange.result {
        Err(NoAnswer::Cut(by)) => Some(by.clone()),
        _ => None,
    };
    steps.into_iter().find_map(|step| match &step.not_sent {
        Some(NotSent::Stopped { by }) => Some(by.clone()),
        _ => step.exchanges.iter().find_map(cut),
    })
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// What ended a run, as it stands in a report: `stopped` for people, `stopped_by` for programs.
mod end {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use serde_json::Value;

    use crate::model::stopped::Stopped;

    #[derive(Serialize, Deserialize)]
    struct Written {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stopped: Option<String>,
        /// By way of a value, which numbers survive that were buffered for `flatten`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stopped_by: Option<Value>,
    }

    pub(super) fn serialize<S: Serializer>(
        by: &Option<Stopped>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let stopped = by.as_ref().map(ToString::to_string);
        let stopped_by = by.as_ref().map(serde_json::to_value).transpose();
        let stopped_by = stopped_by.map_err(serde::ser::Error::custom)?;
        Written { stopped, stopped_by }.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Stopped>, D::Error> {
        let Written { stopped, stopped_by } = Written::deserialize(deserializer)?;
        let stopped_by = stopped_by.map(Stopped::deserialize).transpose();
        let stopped_by = stopped_by.map_err(serde::de::Error::custom)?;
        Ok(stopped_by.or(stopped.map(Stopped::Told)))
    }
}

fn with_titles(suite: &Suite, records: Vec<CaseRecord>) -> Vec<CaseFindings> {
    records
        .into_iter()
        .map(|record| {
            let (file, title, calls) =
                suite.case(&record.id).map_or_else(Default::default, |case| {
                    (case.file.clone(), case.title.clone(), calls(case))
                });
            CaseFindings { file, title, calls, record: CaseRecord { judged: None, ..record } }
        })
        .collect()
}

impl Findings {
    /// What the run says of the target if what was deselected is left out of account.
    #[must_use]
    pub fn verdict_of_selected(&self) -> Verdict {
        verdict_of_selected(&self.checks, self.strict)
    }

    /// What was found of some of the checks, as if there were no others.
    #[must_use]
    pub(crate) fn restricted_to(&self, is_kept: impl Fn(&CheckResult) -> bool) -> Findings {
        let checks: Vec<CheckResult> =
            self.checks.iter().filter(|check| is_kept(check)).cloned().collect();
        let has_check = |case: &&CaseFindings| checks.iter().any(|one| one.case == case.record.id);
        Findings {
            verdict: verdict(&checks, self.strict),
            counts: LevelCounts::of(&checks),
            cases: self.cases.iter().filter(has_check).cloned().collect(),
            checks,
            ..self.without_checks_and_cases()
        }
    }

    /// What was found besides: these two are large.
    fn without_checks_and_cases(&self) -> Findings {
        Findings {
            suite: self.suite.clone(),
            target: self.target.clone(),
            started: self.started.clone(),
            selection: self.selection.clone(),
            options: self.options.clone(),
            made_up: self.made_up.clone(),
            stopped: self.stopped.clone(),
            secrets: self.secrets.clone(),
            checks: Vec::new(),
            cases: Vec::new(),
            ..*self
        }
    }

    /// The record of a check's exchange: the case's requests and answers of that step.
    #[must_use]
    pub fn step_of(&self, check: &CheckResult) -> Option<&crate::judge::recording::StepRecord> {
        let case = self.cases.iter().find(|case| case.record.id == check.case)?;
        case.record.steps.iter().find(|step| step.id == check.step)
    }

    /// Whether the suite itself failed over some of the checks.
    #[must_use]
    pub fn suite_failed(&self) -> bool {
        suite_failed(&self.checks)
    }

    /// How often the target asked to wait.
    #[must_use]
    pub fn waits(&self) -> usize {
        let of_case = |case: &CaseFindings| {
            let steps = case.record.steps.iter().flat_map(|step| &step.exchanges);
            let answers =
                steps.chain(&case.record.clean_up).filter_map(|one| one.result.as_ref().ok());
            answers.filter(|answer| Reading::of_answer(answer) == Reading::AsksToWait).count()
        };
        self.cases.iter().map(of_case).sum()
    }

    /// How many requests went out a second time because the connection in use was closed.
    #[must_use]
    pub fn resent(&self) -> usize {
        let records = self.cases.iter().map(|case| &case.record);
        records.flat_map(CaseRecord::exchanges).filter(|exchange| exchange.is_resent).count()
    }

    /// The record without what was judged.
    #[must_use]
    pub fn recording(&self) -> Recording {
        Recording {
            cases: self.cases.iter().map(|case| case.record.clone()).collect(),
            secrets: self.secrets.clone(),
            trusts_fixtures: self.trusts_fixtures,
            open_sessions: self.open_sessions,
            is_embedded: self.target.embedded,
        }
    }

    /// The record as far as it holds what these cases would exchange, for judging it again.
    #[must_use]
    pub fn recording_for(&self, suite: &Suite) -> Recording {
        let mut recording = self.recording();
        for (record, case) in recording.cases.iter_mut().zip(&self.cases) {
            case.cut(record, suite);
            if record.exchanges().any(|exchange| exchange.shortened.is_some()) {
                record.judged = suite.case(&record.id).map(|case| self.judged_before(case, suite));
            }
        }
        recording
    }

    /// What became of the checks of a case of which the record does not hold all: what was found
    /// when it was there, if it was judged by the same files. By others nobody can judge it.
    fn judged_before(&self, case: &Case, suite: &Suite) -> Vec<CheckResult> {
        let is_same_suite = self.suite.digests == suite.digests;
        let not_held = || Outcome::Unjudged(Reason::NotRecorded { what: Recorded::Whole });
        let of_check = |(step, check): (&Step, &Check)| {
            let is_it = |known: &&CheckResult| {
                known.case == case.id
                    && known.step == step.id
                    && known.requirement == check.requirement
            };
            let known = self.checks.iter().find(is_it).filter(|_| is_same_suite);
            known.cloned().unwrap_or_else(|| CheckResult {
                case: case.id.clone(),
                step: step.id.clone(),
                requirement: check.requirement.clone(),
                level: check.level,
                outcome: not_held(),
            })
        };
        let checks =
            case.steps.iter().flat_map(|step| step.checks.iter().map(move |check| (step, check)));
        checks.map(of_check).collect()
    }
}

impl CaseFindings {
    /// Cuts the record at the first step that the case no longer has, or at which it would send
    /// something else now: what came after was answered under other circumstances.
    fn cut(&self, record: &mut CaseRecord, suite: &Suite) {
        let Some(case) = suite.case(&record.id) else { return };
        let now = calls(case);
        let is_same = |index: &usize| {
            let has_id = case.steps.get(*index).map(|step| &step.id);
            let sends = self.calls.get(*index).is_none_or(|call| now.get(*index) == Some(call));
            has_id == Some(&record.steps[*index].id) && sends
        };
        let same = (0..record.steps.len()).take_while(is_same).count();
        record.steps.truncate(same);
    }
}
