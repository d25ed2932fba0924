//! HTTP: how a request is carried. The home of `reqwest`.
//!
//! Sends what it is given and reports what came back: follows no redirect, verifies TLS, and reads
//! no more than a limit of any body, compressed or not. An answer that is cut short is still an
//! answer, and says so.
//!
//! A server may close a connection just as it is used again. So what must not be sent twice travels
//! on a new one unless those of the target last, and what may be is sent once more if a used one broke
//! (RFC 9112, section 9.3.1).

mod client;
mod failure;
mod reuse;
mod tls;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hyper_util::client::legacy::connect::HttpInfo;
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Client, Method, Version};

use self::failure::{Surroundings, Unanswered, causes};
use self::reuse::Reuse;
use self::tls::Tls;
use crate::model::exchange::{Answer, Defect, NoAnswer, Request};
use crate::run::coding::{self, BODY_LIMIT};
use crate::run::target::proxy::Proxy;
use crate::run::target::{BaseUrl, Connection, SetupError};

/// How many lines of a head are read. Of bytes, the HTTP library reads some 400 KiB.
const HEAD_LIMIT: usize = 1000;

/// How many bytes of extensions of chunks, and of trailers, the HTTP library reads.
const FRAMING_LIMIT: usize = 16 * 1024;

/// What the suite calls itself.
pub(crate) const USER_AGENT: &str = concat!("panel-conformance/", env!("CARGO_PKG_VERSION"));

/// Which connection a request travels on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ConnectionUse {
    /// One of the pool, if there is one.
    Pooled,
    /// A new one.
    Fresh,
}

/// What it means if the target gets a request twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repetition {
    /// Nothing: the second answer is as good as the first.
    Harmless,
    /// It counts: a session too many, a wrong password too many, a log-out of what is logged out.
    Counts,
}

/// How a request is to travel.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Way {
    /// On which connection.
    pub connection: ConnectionUse,
    /// Whether it may be sent once more.
    pub repetition: Repetition,
}

/// What became of a request.
#[derive(Debug)]
pub(crate) struct Sent {
    /// The answer, or why there is none.
    pub result: Result<Answer, NoAnswer>,
    /// Whether it was sent a second time, on a new connection.
    pub is_resent: bool,
}

/// Carries requests to a target over HTTP/1.1 or HTTP/2.
#[derive(Debug)]
pub(crate) struct Http {
    base: BaseUrl,
    pooled: Client,
    fresh: Client,
    timeout: Duration,
    /// Names of the headers that the operator adds to every request.
    added: Vec<String>,
    tls: Option<Tls>,
    proxy: Option<Proxy>,
    reuse: Reuse,
    /// Whether the target speaks HTTP/2, which says of each request whether it was processed.
    speaks_http2: AtomicBool,
}

impl Http {
    /// Prepares clients for a target; opens no connection yet.
    ///
    /// # Errors
    ///
    /// Says which option of the connection cannot be used.
    pub(crate) fn new(base: &BaseUrl, connection: &Connection) -> Result<Http, SetupError> {
        let tls = client::tls(base, connection)?;
        Ok(Http {
            base: base.clone(),
            pooled: client::pooled(base, connection, tls.as_ref())?,
            fresh: client::fresh(base, connection, tls.as_ref())?,
            added: connection.headers.iter().map(|(name, _)| name.clone()).collect(),
            tls,
            timeout: connection.timeout,
            proxy: connection.understood_proxy(),
            reuse: Reuse::default(),
            speaks_http2: AtomicBool::default(),
        })
    }

    /// The same for a target that is known to keep its connections.
    pub(crate) fn keeping_connections(self) -> Http {
        Http { reuse: Reuse::of_known(), ..self }
    }

    /// How long a request is waited for.
    pub(crate) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// The names of the headers that the operator adds to every request.
    pub(crate) fn added_headers(&self) -> &[String] {
        &self.added
    }

    /// Sends a request and waits for the whole answer, within the deadline of the connection.
    pub(crate) async fn send(&self, request: &Request, way: Way) -> Sent {
        let mut is_resent = false;
        let tries = async {
            match self.exchange(request, self.connection_for(way)).await {
                Err(unanswered) if unanswered.may_be_resent(way.repetition) => {
                    is_resent = true;
                    self.exchange(request, ConnectionUse::Fresh).await
                }
                result => result,
            }
        };
        let result = match tokio::time::timeout(self.timeout, tries).await {
            Ok(result) => result.map_err(|unanswered| unanswered.failure),
            Err(_) => Err(NoAnswer::TimedOut(self.timeout)),
        };
        Sent { result, is_resent }
    }

    /// Of a request that must not be sent twice, a connection that closes as it is used again
    /// leaves unknown whether it was processed; unless HTTP/2 says so. It is used where others last.
    fn connection_for(&self, way: Way) -> ConnectionUse {
        match way.repetition {
            Repetition::Counts
                if !self.speaks_http2.load(Ordering::Relaxed) && !self.reuse.is_safe() =>
            {
                ConnectionUse::Fresh
            }
            _ => way.connection,
        }
    }

    async fn exchange(
        &self,
        request: &Request,
        connection: ConnectionUse,
    ) -> Result<Answer, Unanswered> {
        let client = match connection {
            ConnectionUse::Pooled => &self.pooled,
            ConnectionUse::Fresh => &self.fresh,
        };
        let response = match self.build(client, request)?.send().await {
            Ok(response) => response,
            Err(error) => {
                let end = failure::local_end(&error);
                let was_used = end.is_some_and(|end| self.reuse.note_failure(end));
                return Err(Unanswered::of(&error, &self.surroundings(was_used)));
            }
        };
        self.note(&response);
        let status = response.status().as_u16();
        let headers = headers(response.headers());
        let (body, is_cut_short) = read_body(response).await?;
        let defect = is_cut_short.then_some(Defect::CutShort);
        let answer = Answer { status, headers, body, defect };
        let obstacle = self.proxy.as_ref().and_then(|proxy| proxy.obstacle(&self.base, &answer));
        match obstacle {
            Some(why) => Err(NoAnswer::Unreachable(why).into()),
            None if is_cut_short => Ok(answer),
            None => Ok(coding::decode(answer)?),
        }
    }

    /// What is known besides an error.
    fn surroundings(&self, was_used: bool) -> Surroundings<'_> {
        Surroundings {
            proxy: self.proxy.as_ref(),
            is_secret: self.base.as_str().starts_with("https:"),
            was_used,
            lacks_identity: self.tls.as_ref().is_some_and(Tls::lacks_identity),
            was_ever_answered: self.reuse.was_ever_answered(),
        }
    }

    fn note(&self, response: &reqwest::Response) {
        if response.version() == Version::HTTP_2 {
            self.speaks_http2.store(true, Ordering::Relaxed);
        }
        if let Some(info) = response.extensions().get::<HttpInfo>() {
            self.reuse.note_answer(info.local_addr());
        }
    }

    fn build(
        &self,
        client: &Client,
        request: &Request,
    ) -> Result<reqwest::RequestBuilder, NoAnswer> {
        let unsendable = |what: &str| NoAnswer::Unsendable(what.to_owned());
        let method = Method::from_bytes(request.method.as_bytes())
            .map_err(|_| unsendable("its method is no HTTP method"))?;
        let url = format!("{}{}", self.base.as_str(), request.target());
        let mut builder = client.request(method, url);
        for (name, value) in &request.headers {
            let value = HeaderValue::from_bytes(value.as_bytes())
                .map_err(|_| unsendable("a header holds characters that HTTP does not carry"))?;
            builder = builder.header(name, value);
        }
        Ok(match &request.body {
            Some(body) => builder.body(body.clone()),
            None if matches!(request.method.as_str(), "POST" | "PUT" | "PATCH") => {
                builder.header(reqwest::header::CONTENT_LENGTH, 0)
            }
            None => builder,
        })
    }
}

/// Names in lower case; values as they came, each byte a character where they are not UTF-8.
fn headers(map: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &HeaderValue| match std::str::from_utf8(value.as_bytes()) {
        Ok(text) => text.to_owned(),
        Err(_) => value.as_bytes().iter().map(|byte| char::from(*byte)).collect(),
    };
    map.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
}

/// The body, and whether it ended before it was complete.
/// Whether the HTTP library says that it reads no more of what stands between and behind the chunks.
fn is_framing_too_large(causes: &str) -> bool {
    ["over limit", "count overflow"].iter().any(|words| causes.contains(words))
}

async fn read_body(mut response: reqwest::Response) -> Result<(Vec<u8>, bool), NoAnswer> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok((body, false)),
            Err(error) if is_framing_too_large(&causes(&error)) => {
                return Err(NoAnswer::FramingTooLarge(FRAMING_LIMIT));
            }
            Err(_) => return Ok((body, true)),
        }
        if body.len() > BODY_LIMIT {
            return Err(NoAnswer::TooLarge(BODY_LIMIT));
        }
    }
}
