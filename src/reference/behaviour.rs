//! A behaviour: the faultless server, or one that departs from it by a row of a table.

use std::fmt;

use super::change::Changes;

/// How a server behaves: without fault, or with one departure from that.
pub struct Behaviour {
    /// Kebab-case; says what is different.
    pub name: &'static str,
    /// A sentence in the present tense: what this server does.
    pub summary: &'static str,
    /// What is to be expected of it.
    pub kind: Kind,
    /// Ids of the requirements that a client sees broken; of a variation, of the recommendations
    /// that it does not keep.
    pub violates: &'static [&'static str],
    /// At how many addresses it is served, as one system.
    pub addresses: usize,
    /// What it does differently.
    pub(crate) changes: Changes,
}

/// What is to be expected of a behaviour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It keeps every promise.
    Faultless,
    /// It breaks one promise.
    Fault(Family),
    /// It keeps every promise, in a way that the contract leaves open.
    Variation,
    /// It implements nothing: no check of a refusal or of a session may pass.
    NullServer,
}

/// What a fault is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// What `auth` asks for, and what it answers if it succeeds.
    Auth,
    /// The codes and HTTP statuses of particular refusals.
    Refusals,
    /// The shape of every refusal.
    Envelope,
    /// What `permissions` holds, and how `get_permissions` answers.
    Permissions,
    /// Answers that should be alike.
    Parity,
    /// How long a session lives and whom it serves.
    Sessions,
    /// What `logout` ends, when, and what it answers.
    Logout,
    /// How hashes are made and compared.
    Hashes,
    /// How parameters are sent and decoded.
    Encoding,
    /// Which paths and methods are served.
    Routing,
    /// How answers are written as HTTP and JSON.
    Http,
    /// What shows if calls run at the same time.
    Concurrency,
    /// Who is let in, and what is told, against the contract.
    Security,
    /// Answers that are cut short, or contradict their own head.
    BelowHttp,
    /// What shows only between several addresses of one system.
    Replicas,
}

/// A row of a table of behaviours; the table says of which kind they are.
pub(crate) struct Row {
    name: &'static str,
    summary: &'static str,
    violates: &'static [&'static str],
    addresses: usize,
    changes: Changes,
}

/// A row of a table: name, summary, the requirements that it violates, and what it does.
pub(crate) fn row(
    name: &'static str,
    summary: &'static str,
    violates: &'static [&'static str],
    changes: Changes,
) -> Row {
    Row { name, summary, violates, addresses: 1, changes }
}

impl Row {
    /// The same behaviour, served at so many addresses as one system.
    pub(crate) fn at(self, addresses: usize) -> Row {
        Row { addresses, ..self }
    }
}

/// The behaviours of a table.
pub(crate) fn table(
    kind: Kind,
    rows: impl IntoIterator<Item = Row>,
) -> impl Iterator<Item = Behaviour> {
    rows.into_iter().map(move |Row { name, summary, violates, addresses, changes }| Behaviour {
        name,
        summary,
        kind,
        violates,
        addresses,
        changes,
    })
}

impl Behaviour {
    /// Keeps every promise.
    pub const FAULTLESS: &Self = &Self {
        name: "faultless",
        summary: "Keeps every documented promise.",
        kind: Kind::Faultless,
        violates: &[],
        addresses: 1,
        changes: Changes::NONE,
    };
}

/// The name says it all.
impl fmt::Debug for Behaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
