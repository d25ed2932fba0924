//! A story for tests: one check of each outcome, told by a target that says everything a format
//! has to fear.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::judge::findings::{CaseFindings, Findings, LevelCounts};
use crate::judge::recording::{CaseRecord, StepRecord};
use crate::model::exchange::{Answer, Exchange, Request};
use crate::model::identity::{Digests, SuiteIdentity};
use crate::model::level::Level;
use crate::model::outcome::{CheckResult, Counts, Outcome, verdict};
use crate::model::reason::{Reason, ReasonKind};
use crate::model::requirement::{Ledger, Requirement, Standing};
use crate::model::target::TargetIdentity;
use crate::model::violation::{Actual, Difference, Violation};
use crate::suite::selection::Filter;
use crate::suite::{Origin, Suite};

/// Markup, sequences of terminals, ends of quotes and of sections, and what XML cannot hold.
pub(super) const TEXT: &str =
    "<script>alert(1)</script>]]>\u{1b}[31m\u{ffff}\u{202e}`\"'</pre>&amp;${HOME}";

/// The findings of a run with these outcomes, each of a check of its own.
pub(crate) fn findings(outcomes: Vec<(Level, Outcome)>) -> Findings {
    let checks: Vec<CheckResult> = outcomes.into_iter().enumerate().map(check).collect();
    let count = |level| Counts::of(&checks, level);
    Findings {
        format: 1,
        suite: SuiteIdentity {
            name: "panel-conformance".to_owned(),
            version: "0.1.0".to_owned(),
            digests: Digests {
                cases: "c".repeat(64),
                schemas: "5".repeat(64),
                ledger: "1".repeat(64),
            },
        },
        target: TargetIdentity {
            url: "https://api.example.com/v2".to_owned(),
            others: Vec::new(),
            embedded: false,
            overrides: Vec::new(),
        },
        started: "2026-11-25T19:12:02Z".to_owned(),
        duration_ms: 1250.0,
        verdict: verdict(&checks, false),
        strict: false,
        selection: Filter::default(),
        origin: Origin::BuiltIn,
        options: Vec::new(),
        made_up: BTreeMap::new(),
        trusts_fixtures: false,
        stopped: None,
        requests: 1,
        open_sessions: 0,
        counts: LevelCounts {
            must: count(Level::Must),
            should: count(Level::Should),
            may: count(Level::May),
        },
        checks,
        cases: vec![case()],
        secrets: BTreeMap::new(),
    }
}

/// One check of each outcome, and everything that the target says hostile.
pub(super) fn every_outcome() -> Findings {
    findings(vec![
        (Level::Must, Outcome::Passed),
        (Level::Must, failed()),
        (Level::Should, failed()),
        (Level::Must, Outcome::Unjudged(reason(ReasonKind::NoAnswer, TEXT))),
        (Level::Should, Outcome::Skipped(reason(ReasonKind::FixtureMissing, "no `dealer`"))),
        (Level::May, Outcome::NotApplicable(Reason::NotRefused)),
    ])
}

pub(super) fn failed() -> Outcome {
    Outcome::Failed {
        violations: vec![Violation::of_body("/status/code", "11", Actual::Other(TEXT.to_owned()))],
        difference: Some(Difference {
            against: "the nearest answer that would do".to_owned(),
            expected: "{\n  \"code\": 11\n}".to_owned(),
            actual: format!("{{\n  \"code\": {TEXT}\n}}"),
        }),
    }
}

pub(super) fn reason(kind: ReasonKind, text: &str) -> Reason {
    Reason::Told { kind, text: text.to_owned() }
}

/// A suite that knows the requirements of the findings, and one that no check judges.
pub(super) fn suite() -> Suite {
    let entry = |id: &str, standing| Requirement {
        id: id.to_owned(),
        level: Level::Must,
        sentence: format!("The statement {id} is kept in `code`."),
        source: "Account page, auth (seed-a.txt:1)".to_owned(),
        about: None,
        contested: None,
        standing,
        usual_check: None,
        groups: Vec::new(),
        calls: Vec::new(),
    };
    let mut entries: Vec<Requirement> =
        (1..=5).map(|number| entry(&format!("R-{number}"), Standing::Judged)).collect();
    entries.push(entry("R-OUT", Standing::Excluded("Nobody can see it.".to_owned())));
    Suite {
        cases: Vec::new(),
        ledger: Ledger::new(entries),
        digests: Digests::default(),
        files: 1,
        origin: Origin::BuiltIn,
    }
}

fn check((index, (level, outcome)): (usize, (Level, Outcome))) -> CheckResult {
    CheckResult {
        case: "auth/opens-a-session".to_owned(),
        step: "sign-in".to_owned(),
        requirement: format!("R-{}", index + 1),
        level,
        outcome,
    }
}

fn case() -> CaseFindings {
    let request = Request {
        method: "POST".to_owned(),
        path: "/panel/account/auth".to_owned(),
        query: None,
        headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
        body: Some(b"{\"login\":\"1\"}".to_vec()),
    };
    let result = Ok(Answer {
        status: 200,
        headers: vec![("x-hostile".to_owned(), TEXT.to_owned())],
        body: TEXT.as_bytes().to_vec(),
        defect: None,
    });
    let elapsed = Duration::from_millis(3);
    let exchange = Exchange { elapsed, ..Exchange::of(request, result) };
    let step = StepRecord { id: "sign-in".to_owned(), exchanges: vec![exchange], not_sent: None };
    CaseFindings {
        file: "cases/auth/opens-a-session.yaml".to_owned(),
        title: "Auth opens a session".to_owned(),
        calls: Vec::new(),
        record: CaseRecord {
            id: "auth/opens-a-session".to_owned(),
            fixtures: serde_json::Map::new(),
            steps: vec![step],
            clean_up: Vec::new(),
            judged: None,
            left_open: 0,
        },
    }
}
