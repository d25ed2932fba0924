//! YAML text to a JSON value in which every node keeps its place.
//!
//! The home of `granit-parser`. Accepts the part of YAML that means the same to every reader:
//! no anchors, aliases, tags, includes or second documents, no member twice, names are strings.
//! Plain scalars follow the core schema of YAML 1.2.2 (section 10.3.2), so `no` is a string. A
//! number is written as in JSON and kept digit by digit; what only some readers of YAML take for a
//! number, or for another one, such as `012`, is a mistake.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use granit_parser::{Event, Options, Parser, ScalarStyle, Span};
use serde_json::{Map, Number, Value};

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
    read(source, Telling::Values)
}

/// Parses one document whose values may be secrets, so that no diagnostic repeats one.
///
/// # Errors
///
/// As of [`parse`].
pub(crate) fn parse_secretive(source: &Arc<Source>) -> Result<Document, Vec<Diagnostic>> {
    read(source, Telling::Places)
}

/// What diagnostics may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Telling {
    Values,
    Places,
}

fn read(source: &Arc<Source>, telling: Telling) -> Result<Document, Vec<Diagnostic>> {
    let mut builder = Builder::new(source, telling);
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
    telling: Telling,
    places: HashMap<String, Place>,
    diagnostics: Vec<Diagnostic>,
    depth: usize,
    /// Where the `[` and `{` stand that are not closed yet.
    open: Vec<usize>,
}

type Events<'a> = Parser<'a, granit_parser::StrInput<'a>>;

impl<'a> Builder<'a> {
    fn new(source: &'a Arc<Source>, telling: Telling) -> Builder<'a> {
        Builder {
            source,
            telling,
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
            Event::Scalar(text, style, ..) => {
                let value = scalar(&text, style);
                if matches!(style, ScalarStyle::Plain) && value.is_string() && is_numeric(&text) {
                    self.ambiguous_number(&text, start.clone());
                }
                (value, start.end)
            }
            _ => (Value::Null, start.end),
        };
        let place = Place { key, value: start.start..self.trimmed(start.start, end) };
        self.places.insert(pointer.clone(), place);
        Some(value)
    }

    /// Notes a number that readers of YAML do not agree about.
    fn ambiguous_number(&mut self, text: &str, range: Range<usize>) {
        let number = decimal(text).filter(|_| self.telling == Telling::Values);
        let remedy = match number {
            Some(number) => format!("write `{number}`, or put it in quotes if it is a text"),
            None => "put it in quotes if it is a text, or write the number as in JSON".to_owned(),
        };
        self.report_at(range, "readers of YAML disagree about this number", &remedy);
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
    text.parse().ok().map(Value::Number)
}

/// Whether some reader of YAML takes a text for a number.
fn is_numeric(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_special = [".inf", ".nan"].iter().any(|word| unsigned.eq_ignore_ascii_case(word));
    is_special || radix(unsigned).is_some() || is_decimal(unsigned)
}

/// Digits with underscores, a fraction and an exponent, each where YAML 1.1 or 1.2 allows it.
fn is_decimal(text: &str) -> bool {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    let has_digit = |text: &str| text.bytes().any(|byte| byte.is_ascii_digit());
    has_digit(mantissa)
        && !mantissa.starts_with('_')
        && is_digits(integer)
        && is_digits(fraction)
        && is_digits(exponent)
        && has_digit(exponent)
}

/// The base of `0x1F` and the like, and its digits.
fn radix(unsigned: &str) -> Option<(u32, String)> {
    let bases = [("0x", 16), ("0o", 8), ("0b", 2)];
    let (prefix, base) = bases.into_iter().find(|(prefix, _)| unsigned.starts_with(prefix))?;
    let digits = unsigned[prefix.len()..].replace('_', "");
    (!digits.is_empty() && digits.chars().all(|c| c.is_digit(base))).then_some((base, digits))
}

/// The number as JSON writes it, if there is but one that can be meant.
fn decimal(text: &str) -> Option<String> {
    let sign = if text.starts_with('-') { "-" } else { "" };
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let decimal = match radix(unsigned) {
        Some((base, digits)) => u128::from_str_radix(&digits, base).ok()?.to_string(),
        None => {
            let plain = unsigned.replace('_', "");
            let plain = if plain.starts_with('.') { format!("0{plain}") } else { plain };
            plain.strip_suffix('.').unwrap_or(&plain).to_owned()
        }
    };
    let decimal = format!("{sign}{decimal}");
    decimal.parse::<Number>().is_ok().then_some(decimal)
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
    #[case("[2026-01-01, 12:30, '012', \"0x1F\", .a, 1.2e, e5, 0xg, _1]\n",
        json!(["2026-01-01", "12:30", "012", "0x1F", ".a", "1.2e", "e5", "0xg", "_1"]))]
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
    #[case::base("a: 0x1F\n", &["1:4 readers of YAML disagree about this number"])]
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

    #[rstest]
    #[case("9223372036854775808")]
    #[case("18446744073709551617")]
    #[case("-0")]
    #[case("1.0")]
    #[case("0.10000000000000000001")]
    #[case("1e+400")]
    fn a_number_is_kept_as_it_is_written(#[case] text: &str) {
        let document = parse(&Source::new("t.yaml", text)).expect("it parses");
        assert_eq!(document.value.to_string(), text);
    }

    #[rstest]
    #[case("0x1F", "write `31`, or put it in quotes if it is a text")]
    #[case("-0x1f", "write `-31`, or put it in quotes if it is a text")]
    #[case("0o17", "write `15`, or put it in quotes if it is a text")]
    #[case("0b101", "write `5`, or put it in quotes if it is a text")]
    #[case("+1", "write `1`, or put it in quotes if it is a text")]
    #[case("1_000", "write `1000`, or put it in quotes if it is a text")]
    #[case(".5", "write `0.5`, or put it in quotes if it is a text")]
    #[case("5.", "write `5`, or put it in quotes if it is a text")]
    #[case("012", "put it in quotes if it is a text, or write the number as in JSON")]
    #[case("-01.5", "put it in quotes if it is a text, or write the number as in JSON")]
    #[case(".inf", "put it in quotes if it is a text, or write the number as in JSON")]
    #[case("-.INF", "put it in quotes if it is a text, or write the number as in JSON")]
    #[case(".NaN", "put it in quotes if it is a text, or write the number as in JSON")]
    fn a_number_that_readers_disagree_about_is_a_mistake(#[case] text: &str, #[case] remedy: &str) {
        let source = Source::new("t.yaml", format!("a: [{text}]\n"));
        let told = |found: Result<_, Vec<crate::value::diagnostics::Diagnostic>>| {
            let found = found.map(|_: super::Document| ()).expect_err("it is wrong");
            assert_eq!(found.len(), 1);
            assert_eq!(&source.text[found[0].range.clone()], text);
            found[0].remedy.clone()
        };
        assert_eq!(told(parse(&source)), remedy);
        let told = told(super::parse_secretive(&source));
        assert_eq!(told, "put it in quotes if it is a text, or write the number as in JSON");
    }
}
