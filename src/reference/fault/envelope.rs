//! Faults in the shape of every refusal: the error envelope, its content type, its HTTP status.

use hyper::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::{Family, Fault};
use crate::reference::call::{Action, Encoding};
use crate::reference::change::Change;
use crate::reference::reply::Reply;
use crate::reference::response::Response;

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "error-without-success",
        family: Family::Envelope,
        summary: "Errors have no member `success`.",
        violates: &["ERR-SUCCESS"],
        changes: &[Change::Error(|reply| reply.drop("success"))],
    },
    Fault {
        name: "error-success-null",
        family: Family::Envelope,
        summary: "Errors say that `success` is null.",
        violates: &["ERR-SUCCESS"],
        changes: &[Change::Error(|reply| reply.set("success", Value::Null))],
    },
    Fault {
        name: "error-success-text",
        family: Family::Envelope,
        summary: "Errors say that `success` is the string `false`.",
        violates: &["ERR-SUCCESS"],
        changes: &[Change::Error(|reply| reply.set("success", "false"))],
    },
    Fault {
        name: "error-success-zero",
        family: Family::Envelope,
        summary: "Errors say that `success` is 0.",
        violates: &["ERR-SUCCESS"],
        changes: &[Change::Error(|reply| reply.set("success", 0))],
    },
    Fault {
        name: "error-success-true",
        family: Family::Envelope,
        summary: "Errors say that `success` is true.",
        violates: &["ERR-SUCCESS"],
        changes: &[Change::Error(|reply| reply.set("success", true))],
    },
    Fault {
        name: "error-without-status",
        family: Family::Envelope,
        summary: "Errors have no member `status`.",
        violates: &["ERR-STATUS"],
        changes: &[Change::Error(|reply| reply.drop("status"))],
    },
    Fault {
        name: "error-status-null",
        family: Family::Envelope,
        summary: "Errors say that `status` is null.",
        violates: &["ERR-STATUS"],
        changes: &[Change::Error(|reply| reply.set("status", Value::Null))],
    },
    Fault {
        name: "error-status-list",
        family: Family::Envelope,
        summary: "Errors keep code and description in a list.",
        violates: &["ERR-STATUS"],
        changes: &[Change::Error(|reply| {
            let status = reply.members["status"].take();
            reply.set("status", json!([status]));
        })],
    },
    Fault {
        name: "error-status-number",
        family: Family::Envelope,
        summary: "Errors have the bare code for a `status`.",
        violates: &["ERR-STATUS"],
        changes: &[Change::Error(|reply| {
            let code = reply.code();
            reply.set("status", code);
        })],
    },
    Fault {
        name: "error-status-text",
        family: Family::Envelope,
        summary: "Errors have the bare description for a `status`.",
        violates: &["ERR-STATUS"],
        changes: &[Change::Error(|reply| {
            let description = reply.members["status"]["description"].take();
            reply.set("status", description);
        })],
    },
    Fault {
        name: "error-status-flattened",
        family: Family::Envelope,
        summary: "Errors have code and description beside `success`.",
        violates: &["ERR-STATUS"],
        changes: &[Change::Error(flatten)],
    },
    Fault {
        name: "error-status-named-error",
        family: Family::Envelope,
        summary: "Errors call their `status` `error`.",
        violates: &["ERR-STATUS"],
        changes: &[Change::Error(|reply| {
            let status = reply.members["status"].take();
            reply.drop("status");
            reply.set("error", status);
        })],
    },
    Fault {
        name: "error-without-code",
        family: Family::Envelope,
        summary: "Errors have no code.",
        violates: &["ERR-CODE-INT", "ERR-STATUS"],
        changes: &[Change::Reply(|reply, _, _| {
            if let Some(status) = reply.envelope() {
                status.shift_remove("code");
            }
        })],
    },
    Fault {
        name: "error-code-null",
        family: Family::Envelope,
        summary: "Errors have a code that is null.",
        violates: &["ERR-CODE-INT"],
        changes: &[Change::Reply(|reply, _, _| {
            if let Some(status) = reply.envelope() {
                status.insert("code".to_owned(), Value::Null);
            }
        })],
    },
    Fault {
        name: "error-code-text",
        family: Family::Envelope,
        summary: "Errors have a code that is a string of digits.",
        violates: &["ERR-CODE-INT"],
        changes: &[Change::Reply(|reply, _, _| {
            if let Some(status) = reply.envelope() {
                let code = status["code"].to_string();
                status.insert("code".to_owned(), code.into());
            }
        })],
    },
    Fault {
        name: "error-code-name",
        family: Family::Envelope,
        summary: "Errors have the name of an error for a code.",
        violates: &["ERR-CODE-INT"],
        changes: &[Change::Reply(|reply, _, _| {
            if let Some(status) = reply.envelope() {
                status.insert("code".to_owned(), "REQUEST_REFUSED".into());
            }
        })],
    },
    Fault {
        name: "error-code-fraction",
        family: Family::Envelope,
        summary: "Errors have a code with a fraction.",
        violates: &["ERR-CODE-INT"],
        changes: &[Change::Reply(|reply, _, _| {
            if let Some(status) = reply.envelope() {
                let code = status["code"].as_f64().unwrap_or_default();
                status.insert("code".to_owned(), (code + 0.5).into());
            }
        })],
    },
    Fault {
        name: "error-code-list",
        family: Family::Envelope,
        summary: "Errors have a list of one code.",
        violates: &["ERR-CODE-INT"],
        changes: &[Change::Reply(|reply, _, _| {
            if let Some(status) = reply.envelope() {
                let code = status["code"].take();
                status.insert("code".to_owned(), json!([code]));
            }
        })],
    },
    Fault {
        name: "error-without-description",
        family: Family::Envelope,
        summary: "Errors have no description.",
        violates: &["ERR-DESC", "ERR-STATUS"],
        changes: &[Change::Reply(|reply, _, _| {
            if let Some(status) = reply.envelope() {
                status.shift_remove("description");
            }
        })],
    },
    Fault {
        name: "error-description-null",
        family: Family::Envelope,
        summary: "Errors have a description that is null.",
        violates: &["ERR-DESC"],
        changes: &[Change::Reply(|reply, _, _| {
            if let Some(status) = reply.envelope() {
                status.insert("description".to_owned(), Value::Null);
            }
        })],
    },
    Fault {
        name: "error-description-number",
        family: Family::Envelope,
        summary: "Errors have a description that is a number.",
        violates: &["ERR-DESC"],
        changes: &[Change::Reply(|reply, _, _| {
            if let Some(status) = reply.envelope() {
                status.insert("description".to_owned(), 400.into());
            }
        })],
    },
    Fault {
        name: "error-description-translated",
        family: Family::Envelope,
        summary: "Errors have a description per language.",
        violates: &["ERR-DESC"],
        changes: &[Change::Reply(|reply, _, _| {
            if let Some(status) = reply.envelope() {
                let text = status["description"].take();
                status.insert("description".to_owned(), json!({ "en": text }));
            }
        })],
    },
    Fault {
        name: "error-in-list",
        family: Family::Envelope,
        summary: "Errors are wrapped in a list.",
        violates: &["ERR-OBJECT"],
        changes: &[Change::ErrorWritten(|response| response.rewrite(|body| format!("[{body}]")))],
    },
    Fault {
        name: "error-as-json-string",
        family: Family::Envelope,
        summary: "Errors are a JSON string that holds the object.",
        violates: &["ERR-OBJECT"],
        changes: &[Change::ErrorWritten(|response| {
            response.rewrite(|body| Value::from(body).to_string())
        })],
    },
    Fault {
        name: "error-empty",
        family: Family::Envelope,
        summary: "Errors have an empty body.",
        violates: &["ERR-OBJECT"],
        changes: &[Change::ErrorWritten(|response| response.body.clear())],
    },
    Fault {
        name: "error-null",
        family: Family::Envelope,
        summary: "Errors are the JSON value null.",
        violates: &["ERR-OBJECT"],
        changes: &[Change::ErrorWritten(|response| {
            response.body = b"null".to_vec();
        })],
    },
    Fault {
        name: "error-as-text",
        family: Family::Envelope,
        summary: "Errors are plain text.",
        violates: &["ERR-OBJECT", "ERR-CT"],
        changes: &[Change::ErrorWritten(|response| {
            *response = Response::typed(response.status, "text/plain", "The request was refused.");
        })],
    },
    Fault {
        name: "error-as-html",
        family: Family::Envelope,
        summary: "Errors are an HTML page.",
        violates: &["ERR-OBJECT", "ERR-CT"],
        changes: &[Change::ErrorWritten(|response| {
            *response = Response::typed(response.status, "text/html", PAGE);
        })],
    },
    Fault {
        name: "error-as-xml",
        family: Family::Envelope,
        summary: "Errors are XML.",
        violates: &["ERR-OBJECT", "ERR-CT"],
        changes: &[Change::ErrorWritten(|response| {
            *response = Response::typed(
                response.status,
                "application/xml",
                "<response><success>false</success></response>",
            );
        })],
    },
    Fault {
        name: "error-typed-html",
        family: Family::Envelope,
        summary: "Errors are JSON under the content type of HTML.",
        violates: &["ERR-CT"],
        changes: &[Change::ErrorWritten(|response| {
            response.set(CONTENT_TYPE, "text/html; charset=utf-8")
        })],
    },
    Fault {
        name: "error-typed-text",
        family: Family::Envelope,
        summary: "Errors are JSON under the content type of plain text.",
        violates: &["ERR-CT"],
        changes: &[Change::ErrorWritten(|response| response.set(CONTENT_TYPE, "text/plain"))],
    },
    Fault {
        name: "error-typed-problem",
        family: Family::Envelope,
        summary: "Errors are JSON under the content type of problem documents.",
        violates: &["ERR-CT"],
        changes: &[Change::ErrorWritten(|response| {
            response.set(CONTENT_TYPE, "application/problem+json")
        })],
    },
    Fault {
        name: "error-untyped",
        family: Family::Envelope,
        summary: "Errors have no content type.",
        violates: &["ERR-CT"],
        changes: &[Change::ErrorWritten(|response| drop(response.headers.remove(CONTENT_TYPE)))],
    },
    Fault {
        name: "error-http-200",
        family: Family::Envelope,
        summary: "Every error has HTTP 200.",
        violates: &["ERR-NOT200", "ERR-MAP"],
        changes: &[Change::Error(|reply| {
            reply.status = 200;
        })],
    },
    Fault {
        name: "error-http-500",
        family: Family::Envelope,
        summary: "Every error has HTTP 500.",
        violates: &["ERR-MAP"],
        changes: &[Change::Error(|reply| {
            reply.status = 500;
        })],
    },
    Fault {
        name: "error-http-from-code",
        family: Family::Envelope,
        summary: "Every error has its code for an HTTP status, a hundred added four times.",
        violates: &["ERR-MAP"],
        changes: &[Change::Error(|reply| {
            reply.status = 400 + u16::try_from(reply.code() % 100).unwrap_or_default();
        })],
    },
    Fault {
        name: "error-by-get-http-200",
        family: Family::Envelope,
        summary: "Errors of a GET have HTTP 200.",
        violates: &["ERR-NOT200", "ERR-MAP"],
        changes: &[Change::Reply(|reply, call, _| {
            if !reply.is_success() && call.is_get() {
                reply.status = 200;
            }
        })],
    },
    Fault {
        name: "error-by-get-as-html",
        family: Family::Envelope,
        summary: "Errors of a GET are an HTML page.",
        violates: &["ERR-OBJECT", "ERR-CT"],
        changes: &[Change::Response(|response, call| {
            if !response.is_success() && call.is_get() {
                *response = Response::typed(response.status, "text/html", PAGE);
            }
        })],
    },
    Fault {
        name: "error-of-form-flattened",
        family: Family::Envelope,
        summary: "Errors of a form body have code and description beside `success`.",
        violates: &["ERR-STATUS"],
        changes: &[Change::Reply(|reply, call, _| {
            if !reply.is_success() && call.came_by(Encoding::Form) {
                flatten(reply);
            }
        })],
    },
    Fault {
        name: "error-of-logout-without-status",
        family: Family::Envelope,
        summary: "Errors of logout have no `status`.",
        violates: &["ERR-STATUS", "LO-BADHASH"],
        changes: &[Change::Reply(|reply, call, _| {
            if !reply.is_success() && call.action == Action::Logout {
                reply.drop("status");
            }
        })],
    },
];

const PAGE: &str = "<!DOCTYPE html><title>Bad Request</title><h1>Bad Request</h1>";

fn flatten(reply: &mut Reply) {
    if let Some(Value::Object(status)) = reply.members.shift_remove("status") {
        reply.members.extend(status);
    }
}
