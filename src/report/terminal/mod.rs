//! The terminal: the result for the person who ran it.
//!
//! Failures first, the most binding on top, each with what repeats it; then what could not be
//! judged and what was not tried, by reason; the verdict last, where the eye is. The parts have a
//! file each: `failure`, `trace`, `summary`, all written on `paper`.

mod failure;
mod paper;
mod summary;
mod trace;

use self::failure::sentence;
use self::paper::{BOLD, CYAN, DIM, PLAIN, Paper, YELLOW};
use crate::model::level::Level;
use crate::model::outcome::ReasonKind;
use crate::report::Story;
use crate::report::curl::setting::setting;
use crate::report::digest::{Digest, Failure, Pause};
use crate::report::wording::{counted, some_of};

/// How the result is to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Columns of the terminal; at least 40 and at most 160 are used.
    pub width: usize,
    /// Whether to colour.
    pub colour: bool,
    /// How much to tell.
    pub verbosity: Verbosity,
    /// Whether what is longer than a line may end in `…`; told in full, nothing is cut.
    pub cuts: bool,
    /// Whether the operator accepts that checks are skipped.
    pub accepts_gaps: bool,
}

impl Default for Look {
    fn default() -> Look {
        Look {
            width: 80,
            colour: false,
            verbosity: Verbosity::Normal,
            cuts: true,
            accepts_gaps: false,
        }
    }
}

/// How much to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verbosity {
    /// The last lines only.
    Quiet,
    /// What went wrong.
    Normal,
    /// Every exchange before that, and everything at full length.
    Verbose,
}

/// Tells the story.
#[must_use]
pub fn render(story: Story<'_>, look: &Look) -> String {
    let digest = Digest::of(story.findings);
    let mut paper = Paper::new(look);
    if look.verbosity == Verbosity::Verbose {
        trace::write(story, &mut paper);
    }
    if look.verbosity != Verbosity::Quiet {
        write_failures(story, &digest, look.verbosity, &mut paper);
        write_pauses("UNJUDGED", &digest.unjudged, &mut paper);
        write_pauses("SKIPPED", &digest.skipped, &mut paper);
    }
    summary::write(story, &digest, look, &mut paper);
    paper.finish()
}

fn write_failures(story: Story<'_>, digest: &Digest<'_>, verbosity: Verbosity, paper: &mut Paper) {
    let is_told =
        |failure: &Failure<'_>| failure.level() > Level::May || verbosity == Verbosity::Verbose;
    if digest.failures.iter().any(is_told) && !story.findings.target.embedded {
        write_setting(story, paper);
    }
    for failure in &digest.failures {
        if is_told(failure) {
            failure::write(story, failure, verbosity, paper);
        }
    }
    if verbosity == Verbosity::Normal {
        paper.gap();
        digest.failures_at(Level::May).for_each(|failure| write_note(failure, paper));
    }
}

/// What the commands of all failures take for granted, to be pasted before them.
fn write_setting(story: Story<'_>, paper: &mut Paper) {
    paper.gap();
    for line in setting(&story.findings.target) {
        paper.line(&[(PLAIN, &line)]);
    }
    paper.paragraph(
        "That is what the commands below start from. They want the options of this run too, such \
         as --fixtures, and curl the passwords in the variables that it names.",
    );
}

/// A failure that is held against nobody, in one line.
fn write_note(failure: &Failure<'_>, paper: &mut Paper) {
    let ids: Vec<String> = failure
        .ways
        .iter()
        .flat_map(|way| way.broken.iter().map(|(id, _)| (*id).to_owned()))
        .collect();
    let places: Vec<String> = failure.places.iter().map(ToString::to_string).collect();
    let what = failure.lead().violations.first().map(sentence).unwrap_or_default();
    paper.cut(&[
        (CYAN, "NOTE"),
        (PLAIN, "  "),
        (BOLD, &some_of(&ids, 2)),
        (DIM, " · may  "),
        (PLAIN, &what),
        (DIM, "  in "),
        (PLAIN, &some_of(&places, 1)),
    ]);
}

/// Cases and reasons that are named before the rest is counted.
const NAMED: usize = 5;

fn write_pauses(word: &str, pauses: &[Pause<'_>], paper: &mut Paper) {
    const FEW: usize = 3;
    let follows = |pause: &&Pause<'_>| {
        matches!(pause.reason.kind, ReasonKind::EarlierStep | ReasonKind::NotGranted)
    };
    let consequences: Vec<&Pause<'_>> = pauses.iter().filter(follows).collect();
    let has_many = consequences.len() > FEW;
    for pause in pauses.iter().filter(|pause| !has_many || !follows(pause)) {
        write_pause(word, pause, paper);
    }
    if has_many {
        write_consequences(word, &consequences, paper);
    }
}

fn write_pause(word: &str, pause: &Pause<'_>, paper: &mut Paper) {
    paper.gap();
    let count = format!("  {}", counted(pause.checks.len(), "check"));
    paper.ends(&[(YELLOW, word), (PLAIN, &count)], &[(PLAIN, &pause.levels())]);
    paper.body(PLAIN, &pause.reason.text);
    let cases: Vec<String> = pause.cases().into_iter().map(str::to_owned).collect();
    paper.field("in", &some_of(&cases, NAMED));
    if let Some(remedy) = pause.remedy() {
        paper.field("next", remedy);
    }
}

/// What hangs on earlier steps, in one paragraph: it is told above why those went wrong.
fn write_consequences(word: &str, pauses: &[&Pause<'_>], paper: &mut Paper) {
    let checks: usize = pauses.iter().map(|pause| pause.checks.len()).sum();
    paper.gap();
    let count = format!("  {}", counted(checks, "check"));
    paper.line(&[(YELLOW, word), (PLAIN, &count)]);
    paper.body(PLAIN, "An earlier step of the case did not go as they need it.");
    for pause in pauses.iter().take(NAMED) {
        paper.field(&pause.checks.len().to_string(), &pause.reason.text);
    }
    let rest = &pauses[NAMED.min(pauses.len())..];
    if !rest.is_empty() {
        let checks: usize = rest.iter().map(|pause| pause.checks.len()).sum();
        paper.field(&checks.to_string(), &format!("for {}", counted(rest.len(), "other reason")));
    }
    if let Some(remedy) = pauses.first().and_then(|pause| pause.remedy()) {
        paper.field("next", remedy);
    }
}

#[cfg(test)]
#[path = "../tests/terminal.rs"]
mod tests;
