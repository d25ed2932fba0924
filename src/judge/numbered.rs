//! What a target handed out, numbered, and what is looked for because of it.

use std::collections::{HashMap, HashSet};

use super::handed_out::{HandedOut, session};
use crate::model::exchange::Exchange;
use crate::value::digest::sha256;
use crate::value::filter::Filter;
use crate::value::redaction::Redactor;
use crate::value::secret::{Shape, Shapes};
use crate::value::token::{Named, Token};

/// A near miss that was made of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NearMiss {
    /// What was sent.
    pub value: String,
    /// The secret it was made of.
    pub source: String,
    /// How.
    pub filter: &'static Filter,
}

/// What a target handed out and nobody may read: hashes, and other values that may be a session, both
/// in the order of their numbers.
#[derive(Debug, Default)]
pub(crate) struct Numbered {
    hashes: Vec<(String, Shape)>,
    others: Vec<(String, Shape)>,
    /// Digests of the hashes, and of the others.
    seen: [HashSet<String>; 2],
    bytes: usize,
    has_more: bool,
}

/// How many values are kept: ten times as many as a run opens sessions.
const MOST: usize = 2000;

/// How many bytes are kept whole: those of tens of thousands of ordinary hashes.
const ROOM: usize = 4 * 1024 * 1024;

/// Of a longer value so many bytes are kept, and recognised, once there is no more room.
const BEGINNING: usize = 4 * 1024;

impl Numbered {
    /// Notes what the answer in an exchange hands out.
    pub(crate) fn note(&mut self, exchange: &Exchange) {
        let HandedOut { hashes, others } = HandedOut::of(exchange);
        hashes.into_iter().for_each(|hash| self.note_hash(hash));
        others.into_iter().for_each(|value| self.note_other(value));
        if self.has_more {
            session(exchange).into_iter().for_each(|hash| self.note_sent(hash));
        }
    }

    /// Whether the target handed out more than is known here, so that nobody can take it all out of
    /// what it says.
    pub(crate) fn has_more(&self) -> bool {
        self.has_more
    }

    /// Gives a hash the next number, unless it has one, or there are too many.
    fn note_hash(&mut self, hash: String) {
        if self.hashes.len() < MOST {
            self.note_sent(hash);
        } else if !self.seen[0].contains(&sha256([&hash])) {
            self.has_more = true;
        }
    }

    /// Gives a hash the next number, unless it has one, however many there are: the suite may send
    /// it.
    fn note_sent(&mut self, hash: String) {
        if self.seen[0].insert(sha256([&hash])) {
            let kept = self.keep(hash);
            self.hashes.push(kept);
        }
    }

    /// Gives another value the next number, unless it has one, or there are too many.
    fn note_other(&mut self, value: String) {
        let digest = sha256([&value]);
        if self.seen.iter().any(|seen| seen.contains(&digest)) {
            return;
        }
        if self.others.len() == MOST {
            self.has_more = true;
            return;
        }
        self.seen[1].insert(digest);
        let kept = self.keep(value);
        self.others.push(kept);
    }

    fn keep(&mut self, mut value: String) -> (String, Shape) {
        let shape = Shape::of(&value);
        if self.bytes + value.len() > ROOM {
            let end = (0..=BEGINNING.min(value.len())).rev().find(|at| value.is_char_boundary(*at));
            value.truncate(end.unwrap_or_default());
            value.shrink_to_fit();
        }
        self.bytes += value.len();
        (value, shape)
    }

    /// What takes all this and other secrets out of a record, and what may be told of the form of
    /// what was handed out.
    pub(crate) fn redactor(
        &self,
        fixtures: &[(String, Token)],
        near_misses: &[NearMiss],
    ) -> (Redactor, Shapes) {
        let mut secrets = fixtures.to_vec();
        let mut shapes = Shapes::new();
        let mut add = |values: Vec<&(String, Shape)>, named: fn(usize) -> Named| {
            for (index, (value, shape)) in values.into_iter().enumerate() {
                let token = named(index + 1).token();
                shapes.insert(token.to_string(), shape.clone());
                secrets.push((value.clone(), token));
            }
        };
        let is_of_fixture = |value: &str| fixtures.iter().any(|(known, _)| known.contains(value));
        let is_fixture = |value: &str| fixtures.iter().any(|(known, _)| known == value);
        add(self.hashes.iter().filter(|(hash, _)| !is_fixture(hash)).collect(), Named::Hash);
        add(self.others.iter().filter(|(value, _)| !is_of_fixture(value)).collect(), Named::Token);
        let known: HashMap<&str, &Token> =
            secrets.iter().rev().map(|(value, token)| (value.as_str(), token)).collect();
        let near_misses = near_misses.iter().filter_map(|near_miss| {
            let token = (*known.get(near_miss.source.as_str())?).clone();
            Some((near_miss.value.clone(), token.filtered(near_miss.filter)))
        });
        let near_misses: Vec<(String, Token)> = near_misses.collect();
        secrets.extend(near_misses);
        (Redactor::new(&secrets), shapes)
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, Numbered, ROOM};

    #[test]
    fn a_hash_has_one_number() {
        let mut numbered = Numbered::default();
        for hash in ["fa7bf873", "0011aabb", "fa7bf873"] {
            numbered.note_hash(hash.to_owned());
        }
        let (redactor, shapes) = numbered.redactor(&[], &[]);
        assert_eq!(redactor.text("0011aabb fa7bf873"), "«hash 2» «hash 1»");
        assert_eq!(shapes["«hash 2»"].length, 8);
    }

    #[test]
    fn a_target_that_hands_out_a_million_is_known_for_it() {
        let mut numbered = Numbered::default();
        (0..MOST).for_each(|number| numbered.note_hash(format!("{number:08}")));
        numbered.note_hash("00000001".to_owned());
        assert!(!numbered.has_more());
        (0..MOST).for_each(|number| numbered.note_hash(format!("x{number:08}")));
        assert!(numbered.has_more());
        assert_eq!((numbered.hashes.len(), numbered.seen[0].len()), (MOST, MOST));
    }

    #[test]
    fn a_target_that_hands_out_books_does_not_fill_the_memory() {
        let mut numbered = Numbered::default();
        for number in 0..100 {
            numbered.note_hash(format!("{number:08}").repeat(ROOM / 80));
        }
        assert!(numbered.bytes < 2 * ROOM, "{}", numbered.bytes);
        assert_eq!(numbered.hashes[99].1.length, ROOM / 80 * 8);
    }
}
