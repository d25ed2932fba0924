//! Faults in the codes and HTTP statuses of refusals.

use super::{Family, Fault};
use crate::reference::change::Change;
use crate::reference::trouble::Trouble;

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "unknown-dealer-code-102",
        family: Family::Refusals,
        summary: "An unknown dealer is refused with code 102.",
        violates: &["AUTH-E12"],
        changes: &[Change::Code(Trouble::UnknownDealer, 102)],
    },
    Fault {
        name: "blocked-dealer-admitted",
        family: Family::Refusals,
        summary: "A blocked dealer signs in like any other.",
        violates: &["AUTH-E11"],
        changes: &[Change::Policy(|policy| policy.is_blocked = |_| false)],
    },
    Fault {
        name: "blocked-dealer-http-400",
        family: Family::Refusals,
        summary: "A blocked dealer is refused with HTTP 400.",
        violates: &["AUTH-E11-H403", "ERR-MAP"],
        changes: &[Change::Status(11, 400)],
    },
    Fault {
        name: "unknown-hash-code-13",
        family: Family::Refusals,
        summary: "An unknown hash is refused with code 13.",
        violates: &["HASH-UNKNOWN", "HASH-NOTAUTHCODE"],
        changes: &[Change::Code(Trouble::UnknownHash, 13)],
    },
];
