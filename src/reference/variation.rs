//! The variations: servers that differ from the faultless one where the contract leaves them free.
//!
//! A suite that fails one of them is unfair, save in the requirements that the variation names. To add one:
//! a row in the table.

use super::change::Change;
use super::trouble::Trouble;

/// One way in which a conforming server may differ.
#[derive(Debug)]
pub struct Variation {
    /// Kebab-case; says what is different.
    pub name: &'static str,
    /// A sentence in the present tense: what this server does.
    pub summary: &'static str,
    /// Ids of the recommendations that it does not keep; empty for nearly all.
    pub affects: &'static [&'static str],
    /// What the pipeline does differently.
    pub(super) changes: &'static [Change],
}

const VARIATIONS: &[Variation] = &[Variation {
    name: "wrong-password-code-102",
    summary: "A wrong password is refused with code 102.",
    affects: &[],
    changes: &[Change::Code(Trouble::WrongPassword, 102)],
}];

/// Every variation.
pub fn variations() -> &'static [Variation] {
    VARIATIONS
}

/// Finds a variation by its name.
#[must_use]
pub fn variation(name: &str) -> Option<&'static Variation> {
    VARIATIONS.iter().find(|variation| variation.name == name)
}
