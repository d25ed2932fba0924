//! Faults that show when calls arrive at the same moment, or right after one another.

use std::time::Duration;

use serde_json::Map;

use super::{Family, Fault};
use crate::reference::call::{Action, Call};
use crate::reference::change::Change;
use crate::reference::reply::Reply;
use crate::reference::session::{Opening, Session, random_hash};
use crate::reference::trouble::Trouble;

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "sign-in-at-once-hands-out-dead-hash",
        family: Family::Concurrency,
        summary: "Of sign-ins at the same moment some hand out a dead hash.",
        violates: &["AUTH-HASH-WORKS", "SES-INDEP"],
        changes: &[
            Change::Pause(|call| window(call, Action::Auth)),
            Change::Reply(|reply, call, _| {
                if call.company > 0 && call.action == Action::Auth && reply.is_success() {
                    reply.set("hash", random_hash());
                }
            }),
        ],
    },
    Fault {
        name: "sign-in-at-once-crashes",
        family: Family::Concurrency,
        summary: "Of sign-ins at the same moment some fail.",
        violates: &["AUTH-200", "M-AUTH-POST"],
        changes: &[
            Change::Pause(|call| window(call, Action::Auth)),
            Change::Reply(|reply, call, _| {
                if call.company > 0 && call.action == Action::Auth {
                    *reply = Reply::error(1, 500);
                }
            }),
        ],
    },
    Fault {
        name: "sign-in-at-once-without-permissions",
        family: Family::Concurrency,
        summary: "Of sign-ins at the same moment some are answered without permissions.",
        violates: &["AUTH-PERMS"],
        changes: &[
            Change::Pause(|call| window(call, Action::Auth)),
            Change::Reply(|reply, call, _| {
                if call.company > 0 && call.action == Action::Auth {
                    reply.drop("permissions");
                }
            }),
        ],
    },
    Fault {
        name: "sign-in-at-once-shares-hash",
        family: Family::Concurrency,
        summary: "Sign-ins of one dealer at the same moment share a hash.",
        violates: &["AUTH-HASH-UNIQUE"],
        changes: &[
            Change::Pause(|call| window(call, Action::Auth)),
            Change::Policy(|policy| policy.new_hash = hash_of_moment),
        ],
    },
    Fault {
        name: "sign-in-at-once-ends-the-other",
        family: Family::Concurrency,
        summary: "Of sessions of one dealer opened at the same moment only the last lives.",
        violates: &["SES-INDEP", "AUTH-HASH-WORKS"],
        changes: &[
            Change::Pause(|call| window(call, Action::Auth)),
            Change::Policy(|policy| {
                policy.displaces =
                    |new, old| new.account == old.account && new.opened - old.opened < WINDOW;
            }),
        ],
    },
    Fault {
        name: "read-at-once-crashes",
        family: Family::Concurrency,
        summary: "Of requests for permissions at the same moment some fail.",
        violates: &["SES-REUSE"],
        changes: &[
            Change::Pause(|call| window(call, Action::GetPermissions)),
            Change::Reply(|reply, call, _| {
                if call.company > 0 && call.action == Action::GetPermissions && reply.is_success() {
                    *reply = Reply::error(1, 500);
                }
            }),
        ],
    },
    Fault {
        name: "read-at-once-refused",
        family: Family::Concurrency,
        summary: "Of requests for permissions at the same moment some are refused with code 4.",
        violates: &["SES-REUSE", "GP-READONLY"],
        changes: &[
            Change::Pause(|call| window(call, Action::GetPermissions)),
            Change::Reply(|reply, call, _| {
                if call.company > 0 && call.action == Action::GetPermissions && reply.is_success() {
                    *reply = Reply::error(4, 400);
                }
            }),
        ],
    },
    Fault {
        name: "read-at-once-shows-another-dealer",
        family: Family::Concurrency,
        summary: "Of requests for permissions at the same moment some show those of another dealer.",
        violates: &["GP-SESSION"],
        changes: &[
            Change::Pause(|call| window(call, Action::GetPermissions)),
            Change::Reply(|reply, call, server| {
                if call.company > 0
                    && call.action == Action::GetPermissions
                    && let Some(shown) = reply.permissions()
                    && let Some(other) = server
                        .accounts
                        .iter()
                        .map(|account| &account.permissions)
                        .find(|other| **other != *shown)
                {
                    shown.clone_from(other);
                }
            }),
        ],
    },
    Fault {
        name: "read-at-once-empty",
        family: Family::Concurrency,
        summary: "Of requests for permissions at the same moment some show none.",
        violates: &["GP-READONLY", "PAR-EQUAL"],
        changes: &[
            Change::Pause(|call| window(call, Action::GetPermissions)),
            Change::Reply(|reply, call, _| {
                if call.company > 0
                    && call.action == Action::GetPermissions
                    && let Some(permissions) = reply.permissions()
                {
                    permissions.clear();
                }
            }),
        ],
    },
    Fault {
        name: "logout-at-once-succeeds-twice",
        family: Family::Concurrency,
        summary: "Of logouts with one hash at the same moment all succeed.",
        violates: &["LO-TWICE"],
        changes: &[
            Change::Pause(|call| window(call, Action::Logout)),
            Change::Reply(|reply, call, _| {
                if call.company > 0
                    && call.action == Action::Logout
                    && reply.trouble == Some(Trouble::EndedHash)
                {
                    *reply = Reply::success(Map::new());
                    reply.set("success", true);
                }
            }),
        ],
    },
    Fault {
        name: "logout-at-once-crashes",
        family: Family::Concurrency,
        summary: "Of logouts at the same moment some fail.",
        violates: &["LO-SHAPE", "LO-TWICE"],
        changes: &[
            Change::Pause(|call| window(call, Action::Logout)),
            Change::Reply(|reply, call, _| {
                if call.company > 0 && call.action == Action::Logout && reply.is_success() {
                    *reply = Reply::error(1, 500);
                }
            }),
        ],
    },
    Fault {
        name: "refusal-at-once-without-envelope",
        family: Family::Concurrency,
        summary: "Of refused sign-ins at the same moment some are bare.",
        violates: &["ERR-STATUS"],
        changes: &[
            Change::Pause(|call| window(call, Action::Auth)),
            Change::Reply(|reply, call, _| {
                if call.company > 0 && call.action == Action::Auth && !reply.is_success() {
                    reply.drop("status");
                }
            }),
        ],
    },
    Fault {
        name: "read-under-way-outlives-logout",
        family: Family::Concurrency,
        summary: "For 80 milliseconds after logout reads are served as if they had been under way.",
        violates: &["LO-IMMEDIATE", "LO-ENDS"],
        changes: &[Change::Policy(|policy| {
            policy.is_alive = |session, call| {
                session.is_open()
                    || (call.action == Action::GetPermissions
                        && session.has_just_ended(Duration::from_millis(80)))
            };
        })],
    },
];

/// How long a call is held back, so that others may arrive at the same moment.
const WINDOW: Duration = Duration::from_millis(100);

fn window(call: &Call, action: Action) -> Duration {
    if call.action == action { WINDOW } else { Duration::ZERO }
}

/// The hash of another session of the dealer, where one was opened just now beside this one.
fn hash_of_moment(opening: &Opening<'_>) -> String {
    let beside = |session: &&Session| {
        opening.call.company > 0
            && session.account == opening.place
            && session.opened.elapsed() < WINDOW
    };
    opening
        .sessions
        .iter()
        .rev()
        .find(beside)
        .map_or_else(random_hash, |session| session.hash.clone())
}
