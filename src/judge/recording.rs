//! What was exchanged in a run, as it happened and as it is told.
//!
//! A [`RawRecording`] holds secrets and never leaves the process. [`RawRecording::redact`] makes
//! the [`Recording`] that everything after it works on: judging, reports, judging again. Both
//! hold the same exchanges in the same order.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::model::api::HASH;
use crate::model::exchange::{Answer, Defect, Exchange, NoAnswer, Purpose, Request, Unreachable};
use crate::model::reason::{
    Deselection, EarlierStep, FixtureGap, Reason, ReasonKind, RefusedDealer, Stopped,
};
use crate::value::filter::Filter;
use crate::value::json;
use crate::value::redaction::Redactor;
use crate::value::secret::{Shape, Shapes};
use crate::value::token::{Named, Token};

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
}

impl CaseRecord {
    /// Everything that was exchanged, clean-up included.
    pub(crate) fn exchanges(&self) -> impl Iterator<Item = &Exchange> {
        self.steps.iter().flat_map(|step| &step.exchanges).chain(&self.clean_up)
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

/// A near miss that was made of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NearMiss {
    /// What was sent.
    pub value: String,
    /// The secret it was made of.
    pub source: String,
    /// How.
    pub filter: &'static Filter,
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
    /// Whether the target is the reference server, so that nobody stands in between.
    #[serde(default)]
    pub is_embedded: bool,
}

impl RawRecording {
    /// Takes every secret out of the record.
    pub(crate) fn redact(self) -> Recording {
        let mut secrets = self.secrets.clone();
        let fixtures = secrets.len();
        let known: BTreeSet<String> = secrets.iter().map(|(value, _)| value.clone()).collect();
        let mut seen = known;
        for hash in self.cases.iter().flat_map(hashes_of_case) {
            if seen.insert(hash.clone()) {
                let token = Named::Hash(secrets.len() - fixtures + 1).token();
                secrets.push((hash, token));
            }
        }
        let shapes = secrets[fixtures..]
            .iter()
            .map(|(value, token)| (token.to_string(), Shape::of(value)))
            .collect();
        for near_miss in &self.near_misses {
            let token = secrets.iter().find(|(value, _)| *value == near_miss.source);
            if let Some((_, token)) = token {
                let token = token.clone().filtered(near_miss.filter);
                secrets.push((near_miss.value.clone(), token));
            }
        }
        let redactor = Redactor::new(&secrets);
        let cases = self.cases.into_iter().map(|case| redact_case(case, &redactor)).collect();
        Recording { cases, secrets: shapes, trusts_fixtures: false, is_embedded: false }
    }
}

/// Every hash that a target handed out in a case, in the order it did.
fn hashes_of_case(case: &CaseRecord) -> Vec<String> {
    let steps = case.steps.iter().flat_map(|step| &step.exchanges);
    steps
        .chain(&case.clean_up)
        .filter_map(|exchange| exchange.result.as_ref().ok())
        .flat_map(hashes)
        .collect()
}

/// Every text that an answer calls `hash`, at whatever depth, also in a body that is no JSON.
pub(crate) fn hashes(answer: &Answer) -> Vec<String> {
    let mut found = Vec::new();
    if let Ok(body) = json::parse(&answer.body) {
        collect_hashes(&body, &mut found);
    }
    for hash in spelt_out(&String::from_utf8_lossy(&answer.body)) {
        if !found.iter().any(|known| known.contains(hash)) {
            found.push(hash.to_owned());
        }
    }
    found
}

/// What looks like a hash behind the word `hash`, however it is written: a member that is named
/// twice, an answer that is cut short, single quotes, XML, JSON inside JSON, a query string.
fn spelt_out(text: &str) -> impl Iterator<Item = &str> {
    const SHORTEST: usize = 8;
    let is_part =
        |character: char| character.is_ascii_alphanumeric() || "-._~+/".contains(character);
    text.match_indices(HASH).filter_map(move |(at, word)| {
        let behind = &text[at + word.len()..];
        let value =
            behind.trim_start_matches(|c: char| c.is_whitespace() || "\"'\\:=>".contains(c));
        let between = &behind[..behind.len() - value.len()];
        let end = value.find(|character| !is_part(character)).unwrap_or(value.len());
        let value = &value[..end];
        let looks_like_one =
            value.len() >= SHORTEST && value.contains(|c: char| c.is_ascii_digit());
        (between.contains([':', '=', '>']) && looks_like_one).then_some(value)
    })
}

fn collect_hashes(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(hash) if name == HASH && !hash.is_empty() => {
                        found.push(hash.clone());
                    }
                    Value::Number(hash) if name == HASH => found.push(hash.to_string()),
                    member => collect_hashes(member, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_hashes(item, found)),
        _ => {}
    }
}

fn redact_case(case: CaseRecord, redactor: &Redactor) -> CaseRecord {
    let exchanges = |exchanges: Vec<Exchange>| {
        exchanges.into_iter().map(|exchange| redact_exchange(exchange, redactor)).collect()
    };
    let steps = case
        .steps
        .into_iter()
        .map(|step| StepRecord { exchanges: exchanges(step.exchanges), ..step });
    CaseRecord {
        steps: steps.collect(),
        clean_up: exchanges(case.clean_up),
        fixtures: case
            .fixtures
            .into_iter()
            .map(|(role, members)| (role, redact_value(members, redactor)))
            .collect(),
        id: case.id,
    }
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

/// How an exchange stands in a report.
#[derive(Serialize, Deserialize)]
struct Written {
    request: WrittenMessage,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<WrittenMessage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<NoAnswer>,
    started_ms: f64,
    elapsed_ms: f64,
    #[serde(default, skip_serializing_if = "is_zero")]
    put_off: u32,
    #[serde(default, rename = "resent", skip_serializing_if = "is_false")]
    is_resent: bool,
    #[serde(default, skip_serializing_if = "is_of_step")]
    purpose: Purpose,
}

#[derive(Default, Serialize, Deserialize)]
struct WrittenMessage {
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    query: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    headers: Vec<(String, String)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body_base64: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    defect: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    coding: Option<String>,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

fn is_of_step(purpose: &Purpose) -> bool {
    *purpose == Purpose::Step
}

impl Serialize for Exchange {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (body, body_base64) = body_to_text(self.request.body.as_deref());
        Written {
            request: WrittenMessage {
                method: Some(self.request.method.clone()),
                path: Some(self.request.path.clone()),
                query: self.request.query.clone(),
                headers: self.request.headers.clone(),
                body,
                body_base64,
                ..WrittenMessage::default()
            },
            answer: self.result.as_ref().ok().map(write_answer),
            failure: self.result.as_ref().err().cloned(),
            started_ms: milliseconds(self.started),
            elapsed_ms: milliseconds(self.elapsed),
            put_off: self.put_off,
            is_resent: self.is_resent,
            purpose: self.purpose,
        }
        .serialize(serializer)
    }
}

fn write_answer(answer: &Answer) -> WrittenMessage {
    let (body, body_base64) = body_to_text(Some(&answer.body));
    WrittenMessage {
        status: Some(answer.status),
        headers: answer.headers.clone(),
        body,
        body_base64,
        defect: answer.defect.as_ref().map(|defect| defect.name().to_owned()),
        coding: match &answer.defect {
            Some(Defect::Undecodable(coding) | Defect::NotAccepted(coding)) => Some(coding.clone()),
            Some(Defect::CutShort) | None => None,
        },
        ..WrittenMessage::default()
    }
}

fn body_to_text(body: Option<&[u8]>) -> (Option<String>, Option<String>) {
    match body.map(std::str::from_utf8) {
        None => (None, None),
        Some(Ok(text)) => (Some(text.to_owned()), None),
        Some(Err(_)) => (None, body.map(|body| STANDARD.encode(body))),
    }
}

fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

impl<'de> Deserialize<'de> for Exchange {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Exchange, D::Error> {
        let written = Written::deserialize(deserializer)?;
        read_exchange(written).map_err(serde::de::Error::custom)
    }
}

fn read_exchange(written: Written) -> Result<Exchange, String> {
    let started = read_duration(written.started_ms)?;
    let elapsed = read_duration(written.elapsed_ms)?;
    let result = match (written.answer, written.failure) {
        (Some(answer), None) => Ok(read_answer(answer)?),
        (None, Some(failure)) => Err(failure),
        _ => return Err("an exchange has either an `answer` or a `failure`".to_owned()),
    };
    let request = written.request;
    if request.status.is_some() || request.defect.is_some() {
        return Err("a request has neither a `status` nor a `defect`".to_owned());
    }
    let body = read_body(request.body, request.body_base64)?;
    let request = Request {
        method: request.method.ok_or("a request has a `method`")?,
        path: request.path.ok_or("a request has a `path`")?,
        query: request.query,
        headers: request.headers,
        body,
    };
    let Written { put_off, is_resent, purpose, .. } = written;
    Ok(Exchange { request, result, started, elapsed, put_off, is_resent, purpose })
}

fn read_duration(milliseconds: f64) -> Result<Duration, String> {
    Duration::try_from_secs_f64(milliseconds / 1e3).map_err(|error| error.to_string())
}

fn read_answer(answer: WrittenMessage) -> Result<Answer, String> {
    if answer.method.is_some() || answer.path.is_some() || answer.query.is_some() {
        return Err("an answer has neither `method` nor `path` nor `query`".to_owned());
    }
    // Earlier versions read one coding, and did not say which.
    let coding = answer.coding.unwrap_or_else(|| "gzip".to_owned());
    let defect = match answer.defect.as_deref() {
        None => None,
        Some("cut-short") => Some(Defect::CutShort),
        Some("undecodable") => Some(Defect::Undecodable(coding)),
        Some("not-accepted") => Some(Defect::NotAccepted(coding)),
        Some(other) => {
            return Err(format!(
                "`{other}` is no defect; known are cut-short, undecodable, not-accepted"
            ));
        }
    };
    Ok(Answer {
        status: answer.status.ok_or("an answer has a `status`")?,
        headers: answer.headers,
        body: read_body(answer.body, answer.body_base64)?.unwrap_or_default(),
        defect,
    })
}

fn read_body(text: Option<String>, base64: Option<String>) -> Result<Option<Vec<u8>>, String> {
    match (text, base64) {
        (Some(_), Some(_)) => Err("a message has either a `body` or a `body_base64`".to_owned()),
        (Some(text), None) => Ok(Some(text.into_bytes())),
        (None, Some(text)) => {
            let bytes = STANDARD.decode(text);
            bytes.map(Some).map_err(|error| format!("a `body_base64` is none: {error}"))
        }
        (None, None) => Ok(None),
    }
}
