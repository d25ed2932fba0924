//! Cases as written: one YAML file, checked whole, then turned into cases as meant.
//!
//! All mistakes of a file are listed at once, each at its place. To add a key to the format,
//! describe it in `schemas/case.schema.json`, check it in `linter` where the schema cannot, and
//! give it its meaning in `builder`.

mod builder;
mod linter;
mod misspelling;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use self::builder::Builder;
use self::linter::Linter;
use crate::expect::Compiler;
use crate::model::requirement::Ledger;
use crate::suite::case::Case;
use crate::suite::lint::against_format;
use crate::value::diagnostics::Diagnostic;
use crate::value::schema::{Schema, Schemas};
use crate::value::yaml::Document;

/// The documented actions.
const ACTIONS: &[&str] = &["auth", "get_permissions", "logout"];

/// What case files are read with.
#[derive(Debug)]
pub struct Format {
    /// The format itself, `schemas/case.schema.json`.
    pub format: Schema,
    /// The schemas that checks may name.
    pub schemas: Schemas,
    /// HTTP status by error code, where it is not 400.
    pub statuses: Arc<BTreeMap<i64, u16>>,
}

/// Reads one case file.
///
/// # Errors
///
/// Lists every mistake of the file.
pub fn read(
    id: &str,
    document: &Document,
    format: &Format,
    ledger: &Ledger,
) -> Result<Vec<Case>, Vec<Diagnostic>> {
    let found_by_format = against_format(document, &format.format);
    let mut diagnostics = Linter::new(document, format, ledger, &found_by_format).lint();
    // Where both complain of the same place, the linter knows better what was meant.
    let is_told =
        |range: &Range<usize>| diagnostics.iter().any(|diagnostic| diagnostic.range == *range);
    let untold = found_by_format.iter().filter(|found| !is_told(&found.diagnostic.range));
    let untold: Vec<Diagnostic> = untold.map(|found| found.diagnostic.clone()).collect();
    diagnostics.extend(untold);
    if !diagnostics.is_empty() {
        diagnostics.sort_by_key(|diagnostic| diagnostic.range.start);
        diagnostics.dedup();
        return Err(diagnostics);
    }
    let builder = Builder { id, document, format, ledger };
    Ok(builder.build())
}

fn duration(text: &str) -> Option<Duration> {
    humantime::parse_duration(text).ok()
}

fn array<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}

fn is_true(value: &Value, key: &str) -> bool {
    value.get(key) == Some(&Value::Bool(true))
}

fn compiler<'a>(format: &'a Format, check: &Value) -> Compiler<'a> {
    Compiler {
        schemas: &format.schemas,
        statuses: &format.statuses,
        at: text(check, "at").unwrap_or_default().to_owned(),
        unordered: is_true(check, "unordered"),
    }
}
