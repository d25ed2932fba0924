//! The reference server inside this process: on a free loopback port, with fixtures that fit.

use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::model::role::Role;
use crate::reference::{self, Account, Behaviour, Config, Demo};
use crate::run::addresses::Addresses;
use crate::run::target::BaseUrl;
use crate::suite::fixtures::{Fixture, Fixtures};
use crate::value::secret::Secret;

/// How long a session of the embedded server lives.
pub(crate) const SESSION_LIFETIME: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// A running reference server; it stops when it is dropped.
#[derive(Debug)]
pub struct Embedded {
    /// Where it listens: at as many addresses as its behaviour takes.
    pub addresses: Addresses,
    /// Accounts that it knows.
    pub fixtures: Fixtures,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<std::io::Result<()>>,
}

impl Embedded {
    /// Starts the reference server with its demo accounts.
    ///
    /// # Errors
    ///
    /// No loopback port can be bound.
    pub async fn start(behaviour: &'static Behaviour) -> std::io::Result<Embedded> {
        let (mut listeners, mut urls) = (Vec::new(), Vec::new());
        for _ in 0..behaviour.addresses {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
            let url = format!("http://{}", listener.local_addr()?);
            urls.push(BaseUrl::parse(&url).map_err(std::io::Error::other)?);
            listeners.push(listener);
        }
        let addresses = Addresses::new(urls).map_err(std::io::Error::other)?;
        let demo = reference::demo();
        let config = config(&demo, behaviour);
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(reference::serve_all(listeners, config, async {
            let _ = stopped.await;
        }));
        Ok(Embedded { addresses, fixtures: fixtures(&demo), stop: Some(stop), task })
    }

    /// Stops the server and waits until its connections are closed.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        // A server that failed has nothing left to close.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        drop(self.stop.take());
    }
}

/// The configuration of a reference server with the demo accounts.
pub(crate) fn config(demo: &Demo, behaviour: &'static Behaviour) -> Config {
    Config {
        session_lifetime: SESSION_LIFETIME,
        behaviour,
        expired_hashes: vec![demo.expired_hash.clone()],
        ..Config::faultless(demo.accounts())
    }
}

/// The fixtures that fit the demo accounts.
pub(crate) fn fixtures(demo: &Demo) -> Fixtures {
    let mut fixtures = Fixtures::default();
    let mut add = |role, accounts: &[Account]| {
        for account in accounts {
            let secret = Secret::new(account.password.clone());
            fixtures.add(role, Fixture { login: Some(account.login.clone()), secret });
        }
    };
    add(Role::Dealer, &demo.dealers);
    add(Role::SecondDealer, &demo.second_dealers);
    add(Role::MinimalDealer, std::slice::from_ref(&demo.minimal_dealer));
    add(Role::BlockedDealer, &demo.blocked_dealers);
    let session = |hash: String| Fixture { login: None, secret: Secret::new(hash) };
    fixtures.add(Role::ExpiredSession, session(demo.expired_hash.clone()));
    // The reference server has no user API; a hash of one is simply none of its own.
    fixtures.add(Role::UserSession, session("b5e0c7a29f4d4b1e8c6a3d2f1e0b9a87".to_owned()));
    fixtures.make_up_unknown_dealer();
    fixtures
}
