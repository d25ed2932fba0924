//! Files that people write, and reports that are judged again: read without a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/suite/support/fuzzed.rs"]
#[allow(dead_code, reason = "the other target, and the tests, use the rest")]
mod fuzzed;

fuzz_target!(|bytes: &[u8]| fuzzed::read_file(bytes));
