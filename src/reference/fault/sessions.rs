//! Faults in how long a session lives and whom it serves. How `logout` ends it is the business of `logout`.

use std::time::Duration;

use hyper::header::USER_AGENT;
use tokio::time::Instant;

use crate::reference::behaviour::{Row, row};
use crate::reference::call::Action::{Auth, GetPermissions, Logout};
use crate::reference::call::Call;
use crate::reference::call::Encoding::{Form, Header, Json};
use crate::reference::change::{Changes, policy};
use crate::reference::refusal::Reason::{UnknownHash, WrongPassword};
use crate::reference::reply::Reply;
use crate::reference::server::Server;
use crate::reference::session::{Session, random_hash};
use crate::reference::when::{on, refused_for};

#[rustfmt::skip] // A row is a line, or two if it is long.
pub(super) fn faults() -> Vec<Row> {
    vec![
        row("session-serves-once", "A session serves one call and is over.", &["SES-REUSE", "GP-READONLY"],
            only_if(|session, _| session.uses < 1)),
        row("session-serves-three-times", "A session serves three calls and is over.", &["SES-REUSE", "GP-READONLY"],
            only_if(|session, _| session.uses < 3)),
        row("session-serves-nine-times", "A session serves nine calls and is over.", &["SES-REUSE", "GP-READONLY"],
            only_if(|session, _| session.uses < 9)),
        row("session-starts-late", "A session starts a quarter of a second after the sign-in was answered.", &["AUTH-HASH-WORKS"],
            only_if(|session, _| session.opened.elapsed() > Duration::from_millis(250))),
        row("session-lives-a-quarter-second", "A session is over a quarter of a second after the sign-in.", &["SES-REUSE", "SES-LIFE"],
            only_if(|session, _| session.opened.elapsed() < Duration::from_millis(250))),
        row("session-bound-to-connection", "A hash works only on the connection of the sign-in.", &["SES-ANYWIRE"],
            only_if(|session, call| session.connection == call.request.connection)),
        row("session-bound-to-encoding", "A hash works only by the encoding of the sign-in.", &["SES-ANYWIRE"],
            only_if(|session, call| session.encoding == call.encoding())),
        row("session-bound-to-post", "A hash from a POST does not work by GET.", &["SES-ANYWIRE", "M-PERM-GET", "M-LOGOUT-GET"],
            only_if(|_, call| !call.is_get())),
        row("session-from-form-refused-by-json", "A hash from a sign-in by form does not work in JSON.", &["SES-ANYWIRE", "T-FORM-AUTH"],
            only_if(|session, call| session.encoding != Some(Form) || !call.came_by(Json))),
        row("session-from-json-refused-by-form", "A hash from a sign-in by JSON does not work in a form.", &["SES-ANYWIRE", "T-FORM-HASH"],
            only_if(|_, call| !call.came_by(Form))),
        row("session-from-json-refused-by-header", "A hash from a sign-in by JSON does not work in the header.", &["SES-ANYWIRE", "T-HEADER-HASH"],
            only_if(|_, call| !call.came_by(Header))),
        row("session-unknown-to-one-replica", "One of three replicas knows of no session.", &["SES-REUSE", "AUTH-HASH-WORKS"],
            only_if(|_, call| !call.request.serial.is_multiple_of(3))),
        row("session-unknown-to-one-replica-for-a-moment", "One of three replicas hears of a session a second late.", &["AUTH-HASH-WORKS", "SES-REUSE"],
            only_if(|session, call| session.opened.elapsed() > Duration::from_secs(1) || !call.request.serial.is_multiple_of(3))),
        row("session-cannot-be-ended-by-its-opener", "A session is not known to logout on the connection of the sign-in.", &["SES-ANYWIRE", "M-LOGOUT-POST", "LO-SHAPE"],
            only_if(|session, call| call.action != Logout || session.connection != call.request.connection)),
        row("sign-in-ends-sessions-of-dealer", "Signing in ends every older session of the dealer.", &["SES-INDEP"],
            sign_in_ends(|new, old| new.account == old.account)),
        row("sign-in-ends-sessions-of-everybody", "Signing in ends every other session of every dealer.", &["SES-INDEP"],
            sign_in_ends(|_, _| true)),
        row("sign-in-ends-sessions-of-others", "Signing in ends the sessions of every other dealer.", &["AUTH-HASH-WORKS", "SES-REUSE", "PAR-EQUAL"],
            sign_in_ends(|new, old| new.account != old.account)),
        row("third-sign-in-ends-first", "The third sign-in of a dealer ends the first session.", &["SES-INDEP"],
            sign_in_ends(|new, old| new.account == old.account && new.rank == 2 && old.rank == 0)),
        row("second-session-is-dead", "A sign-in while another session of the dealer lives hands out a dead hash.", &["SES-INDEP", "AUTH-HASH-WORKS"],
            on(Auth).given(has_another_session).reply(|reply| reply.set("/hash", random_hash()))),
        row("second-sign-in-refused", "A dealer with a living session cannot sign in again.", &["SES-INDEP", "AUTH-HASH-UNIQUE"],
            on(Auth).given(has_another_session).error(13)),
        row("second-use-crashes", "The second call with a hash makes the server fail.", &["CALL-ANSWERED"],
            on(GetPermissions).granted().given(|call, server| uses(call, server) == 2).error(6)),
        row("second-use-of-second-session-crashes", "The second call with the hash of a dealer's second session makes the server fail.", &["CALL-ANSWERED"],
            on(GetPermissions).granted().given(|call, server| is_second_use_of(call, server, 1)).error(6)),
        row("second-use-of-third-session-crashes", "The second call with the hash of a dealer's third session makes the server fail.", &["CALL-ANSWERED"],
            on(GetPermissions).granted().given(|call, server| is_second_use_of(call, server, 2)).error(6)),
        row("third-use-crashes", "The third call with a hash makes the server fail.", &["CALL-ANSWERED"],
            on(GetPermissions).granted().given(|call, server| uses(call, server) == 3).error(6)),
        row("fourth-use-shows-page", "The fourth call with a hash shows the page of a framework.", &["CALL-ANSWERED"],
            on(GetPermissions).granted().given(|call, server| uses(call, server) == 4).page(500, "<h1>Whoops</h1>")),
        row("second-logout-by-get-crashes", "The second logout by GET makes the server fail.", &["CALL-ANSWERED", "LO-SHAPE"],
            on(Logout).by_get().granted().given(is_second_ended_so).error(6)),
        row("wrong-password-ends-sessions", "A wrong password ends every session of the dealer.", &["SES-REUSE"],
            refused_for(WrongPassword).reply_with(end_sessions_of_dealer)),
        row("bad-hash-ends-latest-session", "An unknown hash ends the session that was opened last.", &["AUTH-HASH-WORKS", "SES-REUSE"],
            refused_for(UnknownHash).reply_with(end_latest_session)),
        row("sign-in-beside-living-hash-ends-it", "Signing in with the hash of a living session ends that session.", &["SES-INDEP"],
            on(Auth).granted().reply_with(end_session_of_hash)),
        row("session-bound-to-user-agent", "A hash works only for clients with the user agent of the sign-in.", &["SES-ANYWIRE", "T-NO-COOKIE"],
            only_if(|session, call| session.user_agent == call.request.header(USER_AGENT))),
    ]
}

/// An open session serves a call only if a condition holds.
fn only_if(condition: fn(&Session, &Call) -> bool) -> Changes {
    policy(move |policy| {
        policy.serves =
            Box::new(move |session, call| session.is_open() && condition(session, call));
    })
}

/// Signing in, which opens the first session, ends others.
fn sign_in_ends(is_ended: fn(&Session, &Session) -> bool) -> Changes {
    policy(move |policy| policy.displaces = Box::new(is_ended))
}

/// The sign-in that is being answered has not opened the only open session of its dealer.
fn has_another_session(call: &Call, server: &Server) -> bool {
    server.count_sessions(call, Session::is_open) > 1
}

/// How many calls the session has served whose hash a call gives, this one included.
fn uses(call: &Call, server: &Server) -> u32 {
    server.session_of(call).map_or(0, |session| session.uses)
}

/// The call is the second with the hash of a session that was opened beside so many others.
fn is_second_use_of(call: &Call, server: &Server, others: usize) -> bool {
    server.session_of(call).is_some_and(|session| session.rank == others && session.uses == 2)
}

/// The call has ended the second session in the way in which it came.
fn is_second_ended_so(call: &Call, server: &Server) -> bool {
    let is_ended_so = |session: &Session| {
        session.ending.as_ref().is_some_and(|ending| ending.encoding == call.encoding())
    };
    server.sessions().count(is_ended_so) == 2
}

fn end_sessions_of_dealer(_: &mut Reply, call: &Call, server: &Server) {
    if let Some((index, _)) = server.account(call.text("login")) {
        server.sessions().end_where(call, Instant::now(), |session| session.account == index);
    }
}

fn end_latest_session(_: &mut Reply, call: &Call, server: &Server) {
    if let Some(latest) = server.latest_session() {
        server.end_session(&latest, call);
    }
}

fn end_session_of_hash(_: &mut Reply, call: &Call, server: &Server) {
    let given = call.text("hash");
    server.sessions().end_where(call, Instant::now(), |session| session.hash == given);
}
