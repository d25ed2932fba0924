//! The clients of a target: made of the options of a connection, before anything is sent.

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, ClientBuilder};

use super::failure::causes;
use super::tls::Tls;
use super::{HEAD_LIMIT, USER_AGENT};
use crate::run::target::{BaseUrl, Connection, SetupError};

/// A client that keeps connections for the next request.
pub(super) fn pooled(
    base: &BaseUrl,
    connection: &Connection,
    tls: Option<&Tls>,
) -> Result<Client, SetupError> {
    finish(builder(base, connection, tls)?)
}

/// A client that opens a connection for every request.
pub(super) fn fresh(
    base: &BaseUrl,
    connection: &Connection,
    tls: Option<&Tls>,
) -> Result<Client, SetupError> {
    finish(builder(base, connection, tls)?.pool_max_idle_per_host(0))
}

fn finish(builder: ClientBuilder) -> Result<Client, SetupError> {
    builder.build().map_err(|error| SetupError::Client(causes(&error)))
}

/// What TLS takes; nothing where neither the target nor the proxy speaks it: plain HTTP needs no
/// certificates, and must not fail on a system that has none.
pub(super) fn tls(base: &BaseUrl, connection: &Connection) -> Result<Option<Tls>, SetupError> {
    let is_secret = |url: &str| url.starts_with("https:");
    let proxy = connection.understood_proxy();
    let is_needed =
        is_secret(base.as_str()) || proxy.is_some_and(|proxy| is_secret(proxy.exposed()));
    if is_needed { Tls::new(connection).map(Some) } else { Tls::check(connection).map(|()| None) }
}

fn builder(
    base: &BaseUrl,
    connection: &Connection,
    tls: Option<&Tls>,
) -> Result<ClientBuilder, SetupError> {
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
        .http2_max_header_list_size(400 * 1024);
    builder = match tls {
        Some(tls) => builder.tls_backend_preconfigured(tls.config()),
        None => builder.tls_certs_only([]),
    };
    if base.is_loopback() && connection.proxy.is_none() {
        builder = builder.no_proxy();
    }
    if let Some(proxy) = connection.understood_proxy() {
        let proxy = reqwest::Proxy::all(proxy.exposed());
        builder = builder.proxy(proxy.map_err(|error| SetupError::Proxy(causes(&error)))?);
    }
    for (endpoint, resolve) in connection.resolved(base) {
        builder = builder.resolve_to_addrs(endpoint.name(), &resolve.addresses());
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
