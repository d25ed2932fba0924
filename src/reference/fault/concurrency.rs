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
use crate::reference::session::random_hash;
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
        row("sign-ins-at-once-show-one-dealer", "Sign-ins at the same time are all told the permissions of the first dealer.", &["GP-SESSION"],
            delay(Auth).and(sign_in.granted().reply_with(show_first_dealer))),
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

fn show_another_dealer(reply: &mut Reply, _: &Call, server: &Server) {
    let Some(shown) = reply.permissions() else { return };
    let mut all = server.accounts.iter().map(|account| &account.permissions);
    if let Some(other) = all.find(|other| **other != *shown) {
        shown.clone_from(other);
    }
}

fn show_first_dealer(reply: &mut Reply, _: &Call, server: &Server) {
    if let (Some(shown), Some(first)) = (reply.permissions(), server.accounts.first()) {
        shown.clone_from(&first.permissions);
    }
}

fn read_after_logout(time: Duration) -> Changes {
    policy(move |policy| {
        policy.serves = Box::new(move |session, call| {
            session.is_open() || (call.action == GetPermissions && session.has_just_ended(time))
        });
    })
}
