//! The conformance suite for the Navixy Admin Panel API, resource `panel/account`.
//!
//! It plays declarative case files against a server, judges the answers against what the API is
//! documented to do, and says which documented statements the server keeps and which it breaks.
//! The program `panel-conformance` is a front end of this library; [`Run`] is the way in, and
//! [`harness::Harness`] in the tests of a crate.
//!
//! # The map
//!
//! The rooms in the order in which they build on each other: a room uses only rooms that are
//! declared before it, and a test of `tests/suite` holds them to it. Some are families, with one
//! member per file and the list of members in `mod.rs`: `encoding`, `expect`, `report` and
//! `proof::report`. Faults are rows of the tables in `reference::fault`.

// the reference server: an island that uses no other room
mod reference;

// words: plain data
mod model;

// texts and values
mod value;

// how parameters travel, one encoding per file
mod encoding;

// what a check can ask of an answer, one keyword per file
mod expect;

// what people write: cases, ledger, schemas, fixtures, and what is selected of them
mod suite;

// from a record of exchanges to findings
mod judge;

// from a configuration to findings: the engine and the network
mod run;

// what is told of findings, one format per file
mod report;

// the suite as tests of somebody's own crate
pub mod harness;

// every check can fail
mod proof;

// the command line
mod cli;

pub use judge::findings::{CaseFindings, Findings, LevelCounts};
pub use judge::recording::{CaseRecord, NotSent, StepRecord};
pub use model::exchange::{
    Answer, CertificateFault, Defect, Exchange, HandshakeFault, NoAnswer, Obstacle, Request,
    Unreachable,
};
pub use model::exit_code::ExitCode;
pub use model::identity::{Digests, SuiteIdentity};
pub use model::level::Level;
pub use model::outcome::{CheckResult, Counts, Outcome, Verdict};
pub use model::reason::{
    Deselection, EarlierStep, FixtureGap, Reason, ReasonKind, Recorded, RefusedDealer, Stranger,
    StrangerSign,
};
pub use model::role::{FixtureName, Role};
pub use model::run_option::{Override, RunOption};
pub use model::stopped::{CallKind, Stopped};
pub use model::target::TargetIdentity;
pub use model::violation::{Actual, AnswerNumber, Difference, Place, Violation};
pub use reference::{Behaviour, faults, null_servers, variations};
pub use report::{Context, FORMATS, Format};
pub use run::addresses::{Addresses, AddressesError, MOST_ADDRESSES};
pub use run::engine::{Event, Listener, Settings, Stop, never};
pub use run::retry::RetryPolicy;
pub use run::target::SetupError;
pub use run::target::{BaseUrl, Connection};
pub use run::{FIRST_REFUSALS, POLITE_RATE, Run, RunError, Target};
pub use suite::fixtures::{Fixture, Fixtures, LoadError, load as load_fixtures};
pub use suite::selection::Filter;
pub use suite::{Origin, Sources, Suite};
pub use value::diagnostics::Diagnostic;
pub use value::secret::Secret;

/// The program, called by `main` and by nobody else.
#[doc(hidden)]
pub use cli::main as program;

/// What the tests of this crate look at besides; no part of its interface, and free to change.
#[doc(hidden)]
pub mod internals {
    pub use crate::cli::parse_report;
    pub use crate::encoding::{Encoding, by_name as encoding};
    pub use crate::judge::findings::judge_all;
    pub use crate::judge::judging::{fails, judge_step};
    pub use crate::judge::mutation::{
        Coverage, Mutant, Unobserved, for_each_mutant, mutate, mutate_case,
    };
    pub use crate::judge::recording::Recording;
    pub use crate::model::figures::{Figure, Figures, ObservationCoverage};
    pub use crate::model::requirement::{About, Requirement, Standing};
    pub use crate::proof::prove::{FaultProof, Proof, fault_proof, play, run_against};
    pub use crate::proof::report::by_name as proof_format;
    pub use crate::reference::{Account, Config, demo, demo_accounts, departure, serve};
    pub use crate::report::curl::{curl, curl_with_setup};
    pub use crate::run::embedded::Embedded;
    pub use crate::suite::case::{Case, Check, Step};
    pub use crate::suite::fixtures::read as read_fixtures;
    pub use crate::suite::selection::Selection;
    pub use crate::suite::{built_in_schema, figures_on_record};
    pub use crate::value::diagnostics::Source;
    pub use crate::value::filter::{FILTERS, Filter, FilterKind};
    pub use crate::value::redaction::Redactor;
    pub use crate::value::schema::{Schema, Schemas};
    pub use crate::value::yaml::{Document, parse as parse_yaml};
}
