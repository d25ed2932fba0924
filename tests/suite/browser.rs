//! The pages as a browser shows them: nothing that a target says runs or asks for anything, they
//! fit narrow and wide windows in both colour schemes, and can be used without a mouse.
//!
//! Needs a Chromium: the one that `PANEL_TEST_BROWSER` names, or one of the usual names in `PATH`.
//! Where there is none, or none that can be started, a test says so and is done. The browser is
//! spoken to through its own pipe, so that nothing listens anywhere.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use panel_conformance::judge::mutation::{Coverage, Unobserved};
use panel_conformance::model::identity::Digests;
use panel_conformance::model::identity::SuiteIdentity;
use panel_conformance::model::outcome::Verdict;
use panel_conformance::proof::prove::{FaultProof, Proof};
use panel_conformance::proof::report;
use panel_conformance::reference::{Fault, faults};
use serde_json::{Value, json};

use crate::support::foreign_server::{Foreign, Habits};
use crate::support::program::{Folder, run, say_not_tried};

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// A browser that takes longer for one thing hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where the browser's end of the pipe has to be: file descriptors 3 and 4.
const PIPE: &str = r#"exec "$0" "$@" 3<&0 4>&1 0</dev/null 1>/dev/null 2>/dev/null"#;

const PAGE: &str = include_str!("data/page.js");
const FILTERS: &str = include_str!("data/filters.js");

/// A running browser with one page; it ends when it is dropped.
struct Browser {
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
    fn find() -> Option<Browser> {
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
    fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.ask(method, parameters).unwrap_or_else(|| panic!("the browser is gone at {method}"))
    }

    fn options(&mut self, width: u32, scheme: &str) {
        let size = json!({"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": false});
        self.call("Emulation.setDeviceMetricsOverride", size);
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        self.call("Emulation.setEmulatedMedia", json!({"features": features}));
    }

    /// Opens a file and waits until all of it is there.
    #[track_caller]
    fn open(&mut self, path: &str) {
        self.events.clear();
        self.call("Page.navigate", json!({"url": address(path)}));
        while !self.events.iter().any(|event| event["method"] == "Page.loadEventFired") {
            let event = self.hear().expect("the page loads");
            self.events.push(event);
        }
    }

    /// The value of an expression in the page.
    #[track_caller]
    fn value(&mut self, expression: &str) -> Value {
        let wanted = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let told = self.call("Runtime.evaluate", wanted);
        assert!(told["exceptionDetails"].is_null(), "{told}");
        told["result"]["value"].clone()
    }

    fn press(&mut self, key: &str, code: u32) {
        for kind in ["rawKeyDown", "keyUp"] {
            let press =
                json!({"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code});
            self.call("Input.dispatchKeyEvent", press);
        }
    }

    /// What was written to the console, errors and warnings of the browser included.
    fn complaints(&self) -> Vec<&Value> {
        let methods = ["Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown"];
        let is_complaint =
            |event: &&Value| methods.iter().any(|method| event["method"] == **method);
        self.events.iter().filter(is_complaint).collect()
    }

    /// The addresses that the page asked for.
    fn requests(&self) -> Vec<&str> {
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

fn address(path: &str) -> String {
    url::Url::from_file_path(path).expect("the path is absolute").to_string()
}

/// Markup that runs, loads, leaves or breaks out, and would be noticed doing so.
fn hostile(url: &str) -> String {
    format!(
        "</pre></code></details></script></style></title>--><script>document.title='owned'</script>\
         <img src={url}/owned.png onerror=\"document.title='owned'\"><svg onload=document.title='owned'>\
         <a href=\"javascript:document.title='owned'\">x</a><base href={url}/><meta http-equiv=refresh \
         content=0;url={url}/owned><link rel=stylesheet href={url}/owned.css><iframe src={url}/owned>\
         </iframe>\" onfocus=\"document.title='owned'\" autofocus x=' {{{{7*7}}}} =1+1 ${{title}} `owned`"
    )
}

/// What holds of every page of ours, however wide the window is.
#[track_caller]
fn check_page(browser: &Browser, page: &Value, path: &str, what: &str) {
    assert_eq!(browser.complaints(), Vec::<&Value>::new(), "{what}");
    assert_eq!(browser.requests(), [address(path)], "{what}");
    let none = json!([]);
    for list in ["unfocusable", "faint", "handlers", "leaving"] {
        assert_eq!(page[list], none, "{list}, {what}");
    }
    assert_eq!(page["isFitted"], true, "{what}");
    assert_eq!(page["frames"], 0, "{what}");
    assert_ne!(page["title"], "owned", "{what}");
}

/// Looks at a page in narrow and wide windows, by day and by night.
#[track_caller]
fn check_looks(browser: &mut Browser, path: &str) -> Value {
    let mut papers = Vec::new();
    let mut page = Value::Null;
    browser.open(path);
    for (width, scheme) in [(390, "light"), (390, "dark"), (1280, "dark"), (1280, "light")] {
        browser.options(width, scheme);
        page = browser.value(PAGE);
        check_page(browser, &page, path, &format!("{width} pixels, {scheme}"));
        assert_eq!(page["isDark"], scheme == "dark");
        papers.push(page["paper"].clone());
    }
    assert_eq!((&papers[0], &papers[1]), (&papers[3], &papers[2]));
    assert_ne!(papers[0], papers[1]);
    page
}

/// A report of a server that says what would run, wherever it can.
fn report(server: &Foreign, folder: &Folder) -> String {
    let fixtures = folder.write("fixtures.json", &server.fixtures());
    let path = folder.path("report.html");
    let format = format!("html={path}");
    let ran = run(&[&server.url(), "--fixtures", &fixtures, "--report", &format]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    path
}

fn hostile_server() -> Foreign {
    let elsewhere = Foreign::start(Habits::default());
    let adds = Some(hostile(&elsewhere.url()));
    Foreign::start(Habits { adds, says_yes: true, ..Habits::default() })
}

#[test]
fn a_report_of_a_hostile_target_is_a_page_like_any_other() {
    let Some(mut browser) = Browser::find() else { return };
    let (server, folder) = (hostile_server(), Folder::new());
    let path = report(&server, &folder);
    let page = check_looks(&mut browser, &path);
    assert_eq!(page["scripts"], 1);
    let text = page["text"].as_str().expect("there is text");
    assert!(text.contains("<script>document.title='owned'</script>"), "the target is quoted");
    assert!(page["operable"].as_u64() > Some(300), "{}", page["operable"]);

    check_filters(&browser.value(FILTERS));
    check_keyboard(&mut browser, &path);
    check_without_script(&mut browser, &path, text);
    assert_eq!(browser.complaints(), Vec::<&Value>::new());
}

#[track_caller]
fn check_filters(told: &Value) {
    let number = |name: &str| told[name].as_u64().expect("it is a number");
    let all = number("all");
    assert!(all > 100, "{told}");
    for narrowed in ["found", "failed", "must"] {
        assert!(0 < number(narrowed) && number(narrowed) < all, "{narrowed}: {told}");
    }
    for truth in ["isFound", "areFailed", "areMust", "nothing", "isRevealed"] {
        assert_eq!(told[truth], true, "{truth}: {told}");
    }
    assert_eq!(told["cleared"], all);
    assert_eq!(told["said"], format!("{} of {all}", number("found")));
}

/// The first stop of the keyboard skips to the report, and is seen while it is there.
#[track_caller]
fn check_keyboard(browser: &mut Browser, path: &str) {
    browser.open(path);
    browser.press("Tab", 9);
    let skip = "(({ className }, { top, left }) => [className, top >= 0 && left >= 0])\
                (document.activeElement, document.activeElement.getBoundingClientRect())";
    assert_eq!(browser.value(skip), json!(["skip", true]));
    browser.press("Tab", 9);
    assert_eq!(browser.value("document.activeElement.getAttribute('href')"), "#figures");
}

/// Everything is there to be read where nothing may run; what needs the script is not shown.
#[track_caller]
fn check_without_script(browser: &mut Browser, path: &str, with_script: &str) {
    browser.call("Emulation.setScriptExecutionDisabled", json!({"value": true}));
    browser.open(path);
    assert_eq!(browser.value("document.querySelector('.filters').checkVisibility()"), false);
    let page = browser.value(PAGE);
    let text = page["text"].as_str().expect("there is text");
    let form = ["Search", "Outcome", "Level", "Clear", "any", "must", "should", "may"];
    let missing: Vec<&str> = with_script
        .lines()
        .map(str::trim)
        .filter(|line| !text.contains(line) && !form.contains(line) && !is_count(line))
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
    check_page(browser, &page, path, "without script");
    browser.call("Emulation.setScriptExecutionDisabled", json!({"value": false}));
}

/// Whether a line is what the filters say of how much they show: `17 of 134`.
fn is_count(line: &str) -> bool {
    let is_number = |text: &str| text.parse::<usize>().is_ok();
    line.split_once(" of ").is_some_and(|(some, all)| is_number(some) && is_number(all))
}

#[test]
fn a_proof_with_every_fault_is_a_page_that_can_be_read() {
    let Some(mut browser) = Browser::find() else { return };
    let folder = Folder::new();
    let html = report::by_name("html").expect("it is a format");
    let path = folder.write("proof.html", &(html.render)(&proof()));
    let page = check_looks(&mut browser, &path);
    let text = page["text"].as_str().expect("there is text");
    let untold: Vec<&str> =
        faults().iter().map(|fault| fault.name).filter(|name| !text.contains(name)).collect();
    assert_eq!(untold, Vec::<&str>::new());
    assert!(text.contains("Faults that nobody notices"), "what is missing is told");
    assert_eq!(page["scripts"], 0);
}

/// A proof as large as a real one: a fault makes checks of the requirements fail that it violates,
/// and now and then of all.
fn proof() -> Proof {
    const HOSTILE: &str = "<script>document.title='owned'</script>";
    let all = faults();
    let names = all.iter().flat_map(|fault| fault.violates);
    let every: Vec<&str> = names.copied().collect();
    let failed = |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), 3)).collect();
    let noticed = |(index, fault): (usize, &&'static Fault)| FaultProof {
        name: fault.name,
        summary: fault.summary,
        violates: fault.violates,
        failed: failed(if index % 10 == 0 { &every } else { fault.violates }),
        noticed_by: BTreeSet::from([HOSTILE.to_owned()]),
        verdict: Verdict::Nonconformant,
    };
    let mut faults: Vec<FaultProof> = all.iter().enumerate().map(noticed).collect();
    let unnoticed = BTreeSet::new();
    faults.push(FaultProof { name: HOSTILE, noticed_by: unnoticed, ..faults[0].clone() });
    Proof {
        suite: SuiteIdentity {
            name: "panel-conformance".to_owned(),
            version: HOSTILE.to_owned(),
            digests: Digests::default(),
        },
        duration_ms: 61_000.0,
        requests: 244,
        faultless: Vec::new(),
        checks: Vec::new(),
        faults,
        null_servers: Vec::new(),
        variations: Vec::new(),
        coverage: Coverage {
            answers: 1,
            mutations: 2,
            noticed: 1,
            per_second: 1.0,
            unobserved: vec![Unobserved {
                what: format!("auth: /{HOSTILE} dropped"),
                times: 1,
                example: HOSTILE.to_owned(),
            }],
        },
    }
}
