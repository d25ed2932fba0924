//! Digests, by which things too large to keep are recognised. The home of `sha2`.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::number;

/// The SHA-256 of what these parts make together, in hexadecimal.
pub(crate) fn sha256<T: AsRef<[u8]>>(parts: impl IntoIterator<Item = T>) -> String {
    let mut hasher = Sha256::new();
    parts.into_iter().for_each(|part| hasher.update(part));
    hex(&hasher.finalize())
}

/// A digest that values share if they are the same where order carries no meaning, and only then:
/// arrays as sets, members in any order, and `5` as `5.0`.
pub(crate) fn unordered(value: &Value) -> String {
    hex(&of_value(value))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

type Bytes = [u8; 32];

fn of_value(value: &Value) -> Bytes {
    match value {
        Value::Null => of(b'z', []),
        Value::Bool(is_true) => of(b'b', [[u8::from(*is_true)].as_slice()]),
        Value::Number(number) => of(b'n', [number::canonical(number).as_bytes()]),
        Value::String(text) => of(b't', [text.as_bytes()]),
        Value::Array(items) => {
            let mut items: Vec<Bytes> = items.iter().map(of_value).collect();
            items.sort_unstable();
            of(b'a', items.iter().map(Bytes::as_slice))
        }
        Value::Object(members) => {
            let member =
                |(name, value): (&String, &Value)| (of(b't', [name.as_bytes()]), of_value(value));
            let mut members: Vec<(Bytes, Bytes)> = members.iter().map(member).collect();
            members.sort_unstable();
            of(b'o', members.iter().flat_map(|(name, value)| [name.as_slice(), value.as_slice()]))
        }
    }
}

/// The kind stands before the rest, so that values of two kinds are never taken for each other.
fn of<'a>(kind: u8, parts: impl IntoIterator<Item = &'a [u8]>) -> Bytes {
    let mut hasher = Sha256::new();
    hasher.update([kind]);
    parts.into_iter().for_each(|part| hasher.update(part));
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::{sha256, unordered};
    use rstest::rstest;
    use serde_json::{Value, json};

    #[test]
    fn parts_have_the_digest_of_the_whole() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256(["a", "bc"]), abc);
    }

    #[rstest]
    #[case::order(json!({"a": [1, 2], "b": null}), json!({"b": null, "a": [2, 1.0]}), true)]
    #[case::twice(json!([1, 1, 2]), json!([1, 2, 2]), false)]
    #[case::text_and_number(json!("1"), json!(1), false)]
    #[case::list_and_text(json!(["a"]), json!("a"), false)]
    #[case::lists_of_lists(json!([[1], [2]]), json!([[1, 2]]), false)]
    #[case::member_and_value(json!({"a": "b"}), json!({"b": "a"}), false)]
    #[case::empty(json!([]), json!({}), false)]
    fn what_is_the_same_in_any_order_has_one_digest(
        #[case] left: Value,
        #[case] right: Value,
        #[case] are_same: bool,
    ) {
        assert_eq!(unordered(&left) == unordered(&right), are_same);
    }
}
