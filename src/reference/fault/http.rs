//! Faults in how answers are written as HTTP and JSON, whatever they say.

use std::io::Write;

use hyper::header::{CONTENT_ENCODING, CONTENT_TYPE};
use serde_json::Value;

use super::{Family, Fault};
use crate::reference::change::Change;
use crate::reference::response::Response;

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "success-typed-text",
        family: Family::Http,
        summary: "Successes are JSON under the content type of plain text.",
        violates: &["OK-CT"],
        changes: &[Change::SuccessWritten(|response| {
            response.set(CONTENT_TYPE, "text/plain; charset=utf-8")
        })],
    },
    Fault {
        name: "success-typed-html",
        family: Family::Http,
        summary: "Successes are JSON under the content type of HTML.",
        violates: &["OK-CT"],
        changes: &[Change::SuccessWritten(|response| {
            response.set(CONTENT_TYPE, "text/html; charset=utf-8")
        })],
    },
    Fault {
        name: "success-typed-script",
        family: Family::Http,
        summary: "Successes are JSON under the content type of scripts.",
        violates: &["OK-CT"],
        changes: &[Change::SuccessWritten(|response| {
            response.set(CONTENT_TYPE, "text/javascript")
        })],
    },
    Fault {
        name: "success-typed-bytes",
        family: Family::Http,
        summary: "Successes are JSON under the content type of arbitrary bytes.",
        violates: &["OK-CT"],
        changes: &[Change::SuccessWritten(|response| {
            response.set(CONTENT_TYPE, "application/octet-stream")
        })],
    },
    Fault {
        name: "success-untyped",
        family: Family::Http,
        summary: "Successes have no content type.",
        violates: &["OK-CT"],
        changes: &[Change::SuccessWritten(|response| drop(response.headers.remove(CONTENT_TYPE)))],
    },
    Fault {
        name: "success-http-201",
        family: Family::Http,
        summary: "Every success has HTTP 201.",
        violates: &["OK-200", "AUTH-200", "LO-200"],
        changes: &[Change::SuccessWritten(|response| {
            response.status = 201;
        })],
    },
    Fault {
        name: "success-http-202",
        family: Family::Http,
        summary: "Every success has HTTP 202.",
        violates: &["OK-200", "AUTH-200", "LO-200"],
        changes: &[Change::SuccessWritten(|response| {
            response.status = 202;
        })],
    },
    Fault {
        name: "success-http-500",
        family: Family::Http,
        summary: "Every success has HTTP 500.",
        violates: &["OK-200", "AUTH-200", "LO-200"],
        changes: &[Change::SuccessWritten(|response| {
            response.status = 500;
        })],
    },
    Fault {
        name: "success-in-list",
        family: Family::Http,
        summary: "Successes are wrapped in a list.",
        violates: &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
        changes: &[Change::SuccessWritten(|response| response.rewrite(|body| format!("[{body}]")))],
    },
    Fault {
        name: "success-as-json-string",
        family: Family::Http,
        summary: "Successes are a JSON string that holds the object.",
        violates: &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
        changes: &[Change::SuccessWritten(|response| {
            response.rewrite(|body| Value::from(body).to_string())
        })],
    },
    Fault {
        name: "success-in-response-member",
        family: Family::Http,
        summary: "Successes are wrapped in a member `response`.",
        violates: &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
        changes: &[Change::SuccessWritten(|response| {
            response.rewrite(|body| format!(r#"{{"response":{body}}}"#))
        })],
    },
    Fault {
        name: "success-in-single-quotes",
        family: Family::Http,
        summary: "Successes are written with single quotes.",
        violates: &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
        changes: &[Change::SuccessWritten(|response| {
            response.rewrite(|body| body.replace('"', "'"));
        })],
    },
    Fault {
        name: "success-with-capital-true",
        family: Family::Http,
        summary: "Successes say `True` instead of `true`.",
        violates: &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
        changes: &[Change::SuccessWritten(|response| {
            response.rewrite(|body| body.replace(":true", ":True"))
        })],
    },
    Fault {
        name: "success-with-trailing-comma",
        family: Family::Http,
        summary: "Successes end with a comma before the last brace.",
        violates: &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
        changes: &[Change::SuccessWritten(|response| {
            response.rewrite(|body| format!("{},}}", &body[..body.len() - 1]))
        })],
    },
    Fault {
        name: "success-with-comment",
        family: Family::Http,
        summary: "Successes begin with a comment.",
        violates: &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
        changes: &[Change::SuccessWritten(|response| {
            response.rewrite(|body| format!("/* ok */{body}"))
        })],
    },
    Fault {
        name: "success-with-warning-before",
        family: Family::Http,
        summary: "Successes come after a warning of the interpreter.",
        violates: &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
        changes: &[Change::Response(|response, _| {
            if response.is_success() {
                response.rewrite(|body| {
                    format!("Warning: deprecated call in account.php on line 12\n{body}")
                });
            }
        })],
    },
    Fault {
        name: "success-with-garbage-behind",
        family: Family::Http,
        summary: "Successes are followed by a piece of HTML.",
        violates: &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
        changes: &[Change::SuccessWritten(|response| {
            response.rewrite(|body| format!("{body}<!-- 12 ms -->"))
        })],
    },
    Fault {
        name: "success-twice",
        family: Family::Http,
        summary: "Successes are written twice, one after the other.",
        violates: &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
        changes: &[Change::SuccessWritten(|response| {
            response.rewrite(|body| format!("{body}{body}"))
        })],
    },
    Fault {
        name: "success-with-guard-prefix",
        family: Family::Http,
        summary: "Successes begin with a guard against script inclusion.",
        violates: &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
        changes: &[Change::SuccessWritten(|response| {
            response.rewrite(|body| format!(")]}}',\n{body}"))
        })],
    },
    Fault {
        name: "success-in-utf-16",
        family: Family::Http,
        summary: "Successes are written in UTF-16.",
        violates: &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
        changes: &[Change::SuccessWritten(|response| {
            response.body = String::from_utf8_lossy(&response.body)
                .encode_utf16()
                .flat_map(u16::to_be_bytes)
                .collect();
        })],
    },
    Fault {
        name: "success-with-bare-line-break",
        family: Family::Http,
        summary: "Successes hold a bare line break inside a string.",
        violates: &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
        changes: &[Change::SuccessWritten(|response| {
            response.rewrite(|body| body.replacen("success", "succ\ness", 1))
        })],
    },
    Fault {
        name: "success-with-invalid-utf-8",
        family: Family::Http,
        summary: "Successes hold bytes that are not UTF-8.",
        violates: &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
        changes: &[Change::SuccessWritten(|response| {
            let at = response.body.len() - 1;
            response.body.splice(at..at, *b",\"name\":\"\xe9t\xe9\"");
        })],
    },
    Fault {
        name: "success-said-twice",
        family: Family::Http,
        summary: "Successes say `success` twice, last that it is false.",
        violates: &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
        changes: &[Change::SuccessWritten(|response| {
            response.rewrite(|body| format!(r#"{},"success":false}}"#, &body[..body.len() - 1]))
        })],
    },
    Fault {
        name: "success-as-xml",
        family: Family::Http,
        summary: "Successes are XML.",
        violates: &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE", "OK-CT"],
        changes: &[Change::SuccessWritten(|response| {
            *response = Response::typed(
                200,
                "application/xml",
                "<response><success>true</success></response>",
            );
        })],
    },
    Fault {
        name: "success-gzipped-and-not-told",
        family: Family::Http,
        summary: "Successes are compressed, and no header says so.",
        violates: &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
        changes: &[Change::SuccessWritten(|response| {
            response.body = gzip(&response.body);
        })],
    },
    Fault {
        name: "success-told-gzipped-and-not",
        family: Family::Http,
        summary: "Successes are said to be compressed and are not.",
        violates: &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
        changes: &[Change::SuccessWritten(|response| response.set(CONTENT_ENCODING, "gzip"))],
    },
    Fault {
        name: "success-gzip-cut-short",
        family: Family::Http,
        summary: "Successes are compressed, and the end is missing.",
        violates: &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
        changes: &[Change::SuccessWritten(|response| {
            response.body = gzip(&response.body);
            response.body.truncate(response.body.len() / 2);
            response.set(CONTENT_ENCODING, "gzip");
        })],
    },
    Fault {
        name: "get-answered-for-script-tags",
        family: Family::Http,
        summary: "A GET is answered with a call of a script function.",
        violates: &["M-PERM-GET", "M-LOGOUT-GET", "M-SAME"],
        changes: &[Change::Response(|response, call| {
            if call.is_get() && response.is_success() {
                response.rewrite(|body| format!("callback({body});"));
            }
        })],
    },
    Fault {
        name: "get-answered-with-page",
        family: Family::Http,
        summary: "A GET is answered with an HTML page.",
        violates: &["M-PERM-GET", "M-LOGOUT-GET", "M-SAME"],
        changes: &[Change::Response(|response, call| {
            if call.is_get() && response.is_success() {
                *response =
                    Response::typed(200, "text/html", "<!DOCTYPE html><title>Account</title>");
            }
        })],
    },
    Fault {
        name: "error-told-gzipped-and-not",
        family: Family::Http,
        summary: "Errors are said to be compressed and are not.",
        violates: &["ERR-OBJECT"],
        changes: &[Change::ErrorWritten(|response| response.set(CONTENT_ENCODING, "gzip"))],
    },
    Fault {
        name: "error-with-trace-behind",
        family: Family::Http,
        summary: "Errors are followed by a stack trace.",
        violates: &["ERR-OBJECT"],
        changes: &[Change::Response(|response, _| {
            if !response.is_success() {
                response
                    .rewrite(|body| format!("{body}\n\tat panel.Account.call(Account.java:212)"));
            }
        })],
    },
    Fault {
        name: "fifth-answer-http-500",
        family: Family::Http,
        summary: "Every fifth answer is a failure of the server.",
        violates: &["SES-REUSE", "GP-READONLY", "AUTH-200", "OK-200"],
        changes: &[Change::Response(|response, call| {
            if call.request.serial.is_multiple_of(5) {
                *response = Response::typed(500, "text/html", "<h1>Internal Server Error</h1>");
            }
        })],
    },
    Fault {
        name: "unknown-dealer-echoed-unescaped",
        family: Family::Http,
        summary: "The refusal of an unknown dealer repeats the login without escaping it.",
        violates: &["ERR-OBJECT"],
        changes: &[Change::Response(|response, call| {
            let told = format!("Dealer {} not found", call.text("login"));
            response.rewrite(|body| body.replace("Dealer not found", &told));
        })],
    },
];

/// Compresses; writing to memory cannot fail, and what did is empty.
fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(body).and_then(|()| encoder.finish()).unwrap_or_default()
}
