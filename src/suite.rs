//! The suite: case files, schemas and ledger, read and checked whole.
//!
//! The only module that reads files of the suite. What is built in is compiled into the binary;
//! `--cases DIR` adds folders of the same layout. All mistakes of all files are found at once,
//! and nothing is sent before there are none.

mod files;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;
use sha2::{Digest, Sha256};

use files::{File, FileOrigin, Files, is_of_a_checkout};

use crate::case::{Case, Step};
use crate::case_file::{self, Format};
use crate::json_diff::escape;
use crate::level::Level;
use crate::lint::{against_format, in_schema};
use crate::mistake::{Mistake, Source};
use crate::requirement::{Ledger, Requirement, Standing};
use crate::role::Role;
use crate::schema::Schemas;
use crate::variables::Template;
use crate::yaml::{self, Document};

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// What is built in, and nothing else.
    BuiltIn,
    /// Everything that is built in, as it is, and other files beside it.
    Extended,
    /// Other files; the built-in cases are left out.
    Own,
}

/// SHA-256 over names and contents, in hexadecimal.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Digests {
    /// Of all case files.
    pub cases: String,
    /// Of all schemas.
    pub schemas: String,
    /// Of the ledger and of the table of HTTP statuses.
    pub ledger: String,
}

/// Where a suite is read from.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Whether the built-in cases are left out; the built-in ledger and schemas stay, but the
    /// folders may say anew what they say.
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
    pub fn load(sources: &Sources) -> Result<Suite, Vec<Mistake>> {
        let replaces = sources.without_builtin;
        let is_built_in = sources.origin() == Origin::BuiltIn;
        let whole = if is_built_in { Some(FileOrigin::BuiltIn) } else { None };
        let rules = Rules { replaces, whole, ..Rules::default() };
        Suite::read(gather(sources, replaces), &rules, sources.origin())
    }

    /// Reads and checks what is meant to stand beside the built-in cases, or without them.
    ///
    /// In a checkout of this project the files of `cases/` and `schemas/` are those that the next
    /// build takes in, and may say anew what is built in.
    ///
    /// # Errors
    ///
    /// Every mistake of every file; what is built in already is one too.
    pub fn check(sources: &Sources) -> Result<Suite, Vec<Mistake>> {
        let replaces = sources.without_builtin
            || sources.folders.iter().any(|folder| is_of_a_checkout(folder));
        let own = Sources { without_builtin: true, folders: sources.folders.clone() };
        let files = gather(&own, replaces);
        let has_ledger = files.ledgers.iter().any(|file| file.origin == FileOrigin::InFolder);
        let rules = Rules {
            replaces,
            whole: Some(FileOrigin::InFolder),
            // Reading all built-in cases takes a moment.
            judged: match replaces || !has_ledger {
                true => HashSet::new(),
                false => judged(&Suite::load(&Sources::default())?.cases),
            },
            taken: if replaces { HashSet::new() } else { built_in_ids() },
        };
        Suite::read(files, &rules, own.origin())
    }

    fn read(mut files: Files, rules: &Rules, origin: Origin) -> Result<Suite, Vec<Mistake>> {
        let mut mistakes = std::mem::take(&mut files.unreadable);
        let replaces = rules.replaces;
        let schemas = read_schemas(&files.schemas, replaces, &mut mistakes);
        let ledger = read_ledger(&files.ledgers, replaces, &schemas, &mut mistakes);
        let format = read_format(schemas, &files.statuses, replaces, &mut mistakes);
        let (Some(format), Some(ledger)) = (format, ledger) else { return Err(mistakes) };
        let (cases, documents) =
            read_cases(&files.cases, &rules.taken, &format, &ledger, &mut mistakes);
        mistakes.extend(spend_of_wrong_passwords(&cases, &documents));
        if mistakes.is_empty() {
            let judged = &judged(&cases) | &rules.judged;
            let whole = files.ledgers.iter().filter(|file| Some(file.origin) == rules.whole);
            mistakes.extend(whole.flat_map(|file| unjudged_requirements(&judged, &ledger, file)));
        }
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let digests = Digests {
            cases: digest(files.cases.iter()),
            schemas: digest(files.schemas.iter()),
            ledger: digest(files.ledgers.iter().chain(&files.statuses)),
        };
        Ok(Suite { cases, ledger, digests, files: files.cases.len(), origin })
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
    /// Whether later files may say anew what earlier ones say.
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
/// Beside the built-in files, what lies beside a single file of a checkout is no news.
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

/// The text of `cases/proof.json`, where there was one when this was built.
#[must_use]
pub fn built_in_proof() -> Option<&'static str> {
    built_in(PROOF)
}

fn built_in(path: &str) -> Option<&'static str> {
    BUILT_IN.iter().find(|(name, _)| *name == path).map(|(_, text)| *text)
}

/// Reads the schemas; with `replaces`, a later one may say anew what an earlier one says.
fn read_schemas(files: &[File], replaces: bool, mistakes: &mut Vec<Mistake>) -> Option<Schemas> {
    let mut documents = BTreeMap::new();
    for file in files {
        let name = file.path.trim_end_matches(".json").trim_end_matches(".schema").to_owned();
        match yaml::parse(&file.source) {
            Ok(document) if !replaces && documents.contains_key(&name) => {
                let message = format!("schema `{name}` exists already");
                mistakes.push(document.mistake("", message, "give the file another name"));
            }
            Ok(document) => {
                documents.insert(name, document);
            }
            Err(found) => mistakes.extend(found),
        }
    }
    let named = documents.iter().map(|(name, document)| (name.clone(), document.value.clone()));
    match Schemas::new(named.collect()) {
        Ok(schemas) => {
            for document in documents.values() {
                let found = schemas.compile(&document.value).err().unwrap_or_default();
                mistakes.extend(found.into_iter().map(|found| in_schema(document, "", found)));
            }
            Some(schemas)
        }
        Err(found) => {
            for (name, found) in found {
                let document = documents.get(&name).or_else(|| documents.values().next());
                mistakes.extend(document.map(|document| in_schema(document, "", found)));
            }
            None
        }
    }
}

/// Reads the form of cases and the table of statuses; with `replaces`, a later table may say anew
/// what an earlier one says.
fn read_format(
    schemas: Option<Schemas>,
    statuses: &[File],
    replaces: bool,
    mistakes: &mut Vec<Mistake>,
) -> Option<Format> {
    let schemas = schemas?;
    let format = schemas.compile_named("case").ok()?;
    let mut table = BTreeMap::new();
    for file in statuses {
        match yaml::parse(&file.source) {
            Ok(document) => {
                let mut read = BTreeMap::new();
                read_statuses(&document, &mut read, mistakes);
                if !replaces {
                    mistakes.extend(stated_twice(&document, &table, &read));
                }
                table.extend(read);
            }
            Err(found) => mistakes.extend(found),
        }
    }
    Some(Format { format, schemas, statuses: Arc::new(table) })
}

fn stated_twice<'a>(
    document: &'a Document,
    known: &'a BTreeMap<i64, u16>,
    read: &'a BTreeMap<i64, u16>,
) -> impl Iterator<Item = Mistake> + 'a {
    read.keys().filter(|code| known.contains_key(code)).map(|code| {
        let message = format!("error code `{code}` has a status already");
        document.key_mistake(&format!("/{code}"), message, "leave it out")
    })
}

fn read_statuses(document: &Document, table: &mut BTreeMap<i64, u16>, mistakes: &mut Vec<Mistake>) {
    const REMEDY: &str = "write an error code and its HTTP status: `11: 403`";
    let Some(members) = document.value.as_object() else {
        mistakes.push(document.mistake("", "this is not a table of error codes", REMEDY));
        return;
    };
    for (code, status) in members {
        let pointer = format!("/{}", escape(code));
        let number = status.as_u64().and_then(|status| u16::try_from(status).ok());
        match (code.parse::<i64>(), number.filter(|status| (100..600).contains(status))) {
            (Ok(code), Some(status)) => {
                table.insert(code, status);
            }
            (Err(_), _) => {
                let message = format!("`{code}` is not an error code");
                mistakes.push(document.key_mistake(&pointer, message, REMEDY));
            }
            (_, None) => {
                let message = format!("{status} is not an HTTP status");
                mistakes.push(document.mistake(&pointer, message, REMEDY));
            }
        }
    }
}

/// Reads the ledgers; with `replaces`, a later one may say anew what an earlier one says.
fn read_ledger(
    files: &[File],
    replaces: bool,
    schemas: &Option<Schemas>,
    mistakes: &mut Vec<Mistake>,
) -> Option<Ledger> {
    let format = schemas.as_ref()?.compile_named("requirements").ok()?;
    let mut entries: Vec<Requirement> = Vec::new();
    for file in files {
        let document = match yaml::parse(&file.source) {
            Ok(document) => document,
            Err(found) => {
                mistakes.extend(found);
                continue;
            }
        };
        let found = against_format(&document, &format);
        if !found.is_empty() {
            mistakes.extend(found.into_iter().map(|complaint| complaint.mistake));
            continue;
        }
        for (id, entry) in document.value.as_object().into_iter().flatten() {
            match entries.iter_mut().find(|known| known.id == *id) {
                None => entries.push(requirement(id, entry)),
                Some(known) if replaces => *known = requirement(id, entry),
                Some(_) => {
                    let message = format!("requirement `{id}` exists already");
                    mistakes.push(document.key_mistake(
                        &format!("/{id}"),
                        message,
                        "choose another id",
                    ));
                }
            }
        }
    }
    Some(Ledger::new(entries))
}

fn requirement(id: &str, entry: &Value) -> Requirement {
    let text =
        |key: &str| entry.get(key).and_then(Value::as_str).map(|text| text.trim().to_owned());
    let standing = match (text("excluded"), text("planned")) {
        (Some(why), _) => Standing::Excluded(why),
        (None, Some(why)) => Standing::Planned(why),
        (None, None) => Standing::Judged,
    };
    Requirement {
        id: id.to_owned(),
        level: text("level").and_then(|level| Level::from_name(&level)).unwrap_or(Level::May),
        sentence: text("sentence").unwrap_or_default(),
        source: text("source").unwrap_or_default(),
        is_about_granted: text("about").is_some(),
        contested: text("contested"),
        standing,
    }
}

type Documents = HashMap<String, Document>;

fn read_cases(
    files: &[File],
    taken: &HashSet<String>,
    format: &Format,
    ledger: &Ledger,
    mistakes: &mut Vec<Mistake>,
) -> (Vec<Case>, Documents) {
    let mut cases: Vec<Case> = Vec::new();
    let mut documents = Documents::new();
    for file in files {
        let id = file.path.trim_end_matches(".yaml").trim_end_matches(".yml");
        let document = match yaml::parse(&file.source) {
            Ok(document) => document,
            Err(found) => {
                mistakes.extend(found);
                continue;
            }
        };
        if id.contains('@') {
            let message = format!("`{id}` cannot be the id of a case");
            let remedy = "name the file without `@`, which stands before the encoding of a case";
            mistakes.push(document.key_mistake("/title", message, remedy));
            continue;
        }
        if looks_like_fixtures(&document) {
            mistakes.push(Mistake {
                source: Source::new(file.source.name.clone(), ""),
                range: 0..0,
                message: format!("`{}` looks like a fixtures file, not a case", file.source.name),
                remedy: "check it with `check --fixtures FILE`, which shows no password".to_owned(),
            });
            continue;
        }
        if taken.contains(id) || cases.iter().any(|case| case.base_id() == id) {
            let message = format!("case `{id}` exists already");
            mistakes.push(document.key_mistake("/title", message, "give the file another name"));
            continue;
        }
        match case_file::read(id, &document, format, ledger) {
            Ok(read) => cases.extend(read),
            Err(found) => mistakes.extend(found),
        }
        documents.insert(file.source.name.clone(), document);
    }
    cases.sort_by(|left, right| left.id.cmp(&right.id));
    (cases, documents)
}

/// Whether a document holds passwords rather than a case: its lines must not be shown.
fn looks_like_fixtures(document: &Document) -> bool {
    let mut names = document.value.as_object().into_iter().flatten().map(|(name, _)| name);
    names.any(|name| Role::from_name(name).is_some())
}

fn digest<'a>(files: impl Iterator<Item = &'a File>) -> String {
    let mut sorted: Vec<&File> = files.collect();
    sorted.sort_by(|left, right| left.path.cmp(&right.path));
    let mut hasher = Sha256::new();
    for file in sorted {
        hasher.update(file.path.as_bytes());
        hasher.update([0]);
        hasher.update(file.source.text.as_bytes());
        hasher.update([0]);
    }
    hex(&hasher.finalize())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A digest of what each step of a case sends and when, in their order. Who judges a record again
/// knows by it which exchanges are not those that the case would make now.
#[must_use]
pub fn calls(case: &Case) -> Vec<String> {
    /// Enough to tell calls apart.
    const BYTES: usize = 8;
    let call = |step: &Step| hex(&Sha256::digest(step.call_as_written())[..BYTES]);
    case.steps.iter().map(call).collect()
}

/// Wrong passwords per login in a whole run beyond which a server may lock somebody out.
const WRONG_PASSWORDS: usize = 3;

/// Mistakes for every account that the cases would try too many wrong passwords on.
fn spend_of_wrong_passwords(cases: &[Case], documents: &Documents) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for role in Role::ALL.into_iter().filter(|role| role.is_real_account()) {
        let mut spent = 0;
        for case in cases {
            for (index, step) in case.steps.iter().enumerate() {
                if !tries_a_wrong_password(step, role) {
                    continue;
                }
                spent += case.requests_of(index);
                let document = documents.get(&case.file).filter(|_| spent > WRONG_PASSWORDS);
                mistakes.extend(document.map(|document| {
                    document.mistake(
                        &place_of(step, document),
                        format!(
                            "step `{}` is wrong password number {spent} for `{}` in a run",
                            step.id,
                            role.name()
                        ),
                        format!("at most {WRONG_PASSWORDS} are allowed; use a made-up login, or another fixture"),
                    )
                }));
            }
        }
    }
    mistakes
}

/// Where the id of a step is written.
fn place_of(step: &Step, document: &Document) -> String {
    let written = step.id.split('@').next().unwrap_or_default();
    let steps = document.value["steps"].as_array().map(Vec::as_slice).unwrap_or_default();
    let index = steps.iter().position(|step| step["id"] == written);
    index.map_or_else(|| "/steps".to_owned(), |index| format!("/steps/{index}/id"))
}

fn tries_a_wrong_password(step: &Step, role: Role) -> bool {
    let names = |member: &'static str| {
        step.references().any(|r| r.head == role.name() && r.path == [member] && !r.is_near_miss())
    };
    step.call == "auth" && names("login") && !(names("password") && sends_password_whole(step))
}

/// Whether the password of the step is one reference and nothing else; raw bodies are taken at
/// their word.
fn sends_password_whole(step: &Step) -> bool {
    match step.with.iter().find(|(name, _)| name == "password") {
        Some((_, Template::Text(text))) => text.sole_reference().is_some_and(|r| !r.is_near_miss()),
        Some(_) => false,
        None => step.body.is_some(),
    }
}

/// The requirements that cases judge.
fn judged(cases: &[Case]) -> HashSet<String> {
    let steps = cases.iter().flat_map(|case| &case.steps);
    steps.flat_map(|step| &step.checks).map(|check| check.requirement.clone()).collect()
}

/// Mistakes for requirements that nobody judges though the ledger says so, or the reverse.
fn unjudged_requirements(judged: &HashSet<String>, ledger: &Ledger, file: &File) -> Vec<Mistake> {
    let Ok(document) = yaml::parse(&file.source) else { return Vec::new() };
    let ids = document.value.as_object().into_iter().flatten().map(|(id, _)| id);
    let entries = ids.filter_map(|id| ledger.get(id));
    entries.filter_map(|entry| unjudged(entry, judged, &document)).collect()
}

fn unjudged(
    requirement: &Requirement,
    judged: &HashSet<String>,
    document: &Document,
) -> Option<Mistake> {
    let pointer = format!("/{}", requirement.id);
    match (&requirement.standing, judged.contains(&requirement.id)) {
        (Standing::Judged, false) => Some(document.key_mistake(
            &pointer,
            format!("no case judges `{}`", requirement.id),
            "add a case, or say why there is none: `planned: …` or `excluded: …`",
        )),
        (Standing::Planned(_), true) => Some(document.key_mistake(
            &pointer,
            format!("a case judges `{}`, which is called planned", requirement.id),
            "leave `planned` out",
        )),
        _ => None,
    }
}
