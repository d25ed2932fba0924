//! A small made-up story for the tests of tellers: every outcome, and a failure of every keyword.
//!
//! Built by hand, without files, network or judging, so that a teller's test breaks only when the
//! teller changes. [`Sample::hostile`] is the same story told by a target that attacks its reader.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::Context;
use crate::encoding::ENCODINGS;
use crate::expect::{Evidence, Expectation, Finding};
use crate::judge::findings::{CaseFindings, FORMAT, Findings, LevelCounts};
use crate::judge::recording::{CaseRecord, NotSent, StepRecord};
use crate::model::exchange::{Answer, Exchange, NoAnswer, Request};
use crate::model::identity::{Digests, SuiteIdentity};
use crate::model::level::Level;
use crate::model::outcome::{CheckResult, Counts, Outcome, verdict};
use crate::model::reason::{Deselection, EarlierStep, FixtureGap, Reason};
use crate::model::requirement::{Ledger, Requirement, Standing};
use crate::model::role::Role;
use crate::model::stopped::Stopped;
use crate::model::target::TargetIdentity;
use crate::model::violation::{Actual, AnswerNumber, Difference, Place, Violation};
use crate::suite::case::{Case, Check, Repeat, Step};
use crate::suite::selection::Filter;
use crate::suite::{Origin, Suite};
use crate::value::json;

/// What a hostile target puts wherever it can.
pub(crate) const HOSTILE: &str = "\u{1b}[2J\u{9b}31m\u{202e}\u{feff}\u{0}\r\n::error::owned\n##[error]owned\n\
     ``` </pre></td><script>alert(1)</script> ]]> & | `x` *b* [l](http://evil) @team #1 \u{ffff}";

/// Findings and the suite that they are about.
pub(crate) struct Sample {
    pub(crate) findings: Findings,
    pub(crate) suite: Suite,
}

impl Sample {
    /// The story with everything in it; its verdict is nonconformant.
    pub(crate) fn new() -> Sample {
        let mut sample = Sample { findings: no_findings(), suite: no_suite() };
        opens_a_session(&mut sample);
        blocked_dealer(&mut sample);
        ends_the_session(&mut sample);
        same_answer(&mut sample);
        permissions(&mut sample);
        not_judged(&mut sample);
        not_tried(&mut sample);
        sample.add_up();
        sample
    }

    /// The same story with hostile text in every place that a target can write to.
    pub(crate) fn hostile() -> Sample {
        let mut sample = Sample::new();
        for check in &mut sample.findings.checks {
            make_outcome_hostile(&mut check.outcome);
        }
        for case in &mut sample.findings.cases {
            for exchange in case.record.steps.iter_mut().flat_map(|step| &mut step.exchanges) {
                make_exchange_hostile(exchange);
            }
        }
        sample.findings.stopped = Some(Stopped::Told(HOSTILE.to_owned()));
        sample
    }

    /// The story without the checks that are not kept.
    pub(crate) fn keep(mut self, is_kept: impl Fn(&CheckResult) -> bool) -> Sample {
        self.findings.checks.retain(is_kept);
        self.add_up();
        self
    }

    pub(crate) fn context(&self) -> Context<'_> {
        Context { findings: &self.findings, suite: &self.suite }
    }

    fn add_up(&mut self) {
        let checks = &self.findings.checks;
        let counts = |level| Counts::of(checks, level);
        self.findings.counts = LevelCounts {
            must: counts(Level::Must),
            should: counts(Level::Should),
            may: counts(Level::May),
        };
        self.findings.verdict = verdict(checks, self.findings.strict);
        self.suite.ledger = Ledger::new(requirements());
    }

    fn case(&mut self, id: &str, title: &str, steps: Vec<(StepRecord, Vec<CheckOf>)>) {
        let file = format!("cases/{}.yaml", id.split('@').next().unwrap_or(id));
        let mut records = Vec::new();
        let mut meant = Vec::new();
        for (record, checks) in steps {
            for (requirement, level, _, outcome) in &checks {
                self.findings.checks.push(CheckResult {
                    case: id.to_owned(),
                    step: record.id.clone(),
                    requirement: (*requirement).to_owned(),
                    level: *level,
                    outcome: outcome.clone(),
                });
            }
            meant.push(step_as_meant(&record.id, checks));
            records.push(record);
        }
        self.findings.requests += records.iter().map(|step| step.exchanges.len()).sum::<usize>();
        self.findings.cases.push(CaseFindings {
            file: file.clone(),
            title: title.to_owned(),
            calls: Vec::new(),
            record: CaseRecord {
                id: id.to_owned(),
                fixtures: Map::new(),
                steps: records,
                clean_up: Vec::new(),
                judged: None,
                left_open: 0,
            },
        });
        self.suite.cases.push(Case {
            id: id.to_owned(),
            file,
            title: title.to_owned(),
            needs: Vec::new(),
            steps: meant,
        });
    }
}

/// Requirement, level, what is expected in words, outcome.
type CheckOf = (&'static str, Level, &'static str, Outcome);

fn opens_a_session(sample: &mut Sample) {
    let answer = json!({"success": true, "hash": "«hash 1»", "permissions": {}});
    let step = step("sign-in", vec![exchange(sign_in("20410", "dealer"), answer_of(200, &answer))]);
    let checks = vec![
        ("AUTH-OK", Level::Must, "an answer that fits the schema `auth`", Outcome::Passed),
        (
            "ERR-CT",
            Level::Should,
            "the header Content-Type to match `(?i)^application/json *(;|$)`",
            content_type(),
        ),
        ("AUTH-TIDY", Level::May, "", Outcome::Passed),
    ];
    sample.case("auth/opens-a-session", "Auth opens a session", vec![(step, checks)]);
}

/// Several checks of one exchange fail, some of them in the same way.
fn blocked_dealer(sample: &mut Sample) {
    let answer = json!({"success": true, "status": {"code": "11", "description": "blocked"}});
    let nearest = json!({"success": false, "status": {"code": 11, "description": "blocked"}});
    let step = step(
        "blocked",
        vec![exchange(sign_in("20412", "blocked_dealer"), answer_of(200, &answer))],
    );
    let success = || violation("body /success", "anything but true", "true");
    let code = || violation("body /status/code", "an integer", "\"11\"");
    let refused = failed(vec![success(), code()], Some(difference(&nearest, &answer)));
    let checks = vec![
        ("AUTH-E11", Level::Must, "a refusal with code 11", refused),
        ("ERR-SUCCESS", Level::Must, "", failed(vec![success()], None)),
        ("ERR-CODE-INT", Level::Must, "", failed(vec![code()], None)),
        ("ERR-RANGE", Level::Should, "", failed(vec![code()], None)),
        (
            "ERR-NOT200",
            Level::Should,
            "the HTTP status to be 4xx or 5xx",
            failed(vec![Violation::of_status("4xx or 5xx", 200)], None),
        ),
        (
            "ERR-CT",
            Level::Should,
            "the header Content-Type to match `(?i)^application/json *(;|$)`",
            content_type(),
        ),
        (
            "AUTH-SECRET",
            Level::Must,
            "an answer without a trace of blocked_dealer.password",
            reveals(),
        ),
    ];
    let title = "A blocked dealer is refused";
    sample.case("refusals/a-blocked-dealer-is-refused", title, vec![(step, checks)]);
}

/// A failure that takes the calls before it to repeat.
fn ends_the_session(sample: &mut Sample) {
    let signed_in = json!({"success": true, "hash": "«hash 2»", "permissions": {}});
    let granted = json!({"success": true, "permissions": {"base": ["read"]}});
    let refused = json!({"success": false});
    let first =
        step("first", vec![exchange(sign_in("20410", "dealer"), answer_of(200, &signed_in))]);
    let again = step(
        "again",
        vec![
            exchange(sign_in("20410", "dealer"), answer_of(200, &signed_in)),
            exchange(sign_in("20410", "dealer"), answer_of(200, &signed_in)),
        ],
    );
    let query = |action| request("GET", action, Some("hash=«hash 2»"), None);
    let logout =
        step("logout", vec![exchange(query("logout"), answer_of(200, &json!({"success": true})))]);
    let ended = step("ended", vec![exchange(query("get_permissions"), answer_of(200, &granted))]);
    let granted_after_all = violation("body /success", "anything but true", "true");
    let ends = failed(vec![granted_after_all], Some(difference(&refused, &granted)));
    let at = "body /hash (answer 2 of 2)".to_owned();
    let expected = "a value that differs from `first.hash`".to_owned();
    let same = violation(&at, &expected, "\"«hash 2»\"");
    let steps = vec![
        (first, Vec::new()),
        (
            again,
            vec![("AUTH-HASH-UNIQUE", Level::Must, "/hash to differ", failed(vec![same], None))],
        ),
        (logout, vec![("LO-200", Level::Must, "the HTTP status to be 200", Outcome::Passed)]),
        (ended, vec![("LO-ENDS", Level::Must, "a refusal", ends)]),
    ];
    sample.case("logout/ends-the-session", "Logout ends the session it is given", steps);
}

fn same_answer(sample: &mut Sample) {
    let first = json!({"base": ["read", "update"], "users": ["read"]});
    let second = json!({"base": ["read"], "users": ["read"], "labels": {"x": 1}});
    let body = b"hash=\xc2\xabhash 3\xc2\xbb".to_vec();
    let mut sent = request("POST", "get_permissions", None, Some(body));
    sent.headers =
        vec![("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
    let step = step("form", vec![exchange(sent, answer_of(200, &json!({"permissions": second})))]);
    let mut shown = difference(&first, &second);
    shown.against = "the answer of step `json`".to_owned();
    let violations = vec![
        violation("body /permissions/base", "[\"read\",\"update\"]", "[\"read\"]"),
        violation("body /permissions/labels", "nothing there", "{\"x\":1}"),
    ];
    let checks = vec![
        (
            "PAR-FORM",
            Level::Should,
            "/permissions to be the same as json.permissions, in any order",
            failed(violations, Some(shown)),
        ),
        (
            "ERR-CT",
            Level::Should,
            "the header Content-Type to match `(?i)^application/json *(;|$)`",
            content_type(),
        ),
    ];
    let title = "Every encoding gives the same answer";
    sample.case("parity/every-encoding-gives-the-same-answer@form", title, vec![(step, checks)]);
}

fn permissions(sample: &mut Sample) {
    let answer = json!({"success": true, "version": 2});
    let sent = request("GET", "get_permissions", Some("hash=«hash 3»"), None);
    let step = step("ask", vec![exchange(sent, answer_of(200, &answer))]);
    let version = violation("body /version", "1", "2");
    let checks = vec![
        ("PERM-VERSION", Level::May, "/version to be 1", failed(vec![version], None)),
        ("PERM-OK", Level::Must, "", Outcome::Passed),
    ];
    sample.case("permissions/are-reported", "Get_permissions reports them", vec![(step, checks)]);
}

fn not_judged(sample: &mut Sample) {
    let timed_out = NoAnswer::TimedOut(Duration::from_secs(10));
    let silent = Outcome::Unjudged(Reason::no_answer(timed_out.clone(), None));
    let sent = step("sign-in", vec![exchange(sign_in("20411", "second_dealer"), Err(timed_out))]);
    let title = "Two dealers have sessions of their own";
    let checks = vec![("SES-OWN", Level::Must, "", silent)];
    sample.case("sessions/are-of-one-dealer", title, vec![(sent, checks)]);
    for number in 1..=7 {
        let lack =
            EarlierStep::WithoutMember { step: "sign-in".to_owned(), member: "hash".to_owned() };
        let missing = Outcome::Unjudged(Reason::EarlierStep(lack.clone()));
        let level = if number == 7 { Level::Should } else { Level::Must };
        let unsent = unsent("ask", NotSent::ValueMissing(lack));
        let checks = vec![("SES-ALIVE", level, "", missing)];
        let id = format!("sessions/stays-alive-{number}");
        sample.case(&id, "A session stays alive", vec![(unsent, checks)]);
    }
}

fn not_tried(sample: &mut Sample) {
    let gap = FixtureGap::Absent { role: Role::ExpiredSession, others: Vec::new() };
    let missing = Outcome::Skipped(Reason::FixtureMissing(gap.clone()));
    let steps = vec![(
        unsent("expired", NotSent::FixtureMissing(gap)),
        vec![
            ("HASH-EXPIRED", Level::Must, "", missing.clone()),
            ("ERR-SUCCESS", Level::Must, "", missing),
        ],
    )];
    let title = "An expired hash is refused";
    sample.case("sessions/an-expired-hash-is-refused", title, steps);
    let by = Deselection::Skip;
    let deselected = Outcome::Skipped(Reason::Deselected { by });
    let steps = vec![(
        unsent("slash", NotSent::Deselected { by }),
        vec![("URL-SLASH", Level::Should, "", deselected)],
    )];
    sample.case("routing/a-trailing-slash-is-served", "A trailing slash is served too", steps);
}

fn requirements() -> Vec<Requirement> {
    let entry = |(id, level, sentence, source): &(&str, Level, &str, &str)| Requirement {
        id: (*id).to_owned(),
        level: *level,
        sentence: (*sentence).to_owned(),
        source: (*source).to_owned(),
        about: None,
        contested: None,
        standing: Standing::Judged,
        usual_check: None,
        groups: Vec::new(),
        calls: Vec::new(),
    };
    let mut entries: Vec<Requirement> = REQUIREMENTS.iter().map(entry).collect();
    entries.push(Requirement {
        standing: Standing::Excluded("The base URL is the operator's.".to_owned()),
        ..entry(&("URL-V2", Level::Should, "The base URL ends in `/v2`.", "Authentication page"))
    });
    entries
}

const REQUIREMENTS: [(&str, Level, &str, &str); 18] = [
    (
        "AUTH-OK",
        Level::Must,
        "Auth gives a hash and permissions.",
        "Account page, auth (seed-a.txt:24)",
    ),
    (
        "AUTH-E11",
        Level::Must,
        "A blocked dealer gives code 11.",
        "Account page, auth, errors (seed-b.txt:102)",
    ),
    ("AUTH-SECRET", Level::Must, "No answer repeats a password.", "Good sense"),
    (
        "AUTH-HASH-UNIQUE",
        Level::Must,
        "Every session has a hash of its own.",
        "Account page, auth (seed-a.txt:40)",
    ),
    ("AUTH-TIDY", Level::May, "An answer has no member that is not documented.", "Account page"),
    ("ERR-SUCCESS", Level::Must, "In a refusal `success` is false.", "Errors page (line 12)"),
    ("ERR-CODE-INT", Level::Must, "The code of a refusal is an integer.", "Errors page (line 14)"),
    ("ERR-RANGE", Level::Should, "Codes lie between 1 and 100.", "Errors page (line 20)"),
    (
        "ERR-NOT200",
        Level::Should,
        "A refusal has an HTTP status of 400 or above.",
        "Errors page (line 30)",
    ),
    (
        "ERR-CT",
        Level::Should,
        "Every answer that carries JSON says so in its header Content-Type, because clients choose their reader by it.",
        "Getting started, answers (lines 3-9); Account page, examples (seed-a.txt:24, 112, 198)",
    ),
    (
        "LO-200",
        Level::Must,
        "Logout answers with HTTP status 200.",
        "Account page, logout (seed-a.txt:190)",
    ),
    (
        "LO-ENDS",
        Level::Must,
        "A hash is of no use after logout.",
        "Account page, logout (seed-a.txt:188)",
    ),
    (
        "PAR-FORM",
        Level::Should,
        "A form gives the same answer as JSON.",
        "Getting started, requests",
    ),
    (
        "PERM-OK",
        Level::Must,
        "Get_permissions reports permissions.",
        "Account page, get_permissions",
    ),
    ("PERM-VERSION", Level::May, "The version is 1.", "Account page, get_permissions"),
    ("SES-OWN", Level::Must, "A session is of one dealer.", "Authentication page"),
    ("SES-ALIVE", Level::Must, "A session stays alive.", "Authentication page"),
    ("HASH-EXPIRED", Level::Must, "An expired hash is refused.", "Authentication page"),
];

fn failed(violations: Vec<Violation>, difference: Option<Difference>) -> Outcome {
    Outcome::Failed { violations, difference }
}

/// A violation from the words that tell it.
pub(crate) fn violation(at: &str, expected: &str, actual: &str) -> Violation {
    let (at, answer) = match at.split_once(" (answer ") {
        None => (at, None),
        Some((at, numbers)) => {
            let mut numbers = numbers.trim_end_matches(')').split(" of ").map(str::parse);
            let mut next = || numbers.next().and_then(Result::ok).expect("it is a number");
            (at, Some(AnswerNumber { number: next(), of: next() }))
        }
    };
    let place = match at.split_once(' ').unwrap_or((at, "")) {
        ("header", name) => Place::Header { name: name.to_owned() },
        ("body", pointer) => Place::Body { pointer: pointer.to_owned() },
        _ => Place::Status,
    };
    let lacking = expected.strip_prefix("a member `").and_then(|rest| rest.strip_suffix('`'));
    let actual = match (actual, lacking) {
        ("nothing there", _) => Actual::Nothing,
        ("no such member", Some(name)) => Actual::WithoutMember(name.to_owned()),
        (other, _) => Actual::Other(other.to_owned()),
    };
    Violation { place, answer, expected: expected.to_owned(), actual, doubt: None }
}

fn content_type() -> Outcome {
    let expected = "a value that matches `(?i)^application/json *(;|$)`";
    failed(vec![Violation::of_header("content-type", expected, "`text/plain`")], None)
}

fn reveals() -> Outcome {
    let shown = |at: &str| violation(at, "no trace of blocked_dealer.password", "the value itself");
    failed(vec![shown("header x-debug"), shown("body")], None)
}

fn difference(expected: &Value, actual: &Value) -> Difference {
    Difference {
        against: "the nearest answer that would do".to_owned(),
        expected: json::pretty(expected),
        actual: json::pretty(actual),
    }
}

fn request(method: &str, action: &str, query: Option<&str>, body: Option<Vec<u8>>) -> Request {
    Request {
        method: method.to_owned(),
        path: format!("/panel/account/{action}"),
        query: query.map(str::to_owned),
        headers: Vec::new(),
        body,
    }
}

fn sign_in(login: &str, role: &str) -> Request {
    let body = json!({"login": login, "password": format!("«{role}.password»")}).to_string();
    let mut request = request("POST", "auth", None, Some(body.into_bytes()));
    request.headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
    request
}

fn answer_of(status: u16, body: &Value) -> Result<Answer, NoAnswer> {
    let headers = vec![("content-type".to_owned(), "text/plain".to_owned())];
    Ok(Answer { status, headers, body: body.to_string().into_bytes(), defect: None })
}

fn exchange(request: Request, result: Result<Answer, NoAnswer>) -> Exchange {
    let (started, elapsed) = (Duration::from_millis(1), Duration::from_millis(3));
    Exchange { started, elapsed, ..Exchange::of(request, result) }
}

fn step(id: &str, exchanges: Vec<Exchange>) -> StepRecord {
    StepRecord { id: id.to_owned(), exchanges, not_sent: None }
}

fn unsent(id: &str, why: NotSent) -> StepRecord {
    StepRecord { id: id.to_owned(), exchanges: Vec::new(), not_sent: Some(why) }
}

fn step_as_meant(id: &str, checks: Vec<CheckOf>) -> Step {
    let check = |(requirement, level, words, _): CheckOf| Check {
        requirement: requirement.to_owned(),
        level,
        about: None,
        expectations: (!words.is_empty())
            .then(|| Box::new(Words(words)) as Box<dyn Expectation>)
            .into_iter()
            .collect(),
    };
    Step {
        id: id.to_owned(),
        call: "auth".to_owned(),
        path: "/panel/account/auth".to_owned(),
        method: "POST".to_owned(),
        encoding: &ENCODINGS[0],
        with: Vec::new(),
        headers: Vec::new(),
        body: None,
        content_type: None,
        fresh_connection: false,
        repeat: Repeat::Times(1),
        parallel: false,
        alongside: false,
        applies_if: Vec::new(),
        if_differ: None,
        query: None,
        after: Duration::ZERO,
        given: Vec::new(),
        checks: checks.into_iter().map(check).collect(),
    }
}

/// An expectation that only has words.
#[derive(Debug)]
struct Words(&'static str);

impl Expectation for Words {
    fn judge(&self, _: &Evidence<'_>) -> Finding {
        Finding::Holds
    }

    fn describe(&self) -> String {
        self.0.to_owned()
    }
}

fn make_outcome_hostile(outcome: &mut Outcome) {
    match outcome {
        Outcome::Passed => {}
        Outcome::Unjudged(reason) | Outcome::Skipped(reason) | Outcome::NotApplicable(reason) => {
            let text = format!("{reason}{HOSTILE}");
            *reason = Reason::Told { kind: reason.kind(), text };
        }
        Outcome::Failed { violations, difference } => {
            for violation in violations {
                let pointer = format!("/{HOSTILE}");
                violation.place = Place::Body { pointer };
                violation.expected.push_str(HOSTILE);
                violation.actual = Actual::Other(format!("{}{HOSTILE}", violation.actual));
            }
            if let Some(difference) = difference {
                difference.against.push_str(HOSTILE);
                difference.expected.push_str(HOSTILE);
                difference.actual.insert_str(0, HOSTILE);
            }
        }
    }
}

fn make_exchange_hostile(exchange: &mut Exchange) {
    match &mut exchange.result {
        Ok(answer) => {
            answer.headers.push((HOSTILE.to_owned(), HOSTILE.to_owned()));
            answer.body.extend_from_slice(HOSTILE.as_bytes());
            answer.body.push(0xff);
        }
        Err(failure) => *failure = NoAnswer::Broken(HOSTILE.to_owned()),
    }
}

fn no_findings() -> Findings {
    Findings {
        format: FORMAT,
        suite: SuiteIdentity {
            name: "panel-conformance".to_owned(),
            version: "0.1.0".to_owned(),
            digests: Digests::default(),
        },
        target: TargetIdentity {
            url: "http://localhost:8080/v2".to_owned(),
            others: Vec::new(),
            embedded: false,
            overrides: Vec::new(),
        },
        started: "2026-11-25T19:00:00Z".to_owned(),
        duration_ms: 2134.5,
        verdict: verdict(&[], false),
        strict: false,
        selection: Filter::default(),
        origin: Origin::BuiltIn,
        options: Vec::new(),
        made_up: BTreeMap::new(),
        trusts_fixtures: false,
        stopped: None,
        requests: 0,
        open_sessions: 0,
        counts: LevelCounts::default(),
        checks: Vec::new(),
        cases: Vec::new(),
        secrets: BTreeMap::new(),
    }
}

fn no_suite() -> Suite {
    Suite {
        cases: Vec::new(),
        ledger: Ledger::default(),
        digests: Digests::default(),
        files: 0,
        origin: Origin::BuiltIn,
    }
}
