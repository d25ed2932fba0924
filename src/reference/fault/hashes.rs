//! Faults in how hashes are made and how a given hash is compared.

use serde_json::{Map, Value};

use super::{Family, Fault};
use crate::reference::call::{Action, Call};
use crate::reference::change::Change;
use crate::reference::reply::Reply;
use crate::reference::server::Server;
use crate::reference::session::{Opening, Session, random_hash, random_hex};
use crate::reference::trouble::Trouble;

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "hash-same-for-dealer",
        family: Family::Hashes,
        summary: "Every sign-in of a dealer hands out the same hash.",
        violates: &["AUTH-HASH-UNIQUE", "LO-REAUTH", "LO-CURRENT"],
        changes: &[Change::Policy(|policy| {
            policy.new_hash = |opening| format!("{:032x}", opening.place + 0xfab)
        })],
    },
    Fault {
        name: "hash-same-while-signed-in",
        family: Family::Hashes,
        summary: "Signing in again hands out the hash of the living session.",
        violates: &["AUTH-HASH-UNIQUE", "LO-CURRENT"],
        changes: &[Change::Policy(|policy| policy.new_hash = hash_of_living_session)],
    },
    Fault {
        name: "hash-repeated-every-fourth-time",
        family: Family::Hashes,
        summary: "Every fourth sign-in repeats the hash of the one before.",
        violates: &["AUTH-HASH-UNIQUE"],
        changes: &[Change::Policy(|policy| policy.new_hash = repeat_every_fourth)],
    },
    Fault {
        name: "hash-taken-from-request",
        family: Family::Hashes,
        summary: "Signing in with a hash makes that the hash of the new session.",
        violates: &["AUTH-HASH-UNIQUE", "LO-REAUTH", "T-AUTH-STALE-HASH"],
        changes: &[Change::Policy(|policy| policy.new_hash = hash_of_request)],
    },
    Fault {
        name: "hash-not-hexadecimal",
        family: Family::Hashes,
        summary: "A hash has letters beyond f.",
        violates: &["AUTH-HASH-HEX"],
        changes: &[Change::Policy(|policy| {
            policy.new_hash = |_| random_hex(32).replace(|digit: char| digit.is_ascii_digit(), "z")
        })],
    },
    Fault {
        name: "hash-with-dashes",
        family: Family::Hashes,
        summary: "A hash has dashes between groups of digits.",
        violates: &["AUTH-HASH-HEX"],
        changes: &[Change::Policy(|policy| {
            policy.new_hash =
                |_| format!("{}-{}-{}", random_hex(10), random_hex(10), random_hex(10))
        })],
    },
    Fault {
        name: "hash-is-a-signed-token",
        family: Family::Hashes,
        summary: "A hash is a token of three parts joined by dots.",
        violates: &["AUTH-HASH-HEX"],
        changes: &[Change::Policy(|policy| {
            policy.new_hash =
                |_| format!("eyJhbGciOiJIUzI1NiJ9.{}.{}", random_hex(40), random_hex(43))
        })],
    },
    Fault {
        name: "hash-prefix-accepted",
        family: Family::Hashes,
        summary: "A hash that is cut short is accepted.",
        violates: &["HASH-NEAR"],
        changes: &[Change::Policy(|policy| {
            policy.hash_matches =
                |session, given| given.len() > 1 && session.hash.starts_with(given)
        })],
    },
    Fault {
        name: "hash-suffix-accepted",
        family: Family::Hashes,
        summary: "A hash without its first digits is accepted.",
        violates: &["HASH-NEAR"],
        changes: &[Change::Policy(|policy| {
            policy.hash_matches = |session, given| given.len() > 1 && session.hash.ends_with(given)
        })],
    },
    Fault {
        name: "hash-extension-accepted",
        family: Family::Hashes,
        summary: "A hash with more digits behind it is accepted.",
        violates: &["HASH-NEAR"],
        changes: &[Change::Policy(|policy| {
            policy.hash_matches = |session, given| given.starts_with(&session.hash)
        })],
    },
    Fault {
        name: "hash-inside-accepted",
        family: Family::Hashes,
        summary: "A longer text with a hash in it is accepted.",
        violates: &["HASH-NEAR"],
        changes: &[Change::Policy(|policy| {
            policy.hash_matches = |session, given| given.contains(&session.hash)
        })],
    },
    Fault {
        name: "hash-compared-by-first-half",
        family: Family::Hashes,
        summary: "A hash is compared by its first sixteen digits.",
        violates: &["HASH-NEAR"],
        changes: &[Change::Policy(|policy| {
            policy.hash_matches = |session, given| {
                given.len() >= 16 && session.hash.as_bytes()[..16] == given.as_bytes()[..16]
            }
        })],
    },
    Fault {
        name: "hash-compared-by-second-half",
        family: Family::Hashes,
        summary: "A hash is compared by its last sixteen digits.",
        violates: &["HASH-NEAR"],
        changes: &[Change::Policy(|policy| {
            policy.hash_matches = |session, given| tail(given) == tail(&session.hash)
        })],
    },
    Fault {
        name: "hash-compared-without-last-digit",
        family: Family::Hashes,
        summary: "A hash is compared without its last digit.",
        violates: &["HASH-NEAR"],
        changes: &[Change::Policy(|policy| {
            policy.hash_matches = |session, given| {
                given.len() == 32 && session.hash.as_bytes()[..31] == given.as_bytes()[..31]
            }
        })],
    },
    Fault {
        name: "hash-compared-but-for-one-digit",
        family: Family::Hashes,
        summary: "A hash with one digit changed is accepted.",
        violates: &["HASH-NEAR"],
        changes: &[Change::Policy(|policy| {
            policy.hash_matches = |session, given| differing(given, &session.hash) <= 1
        })],
    },
    Fault {
        name: "logout-with-short-hash",
        family: Family::Hashes,
        summary: "Logout accepts a hash that is cut short.",
        violates: &["HASH-NEAR", "LO-BADHASH"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Logout
                && reply.trouble == Some(Trouble::UnknownHash)
                && call.text("hash").len() < 32
            {
                *reply = Reply::success(Map::new());
                reply.set("success", true);
            }
        })],
    },
    Fault {
        name: "unknown-hash-accepted",
        family: Family::Hashes,
        summary: "Any text that looks like a hash shows the permissions of the first dealer.",
        violates: &["HASH-UNKNOWN", "HASH-NEAR"],
        changes: &[Change::Reply(|reply, call, server| {
            answer_as_if(reply, call, server, Trouble::UnknownHash)
        })],
    },
    Fault {
        name: "malformed-hash-accepted",
        family: Family::Hashes,
        summary: "Any text that does not look like a hash shows the permissions of the first dealer.",
        violates: &["HASH-MALFORMED"],
        changes: &[Change::Reply(|reply, call, server| {
            answer_as_if(reply, call, server, Trouble::MalformedHash)
        })],
    },
    Fault {
        name: "missing-hash-accepted",
        family: Family::Hashes,
        summary: "Without a hash the permissions of the first dealer are shown.",
        violates: &["HASH-MISSING"],
        changes: &[Change::Reply(|reply, call, server| {
            if call.value("hash").is_none() {
                answer_as_if(reply, call, server, Trouble::NoHash);
            }
        })],
    },
    Fault {
        name: "empty-hash-accepted",
        family: Family::Hashes,
        summary: "An empty hash shows the permissions of the first dealer.",
        violates: &["HASH-EMPTY"],
        changes: &[Change::Reply(|reply, call, server| {
            if call.value("hash").is_some() {
                answer_as_if(reply, call, server, Trouble::NoHash);
            }
        })],
    },
    Fault {
        name: "hash-of-wrong-type-accepted",
        family: Family::Hashes,
        summary: "A hash that is no string shows the permissions of the first dealer.",
        violates: &["HASH-TYPE"],
        changes: &[Change::Reply(|reply, call, server| {
            answer_as_if(reply, call, server, Trouble::HashType)
        })],
    },
    Fault {
        name: "missing-hash-means-latest-session",
        family: Family::Hashes,
        summary: "Without a hash the session that was opened last is meant.",
        violates: &["HASH-MISSING"],
        changes: &[Change::Reply(|reply, call, server| {
            if call.action == Action::GetPermissions
                && reply.trouble == Some(Trouble::NoHash)
                && let Some(latest) = server.latest_session()
            {
                show_permissions(reply, server, latest.account);
            }
        })],
    },
    Fault {
        name: "missing-hash-means-session-of-connection",
        family: Family::Hashes,
        summary: "Without a hash the session that was opened on the connection is meant.",
        violates: &["HASH-MISSING", "T-NO-COOKIE"],
        changes: &[Change::Reply(|reply, call, server| {
            if call.action == Action::GetPermissions
                && reply.trouble == Some(Trouble::NoHash)
                && let Some(session) = server
                    .sessions()
                    .latest(|session| session.connection == call.request.connection)
            {
                show_permissions(reply, server, session.account);
            }
        })],
    },
    Fault {
        name: "hash-in-list-accepted",
        family: Family::Hashes,
        summary: "A list with a hash in it is accepted for a hash.",
        violates: &["HASH-TYPE"],
        changes: &[Change::Call(|call| {
            for parameter in call.parameters.iter_mut().filter(|parameter| parameter.name == "hash")
            {
                if let Value::Array(list) = &parameter.value {
                    parameter.value = list.first().cloned().unwrap_or_default();
                }
            }
        })],
    },
    Fault {
        name: "unknown-hash-adopted",
        family: Family::Hashes,
        summary: "An unknown hash is refused once, and is the hash of a session the next time.",
        violates: &["HASH-UNKNOWN"],
        changes: &[
            Change::Policy(|policy| policy.new_hash = hash_of_read),
            Change::Reply(|reply, call, server| {
                if call.action == Action::GetPermissions
                    && reply.trouble == Some(Trouble::UnknownHash)
                {
                    server.open_session(0, call);
                }
            }),
        ],
    },
    Fault {
        name: "hash-read-as-number",
        family: Family::Hashes,
        summary: "A hash is read as a number, so that a zero in front means nothing.",
        violates: &["HASH-NEAR"],
        changes: &[Change::Policy(|policy| {
            policy.hash_matches = |session, given| {
                given.trim_start_matches('0') == session.hash.trim_start_matches('0')
            }
        })],
    },
];

fn hash_of_living_session(opening: &Opening<'_>) -> String {
    let living = |session: &&Session| session.account == opening.place && session.is_open();
    opening
        .sessions
        .iter()
        .rev()
        .find(living)
        .map_or_else(random_hash, |session| session.hash.clone())
}

fn hash_of_request(opening: &Opening<'_>) -> String {
    match opening.call.text("hash") {
        "" => random_hash(),
        given => given.to_owned(),
    }
}

/// The hash that a request for permissions named; a new one for a sign-in.
fn hash_of_read(opening: &Opening<'_>) -> String {
    match opening.call.action {
        Action::GetPermissions => hash_of_request(opening),
        _ => random_hash(),
    }
}

fn repeat_every_fourth(opening: &Opening<'_>) -> String {
    match opening.sessions {
        [.., last] if opening.sessions.len() % 4 == 3 => last.hash.clone(),
        _ => random_hash(),
    }
}

fn tail(hash: &str) -> &[u8] {
    &hash.as_bytes()[hash.len().saturating_sub(16)..]
}

/// In how many places two texts differ; texts of different lengths differ everywhere.
fn differing(one: &str, other: &str) -> usize {
    if one.len() != other.len() {
        return usize::MAX;
    }
    one.bytes().zip(other.bytes()).filter(|(one, other)| one != other).count()
}

/// Answers a refused request for permissions as if the first dealer had asked.
fn answer_as_if(reply: &mut Reply, call: &Call, server: &Server, trouble: Trouble) {
    if call.action == Action::GetPermissions && reply.trouble == Some(trouble) {
        show_permissions(reply, server, 0);
    }
}

fn show_permissions(reply: &mut Reply, server: &Server, account: usize) {
    *reply = Reply::success(Map::new());
    reply.set("success", true);
    reply.set("permissions", server.accounts[account].permissions.clone());
}
