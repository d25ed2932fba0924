//! The command line: arguments as typed, and one file per command.
//!
//! A command resolves its arguments into what is meant before it does anything; it prints through
//! [`Console`] alone and ends in an [`ExitCode`]. To add a command, write its file and its variant
//! of `Command`.

mod check;
mod console;
mod explain;
mod list;
mod prove;
mod rejudge;
mod reports;
mod run;
mod serve;

use clap::{Args, Parser, Subcommand};

use crate::exit_code::ExitCode;
use crate::fixtures::LoadError;
use crate::mistake::Mistake;
use crate::run::RunError;
use crate::suite::{Sources, Suite};
use std::path::PathBuf;

pub use console::Console;

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
pub struct Arguments {
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
    Run(run::RunArgs),
    /// Show cases, checks and requirements, what each needs, and how many requests a run sends
    List(list::ListArgs),
    /// Check case files, schemas, fixtures and ledger; nothing is sent
    Check(check::CheckArgs),
    /// Explain a case or a requirement: sentence, source, who checks it
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
        Suite::load(&sources).map_err(CliError::Mistakes)
    }
}

/// Why a command could not do its work.
#[derive(Debug, thiserror::Error)]
enum CliError {
    /// Files of the suite, or fixtures, are wrong.
    #[error("{} mistakes", .0.len())]
    Mistakes(Vec<Mistake>),
    /// Fixtures cannot be had.
    #[error(transparent)]
    Fixtures(LoadError),
    /// An argument is wrong.
    #[error("{0}")]
    Usage(String),
    /// The run came to nothing.
    #[error(transparent)]
    Run(#[from] RunError),
    /// Standard output or a report cannot be written.
    #[error("cannot write {0}")]
    Write(String, #[source] std::io::Error),
    /// The runtime cannot be started.
    #[error("cannot start the runtime")]
    Runtime(#[source] std::io::Error),
}

impl From<LoadError> for CliError {
    fn from(error: LoadError) -> CliError {
        match error {
            LoadError::Mistakes(mistakes) => CliError::Mistakes(mistakes),
            other => CliError::Fixtures(other),
        }
    }
}

/// Parses the arguments of the process, does what they say, and returns the exit code.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // A closed pipe is the reader's choice.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::Usage } else { ExitCode::Conformant };
        }
    };
    let console = Console::new();
    match dispatch(arguments, &console) {
        Ok(code) => code,
        Err(error) => console.fail(&error),
    }
}

fn dispatch(arguments: Arguments, console: &Console) -> Result<ExitCode, CliError> {
    match arguments.command.unwrap_or(Command::Run(arguments.run)) {
        Command::Run(args) => block_on(run::run(args, console)),
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
    builder.enable_all().build().map_err(CliError::Runtime)?.block_on(work)
}
