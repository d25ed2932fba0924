//! The words that every other room speaks: plain data, how it stands in reports, and the sentences
//! that tell it to people.
//!
//! Nothing here reads, sends, judges or prints. A word that only one room needs belongs there.

pub(crate) mod api;
pub(crate) mod exchange;
pub(crate) mod exit_code;
pub(crate) mod figures;
pub(crate) mod identity;
pub(crate) mod level;
mod milliseconds;
pub(crate) mod outcome;
pub(crate) mod reason;
pub(crate) mod requirement;
pub(crate) mod role;
pub(crate) mod run_option;
pub(crate) mod stopped;
pub(crate) mod target;
pub(crate) mod violation;
