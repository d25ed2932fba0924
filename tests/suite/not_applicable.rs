//! The outcome `not applicable`: a statement that does not bind a server neither fails it nor
//! passes, and is told.

use std::collections::BTreeMap;

use panel_conformance::internals::{departure, play, run_against};
use panel_conformance::{CheckResult, Findings, Level, Outcome, Reason, Verdict, never};
use rstest::rstest;

use crate::support::project::suite;

/// What a run of one case against a server of the reference comes to.
fn findings(server: &str, case: &str) -> Findings {
    let behaviour = departure(server).expect("there is such a server");
    let mut run = run_against(behaviour);
    run.filter.cases = vec![case.to_owned()];
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    let mut findings =
        runtime.block_on(run.play(suite(), never().1, &|_| {})).expect("the run ends");
    findings.checks.retain(|check| check.case == case);
    findings
}

fn not_applicable(findings: &Findings) -> impl Iterator<Item = (&CheckResult, &Reason)> {
    findings.checks.iter().filter_map(|check| match &check.outcome {
        Outcome::NotApplicable(reason) => Some((check, reason)),
        _ => None,
    })
}

#[test]
fn what_a_granted_answer_leaves_of_a_refusal_does_not_apply() {
    let findings = findings("logout-ends-nothing", "logout/ends-the-session");
    let of_step = findings.checks.iter().filter(|check| check.step == "later");
    let outcomes: BTreeMap<&str, &str> =
        of_step.map(|check| (check.requirement.as_str(), check.outcome.name())).collect();
    let about_refusals = [
        "ERR-CODE-INT",
        "ERR-CT",
        "ERR-DESC",
        "ERR-MAP",
        "ERR-NOT200",
        "ERR-OBJECT",
        "ERR-RANGE",
        "ERR-STATUS",
        "ERR-SUCCESS",
        "HASH-NOTAUTHCODE",
        "LO-CODE",
    ];
    let mut expected: BTreeMap<&str, &str> =
        about_refusals.map(|id| (id, "not applicable")).into_iter().collect();
    expected.insert("LO-ENDS", "failed");
    expected.insert("CALL-ANSWERED", "passed");
    assert_eq!(outcomes, expected);
    assert!(not_applicable(&findings).all(|(_, reason)| *reason == Reason::NotRefused));
    assert_eq!(findings.verdict, Verdict::Nonconformant);
}

#[test]
fn what_hangs_on_several_sessions_does_not_apply_where_there_is_one() {
    let case = "sessions/of-one-dealer-live-side-by-side";
    let findings = findings("one-session-per-dealer", case);
    let reason = Reason::DoesNotBind { step: "ask-first-again".to_owned() };
    let steps: Vec<&str> = not_applicable(&findings)
        .filter(|(_, why)| **why == reason)
        .map(|(check, _)| check.step.as_str())
        .collect();
    for step in
        ["ask-second-again", "logout-second", "first-lives-on", "logout-third", "third-is-over"]
    {
        assert!(steps.contains(&step), "{step} is not among {steps:?}");
    }
    let is_failed = |check: &&CheckResult| check.outcome.is_failure();
    let failed: Vec<Level> =
        findings.checks.iter().filter(is_failed).map(|check| check.level).collect();
    assert_eq!(failed, [Level::Should], "only SES-INDEP is not kept");
}

/// A dealer who cannot sign in with the hash of a living session beside has no session to log out
/// of, and there is no hash to send.
#[test]
fn what_hangs_on_a_refused_step_does_not_apply_though_it_cannot_be_sent() {
    let case = "sessions/of-one-dealer-live-side-by-side";
    let findings = findings("auth-refuses-hash-beside", case);
    let outcomes = findings.checks.iter().filter(|check| check.step == "fourth-lives-on");
    let reason = Reason::DoesNotBind { step: "fourth".to_owned() };
    let expected = Outcome::NotApplicable(reason);
    assert!(outcomes.clone().count() > 0);
    assert!(outcomes.clone().all(|check| check.outcome == expected));
    assert_eq!((findings.counts.must.failed, findings.counts.must.unjudged), (0, 0));
}

/// A refusal in the wrong form is held to all statements about the form of refusals.
#[rstest]
#[case::success_true("error-success-true", "ERR-SUCCESS")]
#[case::no_object("error-in-list", "ERR-OBJECT")]
fn what_is_in_a_refusals_place_is_held_to_it(#[case] fault: &str, #[case] requirement: &str) {
    let findings = findings(fault, "hashes/a-near-miss-is-refused");
    let of_refusals =
        findings.checks.iter().filter(|check| check.requirement == requirement).collect::<Vec<_>>();
    assert!(!of_refusals.is_empty());
    assert!(of_refusals.iter().all(|check| check.outcome.is_failure()));
}

#[rstest]
#[case("logout-ends-nothing")]
#[case("auth-login-must-be-number")]
fn every_planned_check_has_one_outcome_and_every_outcome_is_counted(#[case] server: &str) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    let behaviour = departure(server).expect("there is such a server");
    let findings = runtime.block_on(play(suite(), behaviour)).expect("the run ends");
    let steps = suite().cases.iter().flat_map(|case| &case.steps);
    assert_eq!(findings.checks.len(), steps.map(|step| step.checks.len()).sum::<usize>());
    let counts = [Level::Must, Level::Should, Level::May].map(|level| findings.counts.at(level));
    assert_eq!(findings.checks.len(), counts.iter().map(|counts| counts.total()).sum::<usize>());
    let told: usize = counts.iter().map(|counts| counts.not_applicable).sum();
    assert_eq!(told, not_applicable(&findings).count());
    assert!(told > 0);
}
