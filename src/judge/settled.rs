//! Cases that are judged as soon as they are over, because their answers are too large to keep until
//! the end of the run: what becomes of their checks is kept, and of their answers what is short.

use serde_json::{Map, Value, json};

use super::judging::{judge_sparingly, unjudged};
use super::recording::{CaseRecord, redact_case};
use crate::expect::reading;
use crate::model::api::MEMBERS;
use crate::model::exchange::{Answer, Exchange, NoAnswer, Request, Shortened};
use crate::model::outcome::{CheckResult, Outcome};
use crate::model::reason::Reason;
use crate::model::stopped::Stopped;
use crate::model::violation::{Actual, Difference, Place, Violation};
use crate::suite::case::Case;
use crate::value::abridged::{abridged, abridged_text};
use crate::value::digest::sha256;
use crate::value::json;
use crate::value::redaction::Redactor;
use crate::value::secret::Shapes;

/// Bytes of an exchange in a report that are kept as they are.
const SMALL: usize = 8 * 1024;

/// Bytes that are kept of what cannot be abridged.
const BEGINNING: usize = 2 * 1024;

/// Lines of headers that are kept.
const HEADER_LINES: usize = 50;

/// Whether some exchange of a case is too large to be kept as it is.
pub(crate) fn is_large(record: &CaseRecord) -> bool {
    record.exchanges().any(|exchange| size(exchange) > SMALL)
}

/// About how many bytes an exchange takes in a report.
pub(crate) fn size(exchange: &Exchange) -> usize {
    let Request { query, headers, body, .. } = &exchange.request;
    let of_lines = |lines: &[(String, String)]| -> usize {
        lines.iter().map(|(name, value)| told(name.as_bytes()) + told(value.as_bytes())).sum()
    };
    let of_answer = |answer: &Answer| of_lines(&answer.headers) + told(&answer.body);
    query.as_ref().map_or(0, |query| told(query.as_bytes()))
        + of_lines(headers)
        + body.as_deref().map_or(0, told)
        + exchange.result.as_ref().map_or(0, of_answer)
}

/// How long bytes become in JSON that a terminal may show.
fn told(bytes: &[u8]) -> usize {
    let of_byte = |byte: &u8| match byte {
        0..=0x1f | 0x7f => 6,
        0x80.. => 3,
        b'"' | b'\\' => 2,
        _ => 1,
    };
    bytes.iter().map(of_byte).sum()
}

/// Judges a case, and keeps of it what is short.
pub(crate) fn settle(
    case: &Case,
    record: CaseRecord,
    redactor: &Redactor,
    shapes: &Shapes,
) -> CaseRecord {
    let left_open = record.open_sessions().len();
    let record = redact_case(record, redactor);
    let mut judged = judge_sparingly(case, &record, shapes);
    judged.iter_mut().for_each(without_long_difference);
    CaseRecord { judged: Some(judged), left_open, ..record.with_exchanges(shortened) }
}

/// A case that nobody has the time to judge, since the run is over, without what is long in it.
pub(crate) fn unread(
    case: &Case,
    record: CaseRecord,
    redactor: &Redactor,
    by: &Stopped,
) -> CaseRecord {
    let left_open = record.open_sessions().len();
    let of_exchange = |exchange: Exchange| match size(&exchange) {
        ..=SMALL => exchange,
        _ => Exchange { result: Err(NoAnswer::Cut(by.clone())), ..exchange },
    };
    let record = record.with_exchanges(of_exchange);
    let judged = Some(unjudged(case, &Reason::Stopped { by: by.clone() }));
    CaseRecord { judged, left_open, ..redact_case(record, redactor) }
}

/// A settled case without anything that the target said but what decides: it called more texts a
/// hash than can be known, and any of them may stand anywhere.
pub(crate) fn untold(record: CaseRecord) -> CaseRecord {
    let of_exchange = |exchange: Exchange| {
        let whole = exchange.result.as_ref().ok().map(whole);
        let result = exchange.result.map(|answer| Answer {
            body: deciding(&answer.body),
            headers: Vec::new(),
            ..answer
        });
        Exchange { result, shortened: exchange.shortened.or(whole), ..exchange }
    };
    let of_result = |mut result: CheckResult| {
        if let Outcome::Failed { violations, difference } = &mut result.outcome {
            violations.iter_mut().for_each(hide);
            *difference = None;
        }
        result
    };
    let record = record.with_exchanges(of_exchange);
    let judged = record.judged.map(|judged| judged.into_iter().map(of_result).collect());
    CaseRecord { judged, ..record }
}

/// What a body says of a grant or a refusal, and nothing else.
fn deciding(body: &[u8]) -> Vec<u8> {
    let Ok(body) = json::parse(body) else { return Vec::new() };
    let mut kept = Map::new();
    if let Some(success @ Value::Bool(_)) = body.get("success") {
        kept.insert("success".to_owned(), success.clone());
    }
    if let Some(code) = reading::code(Some(&body)) {
        kept.insert("status".to_owned(), json!({"code": code}));
    }
    Value::Object(kept).to_string().into_bytes()
}

/// Tells of a violation no more than that something else was there.
fn hide(violation: &mut Violation) {
    const UNTOLD: &str = "what is not told, since the target calls too many texts a hash";
    if matches!(violation.place, Place::Status) {
        return;
    }
    match &mut violation.actual {
        Actual::OfType { text, .. } | Actual::Other(text) => *text = UNTOLD.to_owned(),
        Actual::Nothing | Actual::WithoutMember(_) => {}
    }
    if let Place::Body { pointer } = &mut violation.place
        && !MEMBERS.iter().any(|member| *pointer == format!("/{member}"))
    {
        pointer.clear();
    }
}

/// Leaves a difference out that shows what is left out of the record.
fn without_long_difference(result: &mut CheckResult) {
    if let Outcome::Failed { difference, .. } = &mut result.outcome {
        *difference = difference.take().filter(|one| length(one) <= SMALL);
    }
}

fn length(difference: &Difference) -> usize {
    difference.expected.len() + difference.actual.len()
}

/// Leaves the differences out for which there is no more room, in bytes: what fails is told without.
pub(crate) fn limit_differences(
    mut results: Vec<CheckResult>,
    room: &mut usize,
) -> Vec<CheckResult> {
    for result in &mut results {
        let Outcome::Failed { difference, .. } = &mut result.outcome else { continue };
        let size = difference.as_ref().map_or(0, length);
        match room.checked_sub(size) {
            Some(rest) => *room = rest,
            None => *difference = None,
        }
    }
    results
}

fn shortened(exchange: Exchange) -> Exchange {
    if size(&exchange) <= SMALL {
        return exchange;
    }
    let Exchange { request, result, .. } = exchange;
    let request = Request {
        query: request.query.map(|query| abridged_text(&query)),
        headers: lines(request.headers),
        body: request.body.map(|body| shortened_body(&body)),
        ..request
    };
    let whole = result.as_ref().ok().map(whole);
    let result = result.map(|answer| Answer {
        body: shortened_body(&answer.body),
        headers: lines(answer.headers),
        ..answer
    });
    Exchange { request, result, shortened: whole, ..exchange }
}

fn whole(answer: &Answer) -> Shortened {
    Shortened {
        bytes: answer.body.len(),
        sha256: sha256([&answer.body]),
        header_lines: answer.headers.len(),
    }
}

fn lines(lines: Vec<(String, String)>) -> Vec<(String, String)> {
    let line = |(name, value): (String, String)| (abridged_text(&name), abridged_text(&value));
    lines.into_iter().take(HEADER_LINES).map(line).collect()
}

/// A body without what is long in it: JSON that says the same of a grant or a refusal, and the
/// beginning of anything else.
fn shortened_body(body: &[u8]) -> Vec<u8> {
    if let Ok(value) = json::parse(body) {
        return abridged(&value).to_string().into_bytes();
    }
    let end = (0..=BEGINNING.min(body.len())).rev().find(|at| {
        // Between characters, where there are any.
        body.get(*at).is_none_or(|byte| byte & 0xc0 != 0x80)
    });
    body[..end.unwrap_or(BEGINNING.min(body.len()))].to_vec()
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::{SMALL, shortened, untold};
    use crate::judge::recording::{CaseRecord, StepRecord};
    use crate::model::exchange::{Answer, Exchange, Request};
    use crate::model::level::Level;
    use crate::model::outcome::{CheckResult, Outcome};
    use crate::model::violation::{Actual, Violation};

    fn exchange(body: &str, header: &str) -> Exchange {
        let (path, method) = ("/panel/account/auth".to_owned(), "POST".to_owned());
        let headers = vec![("x-long".to_owned(), header.to_owned()); 200];
        let body = body.as_bytes().to_vec();
        let request = Request { method, path, query: None, headers: Vec::new(), body: None };
        Exchange::of(request, Ok(Answer { status: 200, headers, body, defect: None }))
    }

    #[test]
    fn an_answer_is_kept_in_part_with_what_decides() {
        let long = "x".repeat(1_000_000);
        let body = format!(r#"{{"extra":"{long}","hash":"«hash 1»","success":true}}"#);
        let kept = shortened(exchange(&body, &long));
        let whole = kept.shortened.expect("it is too large");
        let answer = kept.result.expect("it is an answer");
        assert_eq!((whole.bytes, whole.header_lines), (body.len(), 200));
        assert!(answer.body.len() + answer.headers.len() * 300 < 2 * SMALL);
        let text = String::from_utf8(answer.body).expect("it stays text");
        assert!(text.ends_with(r#""hash":"«hash 1»","success":true}"#), "{text}");
    }

    #[test]
    fn what_is_no_json_is_cut_between_characters() {
        let kept = shortened(exchange(&"é".repeat(100_000), "short"));
        let body = kept.result.expect("it is an answer").body;
        assert!(body.len() < SMALL && std::str::from_utf8(&body).is_ok());
    }

    #[test]
    fn what_is_short_stays_as_it_is() {
        let short = exchange("{}", "short");
        assert_eq!(shortened(short.clone()), short);
    }

    #[test]
    fn of_a_target_that_calls_everything_a_hash_nothing_is_told_but_what_decides() {
        let hidden = "a1b2c3d4";
        let body = format!(
            r#"{{"success":false,"status":{{"code":12,"description":"{hidden}"}},"{hidden}":1}}"#
        );
        let violations = ["/hash", &format!("/{hidden}")].map(|pointer| {
            Violation::of_body(pointer, "nothing there", Actual::Other(hidden.to_owned()))
        });
        let outcome = Outcome::Failed { violations: violations.into(), difference: None };
        let text = || String::new();
        let result = CheckResult {
            case: text(),
            step: text(),
            requirement: text(),
            level: Level::Must,
            outcome,
        };
        let exchanges = vec![exchange(&body, hidden)];
        let record = CaseRecord {
            id: text(),
            fixtures: Map::new(),
            steps: vec![StepRecord { id: text(), exchanges, not_sent: None }],
            clean_up: vec![exchange("no JSON", hidden)],
            judged: Some(vec![result]),
            left_open: 0,
        };
        let told = untold(record);
        let judged = told.judged.as_ref().expect("it is judged");
        assert!(judged[0].outcome.is_failure());
        let report = serde_json::to_string(&(&told, judged)).expect("it can be written");
        assert!(!report.contains(hidden), "{report}");
        assert!(report.contains(r#"{\"success\":false,\"status\":{\"code\":12}}"#), "{report}");
    }
}
