//! Variations in how answers are written as HTTP and JSON, and in when they come.

use std::time::Duration;

use hyper::header::{
    ACCEPT_ENCODING, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONNECTION, CONTENT_ENCODING,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, SERVER,
    SET_COOKIE,
};
use serde_json::Value;

use super::variation;
use crate::reference::behaviour::Row;
use crate::reference::call::Action::{Auth, GetPermissions};
use crate::reference::change::{Changes, code, policy};
use crate::reference::refusal::Reason::TooMany;
use crate::reference::response::{Delivery, Response};
use crate::reference::when::{When, always, on, refused_for};

#[rustfmt::skip] // A row is a line, or two if it is long.
pub(super) fn variations() -> Vec<Row> {
    vec![
        variation("json-pretty", "Answers are indented.", json(|value| format!("{value:#}"))),
        variation("json-with-tabs", "Answers have white space wherever it may stand.",
            json(|value| format!("\r\n\t{}\n", format!("{value:#}").replace("  ", "\t\t")))),
        variation("json-escaped", "Every character of every string is written as an escape.", always().body(escape_strings)),
        variation("json-line-break-behind", "Answers end with a line break.",
            always().response(|response| response.body.push(b'\n'))),
        variation("json-nested-deep", "Answers hold a list that is nested two hundred deep.", add_text(|| format!(r#""tree":{}{}"#, "[".repeat(200), "]".repeat(200)))),
        variation("json-odd", "Answers hold what clients read differently: a member twice, half of a surrogate pair, huge numbers.",
            add_text(|| r#""n":1,"n":1.0,"cut":"\ud83d","huge":[1e400,-1E-400,9007199254740993]"#.to_owned())),
        variation("json-tokens", "Answers hold texts in the form of the tokens that stand for secrets in records.",
            add_text(|| r#""note":"\u00abdealer.password\u00bb, «hash 1»","«hash 2»":"«hash 2»""#.to_owned())),
        variation("content-type-charset", "The content type names a charset.", always().content_type("application/json; charset=utf-8")),
        variation("content-type-odd-case", "The content type is written in odd case, its charset in quotes.",
            always().content_type("Application/JSON;Charset=\"UTF-8\"")),
        variation("content-type-other-parameter", "The content type has a parameter that is no charset.", always().content_type("application/json; version=2")),
        variation("connection-closed-after-answer", "Every connection is closed after one answer.", always().header(CONNECTION, "close")),
        variation("answer-chunked", "Answers come in one chunk, without a length in the head.", chunked(|_| 65536, Duration::ZERO)),
        variation("answer-in-small-chunks", "Answers come in chunks of seven bytes.", chunked(|_| 7, Duration::ZERO)),
        variation("answer-trickles", "Answers trickle in quarters, with pauses.",
            chunked(|length| length / 4 + 1, Duration::from_millis(5))),
        variation("answer-gzipped", "Answers are compressed for clients that accept it.",
            accepting_gzip().response(gzip)),
        variation("answer-gzipped-twice", "Answers are compressed twice, and say so in two lines.",
            accepting_gzip().response(|response| {
                gzip(response);
                response.gzip();
                response.headers.append(CONTENT_ENCODING, HeaderValue::from_static("GZip"));
            })),
        variation("answer-gzipped-and-padded", "Answers are compressed, and zeros follow.",
            accepting_gzip().response(|response| {
                gzip(response);
                response.body.extend([0; 512]);
            })),
        variation("answer-told-identity", "Answers are said not to be compressed.", always().header(CONTENT_ENCODING, "identity")),
        variation("content-type-twice", "The content type stands twice, alike.",
            always().response(|response| if let Some(kind) = response.headers.get(CONTENT_TYPE).cloned() {
                response.headers.append(CONTENT_TYPE, kind);
            })),
        variation("many-headers", "Answers carry sixty headers that are not asked for.", always().response(add_many_headers)),
        variation("long-header", "Answers carry a header of six thousand characters.",
            always().response(|response| response.set(CONTENT_SECURITY_POLICY, &"default-src 'self'; ".repeat(300)))),
        variation("cookie-set", "Signing in sets a cookie that need not be sent back.", on(Auth).header(SET_COOKIE, "panel=1; Path=/; HttpOnly")),
        variation("cross-origin-allowed", "Answers allow cross-origin use and forbid caching.",
            always().response(add_usual_headers)),
        variation("headers-in-title-case", "The names of headers are written in title case.",
            policy(|policy| policy.title_case_headers = true)),
        variation("answer-slow", "Every answer takes fifty milliseconds.",
            policy(|policy| policy.delay = Box::new(|_| Duration::from_millis(50)))),
        variation("sign-in-slow", "Signing in takes a fifth of a second.",
            policy(|policy| policy.delay = Box::new(|call| if call.action == Auth { Duration::from_millis(200) } else { Duration::ZERO }))),
        variation("rate-limited-now-and-then", "Every seventh request is refused with code 15.", refuse_every(7, always())),
        variation("rate-limited-with-retry-after", "Every ninth request is refused with code 15 and may be repeated at once.",
            refuse_every(9, always()).and(refused_for(TooMany).header(RETRY_AFTER, "0"))),
        variation("rate-limited-by-proxy", "Every eleventh request is refused by a proxy that knows no envelope.",
            refuse_every(11, always()).and(refused_for(TooMany).page(429, "<h1>Too Many Requests</h1>"))),
        variation("database-away-now-and-then", "Every fifteenth request is refused with code 14, since the database is unavailable.",
            code(TooMany, 14).and(refuse_every(15, always()))),
        variation("queue-fails-now-and-then", "Every thirteenth request is refused with code 8, to be tried again later.",
            code(TooMany, 8).and(refuse_every(13, always()))),
        variation("restarted-now-and-then", "Every fifteenth request is answered by a proxy that says when the server is back.",
            refuse_every(15, always()).and(refused_for(TooMany).respond(|_| away_until("Thu, 01 Jan 1970 00:00:00 GMT")))),
        variation("connection-lost-now-and-then", "Every eleventh request is lost with its connection if it asks for permissions.",
            on(GetPermissions).given(|call, _| call.request.serial.is_multiple_of(11)).close()),
        variation("sign-ins-limited-now-and-then", "Every seventh request is refused with code 105 if it is a sign-in.",
            code(TooMany, 105).and(refuse_every(7, on(Auth)))),
    ]
}

/// Writes the JSON of an answer otherwise.
fn json(write: fn(&Value) -> String) -> Changes {
    always().response(move |response| {
        if let Ok(value) = serde_json::from_slice(&response.body) {
            response.body = write(&value).into_bytes();
        }
    })
}

/// Writes members of an object as they are, behind those of the answer.
fn add_text(members: fn() -> String) -> Changes {
    always().body(move |body| match body.strip_suffix('}') {
        Some(open) => format!("{open},{}}}", members()),
        None => body.to_owned(),
    })
}

/// Sends answers in chunks, whose size depends on the length of the body.
fn chunked(size: fn(usize) -> usize, pause: Duration) -> Changes {
    always().response(move |response| {
        response.delivery = Delivery::Chunked { size: size(response.body.len()), pause };
    })
}

/// Refuses every request of the server whose number is a multiple of this, if it is meant.
fn refuse_every(period: u64, when: When) -> Changes {
    when.call(move |call| {
        if call.request.serial.is_multiple_of(period) {
            call.invalid = Some(TooMany);
        }
    })
}

fn accepting_gzip() -> When {
    always().given(|call, _| call.request.header(ACCEPT_ENCODING).contains("gzip"))
}

/// The page of a proxy whose server is away.
fn away_until(date: &str) -> Response {
    let mut response = Response::page(503, "<h1>Service Unavailable</h1>");
    response.set(RETRY_AFTER, date);
    response
}

fn gzip(response: &mut Response) {
    response.gzip();
    response.set(CONTENT_ENCODING, "gzip");
}

fn add_many_headers(response: &mut Response) {
    for number in 0..60 {
        if let Ok(name) = HeaderName::try_from(format!("x-trace-{number}")) {
            response.set(name, "0123456789abcdef");
        }
    }
}

fn add_usual_headers(response: &mut Response) {
    response.set(ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    response.set(CACHE_CONTROL, "no-store");
    response.set(SERVER, "nginx");
}

/// Inside strings every character becomes `\u....`, except escapes that are there already.
fn escape_strings(body: &str) -> String {
    let mut written = String::new();
    let mut characters = body.chars();
    let mut is_inside = false;
    while let Some(character) = characters.next() {
        match character {
            '"' => {
                is_inside = !is_inside;
                written.push(character);
            }
            '\\' => {
                written.push(character);
                written.extend(characters.next());
            }
            _ if is_inside => written.push_str(&escape(character)),
            _ => written.push(character),
        }
    }
    written
}

fn escape(character: char) -> String {
    let units = character.encode_utf16(&mut [0; 2]).to_vec();
    units.into_iter().map(|unit| format!("\\u{unit:04x}")).collect()
}
