//! What is wrong in a case.

use rstest::rstest;

use super::{Diagnostic, SOUND, altered, assert_says, assert_sound, folder, run_inside};

#[test]
fn nothing_is_said_against_the_sound_case() {
    let ran = run_inside(&folder(&[("case.yaml", SOUND)]), "check case.yaml");
    assert_sound(&ran);
    assert!(ran.stdout.ends_with("nothing is wrong\n"), "{}", ran.stdout);
}

/// A part of the sound case, what takes its place, where the mistake is, what is marked there, what
/// is said of it, and what helps.
#[rstest]
#[case::misspelt_key(
    "steps:", "stepps:",
    (3, 1), "stepps",
    "`stepps` is unknown here",
    "did you mean `steps`?"
)]
#[case::swapped_letters(
    "    call: get_permissions", "    call: get_permissions\n    vai: form",
    (9, 5), "vai",
    "`vai` is unknown here",
    "did you mean `via`?"
)]
#[case::value_without_quotes(
    "hash: \"${sign-in.hash}\"", "hash: ${sign-in.hash}",
    (10, 19), "${",
    "a `${` stands here without quotes",
    "put the value in quotes: \"${…}\"; a brace opens a mapping here"
)]
#[case::misspelt_step_key(
    "given:", "givn:",
    (9, 5), "givn",
    "`givn` is unknown here",
    "did you mean `given`?"
)]
#[case::misspelt_keyword(
    "refused", "refsued",
    (12, 18), "refsued",
    "`refsued` is unknown here",
    "did you mean `refused`?"
)]
#[case::title_fullstop(
    "Logout ends the session", "Logout ends the session.",
    (1, 8), "Logout ends the session.",
    "`Logout ends the session.` is not a valid `title`",
    "The promise: a sentence of one line in the present tense, without `should` and without the full stop."
)]
#[case::title_short(
    "Logout ends the session", "Logout",
    (1, 8), "Logout",
    r#"expected at least 8 characters, got `"Logout"`"#,
    "The promise: a sentence of one line in the present tense, without `should` and without the full stop."
)]
#[case::title_missing(
    "title: Logout ends the session\n", "",
    (1, 1), "needs: [dealer]",
    "`title` is missing",
    "add it. The promise: a sentence of one line in the present tense, without `should` and without the full stop."
)]
#[case::id_missing(
    "id: ended\n    call", "call",
    (7, 5), "call: get_permissions",
    "`id` is missing",
    "add it. The name of the step, by which later steps refer to its answer, `${sign-in.hash}`: small letters, digits and hyphens."
)]
#[case::call_missing(
    "    call: get_permissions\n", "",
    (7, 5), "id: ended",
    "`call` is missing",
    "add it. An action of panel/account (`auth`, `get_permissions`, `logout`, or any other word), or a path below the base that starts with `/`."
)]
#[case::call_space(
    "get_permissions", "get permissions",
    (8, 11), "get permissions",
    "`get permissions` is not a valid `call`",
    "An action of panel/account (`auth`, `get_permissions`, `logout`, or any other word), or a path below the base that starts with `/`."
)]
#[case::bad_id(
    "id: ended", "id: Ended One",
    (7, 9), "Ended One",
    "`Ended One` is not a valid `id`",
    "The name of the step, by which later steps refer to its answer, `${sign-in.hash}`: small letters, digits and hyphens."
)]
#[case::via(
    "    given:", "    via: jsn\n    given:",
    (9, 10), "jsn",
    "`jsn` is not a valid `via`",
    "did you mean `json`?"
)]
#[case::via_list(
    "    given:", "    via: [json, fom]\n    given:",
    (9, 17), "fom",
    "`fom` is not a valid `via`",
    "did you mean `form`?"
)]
#[case::via_one(
    "    given:", "    via: [json]\n    given:",
    (9, 10), "[json]",
    r#"expected at least 2 items, got `["json"]`"#,
    "The encoding; a list expands the step into one per encoding, named `id@encoding`; `each` is the encoding that the case is expanded to."
)]
#[case::via_number(
    "    given:", "    via: 7\n    given:",
    (9, 10), "7",
    "`7` is not a valid `via`",
    "The encoding; a list expands the step into one per encoding, named `id@encoding`; `each` is the encoding that the case is expanded to."
)]
#[case::via_each(
    "    given:", "    via: each\n    given:",
    (9, 10), "each",
    "the case has no `each`",
    "list the encodings of the case: `each: [json, form]`"
)]
#[case::each_unused(
    "needs:", "each: [json, form]\nneeds:",
    (2, 1), "each",
    "no step travels by the encoding of the case",
    "write `via: each` on a step"
)]
#[case::method(
    "    given:", "    method: FETCH\n    given:",
    (9, 13), "FETCH",
    "`FETCH` is not a valid `method`",
    "known are GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS"
)]
#[case::method_lower(
    "    given:", "    method: get\n    given:",
    (9, 13), "get",
    "`get` is not a valid `method`",
    "did you mean `GET`?"
)]
#[case::repeat_text(
    "    given:", "    repeat: Twice\n    given:",
    (9, 13), "Twice",
    "there is no step `Twice`",
    "known are sign-in"
)]
#[case::repeat_huge(
    "    given:", "    repeat: 500\n    given:",
    (9, 13), "500",
    "expected a number up to 50, got `500`",
    "How often the call is made; or the id of a repeated step, to make it once for each of its answers, which a reference to that step then means."
)]
#[case::repeat_id(
    "    given:", "    repeat: sign-in\n    given:",
    (9, 13), "sign-in",
    "step `sign-in` is not repeated",
    "name a step with `repeat`, or give a number"
)]
#[case::parallel(
    "    given:", "    parallel: true\n    given:",
    (9, 5), "parallel",
    "nothing is repeated here",
    "say how often with `repeat`, or leave `parallel` out"
)]
#[case::parallel_yes(
    "    given:", "    parallel: yes\n    repeat: 2\n    given:",
    (9, 15), "yes",
    r#"expected a boolean, got `"yes"`"#,
    "write `true` or `false`"
)]
#[case::after_long(
    "    given:", "    after: 45s\n    given:",
    (9, 12), "45s",
    "`45s` is too long a wait",
    "wait 30s at most: every run waits as long, and no test can wait for the end of a session, of which the documents give several lifetimes"
)]
#[case::after_bad(
    "    given:", "    after: 1h\n    given:",
    (9, 12), "1h",
    "`1h` is too long a wait",
    "wait 30s at most: every run waits as long, and no test can wait for the end of a session, of which the documents give several lifetimes"
)]
#[case::after_number(
    "    given:", "    after: 300\n    given:",
    (9, 12), "300",
    "expected a string, got `300`",
    "Waits before the step: `300ms`, `2s`; at most 30 s."
)]
#[case::given_unknown(
    "given: [sign-in]", "given: [signin]",
    (9, 13), "signin",
    "there is no step `signin`",
    "did you mean `sign-in`?"
)]
#[case::given_self(
    "given: [sign-in]", "given: [ended]",
    (9, 13), "ended",
    "step `ended` does not stand before this one",
    "refer to an earlier step, or move that one up"
)]
#[case::given_text(
    "given: [sign-in]", "given: sign-in",
    (9, 12), "sign-in",
    r#"expected an array, got `"sign-in"`"#,
    "write a list: `[sign-in]`"
)]
#[case::given_absent(
    "    given: [sign-in]\n", "",
    (11, 18), "refused",
    "a server that refuses everybody would pass this",
    "name a step that has to be granted first: `given: [sign-in]`"
)]
#[case::later(
    r#"login: "${dealer.login}""#, r#"login: "${ended.hash}""#,
    (6, 20), r#""${ended.hash}""#,
    "step `ended` does not stand before this one",
    "refer to an earlier step, or move that one up"
)]
#[case::unknown_ref(
    "${sign-in.hash}", "${sigin.hash}",
    (10, 19), r#""${sigin.hash}""#,
    "`sigin` is neither a step nor a fixture",
    "did you mean `sign-in`?"
)]
#[case::bad_ref(
    "${sign-in.hash}", "${sign in}",
    (10, 19), r#""${sign in}""#,
    "`sign in` is not of the form `step.member` or `fixture.member`",
    "refer to a step or a fixture as ${name.member}; $${ stands for ${ itself"
)]
#[case::unclosed_ref(
    "${sign-in.hash}", "${sign-in.hash",
    (10, 19), r#""${sign-in.hash""#,
    "`${sign-in.hash` has no closing brace",
    "refer to a step or a fixture as ${name.member}; $${ stands for ${ itself"
)]
#[case::filter(
    "${sign-in.hash}", "${sign-in.hash | drop-lst}",
    (10, 19), r#""${sign-in.hash | drop-lst}""#,
    "there is no filter `drop-lst`",
    "did you mean `drop-last`?"
)]
#[case::member(
    "${dealer.password}", "${dealer.pasword}",
    (6, 49), r#""${dealer.pasword}""#,
    "`dealer` has no member `pasword`",
    "did you mean `password`?"
)]
#[case::nomember(
    "${dealer.password}", "${dealer}",
    (6, 49), r#""${dealer}""#,
    "`dealer` as a whole is no value",
    "name one of its members: login, password"
)]
#[case::needs_absent(
    "needs: [dealer]\n", "",
    (1, 1), "title: Logout ends the session",
    "the steps refer to `dealer`, which `needs` does not list",
    "add `needs: [dealer]`"
)]
#[case::needs_more(
    "needs: [dealer]", "needs: [dealer, blocked_dealer]",
    (2, 17), "blocked_dealer",
    "no step refers to `blocked_dealer`",
    "leave it out"
)]
#[case::needs_unknown(
    "needs: [dealer]", "needs: [deeler]",
    (2, 9), "deeler",
    "`deeler` is not a valid `needs`",
    "did you mean `dealer`?"
)]
#[case::requirement(
    "LO-ENDS", "LO-END",
    (12, 7), "LO-END",
    "there is no requirement `LO-END`",
    "did you mean `LO-ENDS`?"
)]
#[case::requirement_lower(
    "LO-ENDS", "lo-ends",
    (12, 7), "lo-ends",
    "there is no requirement `lo-ends`",
    "did you mean `LO-ENDS`?"
)]
#[case::requirement_far(
    "LO-ENDS", "XYZZY",
    (12, 7), "XYZZY",
    "there is no requirement `XYZZY`",
    "known are URL-PATHS, URL-BASE, URL-V2, URL-NOSLASH, URL-SLASH, URL-SLASH-QUERY, M-AUTH-POST, M-AUTH-GET, … (136 in all)"
)]
#[case::check_empty(
    "{ refused: any }", "{}",
    (12, 16), "{}",
    "something is missing here",
    "write one of schema, status, header, refused, answered, grants, equals, differs_from, same_as, reveals_not, unambiguous"
)]
#[case::check_text(
    "{ refused: any }", "any",
    (12, 16), "any",
    r#"expected an object, got `"any"`"#,
    "What one requirement asks of the answer; several keywords must all hold."
)]
#[case::check_at_only(
    "{ refused: any }", "{ at: /hash }",
    (12, 16), "{ at: /hash }",
    "something is missing here",
    "write one of schema, status, header, refused, answered, grants, equals, differs_from, same_as, reveals_not, unambiguous"
)]
#[case::refused_word(
    "refused: any", "refused: all",
    (12, 27), "all",
    r#""all" is no set of codes"#,
    "write `any`, or codes such as [3, 4]"
)]
#[case::refused_list(
    "refused: any", r#"refused: [3, "4"]"#,
    (12, 31), r#""4""#,
    r#"expected an integer, got `"4"`"#,
    "The call is refused and the answer carries neither `hash` nor `permissions`: with one of these codes, or with `any` in whatever words."
)]
#[case::status(
    "refused: any", "status: 999",
    (12, 26), "999",
    "999 is not an HTTP status",
    "write 200, [200, 204], 4xx or documented"
)]
#[case::status_list(
    "refused: any", "status: [200, 6xx]",
    (12, 32), "6xx",
    "`6xx` is not a valid `status`",
    "known are 1xx, 2xx, 3xx, 4xx, 5xx, documented, 1xx, 2xx, 3xx, 4xx, 5xx"
)]
#[case::pointer(
    "refused: any", "at: hash, schema: { type: string }",
    (12, 22), "hash",
    "`hash` is not a valid `at`",
    "The JSON Pointer of the part of the body that `schema`, `equals`, `differs_from` and `same_as` look at."
)]
#[case::schema_name(
    "refused: any", "schema: permisions",
    (12, 26), "permisions",
    "there is no schema `permisions`",
    "did you mean `permissions`?"
)]
#[case::schema_keyword(
    "refused: any", "schema: { typ: string }",
    (12, 28), "typ",
    "`typ` is not a keyword of JSON Schema",
    "did you mean `type`?"
)]
#[case::schema_type(
    "refused: any", "schema: { type: text }",
    (12, 34), "text",
    "there is no type `text` in JSON",
    "known are array, boolean, integer, null, number, object, string"
)]
#[case::schema_regex(
    "refused: any", r#"schema: { pattern: "[a-" }"#,
    (12, 37), r#""[a-""#,
    r#"`"[a-"` is not a regular expression"#,
    "patterns are those of Rust's `regex`, without look-around and back-references; see docs.rs/regex"
)]
#[case::schema_http(
    "refused: any", r#"schema: { $ref: "https://example.com/x.json" }"#,
    (12, 34), r#""https://example.com/x.json""#,
    "`https://example.com/x.json` leads nowhere; nothing is ever fetched",
    "known are auth.schema.json, case.schema.json, error.schema.json, permission-sets.schema.json, permissions.schema.json, report.schema.json, requirements.schema.json, success.schema.json"
)]
#[case::schema_absolute_id(
    "refused: any", r#"schema: { $id: "https://example.com/x.json", $ref: "error.schema.json" }"#,
    (12, 33), r#""https://example.com/x.json""#,
    "only a schema in a file of its own has an `$id`, such as `https://example.com/x.json`",
    "leave `$id` out"
)]
#[case::header_schema(
    "refused: any", r#"header: { Content-Type: { patern: "json" } }"#,
    (12, 44), "patern",
    "`patern` is not a keyword of JSON Schema",
    "did you mean `pattern`?"
)]
#[case::same_as(
    "refused: any", "same_as: sigin.permissions",
    (12, 27), "sigin.permissions",
    "`sigin` is neither a step nor a fixture",
    "did you mean `sign-in`?"
)]
#[case::equals_ref(
    "refused: any", r#"at: /hash, equals: "${sigin.hash}""#,
    (12, 37), r#""${sigin.hash}""#,
    "`sigin` is neither a step nor a fixture",
    "did you mean `sign-in`?"
)]
#[case::duplicate_id(
    "id: ended", "id: sign-in",
    (7, 9), "sign-in",
    "two steps are called `sign-in`",
    "give each step a name of its own"
)]
#[case::fixture_id(
    "id: ended", "id: dealer",
    (7, 9), "dealer",
    "`dealer` is the name of a fixture",
    "give the step another name"
)]
#[case::no_checks(
    "    checks:\n      LO-ENDS: { refused: any }\n", "",
    (3, 1), "steps",
    "the case checks nothing",
    "add `checks` or `answers` to a step: the requirements that it judges"
)]
#[case::group_unknown(
    "    checks:", "    answers: refusel\n    checks:",
    (11, 14), "refusel",
    "there is no group `refusel` in the ledger",
    "did you mean `refusal`?"
)]
#[case::group_number(
    "    checks:", "    answers: 7\n    checks:",
    (11, 14), "7",
    "expected a string, got `7`",
    "The kind of answer that is due, as a group of the ledger: asks all requirements of the group, each with its usual check."
)]
#[case::group_asks_already(
    "    checks:", "    answers: refusal\n    checks:\n      ERR-MAP: { status: 400 }",
    (13, 7), "ERR-MAP",
    "`answers: refusal` asks `ERR-MAP` already",
    "leave it out"
)]
#[case::group_granted(
    "    checks:\n      LO-ENDS: { refused: any }", "    answers: hash-refusal",
    (11, 5), "answers",
    "a server that grants this would break nothing here",
    "say that the call is refused: add a check with `refused`, of a requirement that is not about refusals alone"
)]
#[case::form_granted(
    "    checks:\n      LO-ENDS: { refused: any }", "    checks: [LO-CODE]",
    (11, 14), "LO-CODE",
    "a server that grants this would break nothing here",
    "say that the call is refused: add a check with `refused`, of a requirement that is not about refusals alone"
)]
#[case::no_usual_check(
    "    checks:\n      LO-ENDS: { refused: any }", "    checks: [PAR-EQUAL]",
    (11, 14), "PAR-EQUAL",
    "`PAR-EQUAL` has no usual check",
    "say what it asks here, such as `PAR-EQUAL: { status: 200 }`"
)]
#[case::usual_check_absent(
    "LO-ENDS: { refused: any }", "LO-ENDS:",
    (12, 14), ":",
    "`LO-ENDS` asks nothing here",
    "write the id alone for its usual check: `checks: [LO-ENDS]`"
)]
#[case::asked_twice(
    "    checks:\n      LO-ENDS: { refused: any }", "    checks: [LO-ENDS, LO-ENDS]",
    (11, 23), "LO-ENDS",
    "`LO-ENDS` is asked twice",
    "keep one of the two"
)]
#[case::listed_number(
    "    checks:\n      LO-ENDS: { refused: any }", "    checks: [LO-ENDS, 7]",
    (11, 23), "7",
    "expected a string or an object, got `7`",
    "The id of a requirement, which asks its usual check, or `ID: { … }` with what it asks here."
)]
#[case::listed_two(
    "    checks:\n      LO-ENDS: { refused: any }",
    "    checks: [{ LO-ENDS: { refused: any }, LO-IMMEDIATE: { refused: any } }]",
    (11, 14), "{ LO-ENDS: { refused: any }, LO-IMMEDIATE: { refused: any } }",
    r#"expected at most one member, got `{"LO-ENDS":{"refused":"any"},"LO-IMMEDIATE":{"refused":"any"}}`"#,
    "The id of a requirement, which asks its usual check, or `ID: { … }` with what it asks here."
)]
#[case::listed_keyword(
    "    checks:\n      LO-ENDS: { refused: any }", "    checks: [LO-ENDS: { refsued: any }]",
    (11, 25), "refsued",
    "`refsued` is unknown here",
    "did you mean `refused`?"
)]
#[case::condition_unknown(
    "given: [sign-in]", "given: [sign-in]\n    applies_if: [signin]",
    (10, 18), "signin",
    "there is no step `signin`",
    "did you mean `sign-in`?"
)]
#[case::unclosed(
    r#""${sign-in.hash}""#, r#""${sign-in.hash}"#,
    (10, 19), r#"""#,
    "this quote is not closed",
    "end the text with the same quote"
)]
#[case::bracket(
    "[sign-in]", "[sign-in",
    (9, 12), "[",
    "this `[` is not closed",
    "close it with `]`"
)]
#[case::dupkey(
    "    call: auth", "    call: auth\n    call: logout",
    (6, 5), "call",
    "`call` stands twice",
    "keep one of the two"
)]
#[case::alias(
    "call: auth", "call: &a auth",
    (5, 11), "&a",
    "anchors and aliases have no meaning here",
    "write the value out"
)]
#[case::aliasuse(
    r#"with: { hash: "${sign-in.hash}" }"#, "with: *params",
    (10, 11), "*",
    "anchors and aliases have no meaning here",
    "write the value out"
)]
#[case::tag(
    "call: auth", "call: !!str auth",
    (5, 12), "!str",
    "tags have no meaning here",
    "write the value without `!…`"
)]
#[case::colon(
    "Logout ends the session", "Logout: ends the session",
    (1, 14), ":",
    "a `:` cannot stand here",
    "put text that holds `: ` in quotes"
)]
#[case::indent(
    "    call: auth", "   call: auth",
    (5, 4), "c",
    "this does not fit the lines above",
    "indent the members of one object alike, and the items of one list"
)]
#[case::pattern_in_headers(
    "    given:",
    r#"    headers: { "X A": y }
    given:"#,
    (9, 16), r#""X A""#,
    "`X A` cannot be a name here",
    "Headers to send; they replace those of the encoding."
)]
#[case::misspelt_action(
    "get_permissions", "get_permision",
    (8, 11), "get_permision",
    "there is no action `get_permision`",
    "did you mean `get_permissions`? To call what does not exist, write its path: `/panel/account/get_permision`"
)]
#[case::misspelt_parameter(
    "password:", "pasword:",
    (6, 39), "pasword",
    "no action takes a parameter `pasword`",
    "did you mean `password`? To send the other name nonetheless, write it in `query` or `body`"
)]
#[case::misspelt_member_of_an_answer(
    "${sign-in.hash}", "${sign-in.hsh}",
    (10, 19), r#""${sign-in.hsh}""#,
    "no answer has a member `hsh`",
    "did you mean `hash`?"
)]
fn one_mistake_in_a_case_is_shown_at_its_place(
    #[case] sound: &str,
    #[case] broken: &str,
    #[case] at: (usize, usize),
    #[case] marked: &str,
    #[case] message: &str,
    #[case] help: &str,
) {
    let text = altered(sound, broken);
    let expected = Diagnostic { at, marked, message, help }.told("case.yaml", &text);
    assert_says(&folder(&[("case.yaml", &text)]), "check case.yaml", &expected);
}

/// Several mistakes, or a line that is shown otherwise than it stands: in full.
#[rstest]
#[case::steps_text(
    "steps:\n",
    "steps: none\nother:\n",
    r#"
error: expected an array, got `"none"`
 --> case.yaml:3:8
  |
3 | steps: none
  |        ^^^^
  |
  = help: write a list: `[none]`

error: `other` is unknown here
 --> case.yaml:4:1
  |
4 | other:
  | ^^^^^
  |
  = help: known are title, needs, each, at_most, steps

2 mistakes in 1 file
"#
)]
#[case::tab(
    "    call: auth",
    "\tcall: auth",
    r#"
error: a tab indents this line
 --> case.yaml:5:1
  |
5 |     call: auth
  | ^^^^
  |
  = help: indent with spaces

1 mistake in 1 file
"#
)]
#[case::unknown_of_expanded(
    "    call: auth\n",
    "    via: [json, form]\n    call: auth\n",
    r#"
error: step `sign-in` is one step per encoding
  --> case.yaml:10:13
   |
10 |     given: [sign-in]
   |             ^^^^^^^
   |
   = help: refer to a step with a single `via`

error: step `sign-in` is one step per encoding
  --> case.yaml:11:19
   |
11 |     with: { hash: "${sign-in.hash}" }
   |                   ^^^^^^^^^^^^^^^^^
   |
   = help: refer to a step with a single `via`

2 mistakes in 1 file
"#
)]
fn what_is_wrong_with_a_case_is_shown_in_full(
    #[case] sound: &str,
    #[case] broken: &str,
    #[case] expected: &str,
) {
    let folder = folder(&[("case.yaml", &altered(sound, broken))]);
    assert_says(&folder, "check case.yaml", expected);
}

/// Names that are not near a documented one are left alone.
#[rstest]
#[case::action("call: get_permissions", "call: no_such_action_as_this")]
#[case::path("call: get_permissions", "call: /panel/account/logut")]
#[case::parameter("with: { hash:", "with: { colour: red, hash:")]
#[case::member("${sign-in.hash}", "${sign-in.colour}")]
fn a_name_of_its_own_is_no_mistake(#[case] sound: &str, #[case] other: &str) {
    let folder = folder(&[("case.yaml", &altered(sound, other))]);
    assert_sound(&run_inside(&folder, "check case.yaml"));
}

#[test]
fn six_mistakes_in_a_file_are_shown_at_once() {
    let text = r#"title: Logout ends the session
need: [dealer]
steps:
  - id: sign-in
    kall: auth
    with: { login: "${deler.login}", password: "${dealer.password}" }
  - id: ended
    call: get_permissions
    given: [signin]
    with: { hash: "${sign-in.hash}" }
    checks:
      LO-END: { status: 4x }
"#;
    let expected = r#"
error: `need` is unknown here
 --> case.yaml:2:1
  |
2 | need: [dealer]
  | ^^^^
  |
  = help: did you mean `needs`?

error: `kall` is unknown here
 --> case.yaml:5:5
  |
5 |     kall: auth
  |     ^^^^
  |
  = help: did you mean `call`?

error: `deler` is neither a step nor a fixture
 --> case.yaml:6:20
  |
6 |     with: { login: "${deler.login}", password: "${dealer.password}" }
  |                    ^^^^^^^^^^^^^^^^
  |
  = help: did you mean `dealer`?

error: there is no step `signin`
 --> case.yaml:9:13
  |
9 |     given: [signin]
  |             ^^^^^^
  |
  = help: did you mean `sign-in`?

error: there is no requirement `LO-END`
  --> case.yaml:12:7
   |
12 |       LO-END: { status: 4x }
   |       ^^^^^^
   |
   = help: did you mean `LO-ENDS`?

error: "4x" is not an HTTP status
  --> case.yaml:12:25
   |
12 |       LO-END: { status: 4x }
   |                         ^^
   |
   = help: write 200, [200, 204], 4xx or documented

6 mistakes in 1 file
"#;
    assert_says(&folder(&[("case.yaml", text)]), "check case.yaml", expected);
}

#[test]
fn too_many_wrong_passwords_are_a_mistake() {
    let text = SOUND
        .replace("${dealer.password}", "x")
        .replace("    call: auth", "    call: auth\n    repeat: 5");
    let expected = r#"
error: step `sign-in` is wrong password number 5 for `dealer` in a run
 --> case.yaml:4:9
  |
4 |   - id: sign-in
  |         ^^^^^^^
  |
  = help: at most 3 are allowed; use a made-up login, or another fixture

1 mistake in 1 file
"#;
    assert_says(&folder(&[("case.yaml", &text)]), "check case.yaml", expected);
}
