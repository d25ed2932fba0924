//! An answer written as HTTP, and the body that carries it.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::Future;
use std::io::Write;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{HeaderMap, StatusCode};
use tokio::time::{Sleep, sleep};

use super::wire::Raw;

/// An answer written as HTTP.
#[derive(Clone, Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    pub(crate) delivery: Delivery,
}

/// How a response reaches the client.
#[derive(Clone, Debug)]
pub(crate) enum Delivery {
    /// At once, with its length in the head.
    Whole,
    /// In chunks of this size in bytes, with a pause after each.
    Chunked { size: usize, pause: Duration },
    /// Not at all: the connection is taken from the HTTP library.
    Raw(Raw),
}

impl Response {
    /// A JSON document.
    pub(crate) fn json(status: u16, text: impl Into<Vec<u8>>) -> Self {
        Self::typed(status, "application/json", text)
    }

    /// An HTML page.
    pub(crate) fn page(status: u16, html: &str) -> Self {
        Self::typed(status, "text/html", html)
    }

    /// A document of any type.
    pub(crate) fn typed(status: u16, content_type: &'static str, text: impl Into<Vec<u8>>) -> Self {
        let content_type = HeaderValue::from_static(content_type);
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, content_type)]);
        Self { headers, body: text.into(), ..Self::empty(status) }
    }

    /// No body and no content type.
    pub(crate) fn empty(status: u16) -> Self {
        let (headers, body) = (HeaderMap::new(), Vec::new());
        Self { status, headers, body, delivery: Delivery::Whole }
    }

    /// No response, but something else that is done to the connection.
    pub(crate) fn raw(raw: Raw) -> Self {
        Self { delivery: Delivery::Raw(raw), ..Self::empty(200) }
    }

    /// No body, and one header; of a redirect, where it leads.
    pub(crate) fn bare(status: u16, name: HeaderName, value: &str) -> Self {
        let mut response = Self::empty(status);
        response.set(name, value);
        response
    }

    /// Sets a header; a value that HTTP cannot carry is left out.
    pub(crate) fn set(&mut self, name: HeaderName, value: &str) {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Compresses the body, without saying so.
    pub(crate) fn gzip(&mut self) {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        // Writing to memory cannot fail; if it did, the body would be empty.
        let written = encoder.write_all(&self.body).and_then(|()| encoder.finish());
        self.body = written.unwrap_or_default();
    }

    /// The bytes of the head and the body, for whoever writes to the socket itself.
    ///
    /// `framing` is the header that says how long the body is.
    pub(crate) fn to_wire(&self, framing: &str) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} \r\n{framing}\r\n", self.status);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap_or_default()));
        }
        head.push_str("connection: close\r\n\r\n");
        [head.as_bytes(), &self.body].concat()
    }

    /// Hands the answer to the HTTP library.
    pub(crate) fn into_http(self) -> hyper::Response<Body> {
        let mut response = hyper::Response::new(Body::new(&self.body, &self.delivery));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        *response.headers_mut() = self.headers;
        response
    }
}

/// A body that is sent in pieces.
#[derive(Debug)]
pub(crate) struct Body {
    pieces: VecDeque<Bytes>,
    /// Between pieces; `None` if there is but one, and its length is in the head.
    pause: Option<Duration>,
    /// Runs while the next piece is held back.
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Body {
    fn new(body: &[u8], delivery: &Delivery) -> Self {
        let (size, pause) = match delivery {
            Delivery::Chunked { size, pause } => (*size, Some(*pause)),
            Delivery::Whole | Delivery::Raw(_) => (body.len(), None),
        };
        let pieces = body.chunks(size.max(1)).map(Bytes::copy_from_slice).collect();
        Self { pieces, pause, sleep: None }
    }
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(sleep) = &mut self.sleep {
            ready!(sleep.as_mut().poll(context));
            self.sleep = None;
        }
        let piece = self.pieces.pop_front();
        self.sleep =
            self.pause.filter(|pause| !pause.is_zero()).map(|pause| Box::pin(sleep(pause)));
        Poll::Ready(piece.map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.pieces.is_empty() && self.pause.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        let length = self.pieces.iter().map(|piece| piece.len() as u64).sum();
        self.pause.map_or_else(|| SizeHint::with_exact(length), |_| SizeHint::default())
    }
}
