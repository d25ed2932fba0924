//! What an answer comes down to: granted, refused, or "wait". Decided here and nowhere else.

use serde_json::Value;

use crate::model::api::{ASK_TO_WAIT, TOO_MANY_REQUESTS};
use crate::model::exchange::Answer;
use crate::value::json;
use crate::value::number;

/// What an answer comes down to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reading {
    /// It says that the call is granted.
    Granted,
    /// It says that the call is refused, or grants nothing under an HTTP status that is no
    /// success.
    Refused,
    /// The target asks to wait and try again, which is no answer to the question.
    AsksToWait,
    /// It says neither, under an HTTP status that is a success.
    Unclear,
}

impl Reading {
    /// Reads an answer, whose body is given if it is JSON.
    pub(crate) fn of(answer: &Answer, body: Option<&Value>) -> Reading {
        let granted = body.and_then(|body| body.get("success")).and_then(Value::as_bool);
        let asks_to_wait = answer.status == TOO_MANY_REQUESTS
            || (granted != Some(true)
                && code(body).is_some_and(|code| ASK_TO_WAIT.contains(&code)));
        match granted {
            _ if asks_to_wait => Reading::AsksToWait,
            Some(true) => Reading::Granted,
            Some(false) => Reading::Refused,
            None if (200..300).contains(&answer.status) => Reading::Unclear,
            None => Reading::Refused,
        }
    }

    /// Reads an answer that nobody has parsed yet.
    pub(crate) fn of_answer(answer: &Answer) -> Reading {
        Reading::of(answer, json::parse(&answer.body).ok().as_ref())
    }
}

/// The error code in a body, in whatever way the number is written.
pub(crate) fn code(body: Option<&Value>) -> Option<i64> {
    number::whole(body?.pointer("/status/code")?.as_number()?)
}

#[cfg(test)]
mod tests {
    use super::Reading;
    use crate::model::exchange::Answer;
    use rstest::rstest;

    #[rstest]
    #[case(200, r#"{"success":true}"#, Reading::Granted)]
    #[case(500, r#"{"success":true}"#, Reading::Granted)]
    #[case(200, r#"{"success":true,"status":{"code":15}}"#, Reading::Granted)]
    #[case(200, r#"{"success":false,"status":{"code":4}}"#, Reading::Refused)]
    #[case(400, r#"{"success":"false"}"#, Reading::Refused)]
    #[case(404, "<html>", Reading::Refused)]
    #[case(200, "<html>", Reading::Unclear)]
    #[case(200, r#"{"success":"true"}"#, Reading::Unclear)]
    #[case(400, r#"{"success":false,"status":{"code":105}}"#, Reading::AsksToWait)]
    #[case(400, r#"{"success":false,"status":{"code":15.0}}"#, Reading::AsksToWait)]
    #[case(400, r#"{"success":false,"status":{"code":1.5e1}}"#, Reading::AsksToWait)]
    #[case(400, r#"{"success":false,"status":{"code":15.5}}"#, Reading::Refused)]
    #[case(400, r#"{"success":false,"status":{"code":"15"}}"#, Reading::Refused)]
    #[case(429, "", Reading::AsksToWait)]
    #[case(429, r#"{"success":true}"#, Reading::AsksToWait)]
    fn an_answer_comes_down_to_one_reading(
        #[case] status: u16,
        #[case] body: &str,
        #[case] expected: Reading,
    ) {
        let body = body.as_bytes().to_vec();
        let answer = Answer { status, headers: Vec::new(), body, defect: None };
        assert_eq!(Reading::of_answer(&answer), expected);
    }
}
