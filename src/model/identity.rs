//! Which suite judged: its name, its version, and digests of its files.

use serde::{Deserialize, Serialize};

/// Which suite judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuiteIdentity {
    /// Always `panel-conformance`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What its files were.
    pub digests: Digests,
}

impl SuiteIdentity {
    /// This version, with the files of these digests.
    #[must_use]
    pub fn with(digests: Digests) -> SuiteIdentity {
        SuiteIdentity {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            digests,
        }
    }
}

/// SHA-256 over names and contents, in hexadecimal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digests {
    /// Of all case files.
    pub cases: String,
    /// Of all schemas.
    pub schemas: String,
    /// Of the ledger and of the table of HTTP statuses.
    pub ledger: String,
}
