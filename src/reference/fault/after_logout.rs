//! Faults in what a hash still does once its session was ended by `logout`.

use serde_json::Map;

use super::{Family, Fault};
use crate::reference::call::{Action, Call, Encoding};
use crate::reference::change::Change;
use crate::reference::reply::Reply;
use crate::reference::server::Server;
use crate::reference::session::{Ending, Opening, Session, random_hash};
use crate::reference::trouble::Trouble;

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "ended-session-serves-json",
        family: Family::Logout,
        summary: "After logout the hash is still good by JSON.",
        violates: &["LO-ENDS", "LO-ALLWIRES"],
        changes: &[Change::Policy(|policy| {
            policy.is_alive = |session, call| session.is_open() || call.came_by(Encoding::Json)
        })],
    },
    Fault {
        name: "ended-session-serves-form",
        family: Family::Logout,
        summary: "After logout the hash is still good by form.",
        violates: &["LO-ALLWIRES", "LO-ENDS"],
        changes: &[Change::Policy(|policy| {
            policy.is_alive = |session, call| session.is_open() || call.came_by(Encoding::Form)
        })],
    },
    Fault {
        name: "ended-session-serves-get",
        family: Family::Logout,
        summary: "After logout the hash is still good by GET.",
        violates: &["LO-ALLWIRES", "LO-ENDS"],
        changes: &[Change::Policy(|policy| {
            policy.is_alive = |session, call| session.is_open() || call.came_by(Encoding::Query)
        })],
    },
    Fault {
        name: "ended-session-serves-post-query",
        family: Family::Logout,
        summary: "After logout the hash is still good by the query of a POST.",
        violates: &["LO-ALLWIRES", "LO-ENDS"],
        changes: &[Change::Policy(|policy| {
            policy.is_alive = |session, call| session.is_open() || call.came_by(Encoding::PostQuery)
        })],
    },
    Fault {
        name: "ended-session-serves-header",
        family: Family::Logout,
        summary: "After logout the hash is still good by header.",
        violates: &["LO-ALLWIRES", "LO-ENDS"],
        changes: &[Change::Policy(|policy| {
            policy.is_alive = |session, call| session.is_open() || call.came_by(Encoding::Header)
        })],
    },
    Fault {
        name: "ended-session-serves-other-encodings",
        family: Family::Logout,
        summary: "After logout the hash is refused only by the encoding of the logout.",
        violates: &["LO-ALLWIRES", "LO-ENDS"],
        changes: &[Change::Policy(|policy| {
            policy.is_alive = |session, call| {
                session.is_open() || ended(session, |ending| ending.encoding != call.encoding())
            }
        })],
    },
    Fault {
        name: "ended-session-serves-other-connections",
        family: Family::Logout,
        summary: "After logout the hash is refused only on the connection of the logout.",
        violates: &["LO-IMMEDIATE", "LO-ENDS"],
        changes: &[Change::Policy(|policy| {
            policy.is_alive = |session, call| {
                session.is_open()
                    || ended(session, |ending| ending.connection != call.request.connection)
            }
        })],
    },
    Fault {
        name: "ended-session-serves-same-connection",
        family: Family::Logout,
        summary: "After logout the hash is still good on the connection of the logout.",
        violates: &["LO-IMMEDIATE", "LO-ENDS"],
        changes: &[Change::Policy(|policy| {
            policy.is_alive = |session, call| {
                session.is_open()
                    || ended(session, |ending| ending.connection == call.request.connection)
            }
        })],
    },
    Fault {
        name: "ended-session-served-from-cache",
        family: Family::Logout,
        summary: "A GET that was answered once is answered from a cache, also after logout.",
        violates: &["LO-ENDS", "LO-ALLWIRES"],
        changes: &[Change::Policy(|policy| {
            policy.is_alive = |session, call| {
                session.is_open()
                    || (session.was_read_by_get
                        && call.is_get()
                        && call.action == Action::GetPermissions)
            }
        })],
    },
    Fault {
        name: "ended-session-known-to-one-replica",
        family: Family::Logout,
        summary: "One of three replicas does not hear of a logout.",
        violates: &["LO-ENDS", "LO-IMMEDIATE"],
        changes: &[Change::Policy(|policy| {
            policy.is_alive =
                |session, call| session.is_open() || call.request.serial.is_multiple_of(3)
        })],
    },
    Fault {
        name: "ended-session-still-logs-out",
        family: Family::Logout,
        summary: "After logout a second logout succeeds.",
        violates: &["LO-TWICE"],
        changes: &[Change::Policy(|policy| {
            policy.is_alive = |session, call| session.is_open() || call.action == Action::Logout
        })],
    },
    Fault {
        name: "ended-session-still-reads",
        family: Family::Logout,
        summary: "After logout the permissions can still be read.",
        violates: &["LO-ENDS"],
        changes: &[Change::Policy(|policy| {
            policy.is_alive =
                |session, call| session.is_open() || call.action == Action::GetPermissions
        })],
    },
    Fault {
        name: "second-logout-succeeds",
        family: Family::Logout,
        summary: "A second logout with the same hash succeeds.",
        violates: &["LO-TWICE"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Logout && reply.trouble == Some(Trouble::EndedHash) {
                *reply = Reply::success(Map::new());
                reply.set("success", true);
            }
        })],
    },
    Fault {
        name: "second-logout-code-201",
        family: Family::Logout,
        summary: "A second logout with the same hash is refused with code 201.",
        violates: &["LO-TWICE", "ERR-RANGE"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Logout && reply.trouble == Some(Trouble::EndedHash) {
                *reply = Reply::error(201, 400);
            }
        })],
    },
    Fault {
        name: "second-logout-crashes",
        family: Family::Logout,
        summary: "A second logout with the same hash makes the server fail.",
        violates: &["LO-TWICE"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Logout && reply.trouble == Some(Trouble::EndedHash) {
                *reply = Reply::error(6, 500);
            }
        })],
    },
    Fault {
        name: "second-logout-revives-session",
        family: Family::Logout,
        summary: "A second logout with the same hash is refused, and the session lives again.",
        violates: &["LO-ENDS"],
        changes: &[Change::Reply(|reply, call, server| {
            if call.action == Action::Logout && reply.trouble == Some(Trouble::EndedHash) {
                reopen(call, server);
            }
        })],
    },
    Fault {
        name: "ended-session-answers-success-without-permissions",
        family: Family::Logout,
        summary: "After logout asking for permissions answers success and no permissions.",
        violates: &["LO-ENDS"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::GetPermissions && reply.trouble == Some(Trouble::EndedHash) {
                *reply = Reply::success(Map::new());
                reply.set("success", true);
                reply.set("permissions", Map::new());
            }
        })],
    },
    Fault {
        name: "ended-session-refused-with-permissions",
        family: Family::Logout,
        summary: "After logout the refusal still carries the permissions.",
        violates: &["LO-ENDS"],
        changes: &[Change::Reply(|reply, call, server| {
            if reply.trouble == Some(Trouble::EndedHash)
                && let Some(session) = server.session_of(call)
            {
                reply.set("permissions", server.accounts[session.account].permissions.clone());
            }
        })],
    },
    Fault {
        name: "sign-in-after-logout-refused",
        family: Family::Logout,
        summary: "A dealer who has logged out cannot sign in again.",
        violates: &["LO-REAUTH", "M-AUTH-POST"],
        changes: &[Change::Reply(|reply, call, server| {
            if call.action == Action::Auth && reply.is_success() && has_logged_out(call, server) {
                *reply = Reply::error(103, 400);
            }
        })],
    },
    Fault {
        name: "sign-in-after-logout-same-hash",
        family: Family::Logout,
        summary: "Signing in after logout hands out the same hash again.",
        violates: &["LO-REAUTH", "AUTH-HASH-UNIQUE"],
        changes: &[Change::Policy(|policy| policy.new_hash = hash_of_ended_session)],
    },
    Fault {
        name: "sign-in-after-logout-revives-session",
        family: Family::Logout,
        summary: "Signing in after logout makes the ended session live again.",
        violates: &["LO-REAUTH"],
        changes: &[Change::Reply(|reply, call, server| {
            if call.action == Action::Auth
                && reply.is_success()
                && let Some((place, _)) = server.account(call.text("login"))
            {
                server.sessions().reopen(|session| session.account == place);
            }
        })],
    },
    Fault {
        name: "ended-session-revived-by-refused-call",
        family: Family::Logout,
        summary: "After logout a request for permissions is refused once, and the session lives again.",
        violates: &["LO-ENDS"],
        changes: &[Change::Reply(|reply, call, server| {
            if call.action == Action::GetPermissions && reply.trouble == Some(Trouble::EndedHash) {
                reopen(call, server);
            }
        })],
    },
    Fault {
        name: "sign-in-after-logout-without-permissions",
        family: Family::Logout,
        summary: "Signing in after logout shows no permissions, asking for them shows all.",
        violates: &["PAR-EQUAL", "AUTH-PERMS-FULL"],
        changes: &[Change::Reply(|reply, call, server| {
            if call.action == Action::Auth
                && has_logged_out(call, server)
                && let Some(permissions) = reply.permissions()
            {
                permissions.clear();
            }
        })],
    },
];

/// Takes a logout back.
fn reopen(call: &Call, server: &Server) {
    server.sessions().reopen(|session| session.hash == call.text("hash"));
}

fn ended(session: &Session, how: impl Fn(&Ending) -> bool) -> bool {
    session.ending.as_ref().is_some_and(how)
}

fn has_logged_out(call: &Call, server: &Server) -> bool {
    server.account(call.text("login")).is_some_and(|(place, _)| {
        server.sessions().count(|session| session.account == place && session.has_ended()) > 0
    })
}

/// The hash of the last ended session of the dealer, where there is one.
fn hash_of_ended_session(opening: &Opening<'_>) -> String {
    let ended = |session: &&Session| session.account == opening.place && session.has_ended();
    opening
        .sessions
        .iter()
        .rev()
        .find(ended)
        .map_or_else(random_hash, |session| session.hash.clone())
}
