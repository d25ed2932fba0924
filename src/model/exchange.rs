//! A request and the answer to it, or the failure to get one.
//!
//! Plain data, as it went over the wire: nothing here judges, redacts or sends.

use std::time::Duration;

/// A request as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The HTTP method, upper case.
    pub method: String,
    /// Path below the target's base, with a leading slash and without the query:
    /// `/panel/account/auth`.
    pub path: String,
    /// The query string without its `?`, already percent-encoded; `None` where there is none.
    pub query: Option<String>,
    /// Header names and values in the order they are sent; the transport adds its own.
    pub headers: Vec<(String, String)>,
    /// The body; `None` sends no body and no content type.
    pub body: Option<Vec<u8>>,
}

impl Request {
    /// Path and query as they stand in the request line.
    #[must_use]
    pub fn target(&self) -> String {
        match &self.query {
            Some(query) => format!("{}?{query}", self.path),
            None => self.path.clone(),
        }
    }
}

/// An answer as it arrived, decompressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Header names in lower case, and values; a name may stand more than once.
    pub headers: Vec<(String, String)>,
    /// The body, decompressed; what had arrived where it was cut short.
    pub body: Vec<u8>,
    /// What is wrong with the body as a whole, below HTTP's semantics.
    pub defect: Option<Defect>,
}

impl Answer {
    /// The first value of a header, by its lower-case name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

/// How an answer that arrived is damaged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Defect {
    /// The connection ended before the body was complete.
    CutShort,
    /// The content encoding could not be undone.
    Undecodable,
}

impl Defect {
    /// The word in reports.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Defect::CutShort => "cut-short",
            Defect::Undecodable => "undecodable",
        }
    }

    /// What happened, in words that read after "the answer".
    #[must_use]
    pub fn sentence(&self) -> &'static str {
        match self {
            Defect::CutShort => "is cut short: the connection ended before the body was complete",
            Defect::Undecodable => "has a body that its own content-encoding cannot decode",
        }
    }
}

/// What stands in [`NoAnswer::Unreachable`] where the certificate was refused.
pub const UNTRUSTED: &str = "its certificate is not trusted";

/// What stands in [`NoAnswer::Unreachable`] where something else than TLS came back.
pub const NO_TLS: &str = "it does not speak TLS there";

/// What stands in [`NoAnswer::Unreachable`] where it failed at the proxy, which is named next.
pub const AT_PROXY: &str = "the proxy `";

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoAnswer {
    /// No connection could be made.
    Unreachable(String),
    /// The deadline passed before the answer was complete.
    TimedOut(Duration),
    /// The connection broke before the head of an answer arrived, or what arrived is not HTTP.
    Broken(String),
    /// The body is larger than the suite reads.
    TooLarge(usize),
}

impl NoAnswer {
    /// The word in reports.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            NoAnswer::Unreachable(_) => "unreachable",
            NoAnswer::TimedOut(_) => "timed-out",
            NoAnswer::Broken(_) => "broken",
            NoAnswer::TooLarge(_) => "too-large",
        }
    }
}

impl std::fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            NoAnswer::Unreachable(why) => write!(f, "the target cannot be reached: {why}"),
            NoAnswer::TimedOut(limit) => {
                write!(f, "no complete answer within {}", humantime::format_duration(*limit))
            }
            NoAnswer::Broken(why) => write!(f, "the connection broke: {why}"),
            NoAnswer::TooLarge(limit) => write!(f, "the answer is larger than {limit} bytes"),
        }
    }
}

/// A request and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// What was sent.
    pub request: Request,
    /// What came back.
    pub result: Result<Answer, NoAnswer>,
    /// When it was sent, since the start of the run.
    pub started: Duration,
    /// How long it took until the answer was complete or given up.
    pub elapsed: Duration,
    /// How often the same request had been put off before (429, or codes 15, 104, 105).
    pub put_off: u32,
}
