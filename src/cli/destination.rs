//! Where a report goes, and how it gets there: as a whole or not at all, and never in the place of what
//! is no file.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use super::leaving::{LEAVING, is_asked_to_end, note_part};

/// Where a report goes.
pub(super) enum Destination {
    /// A file, which is there as a whole or not at all; links are followed to it.
    File(PathBuf),
    /// What is written to and never replaced: a pipe, a device.
    Special(PathBuf),
}

impl Destination {
    pub(super) fn of(path: &Path) -> std::io::Result<Destination> {
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
    pub(super) fn try_out(&self) -> std::io::Result<()> {
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

    pub(super) fn write(&self, text: &str) -> std::io::Result<()> {
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

pub(super) fn folder_of(path: &Path) -> Option<&Path> {
    path.parent().filter(|folder| !folder.as_os_str().is_empty())
}

pub(super) fn is_same_place(one: &Path, other: &Path) -> bool {
    one == other || place(one).is_some_and(|place_of_one| Some(place_of_one) == place(other))
}

/// The one name of a place, which may have nothing at it yet.
pub(super) fn place(path: &Path) -> Option<PathBuf> {
    if path == Path::new("-") {
        return None;
    }
    path.canonicalize().ok().or_else(|| {
        let path = followed(path).ok()?;
        let folder = folder_of(&path).unwrap_or(Path::new(".")).canonicalize().ok()?;
        Some(folder.join(path.file_name()?))
    })
}
