//! `run`: judges a target and tells what was found.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{ArgAction, Args};
use tokio::sync::watch;

use super::console::Colour;
use super::environment::{Origins, unknown_variables};
use super::github::tell_runner;
use super::interrupt::mind_interrupts;
use super::progress::{Progress, UNBORING};
use super::reports::{Formats, Report, conclude, refuse_inputs, resolve, write_all};
use super::{CliError, Console, SuiteArgs, clash, is_command, wanting};
use crate::judge::findings::Findings;
use crate::model::exit_code::ExitCode;
use crate::model::level::Level;
use crate::model::outcome::Verdict;
use crate::model::requirement::Standing;
use crate::model::run_option::RunOption;
use crate::reference::Behaviour;
use crate::report::terminal::{self, DisplayOptions, Verbosity};
use crate::report::{self, Context};
use crate::run::addresses::{Addresses, separated};
use crate::run::engine::Event;
use crate::run::target::{BaseUrl, Connection, SetupError};
use crate::run::{Run, RunError, Target};
use crate::suite::Suite;
use crate::suite::case::Case;
use crate::suite::fixtures;
use crate::suite::selection::{Filter, Selection, require_match};
use crate::value::diagnostics::suggestion;
use crate::value::panics::guarded;

/// The arguments of `run`, as typed.
#[derive(Debug, Clone, Args)]
pub(super) struct RunArgs {
    /// What stands before `/panel`, such as https://api.eu.navixy.com/v2 or http://localhost:8080.
    /// Several are addresses of one system, which have to answer as one; in PANEL_URL commas or
    /// blanks separate them
    #[arg(value_name = "URL", env = "PANEL_URL", value_delimiter = ',')]
    url: Vec<String>,
    /// Dealers to sign in as, and other fixtures: a YAML or JSON file. PANEL_DEALER_LOGIN,
    /// PANEL_DEALER_PASSWORD, PANEL_DEALER_2_LOGIN and so on supply what it leaves out
    #[arg(long, value_name = "FILE", env = "PANEL_FIXTURES")]
    fixtures: Option<PathBuf>,

    /// Run only cases whose id matches
    #[arg(
        long = "case",
        value_name = "GLOB",
        env = "PANEL_CASE",
        value_delimiter = ',',
        help_heading = "Selection"
    )]
    case: Vec<String>,
    /// Leave out cases whose id matches
    #[arg(
        long,
        value_name = "GLOB",
        env = "PANEL_SKIP",
        value_delimiter = ',',
        help_heading = "Selection"
    )]
    skip: Vec<String>,
    /// Judge only these requirements
    #[arg(
        long = "requirement",
        value_name = "ID",
        env = "PANEL_REQUIREMENT",
        value_delimiter = ',',
        help_heading = "Selection"
    )]
    requirement: Vec<String>,
    /// Judge only checks of this level and above
    #[arg(long, value_name = "LEVEL", env = "PANEL_LEVEL", value_parser = parse_level, help_heading = "Selection")]
    level: Option<Level>,
    #[command(flatten)]
    suite: SuiteArgs,

    /// Let `should` checks decide the verdict too; a strict verdict then wants every fixture that
    /// they need, the optional ones of the README too
    #[arg(long, env = "PANEL_STRICT", help_heading = "Verdict")]
    strict: bool,
    /// Exit with 0 where the verdict is `incomplete`
    #[arg(long, env = "PANEL_ALLOW_INCOMPLETE", help_heading = "Verdict")]
    allow_incomplete: bool,
    /// Exit with 0 where all that --case, --skip, --requirement and --level select is judged and
    /// what decides of it passed
    #[arg(long, env = "PANEL_ALLOW_DESELECTED", help_heading = "Verdict")]
    allow_deselected: bool,
    /// Vouch for the fixtures: hold against the target what a mistake in them would explain too
    #[arg(long, env = "PANEL_TRUST_FIXTURES", help_heading = "Verdict")]
    trust_fixtures: bool,

    /// Write a report; may be given more than once. In PANEL_REPORT commas separate them. `-` as
    /// PATH is standard output
    #[arg(
        long = "report",
        value_name = "FORMAT=PATH",
        env = "PANEL_REPORT",
        value_delimiter = ',',
        help_heading = "Reports"
    )]
    report: Vec<String>,
    /// When to colour
    #[arg(
        long,
        value_name = "WHEN",
        env = "PANEL_COLOR",
        default_value = "auto",
        help_heading = "Reports"
    )]
    color: Colour,
    /// Print the last lines only
    #[arg(short, long, env = "PANEL_QUIET", conflicts_with = "verbose", help_heading = "Reports")]
    quiet: bool,
    /// Print every exchange
    #[arg(short, long, env = "PANEL_VERBOSE", action = ArgAction::SetTrue, help_heading = "Reports")]
    verbose: bool,

    /// Deadline of one request
    #[arg(long, value_name = "TIME", env = "PANEL_TIMEOUT", default_value = TIMEOUT, value_parser = parse_duration, help_heading = "Manners")]
    timeout: Duration,
    /// Deadline of the whole run
    #[arg(long, value_name = "TIME", env = "PANEL_DEADLINE", default_value = DEADLINE, value_parser = parse_duration, help_heading = "Manners")]
    deadline: Duration,
    /// Requests per second and dealer; 0 is unlimited [default: 5, on this machine unlimited]
    #[arg(long, value_name = "N", env = "PANEL_RATE", value_parser = parse_rate, allow_negative_numbers = true, help_heading = "Manners")]
    rate: Option<f64>,
    /// Cases that run at a time
    #[arg(long, value_name = "N", env = "PANEL_JOBS", default_value_t = JOBS, value_parser = clap::value_parser!(u16).range(1..=256), help_heading = "Manners")]
    jobs: u16,

    /// Send this header with every request; may be given more than once
    #[arg(
        long = "header",
        value_name = "'NAME: VALUE'",
        env = "PANEL_HEADER",
        hide_env_values = true,
        help_heading = "Connection"
    )]
    header: Vec<String>,
    /// Trust the certificate authorities in this PEM file too
    #[arg(long, value_name = "FILE", env = "PANEL_CA_CERT", help_heading = "Connection")]
    ca_cert: Option<PathBuf>,
    /// Show the certificate in this PEM file to a target that asks for one
    #[arg(long, value_name = "FILE", env = "PANEL_CLIENT_CERT", help_heading = "Connection")]
    client_cert: Option<PathBuf>,
    /// The key of that certificate, in PEM and not encrypted, unless it stands in the same file
    #[arg(
        long,
        value_name = "FILE",
        env = "PANEL_CLIENT_KEY",
        requires = "client_cert",
        help_heading = "Connection"
    )]
    client_key: Option<PathBuf>,
    /// Do not verify certificates
    #[arg(long, env = "PANEL_INSECURE", help_heading = "Connection")]
    insecure: bool,
    /// Connect through this proxy, which speaks http, https, socks5 or socks5h
    #[arg(
        long,
        value_name = "URL",
        env = "PANEL_PROXY",
        hide_env_values = true,
        help_heading = "Connection"
    )]
    proxy: Option<String>,
    /// Connect to this address, or to one of these, for a host and port
    #[arg(
        long,
        value_name = "HOST:PORT:ADDRESS[,ADDRESS]",
        env = "PANEL_RESOLVE",
        value_delimiter = ',',
        help_heading = "Connection"
    )]
    resolve: Vec<String>,
    /// Which of these come from the environment
    #[arg(skip)]
    pub(super) origins: Origins,
}

impl RunArgs {
    /// The exit code that the operator wants these findings to have.
    fn exit_code(&self, findings: &Findings) -> ExitCode {
        if findings.suite_failed() {
            return ExitCode::InternalError;
        }
        let verdict = match findings.verdict {
            Verdict::Incomplete if self.allow_deselected => findings.verdict_of_selected(),
            verdict => verdict,
        };
        verdict.exit_code(self.allow_incomplete)
    }

    /// What reports are to repeat where they tell how to run a part of this again: whatever was
    /// asked for and is no part of the findings otherwise.
    fn options(&self) -> Vec<RunOption> {
        let path = |name: &str, path: &PathBuf| RunOption::with_value(name, path.to_string_lossy());
        let time = |name: &str, time: Duration, usual: &str| {
            let written = humantime::format_duration(time).to_string().replace(' ', "");
            (parse_duration(usual) != Ok(time)).then(|| RunOption::with_value(name, written))
        };
        let fixtures = self.fixtures.iter().map(|one| path("fixtures", one));
        let cases = self.suite.cases.iter().map(|one| path("cases", one));
        let others = [
            self.suite.no_builtin.then(|| RunOption::switch("no-builtin")),
            time("timeout", self.timeout, TIMEOUT),
            time("deadline", self.deadline, DEADLINE),
            self.rate.map(|rate| RunOption::with_value("rate", rate.to_string())),
            (self.jobs != JOBS).then(|| RunOption::with_value("jobs", self.jobs.to_string())),
        ];
        fixtures.chain(cases).chain(others.into_iter().flatten()).collect()
    }
}

/// The deadline of one request, unless the operator gives another one.
const TIMEOUT: &str = "10s";

/// The deadline of a run, unless the operator gives another one.
const DEADLINE: &str = "30m";

/// How many cases run at a time, unless the operator gives another number.
const JOBS: u16 = 4;

/// Judges a target and tells what was found.
pub(super) async fn run(args: RunArgs, console: &Console) -> Result<ExitCode, CliError> {
    let plan = Plan::resolve(&args)?;
    if !args.quiet {
        let unknown = unknown_variables(args.fixtures.as_deref());
        unknown.iter().for_each(|warning| console.remark(warning));
    }
    let suite = args.suite.load()?;
    plan.refuse_idle_wishes(&args, &suite)?;
    if !args.quiet {
        let wanting = wanting::warning(&plan.run, &suite, args.allow_incomplete);
        wanting.iter().for_each(|warning| console.remark(warning));
        clash::warnings(&plan.run, &suite).iter().for_each(|warning| console.remark(warning));
    }
    let findings = plan.play(&suite, args.quiet).await.map_err(|error| blame(&args, error))?;
    let unwritten = plan.tell(&args, Context { findings: &findings, suite: &suite }, console);
    Ok(conclude(args.exit_code(&findings), &unwritten, console))
}

/// Adds the variable to an error of the connection, where its option comes from one.
fn blame(args: &RunArgs, error: CliError) -> CliError {
    let CliError::Run(RunError::Setup(setup)) = &error else { return error };
    let option = match setup {
        SetupError::Certificates { .. } => "ca_cert",
        SetupError::ClientCertificate { .. } => "client_cert",
        SetupError::Header(_) | SetupError::ReservedHeader { .. } => "header",
        SetupError::Proxy(_) => "proxy",
        SetupError::Resolve(_) | SetupError::IdleResolve { .. } => "resolve",
        SetupError::ProxyOfEnvironment { .. } | SetupError::Client(_) => return error,
    };
    args.origins.blame(option)(error)
}

/// The arguments of `run`, as meant.
struct Plan {
    run: Run,
    reports: Vec<Report<report::Format>>,
}

/// Refuses a requirement that does not exist or that nothing may judge.
fn refuse_unjudged(id: &str, suite: &Suite) -> Result<(), CliError> {
    let message = match suite.ledger.get(id).map(|requirement| &requirement.standing) {
        Some(Standing::Excluded(why)) => format!("the requirement `{id}` is excluded: {why}"),
        Some(Standing::Judged | Standing::Planned(_)) => return Ok(()),
        None => {
            let known = suite.ledger.iter().map(|requirement| requirement.id.as_str());
            format!("there is no requirement `{id}`; {}", suggestion(id, known))
        }
    };
    Err(CliError::Usage(message))
}

/// What `--report` may name.
const FORMATS: Formats<report::Format> = Formats {
    noun: "report format",
    example: "json=report.json",
    all: report::FORMATS,
    name: |format| format.name,
};

impl Plan {
    fn resolve(args: &RunArgs) -> Result<Plan, CliError> {
        let target = target(args)?;
        let mut run = Run::of(target);
        run.settings.jobs = usize::from(args.jobs);
        run.settings.rate = args.rate.unwrap_or(run.settings.rate);
        run.settings.deadline = args.deadline;
        run.options = args.options();
        run.strict = args.strict;
        run.trusts_fixtures = args.trust_fixtures;
        run.filter = Filter {
            cases: args.case.clone(),
            skip: args.skip.clone(),
            requirements: args.requirement.clone(),
            level: args.level,
        };
        run.connection = Connection {
            timeout: args.timeout,
            headers: headers(&args.header).map_err(args.origins.blame("header"))?,
            ca_cert: args.ca_cert.clone(),
            client_cert: args.client_cert.clone(),
            client_key: args.client_key.clone(),
            insecure: args.insecure,
            proxy: args.proxy.clone(),
            proxy_variable: None,
            resolve: args.resolve.clone(),
        };
        let reports = resolve(&args.report, &FORMATS).map_err(args.origins.blame("report"))?;
        let files = args.fixtures.iter().chain(&args.ca_cert).chain(&args.suite.cases);
        let files: Vec<&Path> = files.map(PathBuf::as_path).collect();
        refuse_inputs(&reports, &files).map_err(args.origins.blame("report"))?;
        Ok(Plan { run, reports })
    }

    /// What matches nothing would select nothing, in silence.
    fn refuse_idle_wishes(&self, args: &RunArgs, suite: &Suite) -> Result<(), CliError> {
        let filter = &self.run.filter;
        for (option, patterns) in [("case", &filter.cases), ("skip", &filter.skip)] {
            for pattern in patterns {
                require_match(pattern, &suite.cases)
                    .map_err(|message| CliError::Usage(format!("--{option}: {message}")))
                    .map_err(args.origins.blame(option))?;
            }
        }
        for id in &filter.requirements {
            refuse_unjudged(id, suite).map_err(args.origins.blame("requirement"))?;
        }
        Ok(())
    }

    async fn play(&self, suite: &Suite, quiet: bool) -> Result<Findings, CliError> {
        let (stopper, stop) = watch::channel(None);
        let progress = Progress::new(self.requests(suite));
        tokio::spawn(mind_interrupts(stopper, progress.remarks(quiet)));
        let listener = |event: Event<'_>| progress.note(&event);
        let findings = self.run.play(suite, stop, &listener);
        tokio::pin!(findings);
        let findings = tokio::select! {
            findings = &mut findings => findings,
            () = tokio::time::sleep(UNBORING), if !quiet => {
                progress.show();
                findings.await
            }
        };
        progress.finish();
        Ok(findings?)
    }

    /// How many requests the run sends when nothing goes wrong.
    fn requests(&self, suite: &Suite) -> usize {
        // A choice that is not understood is told when the run starts.
        let Ok(selection) = Selection::new(&self.run.filter) else { return 0 };
        let cases = suite.cases.iter().filter(|case| selection.wants(case));
        cases.map(Case::requests).sum()
    }

    /// The verdict first, whatever becomes of the reports; returns what could not be written.
    fn tell(&self, args: &RunArgs, context: Context<'_>, console: &Console) -> Vec<CliError> {
        let mut unwritten = Vec::new();
        if !self.reports.iter().any(Report::is_printed) {
            let text = guarded(|| terminal::render(context, &options(args, console)));
            unwritten.extend(match text {
                Ok(text) => console.print("the verdict", &text).err(),
                Err(panicked) => Some(CliError::Panicked(" in its words".to_owned(), panicked.at)),
            });
        }
        unwritten.extend(write_all(&self.reports, |format| (format.render)(context), console));
        unwritten.extend(tell_runner(&self.reports, context, console));
        unwritten
    }
}

fn options(args: &RunArgs, console: &Console) -> DisplayOptions {
    let verbosity = match (args.quiet, args.verbose) {
        (true, _) => Verbosity::Quiet,
        (false, true) => Verbosity::Verbose,
        (false, false) => Verbosity::Normal,
    };
    DisplayOptions {
        width: console.width(),
        colour: console.shows_colour(args.color),
        verbosity,
        cuts: std::io::stdout().is_terminal(),
        accepts_gaps: args.allow_incomplete || args.allow_deselected,
    }
}

fn target(args: &RunArgs) -> Result<Target, CliError> {
    if args.url.is_empty() {
        return embedded(args);
    }
    let addresses = addresses(args).map_err(args.origins.blame("url"))?;
    let fixtures = fixtures::load(args.fixtures.as_deref());
    Ok(Target::Url(addresses, fixtures.map_err(args.origins.blame("fixtures"))?))
}

fn addresses(args: &RunArgs) -> Result<Addresses, CliError> {
    let is_variable = args.origins.variable("url").is_some();
    let split = |text: &'_ String| -> Vec<String> {
        // On the command line each argument is one.
        if is_variable { separated(text).map(str::to_owned).collect() } else { vec![text.clone()] }
    };
    let urls = args.url.iter().flat_map(split).map(|url| base_url(&url));
    let urls = urls.collect::<Result<Vec<_>, CliError>>()?;
    Addresses::new(urls).map_err(|error| CliError::Usage(error.to_string()))
}

fn base_url(text: &str) -> Result<BaseUrl, CliError> {
    if is_command(text) {
        return Err(CliError::Usage(format!("`{text}` is no URL; as a command it stands first")));
    }
    BaseUrl::parse(text).map_err(|message| {
        CliError::Usage(format!("`{}` cannot be judged: {message}", without_secrets(text)))
    })
}

/// Who brings fixtures means a target; a command that lost its URL must not look conformant.
fn embedded(args: &RunArgs) -> Result<Target, CliError> {
    if args.fixtures.is_none() {
        return Ok(Target::Embedded(Behaviour::FAULTLESS));
    }
    let message = "--fixtures is for a target of yours; give its URL".to_owned();
    Err(args.origins.blame("fixtures")(CliError::Usage(message)))
}

/// A URL as it was typed, without credentials, query and fragment.
fn without_secrets(url: &str) -> String {
    let end = url.find(['?', '#']).unwrap_or(url.len());
    let (shown, cut) = url.split_at(end);
    let cut = if cut.is_empty() { "" } else { "…" };
    match (shown.rfind('@'), shown.find("://")) {
        (None, _) => format!("{shown}{cut}"),
        (Some(at), scheme) => {
            let start = scheme.map_or(0, |scheme| scheme + 3).min(at);
            format!("{}…{}{cut}", &shown[..start], &shown[at..])
        }
    }
}

fn headers(texts: &[String]) -> Result<Vec<(String, String)>, CliError> {
    texts.iter().map(|text| header(text)).collect()
}

fn header(text: &str) -> Result<(String, String), CliError> {
    match text.split_once(':') {
        Some((name, value)) if !name.trim().is_empty() => {
            Ok((name.trim().to_owned(), value.trim().to_owned()))
        }
        _ => Err(CliError::Usage("a --header has no name; write 'Name: value'".to_owned())),
    }
}

fn parse_level(text: &str) -> Result<Level, String> {
    Level::from_name(text).ok_or_else(|| "write must, should or may".to_owned())
}

fn parse_duration(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(duration) if !duration.is_zero() => Ok(duration),
        Ok(_) => Err("it is zero; write it like 10s or 500ms".to_owned()),
        Err(_) => Err("write it like 10s or 500ms".to_owned()),
    }
}

fn parse_rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if rate == 0.0 || (0.001..=1e6).contains(&rate) => Ok(rate),
        _ => Err("write requests per second, such as 5; 0 is unlimited".to_owned()),
    }
}
