//! `github`: annotations of a GitHub Actions run, and the text for its summary page.
//!
//! Annotations are workflow commands: lines on standard output that the runner reads. GitHub
//! shows ten of a kind, so that the tenth counts what is left out. Who writes
//! [`step_summary`] to the file that `$GITHUB_STEP_SUMMARY` names is the command line.

use super::command::again;
use super::digest::{Digest, Failure};
use super::escape::{command_message, command_property, line};
use super::reasons::ReasonGroup;
use super::wording::{counted, headline, next_step};
use super::{Context, Format, markdown};
use crate::model::level::Level;
use crate::model::outcome::{Verdict, deciding_level};
use crate::model::violation::Violation;

pub(super) const FORMAT: Format = Format {
    name: "github",
    summary: "annotations for GitHub Actions, read from standard output: github=-",
    render: annotations,
};

/// Annotations of a kind that GitHub shows.
const SHOWN: usize = 10;
/// Violations that an annotation names.
const NAMED: usize = 3;
/// What GitHub takes as the summary of a step, in bytes.
const SUMMARY: usize = 1024 * 1024;

/// An annotation without its kind.
struct Annotation {
    title: String,
    message: String,
}

/// The workflow commands that annotate a run.
pub(crate) fn annotations(context: Context<'_>) -> String {
    let digest = Digest::of(context);
    let deciding = deciding_level(context.findings.strict);
    let told = |is_meant: &dyn Fn(Level) -> bool| -> Vec<Annotation> {
        let meant = digest.failures.iter().filter(|failure| is_meant(failure.level()));
        meant.map(|failure| of_failure(context, failure)).collect()
    };
    let mut errors = told(&|level| level >= deciding);
    let mut warnings = told(&|level| level < deciding && level == Level::Should);
    if context.findings.target.is_unverified() {
        let message = "The certificate of the target was not verified; the verdict may be that of \
                       another server."
            .to_owned();
        warnings.insert(0, Annotation { title: headline(context.findings), message });
    }
    let mut notices = told(&|level| level == Level::May);
    notices.extend(digest.unjudged.iter().map(of_group));
    if matches!(context.findings.verdict, Verdict::Inconclusive | Verdict::Incomplete) {
        let message = next_step(context.findings, &digest).to_string();
        errors.push(Annotation { title: headline(context.findings), message });
    }
    [("error", errors), ("warning", warnings), ("notice", notices)]
        .into_iter()
        .map(|(kind, annotations)| commands(kind, annotations))
        .collect()
}

/// The summary page of the step in Markdown, as much of it as GitHub takes.
pub(crate) fn step_summary(context: Context<'_>) -> String {
    fit(&markdown::parts(context), SUMMARY)
}

fn of_failure(context: Context<'_>, failure: &Failure<'_>) -> Annotation {
    let (id, level) = failure.requirement();
    let place = failure.places[0];
    let mut lines = Vec::new();
    lines.extend(context.suite.ledger.get(id).map(|requirement| requirement.sentence.clone()));
    let violations = failure.lead().violations;
    lines.extend(violations.iter().take(NAMED).map(sentence));
    let more = violations.len().saturating_sub(NAMED);
    lines.extend((more > 0).then(|| format!("and {}", counted(more, "more violation"))));
    let others = failure.checks - 1;
    let verb = if others == 1 { "fails" } else { "fail" };
    lines
        .extend((others > 0).then(|| format!("{} {verb} with it", counted(others, "other check"))));
    lines.push(again(context.findings, &[place.case]));
    Annotation { title: format!("{id} ({level}) in {place}"), message: lines.join("\n") }
}

fn sentence(violation: &Violation) -> String {
    let (at, actual) = (violation.at(), violation.actual.to_string());
    let [at, expected, actual] = [&at, &violation.expected, &actual].map(|text| line(text));
    format!("{at}: expected {expected}, got {actual}{}", line(&violation.aside()))
}

fn of_group(group: &ReasonGroup<'_>) -> Annotation {
    let checks = counted(group.checks.len(), "check");
    let message = [line(&group.reason.to_string()), group.remedy().unwrap_or_default().to_owned()];
    Annotation {
        title: format!("{checks} unjudged"),
        message: message.join("\n").trim_end().to_owned(),
    }
}

fn commands(kind: &str, mut annotations: Vec<Annotation>) -> String {
    if annotations.len() > SHOWN {
        let hidden = annotations.split_off(SHOWN - 1).len();
        annotations.push(Annotation {
            title: format!("{hidden} more"),
            message: "The summary of this step and the reports have them all.".to_owned(),
        });
    }
    let command = |Annotation { title, message }: &Annotation| {
        format!("::{kind} title={}::{}\n", command_property(title), command_message(message))
    };
    annotations.iter().map(command).collect()
}

/// As many parts from the start as have room, and what is missing.
fn fit(parts: &[String], limit: usize) -> String {
    const ROOM_FOR_NOTE: usize = 200;
    let mut text = String::new();
    for (index, part) in parts.iter().enumerate() {
        if text.len() + part.len() + ROOM_FOR_NOTE > limit {
            let missing = counted(parts.len() - index, "part");
            text.push_str(&format!("\n_{missing} left out for want of room; a report has all._\n"));
            break;
        }
        if index > 0 {
            text.push('\n');
        }
        text.push_str(part);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{annotations, fit, step_summary};
    use crate::model::outcome::{CheckResult, Outcome};
    use crate::model::violation::Actual;
    use crate::report::sample::Sample;

    #[test]
    fn failures_and_pauses_are_annotated() {
        let expected = [
            r#"::error title=AUTH-E11 (must) in refusals/a-blocked-dealer-is-refused (blocked)::A blocked dealer gives code 11.%0Abody /success: expected anything but true, got true%0Abody /status/code: expected an integer, got "11"%0A5 other checks fail with it%0Apanel-conformance run http://localhost:8080/v2 --case refusals/a-blocked-dealer-is-refused --allow-deselected"#,
            r#"::error title=AUTH-HASH-UNIQUE (must) in logout/ends-the-session (again)::Every session has a hash of its own.%0Abody /hash (answer 2 of 2): expected a value that differs from `first.hash`, got "«hash 2»"%0Apanel-conformance run http://localhost:8080/v2 --case logout/ends-the-session --allow-deselected"#,
            r#"::error title=LO-ENDS (must) in logout/ends-the-session (ended)::A hash is of no use after logout.%0Abody /success: expected anything but true, got true%0Apanel-conformance run http://localhost:8080/v2 --case logout/ends-the-session --allow-deselected"#,
            r#"::warning title=ERR-CT (should) in auth/opens-a-session (sign-in)::Every answer that carries JSON says so in its header Content-Type, because clients choose their reader by it.%0Aheader content-type: expected a value that matches `(?i)^application/json *(;|$)`, got `text/plain`%0A2 other checks fail with it%0Apanel-conformance run http://localhost:8080/v2 --case auth/opens-a-session --allow-deselected"#,
            r#"::warning title=PAR-FORM (should) in parity/every-encoding-gives-the-same-answer@form (form)::A form gives the same answer as JSON.%0Abody /permissions/base: expected ["read","update"], got ["read"]%0Abody /permissions/labels: expected nothing there, got {"x":1}%0Apanel-conformance run http://localhost:8080/v2 --case parity/every-encoding-gives-the-same-answer@form --allow-deselected"#,
            r#"::notice title=PERM-VERSION (may) in permissions/are-reported (ask)::The version is 1.%0Abody /version: expected 1, got 2%0Apanel-conformance run http://localhost:8080/v2 --case permissions/are-reported --allow-deselected"#,
            r#"::notice title=1 check unjudged::no complete answer within 10s%0ALook into the target's log, or give it more time with --timeout."#,
            r#"::notice title=7 checks unjudged::step `sign-in` did not yield `hash`%0AIt comes right when the earlier step does."#,
        ];
        let annotations = annotations(Sample::new().context());
        assert_eq!(annotations.lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_verdict_without_failures_is_an_error_of_its_own() {
        let is_kept =
            |check: &CheckResult| matches!(check.outcome, Outcome::Passed | Outcome::Skipped(_));
        let sample = Sample::new().keep(is_kept);
        let expected = "::error title=INCOMPLETE%2C 2 checks skipped::Supply expired_session with \
                        --fixtures, or accept the gaps with --allow-incomplete.\n";
        assert_eq!(annotations(sample.context()), expected);
    }

    #[test]
    fn ten_of_a_kind_are_shown_and_the_rest_is_counted() {
        let mut sample = Sample::new();
        let failed = sample.findings.checks.iter().find(|check| check.requirement == "LO-ENDS");
        let failed = failed.expect("it is there").clone();
        for number in 0..12 {
            let mut check = failed.clone();
            check.case = format!("logout/{number}");
            let Outcome::Failed { violations, .. } = &mut check.outcome else { continue };
            violations[0].actual = Actual::Other(number.to_string());
            sample.findings.checks.push(check);
        }
        let annotations = annotations(sample.context());
        let errors: Vec<&str> =
            annotations.lines().filter(|line| line.starts_with("::error ")).collect();
        assert_eq!(errors.len(), 10);
        assert!(errors[9].starts_with("::error title=6 more::"), "{}", errors[9]);
    }

    #[test]
    fn a_hostile_target_commands_nothing() {
        for line in annotations(Sample::hostile().context()).lines() {
            let rest = line.strip_prefix("::").expect("every line is a command");
            let (_, message) = rest.split_once("::").expect("it has a message");
            assert!(!message.contains('\r') && !line.contains("##["), "{line}");
            assert!(
                !message.split("%0A").any(|line| line.trim_start().starts_with("::")),
                "{line}"
            );
        }
    }

    #[test]
    fn a_summary_keeps_whole_parts() {
        let parts = ["a\n".repeat(100), "b\n".repeat(100), "c\n".to_owned()];
        let whole = parts.join("\n");
        assert_eq!(fit(&parts, 10_000), whole);
        let cut = fit(&parts, 420);
        assert!(cut.starts_with(&parts[0]) && !cut.contains('b'), "{cut}");
        assert!(cut.ends_with("_2 parts left out for want of room; a report has all._\n"), "{cut}");
    }

    #[test]
    fn the_summary_is_the_markdown_report() {
        let sample = Sample::new();
        assert!(step_summary(sample.context()).starts_with("# ❌ NONCONFORMANT"));
    }
}
