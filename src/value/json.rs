//! Reads the JSON of an answer strictly: what a careful client would refuse is refused here.
//!
//! Knows nothing of HTTP or of cases. A byte order mark, bytes after the value, invalid UTF-8 and
//! a member that stands twice with different values are each named; `serde_json` alone would take
//! the last of two members in silence.

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

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
}

/// Parses exactly one JSON value.
///
/// # Errors
///
/// [`NotJson`] names what a strict reader refuses.
pub(crate) fn parse(bytes: &[u8]) -> Result<Value, NotJson> {
    if bytes.is_empty() {
        return Err(NotJson::Empty);
    }
    if bytes.starts_with("\u{feff}".as_bytes()) {
        return Err(NotJson::ByteOrderMark);
    }
    let text =
        std::str::from_utf8(bytes).map_err(|error| NotJson::Encoding(error.valid_up_to()))?;
    let mut contradiction = None;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Strict { contradiction: &mut contradiction }
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value));
    match (contradiction, value) {
        (Some(member), _) => Err(NotJson::Contradiction(member)),
        (None, Ok(value)) => Ok(value),
        (None, Err(error)) => Err(NotJson::Syntax(error.to_string())),
    }
}

/// Builds a [`Value`] and notes the first member that contradicts an earlier one.
struct Strict<'a> {
    contradiction: &'a mut Option<String>,
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) =
            items.next_element_seed(Strict { contradiction: &mut *self.contradiction })?
        {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let value =
                members.next_value_seed(Strict { contradiction: &mut *self.contradiction })?;
            if object.get(&name).is_some_and(|earlier| *earlier != value) {
                self.contradiction.get_or_insert_with(|| name.clone());
            }
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

/// The JSON type of a value, as JSON Schema names it.
pub(crate) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
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

/// Indented JSON text for people and for differences, without a line end.
pub(crate) fn pretty(value: &Value) -> String {
    format!("{value:#}")
}

#[cfg(test)]
mod tests {
    use super::parse;
    use rstest::rstest;

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

    #[test]
    fn nesting_beyond_reason_is_refused() {
        let deep = "[".repeat(100_000);
        assert!(parse(deep.as_bytes()).is_err());
    }
}
