//! `prove` for a contributor's own cases: what they pass, notice, cost, cite and add.

use rstest::rstest;

use crate::support::folder::Folder;
use crate::support::program::run;

/// Notices nothing that the built-in cases do not.
const KNOWN: &str = r#"
title: A made-up dealer is refused
needs: [dealer, unknown_dealer]
steps:
  - id: control
    call: auth
    with: { login: "${dealer.login}", password: "${dealer.password}" }
  - id: unknown
    call: auth
    given: [control]
    with: { login: "${unknown_dealer.login}", password: "${unknown_dealer.password}" }
    checks:
      AUTH-E12-H400: { status: 400 }
"#;

/// One check cannot fail, another one fails whoever answers, and the last forbids what the
/// documents leave open.
const UNSOUND: &str = r#"
title: Every answer has a status, a content type with nothing behind it, and a lucky hash
needs: [dealer]
steps:
  - id: sign-in
    call: auth
    with: { login: "${dealer.login}", password: "${dealer.password}" }
    checks:
      OK-200: { status: [1xx, 2xx, 3xx, 4xx, 5xx] }
      AUTH-HASH-HEX: { at: /hash, schema: { pattern: "^7777" } }
      OK-CT: { header: { Content-Type: { const: application/json } } }
"#;

#[test]
fn a_contributor_is_told_what_each_case_is_worth() {
    let folder = Folder::new();
    folder.write("refusals/a-made-up-dealer-is-refused.yaml", KNOWN);
    folder.write("unsound.yaml", UNSOUND);
    let ran = run(&["prove", &folder.path("")]);
    assert_eq!(
        ran.stdout,
        r"refusals/a-made-up-dealer-is-refused
  reference  keeps it
  notices    7 faults: error-http-200, error-http-500, error-http-from-code, unknown-dealer-code-11, unknown-dealer-http-200, unknown-dealer-http-401, unknown-dealer-http-404
  idle       none
  costs      3 requests
  cites      2 requirements: AUTH-E12-H400, CALL-ANSWERED
  adds       nothing (redundant): built-in cases notice the same by the same requirements; `refusals/an-unknown-dealer-is-refused` notices 7 of 7

unsound
  reference  does NOT keep it: sign-in AUTH-HASH-HEX: failed
  notices    35 faults: answer-cut-at-half-a-kilobyte, answer-cut-in-half, auth-answer-lacks-last-chunk, auth-answer-longer-than-told, auth-answer-shorter-than-told, auth-success-null, auth-success-one, auth-success-text, auth-without-success, no-slash-redirected, success-as-json-string, success-as-xml and 23 more
  idle       2 checks: sign-in OK-200, sign-in AUTH-HASH-HEX
  costs      2 requests
  cites      4 requirements: AUTH-HASH-HEX, CALL-ANSWERED, OK-200, OK-CT
  adds       nothing (redundant): built-in cases notice the same by the same requirements; `auth/compares-the-whole-password` notices 35 of 35

UNFAIR    unsound sign-in OK-CT fails 3 conforming variations: content-type-charset, content-type-odd-case, content-type-other-parameter
checks proven         4 of 6
observation coverage  45.7 % of 197 mutated answers
NOT SOUND
"
    );
    assert_eq!((ran.code, ran.stderr.as_str()), (1, ""));
}

#[test]
fn a_record_is_proved_without_a_server() {
    let folder = Folder::new();
    let case = folder.write("refusals/a-made-up-dealer-is-refused.yaml", KNOWN);
    let report = folder.path("report.json");
    let recorded =
        run(&["--no-builtin", "--cases", &folder.path(""), "--report", &format!("json={report}")]);
    assert_eq!(recorded.code, 0, "{}", recorded.stdout);
    // By itself the case has another id than in its folder.
    let ran = run(&["prove", "--recording", &report, &case]);
    assert_eq!(
        ran.stdout,
        "   12 × auth: a category dropped  (as in a-made-up-dealer-is-refused control)
   12 × auth: a category emptied  (as in a-made-up-dealer-is-refused control)
   12 × auth: a category retyped  (as in a-made-up-dealer-is-refused control)
   12 × auth: an operation altered  (as in a-made-up-dealer-is-refused control)
   12 × auth: an operation dropped  (as in a-made-up-dealer-is-refused control)
   12 × auth: an operation retyped  (as in a-made-up-dealer-is-refused control)
    2 × auth: /success altered  (as in a-made-up-dealer-is-refused control)
    2 × auth: /success dropped  (as in a-made-up-dealer-is-refused control)
    2 × auth: /success retyped  (as in a-made-up-dealer-is-refused control)
    2 × auth: body cut in half  (as in a-made-up-dealer-is-refused control)
    2 × auth: body emptied  (as in a-made-up-dealer-is-refused control)
    2 × auth: body retyped  (as in a-made-up-dealer-is-refused control)
    2 × auth: content type changed  (as in a-made-up-dealer-is-refused control)
    1 × auth: /hash altered  (as in a-made-up-dealer-is-refused control)
    1 × auth: /hash dropped  (as in a-made-up-dealer-is-refused control)
    1 × auth: /hash retyped  (as in a-made-up-dealer-is-refused control)
    1 × auth: /permissions dropped  (as in a-made-up-dealer-is-refused control)
    1 × auth: /permissions emptied  (as in a-made-up-dealer-is-refused control)
    1 × auth: /permissions retyped  (as in a-made-up-dealer-is-refused control)
    1 × auth: /status dropped  (as in a-made-up-dealer-is-refused unknown)
    1 × auth: /status emptied  (as in a-made-up-dealer-is-refused unknown)
    1 × auth: /status retyped  (as in a-made-up-dealer-is-refused unknown)
    1 × auth: /status/code altered  (as in a-made-up-dealer-is-refused unknown)
    1 × auth: /status/code dropped  (as in a-made-up-dealer-is-refused unknown)
    1 × auth: /status/code retyped  (as in a-made-up-dealer-is-refused unknown)
    1 × auth: /status/description altered  (as in a-made-up-dealer-is-refused unknown)
    1 × auth: /status/description dropped  (as in a-made-up-dealer-is-refused unknown)
    1 × auth: /status/description retyped  (as in a-made-up-dealer-is-refused unknown)
    1 × auth: status changed to 302  (as in a-made-up-dealer-is-refused control)
    1 × auth: status changed to 404  (as in a-made-up-dealer-is-refused control)
    1 × auth: status changed to 500  (as in a-made-up-dealer-is-refused control)
    1 × auth: swapped with the next answer  (as in a-made-up-dealer-is-refused control)
observation coverage 3.7 %: 4 of 109 mutations of 2 answers noticed
"
    );
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
}

#[rstest]
#[case::no_case(
    &["prove", "--recording", "report.json"],
    "error: the following required arguments were not provided:\n  <PATH>...\n\n\
     Usage: panel-conformance prove --recording <REPORT> <PATH>...\n\n\
     For more information, try '--help'.\n"
)]
#[case::no_report(
    &["prove", "--recording", "nowhere.json", "cases/auth"],
    "error: cannot read the report `nowhere.json`: No such file or directory (os error 2)\n"
)]
#[case::not_a_report(
    &["prove", "--recording", "Cargo.toml", "cases/auth"],
    "error: `Cargo.toml` cannot be judged again: expected value at line 1 column 2; it has to be \
     a report that `run --report json=PATH` wrote\n"
)]
#[case::no_file(
    &["prove", "cases/nowhere.yaml"],
    "error: cannot read `cases/nowhere.yaml`: No such file or directory (os error 2)\n \
     --> cases/nowhere.yaml\n  |\n  = help: name a folder of case files, or a case file\n\n\
     1 mistake in 1 file\n"
)]
#[case::no_such_format(
    &["prove", "--report", "htm=proof.html"],
    "error: there is no proof format `htm`; did you mean `html`?\n"
)]
#[case::no_path(
    &["prove", "--report", "html"],
    "error: `html` is not FORMAT=PATH; write it like html=proof.html\n"
)]
fn a_mistake_is_told_before_anything_is_played(#[case] arguments: &[&str], #[case] told: &str) {
    let ran = run(arguments);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert_eq!(ran.stderr, told);
}
