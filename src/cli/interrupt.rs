//! What a process does when it is asked to end.

use tokio::sync::watch;

use crate::engine::INTERRUPTED;
use crate::exit_code::ExitCode;

/// The first Ctrl-C, or the first polite request to end, ends the run in good order, the second
/// one at once; either says so.
pub(super) async fn stop_on_interrupt(
    stopper: watch::Sender<Option<&'static str>>,
    remark: impl Fn(&str) + Send,
) {
    if asked_to_end().await.is_ok() {
        // Nobody listens any more where the run is over.
        let _ = stopper.send(Some(INTERRUPTED));
        remark("stopping: closing the sessions that were opened; once more to leave them");
        if asked_to_end().await.is_ok() {
            remark("stopped at once: sessions may be left open");
            #[expect(clippy::exit, reason = "whoever asks twice does not want to wait")]
            std::process::exit(ExitCode::Inconclusive as i32);
        }
    }
    // Whoever holds the other end would take the end of this one for a stop that never comes.
    stopper.closed().await;
}

/// Waits for Ctrl-C or, where there is such a thing, a polite request to end.
#[cfg(unix)]
pub(super) async fn asked_to_end() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result,
        _ = terminate.recv() => Ok(()),
    }
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
pub(super) async fn asked_to_end() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
