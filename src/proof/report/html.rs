//! `html`: the kill matrix as a table that a person can read, in one self-contained file.
//!
//! Rows are faults, columns are requirements; what is missing stands above. It is the suite's own
//! text, and the contributor's whose cases are proved; the template escapes all of it, and what
//! cannot be seen is shown.

use super::{Format, columns};
use crate::proof::prove::Proof;
use crate::report::escape;
use askama::Template;

pub(super) const FORMAT: Format =
    Format { name: "html", summary: "the kill matrix, faults by requirement, as a page", render };

#[derive(Template)]
#[template(path = "proof.html")]
struct Page<'a> {
    proof: &'a Proof,
    /// Sentences with what they name in backticks.
    missing: Vec<String>,
    /// Faults that nobody notices, which is not asked of a few cases.
    unnoticed: Vec<&'a str>,
    columns: Vec<&'a str>,
    figures: [(&'static str, String); 7],
    seconds: String,
}

impl Page<'_> {
    /// What stands in a cell: how many checks failed.
    fn cell(&self, fault: &usize, column: &str) -> String {
        self.proof.faults[*fault].failed.get(column).map_or_else(String::new, usize::to_string)
    }

    fn is_named(&self, fault: &usize, column: &&&str) -> bool {
        let fault = &self.proof.faults[*fault];
        fault.violates.contains(*column) && fault.failed.contains_key(**column)
    }
}

fn render(proof: &Proof) -> String {
    let unnoticed = proof.faults.iter().filter(|fault| !fault.is_noticed());
    let page = Page {
        proof,
        missing: missing(proof),
        unnoticed: unnoticed.map(|fault| fault.name).collect(),
        columns: columns(proof),
        figures: proof.figures().rows(),
        seconds: format!("{:.1}", proof.duration_ms / 1e3),
    };
    escape::xml(&page.render().expect("rendering to a text cannot fail"))
}

/// What keeps the proof from being sound, in the order of the terminal's summary.
fn missing(proof: &Proof) -> Vec<String> {
    let kept = proof.faultless.iter().map(|check| {
        let (case, step) = (&check.case, &check.step);
        format!("The faultless server does not pass `{}` in `{case}` `{step}`.", check.requirement)
    });
    let idle = proof.checks.iter().filter(|check| check.fails_under.is_empty()).map(|check| {
        let (case, step) = (&check.case, &check.step);
        format!("No fault makes `{}` fail in `{case}` `{step}`.", check.requirement)
    });
    let nulls = proof.null_servers.iter().filter(|null| !null.is_seen_through());
    let nulls = nulls.map(|null| match null.wrongly_passed.as_slice() {
        [] => format!("The server `{}` implements nothing and is conformant.", null.name),
        passed => format!("The server `{}` passes too much: {}.", null.name, passed.join(", ")),
    });
    let unfair = proof.variations.iter().filter(|variation| !variation.flagged.is_empty());
    let unfair = unfair.map(|variation| {
        let flagged = variation.flagged.join(", ");
        format!("The variation `{}` is wrongly failed by {flagged}.", variation.name)
    });
    kept.chain(idle).chain(nulls).chain(unfair).collect()
}
