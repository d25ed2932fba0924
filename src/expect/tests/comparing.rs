//! `equals`, `same_as`, `differs_from` and `reveals_not` agree about what is one value, whatever its
//! spelling. The same values in every run: the seed is fixed, and no file is written.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::{
    Just, ProptestConfig, Strategy, prop, prop_assert_eq, prop_oneof, proptest,
};
use proptest::test_runner::RngSeed;
use rstest::rstest;
use serde_json::{Value, json};

use crate::expect::{Compiler, Detail, Evidence, Finding, compile};
use crate::model::exchange::Answer;
use crate::value::body::Body;
use crate::value::schema::Schemas;
use crate::value::secret::Shapes;
use crate::value::variables::Reference;

/// Whether a keyword holds of an answer, where the step `other` was answered `{"v": other}`.
fn holds(keyword: &str, value: &Value, other: &Value, part: &Value, unordered: bool) -> bool {
    let schemas = Schemas::new(BTreeMap::new()).expect("they register");
    let compiler =
        Compiler { schemas: &schemas, statuses: &Arc::default(), at: "/v".to_owned(), unordered };
    let expectation = compile(keyword, value, &compiler).expect("it compiles");
    let body = json!({"v": part}).to_string().into_bytes();
    let shapes = Shapes::new();
    let parsed = Body::parse(&body, &shapes);
    let answer = Answer { status: 200, headers: Vec::new(), body, defect: None };
    let earlier = json!({"v": other});
    let lookup = |reference: &Reference| Ok(reference.walk(&earlier).expect("it is there"));
    let finding = expectation.judge(&Evidence {
        answer: &answer,
        body: &parsed,
        lookup: &lookup,
        shapes: &shapes,
        siblings: &[],
        step: "this",
        detail: Detail::Full,
    });
    assert!(!matches!(finding, Finding::Unknown(_)), "{finding:?}");
    finding == Finding::Holds
}

/// What each keyword says of two values, in terms of whether they are one.
fn verdicts(left: &Value, right: &Value) -> Vec<(&'static str, bool)> {
    let reference = json!("${other.v}");
    let holds = |keyword, value: &Value, unordered| holds(keyword, value, left, right, unordered);
    vec![
        ("equals", holds("equals", left, false)),
        ("equals a reference", holds("equals", &reference, false)),
        ("same_as", holds("same_as", &json!("other.v"), false)),
        ("differs_from", !holds("differs_from", left, false)),
        ("differs_from a reference", !holds("differs_from", &reference, false)),
    ]
}

fn unordered_verdicts(left: &Value, right: &Value) -> Vec<(&'static str, bool)> {
    let holds = |keyword, value: &Value| holds(keyword, value, left, right, true);
    vec![("equals", holds("equals", left)), ("same_as", holds("same_as", &json!("other.v")))]
}

#[track_caller]
fn check(verdicts: &[(&str, bool)], expected: bool) {
    let wrong: Vec<_> = verdicts.iter().filter(|(_, is_one)| *is_one != expected).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[rstest]
#[case("1", "1.0", true)]
#[case("1", "1e0", true)]
#[case("9007199254740992", "9007199254740993", false)]
#[case("18446744073709551616", "18446744073709551617", false)]
#[case("0.1", "1e-1", true)]
#[case("0.1", "0.10000000000000000001", false)]
#[case("1e400", "1e401", false)]
#[case("1", "\"1\"", false)]
#[case("[1, {\"a\": 2}]", "[1.0, {\"a\": 2e0}]", true)]
#[case("[1, 2]", "[2, 1]", false)]
fn numbers_are_one_value_if_they_are_one_number(
    #[case] left: &str,
    #[case] right: &str,
    #[case] expected: bool,
) {
    let [left, right] = [left, right].map(|text| serde_json::from_str(text).expect("it is JSON"));
    check(&verdicts(&left, &right), expected);
    check(&verdicts(&right, &left), expected);
}

#[rstest]
#[case("[1, 2, 10]", "[10.0, 2.0, 1e0]", true)]
#[case("[[1, 2], 3]", "[3, [2.0, 1.0]]", true)]
#[case("[9007199254740992]", "[9007199254740993]", false)]
#[case("[1, 1, 2]", "[1, 2, 2]", false)]
fn lists_of_numbers_are_compared_as_sets(
    #[case] left: &str,
    #[case] right: &str,
    #[case] expected: bool,
) {
    let [left, right] = [left, right].map(|text| serde_json::from_str(text).expect("it is JSON"));
    check(&unordered_verdicts(&left, &right), expected);
    check(&unordered_verdicts(&right, &left), expected);
}

#[rstest]
#[case("1234567890123", "{\"a\": [1234567890123.0]}", false)]
#[case("1234567890123", "{\"a\": [1234567890124]}", true)]
fn a_number_is_revealed_by_the_same_number(
    #[case] secret: &str,
    #[case] part: &str,
    #[case] expected: bool,
) {
    let [secret, part] = [secret, part].map(|text| serde_json::from_str(text).expect("it is JSON"));
    assert_eq!(holds("reveals_not", &json!("${other.v}"), &secret, &part, false), expected);
}

fn value() -> impl Strategy<Value = Value> {
    let number = "-?(0|[1-9][0-9]{0,1})(\\.[05]{1,2})?(e[+-]?[0-2])?";
    let leaf = prop_oneof![
        4 => number.prop_map(|text| text.parse().map(Value::Number).expect("it is a number")),
        1 => "[01]".prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map("[ab]", inner, 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 256,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(7331),
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_keywords_that_compare_agree(left in value(), right in value()) {
        let agree = |verdicts: Vec<(&'static str, bool)>| {
            verdicts.iter().all(|(_, is_one)| *is_one == verdicts[0].1)
        };
        prop_assert_eq!(agree(verdicts(&left, &right)), true);
        prop_assert_eq!(agree(unordered_verdicts(&left, &right)), true);
        check(&verdicts(&left, &left), true);
        check(&unordered_verdicts(&left, &left), true);
    }
}
