//! What a result comes down to, for tellers that are read by people.
//!
//! One broken thing is told once: checks that fail in the same way on the same exchanges are one
//! failure, and checks that hang on one reason are one pause. Only sorts and counts; how it is
//! told belongs to the tellers, and everything in it that came from the target is hostile still.

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

/// Complaints that are made in exactly the same places.
#[derive(Debug)]
pub struct Failure<'a> {
    /// The most binding first; the first with a difference leads.
    pub complaints: Vec<Complaint<'a>>,
    /// Where; at least one.
    pub places: Vec<Place<'a>>,
}

/// A requirement that is broken in one way.
#[derive(Debug, Clone)]
pub struct Complaint<'a> {
    /// The requirement's id.
    pub requirement: &'a str,
    /// The level it is judged at.
    pub level: Level,
    /// How it is broken.
    pub violations: &'a [Violation],
    /// The answer of the first place against the nearest that would do.
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
            failures: failures(&findings.checks),
            unjudged: pauses(&findings.checks, reason_of_unjudged),
            skipped: pauses(&findings.checks, reason_of_skipped),
        }
    }

    /// The failures whose most binding complaint has this level.
    pub fn failures_at(&self, level: Level) -> impl Iterator<Item = &Failure<'a>> {
        self.failures.iter().filter(move |failure| failure.level() == level)
    }
}

impl<'a> Failure<'a> {
    /// The complaint that is told in full.
    #[must_use]
    pub fn lead(&self) -> &Complaint<'a> {
        &self.complaints[0]
    }

    /// How binding the most binding complaint is.
    #[must_use]
    pub fn level(&self) -> Level {
        self.lead().level
    }

    /// How many checks failed by it.
    #[must_use]
    pub fn checks(&self) -> usize {
        self.complaints.len() * self.places.len()
    }

    /// The complaints by what is wrong: first those that break what the lead breaks, then the
    /// others.
    #[must_use]
    pub fn by_violations(&self) -> Vec<Vec<&Complaint<'a>>> {
        let mut groups: Vec<Vec<&Complaint<'a>>> = Vec::new();
        for complaint in &self.complaints {
            match groups.iter_mut().find(|group| group[0].violations == complaint.violations) {
                Some(group) => group.push(complaint),
                None => groups.push(vec![complaint]),
            }
        }
        groups
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
            ReasonKind::Stopped => Some("Run it again, to the end."),
            ReasonKind::FixtureMissing | ReasonKind::Deselected => None,
        }
    }
}

/// Checks with the same requirement, level and violations, and where.
type Complaints<'a> = Vec<(Complaint<'a>, Vec<Place<'a>>)>;

fn failures(checks: &[CheckResult]) -> Vec<Failure<'_>> {
    let mut failures: Vec<Failure<'_>> = Vec::new();
    let mut by_places: HashMap<Vec<Place<'_>>, usize> = HashMap::new();
    for (complaint, places) in complaints(checks) {
        match by_places.get(&places) {
            Some(index) => failures[*index].complaints.push(complaint),
            None => {
                by_places.insert(places.clone(), failures.len());
                failures.push(Failure { complaints: vec![complaint], places });
            }
        }
    }
    for failure in &mut failures {
        failure.complaints.sort_by_key(|complaint| {
            (std::cmp::Reverse(complaint.level), complaint.difference.is_none())
        });
    }
    failures.sort_by_key(|failure| std::cmp::Reverse(failure.level()));
    failures
}

fn complaints(checks: &[CheckResult]) -> Complaints<'_> {
    let mut complaints: Complaints<'_> = Vec::new();
    let mut known: HashMap<(&str, Level), Vec<usize>> = HashMap::new();
    for check in checks {
        let Outcome::Failed { violations, difference } = &check.outcome else { continue };
        let place = Place { case: &check.case, step: &check.step };
        let alike = known.entry((&check.requirement, check.level)).or_default();
        match alike.iter().find(|index| complaints[**index].0.violations == violations) {
            Some(index) => complaints[*index].1.push(place),
            None => {
                alike.push(complaints.len());
                let complaint = Complaint {
                    requirement: &check.requirement,
                    level: check.level,
                    violations,
                    difference: difference.as_ref(),
                };
                complaints.push((complaint, vec![place]));
            }
        }
    }
    complaints
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
    pauses.sort_by_key(|pause| (pause.reason.kind, std::cmp::Reverse(pause.checks.len())));
    pauses
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
        Verdict::Incomplete => after_gaps(digest),
        Verdict::Conformant => match digest.failures_at(Level::Should).next() {
            Some(failure) => {
                let id = failure.lead().requirement;
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
        let shown: Vec<String> = digest
            .failures
            .iter()
            .map(|failure| {
                let ids: Vec<&str> = failure.complaints.iter().map(|c| c.requirement).collect();
                let places: Vec<&str> = failure.places.iter().map(|place| place.step).collect();
                format!("{}: {} at {}", failure.level(), ids.join(" "), places.join(" "))
            })
            .collect();
        let expected = [
            "must: AUTH-E11 ERR-SUCCESS ERR-CODE-INT AUTH-SECRET ERR-RANGE ERR-NOT200 at blocked",
            "must: AUTH-HASH-UNIQUE at again",
            "must: LO-ENDS at ended",
            "should: ERR-CT at sign-in blocked form",
            "should: PAR-FORM at form",
            "may: PERM-VERSION at ask",
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_failure_knows_its_repeat_and_what_breaks_alike() {
        let sample = Sample::new();
        let digest = Digest::of(&sample.findings);
        assert_eq!(digest.failures[1].repeat(), 1);
        let groups = digest.failures[0].by_violations();
        let ids: Vec<Vec<&str>> =
            groups.iter().map(|group| group.iter().map(|c| c.requirement).collect()).collect();
        let code = vec!["ERR-CODE-INT", "ERR-RANGE"];
        let [e11, success, secret, status] =
            ["AUTH-E11", "ERR-SUCCESS", "AUTH-SECRET", "ERR-NOT200"].map(|id| vec![id]);
        assert_eq!(ids, [e11, success, code, secret, status]);
        assert_eq!(digest.failures[3].checks(), 3);
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
