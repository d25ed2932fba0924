//! Variations in how a refusal is named, if the contract accepts several codes.

use hyper::Method;
use hyper::header::ALLOW;

use super::variation;
use crate::reference::behaviour::{Row, row};
use crate::reference::call::Action::{Auth, Unknown};
use crate::reference::call::Call;
use crate::reference::change::code;
use crate::reference::refusal::Reason::{
    BadBody, BlockedWrongPassword, EmptyField, EndedHash, FieldType, HashType, MalformedHash,
    MissingField, NoHash, TooLarge, UnknownHash, UnknownRoute, WrongMethod, WrongPassword,
};
use crate::reference::response::Response;
use crate::reference::server::Server;
use crate::reference::when::{always, on};

#[rustfmt::skip] // A row is a line, or two if it is long.
pub(super) fn variations() -> Vec<Row> {
    vec![
        variation("wrong-password-code-102", "A wrong password is refused with code 102.", code(WrongPassword, 102).and(code(BlockedWrongPassword, 102))),
        variation("blocked-wrong-password-code-11", "A blocked dealer is refused with code 11 whatever the password.", code(BlockedWrongPassword, 11)),
        variation("unknown-hash-code-3", "An unknown hash is refused with code 3.", code(UnknownHash, 3)),
        variation("ended-hash-code-3", "The hash of an ended session is refused with code 3.", code(EndedHash, 3)),
        variation("unknown-and-ended-hash-code-3", "Unknown and ended hashes are refused with code 3.", code(UnknownHash, 3).and(code(EndedHash, 3))),
        variation("missing-hash-code-4", "A missing hash is refused with code 4.", code(NoHash, 4)),
        variation("missing-hash-code-7", "A missing hash is refused with code 7.", code(NoHash, 7)),
        variation("malformed-hash-code-4", "A malformed hash is refused with code 4.", code(MalformedHash, 4)),
        variation("malformed-hash-code-7", "A malformed hash is refused with code 7.", code(MalformedHash, 7)),
        variation("hash-of-wrong-type-code-3", "A hash that is no string is refused with code 3.", code(HashType, 3)),
        variation("hash-of-wrong-type-code-5", "A hash that is no string is refused with code 5.", code(HashType, 5)),
        variation("missing-field-code-5", "A missing login or password is refused with code 5.", code(MissingField, 5)),
        variation("missing-field-code-12", "A missing login or password is refused with code 12.", code(MissingField, 12)),
        variation("missing-field-code-102", "A missing login or password is refused with code 102.", code(MissingField, 102)),
        variation("empty-field-code-12", "An empty login or password is refused with code 12.", code(EmptyField, 12)),
        variation("empty-field-code-102", "An empty login or password is refused with code 102.", code(EmptyField, 102)),
        variation("field-of-wrong-type-code-5", "A login or password that is no string is refused with code 5.", code(FieldType, 5)),
        variation("field-of-wrong-type-code-12", "A login or password that is no string is refused with code 12.", code(FieldType, 12)),
        variation("field-of-wrong-type-code-102", "A login or password that is no string is refused with code 102.", code(FieldType, 102)),
        variation("malformed-body-code-7", "A body that is not JSON is refused with code 7.", code(BadBody, 7)),
        variation("too-large-body-code-5", "A body that is too large is a wrong request format.", code(TooLarge, 5)),
        variation("unknown-action-code-204", "An unknown action is refused with code 204 and HTTP 404.", code(UnknownRoute, 204)),
        variation("unknown-action-http-404-page", "An unknown action is answered with a page that says not found.",
            on(Unknown).page(404, "<h1>Not Found</h1>")),
        variation("other-methods-http-405", "Other methods than GET and POST are answered with HTTP 405 and no body.",
            always().given(is_other_method).respond(|_| Response::bare(405, ALLOW, "GET, POST"))),
        variation("options-http-204", "OPTIONS is answered with HTTP 204 and the methods that are allowed.",
            always().given(|call, _| call.request.method == Method::OPTIONS).respond(|_| Response::bare(204, ALLOW, "GET, POST"))),
        row("auth-by-get-refused", "Signing in by GET is a wrong method.", &["M-AUTH-GET"], on(Auth).by_get().refuse(WrongMethod)),
    ]
}

fn is_other_method(call: &Call, _: &Server) -> bool {
    call.request.method != Method::GET && call.request.method != Method::POST
}
