//! Differences between JSON values: which lines differ, and where.
//!
//! The home of `similar`. Produces data (lines with marks, pieces with emphasis); colour and
//! layout belong to the reports.

use serde_json::{Map, Value};
use similar::{ChangeTag, TextDiff};

use super::{digest, number};

/// What a line of a difference is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// In both texts.
    Same,
    /// Only in the expected text.
    Expected,
    /// Only in the actual text.
    Actual,
    /// Lines that both texts share were left out here.
    Gap,
}

impl Mark {
    /// The first character of the line in a unified difference.
    pub(crate) fn sign(self) -> char {
        match self {
            Mark::Same => ' ',
            Mark::Expected => '+',
            Mark::Actual => '-',
            Mark::Gap => '…',
        }
    }
}

/// A line of a difference, in pieces of which some are emphasised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// What the line is.
    pub mark: Mark,
    /// The text in pieces; `true` where the piece is what differs within the line.
    pub pieces: Vec<(bool, String)>,
}

impl Line {
    /// The text without emphasis.
    pub(crate) fn text(&self) -> String {
        self.pieces.iter().map(|(_, piece)| piece.as_str()).collect()
    }
}

/// Lists the lines in which `actual` differs from `expected`, with `context` lines around each
/// change.
///
/// Lines of the answer (`-`) come before lines that would do (`+`): read it as the change that
/// mends the server.
pub(crate) fn lines(expected: &str, actual: &str, context: usize) -> Vec<Line> {
    let diff = TextDiff::from_lines(actual, expected);
    let mut lines = Vec::new();
    let groups = diff.grouped_ops(context);
    let mut next_old = 0;
    for group in &groups {
        if group.first().is_some_and(|op| op.old_range().start > next_old) {
            lines.push(Line { mark: Mark::Gap, pieces: Vec::new() });
        }
        for op in group {
            lines.extend(diff.iter_inline_changes(op).map(|change| {
                Line {
                    mark: mark_of(change.tag()),
                    pieces: change
                        .iter_strings_lossy()
                        .map(|(emphasised, text)| {
                            (emphasised, text.trim_end_matches('\n').to_owned())
                        })
                        .collect(),
                }
            }));
            next_old = op.old_range().end;
        }
    }
    if !groups.is_empty() && next_old < actual.lines().count() {
        lines.push(Line { mark: Mark::Gap, pieces: Vec::new() });
    }
    lines
}

fn mark_of(tag: ChangeTag) -> Mark {
    match tag {
        ChangeTag::Equal => Mark::Same,
        ChangeTag::Delete => Mark::Actual,
        ChangeTag::Insert => Mark::Expected,
    }
}

/// A way in which two values differ, at a JSON Pointer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Discrepancy {
    /// JSON Pointer of the place.
    pub pointer: String,
    /// The value of the left side; `None` where it has none.
    pub left: Option<Value>,
    /// The value of the right side; `None` where it has none.
    pub right: Option<Value>,
}

/// Compares member by member and lists every place where the values differ.
///
/// Member order never matters, and `5` equals `5.0`.
pub(crate) fn discrepancies(left: &Value, right: &Value) -> Vec<Discrepancy> {
    let mut found = Vec::new();
    compare(left, right, &mut String::new(), &mut found);
    found
}

fn compare(left: &Value, right: &Value, pointer: &mut String, found: &mut Vec<Discrepancy>) {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => {
            compare_objects(left, right, pointer, found);
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            for (index, (left, right)) in left.iter().zip(right).enumerate() {
                at(pointer, &index.to_string(), |pointer| compare(left, right, pointer, found));
            }
        }
        _ if equal_scalars(left, right) => {}
        _ => found.push(Discrepancy {
            pointer: pointer.clone(),
            left: Some(left.clone()),
            right: Some(right.clone()),
        }),
    }
}

fn compare_objects(
    left: &Map<String, Value>,
    right: &Map<String, Value>,
    pointer: &mut String,
    found: &mut Vec<Discrepancy>,
) {
    for (name, value) in left {
        at(pointer, name, |pointer| match right.get(name) {
            Some(other) => compare(value, other, pointer, found),
            None => found.push(Discrepancy {
                pointer: pointer.clone(),
                left: Some(value.clone()),
                right: None,
            }),
        });
    }
    for (name, value) in right.iter().filter(|(name, _)| !left.contains_key(*name)) {
        at(pointer, name, |pointer| {
            found.push(Discrepancy {
                pointer: pointer.clone(),
                left: None,
                right: Some(value.clone()),
            });
        });
    }
}

fn at(pointer: &mut String, token: &str, then: impl FnOnce(&mut String)) {
    let length = pointer.len();
    pointer.push('/');
    pointer.push_str(&escape(token));
    then(pointer);
    pointer.truncate(length);
}

/// Whether the values are the same: [`discrepancies`] would list nothing.
pub(crate) fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => same_members(left, right, same),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len()
                && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        _ => equal_scalars(left, right),
    }
}

/// Whether the values are the same where order carries no meaning, in whatever order they stand.
pub(crate) fn same_unordered(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => same_members(left, right, same_unordered),
        // Mostly they stand in the same order, and need no digest.
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len()
                && (same(left, right) || digest::unordered(left) == digest::unordered(right))
        }
        _ => equal_scalars(left, right),
    }
}

fn same_members(
    left: &Map<String, Value>,
    right: &Map<String, Value>,
    same: fn(&Value, &Value) -> bool,
) -> bool {
    let has_same = |(name, value)| right.get(name).is_some_and(|other| same(value, other));
    left.len() == right.len() && left.iter().all(has_same)
}

fn equal_scalars(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => number::same(left, right),
        _ => left == right,
    }
}

/// A member name as a token of a JSON Pointer (RFC 6901).
pub(crate) fn escape(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

/// The same value with every array sorted, for comparing where order carries no meaning.
pub(crate) fn unordered(value: &Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(unordered).collect();
            items.sort_by_cached_key(order);
            Value::Array(items)
        }
        Value::Object(members) => {
            let mut members: Vec<(String, Value)> =
                members.iter().map(|(name, value)| (name.clone(), unordered(value))).collect();
            members.sort_by(|left, right| left.0.cmp(&right.0));
            Value::Object(members.into_iter().collect())
        }
        scalar => scalar.clone(),
    }
}

/// What values are sorted by: the same text for the same value.
fn order(value: &Value) -> String {
    match value {
        Value::Number(number) => number::canonical(number),
        Value::Array(items) => {
            format!("[{}]", items.iter().map(order).collect::<Vec<_>>().join(","))
        }
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| {
                format!("{}:{}", Value::from(name.as_str()), order(value))
            };
            format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(","))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{discrepancies, lines, same, same_unordered, unordered};
    use rstest::rstest;
    use serde_json::{Value, json};

    #[rstest]
    #[case::equal(json!({"a": 1, "b": [1]}), json!({"b": [1], "a": 1.0}), &[])]
    #[case::changed(json!({"a": {"b": 1}}), json!({"a": {"b": 2}}), &["/a/b"])]
    #[case::missing_and_extra(json!({"a": 1}), json!({"b": 1}), &["/a", "/b"])]
    #[case::arrays_of_other_length(json!([1]), json!([1, 2]), &[""])]
    #[case::escaped(json!({"a/b~": 1}), json!({"a/b~": 2}), &["/a~1b~0"])]
    fn every_differing_place_is_listed(
        #[case] left: Value,
        #[case] right: Value,
        #[case] expected: &[&str],
    ) {
        let places: Vec<String> =
            discrepancies(&left, &right).into_iter().map(|found| found.pointer).collect();
        assert_eq!(places, expected);
        assert_eq!(same(&left, &right), expected.is_empty());
    }

    #[test]
    fn unordered_values_of_one_set_are_equal() {
        let left = json!({"b": ["x", "y"], "a": [{"k": [2, 1]}]});
        let right = json!({"a": [{"k": [1, 2]}], "b": ["y", "x"]});
        assert_eq!(unordered(&left), unordered(&right));
        assert!(same_unordered(&left, &right));
        assert!(!same(&left, &right));
    }

    #[rstest]
    #[case::one_item_more(json!({"a": ["x"]}), json!({"a": ["x", "x"]}))]
    #[case::other_items_twice(json!(["x", "x", "y"]), json!(["x", "y", "y"]))]
    #[case::other_item(json!([["x"], ["y"]]), json!([["x"], ["z"]]))]
    #[case::other_member(json!({"a": ["x"]}), json!({"b": ["x"]}))]
    #[case::other_type(json!({"a": []}), json!({"a": {}}))]
    fn values_of_different_sets_are_not_the_same(#[case] left: Value, #[case] right: Value) {
        assert!(!same_unordered(&left, &right));
        assert_ne!(discrepancies(&unordered(&left), &unordered(&right)), []);
    }

    #[test]
    fn a_difference_shows_the_neighbourhood_and_marks_what_it_leaves_out() {
        let actual = "a\nb\nc\nd\ne\nf\n";
        let expected = "a\nb\nc\nD\ne\nf\n";
        let shown: Vec<String> = lines(expected, actual, 1)
            .iter()
            .map(|line| format!("{}{}", line.mark.sign(), line.text()))
            .collect();
        assert_eq!(shown, ["…", " c", "-d", "+D", " e", "…"]);
    }
}
