//! The reference server as `serve` runs it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use panel_conformance::internals::{Account, demo};
use serde_json::json;

use super::folder::Folder;
use super::program::command;

/// The reference server in a process of its own.
pub(crate) struct Served {
    pub(crate) process: Child,
    pub(crate) url: String,
    /// All of them, where it serves at several.
    pub(crate) urls: Vec<String>,
}

impl Served {
    pub(crate) fn start(arguments: &[&str]) -> Served {
        let mut all = vec!["serve", "--listen", "127.0.0.1:0"];
        all.extend(arguments);
        let mut process =
            command(&all).stdout(Stdio::piped()).spawn().expect("the program can be started");
        let mut line = String::new();
        let stdout = process.stdout.take().expect("it is piped");
        BufReader::new(stdout).read_line(&mut line).expect("it says where it listens");
        let words = line.split_whitespace().filter(|word| word.starts_with("http://"));
        let urls: Vec<String> = words.map(str::to_owned).collect();
        Served { url: urls.first().expect("the line names the URL").clone(), urls, process }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Writes the fixtures of the accounts that `serve` has of itself, and returns their path.
pub(crate) fn demo_fixtures(folder: &Folder) -> String {
    let demo = demo();
    let one = |account: &Account| json!({"login": account.login, "password": account.password});
    let fixtures = json!({
        "dealer": demo.dealers.iter().map(one).collect::<Vec<_>>(),
        "second_dealer": demo.second_dealers.iter().map(one).collect::<Vec<_>>(),
        "minimal_dealer": one(&demo.minimal_dealer),
        "blocked_dealer": demo.blocked_dealers.iter().map(one).collect::<Vec<_>>(),
        "expired_session": {"hash": demo.expired_hash},
    });
    folder.write("demo.json", &fixtures.to_string())
}
