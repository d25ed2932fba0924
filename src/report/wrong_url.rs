//! Whether the URL is wrong: answers that no implementation of the API gives say that it is
//! another's.
//!
//! Advises only; the verdict does not hang on it.

use crate::judge::findings::Findings;
use crate::model::exchange::{Answer, Exchange, NoAnswer};

/// Asks whether the URL is right, where every answer of the run speaks against it; of several URLs
/// the first against which every answer from there speaks.
pub(super) fn advice(findings: &Findings) -> Option<String> {
    findings.target.addresses().find_map(|url| {
        let is_there =
            |exchange: &&Exchange| exchange.address.as_deref().is_none_or(|at| at == url);
        let there: Vec<&Exchange> = exchanges(findings).filter(is_there).collect();
        let advice = advice_on(url, &there)?;
        let names_it = !findings.target.others.is_empty();
        Some(if names_it { format!("{url}: {advice}") } else { advice })
    })
}

fn advice_on(url: &str, exchanges: &[&Exchange]) -> Option<String> {
    let answers: Vec<&Answer> =
        exchanges.iter().filter_map(|exchange| exchange.result.as_ref().ok()).collect();
    if answers.is_empty() {
        return without_answer(url, exchanges);
    }
    let what = if answers.iter().all(|answer| answer.status == 404) {
        "Every answer was a 404"
    } else if !answers.iter().any(|answer| begins_an_object(answer)) {
        "No answer was a JSON object"
    } else {
        return None;
    };
    Some(format!("{what}: see that the URL is what stands before `/panel`."))
}

fn exchanges(findings: &Findings) -> impl Iterator<Item = &Exchange> {
    let steps = findings.cases.iter().flat_map(|case| &case.record.steps);
    steps.flat_map(|step| &step.exchanges)
}

/// What may be wrong where connections are made, and none of them brings an answer: a server that
/// wants TLS closes them, or sends something that is no HTTP.
fn without_answer(url: &str, exchanges: &[&Exchange]) -> Option<String> {
    let is_broken = |exchange: &&Exchange| {
        matches!(exchange.result, Err(NoAnswer::Broken(_) | NoAnswer::NotHttp(_)))
    };
    let is_plain = url.starts_with("http://");
    (is_plain && !exchanges.is_empty() && exchanges.iter().all(is_broken)).then(|| {
        "No connection brought an HTTP answer: if the target speaks TLS there, give the URL with \
         https://; otherwise look into its log."
            .to_owned()
    })
}

fn begins_an_object(answer: &Answer) -> bool {
    // Even one that is broken later on shows that somebody speaks JSON there.
    answer.body.trim_ascii_start().starts_with(b"{")
}

#[cfg(test)]
mod tests {
    use super::advice;
    use crate::model::exchange::{Answer, NoAnswer};
    use crate::report::sample::Sample;
    use rstest::rstest;

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, headers: Vec::new(), body: body.as_bytes().to_vec(), defect: None }
    }

    #[rstest]
    #[case::not_found(
        answer(404, "{}"),
        Some("Every answer was a 404: see that the URL is what stands before `/panel`.")
    )]
    #[case::page(
        answer(200, "<html>"),
        Some("No answer was a JSON object: see that the URL is what stands before `/panel`.")
    )]
    #[case::api(answer(200, "{}"), None)]
    #[case::nearly_json(answer(200, "{'success': true}"), None)]
    fn answers_of_another_server_are_known(#[case] answer: Answer, #[case] expected: Option<&str>) {
        let mut sample = Sample::new();
        let steps = sample.findings.cases.iter_mut().flat_map(|case| &mut case.record.steps);
        for (index, exchange) in steps.flat_map(|step| &mut step.exchanges).enumerate() {
            // As if it were the answer to a HEAD.
            let body = if index == 1 { Vec::new() } else { answer.body.clone() };
            exchange.result = Ok(Answer { body, ..answer.clone() });
        }
        assert_eq!(advice(&sample.findings).as_deref(), expected);
    }

    #[test]
    fn connections_without_any_answer_may_want_tls() {
        let mut sample = Sample::new();
        let steps = sample.findings.cases.iter_mut().flat_map(|case| &mut case.record.steps);
        for exchange in steps.flat_map(|step| &mut step.exchanges) {
            exchange.result = Err(NoAnswer::Broken("invalid HTTP version parsed".to_owned()));
        }
        let expected = "No connection brought an HTTP answer: if the target speaks TLS there, give \
                        the URL with https://; otherwise look into its log.";
        assert_eq!(advice(&sample.findings).as_deref(), Some(expected));
        sample.findings.target.url = "https://x".to_owned();
        assert_eq!(advice(&sample.findings), None);
    }

    #[test]
    fn one_right_answer_is_enough() {
        assert_eq!(advice(&Sample::new().findings), None);
    }
}
