//! What the environment says beside the arguments: `PANEL_…` variables.
//!
//! One that is set to nothing is not set: that is how a secret which is not there comes in CI. A
//! mistake in one names it, and one that nobody knows is told.

use std::ffi::OsStr;
use std::path::Path;

use clap::builder::Resettable;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, CommandFactory};

use super::{Arguments, CliError};
use crate::model::role::Role;
use crate::value::diagnostics::suggestion;
use crate::value::disk;

/// The program's arguments, with variables understood as people set them.
pub(super) fn command() -> Command {
    understand(Arguments::command())
}

fn understand(command: Command) -> Command {
    command.mut_args(understand_argument).mut_subcommands(understand)
}

fn understand_argument(argument: Arg) -> Arg {
    let argument = separated_in_variables_only(argument);
    let Some(value) = argument.get_env().and_then(std::env::var_os) else { return argument };
    let is_switch = matches!(argument.get_action(), ArgAction::SetTrue);
    let argument = if is_switch { argument.value_parser(parse_switch) } else { argument };
    let is_off = is_switch && value.to_str().is_some_and(|text| parse_switch(text) == Ok(false));
    // A switch that is off is not there: otherwise it would conflict with others.
    if value.is_empty() || is_off { argument.env(Resettable::Reset) } else { argument }
}

/// Commas separate values in a variable, which can be set only once. On the command line, where an
/// option can be given again, they may stand in a value: in a path, or in a glob such as `{a,b}`.
fn separated_in_variables_only(argument: Arg) -> Arg {
    // One without a name, as a URL is, cannot be told from other words before all are parsed.
    let is_typed = argument.get_long().is_none_or(|long| is_typed(&format!("--{long}")));
    let is_from_variable = argument.get_env().is_some_and(is_set) && !is_typed;
    if is_from_variable { argument } else { argument.value_delimiter(Resettable::Reset) }
}

fn parse_switch(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Ok(true),
        "0" | "false" | "no" | "off" => Ok(false),
        _ => Err("write 1, true, yes or on; or 0, false, no or off".to_owned()),
    }
}

/// What follows an error whose cause is a variable.
pub(super) fn note(variable: &str) -> String {
    let has_comma =
        std::env::var_os(variable).is_some_and(|value| value.to_string_lossy().contains(','));
    let is_split = has_comma && is_list(variable);
    let separates = if is_split { ", in which commas separate values" } else { "" };
    format!("note: the value comes from the environment variable `{variable}`{separates}")
}

/// Whether commas separate values in a variable.
fn is_list(variable: &str) -> bool {
    let command = Arguments::command();
    let mut arguments = all_arguments(&command);
    arguments.any(|argument| {
        argument.get_env().is_some_and(|name| name == variable)
            && argument.get_value_delimiter().is_some()
    })
}

/// The variable that arguments are refused for, where it is not one of the arguments as typed.
pub(super) fn culprit(error: &clap::Error, command: &Command) -> Option<String> {
    if error.kind() == ErrorKind::InvalidUtf8 {
        // The error does not say which argument it is about.
        let is_no_text =
            |name: &&OsStr| std::env::var_os(name).is_some_and(|value| value.to_str().is_none());
        let variable = all_arguments(command).filter_map(Arg::get_env).find(is_no_text);
        return variable.map(|name| name.to_string_lossy().into_owned());
    }
    let kinds = [ContextKind::InvalidArg, ContextKind::PriorArg];
    let shown = kinds.into_iter().filter_map(|kind| match error.get(kind) {
        Some(ContextValue::String(shown)) => Some(shown),
        _ => None,
    });
    let mut names = shown.filter_map(|shown| shown.split(' ').next());
    names.find_map(|name| {
        let long = name.strip_prefix("--")?;
        let argument = all_arguments(command).find(|argument| argument.get_long() == Some(long))?;
        let variable = argument.get_env()?;
        (is_set(variable) && !is_typed(name)).then(|| variable.to_string_lossy().into_owned())
    })
}

fn all_arguments(command: &Command) -> impl Iterator<Item = &Arg> {
    std::iter::once(command).chain(command.get_subcommands()).flat_map(Command::get_arguments)
}

fn is_set(variable: &OsStr) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty())
}

fn is_typed(name: &str) -> bool {
    std::env::args_os().skip(1).any(|argument| {
        let argument = argument.to_string_lossy();
        argument.split('=').next() == Some(name)
    })
}

/// Which arguments of a run come from which variables.
#[derive(Debug, Clone, Default)]
pub(super) struct Origins(Vec<(String, String)>);

impl Origins {
    /// Finds out what was taken from the environment.
    pub(super) fn of(matches: &ArgMatches, command: &Command) -> Origins {
        let from_environment = command.get_arguments().filter_map(|argument| {
            let id = argument.get_id().as_str();
            let variable = argument.get_env()?.to_string_lossy().into_owned();
            let is_so = matches.value_source(id) == Some(ValueSource::EnvVariable);
            is_so.then(|| (id.to_owned(), variable))
        });
        Origins(from_environment.collect())
    }

    /// The variable that an argument comes from, if it comes from one.
    pub(super) fn variable(&self, id: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == id).map(|(_, name)| name.as_str())
    }

    /// Adds the variable to the error of an argument that comes from one.
    pub(super) fn blame<E: Into<CliError>>(&self, id: &str) -> impl Fn(E) -> CliError {
        let variable = self.variable(id).map(str::to_owned);
        move |error| match variable.clone() {
            Some(variable) => CliError::Environment(variable, Box::new(error.into())),
            None => error.into(),
        }
    }
}

/// A warning for every `PANEL_…` variable that neither the suite nor the fixtures file reads.
pub(super) fn unknown_variables(fixtures: Option<&Path>) -> Vec<String> {
    let known = known_variables();
    let file = fixtures.and_then(written).unwrap_or_default();
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let mut names: Vec<String> = names.filter(|name| name.starts_with("PANEL_")).collect();
    let is_known = |name: &String| {
        let is_numbered =
            without_number(name).is_some_and(|first| fixture_variables().any(|one| one == first));
        known.contains(name) || is_numbered || file.contains(&format!("${{{name}}}"))
    };
    names.retain(|name| !is_known(name));
    names.sort();
    let warn = |name: &String| {
        let remedy = suggestion(name, known.iter().map(String::as_str));
        format!("warning: nothing reads the environment variable `{name}`; {remedy}")
    };
    names.iter().map(warn).collect()
}

/// What a file says that can be read twice: what a pipe says was read already.
fn written(path: &Path) -> Option<String> {
    disk::read_text(path, disk::Kind::File, disk::Limit::WRITTEN).ok()
}

fn known_variables() -> Vec<String> {
    let command = Arguments::command();
    let of_arguments = all_arguments(&command).filter_map(Arg::get_env);
    let of_arguments = of_arguments.map(|name| name.to_string_lossy().into_owned());
    let mut known: Vec<String> = fixture_variables().chain(of_arguments).collect();
    let mut seen = std::collections::BTreeSet::new();
    known.retain(|name| seen.insert(name.clone()));
    known
}

fn fixture_variables() -> impl Iterator<Item = String> {
    Role::ALL
        .into_iter()
        .flat_map(|role| role.members().iter().map(move |member| role.variable(member)))
}

/// `PANEL_DEALER_LOGIN` for `PANEL_DEALER_2_LOGIN`.
fn without_number(name: &str) -> Option<String> {
    let (rest, member) = name.rsplit_once('_')?;
    let (role, number) = rest.rsplit_once('_')?;
    let is_number = number.parse::<usize>().is_ok_and(|number| number > 1);
    is_number.then(|| format!("{role}_{member}"))
}
