//! Whole certificates, one for every kind of run.

use super::{certificate, render};
use crate::judge::findings::Findings;
use crate::model::figures::{Figure, Figures, ObservationCoverage};
use crate::model::level::Level;
use crate::model::outcome::{Outcome, Verdict};
use crate::model::reason::ReasonKind;
use crate::model::run_option::Override;
use crate::model::stopped::Stopped;
use crate::report::snapshot::assert_snapshot;
use crate::report::{Context, hostile};
use crate::suite::Origin;
use crate::suite::selection::Filter;
use rstest::rstest;

fn skipped() -> Outcome {
    Outcome::Skipped(hostile::reason(ReasonKind::FixtureMissing, "no `dealer`"))
}

fn unjudged() -> Outcome {
    Outcome::Unjudged(hostile::reason(ReasonKind::NoAnswer, "no answer in 10 s"))
}

fn conformant() -> Findings {
    hostile::findings(vec![(Level::Must, Outcome::Passed), (Level::Should, skipped())])
}

fn incomplete() -> Findings {
    hostile::findings(vec![(Level::Must, Outcome::Passed), (Level::Must, skipped())])
}

fn of_nothing() -> Findings {
    hostile::findings(vec![(Level::Should, skipped())])
}

fn all_bad() -> Findings {
    hostile::findings(vec![
        (Level::Must, hostile::failed()),
        (Level::Must, unjudged()),
        (Level::Must, skipped()),
        (Level::Should, hostile::failed()),
    ])
}

/// What a proof of the files of these findings could have found.
fn proof(findings: &Findings) -> Figures {
    Figures {
        suite: findings.suite.clone(),
        passed_without_fault: Figure { good: 2, of: 2 },
        faults_noticed: Figure { good: 9, of: 9 },
        checks_proven: Figure { good: 2, of: 2 },
        variations_unflagged: Figure { good: 4, of: 4 },
        null_servers_seen_through: Figure { good: 3, of: 3 },
        observation_coverage: ObservationCoverage::new(7, 10),
        requests: 5,
    }
}

#[track_caller]
fn check(findings: &Findings, origin: Origin, proof: Option<&Figures>, snapshot: &str) {
    let mut suite = hostile::suite();
    suite.origin = origin;
    let told = certificate(Context { findings, suite: &suite }, proof);
    assert_snapshot(snapshot, &told);
}

#[test]
fn a_certificate_states_what_was_certified_and_what_was_not() {
    let findings = conformant();
    check(&findings, Origin::BuiltIn, Some(&proof(&findings)), "certificate.md");
}

#[test]
fn a_run_with_everything_against_it_says_everything_first() {
    let mut findings = all_bad();
    findings.selection = Filter { level: Some(Level::Must), ..Filter::default() };
    findings.stopped = Some(Stopped::Interrupted);
    findings.target.embedded = true;
    let proxy = Override::Proxy {
        url: None,
        without_credentials: Some("http://proxy.example:3128".to_owned()),
        variable: None,
    };
    findings.target.overrides = vec![Override::Insecure, proxy];
    findings.strict = true;
    check(&findings, Origin::Own, None, "certificate-of-nothing-good.md");
}

#[track_caller]
fn check_first_line(findings: &Findings, origin: Origin, expected: &str) {
    let mut suite = hostile::suite();
    suite.origin = origin;
    let told = render(Context { findings, suite: &suite });
    assert_eq!(told.lines().next(), Some(expected));
}

#[rstest]
#[case::failed(
    hostile::findings(vec![(Level::Must, hostile::failed())]),
    "# NOT A CERTIFICATE: 1 of 1 deciding checks failed"
)]
#[case::unjudged(
    hostile::findings(vec![(Level::Must, unjudged())]),
    "# NOT A CERTIFICATE: 1 of 1 deciding checks are unjudged"
)]
#[case::skipped(incomplete(), "# INCOMPLETE: 1 of 2 deciding checks were skipped")]
#[case::nothing_selected(of_nothing(), "# INCOMPLETE: nothing was judged")]
#[case::nothing_answered(
    hostile::findings(vec![(Level::Should, unjudged())]),
    "# NOT A CERTIFICATE: nothing was judged"
)]
#[case::only_a_recommendation_failed(
    hostile::findings(vec![(Level::Must, Outcome::Passed), (Level::Should, hostile::failed())]),
    "# Certificate of conformance"
)]
fn what_is_no_certificate_says_so_first(#[case] findings: Findings, #[case] expected: &str) {
    check_first_line(&findings, Origin::BuiltIn, expected);
}

/// Nothing failed, all was judged, and yet it is less than the whole.
#[rstest]
#[case::narrowed(
    |findings: &mut Findings| {
        findings.selection = Filter { skip: vec!["auth/*".to_owned()], ..Filter::default() };
    },
    "# INCOMPLETE: the run was narrowed by `--skip auth/*`"
)]
#[case::stopped(
    |findings: &mut Findings| findings.stopped = Some(Stopped::Interrupted),
    "# INCOMPLETE: the run ended early: the run was interrupted"
)]
#[case::embedded(
    |findings: &mut Findings| findings.target.embedded = true,
    "# NOT A CERTIFICATE: the target is the reference server of the suite itself"
)]
fn a_conformant_run_of_a_part_is_no_certificate(
    #[case] change: fn(&mut Findings),
    #[case] expected: &str,
) {
    let mut findings = conformant();
    change(&mut findings);
    assert_eq!(findings.verdict, Verdict::Conformant);
    check_first_line(&findings, Origin::BuiltIn, expected);
}

#[rstest]
#[case(
    Origin::Extended,
    "# Certificate of conformance, judged with other cases beside the built-in ones"
)]
#[case(Origin::Own, "# NOT A CERTIFICATE: the built-in cases were left out")]
fn other_cases_than_the_built_in_ones_are_named_first(
    #[case] origin: Origin,
    #[case] expected: &str,
) {
    check_first_line(&conformant(), origin, expected);
}

#[rstest]
#[case::version(|figures: &mut Figures| figures.suite.version.push_str("-rc"))]
#[case::cases(|figures: &mut Figures| figures.suite.digests.cases.replace_range(..1, "0"))]
#[case::schemas(|figures: &mut Figures| figures.suite.digests.schemas.replace_range(..1, "0"))]
#[case::ledger(|figures: &mut Figures| figures.suite.digests.ledger.replace_range(..1, "0"))]
fn figures_of_another_state_are_not_told(#[case] change: fn(&mut Figures)) {
    let (findings, suite) = (conformant(), hostile::suite());
    let context = Context { findings: &findings, suite: &suite };
    let mut figures = proof(&findings);
    change(&mut figures);
    assert_eq!(certificate(context, Some(&figures)), certificate(context, None));
}

#[rstest]
#[case(|figures: &mut Figures| figures.passed_without_fault.good = 1)]
#[case(|figures: &mut Figures| figures.faults_noticed.good = 8)]
#[case(|figures: &mut Figures| figures.checks_proven.good = 1)]
#[case(|figures: &mut Figures| figures.variations_unflagged.good = 3)]
#[case(|figures: &mut Figures| figures.null_servers_seen_through.good = 2)]
fn a_proof_that_is_not_complete_is_told_as_such(#[case] change: fn(&mut Figures)) {
    let (findings, suite) = (conformant(), hostile::suite());
    let context = Context { findings: &findings, suite: &suite };
    let mut figures = proof(&findings);
    let remark = "\nThe proof is NOT complete: of some of these, not all are as they have to be.\n";
    assert!(!certificate(context, Some(&figures)).ends_with(remark));
    change(&mut figures);
    assert!(certificate(context, Some(&figures)).ends_with(remark));
}

#[test]
fn hostile_text_formats_nothing() {
    let (mut findings, suite) = (hostile::every_outcome(), hostile::suite());
    findings.stopped = Some(Stopped::Told(hostile::TEXT.to_owned()));
    let told = render(Context { findings: &findings, suite: &suite });
    assert!(told.contains("- 1 must: &lt;script>alert(1)&lt;/script>"), "{told}");
    assert!(told.contains("; the run ended early: &lt;script>alert(1)&lt;/script>"), "{told}");
    assert!(!told.contains("<script>"));
}
