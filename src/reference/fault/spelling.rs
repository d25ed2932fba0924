//! Faults in which spellings of one and the same parameter are understood.

use super::encoding::{keep_escapes, rewrite_body};
use super::{Family, Fault};
use crate::reference::call::{Call, Encoding};
use crate::reference::change::Change;
use crate::reference::request::Request;

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "lower-case-escapes-not-decoded",
        family: Family::Encoding,
        summary: "Percent escapes with small letters are not decoded.",
        violates: &["T-PCT"],
        changes: &[Change::Request(keep_small_escapes)],
    },
    Fault {
        name: "json-escaped-name-ignored",
        family: Family::Encoding,
        summary: "A JSON member whose name is written with escapes is not looked at.",
        violates: &["T-JSON-SYNTAX"],
        changes: &[Change::Call(forget_escaped_names)],
    },
];

fn keep_small_escapes(request: &mut Request) {
    let is_small = |digits: &str| digits.contains(|digit: char| digit.is_ascii_lowercase());
    request.query = keep_escapes(&request.query, is_small);
    if request.is_form() {
        rewrite_body(request, |body| keep_escapes(body, is_small));
    }
}

fn forget_escaped_names(call: &mut Call) {
    let body = String::from_utf8_lossy(&call.request.body).into_owned();
    call.parameters.retain(|parameter| {
        parameter.encoding != Encoding::Json || body.contains(&format!("\"{}\"", parameter.name))
    });
}
