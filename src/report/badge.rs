//! `badge` and `badge-svg`: the figures of a run in a line, for a README.
//!
//! A badge states how many checks passed and which version of the suite judged, never a bare
//! "passing". `badge` is the JSON that shields.io reads from an address ("endpoint badge");
//! `badge-svg` is a picture of the same line that needs no service.

use serde_json::json;

use super::{Context, Format, escape, scope};
use crate::judge::findings::Findings;
use crate::model::level::Level;
use crate::model::outcome::Verdict;
use crate::suite::Origin;

pub(super) const ENDPOINT: Format = Format {
    name: "badge",
    summary: "the figures as JSON for a shields.io endpoint badge",
    render: endpoint,
};

pub(super) const SVG: Format =
    Format { name: "badge-svg", summary: "the same badge as an SVG picture", render: svg };

const LABEL: &str = "panel conformance";

fn endpoint(context: Context<'_>) -> String {
    let findings = context.findings;
    let [colour, _] = colour(findings);
    let badge = json!({
        "schemaVersion": 1,
        "label": LABEL,
        "message": message(findings),
        "color": colour,
        // Keeps the colour from being overridden by the address of the badge.
        "isError": findings.verdict == Verdict::Nonconformant,
    });
    format!("{badge:#}\n")
}

/// What the badge says: figures, then the version of the suite.
fn message(findings: &Findings) -> String {
    let counts = scope::deciding(findings);
    let figures = match findings.verdict {
        Verdict::Conformant => passed(findings),
        Verdict::Nonconformant => format!("{} of {} failed", counts.failed, counts.total()),
        Verdict::Inconclusive => format!("inconclusive, {} unjudged", counts.unjudged),
        Verdict::Incomplete => {
            format!("incomplete, {} of {} passed", counts.passed, counts.total())
        }
    };
    let own = findings.origin == Origin::Own;
    let scope = match (own, findings.selection.is_whole()) {
        (true, _) => ", own cases",
        (false, false) => ", narrowed",
        (false, true) => "",
    };
    let unverified = if findings.target.is_unverified() { ", unverified TLS" } else { "" };
    escape::line(&format!("{figures}{scope}{unverified} · {}", findings.suite.version))
}

/// How many `must` and `should` checks passed, out of how many where that is not all.
fn passed(findings: &Findings) -> String {
    let levels = [Level::Must, Level::Should].into_iter();
    let figures = levels.filter_map(|level| {
        let counts = findings.counts.at(level);
        match (counts.passed, counts.applicable()) {
            (_, 0) => None,
            (passed, total) if passed == total => Some(format!("{passed} {level}")),
            (passed, total) => Some(format!("{passed}/{total} {level}")),
        }
    });
    figures.collect::<Vec<_>>().join(", ")
}

/// A colour by the names of shields.io and in hexadecimal.
fn colour(findings: &Findings) -> [&'static str; 2] {
    let should = findings.counts.should;
    match findings.verdict {
        Verdict::Conformant if findings.target.is_unverified() => ["yellow", "#dfb317"],
        Verdict::Conformant if should.passed == should.applicable() => ["brightgreen", "#4c1"],
        Verdict::Conformant => ["green", "#97ca00"],
        Verdict::Nonconformant => ["red", "#e05d44"],
        Verdict::Inconclusive => ["lightgrey", "#9f9f9f"],
        Verdict::Incomplete => ["orange", "#fe7d37"],
    }
}

fn svg(context: Context<'_>) -> String {
    let message = message(context.findings);
    let [_, colour] = colour(context.findings);
    let (left, right) = (half(LABEL), half(&message));
    let total = left + right;
    let title = escape::html(&format!("{LABEL}: {message}"));
    let texts = [text(LABEL, 0, left), text(&message, left, right)].concat();
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{total}" height="20" role="img" aria-label="{title}">
<title>{title}</title>
<linearGradient id="shade" x2="0" y2="100%"><stop offset="0" stop-color="#bbb" stop-opacity=".1"/><stop offset="1" stop-opacity=".1"/></linearGradient>
<clipPath id="round"><rect width="{total}" height="20" rx="3" fill="#fff"/></clipPath>
<g clip-path="url(#round)"><rect width="{left}" height="20" fill="#555"/><rect x="{left}" width="{right}" height="20" fill="{colour}"/><rect width="{total}" height="20" fill="url(#shade)"/></g>
<g fill="#fff" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11">
{texts}</g>
</svg>
"##
    )
}

/// A text over its own shadow, stretched or squeezed to the width we reckon with.
fn text(text: &str, from: usize, width: usize) -> String {
    let (start, length) = (from + PADDING, width - 2 * PADDING);
    let text = escape::html(text);
    format!(
        r##"<text x="{start}" y="15" fill="#010101" fill-opacity=".3" textLength="{length}" aria-hidden="true">{text}</text>
<text x="{start}" y="14" textLength="{length}">{text}</text>
"##
    )
}

/// Pixels between a text and the edge of its half.
const PADDING: usize = 6;

/// The width of a half of the badge, in pixels: the average character of a text in Verdana is a
/// little narrower than six and a half at this size.
fn half(text: &str) -> usize {
    (text.chars().count() * 13).div_ceil(2) + 2 * PADDING
}

#[cfg(test)]
mod tests {
    use super::{endpoint, message, svg};
    use crate::judge::findings::Findings;
    use crate::model::level::Level;
    use crate::model::outcome::Outcome;
    use crate::model::reason::ReasonKind;
    use crate::report::{Context, hostile};
    use rstest::rstest;

    fn unjudged() -> Outcome {
        Outcome::Unjudged(hostile::reason(ReasonKind::NoAnswer, "no answer"))
    }

    fn skipped() -> Outcome {
        Outcome::Skipped(hostile::reason(ReasonKind::FixtureMissing, "no dealer"))
    }

    #[rstest]
    #[case::all(vec![(Level::Must, Outcome::Passed), (Level::Should, Outcome::Passed)], "1 must, 1 should · 0.1.0")]
    #[case::no_recommendations(vec![(Level::Must, Outcome::Passed)], "1 must · 0.1.0")]
    #[case::not_all(vec![(Level::Must, Outcome::Passed), (Level::Should, skipped())], "1 must, 0/1 should · 0.1.0")]
    #[case::failed(vec![(Level::Must, Outcome::Passed), (Level::Must, hostile::failed())], "1 of 2 failed · 0.1.0")]
    #[case::inconclusive(vec![(Level::Must, unjudged())], "inconclusive, 1 unjudged · 0.1.0")]
    #[case::incomplete(vec![(Level::Must, Outcome::Passed), (Level::Must, skipped())], "incomplete, 1 of 2 passed · 0.1.0")]
    #[case::nothing(vec![], "incomplete, 0 of 0 passed · 0.1.0")]
    fn a_badge_states_figures(#[case] outcomes: Vec<(Level, Outcome)>, #[case] expected: &str) {
        assert_eq!(message(&hostile::findings(outcomes)), expected);
    }

    fn told(render: fn(Context<'_>) -> String, findings: &Findings) -> String {
        render(Context { findings, suite: &hostile::suite() })
    }

    #[test]
    fn the_endpoint_is_what_shields_io_reads() {
        let expected = r#"{
  "schemaVersion": 1,
  "label": "panel conformance",
  "message": "1 must · 0.1.0",
  "color": "brightgreen",
  "isError": false
}
"#;
        let findings = hostile::findings(vec![(Level::Must, Outcome::Passed)]);
        assert_eq!(told(endpoint, &findings), expected);
    }

    #[test]
    fn the_picture_says_the_same() {
        let findings = hostile::findings(vec![(Level::Must, Outcome::Passed)]);
        let picture = told(svg, &findings);
        assert!(picture.contains("<title>panel conformance: 1 must · 0.1.0</title>"));
        assert!(picture.contains(r##"fill="#4c1""##));
    }

    #[test]
    fn a_hostile_version_does_nothing() {
        let mut findings = hostile::findings(Vec::new());
        findings.suite.version = hostile::TEXT.to_owned();
        let picture = told(svg, &findings);
        assert!(!picture.contains("<script>"));
        assert!(!picture.contains("]]>"));
        assert!(picture.contains("&lt;script&gt;alert(1)"));
        let endpoint = told(endpoint, &findings);
        assert!(endpoint.contains("\\\\u{1b}[31m\\\\u{ffff}\\\\u{202e}"), "{endpoint}");
    }
}
