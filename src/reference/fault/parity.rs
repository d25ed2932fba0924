//! Faults that make calls differ which ought to answer alike.

use super::{Family, Fault};
use crate::reference::call::Action;
use crate::reference::change::Change;

pub(super) const FAULTS: &[Fault] = &[Fault {
    name: "get-permissions-leaves-out-category",
    family: Family::Parity,
    summary: "Asking for the permissions shows one category less than signing in.",
    violates: &["PAR-EQUAL"],
    changes: &[Change::Reply(|reply, call, _| {
        if call.action == Action::GetPermissions
            && let Some(permissions) = reply.permissions()
        {
            permissions.shift_remove("users");
        }
    })],
}];
