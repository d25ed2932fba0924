//! Another implementation of the three actions, with other habits than the reference server's:
//! plain threads, HTTP written by hand, chunked bodies on connections that are closed, UUIDs for
//! hashes, code 102 for a wrong password and 3 for every hash, HTML for what it does not know.
//!
//! It keeps the contract, so that the suite has to find it conformant; it can also misbehave
//! below the contract, and it writes down whatever it is asked. Knows nothing of the suite.

mod answer;
mod wire;

use std::collections::BTreeMap;
use std::io::Result;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use super::folder::Folder;
use super::program::{Ran, judge};

pub(crate) use answer::Reply;

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
    /// Brackets in brackets, which are never closed.
    Deep,
    /// A member that is nested so deep, in every answer.
    DeepMember(usize),
    /// So many headers more.
    ManyHeaders(usize),
    /// A header of so many bytes.
    LongHeader(usize),
    /// Hints before the answer, a header that goes on in the next line, blanks before a colon, and
    /// the content type a second time.
    OddHead,
    /// Promises more than comes.
    CutShort,
    /// Sends more than it promises.
    WrongLength,
    /// Closes a connection after so many answers, without a word of it.
    ClosesAfter(usize),
    /// No HTTP.
    Garbage,
    /// 429, always.
    Busy,
    /// 429, always, with this `Retry-After`.
    BusyFor(&'static str),
    /// 429 for the request with this number, which is to come back after a second.
    BusyOnce(usize),
    /// Whatever a script makes of it.
    Scripted(Script),
    /// Whatever a script says to a connection, before anything is read from it.
    Greeting(Greeting),
}

/// Sends an answer in its own way; the connection is closed when it is over.
pub(crate) type Script = Arc<dyn Fn(&mut Turn<'_>) -> Result<()> + Send + Sync>;

/// Speaks to whoever connects; the connection is closed when it is over.
pub(crate) type Greeting = fn(&mut TcpStream) -> Result<()>;

/// A request that waits for its answer.
pub(crate) struct Turn<'a> {
    pub(crate) stream: &'a mut TcpStream,
    pub(crate) asked: &'a Asked,
    /// The number of the request, from 1.
    pub(crate) number: usize,
    /// What would be answered.
    pub(crate) reply: Reply,
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
    /// What it answers to a granted sign-in instead, with the hash for `HASH`: a header, if any, and
    /// the body.
    pub(crate) hands_out: Option<(&'static str, &'static str)>,
    /// How long every answer takes.
    pub(crate) latency: Duration,
    /// Over which requests it stumbles, and what it answers then.
    pub(crate) stumbles: Option<Stumble>,
}

/// Over which requests a server stumbles, and what it answers then.
pub(crate) type Stumble = (fn(&Seen) -> bool, Instead);

/// What is answered instead of the answer.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Instead {
    /// An error of the server in the documented form.
    ErrorSix,
    /// A page of this status.
    Page(&'static str),
    /// A redirect to a page for signing in.
    Redirect,
    /// The same under HTTP 200.
    Ok,
    /// Half of it.
    Half,
    /// Nothing, ever.
    Silence,
    /// The head, and then a byte now and then.
    Drip,
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
        std::thread::spawn(move || wire::accept(listener, &for_thread));
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

    pub(crate) fn passwords(&self) -> Vec<String> {
        self.0.dealers.iter().map(|dealer| dealer.password.clone()).collect()
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
    pub(crate) fn judge(&self, arguments: &[&str]) -> Ran {
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
