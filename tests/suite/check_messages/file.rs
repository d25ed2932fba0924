//! What is wrong with a file of any kind: its text, its form, and what it says.

use rstest::rstest;

use super::{Diagnostic, SOUND, assert_says, folder};
use crate::support::folder::Folder;

/// A file, what stands in it, where the mistake is, what is marked there, what is said of it, and
/// what helps.
#[rstest]
#[case::steps_empty(
    "case.yaml", "title: Logout ends the session\nsteps: []\n",
    (2, 8), "[]",
    "expected at least one item, got `[]`",
    "The calls, in the order they are made."
)]
#[case::step_text(
    "case.yaml", "title: Logout ends the session\nsteps:\n  - auth\n",
    (3, 5), "auth",
    r#"expected an object, got `"auth"`"#,
    "The calls, in the order they are made."
)]
#[case::list(
    "case.yaml", "- title: x\n",
    (1, 1), "- title: x",
    r#"expected an object, got `[{"title":"x"}]`"#,
    "One promise of the contract: the calls that show whether a server keeps it, and what their answers have to be."
)]
#[case::comment_only(
    "case.yaml", "# nothing yet\n",
    (1, 1), "#",
    "the file is empty",
    "write something, or take the file away"
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
    (6, 3), "planned",
    "`excluded` and `planned` do not go together",
    "keep one of them"
)]
#[case::ledger_list(
    "requirements.yaml", "- MINE-1\n",
    (1, 1), "- MINE-1",
    r#"expected an object, got `["MINE-1"]`"#,
    "Every documented statement that the suite knows, keyed by its id."
)]
#[case::statuses_list(
    "error-statuses.yaml", "- 3\n",
    (1, 1), "- 3",
    "this is not a table of error codes",
    "write an error code and its HTTP status: `11: 403`"
)]
#[case::schema_file_kw(
    "schemas/mine.schema.json",
    r#"{
  "type": "object",
  "requird": ["a"]
}
"#,
    (3, 3), r#""requird""#,
    "`requird` is not a keyword of JSON Schema",
    "did you mean `required`?"
)]
#[case::schema_file_absolute_id(
    "schemas/mine.schema.json",
    r#"{
  "$id": "https://example.com/schemas/mine.schema.json",
  "$ref": "success.schema.json"
}
"#,
    (2, 10), r#""https://example.com/schemas/mine.schema.json""#,
    "a schema is known by the name of its file, not as `https://example.com/schemas/mine.schema.json`",
    "write `mine.schema.json`, or leave `$id` out"
)]
#[case::schema_file_ref(
    "schemas/mine.schema.json",
    r#"{
  "properties": { "a": { "$ref": "https://example.com/a.json" } }
}
"#,
    (2, 34), r#""https://example.com/a.json""#,
    "`https://example.com/a.json` leads nowhere; nothing is ever fetched",
    "known are auth.schema.json, case.schema.json, error.schema.json, mine.schema.json, permission-sets.schema.json, permissions.schema.json, report.schema.json, requirements.schema.json, success.schema.json"
)]
#[case::schema_file_ref2(
    "schemas/mine.schema.json",
    r#"{
  "properties": { "a": { "$ref": "yours.schema.json" } }
}
"#,
    (2, 34), r#""yours.schema.json""#,
    "`yours.schema.json` leads nowhere; nothing is ever fetched",
    "did you mean `error.schema.json`?"
)]
#[case::schema_file_ref3(
    "schemas/mine.schema.json",
    r##"{
  "properties": { "a": { "$ref": "#/$defs/b" } }
}
"##,
    (2, 34), r##""#/$defs/b""##,
    "`#/$defs/b` leads nowhere",
    "refer to what stands in the schema, such as `#/$defs/name`"
)]
#[case::schema_file_regex(
    "schemas/mine.schema.json",
    r#"{
  "properties": { "a": { "pattern": "[a-" } }
}
"#,
    (2, 37), r#""[a-""#,
    r#"`"[a-"` is not a regular expression"#,
    "patterns are those of Rust's `regex`, without look-around and back-references; see docs.rs/regex"
)]
#[case::schema_file_type(
    "schemas/mine.schema.json",
    r#"{
  "properties": { "a": { "type": "text" } }
}
"#,
    (2, 34), r#""text""#,
    "there is no type `text` in JSON",
    "known are array, boolean, integer, null, number, object, string"
)]
#[case::schema_file_comma(
    "schemas/mine.schema.json",
    r#"{
  "type": "object"
  "required": ["a"]
}
"#,
    (3, 3), r#"""#,
    "a `,` or `}` is missing before this",
    "end every member but the last with `,`"
)]
#[case::schema_file_array(
    "schemas/mine.schema.json", "[]\n",
    (1, 1), "[]",
    "a schema is an object or a boolean, not `[]`",
    "write `{type: …}`, `{const: …}` or the like"
)]
#[case::schema_file_id(
    "schemas/mine.schema.json",
    r#"{ "$schema": "http://example.com/my-dialect", "type": "object" }
"#,
    (1, 14), r#""http://example.com/my-dialect""#,
    "the dialect `http://example.com/my-dialect` is not known here",
    "write `https://json-schema.org/draft/2020-12/schema`, or leave `$schema` out"
)]
fn a_broken_file_is_shown_at_its_place(
    #[case] path: &str,
    #[case] text: &str,
    #[case] at: (usize, usize),
    #[case] marked: &str,
    #[case] message: &str,
    #[case] help: &str,
) {
    let expected = Diagnostic { at, marked, message, help }.told(path, text);
    assert_says(&folder(&[(path, text)]), &format!("check {path}"), &expected);
}

/// Several mistakes, or one that has no place: in full.
#[rstest]
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
fn what_is_wrong_with_a_file_is_shown_in_full(
    #[case] path: &str,
    #[case] text: &str,
    #[case] expected: &str,
) {
    assert_says(&folder(&[(path, text)]), &format!("check {path}"), expected);
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
