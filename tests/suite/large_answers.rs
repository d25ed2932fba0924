//! Answers that are too large to keep, or that hold too much of one thing: they are judged all the
//! same, the record stays small, and no target makes the suite send more than it promises.

use std::collections::BTreeSet;

use panel_conformance::internals::{Case, Selection, judge_all, read_fixtures};
use panel_conformance::{
    BaseUrl, CheckResult, Findings, Outcome, Reason, Recorded, Run, Suite, Target, never,
};
use rstest::rstest;

use crate::support::foreign_server::{Foreign, Habits};
use crate::support::project::suite;
use crate::support::report::check_form;

/// Judges a server with so much room for what it answers.
async fn judge(suite: &Suite, server: &Foreign, room: usize) -> Findings {
    let url = BaseUrl::parse(&server.url()).expect("it is a URL");
    let fixtures = read_fixtures("fixtures.json", server.fixtures().into_bytes(), &|_| None);
    let mut run = Run::of(Target::Url(url.into(), fixtures.expect("they are right")));
    run.settings.room = room;
    let (_stopper, stop) = never();
    run.play(suite, stop, &|_| {}).await.expect("a run comes to findings")
}

/// Ten thousand characters that no two servers would say, and nobody takes for a session.
fn long_text() -> String {
    (0..1000).map(|number| format!("{number} words ")).collect()
}

/// What became of checks, whichever hash has which number.
fn outcomes(checks: &[CheckResult]) -> Vec<String> {
    let told = |check: &CheckResult| {
        let places: Vec<String> = match &check.outcome {
            Outcome::Failed { violations, .. } => violations.iter().map(|one| one.at()).collect(),
            other => other.reason().map(ToString::to_string).into_iter().collect(),
        };
        let CheckResult { case, step, requirement, level, outcome } = check;
        format!("{case} {step} {requirement} {level} {} {places:?}", outcome.name())
    };
    checks.iter().map(told).collect()
}

fn shortened(findings: &Findings) -> usize {
    let steps = findings.cases.iter().flat_map(|case| &case.record.steps);
    steps.flat_map(|step| &step.exchanges).filter(|one| one.shortened.is_some()).count()
}

#[rstest]
#[case::conforming(Habits::default())]
#[case::breaking_nearly_everything(Habits { says_yes: true, ..Habits::default() })]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_to_keep_is_judged_all_the_same(#[case] habits: Habits) {
    let suite = suite();
    let habits = Habits { adds: Some(long_text()), ..habits };
    let kept = judge(suite, &Foreign::start(habits.clone()), usize::MAX).await;
    let server = Foreign::start(habits);
    let left_out = judge(suite, &server, 0).await;

    assert_eq!(outcomes(&left_out.checks), outcomes(&kept.checks));
    assert_eq!((left_out.verdict, left_out.counts), (kept.verdict, kept.counts));
    assert_eq!(server.open_sessions(), 0);
    assert_eq!(shortened(&kept), 0);
    let short = shortened(&left_out);
    assert!(short > 200, "{short} are shortened");

    let text = serde_json::to_string(&left_out).expect("findings can be written");
    assert!(!text.contains(&long_text()));
    let whole = serde_json::to_string(&kept).expect("findings can be written");
    assert!(text.len() * 2 < whole.len(), "{} of {}", text.len(), whole.len());
    check_form(&serde_json::from_str(&text).expect("it is JSON"));
    check_rejudged(suite, &serde_json::from_str(&text).expect("findings can be read"));
}

/// Judging again keeps what was found in answers that the record does not hold, if the files are
/// the same, and says that it does not know if they are not.
#[track_caller]
fn check_rejudged(suite: &Suite, findings: &Findings) {
    let selection = Selection::new(&findings.selection).expect("the run understood it");
    let again = judge_all(suite, &selection, &findings.recording_for(suite));
    assert_eq!(again, findings.checks);

    let mut of_others = findings.clone();
    of_others.suite.digests.cases = "0".repeat(64);
    let again = judge_all(suite, &selection, &of_others.recording_for(suite));
    let is_unknown = |check: &&CheckResult| {
        matches!(&check.outcome, Outcome::Unjudged(Reason::NotRecorded { what: Recorded::Whole }))
    };
    assert!(again.iter().filter(is_unknown).count() > 1000);
    let unknown: BTreeSet<&str> =
        again.iter().filter(is_unknown).map(|check| check.case.as_str()).collect();
    let invented = again.iter().zip(&findings.checks).filter(|(one, before)| {
        !unknown.contains(one.case.as_str()) && one.outcome != before.outcome
    });
    assert_eq!(invented.count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn hundreds_of_hashes_are_no_hundreds_of_sessions() {
    let hashes: String = (0..250).map(|number| format!("hash={number:032x} ")).collect();
    let server = Foreign::start(Habits { adds: Some(hashes), ..Habits::default() });
    let suite = suite();
    let findings = judge(suite, &server, usize::MAX).await;
    assert_eq!(findings.stopped, None);
    let promised: usize = suite.cases.iter().map(Case::most_requests).sum();
    let sent = server.seen().len();
    assert!(sent <= promised, "{sent} requests, and {promised} were promised");
    assert_eq!(server.open_sessions(), 0);
}
