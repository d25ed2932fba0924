//! The null servers: they implement nothing, and no check of a refusal or a session may pass on one.
//!
//! To add one: a row in the table.

use super::request::Request;
use super::response::Response;
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
        name: "silence",
        summary: "Accepts every connection and never answers.",
        answer: |_| Delivery::Raw(Raw::Hang(Vec::new())),
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

fn json(status: u16, text: &str) -> Delivery {
    Delivery::Http(Response::json(status, text.to_owned()))
}
