//! One of the addresses of the target: how it is asked, and whether it still answers.

use super::ending::Errand;
use crate::model::exchange::{Answer, NoAnswer, Request};
use crate::model::stopped::Stopped;
use crate::run::addresses::Addresses;
use crate::run::http::{ConnectionUse, Http, SetupError};
use crate::run::pacing::Liveness;
use crate::run::target::{BaseUrl, Connection};

/// One of the addresses of the target.
#[derive(Debug)]
pub(crate) struct Address {
    /// Its base URL as records name it, where there is more than one.
    pub(super) name: Option<String>,
    pub(super) http: Http,
    pub(super) liveness: Liveness,
}

impl Address {
    /// All addresses of a target, each connected to in the same way.
    ///
    /// # Errors
    ///
    /// Says which option of the connection cannot be used.
    pub(crate) fn all(
        addresses: &Addresses,
        connection: &Connection,
    ) -> Result<Vec<Address>, SetupError> {
        let is_one_of_several = !addresses.others().is_empty();
        let address = |url: &BaseUrl| {
            Ok(Address {
                name: is_one_of_several.then(|| url.as_str().to_owned()),
                http: Http::new(url, connection)?,
                liveness: Liveness::default(),
            })
        };
        addresses.iter().map(address).collect()
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

/// By which way a request goes: to which address, on which connections.
#[derive(Debug, Clone, Copy)]
pub(super) struct Way<'a> {
    pub(super) address: &'a Address,
    connection: ConnectionUse,
    pub(super) errand: Errand,
}

impl<'a> Way<'a> {
    /// On connections that are kept.
    pub(super) fn pooled(address: &'a Address) -> Way<'a> {
        Way { address, connection: ConnectionUse::Pooled, errand: Errand::Step }
    }

    /// On connections of their own.
    pub(super) fn fresh(address: &'a Address) -> Way<'a> {
        Way { address, connection: ConnectionUse::Fresh, errand: Errand::Step }
    }

    /// On connections that are kept, to close a session.
    pub(super) fn to_close(address: &'a Address) -> Way<'a> {
        Way { errand: Errand::CleanUp, ..Way::pooled(address) }
    }

    pub(super) async fn send(self, request: &Request) -> Result<Answer, NoAnswer> {
        self.address.http.send(request, self.connection).await
    }
}
