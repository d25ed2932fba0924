//! What a run tells a runner of GitHub beside its reports: annotations, and the summary of its step.

use std::path::Path;

use super::reports::Report;
use super::{CliError, Console};
use crate::report::{Context, Format, github};

/// The variable by which GitHub names the file for the summary of a step.
const STEP_SUMMARY: &str = "GITHUB_STEP_SUMMARY";

/// Tells a runner of GitHub, where this is one; returns what could not be written.
pub(super) fn tell_runner(
    reports: &[Report<Format>],
    context: Context<'_>,
    console: &Console,
) -> Vec<CliError> {
    if std::env::var("GITHUB_ACTIONS").is_ok_and(|value| value == "true") {
        let annotated = annotate(reports, context, console);
        let summed_up = add_step_summary(&github::step_summary(context));
        return annotated.err().into_iter().chain(summed_up.err()).collect();
    }
    Vec::new()
}

/// Writes annotations where the runner reads them, and where they spoil no report.
fn annotate(
    reports: &[Report<Format>],
    context: Context<'_>,
    console: &Console,
) -> Result<(), CliError> {
    let on_stdout = reports.iter().filter(|report| report.is_printed());
    let told: Vec<&str> = on_stdout.map(|report| report.name).collect();
    let annotations = github::annotations(context);
    if told.is_empty() {
        console.print("the annotations", &annotations)?;
    } else if !told.contains(&"github") && !annotations.is_empty() {
        console.remark(annotations.trim_end());
    }
    Ok(())
}

/// Appends to the file that GitHub shows as the summary of the step, where there is one.
fn add_step_summary(text: &str) -> Result<(), CliError> {
    let Some(path) = std::env::var_os(STEP_SUMMARY).filter(|path| !path.is_empty()) else {
        return Ok(());
    };
    let file = std::fs::OpenOptions::new().append(true).create(true).open(&path);
    file.and_then(|mut file| std::io::Write::write_all(&mut file, text.as_bytes())).map_err(
        |error| {
            let path = Path::new(&path).display();
            CliError::Write(format!("the step summary `{path}`, which {STEP_SUMMARY} names"), error)
        },
    )
}
