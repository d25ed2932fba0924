//! Whether a target keeps its connections open, as far as that has been seen.
//!
//! A server may close a connection just as it is used again, and then nobody knows whether it
//! processed what was sent. What must not be sent twice travels on a used connection only if others
//! of this target were seen to last: some bugs show on these alone, such as sessions that hang on
//! their connection.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// So many answers on one connection show that it is kept.
const ENOUGH: usize = 2;

/// What was seen of the connections to a target.
#[derive(Debug, Default)]
pub(super) struct Reuse(Mutex<Seen>);

#[derive(Debug, Default)]
struct Seen {
    /// How many answers each connection brought, by our end of it.
    answers: HashMap<SocketAddr, usize>,
    /// Whether one of them was kept.
    lasted: bool,
    /// Whether one of them broke when it was used again.
    broke: bool,
}

impl Reuse {
    /// Of a target that is known to keep its connections.
    pub(super) fn of_known() -> Reuse {
        Reuse(Mutex::new(Seen { lasted: true, ..Seen::default() }))
    }

    /// Notes that a connection brought an answer.
    pub(super) fn note_answer(&self, end: SocketAddr) {
        let mut seen = self.seen();
        let answers = seen.answers.entry(end).or_default();
        *answers += 1;
        seen.lasted |= *answers >= ENOUGH;
    }

    /// Notes that a request failed on a connection, and says whether that had brought an answer.
    pub(super) fn note_failure(&self, end: SocketAddr) -> bool {
        let mut seen = self.seen();
        let was_used = seen.answers.remove(&end).is_some();
        seen.broke |= was_used;
        was_used
    }

    /// Whether connections of this target were seen to last, and none to break.
    pub(super) fn is_safe(&self) -> bool {
        let seen = self.seen();
        seen.lasted && !seen.broke
    }

    /// Whether any answer came.
    pub(super) fn was_ever_answered(&self) -> bool {
        !self.seen().answers.is_empty()
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::Reuse;
    use rstest::rstest;
    use std::net::{Ipv4Addr, SocketAddr};

    #[rstest]
    #[case::nothing_seen("", false)]
    #[case::new_ones("a1 a2 a3", false)]
    #[case::kept("a1 a1", true)]
    #[case::kept_among_others("a1 a2 a2", true)]
    #[case::broken_afterwards("a1 a1 f1", false)]
    #[case::broken_before("a1 f1 a2 a2 a2", false)]
    #[case::broken_when_new("f1 a2 a2", true)]
    fn a_used_connection_is_safe_if_some_last_and_none_breaks(
        #[case] seen: &str,
        #[case] expected: bool,
    ) {
        let reuse = Reuse::default();
        for one in seen.split_whitespace() {
            let (what, port) = one.split_at(1);
            let end = SocketAddr::from((Ipv4Addr::LOCALHOST, port.parse().expect("a number")));
            match what {
                "a" => reuse.note_answer(end),
                _ => _ = reuse.note_failure(end),
            }
        }
        assert_eq!(reuse.is_safe(), expected);
    }
}
