//! Faults that let in whom the contract keeps out, or tell what it keeps to itself.

use serde_json::Map;

use super::{Family, Fault};
use crate::reference::call::{Action, Call, Encoding};
use crate::reference::change::Change;
use crate::reference::reply::Reply;
use crate::reference::server::Server;
use crate::reference::session::Session;
use crate::reference::trouble::Trouble;

pub(super) const FAULTS: &[Fault] = &[
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
    Fault {
        name: "session-repeats-password",
        family: Family::Security,
        summary: "The answer to a sign-in repeats the password that was sent.",
        violates: &["AUTH-NOECHO"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Auth && reply.is_success() {
                repeat_password(reply, call);
            }
        })],
    },
    Fault {
        name: "refusal-repeats-password",
        family: Family::Security,
        summary: "The refusal of a sign-in repeats the password that was sent.",
        violates: &["AUTH-NOECHO"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Auth && !reply.is_success() {
                repeat_password(reply, call);
            }
        })],
    },
    Fault {
        name: "blocked-dealer-refused-with-password",
        family: Family::Security,
        summary: "A blocked dealer is refused, and the refusal repeats the password.",
        violates: &["AUTH-NOECHO"],
        changes: &[Change::Reply(|reply, call, _| {
            if reply.trouble == Some(Trouble::Blocked) {
                repeat_password(reply, call);
            }
        })],
    },
    Fault {
        name: "password-of-another-dealer-accepted",
        family: Family::Security,
        summary: "The password of any dealer opens the account of every dealer.",
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
        name: "password-not-compared-beside-living-hash",
        family: Family::Security,
        summary: "Signing in with the hash of a living session does not look at the password.",
        violates: &["AUTH-WRONGPW"],
        changes: &[Change::Reply(|reply, call, server| {
            if reply.trouble == Some(Trouble::WrongPassword)
                && server.session_of(call).is_some_and(|session| session.is_open())
            {
                sign_in_anyway(reply, call, server);
            }
        })],
    },
    Fault {
        name: "unknown-dealer-admitted-after-another",
        family: Family::Security,
        summary: "An unknown login is admitted as the dealer who signed in before on the connection.",
        violates: &["AUTH-E12"],
        changes: &[Change::Reply(|reply, call, server| {
            if reply.trouble == Some(Trouble::UnknownDealer)
                && let Some(before) = session_on_connection(call, server)
            {
                admit(reply, call, server, before.account);
            }
        })],
    },
    Fault {
        name: "unknown-dealer-registered",
        family: Family::Security,
        summary: "An unknown login is refused once, and admitted the next time.",
        violates: &["AUTH-E12"],
        changes: &[Change::Reply(|reply, call, server| {
            if reply.trouble == Some(Trouble::UnknownDealer)
                && server.hears_again_of(call.text("login"))
            {
                admit(reply, call, server, 0);
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

/// Adds what was sent as the password.
fn repeat_password(reply: &mut Reply, call: &Call) {
    if let Some(password) = call.value("password") {
        reply.set("request", Map::from_iter([("password".to_owned(), password.clone())]));
    }
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

/// The session that was opened last on the connection of a call.
fn session_on_connection(call: &Call, server: &Server) -> Option<Session> {
    server.sessions().latest(|session| session.connection == call.request.connection)
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
