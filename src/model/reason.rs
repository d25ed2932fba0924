//! Why a check was not judged, as data; and, in one place, the sentences that tell it to people.
//!
//! Nobody reads these sentences but people: whoever needs to know the step, the fixture or the
//! limit finds it in a field.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::api::BLOCKED;
use super::exchange::NoAnswer;
use super::level::Level;
use super::role::{FixtureName, Role};
use super::stopped::Stopped;

/// Why a check was not judged. Checks with equal reasons hang on one cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Reason {
    /// No connection to the target, ever.
    Unreachable {
        /// What became of the request.
        failure: NoAnswer,
        /// Which address it went to, where the target has several.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        address: Option<String>,
    },
    /// No complete answer in time, or the connection broke.
    NoAnswer {
        /// What became of the request.
        failure: NoAnswer,
        /// Which address it went to, where the target has several.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        address: Option<String>,
    },
    /// Somebody else than the target seems to have answered, each time.
    Stranger(Stranger),
    /// The target asked to wait until the suite gave up.
    RateLimited {
        /// The HTTP status with which it asked.
        status: u16,
    },
    /// The answer is nested deeper than the suite reads.
    BeyondLimit {
        /// So many levels are read.
        levels: usize,
    },
    /// The answer holds more values than the suite reads.
    BeyondWidth {
        /// So many values are read.
        count: usize,
    },
    /// The answers speak against a fixture, so that either it or the target is wrong.
    FixtureDoubted(RefusedDealer),
    /// An earlier step did not yield a value that this one needs, or was not granted.
    EarlierStep(EarlierStep),
    /// The run ended before this was tried.
    Stopped {
        /// What ended it.
        by: Stopped,
    },
    /// The suite itself failed over it: a bug of the suite.
    SuiteFailed {
        /// Where in its source, as far as that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<String>,
    },
    /// The record does not hold it.
    NotRecorded {
        /// What it does not hold.
        what: Recorded,
    },
    /// The fixtures that would be needed are not there.
    FixtureMissing(FixtureGap),
    /// The operator deselected it.
    Deselected {
        /// How.
        by: Deselection,
    },
    /// The statement is about answers that grant, and this one refuses.
    NotGranted,
    /// The statement is about answers that refuse, and this one grants.
    NotRefused,
    /// The answer neither grants nor refuses, which says nothing of the statement and breaks
    /// another one.
    NoProperAnswer,
    /// The statement binds only servers that grant an earlier step, and this one refused it.
    DoesNotBind {
        /// The step.
        step: String,
    },
    /// The operator sends the header that the step would send with another value.
    HeaderTaken {
        /// Its name.
        name: String,
    },
    /// As a report of an earlier version tells it, for people alone.
    #[serde(untagged)]
    Told {
        /// What kind of reason.
        kind: ReasonKind,
        /// The sentence.
        #[serde(skip_serializing)]
        text: String,
    },
}

/// The kinds of reasons, those first that explain others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReasonKind {
    /// See [`Reason::SuiteFailed`].
    SuiteFailed,
    /// See [`Reason::Unreachable`].
    Unreachable,
    /// See [`Reason::NoAnswer`].
    NoAnswer,
    /// See [`Reason::Stranger`].
    Stranger,
    /// See [`Reason::RateLimited`].
    RateLimited,
    /// See [`Reason::BeyondLimit`].
    BeyondLimit,
    /// See [`Reason::BeyondWidth`].
    BeyondWidth,
    /// See [`Reason::FixtureDoubted`].
    FixtureDoubted,
    /// See [`Reason::EarlierStep`].
    EarlierStep,
    /// See [`Reason::Stopped`].
    Stopped,
    /// See [`Reason::NotRecorded`].
    NotRecorded,
    /// See [`Reason::FixtureMissing`].
    FixtureMissing,
    /// See [`Reason::Deselected`].
    Deselected,
    /// See [`Reason::NotGranted`].
    NotGranted,
    /// See [`Reason::NotRefused`].
    NotRefused,
    /// See [`Reason::DoesNotBind`].
    DoesNotBind,
    /// See [`Reason::NoProperAnswer`].
    NoProperAnswer,
    /// See [`Reason::HeaderTaken`].
    HeaderTaken,
}

/// What was answered in a run in which no answer was one of the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stranger {
    /// What was seen most often.
    pub sign: StrangerSign,
    /// How often.
    pub times: usize,
    /// Of so many answers.
    pub answers: usize,
}

/// What an answer shows of who gave it, if it is none of the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "who", rename_all = "kebab-case")]
pub enum StrangerSign {
    /// Plain HTTP was spoken to somebody who wants TLS.
    WantsTls,
    /// A client certificate is wanted.
    WantsCertificate,
    /// Another page is to be asked.
    Redirect {
        /// The HTTP status.
        status: u16,
        /// Where it leads to, without credentials and query.
        to: String,
    },
    /// Credentials are wanted that are none of the API.
    Challenge {
        /// The HTTP status.
        status: u16,
        /// How they are to be given, such as `Basic`.
        scheme: String,
    },
    /// A gateway cannot reach its server.
    Gateway {
        /// The HTTP status.
        status: u16,
    },
    /// There is nothing of that name.
    NotFound,
    /// Any other refusal.
    Refusal {
        /// The HTTP status.
        status: u16,
    },
    /// A failure.
    Failure {
        /// The HTTP status.
        status: u16,
    },
    /// A page for people.
    Page {
        /// The HTTP status.
        status: u16,
    },
    /// Anything else.
    NoJson {
        /// The HTTP status.
        status: u16,
    },
}

/// A dealer whom the target refused at every sign-in, though it is to admit it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedDealer {
    /// Which one.
    pub fixture: FixtureName,
    /// Its login.
    pub login: String,
    /// The codes of the refusals, smallest first; none where the login was left alone before
    /// anybody looked at them.
    #[serde(default)]
    pub codes: Vec<i64>,
    /// Whether the target admitted anybody else.
    #[serde(default)]
    pub admits_somebody: bool,
}

/// What an earlier step did not do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "lack", rename_all = "kebab-case")]
pub enum EarlierStep {
    /// It was not granted.
    Ungranted {
        /// The step.
        step: String,
    },
    /// It was not answered.
    Unanswered {
        /// The step.
        step: String,
    },
    /// The hash in its answer is no text.
    HashNoText {
        /// The step.
        step: String,
    },
    /// The value in its answer is longer than the suite sends.
    TooLong {
        /// The step.
        step: String,
        /// Longer than so many bytes.
        limit: usize,
    },
    /// Its answer lacks a member.
    WithoutMember {
        /// The step.
        step: String,
        /// The member, with dots between levels.
        member: String,
    },
    /// What is to be made of its value is the value itself, or nothing is left of it.
    Unchanged {
        /// The reference, as written in the case.
        reference: String,
    },
}

/// A part of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recorded {
    /// A whole case.
    Case,
    /// What one step exchanged.
    Exchange,
    /// All of the answers of the case: they were too large to keep.
    Whole,
}

/// Fixtures that are not there, or are too much alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "gap", rename_all = "kebab-case")]
pub enum FixtureGap {
    /// The operator supplied none of these roles.
    Absent {
        /// The first of them that the case names.
        role: Role,
        /// The others.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        others: Vec<Role>,
    },
    /// Those that were supplied agree in what they have to differ in.
    Alike {
        /// The roles that the case works with.
        roles: Vec<Role>,
        /// The two values, as written in the case.
        values: [String; 2],
    },
}

/// How an operator deselected a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deselection {
    /// The case is not among the wanted ones (`--case`).
    Case,
    /// The case is among those to skip (`--skip`).
    Skip,
    /// The requirement is not among the wanted ones (`--requirement`).
    Requirement,
    /// Only checks of this level and above are wanted (`--level`).
    Level(Level),
}

impl EarlierStep {
    /// The step, if one did not do what it should.
    #[must_use]
    pub fn step(&self) -> Option<&str> {
        match self {
            EarlierStep::Ungranted { step }
            | EarlierStep::Unanswered { step }
            | EarlierStep::HashNoText { step }
            | EarlierStep::TooLong { step, .. }
            | EarlierStep::WithoutMember { step, .. } => Some(step),
            EarlierStep::Unchanged { .. } => None,
        }
    }
}

impl Reason {
    /// Why a request without an answer leaves its checks unjudged.
    #[must_use]
    pub fn no_answer(failure: NoAnswer, address: Option<String>) -> Reason {
        match failure {
            NoAnswer::Cut(by) => Reason::Stopped { by },
            NoAnswer::Unreachable(_) => Reason::Unreachable { failure, address },
            _ => Reason::NoAnswer { failure, address },
        }
    }

    /// What kind of reason it is.
    #[must_use]
    pub fn kind(&self) -> ReasonKind {
        match self {
            Reason::Unreachable { .. } => ReasonKind::Unreachable,
            Reason::NoAnswer { .. } => ReasonKind::NoAnswer,
            Reason::Stranger(_) => ReasonKind::Stranger,
            Reason::RateLimited { .. } => ReasonKind::RateLimited,
            Reason::BeyondLimit { .. } => ReasonKind::BeyondLimit,
            Reason::BeyondWidth { .. } => ReasonKind::BeyondWidth,
            Reason::FixtureDoubted(_) => ReasonKind::FixtureDoubted,
            Reason::EarlierStep(_) => ReasonKind::EarlierStep,
            Reason::Stopped { .. } => ReasonKind::Stopped,
            Reason::SuiteFailed { .. } => ReasonKind::SuiteFailed,
            Reason::NotRecorded { .. } => ReasonKind::NotRecorded,
            Reason::FixtureMissing(_) => ReasonKind::FixtureMissing,
            Reason::Deselected { .. } => ReasonKind::Deselected,
            Reason::NotGranted => ReasonKind::NotGranted,
            Reason::NotRefused => ReasonKind::NotRefused,
            Reason::NoProperAnswer => ReasonKind::NoProperAnswer,
            Reason::DoesNotBind { .. } => ReasonKind::DoesNotBind,
            Reason::HeaderTaken { .. } => ReasonKind::HeaderTaken,
            Reason::Told { kind, .. } => *kind,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Unreachable { failure, address } | Reason::NoAnswer { failure, address } => {
                f.write_str(&failure.at(address.as_deref()))
            }
            Reason::Stranger(stranger) => stranger.fmt(f),
            Reason::RateLimited { status } => {
                write!(f, "the target asked to wait until the suite gave up (HTTP {status})")
            }
            Reason::BeyondLimit { levels } => {
                write!(
                    f,
                    "the answer is nested deeper than the {levels} levels that the suite reads"
                )
            }
            Reason::BeyondWidth { count } => {
                write!(f, "the answer holds more than the {count} values that the suite reads")
            }
            Reason::FixtureDoubted(dealer) => dealer.fmt(f),
            Reason::EarlierStep(lack) => lack.fmt(f),
            Reason::Stopped { by } => by.fmt(f),
            Reason::SuiteFailed { at } => {
                f.write_str("the suite itself failed here")?;
                at.as_ref().map_or(Ok(()), |at| write!(f, ", at {at}"))?;
                write!(f, " of version {}", env!("CARGO_PKG_VERSION"))
            }
            Reason::NotRecorded { what: Recorded::Case } => {
                f.write_str("the record does not hold this case")
            }
            Reason::NotRecorded { what: Recorded::Exchange } => {
                f.write_str("the record does not hold this exchange")
            }
            Reason::NotRecorded { what: Recorded::Whole } => f.write_str(
                "the record does not hold the answers of this case in full, and they were judged by \
                 other files than these",
            ),
            Reason::FixtureMissing(gap) => gap.fmt(f),
            Reason::Deselected { by } => by.fmt(f),
            Reason::NotGranted => {
                f.write_str("the call was refused, and these statements are about granted ones")
            }
            Reason::NotRefused => {
                f.write_str("the call was granted, and these statements are about refused ones")
            }
            Reason::NoProperAnswer => f.write_str(
                "the call was neither granted nor refused, which fails another check and says nothing \
                 of these statements",
            ),
            Reason::DoesNotBind { step } => {
                write!(f, "this binds only servers that grant step `{step}`, which was refused")
            }
            Reason::HeaderTaken { name } => write!(
                f,
                "the header `{name}` is sent with the value of --header, so that the step cannot \
                 send its own"
            ),
            Reason::Told { text, .. } => f.write_str(text),
        }
    }
}

impl fmt::Display for Stranger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Stranger { sign, times, answers } = self;
        if times == answers {
            write!(f, "no answer was one of the API: each time, {sign}")
        } else {
            write!(
                f,
                "no answer was one of the API; most often, {times} times of {answers}, {sign}"
            )
        }
    }
}

impl fmt::Display for StrangerSign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StrangerSign::WantsTls => f.write_str("it is a complaint that TLS is not spoken"),
            StrangerSign::WantsCertificate => {
                f.write_str("it is a complaint that there is no client certificate")
            }
            StrangerSign::Redirect { status, to } => {
                write!(f, "it is a redirect to `{to}` (HTTP {status})")
            }
            StrangerSign::Challenge { status, scheme } => {
                write!(f, "somebody asks for credentials (HTTP {status}, `{scheme}`)")
            }
            StrangerSign::Gateway { status } => {
                write!(f, "a gateway says that it cannot reach its server (HTTP {status})")
            }
            StrangerSign::NotFound => f.write_str("no such page is known (HTTP 404)"),
            StrangerSign::Refusal { status } => {
                write!(f, "somebody refuses to pass it on (HTTP {status})")
            }
            StrangerSign::Failure { status } => write!(f, "it is a failure (HTTP {status})"),
            StrangerSign::Page { status } => write!(f, "it is a page for people (HTTP {status})"),
            StrangerSign::NoJson { status } => write!(f, "it is no JSON (HTTP {status})"),
        }
    }
}

impl fmt::Display for RefusedDealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RefusedDealer { fixture, login, .. } = self;
        let codes: Vec<String> = self.codes.iter().map(i64::to_string).collect();
        if codes.is_empty() {
            return write!(
                f,
                "the target refused every sign-in of `{login}`, which is left alone lest it be \
                 locked out; check login and password of {fixture}"
            );
        }
        let wrong = match self.codes[..] {
            [BLOCKED] => format!("the dealer of {fixture} is blocked"),
            _ => format!("login or password of {fixture} is wrong"),
        };
        let whom = if self.admits_somebody { "one whom it has to admit" } else { "everybody" };
        write!(
            f,
            "the target refused `{login}` at every sign-in, with code {}: either {wrong}, or the \
             target refuses {whom}",
            codes.join(" and ")
        )
    }
}

impl fmt::Display for EarlierStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EarlierStep::Ungranted { step } => write!(f, "step `{step}` was not granted"),
            EarlierStep::Unanswered { step } => write!(f, "step `{step}` did not yield an answer"),
            EarlierStep::HashNoText { step } => {
                write!(f, "step `{step}` yielded a `hash` that is no text")
            }
            EarlierStep::TooLong { step, limit } => write!(
                f,
                "step `{step}` yielded a value of more than the {limit} bytes that the suite sends"
            ),
            EarlierStep::WithoutMember { step, member } => {
                write!(f, "step `{step}` did not yield `{member}`")
            }
            EarlierStep::Unchanged { reference } => {
                write!(f, "the value of `{reference}` does not change, or nothing is left of it")
            }
        }
    }
}

impl fmt::Display for FixtureGap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FixtureGap::Absent { role, others } => {
                let roles = std::iter::once(role).chain(others);
                let sentences: Vec<String> = roles.map(|role| absent(*role)).collect();
                f.write_str(&sentences.join("; and "))
            }
            FixtureGap::Alike { roles, values: [left, right] } => {
                let roles: Vec<String> =
                    roles.iter().map(|role| format!("`{}`", role.name())).collect();
                write!(f, "`{left}` and `{right}` are the same")?;
                match &roles[..] {
                    [role] => write!(f, ", which tells nothing of {role}"),
                    roles => {
                        let roles = roles.join(" and ");
                        write!(f, ": supply fixtures for {roles} that differ in them")
                    }
                }
            }
        }
    }
}

fn absent(role: Role) -> String {
    let members = role.members().iter().map(|member| role.variable(member));
    format!(
        "fixture `{}` is missing: supply {} in a fixtures file, or set {}",
        role.name(),
        role.summary(),
        members.collect::<Vec<_>>().join(" and ")
    )
}

impl fmt::Display for Deselection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Deselection::Case => f.write_str("deselected: not among the wanted cases"),
            Deselection::Skip => f.write_str("deselected: among the cases to skip"),
            Deselection::Requirement => {
                f.write_str("deselected: not among the wanted requirements")
            }
            Deselection::Level(level) => {
                write!(f, "deselected: only checks of level `{level}` and above are wanted")
            }
        }
    }
}

/// A typed value as it stands in a report: its data, and the sentence that tells it to people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WithText<T>(pub(crate) T);

impl<T: Serialize + fmt::Display> Serialize for WithText<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Written<'a, T> {
            #[serde(flatten)]
            value: &'a T,
            text: String,
        }
        Written { value: &self.0, text: self.0.to_string() }.serialize(serializer)
    }
}

impl<'de, T: serde::de::DeserializeOwned> Deserialize<'de> for WithText<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<WithText<T>, D::Error> {
        // By way of a value, since `text` belongs to what earlier versions told.
        let value = serde_json::Value::deserialize(deserializer)?;
        T::deserialize(value).map(WithText).map_err(serde::de::Error::custom)
    }
}
