//! The places of the pipeline where a departure may take hold.
//!
//! A change is a small function between two stages, or a plain value that the policy takes over. It must
//! leave alone everything but the promise it is about. To add a place: a variant here, and the line in
//! `server` that applies it.

use std::time::Duration;

use super::call::{Action, Call};
use super::policy::Policy;
use super::reply::Reply;
use super::request::Request;
use super::response::Response;
use super::server::Server;
use super::trouble::Trouble;
use super::wire::Raw;

/// One departure at one place of the pipeline.
#[derive(Debug)]
pub(crate) enum Change {
    /// A trouble has another code.
    Code(Trouble, u32),
    /// A code has another HTTP status.
    Status(u32, u16),
    /// The server decides otherwise.
    Policy(fn(&mut Policy)),
    /// The request is read otherwise.
    Request(fn(&mut Request)),
    /// The call is understood otherwise.
    Call(fn(&mut Call)),
    /// The decision is held back.
    Pause(fn(&Call) -> Duration),
    /// The successes of an action say something else.
    Success(Action, fn(&mut Reply)),
    /// The refusals for a trouble say something else.
    Refusal(Trouble, fn(&mut Reply)),
    /// Every refusal says something else.
    Error(fn(&mut Reply)),
    /// The answer says something else.
    Reply(fn(&mut Reply, &Call, &Server)),
    /// Every success is written otherwise.
    SuccessWritten(fn(&mut Response)),
    /// Every refusal is written otherwise.
    ErrorWritten(fn(&mut Response)),
    /// The answer is written otherwise.
    Response(fn(&mut Response, &Call)),
    /// The answer is written past the HTTP library.
    Wire(fn(&Response, &Call) -> Option<Raw>),
}

/// The policy of a server with these changes.
pub(crate) fn policy(changes: &[Change]) -> Policy {
    let mut policy = Policy::default();
    for change in changes {
        match change {
            Change::Code(trouble, code) => policy.codes.push((*trouble, *code)),
            Change::Status(code, status) => policy.statuses.push((*code, *status)),
            Change::Policy(edit) => edit(&mut policy),
            _ => {}
        }
    }
    policy
}

/// Changes a request before it is decoded.
pub(crate) fn edit_request(changes: &[Change], request: &mut Request) {
    for change in changes {
        if let Change::Request(edit) = change {
            edit(request);
        }
    }
}

/// Changes a call before it is decided.
pub(crate) fn edit_call(changes: &[Change], call: &mut Call) {
    for change in changes {
        if let Change::Call(edit) = change {
            edit(call);
        }
    }
}

/// How long the decision of a call is held back.
pub(crate) fn pause(changes: &[Change], call: &Call) -> Duration {
    let pause = |change: &Change| match change {
        Change::Pause(pause) => pause(call),
        _ => Duration::ZERO,
    };
    changes.iter().map(pause).sum()
}

/// Changes a reply before it is written.
pub(crate) fn edit_reply(changes: &[Change], reply: &mut Reply, call: &Call, server: &Server) {
    for change in changes {
        match change {
            Change::Success(action, edit) if *action == call.action && reply.is_success() => {
                edit(reply)
            }
            Change::Refusal(trouble, edit) if reply.trouble == Some(*trouble) => edit(reply),
            Change::Error(edit) if !reply.is_success() => edit(reply),
            Change::Reply(edit) => edit(reply, call, server),
            _ => {}
        }
    }
}

/// Changes a response before it is sent.
pub(crate) fn edit_response(changes: &[Change], response: &mut Response, call: &Call) {
    for change in changes {
        match change {
            Change::SuccessWritten(edit) if response.is_success() => edit(response),
            Change::ErrorWritten(edit) if !response.is_success() => edit(response),
            Change::Response(edit) => edit(response, call),
            _ => {}
        }
    }
}

/// What is done to the connection instead of sending the response.
pub(crate) fn raw(changes: &[Change], response: &Response, call: &Call) -> Option<Raw> {
    changes.iter().find_map(|change| match change {
        Change::Wire(raw) => raw(response, call),
        _ => None,
    })
}
