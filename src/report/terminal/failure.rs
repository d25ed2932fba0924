//! One failure on the terminal: the promise, the exchange, what is wrong with the answer, and
//! what repeats it.

use super::Verbosity;
use super::printer::{BOLD, DIM, GREEN, PLAIN, Printer, RED, Span, YELLOW};
use crate::model::level::Level;
use crate::model::violation::{Difference, Place, Violation};
use crate::report::Context;
use crate::report::addresses;
use crate::report::command::{again, explain};
use crate::report::curl;
use crate::report::difference;
use crate::report::digest::{Failure, Way};
use crate::report::symptom::distinct;
use crate::report::wording::{counted, exchange_of, expectation, some_of, summary};
use crate::value::json_diff::{Line, Mark};

/// How much of a failure is told.
struct Limits {
    violations: usize,
    difference: usize,
    places: usize,
    names: usize,
}

/// Bytes of a body that are looked at for its beginning.
const BEGINNING: usize = 200;

const NORMAL: Limits = Limits { violations: 6, difference: 32, places: 5, names: 8 };
const VERBOSE: Limits = Limits { violations: 100, difference: 400, places: 100, names: 100 };

/// Tells a failure.
pub(super) fn write(
    context: Context<'_>,
    failure: &Failure<'_>,
    verbosity: Verbosity,
    printer: &mut Printer,
) {
    let limits = if verbosity == Verbosity::Verbose { &VERBOSE } else { &NORMAL };
    let lead = failure.lead();
    let (requirement, _) = failure.requirement();
    let place = failure.places[0];
    printer.gap();
    write_head(failure, printer);
    if let Some(requirement) = context.suite.ledger.get(requirement) {
        printer.body(PLAIN, &requirement.sentence);
        printer.body(DIM, &requirement.source);
    }
    if let Some(exchange) = exchange_of(context, failure) {
        printer.field("step", &format!("{}   {}", place.step, summary(exchange)));
    }
    for sentence in addresses::told(context.findings, place, failure.repeat()) {
        printer.body(PLAIN, &sentence);
    }
    if let Some(expected) = expectation(context, place, requirement) {
        printer.field_cut("expects", &expected);
    }
    write_violations(lead.violations, limits.violations, printer);
    match lead.difference {
        Some(difference) => write_difference(difference, limits.difference, printer),
        None => write_body(context, failure, printer),
    }
    write_others(failure, limits, printer);
    write_places(failure, limits.places, printer);
    write_remedies(context, failure, printer);
}

fn write_head(failure: &Failure<'_>, printer: &mut Printer) {
    let (requirement, level) = failure.requirement();
    let style = if level == Level::Must { RED.bold() } else { YELLOW };
    printer.ends(
        &[(style, "FAIL"), (PLAIN, "  "), (BOLD, failure.places[0].case)],
        &[(BOLD, requirement), (DIM, &format!(" · {level}"))],
    );
}

fn write_violations(violations: &[Violation], limit: usize, printer: &mut Printer) {
    let told = distinct(violations);
    let shown = told.len().min(limit);
    for (_, violation) in &told[..shown] {
        printer.body(PLAIN, &sentence(violation));
    }
    let more = told.len() - shown;
    if more > 0 {
        printer.body(DIM, &format!("and {} more", counted(more, "violation")));
    }
}

/// `at: expected …, got …`
pub(super) fn sentence(violation: &Violation) -> String {
    let Violation { expected, actual, .. } = violation;
    format!("{}: expected {expected}, got {actual}{}", violation.at(), violation.aside())
}

/// The beginning of an answer that could not be understood as a whole.
fn write_body(context: Context<'_>, failure: &Failure<'_>, printer: &mut Printer) {
    let is_whole = |violation: &Violation| matches!(&violation.place, Place::Body { pointer } if pointer.is_empty());
    if !failure.lead().violations.iter().any(is_whole) {
        return;
    }
    let Some(exchange) = exchange_of(context, failure) else { return };
    let Ok(answer) = &exchange.result else { return };
    let begins = &answer.body[..answer.body.len().min(BEGINNING)];
    match exchange.shortened.as_ref().map_or(answer.body.len(), |whole| whole.bytes) {
        0 => printer.field("body", "(empty)"),
        length => printer.field_cut(
            "body",
            &format!("{}: {}", counted(length, "byte"), String::from_utf8_lossy(begins)),
        ),
    }
}

fn write_difference(difference: &Difference, limit: usize, printer: &mut Printer) {
    let against = &difference.against;
    printer.body(DIM, &format!("the answer (-) and {against} (+):"));
    for line in difference::lines(difference, limit) {
        write_difference_line(&line, printer);
    }
}

fn write_difference_line(line: &Line, printer: &mut Printer) {
    let style = match line.mark {
        Mark::Actual => RED,
        Mark::Expected => GREEN,
        Mark::Same | Mark::Gap => DIM,
    };
    let sign = format!("  {}{}", line.mark.sign(), if line.mark == Mark::Gap { "" } else { " " });
    let mut spans: Vec<Span<'_>> = vec![(style, &sign)];
    for (is_emphasised, text) in &line.pieces {
        spans.push((if *is_emphasised { style.invert() } else { style }, text));
    }
    printer.body_cut(&spans);
}

/// What else is broken in the same places.
fn write_others(failure: &Failure<'_>, limits: &Limits, printer: &mut Printer) {
    let others = &failure.lead().broken[1..];
    if !others.is_empty() {
        printer.field("also", &format!("{}, in the same way", names(others, limits.names)));
    }
    for way in &failure.ways[1..] {
        let names = names(&way.broken, limits.names);
        printer.field("also", &format!("{names}: {}", violations(way, limits.violations)));
    }
}

/// Requirements by level: `must A, B; should C`.
fn names(broken: &[(&str, Level)], limit: usize) -> String {
    let of_level = |level: Level| {
        let of_level = broken.iter().filter(|(_, known)| *known == level);
        let names: Vec<String> = of_level.map(|(id, _)| (*id).to_owned()).collect();
        (!names.is_empty()).then(|| format!("{level} {}", some_of(&names, limit)))
    };
    Level::ALL.into_iter().filter_map(of_level).collect::<Vec<_>>().join("; ")
}

fn violations(way: &Way<'_>, limit: usize) -> String {
    let told = distinct(way.violations);
    let mut shown: Vec<String> = told.iter().take(limit).map(|(_, told)| sentence(told)).collect();
    let more = told.len() - shown.len();
    shown.extend((more > 0).then(|| format!("and {more} more")));
    shown.join("; ")
}

fn write_places(failure: &Failure<'_>, limit: usize, printer: &mut Printer) {
    let others: Vec<String> = failure.places[1..].iter().map(ToString::to_string).collect();
    if !others.is_empty() {
        printer.field("and in", &some_of(&others, limit));
    }
    if failure.checks > 1 {
        let steps = counted(failure.places.len(), "step");
        printer.field("in all", &format!("{} checks fail by it, in {steps}", failure.checks));
    }
}

fn write_remedies(context: Context<'_>, failure: &Failure<'_>, printer: &mut Printer) {
    let place = failure.places[0];
    printer.field_line("again", &again(context.findings, &[place.case]));
    let (id, _) = failure.requirement();
    printer.field_line("explain", &explain(context.findings, id));
    // All of them, however many: a part would want what the others yield.
    let lines = curl::lines(context.findings, place.case, place.step, failure.repeat());
    for (index, line) in lines.iter().enumerate() {
        printer.field_line(if index == 0 { "curl" } else { "" }, line);
    }
}
