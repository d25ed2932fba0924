//! What the terminal report is printed with: lines of a given width, coloured or not.
//!
//! The home of `anstyle` and `unicode-width` among the reports. Whatever is written passes
//! through [`escape::line`] here, so that no report can forget it; only what this file writes
//! itself controls the terminal.

use anstyle::AnsiColor;
pub(super) use anstyle::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::{DisplayOptions, Verbosity};
use crate::report::escape;

pub(super) const PLAIN: Style = Style::new();
pub(super) const BOLD: Style = Style::new().bold();
pub(super) const DIM: Style = Style::new().dimmed();
pub(super) const RED: Style = AnsiColor::Red.on_default();
pub(super) const GREEN: Style = AnsiColor::Green.on_default();
// Never bold: many terminals then make these bright, which nobody can read on white.
pub(super) const YELLOW: Style = AnsiColor::Yellow.on_default();
pub(super) const CYAN: Style = AnsiColor::Cyan.on_default();

/// What stands left of every line of a paragraph's body.
const INDENT: usize = 6;
/// The room for a label within the body.
const LABEL: usize = 8;

/// A piece of a line in one style.
pub(super) type Span<'a> = (Style, &'a str);

/// Text as it is written.
pub(super) struct Printer {
    width: usize,
    /// Columns after which a line may be cut.
    longest: usize,
    colour: bool,
    text: String,
}

/// Columns after which a line is cut even where nothing else is: nobody reads further.
const ENDLESS: usize = 10_000;

impl Printer {
    /// Takes a new sheet.
    pub(super) fn new(options: &DisplayOptions) -> Printer {
        let width = options.width.clamp(40, 160);
        let is_cut = options.cuts && options.verbosity != Verbosity::Verbose;
        let longest = if is_cut { width } else { ENDLESS };
        Printer { width, longest, colour: options.colour, text: String::new() }
    }

    /// What was written.
    pub(super) fn finish(self) -> String {
        self.text
    }

    /// An empty line, unless the sheet is empty or one stands there.
    pub(super) fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// A line as long as it is, for what is to be copied.
    pub(super) fn line(&mut self, spans: &[Span<'_>]) {
        for (style, text) in spans {
            self.paint(*style, &escape::line(text));
        }
        self.end_line();
    }

    /// A line cut at the width, where that is wanted.
    pub(super) fn cut(&mut self, spans: &[Span<'_>]) {
        let mut room = self.longest;
        let escaped: Vec<(Style, String)> =
            spans.iter().map(|(style, text)| (*style, escape::line(text))).collect();
        let whole: usize = escaped.iter().map(|(_, text)| text.width()).sum();
        let is_cut = whole > room;
        if is_cut {
            room -= 1;
        }
        for (style, text) in &escaped {
            let shown = fitting(text, room);
            room -= shown.width();
            self.paint(*style, shown);
            if shown.len() < text.len() {
                break;
            }
        }
        if is_cut {
            self.paint(DIM, "…");
        }
        self.end_line();
    }

    /// A line with something at either end; where both do not fit, the right end gets a line of
    /// its own.
    pub(super) fn ends(&mut self, left: &[Span<'_>], right: &[Span<'_>]) {
        let width = |spans: &[Span<'_>]| -> usize {
            spans.iter().map(|(_, text)| escape::line(text).width()).sum()
        };
        let (left_width, right_width) = (width(left), width(right));
        if left_width + 2 + right_width > self.width {
            self.line(left);
            let pad = " ".repeat(self.width.saturating_sub(right_width).max(INDENT));
            self.line(&[&[(PLAIN, pad.as_str())], right].concat());
            return;
        }
        let pad = " ".repeat(self.width - left_width - right_width);
        self.line(&[left, &[(PLAIN, pad.as_str())], right].concat());
    }

    /// Text of the body, broken at spaces.
    pub(super) fn body(&mut self, style: Style, text: &str) {
        self.wrap(&" ".repeat(INDENT), style, text);
    }

    /// Text at the margin that is read once, broken at spaces.
    pub(super) fn paragraph(&mut self, text: &str) {
        self.wrap("", DIM, text);
    }

    /// A line of the body, cut at the width.
    pub(super) fn body_cut(&mut self, spans: &[Span<'_>]) {
        let indent = " ".repeat(INDENT);
        self.cut(&[&[(PLAIN, indent.as_str())], spans].concat());
    }

    /// Text with a label, broken at spaces.
    pub(super) fn field(&mut self, label: &str, text: &str) {
        let label = column(label);
        self.wrap(&label, PLAIN, text);
    }

    /// A line with a label, cut at the width.
    pub(super) fn field_cut(&mut self, label: &str, text: &str) {
        let label = column(label);
        self.cut(&[(DIM, &label), (PLAIN, text)]);
    }

    /// A line with a label, as long as it is.
    pub(super) fn field_line(&mut self, label: &str, text: &str) {
        let label = column(label);
        self.line(&[(DIM, &label), (PLAIN, text)]);
    }

    fn wrap(&mut self, label: &str, style: Style, text: &str) {
        let room = self.width.saturating_sub(label.width()).max(20);
        let blank = " ".repeat(label.width());
        for (index, line) in wrapped(&escape::line(text), room).iter().enumerate() {
            let label = if index == 0 { label } else { &blank };
            self.line(&[(DIM, label), (style, line)]);
        }
    }

    fn paint(&mut self, style: Style, text: &str) {
        if self.colour && style != PLAIN && !text.trim().is_empty() {
            self.text.push_str(&format!("{style}{text}{style:#}"));
        } else {
            self.text.push_str(text);
        }
    }

    fn end_line(&mut self) {
        let length = self.text.trim_end_matches(' ').len();
        self.text.truncate(length);
        self.text.push('\n');
    }
}

/// A label in its column.
fn column(label: &str) -> String {
    format!("{:INDENT$}{label:LABEL$}", "")
}

/// The beginning of a text that fits into a number of columns.
fn fitting(text: &str, room: usize) -> &str {
    let mut used = 0;
    for (at, character) in text.char_indices() {
        used += character.width().unwrap_or_default();
        if used > room {
            return &text[..at];
        }
    }
    text
}

/// Breaks a text at spaces, and words that are too long anywhere.
fn wrapped(text: &str, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let mut word = word;
        let used = lines.last().map_or(0, |line| line.width());
        if used > 0 && used + 1 + word.width() > room {
            lines.push(String::new());
        } else if used > 0 {
            push(&mut lines, " ");
        }
        while word.width() > room {
            let head = fitting(word, room);
            push(&mut lines, head);
            lines.push(String::new());
            word = &word[head.len()..];
        }
        push(&mut lines, word);
    }
    lines
}

fn push(lines: &mut [String], text: &str) {
    if let Some(line) = lines.last_mut() {
        line.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::{BOLD, PLAIN, Printer, RED, wrapped};
    use crate::report::terminal::{DisplayOptions, Verbosity};
    use rstest::rstest;

    fn printer(colour: bool) -> Printer {
        Printer::new(&DisplayOptions { width: 40, colour, ..DisplayOptions::default() })
    }

    #[rstest]
    #[case("a b c", 3, &["a b", "c"])]
    #[case("abcdef gh", 4, &["abcd", "ef", "gh"])]
    #[case("漢字漢字", 4, &["漢字", "漢字"])]
    #[case("", 4, &[""])]
    fn text_is_broken_at_spaces(#[case] text: &str, #[case] room: usize, #[case] lines: &[&str]) {
        assert_eq!(wrapped(text, room), lines);
    }

    #[test]
    fn lines_are_cut_and_aligned_at_the_width() {
        let mut printer = printer(false);
        printer.cut(&[(PLAIN, "0123456789012345678901234567890123456789")]);
        printer.cut(&[
            (PLAIN, "012345678901234567890123456789"),
            (BOLD, "漢字漢字漢字"),
            (PLAIN, "x"),
        ]);
        printer.ends(&[(PLAIN, "left")], &[(PLAIN, "right")]);
        printer.ends(&[(PLAIN, "a long text at the left")], &[(PLAIN, "and one at the right")]);
        printer.field("label", "some words that are too many for one line");
        let expected = "\
0123456789012345678901234567890123456789
012345678901234567890123456789漢字漢字…
left                               right
a long text at the left
                    and one at the right
      label   some words that are too
              many for one line
";
        assert_eq!(printer.finish(), expected);
    }

    #[rstest]
    #[case::for_a_file(DisplayOptions { cuts: false, ..DisplayOptions::default() })]
    #[case::at_full_length(DisplayOptions { verbosity: Verbosity::Verbose, ..DisplayOptions::default() })]
    fn nothing_is_cut_where_all_is_wanted(#[case] options: DisplayOptions) {
        let text = "0123456789".repeat(20);
        let mut printer = Printer::new(&options);
        printer.cut(&[(PLAIN, &text)]);
        assert_eq!(printer.finish(), format!("{text}\n"));
    }

    #[test]
    fn colour_is_written_only_where_it_is_wanted() {
        let write = |mut printer: Printer| {
            printer.line(&[(RED, "a\u{1b}[0m"), (PLAIN, "b")]);
            printer.finish()
        };
        assert_eq!(write(printer(false)), "a\\u{1b}[0mb\n");
        assert_eq!(write(printer(true)), "\u{1b}[31ma\\u{1b}[0m\u{1b}[0mb\n");
    }
}
