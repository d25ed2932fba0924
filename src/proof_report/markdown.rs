//! `markdown`: the figures and the kill matrix as tables.

use super::Format;
use crate::prove::Proof;

pub(super) const FORMAT: Format =
    Format { name: "markdown", summary: "figures and kill matrix as tables", render };

fn render(proof: &Proof) -> String {
    let rows: String = proof
        .figures()
        .rows()
        .iter()
        .map(|(name, value)| format!("| {name} | {value} |\n"))
        .collect();
    let mut text = format!(
        "# Proof of {} {}\n\n| figure | value |\n|---|---|\n{rows}\n\
         ## Faults by the requirements that fail\n\n\
         | fault | what it does | failed checks by requirement |\n|---|---|---|\n",
        proof.suite.name, proof.suite.version,
    );
    for fault in &proof.faults {
        let cells: Vec<String> = fault
            .failed
            .iter()
            .map(|(id, times)| match fault.violates.contains(&id.as_str()) {
                true => format!("**{id}** {times}"),
                false => format!("{id} {times}"),
            })
            .collect();
        text.push_str(&format!(
            "| `{}` | {} | {} |\n",
            fault.name,
            cell(fault.summary),
            cells.join(", ")
        ));
    }
    text.push_str("\n## Conforming variations\n\n| variation | what is different | recommendations not kept |\n|---|---|---|\n");
    for variation in &proof.variations {
        text.push_str(&format!(
            "| `{}` | {} | {} |\n",
            variation.name,
            cell(variation.summary),
            variation.affects.join(", ")
        ));
    }
    text
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;")
}
