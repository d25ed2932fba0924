//! Variations in how a refusal is named, where the contract accepts several codes.

use hyper::Method;
use hyper::header::ALLOW;

use super::Variation;
use crate::reference::call::{Action, Call};
use crate::reference::change::Change;
use crate::reference::response::Response;
use crate::reference::trouble::Trouble;

pub(super) const VARIATIONS: &[Variation] = &[
    Variation {
        name: "wrong-password-code-102",
        summary: "A wrong password is refused with code 102.",
        affects: &[],
        changes: &[
            Change::Code(Trouble::WrongPassword, 102),
            Change::Code(Trouble::BlockedWrongPassword, 102),
        ],
    },
    Variation {
        name: "blocked-wrong-password-code-11",
        summary: "A blocked dealer is refused with code 11 whatever the password.",
        affects: &[],
        changes: &[Change::Code(Trouble::BlockedWrongPassword, 11)],
    },
    Variation {
        name: "unknown-hash-code-3",
        summary: "An unknown hash is refused with code 3.",
        affects: &[],
        changes: &[Change::Code(Trouble::UnknownHash, 3)],
    },
    Variation {
        name: "ended-hash-code-3",
        summary: "The hash of an ended session is refused with code 3.",
        affects: &[],
        changes: &[Change::Code(Trouble::EndedHash, 3)],
    },
    Variation {
        name: "unknown-and-ended-hash-code-3",
        summary: "Unknown and ended hashes are refused with code 3.",
        affects: &[],
        changes: &[Change::Code(Trouble::UnknownHash, 3), Change::Code(Trouble::EndedHash, 3)],
    },
    Variation {
        name: "missing-hash-code-4",
        summary: "A missing hash is refused with code 4.",
        affects: &[],
        changes: &[Change::Code(Trouble::NoHash, 4)],
    },
    Variation {
        name: "missing-hash-code-7",
        summary: "A missing hash is refused with code 7.",
        affects: &[],
        changes: &[Change::Code(Trouble::NoHash, 7)],
    },
    Variation {
        name: "malformed-hash-code-4",
        summary: "A malformed hash is refused with code 4.",
        affects: &[],
        changes: &[Change::Code(Trouble::MalformedHash, 4)],
    },
    Variation {
        name: "malformed-hash-code-7",
        summary: "A malformed hash is refused with code 7.",
        affects: &[],
        changes: &[Change::Code(Trouble::MalformedHash, 7)],
    },
    Variation {
        name: "hash-of-wrong-type-code-3",
        summary: "A hash that is no string is refused with code 3.",
        affects: &[],
        changes: &[Change::Code(Trouble::HashType, 3)],
    },
    Variation {
        name: "hash-of-wrong-type-code-5",
        summary: "A hash that is no string is refused with code 5.",
        affects: &[],
        changes: &[Change::Code(Trouble::HashType, 5)],
    },
    Variation {
        name: "missing-field-code-5",
        summary: "A missing login or password is refused with code 5.",
        affects: &[],
        changes: &[Change::Code(Trouble::MissingField, 5)],
    },
    Variation {
        name: "missing-field-code-12",
        summary: "A missing login or password is refused with code 12.",
        affects: &[],
        changes: &[Change::Code(Trouble::MissingField, 12)],
    },
    Variation {
        name: "missing-field-code-102",
        summary: "A missing login or password is refused with code 102.",
        affects: &[],
        changes: &[Change::Code(Trouble::MissingField, 102)],
    },
    Variation {
        name: "empty-field-code-12",
        summary: "An empty login or password is refused with code 12.",
        affects: &[],
        changes: &[Change::Code(Trouble::EmptyField, 12)],
    },
    Variation {
        name: "empty-field-code-102",
        summary: "An empty login or password is refused with code 102.",
        affects: &[],
        changes: &[Change::Code(Trouble::EmptyField, 102)],
    },
    Variation {
        name: "field-of-wrong-type-code-5",
        summary: "A login or password that is no string is refused with code 5.",
        affects: &[],
        changes: &[Change::Code(Trouble::FieldType, 5)],
    },
    Variation {
        name: "field-of-wrong-type-code-12",
        summary: "A login or password that is no string is refused with code 12.",
        affects: &[],
        changes: &[Change::Code(Trouble::FieldType, 12)],
    },
    Variation {
        name: "field-of-wrong-type-code-102",
        summary: "A login or password that is no string is refused with code 102.",
        affects: &[],
        changes: &[Change::Code(Trouble::FieldType, 102)],
    },
    Variation {
        name: "malformed-body-code-7",
        summary: "A body that is not JSON is refused with code 7.",
        affects: &[],
        changes: &[Change::Code(Trouble::BadBody, 7)],
    },
    Variation {
        name: "too-large-body-code-5",
        summary: "A body that is too large is a wrong request format.",
        affects: &[],
        changes: &[Change::Code(Trouble::TooLarge, 5)],
    },
    Variation {
        name: "unknown-action-code-204",
        summary: "An unknown action is refused with code 204 and HTTP 404.",
        affects: &[],
        changes: &[Change::Code(Trouble::UnknownRoute, 204)],
    },
    Variation {
        name: "unknown-action-http-404-page",
        summary: "An unknown action is answered with a page that says not found.",
        affects: &[],
        changes: &[Change::Response(|response, call| {
            if call.action == Action::Unknown {
                *response = Response::typed(404, "text/html", "<h1>Not Found</h1>");
            }
        })],
    },
    Variation {
        name: "other-methods-http-405",
        summary: "Other methods than GET and POST are answered with HTTP 405 and no body.",
        affects: &[],
        changes: &[Change::Response(|response, call| {
            if is_other_method(call) {
                *response = Response::empty(405);
                response.set(ALLOW, "GET, POST");
            }
        })],
    },
    Variation {
        name: "options-http-204",
        summary: "OPTIONS is answered with HTTP 204 and the methods that are allowed.",
        affects: &[],
        changes: &[Change::Response(|response, call| {
            if call.request.method == Method::OPTIONS {
                *response = Response::empty(204);
                response.set(ALLOW, "GET, POST");
            }
        })],
    },
    Variation {
        name: "auth-by-get-refused",
        summary: "Signing in by GET is a wrong method.",
        affects: &["M-AUTH-GET"],
        changes: &[Change::Call(|call| {
            if call.action == Action::Auth && call.is_get() {
                call.trouble = Some(Trouble::WrongMethod);
            }
        })],
    },
];

fn is_other_method(call: &Call) -> bool {
    call.request.method != Method::GET && call.request.method != Method::POST
}
