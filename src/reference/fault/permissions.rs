//! Faults in what `permissions` holds, in both calls alike.

use serde_json::Value;

use super::{Family, Fault};
use crate::reference::change::Change;

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "permissions-as-string",
        family: Family::Permissions,
        summary: "Each category of the permissions is a string of operations joined by commas.",
        violates: &["PERM-ARRAY"],
        changes: &[Change::Reply(|reply, _, _| {
            for operations in reply.permissions().into_iter().flat_map(|all| all.values_mut()) {
                *operations = Value::String(joined(operations));
            }
        })],
    },
    Fault {
        name: "permissions-of-first-dealer",
        family: Family::Permissions,
        summary: "Everybody is told the permissions of the first dealer.",
        violates: &["GP-SESSION"],
        changes: &[Change::Reply(|reply, _, server| {
            if let Some(permissions) = reply.permissions() {
                *permissions = server.accounts[0].permissions.clone();
            }
        })],
    },
];

fn joined(operations: &Value) -> String {
    let names = operations.as_array().into_iter().flatten().filter_map(Value::as_str);
    names.collect::<Vec<_>>().join(",")
}
