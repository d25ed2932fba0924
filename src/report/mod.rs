//! Reports: one result, many formats.
//!
//! One format per file. A format is a pure function of the findings and the suite; it writes
//! nothing and decides nothing, and everything the target said reaches it as hostile text. To add
//! a format, write its file and its line in [`FORMATS`]; command line and help take it from there.

mod addresses;
mod badge;
pub(crate) mod certificate;
pub(crate) mod command;
pub(crate) mod curl;
mod difference;
pub(crate) mod digest;
pub(crate) mod escape;
pub(crate) mod github;
#[cfg(test)]
#[path = "tests/hostile.rs"]
pub(crate) mod hostile;
mod html;
mod json;
mod junit;
mod markdown;
pub(crate) mod reasons;
#[cfg(test)]
#[path = "tests/sample.rs"]
pub(crate) mod sample;
mod scope;
#[cfg(test)]
#[path = "tests/snapshot.rs"]
pub(crate) mod snapshot;
mod symptom;
pub(crate) mod terminal;
pub(crate) mod wording;
mod wrong_url;

use crate::judge::findings::Findings;
use crate::suite::Suite;

/// What a report is made of.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The result of the run.
    pub findings: &'a Findings,
    /// The suite that judged: sentences, sources, titles.
    pub suite: &'a Suite,
}

/// A report format.
#[derive(Debug)]
pub struct Format {
    /// The word on the command line.
    pub name: &'static str,
    /// What it is for, in one line.
    pub summary: &'static str,
    /// Tells the story.
    pub render: fn(Context<'_>) -> String,
}

/// All formats that `--report FORMAT=PATH` writes.
pub static FORMATS: &[Format] = &[
    json::FORMAT,
    junit::FORMAT,
    html::FORMAT,
    markdown::FORMAT,
    github::FORMAT,
    badge::ENDPOINT,
    badge::SVG,
    certificate::FORMAT,
];

#[cfg(test)]
mod tests {
    use super::FORMATS;
    use super::sample::Sample;
    use super::snapshot::assert_snapshot;

    /// Style and script of the page are files of their own.
    const ASSETS: [&str; 2] =
        [include_str!("../../templates/report.css"), include_str!("../../templates/report.js")];

    #[test]
    fn every_format_tells_the_sample_as_it_was_reviewed() {
        for format in FORMATS {
            let told = (format.render)(Sample::new().context());
            let told = ASSETS.iter().fold(told, |told, asset| told.replace(asset, ""));
            assert_snapshot(&format!("sample.{}", format.name), &told);
        }
    }
}
