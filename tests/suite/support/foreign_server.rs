//! Another implementation of the three actions, with other habits than the reference server's:
//! plain threads, HTTP written by hand, chunked bodies on connections that are closed, UUIDs for
//! hashes, code 102 for a wrong password and 3 for every hash, HTML for what it does not know.
//!
//! It keeps the contract, so that the suite has to find it conformant; it can also misbehave
//! below the contract, and it writes down whatever it is asked. Knows nothing of the suite.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use crate::support::program::{self, Folder, judge, read_report};

/// The part of the URL before `/panel`.
const BASE: &str = "/api-v2";

/// What the server does with an answer below the contract.
#[derive(Clone, Default)]
pub(crate) enum Manner {
    /// Sends it.
    #[default]
    Usual,
    /// Takes requests and never answers.
    Silent,
    /// Stops listening, and closes every connection, from this request on.
    DiesAt(usize),
    /// Sends everybody elsewhere.
    Redirect(String),
    /// A small gzip that becomes 8 MiB.
    GzipBomb,
    /// A body without an end.
    Endless,
    /// Brackets in brackets.
    Deep,
    /// Promises more than comes.
    CutShort,
    /// Sends more than it promises.
    WrongLength,
    /// No HTTP.
    Garbage,
    /// 429, always.
    Busy,
    /// 429 for the request with this number, which is to come back after a second.
    BusyOnce(usize),
}

/// How the server differs from itself.
#[derive(Clone, Default)]
pub(crate) struct Habits {
    pub(crate) manner: Manner,
    /// Whether only POST is served.
    pub(crate) post_only: bool,
    /// Whether `success` is a text, which breaks nearly every promise.
    pub(crate) says_yes: bool,
    /// Whether every answer repeats all secrets, in all spellings.
    pub(crate) echoes: bool,
    /// What every answer says besides, in its body and in a header; not changed by anything.
    pub(crate) adds: Option<String>,
    /// How long every answer takes.
    pub(crate) latency: Duration,
}

/// The hash that its operator supplies.
pub(crate) const SUPPLIED_HASH: &str = "00000000-1111-4222-8333-444444444444";

/// A dealer of the server.
#[derive(Clone)]
pub(crate) struct Dealer {
    pub(crate) role: &'static str,
    pub(crate) login: String,
    pub(crate) password: String,
}

/// A request as it arrived.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    pub(crate) method: String,
    /// As in the request line.
    pub(crate) target: String,
    /// Names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

/// A request and what the server made of it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) at: Instant,
    pub(crate) asked: Asked,
    /// The login that was tried.
    pub(crate) login: Option<String>,
    /// The hash that was handed out.
    pub(crate) issued: Option<String>,
    /// Whether the password of an account was wrong.
    pub(crate) is_wrong_password: bool,
}

#[derive(Default)]
struct State {
    seen: Vec<Seen>,
    /// Hash to login, for sessions that live.
    sessions: BTreeMap<String, String>,
    issued: Vec<String>,
    held: Vec<TcpStream>,
    is_dead: bool,
}

struct Shared {
    habits: Habits,
    dealers: Vec<Dealer>,
    address: SocketAddr,
    state: Mutex<State>,
    changed: Condvar,
}

/// A running server; it stops when it is dropped.
pub(crate) struct Foreign(Arc<Shared>);

impl Foreign {
    pub(crate) fn start(habits: Habits) -> Foreign {
        let dealer = |role, login: &str, password: &str| Dealer {
            role,
            login: login.to_owned(),
            password: password.to_owned(),
        };
        let dealers = vec![
            dealer("dealer", "31001", "Erste&Wahl=7 é+"),
            dealer("second_dealer", "31002", "zWeit/er%41\"x\""),
            dealer("minimal_dealer", "klein@haus.example", "Weniger1st#mehr"),
            dealer("blocked_dealer", "31004", "Zu!Spaet<2>"),
        ];
        Foreign::start_with(habits, dealers)
    }

    pub(crate) fn start_with(habits: Habits, dealers: Vec<Dealer>) -> Foreign {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let (state, changed) = Default::default();
        let shared = Arc::new(Shared { habits, dealers, address, state, changed });
        let for_thread = Arc::clone(&shared);
        std::thread::spawn(move || accept(listener, &for_thread));
        Foreign(shared)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}{BASE}", self.0.address)
    }

    pub(crate) fn port(&self) -> u16 {
        self.0.address.port()
    }

    /// The fixtures file of its operator.
    pub(crate) fn fixtures(&self) -> String {
        let mut fixtures = Map::new();
        for Dealer { role, login, password } in &self.0.dealers {
            let one = json!({"login": login, "password": password});
            let all = fixtures.entry(*role).or_insert_with(|| json!([]));
            all.as_array_mut().expect("it is a list").push(one);
        }
        let session = json!({"hash": SUPPLIED_HASH});
        fixtures.insert("expired_session".to_owned(), session.clone());
        fixtures.insert("user_session".to_owned(), session);
        Value::Object(fixtures).to_string()
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.0.state().seen.clone()
    }

    /// The sessions that nobody ended.
    pub(crate) fn open_sessions(&self) -> usize {
        self.0.state().sessions.len()
    }

    /// Every hash that was handed out.
    pub(crate) fn issued(&self) -> Vec<String> {
        self.0.state().issued.clone()
    }

    /// Waits until so many requests have come.
    pub(crate) fn wait_for(&self, requests: usize) {
        let limit = Duration::from_secs(60);
        let waiting = |state: &mut State| state.seen.len() < requests;
        let (_state, result) = self
            .0
            .changed
            .wait_timeout_while(self.0.state(), limit, waiting)
            .expect("no thread panics with the lock");
        assert!(!result.timed_out(), "{requests} requests did not come");
    }

    /// Judges it with its own fixtures.
    #[track_caller]
    pub(crate) fn judge(&self, arguments: &[&str]) -> program::Ran {
        let folder = Folder::new();
        let fixtures = folder.write("fixtures.json", &self.fixtures());
        let url = self.url();
        let mut all = vec!["run", url.as_str(), "--fixtures", fixtures.as_str()];
        all.extend(arguments);
        judge(&all)
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        self.0.die();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no thread panics with the lock")
    }

    fn die(&self) {
        let mut state = self.state();
        state.held.clear();
        if !std::mem::replace(&mut state.is_dead, true) {
            drop(state);
            // Wakes the thread that accepts; it need not succeed when the thread is awake.
            let _ = TcpStream::connect(self.address);
        }
    }
}

fn accept(listener: TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.state().is_dead {
            return;
        }
        let Ok(stream) = stream else { continue };
        let shared = Arc::clone(shared);
        // A client that goes away is its own business.
        std::thread::spawn(move || serve(stream, &shared).ok());
    }
}

/// One request, one answer, one connection.
fn serve(mut stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let Some(asked) = read_request(&stream)? else { return Ok(()) };
    let (number, answer) = shared.answer(asked);
    let manner = &shared.habits.manner;
    if shared.state().is_dead {
        return Ok(());
    }
    match manner {
        Manner::DiesAt(limit) if number >= *limit => shared.die(),
        Manner::Silent => shared.state().held.push(stream),
        Manner::Garbage => stream.write_all(b"SSH-2.0-OpenSSH_9.6\r\nhello\r\n\r\n")?,
        Manner::Redirect(to) => {
            let head = format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n");
            stream.write_all(head.as_bytes())?;
        }
        Manner::GzipBomb => write_whole(&mut stream, "content-encoding: gzip\r\n", &bomb())?,
        Manner::Endless => write_endless(&mut stream)?,
        Manner::Deep => write_whole(&mut stream, "", "[".repeat(200_000).as_bytes())?,
        Manner::CutShort => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")?;
            stream.write_all(&answer.body)?;
        }
        Manner::WrongLength => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n")?;
            stream.write_all(&answer.body)?;
        }
        Manner::Busy => write_busy(&mut stream, 0)?,
        Manner::BusyOnce(at) if number == *at => write_busy(&mut stream, 1)?,
        _ => write_answer(&mut stream, &answer)?,
    }
    Ok(())
}

fn read_request(stream: &TcpStream) -> std::io::Result<Option<Asked>> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Some(Asked { method, target, headers, body }))
}

/// What is sent back, before it is written.
struct Reply {
    status: &'static str,
    kind: &'static str,
    body: Vec<u8>,
    more: String,
    has_body: bool,
}

fn write_answer(stream: &mut TcpStream, reply: &Reply) -> std::io::Result<()> {
    let Reply { status, kind, more, .. } = reply;
    // In pieces of odd sizes, all written at once.
    let mut text = format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\nx-served-by: foreign\r\n{more}content-type: {kind}\r\n\
         transfer-encoding: chunked\r\ndate: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\n"
    )
    .into_bytes();
    if reply.has_body {
        for piece in reply.body.chunks(41) {
            text.extend(format!("{:x};odd=yes\r\n", piece.len()).bytes());
            text.extend(piece);
            text.extend(b"\r\n");
        }
        text.extend(b"0\r\n\r\n");
    }
    stream.write_all(&text)
}

fn write_whole(stream: &mut TcpStream, more: &str, body: &[u8]) -> std::io::Result<()> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\nConnection: close\r\n{more}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)
}

fn write_endless(stream: &mut TcpStream) -> std::io::Result<()> {
    stream
        .write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"success\": true, \"x\": \"")?;
    // Until the reader has had enough.
    loop {
        stream.write_all(&[b'x'; 8192])?;
    }
}

fn write_busy(stream: &mut TcpStream, seconds: u8) -> std::io::Result<()> {
    let head = format!(
        "HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\nRetry-After: {seconds}\r\nContent-Length: 0\r\n\r\n"
    );
    stream.write_all(head.as_bytes())
}

fn bomb() -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..8 {
        encoder.write_all(&vec![b' '; 1024 * 1024]).expect("memory takes it");
    }
    encoder.finish().expect("memory takes it")
}

impl Shared {
    /// Notes a request and answers it; returns its number, from 1.
    fn answer(&self, asked: Asked) -> (usize, Reply) {
        std::thread::sleep(self.habits.latency);
        let at = Instant::now();
        let mut state = self.state();
        let mut seen = Seen { at, asked, login: None, issued: None, is_wrong_password: false };
        let is_answered = !matches!(
            self.habits.manner,
            Manner::Silent | Manner::Redirect(_) | Manner::Garbage | Manner::Busy
        ) && !matches!(self.habits.manner, Manner::BusyOnce(at) if at == state.seen.len() + 1);
        let mut reply = match is_answered {
            true => self.route(&mut state, &mut seen),
            false => page("503 Service Unavailable"),
        };
        reply.has_body = seen.asked.method != "HEAD";
        if self.habits.echoes {
            self.echo(&state, &mut reply);
        }
        if let Some(text) = &self.habits.adds {
            add(text, &mut reply);
        }
        state.seen.push(seen);
        self.changed.notify_all();
        (state.seen.len(), reply)
    }

    fn route(&self, state: &mut State, seen: &mut Seen) -> Reply {
        let target = seen.asked.target.clone();
        // A proxy is asked with the whole URL.
        let target = match target.split_once("://") {
            Some((_, rest)) => &rest[rest.find('/').unwrap_or(rest.len())..],
            None => &target,
        };
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let path = path.strip_suffix('/').unwrap_or(path);
        let action = path.strip_prefix(BASE).and_then(|path| path.strip_prefix("/panel/account/"));
        let is_post = seen.asked.method == "POST";
        let serves_get = !self.habits.post_only && seen.asked.method == "GET";
        match action {
            Some("auth") if is_post => self.auth(state, seen, query),
            Some("get_permissions") if is_post || serves_get => {
                match session(state, &seen.asked, query) {
                    Ok((_, login)) => self.grant(json!({"permissions": self.permissions(&login)})),
                    Err(reply) => reply,
                }
            }
            Some("logout") if is_post || serves_get => match session(state, &seen.asked, query) {
                Ok((hash, _)) => {
                    state.sessions.remove(&hash);
                    self.grant(json!({"goodbye": null}))
                }
                Err(reply) => reply,
            },
            Some("auth" | "get_permissions" | "logout") => page("405 Method Not Allowed"),
            _ => page("404 Not Found"),
        }
    }

    fn auth(&self, state: &mut State, seen: &mut Seen, query: &str) -> Reply {
        let given = match parameters(&seen.asked, query) {
            Ok(given) => given,
            Err(reply) => return reply,
        };
        let mut errors = Vec::new();
        let mut text = |name: &str| match given.get(name).and_then(Value::as_str) {
            Some(text) if !text.is_empty() => text.to_owned(),
            _ => {
                errors.push(json!({"parameter": name, "error": "is wanted", "since": 2}));
                String::new()
            }
        };
        let (login, password) = (text("login"), text("password"));
        if !errors.is_empty() {
            return refuse("400 Bad Request", 7, json!({"errors": errors}));
        }
        seen.login = Some(login.clone());
        let Some(dealer) = self.dealers.iter().find(|dealer| dealer.login == login) else {
            return refuse("400 Bad Request", 12, json!({}));
        };
        if dealer.password != password {
            seen.is_wrong_password = true;
            return refuse("400 Bad Request", 102, json!({}));
        }
        if dealer.role == "blocked_dealer" {
            return refuse("403 Forbidden", 11, json!({}));
        }
        let hash = uuid();
        state.sessions.insert(hash.clone(), login.clone());
        state.issued.push(hash.clone());
        seen.issued = Some(hash.clone());
        self.grant(json!({"permissions": self.permissions(&login), "hash": hash}))
    }

    fn grant(&self, members: Value) -> Reply {
        let mut body = json!({"revision": [4, {"of": "foreign"}]});
        body.as_object_mut()
            .expect("it is an object")
            .extend(members.as_object().cloned().unwrap_or_default());
        body["success"] = if self.habits.says_yes { json!("yes") } else { json!(true) };
        reply("200 OK", &body)
    }

    fn permissions(&self, login: &str) -> Value {
        match self.dealers.iter().find(|dealer| dealer.login == login).map(|dealer| dealer.role) {
            Some("dealer") => {
                json!({"trackers": ["read", "paint"], "moon": ["visit"], "users": []})
            }
            Some("second_dealer") => json!({"users": ["read", "update"], "trackers": ["read"]}),
            _ => json!({}),
        }
    }

    /// Repeats every secret in every spelling and place.
    fn echo(&self, state: &State, reply: &mut Reply) {
        let passwords = self.dealers.iter().map(|dealer| dealer.password.clone());
        let last = state.issued.iter().rev().take(2).cloned();
        let secrets: Vec<String> = passwords.chain(last).collect();
        let mut echo = Map::new();
        for secret in &secrets {
            echo.extend(crate::redaction::spellings(secret));
            let percent =
                percent_encoding::utf8_percent_encode(secret, percent_encoding::NON_ALPHANUMERIC);
            write!(
                reply.more,
                "x-echo: you said {secret}, did you?\r\nlocation: https://elsewhere.example/{percent}?hash={percent}\r\n\
                 set-cookie: SESSION={percent}; path=/\r\nwww-authenticate: Basic {}\r\n",
                crate::redaction::base64(&format!("31001:{secret}"))
            )
            .expect("memory takes it");
        }
        let Ok(Value::Object(mut body)) = serde_json::from_slice(&reply.body) else {
            let text: Vec<String> =
                echo.iter().map(|(name, value)| format!("<p>{name}: {value}</p>")).collect();
            reply.body.extend(text.concat().bytes());
            return;
        };
        if let Some(status) = body.get_mut("status") {
            status["description"] = Value::from(format!("not this: {}", secrets.join(" or ")));
        }
        body.insert("echo".to_owned(), Value::Object(echo));
        // Escaped as no serialiser would, but as JSON allows.
        let escaped = crate::redaction::json_escapes(&secrets.join(" "));
        let text = Value::Object(body).to_string();
        reply.body =
            format!("{},\"escaped\":\"{escaped}\"}}", &text[..text.len() - 1]).into_bytes();
    }
}

/// Says something wherever an answer has room for it.
fn add(text: &str, reply: &mut Reply) {
    write!(reply.more, "x-added: {text}\r\n").expect("memory takes it");
    match serde_json::from_slice(&reply.body) {
        Ok(Value::Object(mut body)) => {
            if let Some(status) = body.get_mut("status") {
                status["description"] = json!(text);
            }
            body.insert("permissions".to_owned(), json!([text]));
            body.insert(text.to_owned(), json!(text));
            reply.body = Value::Object(body).to_string().into_bytes();
        }
        _ => reply.body.extend(text.bytes()),
    }
}

fn parameters(asked: &Asked, query: &str) -> Result<Map<String, Value>, Reply> {
    let mut given = pairs(query);
    let kind = asked.headers.get("content-type").map_or("", String::as_str);
    if kind.starts_with("application/x-www-form-urlencoded") {
        given.extend(pairs(&String::from_utf8_lossy(&asked.body)));
    } else if !asked.body.trim_ascii().is_empty() {
        match serde_json::from_slice(&asked.body) {
            Ok(Value::Object(members)) => given.extend(members),
            _ => return Err(refuse("400 Bad Request", 5, json!({}))),
        }
    }
    if let Some(hash) = asked.headers.get("authorization").and_then(|v| v.strip_prefix("NVX ")) {
        given.entry("hash").or_insert_with(|| json!(hash));
    }
    Ok(given)
}

fn pairs(text: &str) -> Map<String, Value> {
    let decode = |text: &str| {
        let text = text.replace('+', " ");
        percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned()
    };
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (decode(name), Value::from(decode(value)))).collect()
}

/// The hash and the login of the session that a request belongs to.
fn session(state: &State, asked: &Asked, query: &str) -> Result<(String, String), Reply> {
    let given = parameters(asked, query)?;
    let hash = given.get("hash").and_then(Value::as_str).unwrap_or_default();
    match state.sessions.get(hash) {
        Some(login) => Ok((hash.to_owned(), login.clone())),
        None => Err(refuse("400 Bad Request", 3, json!({}))),
    }
}

fn refuse(status: &'static str, code: i64, more: Value) -> Reply {
    let mut body = json!({"hint": "see the manual", "success": false});
    body["status"] = json!({"description": "No.", "severity": "high", "code": code});
    body.as_object_mut()
        .expect("it is an object")
        .extend(more.as_object().cloned().unwrap_or_default());
    reply(status, &body)
}

fn reply(status: &'static str, body: &Value) -> Reply {
    let body = format!("\n  {body:#}\n").into_bytes();
    let kind = "application/json ; charset=utf-8";
    Reply { status, kind, body, more: String::new(), has_body: true }
}

fn page(status: &'static str) -> Reply {
    let body = format!("<!doctype html><title>{status}</title><h1>{status}</h1>").into_bytes();
    Reply { status, kind: "text/html", body, more: String::new(), has_body: true }
}

fn uuid() -> String {
    let (high, low) = (fastrand::u64(..), fastrand::u64(..));
    let text = format!("{high:016x}{low:016x}");
    let parts = [&text[..8], &text[8..12], &text[13..16], &text[17..20], &text[20..]];
    format!("{}-{}-4{}-a{}-{}", parts[0], parts[1], parts[2], parts[3], parts[4])
}

#[test]
fn another_implementation_with_other_habits_is_conformant() {
    let server = Foreign::start(Habits::default());
    let ran = server.judge(&[]);
    ran.expect(0, "conformant");
    assert_eq!(ran.count("must", "failed") + ran.count("must", "unjudged"), 0);
    assert_eq!(ran.count("should", "unjudged"), 0, "{:#?}", ran.checks("unjudged"));
    assert_eq!(server.open_sessions(), 0);
}

#[test]
fn a_server_that_serves_post_only_fails_what_get_requires_and_nothing_else() {
    let server = Foreign::start(Habits { post_only: true, ..Habits::default() });
    let ran = server.judge(&["--level", "must"]);
    ran.expect(1, "nonconformant");
    let mut failed: Vec<String> = ran
        .checks("failed")
        .iter()
        .map(|check| check.0.rsplit(' ').next().unwrap_or_default().to_owned())
        .collect();
    failed.sort();
    failed.dedup();
    assert_eq!(failed, ["M-LOGOUT-GET", "M-PERM-GET", "M-SAME", "T-QUERY-HASH-GET"]);
}

/// Judges a server that misbehaves, and holds the report to what every report keeps.
#[track_caller]
fn check(manner: Manner, arguments: &[&str], code: i32, verdict: &str) -> program::Ran {
    let server = Foreign::start(Habits { manner, ..Habits::default() });
    let folder = Folder::new();
    let report = folder.path("kept.json");
    let mut all = arguments.to_vec();
    let kept = format!("json={report}");
    all.extend(["--report", &kept]);
    let ran = server.judge(&all);
    ran.expect(code, verdict);
    let again = program::run(&["rejudge", &report]);
    assert!(again.stdout.starts_with("nothing changed"), "{}", again.stdout);
    assert_eq!(again.code, code, "{}", again.stdout);
    assert_eq!(read_report(&report).as_ref(), Some(ran.report()));
    ran
}

#[test]
fn a_redirect_is_not_followed() {
    let elsewhere = Foreign::start(Habits::default());
    let to = format!("{}/panel/account/auth", elsewhere.url());
    let ran = check(Manner::Redirect(to), &[], 1, "nonconformant");
    assert!(elsewhere.seen().is_empty());
    assert_eq!(ran.count("must", "passed"), 0, "{:#?}", ran.checks("passed"));
}

#[test]
fn a_compressed_bomb_is_not_inflated() {
    let ran = check(Manner::GzipBomb, &["--case", "auth/*"], 3, "inconclusive");
    let reasons = ran.checks("unjudged");
    let about = |reason: &str| reason.contains("larger than 1048576 bytes");
    assert!(reasons.iter().any(|(_, reason)| about(reason)), "{reasons:#?}");
}

#[test]
fn a_body_without_end_is_not_read_to_its_end() {
    let ran = check(Manner::Endless, &["--case", "auth/*"], 3, "inconclusive");
    assert!(ran.took < Duration::from_secs(30), "{:?}", ran.took);
}

#[test]
fn brackets_in_brackets_overflow_nothing() {
    let ran = check(Manner::Deep, &["--case", "auth/*"], 1, "nonconformant");
    assert!(ran.count("must", "failed") > 0);
}

#[test]
fn an_answer_that_is_cut_short_is_a_violation() {
    check(Manner::CutShort, &["--case", "auth/*"], 1, "nonconformant");
}

#[test]
fn an_answer_with_a_wrong_length_is_a_violation() {
    check(Manner::WrongLength, &["--case", "auth/*"], 1, "nonconformant");
}

#[test]
fn what_is_no_http_is_no_answer() {
    let ran = check(Manner::Garbage, &[], 3, "inconclusive");
    assert_eq!(ran.checks("failed"), []);
    assert_eq!(ran.report()["stopped"], "the target closes every connection");
}

#[test]
fn a_server_that_always_asks_to_wait_is_left_alone() {
    let ran = check(Manner::Busy, &[], 3, "inconclusive");
    assert_eq!(ran.checks("failed"), []);
    assert_eq!(ran.report()["stopped"], "the target keeps asking to wait");
    assert!(ran.report()["requests"].as_u64() < Some(60), "{}", ran.report()["requests"]);
}

#[test]
fn a_server_that_asks_to_wait_once_is_waited_for() {
    let server = Foreign::start(Habits { manner: Manner::BusyOnce(1), ..Habits::default() });
    let ran = server.judge(&["--case", "auth/opens-a-session"]);
    assert_eq!(ran.count("must", "failed") + ran.count("must", "unjudged"), 0);
    let seen = server.seen();
    assert_eq!(seen[0].asked.body, seen[1].asked.body);
    assert!(seen[1].at - seen[0].at >= Duration::from_secs(1));
}
