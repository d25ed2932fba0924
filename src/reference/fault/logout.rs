//! Faults in what `logout` ends and what it answers.

use super::{Family, Fault};
use crate::reference::call::Encoding;
use crate::reference::change::Change;

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "logout-ends-nothing",
        family: Family::Logout,
        summary: "Logout answers success and ends nothing.",
        violates: &["LO-ENDS"],
        changes: &[Change::Policy(|policy| policy.ends = |_, _, _| false)],
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
];
