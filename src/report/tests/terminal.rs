//! Whole renderings on the terminal.

use super::{DisplayOptions, Verbosity, render};
use crate::model::level::Level;
use crate::model::outcome::{CheckResult, Outcome};
use crate::model::reason::{EarlierStep, Reason};
use crate::report::escape::is_safe;
use crate::report::sample::{Sample, violation};
use crate::report::{Context, hostile};
use rstest::rstest;

#[track_caller]
fn check(sample: &Sample, options: &DisplayOptions, expected: &str) {
    let actual = render(sample.context(), options);
    assert!(actual == expected, "this was told:\n{actual}");
}

const WHOLE: &str = r##"URL=http://localhost:8080/v2
That is what the commands below start from. They want the options of this run
too, such as --fixtures, and curl the passwords in the variables that it names.

FAIL  refusals/a-blocked-dealer-is-refused                       AUTH-E11 · must
      A blocked dealer gives code 11.
      Account page, auth, errors (seed-b.txt:102)
      step    blocked   POST /panel/account/auth → 200 in 3 ms
      expects a refusal with code 11
      body /success: expected anything but true, got true
      body /status/code: expected an integer, got "11"
      the answer (-) and the nearest answer that would do (+):
          {
        -   "success": true,
        +   "success": false,
            "status": {
        -     "code": "11",
        +     "code": 11,
              "description": "blocked"
            }
        …
      also    must ERR-SUCCESS: body /success: expected anything but true, got
              true
      also    must ERR-CODE-INT; should ERR-RANGE: body /status/code: expected
              an integer, got "11"
      also    must AUTH-SECRET: header x-debug: expected no trace of
              blocked_dealer.password, got the value itself; body: expected no
              trace of blocked_dealer.password, got the value itself
      also    should ERR-NOT200: status: expected 4xx or 5xx, got 200
      in all  6 checks fail by it, in 1 step
      again   panel-conformance run "$URL" --case refusals/a-blocked-dealer-is-refused
      explain panel-conformance explain AUTH-E11
      curl    json() { printf '%s\n' "$1" | sed 's/[\\"]/\\&/g'; }
              curl -i -X POST "$URL/panel/account/auth" -H 'Content-Type: application/json' -d '{"login":"20412","password":"'"$(json "$PANEL_BLOCKED_DEALER_PASSWORD")"'"}'

FAIL  logout/ends-the-session                            AUTH-HASH-UNIQUE · must
      Every session has a hash of its own.    Account page, auth (seed-a.txt:40)
      step    again   POST /panel/account/auth → 200 in 3 ms
      expects /hash to differ
      body /hash (answer 2 of 2): expected a value that differs from
      `first.hash`, got "«hash 2»"
      again   panel-conformance run "$URL" --case logout/ends-the-session
      explain panel-conformance explain AUTH-HASH-UNIQUE
      curl    json() { printf '%s\n' "$1" | sed 's/[\\"]/\\&/g'; }
              for n in 1 2; do curl -s -o /dev/null -X POST "$URL/panel/account/auth" -H 'Content-Type: application/json' -d '{"login":"20410","password":"'"$(json "$PANEL_DEALER_PASSWORD")"'"}'; done
              curl -i -X POST "$URL/panel/account/auth" -H 'Content-Type: application/json' -d '{"login":"20410","password":"'"$(json "$PANEL_DEALER_PASSWORD")"'"}'

FAIL  logout/ends-the-session                                     LO-ENDS · must
      A hash is of no use after logout.    Account page, logout (seed-a.txt:188)
      step    ended   GET /panel/account/get_permissions?… → 200 in 3 ms
      expects a refusal
      body /success: expected anything but true, got true
      the answer (-) and the nearest answer that would do (+):
          {
        -   "success": true,
        -   "permissions": {
        -     "base": [
        -       "read"
        -     ]
        -   }
        +   "success": false
          }
      again   panel-conformance run "$URL" --case logout/ends-the-session
      explain panel-conformance explain LO-ENDS
      curl    json() { printf '%s\n' "$1" | sed 's/[\\"]/\\&/g'; }
              for n in 1 2 3; do HASH_2=$(curl -s -X POST "$URL/panel/account/auth" -H 'Content-Type: application/json' -d '{"login":"20410","password":"'"$(json "$PANEL_DEALER_PASSWORD")"'"}' | sed -n 's/.*"hash"[^"]*"\([^"]*\)".*/\1/p'); done
              curl -s -o /dev/null -G "$URL/panel/account/logout" --data-urlencode "hash=$HASH_2"
              curl -i -G "$URL/panel/account/get_permissions" --data-urlencode "hash=$HASH_2"

FAIL  auth/opens-a-session                                       ERR-CT · should
      Every answer that carries JSON says so in its header Content-Type, because
      clients choose their reader by it.
      Getting started, answers (lines 3-9); Account page, examples
      (seed-a.txt:24, 112, 198)
      step    sign-in   POST /panel/account/auth → 200 in 3 ms
      expects the header Content-Type to match `(?i)^application/json *(;|$)`
      header content-type: expected a value that matches `(?i)^application/json
      *(;|$)`, got `text/plain`
      and in  refusals/a-blocked-dealer-is-refused (blocked),
              parity/every-encoding-gives-the-same-answer@form (form)
      in all  3 checks fail by it, in 3 steps
      again   panel-conformance run "$URL" --case auth/opens-a-session
      explain panel-conformance explain ERR-CT
      curl    json() { printf '%s\n' "$1" | sed 's/[\\"]/\\&/g'; }
              curl -i -X POST "$URL/panel/account/auth" -H 'Content-Type: application/json' -d '{"login":"20410","password":"'"$(json "$PANEL_DEALER_PASSWORD")"'"}'

FAIL  parity/every-encoding-gives-the-same-answer@form         PAR-FORM · should
      A form gives the same answer as JSON.            Getting started, requests
      step    form   POST /panel/account/get_permissions → 200 in 3 ms
      expects /permissions to be the same as json.permissions, in any order
      body /permissions/base: expected ["read","update"], got ["read"]
      body /permissions/labels: expected nothing there, got {"x":1}
      the answer (-) and the answer of step `json` (+):
          {
            "base": [
        -     "read"
        +     "read",
        +     "update"
            ],
            "users": [
              "read"
        -   ],
        -   "labels": {
        -     "x": 1
        -   }
        +   ]
          }
      again   panel-conformance run "$URL" --case parity/every-encoding-gives-the-same-answer@form
      explain panel-conformance explain PAR-FORM
      curl    curl -i -X POST "$URL/panel/account/get_permissions" -H 'Content-Type: application/x-www-form-urlencoded' --data-urlencode "hash=$HASH_3"

NOTE  PERM-VERSION · may  body /version: expected 1, got 2  in permissions/are-…

UNJUDGED  1 check                                                         1 must
      no complete answer within 10s
      in      sessions/are-of-one-dealer
      next    Look into the target's log, or give it more time with --timeout.

UNJUDGED  7 checks                                              6 must, 1 should
      step `sign-in` did not yield `hash`
      in      sessions/stays-alive-1, sessions/stays-alive-2,
              sessions/stays-alive-3, sessions/stays-alive-4,
              sessions/stays-alive-5 and 2 more
      next    It comes right when the earlier step does.

SKIPPED  2 checks                                                         2 must
      fixture `expired_session` is missing: supply a hash that was a session of
      the panel and has expired in a fixtures file, or set
      PANEL_EXPIRED_SESSION_HASH
      in      sessions/an-expired-hash-is-refused

SKIPPED  1 check                                                        1 should
      deselected: among the cases to skip
      in      routing/a-trailing-slash-is-served

          passed    failed  unjudged   skipped       n/a
must           3         6         7         2         0
should         0         6         1         1         0
may            1         1         0         0         0

NONCONFORMANT, 6 requirements not kept                  http://localhost:8080/v2
10 requests in 2.1 s, panel-conformance 0.1.0
Run only what failed: panel-conformance run "$URL" --case logout/ends-the-session --case refusals/a-blocked-dealer-is-refused
"##;

#[test]
fn the_sample_is_told_whole() {
    check(&Sample::new(), &DisplayOptions::default(), WHOLE);
}

#[test]
fn a_wide_terminal_is_used() {
    let options = DisplayOptions { width: 110, ..DisplayOptions::default() };
    let sample = Sample::new().keep(|check| check.requirement == "ERR-CODE-INT");
    check(&sample, &options, WIDE);
}

const WIDE: &str = r##"URL=http://localhost:8080/v2
That is what the commands below start from. They want the options of this run too, such as --fixtures, and
curl the passwords in the variables that it names.

FAIL  refusals/a-blocked-dealer-is-refused                                                 ERR-CODE-INT · must
      The code of a refusal is an integer.                                               Errors page (line 14)
      step    blocked   POST /panel/account/auth → 200 in 3 ms
      body /status/code: expected an integer, got "11"
      again   panel-conformance run "$URL" --case refusals/a-blocked-dealer-is-refused
      explain panel-conformance explain ERR-CODE-INT
      curl    json() { printf '%s\n' "$1" | sed 's/[\\"]/\\&/g'; }
              curl -i -X POST "$URL/panel/account/auth" -H 'Content-Type: application/json' -d '{"login":"20412","password":"'"$(json "$PANEL_BLOCKED_DEALER_PASSWORD")"'"}'

          passed    failed  unjudged   skipped       n/a
must           0         1         0         0         0
should         0         0         0         0         0
may            0         0         0         0         0

NONCONFORMANT, 1 requirement not kept                                                 http://localhost:8080/v2
10 requests in 2.1 s, panel-conformance 0.1.0
Run only what failed: panel-conformance run "$URL" --case refusals/a-blocked-dealer-is-refused
"##;

#[test]
fn the_quiet_hear_the_end_only() {
    let options = DisplayOptions { verbosity: Verbosity::Quiet, ..DisplayOptions::default() };
    let (_, end) = WHOLE.split_once("\n\n          passed").expect("it is there");
    check(&Sample::new(), &options, &format!("          passed{end}"));
}

#[test]
fn the_curious_hear_every_exchange() {
    let options = DisplayOptions { verbosity: Verbosity::Verbose, ..DisplayOptions::default() };
    let mut sample = Sample::new().keep(|check| check.case == "permissions/are-reported");
    sample.findings.cases.retain(|case| case.record.id == "permissions/are-reported");
    check(&sample, &options, VERBOSE);
}

const VERBOSE: &str = r##"CASE  permissions/are-reported               cases/permissions/are-reported.yaml
      Get_permissions reports them
      step    ask
        > GET /panel/account/get_permissions?hash=«hash 3»
        < 200 in 3 ms
        < content-type: text/plain
        <
        < {
        <   "success": true,
        <   "version": 2
        < }
        = failed   PERM-VERSION · may
        = passed   PERM-OK · must

URL=http://localhost:8080/v2
That is what the commands below start from. They want the options of this run
too, such as --fixtures, and curl the passwords in the variables that it names.

FAIL  permissions/are-reported                                PERM-VERSION · may
      The version is 1.                            Account page, get_permissions
      step    ask   GET /panel/account/get_permissions?… → 200 in 3 ms
      expects /version to be 1
      body /version: expected 1, got 2
      again   panel-conformance run "$URL" --case permissions/are-reported
      explain panel-conformance explain PERM-VERSION
      curl    curl -i -G "$URL/panel/account/get_permissions" --data-urlencode "hash=$HASH_3"

          passed    failed  unjudged   skipped       n/a
must           1         0         0         0         0
should         0         0         0         0         0
may            0         1         0         0         0

CONFORMANT                                              http://localhost:8080/v2
10 requests in 2.1 s, panel-conformance 0.1.0
Keep it so: run this on every change, with --report junit=report.xml
"##;

#[test]
fn consequences_of_many_kinds_are_one_paragraph() {
    let mut sample = Sample::new().keep(|check| matches!(check.outcome, Outcome::Passed));
    for number in 1..=7 {
        let step = format!("s{number}");
        let mut result = sample.findings.checks[0].clone();
        result.outcome = Outcome::Unjudged(Reason::EarlierStep(EarlierStep::Ungranted { step }));
        sample.findings.checks.push(result);
    }
    let text = render(sample.context(), &DisplayOptions::default());
    let (paragraph, _) = text.split_once("\n\n").expect("it has two");
    let expected = "\
UNJUDGED  7 checks
      An earlier step of the case did not go as they need it.
      1       step `s1` was not granted
      1       step `s2` was not granted
      1       step `s3` was not granted
      1       step `s4` was not granted
      1       step `s5` was not granted
      2       for 2 other reasons
      next    It comes right when the earlier step does.";
    assert_eq!(paragraph, expected);
}

#[test]
fn a_good_end_is_short() {
    let sample = Sample::new().keep(|check| matches!(check.outcome, Outcome::Passed));
    check(&sample, &DisplayOptions::default(), GOOD);
}

const GOOD: &str = r##"          passed    failed  unjudged   skipped       n/a
must           3         0         0         0         0
should         0         0         0         0         0
may            1         0         0         0         0

CONFORMANT                                              http://localhost:8080/v2
10 requests in 2.1 s, panel-conformance 0.1.0
Keep it so: run this on every change, with --report junit=report.xml
"##;

#[test]
fn colour_changes_no_text() {
    let coloured = render(
        Sample::new().context(),
        &DisplayOptions { colour: true, ..DisplayOptions::default() },
    );
    assert!(coloured.contains("\u{1b}[1m\u{1b}[31mFAIL\u{1b}[0m"), "{coloured}");
    assert_eq!(without_colour(&coloured), WHOLE);
}

/// Takes out what colours, and nothing else.
fn without_colour(text: &str) -> String {
    let mut pieces = text.split("\u{1b}[");
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (code, rest) = piece.split_once('m').expect("a colour ends");
        assert!(code.chars().all(|c| c.is_ascii_digit()), "{code}");
        plain.push_str(rest);
    }
    plain
}

#[rstest]
#[case(Verbosity::Quiet)]
#[case(Verbosity::Normal)]
#[case(Verbosity::Verbose)]
fn a_hostile_target_reaches_neither_terminal_nor_runner(#[case] verbosity: Verbosity) {
    let options = DisplayOptions { colour: true, verbosity, ..DisplayOptions::default() };
    let text = without_colour(&render(Sample::hostile().context(), &options));
    let found = text.chars().find(|character| *character != '\n' && !is_safe(*character));
    assert_eq!(found, None);
    assert!(!text.lines().any(|line| line.trim_start().starts_with("::")));
    assert!(!text.contains("##["));
}

#[test]
fn an_answer_that_is_not_understood_is_quoted() {
    let violation = violation("body", "one JSON value", "a body that is not JSON");
    let failed = Outcome::Failed { violations: vec![violation], difference: None };
    let findings = hostile::findings(vec![(Level::Must, failed)]);
    let text = render(
        Context { findings: &findings, suite: &hostile::suite() },
        &DisplayOptions::default(),
    );
    let quoted = "
      body: expected one JSON value, got a body that is not JSON
      body    60 bytes: <script>alert(1)</script>]]>\\u{1b}[31m\\u{ffff}\\u{202e}`…
";
    assert!(text.contains(quoted), "{text}");
}

#[test]
fn a_case_that_the_suite_does_not_know_is_told_all_the_same() {
    let mut sample = Sample::new();
    sample.suite.cases.clear();
    let is_failed = |check: &CheckResult| check.outcome.is_failure();
    let text = render(sample.keep(is_failed).context(), &DisplayOptions::default());
    assert!(text.contains("FAIL  refusals/a-blocked-dealer-is-refused"), "{text}");
    assert!(!text.contains("expects"), "{text}");
}

#[test]
fn what_is_done_already_is_not_advised() {
    let skipped = |check: &CheckResult| matches!(check.outcome, Outcome::Skipped(_));
    let options = DisplayOptions {
        accepts_gaps: true,
        verbosity: Verbosity::Quiet,
        ..DisplayOptions::default()
    };
    let text = render(Sample::new().keep(skipped).context(), &options);
    assert_eq!(text.lines().last(), Some("Supply expired_session with --fixtures."));
}
