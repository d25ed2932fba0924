//! What a dealer was answered in a run, what of it speaks against the fixture, and how a doubt is put
//! into words.
//!
//! Only dealers whom the target is to admit can be doubted. That a dealer is blocked, that a session
//! has expired, or that nobody has a login, is the operator's word, and the target is held to it.

use std::collections::BTreeSet;

use super::NOT_ADMITTED;
use super::reading::Reading;

pub(super) const BLOCKED: i64 = 11;

/// What a dealer was answered in a run.
#[derive(Debug, Default)]
pub(super) struct History {
    /// How the record calls the fixture.
    pub(super) name: String,
    pub(super) readings: BTreeSet<Reading>,
}

impl History {
    fn codes(&self) -> Vec<i64> {
        let code = |reading: &Reading| match reading {
            Reading::Refused(code) => Some(*code),
            _ => None,
        };
        self.readings.iter().filter_map(code).collect()
    }

    /// Whether the target admitted the dealer, in whatever form.
    pub(super) fn is_admitted(&self) -> bool {
        self.readings.contains(&Reading::Granted)
    }
}

/// A doubted dealer, for those who put the doubt into words.
pub(super) struct Subject<'a> {
    pub(super) login: &'a str,
    pub(super) history: &'a History,
    /// Whether the target admitted anybody at all.
    pub(super) admits_somebody: bool,
}

/// Whether the documents want this very answer where login or password is wrong, or the dealer
/// blocked.
pub(super) fn speaks_against(reading: Reading) -> bool {
    matches!(reading, Reading::Refused(code) if NOT_ADMITTED.contains(&code))
}

/// Who may be wrong.
pub(super) fn doubt(subject: &Subject<'_>) -> String {
    let Subject { login, history, .. } = subject;
    let (name, codes) = (&history.name, history.codes());
    let wrong = match codes[..] {
        [BLOCKED] => format!("the dealer of {name} is blocked"),
        _ => format!("login or password of {name} is wrong"),
    };
    let whom = match subject.admits_somebody {
        true => "one whom it has to admit",
        false => "everybody",
    };
    let codes: Vec<String> = codes.iter().map(i64::to_string).collect();
    format!(
        "the target refused `{login}` at every sign-in, with code {}: either {wrong}, or the \
         target refuses {whom}",
        codes.join(" and ")
    )
}
