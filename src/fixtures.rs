//! Fixtures: what the operator supplies, from a file and from the environment.
//!
//! `${NAME}` in a file reads the environment, and an unset name is a mistake that names it.
//! Passwords and hashes are secrets from here on.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::mistake::{Mistake, Source, suggestion};
use crate::role::Role;
use crate::secret::Secret;
use crate::yaml::{self, Document};

/// A fixture: the values that cases refer to as `${role.member}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixture {
    /// The login, for the roles that have one.
    pub login: Option<String>,
    /// The password or the hash.
    pub secret: Secret,
}

/// All fixtures of a run; a role may have several interchangeable ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fixtures(BTreeMap<Role, Vec<Fixture>>);

/// Reads an environment variable.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

impl Fixtures {
    /// Adds a fixture.
    pub fn add(&mut self, role: Role, fixture: Fixture) {
        self.0.entry(role).or_default().push(fixture);
    }

    /// The fixtures of a role, interchangeable with each other.
    #[must_use]
    pub fn of(&self, role: Role) -> &[Fixture] {
        self.0.get(&role).map_or(&[], Vec::as_slice)
    }

    /// Takes what `PANEL_DEALER_LOGIN` and its like supply, for roles that have nothing yet.
    ///
    /// # Errors
    ///
    /// Names the variable that is missing where only one of a pair is set.
    pub fn complete_from_environment(
        &mut self,
        environment: Environment<'_>,
    ) -> Result<(), String> {
        for role in
            Role::ALL.into_iter().filter(|role| self.of(*role).is_empty()).collect::<Vec<_>>()
        {
            let values: Vec<Option<String>> =
                role.members().iter().map(|member| environment(&role.variable(member))).collect();
            if values.iter().all(Option::is_none) {
                continue;
            }
            if let Some(missing) = values.iter().position(Option::is_none) {
                let [set, unset] = [1 - missing, missing].map(|i| role.variable(role.members()[i]));
                return Err(format!("`{set}` is set but `{unset}` is not; set both or neither"));
            }
            let values: Vec<String> = values.into_iter().flatten().collect();
            self.add(role, fixture_of(&values));
        }
        Ok(())
    }

    /// Makes up an unknown dealer where none was supplied.
    pub fn make_up_unknown_dealer(&mut self) {
        if self.of(Role::UnknownDealer).is_empty() {
            let login = format!("9{:09}", fastrand::u32(0..1_000_000_000));
            let password = format!("Nobody-{:08x}", fastrand::u32(..));
            self.add(
                Role::UnknownDealer,
                Fixture { login: Some(login), secret: Secret::new(password) },
            );
        }
    }

    /// All secrets with the tokens that stand for them in records.
    #[must_use]
    pub fn secrets(&self) -> Vec<(String, String)> {
        let mut secrets = Vec::new();
        for (role, fixtures) in &self.0 {
            for (index, fixture) in fixtures.iter().enumerate() {
                let member = role.members().last().copied().unwrap_or_default();
                let number = if index == 0 { String::new() } else { format!("[{}]", index + 1) };
                let token = format!("«{}{number}.{member}»", role.name());
                secrets.push((fixture.secret.expose().to_owned(), token));
            }
        }
        secrets
    }
}

impl Fixture {
    /// The values by member name, secrets exposed, for building requests.
    #[must_use]
    pub fn exposed(&self) -> Map<String, Value> {
        let secret = self.secret.expose();
        let members = match &self.login {
            Some(login) => json!({"login": login, "password": secret}),
            None => json!({"hash": secret}),
        };
        members.as_object().cloned().unwrap_or_default()
    }
}

fn fixture_of(values: &[String]) -> Fixture {
    match values {
        [login, password] => {
            Fixture { login: Some(login.clone()), secret: Secret::new(password.clone()) }
        }
        others => Fixture {
            login: None,
            secret: Secret::new(others.first().cloned().unwrap_or_default()),
        },
    }
}

/// Reads a fixtures file.
///
/// # Errors
///
/// Lists every mistake of the file; none of them shows a value.
pub fn read(
    name: &str,
    bytes: Vec<u8>,
    environment: Environment<'_>,
) -> Result<Fixtures, Vec<Mistake>> {
    let parsed = Source::from_bytes(name, bytes)
        .map_err(|mistake| vec![mistake])
        .and_then(|source| yaml::parse(&source));
    let found = parsed.and_then(|document| resolve(&document, environment));
    found.map_err(|mistakes| mistakes.into_iter().map(without_values).collect())
}

/// The mistake with the file as it is but for its values, which may be passwords.
fn without_values(mistake: Mistake) -> Mistake {
    let source = Source::new(mistake.source.name.clone(), masked(&mistake.source.text));
    Mistake { source, ..mistake }
}

/// The text with `*` in the place of every byte of a value; names, brackets and variables stay.
fn masked(text: &str) -> String {
    let mut masked = String::new();
    let mut rest = text;
    let mut starts_line = true;
    while let Some(first) = rest.chars().next() {
        let (token, after) = rest.split_at(token_length(rest, first));
        let is_bare = first.is_whitespace() || STRUCTURE.contains(first) || token == "-";
        // Deeper in a line, a password that holds a colon looks like a name.
        let may_be_name = starts_line || is_known_name(token);
        starts_line = token == "\n" || (starts_line && is_bare);
        if is_bare || (may_be_name && is_name(token, after)) {
            masked.push_str(token);
        } else {
            masked.push_str(&hidden(token));
        }
        rest = after;
    }
    masked
}

const STRUCTURE: &str = "{}[],:";

fn token_length(text: &str, first: char) -> usize {
    let ends_word = |c: char| c.is_whitespace() || STRUCTURE.contains(c) || "'\"".contains(c);
    let end = match first {
        '\'' | '"' => text[1..].find(first).map(|end| end + 2),
        c if c.is_whitespace() || STRUCTURE.contains(c) => Some(c.len_utf8()),
        _ if text.starts_with("${") => text.find('}').map(|end| end + 1),
        _ => text.find(ends_word),
    };
    end.unwrap_or(text.len())
}

fn is_known_name(token: &str) -> bool {
    let name = token.trim_matches(['\'', '"']);
    Role::ALL.iter().any(|role| role.name() == name || role.members().contains(&name))
}

/// Whether a token is the name of a member.
fn is_name(token: &str, after: &str) -> bool {
    let value = after.trim_start_matches(' ').strip_prefix(':');
    let is_quoted = token.starts_with(['\'', '"']);
    value.is_some_and(|value| {
        is_quoted || value.is_empty() || value.starts_with(char::is_whitespace)
    })
}

fn hidden(token: &str) -> String {
    let mut hidden = String::new();
    let mut rest = token;
    while let Some(first) = rest.chars().next() {
        let variable = rest.strip_prefix("${").and_then(|inner| inner.find('}')).map(|end| end + 3);
        let length = variable.unwrap_or(first.len_utf8());
        match first {
            '\'' | '"' | '\n' => hidden.push(first),
            _ if variable.is_some() => hidden.push_str(&rest[..length]),
            _ => hidden.push_str(&"*".repeat(length)),
        }
        rest = &rest[length..];
    }
    hidden
}

/// Takes the values of a parsed fixtures file.
fn resolve(document: &Document, environment: Environment<'_>) -> Result<Fixtures, Vec<Mistake>> {
    let mut reader = Reader { document, environment, mistakes: Vec::new() };
    let mut fixtures = Fixtures::default();
    match &document.value {
        Value::Object(roles) => {
            for (name, value) in roles {
                reader.role(name, value, &mut fixtures);
            }
        }
        _ => reader.mistakes.push(document.mistake(
            "",
            "a fixtures file is an object of roles",
            "write `dealer: { login: …, password: … }`",
        )),
    }
    if reader.mistakes.is_empty() { Ok(fixtures) } else { Err(reader.mistakes) }
}

struct Reader<'a> {
    document: &'a Document,
    environment: Environment<'a>,
    mistakes: Vec<Mistake>,
}

impl Reader<'_> {
    fn role(&mut self, name: &str, value: &Value, fixtures: &mut Fixtures) {
        let pointer = format!("/{}", crate::json_diff::escape(name));
        let Some(role) = Role::from_name(name) else {
            let remedy = suggestion(name, Role::ALL.iter().map(|role| role.name()));
            self.mistakes.push(self.document.key_mistake(
                &pointer,
                format!("`{name}` is not a fixture"),
                remedy,
            ));
            return;
        };
        match value {
            Value::Array(items) if items.is_empty() => {
                let remedy = "leave the role out, or list at least one";
                self.mistakes.push(self.document.mistake(&pointer, "the list is empty", remedy));
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.fixture(role, item, &format!("{pointer}/{index}"), fixtures);
                }
            }
            single => self.fixture(role, single, &pointer, fixtures),
        }
    }

    fn fixture(&mut self, role: Role, value: &Value, pointer: &str, fixtures: &mut Fixtures) {
        let form = format!("write {{ {} }}", role.members().map_to_form());
        let Value::Object(members) = value else {
            self.mistakes.push(self.document.mistake(
                pointer,
                format!("`{}` is an object", role.name()),
                form,
            ));
            return;
        };
        let before = self.mistakes.len();
        for name in members.keys().filter(|name| !role.members().contains(&name.as_str())) {
            self.mistakes.push(self.document.key_mistake(
                &format!("{pointer}/{}", crate::json_diff::escape(name)),
                format!("`{}` has no member `{name}`", role.name()),
                form.clone(),
            ));
        }
        let values: Vec<String> = role
            .members()
            .iter()
            .map(|member| self.member(role, members, member, pointer).unwrap_or_default())
            .collect();
        if self.mistakes.len() == before {
            fixtures.add(role, fixture_of(&values));
        }
    }

    fn member(
        &mut self,
        role: Role,
        members: &Map<String, Value>,
        member: &str,
        pointer: &str,
    ) -> Option<String> {
        let place = format!("{pointer}/{member}");
        let (message, remedy) = match members.get(member) {
            None => (
                format!("`{}` has no `{member}`", role.name()),
                format!("write {{ {} }}", role.members().map_to_form()),
            ),
            Some(Value::String(text)) => match expand(text, self.environment) {
                Ok(text) if text.is_empty() => {
                    (format!("the {member} is empty"), "supply a value".to_owned())
                }
                Ok(text) => return Some(text),
                Err(message) => (message, "export it before the run".to_owned()),
            },
            Some(_) => (
                format!("the {member} is not a text"),
                "write it in quotes: `\"20410\"`, not `20410`".to_owned(),
            ),
        };
        let pointer = if members.contains_key(member) { place.as_str() } else { pointer };
        self.mistakes.push(self.document.mistake(pointer, message, remedy));
        None
    }
}

/// How the members of a role are written.
trait MapToForm {
    fn map_to_form(&self) -> String;
}

impl MapToForm for [&str] {
    fn map_to_form(&self) -> String {
        self.iter().map(|member| format!("{member}: \"…\"")).collect::<Vec<_>>().join(", ")
    }
}

/// Puts environment variables in the place of `${NAME}`.
fn expand(text: &str, environment: Environment<'_>) -> Result<String, String> {
    let mut expanded = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let Some(end) = rest[at..].find('}') else {
            return Err("a `${` has no closing brace".to_owned());
        };
        let name = &rest[at + 2..at + end];
        let value = environment(name)
            .ok_or_else(|| format!("the environment variable `{name}` is not set"))?;
        expanded.push_str(&rest[..at]);
        expanded.push_str(&value);
        rest = &rest[at + end + 1..];
    }
    expanded.push_str(rest);
    Ok(expanded)
}

#[cfg(test)]
mod tests {
    use super::{Fixtures, read};
    use crate::role::Role;
    use rstest::rstest;

    fn environment(name: &str) -> Option<String> {
        match name {
            "SECRET" => Some("12f@14Y$".to_owned()),
            "PANEL_BLOCKED_DEALER_LOGIN" => Some("20412".to_owned()),
            "PANEL_BLOCKED_DEALER_PASSWORD" => Some("blocked".to_owned()),
            "PANEL_SECOND_DEALER_LOGIN" => Some("20411".to_owned()),
            _ => None,
        }
    }

    fn parse(text: &str) -> Result<Fixtures, String> {
        read("fixtures.yaml", text.into(), &environment).map_err(|mistakes| {
            let lines = mistakes.iter().map(|mistake| {
                let (line, column) = mistake.source.position(mistake.range.start);
                format!("{line}:{column} {}; {}", mistake.message, mistake.remedy)
            });
            lines.collect::<Vec<_>>().join("\n")
        })
    }

    #[test]
    fn values_come_from_the_file_and_the_environment() {
        let text = "dealer:\n- {login: '1', password: '${SECRET}'}\n- {login: '2', password: 'x${SECRET}y'}\n";
        let fixtures = parse(text).expect("it is right");
        let secrets: Vec<String> = fixtures
            .secrets()
            .into_iter()
            .map(|(value, token)| format!("{value} {token}"))
            .collect();
        assert_eq!(secrets, ["12f@14Y$ «dealer.password»", "x12f@14Y$y «dealer[2].password»"]);
    }

    #[rstest]
    #[case::number(
        "dealer: {login: 20410, password: x}",
        "1:17 the login is not a text; write it in quotes: `\"20410\"`, not `20410`"
    )]
    #[case::missing(
        "dealer: {login: '1'}",
        "1:9 `dealer` has no `password`; write { login: \"…\", password: \"…\" }"
    )]
    #[case::unset(
        "dealer: {login: '1', password: '${NOBODY}'}",
        "1:32 the environment variable `NOBODY` is not set; export it before the run"
    )]
    #[case::misspelt(
        "deeler: {login: '1', password: x}",
        "1:1 `deeler` is not a fixture; did you mean `dealer`?"
    )]
    #[case::all_at_once(
        "dealer: {login: '', pasword: x}\nexpired_session: x\n",
        "1:21 `dealer` has no member `pasword`; write { login: \"…\", password: \"…\" }\n1:17 the login is empty; supply a value\n1:9 `dealer` has no `password`; write { login: \"…\", password: \"…\" }\n2:18 `expired_session` is an object; write { hash: \"…\" }"
    )]
    fn mistakes_name_the_place_and_the_remedy(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(parse(text), Err(expected.to_owned()));
    }

    #[test]
    fn the_environment_alone_is_enough_but_a_pair_is_a_pair() {
        let mut fixtures = Fixtures::default();
        let message = fixtures.complete_from_environment(&environment).expect_err("half a pair");
        assert_eq!(
            message,
            "`PANEL_SECOND_DEALER_LOGIN` is set but `PANEL_SECOND_DEALER_PASSWORD` is not; set both or neither"
        );
        let whole = |name: &str| environment(name).filter(|_| !name.contains("SECOND"));
        let mut fixtures = Fixtures::default();
        fixtures.complete_from_environment(&whole).expect("all pairs are whole");
        assert_eq!(fixtures.of(Role::BlockedDealer)[0].login.as_deref(), Some("20412"));
    }
}
