//! The ledger against itself, the cases and the reference server, and how it is shown.

use panel_conformance::internals::{Case, Requirement, Standing};
use panel_conformance::{Level, Suite, faults, variations};

use crate::support::program::{self, Ran};
use crate::support::project::suite;

/// Requests of a whole run that a server for production can bear.
const REQUESTS: usize = 310;

fn ids<'a>(found: impl Iterator<Item = &'a Requirement>) -> Vec<&'a str> {
    found.map(|requirement| requirement.id.as_str()).collect()
}

fn none() -> Vec<&'static str> {
    Vec::new()
}

fn checks_of_level(suite: &Suite, level: Level) -> usize {
    let steps = suite.cases.iter().flat_map(|case| &case.steps);
    steps.flat_map(|step| &step.checks).filter(|check| check.level == level).count()
}

#[track_caller]
fn run(arguments: &str) -> Ran {
    program::run(&arguments.split(' ').collect::<Vec<_>>())
}

#[track_caller]
fn assert_shows(ran: &Ran, lines: &[&str]) {
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
    for line in lines {
        let is_shown = ran.stdout.lines().any(|shown| shown == *line);
        assert!(is_shown, "no line is `{line}` in\n{}", ran.stdout);
    }
}

#[track_caller]
fn assert_prints(ran: &Ran, expected: &str) {
    let actual = (ran.code, ran.stdout.as_str(), ran.stderr.as_str());
    assert_eq!(actual, (0, expected, ""));
}

#[test]
fn every_requirement_has_a_sentence_and_a_source() {
    let suite = suite();
    let is_poor = |requirement: &&Requirement| {
        let sentence = &requirement.sentence;
        !sentence.ends_with('.')
            || !sentence.starts_with(char::is_uppercase)
            || sentence.to_lowercase().split(|c: char| !c.is_alphabetic()).any(|w| w == "should")
            || sentence.contains('\n')
            || requirement.source.trim().is_empty()
    };
    assert_eq!(ids(suite.ledger.iter().filter(is_poor)), none());
    assert!(suite.ledger.iter().count() > 100);
}

#[test]
fn reasons_for_not_judging_are_given_in_words() {
    let suite = suite();
    let is_mute = |requirement: &&Requirement| match &requirement.standing {
        Standing::Judged => false,
        Standing::Planned(why) | Standing::Excluded(why) => why.split_whitespace().count() < 3,
    };
    assert_eq!(ids(suite.ledger.iter().filter(is_mute)), none());
}

#[test]
fn every_fault_violates_requirements_that_are_judged() {
    let suite = suite();
    let mut wrong = Vec::new();
    for fault in faults() {
        assert!(!fault.violates.is_empty(), "{} violates nothing", fault.name);
        for id in fault.violates {
            match suite.ledger.get(id).map(|requirement| &requirement.standing) {
                Some(Standing::Judged | Standing::Planned(_)) => {}
                Some(Standing::Excluded(_)) => {
                    wrong.push(format!("{}: {id} is excluded", fault.name))
                }
                None => wrong.push(format!("{}: there is no {id}", fault.name)),
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// A binding requirement may be affected where a check of it travels by a recommended way.
#[test]
fn every_variation_affects_only_what_is_recommended() {
    for variation in variations() {
        for id in variation.violates {
            let requirement = suite().ledger.get(id);
            let requirement = requirement.unwrap_or_else(|| panic!("there is no {id}"));
            let checks = suite().checks_of(id);
            let is_recommended = requirement.level != Level::Must
                || checks.iter().any(|(_, _, level)| *level != Level::Must);
            assert!(is_recommended, "{} affects {id}, which binds", variation.name);
        }
    }
}

#[test]
fn every_binding_requirement_is_judged_by_a_binding_check() {
    let suite = suite();
    let is_let_off = |requirement: &&Requirement| {
        requirement.level == Level::Must
            && requirement.standing == Standing::Judged
            && suite.checks_of(&requirement.id).iter().all(|(_, _, level)| *level != Level::Must)
    };
    assert_eq!(ids(suite.ledger.iter().filter(is_let_off)), none());
}

#[test]
fn there_are_many_checks_and_few_requests() {
    let suite = suite();
    let [must, should] = [Level::Must, Level::Should].map(|level| checks_of_level(suite, level));
    assert!(must >= 50, "{must} must checks");
    assert!(should >= 50, "{should} should checks");
    let requests: usize = suite.cases.iter().map(Case::requests).sum();
    assert!(requests < REQUESTS, "{requests} requests");
}

#[test]
fn titles_are_distinct_and_without_should() {
    let suite = suite();
    let mut titles: Vec<(&str, &str)> =
        suite.cases.iter().map(|case| (case.title.as_str(), case.base_id())).collect();
    titles.sort_unstable();
    titles.dedup();
    for pair in titles.windows(2) {
        assert_ne!(pair[0].0, pair[1].0, "{} and {} promise the same", pair[0].1, pair[1].1);
    }
    for (title, id) in titles {
        assert!(!title.to_lowercase().contains(" should "), "{id}: {title}");
    }
}

#[test]
fn requirements_are_listed_with_level_and_checks() {
    let suite = suite();
    let ran = run("list requirements");
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let shown: Vec<&str> =
        ran.stdout.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(shown, ids(suite.ledger.iter()));
    let rows: Vec<&str> = ran.stdout.lines().collect();
    assert!(rows.iter().any(|row| row.starts_with("URL-V2 ") && row.contains("should  excluded")));
    let number = suite.checks_of("M-AUTH-POST").len();
    let judged = format!("must    {number} check");
    assert!(rows.iter().any(|row| row.starts_with("M-AUTH-POST ") && row.contains(&judged)));
}

#[test]
fn cases_are_listed_with_what_they_need_and_send() {
    let suite = suite();
    let requests: usize = suite.cases.iter().map(Case::most_requests).sum();
    let total =
        format!("a whole run sends at most {requests} requests, unless the target asks to wait");
    let ran = run("list cases");
    assert_shows(
        &ran,
        &[
            "logout/ends-the-session",
            "    Logout ends the session, at once and for good",
            "auth/answers-get-in-the-usual-form",
            "    2 checks, 1 request, unknown_dealer",
            "    1 check, 1 request, no fixture",
            &total,
        ],
    );
    for case in &suite.cases {
        assert!(ran.stdout.lines().any(|line| line == case.id), "{} is missing", case.id);
    }
}

#[test]
fn a_requirement_is_explained_with_its_checks_and_faults() {
    let ran = run("explain LO-ENDS");
    assert_shows(
        &ran,
        &[
            "LO-ENDS · must",
            "After logout the session of that hash is over, and calls with it are refused.",
            "Source:     Account page, logout (seed-a.txt:190, seed-b.txt:211)",
            "Judged by:",
            "  logout/ends-the-session step later (must): expects a refusal",
            "Broken by these faults of the reference server:",
        ],
    );
    let fault = faults().iter().find(|fault| fault.violates.contains(&"LO-ENDS"));
    let fault = fault.expect("a fault breaks it");
    assert_shows(&ran, &[&format!("  {}: {}", fault.name, fault.summary)]);
}

#[test]
fn a_requirement_is_explained_with_its_usual_check_and_who_asks_it() {
    let ran = run("explain ERR-OBJECT");
    assert_shows(
        &ran,
        &[
            "About:      how a refusal is worded; it does not apply to an answer that grants",
            "Asks:       {\"schema\":{\"type\":\"object\"}}, where a case asks nothing particular",
            "Asked of:   every step with `answers: refusal` or `answers: hash-refusal`",
        ],
    );
}

/// What somebody pasted into every step once belongs into the ledger.
#[test]
fn every_group_is_asked_by_many_steps() {
    let suite = suite();
    assert_eq!(suite.ledger.groups(), ["every-call", "grant", "refusal", "hash-refusal"]);
    for group in suite.ledger.groups() {
        for requirement in suite.ledger.group(group) {
            let checks = suite.checks_of(&requirement.id).len();
            assert!(checks > 30, "{group}: {checks} checks of {}", requirement.id);
        }
    }
}

#[test]
fn a_requirement_that_nobody_judges_is_explained_with_the_reason() {
    let suite = suite();
    let requirement = suite.ledger.get("URL-V2").expect("it is in the ledger");
    let Standing::Excluded(why) = &requirement.standing else { panic!("it is not excluded") };
    let contested = requirement.contested.as_deref().expect("documents disagree about it");
    let expected = format!(
        "URL-V2 · should\n{}\n\nSource:     {}\nContested:  {contested}\nExcluded:   {why}\n",
        requirement.sentence, requirement.source
    );
    let ran = run("explain URL-V2");
    assert_prints(&ran, &expected);
}

#[test]
fn a_case_is_explained_step_by_step() {
    let ran = run("explain logout/ends-the-session");
    assert_shows(
        &ran,
        &[
            "logout/ends-the-session",
            "Logout ends the session, at once and for good.",
            "File:      cases/logout/ends-the-session.yaml",
            "Fixtures:  dealer (a dealer who can sign in)",
            "1. sign-in: POST /panel/account/auth, login and password by json",
            "   sends login: \"${dealer.login}\"",
            "   sends password: \"${dealer.password}\"",
            "2. control: POST /panel/account/get_permissions, hash by json",
            "   sends hash: \"${sign-in.hash}\"",
            "4. at-once: POST /panel/account/get_permissions, hash by json; means something only if \
             control and logout were granted",
            "   M-LOGOUT-POST (must): Logout answers a POST request.",
            "      expects an answer that fits the schema `success`",
        ],
    );
}

#[test]
fn what_is_done_to_a_value_is_explained_in_words() {
    let ran = run("explain hashes/a-near-miss-is-refused");
    assert_shows(
        &ran,
        &[
            "   sends hash: \"${sign-in.hash | drop-last}\"",
            "   where `drop-last` is the value without its last character",
        ],
    );
}

#[test]
fn a_fault_is_explained_with_what_it_breaks() {
    let ran = run("explain auth-without-hash");
    let expected = "\
auth-without-hash · fault of the reference server
A successful sign-in carries no hash.

Breaks:
  AUTH-HASH: The answer to a successful auth has a member `hash`, the session key, which is a non-empty string.

Try it:  panel-conformance serve --fault auth-without-hash
";
    assert_prints(&ran, expected);
}

#[test]
fn an_unknown_name_is_answered_with_the_nearest() {
    let ran = run("explain lo-end");
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    let lists = "`list`, `list requirements`, `list faults`, `list variations` and \
                 `list null-servers` show what there is\n";
    let expected = format!("error: nothing is called `lo-end`; did you mean `LO-ENDS`? {lists}");
    assert_eq!(ran.stderr, expected);
    let ran = run("explain nonsense");
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert_eq!(ran.stderr, format!("error: nothing is called `nonsense`; {lists}"));
}

#[test]
fn a_null_server_and_a_variation_are_explained_with_how_to_serve_them() {
    let expected = "\
always-empty-object · server that implements nothing
Answers `{}` to everything.

Try it:  panel-conformance serve --null-server always-empty-object
";
    assert_prints(&run("explain always-empty-object"), expected);
    let variation = panel_conformance::variations()
        .iter()
        .find(|one| one.violates.is_empty())
        .expect("most variations keep every recommendation");
    let (name, summary) = (variation.name, variation.summary);
    let expected = format!(
        "{name} · variation of the reference server, which conforms\n{summary}\n\n\
         Try it:  panel-conformance serve --variation {name}\n"
    );
    assert_prints(&run(&format!("explain {name}")), &expected);
}

#[test]
fn a_schema_is_printed_for_editors() {
    let expected = include_str!("../../schemas/case.schema.json");
    assert_prints(&run("explain case.schema.json"), expected);
}
