//! Whether the URL is wrong: answers that no implementation of the API gives say that it is
//! another's.
//!
//! Advises only; the verdict does not hang on it. What is quoted came from the target and is
//! hostile still.

use crate::judge::findings::Findings;
use crate::model::exchange::{Answer, Exchange, NoAnswer};

/// Characters of a redirect's target that are shown.
const SHOWN: usize = 120;

/// What servers that speak TLS say to those who do not.
const TLS_WANTED: [&str; 4] = [
    // nginx
    "plain HTTP request was sent to HTTPS port",
    // Go, and what is written in it
    "sent an HTTP request to an HTTPS server",
    // Apache
    "speaking plain HTTP to an SSL-enabled server port",
    // Tomcat
    "combination of host and port requires TLS",
];

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
    let Some(first) = answers.first() else { return without_answer(url, exchanges) };
    // The answer to a HEAD says nothing.
    let mut saying = answers.iter().filter(|answer| !answer.body.is_empty()).peekable();
    let what = if saying.peek().is_some() && saying.all(|answer| wants_tls(answer)) {
        return Some(
            "The target speaks TLS there: give the URL with https:// rather than http://."
                .to_owned(),
        );
    } else if answers.iter().all(|answer| target_of(answer).is_some()) {
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

fn exchanges(findings: &Findings) -> impl Iterator<Item = &Exchange> {
    let steps = findings.cases.iter().flat_map(|case| &case.record.steps);
    steps.flat_map(|step| &step.exchanges)
}

/// Whether a server says that it is spoken to in plain HTTP, and should not be.
fn wants_tls(answer: &Answer) -> bool {
    let body = String::from_utf8_lossy(&answer.body);
    (400..500).contains(&answer.status) && TLS_WANTED.iter().any(|words| body.contains(words))
}

/// What may be wrong where connections are made, and none of them brings an answer: a server that
/// wants TLS closes them, or sends something that is no HTTP.
fn without_answer(url: &str, exchanges: &[&Exchange]) -> Option<String> {
    let is_broken = |exchange: &&Exchange| matches!(exchange.result, Err(NoAnswer::Broken(_)));
    let is_plain = url.starts_with("http://");
    (is_plain && !exchanges.is_empty() && exchanges.iter().all(is_broken)).then(|| {
        "No connection brought an HTTP answer: if the target speaks TLS there, give the URL with \
         https://; otherwise look into its log."
            .to_owned()
    })
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
    use crate::model::exchange::{Answer, NoAnswer};
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
    #[case::nginx(
        answer(400, None, "<center>The plain HTTP request was sent to HTTPS port</center>"),
        Some("The target speaks TLS there: give the URL with https:// rather than http://.")
    )]
    #[case::go(
        answer(400, None, "Client sent an HTTP request to an HTTPS server.\n"),
        Some("The target speaks TLS there: give the URL with https:// rather than http://.")
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
