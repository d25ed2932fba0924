//! The difference between an answer and one that would do, cut to what a reader can take in.
//!
//! Lines as data; signs, colour and layout belong to the reports. The text is the target's, and
//! hostile still.

use crate::model::violation::Difference;
use crate::value::json_diff::{self, Line, Mark};

/// Lines of the neighbourhood of each change.
const CONTEXT: usize = 2;
/// Lines of one kind in a row that are all shown; of more the first and the last are.
const RUN: usize = 10;
/// Of a long run, the lines shown at its beginning.
const HEAD: usize = 6;
/// Of a long run, the lines shown at its end.
const TAIL: usize = 2;
/// Texts beyond this are compared in their beginnings only.
const LONGEST: usize = 64 * 1024;

/// The lines that differ with their neighbourhood, at most `limit` of them and a gap.
pub(super) fn lines(difference: &Difference, limit: usize) -> Vec<Line> {
    let [expected, actual] = [&difference.expected, &difference.actual].map(|text| head(text));
    let mut lines = folded(json_diff::lines(expected, actual, CONTEXT));
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

/// Leaves out the middle of long runs of one kind, so that what would do is seen below a long
/// answer that does not.
pub(super) fn folded(lines: Vec<Line>) -> Vec<Line> {
    let mut folded = Vec::with_capacity(lines.len());
    for run in lines.chunk_by(|one, next| one.mark == next.mark) {
        match run.len() {
            length if length > RUN => {
                folded.extend_from_slice(&run[..HEAD]);
                let left_out = format!(" {} more lines", length - HEAD - TAIL);
                folded.push(Line { mark: Mark::Gap, pieces: vec![(false, left_out)] });
                folded.extend_from_slice(&run[length - TAIL..]);
            }
            _ => folded.extend_from_slice(run),
        }
    }
    folded
}

fn head(text: &str) -> &str {
    let end = (0..=LONGEST.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    &text[..end.unwrap_or_default()]
}

#[cfg(test)]
mod tests {
    use super::lines;
    use crate::model::violation::Difference;

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
    fn what_would_do_is_seen_below_a_long_answer() {
        let long: Vec<String> = (1..=11).map(|line| line.to_string()).collect();
        let shown = shown("x", &long.join("\n"), 20);
        let expected = ["-1", "-2", "-3", "-4", "-5", "-6", "… 3 more lines", "-10", "-11", "+x"];
        assert_eq!(shown, expected);
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
