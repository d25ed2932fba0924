//! Faults in which sessions `logout` ends, and when.

use std::time::Duration;

use tokio::time::Instant;

use crate::reference::behaviour::{Row, row};
use crate::reference::call::Action::Logout;
use crate::reference::call::Call;
use crate::reference::call::Encoding::{Form, Header, Json, PostQuery, Query};
use crate::reference::change::{Changes, policy};
use crate::reference::refusal::Reason::NoHash;
use crate::reference::reply::Reply;
use crate::reference::server::Server;
use crate::reference::session::Session;
use crate::reference::when::on;

#[rustfmt::skip] // A row is a line, or two if it is long.
pub(super) fn faults() -> Vec<Row> {
    vec![
        row("logout-ends-nothing", "Logout answers success and ends nothing.", &["LO-ENDS"], ends_only_if(|_, _| false)),
        row("logout-by-json-ends-nothing", "Logout by JSON answers success and ends nothing.", &["M-LOGOUT-POST", "LO-ENDS", "LO-ALLWIRES"],
            ends_only_if(|_, call| !call.came_by(Json))),
        row("logout-by-form-ends-nothing", "Logout by form answers success and ends nothing.", &["LO-ENDS", "T-FORM-HASH", "LO-ALLWIRES"],
            ends_only_if(|_, call| !call.came_by(Form))),
        row("logout-by-get-ends-nothing", "Logout by GET answers success and ends nothing.", &["M-LOGOUT-GET", "LO-ENDS", "LO-ALLWIRES"],
            ends_only_if(|_, call| !call.came_by(Query))),
        row("logout-by-post-query-ends-nothing", "Logout by the query of a POST answers success and ends nothing.", &["LO-ENDS", "T-QUERY-POST", "LO-ALLWIRES"],
            ends_only_if(|_, call| !call.came_by(PostQuery))),
        row("logout-by-header-ends-nothing", "Logout by header answers success and ends nothing.", &["LO-ENDS", "T-HEADER-HASH", "LO-ALLWIRES"],
            ends_only_if(|_, call| !call.came_by(Header))),
        row("logout-of-form-session-ends-nothing", "Logout does not end a session that was opened by form.", &["LO-ENDS"],
            ends_only_if(|session, _| session.encoding != Some(Form))),
        row("logout-on-another-connection-ends-nothing", "Logout ends nothing unless it comes on the connection of the sign-in.", &["LO-ENDS", "SES-ANYWIRE"],
            ends_only_if(|session, call| session.connection == call.request.connection)),
        row("logout-of-unused-session-ends-nothing", "Logout does not end a session that has served no other call.", &["LO-ENDS"],
            ends_only_if(|session, _| session.uses > 1)),
        row("logout-ends-every-session-of-dealer", "Logout ends every session of the dealer.", &["LO-CURRENT"],
            ends_too(|current, _, other| current.account == other.account)),
        row("logout-ends-every-session", "Logout ends every session of every dealer.", &["LO-CURRENT"], ends_too(|_, _, _| true)),
        row("logout-ends-older-sessions-too", "Logout ends the older sessions of the dealer too.", &["LO-CURRENT"],
            ends_too(|current, _, other| current.account == other.account && other.number < current.number)),
        row("logout-ends-newer-sessions-too", "Logout ends the newer sessions of the dealer too.", &["LO-CURRENT"],
            ends_too(|current, _, other| current.account == other.account && other.number > current.number)),
        row("logout-ends-sessions-of-other-dealers", "Logout ends the sessions of every other dealer too.", &["LO-CURRENT"],
            ends_too(|current, _, other| current.account != other.account)),
        row("logout-by-get-ends-every-session-of-dealer", "Logout by GET ends every session of the dealer.", &["LO-CURRENT", "M-SAME"],
            ends_too(|current, call, other| call.is_get() && current.account == other.account)),
        row("logout-ends-newest-session-instead", "Logout ends the newest session of the dealer, whichever is given.", &["LO-ENDS", "LO-CURRENT"],
            on(Logout).granted().reply_with(|_, call, server| end_instead(call, server, newest))),
        row("logout-ends-oldest-session-instead", "Logout ends the oldest session of the dealer, whichever is given.", &["LO-ENDS", "LO-CURRENT"],
            on(Logout).granted().reply_with(|_, call, server| end_instead(call, server, oldest))),
        row("logout-of-newest-session-only", "Logout ends nothing unless the newest session of the dealer is given.", &["LO-ENDS"],
            on(Logout).granted().reply_with(|_, call, server| end_only(call, server, newest))),
        row("logout-of-oldest-session-only", "Logout ends nothing unless the oldest session of the dealer is given.", &["LO-ENDS"],
            on(Logout).granted().reply_with(|_, call, server| end_only(call, server, oldest))),
        row("logout-of-newest-session-ends-nothing", "Logout ends nothing if the newest of several sessions of the dealer is given.", &["LO-ENDS"],
            on(Logout).granted().reply_with(|_, call, server| keep(call, server, newest))),
        row("logout-of-oldest-session-ends-nothing", "Logout ends nothing if the oldest of several sessions of the dealer is given.", &["LO-ENDS"],
            on(Logout).granted().reply_with(|_, call, server| keep(call, server, oldest))),
        row("logout-ends-newest-session-too", "Logout ends the newest session of the dealer beside the one that is given.", &["LO-CURRENT"],
            on(Logout).granted().reply_with(|_, call, server| end_too(call, server, newest))),
        row("logout-ends-oldest-session-too", "Logout ends the oldest session of the dealer beside the one that is given.", &["LO-CURRENT"],
            on(Logout).granted().reply_with(|_, call, server| end_too(call, server, oldest))),
        row("logout-300-ms-late", "Logout is answered 300 milliseconds before the session ends.", &["LO-IMMEDIATE", "LO-ENDS"],
            policy(|policy| policy.logout_delay = Duration::from_millis(300))),
        row("logout-three-seconds-late", "Logout is answered three seconds before the session ends.", &["LO-IMMEDIATE", "LO-ENDS"],
            policy(|policy| policy.logout_delay = Duration::from_secs(3))),
        row("logout-with-empty-hash-ends-every-session", "Logout with an empty hash is refused and ends every session of every dealer.", &["LO-CURRENT"],
            on(Logout).refused_for(NoHash).given(|call, _| call.value("hash").is_some()).reply_with(end_every_session)),
        row("logout-by-get-answered-from-cache", "For a minute after a logout by GET others get the same answer and end nothing.", &["M-LOGOUT-GET", "LO-ENDS", "LO-ALLWIRES"],
            on(Logout).granted().by(Query).reply_with(reopen_unless_first)),
    ]
}

/// Logout ends its session only if a condition holds.
fn ends_only_if(condition: fn(&Session, &Call) -> bool) -> Changes {
    policy(move |policy| {
        policy.ends = Box::new(move |current, call, other| {
            current.number == other.number && condition(current, call)
        });
    })
}

/// Logout ends its session, the first, and others.
fn ends_too(is_ended: fn(&Session, &Call, &Session) -> bool) -> Changes {
    policy(move |policy| {
        policy.ends = Box::new(move |current, call, other| {
            current.number == other.number || is_ended(current, call, other)
        });
    })
}

fn end_every_session(_: &mut Reply, call: &Call, server: &Server) {
    server.sessions().end_where(call, Instant::now(), |_| true);
}

/// Finds one session among the open ones of a dealer, which are in the order in which they were opened.
type Pick = fn(&[Session]) -> Option<&Session>;

fn newest(sessions: &[Session]) -> Option<&Session> {
    sessions.last()
}

fn oldest(sessions: &[Session]) -> Option<&Session> {
    sessions.first()
}

/// Takes a logout back; the open sessions of the dealer are then those before it.
fn take_back(call: &Call, server: &Server) -> Vec<Session> {
    server.reopen_session_of(call);
    let Some(given) = server.session_of(call) else { return Vec::new() };
    server.sessions().all(|other| other.account == given.account && other.is_open())
}

fn end(call: &Call, server: &Server, hash: &str) {
    server.sessions().end_where(call, Instant::now(), |session| session.hash == hash);
}

fn is_given(call: &Call, session: Option<&Session>) -> bool {
    session.is_some_and(|session| session.hash == call.text("hash"))
}

fn end_instead(call: &Call, server: &Server, pick: Pick) {
    if let Some(session) = pick(&take_back(call, server)) {
        end(call, server, &session.hash);
    }
}

fn end_only(call: &Call, server: &Server, pick: Pick) {
    if is_given(call, pick(&take_back(call, server))) {
        end(call, server, call.text("hash"));
    }
}

/// Ends nothing if the session that is given is meant and not the only one.
fn keep(call: &Call, server: &Server, pick: Pick) {
    let before = take_back(call, server);
    if before.len() < 2 || !is_given(call, pick(&before)) {
        end(call, server, call.text("hash"));
    }
}

fn end_too(call: &Call, server: &Server, pick: Pick) {
    end_instead(call, server, pick);
    end(call, server, call.text("hash"));
}

/// Takes a logout back if another by GET was less than a minute ago.
fn reopen_unless_first(_: &mut Reply, call: &Call, server: &Server) {
    let mut sessions = server.sessions();
    let given = call.text("hash");
    let cached = |session: &Session| {
        session.hash != given
            && session.has_just_ended(Duration::from_secs(60))
            && session.ending.as_ref().is_some_and(|end| end.encoding == Some(Query))
    };
    if sessions.count(cached) > 0 {
        sessions.reopen(|session| session.hash == given);
    }
}
