//! `certificate`: a short statement of what was certified, to be kept beside a release.
//!
//! Markdown whose form does not change from run to run. A run that is not conformant, or did not
//! cover everything, cannot be mistaken for one that did: the first line says so.

use std::collections::BTreeMap;

use super::wording::{self, counted};
use super::{Context, Format, escape, scope};
use crate::judge::findings::Findings;
use crate::model::figures::Figures;
use crate::model::level::Level;
use crate::model::outcome::{CheckResult, Outcome, Verdict};
use crate::model::requirement::Standing;
use crate::suite::Origin;
use crate::suite::figures_on_record;

pub(super) const FORMAT: Format = Format {
    name: "certificate",
    summary: "a short statement in Markdown of what was certified, and of what was not",
    render,
};

fn render(context: Context<'_>) -> String {
    certificate(context, figures_on_record().as_ref())
}

/// The certificate of a run; with the figures of the suite's proof, where those on record were
/// found with the files that judged.
pub(crate) fn certificate(context: Context<'_>, on_record: Option<&Figures>) -> String {
    let findings = context.findings;
    let proof = on_record.filter(|figures| figures.are_of(&findings.suite));
    let sections = [
        format!("# {}\n", first_line(context)),
        identity(context),
        levels(findings),
        reasons("Failed", &failed(findings)),
        reasons("Unjudged", &pending(findings, |outcome| matches!(outcome, Outcome::Unjudged(_)))),
        reasons("Skipped", &pending(findings, |outcome| matches!(outcome, Outcome::Skipped(_)))),
        reasons("Not applicable", &not_applicable(findings)),
        reasons("Out of scope", &excluded(context)),
        proof.map_or_else(|| UNPROVEN.to_owned(), proven),
    ];
    sections.into_iter().filter(|section| !section.is_empty()).collect::<Vec<_>>().join("\n")
}

/// What kind of statement this is.
fn first_line(context: Context<'_>) -> String {
    let findings = context.findings;
    let is_none = matches!(findings.verdict, Verdict::Nonconformant | Verdict::Inconclusive)
        || findings.target.embedded
        || findings.target.is_unverified()
        || context.suite.origin == Origin::Own;
    let reservations = reservations(context);
    match (is_none, reservations.is_empty()) {
        (true, _) => format!("NOT A CERTIFICATE: {}", reservations.join("; ")),
        (false, false) => format!("INCOMPLETE: {}", reservations.join("; ")),
        (false, true) if context.suite.origin == Origin::Extended => {
            "Certificate of conformance, judged with other cases beside the built-in ones"
                .to_owned()
        }
        (false, true) => "Certificate of conformance".to_owned(),
    }
}

/// Everything that keeps a run from being a certificate; something, unless it is one.
fn reservations(context: Context<'_>) -> Vec<String> {
    let Findings { target, selection, stopped, verdict, .. } = context.findings;
    let counts = scope::deciding(context.findings);
    let of_checks = |count: usize, what: &str| {
        (count > 0).then(|| format!("{count} of {} deciding checks {what}", counts.total()))
    };
    let found = [
        of_checks(counts.failed, "failed"),
        of_checks(counts.unjudged, "are unjudged"),
        of_checks(counts.skipped, "were skipped"),
        target
            .embedded
            .then(|| "the target is the reference server of the suite itself".to_owned()),
        target.is_unverified().then(|| wording::UNVERIFIED.to_owned()),
        (context.suite.origin == Origin::Own)
            .then(|| "the built-in cases were left out".to_owned()),
        (!selection.is_whole()).then(|| {
            format!(
                "the run was narrowed by {}",
                escape::span(&scope::options(selection).join(" "))
            )
        }),
        stopped
            .as_ref()
            .map(|why| format!("the run ended early: {}", escape::markdown(&why.to_string()))),
    ];
    let found: Vec<String> = found.into_iter().flatten().collect();
    match (found.is_empty(), verdict) {
        (false, _) | (true, Verdict::Conformant) => found,
        (true, _) => vec!["nothing was judged".to_owned()],
    }
}

fn identity(context: Context<'_>) -> String {
    let findings = context.findings;
    let suite = &findings.suite;
    let origin = match context.suite.origin {
        Origin::BuiltIn => "",
        Origin::Extended => ", the built-in ones and others",
        Origin::Own => ", others than the built-in ones",
    };
    let mode = if findings.strict { ", strict" } else { "" };
    let scope = wording::scope_of(findings).map(|words| format!(", {}", escape::markdown(&words)));
    let scope = scope.unwrap_or_default();
    let date = findings.started.split('T').next().unwrap_or_default();
    let addresses: Vec<String> = findings.target.addresses().map(escape::code).collect();
    let addresses = addresses.join(", ");
    let overrides = findings.target.reached_with();
    let overrides = overrides.map(|told| format!(", reached with {}", escape::code(&told)));
    let is_asked_in_turn = !findings.target.others.is_empty();
    let in_turn = is_asked_in_turn.then(|| ("Asked", IN_TURN.to_owned()));
    let rows = [
        ("Target", addresses + &overrides.unwrap_or_default()),
        ("API", "Navixy Admin Panel API, `panel/account`".to_owned()),
        ("Verdict", format!("**{}**{mode}{scope}", findings.verdict.name())),
        ("Date", escape::code(date)),
        ("Suite", escape::code(&format!("{} {}", suite.name, suite.version))),
        ("Cases", escape::code(&suite.digests.cases) + origin),
        ("Schemas", escape::code(&suite.digests.schemas)),
        ("Ledger", escape::code(&suite.digests.ledger)),
    ];
    let rows = rows.iter().take(1).chain(&in_turn).chain(&rows[1..]);
    let rows: String = rows.map(|(term, text)| format!("| {term} | {text} |\n")).collect();
    format!("| | |\n|---|---|\n{rows}")
}

/// How several addresses were asked.
const IN_TURN: &str = "in turn, as one system: each statement of one of the addresses or more";

fn levels(findings: &Findings) -> String {
    let rows: String = Level::ALL
        .into_iter()
        .map(|level| {
            let counts = findings.counts.at(level);
            format!(
                "| {level} | {} | {} | {} | {} | {} | {} |\n",
                counts.passed,
                counts.failed,
                counts.unjudged,
                counts.skipped,
                counts.not_applicable,
                counts.total()
            )
        })
        .collect();
    let head = "| Level | Passed | Failed | Unjudged | Skipped | Not applicable | All |\n";
    format!("{head}|---|--:|--:|--:|--:|--:|--:|\n{rows}")
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
        if check.outcome.is_failure() {
            let level = std::cmp::Reverse(check.level);
            *counts.entry((level, &check.requirement)).or_default() += 1;
        }
    }
    counts
        .into_iter()
        .map(|((level, id), count)| {
            format!("{}, {}: {}", escape::code(id), level.0, counted(count, "check"))
        })
        .collect()
}

/// The reasons for which checks have an outcome, with the number of checks.
fn pending(findings: &Findings, is: fn(&Outcome) -> bool) -> Vec<String> {
    let mut groups = BTreeMap::<String, Vec<&CheckResult>>::new();
    for check in findings.checks.iter().filter(|check| is(&check.outcome)) {
        if let Some(reason) = check.outcome.reason() {
            groups.entry(reason.to_string()).or_default().push(check);
        }
    }
    let points = groups
        .into_iter()
        .map(|(reason, group)| format!("{}: {}", tally(&group), escape::markdown(&reason)));
    points.collect()
}

/// The reasons for which statements did not bind the target; required ones are named.
fn not_applicable(findings: &Findings) -> Vec<String> {
    let mut points = pending(findings, |outcome| matches!(outcome, Outcome::NotApplicable(_)));
    points.extend(wording::not_applicable(findings).map(|what| escape::markdown(&what)));
    points
}

fn tally(group: &[&CheckResult]) -> String {
    let count = |level| group.iter().filter(|check| check.level == level).count();
    let counts = Level::ALL.into_iter().map(|level| (count(level), level));
    let words =
        counts.filter(|(count, _)| *count > 0).map(|(count, level)| format!("{count} {level}"));
    words.collect::<Vec<_>>().join(", ")
}

fn excluded(context: Context<'_>) -> Vec<String> {
    let ledger = context.suite.ledger.iter();
    let points = ledger.filter_map(|entry| match &entry.standing {
        Standing::Judged => None,
        Standing::Planned(why) | Standing::Excluded(why) => {
            let id = escape::code(&entry.id);
            Some(format!("{id}, {}: {}", entry.level, escape::markdown(why)))
        }
    });
    points.collect()
}

/// What is said in the place of figures that are of other files.
const UNPROVEN: &str = "## Proof

No proof of exactly these cases is on record; `panel-conformance prove` makes one of the built-in
cases, and `panel-conformance prove DIR` one of those in a folder.
";

fn proven(figures: &Figures) -> String {
    let rows: String =
        figures.rows().iter().map(|(name, value)| format!("| {name} | {value} |\n")).collect();
    let remark = if figures.are_complete() {
        ""
    } else {
        "\nThe proof is NOT complete: of some of these, not all are as they have to be.\n"
    };
    format!(
        "## Proof\n\nWhat `panel-conformance prove` found of exactly these cases, and finds again \
         when it is run again:\n\n| | |\n|---|---|\n{rows}{remark}"
    )
}

#[cfg(test)]
#[path = "tests/certificate.rs"]
mod tests;
