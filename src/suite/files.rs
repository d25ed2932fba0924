//! Which files a suite is made of: what is built in, and what folders hold. Interprets none of them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{BUILT_IN, PROOF};
use crate::value::diagnostics::{Diagnostic, Source};
use crate::value::disk;

/// A file of the suite.
pub(super) struct File {
    /// Path within the folder that holds it, with `/`: `logout/ends-the-session.yaml`.
    pub(super) path: String,
    pub(super) source: Arc<Source>,
    pub(super) origin: FileOrigin,
}

/// How a file came to be part of a suite.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum FileOrigin {
    BuiltIn,
    /// It was named on the command line.
    Named,
    /// It lies in a folder that was named.
    InFolder,
    /// It lies beside a case file that was named by itself, and says what that one may refer to.
    Beside,
}

/// The files of a suite, by what they are.
#[derive(Default)]
pub(super) struct Files {
    pub(super) cases: Vec<File>,
    pub(super) schemas: Vec<File>,
    pub(super) ledgers: Vec<File>,
    pub(super) statuses: Vec<File>,
    pub(super) unreadable: Vec<Diagnostic>,
    /// The files that were read, by their one path, with the path that they were named by.
    read: HashMap<PathBuf, PathBuf>,
    /// How many bytes were read.
    size: usize,
}

/// How many bytes the files of a suite have at most, together.
const LARGEST: usize = 64 * 1024 * 1024;

/// How many entries of folders are looked at, so that `/` in the place of a folder of cases is no
/// walk through a whole machine.
const MOST_ENTRIES: usize = 20_000;

impl Files {
    pub(super) fn add_built_in(&mut self, without_cases: bool) {
        for (path, text) in BUILT_IN.iter().filter(|(path, _)| *path != PROOF) {
            let source = Source::new(*path, *text);
            let inner = path.split_once('/').map_or(*path, |(_, inner)| inner);
            let file = File { path: inner.to_owned(), source, origin: FileOrigin::BuiltIn };
            let is_case = path.starts_with("cases/") && !SHARED.contains(&inner);
            if !(is_case && without_cases) {
                self.add(file, path.starts_with("schemas/"));
            }
        }
    }

    pub(super) fn add(&mut self, file: File, is_schema: bool) {
        match file.path.as_str() {
            _ if is_schema => self.schemas.push(file),
            "requirements.yaml" => self.ledgers.push(file),
            "error-statuses.yaml" => self.statuses.push(file),
            _ => self.cases.push(file),
        }
    }

    /// Adds a folder, or a single file.
    pub(super) fn add_folder(&mut self, folder: &Path) {
        if folder.exists() && !folder.is_dir() {
            self.add_file(folder, folder, FileOrigin::Named);
            return;
        }
        let mut walk = Walk::default();
        if let Err((path, error)) = walk.collect(folder) {
            let remedy = if path == folder {
                "name a folder of case files, or a case file"
            } else {
                "make the folder readable and small, or move it away"
            };
            self.unreadable.push(unreadable(&path, &error, remedy));
            return;
        }
        let Walk { mut found, mistakes, .. } = walk;
        found.sort();
        if found.is_empty() && mistakes.is_empty() {
            let error = std::io::Error::other("there is no .yaml file in it");
            self.unreadable.push(unreadable(folder, &error, "name a folder of case files"));
        }
        self.unreadable.extend(mistakes);
        for path in found {
            self.add_file(folder, &path, FileOrigin::InFolder);
        }
    }

    /// Adds the ledger, the statuses and the schemas of the folder that a single file belongs to.
    ///
    /// Files that another argument added already are left out.
    pub(super) fn add_beside(&mut self, file: &Path) {
        let Some(home) = home_of(file) else { return };
        let mut found: Vec<PathBuf> = SHARED.iter().map(|name| home.join(name)).collect();
        for folder in [home.clone(), home.join("schemas")] {
            let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
            let paths = entries.map(|entry| entry.path());
            found.extend(paths.filter(|path| path.to_string_lossy().ends_with(SCHEMA)));
        }
        found.sort();
        for path in found.iter().filter(|path| path.is_file()) {
            if !self.holds(path) {
                self.add_file(&home, path, FileOrigin::Beside);
            }
        }
    }

    fn holds(&self, path: &Path) -> bool {
        path.canonicalize().is_ok_and(|path| self.read.contains_key(&path))
    }

    /// The path by which a file was read already; notes it where it was not.
    fn read_before(&mut self, path: &Path) -> Option<PathBuf> {
        let place = path.canonicalize().ok()?;
        let first = self.read.get(&place).cloned();
        self.read.entry(place).or_insert_with(|| path.to_owned());
        first
    }

    fn read_file(&self, path: &Path, origin: FileOrigin) -> std::io::Result<Vec<u8>> {
        if self.size > LARGEST {
            let why =
                format!("the files of the suite are larger than {} MiB", LARGEST / (1024 * 1024));
            return Err(std::io::Error::other(why));
        }
        // Only what somebody named is a pipe on purpose.
        let from = match origin {
            FileOrigin::Named => disk::Kind::FileOrPipe,
            FileOrigin::BuiltIn | FileOrigin::InFolder | FileOrigin::Beside => disk::Kind::File,
        };
        disk::read(path, from, disk::Limit::WRITTEN)
    }

    fn add_file(&mut self, folder: &Path, path: &Path, origin: FileOrigin) {
        if let Some(first) = self.read_before(path) {
            let message = format!("`{}` is the same file as `{}`", path.display(), first.display());
            self.unreadable.push(mistake(path, message, "name it once, or take the link away"));
            return;
        }
        let source = match self.read_file(path, origin) {
            Ok(bytes) => Source::from_bytes(path.to_string_lossy(), bytes),
            Err(error) => Err(unreadable(path, &error, "name a file that can be read")),
        };
        let source = match source {
            Ok(source) => {
                self.size += source.text.len();
                source
            }
            Err(diagnostic) => {
                self.unreadable.push(diagnostic);
                return;
            }
        };
        let inner = match path.strip_prefix(folder) {
            Ok(inner) if inner.as_os_str().is_empty() => path.file_name().map(PathBuf::from),
            Ok(inner) => Some(inner.to_owned()),
            Err(_) => None,
        };
        let inner = inner.unwrap_or_default();
        let Some(inner) = inner.to_str().map(|inner| inner.replace('\\', "/")) else {
            let message = format!("the name of `{}` is not UTF-8", path.display());
            self.unreadable.push(mistake(path, message, "give the file another name"));
            return;
        };
        let is_schema = inner.ends_with(SCHEMA);
        let inner = inner.strip_prefix("schemas/").map_or(inner.clone(), str::to_owned);
        self.add(File { path: inner, source, origin }, is_schema);
    }
}

/// How the names of schemas end.
pub(super) const SCHEMA: &str = ".schema.json";

/// What all case files of a folder share.
const SHARED: [&str; 2] = ["requirements.yaml", "error-statuses.yaml"];

/// The folder whose ledger applies to a single case file: its own, or its parent if only that has
/// one.
fn home_of(file: &Path) -> Option<PathBuf> {
    let own = match file.parent()? {
        own if own.as_os_str().is_empty() => Path::new("."),
        own => own,
    };
    let above = match own.parent() {
        Some(above) if own.file_name().is_some() && above.as_os_str().is_empty() => ".".into(),
        Some(above) if own.file_name().is_some() => above.to_owned(),
        _ => own.join(".."),
    };
    let has_ledger = own.join(SHARED[0]).is_file();
    Some(if !has_ledger && looks_like_a_ledger(&above) { above } else { own.to_owned() })
}

/// Other programs have files of this name too, at the root of a project.
fn looks_like_a_ledger(folder: &Path) -> bool {
    let path = folder.join(SHARED[0]);
    let text = disk::read_text(&path, disk::Kind::File, disk::Limit::WRITTEN);
    text.is_ok_and(|text| text.contains("sentence:"))
}

/// Whether a path lies in the `cases/` or `schemas/` of a checkout of this project, whose files
/// are the built-in ones of the next build.
pub(super) fn is_of_a_checkout(path: &Path) -> bool {
    const MARKS: [&str; 3] =
        ["cases/requirements.yaml", "cases/proof.json", "schemas/case.schema.json"];
    let Ok(path) = path.canonicalize() else { return false };
    path.ancestors().any(|root| {
        MARKS.iter().all(|mark| root.join(mark).is_file())
            && ["cases", "schemas"].iter().any(|name| path.starts_with(root.join(name)))
    })
}

fn unreadable(path: &Path, error: &std::io::Error, remedy: &str) -> Diagnostic {
    mistake(path, format!("cannot read `{}`: {error}", path.display()), remedy)
}

/// A mistake that is in no line of a file.
fn mistake(path: &Path, message: String, remedy: impl Into<String>) -> Diagnostic {
    let source = Source::new(path.to_string_lossy(), "");
    Diagnostic { source, range: 0..0, message, remedy: remedy.into() }
}

/// A walk through a folder, for its `.yaml` and `.yml` files and its schemas.
#[derive(Default)]
struct Walk {
    found: Vec<PathBuf>,
    /// What would be left out in silence though somebody meant it.
    mistakes: Vec<Diagnostic>,
    /// The folders that it is in, by their one path.
    inside: Vec<PathBuf>,
    /// How many entries of folders it has seen.
    entries: usize,
}

impl Walk {
    /// Lists a folder and the folders in it.
    ///
    /// # Errors
    ///
    /// Names the folder that cannot be listed, which may be an inner one.
    fn collect(&mut self, folder: &Path) -> Result<(), (PathBuf, std::io::Error)> {
        let failed = |error| (folder.to_owned(), error);
        let place = folder.canonicalize().map_err(failed)?;
        if self.inside.contains(&place) {
            let message = format!("`{}` leads back to a folder that it is in", folder.display());
            self.mistakes.push(mistake(folder, message, "take the link away"));
            return Ok(());
        }
        self.inside.push(place);
        let left = MOST_ENTRIES - self.entries;
        let entries = std::fs::read_dir(folder).map_err(failed)?;
        let paths: Result<Vec<PathBuf>, std::io::Error> =
            entries.take(left + 1).map(|entry| entry.map(|entry| entry.path())).collect();
        let mut paths = paths.map_err(failed)?;
        if paths.len() > left {
            let why =
                format!("there are more than {MOST_ENTRIES} files and folders in it, or around it");
            return Err(failed(std::io::Error::other(why)));
        }
        self.entries += paths.len();
        paths.sort();
        for path in paths {
            self.take(path)?;
        }
        self.inside.pop();
        Ok(())
    }

    fn take(&mut self, path: PathBuf) -> Result<(), (PathBuf, std::io::Error)> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with('.') {
            return Ok(());
        }
        let ending = ENDINGS.iter().find(|ending| ends_alike(&name, ending));
        match ending {
            None if path.is_dir() => return self.collect(&path),
            None => {}
            Some(_) if path.is_dir() => {
                let message = format!("`{}` is a folder with the name of a file", path.display());
                self.mistakes.push(mistake(&path, message, "give the folder another name"));
            }
            // To read a pipe is to wait for whoever writes into it.
            Some(_) if path.exists() && !path.is_file() => {
                let message = format!("`{}` is no regular file", path.display());
                self.mistakes.push(mistake(&path, message, "name it by itself, or move it away"));
            }
            Some(ending) if !name.ends_with(ending) => {
                let (stem, _) = name.split_at(name.len() - ending.len());
                let message =
                    format!("the name of `{}` does not end in `{ending}`", path.display());
                self.mistakes.push(mistake(&path, message, format!("name it `{stem}{ending}`")));
            }
            Some(_) if SHARED.iter().any(|shared| is_shared_by_another_name(&name, shared)) => {
                let (stem, _) = name.rsplit_once('.').unwrap_or((&name, ""));
                let message = format!("`{}` is not what a folder shares", path.display());
                self.mistakes.push(mistake(&path, message, format!("name it `{stem}.yaml`")));
            }
            Some(_) if self.inside.len() > 1 && SHARED.contains(&name.as_str()) => {
                let message = format!("`{}` is in an inner folder", path.display());
                let remedy = "move it to the top of the folder, where it holds for all of it";
                self.mistakes.push(mistake(&path, message, remedy));
            }
            Some(_) => self.found.push(path),
        }
        Ok(())
    }
}

/// How the names of files end that belong to a suite.
const ENDINGS: [&str; 3] = [".yaml", ".yml", SCHEMA];

/// Whether a file of this name, in a folder of a suite, belongs to it.
pub(crate) fn belongs(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    ENDINGS.iter().any(|ending| ends_alike(&name, ending))
}

fn ends_alike(name: &str, ending: &str) -> bool {
    let start = name.len().checked_sub(ending.len());
    start.and_then(|start| name.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(ending))
}

/// Whether a file is named like one that a folder shares, but for its ending.
fn is_shared_by_another_name(name: &str, shared: &str) -> bool {
    let stem = |name: &str| name.rsplit_once('.').map(|(stem, _)| stem.to_owned());
    name != shared && stem(name) == stem(shared)
}
