//! Mistakes in what people write for the suite: case files, ledger, schemas, fixtures.
//!
//! The home of `annotate-snippets`. A mistake names the place, what is wrong and what would have
//! been right. It is not a violation: a violation is the target's.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// A text that people wrote, with the name it is shown under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The path as the user knows it.
    pub name: String,
    /// The whole text.
    pub text: String,
}

impl Source {
    /// Makes a source that many mistakes can share.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Arc<Source> {
        Arc::new(Source { name: name.into(), text: text.into() })
    }

    /// Reads bytes as text.
    ///
    /// # Errors
    ///
    /// Shows where they stop being UTF-8.
    pub fn from_bytes(name: impl Into<String>, bytes: Vec<u8>) -> Result<Arc<Source>, Diagnostic> {
        let name = name.into();
        let is_utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
        let without_text = |message: String, remedy: &str| Diagnostic {
            source: Source::new(name.clone(), ""),
            range: 0..0,
            message,
            remedy: remedy.to_owned(),
        };
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Source::new(name, text)),
            Err(_) if is_utf16 => {
                Err(without_text("the file is UTF-16".to_owned(), "save it as UTF-8"))
            }
            Err(error) if error.as_bytes().contains(&0) => {
                Err(without_text("the file is not text".to_owned(), "name a text file in UTF-8"))
            }
            Err(error) => {
                let start = error.utf8_error().valid_up_to();
                let byte = error.as_bytes().get(start).copied().unwrap_or_default();
                let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
                Err(Diagnostic {
                    source: Source::new(name, text),
                    range: start..start + char::REPLACEMENT_CHARACTER.len_utf8(),
                    message: format!(
                        "the file is not UTF-8: byte 0x{byte:02x} starts no character"
                    ),
                    remedy: "save it as UTF-8".to_owned(),
                })
            }
        }
    }

    /// Line and column, from 1 and in characters, of a byte offset.
    #[must_use]
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let offset = self.floor_char_boundary(offset);
        let before = &self.text[..offset];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        (line, column)
    }

    /// As much of a range as stands on its first line.
    #[must_use]
    pub fn first_line(&self, range: Range<usize>) -> Range<usize> {
        let text = self.text.get(range.clone()).unwrap_or_default();
        let line = text.lines().next().unwrap_or_default();
        range.start..range.start + line.trim_end().len()
    }

    fn floor_char_boundary(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }
}

/// Something wrong at a place of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The text it is in.
    pub source: Arc<Source>,
    /// The bytes it concerns.
    pub range: Range<usize>,
    /// What is wrong: one line, what the author wrote in backticks.
    pub message: String,
    /// What would have been right.
    pub remedy: String,
}

impl Diagnostic {
    /// Draws the mistake the way rustc draws one.
    #[must_use]
    pub fn render(&self, colour: bool) -> String {
        if self.source.text.is_empty() {
            return self.render_without_source();
        }
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let start = self.source.floor_char_boundary(self.range.start);
        let end = self.source.floor_char_boundary(self.range.end.max(start));
        let mut report = Level::ERROR.primary_title(&self.message).element(
            Snippet::source(&self.source.text)
                .path(&self.source.name)
                .annotation(AnnotationKind::Primary.span(start..end)),
        );
        if !self.remedy.is_empty() {
            report = report.element(Level::HELP.message(&self.remedy));
        }
        let report: &[Group<'_>] = &[report];
        renderer.render(report).to_string()
    }

    fn render_without_source(&self) -> String {
        let mut text = format!("error: {}\n --> {}", self.message, self.source.name);
        if !self.remedy.is_empty() {
            text.push_str(&format!("\n  |\n  = help: {}", self.remedy));
        }
        text
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

/// Says ``did you mean `x`?`` where one of the known names is near what was written, and lists
/// the known names otherwise.
pub(crate) fn suggestion<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    match nearest(written, &known) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "nothing is known by that kind of name here".to_owned(),
        None if known.len() > 24 => {
            format!("known are {}, … ({} in all)", known[..8].join(", "), known.len())
        }
        None => format!("known are {}", known.join(", ")),
    }
}

/// Whether what was written may well be a misspelling of a name.
pub(crate) fn is_misspelt(written: &str, name: &str) -> bool {
    nearest(written, &[name]).is_some()
}

/// The known name that was most likely meant.
pub(crate) fn nearest<'a>(written: &str, known: &[&'a str]) -> Option<&'a str> {
    /// The likeness from which on a name is worth suggesting; `FETCH` and `PATCH` have 0.6.
    const LIKENESS: f32 = 0.7;
    if let Some(same) = known.iter().find(|name| name.eq_ignore_ascii_case(written)) {
        return Some(same);
    }
    let small: Vec<String> = known.iter().map(|name| name.to_lowercase()).collect();
    let candidates: Vec<&str> = small.iter().map(String::as_str).collect();
    let written = written.to_lowercase();
    let alike = similar::get_close_matches(written.as_str(), &candidates, 1, LIKENESS);
    let near = alike.first().copied().or_else(|| {
        // In a short name this is much of it, and still the most likely slip.
        candidates.iter().find(|name| is_swapped(&written, name)).copied()
    })?;
    candidates.iter().position(|candidate| *candidate == near).map(|index| known[index])
}

/// Whether two neighbouring letters of one text have changed places in the other.
fn is_swapped(one: &str, other: &str) -> bool {
    let [one, other] = [one, other].map(|text| text.chars().collect::<Vec<char>>());
    let differs = |at: &usize| one[*at] != other[*at];
    one.len() == other.len()
        && match (0..one.len()).filter(differs).collect::<Vec<usize>>()[..] {
            [at, next] => next == at + 1 && one[at] == other[next] && one[next] == other[at],
            _ => false,
        }
}
