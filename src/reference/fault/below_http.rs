//! Faults below HTTP: answers that are cut short or that contradict their own head.
//!
//! A client gets an answer that it can see to be broken. Where it gets none, that is the business of `no_answer`.

use crate::reference::behaviour::{Row, row};
use crate::reference::call::Action::{Auth, GetPermissions, Logout};
use crate::reference::response::Response;
use crate::reference::when::{always, granted, on, refused};
use crate::reference::wire::Raw;

#[rustfmt::skip] // A row is a line, or two if it is long.
pub(super) fn faults() -> Vec<Row> {
    let [auth, read, logout] = [Auth, GetPermissions, Logout].map(|action| on(action).granted());

    vec![
        row("auth-answer-shorter-than-told", "The answer to a sign-in is shorter than its head says.", &["AUTH-SUCCESS", "AUTH-HASH"],
            auth.raw(too_short)),
        row("auth-answer-longer-than-told", "The answer to a sign-in is longer than its head says.", &["AUTH-SUCCESS", "AUTH-HASH"],
            auth.raw(too_long)),
        row("auth-answer-lacks-last-chunk", "The answer to a sign-in comes in chunks without the last one.", &["AUTH-SUCCESS", "AUTH-HASH"],
            auth.raw(without_last_chunk)),
        row("get-permissions-answer-shorter-than-told", "The answer to a request for permissions is shorter than its head says.", &["GP-SHAPE"],
            read.raw(too_short)),
        row("get-permissions-answer-longer-than-told", "The answer to a request for permissions is longer than its head says.", &["GP-SHAPE"],
            read.raw(too_long)),
        row("get-permissions-answer-lacks-last-chunk", "The answer to a request for permissions comes in chunks without the last one.", &["GP-SHAPE"],
            read.raw(without_last_chunk)),
        row("logout-answer-shorter-than-told", "The answer to a logout is shorter than its head says.", &["LO-SHAPE"],
            logout.raw(too_short)),
        row("logout-answer-longer-than-told", "The answer to a logout is longer than its head says.", &["LO-SHAPE"],
            logout.raw(too_long)),
        row("logout-answer-lacks-last-chunk", "The answer to a logout comes in chunks without the last one.", &["LO-SHAPE"],
            logout.raw(without_last_chunk)),
        row("error-shorter-than-told", "Errors are shorter than their head says.", &["ERR-OBJECT"],
            refused().raw(too_short)),
        row("error-longer-than-told", "Errors are longer than their head says.", &["ERR-OBJECT"],
            refused().raw(too_long)),
        row("error-lacks-last-chunk", "Errors come in chunks without the last one.", &["ERR-OBJECT"],
            refused().raw(without_last_chunk)),
        row("error-head-without-body", "Errors end after their head, which announces a body.", &["ERR-OBJECT"],
            refused().raw(head_alone)),
        row("logout-head-without-body", "The answer to a logout ends after its head, which announces a body.", &["LO-SHAPE"],
            logout.raw(head_alone)),
        row("get-by-query-answer-shorter-than-told", "The answer to a GET is shorter than its head says.", &["M-PERM-GET", "M-LOGOUT-GET", "M-SAME"],
            granted().by_get().raw(too_short)),
        row("answer-cut-in-half", "Successes are cut in half, and the head gives the length of the half.", &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
            granted().response(|response| response.body.truncate(response.body.len() / 2))),
        row("answer-cut-at-half-a-kilobyte", "Answers are cut after 512 bytes.", &["AUTH-SUCCESS", "GP-SHAPE"],
            always().response(|response| response.body.truncate(512))),
    ]
}

fn too_short(response: &Response) -> Raw {
    let length = response.body.len();
    let short = Response { body: response.body[..length / 2].to_vec(), ..response.clone() };
    Raw::Close(short.to_wire(&content_length(length)))
}

fn too_long(response: &Response) -> Raw {
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
