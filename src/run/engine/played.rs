//! What a case has exchanged so far: the record that grows, and where later steps find the values
//! they refer to. Of each body, parsed once, it holds no more than these.

use serde_json::{Map, Value};

use crate::judge::judging::Answers;
use crate::judge::recording::{CaseRecord, StepRecord};
use crate::judge::view::pruned;
use crate::model::exchange::Answer;
use crate::suite::case::{Case, Step};
use crate::value::json;
use crate::value::variables::Reference;

/// A case that is being played.
pub(super) struct Played<'c> {
    pub(super) record: CaseRecord,
    case: &'c Case,
    /// By step, what the bodies of the answers that decide hold for later steps, one per repeat;
    /// `None` if it is no JSON, or if nobody asks.
    bodies: Vec<Vec<Option<Value>>>,
}

impl<'c> Played<'c> {
    pub(super) fn new(case: &'c Case, fixtures: Map<String, Value>) -> Played<'c> {
        let (id, steps, clean_up) = (case.id.clone(), Vec::new(), Vec::new());
        let record = CaseRecord::of(id, fixtures, steps, clean_up);
        Played { record, case, bodies: Vec::new() }
    }

    pub(super) fn add(&mut self, step: StepRecord) {
        let steps = self.case.steps.iter().skip(self.bodies.len());
        let references = steps.flat_map(Step::references);
        let wanted: Vec<&Reference> = references.filter(|found| found.head == step.id).collect();
        let body = |answer: &Answer| {
            if wanted.is_empty() {
                return None;
            }
            Some(pruned(json::parse(&answer.body).ok()?, wanted.iter().copied()))
        };
        let bodies = step.deciding().map(|exchange| exchange.result.as_ref().ok().and_then(body));
        self.bodies.push(bodies.collect());
        self.record.steps.push(step);
    }
}

impl<'a> Answers<'a> for &'a Played<'_> {
    fn fixture(&self, role: &str) -> Option<&'a Value> {
        self.record.fixtures.get(role)
    }

    fn count(&self, step: usize) -> usize {
        self.bodies.get(step).map_or(0, Vec::len)
    }

    fn body(&self, step: usize, repeat: usize) -> Option<&'a Value> {
        self.bodies.get(step)?.get(repeat)?.as_ref()
    }
}
