//! Whatever a target does, and whoever asks for it, a run ends by itself, in bounded time, with the
//! right verdict and a sentence that names what happened.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rstest::rstest;

use crate::support::folder::Folder;
use crate::support::foreign_server::{Foreign, Habits, Instead, Manner, Seen};
use crate::support::program::{Ran, command, judge, wait_for};
use crate::support::report::read_report;

fn is_call(seen: &Seen, action: &str) -> bool {
    seen.asked.target.split('?').next().is_some_and(|path| path.ends_with(action))
}

fn auth(seen: &Seen) -> bool {
    is_call(seen, "/auth")
}

fn permissions(seen: &Seen) -> bool {
    is_call(seen, "/get_permissions")
}

fn logout(seen: &Seen) -> bool {
    is_call(seen, "/logout")
}

fn form(seen: &Seen) -> bool {
    seen.asked.headers.get("content-type").is_some_and(|kind| kind.contains("form-urlencoded"))
}

fn wrong_password(seen: &Seen) -> bool {
    seen.is_wrong_password
}

/// By chance, as far as anybody can tell.
fn one_in_eight(seen: &Seen) -> bool {
    fastrand::u8(..8) == 0 && !seen.asked.target.is_empty()
}

fn everything(_: &Seen) -> bool {
    true
}

fn judge_stumbling(over: fn(&Seen) -> bool, instead: Instead) -> (Ran, Foreign) {
    let server = Foreign::start(Habits { stumbles: Some((over, instead)), ..Habits::default() });
    let ran = server.judge(&["--timeout", "1s"]);
    (ran, server)
}

/// A few hangs are waited for, and no more; and a server that never answers a documented call does
/// not keep the contract.
#[rstest]
#[case::auth(auth, Instead::Silence, 1, "nonconformant")]
#[case::permissions(permissions, Instead::Silence, 1, "nonconformant")]
#[case::permissions_dripping(permissions, Instead::Drip, 1, "nonconformant")]
#[case::logout(logout, Instead::Silence, 1, "nonconformant")]
#[case::forms(form, Instead::Silence, 0, "conformant")]
#[case::wrong_passwords(wrong_password, Instead::Silence, 3, "inconclusive")]
#[case::everything(everything, Instead::Silence, 3, "inconclusive")]
#[case::everything_dripping(everything, Instead::Drip, 3, "inconclusive")]
fn a_call_that_is_never_answered_is_not_made_for_ever(
    #[case] over: fn(&Seen) -> bool,
    #[case] instead: Instead,
    #[case] code: i32,
    #[case] verdict: &str,
) {
    let (ran, server) = judge_stumbling(over, instead);
    ran.expect(code, verdict);
    let unanswered = server.seen().iter().filter(|seen| over(seen)).count();
    // Each time out costs a second, and some go out at once.
    assert!(unanswered <= 40, "{unanswered} requests");
}

#[test]
fn what_is_not_asked_any_more_is_told() {
    let (ran, server) = judge_stumbling(permissions, Instead::Silence);
    let why =
        "the target answers no calls of `get_permissions` within 1s, and is asked no more of them";
    assert!(ran.stdout.contains(&format!("stopped early: {why}")), "{}", ran.stdout);
    assert_eq!(server.open_sessions(), 0);
}

#[test]
fn a_target_that_hangs_by_chance_is_not_held_to_it() {
    let (ran, _) = judge_stumbling(one_in_eight, Instead::Silence);
    assert_eq!(ran.count("must", "failed"), 0, "{:?}", ran.checks("failed"));
    assert_eq!(ran.verdict(), "inconclusive");
}

#[rstest]
#[case::seconds("86400", "in 24 h, at 2")]
#[case::a_little_too_long("31", "in 31 s, at 2")]
#[case::absurd("99999999999999999999", "in 213503982334602 days")]
#[case::date("Fri, 31 Dec 9999 23:59:59 GMT", "in ")]
fn a_wait_that_is_too_long_ends_the_run_at_once(#[case] time: &'static str, #[case] told: &str) {
    let server = Foreign::start(Habits { manner: Manner::BusyFor(time), ..Habits::default() });
    let ran = server.judge(&[]);
    ran.expect(3, "inconclusive");
    let told = format!("stopped early: the target asks to come back {told}");
    assert!(ran.stdout.contains(&told), "{}", ran.stdout);
    let requests = server.seen().len();
    assert!(requests <= 8, "{requests} requests");
}

/// The other cases do not each try again.
#[test]
fn a_target_that_goes_on_asking_to_wait_is_given_up_once() {
    let server = Foreign::start(Habits { manner: Manner::BusyFor("-1"), ..Habits::default() });
    let started = Instant::now();
    let ran = server.judge(&[]);
    ran.expect(3, "inconclusive");
    assert!(
        ran.stdout.contains("stopped early: the target keeps asking to wait"),
        "{}",
        ran.stdout
    );
    assert!(server.seen().len() < 60, "{} requests", server.seen().len());
    assert!(started.elapsed() < Duration::from_secs(60));
}

#[test]
fn a_deadline_cuts_off_what_is_under_way_and_holds_it_against_nobody() {
    let server = Foreign::start(Habits {
        stumbles: Some((permissions, Instead::Silence)),
        ..Habits::default()
    });
    let started = Instant::now();
    let ran = server.judge(&["--timeout", "1h", "--deadline", "2s"]);
    ran.expect(3, "inconclusive");
    assert!(started.elapsed() < Duration::from_secs(60));
    assert_eq!(ran.report()["stopped_by"]["deadline"]["limit_ms"], 2000);
    assert_eq!(ran.count("must", "failed"), 0);
    let reasons = ran.checks("unjudged");
    assert!(reasons.iter().any(|(_, why)| why == "the run took longer than 2s"), "{reasons:?}");
    assert_eq!(server.open_sessions(), 0);
}

/// What cannot be closed is told.
#[test]
fn sessions_that_may_be_open_still_are_counted() {
    let server =
        Foreign::start(Habits { stumbles: Some((logout, Instead::Silence)), ..Habits::default() });
    let case = "sessions/*";
    let arguments = ["--timeout", "1h", "--deadline", "2s", "--case", case];
    let ran = server.judge(&arguments);
    let left = ran.report()["open_sessions"].as_u64().expect("some are left");
    assert!(left >= 1);
    let told = format!("Up to {left} session");
    assert!(ran.stdout.contains(&told), "{}", ran.stdout);
}

#[cfg(unix)]
fn signal(process: &std::process::Child, name: &str) {
    let kill = Command::new("kill").args([name, &process.id().to_string()]).status();
    assert!(kill.expect("there is a kill").success());
}

/// Whether answers hang or the reader of a report does.
#[cfg(unix)]
#[rstest]
#[case::interrupted("-INT")]
#[case::terminated("-TERM")]
#[case::hung_up("-HUP")]
fn a_run_that_is_asked_to_end_does_though_nobody_answers_or_reads(#[case] name: &str) {
    let server = Foreign::start(Habits {
        stumbles: Some((permissions, Instead::Silence)),
        ..Habits::default()
    });
    let folder = Folder::new();
    let fixtures = folder.write("fixtures.json", &server.fixtures());
    let pipe = folder.path("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("there is a mkfifo").success());
    let (to_pipe, report) = (format!("html={pipe}"), folder.path("report.json"));
    let to_file = format!("json={report}");
    let url = server.url();
    let arguments =
        [url.as_str(), "--fixtures", &fixtures, "--report", &to_pipe, "--report", &to_file];
    let process = command(&[&arguments[..], &["--timeout", "1h"]].concat())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program can be started");
    server.wait_for(8);
    signal(&process, name);
    let ran = wait_for(process);
    let stderr = String::from_utf8_lossy(&ran.stderr);
    assert!(stderr.contains("stopping: closing the sessions"), "{stderr}");
    assert!(
        stderr.ends_with(&format!("cannot write the html report `{pipe}`: nobody reads it\n")),
        "{stderr}"
    );
    assert_eq!(ran.status.code(), Some(2));
    let report = read_report(&report).expect("the other report is written");
    assert_eq!(report["stopped_by"], "interrupted");
    assert_eq!(server.open_sessions(), 0);
}

/// A listener is somebody else's code as much as a check is ours.
#[test]
fn a_bug_of_the_suite_in_one_case_leaves_the_others_judged() {
    use panel_conformance::{Event, Run, Suite, Target, never};
    let suite = Suite::load(&Default::default()).expect("it is in order");
    let run = Run::of(Target::Embedded(panel_conformance::Behaviour::FAULTLESS));
    let listener = |event: Event<'_>| {
        if let Event::CaseFinished("logout/ends-the-session") = event {
            panic!("a bug");
        }
    };
    let runtime = tokio::runtime::Runtime::new().expect("there is a runtime");
    let findings = runtime.block_on(run.play(&suite, never().1, &listener)).expect("it is judged");
    assert!(findings.suite_failed());
    let failed: Vec<&str> = findings
        .checks
        .iter()
        .filter(|check| check.outcome.reason().is_some())
        .map(|check| check.case.as_str())
        .filter(|case| !case.is_empty())
        .collect();
    assert!(failed.contains(&"logout/ends-the-session"));
    assert!(findings.counts.must.passed > 100);
    assert_eq!(findings.counts.must.failed, 0);
}

/// Requests leave no sooner than in their turn, however busy the machine is, so that a run takes no
/// less than all its turns, those that wait before they go out at once included.
#[test]
fn a_run_takes_the_time_that_its_rate_asks_for() {
    let server = Foreign::start_with(Habits::default(), vec![dealer("dealer", "501")]);
    let folder = Folder::new();
    let fixtures = folder.write("fixtures.json", &server.fixtures());
    let cases = ["--case", "auth/gives-every-session-a-hash-of-its-own"];
    let url = server.url();
    let ran =
        judge(&[&[url.as_str(), "--fixtures", &fixtures, "--rate", "5"][..], &cases].concat());
    let requests = server.seen().len();
    assert!(requests > 8, "{requests}");
    // Whatever the order, a second holds five of them.
    let least = 1000.0 * ((requests - 1) / 5) as f64;
    let took = ran.report()["duration_ms"].as_f64().expect("a report has a duration");
    assert!(took >= least, "{requests} in {took} ms");
}

fn dealer(role: &'static str, login: &str) -> crate::support::foreign_server::Dealer {
    let (login, password) = (login.to_owned(), format!("{login}-Pass/wort"));
    crate::support::foreign_server::Dealer { role, login, password }
}

/// Whoever waits is served when others have gone.
#[cfg(unix)]
#[test]
fn the_reference_server_outlives_more_connections_than_it_can_hold() {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::TcpStream;
    let line = "ulimit -n 24; exec \"$0\" serve --listen 127.0.0.1:0";
    let mut process = Command::new("sh")
        .args(["-c", line, env!("CARGO_BIN_EXE_panel-conformance")])
        .stdout(Stdio::piped())
        .spawn()
        .expect("there is a shell");
    let mut told = String::new();
    let stdout = process.stdout.take().expect("it is piped");
    BufReader::new(stdout).read_line(&mut told).expect("it says where it listens");
    let address = told.split("http://").nth(1).and_then(|rest| rest.split(' ').next());
    let address = address.expect("the line names the address");
    let connect = || TcpStream::connect(address).expect("the system holds them meanwhile");
    let crowd: Vec<TcpStream> = (0..60).map(|_| connect()).collect();
    let mut last = connect();
    last.write_all(b"GET /panel/account/logout HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .expect("it is taken");
    drop(crowd);
    let mut answer = String::new();
    last.read_to_string(&mut answer).expect("it is answered");
    signal(&process, "-TERM");
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    assert_eq!(process.wait().expect("it ends").code(), Some(0));
}
