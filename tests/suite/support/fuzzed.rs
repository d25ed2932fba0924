//! What is done with bytes that nobody would think of: files are read, and answers are judged and
//! told. Property tests, the corpora and the targets in `fuzz/`, which have this file by its path,
//! all go through here, so that it uses nothing but the library.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use panel_conformance::internals::{Recording, Selection, judge_all, parse_report, read_fixtures};
use panel_conformance::{
    Answer, Behaviour, Context, Defect, Exchange, FORMATS, Filter, Findings, NoAnswer, Run,
    Sources, Suite, Target, never,
};
use quick_xml::Reader;
use quick_xml::events::Event;

/// Cases of every kind of step: with a variable, with a repeat, with two dealers, with encodings.
const CASES: [&str; 6] = [
    "logout/ends-the-session",
    "auth/opens-a-session",
    "refusals/a-wrong-password-is-refused",
    "permissions/asking-changes-nothing",
    "sessions/of-two-dealers-do-not-mix",
    "parity/every-way-gives-the-same-answer",
];

/// What stands between two answers.
const BETWEEN: &[u8] = b"\n%%\n";

/// What the tests of all formats have to find escaped: no page of ours holds it.
pub(crate) const MARKUP: &str = "<xmp onload=alert(1)>";

/// The cases that answers are judged by.
pub(crate) static SUITE: LazyLock<Suite> = LazyLock::new(|| {
    let loaded = Suite::load(&Sources::default());
    let mut suite = loaded.unwrap_or_else(|found| panic!("{} mistakes", found.len()));
    suite.cases.retain(|case| CASES.iter().any(|id| case.id.starts_with(id)));
    suite
});

/// A run of these cases, whose answers are to be exchanged.
pub(crate) static FINDINGS: LazyLock<Findings> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let run = Run::of(Target::Embedded(Behaviour::FAULTLESS));
    let (_stopper, stop) = never();
    let findings = runtime.expect("it can be built").block_on(run.play(&SUITE, stop, &|_| {}));
    findings.expect("the reference server can be judged")
});

/// Reads a file of the kind that the first letter of its first line names.
pub(crate) fn read_file(bytes: &[u8]) {
    let mut parts = bytes.splitn(2, |byte| *byte == b'\n');
    let kind = parts.next().unwrap_or_default();
    let rest = parts.next().unwrap_or_default();
    match kind.first() {
        Some(b'c') => read_part_of_suite("mine/one.yaml", rest),
        Some(b'l') => read_part_of_suite("requirements.yaml", rest),
        Some(b's') => read_part_of_suite("mine.schema.json", rest),
        Some(b'e') => read_part_of_suite("error-statuses.yaml", rest),
        Some(b'f') => {
            let found = read_fixtures("fixtures.yaml", rest.to_vec(), &|_| None);
            for mistake in found.err().unwrap_or_default() {
                let _ = mistake.to_string();
            }
        }
        Some(b'r') => read_report(rest),
        _ => {}
    }
}

fn read_part_of_suite(path: &str, bytes: &[u8]) {
    for mistake in Suite::read_alone(path, bytes.to_vec()).err().unwrap_or_default() {
        let _ = mistake.to_string();
    }
}

fn read_report(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(findings) = parse_report(text) else { return };
    judge(&findings.recording_for(&SUITE));
    check_told(&findings);
}

/// Exchanges the answers of a case for those that are written in these bytes, judges them, and tells
/// what was found in every format.
///
/// The first byte chooses the case. Answers follow, [`BETWEEN`] between them: a line with a status
/// and, maybe, a word for what is wrong with the answer, then headers, an empty line and the body.
pub(crate) fn judge_answers(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else { return };
    let findings = &*FINDINGS;
    let case = &findings.cases[usize::from(*first) % findings.cases.len()];
    let mut recording = findings.recording();
    recording.trusts_fixtures = first.is_ascii_uppercase();
    recording.cases.retain(|record| record.id == case.record.id);
    let mut answers = results(rest).into_iter();
    for exchange in exchanges(&mut recording) {
        if let Some(result) = answers.next() {
            exchange.result = result;
        }
    }
    check_judged(findings, &recording);
}

/// Judges a record and tells it; a report of it can be read back, and is judged as before.
pub(crate) fn check_judged(run: &Findings, recording: &Recording) {
    let checks = judge(recording);
    let cases = run.cases.iter().filter_map(|case| {
        let record = recording.cases.iter().find(|one| one.id == case.record.id)?;
        let mut case = case.clone();
        case.record = record.clone();
        Some(case)
    });
    let trusts_fixtures = recording.trusts_fixtures;
    let findings = Findings { checks, cases: cases.collect(), trusts_fixtures, ..run.clone() };
    let json = check_told(&findings);
    let again = parse_report(&json).expect("a report can be read").recording_for(&SUITE);
    for (one, other) in judge(&again).iter().zip(&findings.checks) {
        assert!(one.outcome.reads_like(&other.outcome), "{one:?} was {other:?}");
    }
}

fn judge(recording: &Recording) -> Vec<panel_conformance::CheckResult> {
    let selection = Selection::new(&Filter::default()).expect("it selects everything");
    judge_all(&SUITE, &selection, recording)
}

/// Tells findings in every format, and holds each to what its readers rely on; returns the JSON.
pub(crate) fn check_told(findings: &Findings) -> String {
    let context = Context { findings, suite: &SUITE };
    let told: BTreeMap<&str, String> =
        FORMATS.iter().map(|format| (format.name, (format.render)(context))).collect();
    check_xml(&told["junit"]);
    check_xml(&told["badge-svg"]);
    assert!(!told["html"].contains(MARKUP), "a page holds markup of the target");
    for line in told["github"].lines() {
        let kind = ["::error title=", "::warning title=", "::notice title="];
        assert!(kind.iter().any(|kind| line.starts_with(kind)), "no annotation: {line:?}");
        assert!(!line.contains('\r'), "two lines: {line:?}");
    }
    told["json"].clone()
}

/// Reads XML to its end, and finds no character in it that XML does not allow.
fn check_xml(text: &str) {
    let is_allowed = |character: char| matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    assert!(text.chars().all(is_allowed), "a character that XML does not allow");
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_comments = true;
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => return,
            Ok(_) => {}
            Err(error) => panic!("{error} in {text}"),
        }
    }
}

/// Every exchange of the steps of a record.
pub(crate) fn exchanges(recording: &mut Recording) -> impl Iterator<Item = &mut Exchange> {
    let steps = recording.cases.iter_mut().flat_map(|case| &mut case.steps);
    steps.flat_map(|step| &mut step.exchanges)
}

fn results(mut bytes: &[u8]) -> Vec<Result<Answer, NoAnswer>> {
    let mut results = Vec::new();
    while !bytes.is_empty() {
        let end = bytes.windows(BETWEEN.len()).position(|window| window == BETWEEN);
        results.push(result(&bytes[..end.unwrap_or(bytes.len())]));
        bytes = end.map_or(&[], |end| &bytes[end + BETWEEN.len()..]);
    }
    results
}

fn result(bytes: &[u8]) -> Result<Answer, NoAnswer> {
    let end = bytes.windows(2).position(|window| window == b"\n\n");
    let (head, body) = match end {
        Some(end) => (&bytes[..end], &bytes[end + 2..]),
        None => (bytes, &[][..]),
    };
    let head = String::from_utf8_lossy(head);
    let mut lines = head.lines();
    let mut words = lines.next().unwrap_or_default().split_whitespace();
    let status = words.next().and_then(|word| word.parse().ok()).unwrap_or(200);
    let defect = match words.next() {
        Some("broken") => return Err(NoAnswer::Broken(head.into_owned())),
        Some("too-large") => return Err(NoAnswer::TooLarge(usize::from(status))),
        Some("cut-short") => Some(Defect::CutShort),
        Some("undecodable") => Some(Defect::Undecodable(words.collect())),
        Some("not-accepted") => Some(Defect::NotAccepted(words.collect())),
        _ => None,
    };
    let headers = lines.filter_map(|line| line.split_once(':'));
    let headers = headers.map(|(name, value)| (name.to_owned(), value.trim().to_owned()));
    Ok(Answer { status, headers: headers.collect(), body: body.to_vec(), defect })
}
