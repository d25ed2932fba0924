//! The guide to writing cases: every example in it is loaded as it stands.

use panel_conformance::internals::FILTERS;
use panel_conformance::{Role, Sources, Suite};

use crate::support::folder::Folder;

const GUIDE: &str = include_str!("../../../cases/README.md");

/// The examples, in the order they stand.
fn examples() -> Vec<&'static str> {
    let blocks = GUIDE.split("```yaml\n").skip(1);
    blocks.map(|block| block.split("```").next().unwrap_or_default()).collect()
}

/// What becomes of an example when it is put where it belongs: the name of a file, and its text.
fn file(example: &str) -> (&'static str, String) {
    if example.contains("title:") {
        ("case.yaml", example.to_owned())
    } else if example.starts_with("- id:") {
        ("case.yaml", with_steps(example))
    } else if example.starts_with("checks:") {
        let step = "- id: ask\n  call: get_permissions\n  given: [sign-in]\n";
        ("case.yaml", with_steps(&format!("{step}{}", indented(example))))
    } else {
        ("requirements.yaml", example.to_owned())
    }
}

/// A case that signs in and then makes these steps.
fn with_steps(steps: &str) -> String {
    let sign_in = "- id: sign-in\n  call: auth\n  with: { login: \"${dealer.login}\", password: \"${dealer.password}\" }\n";
    let is_used =
        |role: &&Role| format!("{sign_in}{steps}").contains(&format!("${{{}.", role.name()));
    let used: Vec<&str> = Role::ALL.iter().filter(is_used).map(|role| role.name()).collect();
    format!(
        "title: An example of the guide\nneeds: [{}]\nsteps:\n{sign_in}{steps}",
        used.join(", ")
    )
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}

#[test]
fn every_example_is_right() {
    assert!(examples().len() > 5, "{} examples", examples().len());
    for example in examples() {
        let folder = Folder::new();
        let (path, text) = file(example);
        folder.write(path, &text);
        folder.write(
            "any.yaml",
            "title: A call is answered\nsteps: [{ id: a, call: auth, checks: [AUTH-200] }]",
        );
        let loaded =
            Suite::load(&Sources { without_builtin: true, folders: vec![folder.path("").into()] });
        let found = loaded.err().into_iter().flatten().map(|found| found.to_string());
        assert_eq!(found.collect::<Vec<_>>().join("\n"), "", "{example}");
    }
}

/// The keys of an object of the schemas, such as `/$defs/step`.
fn keys(schema: &str, pointer: &str) -> Vec<String> {
    let schema: serde_json::Value = serde_json::from_str(schema).expect("it is JSON");
    let keys = schema.pointer(&format!("{pointer}/properties")).and_then(|keys| keys.as_object());
    keys.expect("there are keys").keys().cloned().collect()
}

#[test]
fn every_word_of_the_format_is_explained() {
    let case = include_str!("../../../schemas/case.schema.json");
    let ledger = include_str!("../../../schemas/requirements.schema.json");
    let mut words = keys(case, "");
    words.extend(keys(case, "/$defs/step"));
    words.extend(keys(case, "/$defs/check"));
    words.extend(keys(ledger, "/$defs/requirement"));
    words.extend(FILTERS.iter().map(|filter| filter.name.to_owned()));
    words.extend(Role::ALL.iter().map(|role| role.name().to_owned()));
    words.extend(crate::support::project::suite().ledger.groups().into_iter().map(str::to_owned));
    words.retain(|word| {
        !GUIDE.contains(&format!("`{word}`")) && !GUIDE.contains(&format!("`{word}:"))
    });
    assert_eq!(words, Vec::<String>::new());
}
