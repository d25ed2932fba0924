//! How an exchange stands in a report, and how it is read from one.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::model::exchange::{Answer, Defect, Exchange, NoAnswer, Purpose, Request, Shortened};

/// How an exchange stands in a report.
#[derive(Serialize, Deserialize)]
struct Written {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    address: Option<String>,
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shortened: Option<Shortened>,
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
            address: self.address.clone(),
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
            shortened: self.shortened.clone(),
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
    let Written { address, put_off, is_resent, purpose, shortened, .. } = written;
    Ok(Exchange {
        address,
        request,
        result,
        started,
        elapsed,
        put_off,
        is_resent,
        purpose,
        shortened,
    })
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
