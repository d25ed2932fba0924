//! The command that runs a part of a run again: whole, as it is pasted into a POSIX shell.
//!
//! Has every option that the run had and that decides what is sent or what comes of it; reports
//! and looks it has not. What may be secret is a variable, as in `curl` lines.

use super::curl::setting::option_value;
use super::curl::word::{Word, plain, word};
use crate::judge::findings::Findings;
use crate::model::run_option::Override;
use crate::suite::selection::glob_of;

/// The command that runs these cases again, and ends well if all that it selects pass.
pub(super) fn again(findings: &Findings, cases: &[&str]) -> String {
    let cases = cases.iter().flat_map(|case| ["--case".to_owned(), plain(&glob_of(case))]);
    let mut words = command(findings);
    for requirement in &findings.selection.requirements {
        words.extend(["--requirement".to_owned(), plain(requirement)]);
    }
    words.extend(findings.selection.level.map(|level| format!("--level {level}")));
    words.extend(cases);
    words.push("--allow-deselected".to_owned());
    words.join(" ")
}

/// The command that runs everything, whatever the run was narrowed to.
pub(super) fn whole(findings: &Findings) -> String {
    command(findings).join(" ")
}

/// The command that tells more of a requirement, which may stand in a folder of the operator's.
pub(super) fn explain(findings: &Findings, id: &str) -> String {
    let mut words = vec!["panel-conformance".to_owned(), "explain".to_owned()];
    for folder in findings.options.iter().filter(|option| option.name == "cases") {
        words.push("--cases".to_owned());
        words.extend(folder.value.as_deref().map(plain));
    }
    words.push(plain(id));
    words.join(" ")
}

fn command(findings: &Findings) -> Vec<String> {
    let mut words = vec!["panel-conformance".to_owned(), "run".to_owned()];
    if !findings.target.embedded {
        words.extend(findings.target.addresses().map(plain));
        words.extend(findings.target.overrides.iter().flat_map(override_words));
    }
    for option in &findings.options {
        words.push(format!("--{}", option.name));
        words.extend(option.value.as_deref().map(plain));
    }
    words.extend(findings.strict.then(|| "--strict".to_owned()));
    // The reference server is beyond doubt anyway.
    let vouches = findings.trusts_fixtures && !findings.target.embedded;
    words.extend(vouches.then(|| "--trust-fixtures".to_owned()));
    words
}

fn override_words(option: &Override) -> Vec<String> {
    let name = match option {
        Override::Insecure => return vec!["--insecure".to_owned()],
        Override::Resolve { .. } => "--resolve",
        Override::CaCert { .. } => "--ca-cert",
        Override::ClientCert { .. } => "--client-cert",
        Override::ClientKey { .. } => "--client-key",
        Override::Proxy { .. } => "--proxy",
        Override::Header { .. } => "--header",
        Override::Told(_) => return Vec::new(),
    };
    let value: Option<Word> = option_value(option);
    std::iter::once(name.to_owned()).chain(value.map(|value| word(&value))).collect()
}

#[cfg(test)]
mod tests {
    use super::again;
    use crate::model::level::Level;
    use crate::model::run_option::{Override, RunOption};
    use crate::report::hostile;

    #[test]
    fn the_command_has_every_option_of_the_run_and_no_secret() {
        let mut findings = hostile::findings(Vec::new());
        findings.options = vec![
            RunOption::with_value("fixtures", "my fixtures.yaml"),
            RunOption::with_value("cases", "mine"),
            RunOption::switch("no-builtin"),
        ];
        findings.target.overrides = vec![
            Override::Insecure,
            Override::CaCert { path: "ca.pem".to_owned() },
            Override::Proxy { url: None, without_credentials: None, variable: None },
            Override::Header { name: "X-Key".to_owned() },
        ];
        findings.strict = true;
        findings.trusts_fixtures = true;
        findings.selection.level = Some(Level::Should);
        findings.selection.requirements = vec!["LO-ENDS".to_owned()];
        findings.selection.cases = vec!["*".to_owned()];
        let expected = "panel-conformance run https://api.example.com/v2 --insecure --ca-cert \
                        ca.pem --proxy \"${PANEL_PROXY:?}\" --header \"X-Key: \
                        ${HEADER_X_KEY:?}\" --fixtures 'my fixtures.yaml' --cases mine \
                        --no-builtin --strict --trust-fixtures --requirement \
                        LO-ENDS --level should --case a/b --case 'c/[[]x[]]@form' --allow-deselected";
        assert_eq!(again(&findings, &["a/b", "c/[x]@form"]), expected);
    }

    #[test]
    fn the_embedded_server_needs_no_url() {
        let mut findings = hostile::findings(Vec::new());
        findings.target.embedded = true;
        findings.trusts_fixtures = true;
        let expected = "panel-conformance run --case a/b --allow-deselected";
        assert_eq!(again(&findings, &["a/b"]), expected);
    }
}
