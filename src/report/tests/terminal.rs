//! Whole renderings on the terminal.

use super::{DisplayOptions, Verbosity, render};
use crate::model::level::Level;
use crate::model::outcome::{CheckResult, Outcome};
use crate::model::reason::{EarlierStep, Reason};
use crate::report::escape::is_safe;
use crate::report::sample::{Sample, violation};
use crate::report::snapshot::{assert_snapshot, snapshot};
use crate::report::{Context, hostile};
use rstest::rstest;

#[track_caller]
fn check(sample: &Sample, options: &DisplayOptions, expected: &str) {
    assert_snapshot(expected, &render(sample.context(), options));
}

#[test]
fn the_sample_is_told_whole() {
    check(&Sample::new(), &DisplayOptions::default(), "terminal.txt");
}

#[test]
fn a_wide_terminal_is_used() {
    let options = DisplayOptions { width: 110, ..DisplayOptions::default() };
    let sample = Sample::new().keep(|check| check.requirement == "ERR-CODE-INT");
    check(&sample, &options, "terminal-wide.txt");
}

#[test]
fn the_quiet_hear_the_end_only() {
    let options = DisplayOptions { verbosity: Verbosity::Quiet, ..DisplayOptions::default() };
    let whole = snapshot("terminal.txt");
    let (_, end) = whole.split_once("\n\n          passed").expect("it is there");
    assert_eq!(render(Sample::new().context(), &options), format!("          passed{end}"));
}

#[test]
fn the_curious_hear_every_exchange() {
    let options = DisplayOptions { verbosity: Verbosity::Verbose, ..DisplayOptions::default() };
    let mut sample = Sample::new().keep(|check| check.case == "permissions/are-reported");
    sample.findings.cases.retain(|case| case.record.id == "permissions/are-reported");
    check(&sample, &options, "terminal-verbose.txt");
}

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
    check(&sample, &DisplayOptions::default(), "terminal-good.txt");
}

#[test]
fn colour_changes_no_text() {
    let coloured = render(
        Sample::new().context(),
        &DisplayOptions { colour: true, ..DisplayOptions::default() },
    );
    assert!(coloured.contains("\u{1b}[1m\u{1b}[31mFAIL\u{1b}[0m"), "{coloured}");
    assert_eq!(without_colour(&coloured), snapshot("terminal.txt"));
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
