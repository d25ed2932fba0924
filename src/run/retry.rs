//! How long a target is waited for that asks to be, and when that has been long enough.

use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use crate::model::api::RETRY_AFTER;
use crate::model::exchange::Answer;
use crate::model::stopped::Stopped;

/// How long to wait when the target asks to, and how often.
#[derive(Debug, Clone, Copy)]
pub struct RetryPolicy {
    /// The first wait where the target names none; each further one is twice as long.
    pub first_wait: Duration,
    /// The longest wait that the target may ask for; if it asks for more, the run is over.
    pub longest_wait: Duration,
    /// How often the same request is tried again.
    pub retries: u32,
    /// How long a run waits in vain, over all requests. After that, no request is tried again.
    pub patience: Duration,
}

impl Default for RetryPolicy {
    fn default() -> RetryPolicy {
        RetryPolicy {
            first_wait: Duration::from_millis(250),
            longest_wait: Duration::from_secs(30),
            retries: 5,
            patience: Duration::from_secs(60),
        }
    }
}

/// What a target wants that asks to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wait {
    /// So little that it is done.
    Bearable(Duration),
    /// More than anybody waits for.
    TooLong(Duration),
}

impl RetryPolicy {
    /// The wait before the retry with this number, from 0, after an answer that asks for it.
    pub(crate) fn wait(&self, retry: u32, answer: &Answer) -> Wait {
        let own = self.first_wait.saturating_mul(1 << retry.min(16)).min(self.longest_wait);
        match asked_wait(answer) {
            Some(asked) if asked > self.longest_wait => Wait::TooLong(asked),
            asked => Wait::Bearable(asked.unwrap_or(own)),
        }
    }
}

/// What the header `Retry-After` asks for: seconds, or a moment (RFC 9110, section 10.2.3).
fn asked_wait(answer: &Answer) -> Option<Duration> {
    let asked = answer.header(RETRY_AFTER)?.trim();
    if let Some(wait) = seconds(asked) {
        return Some(wait);
    }
    let at = httpdate::parse_http_date(asked).ok()?;
    // By the clock of the target, if it tells the time: its clock and ours may differ.
    let told = answer.header("date").and_then(|date| httpdate::parse_http_date(date).ok());
    let now = told.unwrap_or_else(SystemTime::now);
    // What is over, or within the second that a date leaves open, asks for no wait in particular.
    at.duration_since(now).ok().filter(|wait| !wait.is_zero())
}

/// Reads seconds. Part of one is not HTTP, but clear; and what no number holds is for ever.
fn seconds(text: &str) -> Option<Duration> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(part) {
        return None;
    }
    let more = u64::from(part.bytes().any(|digit| digit != b'0'));
    Some(Duration::from_secs(whole.parse().unwrap_or(u64::MAX).saturating_add(more)))
}

/// What ends a run whose target asks for a wait that is too long.
pub(crate) fn come_back(wait: Duration) -> Stopped {
    // The formatter knows no year after 9999.
    const LATEST: Duration = Duration::from_secs(250_000_000_000);
    let since_epoch = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    let at = since_epoch.checked_add(wait).filter(|at| *at < LATEST);
    let at =
        at.map(|at| humantime::format_rfc3339_seconds(SystemTime::UNIX_EPOCH + at).to_string());
    Stopped::AsksToComeBack { wait, at }
}

/// How long a run has waited in vain because the target asked it to.
///
/// Waits at the same time count once. What was answered after a wait was not waited for in vain, so
/// that a target which is slow and keeps its word is borne with.
#[derive(Debug)]
pub(crate) struct Patience {
    limit: Duration,
    spent: Mutex<Spent>,
}

#[derive(Debug, Default)]
struct Spent {
    time: Duration,
    /// Until when waits are counted already.
    counted_until: Option<Instant>,
}

impl Patience {
    /// Patience for one run.
    pub(crate) fn new(policy: &RetryPolicy) -> Patience {
        Patience { limit: policy.patience, spent: Mutex::default() }
    }

    /// Counts a wait from now on; refuses it where there is no patience left.
    pub(crate) fn bears(&self, wait: Duration) -> bool {
        let mut spent = self.spent();
        let start = spent.counted_until.map_or_else(Instant::now, |at| at.max(Instant::now()));
        let end = Instant::now() + wait;
        let time = spent.time + end.saturating_duration_since(start);
        if time > self.limit {
            return false;
        }
        *spent = Spent { time, counted_until: Some(end.max(start)) };
        true
    }

    /// Notes that what was waited for has come.
    pub(crate) fn is_rewarded(&self) {
        self.spent().time = Duration::ZERO;
    }

    fn spent(&self) -> std::sync::MutexGuard<'_, Spent> {
        self.spent.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{Patience, RetryPolicy, Wait, come_back};
    use crate::model::exchange::Answer;
    use rstest::rstest;
    use std::time::Duration;

    #[rstest]
    #[case(0, None, 250)]
    #[case(3, None, 2000)]
    #[case(9, None, 30_000)]
    #[case(0, Some("2"), 2000)]
    #[case(0, Some("30"), 30_000)]
    #[case(0, Some("1.5"), 2000)]
    #[case(0, Some("2.0"), 2000)]
    #[case(0, Some("Wed, 21 Oct 2026 07:28:03 GMT"), 3000)]
    #[case(0, Some("Wednesday, 21-Oct-26 07:28:03 GMT"), 3000)]
    #[case(0, Some("Wed Oct 21 07:28:03 2026"), 3000)]
    #[case(1, Some("Wed, 21 Oct 2026 07:28:00 GMT"), 500)]
    #[case(1, Some("Wed, 21 Oct 2015 07:28:00 GMT"), 500)]
    #[case(1, Some("soon"), 500)]
    #[case(1, Some("-5"), 500)]
    #[case(1, Some(""), 500)]
    #[case(1, Some("."), 500)]
    #[case(1, Some("1e9"), 500)]
    fn a_wait_is_what_the_target_asks_within_reason(
        #[case] retry: u32,
        #[case] retry_after: Option<&str>,
        #[case] milliseconds: u64,
    ) {
        let date = Some(("date", "Wed, 21 Oct 2026 07:28:00 GMT"));
        let answer = answer(date.into_iter().chain(retry_after.map(|text| ("retry-after", text))));
        let wait = RetryPolicy::default().wait(retry, &answer);
        assert_eq!(wait, Wait::Bearable(Duration::from_millis(milliseconds)));
    }

    #[rstest]
    #[case("31", "in 31 s")]
    #[case("86400", "in 24 h")]
    #[case("99999999999999999999999", "in 213503982334602 days")]
    #[case("Thu, 22 Oct 2026 07:28:00 GMT", "in 24 h")]
    fn a_wait_beyond_reason_is_not_done(#[case] retry_after: &str, #[case] told: &str) {
        let date = ("date", "Wed, 21 Oct 2026 07:28:00 GMT");
        let wait = RetryPolicy::default().wait(0, &answer([date, ("retry-after", retry_after)]));
        let Wait::TooLong(wait) = wait else { panic!("{wait:?}") };
        let sentence = come_back(wait).to_string();
        assert!(
            sentence.starts_with(&format!("the target asks to come back {told}")),
            "{sentence}"
        );
        let has_moment = sentence.ends_with('Z');
        assert_eq!(has_moment, !retry_after.starts_with('9'), "{sentence}");
    }

    #[test]
    fn a_target_that_does_not_tell_the_time_is_taken_to_have_ours() {
        let answer = answer([("retry-after", "Tue, 31 Dec 2999 23:59:59 GMT")]);
        assert!(matches!(RetryPolicy::default().wait(0, &answer), Wait::TooLong(_)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_run_waits_in_vain_for_so_long_and_no_longer() {
        let patience = Patience::new(&RetryPolicy::default());
        let half = Duration::from_secs(30);
        assert!((0..9).all(|_| patience.bears(half)), "waits at one time count once");
        tokio::time::advance(half).await;
        assert!(patience.bears(half));
        tokio::time::advance(half).await;
        assert!(!patience.bears(Duration::from_secs(1)));
        patience.is_rewarded();
        assert!(patience.bears(half));
    }

    fn answer<'a>(headers: impl IntoIterator<Item = (&'a str, &'a str)>) -> Answer {
        let headers = headers.into_iter();
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Answer { status: 503, headers, body: Vec::new(), defect: None }
    }
}
