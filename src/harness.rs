//! The suite inside your own `cargo test`: one libtest-mimic trial per case.
//!
//! The home of `libtest-mimic`. Only a front end: it understands the arguments of `cargo test` and
//! of `cargo nextest run`, plays the cases that they select, and reports each as a test. The
//! verdict on a server is [`crate::judge::findings::Findings`]'s; a filter that matches nothing passes
//! here, as it does with any test harness.
//!
//! ```no_run
//! // tests/panel.rs, with `harness = false`
//! use panel_conformance::harness::Harness;
//!
//! fn main() -> std::process::ExitCode {
//!     Harness::for_url("http://localhost:8080/v2", "tests/fixtures.yaml").main()
//! }
//! ```

use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

use libtest_mimic::{Arguments, Failed, Trial};

use crate::judge::findings::Findings;
use crate::model::outcome::{CheckResult, Outcome, deciding_level};
use crate::run::engine::never;
use crate::run::target::BaseUrl;
use crate::run::{Run, Target};
use crate::suite::case::Case;
use crate::suite::fixtures::{self, LoadError};
use crate::suite::selection::glob_of;
use crate::suite::{Sources, Suite};
use crate::value::diagnostics::Diagnostic;

/// A suite and the target that it is to be played against.
pub struct Harness {
    suite: Arc<Suite>,
    run: Run,
    more: Vec<Trial>,
}

/// Why a harness cannot be set up, as text for people.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct SetupError(String);

impl From<Vec<Diagnostic>> for SetupError {
    fn from(diagnostics: Vec<Diagnostic>) -> SetupError {
        SetupError(
            diagnostics
                .iter()
                .map(|diagnostic| diagnostic.render(false))
                .collect::<Vec<_>>()
                .join("\n"),
        )
    }
}

impl From<LoadError> for SetupError {
    fn from(error: LoadError) -> SetupError {
        match error {
            LoadError::Diagnostics(diagnostics) => diagnostics.into(),
            LoadError::Unreadable(_, ref cause) => SetupError(format!("{error}: {cause}")),
            LoadError::Environment(message) => SetupError(message),
        }
    }
}

impl Harness {
    /// The built-in suite against a target.
    ///
    /// # Errors
    ///
    /// The built-in suite is broken, which its own tests exclude.
    pub fn new(run: Run) -> Result<Harness, SetupError> {
        let suite = Arc::new(Suite::load(&Sources::default())?);
        Ok(Harness { suite, run, more: Vec::new() })
    }

    /// The built-in suite against a server, with a fixtures file; `PANEL_…` variables supply what
    /// the file leaves out.
    ///
    /// # Panics
    ///
    /// The URL or the fixtures are wrong: in a test, that is a failure to be told.
    #[must_use]
    pub fn for_url(url: &str, fixtures: impl AsRef<Path>) -> Harness {
        match Harness::try_for_url(url, Some(fixtures.as_ref())) {
            Ok(harness) => harness,
            Err(error) => panic!("{error}"),
        }
    }

    /// As [`Harness::for_url`], for those who handle errors themselves.
    ///
    /// # Errors
    ///
    /// The URL or the fixtures are wrong.
    pub fn try_for_url(url: &str, fixtures: Option<&Path>) -> Result<Harness, SetupError> {
        let url = BaseUrl::parse(url).map_err(SetupError)?;
        Harness::new(Run::of(Target::Url(url, fixtures::load(fixtures)?)))
    }

    /// The suite that is played.
    #[must_use]
    pub fn suite(&self) -> &Arc<Suite> {
        &self.suite
    }

    /// Adds trials of your own.
    #[must_use]
    pub fn with(mut self, trials: impl IntoIterator<Item = Trial>) -> Harness {
        self.more.extend(trials);
        self
    }

    /// Runs what the arguments of the process select, and reports it the way `cargo test` does.
    #[must_use]
    pub fn main(self) -> ExitCode {
        let arguments = Arguments::from_args();
        let selected: Vec<String> = self
            .suite
            .cases
            .iter()
            .filter(|case| is_selected(&arguments, &trial_name(case)))
            .map(|case| case.id.clone())
            .collect();
        let mut run = self.run;
        run.filter.cases = selected.iter().map(|id| glob_of(id)).collect();
        let played =
            Arc::new(Played { suite: Arc::clone(&self.suite), run, findings: OnceLock::new() });
        let mut trials: Vec<Trial> =
            self.suite.cases.iter().map(|case| trial(case, &played)).collect();
        trials.extend(self.more);
        libtest_mimic::run(&arguments, trials).exit_code()
    }
}

fn trial_name(case: &Case) -> String {
    format!("case {}", case.id)
}

/// Whether the arguments let a trial run; the rule is libtest's.
fn is_selected(arguments: &Arguments, name: &str) -> bool {
    if arguments.list {
        return false;
    }
    let matches = |pattern: &String| {
        if arguments.exact { name == pattern } else { name.contains(pattern.as_str()) }
    };
    arguments.filter.as_ref().is_none_or(matches) && !arguments.skip.iter().any(matches)
}

/// One run of all selected cases, which every trial waits for: accounts are exclusive, so that
/// cases cannot be played independently of each other.
struct Played {
    suite: Arc<Suite>,
    run: Run,
    findings: OnceLock<Result<Findings, String>>,
}

impl Played {
    fn findings(&self) -> &Result<Findings, String> {
        self.findings.get_or_init(|| {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
            let runtime = runtime.map_err(|error| error.to_string())?;
            let play = self.run.play(&self.suite, never().1, &|_| {});
            runtime.block_on(play).map_err(|error| error.to_string())
        })
    }
}

fn trial(case: &Case, played: &Arc<Played>) -> Trial {
    let id = case.id.clone();
    let missing = missing_fixture(case, &played.run.target);
    let played = Arc::clone(played);
    Trial::test(trial_name(case), move || outcome(&id, &played)).with_ignored_flag(missing)
}

/// Whether the operator left out a fixture that the case needs.
fn missing_fixture(case: &Case, target: &Target) -> bool {
    match target {
        Target::Embedded(_) => false,
        Target::Url(_, fixtures) => case.needs.iter().any(|role| {
            *role != crate::model::role::Role::UnknownDealer && fixtures.of(*role).is_empty()
        }),
    }
}

fn outcome(id: &str, played: &Played) -> Result<(), Failed> {
    let findings = played.findings().as_ref().map_err(Failed::from)?;
    let deciding = deciding_level(played.run.strict);
    let checks = || findings.checks.iter().filter(|check| check.case == id);
    let mut failures: Vec<String> =
        checks().filter(|check| check.level >= deciding).filter_map(failure).collect();
    // What nobody could judge has not passed, whatever its level.
    if failures.is_empty() && checks().all(|check| matches!(check.outcome, Outcome::Unjudged(_))) {
        failures.extend(checks().take(1).filter_map(failure));
    }
    if failures.is_empty() { Ok(()) } else { Err(Failed::from(failures.join("\n"))) }
}

/// What a check that decides says against the target, in lines.
fn failure(check: &CheckResult) -> Option<String> {
    let head = format!("{} ({}) at step {}", check.requirement, check.level, check.step);
    match &check.outcome {
        Outcome::Passed | Outcome::Skipped(_) | Outcome::NotApplicable(_) => None,
        Outcome::Unjudged(reason) => Some(format!("{head}: unjudged, {reason}")),
        Outcome::Failed { violations, .. } => {
            let lines: Vec<String> = violations
                .iter()
                .map(|v| {
                    format!("  {}: expected {}, got {}{}", v.at(), v.expected, v.actual, v.aside())
                })
                .collect();
            Some(format!("{head}:\n{}", lines.join("\n")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Harness, Played, outcome};
    use crate::model::role::Role;
    use crate::run::target::BaseUrl;
    use crate::run::{Run, Target};
    use crate::suite::fixtures::{Fixture, Fixtures};
    use crate::value::secret::Secret;
    use std::sync::OnceLock;

    /// Nothing there was judged, though no check of the case decides.
    #[test]
    fn no_case_passes_against_a_server_that_is_not_there() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        drop(listener);
        let mut fixtures = Fixtures::default();
        let (login, secret) = (Some("20410".to_owned()), Secret::new("a password"));
        fixtures.add(Role::Dealer, Fixture { login, secret });
        let mut run = Run::of(Target::Url(BaseUrl::parse(&url).expect("it is a URL"), fixtures));
        let id = "routing/a-trailing-slash-is-served-too";
        run.filter.cases = vec![id.to_owned()];
        let harness = Harness::new(run).expect("the built-in suite is right");
        let played = Played { suite: harness.suite, run: harness.run, findings: OnceLock::new() };
        let failed = outcome(id, &played).expect_err("nothing was judged");
        let told = failed.message().unwrap_or_default();
        assert!(told.contains("unjudged, the target cannot be reached"), "{told}");
    }
}
