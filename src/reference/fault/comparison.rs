//! Faults in how a login or a password is compared with the real one.

use crate::reference::behaviour::{Row, row};
use crate::reference::change::{Changes, policy};

#[rustfmt::skip] // A row is a line, or two if it is long.
pub(super) fn faults() -> Vec<Row> {
    vec![
        row("any-password-accepted", "Any password is accepted.", &["AUTH-WRONGPW", "AUTH-PW-EXACT"], password(|_, _| true)),
        row("password-case-ignored", "A password is accepted in any letter case.", &["AUTH-PW-EXACT"],
            password(|right, given| right.to_lowercase() == given.to_lowercase())),
        row("password-prefix-accepted", "The beginning of a password is accepted.", &["AUTH-PW-EXACT"],
            password(|right, given| right.starts_with(given))),
        row("password-suffix-accepted", "The end of a password is accepted.", &["AUTH-PW-EXACT"],
            password(|right, given| right.ends_with(given))),
        row("password-extension-accepted", "A password with more behind it is accepted.", &["AUTH-PW-EXACT"],
            password(|right, given| given.starts_with(right))),
        row("password-inside-accepted", "A text with the password in it is accepted.", &["AUTH-PW-EXACT"],
            password(|right, given| given.contains(right))),
        row("password-cut-at-eight", "Only the first eight bytes of a password are compared.", &["AUTH-PW-EXACT"],
            password(|right, given| cut(right, 8) == cut(given, 8))),
        row("password-without-last-character", "A password is accepted without its last character.", &["AUTH-PW-EXACT"],
            password(|right, given| right == given || strip_last(right) == given)),
        row("password-without-first-character", "A password is accepted without its first character.", &["AUTH-PW-EXACT"],
            password(|right, given| right == given || right.chars().skip(1).eq(given.chars()))),
        row("password-punctuation-ignored", "Only letters and digits of a password are compared.", &["AUTH-PW-EXACT"],
            password(|right, given| alphanumeric(right) == alphanumeric(given))),
        row("password-digits-ignored", "Digits of a password are not compared.", &["AUTH-PW-EXACT"],
            password(|right, given| without_digits(right) == without_digits(given))),
        row("password-length-compared-only", "Any password of the right length is accepted.", &["AUTH-WRONGPW", "AUTH-PW-EXACT"],
            password(|right, given| right.chars().count() == given.chars().count())),
        row("login-accepted-as-password", "The login is accepted for a password.", &["AUTH-WRONGPW"], accept_login_as_password()),
        row("login-extension-accepted", "A login with more behind it is accepted.", &["AUTH-E12"],
            login(|right, given| given.starts_with(right))),
        row("login-wildcard-accepted", "A percent sign or an asterisk stands for any ending of a login.", &["AUTH-E12"],
            login(|right, given| right == given || is_pattern_of(given, right))),
        row("login-injection-accepted", "A login that closes the quote and adds a condition is accepted.", &["AUTH-E12"],
            login(|right, given| given.split("' OR '").next() == Some(right))),
        row("login-compared-up-to-nul", "Whatever follows the character NUL in a login is not compared.", &["AUTH-E12"],
            login(|right, given| given.split('\0').next() == Some(right))),
        row("password-compared-up-to-nul", "Whatever follows the character NUL in a password is not compared.", &["AUTH-PW-EXACT"],
            password(|right, given| given.split('\0').next() == Some(right))),
    ]
}

/// Compares the password of an account, the first, otherwise.
fn password(matches: fn(&str, &str) -> bool) -> Changes {
    policy(move |policy| {
        policy.password_matches = Box::new(move |account, given| matches(&account.password, given));
    })
}

/// Compares the login of an account, the first, otherwise.
fn login(matches: fn(&str, &str) -> bool) -> Changes {
    policy(move |policy| {
        policy.login_matches = Box::new(move |account, given| matches(&account.login, given));
    })
}

fn accept_login_as_password() -> Changes {
    policy(|policy| {
        policy.password_matches =
            Box::new(|account, given| account.password == given || account.login == given);
    })
}

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
