//! Targets that behave like none: that say nothing, go away, speak of something else, ask to wait
//! for ever, or hand out what nobody would call a session.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::time::Duration;

use rstest::rstest;

use crate::support::folder::Folder;

use super::{
    FEW, Foreign, Habits, Incomplete, Inconclusive, Manner, Nonconformant, answer, answer_with,
    body, check, check_run, greeting, hold, judge_within_limits, raw, scripted, without_end,
};

const CLOSES: &str = "the target closes every connection";

/// What is said of each, whether it speaks before it is asked or afterwards.
const NO_HTTP: &str = "No connection brought an HTTP answer";
const ASKS_TO_WAIT: &str = "the target keeps asking to wait";

/// Closes with something left unread, which resets the connection.
fn reset(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.read_exact(&mut [0])
}

fn reset_after(stream: &mut TcpStream, start: &str) -> std::io::Result<()> {
    reset(stream)?;
    stream.write_all(start.as_bytes())
}

/// Says this, as servers of other protocols do, and waits.
fn banner(stream: &mut TcpStream, text: &[u8]) -> std::io::Result<()> {
    stream.write_all(text)?;
    hold(stream)
}

#[rstest]
#[case::closes_at_once(greeting(|_| Ok(())), CLOSES)]
#[case::resets(greeting(reset), CLOSES)]
#[case::closes_after_the_request(scripted(|_| Ok(())), CLOSES)]
#[case::ssh(greeting(|stream| banner(stream, b"SSH-2.0-OpenSSH_9.6\r\n")), NO_HTTP)]
#[case::smtp(greeting(|stream| banner(stream, b"220 mail.example ESMTP\r\n")), NO_HTTP)]
#[case::ftp(greeting(|stream| banner(stream, b"220 Welcome to FTP\r\n")), NO_HTTP)]
#[case::redis(raw("-ERR unknown command 'POST'\r\n"), NO_HTTP)]
#[case::tls(greeting(|stream| banner(stream, b"\x15\x03\x03\x00\x02\x02\x0a")), NO_HTTP)]
#[case::random(greeting(|stream| without_end(stream, &[0, 159, 146, 150, 13, 10, 255])), NO_HTTP)]
#[case::echo(scripted(|turn| { write!(turn.stream, "{} {} HTTP/1.1\r\n\r\n", turn.asked.method, turn.asked.target)?; turn.stream.write_all(&turn.asked.body) }), NO_HTTP)]
fn what_speaks_no_http_is_left_alone(#[case] manner: Manner, #[case] sentence: &str) {
    let ran = check(manner, &[], Inconclusive, sentence);
    assert_eq!(ran.checks("failed"), []);
    assert!(ran.report()["requests"].as_u64() < Some(120), "{}", ran.report()["requests"]);
}

/// Takes a request, says this, and then nothing more.
fn falls_silent(after: &'static str) -> Manner {
    scripted(move |turn| {
        turn.stream.write_all(after.as_bytes())?;
        hold(turn.stream)
    })
}

#[rstest]
#[case::says_nothing("")]
#[case::says_half_a_head("HTTP/1.1 200 OK\r\nContent-Ty")]
#[case::says_no_body("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")]
#[case::says_half_a_body("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"success\":")]
#[case::goes_on_for_ever("HTTP/1.1 100 Continue\r\n\r\n")]
fn what_never_answers_is_left_alone(#[case] after: &'static str) {
    let arguments = ["--timeout", "500ms"];
    let ran = check(falls_silent(after), &arguments, Inconclusive, "the target does not answer");
    assert_eq!(ran.checks("failed"), []);
    assert!(ran.report()["requests"].as_u64() < Some(30), "{}", ran.report()["requests"]);
}

fn page(status: &'static str, more: &'static str) -> Manner {
    scripted(move |turn| {
        let head = format!("HTTP/1.1 {status}\r\nContent-Type: text/html\r\n{more}");
        answer_with(turn, &head, b"<!doctype html><title>x</title><h1>Not here</h1>")
    })
}

/// What answers so has not shown a sign of the API, and may stand before a target that keeps it.
#[rstest]
#[case::challenge(page("401 Unauthorized", "WWW-Authenticate: Basic realm=\"x\"\r\n"), "401")]
#[case::gateway(page("502 Bad Gateway", ""), "502")]
#[case::unavailable(page("503 Service Unavailable", ""), "503")]
#[case::portal_that_wants_authentication(page("511 Network Authentication Required", ""), "511")]
#[case::captive_portal(page("200 OK", ""), "it is a page for people (HTTP 200)")]
#[case::challenge_of_a_proxy(
    page("407 Proxy Authentication Required", "Proxy-Authenticate: Basic\r\n"),
    "407"
)]
#[case::upgrade_required(page("426 Upgrade Required", "Upgrade: h2c\r\n"), "HTTP 426")]
#[case::redirect_to_itself(
    to_itself(),
    "it is a redirect to `/api-v2/panel/account/auth` (HTTP 307)"
)]
#[case::redirect_to_nowhere(
    page("302 Found", "Location: javascript:alert(1)\r\n"),
    "it is a redirect to `javascript:alert(1)` (HTTP 302)"
)]
#[case::redirect_without_a_place(page("301 Moved Permanently", ""), "HTTP 301")]
#[case::choices(page("300 Multiple Choices", ""), "HTTP 300")]
#[case::not_modified(raw("HTTP/1.1 304 Not Modified\r\n\r\n"), "HTTP 304")]
fn what_stands_in_front_of_a_target_is_not_held_against_it(
    #[case] manner: Manner,
    #[case] sentence: &str,
) {
    let ran = check(manner, &FEW, Inconclusive, sentence);
    assert_eq!(ran.checks("failed"), []);
}

fn to_itself() -> Manner {
    scripted(|turn| {
        let to = &turn.asked.target;
        let head = format!("HTTP/1.1 307 Temporary Redirect\r\nLocation: {to}\r\n");
        answer_with(turn, &head, b"")
    })
}

fn refusal() -> Manner {
    scripted(|turn| {
        let body = br#"{"success":false,"status":{"code":7,"description":"Invalid parameters"}}"#;
        answer(turn, "400 Bad Request", "application/json", body)
    })
}

fn echo() -> Manner {
    scripted(|turn| answer(turn, "200 OK", "application/json", &turn.asked.body.clone()))
}

const GRANTED: &str =
    r#"{"success":true,"hash":"0123456789abcdef0123456789abcdef","permissions":{}}"#;

#[rstest]
#[case::no_content(raw("HTTP/1.1 204 No Content\r\n\r\n"), "→ 204")]
#[case::everything_granted(body(GRANTED), "LO-ENDS · must")]
#[case::everything_refused(refusal(), "→ 400 (code 7)")]
#[case::echo(echo(), "expected a member `success`, got no such member")]
fn what_is_no_server_of_the_api_is_not_conformant(#[case] manner: Manner, #[case] sentence: &str) {
    check(manner, &FEW, Nonconformant, sentence);
}

#[test]
fn a_protocol_that_is_switched_to_is_no_api() {
    let manner = falls_silent(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    );
    let arguments = [&FEW[..], &["--timeout", "2s"]].concat();
    check(manner, &arguments, Inconclusive, "HTTP 101");
}

#[test]
fn a_redirect_leads_nobody_to_another_host() {
    let elsewhere = Foreign::start(Habits::default());
    let to = format!("{}/panel/account/auth", elsewhere.url());
    check(Manner::Redirect(to), &FEW, Inconclusive, "Redirects are not followed");
    assert_eq!(elsewhere.seen().len(), 0);
}

fn asks_to_wait(after: &'static str) -> Manner {
    scripted(move |turn| {
        let head = format!("HTTP/1.1 429 Too Many Requests\r\nRetry-After: {after}\r\n");
        answer_with(turn, &head, b"")
    })
}

#[rstest]
#[case::at_once("0")]
fn who_always_asks_to_wait_is_left_alone(#[case] after: &'static str) {
    let ran = check(asks_to_wait(after), &[], Inconclusive, ASKS_TO_WAIT);
    assert!(ran.report()["requests"].as_u64() < Some(60), "{}", ran.report()["requests"]);
}

#[rstest]
#[case::days("86400")]
#[case::ages("99999999999999999999999")]
#[case::negative("-1")]
#[case::a_date("Fri, 31 Dec 9999 23:59:59 GMT")]
#[case::no_time("\u{202e}soon")]
fn a_wait_of_ages_ends_with_the_deadline_of_the_run(#[case] after: &'static str) {
    let arguments = [&FEW[..], &["--deadline", "2s"]].concat();
    check(asks_to_wait(after), &arguments, Inconclusive, "UNJUDGED");
}

/// Whoever signs in is given this.
fn hands_out(members: impl Into<String>) -> Manner {
    let members = members.into();
    scripted(move |turn| {
        let (status, kind) = (turn.reply.status, turn.reply.kind);
        let is_sign_in = status == "200 OK" && turn.asked.target.ends_with("/auth");
        let granted = format!("{{\"success\":true,\"permissions\":{{}},{members}}}");
        let body = if is_sign_in { granted.into_bytes() } else { turn.reply.body.clone() };
        answer(turn, status, kind, &body)
    })
}

/// A list of hashes, or what else is made of many.
fn many(count: usize) -> String {
    let hashes: Vec<String> =
        (0..count).map(|number| format!("\"hash\":\"{number:032x}\"")).collect();
    hashes.join(",")
}

#[rstest]
#[case::equal_letters(format!("\"hash\":\"{}\"", "a".repeat(5000)))]
#[case::ten_kilobytes(format!("\"hash\":\"{}\"", "0123456789".repeat(1000)))]
#[case::a_thousand(many(1000))]
#[case::a_thousand_of_others(format!("{},\"all\":[{}]", many(1), many(1000).replace("\"hash\":", "")))]
#[case::null("\"hash\":null".to_owned())]
#[case::list("\"hash\":[\"0123456789abcdef0123456789abcdef\"]".to_owned())]
#[case::object("\"hash\":{\"value\":\"0123456789abcdef0123456789abcdef\"}".to_owned())]
#[case::number("\"hash\":12345678901234567890123456789012".to_owned())]
#[case::empty("\"hash\":\"\"".to_owned())]
#[case::blank("\"hash\":\" \"".to_owned())]
#[case::of_one_letter("\"hash\":\"e\"".to_owned())]
#[case::of_a_word("\"hash\":\"success\"".to_owned())]
#[case::with_line_breaks("\"hash\":\"0123456789abcdef\\r\\nX-Injected: yes\\r\\n\\r\\n\"".to_owned())]
#[case::with_quotes("\"hash\":\"01234567'89ab\\\"cdef`\\\\\"".to_owned())]
#[case::with_commands("\"hash\":\"$(touch /owned)`id`${HOME}0123456789\"".to_owned())]
#[case::with_markup("\"hash\":\"<script>alert('0123456789')</script>\"".to_owned())]
#[case::with_escapes("\"hash\":\"\\u001b[2J0123456789abcdef\\u0007\"".to_owned())]
#[case::with_nul("\"hash\":\"0123456789abcdef\\u0000\"".to_owned())]
#[case::with_half_a_pair("\"hash\":\"0123456789abcdef\\ud800\"".to_owned())]
#[case::in_another_script("\"hash\":\"Ключ-от-всех-дверей-0123\"".to_owned())]
#[case::token("\"token\":\"0123456789abcdef0123456789abcdef\"".to_owned())]
#[case::sentence("\"message\":\"Your session is 0123456789abcdef0123456789abcdef.\"".to_owned())]
fn whatever_is_handed_out_as_a_session_the_run_ends(#[case] members: String) {
    let ran = check(hands_out(members), &FEW, Nonconformant, "FAIL");
    assert!(ran.report()["requests"].as_u64() < Some(12), "{}", ran.report()["requests"]);
}

#[rstest]
#[case::hundred_kilobytes("0123456789".repeat(10_000))]
#[case::a_megabyte("0123456789abcdef".repeat(65_000))]
fn what_is_too_long_to_be_sent_back_is_held_against_nobody(#[case] hash: String) {
    let sentence = "yielded a value of more than the 65536 bytes that the suite sends";
    check(hands_out(format!("\"hash\":\"{hash}\"")), &FEW, Inconclusive, sentence);
}

#[rstest]
#[case::cookie("Set-Cookie: SESSION=0123456789abcdef0123456789abcdef; HttpOnly\r\n")]
#[case::header("X-Session: 0123456789abcdef0123456789abcdef\r\n")]
fn a_session_that_is_handed_out_in_a_head_is_no_hash(#[case] more: &'static str) {
    let manner = scripted(move |turn| {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{more}");
        answer_with(turn, &head, b"{\"success\":true,\"permissions\":{}}")
    });
    check(manner, &FEW, Nonconformant, "FAIL");
}

#[test]
fn a_server_that_dies_during_a_run_is_asked_no_more() {
    let server = Foreign::start(Habits { manner: Manner::DiesAt(40), ..Habits::default() });
    let arguments = ["--timeout", "2s"];
    check_run(&server, &arguments, Inconclusive, "stopped early: the target stopped answering");
}

/// The rest of the request is left unread, so that the connection is reset when it is closed. What
/// was sent before may get lost by that, or arrive.
#[rstest]
#[case::in_its_head(greeting(|stream| reset_after(stream, "HTTP/1.1 200 OK\r\nContent-Le")))]
#[case::in_its_body(greeting(|stream| reset_after(stream, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"success\":")))]
fn an_answer_that_is_reset_keeps_no_promise(#[case] manner: Manner) {
    let server = Foreign::start(Habits { manner, ..Habits::default() });
    let ran = judge_within_limits(&server, &Folder::new(), &FEW);
    assert!(matches!(ran.verdict(), "nonconformant" | "inconclusive"), "{}", ran.stdout);
    let sentences = ["the connection broke", "the connection ended before the body was complete"];
    assert!(sentences.iter().any(|sentence| ran.stdout.contains(sentence)), "{}", ran.stdout);
    assert_eq!(ran.count("must", "passed"), 0);
}

/// The next answer on the same connection is there before it is asked for.
#[rstest]
#[case::the_same(1)]
#[case::many(1000)]
fn answers_that_nobody_asked_for_are_not_taken_for_others(#[case] more: usize) {
    let manner = scripted(move |turn| {
        let body = String::from_utf8_lossy(&turn.reply.body).into_owned();
        let answer = format!(
            "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n{body}",
            turn.reply.status,
            turn.reply.kind,
            body.len()
        );
        turn.stream.write_all(answer.repeat(1 + more).as_bytes())?;
        hold(turn.stream)
    });
    check(manner, &FEW, Incomplete, "INCOMPLETE");
}

#[test]
fn a_connection_that_is_closed_without_notice_is_no_fault() {
    let manner = scripted(|turn| {
        let (length, body) = (turn.reply.body.len(), turn.reply.body.clone());
        write!(
            turn.stream,
            "HTTP/1.1 {}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n",
            turn.reply.status
        )?;
        turn.stream.write_all(&body)
    });
    check(manner, &FEW, Incomplete, "INCOMPLETE");
}

/// Each request gets the answer to the one before.
#[test]
fn an_answer_to_another_request_is_a_violation() {
    let last = Mutex::new(b"{}".to_vec());
    let manner = scripted(move |turn| {
        let mut last = last.lock().expect("no thread panics with the lock");
        let before = std::mem::replace(&mut *last, turn.reply.body.clone());
        answer(turn, "200 OK", "application/json", &before)
    });
    let arguments = [&FEW[..], &["--jobs", "1"]].concat();
    check(manner, &arguments, Nonconformant, "FAIL");
}

/// It takes connections, and needs a moment before it answers the first of them.
#[test]
fn a_server_that_starts_slowly_is_waited_for() {
    let manner = scripted(|turn| {
        if turn.number == 1 {
            std::thread::sleep(Duration::from_millis(700));
        }
        let (status, body) = (turn.reply.status, turn.reply.body.clone());
        answer(turn, status, "application/json", &body)
    });
    check(manner, &FEW, Incomplete, "INCOMPLETE");
}
