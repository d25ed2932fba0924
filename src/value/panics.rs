//! Panics, which are bugs of the suite: caught around a piece of work, so that the others go on.
//!
//! What a panic says may hold a secret, and is never told; where it happened is told.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use futures_util::FutureExt;

thread_local! {
    /// Where the last panic of this thread happened.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// A bug of the suite that ended a piece of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Panicked {
    /// File, line and column of the source; none where nobody noted it.
    pub(crate) at: Option<String>,
}

/// Notes from now on where panics happen, and prints nothing of them.
pub(crate) fn note_places() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        PLACE.with(|last| *last.borrow_mut() = place);
    }));
}

/// Does a piece of work that may panic.
pub(crate) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| panicked())
}

/// Does a piece of work that may panic and has to wait.
pub(crate) async fn guarded_future<T>(work: impl Future<Output = T>) -> Result<T, Panicked> {
    AssertUnwindSafe(work).catch_unwind().await.map_err(|_| panicked())
}

fn panicked() -> Panicked {
    Panicked { at: PLACE.with(|last| last.borrow_mut().take()) }
}
