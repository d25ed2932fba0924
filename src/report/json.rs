//! `json`: the findings themselves, complete enough to be judged again.
//!
//! Described by `schemas/report.schema.json`. What the target said stands in it as it was said, and
//! what a terminal would not show as it is, as an escape of JSON.

use super::{Context, Format, escape};

pub(super) const FORMAT: Format = Format {
    name: "json",
    summary: "everything, for machines; can be judged again with `rejudge`",
    render,
};

fn render(context: Context<'_>) -> String {
    let text = serde_json::to_string_pretty(context.findings)
        .expect("findings hold nothing that JSON cannot");
    escape::json(&format!("{text}\n"))
}

#[cfg(test)]
mod tests {
    use super::render;
    use crate::judge::findings::Findings;
    use crate::report::escape::is_safe;
    use crate::report::sample::Sample;

    #[test]
    fn hostile_text_can_be_shown_and_is_read_as_it_was() {
        let sample = Sample::hostile();
        let told = render(sample.context());
        assert_eq!(told.chars().find(|c| *c != '\n' && !is_safe(*c)), None);
        assert!(told.contains("\\u009b31m\\u202e\\ufeff"), "{told}");
        let read: Findings = serde_json::from_str(&told).expect("it is JSON");
        assert!(read == sample.findings);
    }
}
