//! Reads the JSON of an answer strictly: what a careful client would refuse is refused here, and
//! nothing else.
//!
//! Knows nothing of HTTP or of cases. A byte order mark, bytes after the value, invalid UTF-8 and
//! a member that stands twice with different values are each named. What is grammatical is read,
//! and an [`Oddity`] says if other clients may read it otherwise.

use std::fmt;

use serde_json::{Map, Number, Value};

use super::json_diff::same;
use super::json_text::{self, Meaning, Token};
use super::number;

/// How deep an answer may be nested for the suite to read it: deeper than anybody nests one, and
/// not so deep that whoever walks through it runs out of stack.
pub(crate) const DEPTH: usize = 512;

/// How many values an answer may hold for the suite to read it. In the text of a mebibyte may stand
/// half a million, each of which takes fifty times the room in memory.
pub(crate) const WIDTH: usize = 256 * 1024;

/// Why bytes are not one JSON value, in words that read after "the body".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotJson {
    /// There are no bytes.
    #[error("is empty")]
    Empty,
    /// The bytes start with U+FEFF, which RFC 8259 section 8.1 forbids.
    #[error("starts with a byte order mark")]
    ByteOrderMark,
    /// The bytes are not UTF-8, which RFC 8259 section 8.1 demands.
    #[error("is not UTF-8: byte {0} starts no valid character")]
    Encoding(usize),
    /// An object has a member twice, with different values.
    #[error("contradicts itself: member `{0}` stands twice with different values")]
    Contradiction(String),
    /// The grammar of JSON is broken.
    #[error("is not JSON: {0}")]
    Syntax(String),
    /// The grammar of JSON is kept, and the suite does not read so deep.
    #[error("is nested deeper than the {DEPTH} levels that the suite reads")]
    TooDeep,
    /// The grammar of JSON is kept, and the suite does not read so much.
    #[error("holds more than the {WIDTH} values that the suite reads")]
    TooWide,
}

/// What RFC 8259 allows and clients read differently, in words that read after "a body with".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Oddity {
    /// Some clients keep the first, some the last, and some refuse both (section 4).
    #[error("the member `{0}` twice in one object")]
    MemberTwice(String),
    /// Most clients read numbers as doubles (section 6).
    #[error("the number {0}, which a double does not hold")]
    Number(Number),
    /// Half of a surrogate pair is no character (section 8.2).
    #[error("half of a surrogate pair in the text {0}")]
    LoneSurrogate(Value),
}

/// What a body says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Parsed {
    /// The value, with U+FFFD for every half of a surrogate pair that stands alone.
    pub value: Value,
    /// The first thing in it that clients read differently.
    pub oddity: Option<Oddity>,
}

/// Parses exactly one JSON value.
///
/// # Errors
///
/// [`NotJson`] names what a strict reader refuses.
pub(crate) fn parse(bytes: &[u8]) -> Result<Value, NotJson> {
    read(bytes).map(|parsed| parsed.value)
}

/// Parses exactly one JSON value, and says what is odd about it.
///
/// # Errors
///
/// [`NotJson`] names what a strict reader refuses.
pub(crate) fn read(bytes: &[u8]) -> Result<Parsed, NotJson> {
    if bytes.is_empty() {
        return Err(NotJson::Empty);
    }
    if bytes.starts_with("\u{feff}".as_bytes()) {
        return Err(NotJson::ByteOrderMark);
    }
    let text =
        std::str::from_utf8(bytes).map_err(|error| NotJson::Encoding(error.valid_up_to()))?;
    json_text::check(text).map_err(|error| NotJson::Syntax(error.to_string()))?;
    Builder::default().build(text)
}

/// Builds the value of a text whose grammar holds. Not by calling itself, so that no text makes it
/// run out of stack.
#[derive(Default)]
struct Builder {
    /// The lists and objects that are not closed yet, outermost first.
    open: Vec<Open>,
    root: Value,
    values: usize,
    oddity: Option<Oddity>,
    contradiction: Option<String>,
}

enum Open {
    List(Vec<Value>),
    /// The members so far, and the name of the next one.
    Object(Map<String, Value>, Option<String>),
}

impl Builder {
    fn build(mut self, text: &str) -> Result<Parsed, NotJson> {
        let read = json_text::tokens(text).try_for_each(|token| self.take(token));
        // What contradicts itself does so whatever follows.
        match self.contradiction {
            Some(member) => Err(NotJson::Contradiction(member)),
            None => read.map(|()| Parsed { value: self.root, oddity: self.oddity }),
        }
    }

    fn take(&mut self, token: Token<'_>) -> Result<(), NotJson> {
        match token {
            Token::Sign(b'{') => self.open(Open::Object(Map::new(), None))?,
            Token::Sign(b'[') => self.open(Open::List(Vec::new()))?,
            Token::Sign(b'}' | b']') => match self.open.pop() {
                Some(Open::List(items)) => self.put(Value::Array(items))?,
                Some(Open::Object(members, _)) => self.put(Value::Object(members))?,
                None => {}
            },
            Token::Sign(_) => {}
            Token::Text(literal) => {
                let text = self.text(literal);
                match self.open.last_mut() {
                    Some(Open::Object(_, name @ None)) => *name = Some(text),
                    _ => self.put(Value::String(text))?,
                }
            }
            Token::Word("null") => self.put(Value::Null)?,
            Token::Word("true") => self.put(Value::Bool(true))?,
            Token::Word("false") => self.put(Value::Bool(false))?,
            Token::Word(word) => {
                let number =
                    word.parse().map_err(|_| NotJson::Syntax(format!("`{word}` is no number")))?;
                self.number(number)?;
            }
        }
        Ok(())
    }

    fn open(&mut self, open: Open) -> Result<(), NotJson> {
        if self.open.len() == DEPTH {
            return Err(NotJson::TooDeep);
        }
        self.open.push(open);
        Ok(())
    }

    fn text(&mut self, literal: &str) -> String {
        if !literal.contains('\\') {
            return literal.to_owned();
        }
        let Some(meaning) = Meaning::of(literal) else { return literal.to_owned() };
        if meaning.has_lone_surrogate {
            let text = Value::String(meaning.text.clone());
            self.oddity.get_or_insert(Oddity::LoneSurrogate(text));
        }
        meaning.text
    }

    fn number(&mut self, number: Number) -> Result<(), NotJson> {
        if !number::fits_double(&number) {
            self.oddity.get_or_insert_with(|| Oddity::Number(number.clone()));
        }
        self.put(Value::Number(number))
    }

    fn put(&mut self, value: Value) -> Result<(), NotJson> {
        self.values += 1;
        if self.values > WIDTH {
            return Err(NotJson::TooWide);
        }
        match self.open.last_mut() {
            None => self.root = value,
            Some(Open::List(items)) => items.push(value),
            Some(Open::Object(members, name)) => {
                let name = name.take().unwrap_or_default();
                match members.get(&name) {
                    Some(earlier) if same(earlier, &value) => {
                        self.oddity.get_or_insert_with(|| Oddity::MemberTwice(name.clone()));
                    }
                    Some(_) => {
                        self.contradiction.get_or_insert_with(|| name.clone());
                    }
                    None => {}
                }
                members.insert(name, value);
            }
        }
        Ok(())
    }
}

/// The JSON type of a value, as JSON Schema names it.
pub(crate) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number::whole(number).is_none() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// One line of JSON for a sentence, cut in the middle where it is long.
pub(crate) fn brief(value: &Value) -> String {
    const LIMIT: usize = 72;
    let text = value.to_string();
    if text.chars().count() <= LIMIT {
        return text;
    }
    let head: String = text.chars().take(LIMIT - 12).collect();
    let tail: Vec<char> = text.chars().rev().take(8).collect();
    format!("{head} … {}", tail.iter().rev().collect::<String>())
}

/// Indented JSON text for people and for differences, without a line end; no more than the beginning
/// where it is so long that nobody would read it, as indentation may make it of very little.
pub(crate) fn pretty(value: &Value) -> String {
    const LIMIT: usize = 256 * 1024;
    let mut text = Beginning { text: String::new(), room: LIMIT };
    if fmt::write(&mut text, format_args!("{value:#}")).is_err() {
        text.text.push_str("\n…");
    }
    text.text
}

/// Takes text until there is no room for more.
struct Beginning {
    text: String,
    room: usize,
}

impl fmt::Write for Beginning {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.room = self.room.checked_sub(text.len()).ok_or(fmt::Error)?;
        self.text.push_str(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{DEPTH, NotJson, WIDTH, parse, pretty, read};
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case::plain(b"{\"a\": [1, 2.5, null, true, \"x\"]}", "ok")]
    #[case::the_same_member_twice_with_one_value(b"{\"a\":1,\"a\":1}", "ok")]
    #[case::empty(b"", "is empty")]
    #[case::byte_order_mark("\u{feff}{}".as_bytes(), "starts with a byte order mark")]
    #[case::invalid_utf_8(b"{\"a\":\"\xff\"}", "is not UTF-8: byte 6 starts no valid character")]
    #[case::contradiction(
        b"{\"success\":false,\"success\":true}",
        "contradicts itself: member `success` stands twice with different values"
    )]
    #[case::deep_contradiction(
        b"[{\"s\":{\"code\":1,\"code\":2}}]",
        "contradicts itself: member `code` stands twice with different values"
    )]
    #[case::trailing_data(b"{} {}", "is not JSON: trailing characters at line 1 column 4")]
    #[case::html(b"<html>", "is not JSON: expected value at line 1 column 1")]
    fn a_strict_reader_names_what_it_refuses(#[case] bytes: &[u8], #[case] expected: &str) {
        let actual = match parse(bytes) {
            Ok(_) => "ok".to_owned(),
            Err(error) => error.to_string(),
        };
        assert_eq!(actual, expected);
    }

    #[rstest]
    #[case::depth(DEPTH, true)]
    #[case::deeper(DEPTH + 1, false)]
    #[case::beyond_reason(100_000, false)]
    fn what_is_nested_deeper_than_the_suite_reads_is_json_all_the_same(
        #[case] depth: usize,
        #[case] is_read: bool,
    ) {
        let deep = "[".repeat(depth) + &"]".repeat(depth);
        let parsed = parse(deep.as_bytes());
        assert_eq!(parsed.as_ref().err(), (!is_read).then_some(&NotJson::TooDeep));
    }

    #[rstest]
    #[case::numbers("1")]
    #[case::lists("[]")]
    fn what_holds_more_than_the_suite_reads_is_json_all_the_same(#[case] item: &str) {
        let list = |items: usize| format!("[{}]", vec![item; items].join(","));
        assert!(parse(list(WIDTH - 1).as_bytes()).is_ok());
        assert_eq!(parse(list(WIDTH).as_bytes()), Err(NotJson::TooWide));
    }

    #[test]
    fn what_contradicts_itself_does_so_whatever_follows() {
        let text = format!(r#"{{"a":1,"a":2,"b":[{}]}}"#, vec!["1"; WIDTH].join(","));
        assert_eq!(parse(text.as_bytes()), Err(NotJson::Contradiction("a".to_owned())));
    }

    #[test]
    fn a_little_text_does_not_become_a_book() {
        let deep = format!("{}{}{}", "[".repeat(500), vec!["1"; 10_000].join(","), "]".repeat(500));
        let shown = pretty(&parse(deep.as_bytes()).expect("it is JSON"));
        assert!(shown.len() < 300_000 && shown.ends_with("\n…"), "{} bytes", shown.len());
        assert_eq!(pretty(&json!({"a": [1]})), "{\n  \"a\": [\n    1\n  ]\n}");
    }

    #[rstest]
    #[case::plain(r#"{"a":1,"b":[0.1,1e300,"\ud83d\ude00"]}"#, None)]
    #[case::twice(r#"[{"x":1,"x":1.0}]"#, Some("the member `x` twice in one object"))]
    #[case::too_large("[1e400]", Some("the number 1e+400, which a double does not hold"))]
    #[case::too_long(
        "9007199254740993",
        Some("the number 9007199254740993, which a double does not hold")
    )]
    #[case::half("[\"a\\ud800\"]", Some("half of a surrogate pair in the text \"a\u{fffd}\""))]
    #[case::half_as_name(
        "{\"\\udc00\":1}",
        Some("half of a surrogate pair in the text \"\u{fffd}\"")
    )]
    fn what_clients_read_differently_is_json_and_odd(
        #[case] text: &str,
        #[case] expected: Option<&str>,
    ) {
        let parsed = read(text.as_bytes()).expect("it is JSON");
        assert_eq!(parsed.oddity.map(|oddity| oddity.to_string()).as_deref(), expected);
    }

    #[test]
    fn a_number_is_read_as_it_is_written() {
        let text = r#"{"a":[1.0,-0,1e+400,18446744073709551617,0.10]}"#;
        assert_eq!(parse(text.as_bytes()).expect("it is JSON").to_string(), text);
    }

    #[test]
    fn a_member_with_a_name_of_serde_is_an_object() {
        let text = r#"{"$serde_json::private::Number":"12"}"#;
        assert_eq!(parse(text.as_bytes()).expect("it is JSON").to_string(), text);
    }
}
