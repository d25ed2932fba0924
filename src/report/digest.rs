//! What a result comes down to, for reports that people read.
//!
//! One broken thing is told once: checks that fail in the same way are one way of being wrong,
//! ways that are met in the same places are one failure, and checks that hang on one reason are
//! one group. Only sorts and counts; how it is told belongs to the reports, and everything in it
//! that came from the target is hostile still.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use super::Context;
use super::reasons::{ReasonGroup, reason_groups, with_what_stopped};
use super::symptom::{Symptom, distinct};
use crate::judge::findings::Findings;
use crate::model::level::Level;
use crate::model::outcome::{CheckResult, Counts, Outcome};
use crate::model::requirement::Requirement;
use crate::model::violation::{Difference, Violation};

/// A result in the order in which it is told.
#[derive(Debug)]
pub(crate) struct Digest<'a> {
    /// What failed, the most binding first.
    pub failures: Vec<Failure<'a>>,
    /// Why checks could not be judged.
    pub unjudged: Vec<ReasonGroup<'a>>,
    /// Why checks were not tried.
    pub skipped: Vec<ReasonGroup<'a>>,
    /// Why statements did not bind this server.
    pub not_applicable: Vec<ReasonGroup<'a>>,
}

/// What is wrong in the same places.
#[derive(Debug)]
pub(crate) struct Failure<'a> {
    /// At least one; the most binding first.
    pub ways: Vec<Way<'a>>,
    /// Where; at least one, the one that is told in full first.
    pub places: Vec<Place<'a>>,
    /// How many checks failed by it.
    pub checks: usize,
}

/// One way in which answers are wrong, and what that breaks.
#[derive(Debug)]
pub(crate) struct Way<'a> {
    /// The requirements with the level they are judged at; at least one, the most binding first.
    pub broken: Vec<(&'a str, Level)>,
    /// What is wrong.
    pub violations: &'a [Violation],
    /// The answer against the nearest that would do.
    pub difference: Option<&'a Difference>,
}

/// A step whose exchange is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Place<'a> {
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

impl<'a> Digest<'a> {
    /// Sorts a result.
    pub(crate) fn of(context: Context<'a>) -> Digest<'a> {
        let findings = context.findings;
        let groups = |is_meant: fn(&Outcome) -> bool| reason_groups(&findings.checks, is_meant);
        let unjudged = groups(|outcome| matches!(outcome, Outcome::Unjudged(_)));
        Digest {
            failures: failures(context),
            unjudged: with_what_stopped(unjudged),
            skipped: groups(|outcome| matches!(outcome, Outcome::Skipped(_))),
            not_applicable: groups(|outcome| matches!(outcome, Outcome::NotApplicable(_))),
        }
    }

    /// The failures whose most binding complaint has this level.
    pub(crate) fn failures_at(&self, level: Level) -> impl Iterator<Item = &Failure<'a>> {
        self.failures.iter().filter(move |failure| failure.level() == level)
    }
}

impl<'a> Failure<'a> {
    /// The way that is told in full.
    pub(crate) fn lead(&self) -> &Way<'a> {
        &self.ways[0]
    }

    /// The requirement that stands for all, and its level.
    pub(crate) fn requirement(&self) -> (&'a str, Level) {
        self.lead().broken[0]
    }

    /// How binding the most binding broken requirement is.
    pub(crate) fn level(&self) -> Level {
        self.requirement().1
    }

    fn symptoms(&self) -> impl Iterator<Item = Symptom> {
        self.ways.iter().flat_map(|way| way.violations).map(Symptom::of)
    }

    fn follows_from(&self, cause: &Failure<'_>) -> bool {
        if !self.places.iter().all(|place| cause.places.contains(place)) {
            return false;
        }
        let known: Vec<Symptom> = cause.symptoms().collect();
        self.symptoms().any(|one| known.iter().any(|known| one.is_about_the_same_as(known)))
    }

    fn take(&mut self, consequence: Failure<'a>) {
        self.ways.extend(consequence.ways);
        self.ways[1..].sort_by_key(|way| Reverse(way.broken[0].1));
        self.checks += consequence.checks;
    }

    /// Which of the repeats of the step the lead is about, from 0.
    pub(crate) fn repeat(&self) -> usize {
        repeat_of(self.lead().violations)
    }
}

/// Which of the repeats of a step the first violation is about, from 0.
pub(crate) fn repeat_of(violations: &[Violation]) -> usize {
    violations.first().map_or(0, Violation::repeat)
}

/// A failed check with what its outcome holds.
#[derive(Clone, Copy)]
struct Failed<'a> {
    check: &'a CheckResult,
    violations: &'a [Violation],
    difference: Option<&'a Difference>,
    /// Whether it is asked of every step of a kind rather than by the case, and kept elsewhere: then
    /// what is broken is what the case asks.
    is_general: bool,
    /// Whether it says that the call was not properly answered.
    is_of_every_call: bool,
}

/// What makes failures alike: the same violations, whichever hash they name, and whichever repeat
/// of a step shows them. Within a body the same words may mean another thing for another call.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Signature<'a> {
    symptoms: Vec<Symptom>,
    path: Option<&'a str>,
    /// The requirement that is told first where a call was not properly answered.
    head: Option<&'a str>,
}

impl<'a> Failed<'a> {
    fn all(context: Context<'a>) -> Vec<Failed<'a>> {
        let checks = &context.findings.checks;
        let kept = checks.iter().filter(|check| check.outcome == Outcome::Passed);
        let kept: HashSet<&str> = kept.map(|check| check.requirement.as_str()).collect();
        checks.iter().filter_map(|check| Failed::of(check, context, &kept)).collect()
    }

    fn of(
        check: &'a CheckResult,
        context: Context<'_>,
        kept: &HashSet<&str>,
    ) -> Option<Failed<'a>> {
        let Outcome::Failed { violations, difference } = &check.outcome else { return None };
        let requirement = context.suite.ledger.get(&check.requirement);
        let is = |of: fn(&Requirement) -> bool| requirement.is_some_and(of);
        Some(Failed {
            check,
            violations,
            difference: difference.as_ref(),
            is_general: is(Requirement::is_of_every_call)
                || (is(|known| !known.groups.is_empty() && known.calls.is_empty())
                    && kept.contains(check.requirement.as_str())),
            is_of_every_call: is(Requirement::is_of_every_call),
        })
    }

    fn place(&self) -> Place<'a> {
        Place { case: &self.check.case, step: &self.check.step }
    }

    /// The requirement and the level at which it fails.
    fn kind(&self) -> (&'a str, Level) {
        (&self.check.requirement, self.check.level)
    }

    /// How binding it is, and then whether the case itself asks it.
    fn weight(&self) -> (Reverse<Level>, bool) {
        (Reverse(self.check.level), self.is_general)
    }

    fn signature(&self, findings: &'a Findings) -> Signature<'a> {
        let symptoms: Vec<Symptom> =
            distinct(self.violations).into_iter().map(|(symptom, _)| symptom).collect();
        let is_within = symptoms.iter().any(Symptom::is_within_a_body);
        let path = if is_within { self.path(findings) } else { None };
        Signature { symptoms, path, head: None }
    }

    /// What was called.
    fn path(&self, findings: &'a Findings) -> Option<&'a str> {
        let exchange = findings.step_of(self.check)?.exchanges.first()?;
        Some(exchange.request.path.as_str())
    }
}

fn failures(context: Context<'_>) -> Vec<Failure<'_>> {
    let mut failures: Vec<Vec<Vec<Failed<'_>>>> = Vec::new();
    let mut by_places: HashMap<Vec<Place<'_>>, usize> = HashMap::new();
    for way in alike(context) {
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
    failures.sort_by_key(|failure| (Reverse(failure.level()), Reverse(failure.places.len())));
    with_what_follows(failures)
}

/// Tells what follows from a failure with it: what finds fault with the same values of the same
/// answers. A refusal that is granted, say, is no error object either.
fn with_what_follows(failures: Vec<Failure<'_>>) -> Vec<Failure<'_>> {
    let mut told: Vec<Failure<'_>> = Vec::new();
    for failure in failures {
        match told.iter_mut().find(|cause| failure.follows_from(cause)) {
            Some(cause) => cause.take(failure),
            None => told.push(failure),
        }
    }
    told
}

/// Failed checks, those with one signature together.
fn alike(context: Context<'_>) -> Vec<Vec<Failed<'_>>> {
    let failed = Failed::all(context);
    let unanswered = unanswered(&failed, context.findings);
    let mut ways: Vec<Vec<Failed<'_>>> = Vec::new();
    let mut known: HashMap<Signature<'_>, usize> = HashMap::new();
    for failed in failed {
        let of_place = unanswered.get(&failed.place()).cloned();
        let signature = of_place.unwrap_or_else(|| failed.signature(context.findings));
        let index = *known.entry(signature).or_insert(ways.len());
        match ways.get_mut(index) {
            Some(way) => way.push(failed),
            None => ways.push(vec![failed]),
        }
    }
    ways
}

/// Where a call was not properly answered, what all failures there have in common: whatever they
/// expect, the answer is wrong in one way. What is told first of it keeps them apart if it
/// is required.
fn unanswered<'a>(
    failed: &[Failed<'a>],
    findings: &'a Findings,
) -> HashMap<Place<'a>, Signature<'a>> {
    let times = times(failed);
    let of_every_call = failed.iter().filter(|one| one.is_of_every_call);
    let heads: Vec<(Place<'a>, Signature<'a>, &Failed<'a>)> = of_every_call
        .filter_map(|one| {
            let here = failed.iter().filter(|other| other.place() == one.place());
            let weight = |other: &&Failed<'a>| (other.weight(), Reverse(times.get(&other.kind())));
            let answer = Signature { path: one.path(findings), ..one.signature(findings) };
            Some((one.place(), answer, here.min_by_key(weight)?))
        })
        .collect();
    let told = |answer: &Signature<'a>, head: &Failed<'a>| {
        let alike = heads.iter().filter(|(_, other, _)| other == answer).map(|(_, _, head)| head);
        let first = alike.min_by_key(|head| (head.weight(), Reverse(times.get(&head.kind()))));
        let is_told = first.is_none_or(|first| first.kind() == head.kind())
            || head.check.level == Level::Must;
        let head = if is_told { head } else { first.copied().unwrap_or(head) };
        Signature { head: Some(&head.check.requirement), ..answer.clone() }
    };
    heads.iter().map(|(place, answer, head)| (*place, told(answer, head))).collect()
}

fn failure(mut ways: Vec<Vec<Failed<'_>>>) -> Failure<'_> {
    for way in &mut ways {
        sort_by_weight(way);
    }
    ways.sort_by_key(|way| (way[0].weight(), way[0].difference.is_none()));
    let mut places: Vec<Place<'_>> = Vec::new();
    for failed in &ways[0] {
        if !places.contains(&failed.place()) {
            places.push(failed.place());
        }
    }
    let checks = ways.iter().map(Vec::len).sum();
    Failure { ways: ways.iter().map(|way| told(way)).collect(), places, checks }
}

/// Puts the most binding checks first, of these what the case itself asks before what is asked of
/// every step of the kind, and of these the ones of the requirement that fails in most of them:
/// what stands at the head is what is broken, rather than one of the many things that cannot hold
/// without it. Where that is even, the order of the cases decides.
fn sort_by_weight(way: &mut [Failed<'_>]) {
    let times = times(way);
    way.sort_by_key(|failed| (failed.weight(), Reverse(times.get(&failed.kind()).copied())));
}

/// How often each requirement fails at each level.
fn times<'a>(failed: &[Failed<'a>]) -> HashMap<(&'a str, Level), usize> {
    let mut times = HashMap::new();
    for failed in failed {
        *times.entry(failed.kind()).or_default() += 1;
    }
    times
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

/// A requirement of the ledger and what became of its checks.
#[derive(Debug)]
pub(crate) struct Coverage<'a> {
    /// The requirement.
    pub requirement: &'a Requirement,
    /// What became of its checks, whatever their level.
    pub counts: Counts,
}

/// Every requirement of the ledger, in its order.
pub(crate) fn coverage<'a>(context: Context<'a>) -> Vec<Coverage<'a>> {
    let mut of: HashMap<&str, Counts> = HashMap::new();
    for check in &context.findings.checks {
        of.entry(&check.requirement).or_default().add(&check.outcome);
    }
    let entries = context.suite.ledger.iter();
    entries
        .map(|requirement| Coverage {
            requirement,
            counts: of.get(requirement.id.as_str()).copied().unwrap_or_default(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Context, Digest, Requirement, coverage};
    use crate::model::level::Level;
    use crate::model::outcome::{CheckResult, Outcome};
    use crate::model::requirement::Ledger;
    use crate::report::hostile;
    use crate::report::sample::{Sample, violation};
    use rstest::rstest;

    #[test]
    fn checks_with_one_cause_are_one_failure() {
        let sample = Sample::new();
        let digest = Digest::of(sample.context());
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
        let last = sample.findings.checks.iter_mut().rfind(is_type);
        last.expect("it is there").level = Level::Must;
        let digest = Digest::of(sample.context());
        let failure = digest.failures_at(Level::Must).next().expect("there are some");
        assert_eq!(
            (failure.requirement(), failure.places[0].step),
            (("ERR-CT", Level::Must), "form")
        );
    }

    /// What many things need, and fails them all, stands at the head rather than the first of them.
    #[test]
    fn the_requirement_that_fails_most_heads_a_failure() {
        let failed = || Outcome::Failed {
            violations: vec![violation("status", "4xx", "200")],
            difference: None,
        };
        let mut findings = hostile::findings(vec![
            (Level::Should, failed()),
            (Level::Should, failed()),
            (Level::Must, failed()),
            (Level::Must, failed()),
            (Level::Must, failed()),
        ]);
        let named = [("S", "a"), ("S", "b"), ("ONCE", "a"), ("TWICE", "b"), ("TWICE", "c")];
        for (check, (requirement, step)) in findings.checks.iter_mut().zip(named) {
            check.requirement = requirement.to_owned();
            check.step = step.to_owned();
        }
        let suite = hostile::suite();
        let digest = Digest::of(Context { findings: &findings, suite: &suite });
        let failure = &digest.failures[0];
        let broken: Vec<&str> = failure.lead().broken.iter().map(|(id, _)| *id).collect();
        let places: Vec<&str> = failure.places.iter().map(|place| place.step).collect();
        assert_eq!((broken, places), (vec!["TWICE", "ONCE", "S"], vec!["b", "c", "a"]));
    }

    /// What a case asks goes before what is asked everywhere, unless that is kept nowhere; and what
    /// is no proper answer is wrong in one way, whatever was expected of it.
    #[rstest]
    #[case::kept_elsewhere(&["refusal"], true, "R-2+R-1")]
    #[case::kept_nowhere(&["refusal"], false, "R-1+R-2")]
    #[case::of_every_call(&["every-call"], false, "R-2+R-1+R-3")]
    fn what_the_case_asks_goes_first(
        #[case] groups: &[&str],
        #[case] is_kept: bool,
        #[case] expected: &str,
    ) {
        let failed = |expected: &str| Outcome::Failed {
            violations: vec![violation("status", expected, "500")],
            difference: None,
        };
        let mut findings = hostile::findings(vec![
            (Level::Must, failed("4xx")),
            (Level::Must, failed("4xx")),
            (Level::Should, failed("400")),
            (Level::Must, if is_kept { Outcome::Passed } else { failed("4xx") }),
        ]);
        findings.checks[3].requirement = "R-1".to_owned();
        findings.checks[3].step = "elsewhere".to_owned();
        let mut suite = hostile::suite();
        let entries = suite.ledger.iter().cloned().map(|entry| match entry.id.as_str() {
            "R-1" => Requirement {
                groups: groups.iter().map(|group| (*group).to_owned()).collect(),
                ..entry
            },
            _ => entry,
        });
        suite.ledger = Ledger::new(entries.collect());
        let digest = Digest::of(Context { findings: &findings, suite: &suite });
        let broken: Vec<&str> =
            digest.failures[0].lead().broken.iter().map(|(id, _)| *id).collect();
        assert_eq!(broken.join("+"), expected);
    }

    /// A granted refusal is told once, with what its answer breaks besides; another thing that is
    /// wrong in some of the same places is not.
    #[test]
    fn what_follows_from_a_failure_is_told_with_it() {
        let failed = |at: &str, expected: &str, actual: &str| Outcome::Failed {
            violations: vec![violation(at, expected, actual)],
            difference: None,
        };
        let mut findings = hostile::findings(vec![
            (Level::Must, failed("status", "4xx", "200")),
            (Level::Must, failed("status", "4xx", "200")),
            (Level::Should, failed("status", "400", "200")),
            (Level::Should, failed("header content-type", "JSON", "text")),
        ]);
        for (check, step) in findings.checks.iter_mut().zip(["first", "later", "first", "later"]) {
            check.step = step.to_owned();
        }
        let suite = hostile::suite();
        let digest = Digest::of(Context { findings: &findings, suite: &suite });
        let shown: Vec<(usize, usize, usize)> = digest
            .failures
            .iter()
            .map(|failure| (failure.checks, failure.ways.len(), failure.places.len()))
            .collect();
        assert_eq!(shown, [(3, 2, 2), (1, 1, 1)]);
    }

    #[test]
    fn checks_with_one_reason_are_one_pause() {
        let sample = Sample::new();
        let digest = Digest::of(sample.context());
        let shown: Vec<String> = digest
            .unjudged
            .iter()
            .chain(&digest.skipped)
            .map(|group| {
                format!("{:?} {} of {}", group.reason.kind(), group.levels(), group.cases().len())
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

    #[test]
    fn coverage_counts_the_checks_of_every_requirement() {
        let sample = Sample::new();
        let coverage = coverage(sample.context());
        let of = |id: &str| coverage.iter().find(|of| of.requirement.id == id).map(|of| of.counts);
        assert_eq!(of("ERR-SUCCESS").map(|counts| (counts.failed, counts.skipped)), Some((1, 1)));
        assert_eq!(of("URL-V2").map(|counts| counts.total()), Some(0));
    }
}
