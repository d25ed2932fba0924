//! The values that a `curl` line needs and a record does not hold.
//!
//! A record has tokens where secrets were; here a token becomes a shell variable:
//!
//! | token | in the shell |
//! |---|---|
//! | `«dealer.password»` | `$PANEL_DEALER_PASSWORD`, the variable that supplies the fixture |
//! | `«dealer[2].password»` | `$PANEL_DEALER_2_PASSWORD` |
//! | `«hash 3»` | `$HASH_3` |
//! | `«hash 3 with one more character»` | `${HASH_3}0` |
//! | `«hash 3 without its last character»` | `${HASH_3_DROP_LAST:?}`, and a comment |
//!
//! The name of a variable of the last kind comes from the filter that made the value, and so does
//! the comment: `# HASH_3_DROP_LAST: $HASH_3 without its last character`. `:?` makes the shell
//! complain where nobody heeded it.

use crate::model::role::FixtureName;
use crate::value::token::{self, Named, Token};

/// Escapes a password on its way into JSON, with what every POSIX system has.
const JSON: &str = r#"json() { printf '%s\n' "$1" | sed 's/[\\"]/\\&/g'; }"#;

/// How a text is spelt where a value stands in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    /// As it is.
    Plain,
    /// Inside a string of JSON.
    Json,
    /// Percent-encoded, where curl does not do that itself.
    Percent,
}

/// A part of a text with values in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Bytes that stand there.
    Literal(Vec<u8>),
    /// A value that stands there.
    Value(Value),
}

/// A value that a shell variable holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Value {
    /// The variable of the secret that it is or is made from: `HASH_3`.
    secret: String,
    /// Its own variable: `HASH_3_DROP_LAST`.
    variable: String,
    /// What to put into the variable, where nothing else does: `$HASH_3 without its last
    /// character`.
    recipe: Option<String>,
    /// Whether it passes through [`JSON`].
    is_escaped: bool,
}

/// Takes a recorded text apart: what stands there, and what tokens stand for.
pub(super) fn pieces(text: &[u8], spelling: Spelling) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for chunk in text.utf8_chunks() {
        for piece in token::pieces(chunk.valid()) {
            match piece {
                token::Piece::Text(text) => push(&mut pieces, text.as_bytes()),
                token::Piece::Token(token) => match Value::of(&token, spelling) {
                    Some((value, appended)) => {
                        pieces.push(Piece::Value(value));
                        push(&mut pieces, appended.as_bytes());
                    }
                    None => push(&mut pieces, token.to_string().as_bytes()),
                },
            }
        }
        push(&mut pieces, chunk.invalid());
    }
    pieces
}

fn push(pieces: &mut Vec<Piece>, text: &[u8]) {
    match pieces.last_mut() {
        Some(Piece::Literal(bytes)) => bytes.extend_from_slice(text),
        _ if text.is_empty() => {}
        _ => pieces.push(Piece::Literal(text.to_vec())),
    }
}

/// The variable of a base URL: `URL`, and `URL_2` and so on for those beside it.
pub(super) fn variable_of_url(address: usize) -> String {
    match address {
        0 => "URL".to_owned(),
        address => format!("URL_{}", address + 1),
    }
}

impl Value {
    /// The base URL of the target, or of its address with this number, from 0.
    pub(super) fn base_url(address: usize) -> Value {
        Value::named(variable_of_url(address))
    }

    /// What the operator sends in a header of this name with every request.
    pub(super) fn header(name: &str) -> Value {
        let in_name =
            |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
        let variable = format!("HEADER_{}", name.chars().map(in_name).collect::<String>());
        let recipe = Some(format!("the value of --header {name}"));
        Value { recipe, ..Value::named(variable) }
    }

    /// The URL of the proxy, with its credentials.
    pub(super) fn proxy() -> Value {
        let recipe = Some("the URL of --proxy".to_owned());
        Value { recipe, ..Value::named("PANEL_PROXY".to_owned()) }
    }

    fn named(variable: String) -> Value {
        Value { secret: variable.clone(), variable, recipe: None, is_escaped: false }
    }

    /// The value that a token stands for, where the text is one and nothing else.
    pub(super) fn alone(text: &str) -> Option<Value> {
        match pieces(text.as_bytes(), Spelling::Plain).as_slice() {
            [Piece::Value(value)] => Some(value.clone()),
            _ => None,
        }
    }

    /// The value that a token stands for, and what follows it as text; `None` if no variable
    /// holds it.
    fn of(token: &Token, spelling: Spelling) -> Option<(Value, String)> {
        let mut value = Value::named(variable_of(&token.secret)?);
        // What a filter makes of nothing it appends to everything. No variable can hold the NUL
        // that one of them appends, and it is simpler to read anyway.
        let appended = token.near_miss.and_then(|filter| filter.apply(""));
        match token.near_miss {
            Some(filter) if appended.is_none() => value.derive(filter.name, filter.summary),
            _ => {}
        }
        let is_password = is_password(&token.secret);
        value.is_escaped = is_password && spelling == Spelling::Json;
        // A hash as it was handed out consists of characters that stand for themselves.
        if spelling == Spelling::Percent && (is_password || value.recipe.is_some()) {
            value.derive("percent-encoded", "percent-encoded");
        }
        Some((value, spell(&appended.unwrap_or_default(), spelling)))
    }

    /// Makes it a value that has to be made from another one.
    fn derive(&mut self, name: &str, how: &str) {
        self.recipe = Some(match &self.recipe {
            Some(recipe) => format!("{recipe}, {how}"),
            None => format!("${} {how}", self.variable),
        });
        // The suite reads variables that start with `PANEL_`, and this is none of them.
        let from = self.variable.strip_prefix("PANEL_").unwrap_or(&self.variable);
        self.variable = format!("{from}_{}", name.to_uppercase().replace('-', "_"));
    }

    /// The variable, without `$`, of the secret that it is or is made from.
    pub(super) fn secret(&self) -> &str {
        &self.secret
    }

    /// The lines that have to stand before one with this value.
    pub(super) fn preparation(&self) -> impl Iterator<Item = String> {
        let comment = self.recipe.as_ref().map(|recipe| format!("# {}: {recipe}", self.variable));
        comment.into_iter().chain(self.is_escaped.then(|| JSON.to_owned()))
    }

    /// How the value stands between double quotes, before text that starts with `next`.
    ///
    /// A variable `HASH_n` holds what stands between the quotes of a JSON answer, which is right
    /// in JSON again.
    pub(super) fn quoted(&self, next: Option<u8>) -> String {
        let name = &self.variable;
        let goes_on = next.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let plain = match self.recipe {
            Some(_) => format!("${{{name}:?}}"),
            None if goes_on && !self.is_escaped => format!("${{{name}}}"),
            None => format!("${name}"),
        };
        if self.is_escaped { format!(r#"$(json "{plain}")"#) } else { plain }
    }
}

/// Spells what follows a value as the text around it is spelt.
fn spell(text: &str, spelling: Spelling) -> String {
    match spelling {
        Spelling::Plain => text.to_owned(),
        Spelling::Json => text.replace('\0', "\\u0000"),
        Spelling::Percent => text.replace('\0', "%00"),
    }
}

/// The variable of a secret: of a fixture its own, of a hash `HASH_n`.
fn variable_of(secret: &Named) -> Option<String> {
    match secret {
        Named::Hash(number) => Some(format!("HASH_{number}")),
        Named::Fixture(name) => Some(name.variable(secret_member(*name))),
        Named::Token(_) | Named::Header(_) | Named::ProxyPassword => None,
    }
}

/// The member of a fixture that is its secret.
fn secret_member(name: FixtureName) -> &'static str {
    name.role.members().last().copied().unwrap_or_default()
}

fn is_password(secret: &Named) -> bool {
    matches!(secret, Named::Fixture(name) if secret_member(*name) == "password")
}

#[cfg(test)]
mod tests {
    use super::{JSON, Piece, Spelling, Value, pieces};
    use crate::value::filter::{FILTERS, FilterKind};
    use rstest::rstest;

    #[rstest]
    #[case("NVX «hash 3»", "NVX <$HASH_3>")]
    #[case("«dealer.password»", "<$PANEL_DEALER_PASSWORD>")]
    #[case("«dealer[2].password»", "<$PANEL_DEALER_2_PASSWORD>")]
    #[case("«expired_session.hash»", "<$PANEL_EXPIRED_SESSION_HASH>")]
    #[case("«hash 3 without its first character»", "<${HASH_3_DROP_FIRST:?}>")]
    #[case(
        "«dealer.password with its last character changed»",
        "<${DEALER_PASSWORD_CHANGE_LAST:?}>"
    )]
    #[case("«hash 3 with one more character»!", "<$HASH_3>0!")]
    #[case("«hash 3 with a NUL character and more text»", "<$HASH_3>\0x")]
    #[case::no_token(
        "«hash x» «nobody.password» «dealer.name» «",
        "«hash x» «nobody.password» «dealer.name» «"
    )]
    #[case::in_json("{«dealer.password»", "{<$(json \"$PANEL_DEALER_PASSWORD\")>")]
    #[case::in_json("{«hash 1 with a NUL character and more text»", "{<$HASH_1>\\u0000x")]
    #[case::encoded("%«dealer.password»", "%<${DEALER_PASSWORD_PERCENT_ENCODED:?}>")]
    #[case::encoded("%«hash 1 with a NUL character and more text»", "%<$HASH_1>%00x")]
    fn tokens_become_variables(#[case] text: &str, #[case] expected: &str) {
        let spelling = match text.as_bytes()[0] {
            b'{' => Spelling::Json,
            b'%' => Spelling::Percent,
            _ => Spelling::Plain,
        };
        let shown = pieces(text.as_bytes(), spelling).into_iter().map(|piece| match piece {
            Piece::Literal(bytes) => String::from_utf8(bytes).expect("it was text"),
            Piece::Value(value) => format!("<{}>", value.quoted(None)),
        });
        assert_eq!(shown.collect::<String>(), expected);
    }

    #[rstest]
    #[case("hash 3 with the case of its letters swapped", Spelling::Json, &["# HASH_3_SWAP_CASE: $HASH_3 with the case of its letters swapped"])]
    #[case("dealer[2].password without its last character", Spelling::Percent, &["# DEALER_2_PASSWORD_DROP_LAST_PERCENT_ENCODED: $PANEL_DEALER_2_PASSWORD without its last character, percent-encoded"])]
    #[case("dealer.password", Spelling::Json, &[JSON])]
    #[case("hash 3 with one more character", Spelling::Plain, &[])]
    fn what_a_value_wants_stands_before_it(
        #[case] token: &str,
        #[case] spelling: Spelling,
        #[case] expected: &[&str],
    ) {
        let token = format!("«{token}»").parse().expect("it is a token");
        let (value, _) = Value::of(&token, spelling).expect("a variable holds it");
        assert_eq!(value.preparation().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_makes_something_of_nothing_appends_it() {
        for filter in FILTERS.iter().filter(|filter| filter.kind == FilterKind::NearMiss) {
            let Some(appended) = filter.apply("") else { continue };
            for text in ["12f@14Y$", "9", "é"] {
                assert_eq!(filter.apply(text), Some(format!("{text}{appended}")), "{filter:?}");
            }
        }
    }
}
