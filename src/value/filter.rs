//! Filters: what `${step.member | filter}` makes of a value on its way into a request.
//!
//! A near miss is another value, which a server has to refuse; a spelling is the same value,
//! written otherwise. To add a filter, add a row to [`FILTERS`].

use std::fmt;

/// Something that can be done to a text on its way into a request.
pub struct Filter {
    /// The word in case files.
    pub name: &'static str,
    /// What becomes of the text, in words that read after "the value".
    pub summary: &'static str,
    /// Whether the result is another value (a near miss) or the same one in another spelling.
    pub kind: FilterKind,
    apply: fn(&str) -> Option<String>,
}

impl PartialEq for Filter {
    fn eq(&self, other: &Filter) -> bool {
        self.name == other.name
    }
}

impl Eq for Filter {}

impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// What the result of a filter is to the value it is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilterKind {
    /// Another value.
    NearMiss,
    /// The same value, spelt otherwise.
    Spelling,
}

impl Filter {
    /// The filtered text; `None` where the filter would change nothing, or nothing be left.
    #[must_use]
    pub fn apply(&self, text: &str) -> Option<String> {
        (self.apply)(text).filter(|result| {
            self.kind == FilterKind::Spelling || (result != text && !result.is_empty())
        })
    }
}

/// All filters. To add one, add a row.
pub static FILTERS: &[Filter] = &[
    near_miss("drop-first", "without its first character", |text| {
        let mut characters = text.chars();
        characters.next();
        Some(characters.as_str().to_owned())
    }),
    near_miss("drop-last", "without its last character", |text| {
        let mut characters = text.chars();
        characters.next_back();
        Some(characters.as_str().to_owned())
    }),
    near_miss("append", "with one more character", |text| Some(format!("{text}0"))),
    // More than any login, password or hash has, and less than a server has to turn away.
    near_miss("lengthened", "repeated up to ten thousand characters", |text| {
        Some(text.chars().cycle().take(10_000).collect())
    }),
    near_miss("append-nul", "with a NUL character and more text", |text| {
        Some(format!("{text}\0x"))
    }),
    near_miss("change-first", "with its first character changed", |text| {
        let mut characters = text.chars();
        let first = characters.next()?;
        Some(format!("{}{}", other(first), characters.as_str()))
    }),
    near_miss("change-last", "with its last character changed", change_last),
    near_miss("percent-escaped", "with every byte percent-escaped", |text| {
        Some(percent_encoded(text))
    }),
    near_miss("swap-case", "with the case of its letters swapped", |text| {
        let swapped: String = text.chars().map(swap_case).collect();
        // A text without letters still has to be missed, whatever its owner chose.
        if swapped == text { change_last(text) } else { Some(swapped) }
    }),
    spelling("json-escaped", "spelt with JSON escapes only", |text| {
        Some(text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect())
    }),
    // Small letters, since what a form or a query is given whole is encoded with capitals.
    spelling("percent-encoded", "with every byte percent-encoded, in small letters", |text| {
        Some(percent_encoded(text).to_ascii_lowercase())
    }),
];

/// What a target makes of a secret, and the suite never sends: no filter of cases.
pub(crate) static TRACE: Filter = near_miss("in-part", "in part or in disguise", |_| None);

fn change_last(text: &str) -> Option<String> {
    let mut characters = text.chars();
    let last = characters.next_back()?;
    Some(format!("{}{}", characters.as_str(), other(last)))
}

fn percent_encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

const fn near_miss(
    name: &'static str,
    summary: &'static str,
    apply: fn(&str) -> Option<String>,
) -> Filter {
    Filter { name, summary, kind: FilterKind::NearMiss, apply }
}

const fn spelling(
    name: &'static str,
    summary: &'static str,
    apply: fn(&str) -> Option<String>,
) -> Filter {
    Filter { name, summary, kind: FilterKind::Spelling, apply }
}

/// The filter of this name.
pub(super) fn by_name(name: &str) -> Option<&'static Filter> {
    FILTERS.iter().find(|filter| filter.name == name)
}

/// Another character of the same kind.
fn other(character: char) -> char {
    match character {
        '0'..='8' | 'a'..='e' | 'A'..='E' => char::from(character as u8 + 1),
        '9' => '0',
        'f' => 'a',
        'F' => 'A',
        'x' => 'y',
        _ => 'x',
    }
}

fn swap_case(character: char) -> char {
    if character.is_ascii_lowercase() {
        character.to_ascii_uppercase()
    } else {
        character.to_ascii_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::{FILTERS, FilterKind};

    #[test]
    fn a_near_miss_always_misses() {
        for filter in FILTERS.iter().filter(|f| f.kind == FilterKind::NearMiss) {
            for text in ["12f@14Y$", "fa7bf873", "9", "é", "", "ffff"] {
                assert_ne!(filter.apply(text).as_deref(), Some(text), "{filter:?}");
            }
        }
    }
}
