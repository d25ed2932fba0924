//! The words that every other room speaks: plain data, no behaviour beyond adding up.
//!
//! Nothing here reads, sends, judges or prints. A word that only one room needs belongs there.

pub mod api;
pub mod exchange;
pub mod exit_code;
pub mod figures;
pub mod identity;
pub mod level;
mod milliseconds;
pub mod outcome;
pub mod reason;
pub mod requirement;
pub mod role;
pub mod violation;
