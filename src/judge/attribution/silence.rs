//! What a whole run shows of requests that are not answered, which one of them alone does not.
//!
//! An action may never be answered, though others are: then every call of it shows what one call that
//! may be repeated shows by itself (`judge/unanswered`). Sign-ins as somebody and log-outs are never
//! repeated, so that each of them alone shows nothing.
//!
//! And a target, or the network before it, may leave requests without an answer by chance. If the run
//! shows that it does, then silence twice in a row is chance as well.

use crate::judge::judging::judge_unanswered_as_shown;
use crate::judge::recording::{CaseRecord, Recording, StepRecord};
use crate::judge::unanswered::{NeverAnswered, all_unanswered};
use crate::model::api::Action;
use crate::model::exchange::{Exchange, NoAnswer, Purpose};
use crate::model::outcome::CheckResult;
use crate::suite::case::{Case, Step};
use crate::value::secret::Shapes;

/// What a run shows of silence.
#[derive(Debug)]
pub(crate) struct Silence<'a> {
    /// The actions that are never answered.
    never: Vec<(Action, NeverAnswered<'a>)>,
    /// What became of a request that came to nothing by chance.
    by_chance: Option<&'a NoAnswer>,
}

impl<'a> Silence<'a> {
    /// Reads a whole run.
    pub(crate) fn of(recording: &'a Recording) -> Silence<'a> {
        let silent = Action::ALL.into_iter().filter_map(|action| {
            let attempts = attempts(recording).filter(|one| action.is_at(&one[0].request.path));
            let attempts: Vec<&[Exchange]> = attempts.collect();
            let is_answered =
                |one: &Exchange| one.result.is_ok() && action.is_at(&one.request.path);
            let is_ever_answered =
                recording.cases.iter().flat_map(CaseRecord::exchanges).any(is_answered);
            (!is_ever_answered)
                .then(|| all_unanswered(&attempts))
                .flatten()
                .map(|all| (action, all))
        });
        Silence { never: silent.collect(), by_chance: attempts(recording).find_map(chance) }
    }

    /// The results of a case, in which what the run shows is held against the target.
    pub(crate) fn apply(
        &self,
        case: &Case,
        record: &CaseRecord,
        shapes: &Shapes,
        results: Vec<CheckResult>,
    ) -> Vec<CheckResult> {
        let mut results = results;
        let mut first = 0;
        for (index, step) in case.steps.iter().enumerate() {
            let of_step = first..first + step.checks.len();
            first = of_step.end;
            if let Some((failure, never)) = self.shown_of(step, record.steps.get(index)) {
                let judged = judge_unanswered_as_shown(case, record, shapes, index, failure, never);
                results.splice(of_step, judged);
            }
        }
        results
    }

    /// What the run shows of the requests of a step that came to this; nothing where it shows no
    /// more than they do themselves.
    fn shown_of(
        &self,
        step: &Step,
        record: Option<&StepRecord>,
    ) -> Option<(&'a NoAnswer, Option<NeverAnswered<'a>>)> {
        if let Some((_, never)) = self.never.iter().find(|(action, _)| action.is_at(&step.path)) {
            return Some((never.failure, Some(*never)));
        }
        let by_chance = self.by_chance?;
        let is_alike = |one: &Exchange| one.result.as_ref().is_err_and(is_silence);
        record?.exchanges.iter().any(is_alike).then_some((by_chance, None))
    }
}

/// What became of a request by chance: nothing came in time, and then, asked again, an answer did.
fn chance(attempt: &[Exchange]) -> Option<&NoAnswer> {
    let silent =
        attempt.iter().find_map(|one| one.result.as_ref().err().filter(|why| is_silence(why)))?;
    let is_answered_again = |one: &Exchange| one.purpose == Purpose::Again && one.result.is_ok();
    attempt.iter().any(is_answered_again).then_some(silent)
}

fn is_silence(failure: &NoAnswer) -> bool {
    matches!(failure, NoAnswer::TimedOut(_))
}

fn attempts(recording: &Recording) -> impl Iterator<Item = &[Exchange]> {
    recording.cases.iter().flat_map(|case| &case.steps).flat_map(|step| step.attempts())
}

#[cfg(test)]
mod tests {
    use super::Silence;
    use crate::judge::recording::{CaseRecord, Recording, StepRecord};
    use crate::model::api::Action;
    use crate::model::exchange::{Answer, Exchange, NoAnswer, Purpose, Request};
    use rstest::rstest;
    use serde_json::Map;
    use std::time::Duration;

    /// Steps of one exchange and a control each: `t` is not answered in time, `b` breaks, `a` is
    /// answered; in capitals, the control is not answered.
    fn recording(letters: &str) -> Recording {
        let exchange = |action: Action, purpose, result| {
            let request = Request {
                method: "POST".to_owned(),
                path: action.path(),
                query: None,
                headers: Vec::new(),
                body: None,
            };
            Exchange { purpose, ..Exchange::of(request, result) }
        };
        let answer =
            Ok(Answer { status: 400, headers: Vec::new(), body: Vec::new(), defect: None });
        let step = |letter: char| {
            let result = match letter.to_ascii_lowercase() {
                't' => Err(NoAnswer::TimedOut(Duration::from_secs(10))),
                'b' => Err(NoAnswer::Broken("reset".to_owned())),
                _ => answer.clone(),
            };
            let of_control =
                if letter.is_ascii_uppercase() { result.clone() } else { answer.clone() };
            let exchanges = vec![
                exchange(Action::Auth, Purpose::Step, result),
                exchange(Action::GetPermissions, Purpose::Control, of_control),
            ];
            StepRecord { id: letter.to_string(), exchanges, not_sent: None }
        };
        let (id, fixtures, clean_up) = ("x".to_owned(), Map::new(), Vec::new());
        let steps = letters.chars().map(step).collect();
        Recording {
            cases: vec![CaseRecord::of(id, fixtures, steps, clean_up)],
            ..Recording::default()
        }
    }

    #[rstest]
    #[case::never_in_time("ttt", Some(3))]
    #[case::not_often_enough("tt", None)]
    #[case::answered_once("ttttat", None)]
    #[case::nobody_is_answered("TTTTTT", None)]
    #[case::others_are_at_times("tTtt", Some(3))]
    #[case::closed_each_time("bbbbbb", Some(6))]
    #[case::closed_at_times("bbbbb", None)]
    fn an_action_that_is_never_answered_is_held_against_a_target_that_answers_others(
        #[case] letters: &str,
        #[case] tries: Option<usize>,
    ) {
        let recording = recording(letters);
        let silence = Silence::of(&recording);
        assert_eq!(silence.never.first().map(|(_, never)| never.tries), tries);
        assert!(silence.never.iter().all(|(action, _)| *action == Action::Auth));
    }
}
