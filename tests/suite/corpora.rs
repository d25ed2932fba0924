//! What was once found to be worth trying, tried again, and all of it with mistakes that nobody would
//! make: files that people write, and answers of targets. `fuzz/` looks for more of its kind.

use std::path::PathBuf;
use std::sync::LazyLock;

use proptest::prelude::{Just, Strategy, any, prop, prop_oneof, proptest};

use crate::support::fuzzed::{judge_answers, read_file};
use crate::support::project;
use crate::support::random::config;

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = project::path(&format!("tests/corpora/{name}"));
    let entries = std::fs::read_dir(folder).expect("there is a corpus");
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.expect("it can be listed").path()).collect();
    paths.sort();
    paths.into_iter().map(|path| std::fs::read(path).expect("it can be read")).collect()
}

static FILES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| corpus("files"));
static ANSWERS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| corpus("answers"));

#[test]
fn every_file_of_the_corpus_can_be_read() {
    assert!(FILES.len() > 20);
    FILES.iter().for_each(|file| read_file(file));
}

#[test]
fn every_answer_of_the_corpus_can_be_judged_and_told() {
    assert!(ANSWERS.len() > 10);
    ANSWERS.iter().for_each(|answers| judge_answers(answers));
}

/// A change of a text at a place of it.
#[derive(Debug, Clone)]
enum Change {
    Insert(Vec<u8>),
    Replace(u8),
    Remove(usize),
    Repeat(usize, usize),
    Cut,
}

fn change() -> impl Strategy<Value = Change> {
    const PIECES: [&str; 24] = [
        "{", "}", "[", "]", ":", ": ", ",", "\"", "'", "\n", "\n  - ", "\t", "#", "&a ", "*a",
        "!!int ", "${", "}", "~", "|", "null", "-1e999", "\u{0}", "\u{feff}",
    ];
    prop_oneof![
        prop::sample::select(&PIECES[..]).prop_map(|piece| Change::Insert(piece.into())),
        any::<u8>().prop_map(Change::Replace),
        (1..40_usize).prop_map(Change::Remove),
        (1..60_usize, 1..40_usize).prop_map(|(length, times)| Change::Repeat(length, times)),
        Just(Change::Cut),
    ]
}

impl Change {
    fn make(&self, bytes: &mut Vec<u8>, place: prop::sample::Index) {
        let at = place.index(bytes.len() + 1);
        let until = |length: usize| (at + length).min(bytes.len());
        match self {
            Change::Insert(piece) => drop(bytes.splice(at..at, piece.iter().copied())),
            Change::Replace(byte) => drop(bytes.splice(at..until(1), [*byte])),
            Change::Remove(length) => drop(bytes.drain(at..until(*length))),
            Change::Repeat(length, times) => {
                let piece = bytes[at..until(*length)].repeat(*times);
                drop(bytes.splice(at..at, piece));
            }
            Change::Cut => bytes.truncate(at),
        }
    }
}

fn changed(corpus: &'static [Vec<u8>]) -> impl Strategy<Value = Vec<u8>> {
    let changes = prop::collection::vec((change(), any::<prop::sample::Index>()), 1..6);
    (prop::sample::select(corpus), changes).prop_map(|(mut bytes, changes)| {
        changes.into_iter().for_each(|(change, place)| change.make(&mut bytes, place));
        bytes
    })
}

proptest! {
    #![proptest_config(config(128))]

    #[test]
    fn a_file_with_any_mistake_can_be_read(bytes in changed(&FILES)) {
        read_file(&bytes);
    }
}

proptest! {
    #![proptest_config(config(64))]

    #[test]
    fn answers_with_any_mistake_can_be_judged_and_told(bytes in changed(&ANSWERS)) {
        judge_answers(&bytes);
    }
}
