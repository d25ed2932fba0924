//! Checks of a step: whether the ledger knows them, and whether they can fail.

use serde_json::Value;

use super::Linter;
use crate::model::requirement::Standing;
use crate::suite::case_file::asked::{Asked, asked_by, asked_of};
use crate::suite::case_file::keywords;
use crate::suite::case_file::written::{Placed, WrittenCheck, WrittenStep, WrittenValue};
use crate::value::diagnostics::suggestion;
use crate::value::variables::Reference;

impl<'a> Linter<'a> {
    pub(super) fn checks(&mut self, step: &WrittenStep<'a>) {
        if let Some(group) = &step.answers {
            self.answers(group, step);
        }
        for (index, check) in step.checks.iter().enumerate() {
            self.requirement(check);
            if step.checks[..index].iter().any(|other| other.id == check.id) {
                let message = format!("`{}` is asked twice", check.id);
                self.at_key(&check.pointer, message, "keep one of the two");
            }
            self.repeated(check, step);
            match check.asks {
                Some(Value::Null) => self.empty(check),
                Some(written) => self.keywords(written, check, step),
                None => self.id_alone(check, step),
            }
        }
        self.grant_breaks_nothing(step);
    }

    fn requirement(&mut self, check: &WrittenCheck<'_>) {
        let id = check.id;
        match self.context.ledger.get(id).map(|requirement| &requirement.standing) {
            None => {
                let known = self.context.ledger.iter().map(|requirement| requirement.id.as_str());
                let remedy = suggestion(id, known);
                self.at_key(&check.pointer, format!("there is no requirement `{id}`"), remedy);
            }
            Some(Standing::Excluded(why)) => {
                let message = format!("the ledger excludes `{id}`");
                self.at_key(&check.pointer, message, format!("it says: {why}"));
            }
            Some(_) => {}
        }
    }

    /// Checks the group that the step names.
    fn answers(&mut self, group: &Placed<&'a str>, step: &WrittenStep<'a>) {
        let asked: Vec<Asked<'_>> = asked_of(group.value, self.context.ledger).collect();
        if asked.is_empty() {
            let message = format!("there is no group `{}` in the ledger", group.value);
            let remedy = suggestion(group.value, self.context.ledger.groups());
            self.at(&group.pointer, message, remedy);
        }
        let is_of_refusals =
            asked.iter().any(|one| one.presupposes_refusal() || one.expects_refusal());
        if is_of_refusals && step.lacks("given") {
            self.without_control(&group.pointer);
        }
    }

    /// Reports a check that the group of the step asks already, or that repeats the usual check.
    fn repeated(&mut self, check: &WrittenCheck<'_>, step: &WrittenStep<'a>) {
        let Some(requirement) = self.context.ledger.get(check.id) else { return };
        let group = step.answers.as_ref().map(|group| group.value);
        if let Some(group) = group.filter(|group| requirement.groups.iter().any(|one| one == group))
        {
            let message = format!("`answers: {group}` asks `{}` already", check.id);
            self.at_key(&check.pointer, message, "leave it out");
        } else if check.asks.is_some()
            && check.asks == requirement.usual_check.as_ref()
            && (self.context.has_same_origin)(check.id)
        {
            let message = format!("this is the usual check of `{}`", check.id);
            let remedy = format!("write the id alone: `checks: [{}]`", check.id);
            self.at_key(&check.pointer, message, remedy);
        }
    }

    fn empty(&mut self, check: &WrittenCheck<'_>) {
        let id = check.id;
        let message = format!("`{id}` asks nothing here");
        let remedy = format!("write the id alone for its usual check: `checks: [{id}]`");
        self.at(&check.pointer, message, remedy);
    }

    fn id_alone(&mut self, check: &WrittenCheck<'a>, step: &WrittenStep<'a>) {
        let id = check.id;
        match Asked::by(check, self.context.ledger) {
            Some(asked) if asked.expects_refusal() && step.lacks("given") => {
                self.without_control(&check.pointer);
            }
            None if self.context.ledger.get(id).is_some() => {
                let message = format!("`{id}` has no usual check");
                let remedy = format!("say what it asks here, such as `{id}: {{ status: 200 }}`");
                self.at(&check.pointer, message, remedy);
            }
            _ => {}
        }
    }

    fn keywords(&mut self, check: &'a Value, of: &WrittenCheck<'_>, step: &WrittenStep<'_>) {
        for (keyword, value) in check.as_object().into_iter().flatten() {
            let pointer = format!("{}/{keyword}", of.pointer);
            match keyword.as_str() {
                "refused" | "grants" if step.lacks("given") => self.without_control(&pointer),
                "same_as" => self.same_as(value, &pointer),
                "equals" | "reveals_not" => {
                    self.references_in(&WrittenValue::new(&pointer, value), None)
                }
                "differs_from" => self.references_in(&WrittenValue::new(&pointer, value), step.id),
                _ => {}
            }
        }
        let found =
            keywords::lint(self.document, self.context.format, self.malformed, check, &of.pointer);
        self.diagnostics.extend(found);
    }

    fn same_as(&mut self, value: &Value, pointer: &str) {
        let Some(text) = value.as_str() else { return };
        if let Ok(reference) = Reference::parse(text.trim_start_matches("${").trim_end_matches('}'))
        {
            self.reference(&reference, pointer, None);
        }
    }

    fn without_control(&mut self, pointer: &str) {
        self.at_key(
            pointer,
            "a server that refuses everybody would pass this",
            "name a step that has to be granted first: `given: [sign-in]`",
        );
    }

    /// Reports a step that expects a refusal but has no check that a granted answer fails.
    ///
    /// Requirements about the form of refusals do not apply to a granted answer, so a server that
    /// refuses nothing would fail none of the checks.
    fn grant_breaks_nothing(&mut self, step: &WrittenStep<'a>) {
        let asked = asked_by(step, self.context.ledger);
        if asked.iter().any(|one| one.expects_refusal() && !one.presupposes_refusal()) {
            return;
        }
        let presupposes = |check: &&WrittenCheck<'a>| {
            Asked::by(check, self.context.ledger)
                .is_some_and(|one| one.expects_refusal() && one.presupposes_refusal())
        };
        let group = step.answers.as_ref().filter(|group| {
            asked_of(group.value, self.context.ledger).any(|one| one.presupposes_refusal())
        });
        let of_check = step.checks.iter().find(presupposes).map(|check| check.pointer.clone());
        let place = group.map(|group| group.pointer.clone()).or(of_check);
        if let Some(pointer) = place {
            let remedy = "say that the call is refused: add a check with `refused`, of a \
                          requirement that is not about refusals alone";
            self.at_key(&pointer, "a server that grants this would break nothing here", remedy);
        }
    }
}
