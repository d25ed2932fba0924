//! The hashes that a target handed out, numbered, and what is looked for because of them.

use std::collections::HashSet;

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

/// The hashes that a target handed out, in the order of their numbers.
#[derive(Debug, Default)]
pub(crate) struct HandedOut {
    hashes: Vec<(String, Shape)>,
    /// Digests of them.
    seen: HashSet<String>,
    bytes: usize,
    has_more: bool,
}

/// How many hashes are kept: ten times as many as a run opens sessions.
pub(crate) const MOST: usize = 2000;

/// How many bytes of hashes are kept whole: those of tens of thousands of ordinary ones.
const ROOM: usize = 4 * 1024 * 1024;

/// Of a longer hash so many bytes are kept, and recognised, once there is no more room.
const BEGINNING: usize = 4 * 1024;

impl HandedOut {
    /// Gives a hash the next number, unless it has one, or there are too many.
    pub(crate) fn note(&mut self, hash: String) {
        if self.hashes.len() < MOST {
            self.note_sent(hash);
        } else if !self.seen.contains(&sha256([&hash])) {
            self.has_more = true;
        }
    }

    /// Gives a hash the next number, unless it has one, however many there are: the suite may send
    /// it.
    pub(crate) fn note_sent(&mut self, hash: String) {
        if !self.seen.insert(sha256([&hash])) {
            return;
        }
        let shape = Shape::of(&hash);
        let mut hash = hash;
        if self.bytes + hash.len() > ROOM {
            let end = (0..=BEGINNING.min(hash.len())).rev().find(|at| hash.is_char_boundary(*at));
            hash.truncate(end.unwrap_or_default());
            hash.shrink_to_fit();
        }
        self.bytes += hash.len();
        self.hashes.push((hash, shape));
    }

    /// Whether the target handed out more than are known here, so that nobody can take them all out
    /// of what it says.
    pub(crate) fn has_more(&self) -> bool {
        self.has_more
    }

    /// What takes these hashes and other secrets out of a record, and what may be told of the form
    /// of the hashes.
    pub(crate) fn redactor(
        &self,
        others: &[(String, Token)],
        near_misses: &[NearMiss],
    ) -> (Redactor, Shapes) {
        let mut secrets = others.to_vec();
        let mut shapes = Shapes::new();
        let is_new = |(hash, _): &&(String, Shape)| !others.iter().any(|(value, _)| value == hash);
        for (index, (hash, shape)) in self.hashes.iter().filter(is_new).enumerate() {
            let token = Named::Hash(index + 1).token();
            shapes.insert(token.to_string(), shape.clone());
            secrets.push((hash.clone(), token));
        }
        for near_miss in near_misses {
            let token = secrets.iter().find(|(value, _)| *value == near_miss.source);
            if let Some((_, token)) = token {
                let token = token.clone().filtered(near_miss.filter);
                secrets.push((near_miss.value.clone(), token));
            }
        }
        (Redactor::new(&secrets), shapes)
    }
}

#[cfg(test)]
mod tests {
    use super::{HandedOut, MOST, ROOM};

    #[test]
    fn a_hash_has_one_number() {
        let mut handed_out = HandedOut::default();
        for hash in ["fa7bf873", "0011aabb", "fa7bf873"] {
            handed_out.note(hash.to_owned());
        }
        let (redactor, shapes) = handed_out.redactor(&[], &[]);
        assert_eq!(redactor.text("0011aabb fa7bf873"), "«hash 2» «hash 1»");
        assert_eq!(shapes["«hash 2»"].length, 8);
    }

    #[test]
    fn a_target_that_hands_out_a_million_is_known_for_it() {
        let mut handed_out = HandedOut::default();
        (0..MOST).for_each(|number| handed_out.note(format!("{number:08}")));
        handed_out.note("00000001".to_owned());
        assert!(!handed_out.has_more());
        (0..MOST).for_each(|number| handed_out.note(format!("x{number:08}")));
        assert!(handed_out.has_more());
        assert_eq!((handed_out.hashes.len(), handed_out.seen.len()), (MOST, MOST));
    }

    #[test]
    fn a_target_that_hands_out_books_does_not_fill_the_memory() {
        let mut handed_out = HandedOut::default();
        for number in 0..100 {
            handed_out.note(format!("{number:08}").repeat(ROOM / 80));
        }
        assert!(handed_out.bytes < 2 * ROOM, "{}", handed_out.bytes);
        assert_eq!(handed_out.hashes[99].1.length, ROOM / 80 * 8);
    }
}
