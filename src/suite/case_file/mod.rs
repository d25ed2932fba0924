//! Case files: read, checked and turned into cases.
//!
//! All mistakes in a file are reported at once, each at its place. To add a key to the format,
//! describe it in `schemas/case.schema.json`, read it in `written`, check it in `linter` where the
//! schema cannot, and give it its meaning in `builder`.

mod asked;
mod builder;
pub(in crate::suite) mod keywords;
mod linter;
mod misspelling;
mod written;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use self::builder::Builder;
use self::linter::Linter;
use self::written::WrittenCase;
use crate::expect::Compiler;
use crate::model::requirement::Ledger;
use crate::suite::against_format::{malformed_parts, untold};
use crate::suite::case::Case;
use crate::value::diagnostics::Diagnostic;
use crate::value::schema::{Schema, Schemas};
use crate::value::yaml::Document;

/// What case files are read with.
#[derive(Debug)]
pub(crate) struct Format {
    /// The format itself, `schemas/case.schema.json`.
    pub format: Schema,
    /// The schemas that checks may name.
    pub schemas: Schemas,
    /// HTTP status by error code, where it is not 400.
    pub statuses: Arc<BTreeMap<i64, u16>>,
}

/// What one case file is read with.
pub(in crate::suite) struct Context<'a> {
    pub(in crate::suite) format: &'a Format,
    pub(in crate::suite) ledger: &'a Ledger,
    /// Whether the case and the requirement of this id are both built in, or neither is. A case from
    /// elsewhere may repeat a usual check, because another version may change it.
    pub(in crate::suite) has_same_origin: &'a dyn Fn(&str) -> bool,
}

/// Reads one case file.
///
/// # Errors
///
/// Lists every mistake of the file.
pub(in crate::suite) fn read(
    id: &str,
    document: &Document,
    context: &Context<'_>,
) -> Result<Vec<Case>, Vec<Diagnostic>> {
    let malformed = malformed_parts(document, &context.format.format);
    let case = WrittenCase::read(document);
    let mut diagnostics = Linter::new(document, &case, context, &malformed).lint();
    diagnostics.extend(untold(malformed, &diagnostics));
    if diagnostics.is_empty() {
        let builder = Builder { id, file: &document.source.name, case: &case, context };
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
