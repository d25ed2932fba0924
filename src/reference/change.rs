//! What a server does differently, at one stage between request and response.
//!
//! A change leaves alone everything but the promise that it is about. Most are a [`When`] and what
//! is done then, `on(Auth).granted().remove("/hash")`; those of the policy and of the bare request
//! hold for every call. To add a stage: a variant here, and its line in `pipeline`.

use hyper::header::{CONTENT_TYPE, HeaderName};
use serde_json::{Map, Value};

use super::call::{Call, Encoding};
use super::policy::Policy;
use super::refusal::Reason;
use super::reply::Reply;
use super::request::Request;
use super::response::{Delivery, Response};
use super::server::Server;
use super::when::When;
use super::wire::Raw;

/// What a server does differently; empty for the faultless one.
pub(crate) struct Changes(Vec<Change>);

/// Changes what one stage passes to the next, depending on the call.
type Edit<T> = Box<dyn Fn(&mut T, &Call, &Server) + Send + Sync>;

/// One change of one stage.
enum Change {
    /// The server decides otherwise.
    Policy(Box<dyn Fn(&mut Policy) + Send + Sync>),
    /// The request is read otherwise.
    Request(fn(&mut Request)),
    /// The call is understood otherwise.
    Call(When, Box<dyn Fn(&mut Call) + Send + Sync>),
    /// The answer says something else.
    Reply(When, Edit<Reply>),
    /// The answer is written otherwise.
    Response(When, Edit<Response>),
}

/// Decides otherwise.
pub(crate) fn policy(edit: impl Fn(&mut Policy) + Send + Sync + 'static) -> Changes {
    Changes(vec![Change::Policy(Box::new(edit))])
}

/// Refuses for this reason with another code.
pub(crate) fn code(reason: Reason, code: u32) -> Changes {
    policy(move |policy| policy.codes.push((reason, code)))
}

/// Gives a code another HTTP status.
pub(crate) fn status_of(code: u32, status: u16) -> Changes {
    policy(move |policy| policy.statuses.push((code, status)))
}

/// Reads the request otherwise.
pub(crate) fn request(edit: fn(&mut Request)) -> Changes {
    Changes(vec![Change::Request(edit)])
}

/// What is done to the call, before it is decided.
impl When {
    /// Understands the call otherwise.
    pub(crate) fn call(self, edit: impl Fn(&mut Call) + Send + Sync + 'static) -> Changes {
        Changes(vec![Change::Call(self, Box::new(edit))])
    }

    /// Refuses the call, whatever its parameters say.
    pub(crate) fn refuse(self, reason: Reason) -> Changes {
        self.call(move |call| call.invalid = Some(reason))
    }

    /// Ignores parameters that are sent in this way.
    pub(crate) fn ignore(self, encoding: Encoding) -> Changes {
        self.call(move |call| call.forget(encoding))
    }
}

/// What is done to the answer.
impl When {
    /// Answers something else, depending on the call.
    pub(crate) fn reply_with(
        self,
        edit: impl Fn(&mut Reply, &Call, &Server) + Send + Sync + 'static,
    ) -> Changes {
        Changes(vec![Change::Reply(self, Box::new(edit))])
    }

    /// Answers something else.
    pub(crate) fn reply(self, edit: impl Fn(&mut Reply) + Send + Sync + 'static) -> Changes {
        self.reply_with(move |reply, _, _| edit(reply))
    }

    /// Sets a member.
    pub(crate) fn set(self, pointer: &'static str, value: impl Into<Value>) -> Changes {
        let value = value.into();
        self.reply(move |reply| reply.set(pointer, value.clone()))
    }

    /// Leaves a member out.
    pub(crate) fn remove(self, pointer: &'static str) -> Changes {
        self.reply(move |reply| _ = reply.remove(pointer))
    }

    /// Calls a member of the answer by another name.
    pub(crate) fn rename(self, pointer: &'static str, name: &'static str) -> Changes {
        self.reply(move |reply| {
            if let Some(value) = reply.remove(pointer) {
                reply.set(name, value);
            }
        })
    }

    /// Replaces the value of a member by one made of it.
    pub(crate) fn map(self, pointer: &'static str, map: fn(Value) -> Value) -> Changes {
        self.reply(move |reply| {
            if let Some(value) = reply.get_mut(pointer) {
                *value = map(value.take());
            }
        })
    }

    /// Changes the permissions, if the answer has any to show.
    pub(crate) fn permissions(self, edit: fn(&mut Map<String, Value>)) -> Changes {
        self.reply(move |reply| reply.permissions().into_iter().for_each(edit))
    }

    /// Answers success and the permissions of the account at this index.
    pub(crate) fn show_permissions_of(self, account: usize) -> Changes {
        self.reply_with(move |reply, _, server| {
            *reply = Reply::with_permissions(server.permissions(account));
        })
    }

    /// Answers with another HTTP status.
    pub(crate) fn status(self, status: u16) -> Changes {
        self.reply(move |reply| reply.status = status)
    }

    /// Answers with the error of this code.
    pub(crate) fn error(self, code: u32) -> Changes {
        self.reply(move |reply| *reply = Reply::error(code))
    }

    /// Answers success, and nothing else.
    pub(crate) fn succeed(self) -> Changes {
        self.reply(|reply| *reply = Reply::success())
    }
}

/// What is done to the answer once it is written as HTTP.
impl When {
    /// Writes the answer otherwise, depending on the call.
    pub(crate) fn response_with(
        self,
        edit: impl Fn(&mut Response, &Call) + Send + Sync + 'static,
    ) -> Changes {
        let edit = move |response: &mut Response, call: &Call, _: &Server| edit(response, call);
        Changes(vec![Change::Response(self, Box::new(edit))])
    }

    /// Writes the answer otherwise.
    pub(crate) fn response(self, edit: impl Fn(&mut Response) + Send + Sync + 'static) -> Changes {
        self.response_with(move |response, _| edit(response))
    }

    /// Sets a header.
    pub(crate) fn header(self, name: HeaderName, value: &'static str) -> Changes {
        self.response(move |response| response.set(name.clone(), value))
    }

    /// Writes another body.
    pub(crate) fn body(self, rewrite: fn(&str) -> String) -> Changes {
        self.response(move |response| response.body = rewrite(&response.text()).into_bytes())
    }

    /// Writes a document of another type, with the same HTTP status.
    pub(crate) fn document(self, content_type: &'static str, text: &'static str) -> Changes {
        self.response(move |response| {
            *response = Response::typed(response.status, content_type, text);
        })
    }

    /// Names another content type.
    pub(crate) fn content_type(self, content_type: &'static str) -> Changes {
        self.header(CONTENT_TYPE, content_type)
    }

    /// Writes a page instead of the answer.
    pub(crate) fn page(self, status: u16, html: &'static str) -> Changes {
        self.respond(move |_| Response::page(status, html))
    }

    /// Writes another response instead of the answer.
    pub(crate) fn respond(
        self,
        respond: impl Fn(&Call) -> Response + Send + Sync + 'static,
    ) -> Changes {
        self.response_with(move |response, call| *response = respond(call))
    }

    /// Answers nothing and closes the connection.
    pub(crate) fn close(self) -> Changes {
        self.raw(|_| Raw::Close(Vec::new()))
    }

    /// Answers nothing and leaves the connection open.
    pub(crate) fn hang(self) -> Changes {
        self.raw(|_| Raw::Hang(Vec::new()))
    }

    /// Writes to the bare connection instead of leaving that to the HTTP library.
    pub(crate) fn raw(self, raw: fn(&Response) -> Raw) -> Changes {
        self.response(move |response| response.delivery = Delivery::Raw(raw(response)))
    }
}

impl Changes {
    /// No change at all.
    pub(crate) const NONE: Self = Self(Vec::new());

    /// Both changes.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// How the server decides.
    pub(crate) fn policy(&self) -> Policy {
        let mut policy = Policy::default();
        for change in &self.0 {
            if let Change::Policy(edit) = change {
                edit(&mut policy);
            }
        }
        policy
    }

    /// Changes a request before it is decoded.
    pub(crate) fn edit_request(&self, request: &mut Request) {
        for change in &self.0 {
            if let Change::Request(edit) = change {
                edit(request);
            }
        }
    }

    /// Changes a call before it is decided.
    pub(crate) fn edit_call(&self, call: &mut Call, server: &Server) {
        for change in &self.0 {
            if let Change::Call(when, edit) = change
                && when.applies_to(call, server)
            {
                edit(call);
            }
        }
    }

    /// Changes an answer; the reason is that of the faultless answer.
    pub(crate) fn edit_reply(
        &self,
        reply: &mut Reply,
        call: &Call,
        server: &Server,
        reason: Option<Reason>,
    ) {
        for change in &self.0 {
            if let Change::Reply(when, edit) = change
                && when.applies(call, server, reason)
            {
                edit(reply, call, server);
            }
        }
    }

    /// Changes an answer that is written as HTTP; the reason is that of the faultless answer.
    pub(crate) fn edit_response(
        &self,
        response: &mut Response,
        call: &Call,
        server: &Server,
        reason: Option<Reason>,
    ) {
        for change in &self.0 {
            if let Change::Response(when, edit) = change
                && when.applies(call, server, reason)
            {
                edit(response, call, server);
            }
        }
    }
}
