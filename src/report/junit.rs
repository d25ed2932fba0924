//! `junit`: XML for the test views of CI servers; the home of `quick-junit`.
//!
//! A test suite per folder of cases, a test case per check. Red and green agree with the verdict,
//! and so with the exit code, because CI servers colour a build by either:
//!
//! | check | told as |
//! |---|---|
//! | failed, and it decides the verdict | `<failure>`, its type the level |
//! | failed, but it does not decide (`may`; `should` unless `--strict`) | passed, with a note in `<system-out>` |
//! | unjudged, and it decides | `<error>` |
//! | unjudged, but it does not decide; skipped; not applicable | `<skipped>` |
//!
//! A skipped test is no bad news to a CI server, but a deciding check that was skipped makes a run
//! incomplete. The first suite therefore holds one test case about the run as a whole, `every
//! deciding check is judged`, which is an `<error>` where that is not so. `--allow-incomplete`
//! speaks of the exit code alone and changes nothing here.
//!
//! What a step took is told by its first check, so that times add up.

use std::collections::HashSet;
use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

use super::command::{again, explain};
use super::curl::setting::setting;
use super::digest::Place;
use super::wording::{answered, expectation, scope_of};
use super::{Context, Format, addresses, curl, difference, digest, escape, scope};
use crate::judge::findings::Findings;
use crate::model::exchange::Exchange;
use crate::model::outcome::{CheckResult, Outcome, deciding_level};
use crate::model::violation::{Difference, Violation};
use crate::value::json_diff;

pub(super) const FORMAT: Format = Format {
    name: "junit",
    summary: "JUnit XML for CI servers; red exactly when the verdict is not conformant",
    render,
};

/// Lines around a change.
const CONTEXT: usize = 3;

fn render(context: Context<'_>) -> String {
    let findings = context.findings;
    let mut report = Report::new(&findings.suite.name);
    report.set_time(duration(findings.duration_ms));
    report.add_test_suite(whole(findings));
    report.add_test_suites(folders(context));
    let xml = report.to_string().expect("no text holds what XML cannot");
    // An attribute that the format's schemas do not know at this place.
    xml.replacen(&format!(" skipped=\"{}\"", report.skipped), "", 1)
}

/// The suite about the run as a whole.
fn whole(findings: &Findings) -> TestSuite {
    let mut suite = TestSuite::new(&findings.suite.name);
    suite.timestamp = findings.started.parse().ok();
    let digests = &findings.suite.digests;
    let properties = [
        ("verdict", findings.verdict.name().to_owned()),
        ("scope", escape::line(&scope_of(findings).unwrap_or_default())),
        ("target", escape::line(&findings.target.told())),
        ("reached-with", escape::line(&findings.target.reached_with().unwrap_or_default())),
        ("strict", findings.strict.to_string()),
        ("requests", findings.requests.to_string()),
        ("suite-version", escape::line(&findings.suite.version)),
        ("cases-sha256", escape::line(&digests.cases)),
        ("schemas-sha256", escape::line(&digests.schemas)),
        ("ledger-sha256", escape::line(&digests.ledger)),
    ];
    suite.add_properties(properties.map(|(name, value)| Property::new(name, value)));
    let mut case = TestCase::new("every deciding check is judged", completeness(findings));
    case.set_classname(&findings.suite.name);
    suite.add_test_case(case);
    suite
}

fn completeness(findings: &Findings) -> TestCaseStatus {
    let counts = scope::deciding(findings);
    let judged = findings
        .checks
        .iter()
        .any(|check| matches!(check.outcome, Outcome::Passed | Outcome::Failed { .. }));
    if judged && counts.unjudged + counts.skipped == 0 {
        return TestCaseStatus::success();
    }
    let message = format!(
        "of {} deciding checks {} were skipped and {} are unjudged",
        counts.total(),
        counts.skipped,
        counts.unjudged
    );
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    let kind = if counts.unjudged > 0 { "inconclusive" } else { "incomplete" };
    status.set_type(kind).set_message(message);
    status
}

/// A suite per first segment of case ids, in the order of the checks.
fn folders(context: Context<'_>) -> Vec<TestSuite> {
    let mut suites: Vec<TestSuite> = Vec::new();
    let mut timed = HashSet::new();
    for check in &context.findings.checks {
        let folder = escape::line(check.case.split('/').next().unwrap_or_default());
        if suites.last().is_none_or(|suite| suite.name.as_str() != folder) {
            suites.push(TestSuite::new(folder));
        }
        let mut case = test_case(context, check);
        let is_first = timed.insert((&check.case, &check.step));
        let time = if is_first { time_of(context.findings, check) } else { Duration::ZERO };
        case.set_time(time);
        if let Some(suite) = suites.last_mut() {
            suite.time = Some(suite.time.unwrap_or_default() + time);
            suite.add_test_case(case);
        }
    }
    suites
}

fn test_case(context: Context<'_>, check: &CheckResult) -> TestCase {
    let name = escape::line(&format!("{} {}", check.requirement, check.step));
    let mut case = TestCase::new(name, status(context, check));
    case.set_classname(escape::line(&check.case));
    if let (Outcome::Failed { violations, difference }, false) =
        (&check.outcome, decides(context, check))
    {
        let note = format!("Not kept, but `{}` does not decide the verdict.", check.level);
        let text = details(context, check, violations, difference.as_ref());
        case.set_system_out(format!("{note}\n{text}"));
    }
    case
}

fn decides(context: Context<'_>, check: &CheckResult) -> bool {
    check.level >= deciding_level(context.findings.strict)
}

fn status(context: Context<'_>, check: &CheckResult) -> TestCaseStatus {
    match &check.outcome {
        Outcome::Failed { violations, difference } if decides(context, check) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status
                .set_type(check.level.name())
                .set_message(headline(violations))
                .set_description(details(context, check, violations, difference.as_ref()));
            status
        }
        Outcome::Passed | Outcome::Failed { .. } => TestCaseStatus::success(),
        Outcome::Unjudged(reason) if decides(context, check) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_type("unjudged").set_message(escape::line(&reason.to_string()));
            status
        }
        Outcome::Unjudged(reason) => skipped(&format!("unjudged: {reason}")),
        Outcome::Skipped(reason) => skipped(&reason.to_string()),
        Outcome::NotApplicable(reason) => skipped(&format!("not applicable: {reason}")),
    }
}

fn skipped(message: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_message(escape::line(message));
    status
}

/// The first violation, and how many more there are.
fn headline(violations: &[Violation]) -> String {
    let Some(first) = violations.first() else { return String::new() };
    let more = match violations.len() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    escape::line(&format!("{}{more}", sentence(first)))
}

fn sentence(violation: &Violation) -> String {
    let Violation { expected, actual, .. } = violation;
    format!("{}: expected {expected}, got {actual}{}", violation.at(), violation.aside())
}

/// What a reader needs to understand a failure and to repeat it.
fn details(
    context: Context<'_>,
    check: &CheckResult,
    violations: &[Violation],
    difference: Option<&Difference>,
) -> String {
    let mut lines = Vec::new();
    if let Some(requirement) = context.suite.ledger.get(&check.requirement) {
        lines.extend([requirement.sentence.clone(), requirement.source.clone()]);
    }
    lines.push(format!("step {}", check.step));
    let record = context.findings.step_of(check);
    lines.extend(record.into_iter().flat_map(|step| step.deciding()).map(exchange));
    let place = Place { case: &check.case, step: &check.step };
    let repeat = digest::repeat_of(violations);
    lines.extend(addresses::told(context.findings, place, repeat));
    let expected = expectation(context, place, &check.requirement);
    lines.extend(expected.map(|expected| format!("expects {expected}")));
    lines.extend(violations.iter().map(sentence));
    lines.extend(difference.into_iter().flat_map(plain));
    lines.push(format!("explain: {}", explain(context.findings, &check.requirement)));
    lines.extend(repetition(context, check, violations));
    escape::block(&format!("\n{}\n", lines.join("\n")))
}

/// Lines for a shell that repeat a failure, by the suite and by hand.
fn repetition(context: Context<'_>, check: &CheckResult, violations: &[Violation]) -> Vec<String> {
    let mut lines = vec!["again:".to_owned()];
    lines.push(again(context.findings, &[check.case.as_str()]));
    lines.extend(setting(&context.findings.target));
    let repeat = digest::repeat_of(violations);
    lines.extend(curl::lines(context.findings, &check.case, &check.step, repeat));
    lines
}

fn exchange(exchange: &Exchange) -> String {
    let result = match &exchange.result {
        Ok(answer) => format!("{} in {} ms", answered(answer), exchange.elapsed.as_millis()),
        Err(failure) => failure.at(exchange.address.as_deref()),
    };
    format!("{} -> {result}", exchange.line())
}

/// A difference as lines with signs.
fn plain(difference: &Difference) -> Vec<String> {
    let lines = json_diff::lines(&difference.expected, &difference.actual, CONTEXT);
    let lines = difference::folded(lines);
    let head = format!("the answer (-) against {} (+):", difference.against);
    let lines = lines.iter().map(|line| format!("{} {}", line.mark.sign(), line.text()));
    std::iter::once(head).chain(lines).collect()
}

/// How long the exchanges of a check's step took.
fn time_of(findings: &Findings, check: &CheckResult) -> Duration {
    let record = findings.step_of(check);
    record.into_iter().flat_map(|step| &step.exchanges).map(|exchange| exchange.elapsed).sum()
}

fn duration(milliseconds: f64) -> Duration {
    Duration::try_from_secs_f64(milliseconds / 1e3).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::render;
    use crate::judge::findings::Findings;
    use crate::model::level::Level;
    use crate::model::outcome::{Outcome, verdict};
    use crate::model::reason::ReasonKind;
    use crate::report::sample::Sample;
    use crate::report::snapshot::assert_snapshot;
    use crate::report::{Context, hostile};
    use rstest::rstest;

    fn told(findings: &Findings) -> String {
        render(Context { findings, suite: &hostile::suite() })
    }

    fn unjudged() -> Outcome {
        Outcome::Unjudged(hostile::reason(ReasonKind::NoAnswer, "no answer"))
    }

    fn skipped() -> Outcome {
        Outcome::Skipped(hostile::reason(ReasonKind::FixtureMissing, "no dealer"))
    }

    #[test]
    fn every_outcome_has_its_place() {
        assert_snapshot("junit.xml", &told(&hostile::every_outcome()));
    }

    /// What the schemas of CI servers know: an element, what it stands in, and its attributes.
    const KNOWN: [(&str, &str, &[&str]); 9] = [
        ("testsuites", "", &["name", "tests", "failures", "errors", "time"]),
        (
            "testsuite",
            "testsuites",
            &["name", "tests", "skipped", "errors", "failures", "time", "timestamp"],
        ),
        ("properties", "testsuite", &[]),
        ("property", "properties", &["name", "value"]),
        ("testcase", "testsuite", &["name", "classname", "time"]),
        ("failure", "testcase", &["message", "type"]),
        ("error", "testcase", &["message", "type"]),
        ("skipped", "testcase", &["message", "type"]),
        ("system-out", "testcase", &[]),
    ];

    /// Every attribute value is quoted and escaped, so that no `>` or `=` stands in one.
    #[rstest]
    #[case(told(&hostile::every_outcome()))]
    #[case(render(Sample::new().context()))]
    #[case(render(Sample::hostile().context()))]
    fn only_what_ci_servers_know_is_written(#[case] told: String) {
        let mut open = vec![""];
        for tag in told.split('<').skip(2) {
            let (tag, _) = tag.split_once('>').expect("a tag ends");
            if let Some(closed) = tag.strip_prefix('/') {
                assert_eq!(open.pop(), Some(closed));
                continue;
            }
            let (element, attributes) =
                tag.trim_end_matches('/').split_once(' ').unwrap_or((tag, ""));
            let within = open.last().copied().unwrap_or_default();
            let known =
                KNOWN.iter().find(|(name, parent, _)| (*name, *parent) == (element, within));
            let (name, _, known) = known.unwrap_or_else(|| panic!("<{tag}> in <{within}>"));
            for name in attributes.split("=\"").filter_map(|rest| rest.rsplit(['"', ' ']).next()) {
                assert!(name.is_empty() || known.contains(&name), "{name} of <{tag}>");
            }
            if !tag.ends_with('/') {
                open.push(name);
            }
        }
        assert_eq!(open, [""]);
    }

    #[test]
    fn no_text_holds_what_xml_cannot() {
        let sample = Sample::hostile();
        let told = render(sample.context());
        let is_unsafe = |c: char| c != '\n' && !crate::report::escape::is_safe(c);
        assert_eq!(told.chars().find(|c| is_unsafe(*c)), None);
        assert!(!told.contains("]]>") && !told.contains("<script>"));
    }

    #[test]
    fn a_failure_tells_what_a_reader_needs() {
        let told = told(&hostile::findings(vec![(Level::Must, hostile::failed())]));
        let text =
            told.split("type=\"must\">").nth(1).and_then(|rest| rest.split("</failure>").next());
        let hostile = "&lt;script&gt;alert(1)&lt;/script&gt;]]&gt;\\u{1b}[31m\\u{ffff}\\u{202e}`&quot;&apos;&lt;/pre&gt;&amp;amp;${HOME}";
        let expected = format!(
            "
The statement R-1 is kept in `code`.
Account page, auth (seed-a.txt:1)
step sign-in
POST /panel/account/auth -&gt; 200 in 3 ms
body /status/code: expected 11, got {hostile}
the answer (-) against the nearest answer that would do (+):
  {{
-   &quot;code&quot;: {hostile}
+   &quot;code&quot;: 11
  }}
explain: panel-conformance explain R-1
again:
panel-conformance run https://api.example.com/v2 --case auth/opens-a-session --allow-deselected
URL=https://api.example.com/v2
curl -i -X POST &quot;$URL/panel/account/auth&quot; -H &apos;Content-Type: application/json&apos; -d &apos;{{&quot;login&quot;:&quot;1&quot;}}&apos;
"
        );
        assert_eq!(text, Some(expected.as_str()));
    }

    #[rstest]
    #[case::conformant(vec![(Level::Must, Outcome::Passed)], false)]
    #[case::conformant_without_recommendations(
        vec![(Level::Must, Outcome::Passed), (Level::Should, hostile::failed()), (Level::Should, unjudged()), (Level::Should, skipped())],
        false
    )]
    #[case::strict(vec![(Level::Must, Outcome::Passed), (Level::Should, hostile::failed())], true)]
    #[case::failed(vec![(Level::Must, hostile::failed())], false)]
    #[case::may_failed(vec![(Level::Must, Outcome::Passed), (Level::May, hostile::failed())], true)]
    #[case::inconclusive(vec![(Level::Must, Outcome::Passed), (Level::Must, unjudged())], false)]
    #[case::incomplete(vec![(Level::Must, Outcome::Passed), (Level::Must, skipped())], false)]
    #[case::nothing(vec![], false)]
    fn it_is_green_exactly_when_the_verdict_is_conformant(
        #[case] outcomes: Vec<(Level, Outcome)>,
        #[case] strict: bool,
    ) {
        let mut findings = hostile::findings(outcomes);
        findings.strict = strict;
        findings.verdict = verdict(&findings.checks, strict);
        let told = told(&findings);
        let is_green = !told.contains("<failure") && !told.contains("<error");
        assert_eq!(is_green, findings.verdict.name() == "conformant", "{told}");
    }
}
