//! The decisions of the server that a departure may take otherwise, each a plain value or a small function.
//!
//! [`Policy::default`] is the contract; nothing here knows of a particular fault.

use std::time::Duration;

use super::account::Account;
use super::call::Call;
use super::code;
use super::session::{Opening, Session, random_hash};
use super::trouble::Trouble;

/// How the server decides.
pub(crate) struct Policy {
    /// Codes that differ from [`Trouble::code`]; the last entry for a trouble counts.
    pub(crate) codes: Vec<(Trouble, u32)>,
    /// HTTP statuses that differ from the error table.
    pub(crate) statuses: Vec<(u32, u16)>,
    /// Whether an account answers to a login.
    pub(crate) login_matches: fn(&Account, &str) -> bool,
    /// Whether a password opens an account.
    pub(crate) password_matches: fn(&Account, &str) -> bool,
    /// Whether an account is kept out.
    pub(crate) is_blocked: fn(&Account) -> bool,
    /// Whether `auth` insists on a login and a password that are not empty.
    pub(crate) is_empty: fn(&str) -> bool,
    /// Makes the hash of a session that is being opened.
    pub(crate) new_hash: fn(&Opening<'_>) -> String,
    /// Whether a given hash means a session.
    pub(crate) hash_matches: fn(&Session, &str) -> bool,
    /// Whether an unknown hash at least looks like one.
    pub(crate) looks_like_hash: fn(&str) -> bool,
    /// Whether a session serves a call.
    pub(crate) is_alive: fn(&Session, &Call) -> bool,
    /// Whether signing in (the first) ends an older session (the second).
    pub(crate) displaces: fn(&Session, &Session) -> bool,
    /// Whether logging out (the first, by this call) ends a session (the second).
    pub(crate) ends: fn(&Session, &Call, &Session) -> bool,
    /// How long after the answer to logout the session really ends.
    pub(crate) logout_delay: Duration,
    /// `Content-Type` instead of `content-type`.
    pub(crate) title_case_headers: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            codes: Vec::new(),
            statuses: Vec::new(),
            login_matches: |account, login| account.login == login,
            password_matches: |account, password| account.password == password,
            is_blocked: |account| account.blocked,
            is_empty: str::is_empty,
            new_hash: |_| random_hash(),
            hash_matches: |session, hash| session.hash == hash,
            looks_like_hash: |hash| hash.bytes().all(|byte| byte.is_ascii_hexdigit()),
            is_alive: |session, _| session.is_open(),
            displaces: |_, _| false,
            ends: |current, _, other| current.number == other.number,
            logout_delay: Duration::ZERO,
            title_case_headers: false,
        }
    }
}

impl Policy {
    /// The code that names a trouble.
    pub(crate) fn code(&self, trouble: Trouble) -> u32 {
        let own = self.codes.iter().rev().find(|(of, _)| *of == trouble);
        own.map_or_else(|| trouble.code(), |(_, code)| *code)
    }

    /// The HTTP status that goes with a code.
    pub(crate) fn status(&self, code: u32) -> u16 {
        let own = self.statuses.iter().find(|(of, _)| *of == code);
        own.map_or_else(|| code::status(code), |(_, status)| *status)
    }
}
