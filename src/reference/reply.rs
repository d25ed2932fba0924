//! What the server answers, before it is written as HTTP: the members of the JSON object and the status.

use serde_json::{Map, Value, json};

use super::code;
use super::policy::Policy;
use super::response::Response;
use super::trouble::{Refusal, Trouble};

/// An answer that is not yet written down.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The members of the answer, in the order in which they are written.
    pub(crate) members: Map<String, Value>,
    /// Why the call was refused; `None` for a success.
    pub(crate) trouble: Option<Trouble>,
}

impl Reply {
    /// The call did what it says.
    pub(crate) fn success(members: Map<String, Value>) -> Self {
        Self { status: 200, members, trouble: None }
    }

    /// The call was refused for this reason.
    pub(crate) fn refusal(refusal: &Refusal, policy: &Policy) -> Self {
        let code = policy.code(refusal.trouble);
        let mut reply = Self::error(code, policy.status(code));
        reply.trouble = Some(refusal.trouble);
        if code == 7 {
            let item = |offender: &super::trouble::Offender| json!({ "parameter": offender.parameter, "error": offender.error });
            reply.set("errors", refusal.offenders.iter().map(item).collect::<Vec<_>>());
        }
        reply
    }

    /// The error envelope with this code.
    pub(crate) fn error(code: u32, status: u16) -> Self {
        let mut members = Map::new();
        members.insert("success".to_owned(), Value::Bool(false));
        members.insert(
            "status".to_owned(),
            json!({ "code": code, "description": code::description(code) }),
        );
        Self { status, members, trouble: None }
    }

    /// The call did what it says.
    pub(crate) fn is_success(&self) -> bool {
        self.members.get("success") == Some(&Value::Bool(true))
    }

    /// The code of a refusal, 0 where there is none.
    pub(crate) fn code(&self) -> u64 {
        self.members.get("status").and_then(|status| status["code"].as_u64()).unwrap_or(0)
    }

    /// Sets a member, in place where it exists and at the end where it does not.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.members.insert(name.to_owned(), value.into());
    }

    /// Drops a member.
    pub(crate) fn drop(&mut self, name: &str) {
        self.members.shift_remove(name);
    }

    /// The object in which an error tells its code and description.
    pub(crate) fn envelope(&mut self) -> Option<&mut Map<String, Value>> {
        self.members.get_mut("status").and_then(Value::as_object_mut)
    }

    /// The permissions that the answer reports.
    pub(crate) fn permissions(&mut self) -> Option<&mut Map<String, Value>> {
        self.members.get_mut("permissions").and_then(Value::as_object_mut)
    }

    /// Writes the answer as HTTP.
    pub(crate) fn render(&self) -> Response {
        Response::json(self.status, Value::Object(self.members.clone()).to_string())
    }
}
