//! Why a call is refused.
//!
//! To add a reason: a variant and its code here, and the place in `rule` or `call` that finds it.

/// Why a call is refused; several reasons may share a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// No such resource or action.
    UnknownRoute,
    /// Neither GET nor POST.
    WrongMethod,
    /// Too many requests; the faultless server has no such limit.
    TooMany,
    /// The body is longer than the server reads.
    TooLarge,
    /// The body does not match its content type, or is not a JSON object.
    BadBody,
    /// The login or the password is missing.
    MissingField,
    /// The login or the password is an empty string.
    EmptyField,
    /// The login or the password is not a string.
    FieldType,
    /// No dealer has this login.
    UnknownDealer,
    /// The dealer exists and has another password.
    WrongPassword,
    /// The password is right, but the dealer is blocked.
    Blocked,
    /// The dealer is blocked, and the password is wrong.
    BlockedWrongPassword,
    /// The hash is missing or empty.
    NoHash,
    /// The hash is not a string.
    HashType,
    /// The hash has characters that are not hexadecimal digits.
    MalformedHash,
    /// The hash is well-formed but was never handed out.
    UnknownHash,
    /// The session was ended by logout.
    EndedHash,
    /// The session has expired.
    ExpiredHash,
}

impl Reason {
    /// The code that the faultless server gives for this reason.
    pub(crate) fn code(self) -> u32 {
        match self {
            Self::NoHash | Self::MalformedHash => 3,
            Self::UnknownHash | Self::EndedHash | Self::ExpiredHash => 4,
            Self::BadBody => 5,
            Self::MissingField | Self::EmptyField | Self::FieldType | Self::HashType => 7,
            Self::TooLarge => 9,
            Self::Blocked => 11,
            Self::UnknownDealer | Self::WrongPassword | Self::BlockedWrongPassword => 12,
            Self::TooMany => 15,
            Self::UnknownRoute => 111,
            Self::WrongMethod => 112,
        }
    }

    /// Whether the session hash is what is wrong.
    pub(crate) fn is_about_hash(self) -> bool {
        matches!(
            self,
            Self::NoHash
                | Self::HashType
                | Self::MalformedHash
                | Self::UnknownHash
                | Self::EndedHash
                | Self::ExpiredHash
        )
    }
}

/// A refusal: the reason, and the parameters that are wrong.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) reason: Reason,
    /// Shown to the client if the code is 7.
    pub(crate) errors: Vec<ParameterError>,
}

/// A parameter and what is wrong with it.
#[derive(Debug)]
pub(crate) struct ParameterError {
    pub(crate) parameter: &'static str,
    pub(crate) error: &'static str,
}

impl Refusal {
    /// A refusal because of one parameter.
    pub(crate) fn of(reason: Reason, parameter: &'static str, error: &'static str) -> Self {
        Self { reason, errors: vec![ParameterError { parameter, error }] }
    }

    /// Both refusals in one, with the reason of the first.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.errors.extend(other.errors);
        self
    }
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Self {
        Self { reason, errors: Vec::new() }
    }
}
