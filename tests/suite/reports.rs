//! Where reports go, and what becomes of those that cannot be written, on the built program.

use std::path::Path;

use rstest::rstest;

use crate::support::folder::Folder;
use crate::support::program::{Ran, command, run, run_in, say_not_tried};
use crate::support::report::read_report;
use crate::support::served::{Served, demo_fixtures};

/// A file that takes nothing; not every system has it.
const FULL: &str = "/dev/full";

const ONE_CASE: [&str; 3] = ["--case", "logout/ends-the-session", "--allow-incomplete"];

/// Writes reports of a run of one case, among them a JSON report that comes after the others.
#[track_caller]
fn check_unwritten(serve: &[&str], reports: &[&str], code: i32, verdict: &str, stderr: &str) {
    if !Path::new(FULL).exists() {
        say_not_tried(&format!("there is no {FULL}"));
        return;
    }
    let folder = Folder::new();
    let fixtures = demo_fixtures(&folder);
    let server = Served::start(serve);
    let last = folder.path("last.json");
    let last_report = format!("json={last}");
    let mut all = vec![server.url.as_str(), "--fixtures", &fixtures];
    all.extend(ONE_CASE);
    reports.iter().for_each(|report| all.extend(["--report", report]));
    all.extend(["--report", &last_report]);
    let missing = folder.path("none/summary.md");
    let github = [("GITHUB_ACTIONS", "true"), ("GITHUB_STEP_SUMMARY", missing.as_str())];
    let ran = run_in(&github, &all);
    assert_eq!(ran.stderr.replace(&missing, "SUMMARY"), stderr);
    assert_eq!(ran.code, code);
    let ran = Ran { report: read_report(&last), ..ran };
    ran.expect(code, verdict);
}

#[rstest]
#[case::of_a_conforming_server(&[], 2, "incomplete")]
#[case::of_a_broken_server(&["--fault", "logout-ends-nothing"], 1, "nonconformant")]
fn a_report_that_cannot_be_written_takes_nothing_with_it(
    #[case] serve: &[&str],
    #[case] code: i32,
    #[case] verdict: &str,
) {
    let stderr = "\
error: cannot write the junit report `/dev/full`: No space left on device (os error 28)
error: cannot write the step summary `SUMMARY`, which GITHUB_STEP_SUMMARY names: No such file or directory (os error 2)
";
    check_unwritten(serve, &["junit=/dev/full"], code, verdict, stderr);
}

#[test]
fn a_full_standard_output_keeps_no_report_from_being_written() {
    let Ok(full) = std::fs::File::create(FULL) else {
        say_not_tried(&format!("there is no {FULL}"));
        return;
    };
    let folder = Folder::new();
    let path = folder.path("report.json");
    let report = format!("json={path}");
    let arguments = [&ONE_CASE[..], &["--report", &report]].concat();
    let output = command(&arguments).stdout(full).output().expect("the program can be started");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let expected = "error: cannot write the verdict to standard output: \
                    No space left on device (os error 28)\n";
    assert_eq!((output.status.code(), stderr.as_str()), (Some(2), expected));
    assert_eq!(read_report(&path).expect("it is written")["verdict"], "incomplete");
}

#[rstest]
#[case::file("FOLDER/x", "FOLDER/x", "FOLDER/x")]
#[case::spelling("FOLDER/x", "FOLDER/./x", "FOLDER/./x")]
#[case::standard_output("-", "-", "-")]
fn two_reports_in_one_place_are_refused(
    #[case] one: &str,
    #[case] other: &str,
    #[case] shown: &str,
) {
    let folder = Folder::new();
    let [one, other, shown] =
        [one, other, shown].map(|path| path.replace("FOLDER", &folder.path("")));
    let ran = run(&["--report", &format!("json={one}"), "--report", &format!("junit={other}")]);
    let expected = format!(
        "error: the reports `json` and `junit` both go to `{shown}`; give each a place of its own\n"
    );
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr), (2, "", expected));
    assert!(folder.names().is_empty(), "{:?}", folder.names());
}
