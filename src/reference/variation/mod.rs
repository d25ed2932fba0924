//! The variations: servers that differ from the faultless one where the contract leaves them free.
//!
//! A suite that fails one of them is unfair, save in the recommendations that the variation names. To add
//! one: a row in the table of its kind. To add a kind: a file and its line in `KINDS`.

mod codes;
mod content;
mod http;
mod reading;
mod sessions;

use std::sync::LazyLock;

use super::change::Change;

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

const KINDS: &[&[Variation]] = &[
    codes::VARIATIONS,
    content::VARIATIONS,
    sessions::VARIATIONS,
    reading::VARIATIONS,
    http::VARIATIONS,
];

/// Every variation, kind by kind.
pub fn variations() -> &'static [&'static Variation] {
    static ALL: LazyLock<Vec<&'static Variation>> =
        LazyLock::new(|| KINDS.iter().copied().flatten().collect());
    &ALL
}

/// Finds a variation by its name.
#[must_use]
pub fn variation(name: &str) -> Option<&'static Variation> {
    variations().iter().copied().find(|variation| variation.name == name)
}
