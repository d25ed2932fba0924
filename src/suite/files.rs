//! Which files a suite is made of: what is built in, and what folders hold. Reads no file's meaning.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{BUILT_IN, PROOF};
use crate::mistake::{Mistake, Source};

/// A file of the suite.
pub(super) struct File {
    /// Path within the folder that holds it, with `/`: `logout/ends-the-session.yaml`.
    pub(super) path: String,
    pub(super) source: Arc<Source>,
}

/// The files of a suite, by what they are.
#[derive(Default)]
pub(super) struct Files {
    pub(super) cases: Vec<File>,
    pub(super) schemas: Vec<File>,
    pub(super) ledgers: Vec<File>,
    pub(super) statuses: Vec<File>,
    pub(super) unreadable: Vec<Mistake>,
}

impl Files {
    pub(super) fn add_built_in(&mut self, without_cases: bool) {
        for (path, text) in BUILT_IN.iter().filter(|(path, _)| *path != PROOF) {
            let source = Source::new(*path, *text);
            let inner = path.split_once('/').map_or(*path, |(_, inner)| inner);
            let file = File { path: inner.to_owned(), source };
            let is_case = !matches!(inner, "requirements.yaml" | "error-statuses.yaml")
                && path.starts_with("cases/");
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

    pub(super) fn add_folder(&mut self, folder: &Path) {
        let mut found = Vec::new();
        if folder.is_file() {
            found.push(folder.to_owned());
        } else if let Err(error) = collect(folder, &mut found) {
            self.unreadable.push(unreadable(
                folder,
                &error,
                "name a folder of case files, or a case file",
            ));
            return;
        }
        found.sort();
        if found.is_empty() {
            let error = std::io::Error::other("there is no .yaml file in it");
            self.unreadable.push(unreadable(folder, &error, "name a folder of case files"));
        }
        for path in found {
            self.add_file(folder, &path);
        }
    }

    fn add_file(&mut self, folder: &Path, path: &Path) {
        let source = match std::fs::read(path) {
            Ok(bytes) => Source::from_bytes(path.to_string_lossy(), bytes),
            Err(error) => Err(unreadable(path, &error, "name a file that can be read")),
        };
        let source = match source {
            Ok(source) => source,
            Err(mistake) => {
                self.unreadable.push(mistake);
                return;
            }
        };
        let inner = match path.strip_prefix(folder) {
            Ok(inner) if inner.as_os_str().is_empty() => path.file_name().map(PathBuf::from),
            Ok(inner) => Some(inner.to_owned()),
            Err(_) => None,
        };
        let inner = inner.unwrap_or_default().to_string_lossy().replace('\\', "/");
        let is_schema = inner.ends_with(".schema.json");
        let inner = inner.strip_prefix("schemas/").map_or(inner.clone(), str::to_owned);
        self.add(File { path: inner, source }, is_schema);
    }
}

fn unreadable(path: &Path, error: &std::io::Error, remedy: &str) -> Mistake {
    Mistake {
        source: Source::new(path.to_string_lossy(), ""),
        range: 0..0,
        message: format!("cannot read `{}`: {error}", path.display()),
        remedy: remedy.to_owned(),
    }
}

/// Lists the `.yaml` files of a folder, and the schemas below its `schemas/`.
fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        if path.is_dir() {
            collect(&path, found)?;
        } else if name.ends_with(".yaml")
            || name.ends_with(".yml")
            || name.ends_with(".schema.json")
        {
            found.push(path);
        }
    }
    Ok(())
}
