//! When a run is over, and how long what is under way then is waited for.
//!
//! A run ends because somebody stops it, because its deadline has passed, or because of what the
//! target does; the first of these counts.

use std::sync::OnceLock;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::Stop;
use crate::model::stopped::Stopped;

/// What a request is for, as far as it matters to how long it is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Errand {
    /// A step asks for it, or it is sent on account of one.
    Step,
    /// It closes a session.
    CleanUp,
}

impl Errand {
    /// How long a run that is stopped waits, counted from then; whoever presses Ctrl-C waits two
    /// seconds, reports included.
    fn after_stop(self) -> Duration {
        Duration::from_millis(match self {
            Errand::Step => 800,
            Errand::CleanUp => 1500,
        })
    }

    /// How long a run waits beyond its deadline.
    fn after_deadline(self) -> Duration {
        match self {
            Errand::Step => Duration::ZERO,
            Errand::CleanUp => Duration::from_secs(1),
        }
    }
}

/// The end of a run, which may never come.
#[derive(Debug)]
pub(super) struct Ending {
    stop: Stop,
    deadline: Option<Instant>,
    limit: Duration,
    /// What the target did that ended it.
    by_target: watch::Sender<Option<Stopped>>,
    /// When it was noticed that the run is over.
    noticed: OnceLock<Instant>,
}

impl Ending {
    /// Of a run that starts at a moment and is to take no longer than a limit.
    pub(super) fn new(stop: Stop, start: Instant, limit: Duration) -> Ending {
        let (by_target, _) = watch::channel(None);
        let noticed = OnceLock::new();
        Ending { stop, deadline: start.checked_add(limit), limit, by_target, noticed }
    }

    /// Ends the run because of what the target does.
    pub(super) fn end(&self, by: Stopped) {
        self.by_target.send_if_modified(|ended| {
            let is_first = ended.is_none();
            ended.get_or_insert(by);
            is_first
        });
    }

    /// Why nothing more is begun.
    pub(super) fn stopped(&self) -> Option<Stopped> {
        if let Some(by) = &*self.stop.borrow() {
            return Some(by.clone());
        }
        if self.deadline.is_some_and(|at| Instant::now() >= at) {
            return Some(Stopped::Deadline { limit: self.limit });
        }
        self.by_target()
    }

    /// What the target did that ended the run.
    pub(super) fn by_target(&self) -> Option<Stopped> {
        self.by_target.borrow().clone()
    }

    /// Whether what was begun is not gone on with either. A target that only keeps some waiting may
    /// still show that it never answers what was just asked.
    pub(super) fn is_over(&self) -> bool {
        self.stopped().is_some_and(|by| !matches!(by, Stopped::KeepsWaiting { .. }))
    }

    /// Whether an address of the target is to be left in peace, even with what would do it good.
    pub(super) fn is_left_alone(&self, address: Option<&str>) -> bool {
        match &*self.by_target.borrow() {
            None | Some(Stopped::KeepsWaiting { .. }) => false,
            Some(Stopped::At { address: lost, .. }) => address == Some(lost),
            Some(_) => true,
        }
    }

    /// Sleeps, but not beyond the end of the run.
    pub(super) async fn sleep_until(&self, at: Instant) {
        tokio::select! {
            () = sleep_until(at) => {}
            () = self.comes() => {}
        }
    }

    /// Waits until an answer is not waited for any more, and says why.
    pub(super) async fn cuts(&self, errand: Errand) -> Stopped {
        let deadline = self.deadline.and_then(|at| at.checked_add(errand.after_deadline()));
        tokio::select! {
            by = self.out_of_grace(errand) => by,
            by = self.out_of_peace(errand) => by,
            () = at(deadline) => Stopped::Deadline { limit: self.limit },
        }
    }

    /// Waits until somebody stops the run, and what was granted after that is over.
    async fn out_of_grace(&self, errand: Errand) -> Stopped {
        let by = told(self.stop.clone()).await;
        sleep_until(self.noticed() + errand.after_stop()).await;
        by
    }

    /// Waits until the target ends the run in a way that leaves nothing to wait for.
    async fn out_of_peace(&self, errand: Errand) -> Stopped {
        let by = told(self.by_target.subscribe()).await;
        match (&by, errand) {
            (
                Stopped::AsksToComeBack { .. }
                | Stopped::Silent
                | Stopped::StoppedAnswering
                | Stopped::Unreachable,
                _,
            ) => {}
            // What is under way shows whether it is ever answered.
            (_, Errand::Step) => std::future::pending().await,
            (_, Errand::CleanUp) => sleep_until(self.noticed() + errand.after_stop()).await,
        }
        by
    }

    /// Waits until nothing more is begun.
    pub(super) async fn comes(&self) {
        tokio::select! {
            _ = told(self.stop.clone()) => {}
            () = at(self.deadline) => {}
            _ = told(self.by_target.subscribe()) => {}
        }
        self.noticed();
    }

    fn noticed(&self) -> Instant {
        *self.noticed.get_or_init(Instant::now)
    }
}

/// Waits until a reason is given, which may be never.
async fn told(mut stop: Stop) -> Stopped {
    let reason = stop.wait_for(Option::is_some).await.ok().and_then(|by| (*by).clone());
    match reason {
        Some(by) => by,
        // Nobody is left who could give one.
        None => std::future::pending().await,
    }
}

async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
