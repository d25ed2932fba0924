//! Faults in what a hash still does once its session was ended by `logout`.

use serde_json::Map;

use crate::reference::behaviour::{Row, row};
use crate::reference::call::Action::{Auth, GetPermissions, Logout};
use crate::reference::call::Call;
use crate::reference::call::Encoding::{Form, Header, Json, PostQuery, Query};
use crate::reference::change::{Changes, policy};
use crate::reference::refusal::Reason::EndedHash;
use crate::reference::reply::Reply;
use crate::reference::server::Server;
use crate::reference::session::{Ending, Session};
use crate::reference::when::{on, refused_for};

#[rustfmt::skip] // A row is a line, or two if it is long.
pub(super) fn faults() -> Vec<Row> {
    vec![
        row("ended-session-serves-json", "After logout the hash still works by JSON.", &["LO-ENDS", "LO-ALLWIRES"],
            still_serves(|_, call| call.came_by(Json))),
        row("ended-session-serves-form", "After logout the hash still works by form.", &["LO-ALLWIRES", "LO-ENDS"],
            still_serves(|_, call| call.came_by(Form))),
        row("ended-session-serves-get", "After logout the hash still works by GET.", &["LO-ALLWIRES", "LO-ENDS"],
            still_serves(|_, call| call.came_by(Query))),
        row("ended-session-serves-post-query", "After logout the hash still works by the query of a POST.", &["LO-ALLWIRES", "LO-ENDS"],
            still_serves(|_, call| call.came_by(PostQuery))),
        row("ended-session-serves-header", "After logout the hash still works by header.", &["LO-ALLWIRES", "LO-ENDS"],
            still_serves(|_, call| call.came_by(Header))),
        row("ended-session-serves-other-encodings", "After logout the hash is refused only by the encoding of the logout.", &["LO-ALLWIRES", "LO-ENDS"],
            still_serves(|session, call| ended(session, |ending| ending.encoding != call.encoding()))),
        row("ended-session-serves-other-connections", "After logout the hash is refused only on the connection of the logout.", &["LO-IMMEDIATE", "LO-ENDS"],
            still_serves(|session, call| ended(session, |ending| ending.connection != call.request.connection))),
        row("ended-session-serves-same-connection", "After logout the hash still works on the connection of the logout.", &["LO-IMMEDIATE", "LO-ENDS"],
            still_serves(|session, call| ended(session, |ending| ending.connection == call.request.connection))),
        row("ended-session-served-from-cache", "A GET that was answered once is answered from a cache, also after logout.", &["LO-ENDS", "LO-ALLWIRES"],
            still_serves(|session, call| session.was_read_by_get && call.is_get() && call.action == GetPermissions)),
        row("ended-session-known-to-one-replica", "One of three replicas does not hear of a logout.", &["LO-ENDS", "LO-IMMEDIATE"],
            still_serves(|_, call| call.request.serial.is_multiple_of(3))),
        row("ended-session-still-logs-out", "After logout a second logout succeeds.", &["LO-TWICE"],
            still_serves(|_, call| call.action == Logout)),
        row("ended-session-still-reads", "After logout the permissions can still be read.", &["LO-ENDS"],
            still_serves(|_, call| call.action == GetPermissions)),
        row("second-logout-succeeds", "A second logout with the same hash succeeds.", &["LO-TWICE"], on(Logout).refused_for(EndedHash).succeed()),
        row("second-logout-code-201", "A second logout with the same hash is refused with code 201.", &["LO-TWICE", "ERR-RANGE"],
            on(Logout).refused_for(EndedHash).error(201)),
        row("second-logout-crashes", "A second logout with the same hash makes the server fail.", &["LO-TWICE"], on(Logout).refused_for(EndedHash).error(6)),
        row("second-logout-revives-session", "A second logout with the same hash is refused, and the session lives again.", &["LO-ENDS"],
            on(Logout).refused_for(EndedHash).reply_with(reopen)),
        row("ended-session-answers-success-without-permissions", "After logout asking for permissions answers success and no permissions.", &["LO-ENDS"],
            on(GetPermissions).refused_for(EndedHash).reply(|reply| *reply = Reply::with_permissions(Map::new()))),
        row("ended-session-refused-with-permissions", "After logout the refusal still carries the permissions.", &["LO-ENDS"],
            refused_for(EndedHash).reply_with(add_permissions)),
        row("sign-in-after-logout-refused", "A dealer who has logged out cannot sign in again.", &["LO-REAUTH", "M-AUTH-POST"],
            on(Auth).granted().given(has_logged_out).error(103)),
        row("sign-in-after-logout-same-hash", "Signing in after logout hands out the same hash again.", &["LO-REAUTH", "AUTH-HASH-UNIQUE"],
            policy(|policy| policy.new_hash = Box::new(|new| new.hash_of_earlier(Session::has_ended)))),
        row("sign-in-after-logout-revives-session", "Signing in after logout makes the ended session live again.", &["LO-REAUTH"],
            on(Auth).granted().reply_with(reopen_all)),
        row("ended-session-revived-by-refused-call", "After logout a request for permissions is refused once, and the session lives again.", &["LO-ENDS"],
            on(GetPermissions).refused_for(EndedHash).reply_with(reopen)),
        row("sign-in-after-logout-without-permissions", "Signing in after logout shows no permissions, asking for them shows all.", &["PAR-EQUAL", "AUTH-PERMS-FULL"],
            on(Auth).given(has_logged_out).permissions(Map::clear)),
    ]
}

/// A session serves a call also if a condition holds.
fn still_serves(condition: fn(&Session, &Call) -> bool) -> Changes {
    policy(move |policy| {
        policy.serves =
            Box::new(move |session, call| session.is_open() || condition(session, call));
    })
}

fn ended(session: &Session, how: impl Fn(&Ending) -> bool) -> bool {
    session.ending.as_ref().is_some_and(how)
}

fn has_logged_out(call: &Call, server: &Server) -> bool {
    server.count_sessions(call, Session::has_ended) > 0
}

/// Takes a logout back.
fn reopen(_: &mut Reply, call: &Call, server: &Server) {
    server.reopen_session_of(call);
}

fn reopen_all(_: &mut Reply, call: &Call, server: &Server) {
    if let Some((index, _)) = server.account(call.text("login")) {
        server.sessions().reopen(|session| session.account == index);
    }
}

fn add_permissions(reply: &mut Reply, call: &Call, server: &Server) {
    if let Some(session) = server.session_of(call) {
        reply.set("/permissions", server.permissions(session.account));
    }
}
