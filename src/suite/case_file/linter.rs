//! What can be wrong with a case file beyond what the schema of the format says. Builds nothing.

use std::time::Duration;

use serde_json::Value;

use super::{Format, array, compiler, duration, is_true, misspelling, text};
use crate::expect;
use crate::model::requirement::{Ledger, Standing};
use crate::model::role::Role;
use crate::suite::lint::{FormatDiagnostic, in_schema};
use crate::value::diagnostics::{Diagnostic, is_misspelt, suggestion};
use crate::value::json_diff::escape;
use crate::value::variables::{Reference, Text};
use crate::value::yaml::Document;

/// Finds what the schema of the format cannot: names that refer to nothing, expectations that do
/// not compile. Works on whatever was written, right or not.
pub(super) struct Linter<'a> {
    document: &'a Document,
    format: &'a Format,
    ledger: &'a Ledger,
    /// What the schema of the format complains of.
    found_by_format: &'a [FormatDiagnostic],
    /// The steps before the one that is looked at.
    earlier: Vec<&'a str>,
    /// The fixtures that steps refer to.
    used: Vec<Role>,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Linter<'a> {
    pub(super) fn new(
        document: &'a Document,
        format: &'a Format,
        ledger: &'a Ledger,
        found_by_format: &'a [FormatDiagnostic],
    ) -> Linter<'a> {
        Linter {
            document,
            format,
            ledger,
            found_by_format,
            earlier: Vec::new(),
            used: Vec::new(),
            diagnostics: Vec::new(),
        }
    }

    pub(super) fn lint(mut self) -> Vec<Diagnostic> {
        let steps = array(&self.document.value, "steps");
        for (index, step) in steps.iter().enumerate() {
            self.step(step, &format!("/steps/{index}"), steps);
            self.earlier.push(text(step, "id").unwrap_or_default());
        }
        if !steps.is_empty() {
            self.needs();
        }
        self.expansion(steps);
        if !steps.is_empty() && steps.iter().all(|step| lacks(step, "checks")) {
            let remedy = "add `checks` to a step, keyed by the requirement that is judged";
            self.at_key("/steps", "the case checks nothing", remedy);
        }
        self.diagnostics
    }

    /// Whether the schema of the format complains of something inside the value at a pointer.
    fn is_malformed_within(&self, pointer: &str) -> bool {
        let within = |found: &FormatDiagnostic| {
            found.pointer.strip_prefix(pointer).is_some_and(|rest| rest.starts_with('/'))
        };
        self.found_by_format.iter().any(within)
    }

    fn at(&mut self, pointer: &str, message: impl Into<String>, remedy: impl Into<String>) {
        self.diagnostics.push(self.document.diagnostic(pointer, message, remedy));
    }

    fn at_key(&mut self, pointer: &str, message: impl Into<String>, remedy: impl Into<String>) {
        self.diagnostics.push(self.document.key_diagnostic(pointer, message, remedy));
    }

    fn step(&mut self, step: &'a Value, pointer: &str, steps: &'a [Value]) {
        self.step_id(step, pointer);
        self.step_flags(step, pointer);
        self.diagnostics.extend(misspelling::in_step(self.document, step, pointer));
        self.given(step, pointer, steps);
        self.repeat(step, pointer, steps);
        for key in ["with", "headers", "query", "body"] {
            if let Some(value) = step.get(key) {
                self.template(value, &format!("{pointer}/{key}"), None);
            }
        }
        for (index, value) in array(step, "if_differ").iter().enumerate() {
            let pointer = format!("{pointer}/if_differ/{index}");
            match value.as_str().map(Reference::parse) {
                Some(Ok(reference)) => self.reference(&reference, &pointer, None),
                Some(Err(message)) => {
                    self.at(&pointer, message, "write `step.member`, in no braces")
                }
                None => {}
            }
        }
        let checks = step.get("checks").and_then(Value::as_object);
        for (requirement, check) in checks.into_iter().flatten() {
            let pointer = format!("{pointer}/checks/{}", escape(requirement));
            self.requirement(requirement, &pointer);
            self.check(check, &pointer, step);
        }
    }

    fn step_id(&mut self, step: &Value, pointer: &str) {
        let Some(id) = text(step, "id") else { return };
        let place = format!("{pointer}/id");
        if self.earlier.contains(&id) {
            self.at(
                &place,
                format!("two steps are called `{id}`"),
                "give each step a name of its own",
            );
        }
        if Role::from_name(id).is_some() {
            self.at(
                &place,
                format!("`{id}` is the name of a fixture"),
                "give the step another name",
            );
        }
    }

    fn step_flags(&mut self, step: &Value, pointer: &str) {
        let is_true = |key: &str| is_true(step, key);
        if is_true("parallel") && lacks(step, "repeat") {
            let remedy = "say how often with `repeat`, or leave `parallel` out";
            self.at_key(&format!("{pointer}/parallel"), "nothing is repeated here", remedy);
        }
        if is_true("alongside") && self.earlier.is_empty() {
            let remedy = "the first step has none before it; leave `alongside` out";
            self.at_key(
                &format!("{pointer}/alongside"),
                "there is no step to go alongside",
                remedy,
            );
        }
        let after = text(step, "after");
        if let Some(after) = after.filter(|after| duration(after) > Some(LONGEST_WAIT)) {
            let message = format!("`{after}` is too long a wait");
            let remedy = "wait 30s at most: every run waits as long, and no test can wait for the \
                          end of a session, of which the documents give several lifetimes";
            self.at(&format!("{pointer}/after"), message, remedy);
        }
    }

    fn given(&mut self, step: &Value, pointer: &str, steps: &[Value]) {
        for (index, id) in array(step, "given").iter().enumerate() {
            let Some(id) = id.as_str() else { continue };
            self.earlier_step(id, &format!("{pointer}/given/{index}"), steps);
        }
    }

    fn repeat(&mut self, step: &Value, pointer: &str, steps: &[Value]) {
        let Some(id) = text(step, "repeat") else { return };
        let pointer = format!("{pointer}/repeat");
        if !self.earlier_step(id, &pointer, steps) {
            return;
        }
        let other = steps.iter().find(|other| text(other, "id") == Some(id));
        if other.is_some_and(|other| other.get("repeat").is_none()) {
            self.at(
                &pointer,
                format!("step `{id}` is not repeated"),
                "name a step with `repeat`, or give a number",
            );
        }
    }

    /// Notes a mistake where `id` is not one step that stands earlier.
    fn earlier_step(&mut self, id: &str, pointer: &str, steps: &[Value]) -> bool {
        if !self.earlier.contains(&id) {
            let later = steps.iter().any(|step| text(step, "id") == Some(id));
            let (message, remedy) = match later {
                true => (format!("step `{id}` does not stand before this one"), EARLIER.to_owned()),
                false => (format!("there is no step `{id}`"), suggestion(id, self.earlier.clone())),
            };
            self.at(pointer, message, remedy);
            return false;
        }
        let is_expanded = |step: &&Value| {
            text(step, "id") == Some(id) && step.get("via").is_some_and(Value::is_array)
        };
        if steps.iter().any(|step| is_expanded(&step)) {
            let message = format!("step `{id}` is one step per encoding");
            self.at(pointer, message, "refer to a step with a single `via`");
            return false;
        }
        true
    }

    /// Checks the references of a value; `own` is the step that may refer to itself.
    fn template(&mut self, value: &Value, pointer: &str, own: Option<&str>) {
        match value {
            Value::String(text) => self.text(text, pointer, own),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.template(item, &format!("{pointer}/{index}"), own);
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    self.template(member, &format!("{pointer}/{}", escape(name)), own);
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str, pointer: &str, own: Option<&str>) {
        match Text::parse(text) {
            Ok(text) => {
                for reference in text.references() {
                    self.reference(reference, pointer, own);
                }
            }
            // A message that lists what is known needs no other help.
            Err(message) => match message.split_once("; ") {
                Some((message, remedy)) => self.at(pointer, message, remedy),
                None => self.at(pointer, message, HOW_TO_REFER),
            },
        }
    }

    fn reference(&mut self, reference: &Reference, pointer: &str, own: Option<&str>) {
        if let Some(role) = Role::from_name(&reference.head) {
            self.used.push(role);
            let member = reference.path.join(".");
            if member.is_empty() {
                let remedy = format!("name one of its members: {}", role.members().join(", "));
                self.at(pointer, format!("`{}` as a whole is no value", role.name()), remedy);
            } else if !role.members().contains(&member.as_str()) {
                let remedy = suggestion(&member, role.members().iter().copied());
                self.at(pointer, format!("`{}` has no member `{member}`", role.name()), remedy);
            }
            return;
        }
        let answers =
            Some(reference.head.as_str()) == own || self.earlier.contains(&reference.head.as_str());
        let member = reference.path.first().filter(|_| answers);
        if let Some((member, near)) = member
            .and_then(|member| Some((member, misspelling::meant(member, misspelling::MEMBERS)?)))
        {
            let message = format!("no answer has a member `{member}`");
            self.at(pointer, message, format!("did you mean `{near}`?"));
            return;
        }
        if Some(reference.head.as_str()) == own {
            return;
        }
        let head = reference.head.as_str();
        let steps = array(&self.document.value, "steps");
        if steps.iter().any(|step| text(step, "id") == Some(head)) {
            self.earlier_step(head, pointer, steps);
            return;
        }
        let message = format!("`{}` is neither a step nor a fixture", reference.head);
        let known = self.earlier.iter().copied().chain(Role::ALL.iter().map(|role| role.name()));
        let remedy = suggestion(&reference.head, known.collect::<Vec<_>>());
        self.at(pointer, message, remedy);
    }

    fn requirement(&mut self, id: &str, pointer: &str) {
        match self.ledger.get(id).map(|requirement| &requirement.standing) {
            None => {
                let known = self.ledger.iter().map(|requirement| requirement.id.as_str());
                let remedy = suggestion(id, known);
                self.at_key(pointer, format!("there is no requirement `{id}`"), remedy);
            }
            Some(Standing::Excluded(why)) => {
                let message = format!("the ledger excludes `{id}`");
                self.at_key(pointer, message, format!("it says: {why}"));
            }
            Some(_) => {}
        }
    }

    fn check(&mut self, check: &Value, pointer: &str, step: &Value) {
        let own = text(step, "id");
        for (keyword, value) in check.as_object().into_iter().flatten() {
            let place = format!("{pointer}/{keyword}");
            match keyword.as_str() {
                "refused" if lacks(step, "given") => self.at_key(
                    &place,
                    "a server that refuses everybody would pass this",
                    "name a step that has to be granted first: `given: [sign-in]`",
                ),
                "same_as" => self.bare(value, &place),
                "equals" | "reveals_not" => self.template(value, &place, None),
                "differs_from" => self.template(value, &place, own),
                _ => {}
            }
            self.expectation(keyword, value, check, &place);
        }
    }

    fn expectation(&mut self, keyword: &str, value: &Value, check: &Value, place: &str) {
        let is_known = expect::KEYWORDS.iter().any(|known| known.name == keyword);
        // References have been looked at already, and more closely.
        let is_template = matches!(keyword, "equals" | "differs_from" | "reveals_not");
        if !is_known || is_template || self.is_malformed_within(place) {
            return;
        }
        let compiler = compiler(self.format, check);
        for found in expect::compile(keyword, value, &compiler).err().into_iter().flatten() {
            self.diagnostics.push(in_schema(self.document, place, found));
        }
    }

    fn bare(&mut self, value: &Value, pointer: &str) {
        let Some(text) = value.as_str() else { return };
        if let Ok(reference) = Reference::parse(text.trim_start_matches("${").trim_end_matches('}'))
        {
            self.reference(&reference, pointer, None);
        }
    }

    fn needs(&mut self) {
        if self.found_by_format.iter().any(|found| found.pointer.starts_with("/needs")) {
            return;
        }
        let needs = array(&self.document.value, "needs");
        let declared: Vec<Role> =
            needs.iter().filter_map(Value::as_str).filter_map(Role::from_name).collect();
        for (index, role) in declared.iter().enumerate() {
            if !self.used.contains(role) {
                let message = format!("no step refers to `{}`", role.name());
                self.at(&format!("/needs/{index}"), message, "leave it out");
            }
        }
        let mut undeclared: Vec<Role> =
            self.used.iter().copied().filter(|role| !declared.contains(role)).collect();
        undeclared.sort_unstable();
        undeclared.dedup();
        if lacks(&self.document.value, "needs") == needs.is_empty() && !undeclared.is_empty() {
            self.undeclared(&undeclared, needs.is_empty());
        }
    }

    fn undeclared(&mut self, roles: &[Role], all: bool) {
        for role in roles {
            let name = role.name();
            let pointer = if all { "" } else { "/needs" };
            self.at_key(
                pointer,
                format!("the steps refer to `{name}`, which `needs` does not list"),
                match all {
                    true => format!("add `needs: [{name}]`"),
                    false => format!("add `{name}` to the list"),
                },
            );
        }
    }

    fn expansion(&mut self, steps: &[Value]) {
        let via_each: Vec<usize> = steps
            .iter()
            .enumerate()
            .filter(|(_, step)| text(step, "via") == Some("each"))
            .map(|(index, _)| index)
            .collect();
        let is_expanded = self.document.value.get("each").is_some();
        if is_expanded && via_each.is_empty() {
            self.at_key(
                "/each",
                "no step travels by the encoding of the case",
                "write `via: each` on a step",
            );
        }
        if !is_expanded {
            for index in via_each {
                let remedy = "list the encodings of the case: `each: [json, form]`";
                self.at(&format!("/steps/{index}/via"), "the case has no `each`", remedy);
            }
        }
    }
}

const EARLIER: &str = "refer to an earlier step, or move that one up";
const HOW_TO_REFER: &str =
    "refer to a step or a fixture as ${name.member}; $${ stands for ${ itself";

/// Whether an object has neither this member nor one that is likely meant to be it.
fn lacks(object: &Value, member: &str) -> bool {
    match object {
        Value::Object(members) => {
            members.keys().all(|written| written != member && !is_misspelt(written, member))
        }
        _ => false,
    }
}

const LONGEST_WAIT: Duration = Duration::from_secs(30);
