//! `prove`: shows that every check can fail, and that no conforming server is failed.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::console::count;
use super::run::write;
use super::{CliError, Console};
use crate::exit_code::ExitCode;
use crate::findings::Findings;
use crate::mistake::suggestion;
use crate::mutation::{Coverage, mutate};
use crate::outcome::Outcome;
use crate::proof_report::{self, terminal};
use crate::prove::{Proof, prove as prove_suite};
use crate::suite::{Sources, Suite};

/// The arguments of `prove`.
#[derive(Debug, Clone, Args)]
pub(super) struct ProveArgs {
    /// Prove these case files, or folders of them, rather than what is built in
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Mutate the answers recorded in this JSON report; needs no reference server
    #[arg(long, value_name = "REPORT", requires = "paths")]
    recording: Option<PathBuf>,
    /// Write the kill matrix: json=PATH, html=PATH or markdown=PATH
    #[arg(long = "report", value_name = "FORMAT=PATH", conflicts_with = "recording")]
    report: Vec<String>,
}

/// Proves and says what is missing.
pub(super) async fn prove(args: ProveArgs, console: &Console) -> Result<ExitCode, CliError> {
    let reports = args.report.iter().map(|text| report(text)).collect::<Result<Vec<_>, _>>()?;
    let sources = Sources { without_builtin: !args.paths.is_empty(), folders: args.paths.clone() };
    let suite = Arc::new(Suite::load(&sources).map_err(CliError::Mistakes)?);
    if let Some(recording) = &args.recording {
        return prove_by_recording(&suite, recording, console);
    }
    let proof = prove_suite(&suite).await?;
    for (format, path) in &reports {
        write(path, &(format.render)(&proof))?;
    }
    if args.paths.is_empty() {
        console.print(&terminal::render(&proof))?;
        return Ok(exit_code(proof.is_complete()));
    }
    let built_in = Suite::load(&Sources::default()).map_err(CliError::Mistakes)?;
    let built_in = prove_suite(&Arc::new(built_in)).await?;
    console.print(&contribution(&suite, &proof, &built_in))?;
    Ok(exit_code(is_sound(&proof)))
}

fn exit_code(is_complete: bool) -> ExitCode {
    if is_complete { ExitCode::Conformant } else { ExitCode::Nonconformant }
}

fn report(text: &str) -> Result<(&'static proof_report::Format, PathBuf), CliError> {
    let names = || proof_report::FORMATS.iter().map(|format| format.name);
    let Some((name, path)) = text.split_once('=').filter(|(_, path)| !path.is_empty()) else {
        let message = format!("`{text}` is not FORMAT=PATH; write it like html=proof.html");
        return Err(CliError::Usage(message));
    };
    let format = proof_report::by_name(name).ok_or_else(|| {
        let remedy = suggestion(name, names());
        CliError::Usage(format!("there is no proof format `{name}`; {remedy}"))
    })?;
    Ok((format, PathBuf::from(path)))
}

/// Whether a contributor's cases are: kept by the reference, each check proven, nobody wronged.
/// That they notice every fault is not asked of a few cases.
fn is_sound(proof: &Proof) -> bool {
    proof.faultless.is_empty()
        && proof.checks_proven().is_complete()
        && proof.variations_unflagged().is_complete()
        && proof.null_servers.iter().all(|null| null.wrongly_passed.is_empty())
}

/// What each case of a contributor passes, notices, costs and cites, and whether it is redundant.
fn contribution(suite: &Suite, proof: &Proof, built_in: &Proof) -> String {
    let mut text = String::new();
    for case in &suite.cases {
        let of_case = |name: &str| name == case.id;
        let kept = proof.faultless.iter().filter(|check| of_case(&check.case)).count() == 0;
        let checks = || proof.checks.iter().filter(|check| of_case(&check.case));
        let cites: BTreeSet<&str> = checks().map(|check| check.requirement.as_str()).collect();
        let idle: Vec<&str> = checks()
            .filter(|check| check.fails_under.is_empty())
            .map(|check| check.requirement.as_str())
            .collect();
        let kills: BTreeSet<(&str, &str)> = checks()
            .flat_map(|check| {
                check.fails_under.iter().map(|fault| (*fault, check.requirement.as_str()))
            })
            .collect();
        let known: BTreeSet<(&str, &str)> = built_in
            .faults
            .iter()
            .flat_map(|fault| fault.failed.keys().map(|id| (fault.name, id.as_str())))
            .collect();
        let news: BTreeSet<&str> = kills.difference(&known).map(|(fault, _)| *fault).collect();
        let noticed: BTreeSet<&str> = kills.iter().map(|(fault, _)| *fault).collect();
        text.push_str(&format!(
            "{}\n  reference  {}\n  notices    {}: {}\n  idle       {}\n  costs      {}\n  cites      {}\n  adds       {}\n",
            case.id,
            if kept { "keeps it" } else { "DOES NOT KEEP IT" },
            count(noticed.len(), "fault"),
            list(noticed),
            if idle.is_empty() { "no check".to_owned() } else { idle.join(", ") },
            count(case.requests(), "request"),
            list(cites),
            if news.is_empty() {
                "nothing: the built-in cases notice the same by the same requirements (redundant)".to_owned()
            } else {
                format!("what the built-in cases do not notice so: {}", list(news))
            },
        ));
    }
    text.push('\n');
    text.push_str(&summary(proof));
    text
}

fn list(names: BTreeSet<&str>) -> String {
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.into_iter().collect::<Vec<_>>().join(", ")
    }
}

fn summary(proof: &Proof) -> String {
    let mut text = String::new();
    for variation in proof.variations.iter().filter(|variation| !variation.flagged.is_empty()) {
        text.push_str(&format!("UNFAIR to {}: {}\n", variation.name, variation.flagged.join("; ")));
    }
    for null in proof.null_servers.iter().filter(|null| !null.wrongly_passed.is_empty()) {
        text.push_str(&format!("BELIEVES {}: {}\n", null.name, null.wrongly_passed.join("; ")));
    }
    let proven = proof.checks_proven();
    text.push_str(&format!(
        "checks proven {} of {}; observation coverage {:.1} % of {} mutated answers\n",
        proven.good,
        proven.of,
        proof.coverage.percent(),
        proof.coverage.mutations
    ));
    text
}

/// Generic mutation alone, for case files about any API.
fn prove_by_recording(
    suite: &Suite,
    path: &std::path::Path,
    console: &Console,
) -> Result<ExitCode, CliError> {
    let findings: Findings = super::rejudge::read(path)?;
    let coverage = mutate(&suite.cases, &findings.recording());
    if coverage.answers == 0 {
        let message = format!(
            "`{}` holds no answer to any of these cases; record them with `run --report json=PATH`",
            path.display()
        );
        return Err(CliError::Usage(message));
    }
    let failed = findings
        .checks
        .iter()
        .filter(|check| matches!(check.outcome, Outcome::Failed { .. }))
        .count();
    console.print(&render_coverage(&coverage, failed))?;
    Ok(ExitCode::Conformant)
}

fn render_coverage(coverage: &Coverage, failed: usize) -> String {
    let mut text = String::new();
    for one in &coverage.unobserved {
        text.push_str(&format!("{:>5} × {}  (as in {})\n", one.times, one.what, one.example));
    }
    if failed > 0 {
        text.push_str(&format!(
            "note: {} failed in the recorded run, which hides mutations\n",
            count(failed, "check")
        ));
    }
    text.push_str(&format!(
        "observation coverage {:.1} %: {} of {} mutations of {} noticed\n",
        coverage.percent(),
        coverage.noticed,
        coverage.mutations,
        count(coverage.answers, "answer")
    ));
    text
}
