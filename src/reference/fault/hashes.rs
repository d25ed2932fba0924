//! Faults in how hashes are made and how a given hash is compared.

use serde_json::Value;

use crate::reference::behaviour::{Row, row};
use crate::reference::call::Action::{GetPermissions, Logout};
use crate::reference::call::Call;
use crate::reference::change::{Changes, policy};
use crate::reference::refusal::Reason::{HashType, MalformedHash, NoHash, UnknownHash};
use crate::reference::reply::Reply;
use crate::reference::server::Server;
use crate::reference::session::{NewSession, Session, random_hash, random_hex};
use crate::reference::when::{always, on};

#[rustfmt::skip] // A row is a line, or two if it is long.
pub(super) fn faults() -> Vec<Row> {
    let read = on(GetPermissions);

    vec![
        row("hash-same-for-dealer", "Every sign-in of a dealer hands out the same hash.", &["AUTH-HASH-UNIQUE", "LO-REAUTH", "LO-CURRENT"],
            new_hash(|new| format!("{:032x}", new.account + 0xfab))),
        row("hash-same-while-signed-in", "Signing in again hands out the hash of the living session.", &["AUTH-HASH-UNIQUE", "LO-CURRENT"],
            new_hash(|new| new.hash_of_earlier(Session::is_open))),
        row("hash-repeated-every-fourth-time", "Every fourth sign-in repeats the hash of the one before.", &["AUTH-HASH-UNIQUE"],
            new_hash(repeat_every_fourth)),
        row("hash-taken-from-request", "Signing in with a hash makes that the hash of the new session.", &["AUTH-HASH-UNIQUE", "LO-REAUTH", "T-AUTH-STALE-HASH"],
            new_hash(hash_of_request)),
        row("hash-not-hexadecimal", "A hash has letters beyond f.", &["AUTH-HASH-HEX"],
            new_hash(|_| random_hex(32).replace(|digit: char| digit.is_ascii_digit(), "z"))),
        row("hash-with-dashes", "A hash has dashes between groups of digits.", &["AUTH-HASH-HEX"],
            new_hash(|_| format!("{}-{}-{}", random_hex(10), random_hex(10), random_hex(10)))),
        row("hash-is-a-signed-token", "A hash is a token of three parts joined by dots.", &["AUTH-HASH-HEX"],
            new_hash(|_| format!("eyJhbGciOiJIUzI1NiJ9.{}.{}", random_hex(40), random_hex(43)))),
        row("hash-prefix-accepted", "A hash that is cut short is accepted.", &["HASH-NEAR"],
            hash(|hash, given| given.len() > 1 && hash.starts_with(given))),
        row("hash-suffix-accepted", "A hash without its first digits is accepted.", &["HASH-NEAR"],
            hash(|hash, given| given.len() > 1 && hash.ends_with(given))),
        row("hash-extension-accepted", "A hash with more digits behind it is accepted.", &["HASH-NEAR"],
            hash(|hash, given| given.starts_with(hash))),
        row("hash-inside-accepted", "A longer text with a hash in it is accepted.", &["HASH-NEAR"],
            hash(|hash, given| given.contains(hash))),
        row("hash-compared-by-first-half", "A hash is compared by its first sixteen digits.", &["HASH-NEAR"],
            hash(|hash, given| given.len() >= 16 && hash.as_bytes()[..16] == given.as_bytes()[..16])),
        row("hash-compared-by-second-half", "A hash is compared by its last sixteen digits.", &["HASH-NEAR"],
            hash(|hash, given| tail(given) == tail(hash))),
        row("hash-compared-without-last-digit", "A hash is compared without its last digit.", &["HASH-NEAR"],
            hash(|hash, given| given.len() == 32 && hash.as_bytes()[..31] == given.as_bytes()[..31])),
        row("hash-compared-but-for-one-digit", "A hash with one digit changed is accepted.", &["HASH-NEAR"],
            hash(|hash, given| differing(given, hash) <= 1)),
        row("logout-with-short-hash", "Logout accepts a hash that is cut short.", &["HASH-NEAR", "LO-BADHASH"],
            on(Logout).refused_for(UnknownHash).given(|call, _| call.text("hash").len() < 32).succeed()),
        row("unknown-hash-accepted", "Any text that looks like a hash shows the permissions of the first dealer.", &["HASH-UNKNOWN", "HASH-NEAR"],
            read.refused_for(UnknownHash).show_permissions_of(0)),
        row("malformed-hash-accepted", "Any text that does not look like a hash shows the permissions of the first dealer.", &["HASH-MALFORMED"],
            read.refused_for(MalformedHash).show_permissions_of(0)),
        row("missing-hash-accepted", "Without a hash the permissions of the first dealer are shown.", &["HASH-MISSING"],
            read.refused_for(NoHash).given(|call, _| call.value("hash").is_none()).show_permissions_of(0)),
        row("empty-hash-accepted", "An empty hash shows the permissions of the first dealer.", &["HASH-EMPTY"],
            read.refused_for(NoHash).given(|call, _| call.value("hash").is_some()).show_permissions_of(0)),
        row("hash-of-wrong-type-accepted", "A hash that is no string shows the permissions of the first dealer.", &["HASH-TYPE"],
            read.refused_for(HashType).show_permissions_of(0)),
        row("missing-hash-means-latest-session", "Without a hash the session that was opened last is meant.", &["HASH-MISSING"],
            read.refused_for(NoHash).reply_with(|reply, _, server| show(reply, server, server.latest_session()))),
        row("missing-hash-means-session-of-connection", "Without a hash the session that was opened on the connection is meant.", &["HASH-MISSING", "T-NO-COOKIE"],
            read.refused_for(NoHash).reply_with(|reply, call, server| show(reply, server, server.session_on_connection(call)))),
        row("hash-in-list-accepted", "A list with a hash in it is accepted for a hash.", &["HASH-TYPE"],
            always().call(unwrap_hash)),
        row("unknown-hash-adopted", "An unknown hash is refused once, and is the hash of a session the next time.", &["HASH-UNKNOWN"],
            new_hash(hash_of_read).and(read.refused_for(UnknownHash).reply_with(|_, call, server| _ = server.open_session(0, call)))),
        row("hash-read-as-number", "A hash is read as a number, so that a zero in front means nothing.", &["HASH-NEAR"],
            hash(|hash, given| given.trim_start_matches('0') == hash.trim_start_matches('0'))),
    ]
}

/// Makes hashes otherwise.
fn new_hash(make: fn(&NewSession<'_>) -> String) -> Changes {
    policy(move |policy| policy.new_hash = Box::new(make))
}

/// Compares the hash of a session, the first, otherwise.
fn hash(matches: fn(&str, &str) -> bool) -> Changes {
    policy(move |policy| {
        policy.hash_matches = Box::new(move |session, given| matches(&session.hash, given));
    })
}

fn hash_of_request(new: &NewSession<'_>) -> String {
    match new.call.text("hash") {
        "" => random_hash(),
        given => given.to_owned(),
    }
}

/// The hash that a request for permissions gave; a new one for a sign-in.
fn hash_of_read(new: &NewSession<'_>) -> String {
    if new.call.action == GetPermissions { hash_of_request(new) } else { random_hash() }
}

fn repeat_every_fourth(new: &NewSession<'_>) -> String {
    match new.sessions {
        [.., last] if new.sessions.len() % 4 == 3 => last.hash.clone(),
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

/// Reads `["hash"]` as `"hash"`.
fn unwrap_hash(call: &mut Call) {
    for (_, value) in call.values_mut("hash") {
        if let Value::Array(list) = value {
            *value = list.first().cloned().unwrap_or_default();
        }
    }
}

/// Shows the permissions of the dealer of a session.
fn show(reply: &mut Reply, server: &Server, session: Option<Session>) {
    if let Some(session) = session {
        *reply = Reply::with_permissions(server.permissions(session.account));
    }
}
