//! The fixtures that an operator can supply, by the part they play.

use serde::{Deserialize, Serialize};

/// The part that a fixture plays in cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A dealer who can sign in; several are interchangeable.
    Dealer,
    /// Another dealer, with other permissions.
    SecondDealer,
    /// A dealer with as few permissions as possible.
    MinimalDealer,
    /// A dealer who is blocked, with the right password.
    BlockedDealer,
    /// A dealer who does not exist; made up where it is not supplied.
    UnknownDealer,
    /// A hash that was a session and has expired.
    ExpiredSession,
    /// A hash of the platform's user API.
    UserSession,
}

impl Role {
    /// All roles.
    pub const ALL: [Role; 7] = [
        Role::Dealer,
        Role::SecondDealer,
        Role::MinimalDealer,
        Role::BlockedDealer,
        Role::UnknownDealer,
        Role::ExpiredSession,
        Role::UserSession,
    ];

    /// The word in case files and fixture files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Role::Dealer => "dealer",
            Role::SecondDealer => "second_dealer",
            Role::MinimalDealer => "minimal_dealer",
            Role::BlockedDealer => "blocked_dealer",
            Role::UnknownDealer => "unknown_dealer",
            Role::ExpiredSession => "expired_session",
            Role::UserSession => "user_session",
        }
    }

    /// Reads the word of a case file.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.name() == name)
    }

    /// The members that a fixture of this role has.
    #[must_use]
    pub fn members(self) -> &'static [&'static str] {
        match self {
            Role::ExpiredSession | Role::UserSession => &["hash"],
            _ => &["login", "password"],
        }
    }

    /// What the operator would supply, in words that read after "supply".
    #[must_use]
    pub fn summary(self) -> &'static str {
        match self {
            Role::Dealer => "a dealer who can sign in",
            Role::SecondDealer => "another dealer, with other permissions",
            Role::MinimalDealer => "a dealer with as few permissions as possible",
            Role::BlockedDealer => "a dealer who is blocked, with the right password",
            Role::UnknownDealer => "a dealer who does not exist",
            Role::ExpiredSession => "a hash that was a session of the panel and has expired",
            Role::UserSession => "a hash of the user API",
        }
    }

    /// Whether a certificate can do without it, since not everybody has one.
    #[must_use]
    pub fn is_optional(self) -> bool {
        matches!(self, Role::MinimalDealer | Role::ExpiredSession | Role::UserSession)
    }

    /// The environment variable that supplies a member: `PANEL_DEALER_LOGIN`.
    #[must_use]
    pub fn variable(self, member: &str) -> String {
        format!("PANEL_{}_{}", self.name().to_ascii_uppercase(), member.to_ascii_uppercase())
    }

    /// Whether a wrong password counts against an account that somebody uses.
    #[must_use]
    pub fn is_real_account(self) -> bool {
        matches!(
            self,
            Role::Dealer | Role::SecondDealer | Role::MinimalDealer | Role::BlockedDealer
        )
    }
}

/// One fixture of a role, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FixtureName {
    /// The part it plays.
    pub role: Role,
    /// Which one, from 1, if the operator supplied several of the role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<usize>,
}

impl FixtureName {
    /// The name of the fixture with this index, from 0, as long as nobody asks whether there are
    /// more: the first has no number.
    #[must_use]
    pub fn nth(role: Role, index: usize) -> FixtureName {
        FixtureName { role, number: (index > 0).then_some(index + 1) }
    }

    /// The environment variable that supplies a member: `PANEL_DEALER_LOGIN`,
    /// `PANEL_DEALER_2_LOGIN`.
    #[must_use]
    pub fn variable(self, member: &str) -> String {
        match self.number {
            None | Some(1) => self.role.variable(member),
            Some(number) => self.role.variable(&format!("{number}_{member}")),
        }
    }

    /// The name in tokens: `dealer`, and `dealer[2]` for the second of a list.
    #[must_use]
    pub fn short(self) -> String {
        match self.number {
            None | Some(1) => self.role.name().to_owned(),
            Some(number) => format!("{}[{number}]", self.role.name()),
        }
    }

    /// Reads the name in a token.
    #[must_use]
    pub fn from_short(name: &str) -> Option<FixtureName> {
        let Some((role, number)) = name.split_once('[') else {
            return Some(FixtureName { role: Role::from_name(name)?, number: None });
        };
        let number = number.strip_suffix(']')?.parse().ok().filter(|number| *number > 1)?;
        Some(FixtureName { role: Role::from_name(role)?, number: Some(number) })
    }
}

impl std::fmt::Display for FixtureName {
    /// The name in sentences: ``fixture `dealer` (number 2 of the list)``.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "fixture `{}`", self.role.name())?;
        match self.number {
            Some(number) => write!(f, " (number {number} of the list)"),
            None => Ok(()),
        }
    }
}
