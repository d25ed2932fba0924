//! The values that a `curl` line needs and a record does not hold.
//!
//! A record has tokens where secrets were; here a token becomes a shell variable:
//!
//! | token | in the shell |
//! |---|---|
//! | `«dealer.password»` | `$PANEL_DEALER_PASSWORD`, the variable that supplies the fixture |
//! | `«dealer[2].password»` | `$PANEL_DEALER_2_PASSWORD` |
//! | `«hash 3»` | `$HASH_3` |
//! | `«hash 3 without its first character»`, `… last …` | `${HASH_3#?}`, `${HASH_3%?}` |
//! | `«hash 3 with one more character»` | `${HASH_3}0` |
//! | `«hash 3 with its last character changed»` | `$HASH_3_WITH_ITS_LAST_CHARACTER_CHANGED` |
//!
//! A variable of the last kind is made from the plain one by a line of its own, which
//! [`Value::derivation`] gives. To add a near miss, add a row to [`NEAR_MISSES`].

use crate::model::role::Role;
use crate::value::filter::{FILTERS, FilterKind};

/// How a text is spelt where a value stands in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    /// As it is.
    Plain,
    /// Inside a string of JSON.
    Json,
    /// Percent-encoded, in a query or a form.
    Percent,
}

/// A part of a text with values in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Bytes that stand there.
    Literal(Vec<u8>),
    /// A value that stands there.
    Value(Value),
}

/// A value that a shell variable holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value {
    /// The token of the plain value, without its brackets: `hash 3`, `dealer.password`.
    pub(super) token: String,
    /// The variable of the plain value: `HASH_3`.
    plain: String,
    /// What is done to the plain value.
    near_miss: NearMiss,
    spelling: Spelling,
}

/// What the shell does to a variable in order to miss its value narrowly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NearMiss {
    /// Nothing: the plain value.
    None,
    /// A parameter expansion: `%?`.
    Expanded(&'static str),
    /// The plain value, and this after it.
    Followed(&'static str),
    /// A variable of its own, made by this; `V` stands for the plain variable. The second text is
    /// the end of the variable's name.
    Derived(&'static str, &'static str),
}

/// By the filter's name, what the shell does.
const NEAR_MISSES: [(&str, NearMiss); 8] = [
    ("drop-first", NearMiss::Expanded("#?")),
    ("drop-last", NearMiss::Expanded("%?")),
    ("append", NearMiss::Followed("0")),
    ("append-nul", NearMiss::Followed("\0x")),
    (
        "change-first",
        NearMiss::Derived(
            r#"$(printf '%s\n' "${V%"${V#?}"}" | sed -e 's/[^0-9A-Fa-fx]/x/' -e t -e 'y/0123456789ABCDEFabcdefx/1234567890BCDEFAbcdefay/')${V#?}"#,
            "_WITH_ITS_FIRST_CHARACTER_CHANGED",
        ),
    ),
    (
        "change-last",
        NearMiss::Derived(
            r#"${V%?}$(printf '%s\n' "${V#"${V%?}"}" | sed -e 's/[^0-9A-Fa-fx]/x/' -e t -e 'y/0123456789ABCDEFabcdefx/1234567890BCDEFAbcdefay/')"#,
            "_WITH_ITS_LAST_CHARACTER_CHANGED",
        ),
    ),
    (
        "percent-escaped",
        NearMiss::Derived(
            r#"$(printf %s "$V" | od -An -tx1 | tr -d ' \n' | tr a-f A-F | sed 's/../%&/g')"#,
            "_WITH_EVERY_BYTE_PERCENT_ESCAPED",
        ),
    ),
    (
        "swap-case",
        NearMiss::Derived(
            r#"$(printf '%s\n' "$V" | tr 'A-Za-z' 'a-zA-Z')"#,
            "_WITH_THE_CASE_OF_ITS_LETTERS_SWAPPED",
        ),
    ),
];

/// Takes a recorded text apart: what stands there, and what tokens stand for.
pub(super) fn pieces(text: &[u8], spelling: Spelling) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut literal = Vec::new();
    let mut rest = text;
    while let Some((before, token, after)) = next_token(rest) {
        literal.extend_from_slice(before);
        match Value::of(token, spelling) {
            Some(value) => {
                push_literal(&mut pieces, &mut literal);
                literal.extend(spell(value.suffix(), spelling).into_bytes());
                pieces.push(Piece::Value(value));
            }
            None => literal.extend(format!("«{token}»").into_bytes()),
        }
        rest = after;
    }
    literal.extend_from_slice(rest);
    push_literal(&mut pieces, &mut literal);
    pieces
}

fn push_literal(pieces: &mut Vec<Piece>, literal: &mut Vec<u8>) {
    if !literal.is_empty() {
        pieces.push(Piece::Literal(std::mem::take(literal)));
    }
}

/// What stands before the first token, what the token encloses, and what stands after.
fn next_token(text: &[u8]) -> Option<(&[u8], &str, &[u8])> {
    let [open, close] = ["«".as_bytes(), "»".as_bytes()];
    let find = |from: usize, mark: &[u8]| {
        text[from..].windows(mark.len()).position(|window| window == mark).map(|at| from + at)
    };
    let start = find(0, open)?;
    let end = find(start, close)?;
    let token = std::str::from_utf8(&text[start + open.len()..end]).ok()?;
    Some((&text[..start], token, &text[end + close.len()..]))
}

/// Spells what follows a value as the text around it is spelt.
fn spell(text: &str, spelling: Spelling) -> String {
    match spelling {
        Spelling::Plain => text.to_owned(),
        Spelling::Json => text.replace('\0', "\\u0000"),
        Spelling::Percent => text.replace('\0', "%00"),
    }
}

impl Value {
    /// The target's base URL.
    pub(super) fn base_url() -> Value {
        Value::named("URL".to_owned())
    }

    /// What the operator sends in a header of this name with every request.
    pub(super) fn header(name: &str) -> Value {
        let in_name =
            |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
        Value::named(format!("HEADER_{}", name.chars().map(in_name).collect::<String>()))
    }

    fn named(name: String) -> Value {
        let (near_miss, spelling) = (NearMiss::None, Spelling::Plain);
        Value { token: name.clone(), plain: name, near_miss, spelling }
    }

    /// The value that a token stands for; `None` where the text in brackets is no token.
    fn of(token: &str, spelling: Spelling) -> Option<Value> {
        let (token, near_miss) = split_near_miss(token)?;
        let plain = variable_of(token)?;
        Some(Value { token: token.to_owned(), plain, near_miss, spelling })
    }

    /// What follows the value as text.
    fn suffix(&self) -> &'static str {
        match self.near_miss {
            NearMiss::Followed(text) => text,
            _ => "",
        }
    }

    /// The variable, without `$`.
    pub(super) fn variable(&self) -> String {
        match self.near_miss {
            NearMiss::Derived(_, suffix) => format!("{}{suffix}", self.plain),
            _ => self.plain.clone(),
        }
    }

    /// The line that makes the variable from the one of the plain value, where that takes one.
    pub(super) fn derivation(&self) -> Option<String> {
        let NearMiss::Derived(recipe, _) = self.near_miss else { return None };
        let recipe = recipe.replace("{V", &format!("{{{}", self.plain));
        let recipe = recipe.replace("$V", &format!("${}", self.plain));
        Some(format!("{}={recipe}", self.variable()))
    }

    /// How the value stands between double quotes, before text that starts with `next`.
    ///
    /// A variable `HASH_n` holds what stands between the quotes of a JSON answer, which is right
    /// in JSON again and, for the characters that hashes are made of, everywhere else. A password
    /// is escaped on the spot, with what every POSIX system has.
    pub(super) fn quoted(&self, next: Option<u8>) -> String {
        let variable = self.variable();
        let goes_on = next.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let plain = match self.near_miss {
            NearMiss::Expanded(operator) => format!("${{{variable}{operator}}}"),
            _ if goes_on => format!("${{{variable}}}"),
            _ => format!("${variable}"),
        };
        match self.spelling {
            _ if !self.token.ends_with("password") => plain,
            Spelling::Plain => plain,
            Spelling::Json => {
                format!(r#"$(printf '%s\n' "{plain}" | sed 's/[\\"]/\\&/g')"#)
            }
            Spelling::Percent => {
                format!(r#"$(printf %s "{plain}" | od -An -tx1 | tr -d ' \n' | sed 's/../%&/g')"#)
            }
        }
    }
}

/// The token of the plain value, and what was done to it.
fn split_near_miss(token: &str) -> Option<(&str, NearMiss)> {
    for filter in FILTERS.iter().filter(|filter| filter.kind == FilterKind::NearMiss) {
        let plain = token.strip_suffix(filter.summary).and_then(|rest| rest.strip_suffix(' '));
        if let Some(plain) = plain {
            let (_, near_miss) = NEAR_MISSES.iter().find(|(name, _)| *name == filter.name)?;
            return Some((plain, *near_miss));
        }
    }
    Some((token, NearMiss::None))
}

/// The variable of a plain value: of a fixture its own, of a hash `HASH_n`.
fn variable_of(token: &str) -> Option<String> {
    if let Some(number) = token.strip_prefix("hash ") {
        return number.parse::<usize>().ok().map(|number| format!("HASH_{number}"));
    }
    let (role, member) = token.split_once('.')?;
    let (role, number) = match role.strip_suffix(']').and_then(|role| role.split_once('[')) {
        Some((role, number)) => (role, Some(number.parse::<usize>().ok()?)),
        None => (role, None),
    };
    let role = Role::from_name(role)?;
    let member = role.members().iter().find(|known| **known == member)?;
    Some(match number {
        Some(number) => role.variable(&format!("{number}_{member}")),
        None => role.variable(member),
    })
}

#[cfg(test)]
mod tests {
    use super::{NEAR_MISSES, Piece, Spelling, pieces};
    use crate::value::filter::{FILTERS, FilterKind};
    use rstest::rstest;

    #[track_caller]
    fn shown(text: &str, spelling: Spelling) -> String {
        let shown = pieces(text.as_bytes(), spelling).into_iter().map(|piece| match piece {
            Piece::Literal(bytes) => String::from_utf8(bytes).expect("it was text"),
            Piece::Value(value) => format!("<{}>", value.quoted(None)),
        });
        shown.collect()
    }

    #[rstest]
    #[case("NVX «hash 3»", "NVX <$HASH_3>")]
    #[case("«dealer.password»", "<$PANEL_DEALER_PASSWORD>")]
    #[case("«dealer[2].password»", "<$PANEL_DEALER_2_PASSWORD>")]
    #[case("«expired_session.hash»", "<$PANEL_EXPIRED_SESSION_HASH>")]
    #[case("«hash 3 without its first character»", "<${HASH_3#?}>")]
    #[case("«hash 3 without its last character»", "<${HASH_3%?}>")]
    #[case("«hash 3 with one more character»!", "<$HASH_3>0!")]
    #[case("«hash 3 with a NUL character and more text»", "<$HASH_3>\0x")]
    #[case(
        "«hash 3 with its first character changed»",
        "<$HASH_3_WITH_ITS_FIRST_CHARACTER_CHANGED>"
    )]
    #[case(
        "«dealer.password with the case of its letters swapped»",
        "<$PANEL_DEALER_PASSWORD_WITH_THE_CASE_OF_ITS_LETTERS_SWAPPED>"
    )]
    #[case::no_token(
        "«hash x» «nobody.password» «dealer.name» «",
        "«hash x» «nobody.password» «dealer.name» «"
    )]
    fn tokens_become_variables(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(shown(text, Spelling::Plain), expected);
    }

    #[rstest]
    #[case(Spelling::Json, r#"<$(printf '%s\n' "$PANEL_DEALER_PASSWORD" | sed 's/[\\"]/\\&/g')>"#)]
    #[case(
        Spelling::Percent,
        r#"<$(printf %s "$PANEL_DEALER_PASSWORD" | od -An -tx1 | tr -d ' \n' | sed 's/../%&/g')>"#
    )]
    fn passwords_are_escaped(#[case] spelling: Spelling, #[case] expected: &str) {
        assert_eq!(shown("«dealer.password»", spelling), expected);
    }

    #[rstest]
    #[case(Spelling::Json, "<$HASH_1>\\u0000x")]
    #[case(Spelling::Percent, "<$HASH_1>%00x")]
    fn what_follows_a_value_is_spelt_as_its_surroundings(
        #[case] spelling: Spelling,
        #[case] expected: &str,
    ) {
        assert_eq!(shown("«hash 1 with a NUL character and more text»", spelling), expected);
    }

    #[rstest]
    #[case(
        "«hash 3 with the case of its letters swapped»",
        r#"HASH_3_WITH_THE_CASE_OF_ITS_LETTERS_SWAPPED=$(printf '%s\n' "$HASH_3" | tr 'A-Za-z' 'a-zA-Z')"#
    )]
    #[case(
        "«hash 3 with its last character changed»",
        r#"HASH_3_WITH_ITS_LAST_CHARACTER_CHANGED=${HASH_3%?}$(printf '%s\n' "${HASH_3#"${HASH_3%?}"}" | sed -e 's/[^0-9A-Fa-fx]/x/' -e t -e 'y/0123456789ABCDEFabcdefx/1234567890BCDEFAbcdefay/')"#
    )]
    fn derived_variables_are_made_from_plain_ones(#[case] token: &str, #[case] expected: &str) {
        let pieces = pieces(token.as_bytes(), Spelling::Plain);
        let [Piece::Value(value)] = pieces.as_slice() else { panic!("{pieces:?}") };
        assert_eq!(value.derivation().as_deref(), Some(expected));
    }

    #[test]
    fn every_near_miss_has_a_row() {
        let known: Vec<&str> = NEAR_MISSES.iter().map(|(name, _)| *name).collect();
        let filters = FILTERS.iter().filter(|filter| filter.kind == FilterKind::NearMiss);
        assert_eq!(known, filters.map(|filter| filter.name).collect::<Vec<_>>());
    }

    /// The shell's own near misses against those of the filters, in a real shell.
    #[rstest]
    #[case("fa7b9", "change-last")]
    #[case("fa7bx", "change-last")]
    #[case("fa7b-", "change-last")]
    #[case("9x", "change-first")]
    #[case("z9", "change-first")]
    #[case("aB9$", "swap-case")]
    #[case("aé/", "percent-escaped")]
    fn the_shell_makes_what_the_filter_makes(#[case] plain: &str, #[case] filter: &str) {
        let filter = FILTERS.iter().find(|known| known.name == filter).expect("it is listed");
        let token = format!("«hash 1 {}»", filter.summary);
        let pieces = pieces(token.as_bytes(), Spelling::Plain);
        let [Piece::Value(value)] = pieces.as_slice() else { panic!("{pieces:?}") };
        let derivation = value.derivation().expect("it is derived");
        let script = format!("HASH_1='{plain}'\n{derivation}\nprintf %s \"${}\"", value.variable());
        let output =
            std::process::Command::new("sh").args(["-c", &script]).output().expect("sh starts");
        assert_eq!(Some(String::from_utf8_lossy(&output.stdout).into_owned()), filter.apply(plain));
    }
}
