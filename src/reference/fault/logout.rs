//! Faults in what `logout` ends, when it ends it, and what it answers.

use std::time::Duration;

use hyper::header::LOCATION;
use serde_json::{Map, Value, json};

use super::{Family, Fault};
use crate::reference::call::{Action, Call, Encoding};
use crate::reference::change::Change;
use crate::reference::reply::Reply;
use crate::reference::response::Response;
use crate::reference::server::Server;
use crate::reference::session::{Ending, Opening, Session, random_hash};
use crate::reference::trouble::Trouble;

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "logout-ends-nothing",
        family: Family::Logout,
        summary: "Logout answers success and ends nothing.",
        violates: &["LO-ENDS"],
        changes: &[Change::Policy(|policy| {
            policy.ends = |_, _, _| false;
        })],
    },
    Fault {
        name: "logout-by-json-ends-nothing",
        family: Family::Logout,
        summary: "Logout by JSON answers success and ends nothing.",
        violates: &["M-LOGOUT-POST", "LO-ENDS", "LO-ALLWIRES"],
        changes: &[Change::Policy(|policy| {
            policy.ends = |current, call, other| {
                current.number == other.number && !call.came_by(Encoding::Json)
            };
        })],
    },
    Fault {
        name: "logout-by-form-ends-nothing",
        family: Family::Logout,
        summary: "Logout by form answers success and ends nothing.",
        violates: &["LO-ENDS", "T-FORM-HASH", "LO-ALLWIRES"],
        changes: &[Change::Policy(|policy| {
            policy.ends = |current, call, other| {
                current.number == other.number && !call.came_by(Encoding::Form)
            };
        })],
    },
    Fault {
        name: "logout-by-get-ends-nothing",
        family: Family::Logout,
        summary: "Logout by GET answers success and ends nothing.",
        violates: &["M-LOGOUT-GET", "LO-ENDS", "LO-ALLWIRES"],
        changes: &[Change::Policy(|policy| {
            policy.ends = |current, call, other| {
                current.number == other.number && !call.came_by(Encoding::Query)
            };
        })],
    },
    Fault {
        name: "logout-by-post-query-ends-nothing",
        family: Family::Logout,
        summary: "Logout by the query of a POST answers success and ends nothing.",
        violates: &["LO-ENDS", "T-QUERY-POST", "LO-ALLWIRES"],
        changes: &[Change::Policy(|policy| {
            policy.ends = |current, call, other| {
                current.number == other.number && !call.came_by(Encoding::PostQuery)
            };
        })],
    },
    Fault {
        name: "logout-by-header-ends-nothing",
        family: Family::Logout,
        summary: "Logout by header answers success and ends nothing.",
        violates: &["LO-ENDS", "T-HEADER-HASH", "LO-ALLWIRES"],
        changes: &[Change::Policy(|policy| {
            policy.ends = |current, call, other| {
                current.number == other.number && !call.came_by(Encoding::Header)
            };
        })],
    },
    Fault {
        name: "logout-of-form-session-ends-nothing",
        family: Family::Logout,
        summary: "Logout does not end a session that was opened by form.",
        violates: &["LO-ENDS"],
        changes: &[Change::Policy(|policy| {
            policy.ends = |current, _, other| {
                current.number == other.number && current.encoding != Some(Encoding::Form)
            };
        })],
    },
    Fault {
        name: "logout-on-another-connection-ends-nothing",
        family: Family::Logout,
        summary: "Logout ends nothing unless it comes on the connection of the sign-in.",
        violates: &["LO-ENDS", "SES-ANYWIRE"],
        changes: &[Change::Policy(|policy| {
            policy.ends = |current, call, other| {
                current.number == other.number && current.connection == call.request.connection
            };
        })],
    },
    Fault {
        name: "logout-of-unused-session-ends-nothing",
        family: Family::Logout,
        summary: "Logout does not end a session that has served no other call.",
        violates: &["LO-ENDS"],
        changes: &[Change::Policy(|policy| {
            policy.ends = |current, _, other| current.number == other.number && current.uses > 1;
        })],
    },
    Fault {
        name: "logout-ends-every-session-of-dealer",
        family: Family::Logout,
        summary: "Logout ends every session of the dealer.",
        violates: &["LO-CURRENT"],
        changes: &[Change::Policy(|policy| {
            policy.ends = |current, _, other| current.account == other.account;
        })],
    },
    Fault {
        name: "logout-ends-every-session",
        family: Family::Logout,
        summary: "Logout ends every session of every dealer.",
        violates: &["LO-CURRENT"],
        changes: &[Change::Policy(|policy| {
            policy.ends = |_, _, _| true;
        })],
    },
    Fault {
        name: "logout-ends-older-sessions-too",
        family: Family::Logout,
        summary: "Logout ends the older sessions of the dealer too.",
        violates: &["LO-CURRENT"],
        changes: &[Change::Policy(|policy| {
            policy.ends = |current, _, other| {
                current.account == other.account && other.number <= current.number
            };
        })],
    },
    Fault {
        name: "logout-ends-newer-sessions-too",
        family: Family::Logout,
        summary: "Logout ends the newer sessions of the dealer too.",
        violates: &["LO-CURRENT"],
        changes: &[Change::Policy(|policy| {
            policy.ends = |current, _, other| {
                current.account == other.account && other.number >= current.number
            };
        })],
    },
    Fault {
        name: "logout-ends-sessions-of-other-dealers",
        family: Family::Logout,
        summary: "Logout ends the sessions of every other dealer too.",
        violates: &["LO-CURRENT"],
        changes: &[Change::Policy(|policy| {
            policy.ends = |current, _, other| {
                current.account != other.account || current.number == other.number
            };
        })],
    },
    Fault {
        name: "logout-by-get-ends-every-session-of-dealer",
        family: Family::Logout,
        summary: "Logout by GET ends every session of the dealer.",
        violates: &["LO-CURRENT", "M-SAME"],
        changes: &[Change::Policy(|policy| {
            policy.ends = |current, call, other| {
                current.number == other.number
                    || (call.is_get() && current.account == other.account)
            };
        })],
    },
    Fault {
        name: "logout-300-ms-late",
        family: Family::Logout,
        summary: "Logout is answered 300 milliseconds before the session ends.",
        violates: &["LO-IMMEDIATE", "LO-ENDS"],
        changes: &[Change::Policy(|policy| policy.logout_delay = Duration::from_millis(300))],
    },
    Fault {
        name: "logout-three-seconds-late",
        family: Family::Logout,
        summary: "Logout is answered three seconds before the session ends.",
        violates: &["LO-IMMEDIATE", "LO-ENDS"],
        changes: &[Change::Policy(|policy| policy.logout_delay = Duration::from_secs(3))],
    },
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
        name: "logout-without-success",
        family: Family::Logout,
        summary: "Logout answers an empty object.",
        violates: &["LO-SHAPE"],
        changes: &[Change::Success(Action::Logout, |reply| reply.drop("success"))],
    },
    Fault {
        name: "logout-success-null",
        family: Family::Logout,
        summary: "Logout says that `success` is null.",
        violates: &["LO-SHAPE"],
        changes: &[Change::Success(Action::Logout, |reply| reply.set("success", Value::Null))],
    },
    Fault {
        name: "logout-success-text",
        family: Family::Logout,
        summary: "Logout says that `success` is the string `true`.",
        violates: &["LO-SHAPE"],
        changes: &[Change::Success(Action::Logout, |reply| reply.set("success", "true"))],
    },
    Fault {
        name: "logout-success-one",
        family: Family::Logout,
        summary: "Logout says that `success` is 1.",
        violates: &["LO-SHAPE"],
        changes: &[Change::Success(Action::Logout, |reply| reply.set("success", 1))],
    },
    Fault {
        name: "logout-success-false",
        family: Family::Logout,
        summary: "Logout does its work and says that `success` is false.",
        violates: &["LO-SHAPE"],
        changes: &[Change::Success(Action::Logout, |reply| reply.set("success", false))],
    },
    Fault {
        name: "logout-http-201",
        family: Family::Logout,
        summary: "Logout is answered with HTTP 201.",
        violates: &["LO-200", "OK-200"],
        changes: &[Change::Success(Action::Logout, |reply| {
            reply.status = 201;
        })],
    },
    Fault {
        name: "logout-http-202",
        family: Family::Logout,
        summary: "Logout is answered with HTTP 202.",
        violates: &["LO-200", "OK-200"],
        changes: &[Change::Success(Action::Logout, |reply| {
            reply.status = 202;
        })],
    },
    Fault {
        name: "logout-http-204",
        family: Family::Logout,
        summary: "Logout is answered with HTTP 204 and no body.",
        violates: &["LO-SHAPE", "LO-200"],
        changes: &[Change::Response(|response, call| {
            if call.action == Action::Logout && response.is_success() {
                *response = Response::empty(204);
            }
        })],
    },
    Fault {
        name: "logout-body-true",
        family: Family::Logout,
        summary: "Logout answers the JSON value true.",
        violates: &["LO-SHAPE"],
        changes: &[Change::Response(|response, call| {
            if call.action == Action::Logout && response.is_success() {
                response.body = b"true".to_vec();
            }
        })],
    },
    Fault {
        name: "logout-body-empty",
        family: Family::Logout,
        summary: "Logout is answered with an empty body.",
        violates: &["LO-SHAPE"],
        changes: &[Change::Response(|response, call| {
            if call.action == Action::Logout && response.is_success() {
                response.body.clear();
            }
        })],
    },
    Fault {
        name: "logout-to-sign-in-page",
        family: Family::Logout,
        summary: "Logout is answered with a redirect to a sign-in page.",
        violates: &["LO-SHAPE", "LO-200"],
        changes: &[Change::Response(|response, call| {
            if call.action == Action::Logout && response.is_success() {
                *response = Response::empty(302);
                response.set(LOCATION, "/login");
            }
        })],
    },
    Fault {
        name: "logout-needs-login",
        family: Family::Logout,
        summary: "Logout needs the login beside the hash.",
        violates: &["LO-ONLYHASH"],
        changes: &[Change::Reply(|reply, call, server| {
            if call.action == Action::Logout && reply.is_success() && call.value("login").is_none()
            {
                reopen(call, server);
                *reply = Reply::error(7, 400);
                reply.set("errors", json!([{ "parameter": "login", "error": "is required" }]));
            }
        })],
    },
    Fault {
        name: "logout-needs-confirmation",
        family: Family::Logout,
        summary: "Logout needs a member `confirm` beside the hash.",
        violates: &["LO-ONLYHASH"],
        changes: &[Change::Reply(|reply, call, server| {
            if call.action == Action::Logout
                && reply.is_success()
                && call.value("confirm").is_none()
            {
                reopen(call, server);
                *reply = Reply::error(7, 400);
                reply.set("errors", json!([{ "parameter": "confirm", "error": "is required" }]));
            }
        })],
    },
    Fault {
        name: "logout-code-13",
        family: Family::Logout,
        summary: "Logout needs a permission that few have.",
        violates: &["LO-NOPERM"],
        changes: &[Change::Reply(|reply, call, server| {
            if call.action == Action::Logout
                && reply.is_success()
                && !server.may(call, "paas_tariff")
            {
                reopen(call, server);
                *reply = Reply::error(13, 403);
            }
        })],
    },
    Fault {
        name: "logout-code-13-for-minimal-dealer",
        family: Family::Logout,
        summary: "A dealer without permissions may not log out.",
        violates: &["LO-NOPERM"],
        changes: &[Change::Reply(|reply, call, server| {
            if call.action == Action::Logout && reply.is_success() && !server.may(call, "base") {
                reopen(call, server);
                *reply = Reply::error(13, 403);
            }
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
        name: "logout-without-hash-succeeds",
        family: Family::Logout,
        summary: "Logout without a hash succeeds.",
        violates: &["LO-BADHASH", "HASH-MISSING"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Logout && reply.trouble == Some(Trouble::NoHash) {
                *reply = Reply::success(Map::new());
                reply.set("success", true);
            }
        })],
    },
    Fault {
        name: "logout-with-unknown-hash-succeeds",
        family: Family::Logout,
        summary: "Logout with an unknown hash succeeds.",
        violates: &["LO-BADHASH", "HASH-UNKNOWN"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Logout && reply.trouble == Some(Trouble::UnknownHash) {
                *reply = Reply::success(Map::new());
                reply.set("success", true);
            }
        })],
    },
    Fault {
        name: "logout-with-malformed-hash-succeeds",
        family: Family::Logout,
        summary: "Logout with a malformed hash succeeds.",
        violates: &["LO-BADHASH", "HASH-MALFORMED"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Logout && reply.trouble == Some(Trouble::MalformedHash) {
                *reply = Reply::success(Map::new());
                reply.set("success", true);
            }
        })],
    },
    Fault {
        name: "logout-with-any-bad-hash-succeeds",
        family: Family::Logout,
        summary: "Logout succeeds whatever the hash.",
        violates: &["LO-BADHASH", "LO-TWICE"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Logout && reply.trouble.is_some_and(Trouble::is_about_hash) {
                *reply = Reply::success(Map::new());
                reply.set("success", true);
            }
        })],
    },
    Fault {
        name: "logout-with-unknown-hash-code-102",
        family: Family::Logout,
        summary: "Logout with an unknown hash is refused with code 102.",
        violates: &["LO-BADHASH", "HASH-NOTAUTHCODE", "ERR-RANGE"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Logout && reply.trouble == Some(Trouble::UnknownHash) {
                *reply = Reply::error(102, 400);
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
        violates: &["LO-REAUTH"],
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
