//! What the environment says to the built program: `PANEL_…` variables.

use rstest::rstest;

use crate::support::folder::Folder;
use crate::support::program::{command, finish, judge_in, run_in};

const URL: &str = "http://127.0.0.77:1";

/// A mistake in a variable is told like that of an argument, and names the variable.
#[rstest]
#[case::switch("PANEL_STRICT", "maybe", "write 1, true, yes or on; or 0, false, no or off")]
#[case::number("PANEL_RATE", "fast", "write requests per second")]
#[case::choice("PANEL_COLOR", "blue", "invalid value 'blue'")]
#[case::report("PANEL_REPORT", "jsn=x", "there is no report format `jsn`")]
#[case::reports("PANEL_REPORT", "json=-,junit=-", "both go to `-`")]
#[case::braces("PANEL_CASE", "auth/{opens,compares}*", "`auth/{opens` is not a pattern")]
#[case::case_glob("PANEL_CASE", "logout", "did you mean `logout/*`?")]
#[case::requirement("PANEL_REQUIREMENT", "LO-END", "did you mean `LO-ENDS`?")]
#[case::header("PANEL_HEADER", "nothing", "a --header has no name")]
#[case::proxy("PANEL_PROXY", "::", "cannot use the proxy")]
#[case::fixtures("PANEL_FIXTURES", "/no/such", "cannot read the fixtures `/no/such`")]
fn a_mistake_in_a_variable_names_it(#[case] name: &str, #[case] value: &str, #[case] told: &str) {
    let ran = run_in(&[(name, value)], &[URL]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{}", ran.stderr);
    assert!(ran.stderr.contains(told), "{told} is not in: {}", ran.stderr);
    let separates = if value.contains(',') { ", in which commas separate values" } else { "" };
    let note = format!("note: the value comes from the environment variable `{name}`{separates}\n");
    assert!(ran.stderr.ends_with(&note), "{}", ran.stderr);
}

/// On the command line a comma is a part of the value: of a glob, or of a path.
#[test]
fn commas_separate_values_in_variables_only() {
    let folder = Folder::new();
    let report = format!("json={}", folder.path("a,b.json"));
    let ran = run_in(
        &[("PANEL_CASE", "nowhere,x"), ("PANEL_REPORT", "jsn=x")],
        &["--case", "routing/{a-trailing,an-unknown}*", "--report", &report, "--allow-deselected"],
    );
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let text = std::fs::read_to_string(folder.path("a,b.json")).expect("it is written");
    let report: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    assert_eq!(report["selection"]["cases"][0], "routing/{a-trailing,an-unknown}*");
    let several = [("PANEL_CASE", "routing/a-trailing*,routing/an-unknown*")];
    let ran = run_in(&several, &["--allow-deselected"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
}

#[cfg(unix)]
#[rstest]
#[case("PANEL_URL", &[])]
#[case("PANEL_CASE", &[URL])]
#[case("PANEL_DEALER_LOGIN", &[URL])]
fn a_variable_that_is_no_text_is_named(#[case] name: &str, #[case] arguments: &[&str]) {
    use std::os::unix::ffi::OsStrExt;
    let mut command = command(arguments);
    command.env(name, std::ffi::OsStr::from_bytes(b"x\xff"));
    let ran = finish(command);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{}", ran.stderr);
    assert!(ran.stderr.contains(&format!("environment variable `{name}`")), "{}", ran.stderr);
}

/// An argument that overrides a variable is blamed alone.
#[test]
fn a_mistake_in_an_argument_names_no_variable() {
    let ran = run_in(&[("PANEL_RATE", "5")], &[URL, "--rate", "fast"]);
    assert_eq!(ran.code, 2);
    assert!(!ran.stderr.contains("PANEL_RATE"), "{}", ran.stderr);
}

/// A CI line whose URL got lost must not be green.
#[test]
fn fixtures_of_the_environment_without_url_are_refused() {
    let ran = run_in(&[("PANEL_URL", ""), ("PANEL_FIXTURES", "fixtures.yaml")], &[]);
    let expected = "\
error: --fixtures is for a target of yours; give its URL
note: the value comes from the environment variable `PANEL_FIXTURES`
";
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (2, "", expected));
}

#[rstest]
#[case("1", true)]
#[case("true", true)]
#[case("YES", true)]
#[case("on", true)]
#[case("0", false)]
#[case("false", false)]
#[case("no", false)]
#[case("off", false)]
#[case("", false)]
fn a_switch_is_understood_in_many_words(#[case] value: &str, #[case] expected: bool) {
    let one = ["--case", "routing/an-unknown-action*"];
    let ran = judge_in(&[("PANEL_STRICT", value)], &one);
    assert_eq!(ran.report()["strict"], expected, "{}", ran.stderr);
}

#[test]
fn what_is_set_to_nothing_is_not_set() {
    let empty = ["URL", "FIXTURES", "CASE", "SKIP", "REPORT", "RATE", "TIMEOUT", "PROXY", "HEADER"];
    let names = empty.map(|name| format!("PANEL_{name}"));
    let mut environment: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    environment.push(("PANEL_QUIET", "0"));
    let ran = judge_in(&environment, &["-v"]);
    ran.expect(0, "conformant");
    assert_eq!(ran.stderr, "");
}

#[rstest]
#[case::misspelt(&["run"], "warning: nothing reads the environment variable `PANEL_DELER_PASSWORD`; did you mean `PANEL_DEALER_PASSWORD`?\n")]
#[case::quiet(&["run", "-q"], "")]
fn a_variable_that_nothing_reads_is_told(#[case] arguments: &[&str], #[case] expected: &str) {
    let environment = [("PANEL_DELER_PASSWORD", "x"), ("PANEL_DEALER_2_LOGIN", "")];
    let one = ["--case", "routing/an-unknown-action*"];
    let ran = run_in(&environment, &[arguments, &one].concat());
    assert_eq!((ran.code, ran.stderr.as_str()), (4, expected));
}

/// A fixtures file may read variables of any name.
#[test]
fn a_variable_that_the_fixtures_file_reads_is_known() {
    let folder = Folder::new();
    let text = r#"dealer: { login: "1", password: "${PANEL_OF_MINE}" }"#;
    let fixtures = folder.write("fixtures.yaml", text);
    let one = ["--case", "routing/an-unknown-action*"];
    let arguments = [&[URL, "--fixtures", &fixtures], &one[..]].concat();
    let ran = run_in(&[("PANEL_OF_MINE", "x")], &arguments);
    assert_eq!((ran.code, ran.stderr.as_str()), (3, ""));
}
