//! The faults: each breaks one promise of the contract and leaves the rest intact.
//!
//! A fault names the requirements that a client sees broken. What no document states is no fault but a
//! variation. To add a fault: a row in the table of its family. To add a family: a file, its line in
//! `FAMILIES` and its variant of [`Family`].

mod auth;
mod encoding;
mod logout;
mod parity;
mod permissions;
mod refusals;

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
    /// What `auth` answers when it succeeds.
    Auth,
    /// Codes, statuses and the shape of refusals.
    Refusals,
    /// What `permissions` holds.
    Permissions,
    /// Calls that ought to answer alike.
    Parity,
    /// What `logout` ends and what it answers.
    Logout,
    /// How parameters are decoded.
    Encoding,
}

const FAMILIES: &[&[Fault]] = &[
    auth::FAULTS,
    refusals::FAULTS,
    permissions::FAULTS,
    parity::FAULTS,
    logout::FAULTS,
    encoding::FAULTS,
];

/// Every fault, family by family.
pub fn faults() -> &'static [&'static Fault] {
    static ALL: LazyLock<Vec<&'static Fault>> =
        LazyLock::new(|| FAMILIES.iter().copied().flatten().collect());
    &ALL
}

/// Finds a fault by its name.
#[must_use]
pub fn fault(name: &str) -> Option<&'static Fault> {
    faults().iter().copied().find(|fault| fault.name == name)
}
