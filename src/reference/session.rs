//! One session of one dealer, and how its hash is made.

use std::iter::repeat_with;
use std::time::Duration;

use tokio::time::Instant;

use super::call::{Call, Encoding};
use super::refusal::Reason;

/// One session of one dealer.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    /// Counts the sessions of the server, from 0.
    pub(crate) number: usize,
    pub(crate) hash: String,
    /// The index of the dealer in the list of accounts.
    pub(crate) account: usize,
    /// How many sessions of the dealer were open when this one was opened.
    pub(crate) rank: usize,
    /// The address, the connection and the encoding of the sign-in.
    pub(crate) address: usize,
    pub(crate) connection: u64,
    pub(crate) encoding: Option<Encoding>,
    /// The `User-Agent` of the sign-in.
    pub(crate) user_agent: String,
    pub(crate) opened: Instant,
    /// When it expires.
    pub(crate) deadline: Instant,
    /// How many calls it has served.
    pub(crate) uses: u32,
    /// Whether a GET was among them.
    pub(crate) was_read_by_get: bool,
    pub(crate) ending: Option<Ending>,
}

/// How a session was ended.
#[derive(Clone, Debug)]
pub(crate) struct Ending {
    pub(crate) at: Instant,
    /// Of the logout: the address, the connection and the encoding.
    pub(crate) address: usize,
    pub(crate) connection: u64,
    pub(crate) encoding: Option<Encoding>,
}

impl Session {
    /// Neither ended nor expired.
    pub(crate) fn is_open(&self) -> bool {
        !self.has_ended() && !self.has_expired()
    }

    /// Ended by logout.
    pub(crate) fn has_ended(&self) -> bool {
        self.ending.as_ref().is_some_and(|ending| ending.at <= Instant::now())
    }

    /// Older than sessions live.
    pub(crate) fn has_expired(&self) -> bool {
        self.deadline <= Instant::now()
    }

    /// Ended less than this time ago.
    pub(crate) fn has_just_ended(&self, within: Duration) -> bool {
        self.ending.as_ref().is_some_and(|ending| ending.at.elapsed() < within)
    }

    /// Why a session that is not open refuses a call.
    pub(crate) fn refusal(&self) -> Reason {
        if self.has_expired() { Reason::ExpiredHash } else { Reason::EndedHash }
    }

    /// Counts a call that the session serves.
    pub(crate) fn count(&mut self, call: &Call) {
        self.uses += 1;
        self.was_read_by_get |= call.is_get();
    }
}

/// What is known of a session before it has a hash.
pub(crate) struct NewSession<'a> {
    /// The index of the dealer in the list of accounts.
    pub(crate) account: usize,
    pub(crate) call: &'a Call,
    /// Every session so far, oldest first.
    pub(crate) sessions: &'a [Session],
}

impl NewSession<'_> {
    /// The hash of the dealer's newest session of this kind; a new hash if there is none.
    pub(crate) fn hash_of_earlier(&self, is_meant: impl Fn(&Session) -> bool) -> String {
        let mut newest_first = self.sessions.iter().rev();
        newest_first
            .find(|session| session.account == self.account && is_meant(session))
            .map_or_else(random_hash, |session| session.hash.clone())
    }
}

/// 32 lower-case hexadecimal digits, new every time.
pub(crate) fn random_hash() -> String {
    random_hex(32)
}

/// This many lower-case hexadecimal digits, new every time.
pub(crate) fn random_hex(digits: usize) -> String {
    repeat_with(|| fastrand::digit(16)).take(digits).collect()
}
