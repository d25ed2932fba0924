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

pub(super) const ENDPOINT: Format = Format {
    name: "badge",
    summary: "the figures as JSON for a shields.io endpoint badge",
    render: endpoint,
};

pub(super) const SVG: Format =
    Format { name: "badge-svg", summary: "the same badge as an SVG picture", render: svg };

const LABEL: &str = "panel conformance";

/// A colour by the names of shields.io and in hexadecimal.
struct Colour {
    name: &'static str,
    hex: &'static str,
}

fn endpoint(context: Context<'_>) -> String {
    let findings = context.findings;
    let badge = json!({
        "schemaVersion": 1,
        "label": LABEL,
        "message": message(findings),
        "color": colour(findings).name,
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
        Verdict::Inconclusive => format!("inconclusive, {} not judged", counts.unjudged),
        Verdict::Incomplete => {
            format!("incomplete, {} of {} passed", counts.passed, counts.total())
        }
    };
    escape::line(&format!("{figures} · {}", findings.suite.version))
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

fn colour(findings: &Findings) -> Colour {
    let should = findings.counts.should;
    match findings.verdict {
        Verdict::Conformant if should.passed == should.applicable() => {
            Colour { name: "brightgreen", hex: "#4c1" }
        }
        Verdict::Conformant => Colour { name: "green", hex: "#97ca00" },
        Verdict::Nonconformant => Colour { name: "red", hex: "#e05d44" },
        Verdict::Inconclusive => Colour { name: "lightgrey", hex: "#9f9f9f" },
        Verdict::Incomplete => Colour { name: "orange", hex: "#fe7d37" },
    }
}

fn svg(context: Context<'_>) -> String {
    let message = message(context.findings);
    let colour = colour(context.findings).hex;
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
<g fill="#fff" text-anchor="middle" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11">
{texts}</g>
</svg>
"##
    )
}

/// A text in the middle of its half, over its own shadow, stretched to the width we reckon with.
fn text(text: &str, from: usize, width: usize) -> String {
    let length = width - 2 * PADDING;
    let middle = format!("{}.{}", from + width / 2, if width.is_multiple_of(2) { 0 } else { 5 });
    let text = escape::html(text);
    format!(
        r##"<text x="{middle}" y="15" fill="#010101" fill-opacity=".3" textLength="{length}" aria-hidden="true">{text}</text>
<text x="{middle}" y="14" textLength="{length}">{text}</text>
"##
    )
}

/// Pixels between a text and the edge of its half.
const PADDING: usize = 6;

/// The width of a half of the badge, in pixels.
fn half(text: &str) -> usize {
    let thousandths: usize = text.chars().map(|character| width(character) * 11).sum();
    thousandths.div_ceil(1000) + 2 * PADDING
}

/// The advance width of a character of Verdana, in thousandths of the font size.
fn width(character: char) -> usize {
    /// From U+0020 to U+007E.
    const WIDTHS: [u16; 95] = [
        352, 394, 459, 818, 636, 1076, 727, 269, 454, 454, 636, 818, 364, 454, 364, 454, 636, 636,
        636, 636, 636, 636, 636, 636, 636, 636, 454, 454, 818, 818, 818, 545, 1000, 684, 686, 698,
        771, 632, 575, 775, 751, 421, 455, 693, 557, 843, 748, 787, 603, 787, 695, 684, 616, 732,
        684, 989, 685, 615, 685, 454, 454, 454, 818, 636, 636, 601, 623, 521, 623, 596, 352, 623,
        633, 274, 344, 592, 274, 973, 633, 607, 623, 623, 427, 521, 394, 633, 592, 818, 592, 592,
        525, 635, 454, 635, 818,
    ];
    const MIDDLE_DOT: usize = 364;
    const WIDEST: usize = 1076;
    match character {
        '·' => MIDDLE_DOT,
        ' '..='~' => usize::from(WIDTHS[character as usize - ' ' as usize]),
        _ => WIDEST,
    }
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
    #[case::inconclusive(vec![(Level::Must, unjudged())], "inconclusive, 1 not judged · 0.1.0")]
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
