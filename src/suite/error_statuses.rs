//! The format of cases, and the table of HTTP statuses by error code.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::files::File;
use super::parse;
use crate::suite::case_file::Format;
use crate::value::diagnostics::Diagnostic;
use crate::value::json_diff::escape;
use crate::value::number;
use crate::value::schema::Schemas;
use crate::value::yaml::Document;

/// Reads the format of cases and the table of statuses; with `replaces`, a later table may override
/// an earlier one.
pub(super) fn read_format(
    schemas: Option<Schemas>,
    statuses: &[File],
    replaces: bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Format> {
    let schemas = schemas?;
    let format = schemas.compile_named("case").ok()?;
    let mut table = BTreeMap::new();
    for file in statuses {
        let Some(document) = parse(file, diagnostics) else { continue };
        let mut read = BTreeMap::new();
        read_statuses(&document, &mut read, diagnostics);
        if !replaces {
            diagnostics.extend(stated_twice(&document, &table, &read));
        }
        table.extend(read);
    }
    Some(Format { format, schemas, statuses: Arc::new(table) })
}

fn stated_twice<'a>(
    document: &'a Document,
    known: &'a BTreeMap<i64, u16>,
    read: &'a BTreeMap<i64, u16>,
) -> impl Iterator<Item = Diagnostic> + 'a {
    read.keys().filter(|code| known.contains_key(code)).map(|code| {
        let message = format!("error code `{code}` has a status already");
        document.key_diagnostic(&format!("/{code}"), message, "leave it out")
    })
}

fn read_statuses(
    document: &Document,
    table: &mut BTreeMap<i64, u16>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    const REMEDY: &str = "write an error code and its HTTP status: `11: 403`";
    let Some(members) = document.value.as_object() else {
        diagnostics.push(document.diagnostic("", "this is not a table of error codes", REMEDY));
        return;
    };
    for (code, status) in members {
        let pointer = format!("/{}", escape(code));
        let number = status.as_number().and_then(number::whole);
        let number = number.and_then(|status| u16::try_from(status).ok());
        // One code is written in one way.
        let written = code.parse::<i64>().ok().filter(|number| number.to_string() == *code);
        match (written, number.filter(|status| (100..600).contains(status))) {
            (Some(code), Some(status)) => {
                table.insert(code, status);
            }
            (None, _) => {
                let message = format!("`{code}` is not an error code");
                diagnostics.push(document.key_diagnostic(&pointer, message, REMEDY));
            }
            (_, None) => {
                let message = format!("{status} is not an HTTP status");
                diagnostics.push(document.diagnostic(&pointer, message, REMEDY));
            }
        }
    }
}
