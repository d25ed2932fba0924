//! The variations: servers that differ from the faultless one where the contract leaves them free.
//!
//! A suite that fails one of them is unfair, except in the recommendations that the row names. To add
//! one: a row in the table of its kind. To add a table: a file and its line in [`variations`].

mod codes;
mod content;
mod http;
mod reading;
mod replicas;
mod sessions;

use crate::reference::behaviour::{Behaviour, Kind, Row, row, table};
use crate::reference::change::Changes;

/// Every variation, table by table.
pub(crate) fn variations() -> Vec<Behaviour> {
    let tables = [
        codes::variations(),
        content::variations(),
        sessions::variations(),
        reading::variations(),
        http::variations(),
        replicas::variations(),
    ];
    table(Kind::Variation, tables.into_iter().flatten()).collect()
}

/// A row of a variation that keeps every recommendation.
fn variation(name: &'static str, summary: &'static str, changes: Changes) -> Row {
    row(name, summary, &[], changes)
}
