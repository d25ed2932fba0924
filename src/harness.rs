//! The suite inside your own `cargo test`: one libtest-mimic trial per case.
//!
//! The home of `libtest-mimic`. Only a front end: it understands the arguments of `cargo test` and
//! of `cargo nextest run`, plays the cases that they select, and reports each as a test. The
//! verdict on a server is [`crate::judge::findings::Findings`]'s; a filter that matches nothing
//! passes here, since `cargo test NAME` hands the same filter to every test program of a workspace.
//!
//! What becomes of a test follows from the checks of its case:
//!
//! | test | when |
//! |---|---|
//! | failed | a deciding check failed or is unjudged, nothing of the case could be judged, or the run ended before the case did: the target cannot be reached, say |
//! | ignored | it cannot be said that all was judged: a fixture is missing, a deciding check was skipped, or a check that does not decide is unjudged; the reason is told |
//! | ok | everything that binds the server was judged, and every deciding check passed |
//!
//! A recommendation that is not kept fails no test, as it decides no verdict (unless the run is
//! strict). It is told once, after all tests.
//!
//! ```no_run
//! // tests/panel.rs, with `harness = false`
//! use panel_conformance::harness::Harness;
//!
//! fn main() -> std::process::ExitCode {
//!     Harness::for_url("http://localhost:8080/v2", "tests/fixtures.yaml").main()
//! }
//! ```

use std::collections::HashSet;
use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

use libtest_mimic::{Arguments, Completion, Conclusion, Failed, Trial};

use crate::judge::findings::Findings;
use crate::model::exit_code::ExitCode as Code;
use crate::model::level::Level;
use crate::model::outcome::{CheckResult, Outcome, deciding_level};
use crate::model::reason::{Reason, ReasonKind};
use crate::model::role::Role;
use crate::model::run_option::RunOption;
use crate::report::Context;
use crate::report::digest::Digest;
use crate::report::reasons::ReasonGroup;
use crate::report::terminal::{self, DisplayOptions};
use crate::report::wording::counted;
use crate::run::addresses::{Addresses, separated};
use crate::run::engine::never;
use crate::run::target::BaseUrl;
use crate::run::{Run, Target};
use crate::suite::case::Case;
use crate::suite::fixtures::{self, LoadError};
use crate::suite::selection::{Selection, glob_of};
use crate::suite::{Sources, Suite};
use crate::value::diagnostics::Diagnostic;

/// A suite and the target that it is to be played against.
pub struct Harness {
    suite: Arc<Suite>,
    /// What is wrong with it is told when the tests are to run.
    run: Result<Run, SetupError>,
    more: Vec<Trial>,
}

/// Why a harness cannot be set up, as text for people.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct SetupError(String);

impl SetupError {
    /// An error of the program, with its causes.
    fn of(error: &dyn Error) -> SetupError {
        SetupError(format!("error: {}", with_causes(error)))
    }

    /// Tells it on standard error, and returns the exit code of a program that ends by it: 2.
    #[must_use]
    pub fn tell(&self) -> ExitCode {
        say(&self.0);
        Code::Usage.into()
    }
}

impl From<Vec<Diagnostic>> for SetupError {
    fn from(diagnostics: Vec<Diagnostic>) -> SetupError {
        let told: Vec<String> = diagnostics.iter().map(|one| one.render(false)).collect();
        SetupError(told.join("\n"))
    }
}

impl From<LoadError> for SetupError {
    fn from(error: LoadError) -> SetupError {
        match error {
            LoadError::Diagnostics(diagnostics) => diagnostics.into(),
            other => SetupError::of(&other),
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
        Ok(Harness { suite, run: Ok(run), more: Vec::new() })
    }

    /// The built-in suite against a server, with a fixtures file; `PANEL_…` variables supply what
    /// the file leaves out. Several URLs, separated by commas or blanks, are addresses of one system.
    ///
    /// If the URL or the fixtures are wrong, [`Harness::main`] says so and ends with exit code 2.
    ///
    /// # Panics
    ///
    /// The built-in suite is broken, which its own tests exclude.
    #[must_use]
    pub fn for_url(url: &str, fixtures: impl AsRef<Path>) -> Harness {
        let suite = Suite::load(&Sources::default()).expect("the built-in suite is right");
        let run = run_for(url, Some(fixtures.as_ref()));
        Harness { suite: Arc::new(suite), run, more: Vec::new() }
    }

    /// As [`Harness::for_url`], for those who handle errors themselves.
    ///
    /// # Errors
    ///
    /// The URL or the fixtures are wrong.
    pub fn try_for_url(url: &str, fixtures: Option<&Path>) -> Result<Harness, SetupError> {
        Harness::new(run_for(url, fixtures)?)
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
        match self.run(&Arguments::from_args()) {
            Ok(conclusion) => conclusion.exit_code(),
            Err(error) => error.tell(),
        }
    }

    /// Runs what these arguments select.
    ///
    /// # Errors
    ///
    /// The URL, the fixtures or what the run is narrowed to is wrong; nothing was sent.
    pub fn run(self, arguments: &Arguments) -> Result<Conclusion, SetupError> {
        let mut run = self.run?;
        let selection = Selection::new(&run.filter)
            .map_err(|message| SetupError(format!("error: {message}")))?;
        let wanted = self.suite.cases.iter().filter(|case| selection.wants(case));
        let (cases, ids): (Vec<&Case>, Vec<String>) =
            wanted.map(|case| (case, case.id.clone())).unzip();
        let selected = ids.iter().filter(|id| is_selected(arguments, &trial_name(id)));
        run.filter.cases = selected.map(|id| glob_of(id)).collect();
        let is_idle = run.filter.cases.is_empty();
        let (suite, findings) = (Arc::clone(&self.suite), OnceLock::new());
        let played = Arc::new(Played { suite, run, findings });
        let mut trials: Vec<Trial> =
            cases.into_iter().map(|case| trial(case, &played, arguments)).collect();
        trials.extend(self.more);
        let matches = trials.iter().any(|trial| is_selected(arguments, trial.name()));
        let conclusion = libtest_mimic::run(arguments, trials);
        if is_idle && !matches && !arguments.list {
            say("note: no case of the suite has such a name, so nothing was judged");
        }
        played.remarks().iter().for_each(|remark| say(remark));
        Ok(conclusion)
    }
}

fn run_for(url: &str, fixtures: Option<&Path>) -> Result<Run, SetupError> {
    let refused = |message| SetupError(format!("error: the target cannot be judged: {message}"));
    let urls = separated(url).map(BaseUrl::parse).collect::<Result<Vec<_>, String>>();
    let urls = Addresses::new(urls.map_err(refused)?);
    let addresses = urls.map_err(|error| refused(error.to_string()))?;
    let given = fixtures.map(|path| RunOption::with_value("fixtures", path.to_string_lossy()));
    let target = Target::Url(addresses, fixtures::load(fixtures)?);
    Ok(Run { options: given.into_iter().collect(), ..Run::of(target) })
}

/// Writes to standard error: this is the `main` of somebody's test, and has no console.
fn say(text: &str) {
    // There is nobody left to tell when standard error is gone.
    let _ = writeln!(std::io::stderr().lock(), "{}", text.trim_end());
}

fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(&format!(": {inner}"));
        cause = inner.source();
    }
    text
}

fn trial_name(id: &str) -> String {
    format!("case {id}")
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

/// A case as a test.
///
/// Who lists tests or asks for the ignored ones is told beforehand which these are: `cargo nextest`
/// would take one that is ignored while it runs for one that passes.
fn trial(case: &Case, played: &Arc<Played>, arguments: &Arguments) -> Trial {
    let id = case.id.clone();
    let insists = arguments.ignored || arguments.include_ignored;
    let is_ignored = (arguments.list || insists) && misses_fixture(case, &played.run.target);
    let played = Arc::clone(played);
    let judged = move || match played.outcome(&id)? {
        Completion::Ignored { reason } if insists => {
            Err(Failed::from(reason.unwrap_or_else(|| "nothing was judged".to_owned())))
        }
        completion => Ok(completion),
    };
    Trial::ignorable_test(trial_name(&case.id), judged).with_ignored_flag(is_ignored)
}

/// Whether the operator left out a fixture that the case needs.
fn misses_fixture(case: &Case, target: &Target) -> bool {
    match target {
        Target::Embedded(_) => false,
        Target::Url(_, fixtures) => {
            let is_made_up = |role: &Role| *role == Role::UnknownDealer;
            case.needs.iter().any(|role| !is_made_up(role) && fixtures.of(*role).is_empty())
        }
    }
}

impl Played {
    fn findings(&self) -> &Result<Findings, String> {
        self.findings.get_or_init(|| {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
            let runtime = runtime.map_err(|error| error.to_string())?;
            let play = self.run.play(&self.suite, never().1, &|_| {});
            runtime.block_on(play).map_err(|error| with_causes(&error))
        })
    }

    /// What becomes of the test of a case; the first lines of this file have the rule.
    fn outcome(&self, id: &str) -> Result<Completion, Failed> {
        let findings = self.findings().as_ref().map_err(Failed::from)?;
        if let Some(end) = what_ended(Context { findings, suite: &self.suite }, id) {
            return Err(Failed::from(end));
        }
        let case = findings.restricted_to(|check| check.case == id);
        let decides = |check: &CheckResult| check.level >= deciding_level(self.run.strict);
        let is_judged =
            |check: &CheckResult| matches!(check.outcome, Outcome::Passed | Outcome::Failed { .. });
        let nothing_is_judged = !case.checks.iter().any(is_judged);
        let unjudged: Vec<&CheckResult> =
            case.checks.iter().filter(|one| is_unjudged(one)).collect();
        let is_broken =
            case.checks.iter().any(|check| decides(check) && check.outcome.is_failure());
        if is_broken || unjudged.iter().any(|check| decides(check)) {
            return Err(Failed::from(self.told(&case)));
        }
        if nothing_is_judged && !unjudged.is_empty() {
            return Err(Failed::from(self.told(&case)));
        }
        let gap = case.checks.iter().find(|check| decides(check) && is_gap(check));
        let first = case.checks.iter().find(|_| nothing_is_judged);
        let open = gap.or(unjudged.first().copied()).or(first);
        Ok(match open.and_then(|check| check.outcome.reason()) {
            Some(reason) => Completion::ignored_with(reason_of(reason, &case, &unjudged)),
            None => Completion::Completed,
        })
    }

    /// What the terminal report tells of a case.
    fn told(&self, case: &Findings) -> String {
        let context = Context { findings: case, suite: &self.suite };
        terminal::details(
            context,
            &DisplayOptions { width: 100, cuts: false, ..Default::default() },
        )
    }

    /// What is to be told though it fails no test: recommendations that are not kept.
    fn remarks(&self) -> Vec<String> {
        let Some(Ok(findings)) = self.findings.get() else { return Vec::new() };
        let deciding = deciding_level(self.run.strict);
        let is_recommendation = |check: &CheckResult| {
            (Level::Should..deciding).contains(&check.level) && check.outcome.is_failure()
        };
        let not_kept = findings.restricted_to(is_recommendation);
        // A test that fails tells all that is wrong with its case.
        let cases = not_kept.cases.iter().map(|case| case.record.id.as_str());
        let passes: HashSet<&str> = cases.filter(|id| self.outcome(id).is_ok()).collect();
        let not_kept = not_kept.restricted_to(|check| passes.contains(check.case.as_str()));
        let ids: HashSet<&str> =
            not_kept.checks.iter().map(|check| check.requirement.as_str()).collect();
        if ids.is_empty() {
            return Vec::new();
        }
        let count = counted(ids.len(), "recommendation");
        let head = format!("{count} not kept, which fails no test:\n");
        vec![head, self.told(&not_kept)]
    }
}

fn is_unjudged(check: &CheckResult) -> bool {
    matches!(check.outcome, Outcome::Unjudged(_))
}

/// Whether a check was left out, unless that is what the run was narrowed to.
fn is_gap(check: &CheckResult) -> bool {
    match &check.outcome {
        Outcome::Skipped(reason) => reason.kind() != ReasonKind::Deselected,
        _ => false,
    }
}

/// What kept this case from being judged, if that ended the whole run or nobody was there, and what
/// would help: no case is to blame then, and all say the same.
fn what_ended(context: Context<'_>, id: &str) -> Option<String> {
    let findings = context.findings;
    let is_of_case = |check: &&CheckResult| check.case == id;
    let is_end = |kind| matches!(kind, ReasonKind::Unreachable | ReasonKind::Stopped);
    let has_ended =
        |check: &CheckResult| check.outcome.reason().is_some_and(|reason| is_end(reason.kind()));
    let digest = Digest::of(context);
    let holds =
        |group: &&ReasonGroup<'_>| group.checks.iter().copied().filter(is_of_case).any(has_ended);
    let nobody_is_there = |group: &&ReasonGroup<'_>| group.reason.kind() == ReasonKind::Unreachable;
    let was_left_out = || findings.checks.iter().filter(is_of_case).all(is_gap);
    let end = digest
        .unjudged
        .iter()
        .find(holds)
        .or_else(|| digest.unjudged.iter().find(nobody_is_there).filter(|_| was_left_out()))?;
    let remedy = end.remedy().map(|remedy| format!(". {remedy}")).unwrap_or_default();
    Some(format!("{}: {}{remedy}", findings.target.told(), end.reason))
}

/// Why it cannot be said that a case was judged whole, in one line.
fn reason_of(reason: &Reason, case: &Findings, unjudged: &[&CheckResult]) -> String {
    let judged = case.counts.judged();
    match unjudged.len() {
        0 if judged == 0 => reason.to_string(),
        0 => format!("{} judged, but {reason}", counted(judged, "check")),
        open => format!("{} judged, {open} unjudged: {reason}", counted(judged, "check")),
    }
}

#[cfg(test)]
mod tests {
    use super::{Harness, Played};
    use crate::model::level::Level;
    use crate::model::outcome::{CheckResult, Outcome};
    use crate::model::reason::{EarlierStep, FixtureGap, Reason};
    use crate::model::role::Role;
    use crate::report::sample::violation;
    use crate::run::{Run, Target};
    use crate::{Behaviour, FixtureName, RefusedDealer};
    use libtest_mimic::Completion;
    use rstest::rstest;
    use std::sync::OnceLock;

    fn outcome(word: &str) -> Outcome {
        match word {
            "passed" => Outcome::Passed,
            "failed" => Outcome::Failed {
                violations: vec![violation("status", "200", "404")],
                difference: None,
            },
            "unjudged" => Outcome::Unjudged(Reason::EarlierStep(EarlierStep::Ungranted {
                step: "sign-in".to_owned(),
            })),
            "doubted" => Outcome::Unjudged(Reason::FixtureDoubted(RefusedDealer {
                fixture: FixtureName::nth(Role::Dealer, 0),
                login: "1".to_owned(),
                codes: vec![12],
                admits_somebody: false,
            })),
            "skipped" => Outcome::Skipped(Reason::FixtureMissing(FixtureGap::Alike {
                roles: vec![Role::Dealer, Role::SecondDealer],
                values: ["a.x".to_owned(), "b.x".to_owned()],
            })),
            _ => Outcome::NotApplicable(Reason::NotGranted),
        }
    }

    /// What becomes of the test of a case whose checks have these outcomes.
    fn judged(checks: &str) -> String {
        let run = Run::of(Target::Embedded(Behaviour::FAULTLESS));
        let harness = Harness::new(run.clone()).expect("the built-in suite is right");
        let checks = checks.split(' ').map(|check| {
            let (level, word) = check.split_once(':').expect("level and outcome");
            (Level::from_name(level).expect("it is a level"), outcome(word))
        });
        let mut findings = crate::report::hostile::findings(checks.collect());
        findings
            .checks
            .iter_mut()
            .for_each(|check: &mut CheckResult| "x".clone_into(&mut check.case));
        let findings = OnceLock::from(Ok(findings));
        match (Played { suite: harness.suite, run, findings }).outcome("x") {
            Ok(Completion::Completed) => "ok".to_owned(),
            Ok(Completion::Ignored { reason }) => {
                format!("ignored, {}", reason.unwrap_or_default())
            }
            Err(_) => "failed".to_owned(),
        }
    }

    #[rstest]
    #[case::whole("must:passed should:passed", "ok")]
    #[case::inapplicable("must:passed must:inapplicable", "ok")]
    #[case::recommendation("must:passed should:failed may:failed", "ok")]
    #[case::broken("must:passed must:failed", "failed")]
    #[case::undecided("must:passed must:unjudged", "failed")]
    #[case::nothing("should:doubted may:doubted", "failed")]
    #[case::nothing_of_a_lower_level("may:unjudged", "failed")]
    #[case::open(
        "must:passed may:unjudged",
        "ignored, 1 check judged, 1 unjudged: step `sign-in` was not granted"
    )]
    #[case::gap(
        "must:passed must:skipped",
        "ignored, 1 check judged, but `a.x` and `b.x` are the same: supply fixtures for `dealer` and `second_dealer` that differ in them"
    )]
    #[case::gap_that_does_not_decide("must:passed should:skipped", "ok")]
    #[case::only_gaps(
        "should:skipped",
        "ignored, `a.x` and `b.x` are the same: supply fixtures for `dealer` and `second_dealer` that differ in them"
    )]
    #[case::inapplicable_whole(
        "must:inapplicable",
        "ignored, the call was refused, and these statements are about granted ones"
    )]
    fn nothing_unjudged_counts_as_passed(#[case] checks: &str, #[case] expected: &str) {
        assert_eq!(judged(checks), expected);
    }
}
