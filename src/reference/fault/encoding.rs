//! Faults in how parameters are decoded.

use super::{Family, Fault};
use crate::reference::call::Encoding;
use crate::reference::change::Change;

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
];
