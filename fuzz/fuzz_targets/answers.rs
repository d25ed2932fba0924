//! Answers of a target: judged and told without a panic, and alike when they are judged again.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/suite/support/fuzzed.rs"]
#[allow(dead_code, reason = "the other target, and the tests, use the rest")]
mod fuzzed;

fuzz_target!(|bytes: &[u8]| fuzzed::judge_answers(bytes));
