//! The suite as `cargo test` sees it: one trial per case, against the embedded reference server
//! or the server that `PANEL_URL` names, and one trial per family of faults of the reference
//! server, which the suite has to notice.
//!
//! A family stands for all of its faults here; `prove` tries every single one.

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Failed, Trial};
use panel_conformance::harness::Harness;
use panel_conformance::internals::{fault_proof, run_against};
use panel_conformance::{Behaviour, Run, Suite, Target, faults};

fn main() -> ExitCode {
    let harness = match std::env::var("PANEL_URL") {
        Ok(url) => Harness::try_for_url(
            &url,
            std::env::var_os("PANEL_FIXTURES").as_ref().map(|p| p.as_ref()),
        ),
        Err(_) => Harness::new(Run::of(Target::Embedded(Behaviour::FAULTLESS))),
    };
    let harness = match harness {
        Ok(harness) => harness,
        Err(error) => return error.tell(),
    };
    let trials: Vec<Trial> =
        sample().into_iter().map(|fault| fault_trial(fault, harness.suite())).collect();
    harness.with(trials).main()
}

/// The first fault of each family.
fn sample() -> Vec<&'static Behaviour> {
    let mut sample: Vec<&Behaviour> = Vec::new();
    for fault in faults() {
        if !sample.iter().any(|taken| taken.kind == fault.kind) {
            sample.push(fault);
        }
    }
    sample
}

fn fault_trial(fault: &'static Behaviour, suite: &Arc<Suite>) -> Trial {
    let suite = Arc::clone(suite);
    Trial::test(format!("fault {} is noticed", fault.name), move || notice(fault, &suite))
}

/// Plays the cases that judge what the fault violates; then all, for a fault that shows only when
/// much is going on.
fn notice(fault: &'static Behaviour, suite: &Suite) -> Result<(), Failed> {
    let requirements = fault.violates.iter().map(ToString::to_string).collect();
    if is_noticed(fault, suite, requirements)? || is_noticed(fault, suite, Vec::new())? {
        return Ok(());
    }
    Err(format!("no check of {} fails", fault.violates.join(", ")).into())
}

fn is_noticed(
    fault: &'static Behaviour,
    suite: &Suite,
    requirements: Vec<String>,
) -> Result<bool, Failed> {
    let mut run = run_against(fault);
    run.filter.requirements = requirements;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (_stopper, stop) = panel_conformance::never();
    let findings = runtime.block_on(run.play(suite, stop, &|_| {}))?;
    Ok(fault_proof(fault, &findings).is_noticed())
}
