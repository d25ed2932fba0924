//! The faults: each breaks one promise of the contract and leaves the rest intact.
//!
//! To add a fault: a row in the table of its family, such as
//!
//! ```text
//! row("auth-without-hash", "A successful sign-in carries no hash.", &["AUTH-HASH"],
//!     on(Auth).granted().remove("/hash")),
//! ```
//!
//! with its name, what it does, the requirements that a client sees broken, and the change: when it
//! applies (see `when`) and what is done then (see `change`). What no document forbids is no fault
//! but a variation. To add a table: a file and its line in [`faults`].

mod after_logout;
mod auth;
mod below_http;
mod comparison;
mod concurrency;
mod encoding;
mod envelope;
mod hash_refusals;
mod hashes;
mod http;
mod juggling;
mod logout;
mod logout_answer;
mod no_answer;
mod odd_input;
mod parity;
mod permissions;
mod refusals;
mod replicas;
mod routing;
mod security;
mod sessions;

use crate::reference::behaviour::{Behaviour, Family, Kind, table};

/// Every fault, family by family.
pub(crate) fn faults() -> Vec<Behaviour> {
    let of = |family, rows| table(Kind::Fault(family), rows);
    let tables = [
        of(Family::Auth, auth::faults()),
        of(Family::Refusals, refusals::faults()),
        of(Family::Refusals, hash_refusals::faults()),
        of(Family::Refusals, odd_input::faults()),
        of(Family::Envelope, envelope::faults()),
        of(Family::Permissions, permissions::faults()),
        of(Family::Parity, parity::faults()),
        of(Family::Sessions, sessions::faults()),
        of(Family::Logout, logout::faults()),
        of(Family::Logout, logout_answer::faults()),
        of(Family::Logout, after_logout::faults()),
        of(Family::Hashes, hashes::faults()),
        of(Family::Encoding, encoding::faults()),
        of(Family::Routing, routing::faults()),
        of(Family::Http, http::faults()),
        of(Family::Concurrency, concurrency::faults()),
        of(Family::Security, comparison::faults()),
        of(Family::Security, juggling::faults()),
        of(Family::Security, security::faults()),
        of(Family::BelowHttp, below_http::faults()),
        of(Family::BelowHttp, no_answer::faults()),
        of(Family::Replicas, replicas::faults()),
    ];
    tables.into_iter().flatten().collect()
}
