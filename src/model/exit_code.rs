//! What the process says to its caller: documented interface, chosen in one place.

/// The exit codes of the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitCode {
    /// Every deciding check was judged and passed.
    Conformant = 0,
    /// A deciding check failed.
    Nonconformant = 1,
    /// Arguments, case files, schemas or fixtures are wrong, and nothing was sent; or a report could
    /// not be written.
    Usage = 2,
    /// The target cannot be reached, or a deciding check is unjudged.
    Inconclusive = 3,
    /// A deciding check was skipped, or nothing was selected.
    Incomplete = 4,
    /// A bug of the suite.
    InternalError = 5,
}

impl ExitCode {
    /// All codes with what they mean, for help texts and documentation.
    pub const TABLE: [(ExitCode, &'static str); 6] = [
        (ExitCode::Conformant, "conformant: every deciding check was judged and passed"),
        (
            ExitCode::Nonconformant,
            "nonconformant: a `must` check failed (with --strict, a `should` check too)",
        ),
        (
            ExitCode::Usage,
            "arguments, case files, schemas or fixtures are wrong, and nothing was sent; or a report \
             could not be written",
        ),
        (
            ExitCode::Inconclusive,
            "inconclusive: the target cannot be reached, or a deciding check is unjudged",
        ),
        (ExitCode::Incomplete, "incomplete: a deciding check was skipped, or nothing was selected"),
        (ExitCode::InternalError, "a fault of the suite itself"),
    ];
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        std::process::ExitCode::from(code as u8)
    }
}
