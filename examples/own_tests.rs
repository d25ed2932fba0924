//! How an implementer runs the suite from their own `cargo test`: this `main`, in a file under
//! `tests/` that is declared with `harness = false`.
//!
//! `cargo run --example own_tests` starts the reference server in the place of the implementer's,
//! so that the example can be tried as it stands.

use std::process::ExitCode;

use panel_conformance::Behaviour;
use panel_conformance::Run;
use panel_conformance::Target;
use panel_conformance::harness::Harness;

fn main() -> ExitCode {
    // For a server of your own: Harness::for_url("http://localhost:8080/v2", "tests/fixtures.yaml").main()
    match Harness::new(Run::of(Target::Embedded(Behaviour::FAULTLESS))) {
        Ok(harness) => harness.main(),
        Err(error) => error.tell(),
    }
}
