//! How binding a documented statement is.
//!
//! A level is data: it never decides an exit code by itself (see `outcome`).

use serde::{Deserialize, Serialize};

/// How binding a requirement is; ordered, so that `Must > Should > May`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Reported, never held against the target.
    May,
    /// Printed and counted; decides the verdict only with `--strict`.
    Should,
    /// Decides the verdict.
    Must,
}

impl Level {
    /// All levels, the most binding first.
    pub const ALL: [Level; 3] = [Level::Must, Level::Should, Level::May];

    /// The word of the ledger: `must`, `should` or `may`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Level::May => "may",
            Level::Should => "should",
            Level::Must => "must",
        }
    }

    /// Reads the word of the ledger.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.name() == name)
    }
}

impl std::fmt::Display for Level {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
