//! The difference between an answer and one that would do, cut to what a reader can take in.
//!
//! Lines as data; signs, colour and layout belong to the tellers. The text is the target's, and
//! hostile still.

use crate::json_diff::{self, Line, Mark};
use crate::violation::Difference;

/// Lines of the neighbourhood of each change.
const CONTEXT: usize = 2;
/// Texts beyond this are compared in their beginnings only.
const LONGEST: usize = 64 * 1024;

/// The lines that differ with their neighbourhood, at most `limit` of them and a gap.
#[must_use]
pub(super) fn lines(difference: &Difference, limit: usize) -> Vec<Line> {
    let [expected, actual] = [&difference.expected, &difference.actual].map(|text| head(text));
    let mut lines = json_diff::lines(expected, actual, CONTEXT);
    let is_whole = lines.len() <= limit
        && expected.len() == difference.expected.len()
        && actual.len() == difference.actual.len();
    if !is_whole {
        lines.truncate(limit);
        if lines.last().is_some_and(|line| line.mark != Mark::Gap) {
            lines.push(Line { mark: Mark::Gap, pieces: Vec::new() });
        }
    }
    lines
}

fn head(text: &str) -> &str {
    let end = (0..=LONGEST.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    &text[..end.unwrap_or_default()]
}

#[cfg(test)]
mod tests {
    use super::lines;
    use crate::violation::Difference;

    #[track_caller]
    fn shown(expected: &str, actual: &str, limit: usize) -> Vec<String> {
        let difference = Difference {
            against: String::new(),
            expected: expected.to_owned(),
            actual: actual.to_owned(),
        };
        let lines = lines(&difference, limit);
        lines.iter().map(|line| format!("{}{}", line.mark.sign(), line.text())).collect()
    }

    #[test]
    fn the_neighbourhood_of_changes_is_shown() {
        let shown = shown("1\n2\n3\n4\nx\n6\n7\n8\n9", "1\n2\n3\n4\n5\n6\n7\n8\n9", 20);
        assert_eq!(shown, ["…", " 3", " 4", "-5", "+x", " 6", " 7", "…"]);
    }

    #[test]
    fn a_long_difference_ends_in_a_gap() {
        assert_eq!(shown("a\nb\nc", "1\n2\n3", 2), ["-1", "-2", "…"]);
    }

    #[test]
    fn an_enormous_answer_is_compared_in_its_beginning() {
        let long = "\"é\",\n".repeat(100_000);
        let shown = shown("{}", &long, 3);
        assert_eq!(shown.len(), 4);
    }
}
