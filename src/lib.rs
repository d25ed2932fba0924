//! The conformance suite for the Navixy Admin Panel API, resource `panel/account`.
//!
//! It plays declarative case files against a server, judges the answers against what the API is
//! documented to do, and says which documented statements the server keeps and which it breaks.
//! The program `panel-conformance` is a front end of this library; [`run::Run`] is the way in.
//!
//! # The map
//!
//! The modules in groups, ground floor first. A module uses only modules of earlier groups, and a
//! test of `tests/suite` holds them to it. A flat file is one concept; a folder is a family, with
//! one member per file and the list of members in its `mod.rs`.

// words: plain data
pub mod exchange;
pub mod exit_code;
pub mod level;
pub mod role;
pub mod violation;

// tools: pure, each knows only the words
pub mod encoding;
pub mod json;
pub mod json_change;
pub mod json_diff;
pub mod requirement;
pub mod secret;

// reference: the island
pub mod reference;

// mistake: what people wrote wrong
pub mod mistake;

// reading: texts to values
pub mod body;
pub mod schema;
pub mod variables;
pub mod yaml;

// record: what was exchanged, and the formats of what people write
pub mod lint;
pub mod recording;

// judge: exchange in, violations out
pub mod expect;

// case: as meant; what the operator brings; what became of checks
pub mod case;
pub mod fixtures;
pub mod outcome;
pub mod target;

// case as written, and what is wanted of it
pub mod case_file;
pub mod judging;
pub mod selection;

// doubt: answers that speak against what the operator brings
pub mod doubt;

// mutation: breaks records and judges them again
pub mod mutation;

// edge: files and the network
pub mod accounts;
pub mod embedded;
pub mod http;
pub mod pace;
pub mod request;
pub mod suite;

// run: schedules, paces, tells events
pub mod engine;
pub mod findings;

// what a proof comes to, and what is on record
pub mod figures;

// the recipe of a run
pub mod run;

// tell: one format per file
pub mod report;

// harness: the suite as tests
pub mod harness;

// prove: every check can fail
pub mod prove;

// contribution: what new cases are worth
pub mod contribution;

// tell the proof
pub mod proof_report;

// command
pub mod cli;
