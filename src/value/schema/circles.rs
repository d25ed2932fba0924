//! Schemas that refer to themselves without looking at a part of the value: they check nothing, or
//! contradict themselves, and JSON Schema would let them pass in silence. Recursion by way of
//! `properties`, `items` and the like is as it should be.

use std::collections::{BTreeMap, HashSet};

use percent_encoding::percent_decode_str;
use serde_json::Value;

/// Keywords whose schemas are asked of the value itself.
const OF_THE_SAME: [&str; 4] = ["else", "if", "not", "then"];
const LISTS_OF_THE_SAME: [&str; 3] = ["allOf", "anyOf", "oneOf"];
const OBJECTS_OF_THE_SAME: [&str; 1] = ["dependentSchemas"];

/// The documents among which references lead.
#[derive(Clone, Copy)]
pub(super) struct Documents<'a> {
    /// The one that is looked at.
    pub(super) root: &'a Value,
    pub(super) named: &'a BTreeMap<String, Value>,
}

/// A schema, and the document it stands in.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) document: &'a Value,
    pub(super) schema: &'a Value,
}

impl<'a> Documents<'a> {
    /// Whether a reference leads back to the schema of the root that it stands in, with nothing in
    /// between that looks at a part of the value.
    pub(super) fn leads_back(&self, keyword: &str, reference: &str, holder: &'a Value) -> bool {
        let holder = Place { document: self.root, schema: holder };
        let mut seen: HashSet<*const Value> = HashSet::new();
        let mut open = self.targets(keyword, reference, holder);
        while let Some(place) = open.pop() {
            if std::ptr::eq(place.schema, holder.schema) {
                return true;
            }
            if seen.insert(std::ptr::from_ref(place.schema)) {
                open.extend(self.asked_of_the_same(place));
            }
        }
        false
    }

    /// What a schema asks of the very value that it is asked of.
    fn asked_of_the_same(&self, place: Place<'a>) -> Vec<Place<'a>> {
        let Place { document, schema } = place;
        let mut found = Vec::new();
        for (keyword, value) in schema.as_object().into_iter().flatten() {
            match (keyword.as_str(), value) {
                ("$ref" | "$dynamicRef", Value::String(reference)) => {
                    found.extend(self.targets(keyword, reference, place));
                }
                (keyword, schema) if OF_THE_SAME.contains(&keyword) => {
                    found.push(Place { document, schema });
                }
                (keyword, Value::Array(items)) if LISTS_OF_THE_SAME.contains(&keyword) => {
                    found.extend(items.iter().map(|schema| Place { document, schema }));
                }
                (keyword, Value::Object(members)) if OBJECTS_OF_THE_SAME.contains(&keyword) => {
                    found.extend(members.values().map(|schema| Place { document, schema }));
                }
                _ => {}
            }
        }
        found
    }

    /// Where a reference leads; a dynamic one may lead to the outermost document as well.
    fn targets(&self, keyword: &str, reference: &str, from: Place<'a>) -> Vec<Place<'a>> {
        let (file, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let document = match file {
            "" => Some(from.document),
            file => file.strip_suffix(".schema.json").and_then(|name| self.named.get(name)),
        };
        let fragment = percent_decode_str(fragment).decode_utf8_lossy();
        let is_dynamic = keyword == "$dynamicRef";
        let outermost = is_dynamic.then_some(self.root);
        let documents = document.into_iter().chain(outermost);
        documents.filter_map(|document| target(document, &fragment)).collect()
    }
}

fn target<'a>(document: &'a Value, fragment: &str) -> Option<Place<'a>> {
    let schema = if fragment.is_empty() || fragment.starts_with('/') {
        document.pointer(fragment)
    } else {
        anchored(document, fragment)
    };
    Some(Place { document, schema: schema? })
}

/// The schema with an anchor.
fn anchored<'a>(value: &'a Value, anchor: &str) -> Option<&'a Value> {
    match value {
        Value::Object(members) => {
            let is_it = ["$anchor", "$dynamicAnchor"]
                .iter()
                .any(|keyword| members.get(*keyword).and_then(Value::as_str) == Some(anchor));
            if is_it { Some(value) } else { members.values().find_map(|one| anchored(one, anchor)) }
        }
        Value::Array(items) => items.iter().find_map(|one| anchored(one, anchor)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use rstest::rstest;
    use serde_json::{Value, json};

    use crate::value::schema::Schemas;

    #[rstest]
    #[case::itself(json!({"$ref": "#"}), Some("/$ref"))]
    #[case::all(json!({"allOf": [{"type": "object"}, {"$ref": "#"}]}), Some("/allOf/1/$ref"))]
    #[case::any(json!({"anyOf": [{"$ref": "#"}]}), Some("/anyOf/0/$ref"))]
    #[case::one(json!({"oneOf": [{"$ref": "#"}, true]}), Some("/oneOf/0/$ref"))]
    #[case::not(json!({"not": {"$ref": "#"}}), Some("/not/$ref"))]
    #[case::condition(json!({"if": {"$ref": "#"}, "then": true}), Some("/if/$ref"))]
    #[case::consequence(json!({"if": true, "else": {"$ref": "#"}}), Some("/else/$ref"))]
    #[case::dependent(json!({"dependentSchemas": {"a": {"$ref": "#"}}}), Some("/dependentSchemas/a/$ref"))]
    #[case::chain(
        json!({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}),
        Some("/$defs/a/$ref")
    )]
    #[case::anchor(json!({"$anchor": "top", "allOf": [{"$ref": "#top"}]}), Some("/allOf/0/$ref"))]
    #[case::dynamic(
        json!({"$dynamicAnchor": "top", "allOf": [{"$dynamicRef": "#top"}]}),
        Some("/allOf/0/$dynamicRef")
    )]
    #[case::escaped(json!({"$defs": {"a/b": {"$ref": "#/$defs/a~1b"}}}), Some("/$defs/a~1b/$ref"))]
    #[case::by_another_file(json!({"$ref": "circle.schema.json"}), None)]
    #[case::of_a_part(json!({"properties": {"child": {"$ref": "#"}}}), None)]
    #[case::of_items(json!({"type": "array", "items": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}}), None)]
    #[case::once(json!({"$ref": "#/$defs/a", "$defs": {"a": {"type": "object"}}}), None)]
    #[case::twice(json!({"allOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/a"}], "$defs": {"a": true}}), None)]
    #[case::dynamic_of_a_part(
        json!({"$dynamicAnchor": "top", "items": {"$dynamicRef": "#top"}}),
        None
    )]
    fn a_schema_that_leads_back_without_progress_is_a_mistake(
        #[case] schema: Value,
        #[case] pointer: Option<&str>,
    ) {
        let named = BTreeMap::from([("circle".to_owned(), json!({"type": "object"}))]);
        let schemas = Schemas::new(named).expect("they register");
        let mistakes = schemas.compile(&schema).err().unwrap_or_default();
        assert_eq!(mistakes.first().map(|mistake| mistake.pointer.as_str()), pointer);
        assert!(mistakes.iter().all(|one| one.message.contains("leads back")), "{mistakes:?}");
    }

    #[test]
    fn two_files_that_refer_to_each_other_are_a_mistake() {
        let refer = |to: &str| json!({"allOf": [{"$ref": format!("{to}.schema.json")}]});
        let named = BTreeMap::from([("a".to_owned(), refer("b")), ("b".to_owned(), refer("a"))]);
        let mistakes = Schemas::new(named).expect_err("they check nothing");
        let places: Vec<(&str, &str)> =
            mistakes.iter().map(|(file, one)| (file.as_str(), one.pointer.as_str())).collect();
        assert_eq!(places, [("a", "/allOf/0/$ref"), ("b", "/allOf/0/$ref")]);
    }
}
