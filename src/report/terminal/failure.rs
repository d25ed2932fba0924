//! One failure on the terminal: the promise, the exchange, what is wrong with the answer, and
//! what repeats it.

use super::Verbosity;
use super::paper::{BOLD, DIM, GREEN, PLAIN, Paper, RED, Span, YELLOW};
use crate::model::level::Level;
use crate::model::violation::{Difference, Violation};
use crate::report::Story;
use crate::report::complaint::distinct;
use crate::report::curl::curl_with_setup;
use crate::report::difference;
use crate::report::digest::{Failure, Way, again};
use crate::report::wording::{counted, exchange_of, expectation, some_of, summary};
use crate::value::json_diff::{Line, Mark};

/// How much of a failure is told.
struct Limits {
    violations: usize,
    difference: usize,
    curl: usize,
    places: usize,
    names: usize,
}

/// Bytes of a body that are looked at for its beginning.
const BEGINNING: usize = 200;

const NORMAL: Limits = Limits { violations: 6, difference: 32, curl: 8, places: 5, names: 8 };
const VERBOSE: Limits =
    Limits { violations: 100, difference: 400, curl: 100, places: 100, names: 100 };

/// Tells a failure.
pub(super) fn write(
    story: Story<'_>,
    failure: &Failure<'_>,
    verbosity: Verbosity,
    paper: &mut Paper,
) {
    let limits = if verbosity == Verbosity::Verbose { &VERBOSE } else { &NORMAL };
    let lead = failure.lead();
    let (requirement, _) = failure.requirement();
    let place = failure.places[0];
    paper.gap();
    write_head(failure, paper);
    if let Some(requirement) = story.suite.ledger.get(requirement) {
        paper.body_ends(&requirement.sentence, &requirement.source);
    }
    if let Some(exchange) = exchange_of(story, failure) {
        paper.field("step", &format!("{}   {}", place.step, summary(exchange)));
    }
    if let Some(expected) = expectation(story, place, requirement) {
        paper.field_cut("expects", &expected);
    }
    write_violations(lead.violations, limits.violations, paper);
    match lead.difference {
        Some(difference) => write_difference(difference, limits.difference, paper),
        None => write_body(story, failure, paper),
    }
    write_others(failure, limits, paper);
    write_places(failure, limits.places, paper);
    write_remedies(story, failure, limits.curl, paper);
}

fn write_head(failure: &Failure<'_>, paper: &mut Paper) {
    let (requirement, level) = failure.requirement();
    let style = if level == Level::Must { RED.bold() } else { YELLOW };
    paper.ends(
        &[(style, "FAIL"), (PLAIN, "  "), (BOLD, failure.places[0].case)],
        &[(BOLD, requirement), (DIM, &format!(" · {level}"))],
    );
}

fn write_violations(violations: &[Violation], limit: usize, paper: &mut Paper) {
    let told = distinct(violations);
    let shown = told.len().min(limit);
    for (_, violation) in &told[..shown] {
        paper.body(PLAIN, &sentence(violation));
    }
    let more = told.len() - shown;
    if more > 0 {
        paper.body(DIM, &format!("and {} more", counted(more, "violation")));
    }
}

/// `at: expected …, got …`
pub(super) fn sentence(violation: &Violation) -> String {
    let Violation { at, expected, actual } = violation;
    format!("{at}: expected {expected}, got {actual}")
}

/// The beginning of an answer that could not be understood as a whole.
fn write_body(story: Story<'_>, failure: &Failure<'_>, paper: &mut Paper) {
    let is_whole =
        |violation: &Violation| violation.at == "body" || violation.at.starts_with("body (answer ");
    if !failure.lead().violations.iter().any(is_whole) {
        return;
    }
    let answer = exchange_of(story, failure).and_then(|exchange| exchange.result.as_ref().ok());
    let Some(answer) = answer else { return };
    let begins = &answer.body[..answer.body.len().min(BEGINNING)];
    match answer.body.len() {
        0 => paper.field("body", "(empty)"),
        length => paper.field_cut(
            "body",
            &format!("{}: {}", counted(length, "byte"), String::from_utf8_lossy(begins)),
        ),
    }
}

fn write_difference(difference: &Difference, limit: usize, paper: &mut Paper) {
    let against = &difference.against;
    paper.body(DIM, &format!("the answer (-) and {against} (+):"));
    for line in difference::lines(difference, limit) {
        write_difference_line(&line, paper);
    }
}

fn write_difference_line(line: &Line, paper: &mut Paper) {
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
    paper.body_cut(&spans);
}

/// What else is broken in the same places.
fn write_others(failure: &Failure<'_>, limits: &Limits, paper: &mut Paper) {
    let others = &failure.lead().broken[1..];
    if !others.is_empty() {
        paper.field("also", &format!("{}, in the same way", names(others, limits.names)));
    }
    for way in &failure.ways[1..] {
        let names = names(&way.broken, limits.names);
        paper.field("also", &format!("{names}: {}", violations(way, limits.violations)));
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

fn write_places(failure: &Failure<'_>, limit: usize, paper: &mut Paper) {
    let others: Vec<String> = failure.places[1..].iter().map(ToString::to_string).collect();
    if !others.is_empty() {
        paper.field("and in", &some_of(&others, limit));
    }
    if failure.checks > 1 {
        let steps = counted(failure.places.len(), "step");
        paper.field("in all", &format!("{} checks fail by it, in {steps}", failure.checks));
    }
}

fn write_remedies(story: Story<'_>, failure: &Failure<'_>, limit: usize, paper: &mut Paper) {
    let place = failure.places[0];
    paper.field_line("again", &again(story.findings, &[place.case]));
    let (id, _) = failure.requirement();
    paper.field_line("explain", &format!("panel-conformance explain {id}"));
    let case = story.findings.cases.iter().find(|case| case.record.id == place.case);
    let lines = case
        .map(|case| curl_with_setup(&case.record, place.step, failure.repeat()))
        .unwrap_or_default();
    let hidden = if lines.len() > limit { lines.len() - 1 } else { 0 };
    for (index, line) in lines.iter().skip(hidden).enumerate() {
        paper.field_line(if index == 0 { "curl" } else { "" }, line);
    }
    if hidden > 0 {
        // A comment, for whoever pastes it along.
        let note = format!("# after {} before it, which -v shows", counted(hidden, "line"));
        paper.field_line("", &note);
    }
}
