//! A request as it came off the wire, before anything in it is understood.

use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{HeaderMap, Method};

/// How many bytes of a body are read; what is longer is refused with code 9.
const BODY_LIMIT: usize = 256 * 1024;

/// Where a request came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Numbers the addresses of this server, from 0.
    pub(crate) address: usize,
    /// Numbers the connections of this server, from 0.
    pub(crate) connection: u64,
}

/// A request as it came off the wire.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// Percent-encoded, as sent, without the query.
    pub(crate) path: String,
    /// Percent-encoded, as sent, without the question mark.
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The body is longer than the limit and was not read to its end.
    pub(crate) is_too_large: bool,
    /// Numbers the addresses of this server, from 0.
    pub(crate) address: usize,
    /// Numbers the connections of this server, from 0.
    pub(crate) connection: u64,
    /// Numbers the requests of this server, from 1.
    pub(crate) serial: u64,
}

impl Request {
    /// Reads a request to its end, or to the limit.
    ///
    /// # Errors
    ///
    /// The connection broke before the body was complete.
    pub(crate) async fn read(
        incoming: hyper::Request<Incoming>,
        place: Place,
        serial: u64,
    ) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let (head, body) = incoming.into_parts();
        let (body, is_too_large) = match Limited::new(body, BODY_LIMIT).collect().await {
            Ok(body) => (body.to_bytes(), false),
            Err(error) if error.is::<http_body_util::LengthLimitError>() => (Bytes::new(), true),
            Err(error) => return Err(error),
        };
        Ok(Self {
            method: head.method,
            path: head.uri.path().to_owned(),
            query: head.uri.query().unwrap_or_default().to_owned(),
            headers: head.headers,
            body,
            is_too_large,
            address: place.address,
            connection: place.connection,
            serial,
        })
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Rewrites the body as text.
    pub(crate) fn rewrite_body(&mut self, rewrite: impl Fn(&str) -> String) {
        self.body = rewrite(&self.text()).into();
    }

    /// Rewrites the body if it is a form.
    pub(crate) fn rewrite_form(&mut self, rewrite: impl Fn(&str) -> String) {
        if self.is_form() {
            self.rewrite_body(rewrite);
        }
    }

    /// Sets a header; a value that HTTP cannot carry is left out.
    pub(crate) fn set(&mut self, name: HeaderName, value: &str) {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
    }

    /// The path ends in a slash.
    pub(crate) fn has_slash(&self) -> bool {
        self.path.ends_with('/')
    }

    /// The content type without its parameters, in lower case.
    pub(crate) fn media_type(&self) -> String {
        let written = self.header(CONTENT_TYPE);
        written.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// The content type is that of a form.
    pub(crate) fn is_form(&self) -> bool {
        self.media_type() == "application/x-www-form-urlencoded"
    }

    /// The credentials of the `Authorization` header, scheme word and all.
    pub(crate) fn authorization(&self) -> &str {
        self.header(AUTHORIZATION)
    }

    /// The value of a header, empty if it is missing or not text.
    pub(crate) fn header(&self, name: HeaderName) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}
