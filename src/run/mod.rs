//! A run: everything between a configuration and its findings.
//!
//! The recipe that the command line, the test harness and programs that use this crate share:
//! connect, play, redact, judge, add up. It prints nothing, and of the environment it reads only proxies.

pub(crate) mod accounts;
pub(crate) mod addresses;
pub(crate) mod coding;
pub(crate) mod credentials;
pub(crate) mod embedded;
pub(crate) mod engine;
pub(crate) mod http;
pub(crate) mod pacing;
pub(crate) mod request;
pub(crate) mod retry;
pub(crate) mod rotation;
pub(crate) mod target;

use std::time::{Instant, SystemTime};

use crate::judge::findings::{Findings, OutcomeMismatch, RunInfo, add_up};
use crate::model::run_option::RunOption;
use crate::model::target::TargetIdentity;
use crate::reference::Behaviour;
use crate::run::addresses::Addresses;
use crate::run::embedded::Embedded;
use crate::run::engine::{Address, Engine, Listener, Settings, Stop};
use crate::run::target::{BaseUrl, Connection, SetupError};
use crate::suite::Suite;
use crate::suite::case::Case;
use crate::suite::fixtures::Fixtures;
use crate::suite::selection::{Filter, Selection};

/// What is judged.
#[derive(Debug, Clone)]
pub enum Target {
    /// A server somewhere, at one address or several, with the fixtures that its operator supplied.
    Url(Addresses, Fixtures),
    /// The reference server, started for the run.
    Embedded(&'static Behaviour),
}

/// The configuration of a run, as meant.
#[derive(Debug, Clone)]
pub struct Run {
    /// What is judged.
    pub target: Target,
    /// How it is connected to.
    pub connection: Connection,
    /// How the run goes about its work.
    pub settings: Settings,
    /// What is wanted.
    pub filter: Filter,
    /// Options of the command line that reports are to repeat where they tell how to run a part of
    /// this again; none where it comes from none.
    pub options: Vec<RunOption>,
    /// Whether `should` checks decide too.
    pub strict: bool,
    /// Whether the operator vouches for the fixtures: what speaks against one of them is then
    /// held against the target.
    pub trusts_fixtures: bool,
}

/// Why a run came to no findings.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A pattern of the selection is none; nothing was sent.
    #[error("{0}")]
    Selection(String),
    /// The connection cannot be set up as asked; nothing was sent.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// The embedded server cannot be started; nothing was sent.
    #[error("cannot start the embedded reference server")]
    Embedded(#[source] std::io::Error),
    /// A bug of the suite, in a run against one of its own servers.
    #[error("the suite failed in its run against `{0}`")]
    Panicked(&'static str),
    /// A bug of the suite.
    #[error(transparent)]
    OutcomeMismatch(#[from] OutcomeMismatch),
}

impl RunError {
    /// Whether it is a bug of the suite rather than a mistake of the operator.
    #[must_use]
    pub fn is_internal(&self) -> bool {
        matches!(self, RunError::Panicked(_) | RunError::OutcomeMismatch(_))
    }
}

impl Run {
    /// A run of everything against a target, with the manners that fit it.
    #[must_use]
    pub fn of(target: Target) -> Run {
        let rate = match &target {
            Target::Url(addresses, _) => polite_rate(addresses),
            Target::Embedded(_) => 0.0,
        };
        let refusals = match &target {
            Target::Url(..) => Some(FIRST_REFUSALS),
            // Nobody can be locked out of it.
            Target::Embedded(_) => None,
        };
        Run {
            target,
            connection: Connection::default(),
            settings: Settings { rate, refusals, ..Settings::default() },
            filter: Filter::default(),
            options: Vec::new(),
            strict: false,
            trusts_fixtures: false,
        }
    }

    /// Plays the suite against the target and judges what came back.
    ///
    /// # Errors
    ///
    /// Only what keeps the run from coming to any findings; a target that cannot be reached, or
    /// dies half-way, is a finding.
    pub async fn play(
        &self,
        suite: &Suite,
        stop: Stop,
        listener: Listener<'_>,
    ) -> Result<Findings, RunError> {
        let selection = Selection::new(&self.filter).map_err(RunError::Selection)?;
        match &self.target {
            Target::Url(addresses, fixtures) => {
                let mut fixtures = fixtures.clone();
                fixtures.make_up_unknown_dealer();
                self.judge(suite, &selection, (addresses, false), &fixtures, stop, listener).await
            }
            Target::Embedded(behaviour) => {
                let server = Embedded::start(behaviour).await.map_err(RunError::Embedded)?;
                let target = (&server.addresses, true);
                let findings =
                    self.judge(suite, &selection, target, &server.fixtures, stop, listener).await;
                server.stop().await;
                findings
            }
        }
    }

    async fn judge(
        &self,
        suite: &Suite,
        selection: &Selection,
        (addresses, embedded): (&Addresses, bool),
        fixtures: &Fixtures,
        stop: Stop,
        listener: Listener<'_>,
    ) -> Result<Findings, RunError> {
        let started = (SystemTime::now(), Instant::now());
        let connections = addresses.connections(&self.connection)?;
        let connected = Address::all(addresses, &connections, embedded)?;
        let mut settings = self.settings.clone();
        if self.trusts_fixtures {
            // Whom the target has to admit is not left alone for being refused.
            settings.refusals = None;
        }
        let engine = Engine::new(connected, fixtures, settings, stop.clone(), listener)
            .knowing(connections.iter().flat_map(Connection::secrets).collect());
        let cases: Vec<&Case> = suite.cases.iter().collect();
        let mut recording = engine.run(&cases, selection).await;
        let ended_by = recording.ended_by.take();
        let recording = recording.redact();
        let text = |url: &BaseUrl| url.as_str().to_owned();
        let info = RunInfo {
            target: TargetIdentity {
                url: text(addresses.first()),
                others: addresses.others().iter().map(text).collect(),
                embedded,
                overrides: target::overrides(&connections),
            },
            started: started.0,
            duration: started.1.elapsed(),
            strict: self.strict,
            filter: self.filter.clone(),
            options: self.options.clone(),
            made_up: fixtures.made_up(),
            trusts_fixtures: self.trusts_fixtures || embedded,
            stopped: stop.borrow().clone().or(ended_by),
        };
        Ok(add_up(suite, selection, recording, info)?)
    }
}

/// Requests per second and dealer, unless the operator says otherwise; for all addresses together,
/// since the limit is one of the dealer.
pub(crate) fn polite_rate(addresses: &Addresses) -> f64 {
    if addresses.are_loopback() { 0.0 } else { POLITE_RATE }
}

/// Requests per second and dealer on other hosts than this one. The documents name ten as the
/// limit (rate limits, panel API), so that half of it leaves room for others.
pub const POLITE_RATE: f64 = 5.0;

/// Sign-ins that may be refused to a dealer before the first one is granted: as many as the suite
/// tries wrong passwords on a login.
pub const FIRST_REFUSALS: u32 = 3;
