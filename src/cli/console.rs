//! The console: the only place of the program that prints.

use std::collections::HashMap;
use std::error::Error;
use std::io::{IsTerminal, Write};

use crate::cli::CliError;
use crate::cli::environment::note;
use crate::cli::leaving::while_writing;
use crate::model::exit_code::ExitCode;
use crate::value::diagnostics::Diagnostic;

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How many mistakes of one file are shown; who mends these sees the next.
const MOST_OF_A_FILE: usize = 100;

/// Standard output and standard error.
#[derive(Debug, Default)]
pub(crate) struct Console;

impl Console {
    /// The console of this process.
    pub(crate) fn new() -> Console {
        Console
    }

    /// Whether standard output shows colour, when asked to decide by itself.
    pub(crate) fn shows_colour(&self, colour: Colour) -> bool {
        match colour {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => {
                std::io::stdout().is_terminal()
                    && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
                    && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
            }
        }
    }

    /// Columns of the terminal; 100 where there is none.
    pub(crate) fn width(&self) -> usize {
        let columns = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
        // Some that know no width say 0.
        columns
            .filter(|columns| *columns > 0)
            .or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)))
            .unwrap_or(100)
    }

    /// Writes something, such as `the verdict`, to standard output; a reader who has gone away is no error.
    pub(super) fn print(&self, what: &str, text: &str) -> Result<(), CliError> {
        let mut out = std::io::stdout().lock();
        match while_writing(|| out.write_all(text.as_bytes()).and_then(|()| out.flush())) {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                Err(CliError::Write(format!("{what} to standard output"), error))
            }
            _ => Ok(()),
        }
    }

    /// Writes a remark to standard error.
    pub(super) fn remark(&self, text: &str) {
        // There is nobody left to tell when standard error is gone.
        let _ = writeln!(std::io::stderr().lock(), "{text}");
    }

    /// Says why a command could not do its work, and which exit code that is.
    pub(super) fn fail(&self, error: &CliError) -> ExitCode {
        if let CliError::Environment(variable, cause) = error {
            let code = self.fail(cause);
            self.remark(&note(variable));
            return code;
        }
        if let CliError::Diagnostics(diagnostics) = error {
            self.show_diagnostics(diagnostics);
            return ExitCode::Usage;
        }
        let mut text = format!("error: {error}");
        let mut cause = error.source();
        while let Some(inner) = cause {
            text.push_str(&format!(": {inner}"));
            cause = inner.source();
        }
        self.remark(&text);
        match error {
            CliError::Run(error) if error.is_internal() => ExitCode::InternalError,
            CliError::Runtime(_) | CliError::Panicked(..) => ExitCode::InternalError,
            _ => ExitCode::Usage,
        }
    }

    /// Shows every mistake at its place, and how many there are.
    pub(super) fn show_diagnostics(&self, diagnostics: &[Diagnostic]) {
        let colour = std::io::stderr().is_terminal() && self.shows_colour(Colour::Auto);
        let mut shown: HashMap<&str, usize> = HashMap::new();
        for diagnostic in diagnostics {
            let of_file = shown.entry(diagnostic.source.name.as_str()).or_default();
            *of_file += 1;
            if *of_file <= MOST_OF_A_FILE {
                self.remark(&diagnostic.render(colour));
                self.remark("");
            }
        }
        let left_out: usize =
            shown.values().map(|of_file| of_file.saturating_sub(MOST_OF_A_FILE)).sum();
        if left_out > 0 {
            self.remark(&format!(
                "{} more, of files that have many, not shown",
                count(left_out, "mistake")
            ));
        }
        let mut files: Vec<&str> = diagnostics.iter().map(|m| m.source.name.as_str()).collect();
        files.sort_unstable();
        files.dedup();
        self.remark(&format!(
            "{} in {}",
            count(diagnostics.len(), "mistake"),
            count(files.len(), "file")
        ));
    }
}

/// `1 mistake`, `2 mistakes`.
pub(super) fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}
