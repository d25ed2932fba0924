//! Faults in which sessions `logout` ends, and when.

use std::time::Duration;

use tokio::time::Instant;

use super::{Family, Fault};
use crate::reference::call::{Action, Call, Encoding};
use crate::reference::change::Change;
use crate::reference::server::Server;
use crate::reference::session::Session;
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
        name: "logout-with-empty-hash-ends-every-session",
        family: Family::Logout,
        summary: "Logout with an empty hash is refused and ends every session of every dealer.",
        violates: &["LO-CURRENT"],
        changes: &[Change::Reply(|reply, call, server| {
            if call.action == Action::Logout
                && reply.trouble == Some(Trouble::NoHash)
                && call.value("hash").is_some()
            {
                server.sessions().end_where(call, Instant::now(), |_| true);
            }
        })],
    },
    Fault {
        name: "logout-by-get-answered-from-cache",
        family: Family::Logout,
        summary: "For a minute after a logout by GET others are answered alike and end nothing.",
        violates: &["M-LOGOUT-GET", "LO-ENDS", "LO-ALLWIRES"],
        changes: &[Change::Reply(|reply, call, server| {
            if call.action == Action::Logout && call.came_by(Encoding::Query) && reply.is_success()
            {
                reopen_unless_first(call, server);
            }
        })],
    },
];

/// Takes a logout back where another by GET was less than a minute ago.
fn reopen_unless_first(call: &Call, server: &Server) {
    let mut sessions = server.sessions();
    let given = call.text("hash");
    let cached = |session: &Session| {
        session.hash != given
            && session.has_just_ended(Duration::from_secs(60))
            && session.ending.as_ref().is_some_and(|end| end.encoding == Some(Encoding::Query))
    };
    if sessions.count(cached) > 0 {
        sessions.reopen(|session| session.hash == given);
    }
}
