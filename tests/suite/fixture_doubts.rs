//! What the operator got wrong is not held against the target, and what the target gets wrong is
//! not put down to the operator. The server is the reference server in a process of its own, with
//! accounts of ours.

use std::io::{Read, Write};
use std::net::TcpStream;

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::folder::Folder;
use crate::support::program::{self, Ran, judge};
use crate::support::report::check_form;
use crate::support::served::Served;

/// What the operator knows, all of it right.
fn right() -> Value {
    json!({
        "dealer": [
            {"login": "d1", "password": "eins+Zwei3"},
            {"login": "d2", "password": "zwei+Drei4"},
        ],
        "second_dealer": {"login": "s", "password": "drei/Vier5"},
        "minimal_dealer": {"login": "m", "password": "vier Fünf6"},
        "blocked_dealer": {"login": "b", "password": "fünf&Sechs7"},
        "expired_session": {"hash": "0e1d2c3b4a5968778695a4b3c2d1e0f0"},
        "user_session": {"hash": "1f1d2c3b4a5968778695a4b3c2d1e0f1"},
    })
}

/// A dealer whom the server has, and the operator takes for somebody else.
fn somebody() -> Value {
    json!({"login": "somebody", "password": "sieben.Acht8"})
}

fn start(folder: &Folder, arguments: &[&str]) -> Served {
    let mut accounts = right();
    let dealers = accounts["dealer"].as_array_mut().expect("it is a list");
    dealers.push(somebody());
    let accounts = folder.write("accounts.json", &accounts.to_string());
    Served::start(&[&["--fixtures", accounts.as_str()], arguments].concat())
}

/// A hash of a session that is alive.
fn live_hash(url: &str) -> Value {
    let host = url.strip_prefix("http://").expect("it is HTTP");
    let body = somebody().to_string();
    let mut stream = TcpStream::connect(host).expect("it listens");
    write!(
        stream,
        "POST /panel/account/auth HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    let start = answer.find('{').expect("there is a body");
    let answer: Value = serde_json::from_str(&answer[start..]).expect("it is JSON");
    answer["hash"].clone()
}

/// Judges a server with these fixtures, and the record of it again.
#[track_caller]
fn judge_twice(url: &str, fixtures: &Value, arguments: &[&str]) -> Ran {
    let folder = Folder::new();
    let fixtures = folder.write("fixtures.json", &fixtures.to_string());
    let ran = judge(&[&[url, "--fixtures", fixtures.as_str()], arguments].concat());
    check_form(ran.report());
    let report = folder.write("again.json", &ran.report().to_string());
    let again = program::run(&["rejudge", &report]);
    assert!(again.stdout.starts_with("nothing changed\n"), "{}", again.stdout);
    assert_eq!(again.code, ran.code);
    ran
}

/// Holds what the terminal says to a reason and to the advice of its last line.
#[track_caller]
fn check_told(ran: &Ran, reason: &str, advice: &str) {
    let words: Vec<&str> = ran.stdout.split_whitespace().collect();
    assert!(words.join(" ").contains(reason), "{reason} is not in: {}", ran.stdout);
    assert_eq!(ran.stdout.lines().last(), Some(advice), "{}", ran.stdout);
}

const TYPO: &str = "Typo-1";

// Cases to run alone, which is enough where one fixture is wrong; in some of them a dealer is
// admitted.
const WRONG_PASSWORD: &[&str] =
    &["--case", "refusals/a-wrong-password-is-refused", "--case", "auth/opens*"];
const BLOCKED: &[&str] = &["--case", "refusals/a-blocked*"];
const UNKNOWN: &[&str] = &["--case", "refusals/an-unknown*"];
const FORM: &[&str] = &["--strict", "--case", "encoding/auth-takes-a-form", "--case", "auth/*"];
const SPELLING: &[&str] = &["--case", "encoding/json*", "--case", "auth/*"];
const SESSIONS: &[&str] = &["--strict", "--case", "sessions/*"];
const PERMISSIONS: &[&str] = &["--strict", "--case", "permissions/are-not*"];

#[rstest]
#[case::nothing(&[], &["--strict"], 0, "CONFORMANT", "Keep it so: run this on every change, with --report junit=report.xml")]
#[case::the_password_of_second_dealer(
    &[("/second_dealer/password", json!(TYPO))], &[], 3,
    "the target refused `s` at every sign-in, with code 12: either login or password of fixture `second_dealer` is \
     wrong, or the target refuses one whom it has to admit",
    "Correct fixture `second_dealer`; where that is right, add --trust-fixtures, and the target is held to it."
)]
#[case::the_login_of_second_dealer(
    &[("/second_dealer/login", json!("ss"))], WRONG_PASSWORD, 3,
    "the target refused `ss` at every sign-in, with code 12: either login or password of fixture `second_dealer` is \
     wrong, or the target refuses one whom it has to admit",
    "Correct fixture `second_dealer`; where that is right, add --trust-fixtures, and the target is held to it."
)]
#[case::one_dealer_of_a_list(
    &[("/dealer/1/password", json!(TYPO))], &["--strict", "--case", "auth/*"], 3,
    "the target refused `d2` at every sign-in, with code 12: either login or password of fixture `dealer` (number 2 \
     of the list) is wrong, or the target refuses one whom it has to admit",
    "Correct fixture `dealer` (number 2 of the list); where that is right, add --trust-fixtures, and the target is \
     held to it."
)]
#[case::all_dealers_of_a_filtered_run(
    &[("/dealer", json!({"login": "d1", "password": TYPO}))], &["--case", "auth/*"], 3,
    "the target refused `d1` at every sign-in, with code 12: either login or password of fixture `dealer` is wrong, \
     or the target refuses everybody",
    "Correct fixture `dealer`; where that is right, add --trust-fixtures, and the target is held to it."
)]
#[case::a_dealer_who_is_blocked(
    &[("/second_dealer", json!({"login": "b", "password": "fünf&Sechs7"})), ("/blocked_dealer", Value::Null)],
    WRONG_PASSWORD, 3,
    "the target refused `b` at every sign-in, with code 11: either the dealer of fixture `second_dealer` is blocked, \
     or the target refuses one whom it has to admit",
    "Correct fixture `second_dealer`; where that is right, add --trust-fixtures, and the target is held to it."
)]
#[case::the_password_of_minimal_dealer(
    &[("/minimal_dealer/password", json!(TYPO))], PERMISSIONS, 3,
    "the target refused `m` at every sign-in, with code 12: either login or password of fixture `minimal_dealer` is \
     wrong, or the target refuses everybody",
    "Correct fixture `minimal_dealer`; where that is right, add --trust-fixtures, and the target is held to it."
)]
#[case::a_second_dealer_with_the_same_permissions(
    &[("/second_dealer", somebody()), ("/expired_session", Value::Null)], SESSIONS, 4,
    "`own-alone.permissions` and `theirs-alone.permissions` are the same: supply fixtures for `dealer` and `second_dealer` that \
     differ in them",
    "Supply expired_session with --fixtures and other dealers for dealer, second_dealer, or accept the gaps with \
     --allow-incomplete."
)]
fn what_the_operator_got_wrong_is_held_against_nobody(
    #[case] changes: &[(&str, Value)],
    #[case] arguments: &[&str],
    #[case] code: i32,
    #[case] reason: &str,
    #[case] advice: &str,
) {
    let folder = Folder::new();
    let server = start(&folder, &[]);
    let ran = judge_twice(&server.url, &changed(changes, &server), arguments);
    assert_eq!(ran.checks("failed").len(), hints(&ran), "{:#?}", ran.checks("failed"));
    assert_eq!(ran.code, code, "{}", ran.stdout);
    check_told(&ran, reason, advice);
}

/// The operator's fixtures with changes at these places; null takes away, `LIVE` is a live hash.
fn changed(changes: &[(&str, Value)], server: &Served) -> Value {
    let mut fixtures = right();
    for (at, value) in changes {
        let value = if *value == "LIVE" { live_hash(&server.url) } else { value.clone() };
        match fixtures.pointer_mut(at) {
            Some(place) => *place = value,
            None => fixtures[at.trim_start_matches('/')] = value,
        }
    }
    fixtures.as_object_mut().expect("it is an object").retain(|_, value| !value.is_null());
    fixtures
}

/// Checks that decide nothing, however strictly.
fn hints(ran: &Ran) -> usize {
    usize::try_from(ran.count("may", "failed")).expect("there are not so many")
}

#[rstest]
#[case::admits_by_one_spelling_and_not_by_another(&["--fault", "json-escapes-not-decoded"], &[], SPELLING, 1)]
#[case::admits_in_json_and_not_in_a_form(&["--fault", "form-not-decoded"], &[], FORM, 1)]
#[case::says_13_of_a_blocked_dealer(&["--fault", "blocked-dealer-code-13"], &[], BLOCKED, 1)]
#[case::admits_a_blocked_dealer_by_form_alone(
    &["--fault", "blocked-dealer-by-form-admitted"], &[], &["--strict", "--case", "refusals/a-blocked*"], 1
)]
#[case::hands_a_blocked_dealer_a_hash(&["--fault", "blocked-dealer-refused-with-hash"], &[], BLOCKED, 1)]
#[case::refuses_with_a_server_error(&["--null-server", "always-http-500"], &[], WRONG_PASSWORD, 1)]
#[case::says_nothing_of_the_api(&["--null-server", "always-http-401"], &[], WRONG_PASSWORD, 3)]
#[case::refuses_a_password_for_its_hash(&["--null-server", "refuses-everybody"], &[], WRONG_PASSWORD, 1)]
#[case::refuses_a_mistyped_password_with_a_code_in_quotes(
    &["--fault", "error-code-text"], &[("/second_dealer/password", json!(TYPO))], WRONG_PASSWORD, 1
)]
#[case::refuses_a_mistyped_password_with_a_server_error(
    &["--fault", "error-http-500"], &[("/second_dealer/password", json!(TYPO))], WRONG_PASSWORD, 1
)]
#[case::takes_everybody_for_a_dealer(&["--null-server", "accepts-everybody"], &[], UNKNOWN, 1)]
#[case::refuses_everybody_though_somebody_vouches_for_them(
    &["--null-server", "refuses-everybody-with-code-12"], &[],
    &["--trust-fixtures", "--case", "refusals/a-wrong-password-is-refused"], 1
)]
#[case::refuses_a_dealer_for_whom_somebody_vouches(
    &[], &[("/dealer", json!({"login": "d1", "password": TYPO}))], &["--trust-fixtures"], 1
)]
#[case::admits_a_blocked_dealer(&["--fault", "blocked-dealer-admitted"], &[], BLOCKED, 1)]
#[case::says_12_of_a_blocked_dealer(&["--fault", "blocked-dealer-code-12"], &[], BLOCKED, 1)]
#[case::accepts_an_expired_hash(&["--fault", "expired-hash-accepted"], &[], SESSIONS, 1)]
#[case::admits_one_whom_the_operator_says_to_be_blocked(&[], &[("/blocked_dealer", somebody())], BLOCKED, 1)]
#[case::admits_one_whom_the_operator_says_to_be_unknown(&[], &[("/unknown_dealer", somebody())], UNKNOWN, 1)]
#[case::accepts_what_the_operator_says_to_be_expired(
    &[], &[("/expired_session/hash", json!("LIVE"))], SESSIONS, 1
)]
#[case::accepts_what_the_operator_says_to_be_of_the_user_api(
    &[], &[("/user_session/hash", json!("LIVE"))], SESSIONS, 1
)]
fn what_the_target_gets_wrong_is_held_against_it_unless_a_wrong_fixture_explains_it(
    #[case] server: &[&str],
    #[case] changes: &[(&str, Value)],
    #[case] arguments: &[&str],
    #[case] code: i32,
) {
    let folder = Folder::new();
    let server = start(&folder, server);
    let ran = judge_twice(&server.url, &changed(changes, &server), arguments);
    assert_eq!(ran.code, code, "{}", ran.stdout);
    assert_eq!(ran.count("must", "failed") + ran.count("should", "failed") > 0, code == 1);
}

/// A refusal that says too much is one that no fixture explains.
#[test]
fn a_mistyped_password_that_is_repeated_is_held_against_the_target() {
    let folder = Folder::new();
    let server = start(&folder, &["--fault", "refusal-repeats-password"]);
    let fixtures = changed(&[("/dealer", json!({"login": "d1", "password": TYPO}))], &server);
    let ran = judge_twice(&server.url, &fixtures, &["--case", "auth/opens-a-session"]);
    ran.expect(3, "inconclusive");
    let failed: Vec<String> = ran.checks("failed").into_iter().map(|check| check.0).collect();
    assert_eq!(failed, ["auth/opens-a-session sign-in AUTH-NOECHO"]);
}

/// Nothing passes where nobody is admitted, whoever is to blame.
#[test]
fn a_server_that_refuses_everybody_passes_nothing_that_binds() {
    let folder = Folder::new();
    let server = start(&folder, &["--null-server", "refuses-everybody-with-code-12"]);
    let ran = judge_twice(&server.url, &right(), &[]);
    ran.expect(3, "inconclusive");
    assert_eq!(ran.count("must", "passed"), 0);
    check_told(
        &ran,
        "the target refused `s` at every sign-in, with code 12: either login or password of fixture \
         `second_dealer` is wrong, or the target refuses everybody",
        "Correct fixture `dealer` (number 1 of the list), fixture `dealer` (number 2 of the list), fixture \
         `minimal_dealer` and 1 more; where that is right, add --trust-fixtures, and the target is held to it.",
    );
}

/// With one of them mistyped, the others do the work.
#[test]
fn a_dealer_who_is_left_alone_leaves_the_cases_to_the_other_dealers() {
    let folder = Folder::new();
    let server = start(&folder, &[]);
    let fixtures = changed(&[("/dealer/1/password", json!(TYPO))], &server);
    let ran = judge_twice(&server.url, &fixtures, &[]);
    assert_eq!(ran.count("must", "failed"), 0);
    assert!(ran.count("must", "passed") > 100, "{}", ran.stdout);
}

/// Whoever has looked after the fixtures need not send anything again.
#[test]
fn a_record_is_judged_again_as_if_somebody_vouched_for_the_fixtures() {
    let folder = Folder::new();
    let server = start(&folder, &["--null-server", "refuses-everybody-with-code-12"]);
    let ran = judge_twice(&server.url, &right(), WRONG_PASSWORD);
    let report = folder.write("report.json", &ran.report().to_string());
    let again = program::run(&["rejudge", "--trust-fixtures", &report]);
    let expected = "refusals/a-wrong-password-is-refused control M-AUTH-POST: was unjudged (must), is failed (must)";
    assert!(again.stdout.contains(expected), "{}", again.stdout);
    assert_eq!(again.code, 1);
}

/// The report says whether somebody vouched for the fixtures.
#[rstest]
#[case::nobody(&[], false)]
#[case::the_operator(&["--trust-fixtures"], true)]
fn the_report_says_whether_the_fixtures_are_vouched_for(
    #[case] arguments: &[&str],
    #[case] told: bool,
) {
    let folder = Folder::new();
    let server = start(&folder, &[]);
    let filter = ["--case", "routing/an-unknown-action*"];
    let ran = judge_twice(&server.url, &right(), &[&filter, arguments].concat());
    assert_eq!(ran.report()["trusts_fixtures"], json!(told));
}

/// However the server writes the code by which it refuses.
#[rstest]
#[case("code-with-zero-fraction")]
#[case("code-with-exponent")]
fn a_mistyped_password_is_known_by_a_code_in_any_spelling(#[case] variation: &str) {
    let folder = Folder::new();
    let server = start(&folder, &["--variation", variation]);
    let mut fixtures = right();
    fixtures["dealer"] = json!({"login": "d1", "password": TYPO});
    let ran = judge_twice(&server.url, &fixtures, &[]);
    ran.expect(3, "inconclusive");
    assert_eq!(ran.count("must", "failed"), 0, "{}", ran.stdout);
    let signs_in = |exchange: &&Value| {
        let body = exchange["request"]["body"].as_str().unwrap_or_default();
        body.contains("\"d1\"") && body.contains("«dealer.password»")
    };
    let cases = ran.report()["cases"].as_array().expect("a report has cases");
    let steps = cases.iter().flat_map(|case| case["steps"].as_array().into_iter().flatten());
    let sent = steps.flat_map(|step| step["exchanges"].as_array().into_iter().flatten());
    assert!(sent.filter(signs_in).count() <= 4, "{}", ran.stdout);
}

/// What is taken at the operator's word is held against the target, and the failure says what
/// mistake would look the same.
#[rstest]
#[case::a_mistyped_password_of_a_blocked_dealer(
    &[], &[("/blocked_dealer/password", json!(TYPO))], BLOCKED,
    Some(("blocked_dealer", "wrong-password"))
)]
#[case::a_code_that_a_wrong_password_has(
    &["--fault", "blocked-dealer-code-12"], &[], BLOCKED, Some(("blocked_dealer", "wrong-password"))
)]
#[case::the_same_if_somebody_vouches_for_it(
    &["--fault", "blocked-dealer-code-12"], &[], &["--trust-fixtures", "--case", "refusals/a-blocked*"], None
)]
#[case::a_code_that_no_wrong_password_has(&["--fault", "blocked-dealer-code-13"], &[], BLOCKED, None)]
#[case::a_dealer_who_is_not_blocked(
    &[], &[("/blocked_dealer", somebody())], BLOCKED, Some(("blocked_dealer", "not-blocked"))
)]
#[case::a_session_that_lives(
    &[], &[("/expired_session/hash", json!("LIVE"))], SESSIONS, Some(("expired_session", "live-session"))
)]
#[case::a_session_that_never_was_one(
    &["--variation", "malformed-hash-code-7"], &[("/expired_session/hash", json!("no hash"))], SESSIONS,
    Some(("expired_session", "no-hash"))
)]
fn a_failure_says_what_mistake_would_look_the_same(
    #[case] server: &[&str],
    #[case] changes: &[(&str, Value)],
    #[case] arguments: &[&str],
    #[case] expected: Option<(&str, &str)>,
) {
    let folder = Folder::new();
    let server = start(&folder, server);
    let ran = judge_twice(&server.url, &changed(changes, &server), arguments);
    assert_eq!(ran.code, 1, "{}", ran.stdout);
    let checks = ran.report()["checks"].as_array().expect("a report has checks");
    let violations = checks.iter().filter_map(|check| check["violations"].get(0));
    let doubts: Vec<&Value> = violations.filter_map(|violation| violation.get("doubt")).collect();
    let told: Vec<(&Value, &Value)> =
        doubts.iter().map(|doubt| (&doubt["fixture"]["role"], &doubt["mistake"])).collect();
    match expected {
        None => assert_eq!(told, []),
        Some((role, mistake)) => {
            assert!(told.iter().all(|told| *told == (&json!(role), &json!(mistake))), "{told:?}");
            let text = doubts[0]["text"].as_str().expect("it is told");
            let words: Vec<&str> = ran.stdout.split_whitespace().collect();
            assert!(words.join(" ").contains(text), "{}", ran.stdout);
        }
    }
}

/// Dealers who are told the same at one moment, and apart at others, are not alike.
#[test]
fn dealers_who_are_mixed_up_are_not_taken_to_be_alike() {
    let folder = Folder::new();
    let server = start(&folder, &["--fault", "sign-in-shows-permissions-of-whoever-is-in"]);
    let ran = judge_twice(&server.url, &right(), &["--jobs", "1"]);
    ran.expect(1, "nonconformant");
    let failed: Vec<String> = ran.checks("failed").into_iter().map(|check| check.0).collect();
    let expected = "sessions/of-two-dealers-do-not-mix ask-own GP-SESSION";
    assert!(failed.iter().any(|name| name == expected), "{failed:#?}");
}
