//! `check`: finds every mistake of case files, schemas, ledger and fixtures; sends nothing.

use std::path::PathBuf;

use clap::Args;

use super::list::summary;
use super::{CliError, Console};
use crate::model::exit_code::ExitCode;
use crate::suite::fixtures::{self, LoadError};
use crate::suite::{Sources, Suite};

/// The arguments of `check`.
#[derive(Debug, Clone, Args)]
pub(super) struct CheckArgs {
    /// Case files or folders of them; without PATH what is built in
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The paths are for runs without the built-in cases, and may say anew what is built in
    #[arg(long, requires = "paths")]
    no_builtin: bool,
    /// Check this fixtures file too
    #[arg(long, value_name = "FILE", env = "PANEL_FIXTURES")]
    fixtures: Option<PathBuf>,
}

/// Checks everything named and says what there is.
pub(super) fn check(args: &CheckArgs, console: &Console) -> Result<ExitCode, CliError> {
    let sources = Sources { without_builtin: args.no_builtin, folders: args.paths.clone() };
    let suite = if args.paths.is_empty() { Suite::load(&sources) } else { Suite::check(&sources) };
    let fixtures = args.fixtures.as_deref().map(|path| fixtures::load(Some(path)));
    let suite = match (suite, fixtures) {
        (Ok(suite), None | Some(Ok(_))) => suite,
        (Err(mut diagnostics), Some(Err(LoadError::Diagnostics(more)))) => {
            diagnostics.extend(more);
            return Err(CliError::Diagnostics(diagnostics));
        }
        (Err(diagnostics), _) => return Err(CliError::Diagnostics(diagnostics)),
        (Ok(_), Some(Err(error))) => return Err(error.into()),
    };
    console.print("what was checked", &format!("{}nothing is wrong\n", summary(&suite)))?;
    Ok(ExitCode::Conformant)
}
