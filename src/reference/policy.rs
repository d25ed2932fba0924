//! How the server decides, each decision a value or a small function that a fault may replace.
//!
//! [`Policy::default`] is the contract; nothing here knows a particular fault.

use std::time::Duration;

use super::account::Account;
use super::call::Call;
use super::code;
use super::refusal::Reason;
use super::session::{NewSession, Session, random_hash};

/// Whether two things go together.
type Test<A, B> = Box<dyn Fn(&A, &B) -> bool + Send + Sync>;

/// Whether a logout, the session's own and the call that asks for it, ends another session.
type Ends = Box<dyn Fn(&Session, &Call, &Session) -> bool + Send + Sync>;

/// How the server decides.
pub(crate) struct Policy {
    /// Codes other than [`Reason::code`]; the last entry for a reason counts.
    pub(crate) codes: Vec<(Reason, u32)>,
    /// HTTP statuses other than those of the error table, by code.
    pub(crate) statuses: Vec<(u32, u16)>,
    /// Whether a login is that of an account.
    pub(crate) login_matches: Test<Account, str>,
    /// Whether a password is that of an account.
    pub(crate) password_matches: Test<Account, str>,
    /// Whether an account is refused as blocked.
    pub(crate) is_blocked: fn(&Account) -> bool,
    /// Makes the hash of a new session.
    pub(crate) new_hash: Box<dyn Fn(&NewSession<'_>) -> String + Send + Sync>,
    /// Whether a hash is that of a session.
    pub(crate) hash_matches: Test<Session, str>,
    /// Whether a hash that is not that of a session is at least well-formed.
    pub(crate) looks_like_hash: fn(&str) -> bool,
    /// Whether a session serves a call.
    pub(crate) serves: Test<Session, Call>,
    /// Whether signing in, which opens the first session, ends the second.
    pub(crate) displaces: Test<Session, Session>,
    /// Whether logging out of the first session ends the second.
    pub(crate) ends: Ends,
    /// How long after the answer to logout the session really ends.
    pub(crate) logout_delay: Duration,
    /// How long a call waits before it is decided.
    pub(crate) delay: Box<dyn Fn(&Call) -> Duration + Send + Sync>,
    /// `Content-Type` instead of `content-type`.
    pub(crate) title_case_headers: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            codes: Vec::new(),
            statuses: Vec::new(),
            login_matches: Box::new(|account, login| account.login == login),
            password_matches: Box::new(|account, password| account.password == password),
            is_blocked: |account| account.blocked,
            new_hash: Box::new(|_| random_hash()),
            hash_matches: Box::new(|session, hash| session.hash == hash),
            looks_like_hash: |hash| hash.bytes().all(|byte| byte.is_ascii_hexdigit()),
            serves: Box::new(|session, _| session.is_open()),
            displaces: Box::new(|_, _| false),
            ends: Box::new(|current, _, other| current.number == other.number),
            logout_delay: Duration::ZERO,
            delay: Box::new(|_| Duration::ZERO),
            title_case_headers: false,
        }
    }
}

impl Policy {
    /// The code for a reason.
    pub(crate) fn code(&self, reason: Reason) -> u32 {
        let own = self.codes.iter().rev().find(|(of, _)| *of == reason);
        own.map_or_else(|| reason.code(), |(_, code)| *code)
    }

    /// The HTTP status for a code.
    pub(crate) fn status(&self, code: u32) -> u16 {
        let own = self.statuses.iter().find(|(of, _)| *of == code);
        own.map_or_else(|| code::status(code), |(_, status)| *status)
    }
}
