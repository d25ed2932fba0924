//! From a record of exchanges to findings.
//!
//! Pure: nothing here sends, waits or reads a file, which is why a report can be judged again and
//! why thousands of mutated answers can be judged in a second.

pub(crate) mod attribution;
pub(crate) mod findings;
pub(crate) mod handed_out;
pub(crate) mod judging;
pub(crate) mod mutation;
pub(crate) mod numbered;
pub(crate) mod recording;
pub(crate) mod settled;
pub(crate) mod stranger;
pub(crate) mod unanswered;
pub(crate) mod view;
mod written;
