//! Faults in which paths and methods are served.

use hyper::Method;
use hyper::header::LOCATION;
use serde_json::Map;

use super::{Family, Fault};
use crate::reference::call::Action;
use crate::reference::change::Change;
use crate::reference::reply::Reply;
use crate::reference::response::Response;
use crate::reference::trouble::Trouble;

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "auth-by-post-refused",
        family: Family::Routing,
        summary: "Signing in by POST is a wrong method.",
        violates: &["M-AUTH-POST"],
        changes: &[Change::Call(|call| {
            if call.action == Action::Auth && !call.is_get() {
                call.trouble = Some(Trouble::WrongMethod);
            }
        })],
    },
    Fault {
        name: "get-permissions-by-post-refused",
        family: Family::Routing,
        summary: "Asking for permissions by POST is a wrong method.",
        violates: &["M-PERM-POST"],
        changes: &[Change::Call(|call| {
            if call.action == Action::GetPermissions && !call.is_get() {
                call.trouble = Some(Trouble::WrongMethod);
            }
        })],
    },
    Fault {
        name: "get-permissions-by-get-refused",
        family: Family::Routing,
        summary: "Asking for permissions by GET is a wrong method.",
        violates: &["M-PERM-GET"],
        changes: &[Change::Call(|call| {
            if call.action == Action::GetPermissions && call.is_get() {
                call.trouble = Some(Trouble::WrongMethod);
            }
        })],
    },
    Fault {
        name: "logout-by-post-refused",
        family: Family::Routing,
        summary: "Logout by POST is a wrong method.",
        violates: &["M-LOGOUT-POST"],
        changes: &[Change::Call(|call| {
            if call.action == Action::Logout && !call.is_get() {
                call.trouble = Some(Trouble::WrongMethod);
            }
        })],
    },
    Fault {
        name: "logout-by-get-refused",
        family: Family::Routing,
        summary: "Logout by GET is a wrong method.",
        violates: &["M-LOGOUT-GET"],
        changes: &[Change::Call(|call| {
            if call.action == Action::Logout && call.is_get() {
                call.trouble = Some(Trouble::WrongMethod);
            }
        })],
    },
    Fault {
        name: "get-permissions-unknown",
        family: Family::Routing,
        summary: "There is no action `get_permissions`.",
        violates: &["URL-PATHS"],
        changes: &[Change::Call(|call| {
            if call.action == Action::GetPermissions {
                call.trouble = Some(Trouble::UnknownRoute);
            }
        })],
    },
    Fault {
        name: "logout-unknown",
        family: Family::Routing,
        summary: "There is no action `logout`.",
        violates: &["URL-PATHS"],
        changes: &[Change::Call(|call| {
            if call.action == Action::Logout {
                call.trouble = Some(Trouble::UnknownRoute);
            }
        })],
    },
    Fault {
        name: "slash-unknown",
        family: Family::Routing,
        summary: "A path with a trailing slash is unknown.",
        violates: &["URL-SLASH"],
        changes: &[Change::Call(|call| {
            if call.request.has_slash() {
                call.trouble = Some(Trouble::UnknownRoute);
            }
        })],
    },
    Fault {
        name: "slash-unknown-on-auth",
        family: Family::Routing,
        summary: "The path of `auth` with a trailing slash is unknown.",
        violates: &["URL-SLASH"],
        changes: &[Change::Call(|call| {
            if call.action == Action::Auth && call.request.has_slash() {
                call.trouble = Some(Trouble::UnknownRoute);
            }
        })],
    },
    Fault {
        name: "slash-unknown-on-logout",
        family: Family::Routing,
        summary: "The path of `logout` with a trailing slash is unknown.",
        violates: &["URL-SLASH"],
        changes: &[Change::Call(|call| {
            if call.action == Action::Logout && call.request.has_slash() {
                call.trouble = Some(Trouble::UnknownRoute);
            }
        })],
    },
    Fault {
        name: "slash-with-query-unknown",
        family: Family::Routing,
        summary: "A path with a trailing slash and a query is unknown.",
        violates: &["URL-SLASH-QUERY"],
        changes: &[Change::Call(|call| {
            if call.request.has_slash() && !call.request.query.is_empty() {
                call.trouble = Some(Trouble::UnknownRoute);
            }
        })],
    },
    Fault {
        name: "no-slash-unknown",
        family: Family::Routing,
        summary: "A path without a trailing slash is unknown.",
        violates: &["URL-NOSLASH"],
        changes: &[Change::Call(|call| {
            if !call.request.has_slash() {
                call.trouble = Some(Trouble::UnknownRoute);
            }
        })],
    },
    Fault {
        name: "slash-http-404-page",
        family: Family::Routing,
        summary: "A path with a trailing slash is answered with a page that says not found.",
        violates: &["URL-SLASH"],
        changes: &[Change::Response(|response, call| {
            if call.request.has_slash() {
                *response = Response::typed(404, "text/html", "<h1>Not Found</h1>");
            }
        })],
    },
    Fault {
        name: "slash-redirected",
        family: Family::Routing,
        summary: "A path with a trailing slash is redirected by HTTP 301 to the one without.",
        violates: &["URL-SLASH"],
        changes: &[Change::Response(|response, call| {
            if let Some(path) = call.request.path.strip_suffix('/') {
                redirect(response, 301, path);
            }
        })],
    },
    Fault {
        name: "slash-redirected-302",
        family: Family::Routing,
        summary: "A path with a trailing slash is redirected by HTTP 302 to the one without.",
        violates: &["URL-SLASH"],
        changes: &[Change::Response(|response, call| {
            if let Some(path) = call.request.path.strip_suffix('/') {
                redirect(response, 302, path);
            }
        })],
    },
    Fault {
        name: "no-slash-redirected",
        family: Family::Routing,
        summary: "A path without a trailing slash is redirected by HTTP 301 to the one with it.",
        violates: &["URL-NOSLASH"],
        changes: &[Change::Response(|response, call| {
            if !call.request.has_slash() {
                redirect(response, 301, &format!("{}/", call.request.path));
            }
        })],
    },
    Fault {
        name: "slash-on-logout-ends-nothing",
        family: Family::Routing,
        summary: "Logout with a trailing slash answers success and ends nothing.",
        violates: &["URL-SLASH"],
        changes: &[Change::Policy(|policy| {
            policy.ends =
                |current, call, other| current.number == other.number && !call.request.has_slash();
        })],
    },
    Fault {
        name: "auth-by-get-crashes",
        family: Family::Routing,
        summary: "Signing in by GET makes the server fail.",
        violates: &["M-AUTH-GET"],
        changes: &[Change::Response(|response, call| {
            if call.action == Action::Auth && call.is_get() {
                *response = Response::typed(500, "text/html", "<h1>Internal Server Error</h1>");
            }
        })],
    },
    Fault {
        name: "unknown-action-succeeds",
        family: Family::Routing,
        summary: "An unknown action answers success.",
        violates: &["RT-ACTION"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Unknown && call.request.path.contains("/account/") {
                *reply = Reply::success(Map::new());
                reply.set("success", true);
            }
        })],
    },
    Fault {
        name: "unknown-action-shows-page",
        family: Family::Routing,
        summary: "An unknown action shows the page of the web front end with HTTP 200.",
        violates: &["RT-ACTION"],
        changes: &[Change::Response(|response, call| {
            if call.action == Action::Unknown && call.request.path.contains("/account/") {
                *response =
                    Response::typed(200, "text/html", "<!DOCTYPE html><title>Panel</title>");
            }
        })],
    },
    Fault {
        name: "unknown-resource-succeeds",
        family: Family::Routing,
        summary: "An unknown resource answers success.",
        violates: &["RT-RESOURCE"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Unknown && !call.request.path.contains("/account/") {
                *reply = Reply::success(Map::new());
                reply.set("success", true);
            }
        })],
    },
    Fault {
        name: "unknown-resource-signs-in",
        family: Family::Routing,
        summary: "The actions are served under any resource.",
        violates: &["RT-RESOURCE"],
        changes: &[Change::Request(|request| request.path = under_account(&request.path))],
    },
    Fault {
        name: "put-crashes",
        family: Family::Routing,
        summary: "PUT makes the server fail.",
        violates: &["M-OTHER"],
        changes: &[Change::Response(|response, call| {
            if call.request.method == Method::PUT {
                *response = Response::typed(500, "text/html", "<h1>Internal Server Error</h1>");
            }
        })],
    },
];

fn redirect(response: &mut Response, status: u16, path: &str) {
    *response = Response::empty(status);
    response.set(LOCATION, path);
}

/// Replaces the resource of a path, whatever it is.
fn under_account(path: &str) -> String {
    let trimmed = path.strip_suffix('/').unwrap_or(path);
    match trimmed.rsplit_once('/') {
        Some((_, action)) => format!("/panel/account/{action}"),
        None => path.to_owned(),
    }
}
