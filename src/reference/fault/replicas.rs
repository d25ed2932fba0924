//! Faults that show only between several addresses of one system: what one of them did, another does
//! not know, or one of them is not like the others.
//!
//! Each is served at two addresses and at three; the one that is not like the others is the second.

use std::time::Duration;

use crate::reference::behaviour::{Row, row};
use crate::reference::call::Action::{Auth, GetPermissions, Logout};
use crate::reference::call::Call;
use crate::reference::change::{Changes, policy};
use crate::reference::refusal::Reason::NoHash;
use crate::reference::server::Server;
use crate::reference::session::{Ending, Session};
use crate::reference::when::{on, refused, refused_for};

/// How late an address hears of what happened at another.
const LATE: Duration = Duration::from_secs(1);

#[rustfmt::skip] // A row is a line, or two if it is long.
pub(super) fn faults() -> Vec<Row> {
    let known = &["AUTH-HASH-WORKS", "SES-REUSE", "M-PERM-POST", "M-LOGOUT-POST", "LO-SHAPE"];
    let ended = &["LO-ENDS", "LO-IMMEDIATE"];
    let all = [
        replicas(["sessions-local-to-two-addresses", "sessions-local-to-three-addresses"],
            "A session is known only at the address of the sign-in.", known,
            || known_if(|session, call| session.address == call.request.address)),
        replicas(["one-of-two-addresses-without-foreign-sessions", "one-of-three-addresses-without-foreign-sessions"],
            "One address knows no session that was opened at another.", known,
            || known_if(|session, call| !is_odd(call) || session.address == call.request.address)),
        replicas(["sessions-of-one-of-two-addresses-stay-there", "sessions-of-one-of-three-addresses-stay-there"],
            "A session that one of the addresses opened is known to none of the others.", known,
            || known_if(|session, call| session.address != ODD || session.address == call.request.address)),
        replicas(["sessions-late-at-the-other-of-two-addresses", "sessions-late-at-the-others-of-three-addresses"],
            "An address hears a second late of a session that was opened at another.", known,
            || known_if(|session, call| session.address == call.request.address || session.opened.elapsed() > LATE)),
        replicas(["logout-local-to-two-addresses", "logout-local-to-three-addresses"],
            "A logout is seen only at the address that took it.", ended,
            || still_serves(|_, ending, call| ending.address != call.request.address)),
        replicas(["logout-unseen-by-opener-of-two-addresses", "logout-unseen-by-opener-of-three-addresses"],
            "A logout is not seen at the address of the sign-in, if it came to another.", ended,
            || still_serves(|session, ending, call| {
                session.address == call.request.address && ending.address != call.request.address
            })),
        replicas(["logout-late-at-the-other-of-two-addresses", "logout-late-at-the-others-of-three-addresses"],
            "An address hears a second late of a logout at another.", ended,
            || still_serves(|_, ending, call| ending.address != call.request.address && ending.at.elapsed() < LATE)),
        replicas(["dealer-unknown-to-one-of-two-addresses", "dealer-unknown-to-one-of-three-addresses"],
            "One address does not know a dealer.", &["M-AUTH-POST", "AUTH-200"],
            || on(Auth).granted().given(|call, server| is_odd(call) && is_first_dealer(call, server)).error(12)),
        replicas(["logout-failing-at-one-of-two-addresses", "logout-failing-at-one-of-three-addresses"],
            "One address fails over logout.", &["LO-SHAPE", "CALL-ANSWERED"],
            || on(Logout).granted().given(at_odd).error(6)),
        replicas(["other-envelope-at-one-of-two-addresses", "other-envelope-at-one-of-three-addresses"],
            "One address answers permissions in a member `value`, and errors without `success`.", &["GP-SHAPE", "ERR-SUCCESS"],
            || on(GetPermissions).granted().given(at_odd).rename("/permissions", "/value")
                .and(refused().given(at_odd).remove("/success"))),
        replicas(["older-permissions-at-one-of-two-addresses", "older-permissions-at-one-of-three-addresses"],
            "One address knows one category of permissions less.", &["PAR-EQUAL"],
            || on(Auth).given(at_odd).remove("/permissions/users")
                .and(on(GetPermissions).given(at_odd).remove("/permissions/users"))),
        replicas(["missing-hash-granted-at-one-of-two-addresses", "missing-hash-granted-at-one-of-three-addresses"],
            "One address answers a request without a hash with permissions.", &["HASH-MISSING"],
            || refused_for(NoHash).given(at_odd).show_permissions_of(0)),
    ];
    all.into_iter().flatten().collect()
}

/// The same fault at two addresses and at three.
fn replicas(
    names: [&'static str; 2],
    summary: &'static str,
    violates: &'static [&'static str],
    changes: fn() -> Changes,
) -> [Row; 2] {
    let [two, three] = names.map(|name| row(name, summary, violates, changes()));
    [two.at(2), three.at(3)]
}

/// The address that is not like the others.
const ODD: usize = 1;

fn is_odd(call: &Call) -> bool {
    call.request.address == ODD
}

fn at_odd(call: &Call, _: &Server) -> bool {
    is_odd(call)
}

fn is_first_dealer(call: &Call, server: &Server) -> bool {
    server.account(call.text("login")).is_some_and(|(index, _)| index == 0)
}

/// An open session is known only if a condition holds.
fn known_if(condition: fn(&Session, &Call) -> bool) -> Changes {
    policy(move |policy| {
        policy.serves =
            Box::new(move |session, call| session.is_open() && condition(session, call));
    })
}

/// An ended session goes on to serve calls if a condition holds.
fn still_serves(condition: fn(&Session, &Ending, &Call) -> bool) -> Changes {
    policy(move |policy| {
        policy.serves = Box::new(move |session, call| {
            let goes_on = |ending: &Ending| condition(session, ending, call);
            session.is_open() || session.ending.as_ref().is_some_and(goes_on)
        });
    })
}
