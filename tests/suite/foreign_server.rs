//! The suite against another implementation of the three actions: one that keeps the contract in its
//! own way, and one that misbehaves below it.

use std::time::Duration;

use rstest::rstest;

use crate::support::folder::Folder;
use crate::support::foreign_server::{Foreign, Habits, Manner};
use crate::support::program::{self, Ran};
use crate::support::report::read_report;

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
fn check(manner: Manner, arguments: &[&str], code: i32, verdict: &str) -> Ran {
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
fn a_redirect_is_not_followed_and_tells_nothing_of_the_target() {
    let elsewhere = Foreign::start(Habits::default());
    let to = format!("{}/panel/account/auth", elsewhere.url());
    let ran = check(Manner::Redirect(to), &[], 3, "inconclusive");
    assert!(elsewhere.seen().is_empty());
    assert_eq!(ran.count("must", "passed"), 0, "{:#?}", ran.checks("passed"));
}

#[track_caller]
fn check_too_large(ran: &Ran) {
    let reasons = ran.checks("unjudged");
    let about =
        |reason: &str| reason.contains("larger than the 1048576 bytes that the suite reads");
    assert!(reasons.iter().any(|(_, reason)| about(reason)), "{reasons:#?}");
}

#[test]
fn a_compressed_bomb_is_not_inflated() {
    let ran = check(Manner::GzipBomb, &["--case", "auth/*"], 3, "inconclusive");
    check_too_large(&ran);
}

#[test]
fn a_body_without_end_is_not_read_to_its_end() {
    let ran = check(Manner::Endless, &["--case", "auth/*"], 3, "inconclusive");
    check_too_large(&ran);
}

#[test]
fn a_member_that_is_nested_deep_is_read() {
    check(Manner::DeepMember(500), &["--skip", "sessions/a-hash-of*"], 0, "conformant");
}

#[rstest]
#[case::depth(Manner::DeepMember(600), "nested deeper than the 512 levels that the suite reads")]
#[case::greater_depth(
    Manner::DeepMember(20_000),
    "nested deeper than the 512 levels that the suite reads"
)]
#[case::extensions_of_chunks(Manner::DeepMember(100_000), "what stands between the chunks")]
#[case::lines(Manner::ManyHeaders(1200), "the head of the answer is larger than the suite reads")]
#[case::length(
    Manner::LongHeader(2_000_000),
    "the head of the answer is larger than the suite reads"
)]
fn what_is_more_than_the_suite_reads_is_not_held_against_anybody(
    #[case] manner: Manner,
    #[case] expected: &str,
) {
    let arguments = ["--case", "auth/*", "--case", "logout/*", "--level", "must"];
    let ran = check(manner, &arguments, 3, "inconclusive");
    assert_eq!(ran.checks("failed"), []);
    let reasons = ran.checks("unjudged");
    assert!(reasons.iter().any(|(_, reason)| reason.contains(expected)), "{reasons:#?}");
}

#[rstest]
#[case::many_headers(Manner::ManyHeaders(900))]
#[case::long_header(Manner::LongHeader(300_000))]
#[case::odd(Manner::OddHead)]
fn a_head_that_http_allows_is_read(#[case] manner: Manner) {
    let arguments = ["--case", "logout/ends-the-session", "--level", "must"];
    let ran = check(manner, &arguments, 4, "incomplete");
    assert_eq!((ran.count("must", "failed"), ran.count("must", "unjudged")), (0, 0));
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
    assert_eq!(ran.report()["stopped"], "the target does not speak HTTP there");
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
    assert!(ran.stdout.contains("\nThe target asked to wait 1 time\n"), "{}", ran.stdout);
    // No sooner, however busy the machine is.
    assert!(seen[1].at - seen[0].at >= Duration::from_secs(1));
}
