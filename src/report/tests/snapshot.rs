//! Snapshots: whole outputs in `tests/snapshots`, to be read in review like code. They change only
//! if a test runs with `UPDATE_SNAPSHOTS=1`.

use std::path::PathBuf;

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots").join(name)
}

/// What a snapshot says.
#[track_caller]
pub(crate) fn snapshot(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap_or_else(|error| {
        panic!("there is no snapshot `{name}` ({error}); UPDATE_SNAPSHOTS=1 writes it")
    })
}

/// Compares an output with its snapshot, or makes it the snapshot.
#[track_caller]
pub(crate) fn assert_snapshot(name: &str, actual: &str) {
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(path(name), actual).expect("a snapshot can be written");
    }
    let expected = snapshot(name);
    if expected != actual {
        let difference = similar::TextDiff::from_lines(expected.as_str(), actual);
        panic!("`{name}` differs:\n{}", difference.unified_diff());
    }
}
