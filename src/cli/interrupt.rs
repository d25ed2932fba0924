//! What a process does when it is asked to end: by Ctrl-C, by a polite request, or because its
//! terminal is gone.
//!
//! The first time, a run ends in good order: it stops, closes its sessions, and writes its reports.
//! From then on nobody waits long for whoever does not read what is written. The second time ends
//! the process at once.

use tokio::sync::watch;

use super::leaving::{self, LEAVING};
use crate::model::exit_code::ExitCode;
use crate::model::stopped::Stopped;

/// Minds requests to end until the process does.
pub(super) async fn mind_interrupts(
    stopper: watch::Sender<Option<Stopped>>,
    remark: impl Fn(&str) + Send,
) {
    if let Ok(first) = asked_to_end() {
        first.await;
        leaving::note_asked();
        // Nobody listens any more where the run is over.
        if stopper.send(Some(Stopped::Interrupted)).is_ok() {
            remark("stopping: closing the sessions that were opened; once more to leave them");
        }
        let at_once = match asked_to_end() {
            Ok(second) => tokio::select! {
                () = second => true,
                () = nobody_reads() => false,
            },
            Err(_) => false,
        };
        remark(if at_once {
            "stopped at once: sessions may be left open"
        } else {
            "stopped: nobody reads what is written"
        });
        leaving::abandon();
        #[expect(clippy::exit, reason = "whoever asks twice does not want to wait")]
        std::process::exit(ExitCode::Inconclusive as i32);
    }
    // Whoever holds the other end would take the end of this one for a stop that never comes.
    stopper.closed().await;
}

/// Waits until this process has waited too long for a reader.
async fn nobody_reads() {
    while !leaving::has_waited_long() {
        tokio::time::sleep(LEAVING / 2).await;
    }
}

/// Listens from now on for whatever asks a process to end.
#[cfg(unix)]
pub(super) fn asked_to_end() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hang_up.recv() => {}
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

/// Lets a write fail that passes the limit of a file's size, rather than end the process.
#[cfg(unix)]
pub(super) fn mind_large_files() {
    use tokio::signal::unix::{SignalKind, signal};
    // Once it is caught it stays so. Where it cannot be, the process ends as others do.
    let _ = signal(SignalKind::from_raw(libc::SIGXFSZ));
}

/// Lets a write fail that passes the limit of a file's size, rather than end the process.
#[cfg(windows)]
pub(super) fn mind_large_files() {}
