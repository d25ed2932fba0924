//! `certificate`: a short statement of what was certified, to be kept beside a release.
//!
//! Markdown whose form does not change from run to run. A run that is not conformant, or did not
//! cover everything, cannot be mistaken for one that did: the first line says so.

use std::collections::BTreeMap;

use super::{Format, Story, inert, scope};
use crate::findings::Findings;
use crate::level::Level;
use crate::outcome::{CheckResult, Outcome, Reason, Verdict};
use crate::requirement::Standing;

pub(super) const FORMAT: Format = Format {
    name: "certificate",
    summary: "a short statement in Markdown of what was certified, and of what was not",
    render,
};

/// What the proof of this version of the suite found, for certificates to state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Checks that the faultless reference server passes.
    pub checks: usize,
    /// Broken servers that were tried.
    pub faults: usize,
    /// How many of them were noticed.
    pub noticed: usize,
    /// Checks that failed on at least one broken server.
    pub proven: usize,
}

fn render(story: Story<'_>) -> String {
    certificate(story, None)
}

/// The certificate of a run, with the figures of the suite's own proof where they are known.
#[must_use]
pub fn certificate(story: Story<'_>, proof: Option<&Proof>) -> String {
    let findings = story.findings;
    let sections = [
        format!("# {}\n", first_line(findings)),
        identity(findings),
        figures(findings),
        reasons("Failed", &failed(findings)),
        reasons(
            "Not judged",
            &pending(findings, |outcome| matches!(outcome, Outcome::Unjudged(_))),
        ),
        reasons("Skipped", &pending(findings, |outcome| matches!(outcome, Outcome::Skipped(_)))),
        reasons("Out of scope", &excluded(story)),
        proof.map_or_else(String::new, proven),
    ];
    sections.into_iter().filter(|section| !section.is_empty()).collect::<Vec<_>>().join("\n")
}

/// What kind of statement this is.
fn first_line(findings: &Findings) -> String {
    let counts = scope::deciding(findings);
    let wishes = scope::wishes(&findings.selection);
    match findings.verdict {
        Verdict::Nonconformant => {
            format!(
                "NOT A CERTIFICATE: {} of {} deciding checks failed",
                counts.failed,
                counts.total()
            )
        }
        Verdict::Inconclusive => {
            let (unjudged, total) = (counts.unjudged, counts.total());
            format!("NOT A CERTIFICATE: {unjudged} of {total} deciding checks could not be judged")
        }
        _ if findings.target.embedded => {
            "NOT A CERTIFICATE: the target is the reference server of the suite itself".to_owned()
        }
        _ if !findings.selection.whole => {
            format!("INCOMPLETE: only {} was run", inert::code(&wishes.join(" ")))
        }
        Verdict::Incomplete => {
            format!(
                "INCOMPLETE: {} of {} deciding checks were skipped",
                counts.skipped,
                counts.total()
            )
        }
        Verdict::Conformant => "Certificate of conformance".to_owned(),
    }
}

fn identity(findings: &Findings) -> String {
    let suite = &findings.suite;
    let mode = if findings.strict { ", strict" } else { "" };
    let date = findings.started.split('T').next().unwrap_or_default();
    let rows = [
        ("Target", inert::code(&findings.target.url)),
        ("API", "Navixy Admin Panel API, `panel/account`".to_owned()),
        ("Verdict", format!("**{}**{mode}", findings.verdict.name())),
        ("Date", inert::code(date)),
        ("Suite", inert::code(&format!("{} {}", suite.name, suite.version))),
        ("Cases", inert::code(&suite.digests.cases)),
        ("Schemas", inert::code(&suite.digests.schemas)),
        ("Ledger", inert::code(&suite.digests.ledger)),
    ];
    let rows: String = rows.iter().map(|(term, text)| format!("| {term} | {text} |\n")).collect();
    format!("| | |\n|---|---|\n{rows}")
}

fn figures(findings: &Findings) -> String {
    let rows: String = Level::ALL
        .into_iter()
        .map(|level| {
            let counts = findings.counts.at(level);
            format!(
                "| {level} | {} | {} | {} | {} | {} |\n",
                counts.passed,
                counts.failed,
                counts.unjudged,
                counts.skipped,
                counts.total()
            )
        })
        .collect();
    let head = "| Level | Passed | Failed | Not judged | Skipped | All |\n";
    format!("{head}|---|--:|--:|--:|--:|--:|\n{rows}")
}

/// A heading and its points; nothing where there are none.
fn reasons(heading: &str, points: &[String]) -> String {
    if points.is_empty() {
        return String::new();
    }
    let points: String = points.iter().map(|point| format!("- {point}\n")).collect();
    format!("## {heading}\n\n{points}")
}

/// The requirements that were broken, at whatever level.
fn failed(findings: &Findings) -> Vec<String> {
    let mut counts = BTreeMap::<(std::cmp::Reverse<Level>, &str), usize>::new();
    for check in &findings.checks {
        if matches!(check.outcome, Outcome::Failed { .. }) {
            let level = std::cmp::Reverse(check.level);
            *counts.entry((level, &check.requirement)).or_default() += 1;
        }
    }
    counts
        .into_iter()
        .map(|((level, id), count)| format!("{}, {}: {}", inert::code(id), level.0, checks(count)))
        .collect()
}

/// The reasons for which checks have an outcome, with the number of checks.
fn pending(findings: &Findings, is: fn(&Outcome) -> bool) -> Vec<String> {
    let mut groups = BTreeMap::<&str, Vec<&CheckResult>>::new();
    for check in findings.checks.iter().filter(|check| is(&check.outcome)) {
        if let Outcome::Unjudged(Reason { text, .. }) | Outcome::Skipped(Reason { text, .. }) =
            &check.outcome
        {
            groups.entry(text).or_default().push(check);
        }
    }
    let points = groups
        .into_iter()
        .map(|(reason, group)| format!("{}: {}", tally(&group), inert::markdown(reason)));
    points.collect()
}

fn tally(group: &[&CheckResult]) -> String {
    let count = |level| group.iter().filter(|check| check.level == level).count();
    let counts = Level::ALL.into_iter().map(|level| (count(level), level));
    let words =
        counts.filter(|(count, _)| *count > 0).map(|(count, level)| format!("{count} {level}"));
    words.collect::<Vec<_>>().join(", ")
}

fn excluded(story: Story<'_>) -> Vec<String> {
    let ledger = story.suite.ledger.iter();
    let points = ledger.filter_map(|entry| match &entry.standing {
        Standing::Judged => None,
        Standing::Planned(why) | Standing::Excluded(why) => {
            let id = inert::code(&entry.id);
            Some(format!("{id}, {}: {}", entry.level, inert::markdown(why)))
        }
    });
    points.collect()
}

fn proven(proof: &Proof) -> String {
    format!(
        "## Proof\n\nThis version of the suite noticed {} of {} broken servers, and {} of its {} \
         checks failed on at least one of them.\n",
        proof.noticed, proof.faults, proof.proven, proof.checks
    )
}

fn checks(count: usize) -> String {
    if count == 1 { "1 check".to_owned() } else { format!("{count} checks") }
}

#[cfg(test)]
mod tests {
    use super::{Proof, certificate, first_line, render};
    use crate::findings::{Findings, Wished};
    use crate::level::Level;
    use crate::outcome::{Outcome, ReasonKind};
    use crate::report::{Story, hostile};
    use rstest::rstest;

    fn skipped() -> Outcome {
        Outcome::Skipped(hostile::reason(ReasonKind::FixtureMissing, "no `dealer`"))
    }

    fn conformant() -> Findings {
        hostile::findings(vec![(Level::Must, Outcome::Passed), (Level::Should, skipped())])
    }

    #[test]
    fn a_certificate_states_what_was_certified_and_what_was_not() {
        let proof = Proof { checks: 2, faults: 9, noticed: 9, proven: 2 };
        let (findings, suite) = (conformant(), hostile::suite());
        let told = certificate(Story { findings: &findings, suite: &suite }, Some(&proof));
        let expected = "# Certificate of conformance

| | |
|---|---|
| Target | `https://api.example.com/v2` |
| API | Navixy Admin Panel API, `panel/account` |
| Verdict | **conformant** |
| Date | `2026-11-25` |
| Suite | `panel-conformance 0.1.0` |
| Cases | `cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc` |
| Schemas | `5555555555555555555555555555555555555555555555555555555555555555` |
| Ledger | `1111111111111111111111111111111111111111111111111111111111111111` |

| Level | Passed | Failed | Not judged | Skipped | All |
|---|--:|--:|--:|--:|--:|
| must | 1 | 0 | 0 | 0 | 1 |
| should | 0 | 0 | 0 | 1 | 1 |
| may | 0 | 0 | 0 | 0 | 0 |

## Skipped

- 1 should: no \\`dealer\\`

## Out of scope

- `R-OUT`, must: Nobody can see it.

## Proof

This version of the suite noticed 9 of 9 broken servers, and 2 of its 2 checks failed on at least one of them.
";
        assert_eq!(told, expected);
    }

    #[rstest]
    #[case::failed(vec![(Level::Must, hostile::failed())], "NOT A CERTIFICATE: 1 of 1 deciding checks failed")]
    #[case::unjudged(
        vec![(Level::Must, Outcome::Unjudged(hostile::reason(ReasonKind::NoAnswer, "")))],
        "NOT A CERTIFICATE: 1 of 1 deciding checks could not be judged"
    )]
    #[case::skipped(
        vec![(Level::Must, Outcome::Passed), (Level::Must, skipped())],
        "INCOMPLETE: 1 of 2 deciding checks were skipped"
    )]
    fn what_is_no_certificate_says_so_first(
        #[case] outcomes: Vec<(Level, Outcome)>,
        #[case] expected: &str,
    ) {
        assert_eq!(first_line(&hostile::findings(outcomes)), expected);
    }

    #[test]
    fn a_part_of_the_suite_gives_no_certificate() {
        let mut findings = conformant();
        findings.selection = Wished { cases: vec!["auth/*".to_owned()], ..Wished::default() };
        assert_eq!(first_line(&findings), "INCOMPLETE: only `--case auth/*` was run");
    }

    #[test]
    fn the_reference_server_gets_no_certificate() {
        let mut findings = conformant();
        findings.target.embedded = true;
        let expected = "NOT A CERTIFICATE: the target is the reference server of the suite itself";
        assert_eq!(first_line(&findings), expected);
    }

    #[test]
    fn hostile_text_formats_nothing() {
        let (findings, suite) = (hostile::every_outcome(), hostile::suite());
        let told = render(Story { findings: &findings, suite: &suite });
        assert!(told.contains("- 1 must: &lt;script>alert(1)&lt;/script>"), "{told}");
        assert!(!told.contains("<script>"));
    }
}
