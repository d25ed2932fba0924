//! `markdown`: the result for a comment on a pull request, a wiki page or an artifact.
//!
//! In parts, so that whoever has little room can leave the last ones out without breaking a
//! fence. What the target says stands in code spans and fenced blocks only.

use super::addresses;
use super::command::again;
use super::curl::setting::setting;
use super::difference;
use super::digest::{Coverage, Digest, Failure, Way, coverage};
use super::escape::{fenced, line, markdown, span};
use super::reasons::ReasonGroup;
use super::wording::{
    NextStep, asides, counted, exchange_of, expectation, headline, next_step, some_of, summary,
    time,
};
use super::{Context, Format, curl};
use crate::judge::findings::Findings;
use crate::model::level::Level;
use crate::model::outcome::{Counts, Verdict};
use crate::model::violation::{Difference, Violation};

pub(super) const FORMAT: Format =
    Format { name: "markdown", summary: "the result for people, for a comment or a page", render };

/// What is told of one failure before the rest is counted.
const VIOLATIONS: usize = 8;
const DIFFERENCE: usize = 60;
const NAMED: usize = 10;

fn render(context: Context<'_>) -> String {
    parts(context).join("\n")
}

/// The report in parts that each end with a line end and make sense alone; the verdict first.
pub(super) fn parts(context: Context<'_>) -> Vec<String> {
    let digest = Digest::of(context);
    let mut parts = vec![head(context.findings, &digest)];
    for (title, levels) in
        [("What must be mended", &[Level::Must][..]), ("What should be mended", &[Level::Should])]
    {
        let of_level = digest.failures.iter().filter(|failure| levels.contains(&failure.level()));
        let mut of_level: Vec<String> =
            of_level.map(|failure| write_failure(context, failure)).collect();
        if let Some(first) = of_level.first_mut() {
            *first = format!("## {title}\n\n{first}");
        }
        parts.extend(of_level);
    }
    parts.extend(list("Notes", digest.failures_at(Level::May).map(note)));
    parts.extend(list("What is unjudged", digest.unjudged.iter().map(group)));
    parts.extend(list("What was not tried", digest.skipped.iter().map(group)));
    parts.extend(list("What did not apply", digest.not_applicable.iter().map(group)));
    parts.push(requirements(&coverage(context)));
    parts
}

fn head(findings: &Findings, digest: &Digest<'_>) -> String {
    let sign = match findings.verdict {
        Verdict::Conformant => "✅",
        Verdict::Nonconformant => "❌",
        Verdict::Inconclusive | Verdict::Incomplete => "⚠️",
    };
    let target = if findings.target.embedded {
        "the embedded reference server".to_owned()
    } else {
        urls(findings)
    };
    let overrides = findings.target.reached_with();
    let overrides =
        overrides.map_or_else(String::new, |told| format!(", reached with {}", span(&told)));
    let mut text = format!("# {sign} {}\n\n", markdown(&headline(findings)));
    text.push_str(&format!(
        "{target}{overrides}, {} in {}, {} {}, {}\n\n",
        counted(findings.requests, "request"),
        time(findings.duration_ms),
        markdown(&findings.suite.name),
        markdown(&findings.suite.version),
        markdown(&findings.started)
    ));
    if let Some(why) = &findings.stopped {
        text.push_str(&format!("**Stopped early:** {}\n\n", span(&why.to_string())));
    }
    for what in addresses::in_common(findings) {
        text.push_str(&format!("{}\n\n", prose(&what)));
    }
    for what in asides(findings) {
        text.push_str(&format!("{}\n\n", markdown(&what)));
    }
    text.push_str("| | passed | failed | unjudged | skipped | not applicable |\n");
    text.push_str("|---|---:|---:|---:|---:|---:|\n");
    for level in Level::ALL {
        let counts = findings.counts.at(level);
        text.push_str(&format!(
            "| {level} | {} | {} | {} | {} | {} |\n",
            counts.passed, counts.failed, counts.unjudged, counts.skipped, counts.not_applicable
        ));
    }
    text.push_str(&format!("\n{}\n", advice(&next_step(findings, digest))));
    text
}

/// The addresses of the target, each as code.
fn urls(findings: &Findings) -> String {
    findings.target.addresses().map(span).collect::<Vec<_>>().join(", ")
}

/// What to do next, the command as code.
fn advice(step: &NextStep) -> String {
    match &step.command {
        Some(command) => format!("{}: {}", markdown(&step.words), span(command)),
        None => markdown(&step.words),
    }
}

/// A sentence with what stands between backticks as code.
fn prose(text: &str) -> String {
    let pieces: Vec<&str> = text.split('`').collect();
    if pieces.len().is_multiple_of(2) {
        return markdown(text);
    }
    let piece = |(index, piece): (usize, &&str)| match index % 2 {
        0 => markdown(piece),
        _ => span(piece),
    };
    pieces.iter().enumerate().map(piece).collect()
}

/// A sentence of the ledger for the cell of a table, which code with a `|` would end.
fn cell(text: &str) -> String {
    if text.contains('|') { markdown(text) } else { prose(text) }
}

fn write_failure(context: Context<'_>, failure: &Failure<'_>) -> String {
    let (id, level) = failure.requirement();
    let place = failure.places[0];
    let requirement = context.suite.ledger.get(id);
    let sentence = requirement.map(|entry| format!(": {}", prose(&entry.sentence)));
    let mut text = format!("### {} · {level}{}\n\n", markdown(id), sentence.unwrap_or_default());
    if let Some(requirement) = requirement {
        text.push_str(&format!("{}\n\n", prose(&requirement.source)));
    }
    let exchange = exchange_of(context, failure).map(summary).unwrap_or_default();
    text.push_str(&format!(
        "- {}, step {}: {}\n",
        span(place.case),
        span(place.step),
        span(&exchange)
    ));
    for sentence in addresses::told(context.findings, place, failure.repeat()) {
        text.push_str(&format!("- {}\n", prose(&sentence)));
    }
    if let Some(expected) = expectation(context, place, id) {
        text.push_str(&format!("- expects {}\n", span(&expected)));
    }
    text.push_str(&violations(failure.lead()));
    text.push_str(&others(failure));
    if let Some(difference) = failure.lead().difference {
        text.push_str(&write_difference(difference));
    }
    text.push_str(&repetition(context, failure));
    text
}

fn violations(way: &Way<'_>) -> String {
    let mut text = String::new();
    for violation in way.violations.iter().take(VIOLATIONS) {
        text.push_str(&format!("- {}\n", sentence(violation)));
    }
    let more = way.violations.len().saturating_sub(VIOLATIONS);
    if more > 0 {
        text.push_str(&format!("- and {}\n", counted(more, "more violation")));
    }
    text
}

fn sentence(violation: &Violation) -> String {
    let (at, actual) = (violation.at(), violation.actual.to_string());
    let [at, expected, actual] = [&at, &violation.expected, &actual].map(|text| span(text));
    format!("{at}: expected {expected}, got {actual}{}", markdown(&violation.aside()))
}

/// What else is broken in the same places, and which these are.
fn others(failure: &Failure<'_>) -> String {
    let mut text = String::new();
    let others = &failure.lead().broken[1..];
    if !others.is_empty() {
        text.push_str(&format!("- breaks {} in the same way\n", names(others)));
    }
    for way in &failure.ways[1..] {
        let first = way.violations.first().map(sentence).unwrap_or_default();
        let more = match way.violations.len() {
            0 | 1 => String::new(),
            count => format!(" and {} more", count - 1),
        };
        text.push_str(&format!("- breaks {}: {first}{more}\n", names(&way.broken)));
    }
    let places: Vec<String> =
        failure.places[1..].iter().map(|place| span(&place.to_string())).collect();
    if !places.is_empty() {
        text.push_str(&format!("- also in {}\n", some_of(&places, NAMED)));
    }
    text
}

fn names(broken: &[(&str, Level)]) -> String {
    let names: Vec<String> =
        broken.iter().map(|(id, level)| format!("{} ({level})", markdown(id))).collect();
    some_of(&names, NAMED)
}

fn write_difference(difference: &Difference) -> String {
    let lines: Vec<String> = difference::lines(difference, DIFFERENCE)
        .iter()
        .map(|shown| format!("{} {}", shown.mark.sign(), line(&shown.text())).trim_end().to_owned())
        .collect();
    let against = span(&difference.against);
    format!("\nThe answer (-) and {against} (+):\n\n{}", fenced("diff", &lines.join("\n")))
}

fn repetition(context: Context<'_>, failure: &Failure<'_>) -> String {
    let place = failure.places[0];
    let mut lines = vec![again(context.findings, &[place.case])];
    lines.extend(setting(&context.findings.target));
    lines.extend(curl::lines(context.findings, place.case, place.step, failure.repeat()));
    let block = fenced("sh", &lines.join("\n"));
    format!("\n<details><summary>Repeat it</summary>\n\n{block}\n</details>\n")
}

fn note(failure: &Failure<'_>) -> String {
    let first = failure.lead().violations.first().map(sentence).unwrap_or_default();
    let ids: Vec<(&str, Level)> =
        failure.ways.iter().flat_map(|way| way.broken.iter().copied()).collect();
    let places: Vec<String> = failure.places.iter().map(|place| span(&place.to_string())).collect();
    format!("{}: {first} in {}", names(&ids), some_of(&places, 1))
}

fn group(group: &ReasonGroup<'_>) -> String {
    let cases: Vec<String> = group.cases().into_iter().map(span).collect();
    let remedy = group.remedy().map(|remedy| format!(" {}", markdown(remedy))).unwrap_or_default();
    format!(
        "{} ({}): {}, in {}.{remedy}",
        counted(group.checks.len(), "check"),
        group.levels(),
        span(&group.reason.to_string()),
        some_of(&cases, NAMED)
    )
}

fn list(title: &str, items: impl Iterator<Item = String>) -> Option<String> {
    let items: Vec<String> = items.map(|item| format!("- {item}\n")).collect();
    (!items.is_empty()).then(|| format!("## {title}\n\n{}", items.concat()))
}

/// How many requirements are kept, of those that were judged at all; of the others it says how
/// many there are.
fn kept(coverage: &[Coverage<'_>]) -> String {
    let count = |is: fn(Counts) -> bool| coverage.iter().filter(|entry| is(entry.counts)).count();
    let judged = count(|counts| counts.passed + counts.failed > 0);
    let kept = count(|counts| counts.passed > 0 && counts.failed == 0);
    let in_part = count(|counts| {
        counts.passed + counts.failed > 0
            && counts.unjudged + counts.skipped + counts.not_applicable > 0
    });
    let not_judged = coverage.len() - judged;
    let mut text = format!("{kept} of {} kept", counted(judged, "judged requirement"));
    if in_part > 0 {
        text.push_str(&format!(", {in_part} judged only in part"));
    }
    if not_judged > 0 {
        text.push_str(&format!(", {not_judged} unjudged"));
    }
    text
}

fn requirements(coverage: &[Coverage<'_>]) -> String {
    let mut text = format!(
        "<details><summary>{}</summary>\n\n\
         | requirement | level | passed | failed | unjudged | skipped | not applicable | |\n\
         |---|---|---:|---:|---:|---:|---:|---|\n",
        kept(coverage)
    );
    for Coverage { requirement, counts } in coverage {
        text.push_str(&format!(
            "| {} | {} | {} | {} | {} | {} | {} | {} |\n",
            markdown(&requirement.id),
            requirement.level,
            counts.passed,
            counts.failed,
            counts.unjudged,
            counts.skipped,
            counts.not_applicable,
            cell(&requirement.sentence)
        ));
    }
    text.push_str("\n</details>\n");
    text
}

#[cfg(test)]
#[path = "tests/markdown.rs"]
mod tests;
