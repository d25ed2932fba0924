//! The reference server: the documented behaviour of `panel/account`, and every way we know to depart from it.
//!
//! An island: it uses no other module of the crate and never reads case files or schemas, so that two
//! independent readings of the contract meet when the suite judges it.
//!
//! A request passes through stages with plain data between them:
//!
//! ```text
//! Request ──> Call ──> Reply ──> Response
//!  bytes     decode    rule      render
//! ```
//!
//! A file uses only files that stand before it here:
//!
//! 1. what the server is: `account`, `demo`, `code`, `decode`, `refusal`, `request`, `call`,
//!    `session`, `policy`, `sessions`, `wire`, `response`, `reply`, `server`, `rule`; none of them
//!    knows of faults
//! 2. what may be different: `when`, `change`, and `behaviour`, a row of a table
//! 3. how it is served: `pipeline`, `connection`; neither knows a particular fault
//! 4. the tables: `fault/`, `variation/`, `null_server`
//!
//! To add a fault: a row in `fault/<family>.rs`; a variation: one in `variation/<kind>.rs`; a null
//! server: one in `null_server.rs`. A row is a name, a sentence, the requirements that are violated,
//! and a change that says when it applies and what it does then:
//!
//! | when | `always()`, `on(Auth)`, `granted()`, `refused_for(NoHash)`, `.by(Form)`, `.by_get()`, `.given(..)` |
//! |---|---|
//! | the call | `.ignore(Form)`, `.refuse(WrongMethod)`, `.call(..)` |
//! | the answer | `.set("/success", 1)`, `.remove("/hash")`, `.status(201)`, `.error(13)`, `.reply(..)` |
//! | its writing | `.header(..)`, `.body(..)`, `.page(404, ..)`, `.respond(..)`, `.response(..)` |
//! | no answer | `.close()`, `.hang()` |
//! | every call | `policy(..)`, `code(NoHash, 11)`, `request(..)` |
//!
//! What shows only between several addresses of one system is a row with `.at(3)` of them.

mod account;
mod behaviour;
mod call;
mod change;
mod code;
mod connection;
mod decode;
mod demo;
mod fault;
mod null_server;
mod pipeline;
mod policy;
mod refusal;
mod reply;
mod request;
mod response;
mod rule;
mod server;
mod session;
mod sessions;
#[cfg(test)]
mod tests;
mod variation;
mod when;
mod wire;

use std::sync::LazyLock;

pub use account::Account;
pub use behaviour::Behaviour;
pub(crate) use behaviour::{Family, Kind};
pub(crate) use connection::serve_all;
pub use connection::{Config, serve};
pub(crate) use demo::Demo;
pub use demo::{demo, demo_accounts};

/// Every fault, family by family.
pub fn faults() -> &'static [Behaviour] {
    static FAULTS: LazyLock<Vec<Behaviour>> = LazyLock::new(fault::faults);
    &FAULTS
}

/// Every variation.
pub fn variations() -> &'static [Behaviour] {
    static VARIATIONS: LazyLock<Vec<Behaviour>> = LazyLock::new(variation::variations);
    &VARIATIONS
}

/// Every null server.
pub fn null_servers() -> &'static [Behaviour] {
    static NULL_SERVERS: LazyLock<Vec<Behaviour>> = LazyLock::new(null_server::null_servers);
    &NULL_SERVERS
}

/// Every fault, variation and null server; they share one name space.
pub(crate) fn departures() -> impl Iterator<Item = &'static Behaviour> {
    faults().iter().chain(variations()).chain(null_servers())
}

/// Finds a fault, variation or null server by its name.
#[must_use]
pub fn departure(name: &str) -> Option<&'static Behaviour> {
    departures().find(|departure| departure.name == name)
}
