//! What the server answers, before it is written as HTTP: the members of the JSON object and the status.
//!
//! Places in the object are named by JSON Pointers, such as `/status/code`.

use serde_json::{Map, Value, json};

use super::code;
use super::policy::Policy;
use super::refusal::{ParameterError, Reason, Refusal};
use super::response::Response;

/// An answer that is not yet written down.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The members of the answer, in the order in which they are written.
    pub(crate) members: Map<String, Value>,
    /// Why the call was refused; `None` if it was granted.
    pub(crate) reason: Option<Reason>,
}

impl Reply {
    /// What `auth` answers if it succeeds.
    pub(crate) fn signed_in(hash: String, permissions: Map<String, Value>) -> Self {
        Self::granted([
            ("hash", hash.into()),
            ("success", true.into()),
            ("permissions", permissions.into()),
        ])
    }

    /// What `get_permissions` answers if it succeeds.
    pub(crate) fn with_permissions(permissions: Map<String, Value>) -> Self {
        Self::granted([("success", true.into()), ("permissions", permissions.into())])
    }

    /// What `logout` answers if it succeeds.
    pub(crate) fn success() -> Self {
        Self::granted([("success", true.into())])
    }

    fn granted<const N: usize>(members: [(&str, Value); N]) -> Self {
        let members = members.into_iter().map(|(name, value)| (name.to_owned(), value));
        Self { status: 200, members: members.collect(), reason: None }
    }

    /// Refuses a call.
    pub(crate) fn refused(refusal: &Refusal, policy: &Policy) -> Self {
        let code = policy.code(refusal.reason);
        let reply = Self::error(code);
        let mut reply = Self { status: policy.status(code), reason: Some(refusal.reason), ..reply };
        if code == 7 {
            let item =
                |it: &ParameterError| json!({ "parameter": it.parameter, "error": it.error });
            reply.set("/errors", refusal.errors.iter().map(item).collect::<Vec<_>>());
        }
        reply
    }

    /// The error envelope with this code and the HTTP status that goes with it.
    pub(crate) fn error(code: u32) -> Self {
        let status = json!({ "code": code, "description": code::description(code) });
        let members = Map::from_iter([
            ("success".to_owned(), Value::Bool(false)),
            ("status".to_owned(), status),
        ]);
        Self { status: code::status(code), members, reason: None }
    }

    /// The error that a parameter is missing.
    pub(crate) fn missing(parameter: &str) -> Self {
        let mut reply = Self::error(7);
        reply.set("/errors", json!([{ "parameter": parameter, "error": "is required" }]));
        reply
    }

    /// The value at a place.
    pub(crate) fn get_mut(&mut self, pointer: &str) -> Option<&mut Value> {
        let (object, name) = self.split(pointer)?;
        object.get_mut(name)
    }

    /// Sets a member: in place if it exists, else behind the others.
    pub(crate) fn set(&mut self, pointer: &str, value: impl Into<Value>) {
        if let Some((object, name)) = self.split(pointer) {
            object.insert(name.to_owned(), value.into());
        }
    }

    /// Takes a member out.
    pub(crate) fn remove(&mut self, pointer: &str) -> Option<Value> {
        let (object, name) = self.split(pointer)?;
        object.shift_remove(name)
    }

    /// The permissions in the answer.
    pub(crate) fn permissions(&mut self) -> Option<&mut Map<String, Value>> {
        self.get_mut("/permissions").and_then(Value::as_object_mut)
    }

    /// The lists of operations in the permissions.
    pub(crate) fn operations(&mut self) -> impl Iterator<Item = &mut Vec<Value>> {
        let categories = self.permissions().into_iter().flat_map(Map::values_mut);
        categories.filter_map(Value::as_array_mut)
    }

    /// The items of `errors`.
    pub(crate) fn errors(&mut self) -> impl Iterator<Item = &mut Value> {
        self.get_mut("/errors").and_then(Value::as_array_mut).into_iter().flatten()
    }

    /// Writes the answer as HTTP.
    pub(crate) fn render(&self) -> Response {
        Response::json(self.status, Value::Object(self.members.clone()).to_string())
    }

    /// The object that holds a place, and the name of the place in it.
    fn split<'a>(&mut self, pointer: &'a str) -> Option<(&mut Map<String, Value>, &'a str)> {
        let (parents, name) = pointer.rsplit_once('/')?;
        let mut object = &mut self.members;
        for parent in parents.split('/').skip(1) {
            object = object.get_mut(parent)?.as_object_mut()?;
        }
        Some((object, name))
    }
}
