//! Faults that make answers differ that should be alike: of two actions, methods, encodings, sessions.

use serde_json::{Map, json};

use crate::reference::behaviour::{Row, row};
use crate::reference::call::Action::{Auth, GetPermissions, Logout};
use crate::reference::call::Call;
use crate::reference::call::Encoding::{Form, Header, PostQuery};
use crate::reference::reply::Reply;
use crate::reference::server::Server;
use crate::reference::session::random_hash;
use crate::reference::when::on;

/// Every dealer who has permissions to speak of has this category.
const CATEGORY: &str = "/permissions/users";

#[rustfmt::skip] // A row is a line, or two if it is long.
pub(super) fn faults() -> Vec<Row> {
    vec![
        row("get-permissions-leaves-out-category", "Asking for permissions shows one category less than signing in.", &["PAR-EQUAL"],
            on(GetPermissions).remove(CATEGORY)),
        row("auth-leaves-out-category", "Signing in shows one category less than asking for permissions.", &["PAR-EQUAL", "AUTH-PERMS-FULL"],
            on(Auth).remove(CATEGORY)),
        row("auth-leaves-out-operation", "Signing in shows one operation less than asking for permissions.", &["PAR-EQUAL", "AUTH-PERMS-FULL"],
            on(Auth).reply(leave_out_operation)),
        row("get-permissions-leaves-out-operation", "Asking for permissions shows one operation less than signing in.", &["PAR-EQUAL"],
            on(GetPermissions).reply(leave_out_operation)),
        row("auth-shows-more", "Signing in shows a category that asking for permissions does not.", &["PAR-EQUAL"],
            on(Auth).set("/permissions/audit", json!(["read"]))),
        row("auth-shows-no-permissions", "Signing in shows no permissions, asking for them shows all.", &["PAR-EQUAL", "AUTH-PERMS-FULL"],
            on(Auth).permissions(Map::clear)),
        row("get-permissions-in-capitals", "Asking for permissions names operations in capitals, signing in in small letters.", &["PAR-EQUAL"],
            on(GetPermissions).reply(capitalise)),
        row("get-permissions-by-get-leaves-out-category", "Asking for permissions by GET shows one category less than by POST.", &["M-SAME"],
            on(GetPermissions).by_get().remove(CATEGORY)),
        row("get-permissions-by-form-leaves-out-category", "Asking for permissions by form shows one category less than by JSON.", &["T-FORM-HASH", "PAR-EQUAL"],
            on(GetPermissions).by(Form).remove(CATEGORY)),
        row("get-permissions-by-header-leaves-out-category", "Asking for permissions by header shows one category less than by JSON.", &["T-HEADER-HASH", "PAR-EQUAL"],
            on(GetPermissions).by(Header).remove(CATEGORY)),
        row("get-permissions-by-post-query-leaves-out-category", "Asking for permissions by the query of a POST shows one category less than by JSON.", &["T-QUERY-POST", "PAR-EQUAL"],
            on(GetPermissions).by(PostQuery).remove(CATEGORY)),
        row("get-permissions-by-get-wrapped", "Asking for permissions by GET answers in a member `value`.", &["M-SAME", "M-PERM-GET"],
            on(GetPermissions).granted().by_get().rename("/permissions", "/value")),
        row("get-permissions-by-get-without-success", "Asking for permissions by GET answers without `success`.", &["M-SAME", "M-PERM-GET"],
            on(GetPermissions).granted().by_get().remove("/success")),
        row("logout-by-get-without-success", "Logout by GET answers an empty object.", &["M-SAME", "M-LOGOUT-GET"],
            on(Logout).granted().by_get().remove("/success")),
        row("auth-by-form-leaves-out-category", "Signing in by form shows one category less than by JSON.", &["T-FORM-AUTH", "PAR-EQUAL"],
            on(Auth).by(Form).remove(CATEGORY)),
        row("auth-by-form-without-permissions", "Signing in by form shows no permissions at all.", &["T-FORM-AUTH"], on(Auth).by(Form).remove("/permissions")),
        row("auth-by-form-hash-is-dead", "Signing in by form hands out a hash that is not that of any session.", &["T-FORM-AUTH", "AUTH-HASH-WORKS"],
            on(Auth).granted().by(Form).reply(|reply| reply.set("/hash", random_hash()))),
        row("later-session-sees-less", "A session that is not the first of its dealer shows one category less.", &["PAR-SESSIONS"],
            on(GetPermissions).given(is_of_later_session).remove(CATEGORY)),
        row("later-session-sees-nothing", "A session that is not the first of its dealer shows no permissions.", &["PAR-SESSIONS"],
            on(GetPermissions).given(is_of_later_session).permissions(Map::clear)),
    ]
}

fn leave_out_operation(reply: &mut Reply) {
    if let Some(operations) = reply.operations().find(|list| list.len() > 1) {
        operations.pop();
    }
}

fn capitalise(reply: &mut Reply) {
    for operation in reply.operations().flatten() {
        *operation = operation.as_str().map(str::to_ascii_uppercase).into();
    }
}

/// The session of the call is not the first of its dealer.
fn is_of_later_session(call: &Call, server: &Server) -> bool {
    server.session_of(call).is_some_and(|session| session.rank > 0)
}
