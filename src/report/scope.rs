//! How much a run covered, in words and figures that several formats share.

use crate::judge::findings::Findings;
use crate::model::level::Level;
use crate::model::outcome::{CheckResult, Counts, Outcome, deciding_level};
use crate::model::reason::ReasonKind;
use crate::suite::selection::Filter;

/// The counts of the checks that the operator selected, at whatever level.
pub(crate) fn selected(findings: &Findings) -> Counts {
    let mut counts = Counts::default();
    let is_selected = |check: &&CheckResult| match &check.outcome {
        Outcome::Skipped(reason) => reason.kind() != ReasonKind::Deselected,
        _ => true,
    };
    findings.checks.iter().filter(is_selected).for_each(|check| counts.add(&check.outcome));
    counts
}

/// What the operator asked for, as options of the command line; empty where it was everything.
pub(super) fn options(filter: &Filter) -> Vec<String> {
    let option = |name: &str, values: &[String]| {
        let options: Vec<String> = values.iter().map(|value| format!("--{name} {value}")).collect();
        (!options.is_empty()).then(|| options.join(" "))
    };
    let level = filter.level.map(|level| format!("--level {level}"));
    [
        option("case", &filter.cases),
        option("skip", &filter.skip),
        option("requirement", &filter.requirements),
        level,
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The counts of all checks that decide the verdict.
pub(super) fn deciding(findings: &Findings) -> Counts {
    let lowest = deciding_level(findings.strict);
    let levels = Level::ALL.into_iter().filter(|level| *level >= lowest);
    levels.map(|level| findings.counts.at(level)).sum()
}

#[cfg(test)]
mod tests {
    use super::options;
    use crate::model::level::Level;
    use crate::suite::selection::Filter;

    #[test]
    fn wishes_read_as_they_were_typed() {
        let filter = Filter {
            cases: vec!["auth/*".to_owned(), "logout/*".to_owned()],
            level: Some(Level::Must),
            ..Filter::default()
        };
        assert_eq!(options(&filter), ["--case auth/* --case logout/*", "--level must"]);
    }
}
