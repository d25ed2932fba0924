//! Patterns: in which spellings a secret is looked for.

use super::are_digits;
use crate::value::dictionary::KEPT;
use crate::value::likeness::telling_start;
use crate::value::spelling::{literal, reversed, unusual, usual};

/// The bytes of a spelling, until they stand in a dictionary.
pub(super) struct Spelling {
    pub(super) bytes: Vec<u8>,
    /// So many of them betray it.
    pub(super) enough: usize,
    /// Whether they are the start of a longer one.
    pub(super) goes_on: bool,
}

/// The spellings in which a secret is looked for, and whether each is a usual one. What the suite made
/// of a secret holds the secret, and is looked for as it is.
pub(super) fn spellings(value: &str, is_near_miss: bool) -> Vec<(Spelling, bool)> {
    // Of a long one the start is encoded; what is left of it goes on behind that.
    let mut ends = (0..=value.len().min(KEPT)).rev();
    let kept = &value[..ends.find(|at| value.is_char_boundary(*at)).unwrap_or_default()];
    let goes_on = kept.len() < value.len();
    let telling = telling_start(value).filter(|end| *end <= kept.len() && !is_near_miss);
    let enough = telling.filter(|_| !are_digits(value)).map(|end| &value[..end]);
    let spelt = |spell: fn(&str) -> Vec<Vec<u8>>, value, goes_on| {
        let enough = enough.map(spell).unwrap_or_default();
        let lengths =
            enough.into_iter().map(|start| start.len()).chain(std::iter::repeat(usize::MAX));
        let all = spell(value).into_iter().zip(lengths);
        all.map(move |(bytes, enough)| Spelling { bytes, enough, goes_on }).collect::<Vec<_>>()
    };
    let mut all = spelt(literal, value, false);
    if !(goes_on && is_near_miss) {
        all.extend(spelt(usual, kept, goes_on));
    }
    let mut all: Vec<(Spelling, bool)> = all.into_iter().map(|one| (one, true)).collect();
    if telling.is_some() {
        let mut others = spelt(unusual, kept, goes_on);
        others.push(Spelling { bytes: reversed(value, KEPT), enough: usize::MAX, goes_on });
        all.extend(others.into_iter().map(|one| (one, false)));
    }
    all.sort_by(|(one, _), (other, _)| one.bytes.cmp(&other.bytes));
    all.dedup_by(|(next, _), (known, _)| next.bytes == known.bytes);
    all
}
