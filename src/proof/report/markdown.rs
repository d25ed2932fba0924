//! `markdown`: the figures and the kill matrix as tables.

use super::Format;
use crate::proof::prove::Proof;
use crate::report::escape::{code, markdown};

pub(super) const FORMAT: Format =
    Format { name: "markdown", summary: "figures and kill matrix as tables", render };

fn render(proof: &Proof) -> String {
    let rows: String = proof
        .figures()
        .rows()
        .iter()
        .map(|(name, value)| format!("| {name} | {} |\n", markdown(value)))
        .collect();
    let mut text = format!(
        "# Proof of {} {}\n\n| figure | value |\n|---|---|\n{rows}\n\
         ## Faults by the requirements that fail\n\n\
         | fault | what it does | failed checks by requirement |\n|---|---|---|\n",
        markdown(&proof.suite.name),
        markdown(&proof.suite.version),
    );
    for fault in &proof.faults {
        let cells: Vec<String> = fault
            .failed
            .iter()
            .map(|(id, times)| {
                if fault.violates.contains(&id.as_str()) {
                    format!("**{}** {times}", markdown(id))
                } else {
                    format!("{} {times}", markdown(id))
                }
            })
            .collect();
        text.push_str(&format!(
            "| {} | {} | {} |\n",
            code(fault.name),
            markdown(fault.summary),
            cells.join(", ")
        ));
    }
    text.push_str("\n## Conforming variations\n\n| variation | what is different | recommendations not kept |\n|---|---|---|\n");
    for variation in &proof.variations {
        text.push_str(&format!(
            "| {} | {} | {} |\n",
            code(variation.name),
            markdown(variation.summary),
            markdown(&variation.affects.join(", "))
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::render;
    use crate::proof::report::hostile::proof;
    use crate::report::escape::{code, is_safe, markdown};
    use crate::report::sample::HOSTILE;

    #[test]
    fn hostile_text_formats_nothing_and_ends_no_cell() {
        let told = render(&proof());
        assert_eq!(told.chars().find(|c| *c != '\n' && !is_safe(*c)), None);
        let (name, text) = (code(HOSTILE), markdown(HOSTILE));
        let rows: Vec<&str> = told.lines().filter(|line| line.contains("owned")).collect();
        let expected = [
            format!("# Proof of {text} {text}"),
            format!("| {name} | {text} | **{text}** 1 |"),
            format!("| {name} | {text} | {text} |"),
        ];
        assert_eq!(rows, expected);
    }
}
