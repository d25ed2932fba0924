//! The rules of the code's shape, read from the code itself: `src/lib.rs` is the map of rooms, a
//! room uses only rooms that stand before it, and within a room nothing goes round in circles.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::support::project::{path, read};

/// Crates that more than one module may use, and why.
const SHARED_CRATES: [(&str, &str); 13] = [
    ("clap", "every command declares its own arguments"),
    ("serde", "what is recorded and reported is derived where it is defined"),
    ("serde_json", "JSON is what this program is about; its `Value` is a word of every part"),
    ("thiserror", "an error type stands where the error arises"),
    ("tokio", "sockets, time and tasks belong to whoever waits for them"),
    ("percent-encoding", "texts are escaped where they travel and where they are recognised"),
    ("humantime", "durations and times are read and shown in the same words everywhere"),
    ("base64", "bodies are recorded in it, and secrets are recognised in it"),
    ("askama", "two kinds of pages are filled: the report of a run, and the proof"),
    ("futures-util", "cases are played side by side by the engine, and whole runs by the proof"),
    ("sha2", "files are identified by their digests, and so is what is too long to be kept"),
    ("hyper-util", "the reference server runs on it, and the HTTP client is made of it"),
    ("similar", "texts are compared for what differs, and names for what is near"),
];

/// Words that are not to stand in what we write.
const FORBIDDEN_WORDS: [&str; 5] = ["fixme", "lorem ipsum", "/home/", "/tmp/", "c:\\users"];

const FORBIDDEN_CALLS: [&str; 6] =
    ["println!", "eprintln!", "dbg!(", "todo!(", "unimplemented!(", ".unwrap()"];

/// A file of `src`, the room that it belongs to, and its code.
struct SourceFile {
    /// Below `src`, with `/`.
    path: String,
    /// The file or folder of `src`.
    room: String,
    /// The file or folder of the room; the same as the room where that is a file.
    entry: String,
    text: String,
    /// Without comments and without tests.
    code: String,
}

impl SourceFile {
    fn is_root_of_its_room(&self) -> bool {
        !self.path.contains('/') || self.path == format!("{}/mod.rs", self.room)
    }

    /// Whether it is nothing but tests.
    fn is_test(&self) -> bool {
        self.path.contains("/tests/") || self.path.ends_with("/tests.rs")
    }
}

fn source_files() -> Vec<SourceFile> {
    let src = path("src");
    files_below(&src)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("source is UTF-8");
            let inner = path.strip_prefix(&src).expect("it stands in src");
            let path = inner.to_string_lossy().replace('\\', "/");
            let mut names = path.split('/').map(|name| name.trim_end_matches(".rs").to_owned());
            let room = names.next().unwrap_or_default();
            let entry = names.next().unwrap_or_else(|| room.clone());
            SourceFile { room, entry, code: code_of(&text), path, text }
        })
        .collect()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// The lines above the tests of a file that are not comments.
fn code_of(text: &str) -> String {
    let above_tests = match text.find("#[cfg(test)]\nmod tests {") {
        Some(end) => &text[..end],
        None => text,
    };
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    above_tests.lines().filter(is_code).collect::<Vec<_>>().join("\n")
}

/// The rooms in the order of the map.
fn rooms() -> Vec<String> {
    let map = read("src/lib.rs");
    let room = |line: &str| {
        let line = line.strip_prefix("pub ").unwrap_or(line);
        Some(line.strip_prefix("mod ")?.strip_suffix(';')?.to_owned())
    };
    map.lines().filter_map(room).collect()
}

fn is_part_of_a_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// The names that follow a path such as `crate::`, braces opened.
fn names_behind(path: &str, code: &str) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for (at, found) in code.match_indices(path) {
        if code[..at].ends_with(|c| is_part_of_a_name(c) || c == ':') {
            continue;
        }
        let rest = &code[at + found.len()..];
        match rest.strip_prefix('{') {
            Some(list) => {
                let list = list.split("};").next().unwrap_or_default();
                used.extend(list.split(',').map(|one| first_name(one.trim())));
            }
            None => {
                used.insert(first_name(rest));
            }
        }
    }
    used
}

fn first_name(text: &str) -> String {
    text.chars().take_while(|character| is_part_of_a_name(*character)).collect()
}

/// Whether the code names a foreign crate: `name::…` or `use name;`, and not as a part of a path.
fn uses_crate(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let (before, after) = (&code[..at], &code[at + name.len()..]);
        let is_whole = !before.ends_with(|c| is_part_of_a_name(c) || c == ':' || c == '.');
        let is_used = after.starts_with("::") || before.ends_with("use ") && after.starts_with(';');
        is_whole && is_used
    })
}

/// The names under `[dependencies]`.
fn dependencies() -> Vec<String> {
    let manifest = read("Cargo.toml");
    manifest
        .lines()
        .skip_while(|line| *line != "[dependencies]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| Some(line.split_once(" =")?.0.to_owned()))
        .collect()
}

fn assert_none(what: &str, found: Vec<String>) {
    assert!(found.is_empty(), "{what}:\n  {}", found.join("\n  "));
}

#[test]
fn every_room_is_on_the_map_and_every_name_of_the_map_is_a_room() {
    let listed: BTreeSet<String> = rooms().into_iter().collect();
    let mut written: BTreeSet<String> = source_files().into_iter().map(|file| file.room).collect();
    written.remove("lib");
    written.remove("main");
    assert_eq!(listed, written);
}

#[test]
fn a_room_uses_only_rooms_that_stand_before_it() {
    let height: BTreeMap<String, usize> =
        rooms().into_iter().enumerate().map(|(height, room)| (room, height)).collect();
    let mut wrong = Vec::new();
    for file in source_files() {
        let Some(own) = height.get(&file.room) else { continue };
        for used in names_behind("crate::", &file.code) {
            let is_below = height.get(&used).is_some_and(|other| other < own);
            if used != file.room && !is_below {
                wrong.push(format!("src/{} uses `{used}`", file.path));
            }
        }
        if file.is_root_of_its_room() && file.code.contains("super::") {
            wrong.push(format!("src/{} reaches other rooms by `super::`", file.path));
        }
    }
    assert_none("move `mod` lines of src/lib.rs, or take these uses away", wrong);
}

/// The entries of a room, other than its `mod.rs`, by which other entries of it they use.
fn uses_within(room: &str, files: &[SourceFile]) -> BTreeMap<String, BTreeSet<String>> {
    let own: Vec<&SourceFile> =
        files.iter().filter(|file| file.room == room && file.entry != "mod").collect();
    let entries: BTreeSet<&str> = own.iter().map(|file| file.entry.as_str()).collect();
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in &own {
        let mut names = names_behind(&format!("crate::{room}::"), &file.code);
        if file.path.matches('/').count() == 1 {
            names.extend(names_behind("super::", &file.code));
        }
        names.retain(|name| entries.contains(name.as_str()) && *name != file.entry);
        uses.entry(file.entry.clone()).or_default().extend(names);
    }
    uses
}

#[test]
fn the_entries_of_a_room_do_not_use_each_other_in_circles() {
    let files = source_files();
    let mut circles = Vec::new();
    for room in rooms() {
        let mut uses = uses_within(&room, &files);
        // What uses nothing that is left stands on firm ground; what never does is a circle.
        while let Some(firm) =
            uses.iter().find(|(_, used)| used.is_empty()).map(|(name, _)| name.clone())
        {
            uses.remove(&firm);
            uses.values_mut().for_each(|used| _ = used.remove(&firm));
        }
        circles.extend(uses.iter().map(|(name, used)| format!("{room}/{name} uses {used:?}")));
    }
    assert_none("take one use of each circle away", circles);
}

#[test]
fn the_reference_server_is_an_island() {
    let mut bridges = Vec::new();
    for file in source_files().into_iter().filter(|file| file.room == "reference") {
        for used in
            names_behind("crate::", &file.text).into_iter().filter(|used| used != "reference")
        {
            bridges.push(format!("src/{} uses `{used}`", file.path));
        }
    }
    assert_none("the reference server must not know the suite", bridges);
}

/// The island is a program of its own and does not count.
#[test]
fn every_foreign_crate_has_one_home() {
    let files: Vec<SourceFile> = source_files()
        .into_iter()
        .filter(|file| file.room != "reference" && !file.is_test())
        .collect();
    let mut wrong = Vec::new();
    for name in dependencies() {
        let name_in_code = name.replace('-', "_");
        let homes: BTreeSet<String> = files
            .iter()
            .filter(|file| uses_crate(&file.code, &name_in_code))
            .map(|file| format!("{}/{}", file.room, file.entry))
            .collect();
        let is_shared = SHARED_CRATES.iter().any(|(shared, _)| *shared == name);
        match (homes.len(), is_shared) {
            (2.., false) => wrong.push(format!("`{name}` is used in {homes:?}")),
            (0 | 1, true) => wrong.push(format!("`{name}` needs no exception any more")),
            _ => {}
        }
    }
    assert_none("one crate, one home", wrong);
}

#[test]
fn every_foreign_crate_is_used() {
    let mut files = Vec::new();
    for folder in ["src", "tests", "benches"] {
        files.extend(files_below(&path(folder)));
    }
    let code: String = files.iter().filter_map(|path| std::fs::read_to_string(path).ok()).collect();
    let unused =
        dependencies().into_iter().filter(|name| !uses_crate(&code, &name.replace('-', "_")));
    assert_none("take these out of Cargo.toml", unused.collect());
}

#[test]
fn every_source_file_opens_with_what_it_is() {
    let silent = source_files()
        .into_iter()
        .filter(|file| !file.text.starts_with("//! "))
        .map(|file| format!("src/{}", file.path));
    assert_none("open these with `//!`", silent.collect());
}

#[test]
fn nothing_prints_or_panics_outside_tests() {
    let mut found = Vec::new();
    for file in source_files().into_iter().filter(|file| !file.is_test()) {
        for call in FORBIDDEN_CALLS.into_iter().filter(|call| file.code.contains(call)) {
            found.push(format!("src/{} calls {call}", file.path));
        }
    }
    assert_none("return an error, or print through the console", found);
}

#[test]
fn every_shared_crate_has_a_reason_and_is_a_dependency() {
    let dependencies = dependencies();
    for (name, reason) in SHARED_CRATES {
        assert!(dependencies.iter().any(|one| one == name), "`{name}` is no dependency");
        assert!(reason.len() > 20, "`{name}` needs a better reason");
    }
}

#[test]
fn no_file_mentions_what_does_not_belong_here() {
    let folders = ["src", "cases", "schemas", "templates", "tests", "benches", "examples", ".ci"];
    let mut files: Vec<PathBuf> =
        folders.iter().flat_map(|folder| files_below(&path(folder))).collect();
    files.extend(
        ["Cargo.toml", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "build.rs"].map(path),
    );
    let mut found = Vec::new();
    for path in files.iter().filter(|path| !path.ends_with(file!())) {
        let Ok(text) = std::fs::read_to_string(path) else { continue };
        let text = text.to_lowercase();
        for word in FORBIDDEN_WORDS.into_iter().filter(|word| text.contains(word)) {
            found.push(format!("{} mentions `{word}`", path.display()));
        }
    }
    assert_none("say it in other words", found);
}

#[test]
fn no_module_is_a_drawer_for_odds_and_ends() {
    let drawers = ["utils", "util", "helpers", "helper", "common", "misc", "prelude"];
    let found = source_files().into_iter().filter_map(|file| {
        let stem = file.path.rsplit('/').next()?.trim_end_matches(".rs").to_owned();
        drawers.contains(&stem.as_str()).then(|| format!("src/{}", file.path))
    });
    assert_none("name these by what they are", found.collect());
}
