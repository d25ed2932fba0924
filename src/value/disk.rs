//! Files that people name, read whole: the one place that opens a file to read it.
//!
//! Nothing is read beyond a limit, and nothing that has no end: whoever names a device, a folder or
//! a pipe that nobody writes to is told so.

use std::fs::{File, FileType};
use std::io::{Error, Read, Result};
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// How long a pipe is waited for until all of it has come; somebody may have to type a passphrase.
const PATIENCE: Duration = Duration::from_secs(60);

/// What may be read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// A regular file.
    File,
    /// That, or a pipe such as `<(…)` of a shell.
    FileOrPipe,
}

/// What is read of a file at most.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit(u64);

impl Limit {
    /// What a person writes.
    pub(crate) const WRITTEN: Limit = Limit::mebibytes(1);
    /// What programs put together.
    pub(crate) const COLLECTED: Limit = Limit::mebibytes(16);
    /// What a run recorded.
    pub(crate) const RECORDED: Limit = Limit::mebibytes(512);

    const fn mebibytes(count: u64) -> Limit {
        Limit(count * 1024 * 1024)
    }
}

/// Why a file is not read that could be.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("it is {0}, and no regular file")]
    NotRegular(&'static str),
    #[error("it is larger than {} MiB, the most that is read of it", .0 / (1024 * 1024))]
    TooLarge(u64),
    #[error("nobody has written all of it within {} s", PATIENCE.as_secs())]
    TooSlow,
}

/// Reads a whole file.
///
/// # Errors
///
/// It cannot be read, is larger than the limit, or is no file.
pub(crate) fn read(path: &Path, kind: Kind, limit: Limit) -> Result<Vec<u8>> {
    // To open a pipe is to wait for whoever writes to it, so that it is looked at first.
    let metadata = std::fs::metadata(path)?;
    if metadata.is_file() {
        let is_too_large = metadata.len() > limit.0;
        return if is_too_large { Err(too_large(limit)) } else { read_up_to(path, limit) };
    }
    match (special(metadata.file_type()), kind) {
        ("a pipe", Kind::FileOrPipe) => read_in_time(path, limit),
        (what, _) => Err(Error::other(Refusal::NotRegular(what))),
    }
}

/// Reads a whole text; the mark that some editors put before it means nothing, and is left out.
///
/// # Errors
///
/// As [`read`], or the file is not UTF-8.
pub(crate) fn read_text(path: &Path, kind: Kind, limit: Limit) -> Result<String> {
    let text = String::from_utf8(read(path, kind, limit)?).map_err(|error| {
        Error::new(
            std::io::ErrorKind::InvalidData,
            format!("it is no UTF-8: {}", error.utf8_error()),
        )
    })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

fn read_up_to(path: &Path, limit: Limit) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // A file may grow while it is read, and some say that they are empty until they are.
    File::open(path)?.take(limit.0 + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit.0 { Err(too_large(limit)) } else { Ok(bytes) }
}

fn read_in_time(path: &Path, limit: Limit) -> Result<Vec<u8>> {
    let (sender, receiver) = channel();
    let path = path.to_owned();
    // Whoever has given up does not hear any more.
    std::thread::spawn(move || sender.send(read_up_to(&path, limit)));
    match receiver.recv_timeout(PATIENCE) {
        Ok(result) => result,
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
            Err(Error::other(Refusal::TooSlow))
        }
    }
}

fn too_large(limit: Limit) -> Error {
    Error::other(Refusal::TooLarge(limit.0))
}

#[cfg(unix)]
fn special(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    match kind {
        _ if kind.is_dir() => "a folder",
        _ if kind.is_fifo() => "a pipe",
        _ if kind.is_socket() => "a socket",
        _ => "a device",
    }
}

#[cfg(not(unix))]
fn special(kind: FileType) -> &'static str {
    if kind.is_dir() { "a folder" } else { "a device" }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use rstest::rstest;

    use super::{Kind, Limit, read, read_text};

    const SMALL: Limit = Limit(20);

    #[rstest]
    #[case::device("/dev/zero", Kind::FileOrPipe, "it is a device, and no regular file")]
    #[case::folder("/", Kind::FileOrPipe, "it is a folder, and no regular file")]
    #[case::large(file!(), Kind::File, "it is larger than 0 MiB, the most that is read of it")]
    #[cfg(unix)]
    fn what_has_no_end_is_not_read(#[case] path: &str, #[case] kind: Kind, #[case] why: &str) {
        let error = read(Path::new(path), kind, SMALL).expect_err("it is refused");
        assert_eq!(error.to_string(), why);
    }

    #[test]
    fn what_says_that_it_is_empty_is_read_up_to_the_limit_as_well() {
        let path = Path::new("/proc/self/mountinfo");
        if path.exists() {
            assert!(read_text(path, Kind::File, SMALL).is_err());
            assert!(read_text(path, Kind::File, Limit::WRITTEN).is_ok_and(|text| text.len() > 20));
        }
    }
}
