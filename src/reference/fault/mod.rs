//! The faults: each breaks one promise of the contract and leaves the rest intact.
//!
//! A fault names the requirements that a client sees broken. What no document states is no fault but a
//! variation. To add a fault: a row in a table of its family. To add a table: a file and its line in
//! `TABLES`; a family of its own needs a variant of [`Family`].

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
mod logout;
mod logout_answer;
mod parity;
mod permissions;
mod refusals;
mod routing;
mod security;
mod sessions;
mod spelling;

use std::sync::LazyLock;

use super::change::Change;

/// One way in which the server can be told to break the contract.
#[derive(Debug)]
pub struct Fault {
    /// Kebab-case; says what is broken.
    pub name: &'static str,
    /// What the fault is about.
    pub family: Family,
    /// A sentence in the present tense: what this server does wrong.
    pub summary: &'static str,
    /// Ids of the requirements that it breaks in sight of a client.
    pub violates: &'static [&'static str],
    /// What the pipeline does differently.
    pub(super) changes: &'static [Change],
}

/// What a fault is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// What `auth` asks for, and what it answers when it succeeds.
    Auth,
    /// Codes and HTTP statuses of single kinds of refusals.
    Refusals,
    /// The shape of every refusal.
    Envelope,
    /// What `permissions` holds, and how `get_permissions` answers.
    Permissions,
    /// Answers that ought to be alike.
    Parity,
    /// How long a session lives and whom it serves.
    Sessions,
    /// What `logout` ends, when, and what it answers.
    Logout,
    /// How hashes are made and compared.
    Hashes,
    /// How parameters travel and how they are decoded.
    Encoding,
    /// Which paths and methods are served.
    Routing,
    /// How answers are written as HTTP and JSON.
    Http,
    /// What shows when calls arrive at the same moment.
    Concurrency,
    /// Who is let in, and what is told, against the contract.
    Security,
    /// Answers cut short, or contradicting their own head.
    BelowHttp,
}

const TABLES: &[&[Fault]] = &[
    auth::FAULTS,
    refusals::FAULTS,
    hash_refusals::FAULTS,
    envelope::FAULTS,
    permissions::FAULTS,
    parity::FAULTS,
    sessions::FAULTS,
    logout::FAULTS,
    logout_answer::FAULTS,
    after_logout::FAULTS,
    hashes::FAULTS,
    encoding::FAULTS,
    spelling::FAULTS,
    routing::FAULTS,
    http::FAULTS,
    concurrency::FAULTS,
    comparison::FAULTS,
    security::FAULTS,
    below_http::FAULTS,
];

/// Every fault, family by family.
pub fn faults() -> &'static [&'static Fault] {
    static ALL: LazyLock<Vec<&'static Fault>> =
        LazyLock::new(|| TABLES.iter().copied().flatten().collect());
    &ALL
}

/// Finds a fault by its name.
#[must_use]
pub fn fault(name: &str) -> Option<&'static Fault> {
    faults().iter().copied().find(|fault| fault.name == name)
}
