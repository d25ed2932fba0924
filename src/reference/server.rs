//! What a server knows and remembers: its accounts, its policy, its sessions.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value};

use super::account::Account;
use super::call::Call;
use super::policy::Policy;
use super::refusal::Reason;
use super::session::Session;
use super::sessions::Sessions;

/// What a server knows and remembers.
pub(crate) struct Server {
    pub(crate) accounts: Vec<Account>,
    pub(crate) policy: Policy,
    pub(crate) session_lifetime: Duration,
    /// Hashes that once were sessions.
    pub(crate) expired_hashes: Vec<String>,
    sessions: Mutex<Sessions>,
    /// Logins that a fault has seen; the faultless server remembers none.
    seen_logins: Mutex<HashSet<String>>,
}

impl Server {
    /// A server without sessions.
    pub(crate) fn new(
        accounts: Vec<Account>,
        policy: Policy,
        session_lifetime: Duration,
        expired_hashes: Vec<String>,
    ) -> Self {
        Self {
            accounts,
            policy,
            session_lifetime,
            expired_hashes,
            sessions: Mutex::default(),
            seen_logins: Mutex::default(),
        }
    }

    /// The account with a login, and its index.
    pub(crate) fn account(&self, login: &str) -> Option<(usize, &Account)> {
        let matches =
            |(_, account): &(usize, &Account)| (self.policy.login_matches)(account, login);
        self.accounts.iter().enumerate().find(matches)
    }

    /// The permissions of the account at this index.
    pub(crate) fn permissions(&self, account: usize) -> Map<String, Value> {
        self.accounts[account].permissions.clone()
    }

    /// Every session of this server.
    pub(crate) fn sessions(&self) -> MutexGuard<'_, Sessions> {
        lock(&self.sessions)
    }

    /// Opens a session for the account at this index.
    pub(crate) fn open_session(&self, account: usize, call: &Call) -> Session {
        self.sessions().open(account, call, &self.policy, self.session_lifetime)
    }

    /// Finds the session of a hash.
    ///
    /// # Errors
    ///
    /// Why no session serves the call.
    pub(crate) fn find_session(&self, hash: &str, call: &Call) -> Result<Session, Reason> {
        if self.expired_hashes.iter().any(|expired| expired == hash) {
            return Err(Reason::ExpiredHash);
        }
        self.sessions().find(hash, call, &self.policy)
    }

    /// Ends what logging out of this session ends.
    pub(crate) fn end_session(&self, session: &Session, call: &Call) {
        self.sessions().end(session, call, &self.policy);
    }

    /// The session whose hash a call gives, open or not.
    pub(crate) fn session_of(&self, call: &Call) -> Option<Session> {
        self.sessions().latest(|session| session.hash == call.text("hash"))
    }

    /// The session that was opened last, open or not.
    pub(crate) fn latest_session(&self) -> Option<Session> {
        self.sessions().latest(|_| true)
    }

    /// The session that was opened last on the connection of a call.
    pub(crate) fn session_on_connection(&self, call: &Call) -> Option<Session> {
        self.sessions().latest(|session| session.connection == call.request.connection)
    }

    /// Opens the session again whose hash a call gives.
    pub(crate) fn reopen_session_of(&self, call: &Call) {
        self.sessions().reopen(|session| session.hash == call.text("hash"));
    }

    /// Whether the dealer whose hash a call gives has permissions of this category.
    pub(crate) fn may(&self, call: &Call, category: &str) -> bool {
        self.session_of(call).is_some_and(|session| {
            self.accounts[session.account].permissions.contains_key(category)
        })
    }

    /// How many sessions of this kind the dealer has whose login a call gives.
    pub(crate) fn count_sessions(&self, call: &Call, is_meant: fn(&Session) -> bool) -> usize {
        self.account(call.text("login")).map_or(0, |(index, _)| {
            self.sessions().count(|session| session.account == index && is_meant(session))
        })
    }

    /// Remembers a login; true if it was seen before.
    pub(crate) fn has_seen(&self, login: &str) -> bool {
        !lock(&self.seen_logins).insert(login.to_owned())
    }
}

/// Locks; whoever panicked while holding the lock left plain data that is still good.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
