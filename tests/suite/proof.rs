//! The figures on record: that they are figures, and that the README tells the same.
//!
//! That they are those of the present cases is not asked here, lest a new case fail `cargo test`;
//! `.ci/run` proves the suite and compares.

use panel_conformance::Findings;
use panel_conformance::internals::{Figure, Figures, figures_on_record, mutate};

use crate::support::program::judge;
use crate::support::project::{path, read, suite};

fn on_record() -> Figures {
    serde_json::from_str(&read("cases/proof.json")).expect("the figures on record can be read")
}

#[test]
fn the_figures_on_record_are_built_in_as_they_are_written() {
    let figures = on_record();
    assert_eq!(figures_on_record().as_ref(), Some(&figures));
    let mut written = serde_json::to_string_pretty(&figures).expect("figures can be written");
    written.push('\n');
    assert_eq!(read("cases/proof.json"), written);
}

#[test]
fn the_figures_on_record_are_of_a_complete_proof() {
    let figures = on_record();
    assert_eq!(figures.suite.name, env!("CARGO_PKG_NAME"));
    let digests = &figures.suite.digests;
    for digest in [&digests.cases, &digests.schemas, &digests.ledger] {
        let is_hexadecimal = digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        assert!(digest.len() == 64 && is_hexadecimal, "{digest}");
    }
    assert!(figures.are_complete(), "{figures:#?}");
    let Figure { of: checks, .. } = figures.passed_without_fault;
    assert_eq!(figures.checks_proven.of, checks);
    for figure in [figures.faults_noticed, figures.variations_unflagged] {
        assert!(figure.of > 0, "{figures:#?}");
    }
    assert!((0.0..=100.0).contains(&figures.observation_coverage.percent), "{figures:#?}");
    assert!(figures.requests > 0 && checks > 0, "{figures:#?}");
}

/// The block of the README that starts with the first figure, and what stands around it.
fn block_of(readme: &str) -> (&str, &str, &str) {
    let (name, _) = on_record().rows()[0];
    let start = readme.find(&format!("\n{name} ")).expect("the README has a block of figures") + 1;
    let end = start + readme[start..].find("```").expect("the block has an end");
    (&readme[..start], &readme[start..end], &readme[end..])
}

/// With `RENEW_README` in the environment the README is renewed first.
#[test]
fn the_readme_tells_the_figures_on_record() {
    let figures = on_record().lines();
    let readme = read("README.md");
    let (before, told, after) = block_of(&readme);
    if std::env::var_os("RENEW_README").is_some() {
        std::fs::write(path("README.md"), [before, &figures, after].concat())
            .expect("the README can be written");
    } else {
        assert_eq!(told, figures, "`.ci/renew-figures` makes the README tell the figures");
    }
}

#[test]
fn the_figures_on_record_are_no_case() {
    let suite = suite();
    assert!(suite.cases.iter().all(|case| !case.id.contains("proof")));
    assert!(suite.cases.iter().all(|case| case.file.ends_with(".yaml")));
}

/// Of two logouts at the same moment either may be the one that ends the session.
#[test]
fn coverage_does_not_hang_on_who_came_first() {
    let suite = suite();
    let ran = judge(&["--case", "logout/the-dealer-can-sign-in-again"]);
    let findings: Findings =
        serde_json::from_value(ran.report().clone()).expect("findings can be read");
    let mut recording = findings.recording();
    let before = mutate(&suite.cases, &recording);
    let mut steps = recording.cases.iter_mut().flat_map(|case| &mut case.steps);
    let step = steps.find(|step| step.id == "logout-at-once").expect("the case has the step");
    let statuses = |exchanges: &[panel_conformance::Exchange]| -> Vec<u16> {
        exchanges.iter().flat_map(|one| &one.result).map(|answer| answer.status).collect()
    };
    let found = statuses(&step.exchanges);
    step.exchanges.reverse();
    assert_ne!(statuses(&step.exchanges), found, "one of two logouts is refused");
    let after = mutate(&suite.cases, &recording);
    assert_eq!(
        (after.noticed, after.mutations, after.unobserved),
        (before.noticed, before.mutations, before.unobserved)
    );
}
