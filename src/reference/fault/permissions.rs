//! Faults in what `permissions` holds, and in how `get_permissions` answers.

use serde_json::{Map, Value, json};

use super::{Family, Fault};
use crate::reference::call::Action;
use crate::reference::change::Change;
use crate::reference::reply::Reply;

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "operations-joined",
        family: Family::Permissions,
        summary: "The operations of a category are one string, joined by commas.",
        violates: &["PERM-ARRAY"],
        changes: &[Change::Reply(|reply, _, _| {
            each_category(reply, |operations| joined(operations).into())
        })],
    },
    Fault {
        name: "operations-as-object",
        family: Family::Permissions,
        summary: "The operations of a category are the keys of an object.",
        violates: &["PERM-ARRAY"],
        changes: &[Change::Reply(|reply, _, _| each_category(reply, as_flags))],
    },
    Fault {
        name: "operations-null",
        family: Family::Permissions,
        summary: "A category is null.",
        violates: &["PERM-ARRAY"],
        changes: &[Change::Reply(|reply, _, _| each_category(reply, |_| Value::Null))],
    },
    Fault {
        name: "operations-true",
        family: Family::Permissions,
        summary: "A category is true.",
        violates: &["PERM-ARRAY"],
        changes: &[Change::Reply(|reply, _, _| each_category(reply, |_| Value::Bool(true)))],
    },
    Fault {
        name: "operations-as-bits",
        family: Family::Permissions,
        summary: "The operations of a category are a number whose bits stand for them.",
        violates: &["PERM-ARRAY"],
        changes: &[Change::Reply(|reply, _, _| {
            each_category(reply, |operations| ((1u64 << operations.len()) - 1).into())
        })],
    },
    Fault {
        name: "operations-as-numbers",
        family: Family::Permissions,
        summary: "The operations of a category are numbers.",
        violates: &["PERM-ARRAY"],
        changes: &[Change::Reply(|reply, _, _| {
            each_category(reply, |operations| (0..operations.len()).collect())
        })],
    },
    Fault {
        name: "operations-as-objects",
        family: Family::Permissions,
        summary: "Each operation is an object with a name.",
        violates: &["PERM-ARRAY"],
        changes: &[Change::Reply(|reply, _, _| {
            each_category(reply, |operations| {
                operations.iter().map(|name| json!({ "name": name })).collect()
            })
        })],
    },
    Fault {
        name: "operations-nested",
        family: Family::Permissions,
        summary: "The list of operations is wrapped in another list.",
        violates: &["PERM-ARRAY"],
        changes: &[Change::Reply(|reply, _, _| {
            each_category(reply, |operations| json!([operations]))
        })],
    },
    Fault {
        name: "operations-end-with-null",
        family: Family::Permissions,
        summary: "The list of operations ends with null.",
        violates: &["PERM-ARRAY"],
        changes: &[Change::Reply(|reply, _, _| {
            each_category(reply, |operations| {
                operations.iter().cloned().chain([Value::Null]).collect()
            })
        })],
    },
    Fault {
        name: "operation-alone-without-list",
        family: Family::Permissions,
        summary: "An only operation is a string instead of a list.",
        violates: &["PERM-ARRAY"],
        changes: &[Change::Reply(|reply, _, _| {
            each_category(reply, |operations| match operations {
                [only] => only.clone(),
                several => several.into(),
            })
        })],
    },
    Fault {
        name: "operations-repeated",
        family: Family::Permissions,
        summary: "Each operation is listed twice.",
        violates: &["PERM-SET"],
        changes: &[Change::Reply(|reply, _, _| {
            each_category(reply, |operations| {
                operations.iter().flat_map(|name| [name.clone(), name.clone()]).collect()
            })
        })],
    },
    Fault {
        name: "permissions-flat-list",
        family: Family::Permissions,
        summary: "The permissions are a list of category and operation joined by a dot.",
        violates: &["PERM-OBJECT", "AUTH-PERMS", "GP-SHAPE"],
        changes: &[Change::Reply(|reply, _, _| flatten(reply))],
    },
    Fault {
        name: "no-permissions-as-list",
        family: Family::Permissions,
        summary: "The permissions of a dealer who has none are a list instead of an object.",
        violates: &["PERM-OBJECT", "AUTH-PERMS", "GP-SHAPE"],
        changes: &[Change::Reply(|reply, _, _| {
            if reply.permissions().is_some_and(|all| all.is_empty()) {
                reply.set("permissions", json!([]));
            }
        })],
    },
    Fault {
        name: "no-permissions-as-null",
        family: Family::Permissions,
        summary: "The permissions of a dealer who has none are null.",
        violates: &["PERM-OBJECT", "AUTH-PERMS", "GP-SHAPE"],
        changes: &[Change::Reply(|reply, _, _| {
            if reply.permissions().is_some_and(|all| all.is_empty()) {
                reply.set("permissions", Value::Null);
            }
        })],
    },
    Fault {
        name: "no-permissions-left-out",
        family: Family::Permissions,
        summary: "The permissions of a dealer who has none are left out.",
        violates: &["AUTH-PERMS", "GP-SHAPE"],
        changes: &[Change::Reply(|reply, _, _| {
            if reply.permissions().is_some_and(|all| all.is_empty()) {
                reply.drop("permissions");
            }
        })],
    },
    Fault {
        name: "get-permissions-of-first-dealer",
        family: Family::Permissions,
        summary: "Asking for permissions shows those of the first dealer.",
        violates: &["GP-SESSION"],
        changes: &[Change::Reply(|reply, call, server| {
            if call.action == Action::GetPermissions && reply.is_success() {
                reply.set("permissions", server.accounts[0].permissions.clone());
            }
        })],
    },
    Fault {
        name: "get-permissions-of-latest-sign-in",
        family: Family::Permissions,
        summary: "Asking for permissions shows those of whoever signed in last.",
        violates: &["GP-SESSION"],
        changes: &[Change::Reply(|reply, call, server| {
            if call.action == Action::GetPermissions
                && reply.is_success()
                && let Some(latest) = server.latest_session()
            {
                reply.set("permissions", server.accounts[latest.account].permissions.clone());
            }
        })],
    },
    Fault {
        name: "get-permissions-empty",
        family: Family::Permissions,
        summary: "Asking for permissions shows none.",
        violates: &["GP-SESSION", "PAR-EQUAL"],
        changes: &[Change::Success(Action::GetPermissions, |reply| {
            reply.set("permissions", Map::new())
        })],
    },
    Fault {
        name: "get-permissions-without-permissions",
        family: Family::Permissions,
        summary: "Asking for permissions answers without them.",
        violates: &["GP-SHAPE"],
        changes: &[Change::Success(Action::GetPermissions, |reply| reply.drop("permissions"))],
    },
    Fault {
        name: "get-permissions-null",
        family: Family::Permissions,
        summary: "Asking for permissions answers null.",
        violates: &["GP-SHAPE"],
        changes: &[Change::Success(Action::GetPermissions, |reply| {
            reply.set("permissions", Value::Null)
        })],
    },
    Fault {
        name: "get-permissions-named-value",
        family: Family::Permissions,
        summary: "Asking for permissions answers them in a member `value`.",
        violates: &["GP-SHAPE"],
        changes: &[Change::Success(Action::GetPermissions, |reply| {
            let permissions = reply.members["permissions"].take();
            reply.drop("permissions");
            reply.set("value", permissions);
        })],
    },
    Fault {
        name: "get-permissions-bare",
        family: Family::Permissions,
        summary: "Asking for permissions answers the categories without anything around them.",
        violates: &["GP-SHAPE"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::GetPermissions
                && reply.is_success()
                && let Some(permissions) = reply.permissions()
            {
                reply.members = std::mem::take(permissions);
            }
        })],
    },
    Fault {
        name: "get-permissions-flat-list",
        family: Family::Permissions,
        summary: "Asking for permissions answers a list, signing in an object.",
        violates: &["GP-SHAPE", "PERM-OBJECT"],
        changes: &[Change::Success(Action::GetPermissions, flatten)],
    },
    Fault {
        name: "get-permissions-without-success",
        family: Family::Permissions,
        summary: "Asking for permissions answers without `success`.",
        violates: &["GP-SHAPE"],
        changes: &[Change::Success(Action::GetPermissions, |reply| reply.drop("success"))],
    },
    Fault {
        name: "get-permissions-success-text",
        family: Family::Permissions,
        summary: "Asking for permissions says that `success` is the string `true`.",
        violates: &["GP-SHAPE"],
        changes: &[Change::Success(Action::GetPermissions, |reply| reply.set("success", "true"))],
    },
    Fault {
        name: "get-permissions-success-false",
        family: Family::Permissions,
        summary: "Asking for permissions says that `success` is false.",
        violates: &["GP-SHAPE"],
        changes: &[Change::Success(Action::GetPermissions, |reply| reply.set("success", false))],
    },
    Fault {
        name: "get-permissions-http-201",
        family: Family::Permissions,
        summary: "Asking for permissions is answered with HTTP 201.",
        violates: &["OK-200"],
        changes: &[Change::Success(Action::GetPermissions, |reply| {
            reply.status = 201;
        })],
    },
    Fault {
        name: "get-permissions-http-203",
        family: Family::Permissions,
        summary: "Asking for permissions is answered with HTTP 203.",
        violates: &["OK-200"],
        changes: &[Change::Success(Action::GetPermissions, |reply| {
            reply.status = 203;
        })],
    },
    Fault {
        name: "get-permissions-code-13",
        family: Family::Permissions,
        summary: "Asking for permissions needs a permission that few have.",
        violates: &["GP-NOPERM"],
        changes: &[Change::Reply(|reply, call, server| {
            if call.action == Action::GetPermissions
                && reply.is_success()
                && !server.may(call, "paas_tariff")
            {
                *reply = Reply::error(13, 403);
            }
        })],
    },
    Fault {
        name: "get-permissions-code-13-for-minimal-dealer",
        family: Family::Permissions,
        summary: "A dealer without permissions may not ask for them.",
        violates: &["GP-NOPERM"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::GetPermissions
                && reply.is_success()
                && reply.permissions().is_some_and(|all| all.is_empty())
            {
                *reply = Reply::error(13, 403);
            }
        })],
    },
    Fault {
        name: "get-permissions-needs-login",
        family: Family::Permissions,
        summary: "Asking for permissions needs the login beside the hash.",
        violates: &["GP-ONLYHASH"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::GetPermissions
                && reply.is_success()
                && call.value("login").is_none()
            {
                *reply = Reply::error(7, 400);
                reply.set("errors", json!([{ "parameter": "login", "error": "is required" }]));
            }
        })],
    },
    Fault {
        name: "get-permissions-needs-dealer-id",
        family: Family::Permissions,
        summary: "Asking for permissions needs a `dealer_id` beside the hash.",
        violates: &["GP-ONLYHASH"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::GetPermissions
                && reply.is_success()
                && call.value("dealer_id").is_none()
            {
                *reply = Reply::error(7, 400);
                reply.set("errors", json!([{ "parameter": "dealer_id", "error": "is required" }]));
            }
        })],
    },
    Fault {
        name: "get-permissions-grows",
        family: Family::Permissions,
        summary: "Each time the permissions are asked for there is one category more.",
        violates: &["GP-READONLY", "PAR-EQUAL"],
        changes: &[Change::Reply(|reply, call, server| {
            if call.action == Action::GetPermissions && reply.is_success() {
                let uses = server.session_of(call).map_or(0, |session| session.uses);
                if let Some(permissions) = reply.permissions() {
                    permissions.insert(format!("category_{uses}"), json!(["read"]));
                }
            }
        })],
    },
    Fault {
        name: "get-permissions-shrinks",
        family: Family::Permissions,
        summary: "After the permissions were asked for once there is one category less.",
        violates: &["GP-READONLY"],
        changes: &[Change::Reply(|reply, call, server| {
            if call.action == Action::GetPermissions && reply.is_success() {
                let uses = server.session_of(call).map_or(0, |session| session.uses);
                if uses > 1
                    && let Some(permissions) = reply.permissions()
                {
                    permissions.shift_remove("users");
                }
            }
        })],
    },
    Fault {
        name: "get-permissions-alternates",
        family: Family::Permissions,
        summary: "Every other time the permissions lack a category.",
        violates: &["GP-READONLY"],
        changes: &[Change::Reply(|reply, call, server| {
            if call.action == Action::GetPermissions && reply.is_success() {
                let uses = server.session_of(call).map_or(0, |session| session.uses);
                if uses % 2 == 0
                    && let Some(permissions) = reply.permissions()
                {
                    permissions.shift_remove("users");
                }
            }
        })],
    },
    Fault {
        name: "get-permissions-empty-on-fifth-call",
        family: Family::Permissions,
        summary: "The fifth time the permissions are asked for there are none.",
        violates: &["GP-READONLY", "SES-REUSE"],
        changes: &[Change::Reply(|reply, call, server| {
            if call.action == Action::GetPermissions && reply.is_success() {
                let uses = server.session_of(call).map_or(0, |session| session.uses);
                if uses == 5 {
                    reply.set("permissions", Map::new());
                }
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
                permissions.clone_from(&server.accounts[0].permissions);
            }
        })],
    },
];

/// Replaces the operations of every category.
fn each_category(reply: &mut Reply, replace: impl Fn(&[Value]) -> Value) {
    for operations in reply.permissions().into_iter().flat_map(|all| all.values_mut()) {
        *operations = replace(operations.as_array().map_or(&[], Vec::as_slice));
    }
}

fn joined(operations: &[Value]) -> String {
    operations.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(",")
}

fn as_flags(operations: &[Value]) -> Value {
    operations
        .iter()
        .filter_map(Value::as_str)
        .map(|name| (name.to_owned(), Value::Bool(true)))
        .collect::<Map<_, _>>()
        .into()
}

/// `{"users": ["read"]}` becomes `["users.read"]`.
fn flatten(reply: &mut Reply) {
    let Some(permissions) = reply.permissions() else { return };
    let names = |(category, operations): (&String, &Value)| {
        let operations = operations.as_array().into_iter().flatten().filter_map(Value::as_str);
        operations.map(|operation| format!("{category}.{operation}")).collect::<Vec<_>>()
    };
    let list: Vec<String> = permissions.iter().flat_map(names).collect();
    reply.set("permissions", list);
}
