//! HTTP: how a request is carried. The home of `reqwest`.
//!
//! Sends what it is given and reports what came back: follows no redirect, retries nothing,
//! verifies TLS, and reads no more than a limit of any body, compressed or not. An answer that is
//! cut short is still an answer, and says so.

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Certificate, Client, ClientBuilder, Method, Proxy};

use crate::model::exchange::{Answer, Defect, NoAnswer, Obstacle, Request, Unreachable};
use crate::run::coding::{self, BODY_LIMIT};
use crate::run::target::{BaseUrl, Connection};
use crate::value::disk;

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

/// Why no client can be made; nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The file of certificate authorities cannot be used.
    #[error("cannot use the certificates of `{path}`: {why}")]
    Certificates {
        /// The file.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// A header is not one.
    #[error("`{0}` is not a header that HTTP can carry; write 'Name: value'")]
    Header(String),
    /// A header says how a request travels or what it holds, which the suite decides.
    #[error("the header `{name}` cannot be added: {why}")]
    ReservedHeader {
        /// As written.
        name: String,
        /// Who sets it.
        why: &'static str,
    },
    /// The proxy's URL is not one.
    #[error("cannot use the proxy: {0}; write it like http://proxy.example.com:3128")]
    Proxy(String),
    /// A `--resolve` is not one.
    #[error("`{0}` is not host:port:address; write it like api.example.com:443:127.0.0.1")]
    Resolve(String),
    /// The TLS library or the like refused.
    #[error("cannot set up the HTTP client: {0}")]
    Client(String),
}

/// Carries requests to a target over HTTP/1.1 or HTTP/2.
#[derive(Debug)]
pub(crate) struct Http {
    base: BaseUrl,
    pooled: Client,
    fresh: Client,
    timeout: Duration,
    /// Host and port.
    proxy: Option<String>,
}

impl Http {
    /// Prepares clients for a target; opens no connection yet.
    ///
    /// # Errors
    ///
    /// Says which option of the connection cannot be used.
    pub(crate) fn new(base: &BaseUrl, connection: &Connection) -> Result<Http, SetupError> {
        let finish = |builder: ClientBuilder| {
            builder.build().map_err(|error| SetupError::Client(causes(&error)))
        };
        Ok(Http {
            base: base.clone(),
            pooled: finish(builder(base, connection)?)?,
            fresh: finish(builder(base, connection)?.pool_max_idle_per_host(0))?,
            timeout: connection.timeout,
            proxy: connection.proxy_host(),
        })
    }

    /// How long a request is waited for.
    pub(crate) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Sends a request and waits for the whole answer, within the deadline of the connection.
    ///
    /// # Errors
    ///
    /// Why there is no answer.
    pub(crate) async fn send(
        &self,
        request: &Request,
        connection: ConnectionUse,
    ) -> Result<Answer, NoAnswer> {
        match tokio::time::timeout(self.timeout, self.exchange(request, connection)).await {
            Ok(result) => result,
            Err(_) => Err(NoAnswer::TimedOut(self.timeout)),
        }
    }

    async fn exchange(
        &self,
        request: &Request,
        connection: ConnectionUse,
    ) -> Result<Answer, NoAnswer> {
        let client = match connection {
            ConnectionUse::Pooled => &self.pooled,
            ConnectionUse::Fresh => &self.fresh,
        };
        let response = self.build(client, request)?.send().await;
        let response = response.map_err(|error| classify(&error, self.proxy.as_deref()))?;
        let status = response.status().as_u16();
        let headers = headers(response.headers());
        let (body, is_cut_short) = read_body(response).await?;
        if is_cut_short {
            return Ok(Answer { status, headers, body, defect: Some(Defect::CutShort) });
        }
        coding::decode(Answer { status, headers, body, defect: None })
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

fn builder(base: &BaseUrl, connection: &Connection) -> Result<ClientBuilder, SetupError> {
    // Refused only where a provider is installed already, which then serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = Client::builder()
        .user_agent(USER_AGENT)
        .default_headers(default_headers(&connection.headers)?)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .pool_idle_timeout(Duration::from_secs(3))
        // What a client may meet and has to bear with (RFC 9112, sections 5.1 and 5.2).
        .http1_allow_obsolete_multiline_headers_in_responses(true)
        .http1_allow_spaces_after_header_name_in_responses(true)
        .http1_max_headers(HEAD_LIMIT)
        .http2_max_header_list_size(400 * 1024)
        .danger_accept_invalid_certs(connection.insecure);
    if !base.as_str().starts_with("https:") {
        // Plain HTTP needs no certificates, and must not fail on a system that has none.
        builder = builder.tls_certs_only([]);
    }
    if base.is_loopback() && connection.proxy.is_none() {
        builder = builder.no_proxy();
    }
    if let Some(path) = &connection.ca_cert {
        builder = builder.tls_certs_merge(certificates(path)?);
    }
    if let Some(proxy) = &connection.proxy {
        let proxy = Proxy::all(proxy).map_err(|error| SetupError::Proxy(causes(&error)))?;
        builder = builder.proxy(proxy);
    }
    for entry in &connection.resolve {
        let (host, address) = resolve(entry).ok_or_else(|| SetupError::Resolve(entry.clone()))?;
        builder = builder.resolve(&host, address);
    }
    Ok(builder)
}

fn default_headers(headers: &[(String, String)]) -> Result<HeaderMap, SetupError> {
    if let Some(reserved) = headers.iter().find_map(|(name, _)| reserved(name)) {
        return Err(reserved);
    }
    let mut map = HeaderMap::new();
    map.insert(reqwest::header::ACCEPT, HeaderValue::from_static("application/json"));
    map.insert(reqwest::header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    // What the operator says goes before what the suite says by itself.
    for name in headers.iter().filter_map(|(name, _)| HeaderName::from_bytes(name.as_bytes()).ok())
    {
        map.remove(name);
    }
    for (name, value) in headers {
        let refused = || SetupError::Header(name.clone());
        let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| refused())?;
        map.append(header, HeaderValue::from_str(value).map_err(|_| refused())?);
    }
    Ok(map)
}

/// Headers that would contradict the request they are added to.
const RESERVED: &[(&str, &str)] = &[
    ("accept-encoding", "the suite asks for what it can decode"),
    ("connection", BY_HTTP),
    ("content-encoding", "cases say what a body is"),
    ("content-length", BY_HTTP),
    ("content-type", "cases say what a body is"),
    ("expect", BY_HTTP),
    ("http2-settings", BY_HTTP),
    ("keep-alive", BY_HTTP),
    ("proxy-connection", BY_HTTP),
    ("te", BY_HTTP),
    ("trailer", BY_HTTP),
    ("transfer-encoding", BY_HTTP),
    ("upgrade", BY_HTTP),
];
const BY_HTTP: &str = "HTTP itself says how a request travels";

fn reserved(name: &str) -> Option<SetupError> {
    let (_, why) = RESERVED.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
    Some(SetupError::ReservedHeader { name: name.to_owned(), why })
}

fn certificates(path: &std::path::Path) -> Result<Vec<Certificate>, SetupError> {
    let refused = |why: String| SetupError::Certificates { path: path.display().to_string(), why };
    let pem = disk::read(path, disk::Kind::File, disk::Limit::COLLECTED)
        .map_err(|error| refused(error.to_string()))?;
    match Certificate::from_pem_bundle(&pem) {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) => Err(refused("there is no certificate in PEM form in it".to_owned())),
        Err(error) => Err(refused(causes(&error))),
    }
}

/// Takes `host:port:address` apart; an IPv6 address may stand in brackets.
fn resolve(entry: &str) -> Option<(String, std::net::SocketAddr)> {
    let (host, rest) = entry.split_once(':')?;
    let (port, address) = rest.split_once(':')?;
    let address = address.trim_matches(['[', ']']).parse::<std::net::IpAddr>().ok()?;
    Some((host.to_owned(), std::net::SocketAddr::new(address, port.parse().ok()?)))
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
async fn read_body(mut response: reqwest::Response) -> Result<(Vec<u8>, bool), NoAnswer> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok((body, false)),
            Err(error) if causes(&error).contains("over limit") => {
                return Err(NoAnswer::FramingTooLarge(FRAMING_LIMIT));
            }
            Err(_) => return Ok((body, true)),
        }
        if body.len() > BODY_LIMIT {
            return Err(NoAnswer::TooLarge(BODY_LIMIT));
        }
    }
}

fn classify(error: &reqwest::Error, proxy: Option<&str>) -> NoAnswer {
    if is_head_too_large(error) {
        NoAnswer::HeadTooLarge(HEAD_LIMIT)
    } else if error.is_connect() {
        NoAnswer::Unreachable(unreachable(causes(error), proxy))
    } else {
        NoAnswer::Broken(causes(error))
    }
}

/// Whether the HTTP library gave up on a head that is too large for it.
fn is_head_too_large(error: &reqwest::Error) -> bool {
    let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
    causes
        .filter_map(|cause| cause.downcast_ref::<hyper::Error>())
        .any(hyper::Error::is_parse_too_large)
}

/// Says what kept a connection from being made, as far as the TLS library and the proxy let it be
/// known; their words stay.
fn unreachable(detail: String, proxy: Option<&str>) -> Unreachable {
    let obstacle = match proxy {
        _ if detail.contains("invalid peer certificate") => Obstacle::Certificate,
        _ if detail.contains("InvalidContentType") => Obstacle::NoTls,
        Some(host) if detail.contains("tunnel") => Obstacle::Tunnel(host.to_owned()),
        Some(host) => Obstacle::Proxy(host.to_owned()),
        None => Obstacle::Other,
    };
    Unreachable { obstacle, detail }
}

/// The causes of an error, innermost last, without the URL (it may hold a hash).
fn causes(error: &reqwest::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        parts.push(inner.to_string());
        cause = inner.source();
    }
    parts.dedup();
    match parts.as_slice() {
        [] => "the HTTP client gives no reason".to_owned(),
        parts => parts.join(": "),
    }
}

#[cfg(test)]
mod tests {
    use super::unreachable;
    use rstest::rstest;

    #[rstest]
    #[case::certificate(
        "invalid peer certificate: UnknownIssuer",
        Some("p:1"),
        "its certificate is not trusted: invalid peer certificate: UnknownIssuer"
    )]
    #[case::authority_as_server(
        "invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))",
        None,
        "its certificate is not trusted: invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))"
    )]
    #[case::no_tls(
        "received corrupt message of type InvalidContentType",
        None,
        "it does not speak TLS there: received corrupt message of type InvalidContentType"
    )]
    #[case::dead_proxy("refused", Some("p:1"), "the proxy `p:1` cannot be reached: refused")]
    #[case::wrong_proxy(
        "tunnel error: unsuccessful",
        Some("p:1"),
        "the proxy `p:1` lets nothing through to it: tunnel error: unsuccessful"
    )]
    #[case::target("refused", None, "refused")]
    fn what_is_in_the_way_is_named(
        #[case] cause: &str,
        #[case] proxy: Option<&str>,
        #[case] expected: &str,
    ) {
        assert_eq!(unreachable(cause.to_owned(), proxy).to_string(), expected);
    }
}
