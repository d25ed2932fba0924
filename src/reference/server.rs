//! The pipeline from request to delivery, and what the server knows and remembers.
//!
//! To follow a request, read [`Server::handle`].

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::sleep;

use super::account::{Account, Config};
use super::behaviour::Behaviour;
use super::call::{Action, Call};
use super::change::{self, Change};
use super::policy::Policy;
use super::request::Request;
use super::rule::rule;
use super::session::{Session, Sessions};
use super::trouble::Trouble;
use super::wire::Delivery;

/// A server: what it knows and how it decides.
pub(crate) struct Server {
    pub(crate) accounts: Vec<Account>,
    pub(crate) policy: Policy,
    behaviour: Behaviour,
    lifetime: Duration,
    expired_hashes: Vec<String>,
    sessions: Mutex<Sessions>,
    /// The calls of each action.
    traffic: Mutex<HashMap<Action, Traffic>>,
    requests: AtomicU64,
    /// Logins that a departure has to remember; the faultless server remembers none.
    heard_of: Mutex<HashSet<String>>,
}

impl Server {
    /// A server with these accounts and this behaviour, and no session yet.
    pub(crate) fn new(config: Config) -> Self {
        Self {
            accounts: config.accounts,
            policy: change::policy(config.behaviour.changes()),
            behaviour: config.behaviour,
            lifetime: config.session_lifetime,
            expired_hashes: config.expired_hashes,
            sessions: Mutex::default(),
            traffic: Mutex::default(),
            requests: AtomicU64::new(0),
            heard_of: Mutex::default(),
        }
    }

    /// Takes a request through the stages.
    pub(crate) async fn handle(&self, mut request: Request) -> Delivery {
        if let Behaviour::Null(null) = self.behaviour {
            return (null.answer)(&request);
        }
        let changes = self.behaviour.changes();
        change::edit_request(changes, &mut request);
        let mut call = Call::decode(request);
        change::edit_call(changes, &mut call);
        let visit = self.wait(changes, &mut call).await;
        let mut reply = rule(&call, self);
        change::edit_reply(changes, &mut reply, &call, self);
        drop(visit);
        let mut response = reply.render();
        change::edit_response(changes, &mut response, &call);
        match change::raw(changes, &response, &call) {
            Some(raw) => Delivery::Raw(raw),
            None => Delivery::Http(response),
        }
    }

    /// Holds a call back for as long as the changes say, and sees which others it meets meanwhile.
    async fn wait(&self, changes: &[Change], call: &mut Call) -> Visit<'_> {
        let visit = Visit::new(self, call.action);
        let pause = change::pause(changes, call);
        if !pause.is_zero() {
            sleep(pause).await;
        }
        call.company = visit.company();
        visit
    }

    /// The number of the next request, from 1.
    pub(crate) fn next_serial(&self) -> u64 {
        self.requests.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// The account that answers to a login, and its place in the list.
    pub(crate) fn account(&self, login: &str) -> Option<(usize, &Account)> {
        let answers =
            |(_, account): &(usize, &Account)| (self.policy.login_matches)(account, login);
        self.accounts.iter().enumerate().find(answers)
    }

    /// Opens a session for the account at this place.
    pub(crate) fn open_session(&self, place: usize, call: &Call) -> Session {
        self.sessions().open(place, call, &self.policy, self.lifetime)
    }

    /// Finds the session that a hash means.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub(crate) fn find_session(&self, hash: &str, call: &Call) -> Result<Session, Trouble> {
        if self.expired_hashes.iter().any(|expired| expired == hash) {
            return Err(Trouble::ExpiredHash);
        }
        self.sessions().find(hash, call, &self.policy)
    }

    /// Ends what logging out of this session ends.
    pub(crate) fn end_session(&self, session: &Session, call: &Call) {
        self.sessions().end(session, call, &self.policy);
    }

    /// The session whose hash a call names, alive or not.
    pub(crate) fn session_of(&self, call: &Call) -> Option<Session> {
        self.sessions().latest(|session| session.hash == call.text("hash"))
    }

    /// The session that was opened last, alive or not.
    pub(crate) fn latest_session(&self) -> Option<Session> {
        self.sessions().latest(|_| true)
    }

    /// The dealer whose hash a call names may do something in this category.
    pub(crate) fn may(&self, call: &Call, category: &str) -> bool {
        let session = self.session_of(call);
        session.is_some_and(|session| {
            self.accounts[session.account].permissions.contains_key(category)
        })
    }

    /// Remembers a login; true where it was asked about before.
    pub(crate) fn hears_again_of(&self, login: &str) -> bool {
        !lock(&self.heard_of).insert(login.to_owned())
    }

    /// Every session of this server.
    pub(crate) fn sessions(&self) -> MutexGuard<'_, Sessions> {
        lock(&self.sessions)
    }
}

/// The calls of one action.
#[derive(Debug, Default)]
struct Traffic {
    under_way: usize,
    /// How many have come since the server started.
    arrived: usize,
}

/// A call under way; it is over when this is dropped.
struct Visit<'a> {
    server: &'a Server,
    action: Action,
    /// How many others were under way when it came.
    before: usize,
    /// How many had come by then, this one included.
    arrived: usize,
}

impl<'a> Visit<'a> {
    fn new(server: &'a Server, action: Action) -> Self {
        let mut traffic = lock(&server.traffic);
        let traffic = traffic.entry(action).or_default();
        traffic.under_way += 1;
        traffic.arrived += 1;
        Self { server, action, before: traffic.under_way - 1, arrived: traffic.arrived }
    }

    /// How many other calls of the same action were under way at some time since this one came,
    /// whether or not they are over.
    fn company(&self) -> usize {
        let arrived = lock(&self.server.traffic).get(&self.action).map_or(0, |now| now.arrived);
        self.before + arrived.saturating_sub(self.arrived)
    }
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        if let Some(traffic) = lock(&self.server.traffic).get_mut(&self.action) {
            traffic.under_way -= 1;
        }
    }
}

/// Locks; whoever panicked while holding the lock left plain data that is still good.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
