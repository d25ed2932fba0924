//! What a process does when it is asked to end.

use tokio::sync::watch;

use crate::model::exit_code::ExitCode;
use crate::model::reason::Stopped;

/// The first Ctrl-C, or the first polite request to end, ends the run in good order, the second
/// one at once; either says so.
pub(super) async fn stop_on_interrupt(
    stopper: watch::Sender<Option<Stopped>>,
    remark: impl Fn(&str) + Send,
) {
    if let Ok(first) = asked_to_end() {
        first.await;
        // Nobody listens any more where the run is over.
        let _ = stopper.send(Some(Stopped::Interrupted));
        remark("stopping: closing the sessions that were opened; once more to leave them");
        if let Ok(second) = asked_to_end() {
            second.await;
            remark("stopped at once: sessions may be left open");
            #[expect(clippy::exit, reason = "whoever asks twice does not want to wait")]
            std::process::exit(ExitCode::Inconclusive as i32);
        }
    }
    // Whoever holds the other end would take the end of this one for a stop that never comes.
    stopper.closed().await;
}

/// Listens from now on for Ctrl-C or, where there is such a thing, a polite request to end.
#[cfg(unix)]
pub(super) fn asked_to_end() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Listens from now on for Ctrl-C.
#[cfg(windows)]
pub(super) fn asked_to_end() -> std::io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}
