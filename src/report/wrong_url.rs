//! Whether the URL is wrong: answers that no implementation of the API gives say that it is
//! another's.
//!
//! Advises only; the verdict does not hang on it. What is quoted came from the target and is
//! hostile still.

use crate::judge::findings::Findings;
use crate::model::exchange::Answer;

/// Characters of a redirect's target that are shown.
const SHOWN: usize = 120;

/// Asks whether the URL is right, where every answer of the run speaks against it.
pub(super) fn advice(findings: &Findings) -> Option<String> {
    let steps = findings.cases.iter().flat_map(|case| &case.record.steps);
    let exchanges = steps.flat_map(|step| &step.exchanges);
    let answers: Vec<&Answer> =
        exchanges.filter_map(|exchange| exchange.result.as_ref().ok()).collect();
    let first = answers.first()?;
    let what = if answers.iter().all(|answer| target_of(answer).is_some()) {
        let target = place(target_of(first)?);
        return Some(format!(
            "Every request was answered by a redirect to `{target}`; redirects are not followed: \
             give the URL that it leads to."
        ));
    } else if answers.iter().all(|answer| answer.status == 404) {
        "Every answer was a 404"
    } else if !answers.iter().any(|answer| begins_an_object(answer)) {
        "No answer was a JSON object"
    } else {
        return None;
    };
    Some(format!("{what}: see that the URL is what stands before `/panel`."))
}

/// Where an answer redirects to.
fn target_of(answer: &Answer) -> Option<&str> {
    answer.header("location").filter(|_| (300..400).contains(&answer.status))
}

/// Host and path of a URL: neither credentials nor a query, which may hold a hash.
fn place(url: &str) -> String {
    let end = url.find(['?', '#']).unwrap_or(url.len());
    let (scheme, rest) = match url[..end].split_once("//") {
        Some((scheme, rest)) => (format!("{scheme}//"), rest),
        None => (String::new(), &url[..end]),
    };
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = host.rsplit('@').next().unwrap_or(host);
    let whole = format!("{scheme}{host}{path}");
    let shown: String = whole.chars().take(SHOWN).collect();
    if shown.len() < whole.len() { format!("{shown}…") } else { shown }
}

fn begins_an_object(answer: &Answer) -> bool {
    // Even one that is broken later on shows that somebody speaks JSON there.
    answer.body.trim_ascii_start().starts_with(b"{")
}

#[cfg(test)]
mod tests {
    use super::{advice, place};
    use crate::model::exchange::Answer;
    use crate::report::sample::Sample;
    use rstest::rstest;

    fn answer(status: u16, location: Option<&str>, body: &str) -> Answer {
        let location = location.map(|url| ("location".to_owned(), url.to_owned()));
        let headers = location.into_iter().collect();
        Answer { status, headers, body: body.as_bytes().to_vec(), defect: None }
    }

    #[rstest]
    #[case::redirect(
        answer(302, Some("https://u:p@x/login?hash=1"), ""),
        Some(
            "Every request was answered by a redirect to `https://x/login`; redirects are not \
             followed: give the URL that it leads to."
        )
    )]
    #[case::not_found(
        answer(404, None, "{}"),
        Some("Every answer was a 404: see that the URL is what stands before `/panel`.")
    )]
    #[case::page(
        answer(200, None, "<html>"),
        Some("No answer was a JSON object: see that the URL is what stands before `/panel`.")
    )]
    #[case::api(answer(200, None, "{}"), None)]
    #[case::nearly_json(answer(200, None, "{'success': true}"), None)]
    fn answers_of_another_server_are_known(#[case] answer: Answer, #[case] expected: Option<&str>) {
        let mut sample = Sample::new();
        let steps = sample.findings.cases.iter_mut().flat_map(|case| &mut case.record.steps);
        for exchange in steps.flat_map(|step| &mut step.exchanges) {
            exchange.result = Ok(answer.clone());
        }
        assert_eq!(advice(&sample.findings).as_deref(), expected);
    }

    #[test]
    fn one_right_answer_is_enough() {
        assert_eq!(advice(&Sample::new().findings), None);
    }

    #[rstest]
    #[case("/a?b", "/a")]
    #[case("https://x", "https://x")]
    #[case("//u@x/a#b", "//x/a")]
    #[case("https://x/a@b", "https://x/a@b")]
    #[case("https://x/?next=//u:p@y/", "https://x/")]
    fn a_place_has_no_query_and_no_credentials(#[case] url: &str, #[case] expected: &str) {
        assert_eq!(place(url), expected);
    }
}
