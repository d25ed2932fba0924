//! The proof that every check can fail, and that no server that keeps the documents is failed.
//!
//! `prove` plays the built-in suite against everything that the reference server can be;
//! `contribution` says what somebody's new cases are worth; `report` tells both.

pub(crate) mod contribution;
pub(crate) mod prove;
pub(crate) mod report;
