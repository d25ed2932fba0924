//! References to steps and fixtures: each must name one that exists and stands earlier.

use super::Linter;
use crate::model::api::MEMBERS;
use crate::model::role::Role;
use crate::suite::case_file::misspelling;
use crate::suite::case_file::written::{Placed, Via, WrittenValue};
use crate::value::diagnostics::suggestion;
use crate::value::variables::{Reference, ReferenceError, Text};

impl<'a> Linter<'a> {
    /// The names of the steps before the one being checked.
    fn earlier_ids(&self) -> Vec<&'a str> {
        self.earlier.iter().filter_map(|step| step.id).collect()
    }

    /// Reports every name that is not that of a single earlier step.
    pub(super) fn earlier_steps(&mut self, ids: &[Placed<&'a str>]) {
        for id in ids {
            self.earlier_step(id.value, &id.pointer);
        }
    }

    /// Reports a name that is not that of a single earlier step; says whether it is one.
    pub(super) fn earlier_step(&mut self, id: &str, pointer: &str) -> bool {
        let mut named = self.case.steps.iter().filter(|step| step.id == Some(id));
        let is_expanded = named.clone().any(|step| matches!(step.via, Via::Several(_)));
        if !self.earlier_ids().contains(&id) {
            let (message, remedy) = if named.next().is_some() {
                (format!("step `{id}` does not stand before this one"), EARLIER.to_owned())
            } else {
                (format!("there is no step `{id}`"), suggestion(id, self.earlier_ids()))
            };
            self.at(pointer, message, remedy);
            return false;
        }
        if is_expanded {
            let message = format!("step `{id}` is one step per encoding");
            self.at(pointer, message, "refer to a step with a single `via`");
        }
        !is_expanded
    }

    /// Checks all references in a value; `own` is the step that may refer to itself.
    pub(super) fn references_in(&mut self, sent: &WrittenValue<'_>, own: Option<&str>) {
        for text in sent.texts() {
            match text.value {
                Ok(value) => self.references_of(&value, &text.pointer, own),
                Err(error) => {
                    let remedy = error.remedy().unwrap_or(HOW_TO_REFER);
                    self.at(&text.pointer, error.to_string(), remedy);
                }
            }
        }
    }

    fn references_of(&mut self, text: &Text, pointer: &str, own: Option<&str>) {
        for reference in text.references() {
            self.reference(reference, pointer, own);
        }
    }

    /// Checks a reference that is written without braces.
    pub(super) fn bare_reference(&mut self, reference: &Placed<Result<Reference, ReferenceError>>) {
        match &reference.value {
            Ok(value) => self.reference(value, &reference.pointer, None),
            Err(error) => {
                let remedy = error.remedy().unwrap_or("write `step.member`, in no braces");
                self.at(&reference.pointer, error.to_string(), remedy);
            }
        }
    }

    pub(super) fn reference(&mut self, reference: &Reference, pointer: &str, own: Option<&str>) {
        let head = reference.head.as_str();
        if let Some(role) = Role::from_name(head) {
            self.fixture(role, reference, pointer);
        } else if !self.is_misspelt_member(reference, pointer, own) && Some(head) != own {
            self.step_named(head, pointer);
        }
    }

    fn fixture(&mut self, role: Role, reference: &Reference, pointer: &str) {
        self.used.push(role);
        let member = reference.path.join(".");
        if member.is_empty() {
            let remedy = format!("name one of its members: {}", role.members().join(", "));
            self.at(pointer, format!("`{}` as a whole is no value", role.name()), remedy);
        } else if !role.members().contains(&member.as_str()) {
            let remedy = suggestion(&member, role.members().iter().copied());
            self.at(pointer, format!("`{}` has no member `{member}`", role.name()), remedy);
        }
    }

    /// Reports a member of an answer that looks like a misspelling; says whether it did.
    fn is_misspelt_member(
        &mut self,
        reference: &Reference,
        pointer: &str,
        own: Option<&str>,
    ) -> bool {
        let head = reference.head.as_str();
        let is_answer = Some(head) == own || self.earlier_ids().contains(&head);
        let Some(member) = reference.path.first().filter(|_| is_answer) else { return false };
        let Some(near) = misspelling::meant(member, MEMBERS) else { return false };
        let message = format!("no answer has a member `{member}`");
        self.at(pointer, message, format!("did you mean `{near}`?"));
        true
    }

    /// Reports a name that is neither a fixture, which the caller has looked for, nor an earlier
    /// step.
    fn step_named(&mut self, name: &str, pointer: &str) {
        if self.case.steps.iter().any(|step| step.id == Some(name)) {
            self.earlier_step(name, pointer);
            return;
        }
        let message = format!("`{name}` is neither a step nor a fixture");
        let mut known = self.earlier_ids();
        known.extend(Role::ALL.iter().map(|role| role.name()));
        self.at(pointer, message, suggestion(name, known));
    }
}

const EARLIER: &str = "refer to an earlier step, or move that one up";
const HOW_TO_REFER: &str =
    "refer to a step or a fixture as ${name.member}; $${ stands for ${ itself";
