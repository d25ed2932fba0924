//! From a record of exchanges to findings.
//!
//! Pure: nothing here sends, waits or reads a file, which is why a report can be judged again and
//! why thousands of mutated answers can be judged in a second.

pub mod attribution;
pub mod findings;
pub mod judging;
pub mod mutation;
pub mod reading;
pub mod recording;
