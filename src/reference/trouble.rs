//! Why a call is refused, before it is decided by which code.
//!
//! To add a trouble: a variant and its code here, and the place in `rule` that finds it.

/// The reason of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// No such resource or action.
    UnknownRoute,
    /// Neither GET nor POST.
    WrongMethod,
    /// The client calls more often than the server cares for; the faultless server never minds.
    TooMany,
    /// The body is longer than the server reads.
    TooLarge,
    /// The body is not what its content type says, or no object.
    BadBody,
    /// The login or the password is absent.
    MissingField,
    /// The login or the password is an empty string.
    EmptyField,
    /// The login or the password is no string.
    FieldType,
    /// No dealer has this login.
    UnknownDealer,
    /// The dealer exists, the password is another.
    WrongPassword,
    /// The password is right, the dealer is blocked.
    Blocked,
    /// The dealer is blocked, and the password is wrong too.
    BlockedWrongPassword,
    /// No hash was given, or an empty one.
    NoHash,
    /// The hash is no string.
    HashType,
    /// The hash cannot be one: it has other characters than hexadecimal digits.
    MalformedHash,
    /// The hash could be one, but was never handed out.
    UnknownHash,
    /// The session was ended by logout.
    EndedHash,
    /// The session has outlived its lifetime.
    ExpiredHash,
}

impl Trouble {
    /// The code by which the faultless server names this trouble.
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

    /// Whether the trouble lies with the session hash.
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

/// A refusal as `rule` states it: the reason, and the parameters that are to blame.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) trouble: Trouble,
    /// Told to the client where the code is 7.
    pub(crate) offenders: Vec<Offender>,
}

/// One parameter that is to blame, and what is wrong with it.
#[derive(Debug)]
pub(crate) struct Offender {
    pub(crate) parameter: &'static str,
    pub(crate) error: &'static str,
}

impl Refusal {
    /// A refusal for which one parameter is to blame.
    pub(crate) fn blaming(trouble: Trouble, parameter: &'static str, error: &'static str) -> Self {
        Self { trouble, offenders: vec![Offender { parameter, error }] }
    }

    /// Both refusals in one; the reason is that of the first.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.offenders.extend(other.offenders);
        self
    }
}

impl From<Trouble> for Refusal {
    fn from(trouble: Trouble) -> Self {
        Self { trouble, offenders: Vec::new() }
    }
}
