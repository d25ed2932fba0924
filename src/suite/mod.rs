//! The suite: case files, schemas and ledger, read and checked whole.
//!
//! The only module that reads files of the suite. What is built in is compiled into the binary;
//! `--cases DIR` adds folders of the same layout. All mistakes in all files are reported at once, and
//! nothing is sent as long as there is one. Each kind of file has a module of its own here.

mod against_format;
pub(crate) mod case;
pub(crate) mod case_file;
mod cases;
mod error_statuses;
pub(crate) mod files;
pub(crate) mod fixtures;
mod ledger;
mod password_budget;
mod schemas;
pub(crate) mod selection;

use std::collections::HashSet;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use cases::read_cases;
use error_statuses::read_format;
use files::{File, FileOrigin, Files, SCHEMA, is_of_a_checkout};
use ledger::{judged, read_ledger, unjudged_requirements};
use password_budget::check_password_budget;
use schemas::read_schemas;

use crate::model::figures::Figures;
use crate::model::identity::{Digests, SuiteIdentity};
use crate::model::level::Level;
use crate::model::requirement::Ledger;
use crate::suite::case::{Case, Step};
use crate::value::diagnostics::{Diagnostic, Source};
use crate::value::digest::sha256;
use crate::value::yaml::{self, Document};

/// Path below the root of the project, and text.
const BUILT_IN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/builtin_files.rs"));

/// The figures of this version's proof: built in with the rest, and no file of the suite.
const PROOF: &str = "cases/proof.json";

/// Everything that a run, a lint or a proof needs to know beforehand.
#[derive(Debug)]
pub struct Suite {
    /// All cases, ordered by id.
    pub cases: Vec<Case>,
    /// All requirements.
    pub ledger: Ledger,
    /// What the files are, as digests.
    pub digests: Digests,
    /// How many case files there are.
    pub files: usize,
    /// Whose files they are.
    pub origin: Origin,
}

/// Whose files a suite is made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// What is built in, and nothing else.
    #[default]
    BuiltIn,
    /// Everything that is built in, as it is, and other files beside it.
    Extended,
    /// Other files; the built-in cases are left out.
    Own,
}

/// Where a suite is read from.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Whether the built-in cases are left out; the built-in ledger and schemas stay, but the
    /// folders may override them.
    pub without_builtin: bool,
    /// Folders, or single files, of cases beside the built-in ones.
    pub folders: Vec<PathBuf>,
}

impl Sources {
    /// Whose files a suite from here is made of.
    fn origin(&self) -> Origin {
        match (self.without_builtin, self.folders.is_empty()) {
            (true, _) => Origin::Own,
            (false, true) => Origin::BuiltIn,
            (false, false) => Origin::Extended,
        }
    }
}

impl Suite {
    /// Reads and checks everything that is selected.
    ///
    /// # Errors
    ///
    /// Every mistake of every file.
    pub fn load(sources: &Sources) -> Result<Suite, Vec<Diagnostic>> {
        let replaces = sources.without_builtin;
        let is_built_in = sources.origin() == Origin::BuiltIn;
        let whole = if is_built_in { Some(FileOrigin::BuiltIn) } else { None };
        let rules = Rules { replaces, whole, ..Rules::default() };
        Suite::read(gather(sources, replaces), &rules, sources.origin())
    }

    /// Reads and checks files that add to the built-in cases, or replace them.
    ///
    /// In a checkout of this project, the files of `cases/` and `schemas/` are those of the next
    /// build, so they may override what is built in.
    ///
    /// # Errors
    ///
    /// Every mistake of every file; what is built in already is one too.
    pub fn check(sources: &Sources) -> Result<Suite, Vec<Diagnostic>> {
        let replaces = sources.without_builtin
            || sources.folders.iter().any(|folder| is_of_a_checkout(folder));
        let own = Sources { without_builtin: true, folders: sources.folders.clone() };
        let files = gather(&own, replaces);
        let has_ledger = files.ledgers.iter().any(|file| file.origin == FileOrigin::InFolder);
        let rules = Rules {
            replaces,
            whole: Some(FileOrigin::InFolder),
            // Reading all built-in cases takes a moment.
            judged: if replaces || !has_ledger {
                HashSet::new()
            } else {
                judged(&Suite::load(&Sources::default())?.cases)
            },
            taken: if replaces { HashSet::new() } else { built_in_ids() },
        };
        Suite::read(files, &rules, own.origin())
    }

    /// Reads and checks a file as if it lay alone in a folder, without the built-in cases: for who
    /// tries many texts, and writes none of them to a disk. Its path is one within a folder, such as
    /// `requirements.yaml` or `logout/mine.yaml`.
    ///
    /// # Errors
    ///
    /// Every mistake of the file.
    #[doc(hidden)]
    pub fn read_alone(path: &str, bytes: Vec<u8>) -> Result<Suite, Vec<Diagnostic>> {
        let own = Sources { without_builtin: true, folders: Vec::new() };
        let mut files = gather(&own, true);
        let source = Source::from_bytes(path, bytes).map_err(|found| vec![found])?;
        let file = File { path: path.to_owned(), source, origin: FileOrigin::InFolder };
        files.add(file, path.ends_with(SCHEMA));
        Suite::read(files, &Rules { replaces: true, ..Rules::default() }, Origin::Own)
    }

    fn read(mut files: Files, rules: &Rules, origin: Origin) -> Result<Suite, Vec<Diagnostic>> {
        let mut diagnostics = std::mem::take(&mut files.unreadable);
        let replaces = rules.replaces;
        let schemas = read_schemas(&files.schemas, replaces, &mut diagnostics);
        let format = read_format(schemas, &files.statuses, replaces, &mut diagnostics);
        let Some(format) = format else { return Err(diagnostics) };
        let ledger = read_ledger(&files.ledgers, replaces, &format, &mut diagnostics);
        let Some(ledger) = ledger else { return Err(diagnostics) };
        let (cases, documents) =
            read_cases(&files.cases, &rules.taken, &format, &ledger, &mut diagnostics);
        let ledger = ledger.ledger;
        diagnostics.extend(check_password_budget(&cases, &documents));
        if diagnostics.is_empty() {
            let judged = &judged(&cases) | &rules.judged;
            let whole = files.ledgers.iter().filter(|file| Some(file.origin) == rules.whole);
            diagnostics
                .extend(whole.flat_map(|file| unjudged_requirements(&judged, &ledger, file)));
        }
        if !diagnostics.is_empty() {
            return Err(diagnostics);
        }
        let digests = Digests {
            cases: digest(files.cases.iter()),
            schemas: digest(files.schemas.iter()),
            ledger: digest(files.ledgers.iter().chain(&files.statuses)),
        };
        Ok(Suite { cases, ledger, digests, files: files.cases.len(), origin })
    }

    /// This version of the suite with these files.
    #[must_use]
    pub fn identity(&self) -> SuiteIdentity {
        SuiteIdentity::with(self.digests.clone())
    }

    /// The case with this id; the id of an expanded file means its first case.
    #[must_use]
    pub fn case(&self, id: &str) -> Option<&Case> {
        self.cases.iter().find(|case| case.id == id)
    }

    /// How many checks judge a requirement, by the level they are judged at.
    #[must_use]
    pub fn checks_of(&self, requirement: &str) -> Vec<(&Case, &Step, Level)> {
        let mut found = Vec::new();
        for case in &self.cases {
            for step in &case.steps {
                let checks = step.checks.iter().filter(|check| check.requirement == requirement);
                found.extend(checks.map(|check| (case, step, check.level)));
            }
        }
        found
    }
}

/// What is asked of files beyond their format.
#[derive(Default)]
struct Rules {
    /// Whether a later file may override an earlier one.
    replaces: bool,
    /// The ledgers all of whose requirements have to be judged.
    whole: Option<FileOrigin>,
    /// The requirements that other cases judge.
    judged: HashSet<String>,
    /// The ids of other cases.
    taken: HashSet<String>,
}

/// The ids of the built-in cases, an expanded one without its encoding.
fn built_in_ids() -> HashSet<String> {
    let paths = gather(&Sources::default(), false).cases.into_iter().map(|file| file.path);
    paths.map(|path| path.trim_end_matches(".yaml").to_owned()).collect()
}

/// Finds all files.
///
/// What lies beside a single file of a checkout is built in already.
fn gather(sources: &Sources, replaces: bool) -> Files {
    let mut files = Files::default();
    files.add_built_in(sources.without_builtin);
    for folder in &sources.folders {
        files.add_folder(folder);
    }
    let alone = sources.folders.iter().filter(|path| path.is_file());
    for file in alone.filter(|file| replaces || !is_of_a_checkout(file)) {
        files.add_beside(file);
    }
    files
}

/// The text of a built-in schema by its file name, such as `report.schema.json`.
#[must_use]
pub fn built_in_schema(file: &str) -> Option<&'static str> {
    built_in(&format!("schemas/{file}"))
}

/// The figures on record for this version, from `cases/proof.json`; `None` if there was no such
/// file when this was built, or if it cannot be read.
#[must_use]
pub fn figures_on_record() -> Option<Figures> {
    serde_json::from_str(built_in(PROOF)?).ok()
}

fn built_in(path: &str) -> Option<&'static str> {
    BUILT_IN.iter().find(|(name, _)| *name == path).map(|(_, text)| *text)
}

/// Parses a file; mistakes are added to `diagnostics`.
fn parse(file: &File, diagnostics: &mut Vec<Diagnostic>) -> Option<Document> {
    yaml::parse(&file.source).map_err(|found| diagnostics.extend(found)).ok()
}

fn digest<'a>(files: impl Iterator<Item = &'a File>) -> String {
    let mut sorted: Vec<&File> = files.collect();
    sorted.sort_by(|left, right| left.path.cmp(&right.path));
    let parts = sorted.iter().flat_map(|file| [&file.path, "\0", &file.source.text, "\0"]);
    sha256(parts)
}

/// A digest of what each step of a case sends and when, in their order. Who judges a record again
/// knows by it which exchanges are not those that the case would make now.
pub(crate) fn calls(case: &Case) -> Vec<String> {
    /// Enough to tell calls apart.
    const DIGITS: usize = 16;
    let call = |step: &Step| sha256([step.call_as_written()])[..DIGITS].to_owned();
    case.steps.iter().map(call).collect()
}
