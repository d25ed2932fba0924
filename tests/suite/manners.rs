//! Manners towards a target, as the target sees them: nothing is left behind, nobody is hurried
//! or locked out, and the connection is made as it was asked for.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::Duration;

use panel_conformance::{BaseUrl, Fixtures, POLITE_RATE, Run, Target};
use rstest::rstest;

use crate::support::folder::Folder;
use crate::support::foreign_server::{Dealer, Foreign, Habits, Manner};
use crate::support::program::{Ran, command, judge, judge_in, wait_for};
use crate::support::report::read_report;

fn one_dealer(habits: Habits) -> Foreign {
    let dealer = |role, login: &str| Dealer {
        role,
        login: login.to_owned(),
        password: format!("{login}-Pass/wort"),
    };
    Foreign::start_with(habits, vec![dealer("dealer", "501"), dealer("second_dealer", "502")])
}

#[test]
fn no_session_is_left_behind_by_cases_that_fail() {
    let server = Foreign::start(Habits { says_yes: true, ..Habits::default() });
    let ran = server.judge(&[]);
    ran.expect(1, "nonconformant");
    assert!(server.issued().len() > 20);
    assert_eq!(server.open_sessions(), 0);
}

#[test]
fn an_interrupted_run_ends_in_good_order() {
    for signal in ["-INT", "-TERM"] {
        check_interrupted(signal);
    }
}

#[track_caller]
fn check_interrupted(signal: &str) {
    let latency = Duration::from_millis(10);
    let server = Foreign::start(Habits { latency, ..Habits::default() });
    let folder = Folder::new();
    let fixtures = folder.write("fixtures.json", &server.fixtures());
    let path = folder.path("report.json");
    let report = format!("json={path}");
    let mut process = command(&[&server.url(), "--fixtures", &fixtures, "--report", &report])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program can be started");
    server.wait_for(50);
    let kill =
        std::process::Command::new("kill").args([signal, &process.id().to_string()]).status();
    assert!(kill.expect("there is a kill").success());
    let status = process.wait().expect("it ends");

    assert_eq!(status.code(), Some(3), "{signal}");
    let report = read_report(&path).expect("the report is written all the same");
    assert_eq!(report["verdict"], "inconclusive");
    assert_eq!(report["stopped"], "the run was interrupted");
    assert_eq!(server.open_sessions(), 0, "{signal}");
    assert!(server.seen().len() < 120, "{} requests", server.seen().len());
    assert_eq!(folder.names(), ["fixtures.json", "report.json"]);
}

const NEAR_MISS: [&str; 2] = ["--case", "hashes/a-near-miss-is-refused"];

/// Holds a run of one dealer to a rate. A request goes out no sooner than its turn, however busy
/// the machine is, so that the whole run cannot take less than all turns.
#[track_caller]
fn check_spaced(ran: &Ran, server: &Foreign, interval: Duration) {
    let requests = server.seen().len() as u32;
    assert!(requests >= 9, "{requests}");
    let took = ran.report()["duration_ms"].as_f64().expect("a report has a duration");
    let least = interval * (requests - 1);
    assert!(took >= least.as_secs_f64() * 1e3, "{requests} in {took} ms");
}

#[test]
fn requests_of_one_dealer_are_spaced() {
    let server = one_dealer(Habits::default());
    let ran = server.judge(&[&["--rate", "20"], &NEAR_MISS[..]].concat());
    check_spaced(&ran, &server, Duration::from_millis(50));
}

#[rstest]
#[case::this_machine("http://localhost:8080/v2", 0.0)]
#[case::this_machine_by_number("http://[::1]:8080/v2", 0.0)]
#[case::another_machine("https://panel.example.test/v2", POLITE_RATE)]
fn only_this_machine_is_not_spared(#[case] url: &str, #[case] rate: f64) {
    let url = BaseUrl::parse(url).expect("it is a URL");
    assert_eq!(Run::of(Target::Url(url.into(), Fixtures::default())).settings.rate, rate);
}

#[test]
fn a_host_is_found_where_it_is_said_to_be_and_is_spared_by_default() {
    let server = one_dealer(Habits::default());
    let folder = Folder::new();
    let fixtures = folder.write("fixtures.json", &server.fixtures());
    let port = server.port();
    let url = format!("http://panel.example.test:{port}/api-v2");
    let resolve = format!("panel.example.test:{port}:127.0.0.1");
    let case = NEAR_MISS[1];
    let arguments = [&url, "--fixtures", &fixtures, "--resolve", &resolve, "--case", case];
    let ran = judge(&arguments);
    assert_eq!(ran.count("must", "failed") + ran.count("must", "unjudged"), 0);
    let seen = server.seen();
    assert_eq!(seen[0].asked.headers["host"], format!("panel.example.test:{port}"));
    check_spaced(&ran, &server, Duration::from_secs_f64(1.0 / POLITE_RATE));
}

#[test]
fn two_cases_never_use_one_dealer_at_a_time() {
    let server = one_dealer(Habits { latency: Duration::from_millis(5), ..Habits::default() });
    let folder = Folder::new();
    for name in ["a", "b", "c", "d", "e", "f"] {
        let step = |id: &str, call: &str, with: &str| {
            format!(
                "  - id: {id}\n    call: {call}\n    headers: {{ X-Case: {name} }}\n    with: {with}\n"
            )
        };
        let sign_in = "{ login: \"${dealer.login}\", password: \"${dealer.password}\" }";
        let hash = "{ hash: \"${sign-in.hash}\" }";
        let text = format!(
            "title: A dealer can be asked for in case {name}\nneeds: [dealer]\nsteps:\n{}{}    checks:\n      GP-SHAPE: {{ schema: permissions }}\n",
            step("sign-in", "auth", sign_in),
            step("ask", "get_permissions", hash),
        );
        folder.write(&format!("cases/{name}.yaml"), &text);
    }
    let cases = folder.path("cases");
    let ran = server.judge(&["--cases", &cases, "--no-builtin", "--jobs", "8"]);
    ran.expect(0, "conformant");
    // A case is over when the session it leaves open is logged out, which nobody asked for.
    let mut running: Option<String> = None;
    for seen in server.seen() {
        match seen.asked.headers.get("x-case") {
            Some(case) if running.is_none() => running = Some(case.clone()),
            Some(case) => assert_eq!(running.as_ref(), Some(case)),
            None => running = None,
        }
    }
    assert_eq!(server.seen().len(), 18);
    assert_eq!(server.open_sessions(), 0);
}

#[test]
fn every_request_says_who_asks_and_carries_the_headers_that_were_asked_for() {
    let server = one_dealer(Habits::default());
    let headers = ["--header", "X-Gateway: one", "--header", "accept: text/json"];
    server.judge(&[&NEAR_MISS[..], &headers].concat());
    let agent = format!("panel-conformance/{}", env!("CARGO_PKG_VERSION"));
    assert!(!server.seen().is_empty());
    for seen in server.seen() {
        assert_eq!(seen.asked.headers["user-agent"], agent);
        assert_eq!(seen.asked.headers["x-gateway"], "one");
        assert_eq!(seen.asked.headers["accept"], "text/json");
    }
}

#[test]
fn nobody_is_locked_out_by_wrong_passwords() {
    let server = Foreign::start(Habits::default());
    server.judge(&[]).expect(0, "conformant");
    let mut wrong: BTreeMap<String, usize> = BTreeMap::new();
    for seen in server.seen().iter().filter(|seen| seen.is_wrong_password) {
        *wrong.entry(seen.login.clone().unwrap_or_default()).or_default() += 1;
    }
    assert!(!wrong.is_empty());
    assert!(wrong.values().all(|count| *count <= 3), "{wrong:?}");
}

#[test]
fn a_proxy_is_used_where_one_is_named() {
    // A server that understands whole URLs is a proxy for itself.
    let proxy = one_dealer(Habits::default());
    let folder = Folder::new();
    let fixtures = folder.write("fixtures.json", &proxy.fixtures());
    let through = format!("http://127.0.0.1:{}", proxy.port());
    let url = "http://panel.example.test/api-v2";
    let ran = judge(&[
        url,
        "--fixtures",
        &fixtures,
        "--proxy",
        &through,
        "--rate",
        "0",
        "--case",
        NEAR_MISS[1],
    ]);
    assert!(ran.count("must", "passed") > 0);
    assert_eq!(ran.count("must", "failed") + ran.count("must", "unjudged"), 0);
    for seen in proxy.seen() {
        assert!(seen.asked.target.starts_with(url), "{}", seen.asked.target);
    }
}

#[test]
fn a_proxy_of_the_environment_does_not_catch_this_machine() {
    let proxy = one_dealer(Habits::default());
    let server = one_dealer(Habits::default());
    let folder = Folder::new();
    let fixtures = folder.write("fixtures.json", &server.fixtures());
    let through = format!("http://127.0.0.1:{}", proxy.port());
    let environment: Vec<(&str, &str)> =
        ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
            .map(|name| (name, through.as_str()))
            .into();
    let ran =
        judge_in(&environment, &[&server.url(), "--fixtures", &fixtures, "--case", NEAR_MISS[1]]);
    assert_eq!(ran.count("must", "unjudged"), 0);
    assert!(!server.seen().is_empty());
    assert!(proxy.seen().is_empty());
}

#[test]
fn a_target_without_tls_is_told_from_one_that_is_away() {
    let server = one_dealer(Habits::default());
    let folder = Folder::new();
    let fixtures = folder.write("fixtures.json", &server.fixtures());
    let url = server.url().replace("http:", "https:");
    let ran = judge(&[&url, "--fixtures", &fixtures, "--insecure"]);
    ran.expect(3, "inconclusive");
    let reasons = ran.checks("unjudged");
    let tells = |reason: &str| reason.contains("corrupt message") || reason.contains("tls");
    assert!(reasons.iter().any(|(_, reason)| tells(reason)), "{:?}", reasons.first());
}

#[test]
fn a_dead_proxy_is_named_without_its_credentials() {
    let folder = Folder::new();
    let server = one_dealer(Habits::default());
    let fixtures = folder.write("fixtures.json", &server.fixtures());
    let proxy = "http://user:Proxy-Pass@127.0.0.1:1";
    let url = "http://panel.example.test";
    let ran = judge(&[url, "--fixtures", &fixtures, "--proxy", proxy]);
    ran.expect(3, "inconclusive");
    assert!(ran.stdout.contains("the proxy `127.0.0.1:1` cannot be reached"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("Proxy-Pass"), "{}", ran.stdout);
}

#[test]
fn a_server_that_redirects_everything_is_asked_after() {
    let elsewhere = "https://elsewhere.example/login?next=Query-Part".to_owned();
    let server = one_dealer(Habits { manner: Manner::Redirect(elsewhere), ..Habits::default() });
    let ran = server.judge(&[]);
    ran.expect(3, "inconclusive");
    let expected = "no answer was one of the API: each time, it is a redirect to \
                    `https://elsewhere.example/login` (HTTP 302)";
    let reasons = ran.checks("unjudged");
    assert!(reasons.iter().all(|(_, reason)| reason == expected), "{reasons:#?}");
    let next = "Redirects are not followed: give the URL that it leads to, or see who sends you \
                away.";
    assert_eq!(ran.stdout.lines().last(), Some(next));
}

/// Nobody waits for the deadline of requests that a run would send no more.
#[test]
fn an_interrupted_run_does_not_wait_for_a_silent_target() {
    let server = one_dealer(Habits { manner: Manner::Silent, ..Habits::default() });
    let folder = Folder::new();
    let fixtures = folder.write("fixtures.json", &server.fixtures());
    let process = command(&[&server.url(), "--fixtures", &fixtures, "--timeout", "1h"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program can be started");
    server.wait_for(1);
    let kill =
        std::process::Command::new("kill").args(["-INT", &process.id().to_string()]).status();
    assert!(kill.expect("there is a kill").success());
    let ran = wait_for(process);

    assert_eq!(ran.status.code(), Some(3));
    let stderr = String::from_utf8_lossy(&ran.stderr);
    let told = "stopping: closing the sessions that were opened; once more to leave them\n";
    assert!(stderr.ends_with(told), "{stderr}");
    let stdout = String::from_utf8_lossy(&ran.stdout);
    assert_eq!(stdout.lines().last(), Some("Run it again to judge the rest."));
}
