//! One of the addresses of the target: how it is asked, and whether it still answers.

use super::ending::Errand;
use crate::model::exchange::Request;
use crate::model::stopped::Stopped;
use crate::run::addresses::Addresses;
use crate::run::http::{self, ConnectionUse, Http, Repetition, Sent};
use crate::run::pacing::Liveness;
use crate::run::target::{BaseUrl, Connection, SetupError};
use crate::suite::case::Step;

/// One of the addresses of the target.
#[derive(Debug)]
pub(crate) struct Address {
    /// Its base URL as records name it, where there is more than one.
    pub(super) name: Option<String>,
    pub(super) http: Http,
    pub(super) liveness: Liveness,
}

impl Address {
    /// All addresses of a target, each connected to in its way. The embedded server keeps its
    /// connections.
    ///
    /// # Errors
    ///
    /// Says which option of the connection cannot be used.
    pub(crate) fn all(
        addresses: &Addresses,
        connections: &[Connection],
        is_embedded: bool,
    ) -> Result<Vec<Address>, SetupError> {
        let is_one_of_several = !addresses.others().is_empty();
        let address = |(url, connection): (&BaseUrl, &Connection)| {
            let http = Http::new(url, connection)?;
            Ok(Address {
                name: is_one_of_several.then(|| url.as_str().to_owned()),
                http: if is_embedded { http.keeping_connections() } else { http },
                liveness: Liveness::default(),
            })
        };
        addresses.iter().zip(connections).map(address).collect()
    }

    /// Why this address, and the target with it, is left alone from now on.
    pub(super) fn lost(&self) -> Option<Stopped> {
        let why = self.liveness.lost()?;
        Some(match &self.name {
            Some(name) => why.at(name),
            None => why,
        })
    }
}

/// By which way a request goes: to which address, on which connections, and to what end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Way<'a> {
    pub(super) address: &'a Address,
    pub(super) errand: Errand,
    carried: http::Way,
}

impl<'a> Way<'a> {
    /// As a step asks for.
    pub(super) fn of(step: &Step, address: &'a Address) -> Way<'a> {
        let connection =
            if step.fresh_connection { ConnectionUse::Fresh } else { ConnectionUse::Pooled };
        let repetition =
            if step.may_be_repeated() { Repetition::Harmless } else { Repetition::Counts };
        Way { address, errand: Errand::Step, carried: http::Way { connection, repetition } }
    }

    /// For what is asked after a failure: it harms nobody, and has nothing to do with the connection
    /// that broke.
    pub(super) fn fresh(address: &'a Address) -> Way<'a> {
        let (connection, repetition) = (ConnectionUse::Fresh, Repetition::Harmless);
        Way { address, errand: Errand::Step, carried: http::Way { connection, repetition } }
    }

    /// For a log-out that nobody judges: what is logged out may be logged out again.
    pub(super) fn to_close(address: &'a Address) -> Way<'a> {
        let (connection, repetition) = (ConnectionUse::Pooled, Repetition::Harmless);
        Way { address, errand: Errand::CleanUp, carried: http::Way { connection, repetition } }
    }

    pub(super) async fn send(self, request: &Request) -> Sent {
        self.address.http.send(request, self.carried).await
    }
}
