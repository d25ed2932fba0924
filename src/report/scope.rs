//! How much a run covered, in words and figures that several formats share.

use crate::judge::findings::{Findings, Wished};
use crate::model::level::Level;
use crate::model::outcome::{Counts, deciding_level};

/// What the operator asked for, as options of the command line; empty where it was everything.
pub(super) fn wishes(wished: &Wished) -> Vec<String> {
    let option = |name: &str, values: &[String]| {
        (!values.is_empty()).then(|| format!("--{name} {}", values.join(" ")))
    };
    let level = wished.level.map(|level| format!("--level {level}"));
    [
        option("case", &wished.cases),
        option("skip", &wished.skip),
        option("requirement", &wished.requirements),
        level,
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The counts of all checks that decide the verdict.
pub(super) fn deciding(findings: &Findings) -> Counts {
    let lowest = deciding_level(findings.strict);
    Level::ALL.into_iter().filter(|level| *level >= lowest).fold(Counts::default(), |sum, level| {
        let counts = findings.counts.at(level);
        Counts {
            passed: sum.passed + counts.passed,
            failed: sum.failed + counts.failed,
            unjudged: sum.unjudged + counts.unjudged,
            skipped: sum.skipped + counts.skipped,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::wishes;
    use crate::judge::findings::Wished;
    use crate::model::level::Level;

    #[test]
    fn wishes_read_as_they_were_typed() {
        let wished = Wished {
            cases: vec!["auth/*".to_owned(), "logout/*".to_owned()],
            level: Some(Level::Must),
            ..Wished::default()
        };
        assert_eq!(wishes(&wished), ["--case auth/* logout/*", "--level must"]);
    }
}
