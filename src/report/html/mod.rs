//! `html`: one page that stands by itself, for people.
//!
//! Template, style and script are `templates/report.*`. The page asks nothing of any network,
//! works without its script, and every text on it has been through `escape` and is escaped by the
//! template. A section of the page is a file of `html/`; to add one, write its file, its field in
//! `Page` and its place in the template.

mod entries;
mod failures;
mod pending;
mod prose;
mod timings;

use std::collections::HashMap;
use std::time::Duration;

use askama::Template;

use super::addresses;
use super::digest::Digest;
use super::wording::{asides, scope_of};
use super::{Context, Format, escape, scope};
use crate::judge::findings::Findings;
use crate::model::level::Level;
use crate::model::outcome::{CheckResult, Counts, Outcome, Verdict};

pub(super) const FORMAT: Format = Format {
    name: "html",
    summary: "one page for people: verdict, failures, every requirement; needs no network",
    render,
};

const STYLE: &str = include_str!("../../../templates/report.css");
const SCRIPT: &str = include_str!("../../../templates/report.js");

/// What the page's security policy allows to style it, and to run: these files and nothing else.
/// A test knows the right values.
const STYLE_HASH: &str = "sha256-Q+8fIKR5ccTWXXXodvmNQNm7Uaht9FdEbSA2rsym0LM=";
const SCRIPT_HASH: &str = "sha256-3r+1eiSG879izwpCv9+dSCnpmCaKLre/5n9Katwcemo=";

fn render(context: Context<'_>) -> String {
    Page::of(context).render().expect("writing to a string never fails")
}

/// Everything that the page says, ready to be escaped.
#[derive(Template)]
#[template(path = "report.html")]
struct Page {
    style: &'static str,
    style_hash: &'static str,
    script: &'static str,
    script_hash: &'static str,
    suite: String,
    target: String,
    /// The verdict as a class name.
    verdict: &'static str,
    headline: String,
    lead: String,
    /// What a reader has to know before believing the verdict.
    caveats: Vec<String>,
    facts: Vec<Fact>,
    strict: bool,
    levels: Vec<LevelRow>,
    failures: Vec<failures::Failure>,
    failures_note: String,
    pending: Vec<pending::Group>,
    /// How many checks the groups of `pending` hold.
    pending_checks: usize,
    entries: Vec<entries::Entry>,
    /// Outcomes to filter entries by, with the words for them.
    outcomes: [(&'static str, &'static str); 7],
    exclusions: Vec<entries::Exclusion>,
    timings: Option<timings::Timings>,
    digests: Vec<Fact>,
}

/// A term and what is to be said of it.
struct Fact {
    term: &'static str,
    text: String,
}

impl Page {
    fn of(context: Context<'_>) -> Page {
        let findings = context.findings;
        let index = Index::of(context);
        let failures = failures::all(&index);
        let pending = pending::groups(&index);
        Page {
            style: STYLE,
            style_hash: STYLE_HASH,
            script: SCRIPT,
            script_hash: SCRIPT_HASH,
            suite: shown(&format!("{} {}", findings.suite.name, findings.suite.version)),
            target: shown(&findings.target.told()),
            verdict: findings.verdict.name(),
            headline: shown(&headline(findings)),
            lead: lead(findings),
            caveats: caveats(findings),
            facts: facts(findings),
            strict: findings.strict,
            levels: Level::ALL.map(|level| LevelRow::of(findings, level)).into(),
            failures_note: failures::note(findings, failures.len()),
            failures,
            pending_checks: pending.iter().map(|group| group.checks).sum(),
            pending,
            entries: entries::all(&index),
            outcomes: entries::OUTCOMES,
            exclusions: entries::exclusions(&index),
            timings: timings::of(findings),
            digests: digests(findings),
        }
    }
}

/// The story, sorted, and where on the page something stands, for links.
struct Index<'a> {
    context: Context<'a>,
    digest: Digest<'a>,
    /// Positions of requirements in the ledger.
    requirements: HashMap<&'a str, usize>,
    /// Number of the first failure that tells of a case and step.
    failures: HashMap<(&'a str, &'a str), usize>,
}

impl<'a> Index<'a> {
    fn of(context: Context<'a>) -> Index<'a> {
        let digest = Digest::of(context);
        let mut failures = HashMap::new();
        for (position, failure) in digest.failures.iter().enumerate() {
            for place in &failure.places {
                failures.entry((place.case, place.step)).or_insert(position + 1);
            }
        }
        let ledger = context.suite.ledger.iter().enumerate();
        let requirements = ledger.map(|(index, entry)| (entry.id.as_str(), index)).collect();
        Index { context, digest, requirements, failures }
    }

    /// The id of the element of a requirement.
    fn anchor(&self, requirement: &str) -> String {
        match self.requirements.get(requirement) {
            Some(index) => format!("requirement-{}", index + 1),
            None => "requirements".to_owned(),
        }
    }
}

/// The checks of one level in the table of figures.
struct LevelRow {
    level: &'static str,
    counts: Counts,
}

/// A number of that table.
struct Cell {
    outcome: &'static str,
    count: usize,
}

/// A stretch of the bar below a row, in thousandths.
struct Segment {
    outcome: &'static str,
    from: usize,
    width: usize,
}

impl LevelRow {
    fn of(findings: &Findings, level: Level) -> LevelRow {
        LevelRow { level: level.name(), counts: findings.counts.at(level) }
    }

    fn cells(&self) -> [Cell; 5] {
        let counts = self.counts;
        [
            Cell { outcome: "passed", count: counts.passed },
            Cell { outcome: "failed", count: counts.failed },
            Cell { outcome: "unjudged", count: counts.unjudged },
            Cell { outcome: "skipped", count: counts.skipped },
            Cell { outcome: "inapplicable", count: counts.not_applicable },
        ]
    }

    fn segments(&self) -> Vec<Segment> {
        let total = self.counts.total().max(1);
        let mut before = 0;
        let mut segments = Vec::new();
        for Cell { outcome, count } in self.cells() {
            let from = before * 1000 / total;
            before += count;
            segments.push(Segment { outcome, from, width: before * 1000 / total - from });
        }
        segments
    }
}

/// The verdict, and what it rests on if that is not everything.
fn headline(findings: &Findings) -> String {
    let verdict = match findings.verdict {
        Verdict::Nonconformant => "Not conformant",
        Verdict::Inconclusive => "Inconclusive",
        Verdict::Incomplete => "Incomplete",
        Verdict::Conformant => "Conformant",
    };
    let scope = scope_of(findings).map(|words| format!(" ({words})")).unwrap_or_default();
    format!("{verdict}{scope}")
}

/// What the verdict rests on, in a sentence or two.
fn lead(findings: &Findings) -> String {
    let counts = scope::deciding(findings);
    let kind = if findings.strict { "required and recommended" } else { "required" };
    let all = format!("{} {kind} checks", counts.total());
    let verdict = match findings.verdict {
        Verdict::Nonconformant => format!("{} of {all} failed.", counts.failed),
        Verdict::Inconclusive => format!("{} of {all} are unjudged.", counts.unjudged),
        Verdict::Incomplete if counts.skipped == 0 => "No check was judged.".to_owned(),
        Verdict::Incomplete => format!("{} of {all} were not tried.", counts.skipped),
        Verdict::Conformant if counts.not_applicable > 0 => {
            format!("All {} {kind} checks that apply were judged and passed.", counts.passed)
        }
        Verdict::Conformant => format!("All {all} were judged and passed."),
    };
    match findings.counts.should.failed {
        failed if failed == 0 || findings.strict => verdict,
        1 => format!("{verdict} One recommended check failed."),
        failed => format!("{verdict} {failed} recommended checks failed."),
    }
}

fn caveats(findings: &Findings) -> Vec<String> {
    let mut caveats = Vec::new();
    if !findings.selection.is_whole() {
        let filter = scope::options(&findings.selection).join(", ");
        caveats.push(format!("Only a part of the suite was run: {}.", shown(&filter)));
    }
    if let Some(why) = &findings.stopped {
        caveats.push(format!("The run ended early: {}.", shown(&why.to_string())));
    }
    caveats.extend(asides(findings).map(|what| format!("{}.", shown(&what))));
    for what in addresses::in_common(findings) {
        // Nothing is code here.
        caveats.push(format!("{}.", shown(&what.replace('`', ""))));
    }
    if findings.target.embedded {
        let text = "The target is the suite’s own reference server, started for this run.";
        caveats.push(text.to_owned());
    }
    if let Some(overrides) = findings.target.reached_with() {
        let overrides = shown(&overrides);
        caveats.push(format!("The target was reached with {overrides}."));
    }
    caveats
}

fn facts(findings: &Findings) -> Vec<Fact> {
    let duration = Duration::try_from_secs_f64(findings.duration_ms / 1e3).unwrap_or_default();
    let mode = if findings.strict { "strict" } else { "ordinary" };
    let checks = format!("{} in {} cases", findings.checks.len(), findings.cases.len());
    vec![
        Fact {
            term: "Date",
            text: shown(&findings.started).replace('T', " ").replace('Z', " UTC"),
        },
        Fact { term: "Duration", text: span(duration) },
        Fact { term: "Requests", text: findings.requests.to_string() },
        Fact { term: "Checks", text: checks },
        Fact { term: "Mode", text: mode.to_owned() },
        Fact { term: "Suite", text: shown(&findings.suite.version) },
    ]
}

fn digests(findings: &Findings) -> Vec<Fact> {
    let digests = &findings.suite.digests;
    vec![
        Fact { term: "Cases, SHA-256", text: shown(&digests.cases) },
        Fact { term: "Schemas, SHA-256", text: shown(&digests.schemas) },
        Fact { term: "Ledger, SHA-256", text: shown(&digests.ledger) },
    ]
}

/// Text with everything visible and nothing that XML or HTML forbids; the template escapes it.
fn shown(text: &str) -> String {
    escape::xml(text)
}

/// A stretch of time for people.
fn span(time: Duration) -> String {
    match time.as_secs_f64() {
        seconds if seconds < 0.01 => format!("{:.1} ms", seconds * 1e3),
        seconds if seconds < 1.0 => format!("{:.0} ms", seconds * 1e3),
        seconds if seconds < 60.0 => format!("{seconds:.1} s"),
        seconds => format!("{:.0} min {:.0} s", (seconds / 60.0).floor(), seconds % 60.0),
    }
}

/// The name of an outcome where names have no spaces: in classes and filters.
fn outcome_class(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::NotApplicable(_) => "inapplicable",
        other => other.name(),
    }
}

/// The word for an outcome on the page.
fn outcome_word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Unjudged(_) => "unjudged",
        other => other.name(),
    }
}

fn is_failed(check: &CheckResult) -> bool {
    check.outcome.is_failure()
}

/// Groups by a key, in the order in which keys first occur.
fn group_by<T, K: PartialEq>(
    items: impl IntoIterator<Item = T>,
    key: impl Fn(&T) -> K,
) -> Vec<(K, Vec<T>)> {
    let mut groups: Vec<(K, Vec<T>)> = Vec::new();
    for item in items {
        let key = key(&item);
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, members)) => members.push(item),
            None => groups.push((key, vec![item])),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::{SCRIPT, SCRIPT_HASH, STYLE, STYLE_HASH, render, span};
    use crate::model::run_option::Override;
    use crate::report::sample::Sample;
    use crate::report::{Context, hostile};
    use base64::Engine;
    use rstest::rstest;
    use sha2::Digest;
    use std::time::Duration;

    fn page() -> String {
        render(Context { findings: &hostile::every_outcome(), suite: &hostile::suite() })
    }

    /// A mismatch shows the value that belongs into the constant.
    #[rstest]
    #[case(STYLE, STYLE_HASH)]
    #[case(SCRIPT, SCRIPT_HASH)]
    fn the_policy_allows_style_and_script(#[case] text: &str, #[case] hash: &str) {
        let digest = sha2::Sha256::digest(text.as_bytes());
        let digest = base64::engine::general_purpose::STANDARD.encode(digest);
        assert_eq!(hash, format!("sha256-{digest}"));
        assert!(page().contains(&format!("'{hash}'")));
    }

    #[test]
    fn the_page_asks_nothing_of_a_network() {
        let page = page();
        for loading in
            ["src=", "href=\"http", "url(", "@import", "<link rel=\"stylesheet", "fetch(", "<base"]
        {
            assert!(!page.contains(loading), "{loading}");
        }
    }

    #[test]
    fn a_way_round_is_told() {
        let mut findings = hostile::every_outcome();
        findings.target.overrides =
            vec![Override::Insecure, Override::Header { name: "X-Key".to_owned() }];
        let suite = hostile::suite();
        let page = render(Context { findings: &findings, suite: &suite });
        assert!(page.contains("The target was reached with --insecure --header X-Key."));
    }

    #[test]
    fn hostile_text_is_shown() {
        let shown = "&#60;script&#62;alert(1)&#60;/script&#62;]]&#62;\\u{1b}[31m\\u{ffff}\\u{202e}";
        assert!(page().contains(shown));
    }

    #[rstest]
    #[case(page())]
    #[case(render(Sample::hostile().context()))]
    fn hostile_text_does_nothing(#[case] page: String) {
        assert_eq!(page.matches("<script>").count(), 1);
        assert_eq!(page.matches("</pre>").count(), page.matches("<pre").count());
        let is_unsafe = |c: char| c != '\n' && c != '\t' && !super::escape::is_safe(c);
        assert_eq!(page.chars().find(|c| is_unsafe(*c)), None);
    }

    /// Every element but the void ones is closed in the order it was opened.
    #[rstest]
    #[case(page())]
    #[case(render(Sample::hostile().context()))]
    fn the_page_is_well_formed(#[case] page: String) {
        let page = page.replace(STYLE, "").replace(SCRIPT, "");
        let mut open: Vec<&str> = Vec::new();
        for tag in page.split('<').skip(1) {
            let tag = tag.split('>').next().unwrap_or_default();
            let name = tag.split([' ', '\n']).next().unwrap_or_default();
            match name.strip_prefix('/') {
                Some(closed) => assert_eq!(open.pop(), Some(closed), "{tag}"),
                None if matches!(name, "!DOCTYPE" | "meta" | "link" | "input") => {}
                None => open.push(name),
            }
        }
        assert!(open.is_empty(), "{open:?}");
    }

    #[test]
    fn every_requirement_and_every_reason_is_on_the_page() {
        let page = page();
        for text in ["R-1", "R-5", "R-OUT", "Nobody can see it.", "no <code>dealer</code>"] {
            assert!(page.contains(text), "{text}");
        }
        assert!(page.contains("1 of 3 required checks failed. One recommended check failed."));
        assert!(page.contains("data-outcome=\"excluded\""));
    }

    #[rstest]
    #[case(page())]
    #[case(render(Sample::new().context()))]
    fn every_link_leads_to_an_element(#[case] page: String) {
        for link in page.split("href=\"#").skip(1) {
            let id = link.split('"').next().unwrap_or_default();
            assert!(page.contains(&format!("id=\"{id}\"")), "{id}");
        }
    }

    #[rstest]
    #[case(Duration::from_micros(420), "0.4 ms")]
    #[case(Duration::from_millis(42), "42 ms")]
    #[case(Duration::from_millis(2_340), "2.3 s")]
    #[case(Duration::from_secs(125), "2 min 5 s")]
    fn time_is_told_in_fitting_units(#[case] time: Duration, #[case] expected: &str) {
        assert_eq!(span(time), expected);
    }
}
