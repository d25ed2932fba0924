//! One system at several addresses, which have to answer as one: over real sockets, by the program.

use std::collections::BTreeSet;

use panel_conformance::harness::Harness;
use panel_conformance::internals::demo_accounts;
use panel_conformance::{Addresses, BaseUrl, Fixtures, Run, Target};
use rstest::rstest;
use serde_json::Value;

use crate::support::folder::Folder;
use crate::support::foreign_server::{Foreign, Habits};
use crate::support::program::{Ran, command, finish, judge, judge_in, run, run_in};
use crate::support::report::{check_form, read_report};
use crate::support::served::{Served, demo_fixtures};

/// Nobody listens there.
const NOBODY: &str = "http://127.0.0.77:1";

/// Judges the reference server at all addresses at which it is served so.
#[track_caller]
fn judge_served(serve: &[&str], arguments: &[&str]) -> (Served, Ran) {
    let folder = Folder::new();
    let (server, fixtures) = (Served::start(serve), demo_fixtures(&folder));
    let mut all = vec!["run", "--fixtures", &fixtures, "--allow-incomplete"];
    all.extend(server.urls.iter().map(String::as_str));
    all.extend(arguments);
    let ran = judge(&all);
    check_form(ran.report());
    (server, ran)
}

fn exchanges(report: &Value) -> impl Iterator<Item = &Value> {
    let cases = report["cases"].as_array().into_iter().flatten();
    let steps = cases.flat_map(|case| case["steps"].as_array().into_iter().flatten());
    steps.flat_map(|step| step["exchanges"].as_array().into_iter().flatten())
}

fn broken(ran: &Ran) -> BTreeSet<String> {
    let failed = ran.checks("failed");
    failed.iter().filter_map(|(name, _)| Some(name.rsplit(' ').next()?.to_owned())).collect()
}

#[rstest]
#[case("2")]
#[case("3")]
fn one_system_at_several_addresses_is_conformant(#[case] replicas: &str) {
    let folder = Folder::new();
    let certificate = folder.path("certificate.md");
    let report = format!("certificate={certificate}");
    let (server, ran) = judge_served(&["--replicas", replicas], &["--report", &report]);
    ran.expect(0, "conformant");
    assert_eq!(broken(&ran), BTreeSet::new());
    let report = ran.report();
    assert_eq!(report["target"]["url"], server.url);
    assert_eq!(report["target"]["addresses"], serde_json::json!(server.urls));
    let asked: BTreeSet<&str> =
        exchanges(report).filter_map(|one| one["address"].as_str()).collect();
    assert_eq!(asked, server.urls.iter().map(String::as_str).collect());
    assert!(exchanges(report).all(|one| one["address"].is_string()));
    let (last, before) = server.urls.split_last().expect("there are several");
    let all = format!("{} and {last}\n", before.join(", "));
    assert!(ran.stdout.contains(&all), "{}", ran.stdout);
    assert!(!ran.stdout.contains("Every failure"), "{}", ran.stdout);
    let certificate = std::fs::read_to_string(certificate).expect("it is written");
    let named = server.urls.iter().map(|url| format!("`{url}`")).collect::<Vec<_>>().join(", ");
    let rows = format!("| Target | {named} |\n| Asked | in turn, as one system: ");
    assert!(certificate.contains(&rows), "{certificate}");
}

#[test]
fn another_implementation_by_two_names_is_one_system() {
    let server = Foreign::start(Habits::default());
    let folder = Folder::new();
    let fixtures = folder.write("fixtures.json", &server.fixtures());
    let name = format!("panel.example:{}", server.port());
    let urls = [server.url(), server.url().replace(&format!("127.0.0.1:{}", server.port()), &name)];
    let resolve = format!("{name}:127.0.0.1");
    let mut all = vec!["run", &urls[0], &urls[1], "--fixtures", &fixtures, "--resolve", &resolve];
    all.extend(["--rate", "0", "--level", "must", "--case", "logout/*", "--case", "sessions/*"]);
    let ran = judge(&all);
    assert_eq!((broken(&ran), ran.count("must", "unjudged")), (BTreeSet::new(), 0));
    let hosts =
        server.seen().into_iter().filter_map(|seen| seen.asked.headers.get("host").cloned());
    assert_eq!(hosts.collect::<BTreeSet<String>>().len(), 2);
    assert_eq!(server.open_sessions(), 0);
}

/// Each of them keeps the contract by itself; only together they do not.
#[test]
fn two_servers_that_share_nothing_are_no_system() {
    let servers = [Foreign::start(Habits::default()), Foreign::start(Habits::default())];
    let folder = Folder::new();
    let fixtures = folder.write("fixtures.json", &servers[0].fixtures());
    let urls = servers.each_ref().map(Foreign::url);
    let kept = folder.path("kept.json");
    let (json, html) = (format!("json={kept}"), format!("html={}", folder.path("page.html")));
    let [markdown, junit] =
        ["markdown", "junit"].map(|name| format!("{name}={}", folder.path(name)));
    let mut all = vec!["run", &urls[0], &urls[1], "--fixtures", &fixtures, "-v"];
    for report in [&json, &html, &markdown, &junit] {
        all.extend(["--report", report]);
    }
    let ran = judge(&all);
    ran.expect(1, "nonconformant");
    assert!(broken(&ran).contains("AUTH-HASH-WORKS"), "{:?}", broken(&ran));
    let refused = |there: usize, here: usize| {
        format!("the session that `{}` handed out is refused by `{}`", urls[there], urls[here])
    };
    let pages = ["page.html", "markdown", "junit"]
        .map(|name| std::fs::read_to_string(folder.path(name)).expect("it is written"));
    for text in pages.iter().chain([&ran.stdout]) {
        // A page has elements in the place of backticks, and a terminal breaks lines.
        let plain = text.replace("<code>", "`").replace("</code>", "`");
        let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
        for sentence in [refused(0, 1), refused(1, 0)] {
            assert!(plain.contains(&sentence), "{sentence} is not in: {plain}");
        }
    }
    // Their hashes are no hexadecimal digits, which is a recommendation.
    let in_common =
        "Every failure that decides is about a session that another address opened or ended: ";
    assert!(ran.stdout.contains(in_common), "{}", ran.stdout);
    // Whoever opened a session knows how to end it.
    assert_eq!(servers.each_ref().map(Foreign::open_sessions), [0, 0]);
    let again = run(&["rejudge", &kept]);
    assert!(again.stdout.starts_with("nothing changed"), "{}", again.stdout);
    assert_eq!(again.code, 1);
    check_form(&read_report(&kept).expect("it is written"));
    let hashes = servers.iter().flat_map(Foreign::issued);
    let report = ran.report().to_string();
    for hash in hashes {
        assert!(!ran.stdout.contains(&hash) && !report.contains(&hash), "a hash is told");
        assert!(!pages.iter().any(|page| page.contains(&hash)), "a hash is told");
    }
}

#[rstest]
#[case::two("logout-local-to-two-addresses")]
#[case::three("logout-local-to-three-addresses")]
#[case::opener_of_two("logout-unseen-by-opener-of-two-addresses")]
#[case::opener_of_three("logout-unseen-by-opener-of-three-addresses")]
fn a_logout_that_another_address_does_not_see_is_noticed(#[case] fault: &str) {
    let arguments = ["--case", "logout/*", "--level", "must"];
    let (server, ran) = judge_served(&["--fault", fault], &arguments);
    assert!(broken(&ran).contains("LO-ENDS"), "{:?}", broken(&ran));
    let lives_on = |(there, here): (&String, &String)| {
        format!("the session that was ended at `{there}` lives on at `{here}`")
    };
    let pairs =
        server.urls.iter().flat_map(|there| server.urls.iter().map(move |here| (there, here)));
    let told = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(pairs.map(lives_on).any(|sentence| told.contains(&sentence)), "{}", ran.stdout);
    // What failed fails again, since a case goes the same way by itself.
    let failed = ran.checks("failed");
    let case = failed[0].0.split(' ').next().expect("a check has a case");
    let urls: Vec<&str> = server.urls.iter().map(String::as_str).collect();
    let again = ran.stdout.lines().find(|line| line.trim_start().starts_with("again "));
    let again = again.expect("it says how to run it again");
    assert!(again.contains(&format!("panel-conformance run {} ", urls.join(" "))), "{again}");
    let folder = Folder::new();
    let fixtures = demo_fixtures(&folder);
    let mut all = vec!["run", "--fixtures", &fixtures, "--case", case, "--level", "must"];
    all.extend(urls);
    assert_eq!(broken(&judge(&all)), failed_in(&failed, case));
}

fn failed_in(failed: &[(String, String)], case: &str) -> BTreeSet<String> {
    let of_case = failed.iter().filter(|(name, _)| name.split(' ').next() == Some(case));
    of_case.filter_map(|(name, _)| Some(name.rsplit(' ').next()?.to_owned())).collect()
}

#[test]
fn an_address_that_answers_otherwise_is_named() {
    let fault = ["--fault", "other-envelope-at-one-of-three-addresses"];
    let (server, ran) = judge_served(&fault, &["--case", "permissions/*", "--case", "refusals/*"]);
    let broken = broken(&ran);
    assert!(broken.contains("GP-SHAPE") && broken.contains("ERR-SUCCESS"), "{broken:?}");
    let odd = &server.urls[1];
    assert!(
        ran.stdout.contains(&format!("\nEvery failure is an answer of `{odd}`\n")),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains(&format!("POST {odd}/panel/account/get_permissions → 200")));
    assert!(ran.stdout.contains("\nURL_2="), "{}", ran.stdout);
    assert!(ran.stdout.contains(r#""$URL_2/panel/account/get_permissions""#), "{}", ran.stdout);
}

#[rstest]
#[case::the_first(true)]
#[case::another(false)]
fn an_address_that_is_down_is_named(#[case] is_first: bool) {
    let server = Foreign::start(Habits::default());
    let folder = Folder::new();
    let fixtures = folder.write("fixtures.json", &server.fixtures());
    let url = server.url();
    let urls = if is_first { [NOBODY, &url] } else { [url.as_str(), NOBODY] };
    let ran = judge(&["run", urls[0], urls[1], "--fixtures", &fixtures]);
    ran.expect(3, "inconclusive");
    check_form(ran.report());
    assert_eq!(broken(&ran), BTreeSet::new());
    let stopped = format!("{NOBODY} cannot be reached");
    assert_eq!(ran.report()["stopped"], *stopped);
    let reasons = ran.checks("unjudged");
    let is_named = |reason: &str| reason.starts_with(&stopped);
    assert!(reasons.iter().all(|(_, reason)| is_named(reason)), "{reasons:#?}");
    assert_eq!(server.open_sessions(), 0);
}

#[test]
fn a_wrong_path_at_one_address_is_named() {
    let server = Foreign::start(Habits::default());
    let folder = Folder::new();
    let fixtures = folder.write("fixtures.json", &server.fixtures());
    let wrong = format!("{}/elsewhere", server.url());
    let ran = judge(&["run", &server.url(), &wrong, "--fixtures", &fixtures]);
    ran.expect(1, "nonconformant");
    let advice = format!(
        "\n{wrong}: Every answer was a 404: see that the URL is what stands before `/panel`.\n"
    );
    assert!(ran.stdout.contains(&advice), "{}", ran.stdout);
}

#[rstest]
#[case::twice(&["http://a:1", "http://b:1", "HTTP://A:1/panel/account/"], "`http://a:1` is given twice")]
#[case::too_many(
    &["http://a:1", "http://a:2", "http://a:3", "http://a:4", "http://a:5", "http://a:6", "http://a:7",
      "http://a:8", "http://a:9"],
    "9 addresses are too many for one run; give at most 8"
)]
#[case::one_is_none(&["http://a:1", "b:2"], "`b:2` cannot be judged: it has no scheme")]
#[case::credentials(&["http://a:1", "http://me:sesame@b"], "credentials do not belong in the URL")]
fn what_are_no_addresses_of_one_system_is_refused(#[case] urls: &[&str], #[case] told: &str) {
    let ran = run(urls);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{}", ran.stderr);
    assert!(ran.stderr.contains(told), "{told} is not in: {}", ran.stderr);
    assert!(!ran.stderr.contains("sesame"), "{}", ran.stderr);
    let ran = run_in(&[("PANEL_URL", &urls.join(", "))], &[]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains(told), "{told} is not in: {}", ran.stderr);
    let note = "note: the value comes from the environment variable `PANEL_URL`, in which commas";
    assert!(ran.stderr.contains(note), "{}", ran.stderr);
}

#[test]
fn the_variable_takes_several_urls_and_none_is_a_mistake() {
    let folder = Folder::new();
    let (server, fixtures) = (Served::start(&["--replicas", "2"]), demo_fixtures(&folder));
    let urls = format!("{},\n  {}", server.urls[0], server.urls[1]);
    let arguments = ["--fixtures", &fixtures, "--case", "auth/opens-a-session"];
    let ran = judge_in(&[("PANEL_URL", &urls)], &arguments);
    assert_eq!(ran.report()["target"]["addresses"], serde_json::json!(server.urls));
    let ran = run_in(&[("PANEL_URL", " , ")], &[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{}", ran.stderr);
    assert!(ran.stderr.contains("there is no URL in it"), "{}", ran.stderr);
}

#[test]
fn passwords_are_told_of_no_address() {
    let fault = ["--fault", "dealer-unknown-to-one-of-two-addresses"];
    let (_server, ran) =
        judge_served(&fault, &["--jobs", "1", "--case", "auth/*", "--case", "encoding/*", "-v"]);
    assert_ne!(broken(&ran), BTreeSet::new());
    let report = ran.report().to_string();
    for account in demo_accounts() {
        for text in [&ran.stdout, &ran.stderr, &report] {
            assert!(!text.contains(&account.password), "a password is told");
        }
    }
}

#[test]
fn a_record_of_an_address_that_was_not_judged_is_refused() {
    let arguments = ["--case", "auth/opens-a-session", "--level", "must"];
    let (_server, ran) = judge_served(&["--replicas", "2"], &arguments);
    let stray = "http://elsewhere.example";
    let mut report = ran.report().clone();
    let cases = report["cases"].as_array_mut().expect("a report has cases");
    let case = cases.iter_mut().find(|case| case["id"] == "auth/opens-a-session");
    case.expect("it was played")["steps"][0]["exchanges"][0]["address"] = stray.into();
    let folder = Folder::new();
    let path = folder.write("stray.json", &report.to_string());
    let again = run(&["rejudge", &path]);
    assert_eq!((again.code, again.stdout.as_str()), (2, ""), "{}", again.stderr);
    let told = format!("was sent to `{stray}`, which is no address of its target");
    assert!(again.stderr.contains(&told), "{}", again.stderr);
}

/// The limit is one of a dealer, whichever address the dealer comes to.
#[rstest]
#[case(&["http://127.0.0.1:1", "http://127.0.0.1:2"], 0.0)]
#[case(&["http://127.0.0.1:1", "http://panel.example"], 5.0)]
fn one_address_elsewhere_makes_the_run_polite(#[case] urls: &[&str], #[case] rate: f64) {
    let urls = urls.iter().map(|url| BaseUrl::parse(url).expect("it is a URL"));
    let addresses = Addresses::new(urls.collect()).expect("they are addresses");
    assert_eq!(Run::of(Target::Url(addresses, Fixtures::default())).settings.rate, rate);
}

#[test]
fn serve_says_at_which_addresses_it_listens() {
    let server = Served::start(&["--replicas", "3"]);
    assert_eq!(server.urls.len(), 3);
    let ran = finish(command(&["serve", "--replicas", "9"]));
    assert_eq!(ran.code, 2, "{}", ran.stderr);
}

#[test]
fn a_harness_takes_several_addresses() {
    let refused = Harness::try_for_url("http://a:1, http://b:1 http://a:1", None);
    let refused = refused.err().expect("one is given twice").to_string();
    assert!(refused.contains("`http://a:1` is given twice"), "{refused}");
    assert!(Harness::try_for_url("http://a:1, http://b:1", None).is_ok());
}
