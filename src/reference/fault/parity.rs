//! Faults that make answers differ which ought to be alike: two actions, two methods, two encodings, two sessions.

use serde_json::{Value, json};

use super::{Family, Fault};
use crate::reference::call::{Action, Encoding};
use crate::reference::change::Change;
use crate::reference::reply::Reply;
use crate::reference::session::random_hash;

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "get-permissions-leaves-out-category",
        family: Family::Parity,
        summary: "Asking for permissions shows one category less than signing in.",
        violates: &["PAR-EQUAL"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::GetPermissions {
                lose_category(reply);
            }
        })],
    },
    Fault {
        name: "auth-leaves-out-category",
        family: Family::Parity,
        summary: "Signing in shows one category less than asking for permissions.",
        violates: &["PAR-EQUAL", "AUTH-PERMS-FULL"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Auth {
                lose_category(reply);
            }
        })],
    },
    Fault {
        name: "auth-leaves-out-operation",
        family: Family::Parity,
        summary: "Signing in shows one operation less than asking for permissions.",
        violates: &["PAR-EQUAL", "AUTH-PERMS-FULL"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Auth {
                lose_operation(reply);
            }
        })],
    },
    Fault {
        name: "get-permissions-leaves-out-operation",
        family: Family::Parity,
        summary: "Asking for permissions shows one operation less than signing in.",
        violates: &["PAR-EQUAL"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::GetPermissions {
                lose_operation(reply);
            }
        })],
    },
    Fault {
        name: "auth-shows-more",
        family: Family::Parity,
        summary: "Signing in shows a category that asking for permissions does not.",
        violates: &["PAR-EQUAL"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Auth
                && let Some(permissions) = reply.permissions()
            {
                permissions.insert("audit".to_owned(), json!(["read"]));
            }
        })],
    },
    Fault {
        name: "auth-shows-no-permissions",
        family: Family::Parity,
        summary: "Signing in shows no permissions, asking for them shows all.",
        violates: &["PAR-EQUAL", "AUTH-PERMS-FULL"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Auth
                && let Some(permissions) = reply.permissions()
            {
                permissions.clear();
            }
        })],
    },
    Fault {
        name: "get-permissions-in-capitals",
        family: Family::Parity,
        summary: "Asking for permissions names operations in capitals, signing in in small letters.",
        violates: &["PAR-EQUAL"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::GetPermissions {
                capitalise(reply);
            }
        })],
    },
    Fault {
        name: "get-permissions-by-get-leaves-out-category",
        family: Family::Parity,
        summary: "Asking for permissions by GET shows one category less than by POST.",
        violates: &["M-SAME"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::GetPermissions && call.is_get() {
                lose_category(reply);
            }
        })],
    },
    Fault {
        name: "get-permissions-by-form-leaves-out-category",
        family: Family::Parity,
        summary: "Asking for permissions by form shows one category less than by JSON.",
        violates: &["T-FORM-HASH", "PAR-EQUAL"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::GetPermissions && call.came_by(Encoding::Form) {
                lose_category(reply);
            }
        })],
    },
    Fault {
        name: "get-permissions-by-header-leaves-out-category",
        family: Family::Parity,
        summary: "Asking for permissions by header shows one category less than by JSON.",
        violates: &["T-HEADER-HASH", "PAR-EQUAL"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::GetPermissions && call.came_by(Encoding::Header) {
                lose_category(reply);
            }
        })],
    },
    Fault {
        name: "get-permissions-by-post-query-leaves-out-category",
        family: Family::Parity,
        summary: "Asking for permissions by the query of a POST shows one category less than by JSON.",
        violates: &["T-QUERY-POST", "PAR-EQUAL"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::GetPermissions && call.came_by(Encoding::PostQuery) {
                lose_category(reply);
            }
        })],
    },
    Fault {
        name: "get-permissions-by-get-wrapped",
        family: Family::Parity,
        summary: "Asking for permissions by GET answers in a member `value`.",
        violates: &["M-SAME", "M-PERM-GET"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::GetPermissions && call.is_get() && reply.is_success() {
                let permissions = reply.members["permissions"].take();
                reply.drop("permissions");
                reply.set("value", permissions);
            }
        })],
    },
    Fault {
        name: "get-permissions-by-get-without-success",
        family: Family::Parity,
        summary: "Asking for permissions by GET answers without `success`.",
        violates: &["M-SAME", "M-PERM-GET"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::GetPermissions && call.is_get() && reply.is_success() {
                reply.drop("success");
            }
        })],
    },
    Fault {
        name: "logout-by-get-without-success",
        family: Family::Parity,
        summary: "Logout by GET answers an empty object.",
        violates: &["M-SAME", "M-LOGOUT-GET"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Logout && call.is_get() && reply.is_success() {
                reply.drop("success");
            }
        })],
    },
    Fault {
        name: "auth-by-form-leaves-out-category",
        family: Family::Parity,
        summary: "Signing in by form shows one category less than by JSON.",
        violates: &["T-FORM-AUTH", "PAR-EQUAL"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Auth && call.came_by(Encoding::Form) {
                lose_category(reply);
            }
        })],
    },
    Fault {
        name: "auth-by-form-without-permissions",
        family: Family::Parity,
        summary: "Signing in by form shows no permissions at all.",
        violates: &["T-FORM-AUTH"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Auth && call.came_by(Encoding::Form) {
                reply.drop("permissions");
            }
        })],
    },
    Fault {
        name: "auth-by-form-hash-is-dead",
        family: Family::Parity,
        summary: "Signing in by form hands out a hash that is not that of any session.",
        violates: &["T-FORM-AUTH", "AUTH-HASH-WORKS"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Auth && call.came_by(Encoding::Form) && reply.is_success() {
                reply.set("hash", random_hash());
            }
        })],
    },
    Fault {
        name: "later-session-sees-less",
        family: Family::Parity,
        summary: "A session that is not the first of its dealer shows one category less.",
        violates: &["PAR-SESSIONS"],
        changes: &[Change::Reply(|reply, call, server| {
            if call.action == Action::GetPermissions
                && server.session_of(call).is_some_and(|session| session.rank > 0)
            {
                lose_category(reply);
            }
        })],
    },
    Fault {
        name: "later-session-sees-nothing",
        family: Family::Parity,
        summary: "A session that is not the first of its dealer shows no permissions.",
        violates: &["PAR-SESSIONS"],
        changes: &[Change::Reply(|reply, call, server| {
            if call.action == Action::GetPermissions
                && server.session_of(call).is_some_and(|session| session.rank > 0)
                && let Some(permissions) = reply.permissions()
            {
                permissions.clear();
            }
        })],
    },
];

/// Every dealer who has permissions to speak of has this category.
fn lose_category(reply: &mut Reply) {
    if let Some(permissions) = reply.permissions() {
        permissions.shift_remove("users");
    }
}

fn lose_operation(reply: &mut Reply) {
    let lists = reply.permissions().into_iter().flat_map(|all| all.values_mut());
    if let Some(operations) = lists.filter_map(Value::as_array_mut).find(|list| list.len() > 1) {
        operations.pop();
    }
}

fn capitalise(reply: &mut Reply) {
    let lists = reply.permissions().into_iter().flat_map(|all| all.values_mut());
    for operation in lists.filter_map(Value::as_array_mut).flatten() {
        *operation = operation.as_str().unwrap_or_default().to_ascii_uppercase().into();
    }
}
