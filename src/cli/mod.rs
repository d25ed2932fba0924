//! The command line: arguments as typed, and one file per command.
//!
//! A command resolves its arguments into what is meant before it does anything; it prints through
//! [`Console`] alone and ends in an [`ExitCode`]. To add a command, write its file and its variant
//! of `Command`.

mod check;
mod clash;
mod console;
mod destination;
mod environment;
mod explain;
mod github;
mod interrupt;
mod leaving;
mod list;
mod progress;
mod prove;
mod rejudge;
mod reports;
mod run;
mod serve;
mod wanting;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::model::exit_code::ExitCode;
use crate::run::RunError;
use crate::suite::fixtures::LoadError;
use crate::suite::{Sources, Suite};
use crate::value::diagnostics::{Diagnostic, suggestion};
use crate::value::panics;
use std::path::PathBuf;

pub(crate) use console::Console;
use environment::Origins;
pub use rejudge::parse as parse_report;

/// The arguments of the whole program.
#[derive(Debug, Parser)]
#[command(
    name = "panel-conformance",
    version,
    about = "Judges servers of the Navixy Admin Panel API, resource panel/account",
    long_about = "Judges whether a server keeps what the Navixy Admin Panel API documents about \
                  panel/account (auth, get_permissions, logout), says which statements it breaks \
                  and how, and proves that each of its own checks can fail.",
    after_help = EXAMPLES,
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    run: run::RunArgs,
}

const EXAMPLES: &str = "\
Examples:
  panel-conformance                                      judge the embedded reference server
  panel-conformance http://localhost:8080/v2 --fixtures fixtures.yaml
  panel-conformance https://api.example.com/v2 --report junit=report.xml --report html=report.html
  panel-conformance --case 'logout/*' http://localhost:8080
  panel-conformance explain LO-ENDS

Exit codes:
  0  conformant: every deciding check was judged and passed
  1  nonconformant: a `must` check failed (with --strict, a `should` check too)
  2  arguments, case files, schemas or fixtures are wrong, and nothing was sent; or a report
     could not be written
  3  inconclusive: the target cannot be reached, or a deciding check is unjudged
  4  incomplete: a deciding check was skipped, or nothing was selected
  5  a fault of the suite itself";

#[derive(Debug, Subcommand)]
enum Command {
    /// Judge a target; without URL the embedded reference server is started and judged
    Run(Box<run::RunArgs>),
    /// Show cases, checks and requirements, what each needs, and how many requests a run sends
    List(list::ListArgs),
    /// Check case files, schemas, fixtures and ledger; nothing is sent
    Check(check::CheckArgs),
    /// Explain a requirement, a case, a fault or another server to `serve`: sentence, source, who checks it
    Explain(explain::ExplainArgs),
    /// Run the reference server, for client authors; --fault NAME breaks it on purpose
    Serve(serve::ServeArgs),
    /// Show that every check can fail and that no conforming server is failed
    Prove(prove::ProveArgs),
    /// Judge the recorded exchanges of a JSON report again, without a network
    Rejudge(rejudge::RejudgeArgs),
}

/// Which case files a command works with.
#[derive(Debug, Clone, Default, Args)]
struct SuiteArgs {
    /// Folder of case files beside the built-in ones; may be given more than once
    #[arg(long = "cases", value_name = "DIR", env = "PANEL_CASES", value_delimiter = ',')]
    cases: Vec<PathBuf>,
    /// Leave the built-in cases out
    #[arg(long, env = "PANEL_NO_BUILTIN", requires = "cases")]
    no_builtin: bool,
}

impl SuiteArgs {
    fn load(&self) -> Result<Suite, CliError> {
        let sources = Sources { without_builtin: self.no_builtin, folders: self.cases.clone() };
        Suite::load(&sources).map_err(CliError::Diagnostics)
    }
}

/// Why a command could not do its work.
#[derive(Debug, thiserror::Error)]
enum CliError {
    /// Files of the suite, or fixtures, are wrong.
    #[error("{} mistakes", .0.len())]
    Diagnostics(Vec<Diagnostic>),
    /// Fixtures cannot be had.
    #[error(transparent)]
    Fixtures(LoadError),
    /// An argument is wrong.
    #[error("{0}")]
    Usage(String),
    /// An argument that comes from this environment variable is wrong.
    #[error("`{0}` is wrong")]
    Environment(String, #[source] Box<CliError>),
    /// The run came to nothing.
    #[error(transparent)]
    Run(#[from] RunError),
    /// Standard output or a report cannot be written.
    #[error("cannot write {0}")]
    Write(String, #[source] std::io::Error),
    /// A bug of the suite, in something such as ` in the html report`; with its place.
    #[error("the suite itself failed{0}{place} of version {version}; please report this", place = panic_place(.1), version = env!("CARGO_PKG_VERSION"))]
    Panicked(String, Option<String>),
    /// The runtime cannot be started.
    #[error("cannot start the runtime")]
    Runtime(#[source] std::io::Error),
}

fn panic_place(at: &Option<String>) -> String {
    at.as_ref().map(|at| format!(", at {at}")).unwrap_or_default()
}

impl From<LoadError> for CliError {
    fn from(error: LoadError) -> CliError {
        match error {
            LoadError::Diagnostics(diagnostics) => CliError::Diagnostics(diagnostics),
            other => CliError::Fixtures(other),
        }
    }
}

/// Parses the arguments of the process, does what they say, and returns the exit code.
#[must_use]
pub fn main() -> ExitCode {
    let console = Console::new();
    panics::note_places();
    panics::guarded(|| follow_arguments(&console))
        .unwrap_or_else(|panicked| console.fail(&CliError::Panicked(String::new(), panicked.at)))
}

fn follow_arguments(console: &Console) -> ExitCode {
    let command = environment::command();
    if let Err(error) = refuse_unknown_command(&command) {
        return console.fail(&error);
    }
    match parse(command.clone()) {
        Ok(arguments) => match dispatch(arguments, console) {
            Ok(code) => code,
            Err(error) => console.fail(&error),
        },
        Err(error) => refuse(&error, &command, console),
    }
}

fn parse(mut command: clap::Command) -> Result<Arguments, clap::Error> {
    let matches = command.try_get_matches_from_mut(std::env::args_os())?;
    let mut arguments = Arguments::from_arg_matches(&matches)?;
    let of_run = match matches.subcommand() {
        Some((_, matches)) => matches,
        None => &matches,
    };
    if let Some(Command::Run(run)) = &mut arguments.command {
        run.origins = Origins::of(of_run, &command);
    } else if arguments.command.is_none() {
        arguments.run.origins = Origins::of(of_run, &command);
    }
    Ok(arguments)
}

/// Says why arguments cannot be understood; help and version arrive here too.
fn refuse(error: &clap::Error, command: &clap::Command, console: &Console) -> ExitCode {
    // A closed pipe is the reader's choice.
    let _ = error.print();
    if !error.use_stderr() {
        return ExitCode::Conformant;
    }
    if let Some(variable) = environment::culprit(error, command) {
        console.remark(&environment::note(&variable));
    }
    ExitCode::Usage
}

/// Whether a word is the name of a command.
fn is_command(word: &str) -> bool {
    Arguments::command().find_subcommand(word).is_some()
}

/// A first word that is no command would be taken for a URL.
fn refuse_unknown_command(command: &clap::Command) -> Result<(), CliError> {
    let first = std::env::args_os().nth(1).and_then(|word| word.into_string().ok());
    let first = first.unwrap_or_default();
    let is_word = first.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && first.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
    if !is_word || first == "localhost" || command.find_subcommand(&first).is_some() {
        return Ok(());
    }
    let known = command.get_subcommands().map(clap::Command::get_name);
    let remedy = suggestion(&first, known);
    Err(CliError::Usage(format!("`{first}` is neither a command nor a URL; {remedy}")))
}

fn dispatch(arguments: Arguments, console: &Console) -> Result<ExitCode, CliError> {
    match arguments.command.unwrap_or(Command::Run(Box::new(arguments.run))) {
        Command::Run(args) => block_on(run::run(*args, console)),
        Command::List(args) => list::list(&args, console),
        Command::Check(args) => check::check(&args, console),
        Command::Explain(args) => explain::explain(&args, console),
        Command::Serve(args) => block_on(serve::serve(args, console)),
        Command::Prove(args) => block_on(prove::prove(args, console)),
        Command::Rejudge(args) => rejudge::rejudge(&args, console),
    }
}

fn block_on<T>(work: impl Future<Output = Result<T, CliError>>) -> Result<T, CliError> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.enable_all().build().map_err(CliError::Runtime)?;
    let result = runtime.block_on(async {
        interrupt::mind_large_files();
        work.await
    });
    // What still waits for somebody to read it is not waited for.
    runtime.shutdown_background();
    result
}
