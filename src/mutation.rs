//! Generic mutation: breaks recorded answers in every way that needs no knowledge of the API, and
//! judges them again.
//!
//! What no check notices is unobserved: either nobody looks at it, or nobody may. Pure, fast, and
//! the same for case files about any API.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Instant;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::body::Body;
use crate::case::{Case, Repeat};
use crate::exchange::Answer;
use crate::judging::{AnswerView, View, fails};
use crate::recording::{CaseRecord, Recording};
use crate::secret::Shapes;

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

    fn absorb(&mut self, other: Coverage) {
        self.answers += other.answers;
        self.mutations += other.mutations;
        self.noticed += other.noticed;
        for found in other.unobserved {
            match self.unobserved.iter_mut().find(|known| known.what == found.what) {
                Some(known) => known.times += found.times,
                None => self.unobserved.push(found),
            }
        }
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
    let mut view = View::new(record, shapes);
    in_one_order(case, &mut view);
    for step in 0..case.steps.len().min(view.steps.len()) {
        let observers = observers(case, step);
        let Some(Ok(original)) = view.steps[step].answers.first().cloned() else { continue };
        coverage.answers += 1;
        let mut mutants = mutants(&original, shapes);
        mutants.extend(swapped(&view, step));
        for (what, mutant) in mutants {
            view.steps[step].answers[0] = Ok(mutant);
            coverage.mutations += 1;
            if observers.iter().any(|observer| fails(case, &view, *observer)) {
                coverage.noticed += 1;
            } else {
                let example = format!("{} {}", case.id, case.steps[step].id);
                note(
                    &mut coverage.unobserved,
                    format!("{}: {what}", case.steps[step].call),
                    example,
                );
            }
        }
        view.steps[step].answers[0] = Ok(original);
    }
    coverage
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

fn note(unobserved: &mut Vec<Unobserved>, what: String, example: String) {
    match unobserved.iter_mut().find(|known| known.what == what) {
        Some(known) => known.times += 1,
        None => unobserved.push(Unobserved { what, times: 1, example }),
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

type Mutant<'a> = (String, AnswerView<'a>);

/// The answer of the next step in the place of this one's.
fn swapped<'a>(view: &View<'a>, step: usize) -> Option<Mutant<'a>> {
    let next = view.steps.get(step + 1)?.answers.first()?.as_ref().ok()?;
    let this = view.steps[step].answers.first()?.as_ref().ok()?;
    let differs = next.answer.status != this.answer.status || next.body != this.body;
    differs.then(|| ("swapped with the next answer".to_owned(), next.clone()))
}

/// All mutants of one answer.
fn mutants<'a>(original: &AnswerView<'a>, shapes: &Shapes) -> Vec<Mutant<'a>> {
    let mut mutants = Vec::new();
    for status in [200, 302, 404, 500] {
        if status != original.answer.status {
            let mut mutant = original.clone();
            mutant.answer.to_mut().status = status;
            mutants.push((format!("status changed to {status}"), mutant));
        }
    }
    let mut mutant = original.clone();
    for (name, value) in &mut mutant.answer.to_mut().headers {
        if name == "content-type" {
            *value = "text/html".to_owned();
        }
    }
    mutants.push(("content type changed".to_owned(), mutant));
    if let Ok(body) = &original.body {
        for (what, changed) in mutated_values(body.recorded()) {
            mutants.push((what, with_body(original, Body::new(changed, shapes))));
        }
        let mut mutant = original.clone();
        let half = original.answer.body.len() / 2;
        mutant.answer = Cow::Owned({
            let mut answer = original.answer.clone().into_owned();
            answer.body.truncate(half);
            answer
        });
        mutant.body = Body::parse(&mutant.answer.body, shapes);
        mutants.push(("body cut in half".to_owned(), mutant));
    }
    mutants
}

/// The answer with another body. Whoever looks for a text in a body looks into its values too, so
/// that the bytes need not be written out.
fn with_body<'a>(original: &AnswerView<'a>, body: Body) -> AnswerView<'a> {
    let answer = Answer {
        status: original.answer.status,
        headers: original.answer.headers.clone(),
        body: Vec::new(),
        defect: None,
    };
    AnswerView { answer: Cow::Owned(answer), body: Ok(body), asks_to_wait: original.asks_to_wait }
}

/// A value with one thing changed, and what was changed; every place is tried.
fn mutated_values(root: &Value) -> Vec<(String, Value)> {
    let mut places = Vec::new();
    collect_places(root, String::new(), &mut places);
    let mut mutated = Vec::new();
    for pointer in places {
        let Some(value) = root.pointer(&pointer) else { continue };
        let shown = if pointer.is_empty() { "body" } else { generic(&pointer) };
        for (how, replacement) in replacements(value) {
            let mut changed = root.clone();
            if let Some(place) = changed.pointer_mut(&pointer) {
                *place = replacement;
            }
            mutated.push((format!("{shown} {how}"), changed));
        }
        if let Some(changed) = without(root, &pointer) {
            mutated.push((format!("{shown} dropped"), changed));
        }
    }
    mutated
}

/// Categories and operations are data: places below `/permissions` are told as one.
fn generic(pointer: &str) -> &str {
    match pointer.strip_prefix("/permissions/") {
        Some(below) if below.contains('/') => "an operation",
        Some(_) => "a category",
        None => pointer,
    }
}

fn collect_places(value: &Value, pointer: String, places: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let token = crate::json_diff::escape(name);
                collect_places(member, format!("{pointer}/{token}"), places);
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
    places.push(pointer);
}

fn replacements(value: &Value) -> Vec<(&'static str, Value)> {
    match value {
        Value::Null => vec![("retyped", json!(0))],
        Value::Bool(truth) => {
            vec![("altered", json!(!truth)), ("retyped", json!(truth.to_string()))]
        }
        Value::Number(number) => vec![
            ("altered", json!(number.as_i64().unwrap_or_default() + 1)),
            ("retyped", json!(number.to_string())),
        ],
        Value::String(text) => {
            vec![("altered", json!(format!("{text}~"))), ("retyped", json!(1))]
        }
        Value::Array(_) => vec![("emptied", json!([])), ("retyped", json!({}))],
        Value::Object(_) => vec![("emptied", Value::Object(Map::new())), ("retyped", json!([]))],
    }
}

fn without(root: &Value, pointer: &str) -> Option<Value> {
    let (parent, token) = pointer.rsplit_once('/')?;
    let token = token.replace("~1", "/").replace("~0", "~");
    let mut changed = root.clone();
    match changed.pointer_mut(parent)? {
        Value::Object(members) => {
            members.shift_remove(&token)?;
        }
        Value::Array(items) => {
            items.remove(token.parse().ok().filter(|index| *index < items.len())?);
        }
        _ => return None,
    }
    Some(changed)
}

#[cfg(test)]
mod tests {
    use super::mutated_values;
    use serde_json::json;

    #[test]
    fn every_place_is_dropped_retyped_and_altered() {
        let shown: Vec<String> = mutated_values(&json!({"success": true, "list": ["x"]}))
            .into_iter()
            .map(|(what, value)| format!("{what}: {value}"))
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
                "body emptied: {}",
                "body retyped: []",
            ]
        );
    }
}
