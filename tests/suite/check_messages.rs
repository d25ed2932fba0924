//! What `check` says of files in which something is wrong: the whole text, as a user sees it.
//!
//! Every mistake names its place, shows the line and says what would have been right.

use std::path::Path;

use rstest::rstest;

use crate::program::{self, Folder, Ran, say_not_tried};

/// A case in which nothing is wrong.
const SOUND: &str = r#"title: Logout ends the session
needs: [dealer]
steps:
  - id: sign-in
    call: auth
    with: { login: "${dealer.login}", password: "${dealer.password}" }
  - id: ended
    call: get_permissions
    given: [sign-in]
    with: { hash: "${sign-in.hash}" }
    checks:
      LO-ENDS: { refused: any }
"#;

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> Folder {
    let folder = Folder::new();
    for (path, text) in files {
        folder.write(path, text);
    }
    folder
}

/// Runs the program inside a folder, with arguments as they are typed.
#[track_caller]
fn run_inside(folder: &Folder, arguments: &str) -> Ran {
    let arguments: Vec<&str> = arguments.split(' ').collect();
    program::run_inside(Path::new(&folder.path("")), &arguments)
}

/// Asserts what `check` says, and that it says it on standard error alone.
#[track_caller]
fn assert_says(folder: &Folder, arguments: &str, expected: &str) {
    let ran = run_inside(folder, arguments);
    let expected = expected.trim_start_matches('\n');
    assert!(ran.stderr == expected, "--- expected\n{expected}\n--- actual\n{}", ran.stderr);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
}

/// Asserts that a run says nothing against what it is given.
#[track_caller]
fn assert_sound(ran: &Ran) {
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
}

#[test]
fn nothing_is_said_against_the_sound_case() {
    let ran = run_inside(&folder(&[("case.yaml", SOUND)]), "check case.yaml");
    assert_sound(&ran);
    assert!(ran.stdout.ends_with("nothing is wrong\n"), "{}", ran.stdout);
}

/// The sound case with a part of it replaced.
#[rstest]
#[case::misspelt_key(
    "steps:",
    "stepps:",
    r#"
error: `stepps` is unknown here
 --> case.yaml:3:1
  |
3 | stepps:
  | ^^^^^^
  |
  = help: did you mean `steps`?

1 mistake in 1 file
"#
)]
#[case::misspelt_step_key(
    "given:",
    "givn:",
    r#"
error: `givn` is unknown here
 --> case.yaml:9:5
  |
9 |     givn: [sign-in]
  |     ^^^^
  |
  = help: did you mean `given`?

1 mistake in 1 file
"#
)]
#[case::misspelt_keyword(
    "refused",
    "refsued",
    r#"
error: `refsued` is unknown here
  --> case.yaml:12:18
   |
12 |       LO-ENDS: { refsued: any }
   |                  ^^^^^^^
   |
   = help: did you mean `refused`?

1 mistake in 1 file
"#
)]
#[case::title_fullstop(
    "Logout ends the session",
    "Logout ends the session.",
    r#"
error: `Logout ends the session.` is not a valid `title`
 --> case.yaml:1:8
  |
1 | title: Logout ends the session.
  |        ^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: The promise: a sentence of one line in the present tense, without `should` and without the full stop.

1 mistake in 1 file
"#
)]
#[case::title_short(
    "Logout ends the session",
    "Logout",
    r#"
error: expected at least 8 characters, got `"Logout"`
 --> case.yaml:1:8
  |
1 | title: Logout
  |        ^^^^^^
  |
  = help: The promise: a sentence of one line in the present tense, without `should` and without the full stop.

1 mistake in 1 file
"#
)]
#[case::title_missing(
    "title: Logout ends the session\n",
    "",
    r#"
error: `title` is missing
 --> case.yaml:1:1
  |
1 | needs: [dealer]
  | ^^^^^^^^^^^^^^^
  |
  = help: add it. The promise: a sentence of one line in the present tense, without `should` and without the full stop.

1 mistake in 1 file
"#
)]
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
#[case::id_missing(
    "id: ended\n    call",
    "call",
    r#"
error: `id` is missing
 --> case.yaml:7:5
  |
7 |   - call: get_permissions
  |     ^^^^^^^^^^^^^^^^^^^^^
  |
  = help: add it. The name of the step, by which later steps refer to its answer, `${sign-in.hash}`: small letters, digits and hyphens.

1 mistake in 1 file
"#
)]
#[case::call_missing(
    "    call: get_permissions\n",
    "",
    r#"
error: `call` is missing
 --> case.yaml:7:5
  |
7 |   - id: ended
  |     ^^^^^^^^^
  |
  = help: add it. An action of panel/account (`auth`, `get_permissions`, `logout`, or any other word), or a path below the base that starts with `/`.

1 mistake in 1 file
"#
)]
#[case::call_space(
    "get_permissions",
    "get permissions",
    r#"
error: `get permissions` is not a valid `call`
 --> case.yaml:8:11
  |
8 |     call: get permissions
  |           ^^^^^^^^^^^^^^^
  |
  = help: An action of panel/account (`auth`, `get_permissions`, `logout`, or any other word), or a path below the base that starts with `/`.

1 mistake in 1 file
"#
)]
#[case::bad_id(
    "id: ended",
    "id: Ended One",
    r#"
error: `Ended One` is not a valid `id`
 --> case.yaml:7:9
  |
7 |   - id: Ended One
  |         ^^^^^^^^^
  |
  = help: The name of the step, by which later steps refer to its answer, `${sign-in.hash}`: small letters, digits and hyphens.

1 mistake in 1 file
"#
)]
#[case::via(
    "    given:",
    "    via: jsn\n    given:",
    r#"
error: `jsn` is not a valid `via`
 --> case.yaml:9:10
  |
9 |     via: jsn
  |          ^^^
  |
  = help: did you mean `json`?

1 mistake in 1 file
"#
)]
#[case::via_list(
    "    given:",
    "    via: [json, fom]\n    given:",
    r#"
error: `fom` is not a valid `via`
 --> case.yaml:9:17
  |
9 |     via: [json, fom]
  |                 ^^^
  |
  = help: did you mean `form`?

1 mistake in 1 file
"#
)]
#[case::via_one(
    "    given:",
    "    via: [json]\n    given:",
    r#"
error: expected at least 2 items, got `["json"]`
 --> case.yaml:9:10
  |
9 |     via: [json]
  |          ^^^^^^
  |
  = help: The encoding; a list expands the step into one per encoding, named `id@encoding`; `each` is the encoding that the case is expanded to.

1 mistake in 1 file
"#
)]
#[case::via_number(
    "    given:",
    "    via: 7\n    given:",
    r#"
error: `7` is not a valid `via`
 --> case.yaml:9:10
  |
9 |     via: 7
  |          ^
  |
  = help: The encoding; a list expands the step into one per encoding, named `id@encoding`; `each` is the encoding that the case is expanded to.

1 mistake in 1 file
"#
)]
#[case::via_each(
    "    given:",
    "    via: each\n    given:",
    r#"
error: the case has no `each`
 --> case.yaml:9:10
  |
9 |     via: each
  |          ^^^^
  |
  = help: list the encodings of the case: `each: [json, form]`

1 mistake in 1 file
"#
)]
#[case::each_unused(
    "needs:",
    "each: [json, form]\nneeds:",
    r#"
error: no step travels by the encoding of the case
 --> case.yaml:2:1
  |
2 | each: [json, form]
  | ^^^^
  |
  = help: write `via: each` on a step

1 mistake in 1 file
"#
)]
#[case::method(
    "    given:",
    "    method: FETCH\n    given:",
    r#"
error: `FETCH` is not a valid `method`
 --> case.yaml:9:13
  |
9 |     method: FETCH
  |             ^^^^^
  |
  = help: known are GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS

1 mistake in 1 file
"#
)]
#[case::method_lower(
    "    given:",
    "    method: get\n    given:",
    r#"
error: `get` is not a valid `method`
 --> case.yaml:9:13
  |
9 |     method: get
  |             ^^^
  |
  = help: did you mean `GET`?

1 mistake in 1 file
"#
)]
#[case::repeat_text(
    "    given:",
    "    repeat: Twice\n    given:",
    r#"
error: there is no step `Twice`
 --> case.yaml:9:13
  |
9 |     repeat: Twice
  |             ^^^^^
  |
  = help: known are sign-in

1 mistake in 1 file
"#
)]
#[case::repeat_huge(
    "    given:",
    "    repeat: 500\n    given:",
    r#"
error: expected a number up to 50, got `500`
 --> case.yaml:9:13
  |
9 |     repeat: 500
  |             ^^^
  |
  = help: How often the call is made; or the id of a repeated step, to make it once for each of its answers, which a reference to that step then means.

1 mistake in 1 file
"#
)]
#[case::repeat_id(
    "    given:",
    "    repeat: sign-in\n    given:",
    r#"
error: step `sign-in` is not repeated
 --> case.yaml:9:13
  |
9 |     repeat: sign-in
  |             ^^^^^^^
  |
  = help: name a step with `repeat`, or give a number

1 mistake in 1 file
"#
)]
#[case::parallel(
    "    given:",
    "    parallel: true\n    given:",
    r#"
error: nothing is repeated here
 --> case.yaml:9:5
  |
9 |     parallel: true
  |     ^^^^^^^^
  |
  = help: say how often with `repeat`, or leave `parallel` out

1 mistake in 1 file
"#
)]
#[case::parallel_yes(
    "    given:",
    "    parallel: yes\n    repeat: 2\n    given:",
    r#"
error: expected a boolean, got `"yes"`
 --> case.yaml:9:15
  |
9 |     parallel: yes
  |               ^^^
  |
  = help: write `true` or `false`

1 mistake in 1 file
"#
)]
#[case::after_long(
    "    given:",
    "    after: 45s\n    given:",
    r#"
error: `45s` is too long a wait
 --> case.yaml:9:12
  |
9 |     after: 45s
  |            ^^^
  |
  = help: wait 30s at most: every run waits as long, and no test can wait for the end of a session, of which the documents give several lifetimes

1 mistake in 1 file
"#
)]
#[case::after_bad(
    "    given:",
    "    after: 1h\n    given:",
    r#"
error: `1h` is too long a wait
 --> case.yaml:9:12
  |
9 |     after: 1h
  |            ^^
  |
  = help: wait 30s at most: every run waits as long, and no test can wait for the end of a session, of which the documents give several lifetimes

1 mistake in 1 file
"#
)]
#[case::after_number(
    "    given:",
    "    after: 300\n    given:",
    r#"
error: expected a string, got `300`
 --> case.yaml:9:12
  |
9 |     after: 300
  |            ^^^
  |
  = help: Waits before the step: `300ms`, `2s`; at most 30 s.

1 mistake in 1 file
"#
)]
#[case::given_unknown(
    "given: [sign-in]",
    "given: [signin]",
    r#"
error: there is no step `signin`
 --> case.yaml:9:13
  |
9 |     given: [signin]
  |             ^^^^^^
  |
  = help: did you mean `sign-in`?

1 mistake in 1 file
"#
)]
#[case::given_self(
    "given: [sign-in]",
    "given: [ended]",
    r#"
error: step `ended` does not stand before this one
 --> case.yaml:9:13
  |
9 |     given: [ended]
  |             ^^^^^
  |
  = help: refer to an earlier step, or move that one up

1 mistake in 1 file
"#
)]
#[case::given_text(
    "given: [sign-in]",
    "given: sign-in",
    r#"
error: expected an array, got `"sign-in"`
 --> case.yaml:9:12
  |
9 |     given: sign-in
  |            ^^^^^^^
  |
  = help: write a list: `[sign-in]`

1 mistake in 1 file
"#
)]
#[case::given_absent(
    "    given: [sign-in]\n",
    "",
    r#"
error: a server that refuses everybody would pass this
  --> case.yaml:11:18
   |
11 |       LO-ENDS: { refused: any }
   |                  ^^^^^^^
   |
   = help: name a step that has to be granted first: `given: [sign-in]`

1 mistake in 1 file
"#
)]
#[case::later(
    r#"login: "${dealer.login}""#,
    r#"login: "${ended.hash}""#,
    r#"
error: step `ended` does not stand before this one
 --> case.yaml:6:20
  |
6 |     with: { login: "${ended.hash}", password: "${dealer.password}" }
  |                    ^^^^^^^^^^^^^^^
  |
  = help: refer to an earlier step, or move that one up

1 mistake in 1 file
"#
)]
#[case::unknown_ref(
    "${sign-in.hash}",
    "${sigin.hash}",
    r#"
error: `sigin` is neither a step nor a fixture
  --> case.yaml:10:19
   |
10 |     with: { hash: "${sigin.hash}" }
   |                   ^^^^^^^^^^^^^^^
   |
   = help: did you mean `sign-in`?

1 mistake in 1 file
"#
)]
#[case::bad_ref(
    "${sign-in.hash}",
    "${sign in}",
    r#"
error: `sign in` is not of the form `step.member` or `fixture.member`
  --> case.yaml:10:19
   |
10 |     with: { hash: "${sign in}" }
   |                   ^^^^^^^^^^^^
   |
   = help: refer to a step or a fixture as ${name.member}; $${ stands for ${ itself

1 mistake in 1 file
"#
)]
#[case::unclosed_ref(
    "${sign-in.hash}",
    "${sign-in.hash",
    r#"
error: `${sign-in.hash` has no closing brace
  --> case.yaml:10:19
   |
10 |     with: { hash: "${sign-in.hash" }
   |                   ^^^^^^^^^^^^^^^^
   |
   = help: refer to a step or a fixture as ${name.member}; $${ stands for ${ itself

1 mistake in 1 file
"#
)]
#[case::filter(
    "${sign-in.hash}",
    "${sign-in.hash | drop-lst}",
    r#"
error: there is no filter `drop-lst`
  --> case.yaml:10:19
   |
10 |     with: { hash: "${sign-in.hash | drop-lst}" }
   |                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: did you mean `drop-last`?

1 mistake in 1 file
"#
)]
#[case::member(
    "${dealer.password}",
    "${dealer.pasword}",
    r#"
error: `dealer` has no member `pasword`
 --> case.yaml:6:49
  |
6 |     with: { login: "${dealer.login}", password: "${dealer.pasword}" }
  |                                                 ^^^^^^^^^^^^^^^^^^^
  |
  = help: did you mean `password`?

1 mistake in 1 file
"#
)]
#[case::nomember(
    "${dealer.password}",
    "${dealer}",
    r#"
error: `dealer` as a whole is no value
 --> case.yaml:6:49
  |
6 |     with: { login: "${dealer.login}", password: "${dealer}" }
  |                                                 ^^^^^^^^^^^
  |
  = help: name one of its members: login, password

1 mistake in 1 file
"#
)]
#[case::needs_absent(
    "needs: [dealer]\n",
    "",
    r#"
error: the steps refer to `dealer`, which `needs` does not list
 --> case.yaml:1:1
  |
1 | title: Logout ends the session
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: add `needs: [dealer]`

1 mistake in 1 file
"#
)]
#[case::needs_more(
    "needs: [dealer]",
    "needs: [dealer, blocked_dealer]",
    r#"
error: no step refers to `blocked_dealer`
 --> case.yaml:2:17
  |
2 | needs: [dealer, blocked_dealer]
  |                 ^^^^^^^^^^^^^^
  |
  = help: leave it out

1 mistake in 1 file
"#
)]
#[case::needs_unknown(
    "needs: [dealer]",
    "needs: [deeler]",
    r#"
error: `deeler` is not a valid `needs`
 --> case.yaml:2:9
  |
2 | needs: [deeler]
  |         ^^^^^^
  |
  = help: did you mean `dealer`?

1 mistake in 1 file
"#
)]
#[case::requirement(
    "LO-ENDS",
    "LO-END",
    r#"
error: there is no requirement `LO-END`
  --> case.yaml:12:7
   |
12 |       LO-END: { refused: any }
   |       ^^^^^^
   |
   = help: did you mean `LO-ENDS`?

1 mistake in 1 file
"#
)]
#[case::requirement_lower(
    "LO-ENDS",
    "lo-ends",
    r#"
error: there is no requirement `lo-ends`
  --> case.yaml:12:7
   |
12 |       lo-ends: { refused: any }
   |       ^^^^^^^
   |
   = help: did you mean `LO-ENDS`?

1 mistake in 1 file
"#
)]
#[case::requirement_far(
    "LO-ENDS",
    "XYZZY",
    r#"
error: there is no requirement `XYZZY`
  --> case.yaml:12:7
   |
12 |       XYZZY: { refused: any }
   |       ^^^^^
   |
   = help: known are URL-PATHS, URL-BASE, URL-V2, URL-NOSLASH, URL-SLASH, URL-SLASH-QUERY, M-AUTH-POST, M-AUTH-GET, … (134 in all)

1 mistake in 1 file
"#
)]
#[case::check_empty(
    "{ refused: any }",
    "{}",
    r#"
error: something is missing here
  --> case.yaml:12:16
   |
12 |       LO-ENDS: {}
   |                ^^
   |
   = help: write one of schema, status, header, refused, equals, differs_from, same_as, reveals_not

1 mistake in 1 file
"#
)]
#[case::check_text(
    "{ refused: any }",
    "any",
    r#"
error: expected an object, got `"any"`
  --> case.yaml:12:16
   |
12 |       LO-ENDS: any
   |                ^^^
   |
   = help: What one requirement asks of the answer; several keywords must all hold.

1 mistake in 1 file
"#
)]
#[case::check_at_only(
    "{ refused: any }",
    "{ at: /hash }",
    r#"
error: something is missing here
  --> case.yaml:12:16
   |
12 |       LO-ENDS: { at: /hash }
   |                ^^^^^^^^^^^^^
   |
   = help: write one of schema, status, header, refused, equals, differs_from, same_as, reveals_not

1 mistake in 1 file
"#
)]
#[case::refused_word(
    "refused: any",
    "refused: all",
    r#"
error: "all" is no set of codes
  --> case.yaml:12:27
   |
12 |       LO-ENDS: { refused: all }
   |                           ^^^
   |
   = help: write `any`, or codes such as [3, 4]

1 mistake in 1 file
"#
)]
#[case::refused_list(
    "refused: any",
    r#"refused: [3, "4"]"#,
    r#"
error: expected an integer, got `"4"`
  --> case.yaml:12:31
   |
12 |       LO-ENDS: { refused: [3, "4"] }
   |                               ^^^
   |
   = help: The call is refused and the answer carries neither `hash` nor `permissions`: with one of these codes, or with `any` in whatever words.

1 mistake in 1 file
"#
)]
#[case::status(
    "refused: any",
    "status: 999",
    r#"
error: 999 is not an HTTP status
  --> case.yaml:12:26
   |
12 |       LO-ENDS: { status: 999 }
   |                          ^^^
   |
   = help: write 200, [200, 204], 4xx or documented

1 mistake in 1 file
"#
)]
#[case::status_list(
    "refused: any",
    "status: [200, 6xx]",
    r#"
error: `6xx` is not a valid `status`
  --> case.yaml:12:32
   |
12 |       LO-ENDS: { status: [200, 6xx] }
   |                                ^^^
   |
   = help: known are 1xx, 2xx, 3xx, 4xx, 5xx, documented, 1xx, 2xx, 3xx, 4xx, 5xx

1 mistake in 1 file
"#
)]
#[case::pointer(
    "refused: any",
    "at: hash, schema: { type: string }",
    r#"
error: `hash` is not a valid `at`
  --> case.yaml:12:22
   |
12 |       LO-ENDS: { at: hash, schema: { type: string } }
   |                      ^^^^
   |
   = help: The JSON Pointer of the part of the body that `schema`, `equals`, `differs_from` and `same_as` look at.

1 mistake in 1 file
"#
)]
#[case::schema_name(
    "refused: any",
    "schema: permisions",
    r#"
error: there is no schema `permisions`
  --> case.yaml:12:26
   |
12 |       LO-ENDS: { schema: permisions }
   |                          ^^^^^^^^^^
   |
   = help: did you mean `permissions`?

1 mistake in 1 file
"#
)]
#[case::schema_keyword(
    "refused: any",
    "schema: { typ: string }",
    r#"
error: `typ` is not a keyword of JSON Schema
  --> case.yaml:12:28
   |
12 |       LO-ENDS: { schema: { typ: string } }
   |                            ^^^
   |
   = help: did you mean `type`?

1 mistake in 1 file
"#
)]
#[case::schema_type(
    "refused: any",
    "schema: { type: text }",
    r#"
error: there is no type `text` in JSON
  --> case.yaml:12:34
   |
12 |       LO-ENDS: { schema: { type: text } }
   |                                  ^^^^
   |
   = help: known are array, boolean, integer, null, number, object, string

1 mistake in 1 file
"#
)]
#[case::schema_regex(
    "refused: any",
    r#"schema: { pattern: "[a-" }"#,
    r#"
error: `"[a-"` is not a regular expression
  --> case.yaml:12:37
   |
12 |       LO-ENDS: { schema: { pattern: "[a-" } }
   |                                     ^^^^^
   |
   = help: see docs.rs/regex for what it may hold

1 mistake in 1 file
"#
)]
#[case::schema_http(
    "refused: any",
    r#"schema: { $ref: "https://example.com/x.json" }"#,
    r#"
error: `https://example.com/x.json` leads nowhere; nothing is ever fetched
  --> case.yaml:12:34
   |
12 |       LO-ENDS: { schema: { $ref: "https://example.com/x.json" } }
   |                                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: known are auth.schema.json, case.schema.json, error.schema.json, permission-sets.schema.json, permissions.schema.json, report.schema.json, requirements.schema.json, success.schema.json

1 mistake in 1 file
"#
)]
#[case::schema_absolute_id(
    "refused: any",
    r#"schema: { $id: "https://example.com/x.json", $ref: "error.schema.json" }"#,
    r#"
error: only a schema in a file of its own has an `$id`, such as `https://example.com/x.json`
  --> case.yaml:12:33
   |
12 |       LO-ENDS: { schema: { $id: "https://example.com/x.json", $ref: "error.schema.json" } }
   |                                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: leave `$id` out

1 mistake in 1 file
"#
)]
#[case::header_schema(
    "refused: any",
    r#"header: { Content-Type: { patern: "json" } }"#,
    r#"
error: `patern` is not a keyword of JSON Schema
  --> case.yaml:12:44
   |
12 |       LO-ENDS: { header: { Content-Type: { patern: "json" } } }
   |                                            ^^^^^^
   |
   = help: did you mean `pattern`?

1 mistake in 1 file
"#
)]
#[case::same_as(
    "refused: any",
    "same_as: sigin.permissions",
    r#"
error: `sigin` is neither a step nor a fixture
  --> case.yaml:12:27
   |
12 |       LO-ENDS: { same_as: sigin.permissions }
   |                           ^^^^^^^^^^^^^^^^^
   |
   = help: did you mean `sign-in`?

1 mistake in 1 file
"#
)]
#[case::equals_ref(
    "refused: any",
    r#"at: /hash, equals: "${sigin.hash}""#,
    r#"
error: `sigin` is neither a step nor a fixture
  --> case.yaml:12:37
   |
12 |       LO-ENDS: { at: /hash, equals: "${sigin.hash}" }
   |                                     ^^^^^^^^^^^^^^^
   |
   = help: did you mean `sign-in`?

1 mistake in 1 file
"#
)]
#[case::duplicate_id(
    "id: ended",
    "id: sign-in",
    r#"
error: two steps are called `sign-in`
 --> case.yaml:7:9
  |
7 |   - id: sign-in
  |         ^^^^^^^
  |
  = help: give each step a name of its own

1 mistake in 1 file
"#
)]
#[case::fixture_id(
    "id: ended",
    "id: dealer",
    r#"
error: `dealer` is the name of a fixture
 --> case.yaml:7:9
  |
7 |   - id: dealer
  |         ^^^^^^
  |
  = help: give the step another name

1 mistake in 1 file
"#
)]
#[case::no_checks(
    "    checks:\n      LO-ENDS: { refused: any }\n",
    "",
    r#"
error: the case checks nothing
 --> case.yaml:3:1
  |
3 | steps:
  | ^^^^^
  |
  = help: add `checks` to a step, keyed by the requirement that is judged

1 mistake in 1 file
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
#[case::unclosed(
    r#""${sign-in.hash}""#,
    r#""${sign-in.hash}"#,
    r#"
error: this quote is not closed
  --> case.yaml:10:19
   |
10 |     with: { hash: "${sign-in.hash} }
   |                   ^
   |
   = help: end the text with the same quote

1 mistake in 1 file
"#
)]
#[case::bracket(
    "[sign-in]",
    "[sign-in",
    r#"
error: this `[` is not closed
 --> case.yaml:9:12
  |
9 |     given: [sign-in
  |            ^
  |
  = help: close it with `]`

1 mistake in 1 file
"#
)]
#[case::dupkey(
    "    call: auth",
    "    call: auth\n    call: logout",
    r#"
error: `call` stands twice
 --> case.yaml:6:5
  |
6 |     call: logout
  |     ^^^^
  |
  = help: keep one of the two

1 mistake in 1 file
"#
)]
#[case::alias(
    "call: auth",
    "call: &a auth",
    r#"
error: anchors and aliases have no meaning here
 --> case.yaml:5:11
  |
5 |     call: &a auth
  |           ^^
  |
  = help: write the value out

1 mistake in 1 file
"#
)]
#[case::aliasuse(
    r#"with: { hash: "${sign-in.hash}" }"#,
    "with: *params",
    r#"
error: anchors and aliases have no meaning here
  --> case.yaml:10:11
   |
10 |     with: *params
   |           ^
   |
   = help: write the value out

1 mistake in 1 file
"#
)]
#[case::tag(
    "call: auth",
    "call: !!str auth",
    r#"
error: tags have no meaning here
 --> case.yaml:5:12
  |
5 |     call: !!str auth
  |            ^^^^
  |
  = help: write the value without `!…`

1 mistake in 1 file
"#
)]
#[case::colon(
    "Logout ends the session",
    "Logout: ends the session",
    r#"
error: a `:` cannot stand here
 --> case.yaml:1:14
  |
1 | title: Logout: ends the session
  |              ^
  |
  = help: put text that holds `: ` in quotes

1 mistake in 1 file
"#
)]
#[case::indent(
    "    call: auth",
    "   call: auth",
    r#"
error: this does not fit the lines above
 --> case.yaml:5:4
  |
5 |    call: auth
  |    ^
  |
  = help: indent the members of one object alike, and the items of one list

1 mistake in 1 file
"#
)]
#[case::pattern_in_headers(
    "    given:",
    r#"    headers: { "X A": y }
    given:"#,
    r#"
error: `X A` cannot be a name here
 --> case.yaml:9:16
  |
9 |     headers: { "X A": y }
  |                ^^^^^
  |
  = help: Headers to send; they replace those of the encoding.

1 mistake in 1 file
"#
)]
#[case::misspelt_action(
    "get_permissions",
    "get_permision",
    r#"
error: there is no action `get_permision`
 --> case.yaml:8:11
  |
8 |     call: get_permision
  |           ^^^^^^^^^^^^^
  |
  = help: did you mean `get_permissions`? To call what does not exist, write its path: `/panel/account/get_permision`

1 mistake in 1 file
"#
)]
#[case::misspelt_parameter(
    "password:",
    "pasword:",
    r#"
error: no action takes a parameter `pasword`
 --> case.yaml:6:39
  |
6 |     with: { login: "${dealer.login}", pasword: "${dealer.password}" }
  |                                       ^^^^^^^
  |
  = help: did you mean `password`? To send the other name nonetheless, write it in `query` or `body`

1 mistake in 1 file
"#
)]
#[case::misspelt_member_of_an_answer(
    "${sign-in.hash}",
    "${sign-in.hsh}",
    r#"
error: no answer has a member `hsh`
  --> case.yaml:10:19
   |
10 |     with: { hash: "${sign-in.hsh}" }
   |                   ^^^^^^^^^^^^^^^^
   |
   = help: did you mean `hash`?

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
fn one_mistake_in_a_case_is_shown_at_its_place(
    #[case] sound: &str,
    #[case] broken: &str,
    #[case] expected: &str,
) {
    assert!(SOUND.contains(sound), "the sound case has no `{sound}`");
    let folder = folder(&[("case.yaml", &SOUND.replacen(sound, broken, 1))]);
    assert_says(&folder, "check case.yaml", expected);
}

/// Names that are not near a documented one are left alone.
#[rstest]
#[case::action("call: get_permissions", "call: no_such_action_as_this")]
#[case::path("call: get_permissions", "call: /panel/account/logut")]
#[case::parameter("with: { hash:", "with: { colour: red, hash:")]
#[case::member("${sign-in.hash}", "${sign-in.colour}")]
fn a_name_of_its_own_is_no_mistake(#[case] sound: &str, #[case] other: &str) {
    assert!(SOUND.contains(sound), "the sound case has no `{sound}`");
    let folder = folder(&[("case.yaml", &SOUND.replacen(sound, other, 1))]);
    assert_sound(&run_inside(&folder, "check case.yaml"));
}

/// Two requirements of which the sound case, once it cites the first, judges one.
const LEDGER: &str = "MINE-1:
  level: must
  sentence: It works.
  source: here
MINE-2:
  level: must
  sentence: It works too.
  source: here
";

#[test]
fn the_id_of_a_built_in_case_is_taken_unless_the_built_in_cases_are_left_out() {
    let folder = folder(&[("own/logout/answers-get.yaml", SOUND)]);
    let expected = r#"
error: case `logout/answers-get` exists already
 --> own/logout/answers-get.yaml:1:1
  |
1 | title: Logout ends the session
  | ^^^^^
  |
  = help: give the file another name

1 mistake in 1 file
"#;
    assert_says(&folder, "check own", expected);
    assert_says(&folder, "list --cases own", expected);
    assert_sound(&run_inside(&folder, "check own --no-builtin"));
}

#[rstest]
#[case::all("cases")]
#[case::an_action("cases/logout")]
#[case::a_file("cases/logout/answers-get.yaml")]
#[case::a_ledger("cases/requirements.yaml")]
#[case::schemas("schemas")]
fn the_files_of_the_checkout_take_the_place_of_the_built_in_ones(#[case] path: &str) {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert_sound(&program::run_inside(checkout, &["check", path]));
}

#[test]
fn a_requirement_of_a_folder_that_no_case_judges_is_a_mistake() {
    let case = SOUND.replace("LO-ENDS", "MINE-1");
    let folder = folder(&[("own/a/case.yaml", &case), ("own/requirements.yaml", LEDGER)]);
    let expected = r#"
error: no case judges `MINE-2`
 --> own/requirements.yaml:5:1
  |
5 | MINE-2:
  | ^^^^^^
  |
  = help: add a case, or say why there is none: `planned: …` or `excluded: …`

1 mistake in 1 file
"#;
    assert_says(&folder, "check own", expected);
}

#[rstest]
#[case::in_the_folder("own/case.yaml")]
#[case::in_a_folder_of_it("own/a/case.yaml")]
fn a_file_by_itself_goes_by_the_ledger_of_its_folder(#[case] path: &str) {
    let case = SOUND.replace("LO-ENDS: { refused: any }", "MINE-1: { schema: mine }");
    let schema = r#"{ "type": "object" }"#;
    let folder = folder(&[
        (path, &case),
        ("own/requirements.yaml", LEDGER),
        ("own/schemas/mine.schema.json", schema),
    ]);
    assert_sound(&run_inside(&folder, &format!("check {path}")));
    assert_sound(&run_inside(&folder, &format!("check {path} own/requirements.yaml")));
}

#[cfg(unix)]
#[test]
fn the_folder_that_cannot_be_read_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder(&[("own/case.yaml", SOUND), ("own/inner/case.yaml", SOUND)]);
    let inner = folder.path("own/inner");
    let allow = |mode| {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(&inner, permissions).expect("the folder is ours");
    };
    allow(0o000);
    if std::fs::read_dir(&inner).is_ok() {
        say_not_tried("this user may read every folder");
        return;
    }
    let expected = r#"
error: cannot read `own/inner`: Permission denied (os error 13)
 --> own/inner
  |
  = help: make the folder readable, or move it away

1 mistake in 1 file
"#;
    assert_says(&folder, "check own", expected);
    allow(0o755);
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

#[test]
fn lines_may_end_as_on_windows() {
    let text = SOUND.replace("given:", "givn:").replace('\n', "\r\n");
    let expected = r#"
error: `givn` is unknown here
 --> case.yaml:9:5
  |
9 |     givn: [sign-in]
  |     ^^^^
  |
  = help: did you mean `given`?

1 mistake in 1 file
"#;
    assert_says(&folder(&[("case.yaml", &text)]), "check case.yaml", expected);
}

#[test]
fn huge_nesting_is_refused() {
    let text = "[".repeat(100_000);
    let expected = r#"
error: this is nested too deep
 --> case.yaml:1:256
  |
1 | ...[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[...
  |                                                                    ^
  |
  = help: write it flatter

1 mistake in 1 file
"#;
    assert_says(&folder(&[("case.yaml", &text)]), "check case.yaml", expected);
}

#[test]
fn one_case_cannot_stand_in_two_files() {
    let folder = folder(&[("case.yaml", SOUND), ("case.yml", SOUND)]);
    let expected = r#"
error: case `case` exists already
 --> ./case.yml:1:1
  |
1 | title: Logout ends the session
  | ^^^^^
  |
  = help: give the file another name

1 mistake in 1 file
"#;
    assert_says(&folder, "check .", expected);
}

#[test]
fn the_name_of_a_case_has_no_at_sign() {
    let expected = r#"
error: `a@b` cannot be the id of a case
 --> ./a@b.yaml:1:1
  |
1 | title: Logout ends the session
  | ^^^^^
  |
  = help: name the file without `@`, which stands before the encoding of a case

1 mistake in 1 file
"#;
    assert_says(&folder(&[("a@b.yaml", SOUND)]), "check .", expected);
}

#[test]
fn mistakes_of_several_files_are_shown_at_once() {
    let folder = folder(&[
        ("a.yaml", &SOUND.replace("given", "givn")),
        ("b/c.yaml", &SOUND.replace("LO-ENDS", "LO-END")),
        ("requirements.yaml", "MINE-1: { level: must, sentence: It works., sorce: here }\n"),
    ]);
    let expected = r#"
error: `sorce` is unknown here
 --> ./requirements.yaml:1:45
  |
1 | MINE-1: { level: must, sentence: It works., sorce: here }
  |                                             ^^^^^
  |
  = help: did you mean `source`?

error: `givn` is unknown here
 --> ./a.yaml:9:5
  |
9 |     givn: [sign-in]
  |     ^^^^
  |
  = help: did you mean `given`?

error: there is no requirement `LO-END`
  --> ./b/c.yaml:12:7
   |
12 |       LO-END: { refused: any }
   |       ^^^^^^
   |
   = help: did you mean `LO-ENDS`?

3 mistakes in 3 files
"#;
    assert_says(&folder, "check .", expected);
}

#[rstest]
#[case::steps_empty(
    "case.yaml",
    "title: Logout ends the session\nsteps: []\n",
    r#"
error: expected at least one item, got `[]`
 --> case.yaml:2:8
  |
2 | steps: []
  |        ^^
  |
  = help: The calls, in the order they are made.

1 mistake in 1 file
"#
)]
#[case::step_text(
    "case.yaml",
    "title: Logout ends the session\nsteps:\n  - auth\n",
    r#"
error: expected an object, got `"auth"`
 --> case.yaml:3:5
  |
3 |   - auth
  |     ^^^^
  |
  = help: The calls, in the order they are made.

1 mistake in 1 file
"#
)]
#[case::list(
    "case.yaml",
    "- title: x\n",
    r#"
error: expected an object, got `[{"title":"x"}]`
 --> case.yaml:1:1
  |
1 | - title: x
  | ^^^^^^^^^^
  |
  = help: One promise of the contract: the calls that show whether a server keeps it, and what their answers have to be.

1 mistake in 1 file
"#
)]
#[case::empty(
    "case.yaml",
    "",
    r#"
error: the file is empty
 --> case.yaml
  |
  = help: write something, or take the file away

1 mistake in 1 file
"#
)]
#[case::comment_only(
    "case.yaml",
    "# nothing yet\n",
    r#"
error: the file is empty
 --> case.yaml:1:1
  |
1 | # nothing yet
  | ^
  |
  = help: write something, or take the file away

1 mistake in 1 file
"#
)]
#[case::ledger_bad(
    "requirements.yaml",
    "MINE-1:\n  level: mst\n  sentence: It should work\n  sorce: nowhere\nmine-2: {}\n",
    r#"
error: `mst` is not a valid `level`
 --> requirements.yaml:2:10
  |
2 |   level: mst
  |          ^^^
  |
  = help: did you mean `must`?

error: `It should work` is not a valid `sentence`
 --> requirements.yaml:3:13
  |
3 |   sentence: It should work
  |             ^^^^^^^^^^^^^^
  |
  = help: The statement in our own words: one sentence in the present tense, without "should", that an implementer understands who reads nothing else.

error: `sorce` is unknown here
 --> requirements.yaml:4:3
  |
4 |   sorce: nowhere
  |   ^^^^^
  |
  = help: did you mean `source`?

error: `mine-2` cannot be a name here
 --> requirements.yaml:5:1
  |
5 | mine-2: {}
  | ^^^^^^
  |
  = help: Capital letters and digits in groups joined by hyphens, such as `AUTH-E11`.

error: `level` is missing
 --> requirements.yaml:5:9
  |
5 | mine-2: {}
  |         ^^
  |
  = help: add it. How binding the statement is.

error: `sentence` is missing
 --> requirements.yaml:5:9
  |
5 | mine-2: {}
  |         ^^
  |
  = help: add it. The statement in our own words: one sentence in the present tense, without "should", that an implementer understands who reads nothing else.

error: `source` is missing
 --> requirements.yaml:5:9
  |
5 | mine-2: {}
  |         ^^
  |
  = help: add it. Where the statement is documented: the name of the document, the section, and the lines.

7 mistakes in 1 file
"#
)]
#[case::ledger_both(
    "requirements.yaml",
    r#"MINE-1:
  level: must
  sentence: It works.
  source: here
  excluded: because
  planned: later
"#,
    r#"
error: `excluded` and `planned` do not go together
 --> requirements.yaml:6:3
  |
6 |   planned: later
  |   ^^^^^^^
  |
  = help: keep one of them

1 mistake in 1 file
"#
)]
#[case::ledger_list(
    "requirements.yaml",
    "- MINE-1\n",
    r#"
error: expected an object, got `["MINE-1"]`
 --> requirements.yaml:1:1
  |
1 | - MINE-1
  | ^^^^^^^^
  |
  = help: Every documented statement that the suite knows, keyed by its id.

1 mistake in 1 file
"#
)]
#[case::statuses(
    "error-statuses.yaml",
    "3: four hundred\nthree: 400\n4: 4000\n",
    r#"
error: "four hundred" is not an HTTP status
 --> error-statuses.yaml:1:4
  |
1 | 3: four hundred
  |    ^^^^^^^^^^^^
  |
  = help: write an error code and its HTTP status: `11: 403`

error: `three` is not an error code
 --> error-statuses.yaml:2:1
  |
2 | three: 400
  | ^^^^^
  |
  = help: write an error code and its HTTP status: `11: 403`

error: 4000 is not an HTTP status
 --> error-statuses.yaml:3:4
  |
3 | 4: 4000
  |    ^^^^
  |
  = help: write an error code and its HTTP status: `11: 403`

3 mistakes in 1 file
"#
)]
#[case::statuses_list(
    "error-statuses.yaml",
    "- 3\n",
    r#"
error: this is not a table of error codes
 --> error-statuses.yaml:1:1
  |
1 | - 3
  | ^^^
  |
  = help: write an error code and its HTTP status: `11: 403`

1 mistake in 1 file
"#
)]
#[case::schema_file_kw(
    "schemas/mine.schema.json",
    r#"{
  "type": "object",
  "requird": ["a"]
}
"#,
    r#"
error: `requird` is not a keyword of JSON Schema
 --> schemas/mine.schema.json:3:3
  |
3 |   "requird": ["a"]
  |   ^^^^^^^^^
  |
  = help: did you mean `required`?

1 mistake in 1 file
"#
)]
#[case::schema_file_absolute_id(
    "schemas/mine.schema.json",
    r#"{
  "$id": "https://example.com/schemas/mine.schema.json",
  "$ref": "success.schema.json"
}
"#,
    r#"
error: a schema is known by the name of its file, not as `https://example.com/schemas/mine.schema.json`
 --> schemas/mine.schema.json:2:10
  |
2 |   "$id": "https://example.com/schemas/mine.schema.json",
  |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: write `mine.schema.json`, or leave `$id` out

1 mistake in 1 file
"#
)]
#[case::schema_file_ref(
    "schemas/mine.schema.json",
    r#"{
  "properties": { "a": { "$ref": "https://example.com/a.json" } }
}
"#,
    r#"
error: `https://example.com/a.json` leads nowhere; nothing is ever fetched
 --> schemas/mine.schema.json:2:34
  |
2 |   "properties": { "a": { "$ref": "https://example.com/a.json" } }
  |                                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: known are auth.schema.json, case.schema.json, error.schema.json, mine.schema.json, permission-sets.schema.json, permissions.schema.json, report.schema.json, requirements.schema.json, success.schema.json

1 mistake in 1 file
"#
)]
#[case::schema_file_ref2(
    "schemas/mine.schema.json",
    r#"{
  "properties": { "a": { "$ref": "yours.schema.json" } }
}
"#,
    r#"
error: `yours.schema.json` leads nowhere; nothing is ever fetched
 --> schemas/mine.schema.json:2:34
  |
2 |   "properties": { "a": { "$ref": "yours.schema.json" } }
  |                                  ^^^^^^^^^^^^^^^^^^^
  |
  = help: did you mean `error.schema.json`?

1 mistake in 1 file
"#
)]
#[case::schema_file_ref3(
    "schemas/mine.schema.json",
    r##"{
  "properties": { "a": { "$ref": "#/$defs/b" } }
}
"##,
    r##"
error: `#/$defs/b` leads nowhere
 --> schemas/mine.schema.json:2:34
  |
2 |   "properties": { "a": { "$ref": "#/$defs/b" } }
  |                                  ^^^^^^^^^^^
  |
  = help: refer to what stands in the schema, such as `#/$defs/name`

1 mistake in 1 file
"##
)]
#[case::schema_file_regex(
    "schemas/mine.schema.json",
    r#"{
  "properties": { "a": { "pattern": "[a-" } }
}
"#,
    r#"
error: `"[a-"` is not a regular expression
 --> schemas/mine.schema.json:2:37
  |
2 |   "properties": { "a": { "pattern": "[a-" } }
  |                                     ^^^^^
  |
  = help: see docs.rs/regex for what it may hold

1 mistake in 1 file
"#
)]
#[case::schema_file_type(
    "schemas/mine.schema.json",
    r#"{
  "properties": { "a": { "type": "text" } }
}
"#,
    r#"
error: there is no type `text` in JSON
 --> schemas/mine.schema.json:2:34
  |
2 |   "properties": { "a": { "type": "text" } }
  |                                  ^^^^^^
  |
  = help: known are array, boolean, integer, null, number, object, string

1 mistake in 1 file
"#
)]
#[case::schema_file_comma(
    "schemas/mine.schema.json",
    r#"{
  "type": "object"
  "required": ["a"]
}
"#,
    r#"
error: a `,` or `}` is missing before this
 --> schemas/mine.schema.json:3:3
  |
3 |   "required": ["a"]
  |   ^
  |
  = help: end every member but the last with `,`

1 mistake in 1 file
"#
)]
#[case::schema_file_array(
    "schemas/mine.schema.json",
    "[]\n",
    r#"
error: a schema is an object or a boolean, not `[]`
 --> schemas/mine.schema.json:1:1
  |
1 | []
  | ^^
  |
  = help: write `{type: …}`, `{const: …}` or the like

1 mistake in 1 file
"#
)]
#[case::schema_file_id(
    "schemas/mine.schema.json",
    r#"{ "$schema": "http://example.com/my-dialect", "type": "object" }
"#,
    r#"
error: the dialect `http://example.com/my-dialect` is not known here
 --> schemas/mine.schema.json:1:14
  |
1 | { "$schema": "http://example.com/my-dialect", "type": "object" }
  |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: write `https://json-schema.org/draft/2020-12/schema`, or leave `$schema` out

1 mistake in 1 file
"#
)]
fn a_broken_file_is_shown_at_its_place(
    #[case] path: &str,
    #[case] text: &str,
    #[case] expected: &str,
) {
    assert_says(&folder(&[(path, text)]), &format!("check {path}"), expected);
}

#[test]
fn one_file_is_one_document() {
    let text = format!("{SOUND}---\n{SOUND}");
    let expected = r#"
error: a second document starts here
  --> case.yaml:13:1
   |
13 | ---
   | ^^^
   |
   = help: one file is one document

1 mistake in 1 file
"#;
    assert_says(&folder(&[("case.yaml", &text)]), "check case.yaml", expected);
}

#[rstest]
#[case::binary(
    b"\x7fELF\x02\x01\x00\xff\xfe",
    r#"
error: the file is not text
 --> case.yaml
  |
  = help: name a text file in UTF-8

1 mistake in 1 file
"#
)]
#[case::utf_16(
    b"\xff\xfet\0i\0t\0l\0e\0",
    r#"
error: the file is UTF-16
 --> case.yaml
  |
  = help: save it as UTF-8

1 mistake in 1 file
"#
)]
#[case::latin_1(
    b"title: D\xe9connexion\nsteps: []\n",
    r#"
error: the file is not UTF-8: byte 0xe9 starts no character
 --> case.yaml:1:9
  |
1 | title: D�connexion
  |         ^
  |
  = help: save it as UTF-8

1 mistake in 1 file
"#
)]
fn a_file_in_another_encoding_is_refused(#[case] bytes: &[u8], #[case] expected: &str) {
    let folder = Folder::new();
    std::fs::write(folder.path("case.yaml"), bytes).expect("the file can be written");
    assert_says(&folder, "check case.yaml", expected);
}

#[test]
fn a_folder_without_case_files_is_a_mistake() {
    let expected = r#"
error: cannot read `.`: there is no .yaml file in it
 --> .
  |
  = help: name a folder of case files

1 mistake in 1 file
"#;
    assert_says(&folder(&[("cases.txt", "")]), "check .", expected);
}

#[test]
fn a_path_that_leads_nowhere_is_a_mistake() {
    let expected = r#"
error: cannot read `nowhere`: No such file or directory (os error 2)
 --> nowhere
  |
  = help: name a folder of case files, or a case file

1 mistake in 1 file
"#;
    assert_says(&Folder::new(), "check nowhere", expected);
}

/// Values are never shown, since they may be passwords.
#[rstest]
#[case::number(
    "dealer: { login: 20410, password: x }\n",
    r#"
error: the login is not a text
 --> fixtures.yaml:1:18
  |
1 | dealer: { login: *****, password: * }
  |                  ^^^^^
  |
  = help: write it in quotes: `"20410"`, not `20410`

1 mistake in 1 file
"#
)]
#[case::missing(
    r#"dealer: { login: "20410" }
"#,
    r#"
error: `dealer` has no `password`
 --> fixtures.yaml:1:9
  |
1 | dealer: { login: "*****" }
  |         ^^^^^^^^^^^^^^^^^^
  |
  = help: write { login: "…", password: "…" }

1 mistake in 1 file
"#
)]
#[case::unset(
    r#"dealer: { login: "20410", password: "${PANEL_NO_SUCH_VARIABLE}" }
"#,
    r#"
error: the environment variable `PANEL_NO_SUCH_VARIABLE` is not set
 --> fixtures.yaml:1:37
  |
1 | dealer: { login: "*****", password: "${PANEL_NO_SUCH_VARIABLE}" }
  |                                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: export it before the run

1 mistake in 1 file
"#
)]
#[case::unclosed_variable(
    "dealer: { login: \"20410\", password: \"a${B\" }\n",
    r#"
error: a `${` has no closing brace
 --> fixtures.yaml:1:37
  |
1 | dealer: { login: "*****", password: "****" }
  |                                     ^^^^^^
  |
  = help: name a variable, `${NAME}`; a value that holds `${` itself has to come from one

1 mistake in 1 file
"#
)]
#[case::misspelt(
    r#"deeler: { login: "20410", password: x }
expired_session: x
"#,
    r#"
error: `deeler` is not a fixture
 --> fixtures.yaml:1:1
  |
1 | deeler: { login: "*****", password: * }
  | ^^^^^^
  |
  = help: did you mean `dealer`?

error: `expired_session` has to be an object
 --> fixtures.yaml:2:18
  |
2 | expired_session: *
  |                  ^
  |
  = help: write { hash: "…" }

2 mistakes in 1 file
"#
)]
#[case::list(
    "- dealer\n",
    r#"
error: a fixtures file is an object of roles
 --> fixtures.yaml:1:1
  |
1 | - ******
  | ^^^^^^^^
  |
  = help: write `dealer: { login: …, password: … }`

1 mistake in 1 file
"#
)]
#[case::emptylist(
    "dealer: []\n",
    r#"
error: the list is empty
 --> fixtures.yaml:1:9
  |
1 | dealer: []
  |         ^^
  |
  = help: leave the role out, or list at least one

1 mistake in 1 file
"#
)]
#[case::extra(
    r#"dealer: { login: "20410", password: x, hash: y }
"#,
    r#"
error: `dealer` has no member `hash`
 --> fixtures.yaml:1:40
  |
1 | dealer: { login: "*****", password: *, hash: * }
  |                                        ^^^^
  |
  = help: write { login: "…", password: "…" }

1 mistake in 1 file
"#
)]
#[case::unclosed(
    r#"dealer: { login: "20410", password: "${PANEL }
"#,
    r#"
error: this quote is not closed
 --> fixtures.yaml:1:37
  |
1 | dealer: { login: "*****", password: "${PANEL }
  |                                     ^
  |
  = help: end the text with the same quote

1 mistake in 1 file
"#
)]
#[case::empty(
    "",
    r#"
error: the file is empty
 --> fixtures.yaml
  |
  = help: write something, or take the file away

1 mistake in 1 file
"#
)]
#[case::dup(
    r#"dealer: { login: "1", password: x }
dealer: { login: "2", password: x }
"#,
    r#"
error: `dealer` stands twice
 --> fixtures.yaml:2:1
  |
2 | dealer: { login: "*", password: * }
  | ^^^^^^
  |
  = help: keep one of the two

1 mistake in 1 file
"#
)]
#[case::syntax(
    r#"dealer: { login: "1", password: s3cret"x }}
"#,
    r#"
error: this is not YAML: misplaced bracket
 --> fixtures.yaml:1:43
  |
1 | dealer: { login: "*", password: ******"****
  |                                           ^
  |
  = help: indent with spaces, quote text with special characters

1 mistake in 1 file
"#
)]
#[case::password_in_a_block(
    r#"dealer:
  login: "20410"
  pasword: it"s: a secret
"#,
    r#"
error: a `:` cannot stand here
 --> fixtures.yaml:3:16
  |
3 |   pasword: **"***********
  |                ^
  |
  = help: put text that holds `: ` in quotes

1 mistake in 1 file
"#
)]
#[case::password_in_json(
    r#"{"dealer": {"login": "20410", "password": "p: s3cret"}, "king": {"password": "also s3cret"}}
"#,
    r#"
error: `king` is not a fixture
 --> fixtures.yaml:1:57
  |
1 | {"dealer": {"login": "*****", "password": "*********"}, "****": {"password": "***********"}}
  |                                                         ^^^^^^
  |
  = help: known are dealer, second_dealer, minimal_dealer, blocked_dealer, unknown_dealer, expired_session, user_session

1 mistake in 1 file
"#
)]
#[case::one_account_in_two_roles(
    "dealer: { login: \"20410\", password: s3cret }\nminimal_dealer: { login: \"20410\", password: s3cret }\n",
    r#"
error: `minimal_dealer` has the same login as `dealer`
 --> fixtures.yaml:2:26
  |
2 | minimal_dealer: { login: "*****", password: ****** }
  |                          ^^^^^^^
  |
  = help: name another account, or leave `minimal_dealer` out: an account is used by one case at a time, and its wrong passwords are counted

1 mistake in 1 file
"#
)]
#[case::tab(
    "dealer:\n\tlogin: \"20410\"\n",
    r#"
error: a tab indents this line
 --> fixtures.yaml:2:1
  |
2 |     login: "*****"
  | ^^^^
  |
  = help: indent with spaces

1 mistake in 1 file
"#
)]
fn a_mistake_in_a_fixtures_file_is_shown_without_values(
    #[case] text: &str,
    #[case] expected: &str,
) {
    let folder = folder(&[("fixtures.yaml", text)]);
    assert_says(&folder, "check --fixtures fixtures.yaml", expected);
}
