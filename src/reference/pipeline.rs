//! The way from request to response, and the changes that a behaviour makes on it.
//!
//! To follow a request, read [`Pipeline::handle`].

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::time::sleep;

use super::behaviour::Behaviour;
use super::call::{Action, Call};
use super::request::Request;
use super::response::Response;
use super::rule::rule;
use super::server::{Server, lock};

/// A server and how it behaves.
pub(crate) struct Pipeline {
    pub(crate) server: Server,
    behaviour: &'static Behaviour,
    /// The calls of each action.
    load: Mutex<HashMap<Action, Load>>,
    requests: AtomicU64,
}

impl Pipeline {
    /// The server must have the policy of the behaviour.
    pub(crate) fn new(server: Server, behaviour: &'static Behaviour) -> Self {
        Self { server, behaviour, load: Mutex::default(), requests: AtomicU64::new(0) }
    }

    /// Takes a request through the stages.
    pub(crate) async fn handle(&self, mut request: Request) -> Response {
        let (changes, server) = (&self.behaviour.changes, &self.server);
        changes.edit_request(&mut request);
        let mut call = Call::decode(request);
        changes.edit_call(&mut call, server);
        let in_flight = self.delay(&mut call).await;
        let mut reply = rule(&call, server);
        let reason = reply.reason;
        changes.edit_reply(&mut reply, &call, server, reason);
        drop(in_flight);
        let mut response = reply.render();
        changes.edit_response(&mut response, &call, server, reason);
        response
    }

    /// Holds a call back for as long as the policy says, and counts the calls that run meanwhile.
    async fn delay(&self, call: &mut Call) -> InFlight<'_> {
        let in_flight = InFlight::new(&self.load, call.action);
        let delay = (self.server.policy.delay)(call);
        if !delay.is_zero() {
            sleep(delay).await;
        }
        call.concurrent = in_flight.concurrent();
        in_flight
    }

    /// The number of the next request, from 1.
    pub(crate) fn next_serial(&self) -> u64 {
        self.requests.fetch_add(1, Ordering::Relaxed) + 1
    }
}

/// The calls of one action.
#[derive(Debug, Default)]
struct Load {
    in_flight: usize,
    /// How many have come since the server started.
    arrived: usize,
}

/// A call in flight; it is over when this is dropped.
struct InFlight<'a> {
    load: &'a Mutex<HashMap<Action, Load>>,
    action: Action,
    /// How many others were in flight when it came.
    before: usize,
    /// How many had come by then, this one included.
    arrived: usize,
}

impl<'a> InFlight<'a> {
    fn new(load: &'a Mutex<HashMap<Action, Load>>, action: Action) -> Self {
        let mut all = lock(load);
        let now = all.entry(action).or_default();
        now.in_flight += 1;
        now.arrived += 1;
        Self { load, action, before: now.in_flight - 1, arrived: now.arrived }
    }

    /// How many other calls of the action have been in flight since this one came, over or not.
    fn concurrent(&self) -> usize {
        let arrived = lock(self.load).get(&self.action).map_or(0, |now| now.arrived);
        self.before + arrived.saturating_sub(self.arrived)
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        if let Some(now) = lock(self.load).get_mut(&self.action) {
            now.in_flight -= 1;
        }
    }
}
