//! What ends a run before everything was tried.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What ended a run before everything was tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stopped {
    /// Somebody interrupted it.
    Interrupted,
    /// It took too long.
    Deadline {
        /// Longer than this.
        #[serde(with = "super::milliseconds", rename = "limit_ms")]
        limit: Duration,
    },
    /// The target answered, and then no more.
    StoppedAnswering,
    /// No connection could be made.
    Unreachable,
    /// The target never answered.
    Silent,
    /// The target closes every connection.
    ClosesConnections,
    /// What the target sends is no HTTP.
    SpeaksNoHttp,
    /// The target keeps asking to wait.
    AsksToWait,
    /// The target asks to come back after longer than a run waits.
    AsksToComeBack {
        /// So long after it was asked.
        #[serde(with = "super::milliseconds", rename = "wait_ms")]
        wait: Duration,
        /// When that is, RFC 3339 in UTC; none where no calendar goes so far.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<String>,
    },
    /// The target leaves calls of one kind without an answer, so that no more of them are made.
    LeavesUnanswered {
        /// What the calls have in common.
        kind: CallKind,
        /// How long an answer was waited for, each time.
        #[serde(with = "super::milliseconds", rename = "limit_ms")]
        limit: Duration,
    },
    /// The target left so many requests without an answer that no more are sent.
    KeepsWaiting {
        /// How long answers were waited for in all.
        #[serde(with = "super::milliseconds", rename = "waited_ms")]
        waited: Duration,
    },
    /// What ended it happened at one of several addresses of the target.
    At {
        /// Which one.
        address: String,
        /// What happened there.
        by: Box<Stopped>,
    },
    /// As a report of an earlier version tells it, for people alone.
    #[serde(untagged)]
    Told(String),
}

/// What some calls have in common.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallKind {
    /// They call this.
    Call(String),
    /// Their parameters travel by this encoding.
    Encoding(String),
}

impl Stopped {
    /// The same, of one of several addresses of the target.
    #[must_use]
    pub fn at(self, address: &str) -> Stopped {
        Stopped::At { address: address.to_owned(), by: Box::new(self) }
    }

    /// Whether no connection could be made.
    pub(crate) fn is_unreachable(&self) -> bool {
        match self {
            Stopped::At { by, .. } => by.is_unreachable(),
            by => *by == Stopped::Unreachable,
        }
    }

    /// The sentence, of the target or of one of its addresses.
    fn of(&self, whom: &str) -> String {
        let does = match self {
            Stopped::Interrupted => return "the run was interrupted".to_owned(),
            Stopped::Deadline { limit } => {
                let limit = humantime::format_duration(*limit);
                return format!("the run took longer than {limit}");
            }
            Stopped::At { address, by } => return by.of(address),
            Stopped::Told(text) => return text.clone(),
            Stopped::StoppedAnswering => "stopped answering".to_owned(),
            Stopped::Unreachable => "cannot be reached".to_owned(),
            Stopped::Silent => "does not answer".to_owned(),
            Stopped::ClosesConnections => "closes every connection".to_owned(),
            Stopped::SpeaksNoHttp => "does not speak HTTP there".to_owned(),
            Stopped::AsksToWait => "keeps asking to wait".to_owned(),
            Stopped::AsksToComeBack { wait, at } => {
                let at = at.as_ref().map(|at| format!(", at {at}")).unwrap_or_default();
                format!("asks to come back in {}{at}", Roughly(*wait))
            }
            Stopped::LeavesUnanswered { kind, limit } => {
                let limit = humantime::format_duration(*limit);
                format!("answers no {kind} within {limit}, and is asked no more of them")
            }
            Stopped::KeepsWaiting { waited } => {
                let waited = Roughly(*waited);
                format!("leaves requests without an answer, for which {waited} were waited")
            }
        };
        format!("{whom} {does}")
    }
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.of("the target"))
    }
}

impl fmt::Display for CallKind {
    /// In words that read after "answers no".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CallKind::Call(call) => write!(f, "calls of `{call}`"),
            CallKind::Encoding(name) => write!(f, "calls by encoding `{name}`"),
        }
    }
}

/// A time as people say it, rounded up.
struct Roughly(Duration);

impl fmt::Display for Roughly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const HOUR: u64 = 60 * 60;
        const DAY: u64 = 24 * HOUR;
        let seconds = self.0.as_secs_f64().ceil() as u64;
        let (unit, size) = match seconds {
            ..120 => ("s", 1),
            120..7200 => ("min", 60),
            7200..864_000 => ("h", HOUR),
            _ => ("days", DAY),
        };
        write!(f, "{} {unit}", seconds.div_ceil(size))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rstest::rstest;

    use super::Roughly;

    #[rstest]
    #[case(1, "1 s")]
    #[case(60, "60 s")]
    #[case(121, "3 min")]
    #[case(86_400, "24 h")]
    #[case(86_399, "24 h")]
    #[case(172_800, "48 h")]
    #[case(864_000, "10 days")]
    #[case(u64::MAX, "213503982334602 days")]
    fn a_time_is_told_as_people_say_it(#[case] seconds: u64, #[case] told: &str) {
        assert_eq!(Roughly(Duration::from_secs(seconds)).to_string(), told);
    }
}
