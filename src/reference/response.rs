//! An answer written as HTTP, and the body that carries it.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{HeaderMap, StatusCode};
use tokio::time::{Sleep, sleep};

/// An answer written as HTTP.
#[derive(Clone, Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    pub(crate) pace: Pace,
}

/// How a body is handed to the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// At once, its length announced.
    Whole,
    /// In chunks of so many bytes, with a pause after each.
    Chunked { size: usize, pause: Duration },
}

impl Response {
    /// A JSON document.
    pub(crate) fn json(status: u16, text: String) -> Self {
        Self::typed(status, "application/json", text)
    }

    /// A document of any type.
    pub(crate) fn typed(status: u16, content_type: &'static str, text: impl Into<Vec<u8>>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        Self { status, headers, body: text.into(), pace: Pace::Whole }
    }

    /// No body and no content type.
    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: HeaderMap::new(), body: Vec::new(), pace: Pace::Whole }
    }

    /// Sets a header; a value that HTTP cannot carry is left out.
    pub(crate) fn set(&mut self, name: HeaderName, value: &str) {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
    }

    /// Rewrites the body as text.
    pub(crate) fn rewrite(&mut self, rewrite: impl Fn(&str) -> String) {
        self.body = rewrite(&String::from_utf8_lossy(&self.body)).into_bytes();
    }

    /// The call did what it says.
    pub(crate) fn is_success(&self) -> bool {
        self.status == 200
    }

    /// The bytes of the head and the body, for those who write to the socket themselves.
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
    pub(crate) fn into_http(self) -> hyper::Response<Paced> {
        let mut response = hyper::Response::new(Paced::new(self.body, self.pace));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        *response.headers_mut() = self.headers;
        response
    }
}

/// A body that is handed out at its own pace.
#[derive(Debug)]
pub(crate) struct Paced {
    pieces: VecDeque<Bytes>,
    pace: Pace,
    /// Runs while the next piece is held back.
    rest: Option<Pin<Box<Sleep>>>,
}

impl Paced {
    fn new(body: Vec<u8>, pace: Pace) -> Self {
        let size = match pace {
            Pace::Whole => body.len().max(1),
            Pace::Chunked { size, .. } => size.max(1),
        };
        let pieces = body.chunks(size).map(Bytes::copy_from_slice).collect();
        Self { pieces, pace, rest: None }
    }
}

impl Body for Paced {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(rest) = &mut self.rest {
            ready!(rest.as_mut().poll(context));
            self.rest = None;
        }
        let piece = self.pieces.pop_front();
        if let Pace::Chunked { pause, .. } = self.pace
            && !pause.is_zero()
        {
            self.rest = Some(Box::pin(sleep(pause)));
        }
        Poll::Ready(piece.map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.pieces.is_empty() && self.pace == Pace::Whole
    }

    fn size_hint(&self) -> SizeHint {
        match self.pace {
            Pace::Whole => {
                SizeHint::with_exact(self.pieces.iter().map(|piece| piece.len() as u64).sum())
            }
            Pace::Chunked { .. } => SizeHint::default(),
        }
    }
}
