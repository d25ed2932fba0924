//! Variations in how requests are read. Some leave out a whole way that is only recommended.

use hyper::header::{AUTHORIZATION, HeaderValue, LOCATION};

use super::Variation;
use crate::reference::call::{Action, Encoding};
use crate::reference::change::Change;
use crate::reference::request::Request;
use crate::reference::response::Response;
use crate::reference::trouble::Trouble;

pub(super) const VARIATIONS: &[Variation] = &[
    Variation {
        name: "query-before-body",
        summary: "The query takes precedence over the body.",
        affects: &["T-PRECEDENCE"],
        changes: &[Change::Call(|call| {
            call.parameters.sort_by_key(|parameter| {
                !matches!(parameter.encoding, Encoding::Query | Encoding::PostQuery)
            })
        })],
    },
    Variation {
        name: "header-before-all",
        summary: "The header takes precedence over query and body.",
        affects: &["T-PRECEDENCE"],
        changes: &[Change::Call(|call| {
            call.parameters.sort_by_key(|parameter| parameter.encoding != Encoding::Header)
        })],
    },
    Variation {
        name: "auth-refuses-unknown-parameters",
        summary: "Signing in with a parameter that nobody knows is refused with code 7.",
        affects: &["T-UNKNOWN-PARAM"],
        changes: &[Change::Call(|call| {
            if call.action == Action::Auth
                && call.parameters.iter().any(|parameter| !KNOWN.contains(&parameter.name.as_str()))
            {
                call.trouble = Some(Trouble::FieldType);
            }
        })],
    },
    Variation {
        name: "get-body-ignored",
        summary: "The body of a GET is not looked at.",
        affects: &[],
        changes: &[Change::Call(|call| {
            if call.is_get() {
                call.forget(Encoding::Json);
                call.forget(Encoding::Form);
            }
        })],
    },
    Variation {
        name: "plus-is-plus",
        summary: "A plus sign in a form or query is a plus sign.",
        affects: &["T-PLUS"],
        changes: &[Change::Request(plus_is_plus)],
    },
    Variation {
        name: "untyped-body-refused",
        summary: "A body without a content type that the server knows is refused.",
        affects: &[],
        changes: &[Change::Call(|call| {
            if !call.request.body.is_empty() && !is_known(&call.request.media_type()) {
                call.trouble = Some(Trouble::BadBody);
            }
        })],
    },
    Variation {
        name: "scheme-word-in-any-case",
        summary: "The scheme word of the header may be written in any case.",
        affects: &[],
        changes: &[Change::Request(any_case)],
    },
    Variation {
        name: "without-header",
        summary: "Nobody can pass a hash in the `Authorization` header.",
        // All that is recommended of a call that travels by the header goes with it.
        affects: &[
            "T-HEADER-HASH",
            "T-HEADER-FORM",
            "T-HEADER-EMPTYBODY",
            "SES-ANYWIRE",
            "LO-SHAPE",
        ],
        changes: &[Change::Call(|call| call.forget(Encoding::Header))],
    },
    Variation {
        name: "without-form",
        summary: "Nobody can pass parameters in a form body.",
        // All that is recommended of a call that travels by a form goes with it.
        affects: &[
            "T-FORM-AUTH",
            "T-FORM-HASH",
            "T-PCT",
            "T-CT-CHARSET",
            "T-AUTH-EMPTY-HASH",
            "AUTH-200",
            "AUTH-E11",
            "AUTH-E11-H403",
            "AUTH-WRONGPW-CODE",
            "SES-ANYWIRE",
            "LO-SHAPE",
        ],
        changes: &[Change::Call(|call| call.forget(Encoding::Form))],
    },
    Variation {
        name: "without-query-of-post",
        summary: "Nobody can pass parameters in the query of a POST.",
        // All that is recommended of a call that travels so goes with it.
        affects: &["T-QUERY-POST", "T-QUERY-AUTH", "SES-ANYWIRE"],
        changes: &[Change::Call(|call| call.forget(Encoding::PostQuery))],
    },
    Variation {
        name: "without-trailing-slash",
        summary: "Nobody can call a path with a trailing slash.",
        affects: &["URL-SLASH", "URL-SLASH-QUERY"],
        changes: &[Change::Call(|call| {
            if call.request.has_slash() {
                call.trouble = Some(Trouble::UnknownRoute);
            }
        })],
    },
    Variation {
        name: "slash-redirected-308",
        summary: "A path with a trailing slash is redirected by HTTP 308 to the one without.",
        affects: &["URL-SLASH", "URL-SLASH-QUERY"],
        changes: &[
            Change::Call(|call| {
                if call.request.has_slash() {
                    call.trouble = Some(Trouble::UnknownRoute);
                }
            }),
            Change::Response(|response, call| {
                if let Some(path) = call.request.path.strip_suffix('/') {
                    *response = Response::empty(308);
                    response.set(LOCATION, path);
                }
            }),
        ],
    },
];

/// The parameters of the three actions.
const KNOWN: &[&str] = &["hash", "login", "password"];

fn is_known(media_type: &str) -> bool {
    matches!(media_type, "application/json" | "application/x-www-form-urlencoded")
}

fn plus_is_plus(request: &mut Request) {
    request.query = request.query.replace('+', "%2B");
    if request.media_type() == "application/x-www-form-urlencoded" {
        request.body = String::from_utf8_lossy(&request.body).replace('+', "%2B").into();
    }
}

/// `nvx <hash>` becomes `NVX <hash>`.
fn any_case(request: &mut Request) {
    let Some((scheme, hash)) = request.authorization().split_once(' ') else { return };
    if scheme.eq_ignore_ascii_case("NVX")
        && let Ok(value) = HeaderValue::from_str(&format!("NVX {hash}"))
    {
        request.headers.insert(AUTHORIZATION, value);
    }
}
