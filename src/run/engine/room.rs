//! How much of a run is kept in memory: as much as ordinary runs hold many times over, and no more,
//! whatever a target answers.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::judge::recording::CaseRecord;
use crate::judge::settled::size;
use crate::model::exchange::Exchange;

/// How many bytes are kept, and whose turn it is when there is no more room.
#[derive(Debug)]
pub(super) struct Room {
    budget: usize,
    kept: AtomicUsize,
    turns: Semaphore,
}

impl Room {
    /// Room for so many bytes of exchanges, as a report tells them.
    pub(super) fn of(budget: usize) -> Room {
        Room { budget, kept: AtomicUsize::new(0), turns: Semaphore::new(1) }
    }

    /// Takes an exchange in.
    pub(super) fn take_in(&self, exchange: &Exchange) {
        self.kept.fetch_add(size(exchange), Ordering::Relaxed);
    }

    /// Takes a case in.
    pub(super) fn enter(&self, record: &CaseRecord) {
        record.exchanges().for_each(|exchange| self.take_in(exchange));
    }

    /// Lets a case out that was taken in.
    pub(super) fn leave(&self, record: &CaseRecord) {
        let bytes = record.exchanges().map(size).sum();
        self.kept.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Whether nothing more is to be kept.
    pub(super) fn is_full(&self) -> bool {
        self.kept.load(Ordering::Relaxed) > self.budget
    }

    /// Waits for the turn, of which there is one.
    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.turns.acquire().await.ok()
    }
}
