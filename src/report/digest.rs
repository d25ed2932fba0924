//! What a result comes down to, for tellers that are read by people.
//!
//! One broken thing is told once: checks that fail in the same way are one way of being wrong,
//! ways that are met in the same places are one failure, and checks that hang on one reason are
//! one pause. Only sorts and counts; how it is
//! told belongs to the tellers, and everything in it that came from the target is hostile still.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::Story;
use super::curl_word::plain;
use crate::findings::Findings;
use crate::level::Level;
use crate::outcome::{CheckResult, Counts, Outcome, Reason, ReasonKind, Verdict, deciding_level};
use crate::requirement::Requirement;
use crate::role::Role;
use crate::violation::{Difference, Violation};

/// A result in the order in which it is told.
#[derive(Debug)]
pub struct Digest<'a> {
    /// What failed, the most binding first.
    pub failures: Vec<Failure<'a>>,
    /// Why checks could not be judged.
    pub unjudged: Vec<Pause<'a>>,
    /// Why checks were not tried.
    pub skipped: Vec<Pause<'a>>,
}

/// What is wrong in the same places.
#[derive(Debug)]
pub struct Failure<'a> {
    /// At least one; the most binding first.
    pub ways: Vec<Way<'a>>,
    /// Where; at least one, the one that is told in full first.
    pub places: Vec<Place<'a>>,
    /// How many checks failed by it.
    pub checks: usize,
}

/// One way in which answers are wrong, and what that breaks.
#[derive(Debug)]
pub struct Way<'a> {
    /// The requirements with the level they are judged at; at least one, the most binding first.
    pub broken: Vec<(&'a str, Level)>,
    /// What is wrong.
    pub violations: &'a [Violation],
    /// The answer against the nearest that would do.
    pub difference: Option<&'a Difference>,
}

/// A step whose exchange is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place<'a> {
    /// The case's id.
    pub case: &'a str,
    /// The step's id.
    pub step: &'a str,
}

impl std::fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.case, self.step)
    }
}

/// Checks that hang on one reason.
#[derive(Debug)]
pub struct Pause<'a> {
    /// The reason.
    pub reason: &'a Reason,
    /// The checks; at least one.
    pub checks: Vec<&'a CheckResult>,
}

impl<'a> Digest<'a> {
    /// Sorts a result.
    #[must_use]
    pub fn of(findings: &'a Findings) -> Digest<'a> {
        let reason_of_unjudged = |outcome: &'a Outcome| match outcome {
            Outcome::Unjudged(reason) => Some(reason),
            _ => None,
        };
        let reason_of_skipped = |outcome: &'a Outcome| match outcome {
            Outcome::Skipped(reason) => Some(reason),
            _ => None,
        };
        Digest {
            failures: failures(findings),
            unjudged: with_what_stopped(pauses(&findings.checks, reason_of_unjudged)),
            skipped: pauses(&findings.checks, reason_of_skipped),
        }
    }

    /// The failures whose most binding complaint has this level.
    pub fn failures_at(&self, level: Level) -> impl Iterator<Item = &Failure<'a>> {
        self.failures.iter().filter(move |failure| failure.level() == level)
    }
}

impl<'a> Failure<'a> {
    /// The way that is told in full.
    #[must_use]
    pub fn lead(&self) -> &Way<'a> {
        &self.ways[0]
    }

    /// The requirement that stands for all, and its level.
    #[must_use]
    pub fn requirement(&self) -> (&'a str, Level) {
        self.lead().broken[0]
    }

    /// How binding the most binding broken requirement is.
    #[must_use]
    pub fn level(&self) -> Level {
        self.requirement().1
    }

    /// Which of the repeats of the step the lead is about, from 0.
    #[must_use]
    pub fn repeat(&self) -> usize {
        let at = self.lead().violations.first().map_or("", |violation| violation.at.as_str());
        let number = at.split_once("(answer ").and_then(|(_, rest)| rest.split(' ').next());
        number.and_then(|number| number.parse::<usize>().ok()).map_or(0, |n| n.saturating_sub(1))
    }
}

impl<'a> Pause<'a> {
    /// The cases, each once.
    #[must_use]
    pub fn cases(&self) -> Vec<&'a str> {
        let mut cases: Vec<&str> = self.checks.iter().map(|check| check.case.as_str()).collect();
        cases.dedup();
        cases
    }

    /// `9 must, 5 should`.
    #[must_use]
    pub fn levels(&self) -> String {
        let of_level = |level: Level| {
            let count = self.checks.iter().filter(|check| check.level == level).count();
            (count > 0).then(|| format!("{count} {level}"))
        };
        Level::ALL.into_iter().filter_map(of_level).collect::<Vec<_>>().join(", ")
    }

    /// What would help, as a sentence; `None` where the reason says it or nothing does.
    #[must_use]
    pub fn remedy(&self) -> Option<&'static str> {
        match self.reason.kind {
            ReasonKind::Unreachable => {
                Some("See that the target runs and can be reached from here.")
            }
            ReasonKind::NoAnswer => {
                Some("Look into the target's log, or give it more time with --timeout.")
            }
            ReasonKind::RateLimited => Some("Run it again later, or more slowly with --rate."),
            ReasonKind::EarlierStep => Some("It comes right when the earlier step does."),
            ReasonKind::Stopped => Some("Run it again when what stopped it is mended."),
            ReasonKind::FixtureMissing | ReasonKind::Deselected => None,
        }
    }
}

/// A failed check with what its outcome holds.
#[derive(Clone, Copy)]
struct Failed<'a> {
    check: &'a CheckResult,
    violations: &'a [Violation],
    difference: Option<&'a Difference>,
}

impl<'a> Failed<'a> {
    fn of(check: &'a CheckResult) -> Option<Failed<'a>> {
        match &check.outcome {
            Outcome::Failed { violations, difference } => {
                Some(Failed { check, violations, difference: difference.as_ref() })
            }
            _ => None,
        }
    }

    fn place(&self) -> Place<'a> {
        Place { case: &self.check.case, step: &self.check.step }
    }

    /// What makes failures alike: the same violations, whichever hash they name. Within a body
    /// the same words may mean another thing for another call.
    fn signature(&self, findings: &Findings) -> String {
        let mut signature = String::new();
        for Violation { at, expected, actual } in self.violations {
            signature.push_str(&format!("{at}\0{}\0{}\0", nameless(expected), nameless(actual)));
        }
        if self.violations.iter().any(|violation| violation.at.starts_with("body /")) {
            let step = findings.step_of(self.check);
            let exchange = step.and_then(|step| step.exchanges.first());
            signature.push_str(exchange.map_or("", |exchange| &exchange.request.path));
        }
        signature
    }
}

/// A text in which no hash has a number.
fn nameless(text: &str) -> String {
    let mut pieces = text.split("«hash ");
    let mut shown = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        shown.push_str("«hash ");
        shown.push_str(piece.trim_start_matches(|character: char| character.is_ascii_digit()));
    }
    shown
}

fn failures(findings: &Findings) -> Vec<Failure<'_>> {
    let mut failures: Vec<Vec<Vec<Failed<'_>>>> = Vec::new();
    let mut by_places: HashMap<Vec<Place<'_>>, usize> = HashMap::new();
    for way in alike(findings) {
        let mut places: Vec<Place<'_>> = way.iter().map(Failed::place).collect();
        places.dedup();
        match by_places.get(&places) {
            Some(index) => failures[*index].push(way),
            None => {
                by_places.insert(places, failures.len());
                failures.push(vec![way]);
            }
        }
    }
    let mut failures: Vec<Failure<'_>> = failures.into_iter().map(failure).collect();
    failures.sort_by_key(|failure| Reverse(failure.level()));
    failures
}

/// Failed checks, those with one signature together.
fn alike(findings: &Findings) -> Vec<Vec<Failed<'_>>> {
    let mut ways: Vec<Vec<Failed<'_>>> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for failed in findings.checks.iter().filter_map(Failed::of) {
        let index = *known.entry(failed.signature(findings)).or_insert(ways.len());
        match ways.get_mut(index) {
            Some(way) => way.push(failed),
            None => ways.push(vec![failed]),
        }
    }
    ways
}

fn failure(mut ways: Vec<Vec<Failed<'_>>>) -> Failure<'_> {
    for way in &mut ways {
        way.sort_by_key(|failed| Reverse(failed.check.level));
    }
    ways.sort_by_key(|way| (Reverse(way[0].check.level), way[0].difference.is_none()));
    let mut places: Vec<Place<'_>> = Vec::new();
    for failed in &ways[0] {
        if !places.contains(&failed.place()) {
            places.push(failed.place());
        }
    }
    let checks = ways.iter().map(Vec::len).sum();
    Failure { ways: ways.iter().map(|way| told(way)).collect(), places, checks }
}

fn told<'a>(way: &[Failed<'a>]) -> Way<'a> {
    let mut broken: Vec<(&str, Level)> = Vec::new();
    for failed in way {
        if !broken.iter().any(|(known, _)| *known == failed.check.requirement) {
            broken.push((&failed.check.requirement, failed.check.level));
        }
    }
    Way { broken, violations: way[0].violations, difference: way[0].difference }
}

fn pauses<'a>(
    checks: &'a [CheckResult],
    reason_of: impl Fn(&'a Outcome) -> Option<&'a Reason>,
) -> Vec<Pause<'a>> {
    let mut pauses: Vec<Pause<'a>> = Vec::new();
    for check in checks {
        let Some(reason) = reason_of(&check.outcome) else { continue };
        match pauses.iter_mut().find(|pause| pause.reason == reason) {
            Some(pause) => pause.checks.push(check),
            None => pauses.push(Pause { reason, checks: vec![check] }),
        }
    }
    pauses.sort_by_key(|pause| (pause.reason.kind, Reverse(pause.checks.len())));
    pauses
}

/// Puts the checks that were not tried because the run was stopped to what stopped it.
fn with_what_stopped(mut pauses: Vec<Pause<'_>>) -> Vec<Pause<'_>> {
    if pauses.first().is_none_or(|first| first.reason.kind >= ReasonKind::EarlierStep) {
        return pauses;
    }
    let is_stopped = |pause: &Pause<'_>| pause.reason.kind == ReasonKind::Stopped;
    let (stopped, mut rest): (Vec<_>, Vec<_>) = pauses.drain(..).partition(is_stopped);
    rest[0].checks.extend(stopped.into_iter().flat_map(|pause| pause.checks));
    rest
}

/// The verdict in capitals with what made it: `CONFORMANT, 3 recommendations not kept`.
#[must_use]
pub fn headline(findings: &Findings) -> String {
    let deciding = deciding_level(findings.strict);
    let count = |is: fn(&Outcome) -> bool| {
        let decides = |check: &&CheckResult| check.level >= deciding && is(&check.outcome);
        findings.checks.iter().filter(decides).count()
    };
    let detail = match findings.verdict {
        Verdict::Conformant => match broken(findings, |level| level == Level::Should) {
            0 => String::new(),
            broken => format!(", {} not kept", counted(broken, "recommendation")),
        },
        Verdict::Nonconformant => {
            let broken = broken(findings, |level| level >= deciding);
            format!(", {} not kept", counted(broken, "requirement"))
        }
        Verdict::Inconclusive => {
            let unjudged = count(|outcome| matches!(outcome, Outcome::Unjudged(_)));
            format!(", {} could not be judged", counted(unjudged, "check"))
        }
        Verdict::Incomplete => match count(|outcome| matches!(outcome, Outcome::Skipped(_))) {
            0 => ", nothing was judged".to_owned(),
            skipped => format!(", {} skipped", counted(skipped, "check")),
        },
    };
    format!("{}{detail}", findings.verdict.name().to_uppercase())
}

/// How many requirements are broken by checks of some levels.
fn broken(findings: &Findings, is_meant: impl Fn(Level) -> bool) -> usize {
    let mut broken: Vec<&str> = findings
        .checks
        .iter()
        .filter(|check| is_meant(check.level) && matches!(check.outcome, Outcome::Failed { .. }))
        .map(|check| check.requirement.as_str())
        .collect();
    broken.sort_unstable();
    broken.dedup();
    broken.len()
}

/// What to do next, in one line.
#[must_use]
pub fn next_step(findings: &Findings, digest: &Digest<'_>) -> String {
    match findings.verdict {
        Verdict::Nonconformant => after_failure(findings, digest),
        Verdict::Inconclusive => {
            digest.unjudged.first().and_then(Pause::remedy).unwrap_or("Run it again.").to_owned()
        }
        Verdict::Incomplete => match digest.unjudged.first() {
            Some(pause) if pause.reason.kind == ReasonKind::Unreachable => {
                pause.remedy().unwrap_or_default().to_owned()
            }
            _ => after_gaps(digest),
        },
        Verdict::Conformant => match digest.failures_at(Level::Should).next() {
            Some(failure) => {
                let (id, _) = failure.requirement();
                format!("Read about the recommendations: panel-conformance explain {id}")
            }
            None if findings.target.embedded => {
                "Judge a server of your own: panel-conformance URL".to_owned()
            }
            None => {
                "Keep it so: run this on every change, with --report junit=report.xml".to_owned()
            }
        },
    }
}

/// Says how to run again only what failed.
fn after_failure(findings: &Findings, digest: &Digest<'_>) -> String {
    const MANY: usize = 3;
    let deciding = deciding_level(findings.strict);
    let mut cases: Vec<&str> = digest
        .failures
        .iter()
        .filter(|failure| failure.level() >= deciding)
        .flat_map(|failure| failure.places.iter().map(|place| place.case))
        .collect();
    cases.sort_unstable();
    cases.dedup();
    let first = match cases.len() > MANY {
        true => "Start with the first failure",
        false => "Run only what failed",
    };
    let shown = if cases.len() > MANY { first_failing(digest) } else { cases };
    format!("{first}: {}", again(findings, &shown))
}

fn first_failing<'a>(digest: &Digest<'a>) -> Vec<&'a str> {
    digest.failures.iter().take(1).map(|failure| failure.places[0].case).collect()
}

fn after_gaps(digest: &Digest<'_>) -> String {
    let is_named = |role: &Role| {
        let missing = |pause: &Pause<'_>| {
            pause.reason.kind == ReasonKind::FixtureMissing
                && pause.reason.text.contains(&format!("`{}`", role.name()))
        };
        digest.skipped.iter().any(missing)
    };
    let roles: Vec<&str> =
        Role::ALL.iter().filter(|role| is_named(role)).map(|r| r.name()).collect();
    if roles.is_empty() {
        return "Run without --case, --skip, --requirement and --level, or accept the gaps with \
                --allow-incomplete."
            .to_owned();
    }
    let roles = roles.join(", ");
    format!("Supply {roles} with --fixtures, or accept the gaps with --allow-incomplete.")
}

/// The command that runs these cases again.
#[must_use]
pub fn again(findings: &Findings, cases: &[&str]) -> String {
    let mut command = "panel-conformance run".to_owned();
    if !findings.target.embedded {
        command.push_str(" $URL");
    }
    for case in cases {
        command.push_str(" --case ");
        command.push_str(&plain(case));
    }
    command
}

/// What a check expects of its answer, in words that read after "expects"; from the suite, so
/// that it may not be there.
#[must_use]
pub fn expectation(story: Story<'_>, place: Place<'_>, requirement: &str) -> Option<String> {
    let case = story.suite.case(place.case)?;
    let step = case.steps.iter().find(|step| step.id == place.step)?;
    let check = step.checks.iter().find(|check| check.requirement == requirement)?;
    let words: Vec<String> = check.expectations.iter().map(|wanted| wanted.describe()).collect();
    (!words.is_empty()).then(|| words.join(", and "))
}

/// A requirement of the ledger and what became of its checks.
#[derive(Debug)]
pub struct Coverage<'a> {
    /// The requirement.
    pub requirement: &'a Requirement,
    /// What became of its checks, whatever their level.
    pub counts: Counts,
}

/// Every requirement of the ledger, in its order.
#[must_use]
pub fn coverage<'a>(story: Story<'a>) -> Vec<Coverage<'a>> {
    let mut of: HashMap<&str, Counts> = HashMap::new();
    for check in &story.findings.checks {
        let counts = of.entry(&check.requirement).or_default();
        match check.outcome {
            Outcome::Passed => counts.passed += 1,
            Outcome::Failed { .. } => counts.failed += 1,
            Outcome::Unjudged(_) => counts.unjudged += 1,
            Outcome::Skipped(_) => counts.skipped += 1,
        }
    }
    let entries = story.suite.ledger.iter();
    entries
        .map(|requirement| Coverage {
            requirement,
            counts: of.get(requirement.id.as_str()).copied().unwrap_or_default(),
        })
        .collect()
}

/// `1 check`, `2 checks`.
#[must_use]
pub fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// The first of many, and how many more there are: `a, b and 3 more`.
#[must_use]
pub fn some_of(items: &[String], limit: usize) -> String {
    let shown = items[..limit.min(items.len())].join(", ");
    match items.len().saturating_sub(limit) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// Milliseconds for people: `0.4 ms`, `3 ms`, `2.1 s`.
#[must_use]
pub fn time(milliseconds: f64) -> String {
    match milliseconds {
        ms if ms < 0.95 => format!("{ms:.1} ms"),
        ms if ms < 999.5 => format!("{ms:.0} ms"),
        ms if ms < 59_950.0 => format!("{:.1} s", ms / 1e3),
        ms => {
            let seconds = (ms / 1e3).round();
            format!("{:.0} min {:.0} s", (seconds / 60.0).floor(), seconds % 60.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Digest, coverage, expectation, headline, next_step, some_of, time};
    use crate::level::Level;
    use crate::outcome::{CheckResult, Outcome};
    use crate::report::sample::Sample;
    use rstest::rstest;

    #[test]
    fn checks_with_one_cause_are_one_failure() {
        let sample = Sample::new();
        let digest = Digest::of(&sample.findings);
        let way = |way: &super::Way<'_>| {
            let ids: Vec<&str> = way.broken.iter().map(|(id, _)| *id).collect();
            ids.join("+")
        };
        let shown: Vec<String> = digest
            .failures
            .iter()
            .map(|failure| {
                let ways: Vec<String> = failure.ways.iter().map(way).collect();
                let places: Vec<&str> = failure.places.iter().map(|place| place.step).collect();
                let (level, checks) = (failure.level(), failure.checks);
                format!("{checks} {level}: {} at {}", ways.join(" "), places.join(" "))
            })
            .collect();
        let expected = [
            "6 must: AUTH-E11 ERR-SUCCESS ERR-CODE-INT+ERR-RANGE AUTH-SECRET ERR-NOT200 at blocked",
            "1 must: AUTH-HASH-UNIQUE at again",
            "1 must: LO-ENDS at ended",
            "3 should: ERR-CT at sign-in blocked form",
            "1 should: PAR-FORM at form",
            "1 may: PERM-VERSION at ask",
        ];
        assert_eq!(shown, expected);
        assert_eq!(digest.failures[1].repeat(), 1);
    }

    #[test]
    fn a_failure_is_told_of_the_most_binding_place() {
        let mut sample = Sample::new();
        let is_type = |check: &&mut CheckResult| check.requirement == "ERR-CT";
        let last = sample.findings.checks.iter_mut().filter(is_type).next_back();
        last.expect("it is there").level = Level::Must;
        let digest = Digest::of(&sample.findings);
        let failure = digest.failures_at(Level::Must).next().expect("there are some");
        assert_eq!(
            (failure.requirement(), failure.places[0].step),
            (("ERR-CT", Level::Must), "form")
        );
    }

    #[rstest]
    #[case("\"«hash 12»\" or «hash 3 with more»", "\"«hash »\" or «hash  with more»")]
    #[case("none", "none")]
    fn failures_are_alike_whichever_hash_they_name(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(super::nameless(text), expected);
    }

    #[test]
    fn checks_with_one_reason_are_one_pause() {
        let sample = Sample::new();
        let digest = Digest::of(&sample.findings);
        let shown: Vec<String> = digest
            .unjudged
            .iter()
            .chain(&digest.skipped)
            .map(|pause| {
                format!("{:?} {} of {}", pause.reason.kind, pause.levels(), pause.cases().len())
            })
            .collect();
        let expected = [
            "NoAnswer 1 must of 1",
            "EarlierStep 6 must, 1 should of 7",
            "FixtureMissing 2 must of 1",
            "Deselected 1 should of 1",
        ];
        assert_eq!(shown, expected);
    }

    fn is(outcome: &Outcome, name: &str) -> bool {
        outcome.name() == name
    }

    #[rstest]
    #[case::everything(
        |_: &CheckResult| true,
        "NONCONFORMANT, 6 requirements not kept",
        "Run only what failed: panel-conformance run $URL --case logout/ends-the-session --case refusals/a-blocked-dealer-is-refused"
    )]
    #[case::unjudged(
        |check: &CheckResult| !is(&check.outcome, "failed"),
        "INCONCLUSIVE, 7 checks could not be judged",
        "Look into the target's log, or give it more time with --timeout."
    )]
    #[case::skipped(
        |check: &CheckResult| is(&check.outcome, "passed") || is(&check.outcome, "skipped"),
        "INCOMPLETE, 2 checks skipped",
        "Supply expired_session with --fixtures, or accept the gaps with --allow-incomplete."
    )]
    #[case::nothing(
        |_: &CheckResult| false,
        "INCOMPLETE, nothing was judged",
        "Run without --case, --skip, --requirement and --level, or accept the gaps with --allow-incomplete."
    )]
    #[case::recommendations(
        |check: &CheckResult| check.level == Level::Should || is(&check.outcome, "passed"),
        "CONFORMANT, 4 recommendations not kept",
        "Read about the recommendations: panel-conformance explain ERR-CT"
    )]
    #[case::good(
        |check: &CheckResult| is(&check.outcome, "passed"),
        "CONFORMANT",
        "Keep it so: run this on every change, with --report junit=report.xml"
    )]
    fn the_end_says_what_it_is_and_what_to_do(
        #[case] is_kept: fn(&CheckResult) -> bool,
        #[case] verdict: &str,
        #[case] next: &str,
    ) {
        let sample = Sample::new().keep(is_kept);
        assert_eq!(headline(&sample.findings), verdict);
        assert_eq!(next_step(&sample.findings, &Digest::of(&sample.findings)), next);
    }

    #[test]
    fn what_is_expected_comes_from_the_suite() {
        let sample = Sample::new();
        let digest = Digest::of(&sample.findings);
        let place = digest.failures[0].places[0];
        let words = |id| expectation(sample.story(), place, id);
        assert_eq!(words("AUTH-E11").as_deref(), Some("a refusal with code 11"));
        assert_eq!(words("NOTHING"), None);
    }

    #[test]
    fn coverage_counts_the_checks_of_every_requirement() {
        let sample = Sample::new();
        let coverage = coverage(sample.story());
        let of = |id: &str| coverage.iter().find(|of| of.requirement.id == id).map(|of| of.counts);
        assert_eq!(of("ERR-SUCCESS").map(|counts| (counts.failed, counts.skipped)), Some((1, 1)));
        assert_eq!(of("URL-V2").map(|counts| counts.total()), Some(0));
    }

    #[rstest]
    #[case(0.04, "0.0 ms")]
    #[case(0.42, "0.4 ms")]
    #[case(3.2, "3 ms")]
    #[case(2134.5, "2.1 s")]
    #[case(61_000.0, "1 min 1 s")]
    fn times_are_short(#[case] milliseconds: f64, #[case] expected: &str) {
        assert_eq!(time(milliseconds), expected);
    }

    #[test]
    fn of_many_the_first_are_named() {
        let items: Vec<String> = ["a", "b", "c"].map(str::to_owned).into();
        assert_eq!(some_of(&items, 2), "a, b and 1 more");
        assert_eq!(some_of(&items, 3), "a, b, c");
    }
}
