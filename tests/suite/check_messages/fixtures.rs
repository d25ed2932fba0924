//! What is wrong with fixtures, of which no value is shown.

use rstest::rstest;

use super::{assert_says, folder};

/// What a JSON file holds is JSON, though it may be YAML too.
#[rstest]
#[case::comma(
    "{\"dealer\": {\"login\": \"1\", \"password\": \"x\",}}",
    43,
    "trailing comma",
    "{\"dealer\": {\"login\": \"*\", \"password\": \"*\",}}"
)]
#[case::yaml(
    "dealer: { login: '1', password: x }",
    1,
    "expected value",
    "dealer: { login: '*', password: * }"
)]
#[case::comment("{} # none", 4, "trailing characters", "{} * ****")]
fn a_json_file_holds_json(
    #[case] text: &str,
    #[case] column: usize,
    #[case] what: &str,
    #[case] shown: &str,
) {
    let folder = folder(&[("f.json", text)]);
    let ran = super::run_inside(&folder, "check --fixtures f.json");
    let mark = " ".repeat(column - 1);
    let expected = format!(
        "error: this is not JSON: {what}\n --> f.json:1:{column}\n  |\n1 | {shown}\n  | {mark}^\n  |\n  \
         = help: mend it, or give the file a name that ends in `.yaml`\n\n1 mistake in 1 file\n"
    );
    assert_eq!((ran.stderr.as_str(), ran.code), (expected.as_str(), 2));
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
