//! No secret leaves the program: passwords, hashes and credentials of the connection are planted
//! wherever they can come back from, and looked for, in every spelling, in all that is written.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use panel_conformance::{BaseUrl, FORMATS, Fixture, Fixtures, Role, Run, Secret, Target};
use rstest::rstest;

use crate::support::folder::Folder;
use crate::support::foreign_server::{Dealer, Foreign, Habits, Manner, SUPPLIED_HASH};
use crate::support::program::{Ran, run, run_in};
use crate::support::spelling::{disguises, json_escapes};

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
        let core = &text[(offset * 8_usize).div_ceil(6)..bytes.len() * 8 / 6];
        traces.push(core.to_owned());
        // Of base64 in base64, what depends on the piece is shorter at both ends.
        let twice = STANDARD.encode(&core[..core.len() / 3 * 3]);
        traces.push(twice.trim_end_matches('=').to_owned());
    }
    // Ends and beginnings of the encodings depend on what stands beside the piece.
    let start = &piece[..8];
    let is_found = |name: &str| match name {
        "base64 twice" => false,
        // Eight digits may be a date.
        "cut short" => start.contains(|c: char| c.is_ascii_alphabetic()),
        _ => true,
    };
    let disguises = disguises(piece).into_iter().filter(|(name, _)| is_found(name));
    traces.extend(disguises.map(|(name, text)| match name {
        "base32" | "small base32" => text[..text.len() - 1].to_owned(),
        "cut short" => start.to_owned(),
        "octets" => text.trim_matches(['[', ']']).to_owned(),
        _ => text,
    }));
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

/// The sessions are nobody's to read, and are closed.
#[rstest]
#[case::other_letters("", r#"{"success":true,"Hash":"HASH"}"#)]
#[case::list("", r#"{"success":true,"hash":["HASH"]}"#)]
#[case::token("", r#"{"success":true,"token":"HASH"}"#)]
#[case::data("", r#"{"success":true,"data":"HASH"}"#)]
#[case::deeper("", r#"{"success":true,"session":{"since":1790420410,"id":"HASH"}}"#)]
#[case::sentence("", r#"{"success":true,"say":"It is HASH, sir."}"#)]
#[case::page("", "<p>Your session: <b>HASH</b></p>")]
#[case::cookie("set-cookie: SID=HASH; path=/", r#"{"success":true}"#)]
#[case::header("x-session: HASH", r#"{"success":true}"#)]
#[case::credentials("authorization: NVX HASH", r#"{"success":true}"#)]
#[case::location("location: /panel/?hash=HASH", r#"{"success":true}"#)]
fn a_session_in_an_unexpected_form_is_secret_and_is_closed(
    #[case] header: &'static str,
    #[case] body: &'static str,
) {
    let server = planted(Habits { hands_out: Some((header, body)), ..Habits::default() });
    let ran = check_run(&server, &["-v", "--case", "auth/*"]);
    assert_eq!(ran.code, 1, "{}", ran.stdout);
    assert!(!server.issued().is_empty());
    assert_eq!(server.open_sessions(), 0);
    assert!(!ran.stdout.contains("may be open"), "{}", ran.stdout);
}

#[test]
fn sessions_that_may_be_open_are_told() {
    let hands_out = Some(("", r#"{"success":true}"#));
    let server = planted(Habits { hands_out, ..Habits::default() });
    let ran = check_run(&server, &["--case", "auth/*"]);
    let open = server.open_sessions();
    assert!(open > 2);
    assert!(ran.stdout.contains(&format!("Up to {open} sessions may be open\n")), "{}", ran.stdout);
}

/// What is drawn by a machine and is no session changes nothing.
#[rstest]
#[case("550e8400-e29b-41d4-a716-446655440000")]
#[case("fa7bf873fab9333144e171372a321b06")]
#[case("2026-11-28T07:35:23.123Z")]
fn what_looks_like_a_session_changes_no_verdict(#[case] text: &str) {
    let habits = |adds: Option<String>| Habits { adds, ..Habits::default() };
    let judged =
        |text: &str| Foreign::start(habits(Some(text.to_owned()))).judge(&["--case", "auth/*"]);
    let counts = |ran: &Ran| {
        ["must", "should"].map(|level| (ran.count(level, "passed"), ran.count(level, "failed")))
    };
    let (plain, drawn) = (judged("nothing of interest"), judged(text));
    assert_eq!(counts(&drawn), counts(&plain));
    assert!(!drawn.stdout.contains("may be open"), "{}", drawn.stdout);
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
    for name in ["Authorization: Bearer", "X-Api-Key:", "X-Gateway: for"] {
        let header = format!("{name} {CANARY}0x1Y2z3W4-of-the-gateway");
        check_run(&server, &["-v", "--header", &header, "--case", "auth/gives*"]);
    }
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
