//! Faults that let in whom the contract keeps out, or tell what it keeps to itself.

use serde_json::{Map, Value};

use super::{Family, Fault};
use crate::reference::call::{Action, Call, Encoding};
use crate::reference::change::Change;
use crate::reference::reply::Reply;
use crate::reference::server::Server;
use crate::reference::trouble::Trouble;

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "any-password-accepted",
        family: Family::Security,
        summary: "Any password is accepted.",
        violates: &["AUTH-WRONGPW", "AUTH-PW-EXACT"],
        changes: &[Change::Policy(|policy| policy.password_matches = |_, _| true)],
    },
    Fault {
        name: "password-case-ignored",
        family: Family::Security,
        summary: "A password is accepted in any letter case.",
        violates: &["AUTH-PW-EXACT"],
        changes: &[Change::Policy(|policy| {
            policy.password_matches =
                |account, given| account.password.to_lowercase() == given.to_lowercase()
        })],
    },
    Fault {
        name: "password-prefix-accepted",
        family: Family::Security,
        summary: "The beginning of a password is accepted.",
        violates: &["AUTH-PW-EXACT"],
        changes: &[Change::Policy(|policy| {
            policy.password_matches = |account, given| account.password.starts_with(given)
        })],
    },
    Fault {
        name: "password-suffix-accepted",
        family: Family::Security,
        summary: "The end of a password is accepted.",
        violates: &["AUTH-PW-EXACT"],
        changes: &[Change::Policy(|policy| {
            policy.password_matches = |account, given| account.password.ends_with(given)
        })],
    },
    Fault {
        name: "password-extension-accepted",
        family: Family::Security,
        summary: "A password with more behind it is accepted.",
        violates: &["AUTH-PW-EXACT"],
        changes: &[Change::Policy(|policy| {
            policy.password_matches = |account, given| given.starts_with(&account.password)
        })],
    },
    Fault {
        name: "password-inside-accepted",
        family: Family::Security,
        summary: "A text with the password in it is accepted.",
        violates: &["AUTH-PW-EXACT"],
        changes: &[Change::Policy(|policy| {
            policy.password_matches = |account, given| given.contains(&account.password)
        })],
    },
    Fault {
        name: "password-cut-at-eight",
        family: Family::Security,
        summary: "Only the first eight bytes of a password are compared.",
        violates: &["AUTH-PW-EXACT"],
        changes: &[Change::Policy(|policy| {
            policy.password_matches = |account, given| cut(&account.password, 8) == cut(given, 8)
        })],
    },
    Fault {
        name: "password-without-last-character",
        family: Family::Security,
        summary: "A password is accepted without its last character.",
        violates: &["AUTH-PW-EXACT"],
        changes: &[Change::Policy(|policy| {
            policy.password_matches =
                |account, given| account.password == given || strip_last(&account.password) == given
        })],
    },
    Fault {
        name: "password-without-first-character",
        family: Family::Security,
        summary: "A password is accepted without its first character.",
        violates: &["AUTH-PW-EXACT"],
        changes: &[Change::Policy(|policy| {
            policy.password_matches = |account, given| {
                account.password == given || account.password.chars().skip(1).eq(given.chars())
            }
        })],
    },
    Fault {
        name: "password-ends-at-nul",
        family: Family::Security,
        summary: "A password is read up to the first NUL.",
        violates: &["AUTH-PW-EXACT"],
        changes: &[Change::Policy(|policy| {
            policy.password_matches =
                |account, given| given.split('\0').next() == Some(account.password.as_str())
        })],
    },
    Fault {
        name: "password-punctuation-ignored",
        family: Family::Security,
        summary: "Only letters and digits of a password are compared.",
        violates: &["AUTH-PW-EXACT"],
        changes: &[Change::Policy(|policy| {
            policy.password_matches =
                |account, given| alphanumeric(&account.password) == alphanumeric(given)
        })],
    },
    Fault {
        name: "password-digits-ignored",
        family: Family::Security,
        summary: "Digits of a password are not compared.",
        violates: &["AUTH-PW-EXACT"],
        changes: &[Change::Policy(|policy| {
            policy.password_matches =
                |account, given| without_digits(&account.password) == without_digits(given)
        })],
    },
    Fault {
        name: "password-order-ignored",
        family: Family::Security,
        summary: "A password is accepted with its characters in any order.",
        violates: &["AUTH-PW-EXACT"],
        changes: &[Change::Policy(|policy| {
            policy.password_matches = |account, given| sorted(&account.password) == sorted(given)
        })],
    },
    Fault {
        name: "password-length-compared-only",
        family: Family::Security,
        summary: "Any password of the right length is accepted.",
        violates: &["AUTH-WRONGPW", "AUTH-PW-EXACT"],
        changes: &[Change::Policy(|policy| {
            policy.password_matches =
                |account, given| account.password.chars().count() == given.chars().count()
        })],
    },
    Fault {
        name: "password-wildcard-accepted",
        family: Family::Security,
        summary: "A percent sign or an asterisk is accepted for a password.",
        violates: &["AUTH-WRONGPW"],
        changes: &[Change::Policy(|policy| {
            policy.password_matches =
                |account, given| account.password == given || given == "%" || given == "*"
        })],
    },
    Fault {
        name: "password-injection-accepted",
        family: Family::Security,
        summary: "A password that closes the quote and adds a condition is accepted.",
        violates: &["AUTH-WRONGPW"],
        changes: &[Change::Policy(|policy| {
            policy.password_matches =
                |account, given| account.password == given || given.contains("' OR '")
        })],
    },
    Fault {
        name: "login-accepted-as-password",
        family: Family::Security,
        summary: "The login is accepted for a password.",
        violates: &["AUTH-WRONGPW"],
        changes: &[Change::Policy(|policy| {
            policy.password_matches =
                |account, given| account.password == given || account.login == given
        })],
    },
    Fault {
        name: "password-of-another-dealer-accepted",
        family: Family::Security,
        summary: "The password of any dealer is accepted for any login.",
        violates: &["AUTH-WRONGPW"],
        changes: &[Change::Reply(|reply, call, server| {
            if reply.trouble == Some(Trouble::WrongPassword)
                && server.accounts.iter().any(|account| account.password == call.text("password"))
            {
                sign_in_anyway(reply, call, server);
            }
        })],
    },
    Fault {
        name: "password-not-compared-while-signed-in",
        family: Family::Security,
        summary: "A dealer who is signed in may sign in again with any password.",
        violates: &["AUTH-WRONGPW"],
        changes: &[Change::Reply(|reply, call, server| {
            if reply.trouble == Some(Trouble::WrongPassword) && is_signed_in(call, server) {
                sign_in_anyway(reply, call, server);
            }
        })],
    },
    Fault {
        name: "wrong-password-by-form-accepted",
        family: Family::Security,
        summary: "Signing in by form accepts any password.",
        violates: &["AUTH-WRONGPW", "T-FORM-AUTH"],
        changes: &[Change::Reply(|reply, call, server| {
            if reply.trouble == Some(Trouble::WrongPassword) && call.came_by(Encoding::Form) {
                sign_in_anyway(reply, call, server);
            }
        })],
    },
    Fault {
        name: "wrong-password-by-get-accepted",
        family: Family::Security,
        summary: "Signing in by GET accepts any password.",
        violates: &["AUTH-WRONGPW", "M-AUTH-GET"],
        changes: &[Change::Reply(|reply, call, server| {
            if reply.trouble == Some(Trouble::WrongPassword) && call.came_by(Encoding::Query) {
                sign_in_anyway(reply, call, server);
            }
        })],
    },
    Fault {
        name: "blocked-dealer-by-form-admitted",
        family: Family::Security,
        summary: "A blocked dealer may sign in by form.",
        violates: &["AUTH-E11", "T-FORM-AUTH"],
        changes: &[Change::Reply(|reply, call, server| {
            if reply.trouble == Some(Trouble::Blocked) && call.came_by(Encoding::Form) {
                sign_in_anyway(reply, call, server);
            }
        })],
    },
    Fault {
        name: "blocked-dealer-by-get-admitted",
        family: Family::Security,
        summary: "A blocked dealer may sign in by GET.",
        violates: &["AUTH-E11", "M-AUTH-GET"],
        changes: &[Change::Reply(|reply, call, server| {
            if reply.trouble == Some(Trouble::Blocked) && call.came_by(Encoding::Query) {
                sign_in_anyway(reply, call, server);
            }
        })],
    },
    Fault {
        name: "missing-password-accepted",
        family: Family::Security,
        summary: "A known login without a password is admitted.",
        violates: &["AUTH-MISSING"],
        changes: &[Change::Reply(|reply, call, server| {
            if reply.trouble == Some(Trouble::MissingField)
                && call.value("password").is_none()
                && !is_null(call)
            {
                sign_in_anyway(reply, call, server);
            }
        })],
    },
    Fault {
        name: "null-password-accepted",
        family: Family::Security,
        summary: "A known login with null for a password is admitted.",
        violates: &["AUTH-BADTYPE"],
        changes: &[Change::Reply(|reply, call, server| {
            if reply.trouble == Some(Trouble::MissingField) && is_null(call) {
                sign_in_anyway(reply, call, server);
            }
        })],
    },
    Fault {
        name: "empty-password-accepted",
        family: Family::Security,
        summary: "A known login with an empty password is admitted.",
        violates: &["AUTH-EMPTYVAL"],
        changes: &[Change::Reply(|reply, call, server| {
            if reply.trouble == Some(Trouble::EmptyField) && call.text("password").is_empty() {
                sign_in_anyway(reply, call, server);
            }
        })],
    },
    Fault {
        name: "true-password-accepted",
        family: Family::Security,
        summary: "A known login with true for a password is admitted.",
        violates: &["AUTH-BADTYPE"],
        changes: &[Change::Reply(|reply, call, server| {
            if reply.trouble == Some(Trouble::FieldType)
                && call.value("password") == Some(&Value::Bool(true))
            {
                sign_in_anyway(reply, call, server);
            }
        })],
    },
    Fault {
        name: "number-password-accepted",
        family: Family::Security,
        summary: "A known login with any number for a password is admitted.",
        violates: &["AUTH-BADTYPE"],
        changes: &[Change::Reply(|reply, call, server| {
            if reply.trouble == Some(Trouble::FieldType)
                && call.value("password").is_some_and(Value::is_number)
            {
                sign_in_anyway(reply, call, server);
            }
        })],
    },
    Fault {
        name: "listed-password-accepted",
        family: Family::Security,
        summary: "A known login with any list for a password is admitted.",
        violates: &["AUTH-BADTYPE"],
        changes: &[Change::Reply(|reply, call, server| {
            if reply.trouble == Some(Trouble::FieldType)
                && call.value("password").is_some_and(Value::is_array)
            {
                sign_in_anyway(reply, call, server);
            }
        })],
    },
    Fault {
        name: "object-password-accepted",
        family: Family::Security,
        summary: "A known login with any object for a password is admitted.",
        violates: &["AUTH-BADTYPE"],
        changes: &[Change::Reply(|reply, call, server| {
            if reply.trouble == Some(Trouble::FieldType)
                && call.value("password").is_some_and(Value::is_object)
            {
                sign_in_anyway(reply, call, server);
            }
        })],
    },
    Fault {
        name: "login-prefix-accepted",
        family: Family::Security,
        summary: "The beginning of a login is accepted for it.",
        violates: &["AUTH-E12"],
        changes: &[Change::Policy(|policy| {
            policy.login_matches = |account, given| account.login.starts_with(given)
        })],
    },
    Fault {
        name: "login-extension-accepted",
        family: Family::Security,
        summary: "A login with more behind it is accepted.",
        violates: &["AUTH-E12"],
        changes: &[Change::Policy(|policy| {
            policy.login_matches = |account, given| given.starts_with(&account.login)
        })],
    },
    Fault {
        name: "login-leading-zeros-ignored",
        family: Family::Security,
        summary: "A login with zeros before it is accepted.",
        violates: &["AUTH-E12"],
        changes: &[Change::Policy(|policy| {
            policy.login_matches = |account, given| account.login == given.trim_start_matches('0')
        })],
    },
    Fault {
        name: "login-wildcard-accepted",
        family: Family::Security,
        summary: "A percent sign or an asterisk stands for any ending of a login.",
        violates: &["AUTH-E12"],
        changes: &[Change::Policy(|policy| {
            policy.login_matches =
                |account, given| account.login == given || is_pattern_of(given, &account.login)
        })],
    },
    Fault {
        name: "login-injection-accepted",
        family: Family::Security,
        summary: "A login that closes the quote and adds a condition is accepted.",
        violates: &["AUTH-E12"],
        changes: &[Change::Policy(|policy| {
            policy.login_matches =
                |account, given| account.login == given || given.contains("' OR '")
        })],
    },
    Fault {
        name: "unknown-dealer-is-first-dealer",
        family: Family::Security,
        summary: "An unknown login with any password is admitted as the first dealer.",
        violates: &["AUTH-E12", "AUTH-NOLEAK"],
        changes: &[Change::Reply(|reply, call, server| {
            if reply.trouble == Some(Trouble::UnknownDealer) {
                admit(reply, call, server, 0);
            }
        })],
    },
    Fault {
        name: "wrong-password-refused-with-hash",
        family: Family::Security,
        summary: "A wrong password is refused, and the refusal carries the hash of a session.",
        violates: &["AUTH-NOLEAK", "AUTH-WRONGPW"],
        changes: &[Change::Reply(|reply, call, server| {
            if reply.trouble == Some(Trouble::WrongPassword) {
                leak_hash(reply, call, server);
            }
        })],
    },
    Fault {
        name: "blocked-dealer-refused-with-hash",
        family: Family::Security,
        summary: "A blocked dealer is refused, and the refusal carries the hash of a session.",
        violates: &["AUTH-NOLEAK", "AUTH-E11"],
        changes: &[Change::Reply(|reply, call, server| {
            if reply.trouble == Some(Trouble::Blocked) {
                leak_hash(reply, call, server);
            }
        })],
    },
    Fault {
        name: "unknown-dealer-refused-with-hash",
        family: Family::Security,
        summary: "An unknown dealer is refused, and the refusal carries the hash of a session.",
        violates: &["AUTH-NOLEAK", "AUTH-E12"],
        changes: &[Change::Reply(|reply, call, server| {
            if reply.trouble == Some(Trouble::UnknownDealer) {
                leak_hash(reply, call, server);
            }
        })],
    },
    Fault {
        name: "missing-field-refused-with-hash",
        family: Family::Security,
        summary: "A sign-in without a password is refused, and the refusal carries the hash of a session.",
        violates: &["AUTH-NOLEAK", "AUTH-MISSING"],
        changes: &[Change::Reply(|reply, call, server| {
            if reply.trouble == Some(Trouble::MissingField) {
                leak_hash(reply, call, server);
            }
        })],
    },
    Fault {
        name: "wrong-password-refused-with-permissions",
        family: Family::Security,
        summary: "A wrong password is refused, and the refusal carries permissions.",
        violates: &["AUTH-WRONGPW", "AUTH-NOLEAK"],
        changes: &[Change::Reply(|reply, _, server| {
            if reply.trouble == Some(Trouble::WrongPassword) {
                reply.set("permissions", server.accounts[0].permissions.clone());
            }
        })],
    },
    Fault {
        name: "blocked-dealer-refused-with-permissions",
        family: Family::Security,
        summary: "A blocked dealer is refused, and the refusal carries permissions.",
        violates: &["AUTH-E11", "AUTH-NOLEAK"],
        changes: &[Change::Reply(|reply, _, server| {
            if reply.trouble == Some(Trouble::Blocked) {
                reply.set("permissions", server.accounts[0].permissions.clone());
            }
        })],
    },
    Fault {
        name: "unknown-hash-refused-with-permissions",
        family: Family::Security,
        summary: "An unknown hash is refused, and the refusal carries permissions.",
        violates: &["HASH-UNKNOWN", "HASH-NEAR"],
        changes: &[Change::Reply(|reply, _, server| {
            if reply.trouble == Some(Trouble::UnknownHash) {
                reply.set("permissions", server.accounts[0].permissions.clone());
            }
        })],
    },
    Fault {
        name: "missing-hash-refused-with-permissions",
        family: Family::Security,
        summary: "A missing hash is refused, and the refusal carries permissions.",
        violates: &["HASH-MISSING"],
        changes: &[Change::Reply(|reply, _, server| {
            if reply.trouble == Some(Trouble::NoHash) {
                reply.set("permissions", server.accounts[0].permissions.clone());
            }
        })],
    },
    Fault {
        name: "sign-in-hands-out-hash-of-another-dealer",
        family: Family::Security,
        summary: "Signing in hands out the hash of another dealer who is signed in.",
        violates: &["GP-SESSION", "AUTH-HASH-UNIQUE"],
        changes: &[Change::Reply(|reply, call, server| {
            if call.action == Action::Auth
                && reply.is_success()
                && let Some(hash) = hash_of_another(call, server)
            {
                reply.set("hash", hash);
            }
        })],
    },
];

/// Signs in the dealer whose login was given, whatever the password.
fn sign_in_anyway(reply: &mut Reply, call: &Call, server: &Server) {
    if let Some((place, _)) = server.account(call.text("login")) {
        admit(reply, call, server, place);
    }
}

/// Answers as if the dealer at this place had signed in.
fn admit(reply: &mut Reply, call: &Call, server: &Server, place: usize) {
    let account = &server.accounts[place];
    let session = server.open_session(place, call);
    *reply = Reply::success(Map::new());
    reply.set("hash", session.hash);
    reply.set("success", true);
    reply.set("permissions", account.permissions.clone());
}

/// Adds to a refusal the hash of a session that works.
fn leak_hash(reply: &mut Reply, call: &Call, server: &Server) {
    if call.action == Action::Auth {
        reply.set("hash", server.open_session(0, call).hash);
    }
}

fn hash_of_another(call: &Call, server: &Server) -> Option<String> {
    let (place, _) = server.account(call.text("login"))?;
    let other =
        server.sessions().latest(|session| session.account != place && session.is_open())?;
    Some(other.hash)
}

fn is_signed_in(call: &Call, server: &Server) -> bool {
    server.account(call.text("login")).is_some_and(|(place, _)| {
        server.sessions().count(|session| session.account == place && session.is_open()) > 0
    })
}

fn is_null(call: &Call) -> bool {
    call.parameters
        .iter()
        .any(|parameter| parameter.name == "password" && parameter.value.is_null())
}

/// At most so many bytes of a text.
fn cut(text: &str, length: usize) -> &[u8] {
    &text.as_bytes()[..text.len().min(length)]
}

fn strip_last(text: &str) -> &str {
    text.char_indices().next_back().map_or("", |(at, _)| &text[..at])
}

fn alphanumeric(text: &str) -> String {
    text.chars().filter(|character| character.is_alphanumeric()).collect()
}

fn without_digits(text: &str) -> String {
    text.chars().filter(|character| !character.is_ascii_digit()).collect()
}

fn sorted(text: &str) -> Vec<char> {
    let mut characters: Vec<char> = text.chars().collect();
    characters.sort_unstable();
    characters
}

/// `2041%` is a pattern of `20410`.
fn is_pattern_of(given: &str, login: &str) -> bool {
    given.strip_suffix(['%', '*']).is_some_and(|beginning| login.starts_with(beginning))
}
