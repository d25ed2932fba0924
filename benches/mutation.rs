//! How many mutated answers are judged per second and core: `cargo bench --bench mutation`.
//!
//! Records one run against the embedded reference server, then mutates the record on one thread,
//! over and over for three seconds. Prints the figure; asserts nothing, for machines differ.

use std::time::{Duration, Instant};

use panel_conformance::internals::{mutate_case, play};
use panel_conformance::{Behaviour, Findings, Sources, Suite};

#[expect(clippy::print_stdout, reason = "a benchmark prints its figure")]
fn main() {
    let suite = Suite::load(&Sources::default()).expect("the built-in suite is right");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    let findings: Findings =
        runtime.block_on(play(&suite, Behaviour::FAULTLESS)).expect("the run ends");
    let recording = findings.recording();
    let start = Instant::now();
    let mut judged = 0;
    while start.elapsed() < Duration::from_secs(3) {
        for (case, record) in suite.cases.iter().zip(&recording.cases) {
            judged += mutate_case(case, record, &recording.secrets).mutations;
        }
    }
    let per_second =
        f64::from(u32::try_from(judged).unwrap_or(u32::MAX)) / start.elapsed().as_secs_f64();
    println!("{judged} mutated answers judged, {per_second:.0} per second on one core");
}
