//! `prove`: shows that every check can fail, and that no conforming server is failed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::console::count;
use super::reports::{Formats, Report, conclude, refuse_inputs, resolve, write_all};
use super::{CliError, Console};
use crate::judge::findings::Findings;
use crate::judge::mutation::{Coverage, mutate};
use crate::judge::recording::Recording;
use crate::model::exit_code::ExitCode;
use crate::proof;
use crate::proof::contribution::contribution;
use crate::proof::prove::{Proof, prove as prove_suite};
use crate::proof::report::terminal;
use crate::report::escape;
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
    /// Write the kill matrix, json=PATH, html=PATH or markdown=PATH, or the figures, figures=PATH
    #[arg(long = "report", value_name = "FORMAT=PATH", conflicts_with = "recording")]
    report: Vec<String>,
}

/// Proves and says what is missing.
pub(super) async fn prove(args: ProveArgs, console: &Console) -> Result<ExitCode, CliError> {
    let reports = resolve(&args.report, &FORMATS)?;
    let files: Vec<&Path> = args.paths.iter().map(PathBuf::as_path).collect();
    refuse_inputs(&reports, &files)?;
    let sources = Sources { without_builtin: !args.paths.is_empty(), folders: args.paths.clone() };
    let suite = Arc::new(Suite::load(&sources).map_err(CliError::Diagnostics)?);
    if let Some(recording) = &args.recording {
        return prove_by_recording(&suite, recording, console);
    }
    if !args.paths.is_empty() {
        let built_in = Suite::load(&Sources::default()).map_err(CliError::Diagnostics)?;
        let contribution = contribution(&suite, &Arc::new(built_in)).await?;
        let text = proof::report::contribution::render(&contribution);
        let unwritten = tell(&text, &reports, &contribution.proof, console);
        return Ok(conclude(exit_code(contribution.is_sound()), &unwritten, console));
    }
    let proof = prove_suite(&suite).await?;
    let unwritten = tell(&terminal::render(&proof), &reports, &proof, console);
    Ok(conclude(exit_code(proof.is_complete()), &unwritten, console))
}

/// What `--report` may name.
const FORMATS: Formats<proof::report::Format> = Formats {
    noun: "proof format",
    example: "html=proof.html",
    all: proof::report::FORMATS,
    name: |format| format.name,
};

/// What the proof comes to first, whatever becomes of the reports; returns what could not be
/// written.
fn tell(
    text: &str,
    reports: &[Report<proof::report::Format>],
    proof: &Proof,
    console: &Console,
) -> Vec<CliError> {
    let mut unwritten = Vec::new();
    if !reports.iter().any(Report::is_printed) {
        unwritten.extend(console.print("the proof", text).err());
    }
    unwritten.extend(write_all(reports, |format| (format.render)(proof), console));
    unwritten
}

fn exit_code(is_complete: bool) -> ExitCode {
    if is_complete { ExitCode::Conformant } else { ExitCode::Nonconformant }
}

/// Generic mutation alone, for case files about any API.
fn prove_by_recording(suite: &Suite, path: &Path, console: &Console) -> Result<ExitCode, CliError> {
    let findings: Findings = super::rejudge::read(path)?;
    let coverage = mutate(&suite.cases, &recording_of(suite, &findings));
    if coverage.answers == 0 {
        let message = format!(
            "`{}` holds no answer to any of these cases; record them with `run --report json=PATH`",
            path.display()
        );
        return Err(CliError::Usage(message));
    }
    let failed = findings.checks.iter().filter(|check| check.outcome.is_failure()).count();
    console.print("the coverage", &render_coverage(&coverage, failed))?;
    Ok(ExitCode::Conformant)
}

/// The recorded cases under the ids that the suite gives them. An id hangs on the folder that a
/// case was loaded from; the title does not.
fn recording_of(suite: &Suite, findings: &Findings) -> Recording {
    let mut recording = findings.recording();
    for (record, recorded) in recording.cases.iter_mut().zip(&findings.cases) {
        let is_known = suite.cases.iter().any(|case| case.id == record.id);
        let namesake = suite.cases.iter().find(|case| case.title == recorded.title);
        if let (false, Some(case)) = (is_known, namesake) {
            record.id.clone_from(&case.id);
        }
    }
    recording
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
    // What a mutation is called comes from the target, by way of the record.
    escape::block(&text)
}
