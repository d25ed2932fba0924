//! The suite in somebody's own `cargo test`: which tests pass, which fail and what they say.

use std::path::Path;

use libtest_mimic::Arguments;
use panel_conformance::harness::Harness;
use panel_conformance::internals::Case;
use rstest::rstest;

use crate::support::folder::Folder;
use crate::support::project::suite;
use crate::support::served::{Served, demo_fixtures};

/// What `cargo test -- ARGUMENTS` prints, without the lines that count seconds.
#[track_caller]
fn print(url: &str, fixtures: Option<&Path>, arguments: &[&str]) -> (String, bool) {
    let folder = Folder::new();
    let log = folder.path("log");
    let arguments = Arguments::from_iter([&["panel"], arguments, &["--logfile", &log]].concat());
    let harness = Harness::try_for_url(url, fixtures).expect("URL and fixtures are right");
    let conclusion = harness.run(&arguments).expect("it can be run");
    let text = std::fs::read_to_string(&log).expect("it is written");
    (text, conclusion.has_failed())
}

/// The tests that ended with this word, by the words of libtest.
fn ended<'a>(text: &'a str, word: &str) -> Vec<&'a str> {
    let tests = text.lines().filter_map(|line| line.strip_prefix("test case "));
    let ended = tests.filter_map(|line| line.split_once(" ... "));
    ended.filter(|(_, end)| end.starts_with(word)).map(|(id, _)| id.trim_end()).collect()
}

/// A port of an address of this machine on which nobody listens.
fn nobody() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.78:0").expect("a port is free");
    format!("http://{}", listener.local_addr().expect("it is bound"))
}

#[rstest]
#[case::all(&[])]
#[case::a_part(&["routing"])]
#[case::as_nextest_asks(&["case routing/a-trailing-slash-is-served-too", "--exact", "--nocapture"])]
fn where_nobody_listens_every_test_fails_with_one_sentence(#[case] arguments: &[&str]) {
    let pattern = arguments.first().copied().unwrap_or_default();
    let is_meant = |case: &&Case| format!("case {}", case.id).contains(pattern);
    let count = suite().cases.iter().filter(is_meant).count();
    let folder = Folder::new();
    let fixtures = folder.write("f.yaml", "dealer: { login: '1', password: eins-Zwei3 }");
    let url = nobody();
    let (text, has_failed) = print(&url, Some(fixtures.as_ref()), arguments);
    let sentence = format!("{url}: the target cannot be reached: ");
    let remedy = "See that the target runs and can be reached from here.";
    let told = |line: &&str| line.starts_with(&sentence) && line.ends_with(remedy);
    assert_eq!(ended(&text, "FAILED").len(), count, "{text}");
    assert_eq!(text.lines().filter(told).count(), count, "{text}");
    assert!(has_failed);
}

#[test]
fn a_failing_test_tells_what_the_terminal_tells() {
    let served = Served::start(&["--fault", "blocked-dealer-code-12"]);
    let folder = Folder::new();
    let fixtures = demo_fixtures(&folder);
    let (text, has_failed) = print(&served.url, Some(fixtures.as_ref()), &["case "]);
    assert_eq!(ended(&text, "FAILED"), ["refusals/a-blocked-dealer-is-refused"], "{text}");
    assert_eq!(ended(&text, "ignored"), ["sessions/a-hash-of-the-platform-api-is-refused"]);
    assert!(has_failed);
    for part in [
        "FAIL  refusals/a-blocked-dealer-is-refused ",
        "\n      A blocked dealer gives code 11, even with the right password.\n",
        "\n      Account page, auth, errors (seed-a.txt:99, seed-b.txt:102)\n",
        "\n      step    sign-in   POST /panel/account/auth → 400 (code 12) in ",
        "\n        -     \"code\": 12,\n        +     \"code\": 11,\n",
        "\n      also    should AUTH-E11-H403: status: expected 403, got 400\n",
        "\n      explain panel-conformance explain AUTH-E11\n",
        "curl -i -X POST \"$URL/panel/account/auth\"",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

#[test]
fn a_missing_fixture_is_ignored_with_the_reason_and_fails_who_insists() {
    let served = Served::start(&[]);
    let folder = Folder::new();
    let fixtures = demo_fixtures(&folder);
    let fixtures: Option<&Path> = Some(fixtures.as_ref());
    let reason = "fixture `user_session` is missing: supply a hash of the user API in a fixtures \
                  file, or set PANEL_USER_SESSION_HASH";
    let (text, has_failed) = print(&served.url, fixtures, &["of-the-platform-api"]);
    assert!(text.contains(&format!("... ignored ({reason})")), "{text}");
    assert!(!has_failed);
    let (text, has_failed) = print(&served.url, fixtures, &["of-the-platform-api", "--ignored"]);
    assert!(text.contains(reason), "{text}");
    assert!(has_failed);
    let (text, _) = print(&served.url, fixtures, &["--list", "--format", "terse", "--ignored"]);
    assert_eq!(text, "case sessions/a-hash-of-the-platform-api-is-refused: test\n");
}

#[test]
fn a_filter_that_matches_nothing_passes_and_sends_nothing() {
    let (text, has_failed) = print(&nobody(), None, &["of-another-test-program"]);
    assert!(text.contains("\nrunning 0 tests\n"), "{text}");
    assert!(!has_failed);
}

#[rstest]
#[case::url(
    "localhost:8080",
    "f.yaml",
    "error: the target cannot be judged: it has no scheme; put http:// before it (or https://)"
)]
#[case::no_fixtures(
    "http://localhost",
    "nowhere.yaml",
    "error: cannot read the fixtures `nowhere.yaml`: "
)]
fn what_is_wrong_is_an_error_and_no_panic(
    #[case] url: &str,
    #[case] fixtures: &str,
    #[case] expected: &str,
) {
    let harness = Harness::for_url(url, fixtures);
    let Err(error) = harness.run(&Arguments::from_iter(["panel"])) else { panic!("it is wrong") };
    assert!(error.to_string().starts_with(expected), "{error}");
}
