//! Faults below HTTP: answers that are cut short or that contradict their own head.
//!
//! A client gets an answer that it can see to be broken. Servers that give no answer at all are null servers:
//! there is nothing to judge.

use super::{Family, Fault};
use crate::reference::call::Action;
use crate::reference::change::Change;
use crate::reference::response::Response;
use crate::reference::wire::Raw;

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "auth-answer-shorter-than-told",
        family: Family::BelowHttp,
        summary: "The answer to a sign-in ends before the length that its head tells.",
        violates: &["AUTH-SUCCESS", "AUTH-HASH"],
        changes: &[Change::Wire(|response, call| {
            (call.action == Action::Auth && response.is_success())
                .then(|| shorter_than_told(response))
        })],
    },
    Fault {
        name: "auth-answer-longer-than-told",
        family: Family::BelowHttp,
        summary: "The answer to a sign-in goes on behind the length that its head tells.",
        violates: &["AUTH-SUCCESS", "AUTH-HASH"],
        changes: &[Change::Wire(|response, call| {
            (call.action == Action::Auth && response.is_success())
                .then(|| longer_than_told(response))
        })],
    },
    Fault {
        name: "auth-answer-lacks-last-chunk",
        family: Family::BelowHttp,
        summary: "The answer to a sign-in comes in chunks, and the last is missing.",
        violates: &["AUTH-SUCCESS", "AUTH-HASH"],
        changes: &[Change::Wire(|response, call| {
            (call.action == Action::Auth && response.is_success())
                .then(|| without_last_chunk(response))
        })],
    },
    Fault {
        name: "get-permissions-answer-shorter-than-told",
        family: Family::BelowHttp,
        summary: "The answer to a request for permissions ends before the length that its head tells.",
        violates: &["GP-SHAPE"],
        changes: &[Change::Wire(|response, call| {
            (call.action == Action::GetPermissions && response.is_success())
                .then(|| shorter_than_told(response))
        })],
    },
    Fault {
        name: "get-permissions-answer-longer-than-told",
        family: Family::BelowHttp,
        summary: "The answer to a request for permissions goes on behind the length that its head tells.",
        violates: &["GP-SHAPE"],
        changes: &[Change::Wire(|response, call| {
            (call.action == Action::GetPermissions && response.is_success())
                .then(|| longer_than_told(response))
        })],
    },
    Fault {
        name: "get-permissions-answer-lacks-last-chunk",
        family: Family::BelowHttp,
        summary: "The answer to a request for permissions comes in chunks, and the last is missing.",
        violates: &["GP-SHAPE"],
        changes: &[Change::Wire(|response, call| {
            (call.action == Action::GetPermissions && response.is_success())
                .then(|| without_last_chunk(response))
        })],
    },
    Fault {
        name: "logout-answer-shorter-than-told",
        family: Family::BelowHttp,
        summary: "The answer to a logout ends before the length that its head tells.",
        violates: &["LO-SHAPE"],
        changes: &[Change::Wire(|response, call| {
            (call.action == Action::Logout && response.is_success())
                .then(|| shorter_than_told(response))
        })],
    },
    Fault {
        name: "logout-answer-longer-than-told",
        family: Family::BelowHttp,
        summary: "The answer to a logout goes on behind the length that its head tells.",
        violates: &["LO-SHAPE"],
        changes: &[Change::Wire(|response, call| {
            (call.action == Action::Logout && response.is_success())
                .then(|| longer_than_told(response))
        })],
    },
    Fault {
        name: "logout-answer-lacks-last-chunk",
        family: Family::BelowHttp,
        summary: "The answer to a logout comes in chunks, and the last is missing.",
        violates: &["LO-SHAPE"],
        changes: &[Change::Wire(|response, call| {
            (call.action == Action::Logout && response.is_success())
                .then(|| without_last_chunk(response))
        })],
    },
    Fault {
        name: "error-shorter-than-told",
        family: Family::BelowHttp,
        summary: "Errors end before the length that their head tells.",
        violates: &["ERR-OBJECT"],
        changes: &[Change::Wire(|response, _| {
            (!response.is_success()).then(|| shorter_than_told(response))
        })],
    },
    Fault {
        name: "error-longer-than-told",
        family: Family::BelowHttp,
        summary: "Errors go on behind the length that their head tells.",
        violates: &["ERR-OBJECT"],
        changes: &[Change::Wire(|response, _| {
            (!response.is_success()).then(|| longer_than_told(response))
        })],
    },
    Fault {
        name: "error-lacks-last-chunk",
        family: Family::BelowHttp,
        summary: "Errors come in chunks, and the last is missing.",
        violates: &["ERR-OBJECT"],
        changes: &[Change::Wire(|response, _| {
            (!response.is_success()).then(|| without_last_chunk(response))
        })],
    },
    Fault {
        name: "error-head-without-body",
        family: Family::BelowHttp,
        summary: "Errors end right after their head, which tells of a body.",
        violates: &["ERR-OBJECT"],
        changes: &[Change::Wire(|response, _| {
            (!response.is_success()).then(|| head_alone(response))
        })],
    },
    Fault {
        name: "logout-head-without-body",
        family: Family::BelowHttp,
        summary: "The answer to a logout ends right after its head, which tells of a body.",
        violates: &["LO-SHAPE"],
        changes: &[Change::Wire(|response, call| {
            (call.action == Action::Logout && response.is_success()).then(|| head_alone(response))
        })],
    },
    Fault {
        name: "get-by-query-answer-shorter-than-told",
        family: Family::BelowHttp,
        summary: "The answer to a GET ends before the length that its head tells.",
        violates: &["M-PERM-GET", "M-LOGOUT-GET", "M-SAME"],
        changes: &[Change::Wire(|response, call| {
            (call.is_get() && response.is_success()).then(|| shorter_than_told(response))
        })],
    },
    Fault {
        name: "answer-cut-in-half",
        family: Family::BelowHttp,
        summary: "Successes are cut in half, and the head tells the length of the half.",
        violates: &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
        changes: &[Change::SuccessWritten(|response| {
            response.body.truncate(response.body.len() / 2)
        })],
    },
    Fault {
        name: "answer-cut-at-half-a-kilobyte",
        family: Family::BelowHttp,
        summary: "Answers are cut after 512 bytes.",
        violates: &["AUTH-SUCCESS", "GP-SHAPE"],
        changes: &[Change::Response(|response, _| response.body.truncate(512))],
    },
];

fn shorter_than_told(response: &Response) -> Raw {
    let told = response.body.len();
    let short = Response { body: response.body[..told / 2].to_vec(), ..response.clone() };
    Raw::Close(short.to_wire(&content_length(told)))
}

fn longer_than_told(response: &Response) -> Raw {
    Raw::Close(response.to_wire(&content_length(response.body.len() / 2)))
}

fn head_alone(response: &Response) -> Raw {
    let empty = Response { body: Vec::new(), ..response.clone() };
    Raw::Close(empty.to_wire(&content_length(response.body.len())))
}

/// One chunk with the first half of the body, and none to end it.
fn without_last_chunk(response: &Response) -> Raw {
    let half = &response.body[..response.body.len() / 2];
    let size = format!("{:x}\r\n", half.len());
    let chunk = Response { body: [size.as_bytes(), half, b"\r\n"].concat(), ..response.clone() };
    Raw::Close(chunk.to_wire("transfer-encoding: chunked"))
}

fn content_length(length: usize) -> String {
    format!("content-length: {length}")
}
