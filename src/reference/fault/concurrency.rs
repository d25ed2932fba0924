//! Faults that show if calls run at the same time, or right after one another.

use std::time::Duration;

use serde_json::Map;

use crate::reference::behaviour::{Row, row};
use crate::reference::call::Action::{self, Auth, GetPermissions, Logout};
use crate::reference::call::Call;
use crate::reference::change::{Changes, policy};
use crate::reference::refusal::Reason::EndedHash;
use crate::reference::reply::Reply;
use crate::reference::server::Server;
use crate::reference::session::{NewSession, Session, random_hash};
use crate::reference::when::on;

#[rustfmt::skip] // A row is a line, or two if it is long.
pub(super) fn faults() -> Vec<Row> {
    let [sign_in, read, logout] = [Auth, GetPermissions, Logout].map(|action| on(action).concurrently());

    vec![
        row("sign-in-at-once-hands-out-dead-hash", "Some of several sign-ins at the same time hand out a dead hash.", &["AUTH-HASH-WORKS", "SES-INDEP"],
            delay(Auth).and(sign_in.granted().reply(|reply| reply.set("/hash", random_hash())))),
        row("sign-in-at-once-crashes", "Some of several sign-ins at the same time fail.", &["AUTH-200", "M-AUTH-POST"], delay(Auth).and(sign_in.error(1))),
        row("sign-in-at-once-without-permissions", "Some of several sign-ins at the same time are answered without permissions.", &["AUTH-PERMS"],
            delay(Auth).and(sign_in.remove("/permissions"))),
        row("sign-in-at-once-shares-hash", "Sign-ins of one dealer at the same time share a hash.", &["AUTH-HASH-UNIQUE"],
            delay(Auth).and(share_hash())),
        row("sign-in-at-once-ends-the-other", "Of the sessions that a dealer opens at the same time only the last lives.", &["SES-INDEP", "AUTH-HASH-WORKS"],
            delay(Auth).and(end_the_other())),
        row("sign-in-shows-permissions-of-whoever-is-in", "A sign-in while another dealer has a session is told the permissions of that dealer.", &["GP-SESSION", "PAR-EQUAL"],
            on(Auth).granted().reply_with(show_whoever_is_in)),
        row("sign-in-at-once-opens-session-of-the-other", "Of two dealers who sign in at the same time the later one gets a session of the other.", &["GP-SESSION", "PAR-SESSIONS"],
            delay(Auth).and(sign_in.granted().reply_with(sign_in_as_the_other))),
        row("sign-in-at-once-shows-permissions-of-the-other", "Of two dealers who sign in at the same time the later one is shown the permissions of the other.", &["PAR-EQUAL", "PAR-SESSIONS"],
            delay(Auth).and(sign_in.granted().reply_with(show_the_other))),
        row("hash-made-from-the-clock", "Sign-ins within a tenth of a second get the same hash.", &["AUTH-HASH-UNIQUE"],
            delay(Auth).and(policy(|policy| policy.new_hash = Box::new(hash_of_the_moment)))),
        row("read-at-once-crashes", "Some of several requests for permissions at the same time fail.", &["CALL-ANSWERED"],
            delay(GetPermissions).and(read.granted().error(1))),
        row("read-at-once-refused", "Some of several requests for permissions at the same time are refused with code 4.", &["SES-REUSE", "GP-READONLY"],
            delay(GetPermissions).and(read.granted().error(4))),
        row("read-at-once-shows-another-dealer", "Some of several requests for permissions at the same time show those of another dealer.", &["GP-SESSION"],
            delay(GetPermissions).and(read.reply_with(show_another_dealer))),
        row("read-at-once-empty", "Some of several requests for permissions at the same time show none.", &["GP-READONLY", "PAR-EQUAL"],
            delay(GetPermissions).and(read.permissions(Map::clear))),
        row("logout-at-once-succeeds-twice", "All of several logouts with one hash at the same time succeed.", &["LO-TWICE"],
            delay(Logout).and(logout.refused_for(EndedHash).succeed())),
        row("logout-at-once-crashes", "Some of several logouts at the same time fail.", &["LO-SHAPE", "LO-TWICE"], delay(Logout).and(logout.granted().error(1))),
        row("refusal-at-once-without-envelope", "Some of several refused sign-ins at the same time have no `status`.", &["ERR-STATUS"],
            delay(Auth).and(sign_in.refused().remove("/status"))),
        row("read-under-way-outlives-logout", "For 80 milliseconds after logout reads are served as if they had come before it.", &["LO-IMMEDIATE", "LO-ENDS"],
            read_after_logout(Duration::from_millis(80))),
    ]
}

/// How long a call is held back, so that others may arrive at the same time.
const WINDOW: Duration = Duration::from_millis(100);

/// Holds the calls of an action back.
fn delay(action: Action) -> Changes {
    policy(move |policy| {
        policy.delay =
            Box::new(move |call| if call.action == action { WINDOW } else { Duration::ZERO });
    })
}

fn share_hash() -> Changes {
    policy(|policy| {
        policy.new_hash = Box::new(|new| {
            new.hash_of_earlier(|session| {
                new.call.concurrent > 0 && session.opened.elapsed() < WINDOW
            })
        });
    })
}

fn end_the_other() -> Changes {
    policy(|policy| {
        policy.displaces =
            Box::new(|new, old| new.account == old.account && new.opened - old.opened < WINDOW);
    })
}

/// The session of another dealer that was opened a moment before the one of this sign-in.
fn session_of_the_other(call: &Call, server: &Server) -> Option<Session> {
    let (own, _) = server.account(call.text("login"))?;
    server.sessions().latest(|session| session.account != own && session.opened.elapsed() < WINDOW)
}

fn sign_in_as_the_other(reply: &mut Reply, call: &Call, server: &Server) {
    if let Some(other) = session_of_the_other(call, server) {
        let session = server.open_session(other.account, call);
        *reply = Reply::signed_in(session.hash, server.permissions(other.account));
    }
}

fn show_the_other(reply: &mut Reply, call: &Call, server: &Server) {
    if let Some(other) = session_of_the_other(call, server) {
        reply.set("/permissions", server.permissions(other.account));
    }
}

fn show_whoever_is_in(reply: &mut Reply, call: &Call, server: &Server) {
    let Some((own, _)) = server.account(call.text("login")) else { return };
    if let Some(other) =
        server.sessions().latest(|session| session.account != own && session.is_open())
    {
        reply.set("/permissions", server.permissions(other.account));
    }
}

/// The hash of whichever session was opened a moment before, whoever opened it.
fn hash_of_the_moment(new: &NewSession<'_>) -> String {
    let last = new.sessions.last().filter(|last| last.opened.elapsed() < WINDOW);
    last.map_or_else(random_hash, |last| last.hash.clone())
}

fn show_another_dealer(reply: &mut Reply, _: &Call, server: &Server) {
    let Some(shown) = reply.permissions() else { return };
    let mut all = server.accounts.iter().map(|account| &account.permissions);
    if let Some(other) = all.find(|other| **other != *shown) {
        shown.clone_from(other);
    }
}

fn read_after_logout(time: Duration) -> Changes {
    policy(move |policy| {
        policy.serves = Box::new(move |session, call| {
            session.is_open() || (call.action == GetPermissions && session.has_just_ended(time))
        });
    })
}
