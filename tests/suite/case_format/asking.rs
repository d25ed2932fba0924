//! What a step asks of its answer: by itself, by the usual checks of the ledger, and by a group.

use panel_conformance::internals::{About, Case, Check, Requirement, Step};
use rstest::rstest;

use super::{load, messages, with_checks, with_step};
use crate::support::project::suite;

/// The requirements that the second step asks, each with its level and what it expects.
#[track_caller]
fn asked(text: &str) -> Vec<String> {
    let suite = load(text).unwrap_or_else(|found| panic!("{:?}", messages(&found)));
    let [case] = suite.cases.as_slice() else { panic!("it is one case") };
    of_step(&case.steps[1])
}

fn of_step(step: &Step) -> Vec<String> {
    let line = |check: &Check| {
        let expected: Vec<String> = check.expectations.iter().map(|one| one.describe()).collect();
        format!("{} {}: {}", check.requirement, check.level, expected.join(", "))
    };
    step.checks.iter().map(line).collect()
}

const ANSWERED: &str = "CALL-ANSWERED must: a grant or a refusal";

#[rstest]
#[case::a_mapping("{ LO-ENDS: { refused: [3] }, LO-CODE: { refused: [3, 4], status: 4xx } }", &[
    "LO-ENDS must: a refusal with code 3",
    "LO-CODE should: a refusal with one of the codes 3, 4, the HTTP status to be 4xx",
    ANSWERED,
])]
#[case::a_list("[LO-ENDS, { LO-CODE: { refused: [3, 4], status: 4xx } }]", &[
    "LO-ENDS must: a refusal",
    "LO-CODE should: a refusal with one of the codes 3, 4, the HTTP status to be 4xx",
    ANSWERED,
])]
#[case::a_list_without_braces("[LO-ENDS, LO-CODE: { refused: [4] }]", &[
    "LO-ENDS must: a refusal",
    "LO-CODE should: a refusal with code 4",
    ANSWERED,
])]
fn checks_are_a_mapping_or_a_list(#[case] checks: &str, #[case] expected: &[&str]) {
    assert_eq!(asked(&with_checks(checks)), expected);
}

#[test]
fn a_group_stands_behind_what_the_step_asks_itself() {
    let text = with_step("answers: grant")
        .replace("LO-ENDS: { status: 4xx }", "SES-REUSE: { status: 200 }");
    let expected = [
        "SES-REUSE should: the HTTP status to be 200",
        r#"AUTH-NOSTATUS should: an answer that fits the schema {"type":"object","properties":{"status":{"type":"null"}}}"#,
        "OK-CT should: the header Content-Type to match `(?i)^application/json *(;|$)`",
        "OK-200 should: the HTTP status to be 200",
        "PERM-ARRAY must: an answer whose /permissions fits the schema `permission-sets`",
        ANSWERED,
    ];
    assert_eq!(asked(&text), expected);
}

#[test]
fn a_group_is_all_that_a_step_need_ask() {
    let text = with_step("answers: grant").replace("checks: { LO-ENDS: { status: 4xx } },", "");
    let asked = asked(&text);
    let of_call = |requirement: &&Requirement| {
        let calls = &requirement.calls;
        calls.is_empty() || calls.iter().any(|call| call == "get_permissions")
    };
    assert_eq!(asked.len() - 1, suite().ledger.group("grant").filter(of_call).count());
}

/// What is asked of every call binds no more than the rest of the step, and only a call as the
/// documents have it.
#[rstest]
#[case::as_binding_as_the_rest(
    "LO-CODE: { status: 4xx }",
    Some("CALL-ANSWERED should: a grant or a refusal")
)]
#[case::in_its_own_words(
    "CALL-ANSWERED: { status: 4xx }",
    Some("CALL-ANSWERED must: the HTTP status to be 4xx")
)]
fn that_a_call_is_answered_is_asked_without_a_word(
    #[case] check: &str,
    #[case] expected: Option<&str>,
) {
    let text = with_step("").replace("LO-ENDS: { status: 4xx }", check);
    assert_eq!(asked(&text).last().map(String::as_str), expected);
}

#[rstest]
#[case::another_method("method: PUT")]
#[case::another_path("slash: true")]
fn a_call_in_another_way_need_not_be_answered(#[case] way: &str) {
    assert!(!asked(&with_step(way)).iter().any(|line| line.starts_with("CALL-ANSWERED")));
}

#[test]
fn the_level_of_a_group_is_capped_like_any_other() {
    let text = with_step("answers: grant, at_most: may");
    assert!(asked(&text).iter().all(|line| line.contains(" may: ")), "{:?}", asked(&text));
}

/// A requirement about refusals does not apply where the answer was granted; something else of the
/// step has to fail there.
#[test]
fn every_built_in_step_that_expects_a_refusal_fails_where_it_is_granted() {
    let presupposes = |id: &str| {
        suite().ledger.get(id).and_then(|requirement| requirement.about) == Some(About::Refused)
    };
    let is_hollow = |step: &&Step| {
        let mut checks = step.checks.iter();
        let is_of_refusals = checks.clone().any(|check| presupposes(&check.requirement));
        is_of_refusals
            && !checks.any(|check| {
                let mut expectations = check.expectations.iter();
                !presupposes(&check.requirement) && expectations.any(|one| one.expects_refusal())
            })
    };
    let hollow = |case: &Case| {
        let steps = case.steps.iter().filter(is_hollow);
        steps.map(|step| format!("{} {}", case.id, step.id)).collect::<Vec<_>>()
    };
    let found: Vec<String> = suite().cases.iter().flat_map(hollow).collect();
    assert_eq!(found, Vec::<String>::new());
}
