//! Faults in how a login or a password is compared with the real one.

use super::{Family, Fault};
use crate::reference::change::Change;

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "any-password-accepted",
        family: Family::Security,
        summary: "Any password is accepted.",
        violates: &["AUTH-WRONGPW", "AUTH-PW-EXACT"],
        changes: &[Change::Policy(|policy| policy.password_matches = |_, _| true)],
    },
    Fault {
        name: "password-case-ignored",
        family: Family::Security,
        summary: "A password is accepted in any letter case.",
        violates: &["AUTH-PW-EXACT"],
        changes: &[Change::Policy(|policy| {
            policy.password_matches =
                |account, given| account.password.to_lowercase() == given.to_lowercase()
        })],
    },
    Fault {
        name: "password-prefix-accepted",
        family: Family::Security,
        summary: "The beginning of a password is accepted.",
        violates: &["AUTH-PW-EXACT"],
        changes: &[Change::Policy(|policy| {
            policy.password_matches = |account, given| account.password.starts_with(given)
        })],
    },
    Fault {
        name: "password-suffix-accepted",
        family: Family::Security,
        summary: "The end of a password is accepted.",
        violates: &["AUTH-PW-EXACT"],
        changes: &[Change::Policy(|policy| {
            policy.password_matches = |account, given| account.password.ends_with(given)
        })],
    },
    Fault {
        name: "password-extension-accepted",
        family: Family::Security,
        summary: "A password with more behind it is accepted.",
        violates: &["AUTH-PW-EXACT"],
        changes: &[Change::Policy(|policy| {
            policy.password_matches = |account, given| given.starts_with(&account.password)
        })],
    },
    Fault {
        name: "password-inside-accepted",
        family: Family::Security,
        summary: "A text with the password in it is accepted.",
        violates: &["AUTH-PW-EXACT"],
        changes: &[Change::Policy(|policy| {
            policy.password_matches = |account, given| given.contains(&account.password)
        })],
    },
    Fault {
        name: "password-cut-at-eight",
        family: Family::Security,
        summary: "Only the first eight bytes of a password are compared.",
        violates: &["AUTH-PW-EXACT"],
        changes: &[Change::Policy(|policy| {
            policy.password_matches = |account, given| cut(&account.password, 8) == cut(given, 8)
        })],
    },
    Fault {
        name: "password-without-last-character",
        family: Family::Security,
        summary: "A password is accepted without its last character.",
        violates: &["AUTH-PW-EXACT"],
        changes: &[Change::Policy(|policy| {
            policy.password_matches =
                |account, given| account.password == given || strip_last(&account.password) == given
        })],
    },
    Fault {
        name: "password-without-first-character",
        family: Family::Security,
        summary: "A password is accepted without its first character.",
        violates: &["AUTH-PW-EXACT"],
        changes: &[Change::Policy(|policy| {
            policy.password_matches = |account, given| {
                account.password == given || account.password.chars().skip(1).eq(given.chars())
            }
        })],
    },
    Fault {
        name: "password-punctuation-ignored",
        family: Family::Security,
        summary: "Only letters and digits of a password are compared.",
        violates: &["AUTH-PW-EXACT"],
        changes: &[Change::Policy(|policy| {
            policy.password_matches =
                |account, given| alphanumeric(&account.password) == alphanumeric(given)
        })],
    },
    Fault {
        name: "password-digits-ignored",
        family: Family::Security,
        summary: "Digits of a password are not compared.",
        violates: &["AUTH-PW-EXACT"],
        changes: &[Change::Policy(|policy| {
            policy.password_matches =
                |account, given| without_digits(&account.password) == without_digits(given)
        })],
    },
    Fault {
        name: "password-length-compared-only",
        family: Family::Security,
        summary: "Any password of the right length is accepted.",
        violates: &["AUTH-WRONGPW", "AUTH-PW-EXACT"],
        changes: &[Change::Policy(|policy| {
            policy.password_matches =
                |account, given| account.password.chars().count() == given.chars().count()
        })],
    },
    Fault {
        name: "login-accepted-as-password",
        family: Family::Security,
        summary: "The login is accepted for a password.",
        violates: &["AUTH-WRONGPW"],
        changes: &[Change::Policy(|policy| {
            policy.password_matches =
                |account, given| account.password == given || account.login == given
        })],
    },
    Fault {
        name: "login-extension-accepted",
        family: Family::Security,
        summary: "A login with more behind it is accepted.",
        violates: &["AUTH-E12"],
        changes: &[Change::Policy(|policy| {
            policy.login_matches = |account, given| given.starts_with(&account.login)
        })],
    },
    Fault {
        name: "login-wildcard-accepted",
        family: Family::Security,
        summary: "A percent sign or an asterisk stands for any ending of a login.",
        violates: &["AUTH-E12"],
        changes: &[Change::Policy(|policy| {
            policy.login_matches =
                |account, given| account.login == given || is_pattern_of(given, &account.login)
        })],
    },
    Fault {
        name: "login-injection-accepted",
        family: Family::Security,
        summary: "A login that closes the quote and adds a condition is accepted.",
        violates: &["AUTH-E12"],
        changes: &[Change::Policy(|policy| {
            policy.login_matches =
                |account, given| given.split("' OR '").next() == Some(account.login.as_str())
        })],
    },
    Fault {
        name: "password-compared-up-to-nul",
        family: Family::Security,
        summary: "Whatever follows the character NUL in a password is not compared.",
        violates: &["AUTH-PW-EXACT"],
        changes: &[Change::Policy(|policy| {
            policy.password_matches =
                |account, given| given.split('\0').next() == Some(account.password.as_str())
        })],
    },
];

/// At most so many bytes of a text.
fn cut(text: &str, length: usize) -> &[u8] {
    &text.as_bytes()[..text.len().min(length)]
}

fn strip_last(text: &str) -> &str {
    text.char_indices().next_back().map_or("", |(at, _)| &text[..at])
}

fn alphanumeric(text: &str) -> String {
    text.chars().filter(|character| character.is_alphanumeric()).collect()
}

fn without_digits(text: &str) -> String {
    text.chars().filter(|character| !character.is_ascii_digit()).collect()
}

/// `2041%` is a pattern of `20410`.
fn is_pattern_of(given: &str, login: &str) -> bool {
    given.strip_suffix(['%', '*']).is_some_and(|beginning| login.starts_with(beginning))
}
