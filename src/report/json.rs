//! `json`: the findings themselves, complete enough to be judged again.
//!
//! Described by `schemas/report.schema.json`.

use super::{Format, Story};

pub(super) const FORMAT: Format = Format {
    name: "json",
    summary: "everything, for machines; can be judged again with `rejudge`",
    render,
};

fn render(story: Story<'_>) -> String {
    let mut text = serde_json::to_string_pretty(story.findings)
        .expect("findings hold nothing that JSON cannot");
    text.push('\n');
    text
}
