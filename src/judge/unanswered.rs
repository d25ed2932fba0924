//! When a request that is not answered is held against the target: if it is never answered, while
//! others are.
//!
//! One dropped connection shows nothing: networks drop some, and a kept-alive connection may be
//! closed just as it is used. So the engine asks again, on new connections, and in between it asks
//! something else. What is here says how often, and what that shows.

use std::fmt;

use crate::model::exchange::{Exchange, NoAnswer, Purpose};

/// How often a request is sent in all if the connection breaks before any answer.
///
/// Of 250 requests, a proxy that drops one in twenty at random drops some 12. That it drops one of
/// them five times more, and none of the questions in between, has odds of 12 × (1/20)^5 ×
/// (19/20)^6, which is one run in 400,000. With one in ten it is one in 8,000.
pub(crate) const TRIES: usize = 6;

/// How often it is sent in all if no answer comes in time: each costs the whole time.
pub(crate) const SILENT_TRIES: usize = 2;

/// A target that is slow with everything may be slower with one request; only if it answers other
/// requests in this part of the time does silence show more than that.
const QUICKER: u32 = 10;

/// What shows that a request is never answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NeverAnswered<'a> {
    /// What became of it each time.
    pub failure: &'a NoAnswer,
    /// How often it was sent.
    pub tries: usize,
    /// What was answered in between.
    pub control: &'a Exchange,
}

/// What the tries of one request show, from the first on.
pub(crate) fn never_answered(attempt: &[Exchange]) -> Option<NeverAnswered<'_>> {
    let tries: Vec<&[Exchange]> =
        attempt.chunk_by(|_, next| next.purpose == Purpose::Control).collect();
    let failure = tries.first()?.first()?.result.as_ref().err()?;
    let enough = match failure {
        NoAnswer::Broken(_) | NoAnswer::NotHttp(_) => TRIES,
        NoAnswer::TimedOut(_) => SILENT_TRIES,
        _ => return None,
    };
    let shows = |attempt: &&[Exchange]| {
        let is_alike = |other: &NoAnswer| other.name() == failure.name();
        attempt[0].result.as_ref().is_err_and(is_alike) && control(attempt, failure).is_some()
    };
    let all_show = tries.len() >= enough && tries.iter().all(shows);
    let control = control(tries.last()?, failure)?;
    all_show.then_some(NeverAnswered { failure, tries: tries.len(), control })
}

/// So many different calls of one action are not answered in time, and none is, before that shows
/// what it shows of one that is repeated.
const SILENT_CALLS: usize = 3;

/// What calls of one action show of which none was answered, each with all its tries.
pub(crate) fn all_unanswered<'a>(attempts: &[&'a [Exchange]]) -> Option<NeverAnswered<'a>> {
    let tries = attempts
        .iter()
        .flat_map(|attempt| attempt.chunk_by(|_, next| next.purpose == Purpose::Control));
    let shown = tries.filter_map(|tried| {
        let failure = tried.first()?.result.as_ref().err()?;
        Some((failure, control(tried, failure)?))
    });
    let shown: Vec<(&NoAnswer, &Exchange)> = shown.collect();
    let (failure, control) = *shown.last()?;
    let alike = shown.iter().filter(|(other, _)| other.name() == failure.name()).count();
    let enough = match failure {
        NoAnswer::Broken(_) => TRIES,
        NoAnswer::TimedOut(_) => SILENT_CALLS,
        _ => return None,
    };
    (alike >= enough).then_some(NeverAnswered { failure, tries: alike, control })
}

/// What was answered after a try that failed, and quickly where slowness might explain the failure.
fn control<'a>(attempt: &'a [Exchange], failure: &NoAnswer) -> Option<&'a Exchange> {
    let last = attempt.last()?;
    let is_quick = match failure {
        NoAnswer::TimedOut(limit) => last.elapsed.saturating_mul(QUICKER) <= *limit,
        _ => true,
    };
    (last.purpose == Purpose::Control && last.result.is_ok() && is_quick).then_some(last)
}

impl fmt::Display for NeverAnswered<'_> {
    /// In words that read after "got".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let times =
            if self.tries == 2 { "twice".to_owned() } else { format!("{} times", self.tries) };
        let request = &self.control.request;
        let what = match self.failure {
            NoAnswer::TimedOut(limit) => {
                format!("none within {}, {times}", humantime::format_duration(*limit))
            }
            NoAnswer::NotHttp(_) => {
                format!("what is no HTTP, {times} of {}", self.tries)
            }
            _ => format!("a closed connection and no answer, {times} of {}", self.tries),
        };
        write!(f, "{what}, while {} {} was answered each time", request.method, request.path)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rstest::rstest;

    use super::never_answered;
    use crate::model::exchange::{Answer, Exchange, NoAnswer, Purpose, Request};

    /// Tries and controls, a letter each: `b` breaks, `t` times out, `a` is answered; a control
    /// that is answered is `c`, one that is answered late `l`, and one that is not `n`.
    fn attempt(letters: &str) -> Vec<Exchange> {
        let request = Request {
            method: "POST".to_owned(),
            path: "/x".to_owned(),
            query: None,
            headers: Vec::new(),
            body: None,
        };
        let answer = Answer { status: 400, headers: Vec::new(), body: Vec::new(), defect: None };
        let exchange = |(index, letter): (usize, char)| {
            let result = match letter {
                'b' => Err(NoAnswer::Broken("reset".to_owned())),
                't' => Err(NoAnswer::TimedOut(Duration::from_secs(10))),
                'n' => Err(NoAnswer::Broken("gone".to_owned())),
                _ => Ok(answer.clone()),
            };
            let purpose = match letter {
                'c' | 'l' | 'n' => Purpose::Control,
                _ if index == 0 => Purpose::Step,
                _ => Purpose::Again,
            };
            let elapsed = Duration::from_secs(if letter == 'l' { 4 } else { 0 });
            Exchange { elapsed, purpose, ..Exchange::of(request.clone(), result) }
        };
        letters.chars().enumerate().map(exchange).collect()
    }

    #[rstest]
    #[case::once("bc", None)]
    #[case::not_often_enough("bcbcbcbcbc", None)]
    #[case::every_time("bcbcbcbcbcbc", Some(6))]
    #[case::answered_at_last("bcbcbcbcbcac", None)]
    #[case::nobody_is_answered("bnbnbnbnbnbn", None)]
    #[case::another_question_is_not_answered_once("bcbcbnbcbcbc", None)]
    #[case::the_server_starts_anew_each_time("bncbncbncbncbncbnnc", Some(6))]
    #[case::without_a_last_control("bcbcbcbcbcb", None)]
    #[case::silence_twice("tctc", Some(2))]
    #[case::silence_once("tc", None)]
    #[case::of_a_slow_target("tltl", None)]
    #[case::now_this_now_that("tcbctcbctcbc", None)]
    #[case::answered("a", None)]
    fn no_answer_is_held_against_a_target_that_answers_others(
        #[case] letters: &str,
        #[case] tries: Option<usize>,
    ) {
        let attempt = attempt(letters);
        assert_eq!(never_answered(&attempt).map(|never| never.tries), tries);
    }
}
