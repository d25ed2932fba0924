//! Reports of a proof: the kill matrix and its figures.
//!
//! One format per file, pure functions of a [`Proof`]. To add a format, write its file and its
//! line in [`FORMATS`]. `terminal` and `contribution` are what `prove` prints.

pub(crate) mod contribution;
mod figures;
#[cfg(test)]
mod hostile;
mod html;
mod json;
mod markdown;
pub(crate) mod terminal;

use crate::proof::prove::Proof;

/// A format for proofs.
#[derive(Debug)]
pub struct Format {
    /// The word on the command line.
    pub name: &'static str,
    /// What it is for, in one line.
    pub summary: &'static str,
    /// Tells the proof.
    pub render: fn(&Proof) -> String,
}

/// All formats that `prove --report FORMAT=PATH` writes.
pub(crate) static FORMATS: &[Format] =
    &[json::FORMAT, html::FORMAT, markdown::FORMAT, figures::FORMAT];

/// The format of this name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

/// The requirements that some fault makes fail, in order: the columns of the matrix.
fn columns(proof: &Proof) -> Vec<&str> {
    let mut columns: Vec<&str> =
        proof.faults.iter().flat_map(|fault| fault.failed.keys()).map(String::as_str).collect();
    columns.sort_unstable();
    columns.dedup();
    columns
}
