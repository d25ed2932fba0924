//! Faults in which paths and methods are served.

use hyper::Method;
use hyper::header::LOCATION;

use crate::reference::behaviour::{Row, row};
use crate::reference::call::Action::{Auth, GetPermissions, Logout, Unknown};
use crate::reference::call::Call;
use crate::reference::change::{policy, request};
use crate::reference::refusal::Reason::{UnknownRoute, WrongMethod};
use crate::reference::response::Response;
use crate::reference::server::Server;
use crate::reference::when::{always, on};

#[rustfmt::skip] // A row is a line, or two if it is long.
pub(super) fn faults() -> Vec<Row> {
    let slash = always().given(has_slash);
    let no_slash = always().given(|call, _| !call.request.has_slash());

    vec![
        row("auth-by-post-refused", "Signing in by POST is a wrong method.", &["M-AUTH-POST"], on(Auth).by_post().refuse(WrongMethod)),
        row("get-permissions-by-post-refused", "Asking for permissions by POST is a wrong method.", &["M-PERM-POST"],
            on(GetPermissions).by_post().refuse(WrongMethod)),
        row("get-permissions-by-get-refused", "Asking for permissions by GET is a wrong method.", &["M-PERM-GET"],
            on(GetPermissions).by_get().refuse(WrongMethod)),
        row("logout-by-post-refused", "Logout by POST is a wrong method.", &["M-LOGOUT-POST"], on(Logout).by_post().refuse(WrongMethod)),
        row("logout-by-get-refused", "Logout by GET is a wrong method.", &["M-LOGOUT-GET"], on(Logout).by_get().refuse(WrongMethod)),
        row("get-permissions-unknown", "There is no action `get_permissions`.", &["URL-PATHS"], on(GetPermissions).refuse(UnknownRoute)),
        row("logout-unknown", "There is no action `logout`.", &["URL-PATHS"], on(Logout).refuse(UnknownRoute)),
        row("slash-unknown", "A path with a trailing slash is unknown.", &["URL-SLASH"], slash.refuse(UnknownRoute)),
        row("slash-unknown-on-auth", "The path of `auth` with a trailing slash is unknown.", &["URL-SLASH"], on(Auth).given(has_slash).refuse(UnknownRoute)),
        row("slash-unknown-on-logout", "The path of `logout` with a trailing slash is unknown.", &["URL-SLASH"],
            on(Logout).given(has_slash).refuse(UnknownRoute)),
        row("slash-with-query-unknown", "A path with a trailing slash and a query is unknown.", &["URL-SLASH-QUERY"],
            slash.given(has_slash_and_query).refuse(UnknownRoute)),
        row("no-slash-unknown", "A path without a trailing slash is unknown.", &["URL-NOSLASH"], no_slash.refuse(UnknownRoute)),
        row("slash-http-404-page", "A path with a trailing slash is answered with a page that says not found.", &["URL-SLASH"],
            slash.page(404, "<h1>Not Found</h1>")),
        row("slash-redirected", "A path with a trailing slash is redirected by HTTP 301 to the one without.", &["URL-SLASH"],
            slash.respond(|call| Response::bare(301, LOCATION, without_slash(call)))),
        row("slash-redirected-302", "A path with a trailing slash is redirected by HTTP 302 to the one without.", &["URL-SLASH"],
            slash.respond(|call| Response::bare(302, LOCATION, without_slash(call)))),
        row("no-slash-redirected", "A path without a trailing slash is redirected by HTTP 301 to the one with it.", &["URL-NOSLASH"],
            no_slash.respond(|call| Response::bare(301, LOCATION, &format!("{}/", call.request.path)))),
        row("slash-on-logout-ends-nothing", "Logout with a trailing slash answers success and ends nothing.", &["URL-SLASH"],
            policy(|policy| policy.ends = Box::new(|current, call, other| current.number == other.number && !call.request.has_slash()))),
        row("auth-by-get-crashes", "Signing in by GET makes the server fail.", &["M-AUTH-GET"], on(Auth).by_get().page(500, CRASH)),
        row("unknown-action-succeeds", "An unknown action answers success.", &["RT-ACTION"], on(Unknown).given(is_of_account).succeed()),
        row("unknown-action-shows-page", "An unknown action shows the page of the web front end with HTTP 200.", &["RT-ACTION"],
            on(Unknown).given(is_of_account).page(200, "<!DOCTYPE html><title>Panel</title>")),
        row("unknown-resource-succeeds", "An unknown resource answers success.", &["RT-RESOURCE"],
            on(Unknown).given(|call, server| !is_of_account(call, server)).succeed()),
        row("unknown-resource-signs-in", "The actions are served under any resource.", &["RT-RESOURCE"],
            request(|request| request.path = under_account(&request.path))),
        row("put-crashes", "PUT makes the server fail.", &["M-OTHER"],
            always().given(|call, _| call.request.method == Method::PUT).page(500, CRASH)),
    ]
}

const CRASH: &str = "<h1>Internal Server Error</h1>";

fn has_slash(call: &Call, _: &Server) -> bool {
    call.request.has_slash()
}

fn has_slash_and_query(call: &Call, _: &Server) -> bool {
    call.request.has_slash() && !call.request.query.is_empty()
}

fn is_of_account(call: &Call, _: &Server) -> bool {
    call.request.path.contains("/account/")
}

fn without_slash(call: &Call) -> &str {
    call.request.path.strip_suffix('/').unwrap_or(&call.request.path)
}

/// Replaces the resource of a path, whatever it is.
fn under_account(path: &str) -> String {
    let trimmed = path.strip_suffix('/').unwrap_or(path);
    match trimmed.rsplit_once('/') {
        Some((_, action)) => format!("/panel/account/{action}"),
        None => path.to_owned(),
    }
}
