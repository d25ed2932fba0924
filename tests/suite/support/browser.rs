//! A real browser, for pages as it shows them.
//!
//! Needs a Chromium: the one that `PANEL_TEST_BROWSER` names, or one of the usual names in `PATH`.
//! Where there is none, or none that can be started, a test says so and is done. The browser is
//! spoken to through its own pipe, so that nothing listens anywhere.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::folder::Folder;
use super::program::say_not_tried;

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// A browser that takes longer for one thing hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where the browser's end of the pipe has to be: file descriptors 3 and 4.
const PIPE: &str = r#"exec "$0" "$@" 3<&0 4>&1 0</dev/null 1>/dev/null 2>/dev/null"#;

/// A running browser with one page; it ends when it is dropped.
pub(crate) struct Browser {
    child: Child,
    input: ChildStdin,
    messages: Receiver<Value>,
    session: Option<String>,
    number: u64,
    /// What it told unasked.
    events: Vec<Value>,
    _profile: Folder,
}

impl Browser {
    /// The browser of this machine; nothing where there is none, after saying so.
    pub(crate) fn find() -> Option<Browser> {
        let named = std::env::var_os("PANEL_TEST_BROWSER").map(PathBuf::from);
        let Some(program) = named.clone().or_else(in_path) else {
            return not_tried("there is no Chromium in PATH");
        };
        // The sandbox of a browser needs what containers and the root user do not have.
        let found =
            Browser::start(&program, &[]).or_else(|| Browser::start(&program, &["--no-sandbox"]));
        assert!(found.is_some() || named.is_none(), "{} does not start", program.display());
        found.or_else(|| not_tried(&format!("{} does not start", program.display())))
    }

    fn start(program: &Path, options: &[&str]) -> Option<Browser> {
        let profile = Folder::new();
        let mut child = Command::new("sh")
            .args(["-c", PIPE])
            .arg(program)
            .args(options)
            .args(["--headless=new", "--remote-debugging-pipe", "--disable-gpu", "--no-first-run"])
            .args(["--disable-dev-shm-usage", "--disable-extensions", "--disable-sync"])
            .args(["--disable-background-networking", "--disable-component-update"])
            .arg(format!("--user-data-dir={}", profile.path("profile")))
            .arg("about:blank")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        let (input, output) = (child.stdin.take()?, child.stdout.take()?);
        let messages = messages(output);
        let (session, number, events) = (None, 0, Vec::new());
        let mut browser =
            Browser { child, input, messages, session, number, events, _profile: profile };
        browser.open_page()?;
        Some(browser)
    }

    fn open_page(&mut self) -> Option<()> {
        let made = self.ask("Target.createTarget", json!({"url": "about:blank"}))?;
        let target = json!({"targetId": made["targetId"], "flatten": true});
        let attached = self.ask("Target.attachToTarget", target)?;
        self.session = Some(attached["sessionId"].as_str()?.to_owned());
        for domain in ["Page", "Runtime", "Log", "Network"] {
            self.ask(&format!("{domain}.enable"), json!({}))?;
        }
        // As if its window were the one that is worked in.
        self.ask("Emulation.setFocusEmulationEnabled", json!({"enabled": true}))?;
        Some(())
    }

    /// Calls a method; nothing where the browser has gone.
    fn ask(&mut self, method: &str, parameters: Value) -> Option<Value> {
        self.number += 1;
        let mut message = json!({"id": self.number, "method": method, "params": parameters});
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        self.input.write_all(format!("{message}\0").as_bytes()).ok()?;
        loop {
            let answer = self.hear()?;
            if answer["id"] == self.number {
                assert!(answer["error"].is_null(), "{method}: {answer}");
                return Some(answer["result"].clone());
            }
            self.events.push(answer);
        }
    }

    /// The next message; nothing where the browser has gone or hangs. Processes that it leaves
    /// behind may hold its end of the pipe, so that the pipe alone does not tell.
    fn hear(&mut self) -> Option<Value> {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            match self.messages.recv_timeout(Duration::from_millis(100)) {
                Ok(message) => return Some(message),
                Err(RecvTimeoutError::Timeout) if matches!(self.child.try_wait(), Ok(None)) => {}
                Err(_) => return None,
            }
        }
        None
    }

    #[track_caller]
    pub(crate) fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.ask(method, parameters).unwrap_or_else(|| panic!("the browser is gone at {method}"))
    }

    pub(crate) fn options(&mut self, width: u32, scheme: &str) {
        let size = json!({"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": false});
        self.call("Emulation.setDeviceMetricsOverride", size);
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        self.call("Emulation.setEmulatedMedia", json!({"features": features}));
    }

    /// Opens a file and waits until all of it is there.
    #[track_caller]
    pub(crate) fn open(&mut self, path: &str) {
        self.events.clear();
        self.call("Page.navigate", json!({"url": address(path)}));
        while !self.events.iter().any(|event| event["method"] == "Page.loadEventFired") {
            let event = self.hear().expect("the page loads");
            self.events.push(event);
        }
    }

    /// The value of an expression in the page.
    #[track_caller]
    pub(crate) fn value(&mut self, expression: &str) -> Value {
        let wanted = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let told = self.call("Runtime.evaluate", wanted);
        assert!(told["exceptionDetails"].is_null(), "{told}");
        told["result"]["value"].clone()
    }

    pub(crate) fn press(&mut self, key: &str, code: u32) {
        for kind in ["rawKeyDown", "keyUp"] {
            let press =
                json!({"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code});
            self.call("Input.dispatchKeyEvent", press);
        }
    }

    /// What was written to the console, errors and warnings of the browser included.
    pub(crate) fn complaints(&self) -> Vec<&Value> {
        let methods = ["Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown"];
        let is_complaint =
            |event: &&Value| methods.iter().any(|method| event["method"] == **method);
        self.events.iter().filter(is_complaint).collect()
    }

    /// The addresses that the page asked for.
    pub(crate) fn requests(&self) -> Vec<&str> {
        let sent =
            self.events.iter().filter(|event| event["method"] == "Network.requestWillBeSent");
        sent.filter_map(|event| event["params"]["request"]["url"].as_str()).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let close = json!({"id": 0, "method": "Browser.close"});
        let _ = self.input.write_all(format!("{close}\0").as_bytes());
        while self.hear().is_some() {}
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The messages of a browser, each of which ends with a zero.
fn messages(mut output: impl Read + Send + 'static) -> Receiver<Value> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut pending = Vec::new();
        let mut buffer = [0; 64 * 1024];
        while let Ok(length @ 1..) = output.read(&mut buffer) {
            pending.extend_from_slice(&buffer[..length]);
            while let Some(end) = pending.iter().position(|byte| *byte == 0) {
                let message = serde_json::from_slice(&pending[..end]).expect("it speaks JSON");
                pending.drain(..=end);
                if sender.send(message).is_err() {
                    return;
                }
            }
        }
    });
    receiver
}

fn in_path() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let candidates = std::env::split_paths(&path);
    let candidates: Vec<PathBuf> =
        candidates.flat_map(|folder| NAMES.map(|name| folder.join(name))).collect();
    candidates.into_iter().find(|candidate| candidate.is_file())
}

fn not_tried(why: &str) -> Option<Browser> {
    say_not_tried(&format!("{why}; PANEL_TEST_BROWSER names one"));
    None
}

pub(crate) fn address(path: &str) -> String {
    url::Url::from_file_path(path).expect("the path is absolute").to_string()
}
