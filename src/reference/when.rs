//! When a change applies: to which action, to which way of asking, to which answer.
//!
//! Starts with [`always`], [`on`], [`granted`] or [`refused`], and is narrowed from there:
//! `on(Logout).by(Form).refused_for(EndedHash)`.

use super::call::{Action, Call, Encoding};
use super::refusal::Reason;
use super::server::Server;

/// When a change applies; each condition narrows it.
#[derive(Clone, Copy)]
pub(crate) struct When {
    action: Option<Action>,
    encoding: Option<Encoding>,
    is_get: Option<bool>,
    is_concurrent: bool,
    answer: Answer,
    condition: fn(&Call, &Server) -> bool,
}

/// What the server has decided, before any change to its answer.
#[derive(Clone, Copy)]
enum Answer {
    Any,
    Granted,
    Refused,
    RefusedFor(Reason),
}

/// Every call.
pub(crate) fn always() -> When {
    When {
        action: None,
        encoding: None,
        is_get: None,
        is_concurrent: false,
        answer: Answer::Any,
        condition: |_, _| true,
    }
}

/// Calls of this action.
pub(crate) fn on(action: Action) -> When {
    When { action: Some(action), ..always() }
}

/// Calls that are granted.
pub(crate) fn granted() -> When {
    always().granted()
}

/// Calls that are refused.
pub(crate) fn refused() -> When {
    always().refused()
}

/// Calls that are refused for this reason.
pub(crate) fn refused_for(reason: Reason) -> When {
    always().refused_for(reason)
}

impl When {
    /// Only if the credentials were sent in this way.
    pub(crate) fn by(self, encoding: Encoding) -> Self {
        Self { encoding: Some(encoding), ..self }
    }

    /// Only by GET.
    pub(crate) fn by_get(self) -> Self {
        Self { is_get: Some(true), ..self }
    }

    /// Only by another method than GET.
    pub(crate) fn by_post(self) -> Self {
        Self { is_get: Some(false), ..self }
    }

    /// Only if other calls of the action run at the same time.
    pub(crate) fn concurrently(self) -> Self {
        Self { is_concurrent: true, ..self }
    }

    /// Only if granted.
    pub(crate) fn granted(self) -> Self {
        Self { answer: Answer::Granted, ..self }
    }

    /// Only if refused.
    pub(crate) fn refused(self) -> Self {
        Self { answer: Answer::Refused, ..self }
    }

    /// Only if refused for this reason.
    pub(crate) fn refused_for(self, reason: Reason) -> Self {
        Self { answer: Answer::RefusedFor(reason), ..self }
    }

    /// Only if a condition holds; it takes the place of an earlier one.
    pub(crate) fn given(self, condition: fn(&Call, &Server) -> bool) -> Self {
        Self { condition, ..self }
    }

    /// Whether a call that is not yet decided is meant; none is if the answer matters.
    pub(crate) fn applies_to(&self, call: &Call, server: &Server) -> bool {
        self.is_asked(call, server) && matches!(self.answer, Answer::Any)
    }

    /// Whether a call is meant that was granted, or refused for a reason.
    pub(crate) fn applies(&self, call: &Call, server: &Server, reason: Option<Reason>) -> bool {
        let is_answered = match self.answer {
            Answer::Any => true,
            Answer::Granted => reason.is_none(),
            Answer::Refused => reason.is_some(),
            Answer::RefusedFor(meant) => reason == Some(meant),
        };
        is_answered && self.is_asked(call, server)
    }

    fn is_asked(&self, call: &Call, server: &Server) -> bool {
        self.action.is_none_or(|action| action == call.action)
            && self.encoding.is_none_or(|encoding| call.came_by(encoding))
            && self.is_get.is_none_or(|is_get| is_get == call.is_get())
            && (!self.is_concurrent || call.concurrent > 0)
            && (self.condition)(call, server)
    }
}
