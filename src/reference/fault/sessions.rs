//! Faults in how long a session lives and whom it serves. Its end by `logout` is the business of `logout`.

use std::time::Duration;

use hyper::header::USER_AGENT;
use tokio::time::Instant;

use super::{Family, Fault};
use crate::reference::call::{Action, Call, Encoding};
use crate::reference::change::Change;
use crate::reference::reply::Reply;
use crate::reference::server::Server;
use crate::reference::session::{Session, random_hash};
use crate::reference::trouble::Trouble;

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "session-serves-once",
        family: Family::Sessions,
        summary: "A session serves one call and is over.",
        violates: &["SES-REUSE", "GP-READONLY"],
        changes: &[Change::Policy(|policy| {
            policy.is_alive = |session, _| session.is_open() && session.uses < 1
        })],
    },
    Fault {
        name: "session-serves-three-times",
        family: Family::Sessions,
        summary: "A session serves three calls and is over.",
        violates: &["SES-REUSE", "GP-READONLY"],
        changes: &[Change::Policy(|policy| {
            policy.is_alive = |session, _| session.is_open() && session.uses < 3
        })],
    },
    Fault {
        name: "session-serves-nine-times",
        family: Family::Sessions,
        summary: "A session serves nine calls and is over.",
        violates: &["SES-REUSE", "GP-READONLY"],
        changes: &[Change::Policy(|policy| {
            policy.is_alive = |session, _| session.is_open() && session.uses < 9
        })],
    },
    Fault {
        name: "session-starts-late",
        family: Family::Sessions,
        summary: "A session starts a quarter of a second after the sign-in was answered.",
        violates: &["AUTH-HASH-WORKS"],
        changes: &[Change::Policy(|policy| {
            policy.is_alive = |session, _| {
                session.is_open() && session.opened.elapsed() > Duration::from_millis(250)
            }
        })],
    },
    Fault {
        name: "session-lives-a-quarter-second",
        family: Family::Sessions,
        summary: "A session is over a quarter of a second after the sign-in.",
        violates: &["SES-REUSE", "SES-LIFE"],
        changes: &[Change::Policy(|policy| {
            policy.is_alive = |session, _| {
                session.is_open() && session.opened.elapsed() < Duration::from_millis(250)
            }
        })],
    },
    Fault {
        name: "session-bound-to-connection",
        family: Family::Sessions,
        summary: "A hash is good on the connection of the sign-in only.",
        violates: &["SES-ANYWIRE"],
        changes: &[Change::Policy(|policy| {
            policy.is_alive =
                |session, call| session.is_open() && session.connection == call.request.connection
        })],
    },
    Fault {
        name: "session-bound-to-encoding",
        family: Family::Sessions,
        summary: "A hash is good by the encoding of the sign-in only.",
        violates: &["SES-ANYWIRE"],
        changes: &[Change::Policy(|policy| {
            policy.is_alive =
                |session, call| session.is_open() && session.encoding == call.encoding()
        })],
    },
    Fault {
        name: "session-bound-to-post",
        family: Family::Sessions,
        summary: "A hash from a POST is not good by GET.",
        violates: &["SES-ANYWIRE", "M-PERM-GET", "M-LOGOUT-GET"],
        changes: &[Change::Policy(|policy| {
            policy.is_alive = |session, call| session.is_open() && !call.is_get()
        })],
    },
    Fault {
        name: "session-from-form-refused-by-json",
        family: Family::Sessions,
        summary: "A hash from a sign-in by form is not good in JSON.",
        violates: &["SES-ANYWIRE", "T-FORM-AUTH"],
        changes: &[Change::Policy(|policy| {
            policy.is_alive = |session, call| {
                session.is_open()
                    && (session.encoding != Some(Encoding::Form) || !call.came_by(Encoding::Json))
            }
        })],
    },
    Fault {
        name: "session-from-json-refused-by-form",
        family: Family::Sessions,
        summary: "A hash from a sign-in by JSON is not good in a form.",
        violates: &["SES-ANYWIRE", "T-FORM-HASH"],
        changes: &[Change::Policy(|policy| {
            policy.is_alive = |session, call| session.is_open() && !call.came_by(Encoding::Form)
        })],
    },
    Fault {
        name: "session-from-json-refused-by-header",
        family: Family::Sessions,
        summary: "A hash from a sign-in by JSON is not good in the header.",
        violates: &["SES-ANYWIRE", "T-HEADER-HASH"],
        changes: &[Change::Policy(|policy| {
            policy.is_alive = |session, call| session.is_open() && !call.came_by(Encoding::Header)
        })],
    },
    Fault {
        name: "session-unknown-to-one-replica",
        family: Family::Sessions,
        summary: "One of three replicas knows of no session.",
        violates: &["SES-REUSE", "AUTH-HASH-WORKS"],
        changes: &[Change::Policy(|policy| {
            policy.is_alive =
                |session, call| session.is_open() && !call.request.serial.is_multiple_of(3)
        })],
    },
    Fault {
        name: "session-unknown-to-one-replica-for-a-moment",
        family: Family::Sessions,
        summary: "One of three replicas hears of a session a second late.",
        violates: &["AUTH-HASH-WORKS", "SES-REUSE"],
        changes: &[Change::Policy(|policy| {
            policy.is_alive = |session, call| {
                session.is_open()
                    && (session.opened.elapsed() > Duration::from_secs(1)
                        || !call.request.serial.is_multiple_of(3))
            }
        })],
    },
    Fault {
        name: "session-cannot-be-ended-by-its-opener",
        family: Family::Sessions,
        summary: "A session is not known to logout on the connection of the sign-in.",
        violates: &["SES-ANYWIRE", "M-LOGOUT-POST", "LO-SHAPE"],
        changes: &[Change::Policy(|policy| {
            policy.is_alive = |session, call| {
                session.is_open()
                    && (call.action != Action::Logout
                        || session.connection != call.request.connection)
            }
        })],
    },
    Fault {
        name: "sign-in-ends-sessions-of-dealer",
        family: Family::Sessions,
        summary: "Signing in ends every older session of the dealer.",
        violates: &["SES-INDEP"],
        changes: &[Change::Policy(|policy| {
            policy.displaces = |new, old| new.account == old.account
        })],
    },
    Fault {
        name: "sign-in-ends-sessions-of-everybody",
        family: Family::Sessions,
        summary: "Signing in ends every other session of every dealer.",
        violates: &["SES-INDEP"],
        changes: &[Change::Policy(|policy| policy.displaces = |_, _| true)],
    },
    Fault {
        name: "sign-in-ends-sessions-of-others",
        family: Family::Sessions,
        summary: "Signing in ends the sessions of every other dealer.",
        violates: &["AUTH-HASH-WORKS", "SES-REUSE", "PAR-EQUAL"],
        changes: &[Change::Policy(|policy| {
            policy.displaces = |new, old| new.account != old.account
        })],
    },
    Fault {
        name: "third-sign-in-ends-first",
        family: Family::Sessions,
        summary: "The third sign-in of a dealer ends the first session.",
        violates: &["SES-INDEP"],
        changes: &[Change::Policy(|policy| {
            policy.displaces =
                |new, old| new.account == old.account && new.rank == 2 && old.rank == 0
        })],
    },
    Fault {
        name: "second-session-is-dead",
        family: Family::Sessions,
        summary: "A sign-in while another session of the dealer lives hands out a dead hash.",
        violates: &["SES-INDEP", "AUTH-HASH-WORKS"],
        changes: &[Change::Reply(|reply, call, server| {
            if call.action == Action::Auth && has_company(call, server) {
                reply.set("hash", random_hash());
            }
        })],
    },
    Fault {
        name: "second-sign-in-refused",
        family: Family::Sessions,
        summary: "A dealer with a living session cannot sign in again.",
        violates: &["SES-INDEP", "AUTH-HASH-UNIQUE"],
        changes: &[Change::Reply(|reply, call, server| {
            if call.action == Action::Auth && has_company(call, server) {
                *reply = Reply::error(13, 403);
            }
        })],
    },
    Fault {
        name: "wrong-password-ends-sessions",
        family: Family::Sessions,
        summary: "A wrong password ends every session of the dealer.",
        violates: &["SES-REUSE"],
        changes: &[Change::Reply(|reply, call, server| {
            if reply.trouble == Some(Trouble::WrongPassword) {
                end_sessions(call, server);
            }
        })],
    },
    Fault {
        name: "bad-hash-ends-latest-session",
        family: Family::Sessions,
        summary: "An unknown hash ends the session that was opened last.",
        violates: &["AUTH-HASH-WORKS", "SES-REUSE"],
        changes: &[Change::Reply(|reply, call, server| {
            if reply.trouble == Some(Trouble::UnknownHash)
                && let Some(latest) = server.latest_session()
            {
                server.end_session(&latest, call);
            }
        })],
    },
    Fault {
        name: "sign-in-beside-living-hash-ends-it",
        family: Family::Sessions,
        summary: "Signing in with the hash of a living session ends that session.",
        violates: &["SES-INDEP"],
        changes: &[Change::Reply(|reply, call, server| {
            if call.action == Action::Auth && reply.is_success() {
                let given = call.text("hash");
                let is_given = |session: &Session| session.hash == given;
                server.sessions().end_where(call, Instant::now(), is_given);
            }
        })],
    },
    Fault {
        name: "session-bound-to-user-agent",
        family: Family::Sessions,
        summary: "A hash is good only for clients of the name that the sign-in gave.",
        violates: &["SES-ANYWIRE", "T-NO-COOKIE"],
        changes: &[Change::Policy(|policy| {
            policy.is_alive = |session, call| {
                session.is_open() && session.user_agent == call.request.header(USER_AGENT)
            }
        })],
    },
];

/// The sign-in that is being answered is not the only living session of its dealer.
fn has_company(call: &Call, server: &Server) -> bool {
    server.account(call.text("login")).is_some_and(|(place, _)| {
        server.sessions().count(|session| session.account == place && session.is_open()) > 1
    })
}

/// Ends every session of the dealer whose login was given.
fn end_sessions(call: &Call, server: &Server) {
    if let Some((place, _)) = server.account(call.text("login")) {
        server.sessions().end_where(call, Instant::now(), |session| session.account == place);
    }
}
