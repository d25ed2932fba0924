//! The reports of a command: where they go, as typed and as meant, and how they get there.
//!
//! What cannot be written is refused before the work as far as it shows then. After the work, a
//! report that fails takes neither the verdict nor the other reports with it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use super::leaving::{LEAVING, is_asked_to_end, note_part};
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

fn folder_of(path: &Path) -> Option<&Path> {
    path.parent().filter(|folder| !folder.as_os_str().is_empty())
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
        let path = followed(path).ok()?;
        let folder = folder_of(&path).unwrap_or(Path::new(".")).canonicalize().ok()?;
        Some(folder.join(path.file_name()?))
    })
}

/// Where a report goes.
enum Destination {
    /// A file, which is there as a whole or not at all; links are followed to it.
    File(PathBuf),
    /// What is written to and never replaced: a pipe, a device.
    Special(PathBuf),
}

impl Destination {
    fn of(path: &Path) -> std::io::Result<Destination> {
        match std::fs::metadata(path) {
            Ok(metadata) if !metadata.is_file() => Ok(Destination::Special(path.to_owned())),
            // A file that has no name any more can still be written to.
            Ok(_) => Ok(path
                .canonicalize()
                .map_or(Destination::Special(path.to_owned()), Destination::File)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                followed(path).map(Destination::File)
            }
            Err(error) => Err(error),
        }
    }

    /// Finds out before the work whether a report can be written after it.
    fn try_out(&self) -> std::io::Result<()> {
        match self {
            Destination::File(path) => {
                if std::fs::metadata(path).is_ok_and(|file| file.permissions().readonly()) {
                    return Err(std::io::Error::other("it is read-only"));
                }
                Part::create(path).map(drop)
            }
            Destination::Special(path) if is_socket(path) => {
                Err(std::io::Error::other("it is a socket"))
            }
            Destination::Special(_) => Ok(()),
        }
    }

    fn write(&self, text: &str) -> std::io::Result<()> {
        match self {
            Destination::File(path) => {
                let mut part = Part::create(path)?;
                part.file.write_all(text.as_bytes())?;
                part.take_name(path)
            }
            Destination::Special(path) => write_special(path, text),
        }
    }
}

#[cfg(unix)]
fn is_socket(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt;
    std::fs::metadata(path).is_ok_and(|what| what.file_type().is_socket())
}

#[cfg(windows)]
fn is_socket(_: &Path) -> bool {
    false
}

/// Follows links to where there is nothing yet.
fn followed(path: &Path) -> std::io::Result<PathBuf> {
    // As many as the system follows.
    const MOST: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..MOST {
        match std::fs::read_link(&path) {
            Ok(target) => path = folder_of(&path).unwrap_or(Path::new(".")).join(target),
            Err(_) => return Ok(path),
        }
    }
    Err(std::io::Error::other("its links lead in a circle"))
}

/// A file before it takes its name; if it never does, nothing is left of it.
struct Part {
    path: PathBuf,
    file: std::fs::File,
}

impl Part {
    fn create(target: &Path) -> std::io::Result<Part> {
        let mut name = target.file_name().unwrap_or_default().to_owned();
        // Of this process alone, so that nobody else's file is in the way.
        name.push(format!(".{}.part", std::process::id()));
        let path = target.with_file_name(name);
        let file = std::fs::File::create(&path)?;
        note_part(Some(path.clone()));
        Ok(Part { path, file })
    }

    /// Takes the place of the target, with its permissions if there is one.
    fn take_name(&self, target: &Path) -> std::io::Result<()> {
        if let Ok(before) = std::fs::metadata(target) {
            self.file.set_permissions(before.permissions())?;
        }
        std::fs::rename(&self.path, target)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // Nothing is there once it has taken its name.
        let _ = std::fs::remove_file(&self.path);
        note_part(None);
    }
}

/// Writes to a pipe or a device, as long as somebody reads it.
fn write_special(path: &Path, text: &str) -> std::io::Result<()> {
    /// How long nobody may read before the report is given up.
    const PATIENCE: Duration = Duration::from_secs(20);
    let (path, text) = (path.to_owned(), text.to_owned());
    let (sender, receiver) = channel();
    // It may wait for ever, and is not waited for then.
    std::thread::spawn(move || {
        let result = write_in_pieces(&path, &text, || sender.send(None).is_ok());
        sender.send(Some(result))
    });
    let mut last = Instant::now();
    loop {
        match receiver.recv_timeout(Duration::from_millis(50)) {
            Ok(Some(result)) => return result,
            Ok(None) => last = Instant::now(),
            Err(_) => {
                let patience = if is_asked_to_end() { LEAVING } else { PATIENCE };
                if last.elapsed() > patience {
                    return Err(std::io::Error::other("nobody reads it"));
                }
            }
        }
    }
}

fn write_in_pieces(path: &Path, text: &str, is_worth_it: impl Fn() -> bool) -> std::io::Result<()> {
    const PIECE: usize = 64 * 1024;
    let mut file = std::fs::OpenOptions::new().write(true).open(path)?;
    for piece in text.as_bytes().chunks(PIECE) {
        file.write_all(piece)?;
        if !is_worth_it() {
            break;
        }
    }
    file.flush()
}
