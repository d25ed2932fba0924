//! JSON without secrets, which stays JSON of the same types and members.

use std::borrow::Cow;
use std::collections::HashMap;

use super::cut::{Cut, splice};
use super::{MANY_DIGITS, Numeric, Redactor, Spelt};
use crate::value::dictionary::Found;
use crate::value::json_text::{Meaning, literal_end};
use crate::value::number;
use crate::value::spelling::listed;
use crate::value::vocabulary::is_vocabulary;

/// Whether a text keeps the grammar of JSON.
#[derive(Debug, Clone, Copy)]
pub(super) enum Grammar {
    Kept,
    Broken,
}

impl Redactor {
    /// JSON text: every string literal is decoded, so that no way of escaping hides a secret.
    pub(super) fn json(&self, body: &[u8], grammar: Grammar) -> Vec<u8> {
        let mut redacted = Vec::with_capacity(body.len());
        let mut names = Names::default();
        let mut rest = body;
        while let Some(start) = rest.iter().position(|byte| *byte == b'"') {
            redacted.extend(self.between(&rest[..start], grammar));
            names.follow(&rest[..start]);
            let end = literal_end(&rest[start..]).map_or(rest.len(), |length| start + length);
            let literal = &rest[start..end];
            match self.literal(literal, is_name(&rest[end..]), &mut names) {
                Some(text) => redacted.extend(text.bytes()),
                None => redacted.extend(self.bytes(literal)),
            }
            rest = &rest[end..];
        }
        redacted.extend(self.between(rest, grammar));
        redacted
    }

    /// What stands between two literals.
    fn between(&self, bytes: &[u8], grammar: Grammar) -> Vec<u8> {
        match (grammar, std::str::from_utf8(bytes)) {
            (Grammar::Kept, Ok(text)) => {
                let text = self.without_lists(text);
                let pieces = text.split_inclusive(|c: char| !is_part_of_number(c));
                let redacted = pieces.map(|piece| {
                    let written = piece.trim_end_matches(|c: char| !is_part_of_number(c));
                    let rest = &piece[written.len()..];
                    self.number(written).map_or(piece.to_owned(), |number| number + rest)
                });
                redacted.collect::<String>().into_bytes()
            }
            _ => self.bytes(bytes),
        }
    }

    /// The text between two literals with zeros in the place of numbers that spell out a secret.
    fn without_lists<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut cuts = Vec::new();
        for view in listed(text.as_bytes()) {
            self.note_cuts(&view, Spelt::InPieces, &mut cuts);
        }
        if cuts.is_empty() {
            return Cow::from(text);
        }
        for cut in &mut cuts {
            cut.text = Cow::from(with_zeros(&text[cut.range.clone()]));
        }
        Cow::from(String::from_utf8_lossy(&splice(text.as_bytes(), cuts)).into_owned())
    }

    /// A string literal with its quotes; `None` if it is none.
    fn literal(&self, literal: &[u8], is_name: bool, names: &mut Names) -> Option<String> {
        let written = std::str::from_utf8(literal).ok()?.strip_prefix('"')?.strip_suffix('"')?;
        let meaning = Meaning::of(written)?;
        let redacted = self.meant(&meaning, written, is_name);
        Some(format!(
            "\"{}\"",
            if is_name { names.unique(&meaning.text, redacted) } else { redacted }
        ))
    }

    fn meant(&self, meaning: &Meaning, written: &str, is_name: bool) -> String {
        match self.whole(&meaning.text) {
            Some(_) if is_name && is_vocabulary(&meaning.text) => written.to_owned(),
            Some(token) => token.to_owned(),
            None => {
                let place = |at: usize| meaning.places[at];
                let cuts = self.cuts(meaning.text.as_bytes());
                if cuts.is_empty() {
                    return written.to_owned();
                }
                let cuts = cuts
                    .into_iter()
                    .map(|cut| Cut { range: place(cut.range.start)..place(cut.range.end), ..cut });
                let redacted = splice(written.as_bytes(), cuts.collect());
                String::from_utf8_lossy(&redacted).into_owned()
            }
        }
    }

    /// A number that is no secret: as many nines as fit before the number of the secret, so that
    /// it is still a number, and the same one for the same secret. Of a number that is no integer
    /// it says that too, and nothing else.
    ///
    /// A number is a secret if it is the same number as one, or holds one of many digits.
    fn number(&self, written: &str) -> Option<String> {
        let digits = written.trim_start_matches('-');
        let Numeric { token, width } = self.secret_number(digits)?;
        let is_integer = digits.bytes().all(|byte| byte.is_ascii_digit());
        let width = if is_integer { digits.len() } else { width };
        let told = |padding: &str| {
            let index = format!("{token:04}");
            format!("{}{index}", padding.repeat(width.saturating_sub(index.len()).max(1)))
        };
        // Somebody may have chosen nines.
        let is_free = |told: &String| self.digits.find_all(told.as_bytes(), |_| true).is_empty();
        let integer = ["9", "8", "7", "6"].map(told).into_iter().find(is_free);
        let integer = integer.unwrap_or_else(|| "0".to_owned());
        let sign = if written.starts_with('-') { "-" } else { "" };
        Some(format!("{sign}{integer}{}", if is_integer { "" } else { ".5" }))
    }

    fn secret_number(&self, digits: &str) -> Option<Numeric> {
        let same = number::one_form(digits).and_then(|number| self.numeric.get(&number).copied());
        let held = || {
            let is_long = |found: &Found| found.range.len() >= MANY_DIGITS;
            let found = self.digits.find_all(digits.as_bytes(), is_long).into_iter().next()?;
            Some(Numeric { token: found.id, width: found.range.len() })
        };
        same.or_else(held)
    }
}

/// The names of the members of the objects that are not closed yet. Two names stay two names.
#[derive(Default)]
struct Names(Vec<NamesOfObject>);

#[derive(Default)]
struct NamesOfObject {
    /// What each name that is told stands for.
    told: HashMap<String, String>,
    /// How often a name came out of the redaction that another one has already.
    again: HashMap<String, usize>,
}

impl Names {
    fn follow(&mut self, between: &[u8]) {
        for byte in between {
            match byte {
                b'{' => self.0.push(NamesOfObject::default()),
                b'}' => _ = self.0.pop(),
                _ => {}
            }
        }
    }

    fn unique(&mut self, name: &str, told: String) -> String {
        let Some(NamesOfObject { told: names, again }) = self.0.last_mut() else { return told };
        // Only what looks as if something was cut out of it can have become the same.
        if !told.contains(['«', '‹', '\\']) {
            return told;
        }
        // What is the same for whoever reads it may be written differently.
        let meant = |told: &str| Meaning::of(told).map(|meaning| meaning.text).unwrap_or_default();
        let mut unique = told.clone();
        while names.get(&meant(&unique)).is_some_and(|known| known != name) {
            let again = again.entry(told.clone()).or_default();
            *again += 1;
            let number = if *again == 1 { String::new() } else { again.to_string() };
            unique = format!("{told}'{number}");
        }
        names.insert(meant(&unique), name.to_owned());
        unique
    }
}

fn is_part_of_number(character: char) -> bool {
    character.is_ascii_digit() || "+-.eE".contains(character)
}

fn is_name(after: &[u8]) -> bool {
    after.trim_ascii_start().first() == Some(&b':')
}

/// The text with a zero in the place of every number.
fn with_zeros(text: &str) -> String {
    let is_digit = |byte: u8| byte.is_ascii_digit();
    let same = |one: &u8, next: &u8| is_digit(*one) && is_digit(*next);
    let pieces = text.as_bytes().chunk_by(same);
    let zeros = pieces.map(|piece| if is_digit(piece[0]) { b"0" } else { piece });
    String::from_utf8_lossy(&zeros.collect::<Vec<&[u8]>>().concat()).into_owned()
}
