//! Faults in what `permissions` holds, and in how `get_permissions` answers.

use serde_json::{Map, Value, json};

use crate::reference::behaviour::{Row, row};
use crate::reference::call::Action::GetPermissions;
use crate::reference::call::Call;
use crate::reference::change::Changes;
use crate::reference::reply::Reply;
use crate::reference::server::Server;
use crate::reference::when::{When, always, on};

#[rustfmt::skip] // A row is a line, or two if it is long.
pub(super) fn faults() -> Vec<Row> {
    let granted = on(GetPermissions).granted();

    vec![
        row("operations-joined", "The operations of a category are one string, joined by commas.", &["PERM-ARRAY"],
            each_category(|operations| joined(operations).into())),
        row("operations-as-object", "The operations of a category are the keys of an object.", &["PERM-ARRAY"],
            each_category(as_flags)),
        row("operations-null", "A category is null.", &["PERM-ARRAY"], each_category(|_| Value::Null)),
        row("operations-true", "A category is true.", &["PERM-ARRAY"], each_category(|_| Value::Bool(true))),
        row("operations-as-bits", "The operations of a category are a number whose bits stand for them.", &["PERM-ARRAY"],
            each_category(|operations| ((1u64 << operations.len()) - 1).into())),
        row("operations-as-numbers", "The operations of a category are numbers.", &["PERM-ARRAY"],
            each_category(|operations| (0..operations.len()).collect())),
        row("operations-as-objects", "Each operation is an object with a name.", &["PERM-ARRAY"],
            each_category(|operations| operations.iter().map(|name| json!({ "name": name })).collect())),
        row("operations-nested", "The list of operations is wrapped in another list.", &["PERM-ARRAY"],
            each_category(|operations| json!([operations]))),
        row("operations-end-with-null", "The list of operations ends with null.", &["PERM-ARRAY"],
            each_category(|operations| operations.iter().cloned().chain([Value::Null]).collect())),
        row("operation-alone-without-list", "A single operation is a string instead of a list.", &["PERM-ARRAY"],
            each_category(alone_without_list)),
        row("operations-repeated", "Each operation is listed twice.", &["PERM-SET"],
            each_category(|operations| operations.iter().flat_map(|name| [name.clone(), name.clone()]).collect())),
        row("permissions-flat-list", "The permissions are a list of category and operation joined by a dot.", &["PERM-OBJECT", "AUTH-PERMS", "GP-SHAPE"],
            always().reply(flatten)),
        row("no-permissions-as-list", "The permissions of a dealer who has none are a list instead of an object.", &["PERM-OBJECT", "AUTH-PERMS", "GP-SHAPE"],
            if_none(always(), |reply| reply.set("/permissions", json!([])))),
        row("no-permissions-as-null", "The permissions of a dealer who has none are null.", &["PERM-OBJECT", "AUTH-PERMS", "GP-SHAPE"],
            if_none(always(), |reply| reply.set("/permissions", Value::Null))),
        row("no-permissions-left-out", "The permissions of a dealer who has none are left out.", &["AUTH-PERMS", "GP-SHAPE"],
            if_none(always(), |reply| _ = reply.remove("/permissions"))),
        row("get-permissions-of-first-dealer", "Asking for permissions shows those of the first dealer.", &["GP-SESSION"],
            granted.show_permissions_of(0)),
        row("get-permissions-of-latest-sign-in", "Asking for permissions shows those of whoever signed in last.", &["GP-SESSION"],
            granted.reply_with(show_permissions_of_latest)),
        row("get-permissions-empty", "Asking for permissions shows none.", &["GP-SESSION", "PAR-EQUAL"],
            granted.permissions(Map::clear)),
        row("get-permissions-without-permissions", "Asking for permissions answers without them.", &["GP-SHAPE"], granted.remove("/permissions")),
        row("get-permissions-null", "Asking for permissions answers null.", &["GP-SHAPE"], granted.set("/permissions", Value::Null)),
        row("get-permissions-named-value", "Asking for permissions answers them in a member `value`.", &["GP-SHAPE"], granted.rename("/permissions", "/value")),
        row("get-permissions-bare", "Asking for permissions answers the categories without anything around them.", &["GP-SHAPE"],
            granted.reply(unwrap)),
        row("get-permissions-flat-list", "Asking for permissions answers a list, signing in an object.", &["GP-SHAPE", "PERM-OBJECT"],
            granted.reply(flatten)),
        row("get-permissions-without-success", "Asking for permissions answers without `success`.", &["GP-SHAPE"], granted.remove("/success")),
        row("get-permissions-success-text", "Asking for permissions says that `success` is the string `true`.", &["GP-SHAPE"], granted.set("/success", "true")),
        row("get-permissions-success-false", "Asking for permissions says that `success` is false.", &["GP-SHAPE"], granted.set("/success", false)),
        row("get-permissions-http-201", "Asking for permissions is answered with HTTP 201.", &["OK-200"], granted.status(201)),
        row("get-permissions-http-203", "Asking for permissions is answered with HTTP 203.", &["OK-200"], granted.status(203)),
        row("get-permissions-code-13", "Asking for permissions needs a permission that few have.", &["GP-NOPERM"],
            granted.given(|call, server| !server.may(call, "paas_tariff")).error(13)),
        row("get-permissions-code-13-for-minimal-dealer", "A dealer without permissions may not ask for them.", &["GP-NOPERM"],
            if_none(granted, |reply| *reply = Reply::error(13))),
        row("get-permissions-needs-login", "Asking for permissions needs the login beside the hash.", &["GP-ONLYHASH"],
            needs("login")),
        row("get-permissions-needs-dealer-id", "Asking for permissions needs a `dealer_id` beside the hash.", &["GP-ONLYHASH"],
            needs("dealer_id")),
        row("get-permissions-grows", "Each time the permissions are asked for there is one category more.", &["GP-READONLY", "PAR-EQUAL"],
            granted.reply_with(add_category)),
        row("get-permissions-shrinks", "After the permissions were asked for once there is one category less.", &["GP-READONLY"],
            granted.given(|call, server| uses(call, server) > 1).remove("/permissions/users")),
        row("get-permissions-alternates", "Every other time the permissions lack a category.", &["GP-READONLY"],
            granted.given(|call, server| uses(call, server).is_multiple_of(2)).remove("/permissions/users")),
        row("get-permissions-empty-on-fifth-call", "The fifth time the permissions are asked for there are none.", &["GP-READONLY", "SES-REUSE"],
            granted.given(|call, server| uses(call, server) == 5).permissions(Map::clear)),
        row("permissions-of-first-dealer", "Every dealer is shown the permissions of the first.", &["GP-SESSION"],
            always().reply_with(show_permissions_of_first)),
    ]
}

/// Replaces the operations of every category.
fn each_category(replace: fn(&[Value]) -> Value) -> Changes {
    always().reply(move |reply| {
        for operations in reply.permissions().into_iter().flat_map(Map::values_mut) {
            *operations = replace(operations.as_array().map_or(&[], Vec::as_slice));
        }
    })
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

fn alone_without_list(operations: &[Value]) -> Value {
    match operations {
        [only] => only.clone(),
        several => several.into(),
    }
}

/// `{"users": ["read"]}` becomes `["users.read"]`.
fn flatten(reply: &mut Reply) {
    let Some(permissions) = reply.permissions() else { return };
    let names = |(category, operations): (&String, &Value)| {
        let operations = operations.as_array().into_iter().flatten().filter_map(Value::as_str);
        operations.map(|operation| format!("{category}.{operation}")).collect::<Vec<_>>()
    };
    let list: Vec<String> = permissions.iter().flat_map(names).collect();
    reply.set("/permissions", list);
}

/// Changes the answer to a dealer who has no permissions.
fn if_none(when: When, edit: fn(&mut Reply)) -> Changes {
    when.reply(move |reply| {
        if reply.permissions().is_some_and(|all| all.is_empty()) {
            edit(reply);
        }
    })
}

/// The categories are the answer, without anything around them.
fn unwrap(reply: &mut Reply) {
    if let Some(permissions) = reply.permissions() {
        reply.members = std::mem::take(permissions);
    }
}

fn needs(parameter: &'static str) -> Changes {
    on(GetPermissions).granted().reply_with(move |reply, call, _| {
        if call.value(parameter).is_none() {
            *reply = Reply::missing(parameter);
        }
    })
}

fn show_permissions_of_latest(reply: &mut Reply, _: &Call, server: &Server) {
    if let Some(latest) = server.latest_session() {
        reply.set("/permissions", server.permissions(latest.account));
    }
}

fn show_permissions_of_first(reply: &mut Reply, _: &Call, server: &Server) {
    if let Some(shown) = reply.permissions() {
        *shown = server.permissions(0);
    }
}

fn add_category(reply: &mut Reply, call: &Call, server: &Server) {
    if let Some(permissions) = reply.permissions() {
        permissions.insert(format!("category_{}", uses(call, server)), json!(["read"]));
    }
}

/// How many calls the session of a call has served, this one included.
fn uses(call: &Call, server: &Server) -> u32 {
    server.session_of(call).map_or(0, |session| session.uses)
}
