//! How much a run covered, in words and figures that several formats share.

use crate::judge::findings::Findings;
use crate::model::level::Level;
use crate::model::outcome::{Counts, deciding_level};
use crate::suite::selection::Filter;

/// What the operator asked for, as options of the command line; empty where it was everything.
pub(super) fn options(filter: &Filter) -> Vec<String> {
    let option = |name: &str, values: &[String]| {
        (!values.is_empty()).then(|| format!("--{name} {}", values.join(" ")))
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
        assert_eq!(options(&filter), ["--case auth/* logout/*", "--level must"]);
    }
}
