//! What became of a request that was not answered: why, and whether the target may have processed it.

use std::error::Error;
use std::io;
use std::net::SocketAddr;

use hyper_util::client::legacy::connect::HttpInfo;

use super::{HEAD_LIMIT, Repetition, tls};
use crate::model::exchange::{HandshakeFault, NoAnswer, Obstacle, Unreachable};
use crate::run::target::proxy::Proxy;

/// What the library says if it got no connection to a proxy.
const NOT_EVEN_THE_PROXY: &str = "failed to create underlying connection";

/// A request that was not answered.
#[derive(Debug)]
pub(super) struct Unanswered {
    /// Why.
    pub(super) failure: NoAnswer,
    fate: Fate,
}

/// What is known besides an error.
pub(super) struct Surroundings<'a> {
    pub(super) proxy: Option<&'a Proxy>,
    /// Whether the target is spoken to over TLS.
    pub(super) is_secret: bool,
    /// Whether the connection had brought an answer before.
    pub(super) was_used: bool,
    /// Whether the target asked for a certificate and got none.
    pub(super) lacks_identity: bool,
    /// Whether any connection brought an answer.
    pub(super) was_ever_answered: bool,
}

/// What the target may have done with a request that was not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Nothing: the request was never written, or HTTP/2 says that it was not looked at.
    NotProcessed,
    /// Probably nothing: a connection that had brought an answer before was closed.
    ClosedWhenUsedAgain,
    /// Nobody knows.
    Unknown,
}

impl Unanswered {
    /// Understands an error of the HTTP client.
    pub(super) fn of(error: &reqwest::Error, known: &Surroundings<'_>) -> Unanswered {
        let failure = classify(error, known);
        let fate = match failure {
            NoAnswer::Broken(_) if is_not_processed(error) => Fate::NotProcessed,
            NoAnswer::Broken(_) if known.was_used && is_closed(error) => Fate::ClosedWhenUsedAgain,
            _ => Fate::Unknown,
        };
        Unanswered { failure, fate }
    }

    /// Whether the same request may be sent on another connection.
    pub(super) fn may_be_resent(&self, repetition: Repetition) -> bool {
        match self.fate {
            Fate::NotProcessed => true,
            Fate::ClosedWhenUsedAgain => repetition == Repetition::Harmless,
            Fate::Unknown => false,
        }
    }
}

impl From<NoAnswer> for Unanswered {
    fn from(failure: NoAnswer) -> Unanswered {
        Unanswered { failure, fate: Fate::Unknown }
    }
}

/// Our end of the connection on which a request failed.
pub(super) fn local_end(error: &reqwest::Error) -> Option<SocketAddr> {
    let error = find::<hyper_util::client::legacy::Error>(error)?;
    let mut extensions = hyper::http::Extensions::new();
    error.connect_info()?.get_extras(&mut extensions);
    extensions.get::<HttpInfo>().map(HttpInfo::local_addr)
}

/// Whether the request was never written, or the server says that it was not processed (RFC 9113,
/// section 8.7).
fn is_not_processed(error: &reqwest::Error) -> bool {
    let is_unwritten = find::<hyper::Error>(error).is_some_and(hyper::Error::is_canceled);
    let is_refused = find::<h2::Error>(error).is_some_and(|error| {
        let goes_away = error.is_go_away() && error.reason() == Some(h2::Reason::NO_ERROR);
        let refuses = error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM);
        error.is_remote() && (goes_away || refuses)
    });
    is_unwritten || is_refused
}

/// Whether the connection ended, rather than that something came which is no HTTP.
fn is_closed(error: &reqwest::Error) -> bool {
    let is_end = |error: &io::Error| {
        matches!(
            error.kind(),
            io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::BrokenPipe
                | io::ErrorKind::NotConnected
                | io::ErrorKind::UnexpectedEof
        )
    };
    find::<hyper::Error>(error).is_some_and(hyper::Error::is_incomplete_message)
        || causes_of(error)
            .filter_map(|cause| cause.downcast_ref::<io::Error>())
            .any(|error| is_end(innermost(error)))
}

/// An error of reading or writing may be wrapped in others of its kind.
fn innermost(error: &io::Error) -> &io::Error {
    let mut error = error;
    while let Some(inner) = error.get_ref().and_then(|inner| inner.downcast_ref()) {
        error = inner;
    }
    error
}

/// The first cause of this type.
fn find<T: Error + 'static>(error: &reqwest::Error) -> Option<&T> {
    causes_of(error).find_map(|cause| cause.downcast_ref::<T>())
}

fn causes_of(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |cause| (*cause).source())
}

fn classify(error: &reqwest::Error, known: &Surroundings<'_>) -> NoAnswer {
    if is_head_too_large(error) {
        return NoAnswer::HeadTooLarge(HEAD_LIMIT);
    }
    let is_of_proxy =
        known.proxy.is_some() && (!known.is_secret || causes(error).contains(NOT_EVEN_THE_PROXY));
    if !is_of_proxy && let Some(why) = tls::fault::of(error, known.lacks_identity) {
        return NoAnswer::Unreachable(why);
    }
    let detail = causes(error);
    let broke_early = known.is_secret && is_closed(error);
    if broke_early && known.lacks_identity && !known.was_ever_answered {
        // A server of TLS 1.3 says so after the handshake, and what it says may be lost.
        let obstacle = Obstacle::Handshake(HandshakeFault::ClientCertificateWanted);
        NoAnswer::Unreachable(Unreachable { obstacle, detail })
    } else if broke_early && error.is_connect() && known.proxy.is_none() {
        let obstacle = Obstacle::Handshake(HandshakeFault::Closed);
        NoAnswer::Unreachable(Unreachable { obstacle, detail })
    } else if error.is_connect() {
        NoAnswer::Unreachable(unreachable(detail, known.proxy))
    } else if find::<hyper::Error>(error).is_some_and(hyper::Error::is_parse) {
        NoAnswer::NotHttp(detail)
    } else {
        NoAnswer::Broken(detail)
    }
}

/// Whether the HTTP library gave up on a head that is too large for it.
fn is_head_too_large(error: &reqwest::Error) -> bool {
    find::<hyper::Error>(error).is_some_and(hyper::Error::is_parse_too_large)
}

/// Says what kept a connection from being made, as far as the proxy lets it be known; the words of
/// the library stay.
fn unreachable(detail: String, proxy: Option<&Proxy>) -> Unreachable {
    let says = |words: &str| detail.contains(words);
    let obstacle = match proxy.map(Proxy::host) {
        Some(host) if says(NOT_EVEN_THE_PROXY) => Obstacle::Proxy(host),
        Some(host) if wants_credentials(&detail) => Obstacle::ProxyCredentials(host),
        Some(host) if says("tunnel error") || says("SOCKS error") => Obstacle::Tunnel(host),
        Some(host) => Obstacle::Proxy(host),
        None => Obstacle::Other,
    };
    Unreachable { obstacle, detail }
}

/// Whether a proxy wants to know who asks; that of SOCKS says so in one of three ways.
fn wants_credentials(detail: &str) -> bool {
    let words = [
        "proxy authorization required",
        "server does not support user/pass authentication",
        "server implements authentication incorrectly",
        "credentials not accepted",
    ];
    words.iter().any(|words| detail.contains(words))
}

/// The causes of an error, innermost last, without the URL (it may hold a hash).
pub(super) fn causes(error: &reqwest::Error) -> String {
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
    use crate::run::target::proxy::Proxy;
    use rstest::rstest;

    #[rstest]
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
        let proxy = proxy.map(|proxy| Proxy::parse(proxy).expect("it is right"));
        assert_eq!(unreachable(cause.to_owned(), proxy.as_ref()).to_string(), expected);
    }
}
