//! A large JSON value, abridged: what is long in it is told by its size and a digest.
//!
//! For a record that cannot keep everything, and for readers who would not read it. What says
//! whether an answer grants or refuses stays.

use serde_json::{Map, Value};

use super::digest;
use crate::model::api::MEMBERS;

/// Characters of a text that are kept where it is longer.
const TEXT: usize = 80;
/// A text of no more characters is kept as it is.
const LONG_TEXT: usize = 200;
/// Items or members that are kept of one list or object.
const WIDTH: usize = 12;
/// Values that are kept below each member of the whole.
const ALLOWANCE: usize = 24;
/// How deep.
const DEPTH: usize = 6;
/// Members that say what the answer comes down to, wherever they stand.
const DECIDING: [&str; 2] = ["code", "description"];

/// The value without what is long in it.
pub(crate) fn abridged(value: &Value) -> Value {
    match value {
        // Each member by itself: what stands before it is nothing to it.
        Value::Object(members) => {
            object(members, value, |member| Abridger { left: ALLOWANCE }.value(member, 1))
        }
        other => Abridger { left: ALLOWANCE }.value(other, 0),
    }
}

/// A text of no more than a line, with what is left out of it told.
pub(crate) fn abridged_text(text: &str) -> String {
    let length = text.chars().count();
    if length <= LONG_TEXT {
        return text.to_owned();
    }
    let kept: String = text.chars().take(TEXT).collect();
    format!("{kept} … {length} characters in all, sha256 {}", digest::sha256([text]))
}

struct Abridger {
    /// Values that may still be kept.
    left: usize,
}

impl Abridger {
    fn value(&mut self, value: &Value, depth: usize) -> Value {
        self.left = self.left.saturating_sub(1);
        let is_spent = depth >= DEPTH || self.left == 0;
        match value {
            Value::String(text) => Value::String(abridged_text(text)),
            // As a text: whoever reads it is not to take it for another number.
            Value::Number(number) if number.as_str().len() > LONG_TEXT => {
                Value::String(abridged_text(number.as_str()))
            }
            Value::Array(items) if !items.is_empty() && is_spent => {
                Value::String(left_out(items.len(), "item", value))
            }
            Value::Object(members) if !members.is_empty() && is_spent => {
                Value::String(left_out(members.len(), "member", value))
            }
            Value::Array(items) => self.list(items, value, depth),
            Value::Object(members) => {
                object(members, value, |member| self.value(member, depth + 1))
            }
            scalar => scalar.clone(),
        }
    }

    fn list(&mut self, items: &[Value], whole: &Value, depth: usize) -> Value {
        let kept = items.iter().take(WIDTH).map(|item| self.value(item, depth + 1));
        let mut kept: Vec<Value> = kept.collect();
        if items.len() > WIDTH {
            kept.push(Value::String(left_out(items.len(), "item", whole)));
        }
        Value::Array(kept)
    }
}

fn object(
    members: &Map<String, Value>,
    whole: &Value,
    mut abridge: impl FnMut(&Value) -> Value,
) -> Value {
    let decides = |name: &str| MEMBERS.contains(&name) || DECIDING.contains(&name);
    let is_kept = |(index, (name, _)): &(usize, (&String, &Value))| *index < WIDTH || decides(name);
    let kept = members.iter().enumerate().filter(is_kept);
    let mut kept: Map<String, Value> =
        kept.map(|(_, (name, member))| (abridged_text(name), abridge(member))).collect();
    if kept.len() < members.len() {
        kept.insert("…".to_owned(), Value::String(left_out(members.len(), "member", whole)));
    }
    Value::Object(kept)
}

/// What stands for the rest of a list or an object, or for all of it.
fn left_out(count: usize, what: &str, whole: &Value) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("… {count} {what}{plural} in all, sha256 {} in any order", digest::unordered(whole))
}

#[cfg(test)]
mod tests {
    use super::abridged;
    use rstest::rstest;
    use serde_json::{Value, json};

    #[rstest]
    #[case(json!({"success": true, "hash": "h", "permissions": {"base": ["read", "update"]}}))]
    #[case(json!([1, "two", null]))]
    #[case(json!("text"))]
    fn what_is_small_stays_as_it_is(#[case] value: Value) {
        assert_eq!(abridged(&value), value);
    }

    #[rstest]
    #[case::text(json!({"extra": "x".repeat(1_000_000)}))]
    #[case::list(json!((0..100_000).collect::<Vec<_>>()))]
    #[case::members(Value::Object((0..100_000).map(|n| (n.to_string(), json!(n))).collect()))]
    #[case::name(json!({"n".repeat(1_000_000): 1}))]
    #[case::number(serde_json::from_str(&"9".repeat(1_000_000)).expect("it is a number"))]
    #[case::lists_of_lists(json!(vec![vec![vec!["x".repeat(100); 20]; 20]; 20]))]
    #[case::deep((0..400).fold(json!(1), |inner, _| json!([inner, inner_text()])))]
    fn what_is_large_becomes_small(#[case] value: Value) {
        let told = abridged(&value).to_string();
        assert!(told.len() < 8_000, "{} bytes: {told}", told.len());
        assert!(told.contains("sha256 "), "{told}");
    }

    fn inner_text() -> String {
        "x".repeat(300)
    }

    #[test]
    fn what_decides_stays_wherever_it_stands() {
        let mut members: serde_json::Map<String, Value> =
            (0..1000).map(|number| (format!("m{number}"), json!(number))).collect();
        members.insert("status".to_owned(), json!({"code": 12, "description": "x".repeat(1000)}));
        members.insert("success".to_owned(), json!(false));
        let told = abridged(&Value::Object(members));
        assert_eq!((&told["success"], &told["status"]["code"]), (&json!(false), &json!(12)));
    }

    #[test]
    fn what_differs_in_what_is_left_out_differs_abridged() {
        let mut items: Vec<u32> = (0..100).collect();
        let one = abridged(&json!(items));
        items[99] = 0;
        assert_ne!(one, abridged(&json!(items)));
    }
}
