//! The ledger: every documented statement, with level, sentence and source.
//!
//! Reading `cases/requirements.yaml` belongs to `suite`; this is what it becomes.

use serde_json::Value;

use crate::model::level::Level;

/// One documented statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// The identifier, such as `AUTH-E11`.
    pub id: String,
    /// How binding it is.
    pub level: Level,
    /// The statement in our words, a whole sentence in the present tense.
    pub sentence: String,
    /// Where it stands: document, section, lines.
    pub source: String,
    /// The kind of answer that the statement is about, if it is about one kind only: the other
    /// kind neither keeps nor breaks it.
    pub about: Option<About>,
    /// How the documents contradict each other about it and what the suite accepts.
    pub contested: Option<String>,
    /// Whether cases are expected to judge it.
    pub standing: Standing,
    /// What it asks of an answer where a case asks nothing particular, as a case would write it.
    /// It refers to no other answer.
    pub usual_check: Option<Value>,
    /// The groups that it belongs to: a step that names one of them asks it of its answer.
    pub groups: Vec<String>,
    /// The calls that its groups ask it of; empty for all of them.
    pub calls: Vec<String>,
}

/// The kind of answer that a statement is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// Answers that grant what was asked.
    Granted,
    /// Answers that refuse it.
    Refused,
    /// Answers that grant or refuse it: what is neither says nothing of it.
    Answered,
}

impl Requirement {
    /// Whether every step that makes a documented call asks it, without naming it.
    #[must_use]
    pub fn is_of_every_call(&self) -> bool {
        self.groups.iter().any(|group| group == EVERY_CALL)
    }
}

impl About {
    /// Reads the word of the ledger.
    #[must_use]
    pub fn from_name(name: &str) -> Option<About> {
        match name {
            "granted" => Some(About::Granted),
            "refused" => Some(About::Refused),
            "answered" => Some(About::Answered),
            _ => None,
        }
    }
}

/// Whether cases judge a requirement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// At least one check judges it.
    Judged,
    /// No check judges it yet, for the reason given.
    Planned(String),
    /// No check can or may judge it, for the reason given.
    Excluded(String),
}

/// The group that asks every step which makes one of the documented calls, whether the step names
/// it or not.
pub(crate) const EVERY_CALL: &str = "every-call";

/// All requirements, in the order of the ledger file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    entries: Vec<Requirement>,
}

impl Ledger {
    /// Makes a ledger of entries whose ids are distinct.
    #[must_use]
    pub fn new(entries: Vec<Requirement>) -> Ledger {
        Ledger { entries }
    }

    /// The requirement with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Requirement> {
        self.entries.iter().find(|entry| entry.id == id)
    }

    /// The requirements of a group, in the order of the ledger file.
    pub fn group<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Requirement> {
        self.iter().filter(move |entry| entry.groups.iter().any(|group| group == name))
    }

    /// The names of all groups, in the order of the ledger file.
    #[must_use]
    pub fn groups(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for name in self.iter().flat_map(|entry| &entry.groups) {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        names
    }

    /// All requirements, in the order of the ledger file.
    pub fn iter(&self) -> impl Iterator<Item = &Requirement> {
        self.entries.iter()
    }
}
