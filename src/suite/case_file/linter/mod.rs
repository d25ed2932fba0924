//! Finds the mistakes in a case file that the schema of the format cannot. Builds nothing.

mod checks;
mod references;

use std::time::Duration;

use super::written::{Via, WrittenCase, WrittenRepeat, WrittenStep};
use super::{Context, misspelling};
use crate::model::role::Role;
use crate::suite::against_format::Malformed;
use crate::value::diagnostics::Diagnostic;
use crate::value::yaml::Document;

/// Finds names that refer to nothing, checks that do not compile, and checks that prove nothing.
/// Works on malformed files too.
pub(super) struct Linter<'a> {
    document: &'a Document,
    case: &'a WrittenCase<'a>,
    context: &'a Context<'a>,
    /// What the schema of the format reports.
    malformed: &'a [Malformed],
    /// The steps before the one being checked.
    earlier: &'a [WrittenStep<'a>],
    /// The fixtures that steps refer to.
    used: Vec<Role>,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Linter<'a> {
    pub(super) fn new(
        document: &'a Document,
        case: &'a WrittenCase<'a>,
        context: &'a Context<'a>,
        malformed: &'a [Malformed],
    ) -> Linter<'a> {
        let (earlier, used, diagnostics) = (&[][..], Vec::new(), Vec::new());
        Linter { document, case, context, malformed, earlier, used, diagnostics }
    }

    pub(super) fn lint(mut self) -> Vec<Diagnostic> {
        let steps = &self.case.steps;
        for (index, step) in steps.iter().enumerate() {
            self.earlier = &steps[..index];
            self.step(step);
        }
        if !steps.is_empty() {
            self.needs();
        }
        self.expansion();
        let checks_nothing = |step: &WrittenStep<'_>| step.lacks("checks") && step.lacks("answers");
        if !steps.is_empty() && steps.iter().all(checks_nothing) {
            let remedy = "add `checks` or `answers` to a step: the requirements that it judges";
            self.at_key("/steps", "the case checks nothing", remedy);
        }
        self.diagnostics
    }

    fn at(&mut self, pointer: &str, message: impl Into<String>, remedy: impl Into<String>) {
        self.diagnostics.push(self.document.diagnostic(pointer, message, remedy));
    }

    fn at_key(&mut self, pointer: &str, message: impl Into<String>, remedy: impl Into<String>) {
        self.diagnostics.push(self.document.key_diagnostic(pointer, message, remedy));
    }

    fn step(&mut self, step: &'a WrittenStep<'a>) {
        self.step_id(step);
        self.timing(step);
        self.diagnostics.extend(misspelling::in_step(self.document, step));
        self.earlier_steps(&step.given);
        self.earlier_steps(&step.applies_if);
        self.repeat(step);
        for sent in step.sent() {
            self.references_in(sent, None);
        }
        for reference in &step.if_differ {
            self.bare_reference(reference);
        }
        self.checks(step);
    }

    fn step_id(&mut self, step: &WrittenStep<'_>) {
        let Some(id) = step.id else { return };
        let place = format!("{}/id", step.pointer);
        if self.earlier.iter().any(|other| other.id == Some(id)) {
            let message = format!("two steps are called `{id}`");
            self.at(&place, message, "give each step a name of its own");
        }
        if Role::from_name(id).is_some() {
            let message = format!("`{id}` is the name of a fixture");
            self.at(&place, message, "give the step another name");
        }
    }

    fn timing(&mut self, step: &WrittenStep<'_>) {
        let place = |key: &str| format!("{}/{key}", step.pointer);
        if step.parallel && step.lacks("repeat") {
            let remedy = "say how often with `repeat`, or leave `parallel` out";
            self.at_key(&place("parallel"), "nothing is repeated here", remedy);
        }
        if step.alongside && self.earlier.is_empty() {
            let remedy = "the first step has none before it; leave `alongside` out";
            self.at_key(&place("alongside"), "there is no step to go alongside", remedy);
        }
        if let Some((after, _)) = step.after.filter(|(_, wait)| *wait > LONGEST_WAIT) {
            let message = format!("`{after}` is too long a wait");
            let remedy = "wait 30s at most: every run waits as long, and no test can wait for the \
                          end of a session, of which the documents give several lifetimes";
            self.at(&place("after"), message, remedy);
        }
    }

    fn repeat(&mut self, step: &WrittenStep<'_>) {
        let Some(WrittenRepeat::Each(id)) = step.repeat else { return };
        let pointer = format!("{}/repeat", step.pointer);
        if !self.earlier_step(id, &pointer) {
            return;
        }
        let other = self.case.steps.iter().find(|other| other.id == Some(id));
        if other.is_some_and(|other| !other.has("repeat")) {
            let message = format!("step `{id}` is not repeated");
            self.at(&pointer, message, "name a step with `repeat`, or give a number");
        }
    }

    fn needs(&mut self) {
        if self.malformed.iter().any(|one| one.pointer.starts_with("/needs")) {
            return;
        }
        let case = self.case;
        for role in case.needs.iter().filter(|role| !self.used.contains(&role.value)) {
            let message = format!("no step refers to `{}`", role.value.name());
            self.diagnostics.push(self.document.diagnostic(&role.pointer, message, "leave it out"));
        }
        let is_declared = |role: &Role| case.needs.iter().any(|declared| declared.value == *role);
        let mut undeclared: Vec<Role> =
            self.used.iter().copied().filter(|role| !is_declared(role)).collect();
        undeclared.sort_unstable();
        undeclared.dedup();
        if case.lacks("needs") == case.needs.is_empty() {
            undeclared.into_iter().for_each(|role| self.undeclared(role));
        }
    }

    fn undeclared(&mut self, role: Role) {
        let name = role.name();
        let message = format!("the steps refer to `{name}`, which `needs` does not list");
        if self.case.needs.is_empty() {
            self.at_key("", message, format!("add `needs: [{name}]`"));
        } else {
            self.at_key("/needs", message, format!("add `{name}` to the list"));
        }
    }

    fn expansion(&mut self) {
        let case = self.case;
        let mut via_each = case.steps.iter().filter(|step| matches!(step.via, Via::Each));
        if !case.has("each") {
            for step in via_each {
                let remedy = "list the encodings of the case: `each: [json, form]`";
                self.at(&format!("{}/via", step.pointer), "the case has no `each`", remedy);
            }
        } else if via_each.next().is_none() {
            let message = "no step travels by the encoding of the case";
            self.at_key("/each", message, "write `via: each` on a step");
        }
    }
}

const LONGEST_WAIT: Duration = Duration::from_secs(30);
