//! The reports of a command, as typed and as meant.
//!
//! What cannot be written is refused before the work as far as it shows then. After the work, a
//! report that fails takes neither the verdict nor the other reports with it.

use std::path::{Path, PathBuf};

use super::destination::{Destination, folder_of, is_same_place, place};
use super::{CliError, Console};
use crate::model::exit_code::ExitCode;
use crate::suite::files::belongs;
use crate::value::diagnostics::suggestion;
use crate::value::panics::guarded;

/// The formats that a command knows.
pub(super) struct Formats<F: 'static> {
    /// What one is called, such as `report format`.
    pub(super) noun: &'static str,
    /// How `--report` is written.
    pub(super) example: &'static str,
    /// All of them.
    pub(super) all: &'static [F],
    /// The word for one on the command line.
    pub(super) name: fn(&F) -> &'static str,
}

/// A report, as meant.
pub(super) struct Report<F: 'static> {
    /// The word for its format on the command line.
    pub(super) name: &'static str,
    /// How it tells.
    pub(super) format: &'static F,
    /// Where it goes; `-` is standard output.
    pub(super) path: PathBuf,
}

impl<F> Report<F> {
    /// Whether it goes to standard output.
    pub(super) fn is_printed(&self) -> bool {
        self.path == Path::new("-")
    }

    fn write(&self, text: &str, console: &Console) -> Result<(), CliError> {
        if self.is_printed() {
            return console.print(&format!("the {} report", self.name), text);
        }
        let written = Destination::of(&self.path).and_then(|destination| destination.write(text));
        written.map_err(|error| {
            let what = format!("the {} report `{}`", self.name, self.path.display());
            CliError::Write(what, error)
        })
    }
}

/// Understands every `--report`.
pub(super) fn resolve<F>(
    texts: &[String],
    formats: &Formats<F>,
) -> Result<Vec<Report<F>>, CliError> {
    let mut reports: Vec<Report<F>> = Vec::new();
    for text in texts {
        let report = report(text, formats)?;
        if let Some(other) = reports.iter().find(|one| is_same_place(&one.path, &report.path)) {
            let names = [other.name, report.name].join("` and `");
            let path = report.path.display();
            let message =
                format!("the reports `{names}` both go to `{path}`; give each a place of its own");
            return Err(CliError::Usage(message));
        }
        reports.push(report);
    }
    Ok(reports)
}

/// Writes every report, and returns an error for each that cannot be written.
pub(super) fn write_all<F>(
    reports: &[Report<F>],
    render: impl Fn(&F) -> String,
    console: &Console,
) -> Vec<CliError> {
    let written = reports.iter().map(|one| {
        let what = format!(" in the {} report", one.name);
        let text = guarded(|| render(one.format));
        one.write(&text.map_err(|panicked| CliError::Panicked(what, panicked.at))?, console)
    });
    written.filter_map(Result::err).collect()
}

/// Names what could not be written; the exit code stays that of a failed judgement where there is
/// one, and otherwise says that something is missing.
pub(super) fn conclude(code: ExitCode, unwritten: &[CliError], console: &Console) -> ExitCode {
    for error in unwritten {
        console.fail(error);
    }
    match code {
        _ if unwritten.iter().any(|error| matches!(error, CliError::Panicked(..))) => {
            ExitCode::InternalError
        }
        _ if unwritten.is_empty() => code,
        ExitCode::Nonconformant | ExitCode::InternalError => code,
        _ => ExitCode::Usage,
    }
}

/// Other names of standard output.
const STDOUT: [&str; 3] = ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];

fn report<F>(text: &str, formats: &Formats<F>) -> Result<Report<F>, CliError> {
    let Some((name, path)) = text.split_once('=').filter(|(_, path)| !path.is_empty()) else {
        let example = formats.example;
        let message = format!("`{text}` is not FORMAT=PATH; write it like {example}");
        return Err(CliError::Usage(message));
    };
    let found = formats.all.iter().find(|format| (formats.name)(format) == name);
    let format = found.ok_or_else(|| {
        let remedy = suggestion(name, formats.all.iter().map(formats.name));
        CliError::Usage(format!("there is no {} `{name}`; {remedy}", formats.noun))
    })?;
    // By whatever name, standard output is written to once, after what else goes there.
    let path = if STDOUT.contains(&path) { Path::new("-") } else { Path::new(path) };
    let path = path.to_owned();
    refuse_unwritable(&path)?;
    Ok(Report { name: (formats.name)(format), format, path })
}

/// Refuses reports that would take the place of what this run reads.
pub(super) fn refuse_inputs<F>(reports: &[Report<F>], inputs: &[&Path]) -> Result<(), CliError> {
    for report in reports.iter().filter(|report| !report.is_printed()) {
        let Some(target) = place(&report.path) else { continue };
        let is_read = |input: &&&Path| {
            place(input).is_some_and(|input| {
                target == input || (belongs(&target) && input.is_dir() && target.starts_with(input))
            })
        };
        if let Some(input) = inputs.iter().find(is_read) {
            let (path, input) = (report.path.display(), input.display());
            let message = format!(
                "the report `{path}` would take the place of what `{input}` holds; give it a place \
                 of its own"
            );
            return Err(CliError::Usage(message));
        }
    }
    Ok(())
}

fn refuse_unwritable(path: &Path) -> Result<(), CliError> {
    let shown = path.display();
    let refused = |error: std::io::Error| {
        CliError::Usage(format!("the report `{shown}` cannot be written: {error}"))
    };
    if path == Path::new("-") {
        return Ok(());
    }
    if path.is_dir() {
        let message = format!("the report `{shown}` is a folder; name a file in it");
        return Err(CliError::Usage(message));
    }
    let destination = Destination::of(path).map_err(refused)?;
    if let Destination::File(file) = &destination
        && folder_of(file).is_some_and(|folder| !folder.is_dir())
    {
        let message = format!("the folder of the report `{shown}` does not exist; make it first");
        return Err(CliError::Usage(message));
    }
    destination.try_out().map_err(refused)
}
