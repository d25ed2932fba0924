//! What is wrong in a ledger, and in a case that cites it.

use rstest::rstest;

use super::{Diagnostic, SOUND, altered, assert_says, assert_sound, folder, run_inside};

/// A ledger in which nothing is wrong, with a usual check and a group.
const LEDGER: &str = "MINE-1:
  level: must
  about: refused
  sentence: It works.
  source: here
  check: { at: /trace, schema: { type: string } }
  asked_of: [mine]
";

#[test]
fn nothing_is_said_against_the_sound_ledger() {
    let case = altered("    checks:\n", "    answers: mine\n    checks:\n");
    let folder = folder(&[("own/case.yaml", &case), ("own/requirements.yaml", LEDGER)]);
    assert_sound(&run_inside(&folder, "check own"));
}

/// A part of the sound ledger, what takes its place, where the mistake is, what is marked there,
/// what is said of it, and what helps.
#[rstest]
#[case::about(
    "about: refused", "about: refusd",
    (3, 10), "refusd",
    "`refusd` is not a valid `about`",
    "did you mean `refused`?"
)]
#[case::check_misspelt(
    "check:", "chek:",
    (6, 3), "chek",
    "`chek` is unknown here",
    "did you mean `check`?"
)]
#[case::check_missing(
    "  check: { at: /trace, schema: { type: string } }\n", "",
    (6, 3), "asked_of",
    "there is nothing to ask",
    "write the usual check of the requirement: `check: { status: 200 }`"
)]
#[case::check_of_what_is_excluded(
    "  asked_of: [mine]\n", "  excluded: nobody can see it\n",
    (6, 3), "check",
    "`excluded` and `check` do not go together",
    "keep one of them"
)]
#[case::check_empty(
    "{ at: /trace, schema: { type: string } }", "{}",
    (6, 10), "{}",
    "something is missing here",
    "write one of schema, status, header, refused, answered, unambiguous"
)]
#[case::check_of_a_case(
    "schema: { type: string }", "same_as: sign-in.trace",
    (6, 24), "same_as",
    "`same_as` cannot stand in a usual check",
    "leave it to the cases: a usual check has `schema`, `status`, `header`, `refused`, `answered` or `unambiguous`"
)]
#[case::keyword_misspelt(
    "schema:", "scheme:",
    (6, 24), "scheme",
    "`scheme` is unknown here",
    "did you mean `schema`?"
)]
#[case::schema_unknown(
    "{ type: string }", "permisions",
    (6, 32), "permisions",
    "there is no schema `permisions`",
    "did you mean `permissions`?"
)]
#[case::schema_keyword(
    "type: string", "typ: string",
    (6, 34), "typ",
    "`typ` is not a keyword of JSON Schema",
    "did you mean `type`?"
)]
#[case::group_in_one_word(
    "[mine]", "mine",
    (7, 13), "mine",
    r#"expected an array, got `"mine"`"#,
    "write a list: `[mine]`"
)]
#[case::group_in_capitals(
    "[mine]", "[Mine]",
    (7, 14), "Mine",
    "`Mine` is not a valid `asked_of`",
    "The groups of statements that this one belongs to, such as `refusal`: a step with `answers: refusal` asks all of them of its answer, each with its usual check."
)]
#[case::group_built_in(
    "[mine]", "[mine, refusal]",
    (7, 20), "refusal",
    "the group `refusal` is built in",
    "name a group of your own; the built-in cases stay as they are"
)]
fn a_broken_ledger_is_shown_at_its_place(
    #[case] sound: &str,
    #[case] other: &str,
    #[case] at: (usize, usize),
    #[case] marked: &str,
    #[case] message: &str,
    #[case] help: &str,
) {
    assert!(LEDGER.contains(sound), "the sound ledger has no `{sound}`");
    let text = LEDGER.replacen(sound, other, 1);
    let path = "requirements.yaml";
    let expected = Diagnostic { at, marked, message, help }.told(path, &text);
    assert_says(&folder(&[(path, &text)]), &format!("check {path}"), &expected);
}

/// What is wrong with one requirement is not told again of the cases that cite it.
#[test]
fn all_mistakes_of_a_ledger_are_told_at_once_and_none_of_them_twice() {
    let ledger = format!(
        "{}LO-ENDS:\n  level: must\n  sentence: It ends.\n  source: here\n",
        LEDGER.replace("level: must", "level: mst").replace("type: string", "typ: string")
    );
    let case = SOUND.replace("LO-ENDS", "MINE-1").replace("refused: any", "status: 4xx");
    let expected = r#"
error: `mst` is not a valid `level`
 --> own/requirements.yaml:2:10
  |
2 |   level: mst
  |          ^^^
  |
  = help: did you mean `must`?

error: `typ` is not a keyword of JSON Schema
 --> own/requirements.yaml:6:34
  |
6 |   check: { at: /trace, schema: { typ: string } }
  |                                  ^^^
  |
  = help: did you mean `type`?

error: requirement `LO-ENDS` exists already
 --> own/requirements.yaml:8:1
  |
8 | LO-ENDS:
  | ^^^^^^^
  |
  = help: choose another id

3 mistakes in 1 file
"#;
    let folder = folder(&[("own/case.yaml", &case), ("own/requirements.yaml", &ledger)]);
    assert_says(&folder, "check own", expected);
}

/// A built-in requirement may be asked in full by a case from elsewhere, since another version may
/// ask it otherwise.
#[test]
fn a_case_does_not_repeat_the_usual_check_of_the_ledger_beside_it() {
    let check = "MINE-1: { at: /trace, schema: { type: string } }";
    let case = altered("      LO-ENDS", &format!("      {check}\n      LO-ENDS"));
    let folder = folder(&[("own/case.yaml", &case), ("own/requirements.yaml", LEDGER)]);
    let expected = r#"
error: this is the usual check of `MINE-1`
  --> own/case.yaml:12:7
   |
12 |       MINE-1: { at: /trace, schema: { type: string } }
   |       ^^^^^^
   |
   = help: write the id alone: `checks: [MINE-1]`

1 mistake in 1 file
"#;
    assert_says(&folder, "check own", expected);
}

/// Whoever grants everything would break nothing, and whoever refuses everything would pass.
#[test]
fn a_group_of_refusals_needs_a_control_and_a_check_that_the_call_is_refused() {
    let case = altered("    given: [sign-in]\n", "")
        .replace("    checks:\n      LO-ENDS: { refused: any }", "    answers: refusal");
    let expected = r#"
error: a server that refuses everybody would pass this
  --> case.yaml:10:5
   |
10 |     answers: refusal
   |     ^^^^^^^
   |
   = help: name a step that has to be granted first: `given: [sign-in]`

error: a server that grants this would break nothing here
  --> case.yaml:10:5
   |
10 |     answers: refusal
   |     ^^^^^^^
   |
   = help: say that the call is refused: add a check with `refused`, of a requirement that is not about refusals alone

2 mistakes in 1 file
"#;
    assert_says(&folder(&[("case.yaml", &case)]), "check case.yaml", expected);
}
