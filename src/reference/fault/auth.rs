//! Faults in what `auth` answers when it succeeds.

use serde_json::Value;

use super::{Family, Fault};
use crate::reference::call::Action;
use crate::reference::change::Change;
use crate::reference::session::random_hash;

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "auth-without-hash",
        family: Family::Auth,
        summary: "A successful sign-in carries no hash.",
        violates: &["AUTH-HASH"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Auth {
                reply.drop("hash");
            }
        })],
    },
    Fault {
        name: "auth-hash-is-dead",
        family: Family::Auth,
        summary: "The hash of a sign-in is not that of any session.",
        violates: &["AUTH-HASH-WORKS"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Auth && reply.is_success() {
                reply.set("hash", random_hash());
            }
        })],
    },
    Fault {
        name: "auth-without-permissions",
        family: Family::Auth,
        summary: "A successful sign-in carries no permissions.",
        violates: &["AUTH-PERMS"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Auth {
                reply.drop("permissions");
            }
        })],
    },
    Fault {
        name: "auth-success-null",
        family: Family::Auth,
        summary: "A successful sign-in says that `success` is null.",
        violates: &["AUTH-SUCCESS"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Auth && reply.is_success() {
                reply.set("success", Value::Null);
            }
        })],
    },
];
