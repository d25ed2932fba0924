//! Variations in the form of hashes, in who may sign in, and in how long a session lives.

use serde_json::Map;

use super::Variation;
use crate::reference::call::Action;
use crate::reference::change::Change;
use crate::reference::reply::Reply;
use crate::reference::session::random_hex;
use crate::reference::trouble::Trouble;

pub(super) const VARIATIONS: &[Variation] = &[
    Variation {
        name: "hash-of-16-digits",
        summary: "A hash has 16 digits.",
        affects: &[],
        changes: &[Change::Policy(|policy| {
            policy.new_hash = |_| random_hex(16);
        })],
    },
    Variation {
        name: "hash-of-64-digits",
        summary: "A hash has 64 digits.",
        affects: &[],
        changes: &[Change::Policy(|policy| {
            policy.new_hash = |_| random_hex(64);
        })],
    },
    Variation {
        name: "hash-of-512-digits",
        summary: "A hash has 512 digits.",
        affects: &[],
        changes: &[Change::Policy(|policy| {
            policy.new_hash = |_| random_hex(512);
        })],
    },
    Variation {
        name: "hash-in-upper-case",
        summary: "A hash is written in upper case.",
        affects: &[],
        changes: &[Change::Policy(|policy| {
            policy.new_hash = |_| random_hex(32).to_ascii_uppercase();
        })],
    },
    Variation {
        name: "hash-of-decimal-digits",
        summary: "A hash has decimal digits only.",
        affects: &[],
        changes: &[Change::Policy(|policy| {
            policy.new_hash =
                |_| random_hex(32).replace(|digit: char| digit.is_ascii_alphabetic(), "7");
        })],
    },
    Variation {
        name: "hash-as-uuid",
        summary: "A hash is a UUID.",
        affects: &["AUTH-HASH-HEX"],
        changes: &[Change::Policy(|policy| {
            policy.new_hash = |_| {
                format!(
                    "{}-{}-4{}-a{}-{}",
                    random_hex(8),
                    random_hex(4),
                    random_hex(3),
                    random_hex(3),
                    random_hex(12)
                )
            };
            policy.looks_like_hash = |hash| hash.len() > 20;
        })],
    },
    Variation {
        name: "hash-in-base64",
        summary: "A hash is base64 with its reserved characters.",
        affects: &["AUTH-HASH-HEX"],
        changes: &[Change::Policy(|policy| {
            policy.new_hash = |_| format!("{}+/{}==", random_hex(20), random_hex(20));
            policy.looks_like_hash = |hash| hash.len() > 20;
        })],
    },
    Variation {
        name: "hash-in-base64-url",
        summary: "A hash is base64 for URLs.",
        affects: &["AUTH-HASH-HEX"],
        changes: &[Change::Policy(|policy| {
            policy.new_hash = |_| format!("_{}-{}", random_hex(21), random_hex(20));
            policy.looks_like_hash = |hash| hash.len() > 20;
        })],
    },
    Variation {
        name: "hash-as-signed-token",
        summary: "A hash is a signed token of three parts.",
        affects: &["AUTH-HASH-HEX"],
        changes: &[Change::Policy(|policy| {
            policy.new_hash =
                |_| format!("eyJhbGciOiJIUzI1NiJ9.{}.{}", random_hex(80), random_hex(43));
            policy.looks_like_hash = |hash| hash.len() > 20;
        })],
    },
    Variation {
        name: "hash-with-reserved-characters",
        summary: "A hash holds characters that a URL reserves.",
        affects: &["AUTH-HASH-HEX"],
        changes: &[Change::Policy(|policy| {
            policy.new_hash = |_| format!("{}&%41#?={}", random_hex(16), random_hex(16));
            policy.looks_like_hash = |hash| hash.len() > 20;
        })],
    },
    Variation {
        name: "hash-case-ignored",
        summary: "A hash is good in either letter case.",
        affects: &[],
        changes: &[Change::Policy(|policy| {
            policy.hash_matches = |session, given| session.hash.eq_ignore_ascii_case(given)
        })],
    },
    Variation {
        name: "one-session-per-dealer",
        summary: "Signing in ends the older session of the dealer.",
        affects: &["SES-INDEP", "PAR-SESSIONS"],
        changes: &[Change::Policy(|policy| {
            policy.displaces = |new, old| new.account == old.account
        })],
    },
    Variation {
        name: "logout-may-be-repeated",
        summary: "A second logout with the same hash succeeds too.",
        affects: &["LO-TWICE"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Logout && reply.trouble == Some(Trouble::EndedHash) {
                *reply = Reply::success(Map::new());
                reply.set("success", true);
            }
        })],
    },
    Variation {
        name: "password-trimmed",
        summary: "Blanks around a password are ignored.",
        affects: &[],
        changes: &[Change::Policy(|policy| {
            policy.password_matches = |account, given| account.password == given.trim()
        })],
    },
    Variation {
        name: "login-trimmed",
        summary: "Blanks around a login are ignored.",
        affects: &[],
        changes: &[Change::Policy(|policy| {
            policy.login_matches = |account, given| account.login == given.trim()
        })],
    },
    Variation {
        name: "login-read-as-number",
        summary: "A login of digits is read as a number, so that a zero in front means nothing.",
        affects: &[],
        changes: &[Change::Policy(|policy| {
            policy.login_matches =
                |account, given| account.login == given || is_same_number(&account.login, given)
        })],
    },
    Variation {
        name: "login-number-accepted",
        summary: "A login may be a JSON number.",
        affects: &[],
        changes: &[Change::Call(|call| {
            for parameter in
                call.parameters.iter_mut().filter(|parameter| parameter.name == "login")
            {
                if parameter.value.is_number() {
                    parameter.value = parameter.value.to_string().into();
                }
            }
        })],
    },
];

/// `020410` and `+20410` are the number 20410.
fn is_same_number(login: &str, given: &str) -> bool {
    login.parse::<u64>().is_ok_and(|number| given.parse() == Ok(number))
}
