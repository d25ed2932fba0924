//! `figures`: what the proof found in short, the same on every machine and at every time.
//!
//! The form of `cases/proof.json`, which puts the figures of this version on record.

use super::Format;
use crate::proof::prove::Proof;

pub(super) const FORMAT: Format = Format {
    name: "figures",
    summary: "the figures alone, as `cases/proof.json` puts them on record",
    render,
};

fn render(proof: &Proof) -> String {
    let mut text = serde_json::to_string_pretty(&proof.figures())
        .expect("figures hold nothing that JSON cannot");
    text.push('\n');
    text
}
