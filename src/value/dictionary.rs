//! A dictionary of byte strings that are looked for in texts, whole or as far as a text goes on with
//! one of them.
//!
//! What it costs grows with the text and with the words, and with nothing else: a word of a megabyte
//! of one letter is as cheap as any, and so is a text that is nearly one. Of a long word only the
//! start is kept, and what tells the rest of it.

use std::ops::Range;

use sha2::{Digest, Sha256};

/// So many bytes of a word are kept; what is longer is known by its digest.
pub(super) const KEPT: usize = 96;

/// The least number of bytes of a word.
pub(super) const SHORTEST: usize = 5;

/// What is looked for.
pub(super) struct Word<'a> {
    pub bytes: &'a [u8],
    /// What the finder is told.
    pub id: usize,
    /// So many bytes of it are found too where the rest is missing; all of them if never.
    pub enough: usize,
    /// Whether it is only the start of something, of which the rest is not known.
    pub goes_on: bool,
}

/// Where something was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub range: Range<usize>,
    pub id: usize,
    /// Whether it is the word, rather than a part of it.
    pub is_whole: bool,
}

#[derive(Debug, Default)]
pub(super) struct Dictionary {
    /// In the order of their starts.
    entries: Vec<Entry>,
    /// A bit for each way of starting that an entry may have.
    starts: Vec<u64>,
}

/// Words that start alike.
#[derive(Debug)]
struct Entry {
    start: Box<[u8]>,
    enough: usize,
    id: usize,
    /// Whether a word ends with the start.
    ends: bool,
    /// Whether something goes on behind it, of which nothing is known.
    goes_on: bool,
    /// The words that go on behind the start, the shortest first.
    longer: Vec<Longer>,
    /// Whether one of these holds what ends a word elsewhere.
    is_of_several_words: bool,
    /// The longest other entry that this one starts with.
    parent: Option<usize>,
}

#[derive(Debug)]
struct Longer {
    length: usize,
    digest: [u8; 32],
    id: usize,
}

impl Dictionary {
    /// Makes a dictionary; of words that are the same, the first stays.
    pub(super) fn new<'a>(words: impl IntoIterator<Item = Word<'a>>) -> Dictionary {
        let mut words: Vec<Word<'a>> = words.into_iter().collect();
        words.retain(|word| word.bytes.len() >= SHORTEST);
        words.sort_by_key(|word| start_of(word.bytes));
        let same_start = |a: &Word<'_>, b: &Word<'_>| start_of(a.bytes) == start_of(b.bytes);
        let mut entries: Vec<Entry> = words.chunk_by(same_start).map(Entry::of).collect();
        let mut open: Vec<usize> = Vec::new();
        for index in 0..entries.len() {
            while open.last().is_some_and(|last| !is_start(&entries, *last, index)) {
                open.pop();
            }
            entries[index].parent = open.last().copied();
            open.push(index);
        }
        let mut starts = vec![0; (entries.len() / 4).next_power_of_two().max(64)];
        for entry in &entries {
            let (word, bit) = bit(&entry.start, starts.len());
            starts[word] |= bit;
        }
        Dictionary { entries, starts }
    }

    /// Everything that is found from the left to the right, the longest first, of what is accepted.
    pub(super) fn find_all(&self, text: &[u8], is_accepted: impl Fn(&Found) -> bool) -> Vec<Found> {
        let mut all = Vec::new();
        let mut at = 0;
        let mut ends = WordEnds::default();
        while at + SHORTEST <= text.len() {
            let Some(mut found) = self.find_at(text, at, &mut ends, &is_accepted) else {
                at += 1;
                continue;
            };
            if !found.is_whole && found.range.len() < KEPT {
                // What only starts like one word may hold the start of another one.
                let mut behind = found.range.start + 1..found.range.end;
                found.range.end = behind.find(|at| self.starts_at(text, *at)).unwrap_or(behind.end);
            }
            at = found.range.end;
            all.push(found);
        }
        all
    }

    /// Whether a text goes on with a word, or with as much as is kept of one.
    fn starts_at(&self, text: &[u8], at: usize) -> bool {
        let mut next = self.before(start_of(&text[at..])).checked_sub(1);
        while let Some(entry) = next.map(|index| &self.entries[index]) {
            if text[at..].starts_with(&entry.start) {
                return true;
            }
            next = entry.parent;
        }
        false
    }

    /// How many entries stand before what comes right after a text, itself included.
    fn before(&self, text: &[u8]) -> usize {
        self.entries.partition_point(|entry| {
            note_work(1);
            *entry.start <= *text
        })
    }

    fn find_at(
        &self,
        text: &[u8],
        at: usize,
        ends: &mut WordEnds,
        is_accepted: impl Fn(&Found) -> bool,
    ) -> Option<Found> {
        let (word, bit) = bit(&text[at..], self.starts.len());
        if self.starts.get(word)? & bit == 0 {
            return None;
        }
        let rest = start_of(&text[at..]);
        let after = self.before(rest);
        let mut next = after.checked_sub(1);
        while let Some(index) = next {
            let entry = &self.entries[index];
            if rest.starts_with(&entry.start) {
                let found = entry.whole(text, at, ends).filter(&is_accepted);
                if found.is_some() {
                    return found;
                }
            }
            next = entry.parent;
        }
        let neighbours = [after.checked_sub(1), Some(after)].into_iter().flatten();
        let parts = neighbours.filter_map(|index| {
            let entry = self.entries.get(index)?;
            let same = entry.start.iter().zip(rest).take_while(|(one, other)| one == other).count();
            note_work(same);
            (same >= entry.enough).then(|| entry.part(text, at, same, ends))
        });
        parts.max_by_key(|found| found.range.end).filter(is_accepted)
    }
}

impl Entry {
    fn of(words: &[Word<'_>]) -> Entry {
        let first = &words[0];
        let start = start_of(first.bytes);
        let is_start = |word: &&Word<'_>| word.bytes.len() == start.len();
        let end = words.iter().find(is_start);
        let mut longer: Vec<Longer> =
            words.iter().filter(|word| !is_start(word)).map(Longer::of).collect();
        // The sort keeps the first of the same words first.
        longer.sort_by_key(|longer| longer.length);
        longer.dedup_by(|next, known| next.length == known.length && next.digest == known.digest);
        Entry {
            enough: words.iter().map(|word| word.enough).min().unwrap_or(usize::MAX).max(SHORTEST),
            id: end.unwrap_or(first).id,
            ends: end.is_some(),
            goes_on: words.iter().any(|word| word.goes_on),
            is_of_several_words: words.iter().any(|word| word.bytes.iter().any(ends_word)),
            start: start.into(),
            longer,
            parent: None,
        }
    }

    /// The longest word that stands at a place of a text, which starts with this entry there.
    fn whole(&self, text: &[u8], at: usize, ends: &mut WordEnds) -> Option<Found> {
        if self.goes_on {
            return Some(Found { is_whole: true, ..self.part(text, at, self.start.len(), ends) });
        }
        let end = || Found { range: at..at + self.start.len(), id: self.id, is_whole: true };
        self.longest(text, at, ends).or_else(|| self.ends.then(end))
    }

    fn longest(&self, text: &[u8], at: usize, ends: &mut WordEnds) -> Option<Found> {
        let reach = if self.longer.is_empty() { at } else { self.reach(text, at, ends) };
        let (mut digest, mut read, mut longest) = (Sha256::new(), at, None);
        for longer in self.longer.iter().take_while(|longer| at + longer.length <= reach) {
            let end = at + longer.length;
            note_work(end - read + 1);
            digest.update(&text[read..end]);
            read = end;
            if digest.clone().finalize()[..] == longer.digest {
                longest = Some(Found { range: at..end, id: longer.id, is_whole: true });
            }
        }
        longest
    }

    /// A part of a word: as much as is the same, or, where nobody knows how much that is, all that
    /// may belong to it.
    fn part(&self, text: &[u8], at: usize, same: usize, ends: &mut WordEnds) -> Found {
        let is_all = same == self.start.len() && (self.goes_on || !self.longer.is_empty());
        let end = if is_all { self.reach(text, at, ends).max(at + same) } else { at + same };
        Found { range: at..end, id: self.id, is_whole: false }
    }

    fn reach(&self, text: &[u8], at: usize, ends: &mut WordEnds) -> usize {
        if self.is_of_several_words { text.len() } else { ends.after(text, at) }
    }
}

impl Longer {
    fn of(word: &Word<'_>) -> Longer {
        let digest = Sha256::digest(word.bytes).into();
        Longer { length: word.bytes.len(), digest, id: word.id }
    }
}

/// Where the word ends that was asked for last: many places in a long word are asked for.
#[derive(Default)]
struct WordEnds(Range<usize>);

impl WordEnds {
    fn after(&mut self, text: &[u8], at: usize) -> usize {
        if !self.0.contains(&at) {
            let length = text[at..].iter().take_while(|byte| !ends_word(byte)).count();
            note_work(length);
            self.0 = at..at + length;
        }
        self.0.end
    }
}

/// Whether a byte ends a word in prose, JSON, HTML, URLs or headers.
fn ends_word(byte: &u8) -> bool {
    byte.is_ascii_whitespace() || byte.is_ascii_control() || b"\"'<>&,;()[]{}\\".contains(byte)
}

fn start_of(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.len().min(KEPT)]
}

fn is_start(entries: &[Entry], one: usize, other: usize) -> bool {
    entries[other].start.starts_with(&entries[one].start)
}

/// The place of the bit for the way in which bytes start.
fn bit(bytes: &[u8], words: usize) -> (usize, u64) {
    let start = bytes.iter().take(SHORTEST);
    let mixed = start.fold(0_u64, |mixed, byte| {
        (mixed ^ u64::from(*byte)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23)
    });
    let bits = u32::try_from(mixed >> 32).unwrap_or_default();
    (bits as usize / 64 % words.max(1), 1 << (bits % 64))
}

/// Counts steps, for tests.
#[cfg(not(test))]
fn note_work(_steps: usize) {}

#[cfg(test)]
fn note_work(steps: usize) {
    tests::WORK.with(|work| work.set(work.get() + steps));
}

#[cfg(test)]
pub(super) mod tests {
    use std::cell::Cell;

    use super::{Dictionary, Found, KEPT, Word};
    use rstest::rstest;

    thread_local! {
        /// Bytes that were compared, hashed or passed over.
        pub(in crate::value) static WORK: Cell<usize> = const { Cell::new(0) };
    }

    fn dictionary(words: &[String], enough: usize) -> Dictionary {
        let word = |(id, word): (usize, &'_ String)| (word.clone(), id);
        let words: Vec<(String, usize)> = words.iter().enumerate().map(word).collect();
        Dictionary::new(words.iter().map(|(word, id)| Word {
            bytes: word.as_bytes(),
            id: *id,
            enough,
            goes_on: false,
        }))
    }

    /// What is found, as `id:start-end`, with `~` for a part.
    fn shown(found: &[Found]) -> String {
        let one = |found: &Found| {
            let mark = if found.is_whole { "" } else { "~" };
            format!("{mark}{}:{}-{}", found.id, found.range.start, found.range.end)
        };
        found.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    const LONG: usize = KEPT + 50;

    #[rstest]
    #[case::longest(&["kanari", "kanari73"], "kanari kanari73 kanari7", "0:0-6 1:7-15 0:16-22")]
    #[case::part(&["kanari7331-x"], "no kanari733 no", "~0:3-12")]
    #[case::too_small_a_part(&["kanari7331-x"], "no kanari7 no", "")]
    #[case::first_of_the_same(&["kanari", "kanari"], "kanari", "0:0-6")]
    #[case::inside_a_part(&["kanari7331-x", "331-yz"], "kanari7331-yz", "~0:0-7 1:7-13")]
    #[case::repetitive(&["ddddddddde"], "dddddddddddddde", "~0:0-5 0:5-15")]
    fn words_and_their_parts_are_found(
        #[case] words: &[&str],
        #[case] text: &str,
        #[case] expected: &str,
    ) {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let found = dictionary(&words, 8).find_all(text.as_bytes(), |_| true);
        assert_eq!(shown(&found), expected);
    }

    #[test]
    fn long_words_are_told_apart_by_their_rest() {
        let long = |end: &str| format!("{}{end}", "d".repeat(LONG));
        let words = [long("a"), long("bc"), long("a0")];
        let text = words.join(" ");
        let found = dictionary(&words, 8).find_all(text.as_bytes(), |_| true);
        let ends = [LONG + 1, 2 * LONG + 4, 3 * LONG + 7];
        let expected =
            format!("0:0-{} 1:{}-{} 2:{}-{}", ends[0], ends[0] + 1, ends[1], ends[1] + 1, ends[2]);
        assert_eq!(shown(&found), expected);
    }

    #[test]
    fn of_a_part_of_a_long_word_the_whole_word_is_cut() {
        let word = "d".repeat(LONG) + "e";
        let text = format!("<{}f> {}", "d".repeat(LONG), "d".repeat(20));
        let found = dictionary(&[word], 8).find_all(text.as_bytes(), |_| true);
        assert_eq!(shown(&found), format!("~0:1-{} ~0:{}-{}", LONG + 2, LONG + 4, LONG + 24));
    }

    /// Whatever the words and the text, twice as much of both is about twice the work.
    #[rstest]
    #[case::one_letter(|n| vec!["d".repeat(n)], |n| "d".repeat(n))]
    #[case::nearly_one_letter(|n| vec!["d".repeat(n) + "e"], |n| "d".repeat(20 * n))]
    #[case::many_lengths(|n| (1..=20).map(|i| "d".repeat(n / i)).collect(), |n| "d".repeat(9 * n))]
    #[case::many_lengths_and_words(
        |n| (0..n / 50).map(|i| "d".repeat(KEPT + i) + "e").collect(),
        |n| ("d".repeat(KEPT + 30) + " ").repeat(n / 50)
    )]
    #[case::many_words(
        |n| (0..n / 50).map(|i| format!("{}{i:09}", "d".repeat(60))).collect(),
        |n| "d".repeat(10 * n)
    )]
    #[case::nested(|n| vec!["d".repeat(5), "d".repeat(9), "d".repeat(n)], |n| "d".repeat(7 * n))]
    #[case::two_letters(|n| vec!["ab".repeat(n)], |n| "ab".repeat(n) + &"ba".repeat(n))]
    #[case::with_blanks(|n| vec!["d d".repeat(n) + "e"], |n| "d d".repeat(n) + "f")]
    fn work_grows_with_the_text(
        #[case] words: fn(usize) -> Vec<String>,
        #[case] text: fn(usize) -> String,
    ) {
        let work = |n: usize| {
            let dictionary = dictionary(&words(n), 8);
            WORK.with(|work| work.set(0));
            dictionary.find_all(text(n).as_bytes(), |_| true);
            WORK.with(Cell::get)
        };
        let (once, twice) = (work(5_000), work(10_000));
        assert!(twice <= once * 5 / 2, "{once} steps, then {twice}");
        assert!(once <= 40 * text(5_000).len(), "{once} steps for {} bytes", text(5_000).len());
    }

    #[test]
    fn an_empty_dictionary_finds_nothing() {
        assert_eq!(dictionary(&[], 8).find_all(b"kanari kanari", |_| true), []);
        assert_eq!(Dictionary::default().find_all(b"kanari kanari", |_| true), []);
    }
}
