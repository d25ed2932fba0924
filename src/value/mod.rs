//! Values and texts: JSON, YAML, schemas, variables, secrets, and diagnostics about what people
//! wrote.
//!
//! Pure tools that know nothing of cases, servers or reports.

pub(crate) mod abridged;
pub(crate) mod body;
pub(crate) mod diagnostics;
mod dictionary;
pub(crate) mod digest;
pub(crate) mod disk;
pub(crate) mod filter;
pub(crate) mod json;
pub(crate) mod json_change;
pub(crate) mod json_diff;
pub(crate) mod json_text;
pub(crate) mod likeness;
pub(crate) mod number;
pub(crate) mod panics;
pub(crate) mod redaction;
pub(crate) mod schema;
pub(crate) mod secret;
mod spelling;
pub(crate) mod token;
pub(crate) mod variables;
pub(crate) mod vocabulary;
pub(crate) mod yaml;
