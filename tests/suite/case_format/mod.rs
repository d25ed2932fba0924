//! The format of case files, said twice: by `schemas/case.schema.json` for editors, and by the
//! loader. What the schema refuses the loader refuses; what else the loader refuses is listed.

mod asking;
mod guide;

use std::collections::{BTreeMap, BTreeSet};

use panel_conformance::internals::{Schema, Schemas, Source, parse_yaml};
use panel_conformance::{Diagnostic, Sources, Suite};
use rstest::rstest;
use serde_json::Value;

use crate::support::folder::Folder;
use crate::support::project;

/// Cases in which nothing is wrong; together they use every key of the format.
const GOOD: [(&str, &str); 22] = [
    ("the least there is", "title: Auth answers a request
steps: [{ id: a, call: auth, checks: { M-AUTH-POST: { status: 200 } } }]"),
    ("JSON is YAML", r#"{"title": "Auth answers a request", "steps": [
  {"id": "a", "call": "auth", "checks": {"M-AUTH-POST": {"status": [200, "4xx"]}}}]}"#),
    ("a case per encoding", r#"
title: Auth takes a form as well
needs: [dealer]
each: [json, form]
at_most: should
steps:
- { id: a, call: auth, via: each, with: { login: "${dealer.login}", password: "${dealer.password}" } }
- { id: b, call: get_permissions, with: { hash: "${a.hash}" }, checks: { M-PERM-POST: { schema: permissions } } }"#),
    ("a step per encoding", "title: A call is answered in every encoding
steps: [{ id: a, call: auth, via: [json, query, post-query, header], checks: { M-AUTH-POST: { status: documented } } }]"),
    ("a path of its own", "title: An unknown path is answered
steps: [{ id: a, call: /panel/nothing/here, method: DELETE, slash: true, checks: { M-OTHER: { status: 4xx } } }]"),
    ("raw bytes", r#"title: A broken body is answered
steps:
- id: a
  call: auth
  headers: { X-Request-Id: "7", Authorization: NVX none }
  body: '{"login": '
  content_type: application/json; charset=utf-8
  checks: { M-AUTH-POST: { status: 4xx } }"#),
    ("an empty body", r#"title: No body is answered too
steps: [{ id: a, call: auth, body: "", checks: { M-AUTH-POST: { status: 4xx } } }]"#),
    ("repeats", r#"
title: Sessions that open together differ
needs: [dealer]
steps:
- id: a
  call: auth
  repeat: 3
  parallel: true
  with: { login: "${dealer.login}", password: "${dealer.password}" }
  checks: { AUTH-HASH: { at: /hash, differs_from: "${a.hash}" } }
- id: b
  call: get_permissions
  repeat: a
  at_most: may
  fresh_connection: true
  after: 300ms
  with: { hash: "${a.hash}" }
  checks: { M-PERM-POST: { same_as: a.permissions, at: /permissions, unordered: true } }"#),
    ("steps that travel together", r#"
title: Two calls that meet are answered
steps:
- { id: a, call: auth, checks: { M-AUTH-POST: { status: 4xx } } }
- { id: b, call: auth, alongside: true, after: 2s, checks: { M-AUTH-POST: { answered: true } } }"#),
    ("a refusal with its control", r#"
title: A near miss of a hash is refused
needs: [dealer]
steps:
- { id: a, call: auth, with: { login: "${dealer.login}", password: "${dealer.password}" } }
- id: b
  call: get_permissions
  given: [a]
  with: { hash: "${a.hash | drop-last}" }
  checks: { LO-ENDS: { refused: any }, LO-CODE: { refused: [3, 4], status: 4xx } }"#),
    ("requirements by name", r#"
title: A near miss of a hash is refused
needs: [dealer]
steps:
- { id: a, call: auth, answers: grant, with: { login: "${dealer.login}", password: "${dealer.password}" } }
- id: b
  call: get_permissions
  given: [a]
  answers: hash-refusal
  with: { hash: "${a.hash | drop-last}" }
  checks: [HASH-NEAR, { LO-CODE: { refused: [3, 4], status: 4xx } }, HASH-MALFORMED]"#),
    ("what a server need not offer", r#"
title: A second session lives beside the first
needs: [dealer]
steps:
- { id: a, call: auth, with: { login: "${dealer.login}", password: "${dealer.password}" } }
- { id: b, call: auth, with: { login: "${dealer.login}", password: "${dealer.password}" } }
- { id: c, call: get_permissions, with: { hash: "${a.hash}" } }
- { id: d, call: get_permissions, applies_if: [c], with: { hash: "${b.hash}" }, checks: [SES-INDEP] }"#),
    ("one code", r#"
title: A dealer without an account is refused
needs: [dealer, unknown_dealer]
steps:
- { id: a, call: auth, with: { login: "${dealer.login}", password: "${dealer.password}" } }
- { id: b, call: auth, given: [a], with: { login: "${unknown_dealer.login}", password: "${unknown_dealer.password}" }, checks: { AUTH-E12: { refused: 12 } } }"#),
    (
        "a query of its own",
        r#"
title: A query that is written out is answered
steps: [{ id: a, call: auth, via: query, query: "login=1&login=2", checks: { M-AUTH-GET: { status: 4xx } } }]"#,
    ),
    (
        "values that have to differ",
        r#"
title: Two dealers have permissions of their own
needs: [dealer, second_dealer]
steps:
- { id: a, call: auth, with: { login: "${dealer.login}", password: "${dealer.password}" } }
- id: b
  call: auth
  if_differ: [a.permissions, dealer.login]
  with: { login: "${second_dealer.login}", password: "${second_dealer.password}" }
  checks: { M-AUTH-POST: { at: /permissions, differs_from: "${a.permissions}" } }"#,
    ),
    ("headers of the answer", "title: The answer says what it is
steps: [{ id: a, call: auth, checks: { ERR-CT: { header: { Content-Type: { pattern: json }, X-Nothing: false, Date: true } } } }]"),
    ("an inline schema", "title: The answer is an object
steps: [{ id: a, call: auth, checks: { ERR-OBJECT: { schema: { type: object, required: [success] } }, ERR-STATUS: { at: /status/code, schema: true } } }]"),
    ("values", r#"
title: An answer gives nothing away
needs: [expired_session]
steps:
- id: a
  call: logout
  with: { hash: "${expired_session.hash}", more: [1, { a: null }] }
  checks:
    ERR-SUCCESS: { at: /success, equals: false }
    LO-NOHASHBACK: { reveals_not: ["${expired_session.hash}"] }
    ERR-DESC: { reveals_not: "${expired_session.hash}" }
    JSON-ALIKE: { unambiguous: true }"#),
    ("nothing granted", r#"
title: A password that is no text opens nothing
needs: [unknown_dealer, dealer]
steps:
- { id: a, call: auth, with: { login: "${dealer.login}", password: "${dealer.password}" } }
- { id: b, call: auth, given: [a], with: { login: "${unknown_dealer.login}", password: true }, checks: { AUTH-WRONGPW: { grants: nothing } } }"#),
    ("no password", r#"
title: A sign-in without a password, or with the right one in a list, tries no wrong one
needs: [dealer]
steps:
- { id: a, call: auth, repeat: 4, with: { login: "${dealer.login}" }, checks: { AUTH-MISSING: { status: 4xx } } }
- { id: b, call: auth, repeat: 4, with: { login: "${dealer.login}", password: "" }, checks: { AUTH-EMPTYVAL: { status: 4xx } } }
- { id: c, call: auth, repeat: 4, with: { login: "${dealer.login}", password: null }, checks: { AUTH-BADTYPE: { status: 4xx } } }
- { id: d, call: auth, repeat: 4, with: { login: "${dealer.login}", password: ["${dealer.password}"] }, checks: { AUTH-BADTYPE: { status: 4xx } } }"#),
    ("a literal dollar", r#"title: Dollars and braces are text
steps: [{ id: a, call: auth, with: { login: "$${x}" }, checks: { M-AUTH-POST: { equals: { a: "$${x}" } } } }]"#),
    ("comments and block texts", "# why\ntitle: >-\n  A title may be folded\nsteps:\n- id: a # the only one\n  call: auth\n  body: |\n    not\n    JSON\n  checks: { M-AUTH-POST: { status: [4xx, 5xx] } }"),
];

fn schemas() -> Schemas {
    let folder = project::path("schemas");
    let mut named = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("there are schemas") {
        let path = entry.expect("it can be read").path();
        let text = std::fs::read_to_string(&path).expect("it can be read");
        let name = path.file_name().expect("a file").to_string_lossy().into_owned();
        let name = name.trim_end_matches(".schema.json").to_owned();
        named.insert(name, serde_json::from_str(&text).expect("it is JSON"));
    }
    Schemas::new(named).expect("nothing is wrong with them")
}

fn format() -> Schema {
    schemas().compile_named("case").expect("it compiles")
}

fn value(text: &str) -> Value {
    let source = Source::new("case.yaml", text);
    parse_yaml(&source).expect("the grammar is right").value
}

fn load(text: &str) -> Result<Suite, Vec<Diagnostic>> {
    let folder = Folder::new();
    let path = folder.write("case.yaml", text);
    Suite::load(&Sources { without_builtin: true, folders: vec![path.into()] })
}

fn messages(diagnostics: &[Diagnostic]) -> Vec<&str> {
    diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect()
}

/// A case that is right, with more members in its second step.
fn with_step(members: &str) -> String {
    format!(
        r#"
title: Logout ends the session
needs: [dealer]
steps:
- id: sign-in
  call: auth
  with: {{ login: "${{dealer.login}}", password: "${{dealer.password}}" }}
- {{ id: ended, call: get_permissions, checks: {{ LO-ENDS: {{ status: 4xx }} }}, {members} }}
"#
    )
}

/// A case that is right, with this check in its second step.
fn with_check(check: &str) -> String {
    with_step("given: [sign-in]").replace("{ status: 4xx }", check)
}

/// A case that is right, with these checks in its second step.
fn with_checks(checks: &str) -> String {
    with_step("given: [sign-in]").replace("{ LO-ENDS: { status: 4xx } }", checks)
}

/// A case that is right, with more members of its own.
fn with_member(members: &str) -> String {
    let members = members.replace("; ", "\n");
    format!("{}\n{members}\n", with_step("given: [sign-in]"))
}

#[test]
fn schema_and_loader_accept_what_is_right() {
    let format = format();
    for (name, text) in GOOD {
        assert_eq!(format.shortfalls(&value(text)), [], "{name}");
        let loaded = load(text)
            .map_err(|found| found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
        assert!(loaded.is_ok(), "{name}: {}", loaded.err().unwrap_or_default());
    }
}

#[test]
fn every_key_of_the_schema_is_used_by_a_case_that_is_right() {
    let schema = project::json("schemas/case.schema.json");
    let names = |pointer: &str| -> BTreeSet<String> {
        let properties = schema.pointer(pointer).and_then(Value::as_object);
        properties.expect("the schema has properties there").keys().cloned().collect()
    };
    let (mut of_case, mut of_step, mut of_check) =
        (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for (_, text) in GOOD {
        let case = value(text);
        of_case.extend(keys(&case));
        for step in case["steps"].as_array().into_iter().flatten() {
            of_step.extend(keys(step));
            for (_, check) in step["checks"].as_object().into_iter().flatten() {
                of_check.extend(keys(check));
            }
        }
    }
    assert_eq!(of_case, names("/properties"));
    assert_eq!(of_step, names("/$defs/step/properties"));
    assert_eq!(of_check, names("/$defs/check/properties"));
}

fn keys(value: &Value) -> Vec<String> {
    value.as_object().map(|members| members.keys().cloned().collect()).unwrap_or_default()
}

#[rstest]
#[case::a_list("- title: Auth answers a request")]
#[case::a_text("just text")]
#[case::no_title(with_member("").replace("title: Logout ends the session", ""))]
#[case::no_steps("title: Auth answers a request")]
#[case::an_empty_list_of_steps("title: Auth answers a request\nsteps: []")]
#[case::steps_that_are_no_list("title: Auth answers a request\nsteps: { a: auth }")]
#[case::a_step_that_is_a_text("title: Auth answers a request\nsteps: [auth]")]
#[case::a_title_with_a_full_stop(with_member("").replace("ends the session", "ends it."))]
#[case::a_title_of_one_word(with_member("").replace("Logout ends the session", "Logout"))]
#[case::a_title_of_two_lines(with_member("").replace("Logout ends the session", "\"Logout ends\\nthe session\""))]
#[case::an_unknown_member(with_member("colour: blue"))]
#[case::needs_that_are_unknown(with_member("").replace("[dealer]", "[dealer, king]"))]
#[case::needs_twice(with_member("").replace("[dealer]", "[dealer, dealer]"))]
#[case::needs_of_nothing(with_member("").replace("[dealer]", "[]"))]
#[case::one_encoding_for_each(with_member("each: [json]"))]
#[case::an_unknown_encoding_for_each(with_member("each: [json, xml]"))]
#[case::at_most_must(with_member("at_most: must"))]
#[case::an_unknown_step_member(with_step("colour: blue"))]
#[case::a_step_without_id(with_step("slash: true").replace("id: ended,", ""))]
#[case::a_step_without_call(with_step("slash: true").replace("call: get_permissions,", ""))]
#[case::an_id_in_capitals(with_step("slash: true").replace("ended", "Ended"))]
#[case::a_call_with_a_query(with_step("slash: true").replace("get_permissions", "\"/panel?hash=1\""))]
#[case::a_call_with_a_space(with_step("slash: true").replace("get_permissions", "get permissions"))]
#[case::parameters_in_a_list(with_step("with: [hash]"))]
#[case::an_unknown_encoding(with_step("via: xml"))]
#[case::one_encoding_in_a_list(with_step("via: [json]"))]
#[case::encodings_twice(with_step("via: [json, json]"))]
#[case::an_unknown_method(with_step("method: FETCH"))]
#[case::a_method_in_small_letters(with_step("method: get"))]
#[case::a_slash_in_words(with_step("slash: yes"))]
#[case::a_header_that_is_a_number(with_step("headers: { X-A: 7 }"))]
#[case::a_header_name_with_a_space(with_step("headers: { X A: '7' }"))]
#[case::a_body_that_is_an_object(with_step("body: { a: 1 }"))]
#[case::an_empty_query(with_step("query: ''"))]
#[case::one_value_that_has_to_differ(with_step("if_differ: [sign-in.hash]"))]
#[case::three_values_that_have_to_differ(with_step("if_differ: [a.b, a.c, a.d]"))]
#[case::an_empty_content_type(with_step("content_type: ''"))]
#[case::a_connection_in_words(with_step("fresh_connection: please"))]
#[case::one_repeat(with_step("repeat: 1"))]
#[case::too_many_repeats(with_step("repeat: 51"))]
#[case::half_a_repeat(with_step("repeat: 2.5"))]
#[case::parallel_in_words(with_step("parallel: very, repeat: 2"))]
#[case::alongside_in_words(with_step("alongside: sign-in"))]
#[case::a_wait_of_minutes(with_step("after: 1m"))]
#[case::a_wait_without_unit(with_step("after: 300"))]
#[case::given_in_one_word(with_step("given: sign-in"))]
#[case::given_nothing(with_step("given: []"))]
#[case::a_step_at_most_must(with_step("at_most: must"))]
#[case::no_checks(with_step("slash: true").replace("{ LO-ENDS: { status: 4xx } }", "{}"))]
#[case::a_requirement_in_small_letters(with_step("slash: true").replace("LO-ENDS", "lo-ends"))]
#[case::no_checks_in_a_list(with_checks("[]"))]
#[case::a_number_for_a_requirement(with_checks("[7]"))]
#[case::a_listed_requirement_in_small_letters(with_checks("[lo-ends]"))]
#[case::a_listed_check_of_a_requirement_in_small_letters(with_checks(
    "[{ lo-ends: { status: 4xx } }]"
))]
#[case::two_requirements_in_one_item(with_checks(
    "[{ LO-ENDS: { status: 4xx }, LO-CODE: { status: 4xx } }]"
))]
#[case::an_item_of_nothing(with_checks("[{}]"))]
#[case::an_empty_listed_check(with_checks("[{ LO-ENDS: {} }]"))]
#[case::a_requirement_without_a_check(with_checks("{ LO-ENDS: }"))]
#[case::a_group_in_capitals(with_step("answers: Grant"))]
#[case::a_list_of_groups(with_step("answers: [grant]"))]
#[case::a_condition_in_one_word(with_step("applies_if: sign-in"))]
#[case::no_condition(with_step("applies_if: []"))]
#[case::a_check_of_nothing(with_check("{}"))]
#[case::a_check_of_a_place_alone(with_check("{ at: /hash }"))]
#[case::a_check_that_is_a_text(with_check("any"))]
#[case::an_unknown_keyword(with_check("{ matches: x }"))]
#[case::a_place_that_is_no_pointer(with_check("{ at: hash, equals: 1 }"))]
#[case::a_place_with_a_bad_escape(with_check("{ at: /a~2, equals: 1 }"))]
#[case::unordered_in_words(with_check("{ equals: 1, unordered: maybe }"))]
#[case::a_schema_that_is_a_number(with_check("{ schema: 7 }"))]
#[case::a_status_too_high(with_check("{ status: 600 }"))]
#[case::a_status_class_of_its_own(with_check("{ status: 6xx }"))]
#[case::no_status(with_check("{ status: [] }"))]
#[case::documented_in_a_list(with_check("{ status: [200, documented] }"))]
#[case::no_headers(with_check("{ header: {} }"))]
#[case::a_header_schema_that_is_a_list(with_check("{ header: { Date: [1] } }"))]
#[case::refused_in_other_words(with_check("{ refused: all }"))]
#[case::refused_with_no_code(with_check("{ refused: [] }"))]
#[case::refused_with_a_text(with_check("{ refused: [3, '4'] }"))]
#[case::refused_with_half_a_code(with_check("{ refused: 3.5 }"))]
#[case::the_same_as_a_number(with_check("{ same_as: 7 }"))]
#[case::the_same_as_nothing(with_check("{ same_as: '' }"))]
#[case::grants_something(with_check("{ grants: everything }"))]
#[case::reveals_a_number(with_check("{ reveals_not: 7 }"))]
#[case::reveals_nothing(with_check("{ reveals_not: [] }"))]
fn what_the_schema_refuses_the_loader_refuses(#[case] text: impl Into<String>) {
    let text = &text.into();
    assert!(!format().accepts(&value(text)), "the schema accepts {text}");
    assert!(load(text).is_err(), "the loader accepts {text}");
}

#[rstest]
#[case::an_unknown_requirement(with_check("{ status: 200 }").replace("LO-ENDS", "LO-END"),
    "there is no requirement `LO-END`")]
#[case::an_excluded_requirement(with_check("{ status: 200 }").replace("LO-ENDS", "URL-V2"),
    "the ledger excludes `URL-V2`")]
#[case::an_unknown_reference(
    with_step(r#"with: { hash: "${sigin.hash}" }"#),
    "`sigin` is neither a step nor a fixture"
)]
#[case::a_later_step(with_step("slash: true").replace("${dealer.login}", "${ended.login}"),
    "step `ended` does not stand before this one")]
#[case::a_reference_to_itself(
    with_step(r#"with: { hash: "${ended.hash}" }"#),
    "step `ended` does not stand before this one"
)]
#[case::an_unknown_member_of_a_fixture(
    with_step(r#"with: { hash: "${dealer.hash}" }"#),
    "`dealer` has no member `hash`"
)]
#[case::a_fixture_as_a_whole(
    with_step(r#"with: { hash: "${dealer}" }"#),
    "`dealer` as a whole is no value"
)]
#[case::a_member_below_a_member(
    with_step(r#"with: { hash: "${dealer.login.x}" }"#),
    "`dealer` has no member `login.x`"
)]
#[case::an_unknown_filter(
    with_step(r#"with: { hash: "${sign-in.hash | reverse}" }"#),
    "there is no filter `reverse`"
)]
#[case::a_reference_that_is_no_name(
    with_step(r#"with: { hash: "${sign in}" }"#),
    "`sign in` is not of the form `step.member` or `fixture.member`"
)]
#[case::a_reference_that_is_open(
    with_step(r#"with: { hash: "${sign-in.hash" }"#),
    "`${sign-in.hash` has no closing brace"
)]
#[case::a_reference_deep_inside(
    with_step(r#"with: { a: [{ b: "${nobody.x}" }] }"#),
    "`nobody` is neither a step nor a fixture"
)]
#[case::a_reference_in_a_header(
    with_step(r#"headers: { X-A: "${nobody.x}" }"#),
    "`nobody` is neither a step nor a fixture"
)]
#[case::a_reference_in_a_body(
    with_step(r#"body: "${nobody.x}""#),
    "`nobody` is neither a step nor a fixture"
)]
#[case::a_reference_in_an_expectation(
    with_check(r#"{ equals: { a: "${nobody.x}" } }"#),
    "`nobody` is neither a step nor a fixture"
)]
#[case::a_comparison_with_nobody(
    with_check("{ same_as: nobody.permissions }"),
    "`nobody` is neither a step nor a fixture"
)]
#[case::a_reference_in_a_query(
    with_step(r#"query: "hash=${nobody.x}""#),
    "`nobody` is neither a step nor a fixture"
)]
#[case::nobody_who_has_to_differ(
    with_step("if_differ: [nobody.hash, sign-in.hash]"),
    "`nobody` is neither a step nor a fixture"
)]
#[case::braces_where_values_have_to_differ(
    with_step(r#"if_differ: ["${sign-in.hash}", sign-in.hash]"#),
    "`${sign-in.hash}` is not of the form `step.member` or `fixture.member`"
)]
#[case::missing_needs(with_step("slash: true").replace("needs: [dealer]", ""),
    "the steps refer to `dealer`, which `needs` does not list")]
#[case::needs_that_lack_one(with_step("slash: true").replace("[dealer]", "[second_dealer]").replace("${dealer.login}", "${second_dealer.login}"),
    "the steps refer to `dealer`, which `needs` does not list")]
#[case::needs_that_nobody_uses(with_step("slash: true").replace("[dealer]", "[dealer, user_session]"),
    "no step refers to `user_session`")]
#[case::a_refusal_without_control(with_step("slash: true").replace("status: 4xx", "refused: any"),
    "a server that refuses everybody would pass this")]
#[case::a_grant_of_nothing_without_control(with_step("slash: true").replace("status: 4xx", "grants: nothing"),
    "a server that refuses everybody would pass this")]
#[case::an_unknown_control(with_step("given: [signin]"), "there is no step `signin`")]
#[case::a_control_that_is_expanded(with_step("given: [sign-in]").replace("call: auth", "call: auth\n  via: [json, form]"),
    "step `sign-in` is one step per encoding")]
#[case::an_unknown_condition(with_step("applies_if: [signin]"), "there is no step `signin`")]
#[case::a_later_condition(
    with_step("applies_if: [ended]"),
    "step `ended` does not stand before this one"
)]
#[case::an_unknown_group(
    with_step("answers: refusel"),
    "there is no group `refusel` in the ledger"
)]
#[case::a_group_of_refusals_that_may_be_granted(
    with_step("given: [sign-in], answers: refusal"),
    "a server that grants this would break nothing here"
)]
#[case::a_form_of_refusals_that_may_be_granted(
    with_checks("[LO-CODE]"),
    "a server that grants this would break nothing here"
)]
#[case::a_requirement_of_the_group(
    with_step("answers: grant").replace("LO-ENDS", "OK-200"),
    "`answers: grant` asks `OK-200` already"
)]
#[case::a_requirement_twice(
    with_checks("[LO-ENDS, LO-ENDS: { status: 4xx }]"),
    "`LO-ENDS` is asked twice"
)]
#[case::no_usual_check(with_checks("[PAR-EQUAL]"), "`PAR-EQUAL` has no usual check")]
#[case::an_unknown_listed_requirement(with_checks("[LO-END]"), "there is no requirement `LO-END`")]
#[case::a_usual_refusal_without_control(
    with_checks("[LO-ENDS]").replace("given: [sign-in]", "slash: true"),
    "a server that refuses everybody would pass this"
)]
#[case::an_unknown_step_to_repeat(with_step("repeat: signin"), "there is no step `signin`")]
#[case::a_step_that_is_not_repeated(with_step("repeat: sign-in"), "step `sign-in` is not repeated")]
#[case::parallel_without_repeat(with_step("parallel: true"), "nothing is repeated here")]
#[case::the_first_step_alongside(with_step("slash: true").replace("call: auth", "call: auth\n  alongside: true"),
    "there is no step to go alongside")]
#[case::too_long_a_wait(with_step("after: 31s"), "`31s` is too long a wait")]
#[case::a_name_twice(with_step("slash: true").replace("ended", "sign-in"), "two steps are called `sign-in`")]
#[case::the_name_of_a_fixture(with_step("slash: true").replace("ended", "dealer"), "`dealer` is the name of a fixture")]
#[case::each_without_a_case_per_encoding(with_step("via: each"), "the case has no `each`")]
#[case::a_case_per_encoding_without_each(
    with_member("each: [json, form]"),
    "no step travels by the encoding of the case"
)]
#[case::no_check_at_all(with_step("slash: true").replace("checks: { LO-ENDS: { status: 4xx } },", ""),
    "the case checks nothing")]
#[case::an_unknown_schema(with_check("{ schema: permisions }"), "there is no schema `permisions`")]
#[case::a_misspelt_keyword_of_a_schema(
    with_check("{ schema: { typ: string } }"),
    "`typ` is not a keyword of JSON Schema"
)]
#[case::an_unknown_type_in_a_schema(
    with_check("{ schema: { type: text } }"),
    "there is no type `text` in JSON"
)]
#[case::a_broken_pattern_in_a_schema(
    with_check("{ header: { Date: { pattern: '[a-' } } }"),
    "`\"[a-\"` is not a regular expression"
)]
#[case::a_schema_from_elsewhere(
    with_check("{ schema: { $ref: 'https://example.com/x.json' } }"),
    "`https://example.com/x.json` leads nowhere; nothing is ever fetched"
)]
#[case::too_many_passwords_of_another_type(with_step("slash: true").replace("\"${dealer.password}\"", "true").replace("call: auth", "call: auth\n  repeat: 4"),
    "step `sign-in` is wrong password number 4 for `dealer` in a run")]
#[case::too_many_wrong_passwords(with_step("slash: true").replace("${dealer.password}", "wrong").replace("call: auth", "call: auth\n  repeat: 4"),
    "step `sign-in` is wrong password number 4 for `dealer` in a run")]
fn the_loader_refuses_more_than_the_schema_can(#[case] text: String, #[case] message: &str) {
    assert_eq!(format().shortfalls(&value(&text)), [], "the schema refuses {text}");
    let diagnostics = load(&text).expect_err("the loader refuses it");
    assert_eq!(messages(&diagnostics), [message], "{text}");
}
