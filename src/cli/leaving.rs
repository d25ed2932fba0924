//! What a process has to know that may be asked to end at any time: whether it was, whether it waits
//! for somebody to read what it writes, and what it would leave behind.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// When this process was asked to end.
static ASKED: OnceLock<Instant> = OnceLock::new();

/// Since when this process waits for somebody to read what it writes.
static WRITING: Mutex<Option<Instant>> = Mutex::new(None);

/// The part of a report that is being written.
static PART: Mutex<Option<PathBuf>> = Mutex::new(None);

/// How long a process that was asked to end waits for somebody to read what it writes.
pub(super) const LEAVING: Duration = Duration::from_millis(300);

/// Notes that this process was asked to end.
pub(super) fn note_asked() {
    ASKED.get_or_init(Instant::now);
}

/// Whether this process was asked to end.
pub(super) fn is_asked_to_end() -> bool {
    ASKED.get().is_some()
}

/// Does what may have to wait for a reader.
pub(super) fn while_writing<T>(write: impl FnOnce() -> T) -> T {
    *lock(&WRITING) = Some(Instant::now());
    let result = write();
    *lock(&WRITING) = None;
    result
}

/// Whether this process has waited too long for a reader since it was asked to end.
pub(super) fn has_waited_long() -> bool {
    let asked = ASKED.get().copied().unwrap_or_else(Instant::now);
    // What was written before is not held against whoever reads it now.
    lock(&WRITING).is_some_and(|since| since.max(asked).elapsed() > LEAVING)
}

/// Notes what would be left behind, or that nothing would.
pub(super) fn note_part(path: Option<PathBuf>) {
    *lock(&PART) = path;
}

/// Leaves nothing behind, before the process ends.
pub(super) fn abandon() {
    if let Some(path) = lock(&PART).take() {
        // There is nobody left to tell.
        let _ = std::fs::remove_file(path);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
