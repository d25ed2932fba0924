//! The pages as a browser shows them: nothing that a target says runs or asks for anything, they
//! fit narrow and wide windows in both colour schemes, and can be used without a mouse.

use std::collections::BTreeSet;

use panel_conformance::internals::{Coverage, FaultProof, Proof, Unobserved, proof_format};
use panel_conformance::{Behaviour, Digests, SuiteIdentity, Verdict, faults};
use serde_json::{Value, json};

use crate::support::browser::{Browser, address};
use crate::support::folder::Folder;
use crate::support::foreign_server::{Foreign, Habits};
use crate::support::program::run;

const PAGE: &str = include_str!("data/page.js");
const FILTERS: &str = include_str!("data/filters.js");

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
    let html = proof_format("html").expect("it is a format");
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
    let noticed = |(index, fault): (usize, &'static Behaviour)| FaultProof {
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
