//! What a case has exchanged so far, with every body parsed once: the record that grows, and where
//! later steps find the values they refer to.

use serde_json::{Map, Value};

use crate::judge::judging::Answers;
use crate::judge::recording::{CaseRecord, StepRecord};
use crate::value::json;

/// A case that is being played.
pub(super) struct Played {
    pub(super) record: CaseRecord,
    /// By step, the bodies of the answers that decide, one per repeat; `None` if it is no JSON.
    bodies: Vec<Vec<Option<Value>>>,
}

impl Played {
    pub(super) fn new(id: &str, fixtures: Map<String, Value>) -> Played {
        let (id, steps, clean_up) = (id.to_owned(), Vec::new(), Vec::new());
        Played { record: CaseRecord { id, fixtures, steps, clean_up }, bodies: Vec::new() }
    }

    pub(super) fn add(&mut self, step: StepRecord) {
        let body = |answer: &crate::model::exchange::Answer| json::parse(&answer.body).ok();
        let bodies = step.deciding().map(|exchange| exchange.result.as_ref().ok().and_then(body));
        self.bodies.push(bodies.collect());
        self.record.steps.push(step);
    }
}

impl<'a> Answers<'a> for &'a Played {
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
