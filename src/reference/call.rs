//! A request understood: which action, by which method, with which parameters sent in which way.
//!
//! Decoding never fails: a call that makes no sense says why, and `rule` refuses it.

use hyper::Method;
use serde_json::Value;

use super::decode;
use super::refusal::Reason;
use super::request::Request;

/// What the server is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Action {
    Auth,
    GetPermissions,
    Logout,
    /// Anything else, of this resource or another.
    Unknown,
}

/// How a parameter was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Json,
    Form,
    /// The query string of a GET.
    Query,
    /// The query string of any other method.
    PostQuery,
    /// `Authorization: NVX <hash>`.
    Header,
}

/// One parameter as it was sent.
#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    /// A string unless it came as JSON.
    pub(crate) value: Value,
    pub(crate) encoding: Encoding,
}

/// A request understood.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) request: Request,
    pub(crate) action: Action,
    /// In order of precedence: body, query, header.
    pub(crate) parameters: Vec<Parameter>,
    /// Why the call is refused, whatever its parameters say.
    pub(crate) invalid: Option<Reason>,
    /// How many other calls of the same action ran at the same time.
    pub(crate) concurrent: usize,
}

impl Call {
    /// Understands a request as far as possible.
    pub(crate) fn decode(request: Request) -> Self {
        let action = route(&request.path);
        let (mut parameters, invalid) = match body_parameters(&request, action) {
            Ok(parameters) => (parameters, None),
            Err(reason) => (Vec::new(), Some(reason)),
        };
        parameters.extend(query_parameters(&request));
        parameters.extend(header_parameter(&request));
        Self { request, action, parameters, invalid, concurrent: 0 }
    }

    /// The value of a parameter, from where it takes precedence; `null` counts as missing.
    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.parameter(name).map(|parameter| &parameter.value).filter(|value| !value.is_null())
    }

    /// The value of a parameter if it is a string, else an empty string.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.value(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// How the credentials of this call were sent: the hash, or the login for `auth`.
    pub(crate) fn encoding(&self) -> Option<Encoding> {
        let name = if self.action == Action::Auth { "login" } else { "hash" };
        self.parameter(name).map(|parameter| parameter.encoding)
    }

    /// The credentials were sent in this way.
    pub(crate) fn came_by(&self, encoding: Encoding) -> bool {
        self.encoding() == Some(encoding)
    }

    /// The method is GET.
    pub(crate) fn is_get(&self) -> bool {
        self.request.method == Method::GET
    }

    /// Drops every parameter that was sent in this way.
    pub(crate) fn forget(&mut self, encoding: Encoding) {
        self.parameters.retain(|parameter| parameter.encoding != encoding);
    }

    /// The values of a parameter, wherever it was sent, with the encoding of each.
    pub(crate) fn values_mut(
        &mut self,
        name: &str,
    ) -> impl Iterator<Item = (Encoding, &mut Value)> {
        let named = self.parameters.iter_mut().filter(move |parameter| parameter.name == name);
        named.map(|parameter| (parameter.encoding, &mut parameter.value))
    }

    /// Whether a parameter was sent, be it `null`.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.parameter(name).is_some()
    }

    /// Whether a parameter was sent as `null`.
    pub(crate) fn has_null(&self, name: &str) -> bool {
        self.parameters.iter().any(|one| one.name == name && one.value.is_null())
    }

    /// Whether it has a parameter that none of the actions has.
    pub(crate) fn has_unknown_parameter(&self) -> bool {
        let known = ["hash", "login", "password"];
        self.parameters.iter().any(|parameter| !known.contains(&parameter.name.as_str()))
    }

    fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }
}

/// Any prefix, then `panel/account/<action>`, then perhaps a slash.
fn route(path: &str) -> Action {
    let trimmed = path.strip_suffix('/').unwrap_or(path);
    let mut segments = trimmed.rsplit('/');
    let action = match segments.next() {
        Some("auth") => Action::Auth,
        Some("get_permissions") => Action::GetPermissions,
        Some("logout") => Action::Logout,
        _ => Action::Unknown,
    };
    let is_here = segments.next() == Some("account") && segments.next() == Some("panel");
    if is_here { action } else { Action::Unknown }
}

/// The parameters of the body; or why a call with such a request line or body is refused.
fn body_parameters(request: &Request, action: Action) -> Result<Vec<Parameter>, Reason> {
    if action == Action::Unknown {
        return Err(Reason::UnknownRoute);
    }
    if request.method != Method::GET && request.method != Method::POST {
        return Err(Reason::WrongMethod);
    }
    if request.is_too_large {
        return Err(Reason::TooLarge);
    }
    if request.body.is_empty() {
        return Ok(Vec::new());
    }
    if request.is_form() {
        let text = String::from_utf8_lossy(&request.body);
        return Ok(sent_by(Encoding::Form, decode::form(&text)));
    }
    let members = decode::json(&request.body).ok_or(Reason::BadBody)?;
    Ok(sent_by(Encoding::Json, members))
}

fn query_parameters(request: &Request) -> Vec<Parameter> {
    let encoding =
        if request.method == Method::GET { Encoding::Query } else { Encoding::PostQuery };
    sent_by(encoding, decode::form(&request.query))
}

fn header_parameter(request: &Request) -> Option<Parameter> {
    let hash = decode::authorization(request.authorization())?;
    let value = Value::String(hash.to_owned());
    Some(Parameter { name: "hash".to_owned(), value, encoding: Encoding::Header })
}

fn sent_by(encoding: Encoding, pairs: Vec<(String, Value)>) -> Vec<Parameter> {
    pairs.into_iter().map(|(name, value)| Parameter { name, value, encoding }).collect()
}
