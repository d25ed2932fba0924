//! What `check` says of files in which something is wrong: the whole text, as a user sees it.
//!
//! Every mistake names its place, shows the line and says what would have been right.

mod case;
mod file;
mod fixtures;
mod folder;
mod ledger;

use std::path::Path;

use crate::support::folder::Folder;
use crate::support::program::{self, Ran};

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

/// The sound case with a part of it replaced.
#[track_caller]
fn altered(sound: &str, other: &str) -> String {
    assert!(SOUND.contains(sound), "the sound case has no `{sound}`");
    SOUND.replacen(sound, other, 1)
}

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

/// The only mistake of a file.
struct Diagnostic<'a> {
    /// Line and column, from one.
    at: (usize, usize),
    /// What stands there.
    marked: &'a str,
    message: &'a str,
    help: &'a str,
}

impl Diagnostic<'_> {
    /// All that `check` says of the file.
    #[track_caller]
    fn told(&self, path: &str, text: &str) -> String {
        let Diagnostic { at: (line, column), marked, message, help } = *self;
        let shown = text.lines().nth(line - 1).expect("the file has the line");
        let before: String = shown.chars().take(column - 1).collect();
        let is_there = shown[before.len()..].starts_with(marked);
        assert!(is_there, "`{marked}` does not stand at {line}:{column}: {shown}");
        let gutter = " ".repeat(line.to_string().len());
        let blank = " ".repeat(column - 1);
        let marks = "^".repeat(marked.chars().count());
        format!(
            "error: {message}
{gutter}--> {path}:{line}:{column}
{gutter} |
{line} | {shown}
{gutter} | {blank}{marks}
{gutter} |
{gutter} = help: {help}

1 mistake in 1 file
"
        )
    }
}
