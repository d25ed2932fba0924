//! `json`: the proof in full, for machines.

use super::Format;
use crate::proof::prove::Proof;

pub(super) const FORMAT: Format =
    Format { name: "json", summary: "the whole proof, for machines", render };

fn render(proof: &Proof) -> String {
    let mut text =
        serde_json::to_string_pretty(proof).expect("a proof holds nothing that JSON cannot");
    text.push('\n');
    text
}
