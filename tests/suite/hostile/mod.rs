//! Targets that mean no good, or know no better: whatever they do, a run ends by itself, in little
//! memory, with the right verdict and a sentence that names what happened.
//!
//! A target is a row of a table: what it does, how the run ends, and the sentence. `heads` are about
//! what stands before a body, `bodies` about the body, `behaviour` about everything else.

mod behaviour;
mod bodies;
mod heads;

use std::io::{Result, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use panel_conformance::FORMATS;

use crate::support::folder::Folder;
use crate::support::foreign_server::{Foreign, Greeting, Habits, Manner, Script, Turn};
use crate::support::program::{Limits, Ran, command, finish_within};
use crate::support::report::read_report;

/// Whatever a target sends, a run needs less memory, and ends in less time: nothing of it depends
/// on how fast a machine is but that it is not stuck.
const LIMITS: Limits = Limits { time: Duration::from_secs(120), memory: 150 * 1024 * 1024 };

/// What is sent where the rest adds nothing.
const FEW: [&str; 4] = ["--case", "auth/opens-a-session", "--case", "logout/ends-the-session"];

/// How a run ends.
#[derive(Clone, Copy, PartialEq)]
enum Ends {
    /// All that was selected was kept, which is not all.
    Incomplete,
    Nonconformant,
    Inconclusive,
}
use Ends::{Incomplete, Inconclusive, Nonconformant};

impl Ends {
    fn code_and_verdict(self) -> (i32, &'static str) {
        match self {
            Incomplete => (4, "incomplete"),
            Nonconformant => (1, "nonconformant"),
            Inconclusive => (3, "inconclusive"),
        }
    }
}

/// Judges a target, and holds the run to what holds of every run.
#[track_caller]
fn check(manner: Manner, arguments: &[&str], ends: Ends, sentence: &str) -> Ran {
    let server = Foreign::start(Habits { manner, ..Habits::default() });
    check_run(&server, arguments, ends, sentence)
}

#[track_caller]
fn check_run(server: &Foreign, arguments: &[&str], ends: Ends, sentence: &str) -> Ran {
    let folder = Folder::new();
    let ran = judge_within_limits(server, &folder, arguments);
    // Anything may stand in it, and has been shown harmless.
    let shown = ran.stdout.replace(|character: char| character.is_control(), " ");
    let words: Vec<&str> = shown.split_whitespace().collect();
    let told = words.join(" ");
    let (code, verdict) = ends.code_and_verdict();
    ran.expect(code, verdict);
    assert!(told.contains(sentence), "`{sentence}` is not in:\n{}", ran.stdout);
    let is_harmless = |character: char| character == '\n' || !character.is_control();
    assert!(ran.stdout.chars().all(is_harmless), "{:?}", ran.stdout);
    for name in folder.names().iter().filter(|name| *name != "fixtures.json") {
        let report = std::fs::read_to_string(folder.path(name)).expect("a report is UTF-8");
        assert_no_secret(server, name, &report);
    }
    assert_no_secret(server, "stdout", &ran.stdout);
    assert_no_secret(server, "stderr", &ran.stderr);
    ran
}

/// Judges a server, with every report that there is.
#[track_caller]
fn judge_within_limits(server: &Foreign, folder: &Folder, arguments: &[&str]) -> Ran {
    let fixtures = folder.write("fixtures.json", &server.fixtures());
    let reports: Vec<String> = FORMATS
        .iter()
        .map(|format| format!("{}={}", format.name, folder.path(format.name)))
        .collect();
    let url = server.url();
    let mut all = vec!["run", url.as_str(), "--fixtures", fixtures.as_str()];
    all.extend(arguments);
    all.extend(reports.iter().flat_map(|report| ["--report", report.as_str()]));
    let mut command = command(&all);
    // Nothing is to be broken into lines.
    command.env("COLUMNS", "100000");
    let (ran, peak) = finish_within(command, &LIMITS);
    assert!(peak.is_none_or(|peak| peak < LIMITS.memory), "it had {peak:?} bytes");
    Ran { report: read_report(&folder.path("json")), ..ran }
}

#[track_caller]
fn assert_no_secret(server: &Foreign, place: &str, text: &str) {
    for secret in server.passwords().into_iter().chain(server.issued()) {
        assert!(!text.contains(&secret), "a secret stands in {place}: {text:.2000}");
    }
}

/// Sends these bytes for every answer.
fn raw(bytes: impl Into<Vec<u8>>) -> Manner {
    let bytes = bytes.into();
    scripted(move |turn| turn.stream.write_all(&bytes))
}

/// Sends this head for every answer, and the usual body.
fn head(head: &'static str) -> Manner {
    scripted(move |turn| {
        turn.stream.write_all(head.as_bytes())?;
        turn.stream.write_all(&turn.reply.body)
    })
}

/// Sends this JSON text for every answer, with the right length.
fn body(body: impl Into<Vec<u8>>) -> Manner {
    let body = body.into();
    scripted(move |turn| answer(turn, "200 OK", "application/json", &body))
}

/// Puts these members into every answer.
fn member(member: impl Into<String>) -> Manner {
    let member = member.into();
    scripted(move |turn| {
        let body = with_member(&turn.reply.body, &member);
        let (status, kind) = (turn.reply.status, turn.reply.kind);
        answer(turn, status, kind, &body)
    })
}

/// Says this to whoever connects.
fn greeting(greeting: Greeting) -> Manner {
    Manner::Greeting(greeting)
}

fn scripted(script: impl Fn(&mut Turn<'_>) -> Result<()> + Send + Sync + 'static) -> Manner {
    let script: Script = Arc::new(script);
    Manner::Scripted(script)
}

/// Sends a whole answer.
fn answer(turn: &mut Turn<'_>, status: &str, kind: &str, body: &[u8]) -> Result<()> {
    answer_with(turn, &format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n"), body)
}

/// Sends a whole answer whose head starts like this.
fn answer_with(turn: &mut Turn<'_>, head: &str, body: &[u8]) -> Result<()> {
    let length = body.len();
    write!(turn.stream, "{head}Connection: close\r\nContent-Length: {length}\r\n\r\n")?;
    turn.stream.write_all(body)
}

/// A JSON object with a member more, at its end; anything else stays as it is.
fn with_member(body: &[u8], member: &str) -> Vec<u8> {
    match body.trim_ascii_end().strip_suffix(b"}") {
        Some(open) => [open, b",", member.as_bytes(), b"}"].concat(),
        None => body.to_vec(),
    }
}

/// Sends something again and again, until the client has had enough.
fn without_end(stream: &mut TcpStream, piece: &[u8]) -> Result<()> {
    let pieces = piece.repeat(8192 / piece.len().max(1) + 1);
    loop {
        stream.write_all(&pieces)?;
    }
}

/// Says nothing until the client goes away.
fn hold(stream: &mut TcpStream) -> Result<()> {
    std::io::copy(&mut &*stream, &mut std::io::sink()).map(|_| ())
}
