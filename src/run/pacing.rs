//! Manners towards a target: how fast it is asked, and when it is left alone.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::model::exchange::NoAnswer;
use crate::model::stopped::Stopped;

/// Spaces requests so that no account sends more than a rate, in any second.
#[derive(Debug)]
pub(crate) struct RateLimiter {
    pace: Option<Pace>,
    booked: Mutex<HashMap<String, VecDeque<Booked>>>,
}

#[derive(Debug, Clone, Copy)]
struct Pace {
    interval: Duration,
    /// How many requests a second holds.
    capacity: usize,
}

/// Requests that go out at once.
#[derive(Debug, Clone, Copy)]
struct Booked {
    at: Instant,
    requests: usize,
}

/// A second and some room: what leaves evenly arrives less so.
const SECOND: Duration = Duration::from_millis(1050);

impl RateLimiter {
    /// Paces at so many requests per second and account; 0 does not pace.
    pub(crate) fn new(per_second: f64) -> RateLimiter {
        let pace = (per_second > 0.0).then(|| Pace {
            interval: SECOND.div_f64(per_second),
            capacity: (per_second as usize).max(1),
        });
        RateLimiter { pace, booked: Mutex::default() }
    }

    /// When the account may send `requests` at once; they are counted from then on.
    pub(crate) fn book(&self, account: &str, requests: usize) -> Option<Instant> {
        let pace = self.pace?;
        let mut booked = self.booked.lock().unwrap_or_else(PoisonError::into_inner);
        let booked = booked.entry(account.to_owned()).or_default();
        let at = pace.next(booked, requests);
        booked.retain(|earlier| earlier.at + SECOND > at);
        booked.push_back(Booked { at, requests });
        Some(at)
    }
}

impl Pace {
    /// When so many requests may go out at once after others, in the order of their times.
    ///
    /// They need room before them as well as after: a second that ends with them holds what was sent
    /// before. More than a second holds go out alone in theirs.
    fn next(&self, booked: &VecDeque<Booked>, requests: usize) -> Instant {
        let turn = |last: &Booked| {
            let taken = u32::try_from(last.requests).unwrap_or(u32::MAX);
            last.at + self.interval.saturating_mul(taken)
        };
        let mut at = booked.back().map_or_else(Instant::now, turn).max(Instant::now());
        let room = self.capacity.max(requests) - requests;
        let mut in_second: usize = booked.iter().map(|earlier| earlier.requests).sum();
        for earlier in booked {
            let is_over = earlier.at + SECOND <= at;
            if !is_over && in_second > room {
                at = earlier.at + SECOND;
            } else if !is_over {
                break;
            }
            in_second -= earlier.requests;
        }
        at
    }
}

/// Notices a target that does not answer any more, so that a dead one is not asked 200 times.
#[derive(Debug, Default)]
pub(crate) struct Liveness {
    was_ever_reached: AtomicBool,
    was_unreachable: AtomicBool,
    silent: AtomicU32,
    broken: AtomicU32,
    /// Whether what came last was no HTTP, rather than nothing.
    is_garbled: AtomicBool,
    throttled: AtomicU32,
}

impl Liveness {
    /// In a row, from different requests: no connection, or no answer in time.
    const SILENT: u32 = 3;
    /// In a row: the connection broke, which single requests can also provoke.
    const BROKEN: u32 = 10;
    /// In a row: asked to wait until the suite gave up.
    const THROTTLED: u32 = 3;

    /// Notes an answer.
    pub(crate) fn note_answer(&self) {
        self.was_ever_reached.store(true, Ordering::Relaxed);
        for counter in [&self.silent, &self.broken, &self.throttled] {
            counter.store(0, Ordering::Relaxed);
        }
    }

    /// Whether the target ever answered.
    pub(crate) fn was_ever_reached(&self) -> bool {
        self.was_ever_reached.load(Ordering::Relaxed)
    }

    /// Notes that a request was put off until the suite gave up.
    pub(crate) fn note_throttled(&self) {
        self.throttled.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes that there was no answer.
    pub(crate) fn note_failure(&self, failure: &NoAnswer) {
        if matches!(failure, NoAnswer::Unreachable(_)) {
            self.was_unreachable.store(true, Ordering::Relaxed);
        }
        match failure {
            NoAnswer::Unreachable(_) if !self.was_ever_reached.load(Ordering::Relaxed) => {
                self.silent.store(Self::SILENT, Ordering::Relaxed);
            }
            NoAnswer::Unreachable(_) | NoAnswer::TimedOut(_) => {
                self.silent.fetch_add(1, Ordering::Relaxed);
            }
            NoAnswer::Broken(_) | NoAnswer::NotHttp(_) => {
                let is_garbled = matches!(failure, NoAnswer::NotHttp(_));
                self.is_garbled.store(is_garbled, Ordering::Relaxed);
                self.broken.fetch_add(1, Ordering::Relaxed);
            }
            NoAnswer::TooLarge(_) | NoAnswer::HeadTooLarge(_) | NoAnswer::FramingTooLarge(_) => {
                self.note_answer();
            }
            NoAnswer::Unsendable(_) | NoAnswer::Cut(_) => {}
        }
    }

    /// Why the target is left alone from now on.
    pub(crate) fn lost(&self) -> Option<Stopped> {
        if self.silent.load(Ordering::Relaxed) >= Self::SILENT {
            let was_reached = self.was_ever_reached.load(Ordering::Relaxed);
            return Some(if was_reached {
                Stopped::StoppedAnswering
            } else if self.was_unreachable.load(Ordering::Relaxed) {
                Stopped::Unreachable
            } else {
                // It may well have taken the connection.
                Stopped::Silent
            });
        }
        if self.broken.load(Ordering::Relaxed) >= Self::BROKEN {
            let is_garbled = self.is_garbled.load(Ordering::Relaxed);
            return Some(if is_garbled {
                Stopped::SpeaksNoHttp
            } else {
                Stopped::ClosesConnections
            });
        }
        let is_throttled = self.throttled.load(Ordering::Relaxed) >= Self::THROTTLED;
        is_throttled.then_some(Stopped::AsksToWait)
    }
}

#[cfg(test)]
mod tests {
    use super::{Liveness, RateLimiter};
    use crate::model::exchange::{NoAnswer, Obstacle, Unreachable};
    use crate::model::stopped::Stopped;
    use std::time::Duration;
    use tokio::time::Instant;

    #[tokio::test(start_paused = true)]
    async fn an_account_is_paced_and_others_are_not_kept_waiting() {
        let pace = RateLimiter::new(5.0);
        let start = Instant::now();
        let waits: Vec<u128> = [("a", 1), ("a", 8), ("a", 1), ("b", 1)]
            .into_iter()
            .filter_map(|(account, requests)| pace.book(account, requests))
            .map(|at| (at - start).as_millis())
            .collect();
        assert_eq!(waits, [0, 1050, 2730, 0]);
        assert_eq!(RateLimiter::new(0.0).book("a", 1), None);
    }

    /// Whatever is sent together, and in whatever order.
    #[tokio::test(start_paused = true)]
    async fn no_second_holds_more_requests_than_the_rate() {
        for seed in 0..200 {
            let mut random = fastrand::Rng::with_seed(seed);
            let pace = RateLimiter::new(5.0);
            let start = Instant::now();
            let mut sent = Vec::new();
            for _ in 0..60 {
                let requests = if random.u8(..3) == 0 { random.usize(2..=5) } else { 1 };
                let at = pace.book("a", requests).expect("it is paced");
                sent.extend(std::iter::repeat_n(at - start, requests));
            }
            for first in &sent {
                let second = *first..*first + Duration::from_secs(1);
                let held = sent.iter().filter(|at| second.contains(at)).count();
                assert!(held <= 5, "{held} within a second, seed {seed}: {sent:?}");
            }
        }
    }

    #[test]
    fn a_target_is_given_up_when_it_is_dead_and_not_when_it_stumbles() {
        let unreachable =
            NoAnswer::Unreachable(Unreachable { obstacle: Obstacle::Other, detail: String::new() });
        let liveness = Liveness::default();
        liveness.note_failure(&unreachable);
        assert_eq!(liveness.lost(), Some(Stopped::Unreachable));

        let liveness = Liveness::default();
        for _ in 0..3 {
            assert_eq!(liveness.lost(), None);
            liveness.note_failure(&NoAnswer::TimedOut(Duration::ZERO));
        }
        assert_eq!(liveness.lost(), Some(Stopped::Silent));

        let liveness = Liveness::default();
        liveness.note_answer();
        liveness.note_failure(&unreachable);
        liveness.note_failure(&unreachable);
        assert_eq!(liveness.lost(), None);
        liveness.note_answer();
        for _ in 0..3 {
            assert_eq!(liveness.lost(), None);
            liveness.note_failure(&NoAnswer::TimedOut(Duration::ZERO));
        }
        assert_eq!(liveness.lost(), Some(Stopped::StoppedAnswering));
    }
}
