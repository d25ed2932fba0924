//! What a broken promise does to the verdict: what binds is never certified, and what no document
//! speaks of never costs a certificate.
//!
//! Each server is one of the reference, judged by the cases that are about what it does wrong.

use panel_conformance::Verdict::{self, Conformant, Nonconformant};
use panel_conformance::internals::{departure, run_against};
use panel_conformance::never;
use rstest::rstest;

use crate::support::project::suite;

/// What these cases say of a server of the reference.
fn verdict(departure_name: &str, cases: &[&str]) -> Verdict {
    let behaviour = departure(departure_name).expect("the reference server knows it");
    let mut run = run_against(behaviour);
    run.filter.cases = cases.iter().map(ToString::to_string).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let played =
        runtime.expect("there is a runtime").block_on(run.play(suite(), never().1, &|_| {}));
    played.expect("the run comes to findings").verdict
}

const SESSIONS: &[&str] = &["sessions/of-one-dealer*"];
const PASSWORDS: &[&str] = &["refusals/a-*password*", "auth/compares*"];
const LOGINS: &[&str] = &["security/an-injected-login*"];
const MINIMAL: &[&str] = &["permissions/are-not*"];

#[rstest]
#[case::ends_the_newest("logout-ends-newest-session-instead", SESSIONS)]
#[case::ends_the_oldest("logout-ends-oldest-session-instead", SESSIONS)]
#[case::ends_but_the_newest("logout-of-newest-session-only", SESSIONS)]
#[case::ends_but_the_oldest("logout-of-oldest-session-only", SESSIONS)]
#[case::never_ends_the_newest("logout-of-newest-session-ends-nothing", SESSIONS)]
#[case::never_ends_the_oldest("logout-of-oldest-session-ends-nothing", SESSIONS)]
#[case::ends_the_newest_too("logout-ends-newest-session-too", SESSIONS)]
#[case::ends_the_oldest_too("logout-ends-oldest-session-too", SESSIONS)]
#[case::ends_every_session("logout-ends-every-session-of-dealer", SESSIONS)]
#[case::takes_true_for_a_password("true-accepted-as-password", PASSWORDS)]
#[case::compares_loosely("password-compared-loosely", PASSWORDS)]
#[case::matches_an_operator("query-operator-accepted-as-password", PASSWORDS)]
#[case::takes_an_object_for_a_password("object-accepted-as-password", PASSWORDS)]
#[case::looks_at_texts_alone("any-type-but-text-accepted-as-password", PASSWORDS)]
#[case::takes_the_login_for_a_password("login-accepted-as-password", PASSWORDS)]
#[case::takes_the_password_of_another("password-of-another-dealer-accepted", PASSWORDS)]
#[case::finds_the_dealer_by_an_operator("query-operator-accepted-as-login", LOGINS)]
#[case::ends_all_by_an_operator("logout-by-query-operator-ends-every-session", &["logout/a-bad*"])]
#[case::lists_no_permissions("no-permissions-as-list", MINIMAL)]
#[case::leaves_out_no_permissions("no-permissions-left-out", MINIMAL)]
#[case::mixes_up_dealers("sign-in-at-once-opens-session-of-the-other", &["sessions/of-two*"])]
fn a_server_that_breaks_what_binds_is_not_certified(#[case] fault: &str, #[case] cases: &[&str]) {
    assert_eq!(verdict(fault, cases), Nonconformant);
}

#[rstest]
#[case::fails_on_other_types("values-of-other-types-crash")]
#[case::fails_on_lists("list-body-crashes")]
#[case::fails_on_long_logins("long-login-crashes")]
#[case::unwraps_lists("lists-of-one-unwrapped")]
#[case::keeps_one_session("one-session-per-dealer")]
#[case::refuses_a_hash_beside("auth-refuses-hash-beside")]
fn a_server_that_keeps_what_binds_is_certified(#[case] departure: &str) {
    assert_eq!(verdict(departure, &[]), Conformant);
}
