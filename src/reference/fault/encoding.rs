//! Faults in how parameters travel and how they are decoded.

use hyper::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderValue, SET_COOKIE};

use super::{Family, Fault};
use crate::reference::call::{Action, Call, Encoding};
use crate::reference::change::Change;
use crate::reference::reply::Reply;
use crate::reference::request::Request;
use crate::reference::trouble::Trouble;

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "header-hash-ignored",
        family: Family::Encoding,
        summary: "The hash of the `Authorization` header is not looked at.",
        violates: &["T-HEADER-HASH"],
        changes: &[Change::Call(|call| call.forget(Encoding::Header))],
    },
    Fault {
        name: "form-body-ignored",
        family: Family::Encoding,
        summary: "The parameters of a form body are not looked at.",
        violates: &["T-FORM-AUTH", "T-FORM-HASH"],
        changes: &[Change::Call(|call| call.forget(Encoding::Form))],
    },
    Fault {
        name: "post-query-ignored",
        family: Family::Encoding,
        summary: "The query of a POST is not looked at.",
        violates: &["T-QUERY-POST"],
        changes: &[Change::Call(|call| call.forget(Encoding::PostQuery))],
    },
    Fault {
        name: "get-query-ignored",
        family: Family::Encoding,
        summary: "The query of a GET is not looked at.",
        violates: &["T-QUERY-HASH-GET", "M-PERM-GET", "M-LOGOUT-GET"],
        changes: &[Change::Call(|call| call.forget(Encoding::Query))],
    },
    Fault {
        name: "json-hash-ignored",
        family: Family::Encoding,
        summary: "The hash of a JSON body is not looked at.",
        violates: &["T-JSON-HASH", "M-PERM-POST", "M-LOGOUT-POST"],
        changes: &[Change::Call(|call| {
            if call.action != Action::Auth {
                call.forget(Encoding::Json);
            }
        })],
    },
    Fault {
        name: "json-credentials-ignored",
        family: Family::Encoding,
        summary: "Login and password of a JSON body are not looked at.",
        violates: &["T-JSON-AUTH", "M-AUTH-POST"],
        changes: &[Change::Call(|call| {
            if call.action == Action::Auth {
                call.forget(Encoding::Json);
            }
        })],
    },
    Fault {
        name: "form-credentials-ignored",
        family: Family::Encoding,
        summary: "Login and password of a form body are not looked at.",
        violates: &["T-FORM-AUTH"],
        changes: &[Change::Call(|call| {
            if call.action == Action::Auth {
                call.forget(Encoding::Form);
            }
        })],
    },
    Fault {
        name: "form-hash-ignored",
        family: Family::Encoding,
        summary: "The hash of a form body is not looked at.",
        violates: &["T-FORM-HASH"],
        changes: &[Change::Call(|call| {
            if call.action != Action::Auth {
                call.forget(Encoding::Form);
            }
        })],
    },
    Fault {
        name: "logout-ignores-form-hash",
        family: Family::Encoding,
        summary: "Logout does not look at the hash of a form body.",
        violates: &["T-FORM-HASH"],
        changes: &[Change::Call(|call| {
            if call.action == Action::Logout {
                call.forget(Encoding::Form);
            }
        })],
    },
    Fault {
        name: "logout-ignores-header-hash",
        family: Family::Encoding,
        summary: "Logout does not look at the hash of the `Authorization` header.",
        violates: &["T-HEADER-HASH"],
        changes: &[Change::Call(|call| {
            if call.action == Action::Logout {
                call.forget(Encoding::Header);
            }
        })],
    },
    Fault {
        name: "logout-ignores-post-query-hash",
        family: Family::Encoding,
        summary: "Logout does not look at the hash of the query of a POST.",
        violates: &["T-QUERY-POST"],
        changes: &[Change::Call(|call| {
            if call.action == Action::Logout {
                call.forget(Encoding::PostQuery);
            }
        })],
    },
    Fault {
        name: "logout-ignores-get-hash",
        family: Family::Encoding,
        summary: "Logout does not look at the hash of the query of a GET.",
        violates: &["M-LOGOUT-GET", "T-QUERY-HASH-GET"],
        changes: &[Change::Call(|call| {
            if call.action == Action::Logout {
                call.forget(Encoding::Query);
            }
        })],
    },
    Fault {
        name: "logout-ignores-json-hash",
        family: Family::Encoding,
        summary: "Logout does not look at the hash of a JSON body.",
        violates: &["T-JSON-HASH", "M-LOGOUT-POST"],
        changes: &[Change::Call(|call| {
            if call.action == Action::Logout {
                call.forget(Encoding::Json);
            }
        })],
    },
    Fault {
        name: "header-by-post-ignored",
        family: Family::Encoding,
        summary: "The `Authorization` header of a POST is not looked at.",
        violates: &["T-HEADER-HASH"],
        changes: &[Change::Call(|call| {
            if !call.is_get() {
                call.forget(Encoding::Header);
            }
        })],
    },
    Fault {
        name: "header-needs-body",
        family: Family::Encoding,
        summary: "The `Authorization` header is not looked at when there is no body.",
        violates: &["T-HEADER-EMPTYBODY"],
        changes: &[Change::Call(|call| {
            if call.request.body.is_empty() {
                call.forget(Encoding::Header);
            }
        })],
    },
    Fault {
        name: "header-forbids-body",
        family: Family::Encoding,
        summary: "The `Authorization` header is not looked at when there is a body.",
        violates: &["T-HEADER-EMPTYBODY"],
        changes: &[Change::Call(|call| {
            if !call.request.body.is_empty() {
                call.forget(Encoding::Header);
            }
        })],
    },
    Fault {
        name: "header-without-space-accepted",
        family: Family::Encoding,
        summary: "The space between the scheme word and the hash may be left out.",
        violates: &["T-HEADER-FORM"],
        changes: &[Change::Request(insert_space)],
    },
    Fault {
        name: "header-as-bearer-only",
        family: Family::Encoding,
        summary: "The scheme word of the header is `Bearer` instead of `NVX`.",
        violates: &["T-HEADER-HASH", "T-HEADER-FORM"],
        changes: &[Change::Request(require_bearer)],
    },
    Fault {
        name: "header-hash-read-without-first-digit",
        family: Family::Encoding,
        summary: "The hash of the header is read without its first digit.",
        violates: &["T-HEADER-HASH"],
        changes: &[Change::Call(|call| {
            call.rewrite("hash", |parameter, hash| match parameter.encoding {
                Encoding::Header => hash.chars().skip(1).collect(),
                _ => hash.to_owned(),
            })
        })],
    },
    Fault {
        name: "form-not-decoded",
        family: Family::Encoding,
        summary: "The values of a form body are not percent-decoded.",
        violates: &["T-PCT"],
        changes: &[Change::Request(|request| {
            if request.is_form() {
                rewrite_body(request, |body| body.replace('%', "%25"));
            }
        })],
    },
    Fault {
        name: "form-decoded-twice",
        family: Family::Encoding,
        summary: "The values of a form body are percent-decoded twice.",
        violates: &["T-PCT"],
        changes: &[Change::Request(|request| {
            if request.is_form() {
                rewrite_body(request, decode_values);
            }
        })],
    },
    Fault {
        name: "query-not-decoded",
        family: Family::Encoding,
        summary: "The values of a query are not percent-decoded.",
        violates: &["T-PCT"],
        changes: &[Change::Request(|request| request.query = request.query.replace('%', "%25"))],
    },
    Fault {
        name: "form-non-ascii-not-decoded",
        family: Family::Encoding,
        summary: "In a form body escapes beyond ASCII are not percent-decoded.",
        violates: &["T-PCT"],
        changes: &[Change::Request(|request| {
            if request.is_form() {
                rewrite_body(request, |body| keep_escapes(body, |digits| digits >= "80"));
            }
        })],
    },
    Fault {
        name: "form-non-ascii-as-latin-1",
        family: Family::Encoding,
        summary: "A form body is read as Latin-1.",
        violates: &["T-PCT"],
        changes: &[Change::Call(|call| mangle(call, Encoding::Form))],
    },
    Fault {
        name: "json-non-ascii-as-latin-1",
        family: Family::Encoding,
        summary: "A JSON body is read as Latin-1.",
        violates: &["T-JSON-SYNTAX"],
        changes: &[Change::Call(|call| mangle(call, Encoding::Json))],
    },
    Fault {
        name: "json-non-ascii-dropped",
        family: Family::Encoding,
        summary: "Characters beyond ASCII are dropped from a JSON body.",
        violates: &["T-JSON-SYNTAX"],
        changes: &[Change::Call(|call| {
            call.rewrite("password", |parameter, text| match parameter.encoding {
                Encoding::Json => text.chars().filter(char::is_ascii).collect(),
                _ => text.to_owned(),
            })
        })],
    },
    Fault {
        name: "json-escapes-not-decoded",
        family: Family::Encoding,
        summary: "The escapes `\\u....` of a JSON body are not decoded.",
        violates: &["T-JSON-SYNTAX"],
        changes: &[Change::Request(|request| {
            if !request.is_form() {
                rewrite_body(request, |body| body.replace("\\u", "\\\\u"));
            }
        })],
    },
    Fault {
        name: "json-escapes-refused",
        family: Family::Encoding,
        summary: "A JSON body with escapes `\\u....` is refused.",
        violates: &["T-JSON-SYNTAX"],
        changes: &[Change::Call(|call| refuse_body(call, |body| body.contains("\\u")))],
    },
    Fault {
        name: "json-member-order-matters",
        family: Family::Encoding,
        summary: "A JSON body with the password before the login is refused.",
        violates: &["T-JSON-SYNTAX"],
        changes: &[Change::Call(|call| {
            refuse_body(call, |body| {
                body.find("\"password\"") < body.find("\"login\"") && body.contains("\"password\"")
            })
        })],
    },
    Fault {
        name: "json-white-space-refused",
        family: Family::Encoding,
        summary: "A JSON body with a line break in it is refused.",
        violates: &["T-JSON-SYNTAX"],
        changes: &[Change::Call(|call| refuse_body(call, |body| body.trim_end().contains('\n')))],
    },
    Fault {
        name: "json-leading-white-space-refused",
        family: Family::Encoding,
        summary: "A JSON body that does not start with a brace is refused.",
        violates: &["T-JSON-SYNTAX"],
        changes: &[Change::Call(|call| {
            refuse_body(call, |body| body.starts_with(char::is_whitespace))
        })],
    },
    Fault {
        name: "json-charset-refused",
        family: Family::Encoding,
        summary: "A JSON body whose content type names a charset is refused.",
        violates: &["T-CT-CHARSET"],
        changes: &[Change::Call(|call| {
            if names_charset(&call.request) && !call.request.is_form() {
                call.trouble = Some(Trouble::BadBody);
            }
        })],
    },
    Fault {
        name: "form-charset-refused",
        family: Family::Encoding,
        summary: "A form body whose content type names a charset is refused.",
        violates: &["T-CT-CHARSET"],
        changes: &[Change::Call(|call| {
            if names_charset(&call.request) && call.request.is_form() {
                call.trouble = Some(Trouble::BadBody);
            }
        })],
    },
    Fault {
        name: "form-charset-body-ignored",
        family: Family::Encoding,
        summary: "A form body whose content type names a charset is not looked at.",
        violates: &["T-CT-CHARSET"],
        changes: &[Change::Call(|call| {
            if names_charset(&call.request) {
                call.forget(Encoding::Form);
            }
        })],
    },
    Fault {
        name: "auth-empty-hash-refused",
        family: Family::Encoding,
        summary: "Signing in with an empty `hash` beside login and password is refused.",
        violates: &["T-AUTH-EMPTY-HASH"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Auth
                && call.value("hash").is_some()
                && call.text("hash").is_empty()
            {
                *reply = Reply::error(3, 400);
            }
        })],
    },
    Fault {
        name: "auth-stale-hash-refused",
        family: Family::Encoding,
        summary: "Signing in with the hash of an ended session beside login and password is refused.",
        violates: &["T-AUTH-STALE-HASH"],
        changes: &[Change::Reply(|reply, call, server| {
            if call.action == Action::Auth
                && server.session_of(call).is_some_and(|session| session.has_ended())
            {
                *reply = Reply::error(4, 400);
            }
        })],
    },
    Fault {
        name: "unknown-parameter-crashes",
        family: Family::Encoding,
        summary: "A parameter that nobody knows makes the server fail.",
        violates: &["T-UNKNOWN-PARAM"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.parameters.iter().any(|parameter| !KNOWN.contains(&parameter.name.as_str())) {
                *reply = Reply::error(6, 500);
            }
        })],
    },
    Fault {
        name: "cookie-needed",
        family: Family::Encoding,
        summary: "A hash is good only together with the cookie of the sign-in.",
        violates: &["T-NO-COOKIE"],
        changes: &[
            Change::Call(|call| {
                if call.action != Action::Auth && call.request.header(COOKIE).is_empty() {
                    call.parameters.clear();
                }
            }),
            Change::Response(|response, call| {
                if call.action == Action::Auth {
                    response.set(SET_COOKIE, "panel=1; Path=/; HttpOnly");
                }
            }),
        ],
    },
];

/// The parameters of the three actions.
const KNOWN: &[&str] = &["hash", "login", "password"];

fn names_charset(request: &Request) -> bool {
    request.header(CONTENT_TYPE).to_ascii_lowercase().contains("charset")
}

/// Rewrites a body as text.
pub(super) fn rewrite_body(request: &mut Request, rewrite: impl Fn(&str) -> String) {
    request.body = rewrite(&String::from_utf8_lossy(&request.body)).into();
}

fn refuse_body(call: &mut Call, is_refused: impl Fn(&str) -> bool) {
    if call.came_by(Encoding::Json) && is_refused(&String::from_utf8_lossy(&call.request.body)) {
        call.trouble = Some(Trouble::BadBody);
    }
}

fn insert_space(request: &mut Request) {
    if let Some(hash) =
        request.authorization().strip_prefix("NVX").filter(|hash| !hash.starts_with(' '))
    {
        set_authorization(request, &format!("NVX {hash}"));
    }
}

fn require_bearer(request: &mut Request) {
    let spoken = match request.authorization().strip_prefix("Bearer ") {
        Some(hash) => format!("NVX {hash}"),
        None => String::new(),
    };
    set_authorization(request, &spoken);
}

fn set_authorization(request: &mut Request, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        request.headers.insert(AUTHORIZATION, value);
    }
}

/// Decodes the values of a form body once and keeps it a form body.
fn decode_values(body: &str) -> String {
    let decoded = |pair: &str| match pair.split_once('=') {
        Some((name, value)) => format!("{name}={}", decoded_once(value)),
        None => pair.to_owned(),
    };
    body.split('&').map(decoded).collect::<Vec<_>>().join("&")
}

/// What would end the value early is escaped again.
fn decoded_once(value: &str) -> String {
    let text = percent_encoding::percent_decode_str(value).decode_utf8_lossy();
    text.replace('&', "%26").replace('+', "%2B").replace('=', "%3D")
}

/// Makes some escapes survive the decoding; an escape is named by its two digits.
pub(super) fn keep_escapes(body: &str, is_kept: impl Fn(&str) -> bool) -> String {
    let mut parts = body.split('%');
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.get(..2).unwrap_or_default();
        kept.push_str(if is_kept(digits) { "%25" } else { "%" });
        kept.push_str(part);
    }
    kept
}

/// Reads the UTF-8 of one encoding as Latin-1.
fn mangle(call: &mut Call, encoding: Encoding) {
    for name in ["login", "password"] {
        call.rewrite(name, |parameter, text| {
            if parameter.encoding == encoding {
                text.bytes().map(char::from).collect()
            } else {
                text.to_owned()
            }
        });
    }
}
