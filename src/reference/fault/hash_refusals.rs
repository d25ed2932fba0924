//! Faults in the codes and HTTP statuses of refusals that are about the hash, each in one kind only.

use serde_json::Map;

use super::{Family, Fault};
use crate::reference::call::Action;
use crate::reference::change::Change;
use crate::reference::reply::Reply;
use crate::reference::trouble::Trouble;

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "missing-hash-code-11",
        family: Family::Refusals,
        summary: "A missing hash is refused with code 11.",
        violates: &["HASH-MISSING", "HASH-NOTAUTHCODE"],
        changes: &[Change::Code(Trouble::NoHash, 11)],
    },
    Fault {
        name: "missing-hash-code-13",
        family: Family::Refusals,
        summary: "A missing hash is refused with code 13.",
        violates: &["HASH-MISSING", "HASH-NOTAUTHCODE"],
        changes: &[Change::Code(Trouble::NoHash, 13)],
    },
    Fault {
        name: "missing-hash-http-401",
        family: Family::Refusals,
        summary: "A missing hash is refused with HTTP 401.",
        violates: &["HASH-MISSING", "ERR-MAP"],
        changes: &[Change::Refusal(Trouble::NoHash, |reply| {
            reply.status = 401;
        })],
    },
    Fault {
        name: "missing-hash-crashes",
        family: Family::Refusals,
        summary: "A missing hash makes the server fail with code 6.",
        violates: &["HASH-MISSING"],
        changes: &[Change::Code(Trouble::NoHash, 6)],
    },
    Fault {
        name: "missing-hash-answers-nothing",
        family: Family::Refusals,
        summary: "Without a hash the permissions are an empty object.",
        violates: &["HASH-MISSING"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::GetPermissions && reply.trouble == Some(Trouble::NoHash) {
                *reply = Reply::success(Map::new());
                reply.set("success", true);
                reply.set("permissions", Map::new());
            }
        })],
    },
    Fault {
        name: "empty-hash-crashes",
        family: Family::Refusals,
        summary: "An empty hash makes the server fail.",
        violates: &["HASH-EMPTY"],
        changes: &[Change::Reply(|reply, call, _| {
            if reply.trouble == Some(Trouble::NoHash) && call.value("hash").is_some() {
                *reply = Reply::error(6, 500);
            }
        })],
    },
    Fault {
        name: "malformed-hash-crashes",
        family: Family::Refusals,
        summary: "A malformed hash makes the server fail with code 6.",
        violates: &["HASH-MALFORMED"],
        changes: &[Change::Code(Trouble::MalformedHash, 6)],
    },
    Fault {
        name: "malformed-hash-code-12",
        family: Family::Refusals,
        summary: "A malformed hash is refused with code 12.",
        violates: &["HASH-MALFORMED", "HASH-NOTAUTHCODE"],
        changes: &[Change::Code(Trouble::MalformedHash, 12)],
    },
    Fault {
        name: "hash-of-wrong-type-crashes",
        family: Family::Refusals,
        summary: "A hash that is no string makes the server fail with code 6.",
        violates: &["HASH-TYPE"],
        changes: &[Change::Code(Trouble::HashType, 6)],
    },
    Fault {
        name: "unknown-hash-code-13",
        family: Family::Refusals,
        summary: "An unknown hash is refused with code 13.",
        violates: &["HASH-UNKNOWN", "HASH-NOTAUTHCODE"],
        changes: &[Change::Code(Trouble::UnknownHash, 13)],
    },
    Fault {
        name: "unknown-hash-code-102",
        family: Family::Refusals,
        summary: "An unknown hash is refused with code 102.",
        violates: &["HASH-UNKNOWN", "HASH-NOTAUTHCODE", "ERR-RANGE"],
        changes: &[Change::Code(Trouble::UnknownHash, 102)],
    },
    Fault {
        name: "unknown-hash-code-201",
        family: Family::Refusals,
        summary: "An unknown hash is refused with code 201.",
        violates: &["HASH-UNKNOWN", "ERR-RANGE"],
        changes: &[Change::Code(Trouble::UnknownHash, 201)],
    },
    Fault {
        name: "unknown-hash-http-401",
        family: Family::Refusals,
        summary: "An unknown hash is refused with HTTP 401.",
        violates: &["HASH-UNKNOWN", "ERR-MAP"],
        changes: &[Change::Refusal(Trouble::UnknownHash, |reply| {
            reply.status = 401;
        })],
    },
    Fault {
        name: "unknown-hash-http-403",
        family: Family::Refusals,
        summary: "An unknown hash is refused with HTTP 403.",
        violates: &["HASH-UNKNOWN", "ERR-MAP"],
        changes: &[Change::Refusal(Trouble::UnknownHash, |reply| {
            reply.status = 403;
        })],
    },
    Fault {
        name: "expired-hash-code-103",
        family: Family::Refusals,
        summary: "An expired hash is refused with code 103.",
        violates: &["SES-EXPIRED", "ERR-RANGE"],
        changes: &[Change::Code(Trouble::ExpiredHash, 103)],
    },
    Fault {
        name: "expired-hash-code-11",
        family: Family::Refusals,
        summary: "An expired hash is refused with code 11.",
        violates: &["SES-EXPIRED", "HASH-NOTAUTHCODE"],
        changes: &[Change::Code(Trouble::ExpiredHash, 11)],
    },
    Fault {
        name: "expired-hash-accepted",
        family: Family::Refusals,
        summary: "An expired hash still shows permissions.",
        violates: &["SES-EXPIRED"],
        changes: &[Change::Reply(|reply, call, server| {
            if call.action == Action::GetPermissions && reply.trouble == Some(Trouble::ExpiredHash)
            {
                *reply = Reply::success(Map::new());
                reply.set("success", true);
                reply.set("permissions", server.accounts[0].permissions.clone());
            }
        })],
    },
    Fault {
        name: "ended-hash-code-11",
        family: Family::Refusals,
        summary: "The hash of an ended session is refused with code 11.",
        violates: &["LO-CODE", "HASH-NOTAUTHCODE"],
        changes: &[Change::Code(Trouble::EndedHash, 11)],
    },
    Fault {
        name: "ended-hash-code-13",
        family: Family::Refusals,
        summary: "The hash of an ended session is refused with code 13.",
        violates: &["LO-CODE", "HASH-NOTAUTHCODE"],
        changes: &[Change::Code(Trouble::EndedHash, 13)],
    },
    Fault {
        name: "ended-hash-code-204",
        family: Family::Refusals,
        summary: "The hash of an ended session is refused with code 204.",
        violates: &["LO-CODE", "ERR-RANGE"],
        changes: &[Change::Code(Trouble::EndedHash, 204)],
    },
    Fault {
        name: "ended-hash-http-401",
        family: Family::Refusals,
        summary: "The hash of an ended session is refused with HTTP 401.",
        violates: &["ERR-MAP"],
        changes: &[Change::Refusal(Trouble::EndedHash, |reply| {
            reply.status = 401;
        })],
    },
    Fault {
        name: "ended-hash-http-200",
        family: Family::Refusals,
        summary: "The hash of an ended session is refused with HTTP 200.",
        violates: &["ERR-NOT200"],
        changes: &[Change::Refusal(Trouble::EndedHash, |reply| {
            reply.status = 200;
        })],
    },
];
