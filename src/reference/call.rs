//! A request understood: which action, by which method, with which parameters from which place.
//!
//! Decoding never fails; what could not be understood is kept as the call's trouble, for `rule` to refuse.

use hyper::Method;
use serde_json::Value;

use super::decode;
use super::request::Request;
use super::trouble::Trouble;

/// What is asked of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Action {
    Auth,
    GetPermissions,
    Logout,
    /// Anything else, of this resource or another.
    Unknown,
}

/// How a parameter travelled.
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

/// One parameter as it was given.
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
    /// What makes the call hopeless whatever its parameters say.
    pub(crate) trouble: Option<Trouble>,
    /// How many other calls of the same action were under way beside this one.
    pub(crate) company: usize,
}

impl Call {
    /// Understands a request as far as possible.
    pub(crate) fn decode(request: Request) -> Self {
        let action = route(&request.path);
        let mut parameters = Vec::new();
        let trouble = find_trouble(&request, action, &mut parameters);
        parameters.extend(query_parameters(&request));
        parameters.extend(header_parameter(&request));
        Self { request, action, parameters, trouble, company: 0 }
    }

    /// The value of a parameter from the place that takes precedence; `null` counts as absent.
    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.parameter(name).map(|parameter| &parameter.value).filter(|value| !value.is_null())
    }

    /// The value of a parameter where it is a string; empty where it is absent or something else.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.value(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// How the credentials of this call travelled: the hash, or the login for `auth`.
    pub(crate) fn encoding(&self) -> Option<Encoding> {
        let name = if self.action == Action::Auth { "login" } else { "hash" };
        self.parameter(name).map(|parameter| parameter.encoding)
    }

    /// The credentials travelled in this way.
    pub(crate) fn came_by(&self, encoding: Encoding) -> bool {
        self.encoding() == Some(encoding)
    }

    /// The method is GET.
    pub(crate) fn is_get(&self) -> bool {
        self.request.method == Method::GET
    }

    /// Drops every parameter that travelled in this way.
    pub(crate) fn forget(&mut self, encoding: Encoding) {
        self.parameters.retain(|parameter| parameter.encoding != encoding);
    }

    /// Rewrites every string value of the named parameter.
    pub(crate) fn rewrite(&mut self, name: &str, rewrite: impl Fn(&Parameter, &str) -> String) {
        for parameter in self.parameters.iter_mut().filter(|parameter| parameter.name == name) {
            if let Value::String(text) = &parameter.value {
                parameter.value = Value::String(rewrite(parameter, text));
            }
        }
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

fn find_trouble(
    request: &Request,
    action: Action,
    parameters: &mut Vec<Parameter>,
) -> Option<Trouble> {
    if action == Action::Unknown {
        return Some(Trouble::UnknownRoute);
    }
    if request.method != Method::GET && request.method != Method::POST {
        return Some(Trouble::WrongMethod);
    }
    if request.is_too_large {
        return Some(Trouble::TooLarge);
    }
    match body_parameters(request) {
        Some(found) => parameters.extend(found),
        None => return Some(Trouble::BadBody),
    }
    None
}

/// The parameters of the body; `None` where the body is not what it claims to be.
fn body_parameters(request: &Request) -> Option<Vec<Parameter>> {
    if request.body.is_empty() {
        return Some(Vec::new());
    }
    match request.media_type().as_str() {
        "application/x-www-form-urlencoded" => {
            let text = String::from_utf8_lossy(&request.body);
            Some(travelled(decode::form(&text), Encoding::Form))
        }
        _ => decode::json(&request.body).map(|members| travelled(members, Encoding::Json)),
    }
}

fn query_parameters(request: &Request) -> Vec<Parameter> {
    let encoding =
        if request.method == Method::GET { Encoding::Query } else { Encoding::PostQuery };
    travelled(decode::form(&request.query), encoding)
}

fn header_parameter(request: &Request) -> Option<Parameter> {
    let hash = decode::authorization(request.authorization())?;
    let value = Value::String(hash.to_owned());
    Some(Parameter { name: "hash".to_owned(), value, encoding: Encoding::Header })
}

fn travelled(pairs: Vec<(String, Value)>, encoding: Encoding) -> Vec<Parameter> {
    pairs.into_iter().map(|(name, value)| Parameter { name, value, encoding }).collect()
}
