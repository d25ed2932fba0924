//! A bare client for the tests: bytes out, bytes in, no HTTP library that hides mistakes.

use std::fmt;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::reference::{Behaviour, Config, demo, serve};

/// How long an answer may take to end; the server hangs if it takes longer.
const WATCHDOG: Duration = Duration::from_secs(60);

/// A running server.
pub(super) struct TestServer {
    address: std::net::SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<std::io::Result<()>>,
}

impl TestServer {
    /// Starts a server with the demo accounts on a free port.
    pub(super) async fn start(behaviour: &'static Behaviour) -> Self {
        let demo = demo();
        let config = Config {
            expired_hashes: vec![demo.expired_hash.clone()],
            behaviour,
            ..Config::faultless(demo.accounts())
        };
        Self::start_with(config).await
    }

    /// Starts a server on a free port.
    pub(super) async fn start_with(config: Config) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(serve(listener, config, async {
            let _ = stopped.await;
        }));
        Self { address, stop, task }
    }

    /// Opens a connection of its own.
    pub(super) async fn connect(&self) -> Connection {
        Connection {
            stream: TcpStream::connect(self.address).await.expect("it listens"),
            buffer: Vec::new(),
        }
    }

    /// Sends one request over a connection of its own.
    pub(super) async fn send(&self, request: &Request) -> Answer {
        self.connect().await.send(request).await
    }

    /// Stops the server and waits for it.
    pub(super) async fn stop(self) {
        let _ = self.stop.send(());
        self.task.await.expect("it does not panic").expect("it ends well");
    }
}

/// One request.
#[derive(Clone, Debug)]
pub(super) struct Request {
    method: &'static str,
    target: String,
    headers: Vec<String>,
    body: Vec<u8>,
}

impl Request {
    pub(super) fn new(method: &'static str, target: &str) -> Self {
        let target = format!("/v2/panel/account/{target}");
        Self { method, target, headers: Vec::new(), body: Vec::new() }
    }

    pub(super) fn get(target: &str) -> Self {
        Self::new("GET", target)
    }

    pub(super) fn post(target: &str) -> Self {
        Self::new("POST", target)
    }

    pub(super) fn json(target: &str, body: &str) -> Self {
        Self::post(target).header("Content-Type: application/json").body(body)
    }

    pub(super) fn form(target: &str, body: &str) -> Self {
        Self::post(target).header("Content-Type: application/x-www-form-urlencoded").body(body)
    }

    pub(super) fn header(mut self, header: &str) -> Self {
        self.headers.push(header.to_owned());
        self
    }

    pub(super) fn body(mut self, body: &str) -> Self {
        self.body = body.as_bytes().to_vec();
        self
    }

    /// The same at another path, which starts with a slash.
    pub(super) fn at(mut self, target: &str) -> Self {
        target.clone_into(&mut self.target);
        self
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\nHost: localhost\r\n", self.method, self.target);
        for header in &self.headers {
            head.push_str(&format!("{header}\r\n"));
        }
        head.push_str(&format!("Content-Length: {}\r\n\r\n", self.body.len()));
        [head.as_bytes(), &self.body].concat()
    }
}

/// The method and the path, without anything that differs from run to run.
impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.target.split('?').next().unwrap_or_default())
    }
}

/// A connection that is kept open.
pub(super) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// Sends one request and reads one answer.
    pub(super) async fn send(&mut self, request: &Request) -> Answer {
        self.buffer.clear();
        let _ = self.stream.write_all(&request.to_bytes()).await;
        let whole = timeout(WATCHDOG, self.read_answer(request.method == "HEAD")).await;
        if whole.is_err() {
            self.buffer.extend_from_slice(b"<silence>");
        }
        Answer::new(&self.buffer)
    }

    async fn read_answer(&mut self, is_head: bool) {
        while !is_complete(&self.buffer, is_head) {
            match self.stream.read_buf(&mut self.buffer).await {
                Ok(0) | Err(_) => return self.buffer.extend_from_slice(b"<closed>"),
                Ok(_) => {}
            }
        }
    }
}

fn is_complete(bytes: &[u8], is_head: bool) -> bool {
    let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
    let Some((head, _)) = text.split_once("\r\n\r\n") else { return false };
    let body = bytes.len() - head.len() - 4;
    if head.contains("transfer-encoding: chunked") {
        return bytes.ends_with(b"0\r\n\r\n");
    }
    let length = head
        .split_once("content-length: ")
        .map_or("0", |(_, rest)| rest.lines().next().unwrap_or_default());
    is_head || body >= length.parse::<usize>().expect("a length is a number")
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Without the date.
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Answer {
    fn new(bytes: &[u8]) -> Self {
        let at = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap_or(bytes.len());
        let head = String::from_utf8_lossy(&bytes[..at]);
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        let lines = head.lines().filter(|line| !line.to_ascii_lowercase().starts_with("date:"));
        Self {
            status,
            head: lines.collect::<Vec<_>>().join("\n"),
            body: bytes[bytes.len().min(at + 4)..].to_vec(),
        }
    }

    /// The body as JSON, `null` where it is none.
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// HTTP status and code; 0 for no code.
    pub(super) fn verdict(&self) -> (u16, u64) {
        (self.status, self.json()["status"]["code"].as_u64().unwrap_or(0))
    }

    /// The hash that the answer hands out, empty where it hands out none.
    pub(super) fn hash(&self) -> String {
        self.json()["hash"].as_str().unwrap_or_default().to_owned()
    }
}
