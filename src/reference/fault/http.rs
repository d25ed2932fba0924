//! Faults in how answers are written as HTTP and JSON, whatever they say.

use hyper::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderValue};
use serde_json::Value;

use crate::reference::behaviour::{Row, row};
use crate::reference::call::Call;
use crate::reference::response::Response;
use crate::reference::when::{always, granted, refused};

#[rustfmt::skip] // A row is a line, or two if it is long.
pub(super) fn faults() -> Vec<Row> {
    vec![
        row("success-typed-text", "Successes are JSON under the content type of plain text.", &["OK-CT"], granted().content_type("text/plain; charset=utf-8")),
        row("success-typed-html", "Successes are JSON under the content type of HTML.", &["OK-CT"], granted().content_type("text/html; charset=utf-8")),
        row("success-typed-script", "Successes are JSON under the content type of scripts.", &["OK-CT"], granted().content_type("text/javascript")),
        row("success-typed-bytes", "Successes are JSON under the content type of arbitrary bytes.", &["OK-CT"],
            granted().content_type("application/octet-stream")),
        row("success-untyped", "Successes have no content type.", &["OK-CT"],
            granted().response(|response| _ = response.headers.remove(CONTENT_TYPE))),
        row("success-http-201", "Every success has HTTP 201.", &["OK-200", "AUTH-200", "LO-200"], granted().status(201)),
        row("success-http-202", "Every success has HTTP 202.", &["OK-200", "AUTH-200", "LO-200"], granted().status(202)),
        row("success-http-500", "Every success has HTTP 500.", &["OK-200", "AUTH-200", "LO-200"], granted().status(500)),
        row("success-typed-twice", "Successes have two content types.", &["OK-CT"],
            granted().response(|response| _ = response.headers.append(CONTENT_TYPE, HeaderValue::from_static("text/html")))),
        row("success-in-foreign-coding", "Successes are in a content coding that was not asked for.", &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
            granted().header(CONTENT_ENCODING, "br")),
        row("success-gzipped-once-and-told-twice", "Successes are compressed once, and said to be so twice.", &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
            granted().response(Response::gzip).and(granted().header(CONTENT_ENCODING, "gzip, gzip"))),
        row("success-gzipped-with-text-behind", "Successes are compressed, and followed by text that is not.", &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
            granted().response(Response::gzip).and(granted().header(CONTENT_ENCODING, "gzip"))
                .and(granted().response(|response| response.body.extend(b"<!-- 12 ms -->")))),
        row("success-in-list", "Successes are wrapped in a list.", &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
            granted().body(|body| format!("[{body}]"))),
        row("success-as-json-string", "Successes are a JSON string that holds the object.", &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
            granted().body(|body| Value::from(body).to_string())),
        row("success-in-response-member", "Successes are wrapped in a member `response`.", &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
            granted().body(|body| format!(r#"{{"response":{body}}}"#))),
        row("success-in-single-quotes", "Successes are written with single quotes.", &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
            granted().body(|body| body.replace('"', "'"))),
        row("success-with-capital-true", "Successes say `True` instead of `true`.", &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
            granted().body(|body| body.replace(":true", ":True"))),
        row("success-with-trailing-comma", "Successes end with a comma before the last brace.", &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
            granted().body(|body| format!("{},}}", &body[..body.len() - 1]))),
        row("success-with-comment", "Successes begin with a comment.", &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
            granted().body(|body| format!("/* ok */{body}"))),
        row("success-with-warning-before", "Successes come after a warning of the interpreter.", &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
            granted().body(|body| format!("Warning: deprecated call in account.php on line 12\n{body}"))),
        row("success-with-garbage-behind", "Successes are followed by a piece of HTML.", &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
            granted().body(|body| format!("{body}<!-- 12 ms -->"))),
        row("success-twice", "Successes are written twice, one after the other.", &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
            granted().body(|body| format!("{body}{body}"))),
        row("success-with-guard-prefix", "Successes begin with a guard against script inclusion.", &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
            granted().body(|body| format!(")]}}',\n{body}"))),
        row("success-in-utf-16", "Successes are written in UTF-16.", &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
            granted().response(to_utf_16)),
        row("success-with-bare-line-break", "Successes hold a bare line break inside a string.", &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
            granted().body(|body| body.replacen("success", "succ\ness", 1))),
        row("success-with-invalid-utf-8", "Successes hold bytes that are not UTF-8.", &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
            granted().response(add_invalid_utf_8)),
        row("success-said-twice", "Successes say `success` twice, last that it is false.", &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
            granted().body(|body| format!(r#"{},"success":false}}"#, &body[..body.len() - 1]))),
        row("answers-with-member-twice", "Answers hold a member twice, with one value.", &["JSON-ALIKE"],
            always().body(|body| add_text(body, r#""revision":1,"revision":1.0"#))),
        row("answers-with-half-of-a-surrogate-pair", "Answers hold a text that was cut in the middle of a character.", &["JSON-ALIKE"],
            always().body(|body| add_text(body, r#""title":"Cut \ud83d""#))),
        row("answers-with-a-number-beyond-doubles", "Answers hold a number that no double holds.", &["JSON-ALIKE"],
            always().body(|body| add_text(body, r#""limit":1e400"#))),
        row("answers-with-a-number-too-long-for-doubles", "Answers hold an id of more digits than a double holds.", &["JSON-ALIKE"],
            always().body(|body| add_text(body, r#""id":9007199254740993"#))),
        row("success-as-xml", "Successes are XML.", &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE", "OK-CT"],
            granted().document("application/xml", "<response><success>true</success></response>")),
        row("success-gzipped-and-not-told", "Successes are compressed, but no header says so.", &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
            granted().response(Response::gzip)),
        row("success-told-gzipped-and-not", "Successes are said to be compressed and are not.", &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
            granted().header(CONTENT_ENCODING, "gzip")),
        row("success-gzip-cut-short", "Successes are compressed, and the end is missing.", &["AUTH-SUCCESS", "GP-SHAPE", "LO-SHAPE"],
            granted().response(cut_gzip_short)),
        row("get-answered-for-script-tags", "A GET is answered with a call of a script function.", &["M-PERM-GET", "M-LOGOUT-GET", "M-SAME"],
            granted().by_get().body(|body| format!("callback({body});"))),
        row("get-answered-with-page", "A GET is answered with an HTML page.", &["M-PERM-GET", "M-LOGOUT-GET", "M-SAME"],
            granted().by_get().page(200, "<!DOCTYPE html><title>Account</title>")),
        row("error-told-gzipped-and-not", "Errors are said to be compressed and are not.", &["ERR-OBJECT"], refused().header(CONTENT_ENCODING, "gzip")),
        row("error-with-trace-behind", "Errors are followed by a stack trace.", &["ERR-OBJECT"],
            refused().body(|body| format!("{body}\n\tat panel.Account.call(Account.java:212)"))),
        row("fifth-answer-http-500", "Every fifth answer is a failure of the server.", &["CALL-ANSWERED", "M-AUTH-POST"],
            always().given(|call, _| call.request.serial.is_multiple_of(5)).page(500, "<h1>Internal Server Error</h1>")),
        row("unknown-dealer-echoed-unescaped", "The refusal of an unknown dealer repeats the login without escaping it.", &["ERR-OBJECT"],
            always().response_with(echo_login)),
    ]
}

/// The object with these members too.
fn add_text(body: &str, members: &str) -> String {
    body.strip_suffix('}').map_or_else(|| body.to_owned(), |body| format!("{body},{members}}}"))
}

fn to_utf_16(response: &mut Response) {
    response.body = response.text().encode_utf16().flat_map(u16::to_be_bytes).collect();
}

fn add_invalid_utf_8(response: &mut Response) {
    let at = response.body.len() - 1;
    response.body.splice(at..at, *b",\"name\":\"\xe9t\xe9\"");
}

fn cut_gzip_short(response: &mut Response) {
    response.gzip();
    response.body.truncate(response.body.len() / 2);
    response.set(CONTENT_ENCODING, "gzip");
}

fn echo_login(response: &mut Response, call: &Call) {
    let description = format!("Dealer {} not found", call.text("login"));
    response.body = response.text().replace("Dealer not found", &description).into_bytes();
}
