//! The null servers: they implement nothing, and no check of a refusal or a session may pass on one.
//!
//! To add one: a row in the table.

use hyper::header::LOCATION;
use serde_json::{Map, Value, json};

use super::behaviour::{Behaviour, Kind, Row, row, table};
use super::decode;
use super::reply::Reply;
use super::request::Request;
use super::response::Response;
use super::session::{random_hash, random_hex};
use super::when::always;
use super::wire::Raw;

/// Every null server.
pub(crate) fn null_servers() -> Vec<Behaviour> {
    table(Kind::NullServer, rows()).collect()
}

#[rustfmt::skip] // A row is a line, or two if it is long.
fn rows() -> Vec<Row> {
    vec![
        null_server("always-empty-object", "Answers `{}` to everything.", |_| json("{}")),
        null_server("always-success", "Answers success to everything, and nothing else.", |_| json(r#"{"success":true}"#)),
        null_server("always-the-same", "Answers everything with success, the same hash and the same permissions.",
            |_| json(SIGNED_IN)),
        null_server("always-null", "Answers the JSON value null to everything.", |_| json("null")),
        null_server("always-true", "Answers the JSON value true to everything.", |_| json("true")),
        null_server("always-empty-list", "Answers an empty list to everything.", |_| json("[]")),
        null_server("always-empty", "Answers everything with HTTP 200 and no body.", |_| Response::empty(200)),
        null_server("always-http-204", "Answers everything with HTTP 204.", |_| Response::empty(204)),
        null_server("always-http-401", "Answers everything with HTTP 401 and no body.", |_| Response::empty(401)),
        null_server("always-http-404", "Answers everything with a page that says not found.",
            |_| Response::page(404, "<h1>Not Found</h1>")),
        null_server("always-http-429", "Answers everything with code 15 and HTTP 429.", |_| error(15)),
        null_server("always-http-500", "Answers everything with code 6 and HTTP 500.", |_| error(6)),
        null_server("always-http-503", "Answers everything with the page of a proxy whose server is away.",
            |_| Response::page(503, "<h1>Service Unavailable</h1>")),
        null_server("always-page", "Answers everything with an HTML page and HTTP 200.",
            |_| Response::page(200, "<!DOCTYPE html><title>Panel</title><h1>Welcome</h1>")),
        null_server("refuses-everybody", "Refuses everything with code 4.", |_| error(4)),
        null_server("refuses-everybody-with-code-12", "Refuses everything with code 12.", |_| error(12)),
        null_server("refuses-as-if-it-knew", "Refuses every sign-in with code 12 and every hash with code 4.",
            |request| error(if request.path.contains("auth") { 12 } else { 4 })),
        null_server("accepts-everybody", "Gives every sign-in a new hash, and accepts every hash, also after logout.", accept),
        null_server("echo", "Answers with the body of the request.", |request| Response::json(200, request.body.to_vec())),
        null_server("echo-as-success", "Answers success and the parameters of the request.", echo),
        null_server("random-json", "Answers with JSON that means nothing.", |_| json(&random_json())),
        null_server("random-bytes", "Answers with bytes that mean nothing.", |_| Response::json(200, random_bytes())),
        null_server("redirects-to-itself", "Redirects everything to where it came from.",
            |request| Response::bare(302, LOCATION, &request.path)),
        null_server("cut-in-half", "Answers everything with the first half of a success.", |_| json(half())),
        null_server("closes-in-the-body", "Closes every connection in the middle of a success.",
            |_| Response::raw(Raw::Close(half_sent()))),
        null_server("closes-every-connection", "Closes every connection without an answer.",
            |_| Response::raw(Raw::Close(Vec::new()))),
        null_server("silence", "Accepts every connection and never answers.", |_| Response::raw(Raw::Hang(Vec::new()))),
        null_server("silence-in-the-body", "Begins every answer with a success and never ends it.",
            |_| Response::raw(Raw::Hang(half_sent()))),
        null_server("not-http", "Greets every client as a mail server.",
            |_| Response::raw(Raw::Close(b"220 mail.example ESMTP ready\r\n".to_vec()))),
    ]
}

/// A row of the table: whatever is asked, only this is answered.
fn null_server(name: &'static str, summary: &'static str, answer: fn(&Request) -> Response) -> Row {
    row(name, summary, &[], always().respond(move |call| answer(&call.request)))
}

/// What a sign-in would be answered.
const SIGNED_IN: &str = r#"{"hash":"fa7bf873fab9333144e171372a321b06","success":true,"permissions":{"base":["get_dealer_info"],"users":["read","update"]}}"#;

fn json(text: &str) -> Response {
    Response::json(200, text)
}

fn error(code: u32) -> Response {
    Reply::error(code).render()
}

fn accept(request: &Request) -> Response {
    let hash = random_hash();
    let permissions = json!({ "base": ["get_dealer_info"], "users": ["read", "update"] });
    let answer = match request.path.trim_end_matches('/').rsplit('/').next() {
        Some("auth") => json!({ "hash": hash, "success": true, "permissions": permissions }),
        Some("logout") => json!({ "success": true }),
        _ => json!({ "success": true, "permissions": permissions }),
    };
    json(&answer.to_string())
}

/// The parameters of a JSON body, with `success` in front.
fn echo(request: &Request) -> Response {
    let mut answer = Map::from_iter([("success".to_owned(), Value::Bool(true))]);
    answer.extend(decode::json(&request.body).unwrap_or_default());
    json(&Value::Object(answer).to_string())
}

fn random_json() -> String {
    json!({ random_hex(7): fastrand::bool(), random_hex(5): [fastrand::u16(..), random_hex(9)] })
        .to_string()
}

fn random_bytes() -> Vec<u8> {
    (0..200).map(|_| fastrand::u8(..)).collect()
}

fn half() -> &'static str {
    &SIGNED_IN[..SIGNED_IN.len() / 2]
}

/// A head that announces the length of a success, and half of it.
fn half_sent() -> Vec<u8> {
    json(half()).to_wire(&format!("content-length: {}", SIGNED_IN.len()))
}
