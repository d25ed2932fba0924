//! The schemas of a suite: each compiled by itself, and all of them together.

use std::collections::BTreeMap;

use super::files::File;
use super::parse;
use crate::suite::against_format::in_schema;
use crate::value::diagnostics::Diagnostic;
use crate::value::schema::Schemas;
use crate::value::yaml::Document;

/// Reads the schemas; with `replaces`, a later one may override an earlier one.
pub(super) fn read_schemas(
    files: &[File],
    replaces: bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Schemas> {
    let documents = by_name(files, replaces, diagnostics);
    let named = documents.iter().map(|(name, document)| (name.clone(), document.value.clone()));
    match Schemas::new(named.collect()) {
        Ok(schemas) => {
            for document in documents.values() {
                let found = schemas.compile(&document.value).err().unwrap_or_default();
                diagnostics.extend(found.into_iter().map(|found| in_schema(document, "", found)));
            }
            Some(schemas)
        }
        Err(found) => {
            for (name, found) in found {
                let document = documents.get(&name).or_else(|| documents.values().next());
                diagnostics.extend(document.map(|document| in_schema(document, "", found)));
            }
            None
        }
    }
}

/// The schemas by the names that others refer to them by.
fn by_name(
    files: &[File],
    replaces: bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> BTreeMap<String, Document> {
    let mut documents = BTreeMap::new();
    for file in files {
        let name = file.path.trim_end_matches(".json").trim_end_matches(".schema").to_owned();
        let Some(document) = parse(file, diagnostics) else { continue };
        if !replaces && documents.contains_key(&name) {
            let message = format!("schema `{name}` exists already");
            diagnostics.push(document.diagnostic("", message, "give the file another name"));
        } else {
            documents.insert(name, document);
        }
    }
    documents
}
