//! The proof that every check can fail, and that none fails a server that keeps the documents.
//!
//! Plays the suite against the faultless reference server, each of its faults, the servers that
//! implement nothing, and the variations that conform; then mutates what was recorded. What it
//! finds is data; telling it belongs to `report`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use serde::Serialize;

use crate::judge::findings::Findings;
use crate::judge::mutation::{Coverage, mutate};
use crate::model::figures::{Figure, Figures, ObservationCoverage};
use crate::model::identity::SuiteIdentity;
use crate::model::level::Level;
use crate::model::outcome::{CheckResult, Outcome, Verdict};
use crate::reference::{Behaviour, Family, Kind, faults, null_servers, variations};
use crate::run::engine::{Settings, never};
use crate::run::retry::RetryPolicy;
use crate::run::target::Connection;
use crate::run::{Run, RunError, Target};
use crate::suite::Suite;

/// Everything that a proof shows.
#[derive(Debug, Clone, Serialize)]
pub struct Proof {
    /// What was proved.
    pub suite: SuiteIdentity,
    /// How long it took, in milliseconds.
    pub duration_ms: f64,
    /// Requests that one run against the faultless server sends.
    pub requests: usize,
    /// Checks that the faultless server does not pass; there are none if all is well.
    pub faultless: Vec<CheckResult>,
    /// Every check, with the faults that make it fail.
    pub checks: Vec<ProvenCheck>,
    /// Every fault, with what noticed it.
    pub faults: Vec<FaultProof>,
    /// Every server that implements nothing, with what it passes wrongly.
    pub null_servers: Vec<NullProof>,
    /// Every conforming variation, with what it is wrongly failed for.
    pub variations: Vec<VariationProof>,
    /// What generic mutation of the faultless record shows.
    pub coverage: Coverage,
}

/// A check and the faults that make it fail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProvenCheck {
    /// The case.
    pub case: String,
    /// The step.
    pub step: String,
    /// The requirement.
    pub requirement: String,
    /// The level that the check is judged at.
    pub level: Level,
    /// Names of faults; an idle check has none, nor has one that the faultless server does not
    /// pass, for its failing says nothing of faults.
    pub fails_under: Vec<&'static str>,
}

/// A fault and what noticed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FaultProof {
    /// Its name.
    pub name: &'static str,
    /// What it does wrong.
    pub summary: &'static str,
    /// The requirements that it violates.
    pub violates: &'static [&'static str],
    /// Requirements with failed checks, and how many failed.
    pub failed: BTreeMap<String, usize>,
    /// The cases that noticed it by a requirement that it violates.
    pub noticed_by: BTreeSet<String>,
    /// What the run said of it.
    pub verdict: Verdict,
}

impl FaultProof {
    /// Whether a check of a requirement that the fault violates failed.
    #[must_use]
    pub fn is_noticed(&self) -> bool {
        !self.noticed_by.is_empty()
    }
}

/// A server that implements nothing, and what it passes wrongly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NullProof {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub summary: &'static str,
    /// `must` checks of a refusal that it passes, as `case step requirement`.
    pub wrongly_passed: Vec<String>,
    /// What the run said of it; never conformant.
    pub verdict: Verdict,
}

impl NullProof {
    /// Whether it passes nothing that it must not.
    #[must_use]
    pub fn is_seen_through(&self) -> bool {
        self.wrongly_passed.is_empty() && self.verdict != Verdict::Conformant
    }
}

/// A conforming variation, and what it is wrongly failed for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VariationProof {
    /// Its name.
    pub name: &'static str,
    /// What is different.
    pub summary: &'static str,
    /// The recommendations that it does not keep.
    pub affects: &'static [&'static str],
    /// `must` and `should` checks that fail, or `must` checks that are unjudged, though they need
    /// not: `case step requirement`.
    pub flagged: Vec<String>,
    /// What the run said of it.
    pub verdict: Verdict,
}

impl Proof {
    /// Faults that are noticed.
    #[must_use]
    pub fn faults_noticed(&self) -> Figure {
        Figure::count(self.faults.iter().map(FaultProof::is_noticed))
    }

    /// Checks that fail under at least one fault.
    #[must_use]
    pub fn checks_proven(&self) -> Figure {
        Figure::count(self.checks.iter().map(|check| !check.fails_under.is_empty()))
    }

    /// Variations that nothing is wrongly held against.
    #[must_use]
    pub fn variations_unflagged(&self) -> Figure {
        Figure::count(self.variations.iter().map(|variation| variation.flagged.is_empty()))
    }

    /// Null servers that pass nothing that they must not.
    #[must_use]
    pub fn null_servers_seen_through(&self) -> Figure {
        Figure::count(self.null_servers.iter().map(NullProof::is_seen_through))
    }

    /// Checks that the faultless server passes.
    #[must_use]
    pub fn passed_without_fault(&self) -> Figure {
        Figure { good: self.checks.len() - self.faultless.len(), of: self.checks.len() }
    }

    /// All of them, as they may be put on record.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let Coverage { noticed, mutations, .. } = self.coverage;
        Figures {
            suite: self.suite.clone(),
            passed_without_fault: self.passed_without_fault(),
            faults_noticed: self.faults_noticed(),
            checks_proven: self.checks_proven(),
            variations_unflagged: self.variations_unflagged(),
            null_servers_seen_through: self.null_servers_seen_through(),
            observation_coverage: ObservationCoverage::new(noticed, mutations),
            requests: self.requests,
        }
    }

    /// Whether the suite is proved.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.figures().are_complete()
    }
}

/// Proves a suite.
///
/// # Errors
///
/// A run that came to no findings.
pub(crate) async fn prove(suite: &Arc<Suite>) -> Result<Proof, RunError> {
    let start = Instant::now();
    let faultless = play(suite, Behaviour::FAULTLESS).await?;
    let of_faults = play_faults(suite).await?;
    let of_null = play_all(suite, null_servers()).await?;
    let of_variations = play_all(suite, variations()).await?;
    let fault_findings: Vec<(&'static Behaviour, Findings)> =
        faults().iter().zip(of_faults).collect();
    let coverage = mutate(&suite.cases, &faultless.recording());
    Ok(Proof {
        suite: suite.identity(),
        requests: faultless.requests,
        checks: proven_checks(&faultless, &fault_findings),
        faults: fault_findings
            .iter()
            .map(|(fault, findings)| fault_proof(fault, findings))
            .collect(),
        null_servers: null_servers()
            .iter()
            .zip(&of_null)
            .map(|(null, findings)| null_proof(suite, null, findings))
            .collect(),
        variations: variations()
            .iter()
            .zip(&of_variations)
            .map(|(variation, findings)| variation_proof(variation, findings))
            .collect(),
        faultless: faultless
            .checks
            .into_iter()
            .filter(|check| check.outcome != Outcome::Passed)
            .collect(),
        coverage,
        duration_ms: start.elapsed().as_secs_f64() * 1e3,
    })
}

/// Plays the suite against every fault; findings in the order of the faults.
///
/// Those that show when requests meet go first, by themselves: in a crowd, two requests that are
/// sent at the same moment may arrive too late to meet.
async fn play_faults(suite: &Arc<Suite>) -> Result<Vec<Findings>, RunError> {
    let (in_time, others): (Vec<_>, Vec<_>) =
        faults().iter().partition(|fault| fault.kind == Kind::Fault(Family::Concurrency));
    let mut findings: HashMap<&str, Findings> = HashMap::new();
    for some in [in_time, others] {
        let of_some = play_all(suite, some.iter().copied()).await?;
        findings.extend(some.iter().map(|fault| fault.name).zip(of_some));
    }
    Ok(faults().iter().filter_map(|fault| findings.remove(fault.name)).collect())
}

/// Plays the suite against many servers, several at a time; findings in the order of the servers.
async fn play_all(
    suite: &Arc<Suite>,
    behaviours: impl IntoIterator<Item = &'static Behaviour>,
) -> Result<Vec<Findings>, RunError> {
    let runs = behaviours.into_iter().map(|behaviour| (behaviour.name, run_against(behaviour)));
    play_runs(suite, runs).await
}

/// Plays runs, which have names, several at a time; findings in their order.
///
/// # Errors
///
/// One of them came to no findings.
pub(crate) async fn play_runs(
    suite: &Arc<Suite>,
    runs: impl Iterator<Item = (&'static str, Run)>,
) -> Result<Vec<Findings>, RunError> {
    // Far more than cores, for most of a run's time is spent waiting for a pause of its server.
    let at_a_time = 16 * std::thread::available_parallelism().map_or(1, usize::from);
    let tasks = runs.map(|(name, run)| {
        let suite = Arc::clone(suite);
        let runtime = tokio::runtime::Handle::current();
        // A thread of its own, so that runs share the cores.
        let play = move || runtime.block_on(run.play(&suite, never().1, &|_| {}));
        let task = tokio::task::spawn_blocking(play);
        async move {
            match task.await {
                Ok(Ok(findings)) if !findings.suite_failed() => Ok(findings),
                Ok(Err(error)) => Err(error),
                Ok(Ok(_)) | Err(_) => Err(RunError::Panicked(name)),
            }
        }
    });
    let findings: Vec<Result<Findings, RunError>> =
        futures_util::stream::iter(tasks).buffered(at_a_time).collect().await;
    findings.into_iter().collect()
}

/// Plays the suite against one server of the reference.
///
/// # Errors
///
/// The run came to no findings.
pub async fn play(suite: &Suite, behaviour: &'static Behaviour) -> Result<Findings, RunError> {
    run_against(behaviour).play(suite, never().1, &|_| {}).await
}

/// A run in haste: the reference server is at hand, and waits for nobody.
///
/// Of a fault one case at a time, so that what notices it is the case by itself, and not the chance
/// of which cases met; only what a case sends at once goes out at once.
#[must_use]
pub fn run_against(behaviour: &'static Behaviour) -> Run {
    let (timeout, jobs) = match behaviour.kind {
        Kind::Faultless => (Duration::from_secs(10), 1),
        // Whatever answers at all has answered by then.
        Kind::Fault(_) => (Duration::from_secs(3), 1),
        Kind::Variation => (Duration::from_secs(10), 16),
        Kind::NullServer => (Duration::from_millis(500), 16),
    };
    Run {
        connection: Connection { timeout, ..Connection::default() },
        settings: Settings {
            jobs,
            retry_policy: RetryPolicy {
                first_wait: Duration::from_millis(5),
                longest_wait: Duration::from_millis(40),
                retries: 5,
                ..RetryPolicy::default()
            },
            ..Settings::default()
        },
        ..Run::of(Target::Embedded(behaviour))
    }
}

fn proven_checks(
    faultless: &Findings,
    of_faults: &[(&'static Behaviour, Findings)],
) -> Vec<ProvenCheck> {
    let proven = |(index, check): (usize, &CheckResult)| ProvenCheck {
        case: check.case.clone(),
        step: check.step.clone(),
        requirement: check.requirement.clone(),
        level: check.level,
        fails_under: of_faults
            .iter()
            .filter(|(_, findings)| {
                check.outcome == Outcome::Passed && failed(&findings.checks[index])
            })
            .map(|(fault, _)| fault.name)
            .collect(),
    };
    faultless.checks.iter().enumerate().map(proven).collect()
}

fn failed(check: &CheckResult) -> bool {
    check.outcome.is_failure()
}

/// A check in the words of a proof: `case step requirement`.
pub(crate) fn name(check: &CheckResult) -> String {
    format!("{} {} {}", check.case, check.step, check.requirement)
}

/// What the findings of a run against a faulty server say of the fault.
#[must_use]
pub fn fault_proof(fault: &Behaviour, findings: &Findings) -> FaultProof {
    let mut by_requirement: BTreeMap<String, usize> = BTreeMap::new();
    let mut noticed_by = BTreeSet::new();
    for check in findings.checks.iter().filter(|check| failed(check)) {
        *by_requirement.entry(check.requirement.clone()).or_default() += 1;
        if fault.violates.contains(&check.requirement.as_str()) {
            noticed_by.insert(check.case.clone());
        }
    }
    FaultProof {
        name: fault.name,
        summary: fault.summary,
        violates: fault.violates,
        failed: by_requirement,
        noticed_by,
        verdict: findings.verdict,
    }
}

fn null_proof(suite: &Suite, null: &Behaviour, findings: &Findings) -> NullProof {
    let checks = suite.cases.iter().flat_map(|case| &case.steps).flat_map(|step| &step.checks);
    let wrongly_passed = findings
        .checks
        .iter()
        .zip(checks)
        .filter(|(result, check)| {
            let is_refusal = check.expectations.iter().any(|one| one.expects_refusal());
            result.level == Level::Must && is_refusal && result.outcome == Outcome::Passed
        })
        .map(|(result, _)| name(result))
        .collect();
    NullProof { name: null.name, summary: null.summary, wrongly_passed, verdict: findings.verdict }
}

/// What the findings of a run against a conforming variation hold against it.
pub(crate) fn variation_proof(variation: &Behaviour, findings: &Findings) -> VariationProof {
    let is_flag = |check: &&CheckResult| match check.outcome {
        Outcome::Failed { .. } => {
            let is_declared = variation.violates.contains(&check.requirement.as_str());
            check.level == Level::Must || (check.level == Level::Should && !is_declared)
        }
        Outcome::Unjudged(_) => check.level == Level::Must,
        Outcome::Passed | Outcome::Skipped(_) | Outcome::NotApplicable(_) => false,
    };
    VariationProof {
        name: variation.name,
        summary: variation.summary,
        affects: variation.violates,
        flagged: findings.checks.iter().filter(is_flag).map(name).collect(),
        verdict: findings.verdict,
    }
}
