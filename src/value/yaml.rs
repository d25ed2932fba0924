//! YAML text to a JSON value in which every node keeps its place.
//!
//! The home of `granit-parser`. Accepts the part of YAML that means the same to every reader:
//! no anchors, aliases, tags, includes or second documents, no member twice, names are strings.
//! Plain scalars follow the core schema of YAML 1.2.2 (section 10.3.2), so `no` is a string.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use granit_parser::{Event, Options, Parser, ScalarStyle, Span};
use serde_json::{Map, Value};

use crate::value::diagnostics::{Diagnostic, Source};
use crate::value::json_diff::escape;

/// A parsed text: its value, and where each part of the value stands.
#[derive(Debug, Clone)]
pub struct Document {
    /// The text.
    pub source: Arc<Source>,
    /// What it means.
    pub value: Value,
    places: HashMap<String, Place>,
}

/// The bytes of a node.
#[derive(Debug, Clone)]
struct Place {
    key: Option<Range<usize>>,
    value: Range<usize>,
}

impl Document {
    /// The bytes of the value at a JSON Pointer, or of its nearest ancestor that exists.
    #[must_use]
    pub fn value_range(&self, pointer: &str) -> Range<usize> {
        self.nearest(pointer).map_or(0..0, |place| place.value.clone())
    }

    /// The bytes of the member name at a JSON Pointer; of the value where it has no name.
    #[must_use]
    pub fn key_range(&self, pointer: &str) -> Range<usize> {
        self.nearest(pointer)
            .map_or(0..0, |place| place.key.clone().unwrap_or_else(|| place.value.clone()))
    }

    fn nearest(&self, pointer: &str) -> Option<&Place> {
        let mut pointer = pointer;
        loop {
            if let Some(place) = self.places.get(pointer) {
                return Some(place);
            }
            pointer = &pointer[..pointer.rfind('/')?];
        }
    }

    /// A mistake at the value of a JSON Pointer.
    #[must_use]
    pub fn diagnostic(
        &self,
        pointer: &str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Diagnostic {
        self.diagnostic_in(self.value_range(pointer), message, remedy)
    }

    /// A mistake at the member name of a JSON Pointer.
    #[must_use]
    pub fn key_diagnostic(
        &self,
        pointer: &str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Diagnostic {
        self.diagnostic_in(self.key_range(pointer), message, remedy)
    }

    fn diagnostic_in(
        &self,
        range: Range<usize>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic {
            source: Arc::clone(&self.source),
            range: self.source.first_line(range),
            message: message.into(),
            remedy: remedy.into(),
        }
    }
}

/// Parses one YAML (or JSON) document.
///
/// # Errors
///
/// Every mistake that is not one of grammar is listed; a mistake of grammar ends the reading and
/// stands last.
pub fn parse(source: &Arc<Source>) -> Result<Document, Vec<Diagnostic>> {
    let mut builder = Builder::new(source);
    let mut parser = Parser::new_from_str_with_options(&source.text, Options::default());
    let mut pointer = String::new();
    let root = builder.document(&mut parser, &mut pointer);
    match root {
        Some(value) if builder.diagnostics.is_empty() => {
            if is_json(source) {
                refuse_what_is_no_json(source).map_err(|found| vec![found])?;
            }
            Ok(Document { source: Arc::clone(source), value, places: builder.places })
        }
        _ => Err(builder.diagnostics),
    }
}

/// Whether the name of a file promises JSON.
fn is_json(source: &Source) -> bool {
    std::path::Path::new(&source.name)
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}

/// Refuses what this reader would take as YAML, and others of a JSON file would not.
fn refuse_what_is_no_json(source: &Arc<Source>) -> Result<(), Diagnostic> {
    let text = source.text.trim_start_matches('\u{feff}');
    let Err(error) = serde_json::from_str::<Value>(text) else { return Ok(()) };
    let start = source.text.len() - text.len();
    let line: usize =
        text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let at = (start + line + error.column().saturating_sub(1)).min(source.text.len());
    let told = error.to_string();
    let told = told.rsplit_once(" at line ").map_or(told.as_str(), |(what, _)| what);
    Err(Diagnostic {
        source: Arc::clone(source),
        range: at..at,
        message: format!("this is not JSON: {told}"),
        remedy: "mend it, or give the file a name that ends in `.yaml`".to_owned(),
    })
}

/// How deep a document may be nested.
const DEPTH: usize = 64;

struct Builder<'a> {
    source: &'a Arc<Source>,
    places: HashMap<String, Place>,
    diagnostics: Vec<Diagnostic>,
    depth: usize,
    /// Where the `[` and `{` stand that are not closed yet.
    open: Vec<usize>,
}

type Events<'a> = Parser<'a, granit_parser::StrInput<'a>>;

impl<'a> Builder<'a> {
    fn new(source: &'a Arc<Source>) -> Builder<'a> {
        Builder {
            source,
            places: HashMap::new(),
            diagnostics: Vec::new(),
            depth: 0,
            open: Vec::new(),
        }
    }

    fn document(&mut self, events: &mut Events<'a>, pointer: &mut String) -> Option<Value> {
        let mut root = None;
        while let Some((event, span)) = self.next(events) {
            match event {
                Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
                Event::DocumentStart(..) if root.is_none() => {}
                Event::DocumentStart(..) => {
                    self.report(&span, "a second document starts here", "one file is one document");
                    return None;
                }
                node => root = Some(self.node(node, &span, events, pointer, None)?),
            }
        }
        if root.is_none() && self.diagnostics.is_empty() {
            self.report_at(0..0, "the file is empty", "write something, or take the file away");
        }
        root
    }

    /// The next event; notes a mistake of grammar and ends the stream.
    fn next(&mut self, events: &mut Events<'a>) -> Option<(Event<'a>, Span)> {
        match events.next_event()? {
            Ok(event) => Some(event),
            Err(error) => {
                let at = error.marker().byte_offset().unwrap_or_default();
                self.grammar(at, &error.info());
                None
            }
        }
    }

    /// Notes a mistake of grammar in our own words.
    fn grammar(&mut self, at: usize, info: &str) {
        if self.source.text.get(..at).is_some_and(|before| before.ends_with('$')) {
            let remedy = "put the value in quotes: \"${…}\"; a brace opens a mapping here";
            self.report_at(at - 1..at + 1, "a `${` stands here without quotes", remedy);
            return;
        }
        if let Some(tab) = self.indenting_tab(at) {
            self.report_at(tab..tab + 1, "a tab indents this line", "indent with spaces");
            return;
        }
        if let Some(open) = self.left_open(at, info) {
            let bracket = &self.source.text[open..=open];
            let closing = if bracket == "[" { "]" } else { "}" };
            let message = format!("this `{bracket}` is not closed");
            self.report_at(open..open + 1, &message, &format!("close it with `{closing}`"));
            return;
        }
        let language = if self.source.name.ends_with(".json") { "JSON" } else { "YAML" };
        let (message, remedy) = grammar(info).map_or_else(
            || (format!("this is not {language}: {info}"), QUOTE),
            |(message, remedy)| (message.to_owned(), remedy),
        );
        self.report_at(at..at, &message, remedy);
    }

    /// The tab that indents the line of a mistake, or the one below it.
    fn indenting_tab(&self, at: usize) -> Option<usize> {
        let text = &self.source.text;
        let start = text.get(..at)?.rfind('\n').map_or(0, |newline| newline + 1);
        let next = text[at..].find('\n').map(|newline| at + newline + 1);
        std::iter::once(start).chain(next).find_map(|line| {
            let indent = text[line..].find(|c| c != ' ' && c != '\t')?;
            text[line..line + indent].find('\t').map(|tab| line + tab)
        })
    }

    /// The bracket on an earlier line that a mistake comes of.
    fn left_open(&self, at: usize, info: &str) -> Option<usize> {
        let open = self.open.last().copied()?;
        let is_earlier = self.source.text.get(open..at).is_some_and(|text| text.contains('\n'));
        (is_earlier && !info.contains("',' or")).then_some(open)
    }

    /// Builds the node that `event` starts; `None` where the stream broke off.
    fn node(
        &mut self,
        event: Event<'a>,
        span: &Span,
        events: &mut Events<'a>,
        pointer: &mut String,
        key: Option<Range<usize>>,
    ) -> Option<Value> {
        let start = range_of(span);
        if event.tag().is_some() {
            let range = self.word_before(&start, '!');
            self.report_at(range, "tags have no meaning here", "write the value without `!…`");
        }
        if event.anchor_id().is_some() || event.is_alias() {
            let range =
                if event.is_alias() { start.clone() } else { self.word_before(&start, '&') };
            self.report_at(range, ALIAS.0, ALIAS.1);
        }
        let (value, end) = match event {
            Event::MappingStart(..) | Event::SequenceStart(..) => {
                let is_flow = self.source.text[start.start..].starts_with(['[', '{']);
                self.open.extend(is_flow.then_some(start.start));
                let built = match event {
                    Event::MappingStart(..) => self.mapping(span, events, pointer)?,
                    _ => self.sequence(span, events, pointer)?,
                };
                if is_flow {
                    self.open.pop();
                }
                built
            }
            Event::Scalar(text, style, ..) => (scalar(&text, style), start.end),
            _ => (Value::Null, start.end),
        };
        let place = Place { key, value: start.start..self.trimmed(start.start, end) };
        self.places.insert(pointer.clone(), place);
        Some(value)
    }

    /// The word that starts with a sign and stands before a node.
    fn word_before(&self, node: &Range<usize>, sign: char) -> Range<usize> {
        let before = self.source.text.get(..node.start).unwrap_or_default();
        match before.rfind(sign) {
            Some(start) => {
                let word = before[start..].split_whitespace().next().unwrap_or_default();
                start..start + word.len()
            }
            None => node.clone(),
        }
    }

    /// Where a block ends that ran on into white space or comments.
    fn trimmed(&self, start: usize, end: usize) -> usize {
        start + self.source.text.get(start..end).map_or(0, |text| text.trim_end().len())
    }

    fn mapping(
        &mut self,
        span: &Span,
        events: &mut Events<'a>,
        pointer: &mut String,
    ) -> Option<(Value, usize)> {
        self.enter(span)?;
        let mut members = Map::new();
        loop {
            let (event, span) = self.next(events)?;
            match event {
                Event::MappingEnd => {
                    self.depth -= 1;
                    return Some((Value::Object(members), range_of(&span).end));
                }
                Event::Scalar(name, ..) => {
                    let key = range_of(&span);
                    if members.contains_key(name.as_ref()) {
                        self.report(
                            &span,
                            &format!("`{name}` stands twice"),
                            "keep one of the two",
                        );
                    }
                    let (event, span) = self.next(events)?;
                    let length = descend(pointer, &name);
                    let value = self.node(event, &span, events, pointer, Some(key));
                    pointer.truncate(length);
                    members.insert(name.into_owned(), value?);
                }
                _ => {
                    self.report(
                        &span,
                        "a name is not a string",
                        "write a plain name before the colon",
                    );
                    return None;
                }
            }
        }
    }

    fn sequence(
        &mut self,
        span: &Span,
        events: &mut Events<'a>,
        pointer: &mut String,
    ) -> Option<(Value, usize)> {
        self.enter(span)?;
        let mut items = Vec::new();
        loop {
            let (event, span) = self.next(events)?;
            if matches!(event, Event::SequenceEnd) {
                self.depth -= 1;
                return Some((Value::Array(items), range_of(&span).end));
            }
            let length = descend(pointer, &items.len().to_string());
            let value = self.node(event, &span, events, pointer, None);
            pointer.truncate(length);
            items.push(value?);
        }
    }

    fn enter(&mut self, span: &Span) -> Option<()> {
        self.depth += 1;
        if self.depth > DEPTH {
            let message = format!("this is nested deeper than {DEPTH} levels");
            self.report(span, &message, "write it flatter");
            return None;
        }
        Some(())
    }

    fn report(&mut self, span: &Span, message: &str, remedy: &str) {
        self.report_at(range_of(span), message, remedy);
    }

    fn report_at(&mut self, range: Range<usize>, message: &str, remedy: &str) {
        self.diagnostics.push(Diagnostic {
            source: Arc::clone(self.source),
            range,
            message: message.to_owned(),
            remedy: remedy.to_owned(),
        });
    }
}

const QUOTE: &str = "indent with spaces, quote text with special characters";
const ALIAS: (&str, &str) = ("anchors and aliases have no meaning here", "write the value out");

/// What is wrong and what would have been right, for what people get wrong often.
fn grammar(info: &str) -> Option<(&'static str, &'static str)> {
    let known = [
        ("unknown anchor", ALIAS),
        ("recursion limit", ("this is nested too deep", "write it flatter")),
        ("unclosed quote", ("this quote is not closed", "end the text with the same quote")),
        (
            "',' or '}'",
            ("a `,` or `}` is missing before this", "end every member but the last with `,`"),
        ),
        (
            "',' or ']'",
            ("a `,` or `]` is missing before this", "end every item but the last with `,`"),
        ),
        (
            "mapping values are not allowed",
            ("a `:` cannot stand here", "put text that holds `: ` in quotes"),
        ),
        ("expected '-' indicator", UNEVEN),
        ("did not find expected key", UNEVEN),
        ("invalid indentation", UNEVEN),
        (
            "unexpected character",
            ("this character cannot stand here", "write it as an escape in double quotes"),
        ),
        (
            "unknown escape character",
            ("there is no such escape", "write `\\\\` for a backslash, or use single quotes"),
        ),
    ];
    known.into_iter().find(|(part, _)| info.contains(part)).map(|(_, words)| words)
}

const UNEVEN: (&str, &str) = (
    "this does not fit the lines above",
    "indent the members of one object alike, and the items of one list",
);

fn descend(pointer: &mut String, token: &str) -> usize {
    let length = pointer.len();
    pointer.push('/');
    pointer.push_str(&escape(token));
    length
}

fn range_of(span: &Span) -> Range<usize> {
    span.byte_range().unwrap_or_default()
}

/// The value of a scalar under the core schema.
fn scalar(text: &str, style: ScalarStyle) -> Value {
    if !matches!(style, ScalarStyle::Plain) {
        return Value::String(text.to_owned());
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => number(text).unwrap_or_else(|| Value::String(text.to_owned())),
    }
}

fn number(text: &str) -> Option<Value> {
    if !text.trim_start_matches(['-', '+']).starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    if let Ok(integer) = text.parse::<i64>() {
        return Some(Value::from(integer));
    }
    if !text.chars().all(|c| c.is_ascii_digit() || "+-.eE".contains(c)) {
        return None;
    }
    text.parse::<f64>().ok().and_then(serde_json::Number::from_f64).map(Value::Number)
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::value::diagnostics::Source;
    use rstest::rstest;
    use serde_json::{Value, json};

    #[rstest]
    #[case("a: 1\nb: [x, 'y', 2.5]\n", json!({"a": 1, "b": ["x", "y", 2.5]}))]
    #[case("no: no\nyes: true\nempty:\n", json!({"no": "no", "yes": true, "empty": null}))]
    #[case("{\"a\": \"\\u00e9\", \"b\": {}}", json!({"a": "é", "b": {}}))]
    #[case("a: 1.2.3\nb: -1\n", json!({"a": "1.2.3", "b": -1}))]
    #[case("t: |\n  x\n  y\n", json!({"t": "x\ny\n"}))]
    fn yaml_means_what_its_core_schema_says(#[case] text: &str, #[case] expected: Value) {
        let document = parse(&Source::new("t.yaml", text)).expect("it parses");
        assert_eq!(document.value, expected);
    }

    #[rstest]
    #[case::twice("a: 1\na: 2\n", &["2:1 `a` stands twice"])]
    #[case::twice_in_two_places("a: 1\na: 2\nb: {c: 1, c: 2}\n", &["2:1 `a` stands twice", "3:11 `c` stands twice"])]
    #[case::alias("a: &x 1\nb: *x\n", &[
        "1:4 anchors and aliases have no meaning here",
        "2:4 anchors and aliases have no meaning here",
    ])]
    #[case::tag("a: !include x\n", &["1:4 tags have no meaning here"])]
    #[case::two_documents("a: 1\n---\nb: 2\n", &["2:1 a second document starts here"])]
    #[case::empty("", &["1:1 the file is empty"])]
    #[case::deep(&("[".repeat(100) + &"]".repeat(100)), &["1:65 this is nested deeper than 64 levels"])]
    fn every_mistake_has_its_place(#[case] text: &str, #[case] expected: &[&str]) {
        let diagnostics = parse(&Source::new("t.yaml", text)).expect_err("it is wrong");
        let actual: Vec<String> = diagnostics
            .iter()
            .map(|diagnostic| {
                let (line, column) = diagnostic.source.position(diagnostic.range.start);
                format!("{line}:{column} {}", diagnostic.message)
            })
            .collect();
        assert_eq!(actual, expected);
    }

    #[test]
    fn every_node_keeps_its_place() {
        let text = "steps:\n  - id: a\n    with: {login: x}\n";
        let document = parse(&Source::new("t.yaml", text)).expect("it parses");
        let slice = |pointer: &str| &text[document.value_range(pointer)];
        assert_eq!(slice("/steps/0/with/login"), "x");
        assert_eq!(slice("/steps/0/with"), "{login: x}");
        assert_eq!(&text[document.key_range("/steps/0/with")], "with");
        assert_eq!(slice("/steps/0/nowhere/at/all"), "id: a\n    with: {login: x}");
    }
}
