//! What was exchanged in a run, as it happened and as it is told.
//!
//! A [`RawRecording`] holds secrets and never leaves the process. [`RawRecording::redact`] makes
//! the [`Recording`] that everything after it works on: judging, reports, judging again. Both
//! hold the same exchanges in the same order.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::handed_out::{self, Open};
use super::numbered::{NearMiss, Numbered};
use crate::model::exchange::{Answer, Defect, Exchange, NoAnswer, Purpose, Request, Unreachable};
use crate::model::outcome::{CheckResult, Outcome};
use crate::model::reason::{
    Deselection, EarlierStep, FixtureGap, Reason, ReasonKind, RefusedDealer,
};
use crate::model::stopped::Stopped;
use crate::model::violation::{Actual, Difference, Place, Violation};
use crate::value::redaction::Redactor;
use crate::value::secret::Shapes;
use crate::value::token::Token;

/// Everything that one case exchanged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseRecord {
    /// The case, with its encoding where it is expanded.
    pub id: String,
    /// The fixtures that the case worked with: role to members.
    pub fixtures: Map<String, Value>,
    /// One record per step, in the order of the case.
    pub steps: Vec<StepRecord>,
    /// The log-outs that ended what the case left open.
    pub clean_up: Vec<Exchange>,
    /// What became of its checks, where that cannot be found out of the record any more: some of
    /// its answers are kept in part.
    #[serde(skip)]
    pub(crate) judged: Option<Vec<CheckResult>>,
    /// How many sessions such a case may have left open.
    #[serde(skip)]
    pub(crate) left_open: usize,
}

impl CaseRecord {
    /// The record of a case that is still to be judged.
    pub(crate) fn of(
        id: String,
        fixtures: Map<String, Value>,
        steps: Vec<StepRecord>,
        clean_up: Vec<Exchange>,
    ) -> CaseRecord {
        CaseRecord { id, fixtures, steps, clean_up, judged: None, left_open: 0 }
    }

    /// The same with every exchange changed, clean-up included.
    pub(crate) fn with_exchanges(self, change: impl Fn(Exchange) -> Exchange) -> CaseRecord {
        let of_all = |all: Vec<Exchange>| all.into_iter().map(&change).collect();
        let of_step = |step: StepRecord| StepRecord { exchanges: of_all(step.exchanges), ..step };
        CaseRecord {
            steps: self.steps.into_iter().map(of_step).collect(),
            clean_up: of_all(self.clean_up),
            ..self
        }
    }

    /// Everything that was exchanged, clean-up included.
    pub(crate) fn exchanges(&self) -> impl Iterator<Item = &Exchange> {
        self.steps.iter().flat_map(|step| &step.exchanges).chain(&self.clean_up)
    }

    /// How many bytes of bodies it holds.
    pub(crate) fn body_bytes(&self) -> usize {
        let answers = self.exchanges().filter_map(|exchange| exchange.result.as_ref().ok());
        answers.map(|answer| answer.body.len()).sum()
    }
}

/// What one step exchanged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepRecord {
    /// The step.
    pub id: String,
    /// The exchanges, one per repeat, per time the target asked to wait, and per time that there was
    /// no answer and it was looked again.
    pub exchanges: Vec<Exchange>,
    /// Why nothing was sent.
    #[serde(default, with = "with_text", skip_serializing_if = "Option::is_none")]
    pub not_sent: Option<NotSent>,
}

/// Why a step sent nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum NotSent {
    /// A value that the request needs is not there.
    ValueMissing(EarlierStep),
    /// The operator did not supply a fixture.
    FixtureMissing(FixtureGap),
    /// The operator deselected the case.
    Deselected {
        /// How.
        by: Deselection,
    },
    /// The run ended early.
    Stopped {
        /// What ended it.
        by: Stopped,
    },
    /// The suite itself failed over it, or over what comes before it.
    SuiteFailed {
        /// Where in its source, as far as that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<String>,
    },
    /// The target refused every sign-in of a login, which is not tried any more.
    LeftAlone(RefusedDealer),
    /// The operator sends the header that the step would send with another value.
    HeaderTaken {
        /// Its name, as the operator writes it.
        name: String,
    },
    /// As a report of an earlier version tells it, for people alone.
    #[serde(untagged)]
    Told {
        /// The kind, by its name in reports.
        kind: String,
        /// The sentence.
        #[serde(skip_serializing)]
        text: String,
    },
}

impl NotSent {
    /// Why the checks of the step are not judged.
    #[must_use]
    pub fn reason(&self) -> Reason {
        match self.clone() {
            NotSent::ValueMissing(lack) => Reason::EarlierStep(lack),
            NotSent::FixtureMissing(gap) => Reason::FixtureMissing(gap),
            NotSent::Deselected { by } => Reason::Deselected { by },
            NotSent::Stopped { by } => Reason::Stopped { by },
            NotSent::SuiteFailed { at } => Reason::SuiteFailed { at },
            NotSent::LeftAlone(dealer) => Reason::FixtureDoubted(dealer),
            NotSent::HeaderTaken { name } => Reason::HeaderTaken { name },
            NotSent::Told { kind, text } => {
                let kind = match kind.as_str() {
                    "fixture-missing" => ReasonKind::FixtureMissing,
                    "deselected" => ReasonKind::Deselected,
                    "stopped" => ReasonKind::Stopped,
                    "left-alone" => ReasonKind::FixtureDoubted,
                    _ => ReasonKind::EarlierStep,
                };
                Reason::Told { kind, text }
            }
        }
    }
}

impl fmt::Display for NotSent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reason().fmt(f)
    }
}

impl CaseRecord {
    /// The sessions that may be open, as [`handed_out::open_sessions`] tells them.
    pub(crate) fn open_sessions(&self) -> Vec<Open> {
        handed_out::open_sessions(&self.fixtures, self.exchanges())
    }

    /// How many sessions may be open.
    fn left_open(&self) -> usize {
        if self.judged.is_some() { self.left_open } else { self.open_sessions().len() }
    }
}

/// A run as it happened, secrets included.
#[derive(Debug, Default)]
pub(crate) struct RawRecording {
    /// All cases that were selected, in the order of their ids.
    pub cases: Vec<CaseRecord>,
    /// The secrets of the fixtures with their tokens.
    pub secrets: Vec<(String, Token)>,
    /// What was made of secrets.
    pub near_misses: Vec<NearMiss>,
    /// What has a number already, since tokens of it stand in cases that are redacted.
    pub numbered: Numbered,
    /// What the target did that ended the run.
    pub ended_by: Option<Stopped>,
}

/// A run as it may be told.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Recording {
    /// All cases that were selected, in the order of their ids.
    pub cases: Vec<CaseRecord>,
    /// What may be told of the hashes that the target handed out: token to shape.
    pub secrets: Shapes,
    /// Whether the fixtures are beyond doubt, whatever the target answers.
    pub trusts_fixtures: bool,
    /// How many sessions may have been left open.
    #[serde(default)]
    pub open_sessions: usize,
    /// Whether the target is the reference server, so that nobody stands in between.
    #[serde(default)]
    pub is_embedded: bool,
}

impl RawRecording {
    /// Takes every secret out of the record.
    pub(crate) fn redact(mut self) -> Recording {
        // Where a case is judged already, tokens stand in the place of what it handed out.
        for case in self.cases.iter().filter(|case| case.judged.is_none()) {
            case.exchanges().for_each(|exchange| self.numbered.note(exchange));
        }
        let (redactor, shapes) = self.numbered.redactor(&self.secrets, &self.near_misses);
        let open_sessions = self.cases.iter().map(CaseRecord::left_open).sum();
        let redact = |case: CaseRecord| match case.judged {
            Some(_) => redact_again(case, &redactor),
            None => redact_case(case, &redactor),
        };
        let cases = self.cases.into_iter().map(redact).collect();
        let (trusts_fixtures, is_embedded) = (false, false);
        Recording { cases, secrets: shapes, trusts_fixtures, open_sessions, is_embedded }
    }
}

pub(super) fn redact_case(case: CaseRecord, redactor: &Redactor) -> CaseRecord {
    let case = case.with_exchanges(|exchange| redact_exchange(exchange, redactor));
    let fixtures = case.fixtures.into_iter();
    let fixtures = fixtures.map(|(role, members)| (role, redact_value(members, redactor)));
    CaseRecord { fixtures: fixtures.collect(), ..case }
}

/// Takes out of a case that is judged already what only became known as a secret after it.
fn redact_again(case: CaseRecord, redactor: &Redactor) -> CaseRecord {
    let again = |text: String| redactor.again(&text);
    let of_lines = |lines: Vec<(String, String)>| {
        lines.into_iter().map(|(name, value)| (again(name), again(value))).collect()
    };
    let of_exchange = |exchange: Exchange| Exchange {
        result: exchange.result.map(|answer| Answer {
            headers: of_lines(answer.headers),
            body: redactor.again_bytes(&answer.body),
            ..answer
        }),
        ..exchange
    };
    let of_violation = |violation: Violation| Violation {
        expected: again(violation.expected),
        place: match violation.place {
            Place::Header { name } => Place::Header { name: again(name) },
            Place::Body { pointer } => Place::Body { pointer: again(pointer) },
            place => place,
        },
        actual: match violation.actual {
            Actual::Other(text) => Actual::Other(again(text)),
            Actual::OfType { json_type, text } => Actual::OfType { json_type, text: again(text) },
            actual => actual,
        },
        ..violation
    };
    let of_difference = |difference: Difference| Difference {
        against: difference.against,
        expected: again(difference.expected),
        actual: again(difference.actual),
    };
    let of_result = |result: CheckResult| CheckResult {
        outcome: match result.outcome {
            Outcome::Failed { violations, difference } => Outcome::Failed {
                violations: violations.into_iter().map(of_violation).collect(),
                difference: difference.map(of_difference),
            },
            outcome => outcome,
        },
        ..result
    };
    let case = case.with_exchanges(of_exchange);
    let judged = case.judged.map(|judged| judged.into_iter().map(of_result).collect());
    CaseRecord { judged, ..case }
}

fn redact_value(value: Value, redactor: &Redactor) -> Value {
    match value {
        Value::String(text) => Value::String(redactor.text(&text)),
        Value::Array(items) => {
            Value::Array(items.into_iter().map(|item| redact_value(item, redactor)).collect())
        }
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .map(|(name, member)| (name, redact_value(member, redactor)))
                .collect(),
        ),
        scalar => scalar,
    }
}

fn redact_exchange(exchange: Exchange, redactor: &Redactor) -> Exchange {
    let Request { headers, query, body, .. } = exchange.request;
    let request = Request {
        // Method, path and the names of headers are written in the case.
        query: query.map(|query| redactor.query(&query)),
        headers: headers
            .into_iter()
            .map(|(name, value)| {
                let (_, value) = redactor.header(&name, &value);
                (name, value)
            })
            .collect(),
        body: body.map(|body| redactor.body(&body)),
        ..exchange.request
    };
    let result = exchange.result.map(|answer| Answer {
        headers: answer
            .headers
            .into_iter()
            .map(|(name, value)| redactor.header(&name, &value))
            .collect(),
        body: redactor.body(&answer.body),
        defect: answer.defect.map(|defect| match defect {
            Defect::NotAccepted(coding) => Defect::NotAccepted(redactor.text(&coding)),
            other => other,
        }),
        ..answer
    });
    let result = result.map_err(|failure| match failure {
        NoAnswer::Unreachable(why) => {
            NoAnswer::Unreachable(Unreachable { detail: redactor.text(&why.detail), ..why })
        }
        NoAnswer::Broken(why) => NoAnswer::Broken(redactor.text(&why)),
        NoAnswer::NotHttp(why) => NoAnswer::NotHttp(redactor.text(&why)),
        NoAnswer::Unsendable(why) => NoAnswer::Unsendable(redactor.text(&why)),
        other => other,
    });
    Exchange { request, result, ..exchange }
}

/// Reads and writes why nothing was sent, with the sentence that tells it.
mod with_text {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::NotSent;
    use crate::model::reason::WithText;

    pub(super) fn serialize<S: Serializer>(
        not_sent: &Option<NotSent>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        not_sent.clone().map(WithText).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<NotSent>, D::Error> {
        let read: Option<WithText<NotSent>> = Option::deserialize(deserializer)?;
        Ok(read.map(|WithText(not_sent)| not_sent))
    }
}

impl StepRecord {
    /// The exchanges that decide: one per repeat, after the target no longer asked to wait or the
    /// suite gave up, waiting for it or for an answer at all.
    pub fn deciding(&self) -> impl Iterator<Item = &Exchange> {
        self.attempts().filter_map(|attempt| {
            attempt.iter().rev().find(|exchange| exchange.purpose != Purpose::Control)
        })
    }

    /// The exchanges by repeat, each from the first try on.
    pub(crate) fn attempts(&self) -> impl Iterator<Item = &[Exchange]> {
        self.exchanges.chunk_by(|_, next| next.put_off > 0 || next.purpose != Purpose::Step)
    }
}
