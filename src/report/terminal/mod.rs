//! The terminal: the result for the person who ran it.
//!
//! Failures first, the most binding on top, each with what repeats it; then what could not be
//! judged and what was not tried, by reason; the verdict last, where the eye is. The parts have a
//! file each: `failure`, `trace`, `summary`, all written on `printer`.

mod failure;
mod printer;
mod summary;
mod trace;

use self::failure::sentence;
use self::printer::{BOLD, CYAN, DIM, PLAIN, Printer, YELLOW};
use crate::model::level::Level;
use crate::model::reason::ReasonKind;
use crate::report::Context;
use crate::report::curl::setting::setting;
use crate::report::digest::{Digest, Failure};
use crate::report::reasons::ReasonGroup;
use crate::report::wording::{counted, some_of};

/// How the result is to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DisplayOptions {
    /// Columns of the terminal; at least 40 and at most 160 are used.
    pub width: usize,
    /// Whether to colour.
    pub colour: bool,
    /// How much to tell.
    pub verbosity: Verbosity,
    /// Whether what is longer than a line may end in `…`; told in full, nothing is cut.
    pub cuts: bool,
    /// Whether the operator accepts that checks are skipped.
    pub accepts_gaps: bool,
}

impl Default for DisplayOptions {
    fn default() -> DisplayOptions {
        DisplayOptions {
            width: 80,
            colour: false,
            verbosity: Verbosity::Normal,
            cuts: true,
            accepts_gaps: false,
        }
    }
}

/// How much to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verbosity {
    /// The last lines only.
    Quiet,
    /// What went wrong.
    Normal,
    /// Every exchange before that, and everything at full length.
    Verbose,
}

/// Tells the story.
pub(crate) fn render(context: Context<'_>, options: &DisplayOptions) -> String {
    let digest = Digest::of(context);
    let mut printer = Printer::new(options);
    if options.verbosity == Verbosity::Verbose {
        trace::write(context, &mut printer);
    }
    if options.verbosity != Verbosity::Quiet {
        write_details(context, &digest, options.verbosity, &mut printer);
    }
    summary::write(context, &digest, options, &mut printer);
    printer.finish()
}

/// Tells what went wrong and what was not judged, without a verdict.
pub(crate) fn details(context: Context<'_>, options: &DisplayOptions) -> String {
    let mut printer = Printer::new(options);
    write_details(context, &Digest::of(context), options.verbosity, &mut printer);
    printer.finish()
}

fn write_details(
    context: Context<'_>,
    digest: &Digest<'_>,
    verbosity: Verbosity,
    printer: &mut Printer,
) {
    write_failures(context, digest, verbosity, printer);
    write_groups("UNJUDGED", &digest.unjudged, printer);
    write_groups("SKIPPED", &digest.skipped, printer);
    write_groups("NOT APPLICABLE", &digest.not_applicable, printer);
}

fn write_failures(
    context: Context<'_>,
    digest: &Digest<'_>,
    verbosity: Verbosity,
    printer: &mut Printer,
) {
    let is_told =
        |failure: &Failure<'_>| failure.level() > Level::May || verbosity == Verbosity::Verbose;
    if digest.failures.iter().any(is_told) && !context.findings.target.embedded {
        write_setting(context, printer);
    }
    for failure in &digest.failures {
        if is_told(failure) {
            failure::write(context, failure, verbosity, printer);
        }
    }
    if verbosity == Verbosity::Normal {
        printer.gap();
        digest.failures_at(Level::May).for_each(|failure| write_note(failure, printer));
    }
}

/// What the commands of all failures take for granted, to be pasted before them.
fn write_setting(context: Context<'_>, printer: &mut Printer) {
    printer.gap();
    for line in setting(&context.findings.target) {
        printer.line(&[(PLAIN, &line)]);
    }
    printer.paragraph(
        "That is what the curl lines below start from. They want the passwords in the variables \
         that they name.",
    );
}

/// A failure that is held against nobody, in one line.
fn write_note(failure: &Failure<'_>, printer: &mut Printer) {
    let ids: Vec<String> = failure
        .ways
        .iter()
        .flat_map(|way| way.broken.iter().map(|(id, _)| (*id).to_owned()))
        .collect();
    let places: Vec<String> = failure.places.iter().map(ToString::to_string).collect();
    let what = failure.lead().violations.first().map(sentence).unwrap_or_default();
    printer.cut(&[
        (CYAN, "NOTE"),
        (PLAIN, "  "),
        (BOLD, &some_of(&ids, 2)),
        (DIM, " · may  "),
        (PLAIN, &what),
        (DIM, "  in "),
        (PLAIN, &some_of(&places, 1)),
    ]);
}

/// Cases and reasons that are named before the rest is counted.
const NAMED: usize = 5;

fn write_groups(word: &str, reason_groups: &[ReasonGroup<'_>], printer: &mut Printer) {
    const FEW: usize = 3;
    let follows = |group: &&ReasonGroup<'_>| group.reason.kind() == ReasonKind::EarlierStep;
    let consequences: Vec<&ReasonGroup<'_>> = reason_groups.iter().filter(follows).collect();
    let has_many = consequences.len() > FEW;
    for group in reason_groups.iter().filter(|group| !has_many || !follows(group)) {
        write_group(word, group, printer);
    }
    if has_many {
        write_consequences(word, &consequences, printer);
    }
}

fn write_group(word: &str, group: &ReasonGroup<'_>, printer: &mut Printer) {
    printer.gap();
    let count = format!("  {}", counted(group.checks.len(), "check"));
    printer.ends(&[(YELLOW, word), (PLAIN, &count)], &[(PLAIN, &group.levels())]);
    printer.body(PLAIN, &group.reason.to_string());
    let cases: Vec<String> = group.cases().into_iter().map(str::to_owned).collect();
    printer.field("in", &some_of(&cases, NAMED));
    if let Some(remedy) = group.remedy() {
        printer.field("next", remedy);
    }
}

/// What hangs on earlier steps, in one paragraph: it is told above why those went wrong.
fn write_consequences(word: &str, reason_groups: &[&ReasonGroup<'_>], printer: &mut Printer) {
    let checks: usize = reason_groups.iter().map(|group| group.checks.len()).sum();
    printer.gap();
    let count = format!("  {}", counted(checks, "check"));
    printer.line(&[(YELLOW, word), (PLAIN, &count)]);
    printer.body(PLAIN, "An earlier step of the case did not go as they need it.");
    for group in reason_groups.iter().take(NAMED) {
        printer.field(&group.checks.len().to_string(), &group.reason.to_string());
    }
    let rest = &reason_groups[NAMED.min(reason_groups.len())..];
    if !rest.is_empty() {
        let checks: usize = rest.iter().map(|group| group.checks.len()).sum();
        printer.field(&checks.to_string(), &format!("for {}", counted(rest.len(), "other reason")));
    }
    if let Some(remedy) = reason_groups.first().and_then(|group| group.remedy()) {
        printer.field("next", remedy);
    }
}

#[cfg(test)]
#[path = "../tests/terminal.rs"]
mod tests;
