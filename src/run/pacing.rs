//! Manners towards a target: how fast it is asked, how long it is waited for, and when it is left
//! alone.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use crate::model::api::RETRY_AFTER;
use crate::model::exchange::{Answer, NoAnswer};
use crate::model::reason::Stopped;

/// Spaces requests so that no account sends more than a rate.
#[derive(Debug)]
pub(crate) struct RateLimiter {
    interval: Option<Duration>,
    next: Mutex<HashMap<String, Instant>>,
}

impl RateLimiter {
    /// Paces at so many requests per second and account; 0 does not pace.
    pub(crate) fn new(per_second: f64) -> RateLimiter {
        let interval = (per_second > 0.0).then(|| Duration::from_secs_f64(1.0 / per_second));
        RateLimiter { interval, next: Mutex::default() }
    }

    /// When the account may send `requests` at once; they are counted from then on.
    pub(crate) fn book(&self, account: &str, requests: usize) -> Option<Instant> {
        let interval = self.interval?;
        let mut next = self.next.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let at = next.get(account).copied().unwrap_or_else(Instant::now).max(Instant::now());
        let taken = interval * u32::try_from(requests).unwrap_or(u32::MAX);
        next.insert(account.to_owned(), at + taken);
        Some(at)
    }
}

/// How long to wait when the target asks to, and how often.
#[derive(Debug, Clone, Copy)]
pub struct RetryPolicy {
    /// The first wait where the target names none; each further one is twice as long.
    pub first_wait: Duration,
    /// The longest wait that the target may ask for.
    pub longest_wait: Duration,
    /// How often the same request is tried again.
    pub retries: u32,
}

impl Default for RetryPolicy {
    fn default() -> RetryPolicy {
        RetryPolicy {
            first_wait: Duration::from_millis(250),
            longest_wait: Duration::from_secs(30),
            retries: 5,
        }
    }
}

impl RetryPolicy {
    /// The wait before the retry with this number, from 0, after an answer that asks for it.
    #[must_use]
    pub fn wait(&self, retry: u32, answer: &Answer) -> Duration {
        let own = self.first_wait.saturating_mul(1 << retry.min(16));
        asked_wait(answer).unwrap_or(own).min(self.longest_wait)
    }
}

/// What the header `Retry-After` asks for: seconds, or a moment (RFC 9110, section 10.2.3).
fn asked_wait(answer: &Answer) -> Option<Duration> {
    let asked = answer.header(RETRY_AFTER)?.trim();
    if let Ok(seconds) = asked.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = httpdate::parse_http_date(asked).ok()?;
    // By the clock of the target, if it tells the time: its clock and ours may differ.
    let told = answer.header("date").and_then(|date| httpdate::parse_http_date(date).ok());
    let now = told.unwrap_or_else(SystemTime::now);
    // What is over, or within the second that a date leaves open, asks for no wait in particular.
    at.duration_since(now).ok().filter(|wait| !wait.is_zero())
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
            NoAnswer::Unsendable(_) => {}
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
    use super::{Liveness, RateLimiter, RetryPolicy};
    use crate::model::exchange::{Answer, NoAnswer, Obstacle, Unreachable};
    use crate::model::reason::Stopped;
    use rstest::rstest;
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
        assert_eq!(waits, [0, 200, 1800, 0]);
        assert_eq!(RateLimiter::new(0.0).book("a", 1), None);
    }

    #[rstest]
    #[case(0, None, 250)]
    #[case(3, None, 2000)]
    #[case(0, Some("2"), 2000)]
    #[case(0, Some("86400"), 30_000)]
    #[case(0, Some("Wed, 21 Oct 2026 07:28:03 GMT"), 3000)]
    #[case(0, Some("Wednesday, 21-Oct-26 07:28:03 GMT"), 3000)]
    #[case(0, Some("Wed Oct 21 07:28:03 2026"), 3000)]
    #[case(1, Some("Wed, 21 Oct 2026 07:28:00 GMT"), 500)]
    #[case(1, Some("Wed, 21 Oct 2015 07:28:00 GMT"), 500)]
    #[case(0, Some("Tue, 31 Dec 2999 23:59:59 GMT"), 30_000)]
    #[case(1, Some("soon"), 500)]
    fn a_wait_is_what_the_target_asks_within_reason(
        #[case] retry: u32,
        #[case] retry_after: Option<&str>,
        #[case] milliseconds: u64,
    ) {
        let date = Some(("date", "Wed, 21 Oct 2026 07:28:00 GMT"));
        let answer = answer(date.into_iter().chain(retry_after.map(|text| ("retry-after", text))));
        let wait = RetryPolicy::default().wait(retry, &answer);
        assert_eq!(wait, Duration::from_millis(milliseconds));
    }

    #[test]
    fn a_target_that_does_not_tell_the_time_is_taken_to_have_ours() {
        let answer = answer([("retry-after", "Tue, 31 Dec 2999 23:59:59 GMT")]);
        assert_eq!(RetryPolicy::default().wait(0, &answer), Duration::from_secs(30));
    }

    fn answer<'a>(headers: impl IntoIterator<Item = (&'a str, &'a str)>) -> Answer {
        let headers = headers.into_iter();
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Answer { status: 503, headers, body: Vec::new(), defect: None }
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
