//! What a contributor's cases are worth: whether the reference server keeps them, what they notice,
//! cost and cite, and whether the built-in cases notice the same.
//!
//! The contributor's cases are proved in full. Of the built-in ones only what can tell whether the
//! new ones are redundant is played: the faults that those notice, by the requirements that those
//! cite. What it finds is data; telling it belongs to `report`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::judge::findings::Findings;
use crate::proof::prove::{Proof, play_runs, prove, run_against};
use crate::reference::{Behaviour, faults};
use crate::run::{Run, RunError};
use crate::suite::Suite;
use crate::suite::case::Case;
use crate::suite::selection::{Filter, glob_of};

/// What cases of a contributor are worth.
#[derive(Debug, Clone)]
pub(crate) struct Contribution {
    /// The proof of these cases alone.
    pub proof: Proof,
    /// Each case, in the order of the suite.
    pub cases: Vec<CaseWorth>,
}

/// What one case is worth.
#[derive(Debug, Clone)]
pub(crate) struct CaseWorth {
    /// The case's id.
    pub id: String,
    /// The checks that the faultless reference server does not pass: `step requirement: outcome`.
    pub not_kept: Vec<String>,
    /// The faults that it notices.
    pub notices: BTreeSet<&'static str>,
    /// The checks that no fault makes fail: `step requirement`.
    pub idle: Vec<String>,
    /// Requests that it sends, the closing of its sessions included.
    pub requests: usize,
    /// The requirements that it judges.
    pub cites: BTreeSet<String>,
    /// The faults that no built-in case notices by the same requirement.
    pub adds: BTreeSet<&'static str>,
    /// The built-in case that notices most of the same, and how much of it; `None` where no
    /// built-in case notices any.
    pub nearest: Option<Nearest>,
}

/// A built-in case that notices much of what another case notices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Nearest {
    /// The built-in case's id.
    pub id: String,
    /// How many of the same faults it notices by the same requirements.
    pub faults: usize,
}

/// A fault, and a requirement of which a check fails under it.
type Kill = (&'static str, String);

/// What each built-in case notices, by its id.
type Known = BTreeMap<String, BTreeSet<Kill>>;

impl Contribution {
    /// Whether the cases are sound: kept by the reference server, each check proven, nobody
    /// wronged. That a few cases notice every fault is not asked of them.
    pub(crate) fn is_sound(&self) -> bool {
        let proof = &self.proof;
        proof.faultless.is_empty()
            && proof.checks_proven().is_complete()
            && proof.variations_unflagged().is_complete()
            && proof.null_servers.iter().all(|null| null.wrongly_passed.is_empty())
    }
}

/// Finds out what cases are worth beside the built-in ones.
///
/// A built-in case of the same title as a new one is the same case, and not compared with.
///
/// # Errors
///
/// A run that came to no findings.
pub(crate) async fn contribution(
    suite: &Arc<Suite>,
    built_in: &Arc<Suite>,
) -> Result<Contribution, RunError> {
    let proof = prove(suite).await?;
    let kills: Vec<BTreeSet<Kill>> = suite.cases.iter().map(|case| kills(&proof, case)).collect();
    let known = known_kills(suite, built_in, &kills).await?;
    let cases = suite
        .cases
        .iter()
        .zip(&kills)
        .map(|(case, kills)| worth(case, kills, &proof, &known))
        .collect();
    Ok(Contribution { proof, cases })
}

/// What a case notices.
fn kills(proof: &Proof, case: &Case) -> BTreeSet<Kill> {
    let checks = proof.checks.iter().filter(|check| check.case == case.id);
    checks
        .flat_map(|check| check.fails_under.iter().map(|fault| (*fault, check.requirement.clone())))
        .collect()
}

/// What the built-in cases notice of what others notice.
async fn known_kills(
    suite: &Suite,
    built_in: &Arc<Suite>,
    kills: &[BTreeSet<Kill>],
) -> Result<Known, RunError> {
    let wanted = |fault: &&Behaviour| kills.iter().flatten().any(|(name, _)| *name == fault.name);
    let faults: Vec<&'static Behaviour> = faults().iter().filter(wanted).collect();
    let filter = Filter {
        requirements: kills.iter().flatten().map(|(_, requirement)| requirement.clone()).collect(),
        skip: counterparts(suite, built_in),
        ..Filter::default()
    };
    let runs = faults.iter().map(|fault| {
        let run = run_against(fault);
        (fault.name, Run { filter: filter.clone(), ..run })
    });
    let findings = play_runs(built_in, runs).await?;
    let mut known = Known::new();
    for (fault, findings) in faults.iter().zip(&findings) {
        for (case, requirement) in failed(findings) {
            known.entry(case.to_owned()).or_default().insert((fault.name, requirement.to_owned()));
        }
    }
    Ok(known)
}

/// Globs of the built-in cases that are cases of the contributor.
fn counterparts(suite: &Suite, built_in: &Suite) -> Vec<String> {
    let is_counterpart = |case: &&Case| suite.cases.iter().any(|new| new.title == case.title);
    built_in.cases.iter().filter(is_counterpart).map(|case| glob_of(&case.id)).collect()
}

fn failed(findings: &Findings) -> impl Iterator<Item = (&str, &str)> {
    findings
        .checks
        .iter()
        .filter(|check| check.outcome.is_failure())
        .map(|check| (check.case.as_str(), check.requirement.as_str()))
}

fn worth(case: &Case, kills: &BTreeSet<Kill>, proof: &Proof, known: &Known) -> CaseWorth {
    let checks = || proof.checks.iter().filter(|check| check.case == case.id);
    let not_kept = proof.faultless.iter().filter(|check| check.case == case.id);
    let is_new = |kill: &&Kill| !known.values().any(|known| known.contains(kill));
    CaseWorth {
        id: case.id.clone(),
        not_kept: not_kept
            .map(|check| format!("{} {}: {}", check.step, check.requirement, check.outcome.name()))
            .collect(),
        notices: kills.iter().map(|(fault, _)| *fault).collect(),
        idle: checks()
            .filter(|check| check.fails_under.is_empty())
            .map(|check| format!("{} {}", check.step, check.requirement))
            .collect(),
        requests: case.requests(),
        cites: checks().map(|check| check.requirement.clone()).collect(),
        adds: kills.iter().filter(is_new).map(|(fault, _)| *fault).collect(),
        nearest: nearest(kills, known),
    }
}

fn nearest(kills: &BTreeSet<Kill>, known: &Known) -> Option<Nearest> {
    let shared = |theirs: &BTreeSet<Kill>| {
        let faults: BTreeSet<&str> = kills.intersection(theirs).map(|(fault, _)| *fault).collect();
        faults.len()
    };
    known
        .iter()
        .map(|(id, theirs)| Nearest { id: id.clone(), faults: shared(theirs) })
        .filter(|nearest| nearest.faults > 0)
        // The first of the best, in the order of ids.
        .reduce(|best, next| if next.faults > best.faults { next } else { best })
}
