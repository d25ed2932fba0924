//! Cases as written: one YAML file, checked whole, then turned into cases as meant.
//!
//! All mistakes of a file are listed at once, each at its place. To add a key to the format,
//! describe it in `schemas/case.schema.json`, check it in `Linter` where the schema cannot, and
//! give it its meaning in `Builder`.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::case::{Case, Check, Repeat, Step};
use crate::encoding::{self, ENCODINGS, Encoding};
use crate::expect::{self, Compiler};
use crate::json_diff::escape;
use crate::level::Level;
use crate::lint::{Complaint, against_format, in_schema};
use crate::mistake::{Mistake, is_misspelt, suggestion};
use crate::requirement::{Ledger, Standing};
use crate::role::Role;
use crate::schema::{Schema, Schemas};
use crate::variables::{Reference, Template, Text};
use crate::yaml::Document;

/// What case files are read with.
#[derive(Debug)]
pub struct Format {
    /// The format itself, `schemas/case.schema.json`.
    pub format: Schema,
    /// The schemas that checks may name.
    pub schemas: Schemas,
    /// HTTP status by error code, where it is not 400.
    pub statuses: Arc<BTreeMap<i64, u16>>,
}

/// The actions whose encodings the documents speak of.
const DOCUMENTED_ACTIONS: [&str; 3] = ["auth", "get_permissions", "logout"];

/// Reads one case file.
///
/// # Errors
///
/// Lists every mistake of the file.
pub fn read(
    id: &str,
    document: &Document,
    format: &Format,
    ledger: &Ledger,
) -> Result<Vec<Case>, Vec<Mistake>> {
    let complaints = against_format(document, &format.format);
    let mut mistakes = Linter::new(document, format, ledger, &complaints).lint();
    // Where both complain of the same place, the linter knows better what was meant.
    let is_told = |range: &Range<usize>| mistakes.iter().any(|mistake| mistake.range == *range);
    let untold = complaints.iter().filter(|complaint| !is_told(&complaint.mistake.range));
    let untold: Vec<Mistake> = untold.map(|complaint| complaint.mistake.clone()).collect();
    mistakes.extend(untold);
    if !mistakes.is_empty() {
        mistakes.sort_by_key(|mistake| mistake.range.start);
        mistakes.dedup();
        return Err(mistakes);
    }
    let builder = Builder { id, document, format, ledger };
    Ok(builder.build())
}

// --- what can be wrong ---------------------------------------------------------------------------

/// Finds what the schema of the format cannot: names that refer to nothing, expectations that do
/// not compile. Works on whatever was written, right or not.
struct Linter<'a> {
    document: &'a Document,
    format: &'a Format,
    ledger: &'a Ledger,
    /// What the schema of the format complains of.
    complaints: &'a [Complaint],
    /// The steps before the one that is looked at.
    earlier: Vec<&'a str>,
    /// The fixtures that steps refer to.
    used: Vec<Role>,
    mistakes: Vec<Mistake>,
}

impl<'a> Linter<'a> {
    fn new(
        document: &'a Document,
        format: &'a Format,
        ledger: &'a Ledger,
        complaints: &'a [Complaint],
    ) -> Linter<'a> {
        Linter {
            document,
            format,
            ledger,
            complaints,
            earlier: Vec::new(),
            used: Vec::new(),
            mistakes: Vec::new(),
        }
    }

    fn lint(mut self) -> Vec<Mistake> {
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
        self.mistakes
    }

    /// Whether the schema of the format complains of something inside the value at a pointer.
    fn is_malformed_within(&self, pointer: &str) -> bool {
        let within = |complaint: &Complaint| {
            complaint.pointer.strip_prefix(pointer).is_some_and(|rest| rest.starts_with('/'))
        };
        self.complaints.iter().any(within)
    }

    fn at(&mut self, pointer: &str, message: impl Into<String>, remedy: impl Into<String>) {
        self.mistakes.push(self.document.mistake(pointer, message, remedy));
    }

    fn at_key(&mut self, pointer: &str, message: impl Into<String>, remedy: impl Into<String>) {
        self.mistakes.push(self.document.key_mistake(pointer, message, remedy));
    }

    fn step(&mut self, step: &'a Value, pointer: &str, steps: &'a [Value]) {
        self.step_id(step, pointer);
        self.step_flags(step, pointer);
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
        let is_true = |key: &str| step.get(key) == Some(&Value::Bool(true));
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
        if Some(reference.head.as_str()) == own {
            return;
        }
        let steps = array(&self.document.value, "steps");
        if self.earlier.contains(&reference.head.as_str()) {
            self.earlier_step(&reference.head, pointer, steps);
            return;
        }
        let later = steps.iter().any(|step| text(step, "id") == Some(reference.head.as_str()));
        if later {
            let message = format!("step `{}` does not stand before this one", reference.head);
            self.at(pointer, message, EARLIER);
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
                "at" | "unordered" => continue,
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
            self.mistakes.push(in_schema(self.document, place, found));
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
        if self.complaints.iter().any(|complaint| complaint.pointer.starts_with("/needs")) {
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

fn duration(text: &str) -> Option<Duration> {
    humantime::parse_duration(text).ok()
}

fn array<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}

fn compiler<'a>(format: &'a Format, check: &Value) -> Compiler<'a> {
    Compiler {
        schemas: &format.schemas,
        statuses: &format.statuses,
        at: text(check, "at").unwrap_or_default().to_owned(),
        unordered: check.get("unordered") == Some(&Value::Bool(true)),
    }
}

// --- what it means -------------------------------------------------------------------------------

/// Builds the cases of a file in which nothing is wrong.
struct Builder<'a> {
    id: &'a str,
    document: &'a Document,
    format: &'a Format,
    ledger: &'a Ledger,
}

impl Builder<'_> {
    fn build(&self) -> Vec<Case> {
        match array(&self.document.value, "each") {
            [] => vec![self.case(self.id.to_owned(), &ENCODINGS[0])],
            each => each
                .iter()
                .filter_map(|name| encoding::by_name(name.as_str()?))
                .map(|encoding| self.case(format!("{}@{}", self.id, encoding.name), encoding))
                .collect(),
        }
    }

    fn case(&self, id: String, each: &'static Encoding) -> Case {
        let value = &self.document.value;
        let mut cap = level(value).unwrap_or(Level::Must);
        let mut steps: Vec<Step> = Vec::new();
        for step in array(value, "steps") {
            for (encoding, id) in travels(step, each) {
                cap = cap.min(documented_level(step, encoding));
                let built = self.step(step, id, encoding, cap, &steps);
                steps.push(built);
            }
        }
        Case {
            id,
            file: self.document.source.name.clone(),
            title: text(value, "title").unwrap_or_default().to_owned(),
            needs: array(value, "needs")
                .iter()
                .filter_map(|name| Role::from_name(name.as_str()?))
                .collect(),
            steps,
        }
    }

    fn step(
        &self,
        step: &Value,
        id: String,
        encoding: &'static Encoding,
        cap: Level,
        earlier: &[Step],
    ) -> Step {
        let call = text(step, "call").unwrap_or_default();
        let is_true = |key: &str| step.get(key) == Some(&Value::Bool(true));
        let index_of =
            |id: &Value| earlier.iter().position(|step| Some(step.id.as_str()) == id.as_str());
        Step {
            path: path(call, is_true("slash")),
            method: text(step, "method").unwrap_or(encoding.method).to_owned(),
            encoding,
            with: templates(step),
            headers: headers(step),
            query: text(step, "query").and_then(|query| Text::parse(query).ok()),
            if_differ: if_differ(step),
            body: text(step, "body").and_then(|body| Text::parse(body).ok()),
            content_type: text(step, "content_type").map(str::to_owned),
            fresh_connection: is_true("fresh_connection"),
            repeat: repeat(step, earlier),
            parallel: is_true("parallel"),
            alongside: is_true("alongside"),
            after: text(step, "after").and_then(duration).unwrap_or_default(),
            given: array(step, "given").iter().filter_map(index_of).collect(),
            checks: self.checks(step, cap.min(level(step).unwrap_or(Level::Must))),
            call: call.to_owned(),
            id,
        }
    }

    fn checks(&self, step: &Value, cap: Level) -> Vec<Check> {
        let checks = step.get("checks").and_then(Value::as_object);
        checks.into_iter().flatten().map(|(id, check)| self.check(id, check, cap)).collect()
    }

    fn check(&self, id: &str, check: &Value, cap: Level) -> Check {
        let compiler = compiler(self.format, check);
        let keywords = check.as_object().into_iter().flatten();
        Check {
            requirement: id.to_owned(),
            level: self.ledger.get(id).map_or(cap, |requirement| requirement.level.min(cap)),
            expectations: keywords
                .filter(|(keyword, _)| !matches!(keyword.as_str(), "at" | "unordered"))
                .filter_map(|(keyword, value)| expect::compile(keyword, value, &compiler).ok())
                .collect(),
        }
    }
}

fn level(value: &Value) -> Option<Level> {
    text(value, "at_most").and_then(Level::from_name)
}

/// The encodings of a step, each with the id that the step then has.
fn travels(step: &Value, each: &'static Encoding) -> Vec<(&'static Encoding, String)> {
    let id = text(step, "id").unwrap_or_default();
    match step.get("via") {
        Some(Value::Array(names)) => names
            .iter()
            .filter_map(|name| encoding::by_name(name.as_str()?))
            .map(|encoding| (encoding, format!("{id}@{}", encoding.name)))
            .collect(),
        Some(Value::String(name)) if name == "each" => vec![(each, id.to_owned())],
        Some(Value::String(name)) => {
            vec![(encoding::by_name(name).unwrap_or(&ENCODINGS[0]), id.to_owned())]
        }
        _ => vec![(&ENCODINGS[0], id.to_owned())],
    }
}

/// How binding the documents make the way that a step travels.
fn documented_level(step: &Value, encoding: &Encoding) -> Level {
    let call = text(step, "call").unwrap_or_default();
    if !DOCUMENTED_ACTIONS.contains(&call) {
        return Level::Must;
    }
    let slash = step.get("slash") == Some(&Value::Bool(true));
    let of_path = if slash { Level::Should } else { Level::Must };
    (encoding.level)(call).min(of_path)
}

fn path(call: &str, slash: bool) -> String {
    let end = if slash && !call.ends_with('/') { "/" } else { "" };
    if call.starts_with('/') {
        format!("{call}{end}")
    } else {
        format!("/panel/account/{call}{end}")
    }
}

fn templates(step: &Value) -> Vec<(String, Template)> {
    let with = step.get("with").and_then(Value::as_object);
    with.into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name.clone(), Template::parse(value).ok()?)))
        .collect()
}

fn headers(step: &Value) -> Vec<(String, Text)> {
    let headers: Option<&Map<String, Value>> = step.get("headers").and_then(Value::as_object);
    headers
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name.clone(), Text::parse(value.as_str()?).ok()?)))
        .collect()
}

fn if_differ(step: &Value) -> Option<[Reference; 2]> {
    let parsed =
        array(step, "if_differ").iter().filter_map(|value| Reference::parse(value.as_str()?).ok());
    parsed.collect::<Vec<_>>().try_into().ok()
}

fn repeat(step: &Value, earlier: &[Step]) -> Repeat {
    match step.get("repeat") {
        Some(Value::String(id)) => {
            earlier.iter().position(|step| step.id == *id).map_or(Repeat::Times(1), Repeat::Each)
        }
        Some(number) => {
            let times = number.as_u64().and_then(|times| usize::try_from(times).ok());
            Repeat::Times(times.unwrap_or(1))
        }
        None => Repeat::Times(1),
    }
}
