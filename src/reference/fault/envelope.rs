//! Faults in the shape of every refusal: the error envelope, its content type, its HTTP status.

use hyper::header::CONTENT_TYPE;
use serde_json::{Value, json};

use crate::reference::behaviour::{Row, row};
use crate::reference::call::Action::Logout;
use crate::reference::call::Encoding::Form;
use crate::reference::reply::Reply;
use crate::reference::when::{on, refused};

#[rustfmt::skip] // A row is a line, or two if it is long.
pub(super) fn faults() -> Vec<Row> {
    vec![
        row("error-without-success", "Errors have no member `success`.", &["ERR-SUCCESS"], refused().remove("/success")),
        row("error-success-null", "Errors say that `success` is null.", &["ERR-SUCCESS"], refused().set("/success", Value::Null)),
        row("error-success-text", "Errors say that `success` is the string `false`.", &["ERR-SUCCESS"], refused().set("/success", "false")),
        row("error-success-zero", "Errors say that `success` is 0.", &["ERR-SUCCESS"], refused().set("/success", 0)),
        row("error-success-true", "Errors say that `success` is true.", &["ERR-SUCCESS"], refused().set("/success", true)),
        row("error-without-status", "Errors have no member `status`.", &["ERR-STATUS"], refused().remove("/status")),
        row("error-status-null", "Errors say that `status` is null.", &["ERR-STATUS"], refused().set("/status", Value::Null)),
        row("error-status-list", "Errors keep code and description in a list.", &["ERR-STATUS"],
            refused().map("/status", |status| json!([status]))),
        row("error-status-number", "Errors have only the code as their `status`.", &["ERR-STATUS"],
            refused().map("/status", |status| status["code"].clone())),
        row("error-status-text", "Errors have only the description as their `status`.", &["ERR-STATUS"],
            refused().map("/status", |status| status["description"].clone())),
        row("error-status-flattened", "Errors have code and description beside `success`.", &["ERR-STATUS"],
            refused().reply(flatten)),
        row("error-status-named-error", "Errors call their `status` `error`.", &["ERR-STATUS"], refused().rename("/status", "/error")),
        row("error-without-code", "Errors have no code.", &["ERR-CODE-INT", "ERR-STATUS"], refused().remove("/status/code")),
        row("error-code-null", "Errors have a code that is null.", &["ERR-CODE-INT"], refused().set("/status/code", Value::Null)),
        row("error-code-text", "Errors have a code that is a string of digits.", &["ERR-CODE-INT"],
            refused().map("/status/code", |code| code.to_string().into())),
        row("error-code-name", "Errors have a name as their code.", &["ERR-CODE-INT"], refused().set("/status/code", "REQUEST_REFUSED")),
        row("error-code-fraction", "Errors have a code with a fraction.", &["ERR-CODE-INT"],
            refused().map("/status/code", |code| (code.as_f64().unwrap_or_default() + 0.5).into())),
        row("error-code-list", "Errors have a list with the code as their code.", &["ERR-CODE-INT"],
            refused().map("/status/code", |code| json!([code]))),
        row("error-without-description", "Errors have no description.", &["ERR-DESC", "ERR-STATUS"], refused().remove("/status/description")),
        row("error-description-null", "Errors have a description that is null.", &["ERR-DESC"], refused().set("/status/description", Value::Null)),
        row("error-description-number", "Errors have a description that is a number.", &["ERR-DESC"], refused().set("/status/description", 400)),
        row("error-description-translated", "Errors have a description per language.", &["ERR-DESC"],
            refused().map("/status/description", |text| json!({ "en": text }))),
        row("error-in-list", "Errors are wrapped in a list.", &["ERR-OBJECT"], refused().body(|body| format!("[{body}]"))),
        row("error-as-json-string", "Errors are a JSON string that holds the object.", &["ERR-OBJECT"],
            refused().body(|body| Value::from(body).to_string())),
        row("error-empty", "Errors have an empty body.", &["ERR-OBJECT"], refused().body(|_| String::new())),
        row("error-null", "Errors are the JSON value null.", &["ERR-OBJECT"], refused().body(|_| "null".to_owned())),
        row("error-as-text", "Errors are plain text.", &["ERR-OBJECT", "ERR-CT"],
            refused().document("text/plain", "The request was refused.")),
        row("error-as-html", "Errors are an HTML page.", &["ERR-OBJECT", "ERR-CT"], refused().document("text/html", PAGE)),
        row("error-as-xml", "Errors are XML.", &["ERR-OBJECT", "ERR-CT"],
            refused().document("application/xml", "<response><success>false</success></response>")),
        row("error-typed-html", "Errors are JSON under the content type of HTML.", &["ERR-CT"], refused().content_type("text/html; charset=utf-8")),
        row("error-typed-text", "Errors are JSON under the content type of plain text.", &["ERR-CT"], refused().content_type("text/plain")),
        row("error-typed-problem", "Errors are JSON under the content type of problem documents.", &["ERR-CT"],
            refused().content_type("application/problem+json")),
        row("error-untyped", "Errors have no content type.", &["ERR-CT"],
            refused().response(|response| _ = response.headers.remove(CONTENT_TYPE))),
        row("error-http-200", "Every error has HTTP 200.", &["ERR-NOT200", "ERR-MAP"], refused().status(200)),
        row("error-http-500", "Every error has HTTP 500.", &["ERR-MAP"], refused().status(500)),
        row("error-http-from-code", "Every error has the HTTP status 400 plus the last two digits of its code.", &["ERR-MAP"],
            refused().reply(status_from_code)),
        row("error-by-get-http-200", "Errors of a GET have HTTP 200.", &["ERR-NOT200", "ERR-MAP"], refused().by_get().status(200)),
        row("error-by-get-as-html", "Errors of a GET are an HTML page.", &["ERR-OBJECT", "ERR-CT"],
            refused().by_get().document("text/html", PAGE)),
        row("error-of-form-flattened", "Errors of a form body have code and description beside `success`.", &["ERR-STATUS"],
            refused().by(Form).reply(flatten)),
        row("error-of-logout-without-status", "Errors of logout have no `status`.", &["ERR-STATUS", "LO-BADHASH"], on(Logout).refused().remove("/status")),
    ]
}

const PAGE: &str = "<!DOCTYPE html><title>Bad Request</title><h1>Bad Request</h1>";

fn flatten(reply: &mut Reply) {
    if let Some(Value::Object(status)) = reply.remove("/status") {
        reply.members.extend(status);
    }
}

fn status_from_code(reply: &mut Reply) {
    let code = reply.get_mut("/status/code").and_then(|code| code.as_u64()).unwrap_or(0);
    reply.status = 400 + u16::try_from(code % 100).unwrap_or_default();
}
