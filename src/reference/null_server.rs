//! The null servers: they implement nothing, and no check of a refusal or a session may pass on one.
//!
//! To add one: a row in the table.

use hyper::header::LOCATION;
use serde_json::{Map, Value, json};

use super::code;
use super::decode;
use super::reply::Reply;
use super::request::Request;
use super::response::Response;
use super::session::{random_hash, random_hex};
use super::wire::{Delivery, Raw};

/// A server that gives the same kind of answer whatever it is asked.
#[derive(Debug)]
pub struct NullServer {
    /// Kebab-case; says what it answers.
    pub name: &'static str,
    /// A sentence in the present tense: what this server does.
    pub summary: &'static str,
    /// The answer to any request.
    pub(super) answer: fn(&Request) -> Delivery,
}

const NULL_SERVERS: &[NullServer] = &[
    NullServer {
        name: "always-empty-object",
        summary: "Answers `{}` to everything.",
        answer: |_| json(200, "{}"),
    },
    NullServer {
        name: "always-success",
        summary: "Answers success to everything, and nothing else.",
        answer: |_| json(200, r#"{"success":true}"#),
    },
    NullServer {
        name: "always-the-same",
        summary: "Answers everything with success, the same hash and the same permissions.",
        answer: |_| json(200, SIGNED_IN),
    },
    NullServer {
        name: "always-null",
        summary: "Answers the JSON value null to everything.",
        answer: |_| json(200, "null"),
    },
    NullServer {
        name: "always-true",
        summary: "Answers the JSON value true to everything.",
        answer: |_| json(200, "true"),
    },
    NullServer {
        name: "always-empty-list",
        summary: "Answers an empty list to everything.",
        answer: |_| json(200, "[]"),
    },
    NullServer {
        name: "always-empty",
        summary: "Answers everything with HTTP 200 and no body.",
        answer: |_| http(Response::empty(200)),
    },
    NullServer {
        name: "always-http-204",
        summary: "Answers everything with HTTP 204.",
        answer: |_| http(Response::empty(204)),
    },
    NullServer {
        name: "always-http-401",
        summary: "Answers everything with HTTP 401 and no body.",
        answer: |_| http(Response::empty(401)),
    },
    NullServer {
        name: "always-http-404",
        summary: "Answers everything with a page that says not found.",
        answer: |_| http(Response::typed(404, "text/html", "<h1>Not Found</h1>")),
    },
    NullServer {
        name: "always-http-429",
        summary: "Answers everything with code 15 and HTTP 429.",
        answer: |_| refusal(15),
    },
    NullServer {
        name: "always-http-500",
        summary: "Answers everything with code 6 and HTTP 500.",
        answer: |_| refusal(6),
    },
    NullServer {
        name: "always-http-503",
        summary: "Answers everything with the page of a proxy whose server is away.",
        answer: |_| http(Response::typed(503, "text/html", "<h1>Service Unavailable</h1>")),
    },
    NullServer {
        name: "always-page",
        summary: "Answers everything with an HTML page and HTTP 200.",
        answer: |_| http(Response::typed(200, "text/html", PAGE)),
    },
    NullServer {
        name: "refuses-everybody",
        summary: "Refuses everything with code 4.",
        answer: |_| refusal(4),
    },
    NullServer {
        name: "refuses-everybody-with-code-12",
        summary: "Refuses everything with code 12.",
        answer: |_| refusal(12),
    },
    NullServer {
        name: "refuses-as-if-it-knew",
        summary: "Refuses every sign-in with code 12 and every hash with code 4.",
        answer: |request| refusal(if request.path.contains("auth") { 12 } else { 4 }),
    },
    NullServer {
        name: "accepts-everybody",
        summary: "Gives every sign-in a new hash, and accepts every hash, also after logout.",
        answer: accept,
    },
    NullServer {
        name: "echo",
        summary: "Answers with the body of the request.",
        answer: |request| http(Response::typed(200, "application/json", request.body.to_vec())),
    },
    NullServer {
        name: "echo-as-success",
        summary: "Answers success and the parameters of the request.",
        answer: |request| json(200, &echo(request)),
    },
    NullServer {
        name: "random-json",
        summary: "Answers with JSON that means nothing.",
        answer: |_| json(200, &random_json()),
    },
    NullServer {
        name: "random-bytes",
        summary: "Answers with bytes that mean nothing.",
        answer: |_| http(Response::typed(200, "application/json", random_bytes())),
    },
    NullServer {
        name: "redirects-to-itself",
        summary: "Redirects everything to where it came from.",
        answer: redirect,
    },
    NullServer {
        name: "cut-in-half",
        summary: "Answers everything with the first half of a success.",
        answer: |_| json(200, &SIGNED_IN[..SIGNED_IN.len() / 2]),
    },
    NullServer {
        name: "closes-in-the-body",
        summary: "Closes every connection in the middle of a success.",
        answer: |_| Delivery::Raw(Raw::Close(half_told())),
    },
    NullServer {
        name: "closes-every-connection",
        summary: "Closes every connection without an answer.",
        answer: |_| Delivery::Raw(Raw::Close(Vec::new())),
    },
    NullServer {
        name: "silence",
        summary: "Accepts every connection and never answers.",
        answer: |_| Delivery::Raw(Raw::Hang(Vec::new())),
    },
    NullServer {
        name: "silence-in-the-body",
        summary: "Begins every answer with a success and never ends it.",
        answer: |_| Delivery::Raw(Raw::Hang(half_told())),
    },
    NullServer {
        name: "not-http",
        summary: "Greets every client as a mail server.",
        answer: |_| Delivery::Raw(Raw::Close(b"220 mail.example ESMTP ready\r\n".to_vec())),
    },
];

/// Every null server.
pub fn null_servers() -> &'static [NullServer] {
    NULL_SERVERS
}

/// Finds a null server by its name.
#[must_use]
pub fn null_server(name: &str) -> Option<&'static NullServer> {
    NULL_SERVERS.iter().find(|null| null.name == name)
}

/// What a sign-in would be answered.
const SIGNED_IN: &str = r#"{"hash":"fa7bf873fab9333144e171372a321b06","success":true,"permissions":{"base":["get_dealer_info"],"users":["read","update"]}}"#;

const PAGE: &str = "<!DOCTYPE html><title>Panel</title><h1>Welcome</h1>";

fn http(response: Response) -> Delivery {
    Delivery::Http(response)
}

fn json(status: u16, text: &str) -> Delivery {
    http(Response::json(status, text.to_owned()))
}

fn refusal(code: u32) -> Delivery {
    http(Reply::error(code, code::status(code)).render())
}

fn accept(request: &Request) -> Delivery {
    let hash = random_hash();
    let permissions = json!({ "base": ["get_dealer_info"], "users": ["read", "update"] });
    let answer = match request.path.trim_end_matches('/').rsplit('/').next() {
        Some("auth") => json!({ "hash": hash, "success": true, "permissions": permissions }),
        Some("logout") => json!({ "success": true }),
        _ => json!({ "success": true, "permissions": permissions }),
    };
    json(200, &answer.to_string())
}

/// The parameters of a JSON body, with `success` in front.
fn echo(request: &Request) -> String {
    let mut answer = Map::from_iter([("success".to_owned(), Value::Bool(true))]);
    answer.extend(decode::json(&request.body).unwrap_or_default());
    Value::Object(answer).to_string()
}

fn redirect(request: &Request) -> Delivery {
    let mut response = Response::empty(302);
    response.set(LOCATION, &request.path);
    http(response)
}

fn random_json() -> String {
    json!({ random_hex(7): fastrand::bool(), random_hex(5): [fastrand::u16(..), random_hex(9)] })
        .to_string()
}

fn random_bytes() -> Vec<u8> {
    (0..200).map(|_| fastrand::u8(..)).collect()
}

/// A head that tells the length of a success, and half of it.
fn half_told() -> Vec<u8> {
    let half = Response::json(200, SIGNED_IN[..SIGNED_IN.len() / 2].to_owned());
    half.to_wire(&format!("content-length: {}", SIGNED_IN.len()))
}
