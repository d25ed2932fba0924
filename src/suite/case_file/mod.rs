//! Case files: one YAML file each, checked whole, then turned into cases as meant.
//!
//! All mistakes of a file are listed at once, each at its place. To add a key to the format,
//! describe it in `schemas/case.schema.json`, read it in `written`, check it in `linter` where the
//! schema cannot, and give it its meaning in `builder`.

mod asked;
mod builder;
pub(in crate::suite) mod keywords;
mod linter;
mod misspelling;
mod written;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use serde_json::Value;

use self::builder::Builder;
use self::linter::Linter;
use self::written::WrittenCase;
use crate::expect::Compiler;
use crate::model::requirement::Ledger;
use crate::suite::case::Case;
use crate::suite::lint::{Malformed, malformed_parts};
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
    let malformed = malformed_parts(document, &format.format);
    let case = WrittenCase::read(document);
    let mut diagnostics = Linter::new(document, &case, format, ledger, &malformed).lint();
    // Where both complain of the same place, the linter knows better what was meant.
    let told: Vec<Range<usize>> = diagnostics.iter().map(|one| one.range.clone()).collect();
    let untold = malformed.into_iter().map(|Malformed { diagnostic, .. }| diagnostic);
    diagnostics.extend(untold.filter(|diagnostic| !told.contains(&diagnostic.range)));
    if diagnostics.is_empty() {
        let builder = Builder { id, file: &document.source.name, case: &case, format, ledger };
        return Ok(builder.build());
    }
    diagnostics.sort_by_key(|diagnostic| diagnostic.range.start);
    diagnostics.dedup();
    Err(diagnostics)
}

impl Format {
    /// What the keywords of a check are compiled with.
    pub(in crate::suite) fn compiler(&self, check: &Value) -> Compiler<'_> {
        Compiler {
            schemas: &self.schemas,
            statuses: &self.statuses,
            at: check.get("at").and_then(Value::as_str).unwrap_or_default().to_owned(),
            unordered: check.get("unordered") == Some(&Value::Bool(true)),
        }
    }
}
