//! Words that several reports share: the verdict and what to do about it, commands, counts.
//!
//! Plain text without colour, markup or escapes; what came from the target is hostile still.

use std::collections::BTreeSet;
use std::fmt;

use super::Context;
use super::command::{again, explain, whole};
use super::digest::{Digest, Failure, Place};
use super::reasons::{GO_ON, ReasonGroup};
use super::scope;
use super::wrong_url;
use crate::judge::findings::Findings;
use crate::model::exchange::{Answer, Exchange};
use crate::model::level::Level;
use crate::model::outcome::{CheckResult, Outcome, Verdict, deciding_level};
use crate::model::reason::{FixtureGap, Reason, ReasonKind};
use crate::model::role::Role;
use crate::model::stopped::Stopped;
use crate::suite::Origin;
use crate::value::json;

/// The verdict in capitals with what made it, and what it rests on if that is not everything:
/// `CONFORMANT, 3 recommendations not kept (only --level should)`.
pub(crate) fn headline(findings: &Findings) -> String {
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
        Verdict::Inconclusive => match count(|outcome| matches!(outcome, Outcome::Unjudged(_))) {
            0 => ", nothing could be judged".to_owned(),
            unjudged => format!(", {} unjudged", counted(unjudged, "check")),
        },
        Verdict::Incomplete if findings.counts.judged() == 0 => ", nothing was judged".to_owned(),
        Verdict::Incomplete if !findings.selection.is_whole() => {
            format!(", {} passed", of_selected(findings))
        }
        Verdict::Incomplete => {
            let skipped = count(|outcome| matches!(outcome, Outcome::Skipped(_)));
            format!(", {} skipped", counted(skipped, "check"))
        }
    };
    let scope = scope_of(findings).map(|words| format!(" ({words})")).unwrap_or_default();
    format!("{}{detail}{scope}", findings.verdict.name().to_uppercase())
}

/// What is said beside a verdict if anybody may have answered.
pub(crate) const UNVERIFIED: &str = "--insecure: nobody verified who answered";

/// What a verdict rests on, if it is less than the built-in suite; it stands beside every verdict.
pub(crate) fn scope_of(findings: &Findings) -> Option<String> {
    const MANY: usize = 3;
    let own = (findings.origin == Origin::Own).then(|| {
        let cases = counted(findings.cases.len(), "case");
        format!("{cases} of your own, without the built-in ones")
    });
    let narrowed = (!findings.selection.is_whole())
        .then(|| format!("only {}", some_of(&scope::options(&findings.selection), MANY)));
    let unverified = findings.target.is_unverified().then(|| UNVERIFIED.to_owned());
    let words: Vec<String> = own.into_iter().chain(narrowed).chain(unverified).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

/// How many of the selected checks passed: `12 of 12 selected checks`.
fn of_selected(findings: &Findings) -> String {
    let counts = scope::selected(findings);
    format!("{} of {}", counts.passed, counted(counts.applicable(), "selected check"))
}

/// How many requirements are broken by checks of some levels.
fn broken(findings: &Findings, is_meant: impl Fn(Level) -> bool) -> usize {
    let mut broken: Vec<&str> = findings
        .checks
        .iter()
        .filter(|check| is_meant(check.level) && check.outcome.is_failure())
        .map(|check| check.requirement.as_str())
        .collect();
    broken.sort_unstable();
    broken.dedup();
    broken.len()
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NextStep {
    /// A sentence, or what reads before the command.
    pub words: String,
    /// The command to run.
    pub command: Option<String>,
}

impl NextStep {
    fn with(words: impl Into<String>, command: String) -> NextStep {
        NextStep { words: words.into(), command: Some(command) }
    }
}

impl From<&str> for NextStep {
    fn from(words: &str) -> NextStep {
        NextStep { words: words.to_owned(), command: None }
    }
}

impl From<String> for NextStep {
    fn from(words: String) -> NextStep {
        NextStep { words, command: None }
    }
}

impl fmt::Display for NextStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.command {
            Some(command) => write!(f, "{}: {command}", self.words),
            None => f.write_str(&self.words),
        }
    }
}

/// What to do next, in one line.
pub(crate) fn next_step(findings: &Findings, digest: &Digest<'_>) -> NextStep {
    advice(findings, digest, false)
}

/// The same for an operator who has accepted that checks are skipped.
pub(crate) fn next_step_with_gaps(findings: &Findings, digest: &Digest<'_>) -> NextStep {
    advice(findings, digest, true)
}

fn advice(findings: &Findings, digest: &Digest<'_>, accepts_gaps: bool) -> NextStep {
    match findings.verdict {
        Verdict::Nonconformant => wrong_url::advice(findings)
            .map_or_else(|| after_failure(findings, digest), NextStep::from),
        Verdict::Inconclusive => after_unjudged(findings, digest),
        Verdict::Incomplete if was_interrupted(findings) => GO_ON.into(),
        Verdict::Incomplete => match digest.unjudged.first() {
            Some(group) if group.reason.kind() == ReasonKind::Unreachable => {
                group.remedy().unwrap_or_default().into()
            }
            _ => after_gaps(findings, digest, accepts_gaps),
        },
        Verdict::Conformant => after_conformance(findings, digest),
    }
}

fn after_conformance(findings: &Findings, digest: &Digest<'_>) -> NextStep {
    if let Some(failure) = digest.failures_at(Level::Should).next() {
        let (id, _) = failure.requirement();
        return NextStep::with("Read about the recommendations", explain(findings, id));
    }
    if findings.target.embedded {
        return NextStep::with("Judge a server of your own", "panel-conformance URL".to_owned());
    }
    "Keep it so: run this on every change, with --report junit=report.xml".into()
}

/// Says what would help where the verdict hangs on what could not be judged.
fn after_unjudged(findings: &Findings, digest: &Digest<'_>) -> NextStep {
    if was_interrupted(findings) {
        return GO_ON.into();
    }
    let deciding = deciding_level(findings.strict);
    let decides =
        |group: &&ReasonGroup<'_>| group.checks.iter().any(|check| check.level >= deciding);
    let group = digest.unjudged.iter().find(decides).or(digest.unjudged.first());
    match group {
        Some(group) if group.reason.kind() == ReasonKind::FixtureDoubted => {
            after_refused_dealer(digest).into()
        }
        Some(group) if group.reason.kind() == ReasonKind::EarlierStep => {
            wrong_url::advice(findings)
                .map_or_else(|| after_earlier_step(findings, digest, group), NextStep::from)
        }
        Some(group) if group.reason.kind() == ReasonKind::NoAnswer => {
            let remedy = || group.remedy().unwrap_or_default().into();
            wrong_url::advice(findings).map_or_else(remedy, NextStep::from)
        }
        group => group.and_then(ReasonGroup::remedy).unwrap_or("Run it again.").into(),
    }
}

fn was_interrupted(findings: &Findings) -> bool {
    findings.stopped == Some(Stopped::Interrupted)
}

/// Points at what went wrong first: a failure, or else another reason than an earlier step, or
/// else the case itself.
fn after_earlier_step(
    findings: &Findings,
    digest: &Digest<'_>,
    group: &ReasonGroup<'_>,
) -> NextStep {
    let failure = digest.failures.iter().find(|failure| failure.level() > Level::May);
    let is_first = |group: &&ReasonGroup<'_>| group.reason.kind() != ReasonKind::EarlierStep;
    if let Some(failure) = failure {
        let again = again(findings, &[failure.places[0].case]);
        return NextStep::with("It hangs on an earlier step; start with the first failure", again);
    }
    if let Some(remedy) = digest.unjudged.iter().find(is_first).and_then(ReasonGroup::remedy) {
        return remedy.into();
    }
    let case: Vec<&str> = group.cases().into_iter().take(1).collect();
    let again = format!("{} -v", again(findings, &case));
    NextStep::with("See what the earlier step was answered", again)
}

/// Names the fixtures that answers speak against.
fn after_refused_dealer(digest: &Digest<'_>) -> String {
    const MANY: usize = 3;
    let fixture = |group: &ReasonGroup<'_>| match group.reason {
        Reason::FixtureDoubted(dealer) => Some(dealer.fixture.to_string()),
        _ => None,
    };
    let mut fixtures: Vec<String> = digest.unjudged.iter().filter_map(fixture).collect();
    fixtures.sort_unstable();
    format!(
        "Correct {}; where that is right, add --trust-fixtures, and the target is held to it.",
        some_of(&fixtures, MANY)
    )
}

/// Says how to run again only what failed.
fn after_failure(findings: &Findings, digest: &Digest<'_>) -> NextStep {
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
    if cases.len() > MANY {
        let first = digest.failures.iter().take(1).map(|failure| failure.places[0].case);
        let again = again(findings, &first.collect::<Vec<_>>());
        return NextStep::with("Start with the first failure", again);
    }
    NextStep::with("Run only what failed", again(findings, &cases))
}

/// Says what would fill the gaps of an incomplete run.
fn after_gaps(findings: &Findings, digest: &Digest<'_>, accepts_gaps: bool) -> NextStep {
    let (mut missing, mut alike) = (BTreeSet::<Role>::new(), BTreeSet::<Role>::new());
    // A gap that decides nothing need not be filled for a verdict.
    let deciding = deciding_level(findings.strict);
    let decides =
        |group: &&ReasonGroup<'_>| group.checks.iter().any(|check| check.level >= deciding);
    for group in digest.skipped.iter().filter(decides) {
        match group.reason {
            Reason::FixtureMissing(FixtureGap::Absent { role, others }) => {
                missing.extend(std::iter::once(role).chain(others));
            }
            Reason::FixtureMissing(FixtureGap::Alike { roles, .. }) => alike.extend(roles),
            _ => {}
        }
    }
    // A case may want an optional one beside one that is not.
    if !findings.strict && missing.iter().any(|role| !role.is_optional()) {
        missing.retain(|role| !role.is_optional());
    }
    let [missing, alike] =
        [missing, alike].map(|roles| roles.iter().map(|role| role.name()).collect::<Vec<_>>());
    let (missing, alike) = (missing.join(", "), alike.join(", "));
    let remedy = match (missing.as_str(), alike.as_str()) {
        ("", "") => return after_narrowing(findings, accepts_gaps),
        (missing, "") => format!("Supply {missing} with --fixtures"),
        ("", alike) => format!("Supply other dealers for {alike}"),
        (missing, alike) => {
            format!("Supply {missing} with --fixtures and other dealers for {alike}")
        }
    };
    if accepts_gaps {
        format!("{remedy}.").into()
    } else {
        format!("{remedy}, or accept the gaps with --allow-incomplete.").into()
    }
}

/// Says what else there is to a verdict than what the operator selected.
fn after_narrowing(findings: &Findings, accepts_gaps: bool) -> NextStep {
    if findings.selection.is_whole() {
        return "Nothing of the suite bears on this server; see that --cases names the right folder."
            .into();
    }
    let words = if accepts_gaps || findings.counts.judged() == 0 {
        "For a verdict, run everything"
    } else {
        "For a verdict, run everything; if a part will do, add --allow-deselected"
    };
    NextStep::with(words, whole(findings))
}

/// What is said beside the verdict of required checks that did not apply to this server.
pub(crate) fn not_applicable(findings: &Findings) -> Option<String> {
    const MANY: usize = 5;
    let mut ids: Vec<String> = findings
        .checks
        .iter()
        .filter(|check| check.level == Level::Must)
        .filter(|check| matches!(check.outcome, Outcome::NotApplicable(_)))
        .map(|check| check.requirement.clone())
        .collect();
    let checks = counted(ids.len(), "required check");
    ids.sort_unstable();
    ids.dedup();
    (!ids.is_empty()).then(|| format!("{checks} did not apply: {}", some_of(&ids, MANY)))
}

/// What is said beside the verdict.
pub(crate) fn asides(findings: &Findings) -> impl Iterator<Item = String> {
    let asides = [not_applicable(findings), waits(findings), open_sessions(findings)];
    asides.into_iter().flatten()
}

/// What is said of a target that asked to wait.
fn waits(findings: &Findings) -> Option<String> {
    match findings.waits() {
        0 => None,
        waits => Some(format!("The target asked to wait {}", counted(waits, "time"))),
    }
}

/// How many sessions may have been left open, because the target ended none of them or told no hash
/// in the documented place, or because the run was stopped.
fn open_sessions(findings: &Findings) -> Option<String> {
    match findings.open_sessions {
        0 => None,
        open => Some(format!("Up to {} may be open", counted(open, "session"))),
    }
}

/// The exchange that a failure is told of.
pub(crate) fn exchange_of<'a>(context: Context<'a>, failure: &Failure<'_>) -> Option<&'a Exchange> {
    let place = failure.places[0];
    let case = context.findings.cases.iter().find(|case| case.record.id == place.case)?;
    let step = case.record.steps.iter().find(|step| step.id == place.step)?;
    step.deciding().nth(failure.repeat())
}

/// The request line without what its query says, the status and the time.
pub(crate) fn summary(exchange: &Exchange) -> String {
    let query = if exchange.request.query.is_some() { "?…" } else { "" };
    let request = format!("{} {}{query}", exchange.request.method, exchange.place());
    let elapsed = time(exchange.elapsed.as_secs_f64() * 1e3);
    match &exchange.result {
        Ok(answer) => {
            let whole = exchange.shortened.as_ref();
            let whole = whole.map(|whole| format!("; it had {whole}")).unwrap_or_default();
            format!("{request} → {} in {elapsed}{whole}", answered(answer))
        }
        Err(failure) => {
            format!("{request} → {}, after {elapsed}", failure.at(exchange.address.as_deref()))
        }
    }
}

/// The status of an answer, and the error code where it tells one: `400 (code 12)`.
pub(crate) fn answered(answer: &Answer) -> String {
    let body = json::parse(&answer.body).ok();
    let code = body.as_ref().and_then(|body| body.pointer("/status/code")?.as_i64());
    let code = code.map(|code| format!(" (code {code})")).unwrap_or_default();
    format!("{}{code}", answer.status)
}

/// What a check expects of its answer, in words that read after "expects"; from the suite, so
/// that it may not be there.
pub(crate) fn expectation(
    context: Context<'_>,
    place: Place<'_>,
    requirement: &str,
) -> Option<String> {
    let case = context.suite.case(place.case)?;
    let step = case.steps.iter().find(|step| step.id == place.step)?;
    let check = step.checks.iter().find(|check| check.requirement == requirement)?;
    let words: Vec<String> = check.expectations.iter().map(|wanted| wanted.describe()).collect();
    (!words.is_empty()).then(|| words.join(", and "))
}

/// `1 check`, `2 checks`.
pub(crate) fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// The first of many, and how many more there are: `a, b and 3 more`.
pub(crate) fn some_of(items: &[String], limit: usize) -> String {
    let shown = items[..limit.min(items.len())].join(", ");
    match items.len().saturating_sub(limit) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// Milliseconds for people: `0.4 ms`, `3 ms`, `2.1 s`.
pub(crate) fn time(milliseconds: f64) -> String {
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
    use super::{after_earlier_step, answered, expectation, headline, next_step, some_of, time};
    use crate::model::exchange::Answer;
    use crate::model::level::Level;
    use crate::model::outcome::{CheckResult, Outcome, Verdict};
    use crate::model::reason::{Deselection, Reason, ReasonKind};
    use crate::model::stopped::Stopped;
    use crate::report::Context;
    use crate::report::digest::Digest;
    use crate::report::sample::Sample;
    use crate::suite::Origin;
    use rstest::rstest;

    fn is(outcome: &Outcome, name: &str) -> bool {
        outcome.name() == name
    }

    #[rstest]
    #[case::everything(
        |_: &CheckResult| true,
        "NONCONFORMANT, 6 requirements not kept",
        "Run only what failed: panel-conformance run http://localhost:8080/v2 --case logout/ends-the-session --case refusals/a-blocked-dealer-is-refused --allow-deselected"
    )]
    #[case::unjudged(
        |check: &CheckResult| !is(&check.outcome, "failed"),
        "INCONCLUSIVE, 7 checks unjudged",
        "Look into the target's log, or give it more time with --timeout."
    )]
    #[case::unjudged_recommendations(
        |check: &CheckResult| check.level == Level::Should && is(&check.outcome, "unjudged"),
        "INCONCLUSIVE, nothing could be judged",
        "See what the earlier step was answered: panel-conformance run http://localhost:8080/v2 --case sessions/stays-alive-7 --allow-deselected -v"
    )]
    #[case::skipped(
        |check: &CheckResult| is(&check.outcome, "passed") || is(&check.outcome, "skipped"),
        "INCOMPLETE, 2 checks skipped",
        "Supply expired_session with --fixtures, or accept the gaps with --allow-incomplete."
    )]
    #[case::nothing(
        |_: &CheckResult| false,
        "INCOMPLETE, nothing was judged",
        "Nothing of the suite bears on this server; see that --cases names the right folder."
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
        let step = next_step(&sample.findings, &Digest::of(sample.context()));
        assert_eq!(step.to_string(), next);
    }

    #[rstest]
    #[case::all_is_well(
        "passed",
        Origin::BuiltIn,
        "INCOMPLETE, 4 of 4 selected checks passed (only --case auth/*)",
        "For a verdict, run everything; if a part will do, add --allow-deselected: panel-conformance run http://localhost:8080/v2"
    )]
    #[case::of_their_own(
        "passed",
        Origin::Own,
        "INCOMPLETE, 4 of 4 selected checks passed (1 case of your own, without the built-in ones, only --case auth/*)",
        "For a verdict, run everything; if a part will do, add --allow-deselected: panel-conformance run http://localhost:8080/v2"
    )]
    #[case::nothing(
        "not applicable",
        Origin::BuiltIn,
        "INCOMPLETE, nothing was judged (only --case auth/*)",
        "For a verdict, run everything: panel-conformance run http://localhost:8080/v2"
    )]
    fn a_part_of_a_run_is_told_as_what_it_is(
        #[case] kept: &str,
        #[case] origin: Origin,
        #[case] verdict: &str,
        #[case] next: &str,
    ) {
        let is_kept = |check: &CheckResult| is(&check.outcome, kept);
        let sample = Sample::new();
        let mut findings = sample.findings.restricted_to(is_kept);
        let mut left_out = Sample::new().findings.checks.remove(0);
        left_out.outcome = Outcome::Skipped(Reason::Deselected { by: Deselection::Case });
        findings.checks.push(left_out);
        findings.verdict = Verdict::Incomplete;
        findings.selection.cases = vec!["auth/*".to_owned()];
        findings.origin = origin;
        findings.cases.truncate(1);
        assert_eq!(headline(&findings), verdict);
        let digest = Digest::of(Context { findings: &findings, suite: sample.context().suite });
        assert_eq!(next_step(&findings, &digest).to_string(), next);
    }

    #[test]
    fn an_interrupted_run_is_to_be_run_again() {
        let mut sample = Sample::new().keep(|check| !is(&check.outcome, "failed"));
        sample.findings.stopped = Some(Stopped::Interrupted);
        let next = next_step(&sample.findings, &Digest::of(sample.context()));
        assert_eq!(next.to_string(), "Run it again to judge the rest.");
    }

    /// What an earlier step kept from being judged points at what went wrong there.
    #[rstest]
    #[case::failed(
        |check: &CheckResult| check.level == Level::Should || is(&check.outcome, "unjudged"),
        false,
        "It hangs on an earlier step; start with the first failure: panel-conformance run http://localhost:8080/v2 --case auth/opens-a-session --allow-deselected"
    )]
    #[case::unjudged(
        |check: &CheckResult| is(&check.outcome, "unjudged"),
        true,
        "Look into the target's log, or give it more time with --timeout."
    )]
    fn what_hangs_on_an_earlier_step_points_at_it(
        #[case] is_kept: fn(&CheckResult) -> bool,
        #[case] keeps_other_reasons: bool,
        #[case] expected: &str,
    ) {
        let sample = Sample::new().keep(is_kept);
        let mut digest = Digest::of(sample.context());
        let follows =
            digest.unjudged.iter().position(|group| group.reason.kind() == ReasonKind::EarlierStep);
        let follows = digest.unjudged.remove(follows.expect("it is there"));
        if !keeps_other_reasons {
            digest.unjudged.clear();
        }
        let step = after_earlier_step(&sample.findings, &digest, &follows);
        assert_eq!(step.to_string(), expected);
    }

    #[test]
    fn what_is_expected_comes_from_the_suite() {
        let sample = Sample::new();
        let digest = Digest::of(sample.context());
        let place = digest.failures[0].places[0];
        let words = |id| expectation(sample.context(), place, id);
        assert_eq!(words("AUTH-E11").as_deref(), Some("a refusal with code 11"));
        assert_eq!(words("NOTHING"), None);
    }

    /// The code of an answer is what its reader looks for first, whatever check failed.
    #[rstest]
    #[case(400, "{\"success\":false,\"status\":{\"code\":4}}", "400 (code 4)")]
    #[case(200, "{\"success\":true}", "200")]
    #[case(502, "<html>", "502")]
    #[case(400, "{\"status\":{\"code\":\"4\"}}", "400")]
    fn an_answer_is_summed_up_with_its_code(
        #[case] status: u16,
        #[case] body: &str,
        #[case] expected: &str,
    ) {
        let body = body.as_bytes().to_vec();
        let answer = Answer { status, headers: Vec::new(), body, defect: None };
        assert_eq!(answered(&answer), expected);
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
