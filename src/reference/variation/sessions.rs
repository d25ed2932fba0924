//! Variations in the form of hashes, in who may sign in, and in how long a session lives.

use serde_json::Value;

use super::variation;
use crate::reference::account::Account;
use crate::reference::behaviour::{Row, row};
use crate::reference::call::Action::Logout;
use crate::reference::call::Call;
use crate::reference::change::{Changes, policy};
use crate::reference::refusal::Reason::EndedHash;
use crate::reference::session::random_hex;
use crate::reference::when::{always, on};

#[rustfmt::skip] // A row is a line, or two if it is long.
pub(super) fn variations() -> Vec<Row> {
    vec![
        variation("hash-of-16-digits", "A hash has 16 digits.", hash(|| random_hex(16))),
        variation("hash-of-64-digits", "A hash has 64 digits.", hash(|| random_hex(64))),
        variation("hash-of-512-digits", "A hash has 512 digits.", hash(|| random_hex(512))),
        variation("hash-in-upper-case", "A hash is written in upper case.", hash(|| random_hex(32).to_ascii_uppercase())),
        variation("hash-of-decimal-digits", "A hash has decimal digits only.",
            hash(|| random_hex(32).replace(|digit: char| digit.is_ascii_alphabetic(), "7"))),
        row("hash-as-uuid", "A hash is a UUID.", &["AUTH-HASH-HEX"], other_hash(uuid)),
        row("hash-in-base64", "A hash is base64 with its reserved characters.", &["AUTH-HASH-HEX"],
            other_hash(|| format!("{}+/{}==", random_hex(20), random_hex(20)))),
        row("hash-in-base64-url", "A hash is base64 for URLs.", &["AUTH-HASH-HEX"],
            other_hash(|| format!("_{}-{}", random_hex(21), random_hex(20)))),
        row("hash-as-signed-token", "A hash is a signed token of three parts.", &["AUTH-HASH-HEX"],
            other_hash(|| format!("eyJhbGciOiJIUzI1NiJ9.{}.{}", random_hex(80), random_hex(43)))),
        row("hash-with-reserved-characters", "A hash holds characters that a URL reserves.", &["AUTH-HASH-HEX"],
            other_hash(|| format!("{}&%41#?={}", random_hex(16), random_hex(16)))),
        variation("hash-case-ignored", "A hash works in either letter case.",
            policy(|policy| policy.hash_matches = Box::new(|session, given| session.hash.eq_ignore_ascii_case(given)))),
        row("one-session-per-dealer", "Signing in ends the older session of the dealer.", &["SES-INDEP"],
            policy(|policy| policy.displaces = Box::new(|new, old| new.account == old.account))),
        row("logout-may-be-repeated", "A second logout with the same hash succeeds too.", &["LO-TWICE"], on(Logout).refused_for(EndedHash).succeed()),
        variation("password-trimmed", "Blanks around a password are ignored.",
            policy(|policy| policy.password_matches = Box::new(|account, given| account.password == given.trim()))),
        variation("login-trimmed", "Blanks around a login are ignored.",
            policy(|policy| policy.login_matches = Box::new(|account, given| account.login == given.trim()))),
        variation("login-read-as-number", "A login of digits is read as a number, so that a zero in front means nothing.",
            policy(|policy| policy.login_matches = Box::new(is_same_number))),
        variation("login-number-accepted", "A login may be a JSON number.", always().call(accept_number_as_login)),
    ]
}

/// Makes hexadecimal hashes.
fn hash(make: fn() -> String) -> Changes {
    policy(move |policy| policy.new_hash = Box::new(move |_| make()))
}

/// Makes hashes that are not hexadecimal; what is long enough looks like one.
fn other_hash(make: fn() -> String) -> Changes {
    hash(make).and(policy(|policy| policy.looks_like_hash = |hash| hash.len() > 20))
}

fn uuid() -> String {
    let [a, b, c, d, e] = [8, 4, 3, 3, 12].map(random_hex);
    format!("{a}-{b}-4{c}-a{d}-{e}")
}

/// `020410` and `+20410` are the number 20410.
fn is_same_number(account: &Account, given: &str) -> bool {
    let login = &account.login;
    login == given || login.parse::<u64>().is_ok_and(|number| given.parse() == Ok(number))
}

fn accept_number_as_login(call: &mut Call) {
    for (_, login) in call.values_mut("login").filter(|(_, login)| login.is_number()) {
        *login = Value::String(login.to_string());
    }
}
