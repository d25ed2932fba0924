//! Values and texts: JSON, YAML, schemas, variables, secrets, and diagnostics about what people
//! wrote.
//!
//! Pure tools that know nothing of cases, servers or reports.

pub mod body;
pub mod diagnostics;
pub mod filter;
pub mod json;
pub mod json_change;
pub mod json_diff;
pub mod schema;
pub mod secret;
pub mod token;
pub mod variables;
pub mod yaml;
