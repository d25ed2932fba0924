//! The built program, run as a user runs it: in an empty environment, in a folder of its own.

use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Output};
use std::sync::mpsc::channel;
use std::time::Duration;

use serde_json::Value;

use super::folder::Folder;
use super::report::read_report;

/// A run that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(300);

/// What a run of the program came to.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// The JSON report, where one was written.
    pub(crate) report: Option<Value>,
}

/// Says that a test was not tried. It goes through the writer, since what a passing test prints is
/// shown to nobody.
pub(crate) fn say_not_tried(why: &str) {
    let _ = writeln!(std::io::stderr(), "not tried: {why}");
}

/// The program with arguments, in an empty environment.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_panel-conformance"));
    command.args(arguments).env_clear();
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    command
}

/// Runs the program to its end.
#[track_caller]
pub(crate) fn run(arguments: &[&str]) -> Ran {
    run_in(&[], arguments)
}

/// Runs the program with these variables in its environment.
#[track_caller]
pub(crate) fn run_in(environment: &[(&str, &str)], arguments: &[&str]) -> Ran {
    let mut command = command(arguments);
    command.envs(environment.iter().copied());
    finish(command)
}

/// Runs the program inside a folder.
#[track_caller]
pub(crate) fn run_inside(folder: &Path, arguments: &[&str]) -> Ran {
    let mut command = command(arguments);
    command.current_dir(folder);
    finish(command)
}

/// Runs a command to its end, which has to come in time and without a panic.
#[track_caller]
pub(crate) fn finish(command: Command) -> Ran {
    let output = assert_cmd::Command::from_std(command)
        .timeout(PATIENCE)
        .output()
        .expect("the program can be started");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the program prints UTF-8");
    let ran = Ran {
        code: output.status.code().expect("the program ends by itself, in time"),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
        report: None,
    };
    assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
    ran
}

/// Waits for a program that was started, unless it hangs.
#[track_caller]
pub(crate) fn wait_for(process: Child) -> Output {
    let (sender, receiver) = channel();
    std::thread::spawn(move || sender.send(process.wait_with_output()));
    let output = receiver.recv_timeout(PATIENCE).expect("the program ends by itself, in time");
    output.expect("its output can be read")
}

/// Judges a target, with a JSON report.
#[track_caller]
pub(crate) fn judge(arguments: &[&str]) -> Ran {
    judge_in(&[], arguments)
}

/// Judges a target with these variables in its environment, with a JSON report.
#[track_caller]
pub(crate) fn judge_in(environment: &[(&str, &str)], arguments: &[&str]) -> Ran {
    let folder = Folder::new();
    let path = folder.path("report.json");
    let report = format!("json={path}");
    let mut all = arguments.to_vec();
    all.extend(["--report", &report]);
    let ran = run_in(environment, &all);
    Ran { report: read_report(&path), ..ran }
}

impl Ran {
    #[track_caller]
    pub(crate) fn report(&self) -> &Value {
        self.report.as_ref().unwrap_or_else(|| panic!("there is no report: {}", self.stderr))
    }

    pub(crate) fn verdict(&self) -> &str {
        self.report()["verdict"].as_str().expect("a report has a verdict")
    }

    /// The checks with this outcome, as `case step requirement`, with the text of the reason.
    pub(crate) fn checks(&self, outcome: &str) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let checks = self.report()["checks"].as_array().expect("a report has checks");
        checks
            .iter()
            .filter(|check| check["outcome"] == outcome)
            .map(|check| {
                let name = ["case", "step", "requirement"].map(|member| text(&check[member]));
                (name.join(" "), text(&check["reason"]["text"]))
            })
            .collect()
    }

    /// The checks of a level with this outcome.
    pub(crate) fn count(&self, level: &str, outcome: &str) -> u64 {
        self.report()["counts"][level][outcome].as_u64().expect("a report has counts")
    }

    /// Holds the run to its exit code and verdict, and to the sentence that ends it.
    #[track_caller]
    pub(crate) fn expect(&self, code: i32, verdict: &str) {
        let failed: Vec<String> = self.checks("failed").into_iter().map(|check| check.0).collect();
        assert_eq!(
            (self.code, self.verdict()),
            (code, verdict),
            "stopped: {}; counts: {}; failed: {failed:#?}\n{}\n{}",
            self.report()["stopped"],
            self.report()["counts"],
            self.stderr,
            self.stdout
        );
        let word = verdict.to_uppercase();
        let sentences = self.stdout.lines().filter(|line| line.starts_with(&word)).count();
        assert_eq!(sentences, 1, "{}", self.stdout);
    }
}
