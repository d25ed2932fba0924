//! What is wrong with files that belong together, and with the folder that they stand in.

use rstest::rstest;

use super::{LEDGER, SOUND, assert_says, assert_sound, folder, run_inside};
use crate::support::folder::Folder;
use crate::support::program;
use crate::support::project;

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
    assert_sound(&program::run_inside(&project::path(""), &["check", path]));
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
        program::say_not_tried("this user may read every folder");
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

/// What would be left out in silence, or run twice, is a mistake.
#[rstest]
#[case::ending_in_capitals(
    &["own/a.yaml", "own/B.YAML"],
    "the name of `own/B.YAML` does not end in `.yaml`",
    "own/B.YAML", "name it `B.yaml`"
)]
#[case::a_folder_named_like_a_file(
    &["own/a.yaml", "own/b.yaml/c.yaml"],
    "`own/b.yaml` is a folder with the name of a file",
    "own/b.yaml", "give the folder another name"
)]
#[case::a_ledger_by_another_name(
    &["own/a.yaml", "own/requirements.yml"],
    "`own/requirements.yml` is not what a folder shares",
    "own/requirements.yml", "name it `requirements.yaml`"
)]
#[case::a_ledger_in_an_inner_folder(
    &["own/a.yaml", "own/b/requirements.yaml"],
    "`own/b/requirements.yaml` is in an inner folder",
    "own/b/requirements.yaml", "move it to the top of the folder, where it holds for all of it"
)]
fn no_file_is_left_out_in_silence(
    #[case] paths: &[&str],
    #[case] message: &str,
    #[case] place: &str,
    #[case] remedy: &str,
) {
    let files: Vec<(&str, &str)> = paths.iter().map(|path| (*path, SOUND)).collect();
    let expected = format!(
        "\nerror: {message}\n --> {place}\n  |\n  = help: {remedy}\n\n1 mistake in 1 file\n"
    );
    assert_says(&folder(&files), "check own", &expected);
}

#[test]
fn ids_that_differ_in_capital_letters_only_are_a_mistake() {
    let expected = r#"
error: `a` differs from the case `A` in capital letters only
 --> ./a.yaml:1:1
  |
1 | title: Logout ends the session
  | ^^^^^
  |
  = help: give the file another name

1 mistake in 1 file
"#;
    let folder = folder(&[("A.yaml", SOUND), ("a.yaml", SOUND)]);
    if folder.names().len() < 2 {
        program::say_not_tried("this file system takes no two names that differ in capitals");
        return;
    }
    assert_says(&folder, "check .", expected);
}

#[test]
fn a_file_that_is_named_twice_is_a_mistake() {
    let expected = r#"
error: `own/b/a.yaml` is the same file as `own/b/a.yaml`
 --> own/b/a.yaml
  |
  = help: name it once, or take the link away

1 mistake in 1 file
"#;
    let folder = folder(&[("own/b/a.yaml", SOUND)]);
    assert_says(&folder, "check own own/b/a.yaml", expected);
}

#[cfg(unix)]
#[test]
fn links_that_lead_to_the_same_again_are_mistakes() {
    use std::os::unix::fs::symlink;
    let folder = folder(&[("own/b/a.yaml", SOUND)]);
    symlink(".", folder.path("own/loop")).expect("a link can be made");
    symlink("b/a.yaml", folder.path("own/link.yaml")).expect("a link can be made");
    let expected = r#"
error: `own/loop` leads back to a folder that it is in
 --> own/loop
  |
  = help: take the link away

error: `own/link.yaml` is the same file as `own/b/a.yaml`
 --> own/link.yaml
  |
  = help: name it once, or take the link away

2 mistakes in 2 files
"#;
    assert_says(&folder, "check own", expected);
}

#[cfg(unix)]
#[test]
fn a_pipe_in_a_folder_is_a_mistake_and_not_waited_for() {
    let folder = folder(&[("own/a.yaml", SOUND)]);
    let made = std::process::Command::new("mkfifo").arg(folder.path("own/b.yaml")).status();
    if !made.is_ok_and(|status| status.success()) {
        program::say_not_tried("there is no mkfifo");
        return;
    }
    let expected = r#"
error: `own/b.yaml` is no regular file
 --> own/b.yaml
  |
  = help: name it by itself, or move it away

1 mistake in 1 file
"#;
    assert_says(&folder, "check own", expected);
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_no_text_is_a_mistake() {
    use std::os::unix::ffi::OsStrExt;
    let folder = folder(&[("own/a.yaml", SOUND)]);
    let name = std::ffi::OsStr::from_bytes(b"b\xff.yaml");
    let path = std::path::Path::new(&folder.path("own")).join(name);
    std::fs::write(path, SOUND).expect("the file can be written");
    let expected = "
error: the name of `own/b\u{fffd}.yaml` is not UTF-8
 --> own/b\u{fffd}.yaml
  |
  = help: give the file another name

1 mistake in 1 file
";
    assert_says(&folder, "check own", expected);
}
