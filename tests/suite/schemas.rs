//! The schemas of answers against the examples of the account page, and against what is near them.

use panel_conformance::internals::{Schema, Schemas, built_in_schema};
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::project;

const NAMES: [&str; 5] = ["auth", "permissions", "success", "error", "permission-sets"];

fn schema(name: &str) -> Schema {
    let read = |name: &str| {
        let text = built_in_schema(&format!("{name}.schema.json")).expect("it is built in");
        serde_json::from_str(text).expect("it is JSON")
    };
    let named = NAMES.iter().map(|name| ((*name).to_owned(), read(name))).collect();
    let schemas = Schemas::new(named).expect("nothing is wrong with them");
    schemas.compile_named(name).expect("it compiles")
}

fn example(file: &str) -> Value {
    project::json(&format!("tests/suite/data/{file}"))
}

/// The example with the value of a member replaced; without the member where the value is `None`.
fn altered(file: &str, member: &str, value: Option<Value>) -> Value {
    let mut answer = example(file);
    let members = answer.as_object_mut().expect("it is an object");
    match value {
        Some(value) => members.insert(member.to_owned(), value),
        None => members.remove(member),
    };
    answer
}

#[rstest]
#[case("auth", "auth.json")]
#[case("permissions", "get_permissions.json")]
#[case("success", "logout.json")]
// Every success is a success, and what auth answers holds what get_permissions does.
#[case("success", "auth.json")]
#[case("success", "get_permissions.json")]
#[case("permissions", "auth.json")]
fn the_examples_of_the_account_page_are_accepted(#[case] name: &str, #[case] file: &str) {
    assert_eq!(schema(name).shortfalls(&example(file)), []);
}

#[test]
fn the_documented_errors_are_accepted_and_are_no_success() {
    let error = schema("error");
    for answer in example("errors.json").as_array().expect("a list") {
        assert_eq!(error.shortfalls(answer), [], "{answer}");
        for name in ["auth", "permissions", "success"] {
            assert!(!schema(name).accepts(answer), "{name} accepts {answer}");
        }
    }
}

#[rstest]
#[case("auth", "auth.json")]
#[case("permissions", "get_permissions.json")]
#[case("success", "logout.json")]
fn answers_may_have_further_members(#[case] name: &str, #[case] file: &str) {
    let answer = altered(file, "x_added_later", Some(json!({"a": [1, null]})));
    assert_eq!(schema(name).shortfalls(&answer), []);
}

#[rstest]
#[case::unknown_category(json!({"robots": ["read"]}))]
#[case::unknown_operation(json!({"trackers": ["teleport"]}))]
#[case::empty_category(json!({"trackers": []}))]
#[case::no_category(json!({}))]
#[case::twice(json!({"trackers": ["read", "read"]}))]
fn categories_and_operations_are_open(#[case] permissions: Value) {
    assert!(schema("permission-sets").accepts(&permissions));
    let answer = altered("auth.json", "permissions", Some(permissions.clone()));
    assert!(schema("auth").accepts(&answer));
    let answer = altered("get_permissions.json", "permissions", Some(permissions));
    assert!(schema("permissions").accepts(&answer));
}

#[rstest]
#[case::no_success("success", None)]
#[case::success_in_words("success", Some(json!("true")))]
#[case::success_as_a_number("success", Some(json!(1)))]
#[case::success_denied("success", Some(json!(false)))]
#[case::success_null("success", Some(json!(null)))]
#[case::no_hash("hash", None)]
#[case::empty_hash("hash", Some(json!("")))]
#[case::null_hash("hash", Some(json!(null)))]
#[case::hash_as_a_number("hash", Some(json!(7)))]
#[case::hash_in_a_list("hash", Some(json!(["fa7b"])))]
#[case::no_permissions("permissions", None)]
#[case::null_permissions("permissions", Some(json!(null)))]
#[case::listed_permissions("permissions", Some(json!(["read"])))]
#[case::one_permission("permissions", Some(json!({"trackers": "read"})))]
#[case::numbered_permissions("permissions", Some(json!({"trackers": [1]})))]
#[case::permissions_by_name("permissions", Some(json!({"trackers": {"read": true}})))]
#[case::null_category("permissions", Some(json!({"trackers": null})))]
fn a_session_that_is_not_as_documented_is_refused(
    #[case] member: &str,
    #[case] value: Option<Value>,
) {
    assert!(!schema("auth").accepts(&altered("auth.json", member, value.clone())));
    if member != "hash" {
        let answer = altered("get_permissions.json", member, value.clone());
        assert!(!schema("permissions").accepts(&answer));
    }
    if member == "success" {
        assert!(!schema("success").accepts(&altered("logout.json", member, value)));
    }
}

#[rstest]
#[case::a_list(json!([]))]
#[case::a_text(json!("error"))]
#[case::null(json!(null))]
#[case::success_true(json!({"success": true, "status": {"code": 4, "description": "x"}}))]
#[case::success_in_words(json!({"success": "false", "status": {"code": 4, "description": "x"}}))]
#[case::no_success(json!({"status": {"code": 4, "description": "x"}}))]
#[case::no_status(json!({"success": false}))]
#[case::status_as_a_number(json!({"success": false, "status": 4}))]
#[case::status_as_a_text(json!({"success": false, "status": "x"}))]
#[case::no_code(json!({"success": false, "status": {"description": "x"}}))]
#[case::code_in_quotes(json!({"success": false, "status": {"code": "4", "description": "x"}}))]
#[case::half_a_code(json!({"success": false, "status": {"code": 4.5, "description": "x"}}))]
#[case::no_description(json!({"success": false, "status": {"code": 4}}))]
#[case::null_description(json!({"success": false, "status": {"code": 4, "description": null}}))]
#[case::errors_by_name(json!({"success": false, "status": {"code": 7, "description": "x"}, "errors": {"login": "x"}}))]
#[case::errors_in_words(json!({"success": false, "status": {"code": 7, "description": "x"}, "errors": ["login"]}))]
#[case::an_error_of_nothing(json!({"success": false, "status": {"code": 7, "description": "x"}, "errors": [{"error": "x"}]}))]
fn an_error_that_is_not_as_documented_is_refused(#[case] answer: Value) {
    assert!(!schema("error").accepts(&answer));
}

#[test]
fn an_error_may_have_further_members_and_any_words() {
    let answer = json!({
        "success": false,
        "status": {"code": 4.0, "description": "", "hint": "x"},
        "errors": [],
        "trace": "7",
    });
    assert_eq!(schema("error").shortfalls(&answer), []);
}
