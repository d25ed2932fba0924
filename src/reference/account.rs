//! What the server is told before it starts: its accounts, its clock and its behaviour.
//!
//! Must not print a password: [`Account`] hides it from `Debug`.

use std::fmt;
use std::time::Duration;

use serde_json::{Map, Value};

use super::behaviour::Behaviour;

/// A dealer that may sign in.
#[derive(Clone)]
pub struct Account {
    /// The panel's login, a number on hosted panels, any text elsewhere.
    pub login: String,
    /// Compared whole, byte for byte.
    pub password: String,
    /// Category name to array of operation names.
    pub permissions: Map<String, Value>,
    /// A blocked dealer is refused with code 11 even with the right password.
    pub blocked: bool,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("login", &self.login)
            .field("password", &"«hidden»")
            .field("permissions", &self.permissions)
            .field("blocked", &self.blocked)
            .finish()
    }
}

/// Everything that [`serve`](super::serve) needs to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// The dealers; the first that answers to a login is taken.
    pub accounts: Vec<Account>,
    /// How long a session lives, counted from sign-in whatever it is used for.
    pub session_lifetime: Duration,
    /// Hashes that once were sessions and have expired; refused with code 4.
    pub expired_hashes: Vec<String>,
    /// Faultless, or one departure.
    pub behaviour: Behaviour,
}

impl Config {
    /// A faultless server with these accounts, no expired hashes and the documented lifetime of 30 days.
    #[must_use]
    pub fn faultless(accounts: Vec<Account>) -> Self {
        Self {
            accounts,
            session_lifetime: Duration::from_secs(30 * 24 * 60 * 60),
            expired_hashes: Vec::new(),
            behaviour: Behaviour::Faultless,
        }
    }
}
