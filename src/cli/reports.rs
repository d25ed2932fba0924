//! The reports of a command: where they go, as typed and as meant, and how they get there.
//!
//! What cannot be written is refused before the work as far as it shows then. After the work, a
//! report that fails takes neither the verdict nor the other reports with it.

use std::path::{Path, PathBuf};

use super::{CliError, Console};
use crate::model::exit_code::ExitCode;
use crate::value::diagnostics::suggestion;

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
        write(&self.path, text).map_err(|error| {
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
    let written = reports.iter().map(|one| one.write(&render(one.format), console));
    written.filter_map(Result::err).collect()
}

/// Names what could not be written; the exit code stays that of a failed judgement where there is
/// one, and otherwise says that something is missing.
pub(super) fn conclude(code: ExitCode, unwritten: &[CliError], console: &Console) -> ExitCode {
    for error in unwritten {
        console.fail(error);
    }
    match code {
        _ if unwritten.is_empty() => code,
        ExitCode::Nonconformant => code,
        _ => ExitCode::Usage,
    }
}

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
    let path = PathBuf::from(path);
    refuse_unwritable(&path)?;
    Ok(Report { name: (formats.name)(format), format, path })
}

fn refuse_unwritable(path: &Path) -> Result<(), CliError> {
    let shown = path.display();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if folder.is_some_and(|folder| !folder.is_dir()) {
        let message = format!("the folder of the report `{shown}` does not exist; make it first");
        return Err(CliError::Usage(message));
    }
    if path.is_dir() {
        let message = format!("the report `{shown}` is a folder; name a file in it");
        return Err(CliError::Usage(message));
    }
    try_out(path).map_err(|error| {
        CliError::Usage(format!("the report `{shown}` cannot be written: {error}"))
    })
}

/// Finds out before the work whether a report can be written after it.
fn try_out(path: &Path) -> std::io::Result<()> {
    if path == Path::new("-") || (path.exists() && !path.is_file()) {
        return Ok(());
    }
    let part = part_of(&path.canonicalize().unwrap_or_else(|_| path.to_owned()));
    std::fs::File::create(&part)?;
    std::fs::remove_file(&part)
}

fn is_same_place(one: &Path, other: &Path) -> bool {
    one == other || place(one).is_some_and(|place_of_one| Some(place_of_one) == place(other))
}

/// The one name of a place, which may have nothing at it yet.
fn place(path: &Path) -> Option<PathBuf> {
    if path == Path::new("-") {
        return None;
    }
    path.canonicalize().ok().or_else(|| {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new(".")).canonicalize().ok()?;
        Some(folder.join(path.file_name()?))
    })
}

/// Writes a whole file or none; a device or a pipe is written to, never replaced.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    match path.canonicalize() {
        Ok(existing) if existing.is_file() => write_new(&existing, text),
        Ok(_) => std::fs::write(path, text),
        Err(_) => write_new(path, text),
    }
}

fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    let part = part_of(path);
    std::fs::write(&part, text)?;
    std::fs::rename(&part, path)
}

/// Where a file is written before it takes its name.
fn part_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    // Of this process alone, so that nobody else's file is in the way.
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}
