//! A request and the answer to it, or the failure to get one.
//!
//! Plain data, as it went over the wire: nothing here judges, redacts or sends.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::stopped::Stopped;

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
    /// This content coding, which the answer names, could not be undone.
    Undecodable(String),
    /// It comes in this content coding, which the request did not accept.
    NotAccepted(String),
}

impl Defect {
    /// The word in reports.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Defect::CutShort => "cut-short",
            Defect::Undecodable(_) => "undecodable",
            Defect::NotAccepted(_) => "not-accepted",
        }
    }

    /// What happened, in words that read after "the answer".
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Defect::CutShort => {
                "is cut short: the connection ended before the body was complete".to_owned()
            }
            Defect::Undecodable(coding) => {
                format!("has a body that is not the `{coding}` which its content-encoding names")
            }
            Defect::NotAccepted(coding) => {
                format!("comes in the content coding `{coding}`, which the request did not accept")
            }
        }
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "WrittenFailure", try_from = "WrittenFailure")]
pub enum NoAnswer {
    /// No connection could be made.
    Unreachable(Unreachable),
    /// The deadline passed before the answer was complete.
    TimedOut(Duration),
    /// The run ended before the answer was complete.
    Cut(Stopped),
    /// The connection broke before the head of an answer arrived.
    Broken(String),
    /// What arrived is not HTTP.
    NotHttp(String),
    /// The request holds what HTTP cannot carry, and was not sent.
    Unsendable(String),
    /// The body is larger than the suite reads, in bytes.
    TooLarge(usize),
    /// The head is larger than the suite reads: it has more than so many lines, or they are as long.
    HeadTooLarge(usize),
    /// What stands between and behind the chunks of the body is larger than the suite reads, in
    /// bytes.
    FramingTooLarge(usize),
}

/// What kept a connection from being made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreachable {
    /// What was in the way, as far as that is known.
    pub obstacle: Obstacle,
    /// What the operating system or a library says of it.
    pub detail: String,
}

/// What was in the way of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Obstacle {
    /// The certificate of the target is not trusted; earlier versions knew no more of it.
    Certificate,
    /// The certificate of the target is not trusted, for this reason.
    BadCertificate(CertificateFault),
    /// Target and suite came to no terms.
    Handshake(HandshakeFault),
    /// Something else than TLS came back.
    NoTls,
    /// The proxy with this host cannot be reached.
    Proxy(String),
    /// The proxy with this host asks who is asking.
    ProxyCredentials(String),
    /// The proxy with this host lets nothing through to the target.
    Tunnel(String),
    /// Anything else.
    Other,
}

/// Why a certificate is not trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CertificateFault {
    /// It was good once.
    Expired,
    /// It is not good yet.
    NotYetValid,
    /// It is for other hosts.
    OtherName,
    /// It is signed by itself, and not among those that are trusted.
    SelfSigned,
    /// Who signed it is not known here, and the target sends no certificate of anybody in between.
    Alone,
    /// Who signed it, or those who signed for them, is not known here.
    UnknownIssuer,
    /// It is one that signs others, and no server's.
    Authority,
    /// Who signed it took it back.
    Revoked,
    /// Anything else.
    Other,
}

/// Why a TLS handshake failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HandshakeFault {
    /// The target speaks older versions only.
    Version,
    /// Nothing to encrypt with is in common.
    Ciphers,
    /// The target knows no host of that name.
    Name,
    /// The target wants a certificate of the client.
    ClientCertificateWanted,
    /// The target does not accept the certificate of the client.
    ClientCertificateRefused,
    /// The connection was closed.
    Closed,
    /// Anything else.
    Other,
}

impl NoAnswer {
    /// The word in reports.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            NoAnswer::Unreachable(_) => "unreachable",
            NoAnswer::TimedOut(_) => "timed-out",
            NoAnswer::Cut(_) => "cut-off",
            NoAnswer::Broken(_) => "broken",
            NoAnswer::NotHttp(_) => "not-http",
            NoAnswer::Unsendable(_) => "unsendable",
            NoAnswer::TooLarge(_) => "too-large",
            NoAnswer::HeadTooLarge(_) => "head-too-large",
            NoAnswer::FramingTooLarge(_) => "framing-too-large",
        }
    }
}

impl NoAnswer {
    /// What happened, in words that name the address, where there is more than one.
    #[must_use]
    pub fn at(&self, address: Option<&str>) -> String {
        match (self, address) {
            (_, None) => self.to_string(),
            (NoAnswer::Unreachable(why), Some(address)) => why.of(address),
            (other, Some(address)) => format!("{other} ({address})"),
        }
    }
}

impl Unreachable {
    /// The whole sentence, of the target or of one of its addresses.
    fn of(&self, whom: &str) -> String {
        format!("{whom} cannot be reached: {self}")
    }
}

impl std::fmt::Display for Unreachable {
    /// In words that read after "the target cannot be reached: ".
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.obstacle {
            Obstacle::Certificate => f.write_str("its certificate is not trusted: ")?,
            Obstacle::BadCertificate(fault) => write!(f, "its certificate {fault}: ")?,
            Obstacle::Handshake(fault) => write!(f, "{fault}: ")?,
            Obstacle::NoTls => f.write_str("it does not speak TLS there: ")?,
            Obstacle::Proxy(host) => write!(f, "the proxy `{host}` cannot be reached: ")?,
            Obstacle::ProxyCredentials(host) => {
                write!(f, "the proxy `{host}` asks for a name and a password: ")?;
            }
            Obstacle::Tunnel(host) => {
                write!(f, "the proxy `{host}` lets nothing through to it: ")?;
            }
            Obstacle::Other => {}
        }
        f.write_str(&self.detail)
    }
}

impl std::fmt::Display for CertificateFault {
    /// In words that read after "its certificate".
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            CertificateFault::Expired => "has expired",
            CertificateFault::NotYetValid => "is not valid yet",
            CertificateFault::OtherName => "is for other hosts",
            CertificateFault::SelfSigned => "is signed by itself, which nobody vouches for",
            CertificateFault::Alone => {
                "is signed by somebody unknown here, and the target sends no other"
            }
            CertificateFault::UnknownIssuer => "is signed by somebody unknown here",
            CertificateFault::Authority => "is that of an authority, which no server may present",
            CertificateFault::Revoked => "was revoked",
            CertificateFault::Other => "is not trusted",
        })
    }
}

impl std::fmt::Display for HandshakeFault {
    /// In words that read after "the target cannot be reached: ".
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            HandshakeFault::Version => "it speaks no version of TLS that is still in use",
            HandshakeFault::Ciphers => "it has no TLS cipher suite in common with the suite",
            HandshakeFault::Name => "it serves no host of that name over TLS",
            HandshakeFault::ClientCertificateWanted => "it wants a client certificate",
            HandshakeFault::ClientCertificateRefused => "it refuses the client certificate",
            HandshakeFault::Closed => "it closes the connection during the TLS handshake",
            HandshakeFault::Other => "the TLS handshake failed",
        })
    }
}

/// How a failure to get an answer stands in a report.
#[derive(Default, Serialize, Deserialize)]
struct WrittenFailure {
    kind: String,
    text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    limit_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    limit_bytes: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    limit_lines: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    obstacle: Option<Obstacle>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// By way of a value, which numbers survive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stopped_by: Option<Value>,
}

impl From<NoAnswer> for WrittenFailure {
    fn from(failure: NoAnswer) -> WrittenFailure {
        let kind = failure.name().to_owned();
        let text = failure.to_string();
        match failure {
            NoAnswer::Unreachable(why) => WrittenFailure {
                kind,
                text: why.to_string(),
                obstacle: Some(why.obstacle),
                detail: Some(why.detail),
                ..WrittenFailure::default()
            },
            NoAnswer::Broken(why) | NoAnswer::NotHttp(why) | NoAnswer::Unsendable(why) => {
                WrittenFailure { kind, text: why, ..WrittenFailure::default() }
            }
            NoAnswer::TimedOut(limit) => {
                let limit_ms = u64::try_from(limit.as_millis()).ok();
                WrittenFailure { kind, text, limit_ms, ..WrittenFailure::default() }
            }
            NoAnswer::Cut(by) => {
                let stopped_by = serde_json::to_value(by).ok();
                WrittenFailure { kind, text, stopped_by, ..WrittenFailure::default() }
            }
            NoAnswer::TooLarge(limit) | NoAnswer::FramingTooLarge(limit) => {
                WrittenFailure { kind, text, limit_bytes: Some(limit), ..WrittenFailure::default() }
            }
            NoAnswer::HeadTooLarge(limit) => {
                WrittenFailure { kind, text, limit_lines: Some(limit), ..WrittenFailure::default() }
            }
        }
    }
}

impl TryFrom<WrittenFailure> for NoAnswer {
    type Error = String;

    fn try_from(written: WrittenFailure) -> Result<NoAnswer, String> {
        match written.kind.as_str() {
            "unreachable" => Ok(NoAnswer::Unreachable(Unreachable {
                obstacle: written.obstacle.unwrap_or(Obstacle::Other),
                detail: written.detail.unwrap_or(written.text),
            })),
            "broken" => Ok(NoAnswer::Broken(written.text)),
            "not-http" => Ok(NoAnswer::NotHttp(written.text)),
            "unsendable" => Ok(NoAnswer::Unsendable(written.text)),
            "timed-out" => {
                let limit = written.limit_ms.unwrap_or_default();
                Ok(NoAnswer::TimedOut(Duration::from_millis(limit)))
            }
            "cut-off" => {
                let by = serde_json::from_value(written.stopped_by.unwrap_or_default());
                by.map(NoAnswer::Cut).map_err(|error| error.to_string())
            }
            "too-large" => Ok(NoAnswer::TooLarge(written.limit_bytes.unwrap_or_default())),
            "framing-too-large" => {
                Ok(NoAnswer::FramingTooLarge(written.limit_bytes.unwrap_or_default()))
            }
            "head-too-large" => Ok(NoAnswer::HeadTooLarge(written.limit_lines.unwrap_or_default())),
            other => Err(format!(
                "`{other}` is no kind of failure; known are unreachable, broken, not-http, unsendable, \
                 timed-out, cut-off, too-large, head-too-large, framing-too-large"
            )),
        }
    }
}

impl std::fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            NoAnswer::Unreachable(why) => f.write_str(&why.of("the target")),
            NoAnswer::TimedOut(limit) => {
                write!(f, "no complete answer within {}", humantime::format_duration(*limit))
            }
            NoAnswer::Cut(by) => write!(f, "{by} before the answer was complete"),
            NoAnswer::Broken(why) => write!(f, "the connection broke: {why}"),
            NoAnswer::NotHttp(why) => write!(f, "what came back is no HTTP: {why}"),
            NoAnswer::Unsendable(why) => write!(f, "the request cannot be sent: {why}"),
            NoAnswer::TooLarge(limit) => {
                write!(f, "the answer is larger than the {limit} bytes that the suite reads")
            }
            NoAnswer::FramingTooLarge(limit) => write!(
                f,
                "what stands between the chunks of the answer is larger than the {limit} bytes \
                 that the suite reads"
            ),
            NoAnswer::HeadTooLarge(limit) => write!(
                f,
                "the head of the answer is larger than the suite reads, which is {limit} lines of \
                 usual length"
            ),
        }
    }
}

/// A request and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// The base URL that was asked, where the target has several.
    pub address: Option<String>,
    /// What was sent.
    pub request: Request,
    /// What came back.
    pub result: Result<Answer, NoAnswer>,
    /// When it was sent, since the start of the run.
    pub started: Duration,
    /// How long it took until the answer was complete or given up.
    pub elapsed: Duration,
    /// How often the same request had been put off before: the target asked to wait.
    pub put_off: u32,
    /// Whether it went out a second time, on a new connection: the first one closed under it.
    pub is_resent: bool,
    /// What it was sent for.
    pub purpose: Purpose,
    /// What the answer was as a whole, where it was too large to keep.
    pub shortened: Option<Shortened>,
}

/// What an answer was as a whole that is kept in part.
///
/// It was judged as a whole. What is long in it was then left out, as the bodies of a run have to
/// fit into memory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shortened {
    /// How long its body was, with tokens in the place of secrets.
    pub bytes: usize,
    /// The SHA-256 of that, in hexadecimal.
    pub sha256: String,
    /// How many lines of headers it had.
    pub header_lines: usize,
}

impl std::fmt::Display for Shortened {
    /// In words that read after "the answer had ".
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Shortened { bytes, sha256, header_lines } = self;
        write!(
            f,
            "a body of {bytes} bytes, sha256 {sha256}, and {header_lines} lines of headers; it was \
             judged in full, and what is long in it is not kept"
        )
    }
}

impl Exchange {
    /// The exchange of a step, sent once, of which nothing else is known.
    pub(crate) fn of(request: Request, result: Result<Answer, NoAnswer>) -> Exchange {
        Exchange {
            address: None,
            request,
            result,
            started: Duration::ZERO,
            elapsed: Duration::ZERO,
            put_off: 0,
            is_resent: false,
            purpose: Purpose::Step,
            shortened: None,
        }
    }

    /// Where the request went, for people: its path, behind the address where there are several.
    #[must_use]
    pub fn place(&self) -> String {
        format!("{}{}", self.address.as_deref().unwrap_or_default(), self.request.path)
    }

    /// The same as far as the request line goes, with the query.
    #[must_use]
    pub fn line(&self) -> String {
        let Request { method, .. } = &self.request;
        let address = self.address.as_deref().unwrap_or_default();
        format!("{method} {address}{}", self.request.target())
    }
}

/// What a request is sent for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// The step asks for it.
    #[default]
    Step,
    /// The same request once more, because it was not answered the time before.
    Again,
    /// Another request, which shows whether the target answers at all.
    Control,
}
