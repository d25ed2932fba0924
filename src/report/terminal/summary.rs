//! The last lines on the terminal: the verdict, the counts, and what to do next.

use super::DisplayOptions;
use super::printer::{BOLD, DIM, GREEN, PLAIN, Printer, RED, Span, Style, YELLOW};
use crate::judge::findings::Findings;
use crate::model::level::Level;
use crate::model::outcome::{Counts, Verdict};
use crate::report::Context;
use crate::report::addresses;
use crate::report::digest::Digest;
use crate::report::wording::{asides, counted, headline, next_step, next_step_with_gaps, time};

/// A column of the table of counts.
type Column = (&'static str, fn(Counts) -> usize, Style);

const COLUMNS: [Column; 5] = [
    ("passed", |counts| counts.passed, GREEN),
    ("failed", |counts| counts.failed, RED),
    ("unjudged", |counts| counts.unjudged, YELLOW),
    ("skipped", |counts| counts.skipped, YELLOW),
    ("n/a", |counts| counts.not_applicable, YELLOW),
];

/// Tells how it ended.
pub(super) fn write(
    context: Context<'_>,
    digest: &Digest<'_>,
    options: &DisplayOptions,
    printer: &mut Printer,
) {
    let findings = context.findings;
    printer.gap();
    write_counts(findings, printer);
    printer.gap();
    let target = if findings.target.embedded {
        "the embedded reference server".to_owned()
    } else {
        findings.target.told()
    };
    let style = match findings.verdict {
        Verdict::Conformant => GREEN.bold(),
        Verdict::Nonconformant => RED.bold(),
        Verdict::Inconclusive | Verdict::Incomplete => YELLOW,
    };
    printer.ends(&[(style, &headline(findings))], &[(PLAIN, &target)]);
    if let Some(how) = findings.target.reached_with() {
        let style = if findings.target.is_unverified() { RED.bold() } else { DIM };
        printer.line(&[(DIM, "reached with "), (style, &how)]);
    }
    if let Some(why) = &findings.stopped {
        printer.line(&[(YELLOW, "stopped early: "), (PLAIN, &why.to_string())]);
    }
    for what in addresses::in_common(findings).into_iter().chain(asides(findings)) {
        printer.line(&[(YELLOW, &what)]);
    }
    printer.line(&[(DIM, &effort(findings))]);
    let next = if options.accepts_gaps {
        next_step_with_gaps(findings, digest)
    } else {
        next_step(findings, digest)
    };
    printer.line(&[(PLAIN, &next.to_string())]);
}

fn write_counts(findings: &Findings, printer: &mut Printer) {
    let mut head = " ".repeat(6);
    for (name, _, _) in COLUMNS {
        head.push_str(&format!("  {name:>8}"));
    }
    printer.line(&[(DIM, &head)]);
    for level in Level::ALL {
        write_row(level, findings.counts.at(level), printer);
    }
}

fn write_row(level: Level, counts: Counts, printer: &mut Printer) {
    let name = format!("{:<6}", level.name());
    let numbers = COLUMNS.map(|(_, of, style)| match of(counts) {
        0 => (DIM, format!("  {:>8}", 0)),
        number => (style, format!("  {number:>8}")),
    });
    let mut spans: Vec<Span<'_>> = vec![(BOLD, &name)];
    spans.extend(numbers.iter().map(|(style, text)| (*style, text.as_str())));
    printer.line(&spans);
}

fn effort(findings: &Findings) -> String {
    let resent = match findings.resent() {
        0 => String::new(),
        resent => format!(" ({resent} of them again, on a new connection)"),
    };
    format!(
        "{}{resent} in {}, {} {}",
        counted(findings.requests, "request"),
        time(findings.duration_ms),
        findings.suite.name,
        findings.suite.version
    )
}
