//! The command under a failure: pasted into a shell it judges the same again, and ends well once
//! that is mended.

use std::path::Path;
use std::process::Command;

use rstest::rstest;

use crate::support::folder::Folder;
use crate::support::program::{Ran, finish, run};
use crate::support::served::{Served, demo_fixtures};

const CASE: &str = "refusals/a-blocked-dealer-is-refused";

/// The command under the first failure.
#[track_caller]
fn again(ran: &Ran) -> &str {
    let line = ran.stdout.lines().find_map(|line| line.strip_prefix("      again   "));
    line.unwrap_or_else(|| panic!("no failure is told: {}", ran.stdout))
}

/// Pastes a command into a shell that finds the built program.
#[track_caller]
fn paste(line: &str, variables: &[(&str, &str)]) -> Ran {
    let folder = Path::new(env!("CARGO_BIN_EXE_panel-conformance")).parent().expect("a folder");
    let mut shell = Command::new("sh");
    shell.args(["-c", line]).env_clear().envs(variables.iter().copied());
    shell.env("PATH", format!("{}:/usr/bin:/bin", folder.display()));
    finish(shell)
}

#[test]
fn the_command_under_a_failure_judges_it_again_and_turns_green() {
    let broken = Served::start(&["--fault", "blocked-dealer-code-12"]);
    let folder = Folder::new();
    let fixtures = demo_fixtures(&folder);
    let spaced = folder
        .write("my fixtures/f.json", &std::fs::read_to_string(fixtures).expect("it is there"));
    let arguments =
        [&broken.url, "--fixtures", &spaced, "--timeout", "9s", "--header", "X-Key: sesame"];
    let first = run(&arguments);
    assert_eq!(first.code, 1, "{}", first.stderr);
    let line = again(&first);
    let expected = format!(
        "panel-conformance run {} --header \"X-Key: ${{HEADER_X_KEY:?}}\" --fixtures '{spaced}' \
         --timeout 9s --case {CASE} --allow-deselected",
        broken.url
    );
    assert_eq!(line, expected);
    let key = [("HEADER_X_KEY", "sesame")];
    let second = paste(line, &key);
    assert_eq!(second.code, 1, "{}", second.stderr);
    assert_eq!(again(&second), line);
    let faultless = Served::start(&[]);
    let mended = paste(&line.replace(&broken.url, &faultless.url), &key);
    let verdict = mended.stdout.lines().find(|line| line.starts_with("INCOMPLETE, "));
    let verdict = verdict.unwrap_or_else(|| panic!("{}", mended.stdout));
    assert!(
        verdict.contains(&format!(" selected checks passed (only --case {CASE})")),
        "{verdict}"
    );
    assert_eq!(mended.code, 0, "{}", mended.stdout);
}

/// What was narrowed is no whole run, and what lacks a fixture is not what was selected.
#[rstest]
#[case::without(&["--case", CASE], 4)]
#[case::with(&["--case", CASE, "--allow-deselected"], 0)]
#[case::without_fixture(&["--case", "sessions/a-hash-of-the-platform*", "--allow-deselected"], 4)]
#[case::of_nothing(&["--case", CASE, "--requirement", "LO-ENDS", "--allow-deselected"], 4)]
fn a_part_ends_well_only_by_an_option_and_if_all_of_it_passes(
    #[case] arguments: &[&str],
    #[case] code: i32,
) {
    let served = Served::start(&[]);
    let folder = Folder::new();
    let fixtures = demo_fixtures(&folder);
    let ran = run(&[&[&served.url, "--fixtures", &fixtures], arguments].concat());
    assert_eq!(ran.code, code, "{}", ran.stdout);
}

/// Every report says what a verdict rests on if that is not everything that is built in.
#[test]
fn a_verdict_on_cases_of_your_own_says_so_in_every_report() {
    let folder = Folder::new();
    let case = folder.write(
        "cases/mine.yaml",
        "title: Auth opens a session\nneeds: [dealer]\nsteps:\n  - id: sign-in\n    call: auth\n    \
         with: { login: \"${dealer.login}\", password: \"${dealer.password}\" }\n    checks: \
         [AUTH-HASH]\n",
    );
    let formats =
        ["json", "junit", "html", "markdown", "github", "badge", "badge-svg", "certificate"];
    let reports: Vec<String> =
        formats.iter().map(|name| format!("{name}={}", folder.path(name))).collect();
    let mut arguments = vec!["--cases", &case, "--no-builtin"];
    reports.iter().for_each(|report| arguments.extend(["--report", report]));
    let ran = run(&arguments);
    let scope = "1 case of your own, without the built-in ones";
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains(&format!("CONFORMANT ({scope})")), "{}", ran.stdout);
    let told = |name: &str| std::fs::read_to_string(folder.path(name)).expect("it is written");
    for (name, words) in [
        ("json", "\"origin\": \"own\""),
        ("junit", &format!("name=\"scope\" value=\"{scope}\"")),
        ("html", &format!("Conformant ({scope})</p>")),
        ("markdown", &format!("CONFORMANT ({scope})")),
        ("badge", ", own cases · "),
        ("badge-svg", ", own cases · "),
        ("certificate", &format!("**conformant**, {scope}")),
    ] {
        assert!(told(name).contains(words), "{name}: {}", told(name));
    }
    let again = run(&["rejudge", &folder.path("json"), "--cases", &case, "--no-builtin"]);
    assert!(again.stdout.ends_with(&format!("is conformant ({scope})\n")), "{}", again.stdout);
}
