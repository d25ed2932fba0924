//! The built program, run as a user runs it: in an empty environment, in a folder of its own.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::channel;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

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
    ran(output)
}

#[track_caller]
fn ran(output: Output) -> Ran {
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

/// What a run may take at most; one that takes more is ended.
pub(crate) struct Limits {
    pub(crate) time: Duration,
    /// In bytes.
    pub(crate) memory: u64,
}

/// Runs a command to its end within limits, and says how much memory it had at most, in bytes, where
/// the system tells it.
#[track_caller]
pub(crate) fn finish_within(mut command: Command, limits: &Limits) -> (Ran, Option<u64>) {
    let piped = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = piped.spawn().expect("the program can be started");
    let stdout = read_aside(process.stdout.take());
    let stderr = read_aside(process.stderr.take());
    let start = Instant::now();
    let mut peak = None;
    let status = loop {
        // It is gone once the process has ended; as it never falls, what is missed is what came in
        // the last moment.
        peak = peak_of(process.id()).or(peak);
        if let Some(status) = process.try_wait().expect("it can be waited for") {
            break status;
        }
        let is_too_large = peak.is_some_and(|peak| peak > limits.memory);
        if is_too_large || start.elapsed() > limits.time {
            process.kill().expect("it can be ended");
            process.wait().expect("it can be waited for");
            panic!("had {peak:?} bytes after {:?} and has not ended", start.elapsed());
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let read = |thread: JoinHandle<Vec<u8>>| thread.join().expect("it can be read");
    (ran(Output { status, stdout: read(stdout), stderr: read(stderr) }), peak)
}

fn read_aside(pipe: Option<impl Read + Send + 'static>) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.expect("it is piped").read_to_end(&mut bytes).expect("it can be read");
        bytes
    })
}

/// The most memory that a process had so far, as Linux tells it.
fn peak_of(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
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
