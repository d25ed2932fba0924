//! Generic mutation: breaks recorded answers in every way that needs no knowledge of the API, and
//! judges them again.
//!
//! What no check notices is unobserved: either nobody looks at it, or nobody may. Pure, fast, and
//! the same for case files about any API.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Instant;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::judge::judging::fails;
use crate::judge::recording::{CaseRecord, Recording};
use crate::judge::view::{AnswerView, View};
use crate::model::exchange::Answer;
use crate::suite::case::{Case, Repeat};
use crate::value::body::Body;
use crate::value::json_change::Change;
use crate::value::json_diff::escape;
use crate::value::secret::Shapes;

/// What generic mutation of a record shows.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Coverage {
    /// Recorded answers that were mutated.
    pub answers: usize,
    /// Mutated answers that were judged.
    pub mutations: usize,
    /// Mutated answers that some check noticed.
    pub noticed: usize,
    /// Judged per second and core.
    pub per_second: f64,
    /// What no check noticed, most frequent first.
    pub unobserved: Vec<Unobserved>,
}

/// A kind of mutation that some answers took without any check noticing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unobserved {
    /// What was done to what: `auth: /status/description altered`.
    pub what: String,
    /// In how many answers nobody noticed.
    pub times: usize,
    /// One of them: case and step.
    pub example: String,
}

impl Coverage {
    /// The share of mutated answers that some check noticed, in percent.
    #[must_use]
    pub fn percent(&self) -> f64 {
        if self.mutations == 0 { 0.0 } else { self.noticed as f64 * 100.0 / self.mutations as f64 }
    }

    /// Judges a mutant, and takes it down.
    fn count(&mut self, case: &Case, mutant: &Mutant<'_>) {
        self.mutations += 1;
        if mutant.observers.iter().any(|observer| fails(case, mutant.view, *observer)) {
            self.noticed += 1;
            return;
        }
        let step = &case.steps[mutant.step];
        self.add_unobserved(Unobserved {
            what: format!("{}: {}", step.call, mutant.mutation),
            times: 1,
            example: format!("{} {}", case.id, step.id),
        });
    }

    fn add_unobserved(&mut self, found: Unobserved) {
        match self.unobserved.iter_mut().find(|known| known.what == found.what) {
            Some(known) => known.times += found.times,
            None => self.unobserved.push(found),
        }
    }

    fn absorb(&mut self, other: Coverage) {
        self.answers += other.answers;
        self.mutations += other.mutations;
        self.noticed += other.noticed;
        other.unobserved.into_iter().for_each(|found| self.add_unobserved(found));
    }
}

/// Mutates every answer of a record, on as many threads as there are cores.
#[must_use]
pub fn mutate(cases: &[Case], recording: &Recording) -> Coverage {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let records: BTreeMap<&str, &CaseRecord> =
        recording.cases.iter().map(|record| (record.id.as_str(), record)).collect();
    let work: Vec<(&Case, &CaseRecord)> =
        cases.iter().filter_map(|case| Some((case, *records.get(case.id.as_str())?))).collect();
    let start = Instant::now();
    let share = |first: usize| {
        let mut coverage = Coverage::default();
        for (case, record) in work.iter().skip(first).step_by(threads) {
            coverage.absorb(mutate_case(case, record, &recording.secrets));
        }
        coverage
    };
    let mut coverage = Coverage::default();
    std::thread::scope(|scope| {
        let shares: Vec<_> = (0..threads).map(|first| scope.spawn(move || share(first))).collect();
        for share in shares {
            coverage.absorb(share.join().unwrap_or_default());
        }
    });
    let busy = start.elapsed().as_secs_f64() * threads.min(work.len().max(1)) as f64;
    coverage.per_second = if busy > 0.0 { coverage.mutations as f64 / busy } else { 0.0 };
    coverage.unobserved.sort_by(|a, b| b.times.cmp(&a.times).then(a.what.cmp(&b.what)));
    coverage
}

/// Mutates every answer of one case, one at a time.
#[must_use]
pub fn mutate_case(case: &Case, record: &CaseRecord, shapes: &Shapes) -> Coverage {
    let mut coverage = Coverage::default();
    let answers = for_each_mutant(case, record, shapes, |mutant| coverage.count(case, &mutant));
    Coverage { answers, ..coverage }
}

/// The record of a case in which one answer is broken in one way.
#[derive(Debug, Clone, Copy)]
pub struct Mutant<'a> {
    /// The record.
    pub view: &'a View<'a>,
    /// The step whose answer is broken, by index.
    pub step: usize,
    /// The steps whose checks can look at that answer, by index.
    pub observers: &'a [usize],
    /// How it is broken.
    pub mutation: Mutation<'a>,
}

/// One way to break an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutation<'a> {
    /// It has this HTTP status.
    Status(u16),
    /// It says that it is HTML.
    ContentType,
    /// Something was done to the place of the body that a JSON Pointer names.
    Body(&'a str, &'static str),
    /// The second half of its body is missing.
    CutInHalf,
    /// It is the answer to the next step.
    Swapped,
}

impl fmt::Display for Mutation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Mutation::Status(status) => write!(f, "status changed to {status}"),
            Mutation::ContentType => f.write_str("content type changed"),
            Mutation::Body(pointer, how) => write!(f, "{} {how}", generic(pointer)),
            Mutation::CutInHalf => f.write_str("body cut in half"),
            Mutation::Swapped => f.write_str("swapped with the next answer"),
        }
    }
}

/// Categories and operations are data: places below `/permissions` are told as one.
fn generic(pointer: &str) -> &str {
    match pointer.strip_prefix("/permissions/") {
        Some(below) if below.contains('/') => "an operation",
        Some(_) => "a category",
        None if pointer.is_empty() => "body",
        None => pointer,
    }
}

/// Breaks every answer of one case in every way, one way at a time, and shows each to `visit`;
/// returns how many answers there are.
pub fn for_each_mutant(
    case: &Case,
    record: &CaseRecord,
    shapes: &Shapes,
    mut visit: impl FnMut(Mutant<'_>),
) -> usize {
    let mut view = View::new(record, shapes);
    in_one_order(case, &mut view);
    let mut answers = 0;
    for step in 0..case.steps.len().min(view.steps.len()) {
        let Some(Ok(original)) = view.steps[step].answers.first().cloned() else { continue };
        let observers = observers(case, step);
        let mut show = |view: &View<'_>, mutation: Mutation<'_>| {
            visit(Mutant { view, step, observers: &observers, mutation });
        };
        answers += 1;
        show_each(&mut view, step, head_mutants(&original), &mut show);
        view.steps[step].answers[0] = Ok(without_bytes(&original));
        break_body(&mut view, step, shapes, &mut show);
        let others =
            cut_in_half(&original, shapes).into_iter().chain(swapped(&view, &original, step));
        show_each(&mut view, step, others, &mut show);
        view.steps[step].answers[0] = Ok(original);
    }
    answers
}

/// Which of several requests at the same moment is answered how is chance; what is mutated must not
/// be. Answers of one status keep their order, since later steps may refer to the first; all do
/// where a later step belongs to each of them.
fn in_one_order(case: &Case, view: &mut View<'_>) {
    let is_followed = |index| {
        case.steps.iter().any(|step| matches!(step.repeat, Repeat::Each(of) if of == index))
    };
    for (index, (step, seen)) in case.steps.iter().zip(&mut view.steps).enumerate() {
        if step.parallel && !is_followed(index) {
            seen.answers.sort_by_key(|answer| answer.as_ref().map_or(0, |one| one.answer.status));
        }
    }
}

/// The steps whose checks can look at the answer of a step: itself, and later ones that refer to
/// it.
fn observers(case: &Case, step: usize) -> Vec<usize> {
    let id = &case.steps[step].id;
    (step..case.steps.len())
        .filter(|later| {
            *later == step
                || case.steps[*later]
                    .checks
                    .iter()
                    .flat_map(|check| &check.expectations)
                    .flat_map(|expectation| expectation.references())
                    .any(|reference| reference.head == *id)
        })
        .collect()
}

type WholeMutant<'a> = (Mutation<'static>, AnswerView<'a>);

fn show_each<'a>(
    view: &mut View<'a>,
    step: usize,
    mutants: impl IntoIterator<Item = WholeMutant<'a>>,
    show: &mut impl FnMut(&View<'_>, Mutation<'_>),
) {
    for (mutation, mutant) in mutants {
        view.steps[step].answers[0] = Ok(mutant);
        show(view, mutation);
    }
}

/// The answer with another status, and with another content type.
fn head_mutants<'a>(original: &AnswerView<'a>) -> Vec<WholeMutant<'a>> {
    let mut mutants = Vec::new();
    for status in [200, 302, 404, 500] {
        if status != original.answer.status {
            let mut mutant = original.clone();
            mutant.answer.to_mut().status = status;
            mutants.push((Mutation::Status(status), mutant));
        }
    }
    let mut mutant = original.clone();
    for (name, value) in &mut mutant.answer.to_mut().headers {
        if name == "content-type" {
            *value = "text/html".to_owned();
        }
    }
    if mutant.answer.headers != original.answer.headers {
        mutants.push((Mutation::ContentType, mutant));
    }
    mutants
}

fn cut_in_half<'a>(original: &AnswerView<'a>, shapes: &Shapes) -> Option<WholeMutant<'a>> {
    original.body.as_ref().ok()?;
    let mut mutant = original.clone();
    mutant.answer.to_mut().body.truncate(original.answer.body.len() / 2);
    mutant.body = Body::parse(&mutant.answer.body, shapes);
    Some((Mutation::CutInHalf, mutant))
}

/// The answer of the next step in the place of this one's.
fn swapped<'a>(view: &View<'a>, this: &AnswerView<'a>, step: usize) -> Option<WholeMutant<'a>> {
    let next = view.steps.get(step + 1)?.answers.first()?.as_ref().ok()?;
    let differs = next.answer.status != this.answer.status || next.body != this.body;
    differs.then(|| (Mutation::Swapped, next.clone()))
}

/// The answer without the bytes of its body. Whoever looks for a text in a body looks into its
/// values too, so that the bytes need not be written anew for each change of a value.
fn without_bytes<'a>(original: &AnswerView<'a>) -> AnswerView<'a> {
    let answer = Answer {
        status: original.answer.status,
        headers: original.answer.headers.clone(),
        body: Vec::new(),
        defect: None,
    };
    AnswerView { answer: Cow::Owned(answer), ..original.clone() }
}

/// Changes every place of a body in every way, shows each, and undoes it: a body can be large, and
/// a copy of it for each change would take longer than to judge it.
fn break_body(
    view: &mut View<'_>,
    step: usize,
    shapes: &Shapes,
    show: &mut impl FnMut(&View<'_>, Mutation<'_>),
) {
    let Some(body) = body_mut(view, step) else { return };
    for (pointer, how, change) in changes(body.recorded()) {
        let Some(body) = body_mut(view, step) else { return };
        let Some(undo) = body.change(&pointer, change, shapes) else { continue };
        show(view, Mutation::Body(&pointer, how));
        let Some(body) = body_mut(view, step) else { return };
        body.undo(&pointer, undo);
    }
}

fn body_mut<'v>(view: &'v mut View<'_>, step: usize) -> Option<&'v mut Body> {
    view.steps[step].answers[0].as_mut().ok()?.body.as_mut().ok()
}

/// What can be done to the places of a value, each as JSON Pointer, word and change.
fn changes(root: &Value) -> Vec<(String, &'static str, Change)> {
    let mut places = Vec::new();
    collect_places(root, String::new(), &mut places);
    let changes_at = |(pointer, value): (String, &Value)| {
        let mut changes = replacements(value);
        if !pointer.is_empty() {
            changes.push(("dropped", Change::Drop));
        }
        changes.into_iter().map(move |(how, change)| (pointer.clone(), how, change))
    };
    places.into_iter().flat_map(changes_at).collect()
}

fn collect_places<'a>(value: &'a Value, pointer: String, places: &mut Vec<(String, &'a Value)>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                collect_places(member, format!("{pointer}/{}", escape(name)), places);
            }
        }
        // The first item stands for all.
        Value::Array(items) => {
            if let Some(first) = items.first() {
                collect_places(first, format!("{pointer}/0"), places);
            }
        }
        _ => {}
    }
    places.push((pointer, value));
}

fn replacements(value: &Value) -> Vec<(&'static str, Change)> {
    let replacements = match value {
        Value::Null => vec![("retyped", json!(0))],
        Value::Bool(truth) => {
            vec![("altered", json!(!truth)), ("retyped", json!(truth.to_string()))]
        }
        Value::Number(number) => vec![
            ("altered", json!(number.as_i64().unwrap_or_default().wrapping_add(1))),
            ("retyped", json!(number.to_string())),
        ],
        Value::String(text) => {
            vec![("altered", json!(format!("{text}~"))), ("retyped", json!(1))]
        }
        // To empty what is empty would change nothing.
        Value::Array(items) if items.is_empty() => vec![("retyped", json!({}))],
        Value::Object(members) if members.is_empty() => vec![("retyped", json!([]))],
        Value::Array(_) => vec![("emptied", json!([])), ("retyped", json!({}))],
        Value::Object(_) => vec![("emptied", Value::Object(Map::new())), ("retyped", json!([]))],
    };
    replacements.into_iter().map(|(how, value)| (how, Change::Put(value))).collect()
}

#[cfg(test)]
mod tests {
    use super::changes;
    use serde_json::json;

    #[test]
    fn what_is_empty_is_not_emptied() {
        let hows: Vec<&str> = changes(&json!({"list": []})).iter().map(|found| found.1).collect();
        assert_eq!(hows, ["retyped", "dropped", "emptied", "retyped"]);
    }

    #[test]
    fn every_place_is_dropped_retyped_and_altered() {
        let original = json!({"success": true, "list": ["x"]});
        let shown: Vec<String> = changes(&original)
            .into_iter()
            .map(|(pointer, how, change)| {
                let mut changed = original.clone();
                change.apply(&mut changed, &pointer).expect("there is such a place");
                format!("{pointer} {how}: {changed}")
            })
            .collect();
        assert_eq!(
            shown,
            [
                r#"/success altered: {"success":false,"list":["x"]}"#,
                r#"/success retyped: {"success":"true","list":["x"]}"#,
                r#"/success dropped: {"list":["x"]}"#,
                r#"/list/0 altered: {"success":true,"list":["x~"]}"#,
                r#"/list/0 retyped: {"success":true,"list":[1]}"#,
                r#"/list/0 dropped: {"success":true,"list":[]}"#,
                r#"/list emptied: {"success":true,"list":[]}"#,
                r#"/list retyped: {"success":true,"list":{}}"#,
                r#"/list dropped: {"success":true}"#,
                " emptied: {}",
                " retyped: []",
            ]
        );
    }
}
