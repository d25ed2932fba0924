//! The sessions, in memory: opened by `auth`, ended by `logout` or by time.
//!
//! Ended sessions are remembered for a while, so that their hashes can be told from made-up ones.

use std::iter::repeat_with;
use std::time::Duration;

use hyper::Method;
use hyper::header::USER_AGENT;
use tokio::time::Instant;

use super::call::{Call, Encoding};
use super::policy::Policy;
use super::trouble::Trouble;

/// How many sessions are kept; beyond that the oldest are forgotten.
const CAPACITY: usize = 4096;

/// One session of one dealer.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    /// Numbers the sessions of this server in the order of their opening.
    pub(crate) number: usize,
    pub(crate) hash: String,
    /// The place of the dealer in the list of accounts.
    pub(crate) account: usize,
    /// How many sessions of the dealer lived when this one was opened.
    pub(crate) rank: usize,
    /// The connection and the encoding of the sign-in.
    pub(crate) connection: u64,
    pub(crate) encoding: Option<Encoding>,
    /// What the client of the sign-in called itself.
    pub(crate) user_agent: String,
    pub(crate) opened: Instant,
    /// When it ends by itself.
    pub(crate) deadline: Instant,
    /// How many calls it has served.
    pub(crate) uses: u32,
    /// A GET has read its permissions.
    pub(crate) was_read_by_get: bool,
    pub(crate) ending: Option<Ending>,
}

/// How a session was ended.
#[derive(Clone, Debug)]
pub(crate) struct Ending {
    pub(crate) at: Instant,
    pub(crate) connection: u64,
    pub(crate) encoding: Option<Encoding>,
}

impl Session {
    /// Neither ended nor expired.
    pub(crate) fn is_open(&self) -> bool {
        !self.has_ended() && !self.has_expired()
    }

    /// Ended by logout, and the end has come.
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

    fn trouble(&self) -> Trouble {
        if self.has_expired() { Trouble::ExpiredHash } else { Trouble::EndedHash }
    }

    fn note_use(&mut self, call: &Call) {
        self.uses += 1;
        self.was_read_by_get |= call.request.method == Method::GET;
    }
}

/// What is known when the hash of a new session is made.
pub(crate) struct Opening<'a> {
    /// The place of the dealer in the list of accounts.
    pub(crate) place: usize,
    pub(crate) call: &'a Call,
    /// Every session so far, oldest first.
    pub(crate) sessions: &'a [Session],
}

/// Every session of a server, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    list: Vec<Session>,
    opened: usize,
}

impl Sessions {
    /// Opens a session for the account at this place.
    pub(crate) fn open(
        &mut self,
        place: usize,
        call: &Call,
        policy: &Policy,
        lifetime: Duration,
    ) -> Session {
        let opening = Opening { place, call, sessions: &self.list };
        let hash = (policy.new_hash)(&opening);
        let now = Instant::now();
        let session = Session {
            number: self.opened,
            hash,
            account: place,
            rank: self.count(|other| other.account == place && other.is_open()),
            connection: call.request.connection,
            encoding: call.encoding(),
            user_agent: call.request.header(USER_AGENT).to_owned(),
            opened: now,
            deadline: now + lifetime,
            uses: 0,
            was_read_by_get: false,
            ending: None,
        };
        self.end_where(call, now, |other| (policy.displaces)(&session, other));
        self.keep(session.clone());
        session
    }

    /// Finds the session that a hash means and counts the call that it serves.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub(crate) fn find(
        &mut self,
        hash: &str,
        call: &Call,
        policy: &Policy,
    ) -> Result<Session, Trouble> {
        let mut trouble = None;
        for session in
            self.list.iter_mut().rev().filter(|session| (policy.hash_matches)(session, hash))
        {
            if (policy.is_alive)(session, call) {
                session.note_use(call);
                return Ok(session.clone());
            }
            trouble.get_or_insert(session.trouble());
        }
        Err(trouble.unwrap_or_else(|| stranger(hash, policy)))
    }

    /// Ends what logging out of this session ends.
    pub(crate) fn end(&mut self, current: &Session, call: &Call, policy: &Policy) {
        let at = Instant::now() + policy.logout_delay;
        self.end_where(call, at, |other| (policy.ends)(current, call, other));
    }

    /// Ends the sessions that are meant, at this moment.
    pub(crate) fn end_where(
        &mut self,
        call: &Call,
        at: Instant,
        is_meant: impl Fn(&Session) -> bool,
    ) {
        let connection = call.request.connection;
        let encoding = call.encoding();
        for session in self.list.iter_mut().filter(|session| session.ending.is_none()) {
            if is_meant(session) {
                session.ending = Some(Ending { at, connection, encoding });
            }
        }
    }

    /// Takes the end of the sessions that are meant back.
    pub(crate) fn reopen(&mut self, is_meant: impl Fn(&Session) -> bool) {
        for session in self.list.iter_mut().filter(|session| is_meant(session)) {
            session.ending = None;
        }
    }

    /// The newest of the sessions that are meant.
    pub(crate) fn latest(&self, is_meant: impl Fn(&Session) -> bool) -> Option<Session> {
        self.list.iter().rev().find(|session| is_meant(session)).cloned()
    }

    /// How many sessions are meant.
    pub(crate) fn count(&self, is_meant: impl Fn(&Session) -> bool) -> usize {
        self.list.iter().filter(|session| is_meant(session)).count()
    }

    fn keep(&mut self, session: Session) {
        if self.list.len() == CAPACITY {
            self.list.remove(0);
        }
        self.list.push(session);
        self.opened += 1;
    }
}

/// Why a hash that was never handed out is refused.
fn stranger(hash: &str, policy: &Policy) -> Trouble {
    if (policy.looks_like_hash)(hash) { Trouble::UnknownHash } else { Trouble::MalformedHash }
}

/// 32 lower-case hexadecimal digits, new every time.
pub(crate) fn random_hash() -> String {
    random_hex(32)
}

/// As many lower-case hexadecimal digits.
pub(crate) fn random_hex(digits: usize) -> String {
    repeat_with(|| fastrand::digit(16)).take(digits).collect()
}
