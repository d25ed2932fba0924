//! What the API is called: its actions, parameters, paths and codes.
//!
//! The one home of these names. The reference server has its own, since it is to be a second
//! reading of the documents.

/// An action of `panel/account`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Opens a session.
    Auth,
    /// Tells what a session may do.
    GetPermissions,
    /// Ends a session.
    Logout,
}

impl Action {
    /// All actions.
    pub const ALL: [Action; 3] = [Action::Auth, Action::GetPermissions, Action::Logout];

    /// Their names, in the same order.
    pub const NAMES: &[&str] =
        &[Action::Auth.name(), Action::GetPermissions.name(), Action::Logout.name()];

    /// The word in paths and case files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Action::Auth => "auth",
            Action::GetPermissions => "get_permissions",
            Action::Logout => "logout",
        }
    }

    /// Reads the word of a case file.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Action> {
        Action::ALL.into_iter().find(|action| action.name() == name)
    }

    /// The path below the base URL.
    #[must_use]
    pub fn path(self) -> String {
        format!("{RESOURCE}{}", self.name())
    }

    /// Whether a request with this path calls the action, with a trailing slash or without.
    #[must_use]
    pub fn is_at(self, path: &str) -> bool {
        path.trim_end_matches('/').rsplit('/').next() == Some(self.name())
    }
}

/// The path of the resource below the base URL.
pub(crate) const RESOURCE: &str = "/panel/account/";

/// The parameters of the actions.
pub(crate) const PARAMETERS: &[&str] = &["login", "password", HASH];

/// The parameter, and the member of an answer, that names a session.
pub(crate) const HASH: &str = "hash";

/// What stands at the top of documented answers.
pub(crate) const MEMBERS: &[&str] = &["success", HASH, "permissions", "status"];

/// The code that says that a dealer is blocked.
pub(crate) const BLOCKED: i64 = 11;

/// The codes by which a sign-in is refused: blocked, unknown, or the wrong password.
pub(crate) const NOT_ADMITTED: [i64; 3] = [BLOCKED, 12, 102];

/// The codes that ask to wait and try again: the rate limit, and two limits on logins.
pub(crate) const ASK_TO_WAIT: [i64; 3] = [15, 104, 105];

/// The HTTP status that asks the same.
pub(crate) const TOO_MANY_REQUESTS: u16 = 429;

/// The HTTP status of trouble that passes.
pub(crate) const UNAVAILABLE: u16 = 503;

/// The codes that go with it, of a queue that fails and of a database that is away.
pub(crate) const TROUBLE_THAT_PASSES: [i64; 2] = [8, 14];

/// The header that says when to try again, in lower case.
pub(crate) const RETRY_AFTER: &str = "retry-after";
