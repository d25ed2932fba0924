//! The conformance suite for the Navixy Admin Panel API, resource `panel/account`.
//!
//! It plays declarative case files against a server, judges the answers against what the API is
//! documented to do, and says which documented statements the server keeps and which it breaks.
//! The program `panel-conformance` is a front end of this library; [`run::Run`] is the way in.
//!
//! # The map
//!
//! The rooms in the order in which they build on each other, ground floor first. A room uses only
//! rooms above its own line here, and a test of `tests/suite` holds them to it. Four rooms hold a
//! family with one member per file and the list of members in `mod.rs`: `encoding`, `expect`,
//! `report`, and the tables of faults in `reference`.

// the reference server: an island that uses no other room
pub mod reference;

// words: plain data
pub mod model;

// texts and values
pub mod value;

// how parameters travel, one encoding per file
pub mod encoding;

// what a check can ask of an answer, one keyword per file
pub mod expect;

// what people write: cases, ledger, schemas, fixtures, and what is selected of them
pub mod suite;

// from a record of exchanges to findings
pub mod judge;

// from a configuration to findings: the engine and the network
pub mod run;

// what is told of findings, one format per file
pub mod report;

// the suite as tests of somebody's own crate
pub mod harness;

// every check can fail
pub mod proof;

// the command line
pub mod cli;
