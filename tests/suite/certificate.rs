//! Certificates that the built program writes: whole for a run that gets one, and by the first
//! line for every run that does not.

use panel_conformance::internals::{Figures, Standing, figures_on_record};
use panel_conformance::{Sources, Suite};
use rstest::rstest;
use serde_json::Value;

use crate::support::folder::Folder;
use crate::support::foreign_server::{Foreign, Habits, Manner};
use crate::support::program::{Ran, judge, run};
use crate::support::project::suite;

const NO_PROOF: &str = "## Proof

No proof of exactly these cases is on record; `panel-conformance prove` makes one of the built-in
cases, and `panel-conformance prove DIR` one of those in a folder.
";

/// A case that is right.
const CASE: &str = r#"
title: Logout ends the session it is given
needs: [dealer]
steps:
- id: sign-in
  call: auth
  with: { login: "${dealer.login}", password: "${dealer.password}" }
- id: logout
  call: logout
  given: [sign-in]
  with: { hash: "${sign-in.hash}" }
- id: ended
  call: get_permissions
  given: [sign-in, logout]
  with: { hash: "${sign-in.hash}" }
  checks: { LO-ENDS: { refused: any } }
"#;

/// Judges a server, and returns what the run came to with its certificate.
#[track_caller]
fn certify(server: &Foreign, fixtures: &str, arguments: &[&str]) -> (Ran, String) {
    let folder = Folder::new();
    let fixtures = folder.write("fixtures.json", fixtures);
    let report = format!("certificate={}", folder.path("certificate.md"));
    let url = server.url();
    let mut all = vec!["run", &url, "--fixtures", &fixtures, "--report", &report];
    all.extend(arguments);
    let ran = judge(&all);
    let told = std::fs::read_to_string(folder.path("certificate.md"));
    let told = told.unwrap_or_else(|error| panic!("{error}: {}", ran.stderr));
    (ran, told)
}

/// What has to stand under the counts of a run in which all was judged.
fn out_of_scope_and_proof(suite: &Suite) -> String {
    let excluded: String = suite
        .ledger
        .iter()
        .filter(|entry| entry.standing != Standing::Judged)
        .map(|entry| format!("- `{}`, {}: \n", entry.id, entry.level))
        .collect();
    let of_these = |figures: &Figures| figures.are_of(&suite.identity());
    let proof = match figures_on_record().filter(of_these) {
        None => NO_PROOF.to_owned(),
        Some(figures) => {
            let rows = figures.rows().map(|(name, value)| format!("| {name} | {value} |\n"));
            format!(
                "## Proof\n\nWhat `panel-conformance prove` found of exactly these cases, and \
                 finds again when it is run again:\n\n| | |\n|---|---|\n{}",
                rows.concat()
            )
        }
    };
    format!("## Out of scope\n\n{excluded}\n{proof}")
}

/// A certificate without the reasons for which requirements are excluded, which the ledger words.
fn without_reasons(told: &str) -> String {
    let shorten = |line: &str| match line.split_once(": ") {
        Some((start, _)) if line.starts_with("- `") => format!("{start}: \n"),
        _ => format!("{line}\n"),
    };
    told.lines().map(shorten).collect()
}

#[test]
fn a_whole_run_of_a_server_that_keeps_everything_gets_a_certificate() {
    let suite = suite();
    let server = Foreign::start(Habits::default());
    let (ran, told) = certify(&server, &server.fixtures(), &[]);
    ran.expect(0, "conformant");
    let started = ran.report()["started"].as_str().expect("a run has a start");
    let levels: String = ["must", "should", "may"]
        .map(|level| {
            let counts = ["passed", "failed", "unjudged", "skipped", "not_applicable"]
                .map(|one| ran.count(level, one));
            let all: u64 = counts.iter().sum();
            let counts = counts.map(|count| format!("{count} | ")).concat();
            format!("| {level} | {counts}{all} |\n")
        })
        .concat();
    let expected = format!(
        "# Certificate of conformance

| | |
|---|---|
| Target | `{}` |
| API | Navixy Admin Panel API, `panel/account` |
| Verdict | **conformant** |
| Date | `{}` |
| Suite | `panel-conformance {}` |
| Cases | `{}` |
| Schemas | `{}` |
| Ledger | `{}` |

| Level | Passed | Failed | Unjudged | Skipped | Not applicable | All |
|---|--:|--:|--:|--:|--:|--:|
{levels}
{}",
        server.url(),
        &started[..10],
        env!("CARGO_PKG_VERSION"),
        suite.digests.cases,
        suite.digests.schemas,
        suite.digests.ledger,
        out_of_scope_and_proof(suite),
    );
    let (failed, scope) = (told.find("## Failed"), told.find("## Out of scope"));
    let (failed, scope) = (failed.or(scope), scope.expect("some requirements are excluded"));
    // Recommendations that this server does not keep are told, and decide nothing.
    let told = [&told[..failed.unwrap_or(scope)], &told[scope..]].concat();
    assert_eq!(without_reasons(&told), expected);
}

#[rstest]
#[case::of_a_level(
    &["--level", "must", "--allow-incomplete", "--case", "logout/*"],
    0,
    "; the run was narrowed by `--case logout/* --level must`"
)]
#[case::of_some_cases(
    &["--skip", "[!l]*", "--allow-incomplete"],
    0,
    "; the run was narrowed by `--skip [!l]*`"
)]
#[case::of_a_requirement(
    &["--requirement", "LO-ENDS"],
    4,
    "; the run was narrowed by `--requirement LO-ENDS`"
)]
fn a_part_of_the_suite_gives_no_certificate(
    #[case] arguments: &[&str],
    #[case] code: i32,
    #[case] end: &str,
) {
    let server = Foreign::start(Habits::default());
    let (ran, told) = certify(&server, &server.fixtures(), arguments);
    ran.expect(code, "incomplete");
    let first = told.lines().next().expect("it says something");
    assert!(first.starts_with("# INCOMPLETE: "), "{first}");
    assert!(first.ends_with(&format!(" deciding checks were skipped{end}")), "{first}");
    assert!(told.contains("\n## Skipped\n\n- "), "{told}");
}

/// A run that selects no deciding check below the level is conformant, and yet narrowed.
#[test]
fn a_run_without_recommendations_gives_no_certificate() {
    let server = Foreign::start(Habits::default());
    let (ran, told) = certify(&server, &server.fixtures(), &["--level", "must"]);
    ran.expect(0, "conformant");
    let first = told.lines().next();
    assert_eq!(first, Some("# INCOMPLETE: the run was narrowed by `--level must`"));
}

#[test]
fn a_missing_fixture_gives_no_certificate() {
    let server = Foreign::start(Habits::default());
    let mut fixtures: Value = serde_json::from_str(&server.fixtures()).expect("it is JSON");
    fixtures.as_object_mut().expect("it is an object").remove("blocked_dealer");
    let (ran, told) = certify(&server, &fixtures.to_string(), &["--allow-incomplete"]);
    ran.expect(0, "incomplete");
    let (skipped, all) = (ran.count("must", "skipped"), all_must(&ran));
    let expected = format!("# INCOMPLETE: {skipped} of {all} deciding checks were skipped");
    assert_eq!(told.lines().next(), Some(expected.as_str()));
    assert!(told.contains(": fixture \\`blocked\\_dealer\\` is missing: "), "{told}");
}

#[test]
fn a_broken_server_gets_no_certificate() {
    let server = Foreign::start(Habits { says_yes: true, ..Habits::default() });
    let (ran, told) = certify(&server, &server.fixtures(), &["--case", "logout/*"]);
    ran.expect(1, "nonconformant");
    let (failed, all) = (ran.count("must", "failed"), all_must(&ran));
    let first = told.lines().next().expect("it says something");
    let start = format!("# NOT A CERTIFICATE: {failed} of {all} deciding checks failed; ");
    assert!(first.starts_with(&start), "{first}");
    assert!(first.ends_with("; the run was narrowed by `--case logout/*`"), "{first}");
    assert!(told.contains("\n## Failed\n\n- "), "{told}");
}

#[test]
fn a_server_that_dies_gets_no_certificate() {
    let server = Foreign::start(Habits { manner: Manner::DiesAt(20), ..Habits::default() });
    let (ran, told) = certify(&server, &server.fixtures(), &[]);
    ran.expect(3, "inconclusive");
    let (unjudged, all) = (ran.count("must", "unjudged"), all_must(&ran));
    let expected = format!(
        "# NOT A CERTIFICATE: {unjudged} of {all} deciding checks are unjudged; \
         the run ended early: the target stopped answering"
    );
    assert_eq!(told.lines().next(), Some(expected.as_str()));
    assert!(told.contains("\n## Unjudged\n\n- "), "{told}");
}

#[test]
fn cases_beside_the_built_in_ones_are_named_and_unproven() {
    let folder = Folder::new();
    folder.write("own/ends.yaml", CASE);
    let server = Foreign::start(Habits::default());
    let (ran, told) = certify(&server, &server.fixtures(), &["--cases", &folder.path("own")]);
    ran.expect(0, "conformant");
    let expected = "# Certificate of conformance, judged with other cases beside the built-in ones";
    assert_eq!(told.lines().next(), Some(expected));
    assert!(told.contains("`, the built-in ones and others |\n"), "{told}");
    assert!(told.ends_with(NO_PROOF), "{told}");
}

#[test]
fn cases_in_the_place_of_the_built_in_ones_give_no_certificate() {
    let folder = Folder::new();
    folder.write("own/ends.yaml", CASE);
    let server = Foreign::start(Habits::default());
    let own = folder.path("own");
    let (ran, told) = certify(&server, &server.fixtures(), &["--no-builtin", "--cases", &own]);
    ran.expect(0, "conformant");
    let first = told.lines().next();
    assert_eq!(first, Some("# NOT A CERTIFICATE: the built-in cases were left out"));
    assert!(told.contains("`, others than the built-in ones |\n"), "{told}");
    assert!(told.ends_with(NO_PROOF), "{told}");
}

/// Whoever reads it has to know who answered; and no more than that.
#[test]
fn options_that_decide_who_answers_are_told_without_secrets() {
    let server = Foreign::start(Habits::default());
    let resolve = server.url().replace("http://127.0.0.1", "panel.example");
    let resolve = resolve.split('/').next().unwrap_or_default().to_owned() + ":127.0.0.1";
    let url = server.url().replace("127.0.0.1", "panel.example");
    let ran = run(&[
        &url,
        "--resolve",
        &resolve,
        "--insecure",
        "--header",
        "X-Token: geheim-123",
        "--case",
        "routing/*",
        "--report",
        "certificate=-",
    ]);
    let expected = format!(
        "| Target | `{url}`, reached with `--resolve {resolve} --insecure --header X-Token` |"
    );
    assert!(ran.stdout.contains(&expected), "{}{}", ran.stdout, ran.stderr);
    assert!(!ran.stdout.contains("geheim"), "{}", ran.stdout);
}

#[test]
fn the_reference_server_gets_no_certificate() {
    let ran = run(&["--case", "logout/ends-the-session", "--report", "certificate=-"]);
    let first = ran.stdout.lines().next().expect("it says something");
    assert!(
        first.contains("; the target is the reference server of the suite itself; "),
        "{first}"
    );
}

/// What is built in judges as it is built in, unless it is left out in so many words.
#[rstest]
#[case::a_schema("schemas/success.schema.json", "{}", "schema `success` exists already")]
#[case::a_status("error-statuses.yaml", "11: 200\n", "error code `11` has a status already")]
#[case::a_requirement(
    "requirements.yaml",
    "LO-ENDS: { level: may, sentence: Logout may end it., source: nowhere }\n",
    "requirement `LO-ENDS` exists already"
)]
fn a_folder_cannot_say_anew_what_is_built_in(
    #[case] file: &str,
    #[case] text: &str,
    #[case] expected: &str,
) {
    let folder = Folder::new();
    folder.write("own/ends.yaml", CASE);
    folder.write(&format!("own/{file}"), text);
    let own = folder.path("own");
    let ran = run(&["--cases", &own, "--case", "logout/*"]);
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    assert!(ran.stderr.contains(expected), "{}", ran.stderr);
    let alone = Sources { without_builtin: true, folders: vec![own.into()] };
    let alone = Suite::load(&alone).unwrap_or_else(|found| panic!("{found:#?}"));
    let built_in = suite();
    let differs = match file {
        "schemas/success.schema.json" => alone.digests.schemas != built_in.digests.schemas,
        _ => alone.digests.ledger != built_in.digests.ledger,
    };
    assert!(differs, "the digests do not tell {:?} from {:?}", alone.digests, built_in.digests);
}

fn all_must(ran: &Ran) -> u64 {
    let outcomes = ["passed", "failed", "unjudged", "skipped", "not_applicable"];
    outcomes.map(|one| ran.count("must", one)).iter().sum()
}
