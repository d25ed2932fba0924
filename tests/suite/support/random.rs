//! How many random examples a property is tried with, the same ones in every run.

use proptest::prelude::ProptestConfig;
use proptest::test_runner::RngSeed;

/// So many examples of each property, from a seed that is always the same.
pub(crate) fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(7331),
        ..ProptestConfig::default()
    }
}
