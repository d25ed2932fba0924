//! Connections that are closed as they are used again: what certainly was not processed, or harms
//! nobody, is sent once more, and nothing else.

use rstest::rstest;

use crate::support::foreign_server::{Foreign, Habits, Manner};
use crate::support::program::Ran;

/// Requests that a report tells of, twice those that went out twice.
fn sent(ran: &Ran) -> usize {
    let report = ran.report();
    let cases = report["cases"].as_array().expect("a report has cases");
    let exchanges = cases.iter().flat_map(|case| {
        let steps = case["steps"].as_array().into_iter().flatten();
        let of_steps = steps.flat_map(|step| step["exchanges"].as_array().into_iter().flatten());
        of_steps.chain(case["clean_up"].as_array().into_iter().flatten())
    });
    exchanges.map(|one| if one["resent"] == true { 2 } else { 1 }).sum()
}

/// A server that closes connections without saying so is judged like any other, and every sign-in
/// and every log-out of a step reaches it once.
#[rstest]
#[case::after_each_answer(1)]
#[case::after_the_third(3)]
#[case::now_and_then(40)]
fn a_server_that_closes_connections_silently_is_judged(#[case] answers: usize) {
    let manner = Manner::ClosesAfter(answers);
    let server = Foreign::start(Habits { manner, ..Habits::default() });
    let ran = server.judge(&[]);
    ran.expect(0, "conformant");
    assert_eq!(ran.count("should", "unjudged"), 0, "{:#?}", ran.checks("unjudged"));
    assert_eq!(ran.report()["requests"].as_u64(), Some(sent(&ran) as u64));
    assert_eq!(server.open_sessions(), 0);
}
