//! The files of this project, and the suite that is built from them.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use panel_conformance::{Sources, Suite};
use serde_json::Value;

/// Where a file of the project stands, named from its root.
pub(crate) fn path(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(file)
}

/// The text of a file of the project.
#[track_caller]
pub(crate) fn read(file: &str) -> String {
    std::fs::read_to_string(path(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// A JSON file of the project.
#[track_caller]
pub(crate) fn json(file: &str) -> Value {
    serde_json::from_str(&read(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The built-in suite, loaded once for all tests.
pub(crate) fn suite() -> &'static Suite {
    static SUITE: LazyLock<Suite> = LazyLock::new(|| {
        Suite::load(&Sources::default()).unwrap_or_else(|found| panic!("{} mistakes", found.len()))
    });
    &SUITE
}
