//! The sessions of a server, in memory: opened by `auth`, ended by `logout` or by time.
//!
//! Ended sessions are kept for a while, so that their hashes can be told from made-up ones.

use std::time::Duration;

use hyper::header::USER_AGENT;
use tokio::time::Instant;

use super::call::Call;
use super::policy::Policy;
use super::refusal::Reason;
use super::session::{Ending, NewSession, Session};

/// How many sessions are kept; beyond that the oldest are forgotten.
const CAPACITY: usize = 4096;

/// Every session of a server, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    list: Vec<Session>,
    opened: usize,
}

impl Sessions {
    /// Opens a session for the account at this index.
    pub(crate) fn open(
        &mut self,
        account: usize,
        call: &Call,
        policy: &Policy,
        lifetime: Duration,
    ) -> Session {
        let hash = (policy.new_hash)(&NewSession { account, call, sessions: &self.list });
        let now = Instant::now();
        let session = Session {
            number: self.opened,
            hash,
            account,
            rank: self.count(|other| other.account == account && other.is_open()),
            address: call.request.address,
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

    /// Finds the session of a hash and counts the call that it serves.
    ///
    /// # Errors
    ///
    /// Why no session serves the call.
    pub(crate) fn find(
        &mut self,
        hash: &str,
        call: &Call,
        policy: &Policy,
    ) -> Result<Session, Reason> {
        let mut refusal = None;
        let newest_first = self.list.iter_mut().rev();
        for session in newest_first.filter(|session| (policy.hash_matches)(session, hash)) {
            if (policy.serves)(session, call) {
                session.count(call);
                return Ok(session.clone());
            }
            refusal.get_or_insert(session.refusal());
        }
        Err(refusal.unwrap_or_else(|| no_session(hash, policy)))
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
        let (address, connection) = (call.request.address, call.request.connection);
        let encoding = call.encoding();
        for session in self.list.iter_mut().filter(|session| session.ending.is_none()) {
            if is_meant(session) {
                session.ending = Some(Ending { at, address, connection, encoding });
            }
        }
    }

    /// Opens ended sessions again.
    pub(crate) fn reopen(&mut self, is_meant: impl Fn(&Session) -> bool) {
        for session in self.list.iter_mut().filter(|session| is_meant(session)) {
            session.ending = None;
        }
    }

    /// The newest of the sessions that are meant.
    pub(crate) fn latest(&self, is_meant: impl Fn(&Session) -> bool) -> Option<Session> {
        self.list.iter().rev().find(|session| is_meant(session)).cloned()
    }

    /// The sessions that are meant, oldest first.
    pub(crate) fn all(&self, is_meant: impl Fn(&Session) -> bool) -> Vec<Session> {
        self.list.iter().filter(|session| is_meant(session)).cloned().collect()
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
fn no_session(hash: &str, policy: &Policy) -> Reason {
    if (policy.looks_like_hash)(hash) { Reason::UnknownHash } else { Reason::MalformedHash }
}
