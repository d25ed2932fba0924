//! The dealers that a server knows.
//!
//! Must not print a password: [`Account`] hides it from `Debug`.

use std::fmt;

use serde_json::{Map, Value};

/// A dealer that may sign in.
#[derive(Clone)]
pub struct Account {
    /// The panel's login: a number on hosted panels, any text elsewhere.
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
