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

/// A report is there as a whole, or not at all.
#[cfg(unix)]
mod complete_or_absent {
    use std::os::unix::fs::symlink;
    use std::process::Command;

    use rstest::rstest;

    use crate::support::folder::Folder;
    use crate::support::program::{finish, run};

    const ONE_CASE: [&str; 3] = ["--case", "logout/ends-the-session", "--allow-deselected"];

    #[test]
    fn nothing_is_left_of_a_report_that_may_not_grow() {
        let folder = Folder::new();
        let path = folder.path("report.json");
        // In blocks of half a kibibyte or of a whole one.
        let line = "ulimit -f 8; exec \"$0\" \"$@\"";
        let mut shell = Command::new("sh");
        shell.args(["-c", line, env!("CARGO_BIN_EXE_panel-conformance")]).args(ONE_CASE);
        shell.args(["--report", &format!("json={path}")]);
        let ran = finish(shell);
        assert_eq!(ran.code, 2, "{}", ran.stderr);
        assert!(ran.stderr.contains("cannot write the json report"), "{}", ran.stderr);
        assert_eq!(folder.names(), [""; 0]);
    }

    #[test]
    fn a_report_goes_where_a_link_leads() {
        let folder = Folder::new();
        let (link, target) = (folder.path("link.json"), folder.path("target.json"));
        symlink(&target, &link).expect("links can be made");
        let report = format!("json={link}");
        let arguments = [&ONE_CASE[..], &["--report", &report]].concat();
        for _ in 0..2 {
            assert_eq!(run(&arguments).code, 0);
            assert_eq!(
                std::fs::read_link(&link).expect("it is a link still").to_str(),
                Some(&*target)
            );
            assert!(std::fs::read_to_string(&target).is_ok_and(|text| text.ends_with("}\n")));
        }
        assert_eq!(folder.names(), ["link.json", "target.json"]);
    }

    #[rstest]
    #[case::fixtures("html={}/fixtures.yaml")]
    #[case::by_another_name("html={}/cases/../fixtures.yaml")]
    #[case::case("html={}/cases/one.yaml")]
    #[case::case_to_be("html={}/cases/two.yaml")]
    fn a_report_takes_the_place_of_nothing_that_is_read(#[case] report: &str) {
        let folder = Folder::new();
        let text = "dealer: { login: a, password: b-c-d-e }\n";
        let fixtures = folder.write("fixtures.yaml", text);
        folder.write("cases/one.yaml", "");
        let report = report.replace("{}", &folder.path(""));
        let url = "http://127.0.0.1:1";
        let cases = folder.path("cases");
        let ran = run(&[url, "--fixtures", &fixtures, "--cases", &cases, "--report", &report]);
        assert_eq!(ran.code, 2);
        assert!(ran.stderr.contains("would take the place of"), "{}", ran.stderr);
        assert_eq!(std::fs::read_to_string(&fixtures).expect("it is there"), text);
    }
}
