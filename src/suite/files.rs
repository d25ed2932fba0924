//! Which files a suite is made of: what is built in, and what folders hold. Interprets none of them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{BUILT_IN, PROOF};
use crate::value::diagnostics::{Diagnostic, Source};

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
}

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

    fn add(&mut self, file: File, is_schema: bool) {
        match file.path.as_str() {
            _ if is_schema => self.schemas.push(file),
            "requirements.yaml" => self.ledgers.push(file),
            "error-statuses.yaml" => self.statuses.push(file),
            _ => self.cases.push(file),
        }
    }

    /// Adds a folder, or a single file.
    pub(super) fn add_folder(&mut self, folder: &Path) {
        if folder.is_file() {
            self.add_file(folder, folder, FileOrigin::Named);
            return;
        }
        let mut found = Vec::new();
        if let Err((path, error)) = collect(folder, &mut found) {
            let remedy = if path == folder {
                "name a folder of case files, or a case file"
            } else {
                "make the folder readable, or move it away"
            };
            self.unreadable.push(unreadable(&path, &error, remedy));
            return;
        }
        found.sort();
        if found.is_empty() {
            let error = std::io::Error::other("there is no .yaml file in it");
            self.unreadable.push(unreadable(folder, &error, "name a folder of case files"));
        }
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
        let same = path.canonicalize().ok();
        let all = self.cases.iter().chain(&self.schemas).chain(&self.ledgers).chain(&self.statuses);
        all.filter(|file| file.origin != FileOrigin::BuiltIn)
            .any(|file| Path::new(&file.source.name).canonicalize().ok() == same)
    }

    fn add_file(&mut self, folder: &Path, path: &Path, origin: FileOrigin) {
        let source = match std::fs::read(path) {
            Ok(bytes) => Source::from_bytes(path.to_string_lossy(), bytes),
            Err(error) => Err(unreadable(path, &error, "name a file that can be read")),
        };
        let source = match source {
            Ok(source) => source,
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
        let inner = inner.unwrap_or_default().to_string_lossy().replace('\\', "/");
        let is_schema = inner.ends_with(SCHEMA);
        let inner = inner.strip_prefix("schemas/").map_or(inner.clone(), str::to_owned);
        self.add(File { path: inner, source, origin }, is_schema);
    }
}

/// How the names of schemas end.
const SCHEMA: &str = ".schema.json";

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
    let text = std::fs::read_to_string(folder.join(SHARED[0]));
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
    Diagnostic {
        source: Source::new(path.to_string_lossy(), ""),
        range: 0..0,
        message: format!("cannot read `{}`: {error}", path.display()),
        remedy: remedy.to_owned(),
    }
}

/// Lists the `.yaml` and `.yml` files of a folder, and its schemas.
///
/// # Errors
///
/// Names the folder that cannot be listed, which may be an inner one.
fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), (PathBuf, std::io::Error)> {
    let failed = |error| (folder.to_owned(), error);
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        if path.is_dir() {
            collect(&path, found)?;
        } else if name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(SCHEMA) {
            found.push(path);
        }
    }
    Ok(())
}
