//! Whole renderings in Markdown.

use super::{cell, prose, render};
use crate::model::run_option::Override;
use crate::report::escape::is_safe;
use crate::report::sample::Sample;
use crate::report::snapshot::assert_snapshot;
use rstest::rstest;

#[test]
fn the_sample_is_told() {
    let mut sample = Sample::new().keep(|check| {
        ["AUTH-E11", "ERR-CODE-INT", "ERR-CT", "PERM-VERSION", "SES-OWN"]
            .contains(&check.requirement.as_str())
    });
    sample.suite.ledger = crate::model::requirement::Ledger::new(
        sample.suite.ledger.iter().take(2).cloned().collect(),
    );
    let actual = render(sample.context());
    assert_snapshot("markdown.md", &actual);
}

#[rstest]
#[case("In `a|b` it *is*.", "In `a|b` it \\*is\\*.", "In \\`a\\|b\\` it \\*is\\*.")]
#[case("One ` alone", "One \\` alone", "One \\` alone")]
fn sentences_keep_their_code(#[case] text: &str, #[case] line: &str, #[case] in_cell: &str) {
    assert_eq!(prose(text), line);
    assert_eq!(cell(text), in_cell);
}

/// What is left of Markdown without code, in which nothing is ever interpreted.
fn without_code(text: &str) -> String {
    let mut fence: Option<String> = None;
    let mut left = String::new();
    for line in text.lines() {
        let ticks: String = line.chars().take_while(|c| *c == '`').collect();
        match &fence {
            Some(open) if line == open => fence = None,
            Some(_) => {}
            None if ticks.len() >= 3 && !line[ticks.len()..].contains('`') => fence = Some(ticks),
            None => left.push_str(&format!("{}\n", without_spans(line))),
        }
    }
    assert_eq!(fence, None, "a fence is open");
    left
}

fn without_spans(line: &str) -> String {
    let mut left = String::new();
    let mut rest = line;
    while let Some(start) = rest.find('`').filter(|at| !rest[..*at].ends_with('\\')) {
        let ticks = rest[start..].chars().take_while(|c| *c == '`').count();
        let fence = "`".repeat(ticks);
        let inner = &rest[start + ticks..];
        let ends = |(at, _): &(usize, &str)| {
            !inner[..*at].ends_with('`') && !inner[at + ticks..].starts_with('`')
        };
        let (end, _) = inner.match_indices(&fence).find(ends).expect("a span is closed");
        left.push_str(&rest[..start]);
        rest = &inner[end + ticks..];
    }
    left + rest
}

#[test]
fn a_hostile_target_stays_inside_code() {
    let text = render(Sample::hostile().context());
    assert_eq!(text.chars().find(|c| *c != '\n' && !is_safe(*c)), None);
    let text = without_code(&text);
    for trace in ["script", "@team", "evil", "owned", "]]>", "*b*"] {
        assert!(!text.contains(trace), "`{trace}` is left in:\n{text}");
    }
}

#[test]
fn a_way_round_is_told() {
    let mut sample = Sample::new();
    sample.findings.target.overrides =
        vec![Override::Insecure, Override::Header { name: "X-Key".to_owned() }];
    let told = render(sample.context());
    assert!(
        told.contains("\n`http://localhost:8080/v2`, reached with `--insecure --header X-Key`, "),
        "{told}"
    );
}
