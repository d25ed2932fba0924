//! Every departure is well named and shows.

use std::collections::HashSet;
use std::sync::Arc;

use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

use super::client::Host;
use super::script;
use crate::reference::{Behaviour, faults, null_servers, variations};

/// How many servers run beside one another.
const AT_ONCE: usize = 32;

fn departures() -> Vec<Behaviour> {
    let faults = faults().iter().copied().map(Behaviour::Fault);
    let variations = variations().iter().copied().map(Behaviour::Variation);
    faults.chain(variations).chain(null_servers().iter().map(Behaviour::Null)).collect()
}

async fn transcript(behaviour: Behaviour) -> Vec<String> {
    let host = Host::start(behaviour).await;
    let (lines, mut heard) = mpsc::unbounded_channel();
    script::play(&host, &lines).await;
    drop(lines);
    host.stop().await;
    let mut transcript = Vec::new();
    while let Some(line) = heard.recv().await {
        transcript.push(line);
    }
    transcript
}

/// Plays the script until a line differs.
async fn differs(behaviour: Behaviour, faultless: &[String]) -> bool {
    let host = Host::start(behaviour).await;
    let (lines, mut heard) = mpsc::unbounded_channel();
    let compare = async {
        for expected in faultless {
            if heard.recv().await.as_ref() != Some(expected) {
                return true;
            }
        }
        false
    };
    let differs = tokio::select! {
        biased;
        differs = compare => differs,
        never = async { script::play(&host, &lines).await; std::future::pending().await } => never,
    };
    host.stop().await;
    differs
}

/// The departures under which the script does not differ from the faultless one.
async fn unseen(departures: Vec<Behaviour>) -> Vec<&'static str> {
    let faultless = Arc::new(transcript(Behaviour::Faultless).await);
    let permits = Arc::new(Semaphore::new(AT_ONCE));
    let mut runs = JoinSet::new();
    for departure in departures {
        let (faultless, permits) = (Arc::clone(&faultless), Arc::clone(&permits));
        runs.spawn(async move {
            let _permit = permits.acquire_owned().await.unwrap();
            (!differs(departure, &faultless).await).then(|| departure.name())
        });
    }
    let mut unseen: Vec<_> = runs.join_all().await.into_iter().flatten().collect();
    unseen.sort_unstable();
    unseen
}

#[test]
fn names_are_unique_and_in_kebab_case() {
    let mut seen = HashSet::new();
    for name in departures().into_iter().map(Behaviour::name) {
        assert!(seen.insert(name), "`{name}` is taken twice");
        let words = name.split('-').all(|word| {
            !word.is_empty()
                && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        });
        assert!(words, "`{name}` is not in kebab-case");
        assert_eq!(Behaviour::named(name).map(Behaviour::name), Some(name));
    }
}

#[test]
fn summaries_are_sentences_and_unique() {
    let faults = faults().iter().map(|fault| (fault.name, fault.summary));
    let variations = variations().iter().map(|variation| (variation.name, variation.summary));
    let nulls = null_servers().iter().map(|null| (null.name, null.summary));
    let mut seen = HashSet::new();
    for (name, summary) in faults.chain(variations).chain(nulls) {
        assert!(
            summary.ends_with('.') && summary.starts_with(char::is_uppercase),
            "{name}: {summary}"
        );
        assert!(seen.insert(summary), "{name}: {summary}");
    }
}

#[test]
fn every_fault_violates_something() {
    for fault in faults() {
        assert!(!fault.violates.is_empty(), "{}", fault.name);
        assert!(!fault.changes.is_empty(), "{}", fault.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_departure_shows_save_those_in_time() {
    let in_time = ["answer-slow", "sign-in-slow"];
    let departures =
        departures().into_iter().filter(|departure| !in_time.contains(&departure.name()));
    assert_eq!(unseen(departures.collect()).await, Vec::<&str>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_script_is_repeatable() {
    let (one, two) =
        tokio::join!(transcript(Behaviour::Faultless), transcript(Behaviour::Faultless));
    for (one, two) in one.iter().zip(&two) {
        assert_eq!(one, two);
    }
}
