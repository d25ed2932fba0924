//! Verdicts and exit codes, on the built program: one test per way a run can end.

use std::net::TcpListener;

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::folder::Folder;
use crate::support::foreign_server::{Foreign, Habits, Manner};
use crate::support::program::{Ran, judge, judge_in, run, run_in};
use crate::support::project::suite;
use crate::support::served::{Served, demo_fixtures};

/// Fixtures for the reference server with accounts of ours.
const FIXTURES: &str = r#"
dealer: [{login: "1", password: "eins-Zwei3"}, {login: "2", password: "zwei+Drei4"}]
second_dealer: {login: "3", password: "drei/Vier5"}
minimal_dealer: {login: "4", password: "vier Fünf6"}
blocked_dealer: {login: "5", password: "fünf&Sechs7"}
"#;

/// Where nobody listens. Servers of other tests are on other addresses of this machine.
fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.77:0").expect("a port is free");
    format!("http://{}", listener.local_addr().expect("it is bound"))
}

/// Every planned check has one outcome, and the counts add up.
#[track_caller]
fn check_conservation(ran: &Ran) {
    let suite = suite();
    let planned: Vec<String> = suite
        .cases
        .iter()
        .flat_map(|case| case.steps.iter().map(move |step| (case, step)))
        .flat_map(|(case, step)| {
            step.checks
                .iter()
                .map(move |check| format!("{} {} {}", case.id, step.id, check.requirement))
        })
        .collect();
    let checks = ran.report()["checks"].as_array().expect("a report has checks");
    let judged: Vec<String> = checks
        .iter()
        .map(|check| {
            let word = |name: &str| check[name].as_str().unwrap_or_default();
            format!("{} {} {}", word("case"), word("step"), word("requirement"))
        })
        .collect();
    assert_eq!(judged, planned);
    for level in ["must", "should", "may"] {
        for outcome in ["passed", "failed", "unjudged", "skipped"] {
            let of = |check: &&Value| check["level"] == level && check["outcome"] == outcome;
            let counted = checks.iter().filter(of).count() as u64;
            assert_eq!(ran.count(level, outcome), counted, "{level} {outcome}");
        }
    }
    let cases = ran.report()["cases"].as_array().expect("a report has cases");
    assert_eq!(cases.len(), suite.cases.len());
}

#[test]
fn the_embedded_server_is_conformant() {
    let ran = judge(&[]);
    ran.expect(0, "conformant");
    check_conservation(&ran);
    assert_eq!(ran.report()["target"]["embedded"], true);
}

#[test]
fn the_reference_server_in_another_process_is_conformant() {
    let folder = Folder::new();
    let fixtures = folder.write("fixtures.yaml", FIXTURES);
    let server = Served::start(&["--fixtures", &fixtures]);
    let ran = judge(&["run", &server.url, "--fixtures", &fixtures]);
    ran.expect(0, "conformant");
    check_conservation(&ran);
}

#[rstest]
#[case("logout-ends-nothing", "LO-ENDS")]
#[case("any-password-accepted", "AUTH-WRONGPW")]
#[case("error-success-true", "AUTH-NOLEAK")]
fn a_broken_server_is_nonconformant(#[case] fault: &str, #[case] requirement: &str) {
    let folder = Folder::new();
    let fixtures = folder.write("fixtures.yaml", FIXTURES);
    let server = Served::start(&["--fixtures", &fixtures, "--fault", fault]);
    let ran = judge(&[&server.url, "--fixtures", &fixtures]);
    ran.expect(1, "nonconformant");
    check_conservation(&ran);
    let failed = ran.checks("failed");
    assert!(failed.iter().any(|(name, _)| name.ends_with(requirement)), "{failed:#?}");
}

#[test]
fn a_recommendation_decides_only_when_asked_to() {
    let server = Served::start(&["--fault", "hash-with-dashes"]);
    let folder = Folder::new();
    let fixtures = demo_fixtures(&folder);
    let arguments = [server.url.as_str(), "--fixtures", &fixtures];
    let ran = judge(&arguments);
    ran.expect(0, "conformant");
    assert!(ran.count("should", "failed") > 0);
    let strictly = judge(&[&arguments[..], &["--strict"]].concat());
    strictly.expect(1, "nonconformant");
    assert_eq!(strictly.report()["strict"], true);
}

#[test]
fn a_target_where_nobody_listens_is_inconclusive_at_once() {
    let folder = Folder::new();
    let fixtures = folder.write("fixtures.yaml", FIXTURES);
    let ran = judge(&[&nobody(), "--fixtures", &fixtures]);
    ran.expect(3, "inconclusive");
    check_conservation(&ran);
    assert_eq!(ran.report()["stopped"], "the target cannot be reached");
    assert!(ran.report()["requests"].as_u64() <= Some(8), "{}", ran.report()["requests"]);
    assert_eq!(ran.checks("failed"), []);
    let reasons = ran.checks("unjudged");
    assert!(reasons.iter().any(|(_, reason)| reason.contains("refused")), "{reasons:#?}");
    assert!(!reasons.iter().any(|(_, reason)| reason.contains("the record")), "{reasons:#?}");
}

#[test]
fn a_target_that_speaks_no_tls_is_asked_for_by_its_scheme() {
    let server = Served::start(&[]);
    let folder = Folder::new();
    let fixtures = demo_fixtures(&folder);
    let url = server.url.replace("http:", "https:");
    let ran = judge(&[&url, "--fixtures", &fixtures, "--insecure"]);
    ran.expect(3, "inconclusive");
    let expected = "The target does not speak TLS there; is it http:// rather than https://?";
    assert_eq!(ran.stdout.lines().last(), Some(expected));
}

#[test]
fn a_target_that_dies_half_way_is_inconclusive() {
    let server = Foreign::start(Habits { manner: Manner::DiesAt(60), ..Habits::default() });
    let ran = server.judge(&[]);
    ran.expect(3, "inconclusive");
    check_conservation(&ran);
    assert_eq!(ran.report()["stopped"], "the target stopped answering");
    assert!(ran.count("must", "passed") > 0);
    assert_eq!(ran.count("must", "failed"), 0);
    assert!(ran.report()["requests"].as_u64() < Some(80), "{}", ran.report()["requests"]);
}

#[test]
fn a_silent_target_is_inconclusive_soon() {
    let server = Foreign::start(Habits { manner: Manner::Silent, ..Habits::default() });
    let ran = server.judge(&["--timeout", "300ms"]);
    ran.expect(3, "inconclusive");
    check_conservation(&ran);
    assert_eq!(ran.report()["stopped"], "the target does not answer");
    assert!(server.seen().len() <= 12, "{} requests", server.seen().len());
    let reasons = ran.checks("unjudged");
    assert!(reasons.iter().any(|(_, reason)| reason.contains("within 300ms")), "{reasons:#?}");
}

#[test]
fn a_run_beyond_its_deadline_is_inconclusive() {
    let server = Foreign::start(Habits::default());
    let ran =
        server.judge(&["--rate", "0.5", "--deadline", "1s", "--case", "logout/ends-the-session"]);
    ran.expect(3, "inconclusive");
    assert_eq!(ran.report()["stopped"], "the run took longer than 1s");
    // The next but one would have had its turn after four seconds.
    assert!(server.seen().len() <= 3, "{} requests", server.seen().len());
    assert_eq!(server.open_sessions(), 0);
}

#[test]
fn a_missing_fixture_leaves_the_run_incomplete_and_is_named() {
    let server = Foreign::start(Habits::default());
    let folder = Folder::new();
    let mut fixtures: Value = serde_json::from_str(&server.fixtures()).expect("it is JSON");
    fixtures.as_object_mut().expect("it is an object").remove("blocked_dealer");
    let fixtures = folder.write("fixtures.json", &fixtures.to_string());
    let arguments = ["run", &server.url(), "--fixtures", &fixtures];
    let ran = judge(&arguments);
    ran.expect(4, "incomplete");
    check_conservation(&ran);
    let skipped = ran.checks("skipped");
    let expected = "fixture `blocked_dealer` is missing: supply a dealer who is blocked, with the right \
                    password in a fixtures file, or set PANEL_BLOCKED_DEALER_LOGIN and \
                    PANEL_BLOCKED_DEALER_PASSWORD";
    assert!(skipped.iter().all(|(_, reason)| reason == expected), "{skipped:#?}");
    judge(&[&arguments[..], &["--allow-incomplete"]].concat()).expect(0, "incomplete");

    let blocked =
        [("PANEL_BLOCKED_DEALER_LOGIN", "31004"), ("PANEL_BLOCKED_DEALER_PASSWORD", "Zu!Spaet<2>")];
    judge_in(&blocked, &arguments).expect(0, "conformant");
}

/// Where all have the same password, nobody can be tried with that of another.
#[rstest]
#[case::that_is_missing(None)]
#[case::that_tells_nothing_apart(Some("gleich+Gleich1"))]
fn an_optional_fixture_is_not_needed_for_a_verdict(#[case] minimal: Option<&str>) {
    let dealer = |login: &str| json!({"login": login, "password": "gleich+Gleich1"});
    let mut fixtures = json!({
        "dealer": dealer("1"), "second_dealer": dealer("2"), "blocked_dealer": dealer("3"),
    });
    if let Some(login) = minimal {
        fixtures["minimal_dealer"] = dealer(login);
    }
    let folder = Folder::new();
    let fixtures = folder.write("fixtures.json", &fixtures.to_string());
    let server = Served::start(&["--fixtures", &fixtures]);
    let ran = judge(&[&server.url, "--fixtures", &fixtures]);
    ran.expect(0, "conformant");
    check_conservation(&ran);
    assert_eq!(ran.count("must", "skipped"), 0);
    assert!(ran.count("should", "skipped") > 0);
    judge(&[&server.url, "--fixtures", &fixtures, "--strict"]).expect(4, "incomplete");
}

#[test]
fn without_any_fixture_a_run_says_what_it_needs() {
    let server = Foreign::start(Habits::default());
    let ran = judge(&[&server.url()]);
    ran.expect(4, "incomplete");
    let skipped = ran.checks("skipped");
    assert!(skipped.iter().any(|(_, why)| why.contains("PANEL_DEALER_PASSWORD")), "{skipped:#?}");
}

/// Nothing that is skipped anyway makes up for a target that is away.
#[test]
fn a_target_that_is_away_is_inconclusive_also_without_fixtures() {
    judge(&[&nobody(), "--allow-incomplete"]).expect(3, "inconclusive");
}

#[test]
fn a_filter_that_leaves_nothing_proves_nothing() {
    let filter = ["--case", "logout/*", "--skip", "log*"];
    let ran = judge(&filter);
    ran.expect(4, "incomplete");
    check_conservation(&ran);
    assert_eq!(ran.report()["requests"], 0);
    judge(&[&filter[..], &["--allow-incomplete"]].concat()).expect(0, "incomplete");
}

/// A mistyped password is no fault of the target, and may lock the dealer out.
#[test]
fn a_dealer_who_cannot_sign_in_is_left_alone_and_named() {
    let server = Foreign::start(Habits::default());
    let folder = Folder::new();
    let fixtures = server.fixtures().replace("Erste&Wahl", "Mistyped");
    let fixtures = folder.write("fixtures.json", &fixtures);
    let ran = judge(&[&server.url(), "--fixtures", &fixtures]);
    ran.expect(3, "inconclusive");
    check_conservation(&ran);
    assert_eq!(ran.count("must", "failed"), 0, "{:#?}", ran.checks("failed"));
    let expected = "the target refused `31001` at every sign-in, with code 102: either login or password of \
                    fixture `dealer` is wrong, or the target refuses one whom it has to admit";
    let reasons = ran.checks("unjudged");
    assert!(reasons.iter().any(|(_, reason)| reason == expected), "{reasons:#?}");
    let tried = server.seen().iter().filter(|seen| seen.login.as_deref() == Some("31001")).count();
    assert_eq!(tried, 3);
}

/// A command that is refused before anything is sent.
#[track_caller]
fn check_refused(arguments: &[&str], expected: &[&str]) {
    let server = Foreign::start(Habits::default());
    let folder = Folder::new();
    let fixtures = folder.write("good.json", &server.fixtures());
    let url = server.url();
    let mut all: Vec<&str> = arguments.to_vec();
    for argument in &mut all {
        match *argument {
            "URL" => *argument = &url,
            "GOOD" => *argument = &fixtures,
            _ => {}
        }
    }
    let ran = run(&all);
    assert_eq!(ran.code, 2, "{}{}", ran.stdout, ran.stderr);
    for text in expected {
        assert!(ran.stderr.contains(text), "{text} is not in: {}", ran.stderr);
    }
    assert_eq!(ran.stdout, "");
    assert!(server.seen().is_empty());
}

#[rstest]
#[case::no_scheme(&["localhost:8080"], &["`localhost:8080` cannot be judged", "put http:// before it"])]
#[case::no_command(&["servee", "--fault", "x"], &["`servee` is neither a command nor a URL; did you mean `serve`?"])]
#[case::two_urls(&["URL", "extra"], &["`extra` cannot be judged: it has no scheme; put http:// before it"])]
#[case::command_behind_a_url(&["URL", "check"], &["`check` is no URL; as a command it stands first"])]
#[case::fixtures_without_url(&["--fixtures", "GOOD"], &["--fixtures is for a target of yours; give its URL"])]
#[case::fixtures_that_are_not_there(&["run", "--fixtures", "/no/such"], &["--fixtures is for a target of yours"])]
#[case::idle_case(
    &["URL", "--fixtures", "GOOD", "--case", "auth/*", "--case", "logut/*", "--allow-incomplete"],
    &["--case: no case matches `logut/*`; did you mean `logout/*`?"]
)]
#[case::folder_of_cases(&["URL", "--case", "logout"], &["no case matches `logout`; did you mean `logout/*`?"])]
#[case::idle_skip(
    &["URL", "--skip", "logout/ends-the-sesion"],
    &["--skip: no case matches `logout/ends-the-sesion`; did you mean `logout/ends-the-session`?"]
)]
#[case::excluded_requirement(&["URL", "--requirement", "T-TLS"], &["the requirement `T-TLS` is excluded: "])]
#[case::other_scheme(&["ftp://x"], &["the scheme `ftp` is not http or https"])]
#[case::unknown_option(&["URL", "--verry"], &["unexpected argument '--verry'"])]
#[case::unknown_format(&["URL", "--report", "jsn=x"], &["there is no report format `jsn`", "did you mean `json`?"])]
#[case::no_path(&["URL", "--report", "json"], &["`json` is not FORMAT=PATH", "json=report.json"])]
#[case::no_folder(
    &["URL", "--fixtures", "GOOD", "--report", "json=/no/such/folder/x.json"],
    &["the folder of the report `/no/such/folder/x.json` does not exist"]
)]
#[case::folder(&["URL", "--fixtures", "GOOD", "--report", "json=/"], &["the report `/` is a folder"])]
#[case::unknown_requirement(
    &["URL", "--fixtures", "GOOD", "--requirement", "LO-END"],
    &["there is no requirement `LO-END`", "did you mean `LO-ENDS`?"]
)]
#[case::bad_glob(&["URL", "--fixtures", "GOOD", "--case", "a[b"], &["`a[b` is not a pattern"])]
#[case::no_fixtures_file(&["URL", "--fixtures", "/no/such.yaml"], &["cannot read the fixtures `/no/such.yaml`"])]
#[case::zero_timeout(&["URL", "--timeout", "0s"], &["it is zero"])]
#[case::bad_timeout(&["URL", "--timeout", "soon"], &["write it like 10s or 500ms"])]
#[case::bad_rate(&["URL", "--rate", "-3"], &["write requests per second, such as 5; 0 is unlimited"])]
#[case::bad_level(&["URL", "--level", "shall"], &["write must, should or may"])]
#[case::no_jobs(&["URL", "--jobs", "0"], &["0 is not in 1..=256"])]
#[case::bad_header(&["URL", "--header", "nothing"], &["a --header has no name; write 'Name: value'"])]
#[case::bad_header_name(&["URL", "--fixtures", "GOOD", "--header", "a b: c"], &["`a b` is not a header"])]
#[case::length_of_the_body(
    &["URL", "--fixtures", "GOOD", "--header", "Content-Length: 3"],
    &["the header `Content-Length` cannot be added: HTTP itself says how a request travels"]
)]
#[case::framing(
    &["URL", "--fixtures", "GOOD", "--header", "transfer-encoding: chunked"],
    &["the header `transfer-encoding` cannot be added"]
)]
#[case::type_of_the_body(
    &["URL", "--fixtures", "GOOD", "--header", "Content-Type: text/plain"],
    &["the header `Content-Type` cannot be added: cases say what a body is"]
)]
#[case::codings(
    &["URL", "--fixtures", "GOOD", "--header", "Accept-Encoding: br"],
    &["the header `Accept-Encoding` cannot be added: the suite asks for what it can decode"]
)]
#[case::bad_proxy(&["URL", "--fixtures", "GOOD", "--proxy", "::"], &["cannot use the proxy", "write it like"])]
#[case::bad_resolve(&["URL", "--fixtures", "GOOD", "--resolve", "a:b"], &["`a:b` is not host:port:address"])]
#[case::no_certificates(
    &["URL", "--fixtures", "GOOD", "--ca-cert", "/no/such.pem"],
    &["cannot use the certificates of `/no/such.pem`", "No such file"]
)]
#[case::no_certificate_in_it(
    &["URL", "--fixtures", "GOOD", "--ca-cert", "GOOD"],
    &["cannot use the certificates of", "there is no certificate in PEM form in it"]
)]
#[case::no_cases(&["URL", "--cases", "/no/such/cases"], &["cannot read `/no/such/cases`"])]
fn what_is_asked_wrongly_is_explained_and_nothing_is_sent(
    #[case] arguments: &[&str],
    #[case] expected: &[&str],
) {
    check_refused(arguments, expected);
}

#[test]
fn a_broken_fixtures_file_is_shown_with_the_place_and_the_remedy() {
    let folder = Folder::new();
    let text = "dealer:\n  login: 20410\n  pasword: x\nblocked: {}\n";
    let fixtures = folder.write("fixtures.yaml", text);
    let ran = run(&["http://127.0.0.1:9", "--fixtures", &fixtures]);
    assert_eq!(ran.code, 2);
    for expected in [
        "fixtures.yaml:2:10",
        "the login is not a text",
        "fixtures.yaml:3:3",
        "`dealer` has no member `pasword`",
        "fixtures.yaml:4:1",
        "`blocked` is not a fixture",
        "4 mistakes in 1 file",
    ] {
        assert!(ran.stderr.contains(expected), "{expected} is not in: {}", ran.stderr);
    }
}

#[test]
fn half_a_pair_in_the_environment_is_explained() {
    let ran = run_in(&[("PANEL_DEALER_LOGIN", "1")], &["http://127.0.0.1:9"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("`PANEL_DEALER_LOGIN` is set but `PANEL_DEALER_PASSWORD` is not"));
}

/// Of several dealers, each of its own variables, every one is signed in as.
#[test]
fn the_environment_supplies_a_list() {
    let environment = [
        ("PANEL_DEALER_LOGIN", "1"),
        ("PANEL_DEALER_PASSWORD", "eins-Zwei3"),
        ("PANEL_DEALER_2_LOGIN", "2"),
        ("PANEL_DEALER_2_PASSWORD", "zwei+Drei4"),
    ];
    let folder = Folder::new();
    let fixtures = folder.write("fixtures.yaml", FIXTURES);
    let server = Served::start(&["--fixtures", &fixtures]);
    let ran = judge_in(&environment, &[&server.url, "--case", "[el]*/*", "--jobs", "4"]);
    assert_eq!(ran.checks("failed"), []);
    let requests = ran.report()["cases"].to_string();
    for token in ["«dealer.password»", "«dealer[2].password»"] {
        assert!(requests.contains(token), "nobody signs in with {token}");
    }
    let ran = run_in(&environment[..3], &[&server.url]);
    assert_eq!(ran.code, 2);
    let expected = "`PANEL_DEALER_2_LOGIN` is set but `PANEL_DEALER_2_PASSWORD` is not";
    assert!(ran.stderr.contains(expected), "{}", ran.stderr);
    assert!(run(&["--help"]).stdout.contains("PANEL_DEALER_2_LOGIN"));
}

#[test]
fn a_report_to_a_device_leaves_the_device_alone() {
    let ran = run(&["--case", "routing/an-unknown-action*", "--report", "json=/dev/null"]);
    assert_eq!(ran.code, 4, "{}", ran.stderr);
    let kind = std::fs::metadata("/dev/null").expect("it is there").file_type();
    assert!(!kind.is_file());
}

#[test]
fn a_report_to_standard_output_is_the_report() {
    let ran = run(&["-q", "--case", "routing/an-unknown-action*", "--report", "json=-"]);
    let start = ran.stdout.find('{').expect("there is a report");
    let mut values = serde_json::Deserializer::from_str(&ran.stdout[start..]).into_iter::<Value>();
    let report = values.next().expect("there is one").expect("it is JSON");
    assert_eq!(report["verdict"], "incomplete");
}

/// On GitHub annotations are written by themselves, once, and never into another report.
#[rstest]
#[case::to_a_person(&[], 1, 0)]
#[case::as_a_report(&["--report", "github=-"], 1, 0)]
#[case::beside_a_report(&["--report", "badge=-"], 0, 1)]
fn annotations_are_written_where_a_runner_reads_them(
    #[case] more: &[&str],
    #[case] on_stdout: usize,
    #[case] on_stderr: usize,
) {
    let folder = Folder::new();
    let summary = folder.path("summary.md");
    let environment = [("GITHUB_ACTIONS", "true"), ("GITHUB_STEP_SUMMARY", summary.as_str())];
    let ran = run_in(&environment, &[&["--case", "routing/an-unknown-action*"], more].concat());
    let count = |text: &str| text.lines().filter(|line| line.starts_with("::error ")).count();
    let (stdout, stderr) = (count(&ran.stdout), count(&ran.stderr));
    assert_eq!((stdout, stderr), (on_stdout, on_stderr), "{}{}", ran.stdout, ran.stderr);
    let summary = std::fs::read_to_string(summary).expect("it is written");
    assert!(summary.starts_with("# ⚠️ INCOMPLETE"), "{summary}");
}

#[rstest]
#[case::interrupted("-INT")]
#[case::terminated("-TERM")]
fn the_reference_server_ends_in_good_order(#[case] signal: &str) {
    let mut served = Served::start(&[]);
    let kill = std::process::Command::new("kill")
        .args([signal, &served.process.id().to_string()])
        .status();
    assert!(kill.expect("there is a kill").success());
    let status = served.process.wait().expect("it ends");
    assert_eq!(status.code(), Some(0));
}

#[test]
fn a_port_that_is_taken_is_explained() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = taken.local_addr().expect("it is bound").to_string();
    let ran = run(&["serve", "--listen", &address]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains(&format!("cannot listen on `{address}`")), "{}", ran.stderr);
    assert!(ran.stderr.contains("name another --listen"), "{}", ran.stderr);
}

/// What is certain beforehand is told beforehand.
#[rstest]
#[case::optional_and_not_strict(&[], &["user_session", "minimal_dealer"], 0, "")]
#[case::optional(
    &["--strict"], &["user_session", "minimal_dealer"], 4,
    "warning: `minimal_dealer`, `user_session` are not supplied, so that 68 deciding checks, \
     counting `should` by --strict, will be skipped; the verdict can be no better than `incomplete`, \
     exit code 4; supply them with --fixtures, or add --allow-incomplete\n"
)]
#[case::accepted(
    &["--strict", "--allow-incomplete"], &["user_session"], 0,
    "warning: `user_session` is not supplied, so that 15 deciding checks, counting `should` by \
     --strict, will be skipped; the verdict can be no better than `incomplete`, exit code 0 by --allow-incomplete\n"
)]
#[case::required(
    &[], &["blocked_dealer"], 4,
    "warning: `blocked_dealer` is not supplied, so that 5 deciding checks will be skipped; the \
     verdict can be no better than `incomplete`, exit code 4; supply it with --fixtures, or add \
     --allow-incomplete\n"
)]
#[case::deselected(&["--case", "routing/*", "--allow-deselected"], &["blocked_dealer"], 0, "")]
#[case::quiet(&["--strict", "--quiet"], &["user_session"], 4, "")]
fn a_run_that_can_only_be_incomplete_says_so_before_it_starts(
    #[case] options: &[&str],
    #[case] without: &[&str],
    #[case] code: i32,
    #[case] told: &str,
) {
    let served = Served::start(&[]);
    let folder = Folder::new();
    let text = std::fs::read_to_string(demo_fixtures(&folder)).expect("it is there");
    let mut fixtures: Value = serde_json::from_str(&text).expect("it is JSON");
    fixtures["user_session"] = serde_json::json!({"hash": "5968778695a4b3c2d1e0f00e1d2c3b4a"});
    let roles = fixtures.as_object_mut().expect("it is an object");
    without.iter().for_each(|role| _ = roles.remove(*role));
    let fixtures = folder.write("some.json", &fixtures.to_string());
    let ran = run(&[&[&served.url, "--fixtures", &fixtures], options].concat());
    // How many checks there are is the cases' business.
    let word = |text: &str| {
        let words =
            text.split(' ').map(|word| if word.parse::<u32>().is_ok() { "n" } else { word });
        words.collect::<Vec<_>>().join(" ")
    };
    assert_eq!((ran.code, word(&ran.stderr)), (code, word(told)));
}
