//! `html`: the kill matrix as a table that a person can read, in one self-contained file.
//!
//! Rows are faults, columns are requirements. Everything shown is the suite's own text.

use super::{Format, columns};
use crate::prove::Proof;
use askama::Template;

pub(super) const FORMAT: Format =
    Format { name: "html", summary: "the kill matrix, faults by requirement, as a page", render };

#[derive(Template)]
#[template(path = "proof.html")]
struct Page<'a> {
    proof: &'a Proof,
    columns: Vec<&'a str>,
    coverage: String,
}

impl Page<'_> {
    /// What stands in a cell: how many checks failed.
    fn cell(&self, fault: &usize, column: &str) -> String {
        self.proof.faults[*fault].failed.get(column).map_or_else(String::new, usize::to_string)
    }

    fn is_named(&self, fault: &usize, column: &&&str) -> bool {
        self.proof.faults[*fault].violates.contains(*column)
    }
}

fn render(proof: &Proof) -> String {
    let page = Page {
        proof,
        columns: columns(proof),
        coverage: format!("{:.1}", proof.coverage.percent()),
    };
    page.render().expect("rendering to a text cannot fail")
}
