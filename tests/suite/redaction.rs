//! No secret leaves the program: passwords, hashes and credentials of the connection are planted
//! wherever they can come back from, and looked for, in every spelling, in all that is written.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use panel_conformance::{BaseUrl, FORMATS, Fixture, Fixtures, Role, Run, Secret, Target};
use rstest::rstest;

use crate::support::folder::Folder;
use crate::support::foreign_server::{Dealer, Foreign, Habits, Manner, SUPPLIED_HASH};
use crate::support::program::{Ran, run, run_in};
use crate::support::spelling::json_escapes;

/// What every planted password holds.
const CANARY: &str = "Kanari7331";

/// In what a piece of a secret can be recognised.
fn traces(piece: &str) -> Vec<String> {
    let mut traces = vec![
        piece.to_owned(),
        json_escapes(piece),
        json_escapes(piece).to_ascii_uppercase().replace("\\U", "\\u"),
        piece.bytes().map(|byte| format!("{byte:02x}")).collect(),
        piece.bytes().map(|byte| format!("%{byte:02X}")).collect(),
    ];
    // The characters of base64 that depend on the piece alone, wherever it starts.
    for offset in 0..3 {
        let bytes = [&vec![0; offset], piece.as_bytes()].concat();
        let text = STANDARD.encode(&bytes);
        traces.push(text[(offset * 8_usize).div_ceil(6)..bytes.len() * 8 / 6].to_owned());
    }
    traces
}

/// What looks for secrets in texts, and is made once for many of them.
struct Search(aho_corasick::AhoCorasick);

impl Search {
    fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Search {
        let traces: Vec<String> = secrets.into_iter().flat_map(traces).collect();
        Search(aho_corasick::AhoCorasick::new(&traces).expect("it fits"))
    }

    #[track_caller]
    fn check_silence(&self, name: &str, text: &str) {
        for text in [text, &joined(text)] {
            if let Some(found) = self.0.find(text) {
                let around = found.start().saturating_sub(160)..text.len().min(found.end() + 160);
                let around = String::from_utf8_lossy(&text.as_bytes()[around]);
                panic!("{name} holds `{}`: …{around}…", &text[found.range()]);
            }
        }
    }
}

#[track_caller]
fn check_silence(name: &str, text: &str) {
    Search::new([CANARY]).check_silence(name, text);
}

/// What a reader can put together again: without the ends of lines, the signs of a difference,
/// colours and the tags that emphasise.
fn joined(text: &str) -> String {
    let line = |line: &str| line.trim().trim_start_matches(['-', '+', '>', '<', ' ']).to_owned();
    let text: String = text.lines().map(line).collect();
    let without = |text: &str, start: &str, end: char| -> String {
        let mut pieces = text.split(start);
        let first = pieces.next().unwrap_or_default().to_owned();
        let rest = pieces.map(|piece| piece.split_once(end).map_or(piece, |(_, rest)| rest));
        std::iter::once(first).chain(rest.map(str::to_owned)).collect()
    };
    without(&without(&text, "\u{1b}[", 'm'), "<", '>')
}

#[test]
fn a_secret_in_pieces_is_found() {
    for text in [
        "- \"x\": \"Kana\n+   ri7331\"",
        "\u{1b}[31mKana\u{1b}[0m\u{1b}[7mri7331\u{1b}[0m",
        "<del>Kana<mark>ri73</mark>31</del>",
        "      was Kanari\n      7331",
    ] {
        assert!(joined(text).contains(CANARY), "{}", joined(text));
    }
}

fn planted(habits: Habits) -> Foreign {
    let dealer = |role, login: &str, more: &str| Dealer {
        role,
        login: login.to_owned(),
        password: format!("{CANARY}{more}"),
    };
    let dealers = vec![
        dealer("dealer", "31001", "é\"<&>' 1%+/\\"),
        dealer("second_dealer", "31002", "-x"),
        dealer("minimal_dealer", "31003", "=?ü日本"),
        dealer("blocked_dealer", "31004", "~Ab"),
    ];
    Foreign::start_with(habits, dealers)
}

/// Runs with every report format, as on GitHub, judges the record again, and looks everywhere.
#[track_caller]
fn check_run(server: &Foreign, more: &[&str]) -> Ran {
    let folder = Folder::new();
    let fixtures = folder.write("fixtures.json", &server.fixtures());
    let out = Folder::new();
    let reports: Vec<String> = FORMATS
        .iter()
        .map(|format| format!("{}={}", format.name, out.path(&format!("report.{}", format.name))))
        .collect();
    let url = server.url();
    let mut all = vec!["run", url.as_str(), "--fixtures", fixtures.as_str()];
    for report in &reports {
        all.extend(["--report", report.as_str()]);
    }
    all.extend(more);
    let summary = folder.path("summary.md");
    let github = [("GITHUB_ACTIONS", "true"), ("GITHUB_STEP_SUMMARY", summary.as_str())];
    let ran = run_in(&github, &all);
    let issued = server.issued();
    let secrets = issued.iter().map(String::as_str).chain([CANARY, SUPPLIED_HASH]);
    let search = Search::new(secrets);
    let summary = std::fs::read_to_string(summary).expect("it is written");
    search.check_silence("the step summary", &summary);
    let again = run(&["rejudge", &out.path("report.json")]);
    assert!(again.stdout.starts_with("nothing changed\n"), "{}{}", again.stdout, again.stderr);
    search.check_silence("rejudge", &again.stdout);
    search.check_silence("stdout", &ran.stdout);
    search.check_silence("stderr", &ran.stderr);
    let names = out.names();
    assert_eq!(names.len(), FORMATS.len(), "{names:?}");
    for name in names {
        let text = std::fs::read_to_string(out.path(&name)).expect("a report is UTF-8");
        search.check_silence(&name, &text);
    }
    ran
}

#[rstest]
#[case::verbosely(&["-v"])]
#[case::quietly(&["-q"])]
#[case::in_colour(&["--color", "always"])]
fn a_server_that_repeats_every_secret_betrays_none(#[case] more: &[&str]) {
    let server = planted(Habits { echoes: true, ..Habits::default() });
    check_run(&server, more);
    assert!(server.issued().len() > 20);
}

/// What a password is made of is in every answer, and nothing in an answer changes by that.
#[rstest]
#[case::digits_of_a_time("90420")]
#[case::digits_of_a_code("12")]
#[case::word_of_json("true")]
#[case::nothing("null")]
#[case::member("success")]
#[case::member_in_capitals("Status")]
#[case::parameter("password")]
#[case::category("trackers")]
#[case::operation("paint")]
#[case::type_of_content("application")]
#[case::whole_type_of_content("application/json")]
#[case::part_of_a_header("content")]
#[case::action("get_permissions")]
#[case::login("31001")]
#[case::token("«hash 1»")]
fn a_password_that_stands_in_every_answer_changes_no_verdict(#[case] password: &str) {
    let dealer =
        |role, login: &str, password: String| Dealer { role, login: login.to_owned(), password };
    let server = Foreign::start_with(
        Habits::default(),
        vec![
            dealer("dealer", "31001", password.to_owned()),
            dealer("second_dealer", "31002", format!("{password}2")),
            dealer("minimal_dealer", "31003", format!("3{password}")),
            dealer("blocked_dealer", "31004", format!("{password}.4")),
        ],
    );
    let ran = server.judge(&["--level", "must"]);
    let counts = (ran.count("must", "failed"), ran.count("must", "unjudged"));
    assert_eq!(counts, (0, 0), "{}", ran.stdout);
}

#[rstest]
#[case::cookie("Cookie: build=1790420410; theme=dark")]
#[case::type_of_content("X-Token-Type: application/json")]
#[case::word("X-Key: success")]
#[case::number("X-Session: 1790420410")]
#[case::credentials("Authorization: Basic MzEwMDE6c3VjY2Vzcw==")]
fn an_added_header_changes_no_verdict(#[case] header: &str) {
    let server = Foreign::start(Habits::default());
    let ran = server.judge(&["--level", "must", "--header", header]);
    let counts = (ran.count("must", "failed"), ran.count("must", "unjudged"));
    assert_eq!(counts, (0, 0), "{}", ran.stdout);
}

#[test]
fn a_server_that_fails_nearly_everything_betrays_no_secret() {
    let server = planted(Habits { echoes: true, says_yes: true, ..Habits::default() });
    let ran = check_run(&server, &["-v"]);
    assert_eq!(ran.code, 1);
}

#[rstest]
#[case::cut_short(Manner::CutShort)]
#[case::wrong_length(Manner::WrongLength)]
#[case::silent(Manner::Silent)]
#[case::garbage(Manner::Garbage)]
#[case::dying(Manner::DiesAt(30))]
fn a_server_that_misbehaves_betrays_no_secret(#[case] manner: Manner) {
    let server = planted(Habits { manner, ..Habits::default() });
    check_run(&server, &["-v", "--timeout", "300ms", "--case", "auth/*", "--case", "logout/*"]);
}

#[test]
fn credentials_of_the_connection_are_not_repeated() {
    let server = planted(Habits { echoes: true, ..Habits::default() });
    let header = format!("Authorization: Bearer {CANARY}-of-the-gateway");
    check_run(&server, &["-v", "--header", &header, "--case", "auth/*"]);
    for arguments in [
        ["--header", "Bad Name: Kanari7331"],
        ["--header", "Kanari7331"],
        ["--header", "X-Key: Kanari7331\u{7}"],
        ["--proxy", "http://user:Kanari7331@:bad:"],
        ["--proxy", "http://user:Kanari7331@127.0.0.1:1"],
    ] {
        let ran = check_run_fails(&server, &arguments);
        check_silence("stderr", &ran.stderr);
        check_silence("stdout", &ran.stdout);
    }
}

fn check_run_fails(server: &Foreign, more: &[&str]) -> Ran {
    let folder = Folder::new();
    let fixtures = folder.write("fixtures.json", &server.fixtures());
    let url = server.url();
    let ran =
        run(&[&["run", &url, "--fixtures", &fixtures, "--report", "json=-", "-v"], more].concat());
    assert!(ran.code == 2 || ran.code == 3, "{}: {}", ran.code, ran.stderr);
    ran
}

#[rstest]
#[case("http://user:Kanari7331@127.0.0.1:9/")]
#[case("http://user:Kan@ari@Kanari7331@127.0.0.1:9/")]
#[case("http://user:Kanari7331@127.0.0.1:999999/")]
#[case("user:Kanari7331@127.0.0.1")]
#[case("http://127.0.0.1:9/?hash=Kanari7331")]
#[case("http://127.0.0.1:9/#Kanari7331")]
fn a_url_with_credentials_is_not_shown(#[case] url: &str) {
    let ran = run(&[url]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("cannot be judged"), "{}", ran.stderr);
    check_silence("stderr", &ran.stderr);
}

/// Mistakes in a fixtures file are shown with their place, and without what stands there.
#[rstest]
#[case::login_is_a_number("dealer: {login: 20410, password: \"Kanari7331\"}")]
#[case::password_with_a_role_in_it("dealer: {login: 20410, password: \"dealer: Kanari7331\"}")]
#[case::no_login("dealer: {password: Kanari7331}")]
#[case::misspelt("dealer: {login: '1', pasword: Kanari7331}")]
#[case::unknown_role("deeler: {login: '1', password: Kanari7331}")]
#[case::list("dealer: ['1', 'Kanari7331']")]
#[case::text("dealer: Kanari7331")]
#[case::whole_text("Kanari7331")]
#[case::alias("dealer: {login: '1', password: *Kanari7331}")]
#[case::anchor("dealer: {login: '1', password: &Kanari7331 }")]
#[case::tag("dealer: {login: '1', password: !Kanari7331 x}")]
#[case::directive("%Kanari7331\ndealer: {login: '1', password: x}")]
#[case::at_sign("dealer:\n  login: '1'\n  password: @Kanari7331")]
#[case::backtick("dealer:\n  login: '1'\n  password: `Kanari7331")]
#[case::percent("dealer:\n  login: '1'\n  password: %Kanari7331")]
#[case::colon("dealer:\n  login: '1'\n  password: Kanari7331: x")]
#[case::brace("dealer:\n  login: '1'\n  password: {Kanari7331")]
#[case::map("dealer:\n  login: '1'\n  password: {a: Kanari7331}")]
#[case::bad_escape("dealer:\n  login: '1'\n  password: \"Kanari7331\\q\"")]
#[case::bad_escape_digits("dealer:\n  login: '1'\n  password: \"\\xKanari7331\"")]
#[case::open_quote("dealer:\n  login: '1'\n  password: \"Kanari7331")]
#[case::twice("dealer:\n  password: Kanari7331\n  password: Kanari7331x")]
#[case::open_brace("dealer:\n  login: '1'\n  password: ${Kanari7331")]
#[case::block("dealer:\n  login: '1'\n  password: |9\n   Kanari7331")]
#[case::tab("dealer:\n\tpassword: Kanari7331")]
#[case::many_documents("dealer: {login: '1', password: Kanari7331}\n---\nKanari7331")]
#[case::json("{\"dealer\": {\"login\": 1, \"password\": \"Kanari7331\"}")]
#[case::not_ascii("dealer: {login: é1, passwort: éKanari7331é}")]
fn a_broken_fixtures_file_betrays_no_secret(#[case] text: &str) {
    let folder = Folder::new();
    let fixtures = folder.write("fixtures.yaml", text);
    for arguments in [
        &["http://127.0.0.1:9", "--fixtures", &fixtures][..],
        &["serve", "--listen", "127.0.0.1:0", "--fixtures", &fixtures],
    ] {
        let ran = run(arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {}{}", ran.stdout, ran.stderr);
        check_silence("stderr", &ran.stderr);
        check_silence("stdout", &ran.stdout);
    }
}

#[test]
fn secrets_of_the_environment_stay_there() {
    let environment = [
        ("PANEL_DEALER_LOGIN", "1"),
        ("PANEL_DEALER_PASSWORD", CANARY),
        ("PANEL_EXPIRED_SESSION_HASH", "Kanari7331-hash"),
        ("PANEL_HEADER", "X-Key: Kanari7331"),
        ("PANEL_PROXY", "http://user:Kanari7331@127.0.0.1:1"),
    ];
    for arguments in [
        &["--help"][..],
        &["run", "--help"],
        &["http://127.0.0.77:1", "--report", "json=-", "-v"],
        &["http://127.0.0.77:1", "--bad"],
        &["list"],
    ] {
        let ran = run_in(&environment, arguments);
        check_silence("stdout", &ran.stdout);
        check_silence("stderr", &ran.stderr);
    }
}

#[test]
fn debug_shows_no_secret() {
    let mut fixtures = Fixtures::default();
    let secret = Secret::new(CANARY);
    fixtures.add(Role::Dealer, Fixture { login: Some("1".to_owned()), secret });
    let url = BaseUrl::parse("http://127.0.0.1:9").expect("it is right");
    let mut run = Run::of(Target::Url(url.into(), fixtures.clone()));
    run.connection.headers.push(("X-Key".to_owned(), CANARY.to_owned()));
    run.connection.proxy = Some(format!("http://user:{CANARY}@proxy.example"));
    check_silence("fixtures", &format!("{fixtures:?} {fixtures:#?}"));
    check_silence("run", &format!("{run:?} {run:#?}"));
}
