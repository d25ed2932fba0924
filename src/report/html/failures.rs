//! What the target broke, each broken thing once, however many steps show it.

use super::prose::Prose;
use super::{Index, shown, span};
use crate::judge::findings::Findings;
use crate::model::exchange::{Answer, Exchange};
use crate::model::level::Level;
use crate::model::violation;
use crate::report::command::again;
use crate::report::curl::setting::setting;
use crate::report::{addresses, curl, difference, digest};
use crate::value::json;
use crate::value::json_diff::{self, Mark};

/// Failures that are open from the start; more would bury the rest of the page.
const OPEN: usize = 8;
/// Exchanges of one step that are shown.
const EXCHANGES: usize = 4;
/// Characters of a body that are shown.
const BODY: usize = 12_000;
/// Further places that are listed.
const PLACES: usize = 40;
/// Promises that stand above what is wrong; the others stand below, to be opened.
const PROMISES: usize = 3;
/// Lines around a change.
const CONTEXT: usize = 3;

/// Promises that are broken in the same places.
pub(super) struct Failure {
    pub(super) number: usize,
    pub(super) is_open: bool,
    pub(super) title: String,
    pub(super) case: String,
    pub(super) step: String,
    /// Where else.
    pub(super) elsewhere: Vec<Place>,
    /// How many places are not listed.
    pub(super) unlisted: usize,
    /// The most binding level that is broken.
    pub(super) level: &'static str,
    pub(super) request: String,
    pub(super) result: String,
    /// What is to be said of the addresses that were asked.
    pub(super) addresses: Vec<Prose>,
    pub(super) broken: Vec<Broken>,
    pub(super) exchanges: Vec<Messages>,
    /// How many exchanges are not shown.
    pub(super) omitted: usize,
    pub(super) again: String,
    pub(super) curl: Option<String>,
}

/// A step of a case.
pub(super) struct Place {
    pub(super) case: String,
    pub(super) step: String,
}

/// Promises that are broken in one way.
pub(super) struct Broken {
    pub(super) promises: Vec<Promise>,
    /// Further promises that the same breaks.
    pub(super) others: Vec<Promise>,
    pub(super) violations: Vec<Violation>,
    pub(super) difference: Option<Difference>,
}

/// A broken promise.
pub(super) struct Promise {
    pub(super) id: String,
    pub(super) anchor: String,
    pub(super) level: &'static str,
    pub(super) sentence: Prose,
    pub(super) source: Prose,
}

/// A violation, visible.
pub(super) struct Violation {
    pub(super) at: String,
    pub(super) expected: String,
    pub(super) actual: String,
}

/// The answer against the nearest that would do.
pub(super) struct Difference {
    pub(super) against: String,
    pub(super) lines: Vec<Line>,
}

/// A line of a difference.
pub(super) struct Line {
    pub(super) class: &'static str,
    pub(super) sign: char,
    /// `true` where the piece is what differs.
    pub(super) pieces: Vec<(bool, String)>,
}

/// An exchange as text.
pub(super) struct Messages {
    pub(super) request: String,
    pub(super) answer: String,
    pub(super) elapsed: String,
}

/// All failures, the most binding first.
pub(super) fn all(index: &Index<'_>) -> Vec<Failure> {
    let failures = index.digest.failures.iter().enumerate();
    failures.map(|(position, told)| failure(index, position + 1, told)).collect()
}

/// What stands above the failures.
pub(super) fn note(findings: &Findings, causes: usize) -> String {
    let checks = Level::ALL.iter().map(|level| findings.counts.at(*level).failed).sum::<usize>();
    let checks = if checks == 1 { "One check".to_owned() } else { format!("{checks} checks") };
    let ways = if causes == 1 { "one way".to_owned() } else { format!("{causes} ways") };
    format!("{checks} failed, in {ways}. What is broken in several places is told once.")
}

fn failure(index: &Index<'_>, number: usize, told: &digest::Failure<'_>) -> Failure {
    let findings = index.context.findings;
    let first = told.places[0];
    let exchanges = exchanges(findings, first);
    let shown_first = exchanges.get(told.repeat()).or(exchanges.first());
    let elsewhere = &told.places[1..];
    Failure {
        number,
        is_open: number <= OPEN,
        title: shown(title(findings, first.case)),
        case: shown(first.case),
        step: shown(first.step),
        elsewhere: elsewhere.iter().take(PLACES).map(place).collect(),
        unlisted: elsewhere.len().saturating_sub(PLACES),
        level: told.level().name(),
        request: shown_first.map_or_else(String::new, |one| shown(&one.line())),
        result: shown_first.map_or_else(String::new, |one| shown(&result_of(one))),
        addresses: addresses::told(findings, first, told.repeat())
            .iter()
            .map(|one| Prose::of(one))
            .collect(),
        broken: told.ways.iter().map(|way| broken(index, way)).collect(),
        omitted: exchanges.len().saturating_sub(EXCHANGES),
        exchanges: exchanges.iter().take(EXCHANGES).map(|exchange| messages(exchange)).collect(),
        again: shown(&again(findings, &[first.case])),
        curl: by_hand(findings, first, told.repeat()).map(|text| shown(&text)),
    }
}

fn place(place: &digest::Place<'_>) -> Place {
    Place { case: shown(place.case), step: shown(place.step) }
}

/// The exchanges of a step that decide.
fn exchanges<'a>(findings: &'a Findings, place: digest::Place<'_>) -> Vec<&'a Exchange> {
    let case = findings.cases.iter().find(|case| case.record.id == place.case);
    let steps = case.into_iter().flat_map(|case| &case.record.steps);
    steps.filter(|step| step.id == place.step).flat_map(|step| step.deciding()).collect()
}

/// The calls that lead to an answer, as lines for a shell; nothing where nothing was sent.
fn by_hand(findings: &Findings, place: digest::Place<'_>, repeat: usize) -> Option<String> {
    let lines = curl::lines(findings, place.case, place.step, repeat);
    if lines.is_empty() {
        return None;
    }
    let mut all = setting(&findings.target);
    all.extend(lines);
    Some(all.join("\n"))
}

fn title<'a>(findings: &'a Findings, case: &'a str) -> &'a str {
    let known = findings.cases.iter().find(|known| known.record.id == case);
    known.map(|known| known.title.as_str()).filter(|title| !title.is_empty()).unwrap_or(case)
}

fn broken(index: &Index<'_>, way: &digest::Way<'_>) -> Broken {
    let told = |(requirement, level): &(&str, Level)| promise(index, requirement, *level);
    Broken {
        promises: way.broken.iter().take(PROMISES).map(told).collect(),
        others: way.broken.iter().skip(PROMISES).map(told).collect(),
        violations: way.violations.iter().map(visible).collect(),
        difference: way.difference.map(lines),
    }
}

fn promise(index: &Index<'_>, requirement: &str, level: Level) -> Promise {
    let known = index.context.suite.ledger.get(requirement);
    Promise {
        id: shown(requirement),
        anchor: index.anchor(requirement),
        level: level.name(),
        sentence: Prose::of(known.map_or("", |entry| &entry.sentence)),
        source: Prose::of(known.map_or("", |entry| &entry.source)),
    }
}

fn visible(violation: &violation::Violation) -> Violation {
    Violation {
        at: shown(&violation.at()),
        expected: shown(&violation.expected),
        actual: shown(&format!("{}{}", violation.actual, violation.aside())),
    }
}

fn lines(difference: &violation::Difference) -> Difference {
    let lines = json_diff::lines(&difference.expected, &difference.actual, CONTEXT);
    let lines = difference::folded(lines);
    Difference {
        against: shown(&difference.against),
        lines: lines
            .iter()
            .map(|line| Line {
                class: class_of(line.mark),
                sign: line.mark.sign(),
                pieces: line.pieces.iter().map(|(differs, text)| (*differs, shown(text))).collect(),
            })
            .collect(),
    }
}

fn class_of(mark: Mark) -> &'static str {
    match mark {
        Mark::Same => "same",
        Mark::Expected => "expected",
        Mark::Actual => "actual",
        Mark::Gap => "gap",
    }
}

fn result_of(exchange: &Exchange) -> String {
    match &exchange.result {
        Ok(answer) => format!("{} in {}", answer.status, span(exchange.elapsed)),
        Err(failure) => failure.at(exchange.address.as_deref()),
    }
}

fn messages(exchange: &Exchange) -> Messages {
    let request = &exchange.request;
    let answer = match &exchange.result {
        Ok(answer) => match &exchange.shortened {
            Some(whole) => format!("{}\n\n(The answer had {whole}.)", answer_text(answer)),
            None => answer_text(answer),
        },
        Err(failure) => failure.at(exchange.address.as_deref()),
    };
    Messages {
        request: shown(&message(&exchange.line(), &request.headers, request.body.as_deref())),
        answer: shown(&answer),
        elapsed: format!("in {}", span(exchange.elapsed)),
    }
}

fn answer_text(answer: &Answer) -> String {
    let text = message(&format!("HTTP {}", answer.status), &answer.headers, Some(&answer.body));
    match &answer.defect {
        Some(defect) => format!("{text}\n\n(The answer {}.)", defect.sentence()),
        None => text,
    }
}

fn message(first: &str, headers: &[(String, String)], body: Option<&[u8]>) -> String {
    let mut text = first.to_owned();
    for (name, value) in headers {
        text.push_str(&format!("\n{name}: {value}"));
    }
    if let Some(body) = body.filter(|body| !body.is_empty()) {
        text.push_str("\n\n");
        text.push_str(&body_text(body));
    }
    text
}

/// A body for reading: JSON indented, anything else as it is, cut where it is long.
fn body_text(body: &[u8]) -> String {
    let text = match json::parse(body) {
        Ok(value) => json::pretty(&value),
        Err(_) => String::from_utf8_lossy(body).into_owned(),
    };
    match text.char_indices().nth(BODY) {
        None => text,
        Some((cut, _)) => {
            format!("{}\n… and {} more bytes", &text[..cut], text.len() - cut)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::body_text;

    #[test]
    fn a_body_is_indented_where_it_is_json() {
        assert_eq!(body_text(b"{\"a\":1}"), "{\n  \"a\": 1\n}");
        assert_eq!(body_text(b"<html>\xff"), "<html>\u{fffd}");
    }

    #[test]
    fn a_long_body_is_cut_between_characters() {
        let text = body_text("é".repeat(12_002).as_bytes());
        assert!(text.ends_with("é\n… and 4 more bytes"), "{}", &text[text.len() - 40..]);
    }
}
