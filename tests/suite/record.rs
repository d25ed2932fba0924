//! The record of a run: it has the form that its schema describes, and judging it again, with
//! nothing but what it holds, comes to the same outcomes.

use panel_conformance::internals::{Selection, departure, judge_all};
use panel_conformance::{
    Behaviour, Findings, Run, Sources, Suite, Target, faults, never, null_servers,
};
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::folder::Folder;
use crate::support::foreign_server::{Foreign, Habits, Manner};
use crate::support::program;
use crate::support::project::suite;
use crate::support::report::{check_form, read_report};

/// Plays these cases against a server inside this process.
async fn play(suite: &Suite, behaviour: &'static Behaviour, cases: Vec<String>) -> Findings {
    let mut run = Run::of(Target::Embedded(behaviour));
    run.filter.cases = cases;
    // A server that never answers is given up sooner.
    run.connection.timeout = std::time::Duration::from_secs(2);
    let (_stopper, stop) = never();
    run.play(suite, stop, &|_| {}).await.expect("a run comes to findings")
}

fn selection_of(findings: &Findings) -> Selection {
    Selection::new(&findings.selection).expect("the run understood it")
}

/// Writes findings, reads them, and judges what was read.
#[track_caller]
fn check_judged_again(suite: &Suite, findings: &Findings, name: &str) {
    let text = serde_json::to_string(findings).expect("findings can be written");
    let read: Findings = serde_json::from_str(&text).expect("findings can be read");
    assert_eq!(read.checks, findings.checks, "{name}: reading changed what was written");
    let again = judge_all(suite, &selection_of(&read), &read.recording_for(suite));
    for (before, after) in findings.checks.iter().zip(&again) {
        assert_eq!(before, after, "{name}: judging again changed an outcome");
    }
    assert_eq!(findings.checks.len(), again.len(), "{name}");
    let written_again = serde_json::to_string(&read).expect("findings can be written");
    assert!(written_again == text, "{name}: writing what was read changed it");
}

/// A suite for every case, which is all that a run against one fault needs.
fn suites() -> Vec<Suite> {
    let loaded = Suite::load(&Sources::default()).expect("the built-in suite is right");
    let Suite { cases, ledger, digests, origin, .. } = loaded;
    let alone = |case| Suite {
        cases: vec![case],
        ledger: ledger.clone(),
        digests: digests.clone(),
        files: 1,
        origin,
    };
    cases.into_iter().map(alone).collect()
}

/// The shortest case that judges something the fault breaks.
fn about<'a>(suites: &'a [Suite], fault: &Behaviour) -> Option<&'a Suite> {
    let concerned = |suite: &&Suite| {
        fault.violates.iter().any(|requirement| !suite.checks_of(requirement).is_empty())
    };
    suites.iter().filter(concerned).min_by_key(|suite| suite.cases[0].requests())
}

#[tokio::test(flavor = "multi_thread")]
async fn judging_the_record_of_any_fault_again_changes_nothing() {
    use futures_util::StreamExt;
    let suites = &suites();
    let failing = futures_util::stream::iter(faults())
        .map(|fault| async move {
            let suite =
                about(suites, fault).unwrap_or_else(|| panic!("no case is about `{}`", fault.name));
            let findings = play(suite, fault, Vec::new()).await;
            check_judged_again(suite, &findings, fault.name);
            findings.checks.iter().any(|check| check.outcome.is_failure())
        })
        .buffer_unordered(32)
        .filter(|is_noticed| std::future::ready(*is_noticed))
        .count()
        .await;
    // Otherwise it is the records of faultless servers that were judged.
    assert!(failing * 2 > faults().len(), "{failing} of {}", faults().len());
}

#[tokio::test(flavor = "multi_thread")]
async fn judging_the_record_of_any_null_server_again_changes_nothing() {
    use futures_util::StreamExt;
    let suite = suite();
    futures_util::stream::iter(null_servers())
        .for_each_concurrent(8, |server| async move {
            let cases = vec!["auth/*".to_owned(), "logout/ends-the-session".to_owned()];
            let findings = play(suite, server, cases).await;
            check_judged_again(suite, &findings, server.name);
        })
        .await;
}

#[rstest]
#[case("success-in-utf-16")]
#[case("auth-answer-shorter-than-told")]
#[case("error-as-html")]
#[case("get-permissions-in-capitals")]
#[case("hash-same-for-dealer")]
#[tokio::test(flavor = "multi_thread")]
async fn the_report_of_a_fault_has_the_documented_form(#[case] name: &str) {
    let fault = departure(name).expect("there is such a fault");
    let suite = suite();
    let findings = play(suite, fault, vec!["[ahp]*/*".to_owned()]).await;
    check_form(&serde_json::to_value(&findings).expect("findings can be written"));
    check_judged_again(suite, &findings, name);
}

/// A report of the faultless embedded server in a folder.
fn report(folder: &Folder) -> (String, Value) {
    let path = folder.path("report.json");
    let ran = program::run(&[
        "--case",
        "logout/*",
        "--case",
        "auth/*",
        "--report",
        &format!("json={path}"),
    ]);
    assert_eq!(ran.code, 4, "{}", ran.stderr);
    let report = read_report(&path).expect("the report is written");
    (path, report)
}

#[test]
fn the_report_of_the_faultless_server_has_the_documented_form_and_can_be_judged_again() {
    let folder = Folder::new();
    let path = folder.path("report.json");
    let ran = program::run(&["--report", &format!("json={path}")]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    check_form(&read_report(&path).expect("the report is written"));
    let again = program::run(&["rejudge", &path]);
    let words: Vec<&str> = again.stdout.lines().collect();
    assert_eq!(words[0], "nothing changed", "{}", again.stdout);
    assert!(words[1].ends_with("the verdict was conformant and is conformant"), "{}", words[1]);
    assert_eq!((again.code, again.stderr.as_str()), (0, ""));
}

#[rstest]
#[case(Manner::Silent)]
#[case(Manner::DiesAt(25))]
#[case(Manner::Garbage)]
fn the_report_of_a_dead_target_has_the_documented_form_and_can_be_judged_again(
    #[case] manner: Manner,
) {
    let server = Foreign::start(Habits { manner, ..Habits::default() });
    let folder = Folder::new();
    let ran = server.judge(&["--timeout", "300ms"]);
    check_form(ran.report());
    let path = folder.write("report.json", &ran.report().to_string());
    let again = program::run(&["rejudge", &path]);
    assert!(again.stdout.starts_with("nothing changed\n"), "{}", again.stdout);
    assert_eq!(again.code, ran.code);
}

/// Changes a report, and expects a line about it.
#[track_caller]
fn check_changed(change: impl FnOnce(&mut Value), expected: &str) {
    let folder = Folder::new();
    let (path, mut report) = report(&folder);
    change(&mut report);
    std::fs::write(&path, report.to_string()).expect("the report can be written");
    let again = program::run(&["rejudge", &path]);
    assert!(again.stdout.contains(expected), "{expected} is not in: {}", again.stdout);
    assert!(!again.stdout.contains("nothing changed"), "{}", again.stdout);
}

fn index_of(items: &Value, is: impl Fn(&Value) -> bool) -> usize {
    items.as_array().expect("it is a list").iter().position(is).expect("it is there")
}

#[test]
fn a_check_that_the_report_lacks_is_new() {
    let remove = |report: &mut Value| {
        let at = index_of(&report["checks"], |check| check["requirement"] == "LO-IMMEDIATE");
        report["checks"].as_array_mut().expect("it is a list").remove(at);
    };
    check_changed(
        remove,
        "new          logout/ends-the-session at-once LO-IMMEDIATE: passed (should)",
    );
}

#[test]
fn a_check_that_the_suite_lacks_is_gone() {
    let add = |report: &mut Value| {
        let mut check = report["checks"][0].clone();
        check["requirement"] = json!("LO-NOWHERE");
        report["checks"].as_array_mut().expect("it is a list").push(check);
    };
    check_changed(add, "LO-NOWHERE: was");
}

#[test]
fn an_outcome_that_the_record_does_not_bear_out_is_changed() {
    let alter = |report: &mut Value| {
        let at = index_of(&report["checks"], |check| check["requirement"] == "LO-IMMEDIATE");
        report["checks"][at]["outcome"] = json!("failed");
        report["checks"][at]["violations"] =
            json!([{"at": "status", "expected": "y", "actual": "z"}]);
    };
    check_changed(
        alter,
        "changed      logout/ends-the-session at-once LO-IMMEDIATE: was failed (should), is passed (should)",
    );
}

#[test]
fn an_answer_that_was_altered_changes_outcomes() {
    let alter = |report: &mut Value| {
        let case = index_of(&report["cases"], |case| case["id"] == "logout/ends-the-session");
        let step = &mut report["cases"][case]["steps"][2]["exchanges"][0];
        assert_eq!(step["answer"]["status"], 200);
        step["answer"]["status"] = json!(202);
    };
    check_changed(
        alter,
        "changed      logout/ends-the-session logout LO-200: was passed (should), is failed",
    );
}

#[test]
fn an_exchange_that_the_report_lacks_is_said_to_be_missing() {
    let remove = |report: &mut Value| {
        let case = index_of(&report["cases"], |case| case["id"] == "logout/ends-the-session");
        report["cases"][case]["steps"][3]["exchanges"] = json!([]);
    };
    check_changed(remove, "not on record  logout/ends-the-session at-once LO-IMMEDIATE");
}

#[test]
fn a_case_that_the_report_lacks_is_said_to_be_missing() {
    let remove = |report: &mut Value| {
        let case = index_of(&report["cases"], |case| case["id"] == "logout/ends-the-session");
        report["cases"].as_array_mut().expect("it is a list").remove(case);
    };
    check_changed(remove, "not on record  logout/ends-the-session later LO-ENDS");
}

/// A case in three steps, of which the second may be another one than was recorded.
const CASE: &str = "
title: Logout ends the session
needs: [dealer]
steps:
  - id: sign-in
    call: auth
    with: { login: \"${dealer.login}\", password: \"${dealer.password}\" }
    checks: { M-AUTH-POST: { schema: auth } }
  - id: logout
    call: logout
    with: { hash: \"${sign-in.hash}\" }
    checks: { LO-SHAPE: { at: /success, schema: { const: true } } }
  - id: ended
    call: get_permissions
    given: [sign-in]
    with: { hash: \"${sign-in.hash}\" }
    checks: { LO-ENDS: { refused: any } }
";

/// Nothing that comes after a call which would be another one now is judged by what was answered
/// then.
#[rstest]
#[case::nothing("", "", "nothing changed\n")]
#[case::what_is_expected(
    "const: true",
    "const: false",
    "changed      x/a logout LO-SHAPE: was passed (must), is failed (must)\n"
)]
#[case::the_place_of_a_value("call: logout", "call: logout\n    via: query", LATER_UNRECORDED)]
#[case::a_value(
    "{ hash: \"${sign-in.hash}\" }\n    checks: { LO-SHAPE",
    "{ hash: \"${sign-in.hash | drop-last}\" }\n    checks: { LO-SHAPE",
    LATER_UNRECORDED
)]
#[case::how_often("call: logout", "call: logout\n    repeat: 2", LATER_UNRECORDED)]
#[case::a_header("call: logout", "call: logout\n    headers: { X-A: b }", LATER_UNRECORDED)]
#[case::a_step_before(
    "  - id: logout",
    "  - id: before\n    call: get_permissions\n    with: { hash: \"${sign-in.hash}\" }\n  - id: logout",
    LATER_UNRECORDED
)]
fn a_call_that_would_be_another_one_is_not_on_record(
    #[case] old: &str,
    #[case] new: &str,
    #[case] expected: &str,
) {
    let (then, now, reports) = (Folder::new(), Folder::new(), Folder::new());
    then.write("x/a.yaml", CASE);
    assert!(CASE.contains(old), "{old}");
    now.write("x/a.yaml", &CASE.replacen(old, new, 1));
    let path = reports.path("report.json");
    let report = format!("json={path}");
    let recorded =
        program::run(&["--no-builtin", "--cases", &then.path(""), "--report", report.as_str()]);
    assert_eq!(recorded.code, 0, "{}{}", recorded.stdout, recorded.stderr);
    let again = program::run(&["rejudge", &path, "--no-builtin", "--cases", &now.path("")]);
    assert!(again.stdout.starts_with(expected), "{}{}", again.stdout, again.stderr);
}

const LATER_UNRECORDED: &str = "\
not on record  x/a logout LO-SHAPE
not on record  x/a logout CALL-ANSWERED
not on record  x/a ended LO-ENDS
";

#[rstest]
#[case::empty("", "EOF while parsing")]
#[case::cut_short("{\"format\": 1, \"suite\": {", "EOF while parsing")]
#[case::no_report("{}", "it has no `format`")]
#[case::list("[1]", "it has no `format`")]
#[case::later("{\"format\": 99}", "it has format 99, and this version reads format 1")]
#[case::hollow("{\"format\": 1}", "missing field `suite`")]
fn a_broken_report_is_explained(#[case] text: &str, #[case] expected: &str) {
    let folder = Folder::new();
    let path = folder.write("broken.json", text);
    let ran = program::run(&["rejudge", &path]);
    assert_eq!(ran.code, 2);
    for expected in [expected, &path, "it has to be a report that `run --report json=PATH` wrote"] {
        assert!(ran.stderr.contains(expected), "{expected} is not in: {}", ran.stderr);
    }
    assert_eq!(ran.stdout, "");
}

/// Alters a report of one exchange and returns what `rejudge` says of it.
fn judged_again(alter: impl FnOnce(&mut Value)) -> program::Ran {
    let folder = Folder::new();
    let (path, mut report) = report(&folder);
    alter(&mut report);
    std::fs::write(&path, report.to_string()).expect("it can be written");
    program::run(&["rejudge", &path])
}

#[rstest]
#[case::two_bodies("/cases/0/steps/0/exchanges/0/answer/body_base64", json!("!"), "a message has either a `body` or a `body_base64`")]
#[case::answer_with_path("/cases/0/steps/0/exchanges/0/answer/path", json!("/x"), "an answer has neither `method` nor `path` nor `query`")]
#[case::request_with_status("/cases/0/steps/0/exchanges/0/request/status", json!(200), "a request has neither a `status` nor a `defect`")]
#[case::sent_and_not("/cases/0/steps/0/not_sent", json!({"kind": "stopped", "by": "interrupted", "text": "x"}), "was sent, and was not")]
#[case::passed_with_violations("/checks/0/violations", json!([{"at": "status", "expected": "x", "actual": "y"}]), "a check has `violations` if it failed, and only then")]
#[case::failed_without("/checks/0/outcome", json!("failed"), "a check has `violations` if it failed, and only then")]
#[case::passed_with_reason("/checks/0/reason", json!({"kind": "not-granted", "text": "x"}), "its `reason` is lacking or too much")]
fn a_report_that_contradicts_itself_is_refused(
    #[case] pointer: &str,
    #[case] value: Value,
    #[case] expected: &str,
) {
    let ran = judged_again(|report| {
        let (parent, name) = pointer.rsplit_once('/').expect("it is a member");
        report.pointer_mut(parent).expect("it is there")[name] = value;
    });
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    assert!(ran.stderr.contains(expected), "{}", ran.stderr);
}

#[rstest]
#[case::case("/cases", "it holds the case `")]
#[case::step("/cases/0/steps", "it holds the step `")]
#[case::check("/checks", "it holds the check `")]
fn what_stands_twice_in_a_report_is_refused(#[case] list: &str, #[case] expected: &str) {
    let ran = judged_again(|report| {
        let items = report.pointer_mut(list).and_then(Value::as_array_mut).expect("a list");
        let first = items[0].clone();
        items.push(first);
    });
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    assert!(ran.stderr.contains(expected), "{}", ran.stderr);
}

#[test]
fn a_report_that_does_not_add_up_is_judged_with_a_warning() {
    let ran = judged_again(|report| {
        report["verdict"] = json!("nonconformant");
        report["requests"] = json!(1);
        report["counts"]["must"]["passed"] = json!(0);
    });
    let told: Vec<&str> = ran.stderr.lines().map(|line| &line[..55]).collect();
    let expected = [
        "warning: the report does not add up: its counts are not",
        "warning: the report does not add up: its verdict is non",
        "warning: the report does not add up: it tells of 1 requ",
    ];
    assert_eq!(told, expected, "{}", ran.stderr);
}

#[rstest]
#[case(&[], 4)]
#[case(&["--allow-deselected"], 0)]
fn a_part_ends_well_by_an_option_only(#[case] options: &[&str], #[case] code: i32) {
    let folder = Folder::new();
    let (path, _) = report(&folder);
    assert_eq!(program::run(&[&["rejudge", &path], options].concat()).code, code);
}

#[test]
fn a_byte_order_mark_before_a_report_means_nothing() {
    let folder = Folder::new();
    let (path, report) = report(&folder);
    std::fs::write(&path, format!("\u{feff}{report}")).expect("it can be written");
    let ran = program::run(&["rejudge", &path]);
    assert!(ran.stdout.starts_with("nothing changed\n"), "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn a_report_that_is_not_there_is_explained() {
    let ran = program::run(&["rejudge", "/no/such/report.json"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("cannot read the report `/no/such/report.json`"), "{}", ran.stderr);
}
