//! Cases as meant: every name resolved, every expectation compiled, every expansion made.
//!
//! These hold no mistakes; `case_file` reads how they are written, and finds the mistakes.

use std::time::Duration;

use serde_json::Value;

use crate::encoding::Encoding;
use crate::expect::Expectation;
use crate::model::api::Action;
use crate::model::level::Level;
use crate::model::requirement::About;
use crate::model::role::Role;
use crate::value::variables::{Reference, Template, Text};

/// One promise of the contract, for one encoding where the file is expanded.
#[derive(Debug)]
pub struct Case {
    /// The path of the file without extension, and `@encoding` where it is expanded.
    pub id: String,
    /// The file it comes from, as the user knows it.
    pub file: String,
    /// The promise, as a sentence without full stop.
    pub title: String,
    /// The fixtures that the steps refer to.
    pub needs: Vec<Role>,
    /// The calls, in order.
    pub steps: Vec<Step>,
}

/// One call of the API and the checks on its answer.
#[derive(Debug)]
pub struct Step {
    /// The name, and `@encoding` where the step is expanded.
    pub id: String,
    /// The action of `panel/account`, or a path that starts with `/`.
    pub call: String,
    /// The path below the base.
    pub path: String,
    /// The HTTP method.
    pub method: String,
    /// How the parameters travel.
    pub encoding: &'static Encoding,
    /// The parameters.
    pub with: Vec<(String, Template)>,
    /// Headers that replace those of the encoding.
    pub headers: Vec<(String, Text)>,
    /// The query string in the place of the encoding's.
    pub query: Option<Text>,
    /// The body in the place of the encoding's.
    pub body: Option<Text>,
    /// The content type in the place of the encoding's.
    pub content_type: Option<String>,
    /// Whether the step opens a new connection.
    pub fresh_connection: bool,
    /// How often the call is made.
    pub repeat: Repeat,
    /// Whether the repeats are made at once.
    pub parallel: bool,
    /// Whether the step is sent together with the one before it.
    pub alongside: bool,
    /// How long to wait before the step.
    pub after: Duration,
    /// Steps, by index, that have to be granted for the checks to mean anything.
    pub given: Vec<usize>,
    /// Steps, by index, that have to be granted for the statements to bind at all; if the server
    /// refused one of them, the checks are not applicable.
    pub applies_if: Vec<usize>,
    /// Values that have to differ for the checks to mean anything.
    pub if_differ: Option<[Reference; 2]>,
    /// The checks on the answer.
    pub checks: Vec<Check>,
}

/// How often a call is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// This many times.
    Times(usize),
    /// Once for each answer of the step with this index.
    Each(usize),
}

/// One requirement judged on one answer.
#[derive(Debug)]
pub struct Check {
    /// The requirement.
    pub requirement: String,
    /// The level of the requirement, capped by the step.
    pub level: Level,
    /// The kind of answer that is judged, if it is one kind only.
    pub about: Option<About>,
    /// What the answer has to be; all must hold.
    pub expectations: Vec<Box<dyn Expectation>>,
}

impl Check {
    /// Whether a server that fails over the request keeps this all the same.
    #[must_use]
    pub fn excuses_failures(&self) -> bool {
        self.expectations.iter().all(|one| one.excuses_failures())
    }
}

impl Case {
    /// The id without the encoding.
    #[must_use]
    pub fn base_id(&self) -> &str {
        self.id.split('@').next().unwrap_or(&self.id)
    }

    /// The fixtures that a value comes from: itself one, or what the step sent that yielded it.
    #[must_use]
    pub fn roles_behind(&self, value: &Reference) -> Vec<Role> {
        let role = |reference: &Reference| Role::from_name(&reference.head);
        match (role(value), self.steps.iter().find(|step| step.id == value.head)) {
            (Some(role), _) => vec![role],
            (None, Some(step)) => step.references().filter_map(role).collect(),
            (None, None) => Vec::new(),
        }
    }

    /// How many requests the step with this index sends when nothing goes wrong.
    #[must_use]
    pub fn requests_of(&self, step: usize) -> usize {
        match self.steps[step].repeat {
            Repeat::Times(times) => times,
            Repeat::Each(other) => self.requests_of(other),
        }
    }

    /// How many requests the case sends when nothing goes wrong, clean-up included.
    #[must_use]
    pub fn requests(&self) -> usize {
        let sent: usize = (0..self.steps.len()).map(|step| self.requests_of(step)).sum();
        sent + self.left_open()
    }

    /// How many requests the case sends at most, unless the target asks to wait or does not answer:
    /// as many log-outs are due as there are sign-ins, if all are granted and no session ends.
    #[must_use]
    pub fn most_requests(&self) -> usize {
        let sent = (0..self.steps.len()).map(|step| self.requests_of(step));
        let sign_ins =
            self.steps.iter().enumerate().filter(|(_, step)| Action::Auth.is_at(&step.path));
        let log_outs = sign_ins.map(|(index, _)| self.requests_of(index));
        sent.chain(log_outs).sum()
    }

    /// How many sessions the case opens and does not end itself.
    fn left_open(&self) -> usize {
        let open = |(index, step): (usize, &Step)| {
            let is_left_open =
                step.signs_in() && !self.steps.iter().any(|other| other.ends(&step.id));
            if is_left_open { self.requests_of(index) } else { 0 }
        };
        self.steps.iter().enumerate().map(open).sum()
    }
}

impl Step {
    /// The documented action that the step calls, unless it calls a path.
    #[must_use]
    pub fn action(&self) -> Option<Action> {
        Action::from_name(&self.call)
    }

    /// All references in what the step sends.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        let with = self.with.iter().flat_map(|(_, value)| value.references());
        let headers = self.headers.iter().flat_map(|(_, value)| value.references());
        with.chain(headers).chain(self.query.iter().chain(&self.body).flat_map(Text::references))
    }

    /// Everything that the step puts into its request, as written: what it is, and its value.
    #[must_use]
    pub fn contents(&self) -> Vec<(String, String)> {
        let with = self.with.iter().map(|(name, value)| (name.clone(), value.to_string()));
        let mut contents: Vec<(String, String)> = with.collect();
        let content_type = self.content_type.iter().map(|text| ("content type", text.clone()));
        let texts = [("query", &self.query), ("body", &self.body)].into_iter();
        let texts = texts.filter_map(|(name, text)| Some((name, text.as_ref()?.to_string())));
        contents.extend(content_type.chain(texts).map(|(name, text)| (name.to_owned(), text)));
        let headers = self.headers.iter();
        contents.extend(headers.map(|(name, value)| (format!("header {name}"), value.to_string())));
        contents
    }

    /// What the step sends and when, as written, without its checks.
    #[must_use]
    pub fn call_as_written(&self) -> String {
        let repeat = match self.repeat {
            Repeat::Times(times) => format!("{times} times"),
            Repeat::Each(other) => format!("each of {other}"),
        };
        let mut lines = vec![
            format!("{} {} {} {repeat}", self.method, self.path, self.encoding.name),
            format!("after {} ms", self.after.as_millis()),
        ];
        for (holds, word) in [
            (self.parallel, "parallel"),
            (self.alongside, "alongside"),
            (self.fresh_connection, "fresh connection"),
        ] {
            lines.extend(holds.then(|| word.to_owned()));
        }
        lines.extend(self.contents().iter().map(|(name, value)| format!("{name}: {value}")));
        lines.join("\n")
    }

    /// Whether the step signs in with the right password of an account that can.
    #[must_use]
    pub fn signs_in(&self) -> bool {
        self.action() == Some(Action::Auth) && self.references().any(Step::is_right_password)
    }

    /// Whether the call may be made once more without harm: it opens and ends no session, and tries
    /// no password on the login of anybody.
    #[must_use]
    pub fn may_be_repeated(&self) -> bool {
        let names_somebody = |reference: &Reference| {
            let role = Role::from_name(&reference.head);
            role.is_some_and(|role| role != Role::UnknownDealer) && reference.path == ["login"]
        };
        let signs_in_as_somebody =
            Action::Auth.is_at(&self.path) && self.references().any(names_somebody);
        let may_end_a_session = Action::Logout.is_at(&self.path) && self.concerns_somebody();
        !may_end_a_session && !signs_in_as_somebody
    }

    /// Whether the step sends a header of this name itself, other than the body needs.
    #[must_use]
    pub fn sets_header(&self, name: &str) -> bool {
        let parameters = self.with.iter().map(|(name, _)| (name.clone(), Value::from("any")));
        let encoded = (self.encoding.encode)(&parameters.collect());
        let of_encoding = encoded.headers.iter().map(|(known, _)| known);
        let mut known = self.headers.iter().map(|(known, _)| known).chain(of_encoding);
        known.any(|known| known.eq_ignore_ascii_case(name))
    }

    /// Whether the request carries anything of an account or of a session, rather than what was made
    /// up.
    #[must_use]
    pub fn concerns_somebody(&self) -> bool {
        self.references().any(|reference| reference.head != Role::UnknownDealer.name())
    }

    fn is_right_password(reference: &Reference) -> bool {
        let can_sign_in = matches!(
            Role::from_name(&reference.head),
            Some(Role::Dealer | Role::SecondDealer | Role::MinimalDealer)
        );
        can_sign_in && reference.path == ["password"] && !reference.is_near_miss()
    }

    /// Whether the step logs out the session that the step `opener` opened.
    fn ends(&self, opener: &str) -> bool {
        self.action() == Some(Action::Logout)
            && self.references().any(|reference| {
                reference.head == opener && reference.path == ["hash"] && !reference.is_near_miss()
            })
    }
}
