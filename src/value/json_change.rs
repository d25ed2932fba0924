//! Changes of one place of a JSON value. Each says how it is undone, so that whoever tries many
//! changes of a large value needs no copy of it.

use serde_json::Value;

/// What is done to the place that a JSON Pointer names.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// This value takes the place of the one that stands there.
    Put(Value),
    /// The member or item goes; those behind it move up.
    Drop,
    /// This value comes in as a new member or item, with this many before it.
    Insert(usize, Value),
}

impl Change {
    /// Makes the change and returns the one that undoes it; `None`, and nothing changed, where
    /// the value has no such place.
    pub fn apply(self, root: &mut Value, pointer: &str) -> Option<Change> {
        match self {
            Change::Put(value) => {
                let place = root.pointer_mut(pointer)?;
                Some(Change::Put(std::mem::replace(place, value)))
            }
            Change::Drop => drop_from(root, pointer),
            Change::Insert(index, value) => insert_into(root, pointer, index, value),
        }
    }

    /// The value that the change brings in, if any.
    #[must_use]
    pub fn value(&self) -> Option<&Value> {
        match self {
            Change::Put(value) | Change::Insert(_, value) => Some(value),
            Change::Drop => None,
        }
    }

    /// The same change, bringing in another value.
    #[must_use]
    pub fn with_value(&self, value: impl FnOnce(&Value) -> Value) -> Change {
        match self {
            Change::Put(old) => Change::Put(value(old)),
            Change::Insert(index, old) => Change::Insert(*index, value(old)),
            Change::Drop => Change::Drop,
        }
    }
}

fn drop_from(root: &mut Value, pointer: &str) -> Option<Change> {
    let (parent, name) = parent_and_name(pointer)?;
    match root.pointer_mut(parent)? {
        Value::Object(members) => {
            let index = members.keys().position(|member| *member == name)?;
            members.shift_remove(&name).map(|value| Change::Insert(index, value))
        }
        Value::Array(items) => {
            let index = name.parse().ok().filter(|index| *index < items.len())?;
            Some(Change::Insert(index, items.remove(index)))
        }
        _ => None,
    }
}

fn insert_into(root: &mut Value, pointer: &str, index: usize, value: Value) -> Option<Change> {
    let (parent, name) = parent_and_name(pointer)?;
    match root.pointer_mut(parent)? {
        Value::Object(members) if index <= members.len() && !members.contains_key(&name) => {
            members.shift_insert(index, name, value);
        }
        Value::Array(items) if index <= items.len() => items.insert(index, value),
        _ => return None,
    }
    Some(Change::Drop)
}

/// The pointer of the object or list that holds a place, and the name of the place in it.
fn parent_and_name(pointer: &str) -> Option<(&str, String)> {
    let (parent, token) = pointer.rsplit_once('/')?;
    Some((parent, token.replace("~1", "/").replace("~0", "~")))
}

#[cfg(test)]
mod tests {
    use super::Change;
    use rstest::rstest;
    use serde_json::{Value, json};

    #[rstest]
    #[case::value("/a", Change::Put(json!(2)), r#"{"a":2,"b/c":["x","y"],"d":null}"#)]
    #[case::root("", Change::Put(json!([])), "[]")]
    #[case::first_member("/a", Change::Drop, r#"{"b/c":["x","y"],"d":null}"#)]
    #[case::escaped_member("/b~1c", Change::Drop, r#"{"a":1,"d":null}"#)]
    #[case::item("/b~1c/0", Change::Drop, r#"{"a":1,"b/c":["y"],"d":null}"#)]
    #[case::new_member("/e", Change::Insert(1, json!(0)), r#"{"a":1,"e":0,"b/c":["x","y"],"d":null}"#)]
    #[case::new_item("/b~1c/2", Change::Insert(2, json!(0)), r#"{"a":1,"b/c":["x","y",0],"d":null}"#)]
    fn a_change_is_undone_to_the_letter(
        #[case] pointer: &str,
        #[case] change: Change,
        #[case] changed: &str,
    ) {
        let original = json!({"a": 1, "b/c": ["x", "y"], "d": null});
        let mut value = original.clone();
        let undo = change.clone().apply(&mut value, pointer).expect("there is such a place");
        assert_eq!(value.to_string(), changed);
        assert_eq!(undo.apply(&mut value, pointer), Some(change));
        // As text, since the order of members does not count for `==`.
        assert_eq!(value.to_string(), original.to_string());
    }

    #[rstest]
    #[case::root("", Change::Drop)]
    #[case::no_member("/x", Change::Drop)]
    #[case::no_item("/list/1", Change::Drop)]
    #[case::below_a_text("/list/0/x", Change::Put(json!(1)))]
    #[case::member_that_is_there("/list", Change::Insert(0, json!(1)))]
    #[case::too_far("/list/9", Change::Insert(9, json!(1)))]
    fn where_there_is_no_such_place_nothing_changes(#[case] pointer: &str, #[case] change: Change) {
        let original: Value = json!({"list": ["x"]});
        let mut value = original.clone();
        assert_eq!(change.apply(&mut value, pointer), None);
        assert_eq!(value, original);
    }
}
