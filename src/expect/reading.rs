//! What an answer comes down to: granted, refused, or "wait". Decided here and nowhere else.

use serde_json::Value;

use crate::model::api::{
    ASK_TO_WAIT, RETRY_AFTER, TOO_MANY_REQUESTS, TROUBLE_THAT_PASSES, UNAVAILABLE,
};
use crate::model::exchange::Answer;
use crate::value::json;
use crate::value::number;

/// What an answer comes down to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reading {
    /// It says that the call is granted.
    Granted,
    /// It says that the call is refused, or grants nothing under an HTTP status that refuses.
    Refused,
    /// The target asks to wait and try again, or tells of trouble that passes, which is no answer to
    /// the question.
    AsksToWait,
    /// It says neither: the server fails, sends elsewhere, or says nothing that can be understood.
    Neither,
}

impl Reading {
    /// Reads an answer, whose body is given if it is JSON.
    pub(crate) fn of(answer: &Answer, body: Option<&Value>) -> Reading {
        let granted = body.and_then(|body| body.get("success")).and_then(Value::as_bool);
        match granted {
            _ if answer.status == TOO_MANY_REQUESTS => Reading::AsksToWait,
            None | Some(false) if asks_to_wait(answer, code(body)) => Reading::AsksToWait,
            Some(true) => Reading::Granted,
            _ if is_failure(answer.status) => Reading::Neither,
            None if is_success(answer.status) => Reading::Neither,
            Some(false) | None => Reading::Refused,
        }
    }

    /// Reads an answer that nobody has parsed yet.
    pub(crate) fn of_answer(answer: &Answer) -> Reading {
        Reading::of(answer, json::parse(&answer.body).ok().as_ref())
    }
}

/// Whether an HTTP status says that all is well.
pub(crate) fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

/// Whether an HTTP status says that the server failed, or that somebody else is to be asked.
fn is_failure(status: u16) -> bool {
    (300..400).contains(&status) || (500..600).contains(&status)
}

/// Whether what grants nothing asks to wait, by its code or by its HTTP status.
///
/// The error table says of a failing queue to try again later, and of the database that it is
/// unavailable, both with HTTP status 503. A server, or a proxy before it, may also say so in the
/// words of HTTP. A bare 503 says nothing of an end, and is the failure of the server that it looks
/// like.
fn asks_to_wait(answer: &Answer, code: Option<i64>) -> bool {
    let is_one_of = |codes: &[i64]| code.is_some_and(|code| codes.contains(&code));
    let is_trouble_that_passes =
        || is_one_of(&TROUBLE_THAT_PASSES) || answer.header(RETRY_AFTER).is_some();
    is_one_of(&ASK_TO_WAIT) || (answer.status == UNAVAILABLE && is_trouble_that_passes())
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
    #[case(200, "<html>", Reading::Neither)]
    #[case(200, r#"{"success":"true"}"#, Reading::Neither)]
    #[case(302, "", Reading::Neither)]
    #[case(500, "<html>", Reading::Neither)]
    #[case(500, r#"{"success":false,"status":{"code":6}}"#, Reading::Neither)]
    #[case(400, r#"{"success":false,"status":{"code":105}}"#, Reading::AsksToWait)]
    #[case(400, r#"{"success":false,"status":{"code":15.0}}"#, Reading::AsksToWait)]
    #[case(400, r#"{"success":false,"status":{"code":1.5e1}}"#, Reading::AsksToWait)]
    #[case(400, r#"{"success":false,"status":{"code":15.5}}"#, Reading::Refused)]
    #[case(400, r#"{"success":false,"status":{"code":"15"}}"#, Reading::Refused)]
    #[case(429, "", Reading::AsksToWait)]
    #[case(429, r#"{"success":true}"#, Reading::AsksToWait)]
    #[case(503, r#"{"success":false,"status":{"code":14}}"#, Reading::AsksToWait)]
    #[case(503, r#"{"success":false,"status":{"code":8}}"#, Reading::AsksToWait)]
    #[case(503, r#"{"success":false,"status":{"code":6}}"#, Reading::Neither)]
    #[case(500, r#"{"success":false,"status":{"code":14}}"#, Reading::Neither)]
    #[case(503, r#"{"success":true,"status":{"code":14}}"#, Reading::Granted)]
    #[case(503, "<html>", Reading::Neither)]
    fn an_answer_comes_down_to_one_reading(
        #[case] status: u16,
        #[case] body: &str,
        #[case] expected: Reading,
    ) {
        let body = body.as_bytes().to_vec();
        let answer = Answer { status, headers: Vec::new(), body, defect: None };
        assert_eq!(Reading::of_answer(&answer), expected);
    }

    #[rstest]
    #[case(503, "<html>", Reading::AsksToWait)]
    #[case(503, r#"{"success":true}"#, Reading::Granted)]
    #[case(500, "<html>", Reading::Neither)]
    fn trouble_passes_if_its_head_says_when(
        #[case] status: u16,
        #[case] body: &str,
        #[case] expected: Reading,
    ) {
        let headers = vec![("retry-after".to_owned(), "1".to_owned())];
        let answer = Answer { status, headers, body: body.as_bytes().to_vec(), defect: None };
        assert_eq!(Reading::of_answer(&answer), expected);
    }
}
