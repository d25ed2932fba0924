//! Claims: what a fixture is said to be, which answers have to do with that, and how a doubt is put
//! into words. To doubt another kind of fixture, add a row.

use std::collections::BTreeSet;

use super::ADMISSIBLE;
use super::reading::Reading;
use crate::role::Role;

pub(super) const BLOCKED: i64 = 11;
pub(super) const UNKNOWN: i64 = 12;
pub(super) const WRONG_PASSWORD: i64 = 102;

/// What a fixture is said to be, and which answers have to do with that.
pub(super) struct Claim {
    roles: &'static [Role],
    /// Whether the answer shows that the fixture is what it is said to be.
    bears_out: fn(Reading) -> bool,
    /// Whether the documents want this very answer where the fixture is something else.
    speaks_against: fn(Reading, &History) -> bool,
    /// Who may be wrong, for people.
    pub(super) doubt: fn(&Subject<'_>) -> String,
}

const CLAIMS: [Claim; 4] = [
    Claim {
        roles: &ADMISSIBLE,
        bears_out: |reading| matches!(reading, Reading::Granted | Reading::Opened),
        speaks_against: |reading, _| {
            matches!(reading, Reading::Refused(BLOCKED | UNKNOWN | WRONG_PASSWORD))
        },
        doubt: not_admitted,
    },
    Claim {
        roles: &[Role::BlockedDealer],
        bears_out: |reading| reading == Reading::Refused(BLOCKED),
        speaks_against: |reading, history| match reading {
            Reading::Granted => true,
            Reading::Refused(code @ (UNKNOWN | WRONG_PASSWORD)) => history.refuses_alike(code),
            _ => false,
        },
        doubt: not_blocked,
    },
    Claim {
        roles: &[Role::UnknownDealer],
        bears_out: |reading| matches!(reading, Reading::Refused(UNKNOWN | WRONG_PASSWORD)),
        speaks_against: |reading, _| {
            matches!(reading, Reading::Granted | Reading::Refused(BLOCKED))
        },
        doubt: |subject| {
            format!(
                "the target knows `{}`: either the dealer of {} exists, or the target takes \
                 strangers for dealers",
                subject.value, subject.name
            )
        },
    },
    Claim {
        roles: &[Role::ExpiredSession, Role::UserSession],
        bears_out: |reading| matches!(reading, Reading::Refused(3 | 4)),
        speaks_against: |reading, _| reading == Reading::Granted,
        doubt: not_dead,
    },
];

/// What a fixture was answered in a run.
#[derive(Debug, Default)]
pub(super) struct History {
    /// How the record calls the fixture.
    pub(super) name: String,
    pub(super) readings: BTreeSet<Reading>,
    /// The codes by which wrong passwords of the same login were refused.
    pub(super) wrong_passwords: BTreeSet<i64>,
}

impl History {
    fn codes(&self) -> Vec<i64> {
        let code = |reading: &Reading| match reading {
            Reading::Refused(code) => Some(*code),
            _ => None,
        };
        self.readings.iter().filter_map(code).collect()
    }

    /// Whether a wrong password is refused with this code, as far as is known: a target that
    /// answers otherwise to the password of the fixture has recognised it.
    fn refuses_alike(&self, code: i64) -> bool {
        self.wrong_passwords.is_empty() || self.wrong_passwords.contains(&code)
    }
}

/// A doubted fixture, for those who put the doubt into words.
pub(super) struct Subject<'a> {
    pub(super) role: Role,
    pub(super) value: &'a str,
    /// Reads after "either".
    pub(super) name: String,
    pub(super) history: &'a History,
    /// Whether the target admitted anybody at all.
    pub(super) admits_somebody: bool,
}

fn not_admitted(subject: &Subject<'_>) -> String {
    let Subject { value, name, history, .. } = subject;
    let codes: Vec<String> = history.codes().iter().map(i64::to_string).collect();
    let wrong = match history.codes()[..] {
        [BLOCKED] => format!("the dealer of {name} is blocked"),
        _ => format!("login or password of {name} is wrong"),
    };
    let whom = match subject.admits_somebody {
        true => "one whom it has to admit",
        false => "everybody",
    };
    format!(
        "the target refused `{value}` at every sign-in, with code {}: either {wrong}, or the \
         target refuses {whom}",
        codes.join(" and ")
    )
}

fn not_blocked(subject: &Subject<'_>) -> String {
    let Subject { value, name, history, .. } = subject;
    match history.codes().into_iter().find(|code| history.refuses_alike(*code)) {
        None => format!(
            "the target admitted `{value}`: either the dealer of {name} is not blocked, or the \
             target admits dealers who are"
        ),
        Some(code) => format!(
            "the target refused `{value}` with code {code}, as it does with a wrong password: \
             either login or password of {name} is wrong, or the target does not say that a \
             dealer is blocked"
        ),
    }
}

fn not_dead(subject: &Subject<'_>) -> String {
    let name = &subject.name;
    let (alive, takes) = match subject.role {
        Role::ExpiredSession => ("is a session that is alive", "sessions that have expired"),
        _ => ("is a hash of the panel", "hashes of the user API"),
    };
    format!("the target accepted the hash: either {name} {alive}, or the target accepts {takes}")
}

pub(super) fn claim_of(role: Role) -> Option<&'static Claim> {
    CLAIMS.iter().find(|claim| claim.roles.contains(&role))
}

pub(super) fn is_borne_out(role: Role, history: &History) -> bool {
    let bears_out = |claim: &Claim| history.readings.iter().any(|one| (claim.bears_out)(*one));
    claim_of(role).is_some_and(bears_out)
}

pub(super) fn speaks_against(role: Role, reading: Reading, history: &History) -> bool {
    claim_of(role).is_some_and(|claim| (claim.speaks_against)(reading, history))
}
