//! Variations in how answers are written as HTTP and JSON, and in when they come.

use std::io::Write;
use std::time::Duration;

use hyper::header::{
    ACCEPT_ENCODING, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONNECTION, CONTENT_ENCODING,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, RETRY_AFTER, SERVER, SET_COOKIE,
};
use serde_json::Value;

use super::Variation;
use crate::reference::call::{Action, Call};
use crate::reference::change::Change;
use crate::reference::response::{Pace, Response};
use crate::reference::trouble::Trouble;

pub(super) const VARIATIONS: &[Variation] = &[
    Variation {
        name: "json-pretty",
        summary: "Answers are indented.",
        affects: &[],
        changes: &[Change::Response(|response, _| {
            rewrite_json(response, |value| format!("{value:#}"))
        })],
    },
    Variation {
        name: "json-with-tabs",
        summary: "Answers have white space wherever it may stand.",
        affects: &[],
        changes: &[Change::Response(|response, _| {
            rewrite_json(response, |value| {
                format!("\r\n\t{}\n", format!("{value:#}").replace("  ", "\t\t"))
            })
        })],
    },
    Variation {
        name: "json-escaped",
        summary: "Every character of every string is written as an escape.",
        affects: &[],
        changes: &[Change::Response(|response, _| response.rewrite(escape_strings))],
    },
    Variation {
        name: "json-line-break-behind",
        summary: "Answers end with a line break.",
        affects: &[],
        changes: &[Change::Response(|response, _| response.body.push(b'\n'))],
    },
    Variation {
        name: "content-type-charset",
        summary: "The content type names a charset.",
        affects: &[],
        changes: &[Change::Response(|response, _| {
            response.set(CONTENT_TYPE, "application/json; charset=utf-8")
        })],
    },
    Variation {
        name: "content-type-odd-case",
        summary: "The content type is written in odd case, its charset in quotes.",
        affects: &[],
        changes: &[Change::Response(|response, _| {
            response.set(CONTENT_TYPE, "Application/JSON;Charset=\"UTF-8\"")
        })],
    },
    Variation {
        name: "content-type-other-parameter",
        summary: "The content type has a parameter that is no charset.",
        affects: &[],
        changes: &[Change::Response(|response, _| {
            response.set(CONTENT_TYPE, "application/json; version=2")
        })],
    },
    Variation {
        name: "connection-closed-after-answer",
        summary: "Every connection is closed after one answer.",
        affects: &[],
        changes: &[Change::Response(|response, _| response.set(CONNECTION, "close"))],
    },
    Variation {
        name: "answer-chunked",
        summary: "Answers come in one chunk, their length untold.",
        affects: &[],
        changes: &[Change::Response(|response, _| {
            response.pace = Pace::Chunked { size: 65536, pause: Duration::ZERO }
        })],
    },
    Variation {
        name: "answer-in-small-chunks",
        summary: "Answers come in chunks of seven bytes.",
        affects: &[],
        changes: &[Change::Response(|response, _| {
            response.pace = Pace::Chunked { size: 7, pause: Duration::ZERO }
        })],
    },
    Variation {
        name: "answer-trickles",
        summary: "Answers trickle in quarters, with pauses.",
        affects: &[],
        changes: &[Change::Response(|response, _| {
            response.pace =
                Pace::Chunked { size: response.body.len() / 4 + 1, pause: Duration::from_millis(5) }
        })],
    },
    Variation {
        name: "answer-gzipped",
        summary: "Answers are compressed for clients that accept it.",
        affects: &[],
        changes: &[Change::Response(|response, call| {
            if call.request.header(ACCEPT_ENCODING).contains("gzip") {
                response.body = gzip(&response.body);
                response.set(CONTENT_ENCODING, "gzip");
            }
        })],
    },
    Variation {
        name: "many-headers",
        summary: "Answers carry sixty headers that nobody asked for.",
        affects: &[],
        changes: &[Change::Response(|response, _| {
            for number in 0..60 {
                if let Ok(name) = HeaderName::try_from(format!("x-trace-{number}")) {
                    response.set(name, "0123456789abcdef");
                }
            }
        })],
    },
    Variation {
        name: "long-header",
        summary: "Answers carry a header of six thousand characters.",
        affects: &[],
        changes: &[Change::Response(|response, _| {
            response.set(CONTENT_SECURITY_POLICY, &"default-src 'self'; ".repeat(300))
        })],
    },
    Variation {
        name: "cookie-set",
        summary: "Signing in sets a cookie that nobody needs to send.",
        affects: &[],
        changes: &[Change::Response(|response, call| {
            if call.action == Action::Auth {
                response.set(SET_COOKIE, "panel=1; Path=/; HttpOnly");
            }
        })],
    },
    Variation {
        name: "cross-origin-allowed",
        summary: "Answers allow cross-origin use and forbid caching.",
        affects: &[],
        changes: &[Change::Response(|response, _| {
            response.set(ACCESS_CONTROL_ALLOW_ORIGIN, "*");
            response.set(CACHE_CONTROL, "no-store");
            response.set(SERVER, "nginx");
        })],
    },
    Variation {
        name: "headers-in-title-case",
        summary: "The names of headers are written in title case.",
        affects: &[],
        changes: &[Change::Policy(|policy| policy.title_case_headers = true)],
    },
    Variation {
        name: "answer-slow",
        summary: "Every answer takes fifty milliseconds.",
        affects: &[],
        changes: &[Change::Pause(|_| Duration::from_millis(50))],
    },
    Variation {
        name: "sign-in-slow",
        summary: "Signing in takes a fifth of a second.",
        affects: &[],
        changes: &[Change::Pause(|call| {
            if call.action == Action::Auth { Duration::from_millis(200) } else { Duration::ZERO }
        })],
    },
    Variation {
        name: "rate-limited-now-and-then",
        summary: "Every seventh request is refused with code 15.",
        affects: &[],
        changes: &[Change::Call(|call| refuse_every(call, 7))],
    },
    Variation {
        name: "rate-limited-with-retry-after",
        summary: "Every ninth request is refused with code 15 and told to come back at once.",
        affects: &[],
        changes: &[
            Change::Call(|call| refuse_every(call, 9)),
            Change::Response(|response, _| {
                if response.status == 429 {
                    response.set(RETRY_AFTER, "0");
                }
            }),
        ],
    },
    Variation {
        name: "rate-limited-by-proxy",
        summary: "Every eleventh request is refused by a proxy that knows no envelope.",
        affects: &[],
        changes: &[
            Change::Call(|call| refuse_every(call, 11)),
            Change::Response(|response, _| {
                if response.status == 429 {
                    *response = Response::typed(429, "text/html", "<h1>Too Many Requests</h1>");
                }
            }),
        ],
    },
    Variation {
        name: "sign-ins-limited-now-and-then",
        summary: "Every seventh request is refused with code 105 if it is a sign-in.",
        affects: &[],
        changes: &[
            Change::Code(Trouble::TooMany, 105),
            Change::Call(|call| {
                if call.action == Action::Auth {
                    refuse_every(call, 7);
                }
            }),
        ],
    },
];

fn rewrite_json(response: &mut Response, rewrite: impl Fn(&Value) -> String) {
    if let Ok(value) = serde_json::from_slice(&response.body) {
        response.body = rewrite(&value).into_bytes();
    }
}

/// Inside strings every character becomes `\u....`, save escapes that are there already.
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

/// Refuses every so-manieth request of the server.
fn refuse_every(call: &mut Call, period: u64) {
    if call.request.serial.is_multiple_of(period) {
        call.trouble = Some(Trouble::TooMany);
    }
}

/// Compresses; writing to memory cannot fail, and what did is empty.
fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(body).and_then(|()| encoder.finish()).unwrap_or_default()
}
