//! Whether anything of the API answered at all.
//!
//! A gateway, a portal or another server may answer in the place of the target. Of a run in which
//! nothing else answers, nothing is known of the target: it is neither good nor bad. As soon as one
//! answer has the form of the API, the target is there, and is held to all it says.
//!
//! Pure: the record holds whatever is needed.

use serde_json::Value;

use crate::expect::reading::is_success;
use crate::judge::recording::{CaseRecord, Recording};
use crate::model::api::{Action, HASH};
use crate::model::exchange::{Answer, Exchange, Request};
use crate::model::outcome::{CheckResult, Outcome};
use crate::model::reason::{Reason, Stranger, StrangerSign};
use crate::value::json;

/// The member that every answer of the API has.
const SUCCESS: &str = "success";

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

/// What servers say that want a certificate of the client.
const CERTIFICATE_WANTED: [&str; 2] = [
    // nginx
    "No required SSL certificate was sent",
    // Apache, Envoy and others
    "client certificate required",
];

/// Statuses with which a gateway says that it cannot reach the server, Cloudflare's included.
const GATEWAY: [std::ops::RangeInclusive<u16>; 2] = [502..=504, 520..=530];

/// Who answered in the place of the API, if nothing of the API answered.
pub(crate) fn stranger(recording: &Recording) -> Option<Stranger> {
    if recording.is_embedded {
        return None;
    }
    let exchanges: Vec<&Exchange> =
        recording.cases.iter().flat_map(CaseRecord::exchanges).collect();
    let answers: Vec<&Answer> = exchanges.iter().filter_map(|one| answer_to(one)).collect();
    let was_asked = exchanges.iter().any(|one| one.result.is_ok() && is_proper(&one.request));
    if !was_asked || answers.iter().any(|answer| is_of_the_api(answer)) {
        return None;
    }
    let signs: Vec<StrangerSign> = answers.iter().map(|answer| sign(answer)).collect();
    let times = |sign: &StrangerSign| signs.iter().filter(|other| *other == sign).count();
    // Of those that are seen equally often, the one that is seen first.
    let most = signs.iter().rev().max_by_key(|sign| times(sign))?;
    Some(Stranger { sign: most.clone(), times: times(most), answers: signs.len() })
}

/// The results of a run in which a stranger answered: of the target, they tell nothing.
pub(crate) fn apply(stranger: &Stranger, results: Vec<CheckResult>) -> Vec<CheckResult> {
    let of_stranger = |result: CheckResult| {
        let outcome = match result.outcome {
            Outcome::Passed
            | Outcome::Failed { .. }
            | Outcome::Unjudged(Reason::EarlierStep(_))
            | Outcome::NotApplicable(
                Reason::NotGranted
                | Reason::NotRefused
                | Reason::NoProperAnswer
                | Reason::DoesNotBind { .. },
            ) => Outcome::Unjudged(Reason::Stranger(stranger.clone())),
            other => other,
        };
        CheckResult { outcome, ..result }
    };
    results.into_iter().map(of_stranger).collect()
}

/// The answer to a request that asks for one with a body.
fn answer_to(exchange: &Exchange) -> Option<&Answer> {
    exchange.result.as_ref().ok().filter(|_| exchange.request.method != "HEAD")
}

/// Whether a request is one that the documents want answered in the form of the API, whatever the
/// answer: a sign-in or a call with a hash, in JSON.
fn is_proper(request: &Request) -> bool {
    let body: Option<Value> = request.body.as_deref().and_then(|body| json::parse(body).ok());
    let has = |name: &str| {
        let member = body.as_ref().and_then(|body| body.get(name));
        member.and_then(Value::as_str).is_some_and(|text| !text.is_empty())
    };
    let is_complete = |action: &Action| match action {
        Action::Auth => has("login") && has("password"),
        Action::GetPermissions | Action::Logout => has(HASH),
    };
    request.method == "POST"
        && Action::ALL.iter().any(|action| request.path == action.path() && is_complete(action))
}

/// Whether somebody who implements the API may have said this, rightly or wrongly.
fn is_of_the_api(answer: &Answer) -> bool {
    let text = String::from_utf8_lossy(&answer.body);
    let text = text.trim_start();
    if text.starts_with('<') {
        return false;
    }
    // What is no page under a status of success is nobody's error page, but an answer gone wrong.
    text.contains(SUCCESS) || is_success(answer.status)
}

/// What an answer shows of who gave it.
fn sign(answer: &Answer) -> StrangerSign {
    let status = answer.status;
    let body = String::from_utf8_lossy(&answer.body);
    let says = |phrases: &[&str]| phrases.iter().any(|words| body.contains(words));
    let is_refusal = (400..500).contains(&status);
    let location = answer.header("location").filter(|_| (300..400).contains(&status));
    let challenge = answer.header("www-authenticate").or(answer.header("proxy-authenticate"));
    match (location, challenge) {
        _ if is_refusal && says(&TLS_WANTED) => StrangerSign::WantsTls,
        _ if is_refusal && says(&CERTIFICATE_WANTED) => StrangerSign::WantsCertificate,
        (Some(to), _) => StrangerSign::Redirect { status, to: place(to) },
        (None, Some(challenge)) if is_refusal => {
            let scheme = challenge.split([' ', ',']).next().unwrap_or_default();
            StrangerSign::Challenge { status, scheme: scheme.chars().take(SHOWN).collect() }
        }
        _ if GATEWAY.iter().any(|range| range.contains(&status)) => {
            StrangerSign::Gateway { status }
        }
        _ if status == 404 => StrangerSign::NotFound,
        _ if is_refusal => StrangerSign::Refusal { status },
        _ if status >= 500 => StrangerSign::Failure { status },
        _ if body.trim_start().starts_with('<') => StrangerSign::Page { status },
        _ => StrangerSign::NoJson { status },
    }
}

/// Characters of what a stranger says that are kept.
const SHOWN: usize = 120;

/// Host and path of a URL: neither credentials nor a query, which may hold a hash.
pub(crate) fn place(url: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::{is_of_the_api, is_proper, place, sign};
    use crate::model::exchange::{Answer, Request};
    use rstest::rstest;

    fn answer(status: u16, header: &str, body: &str) -> Answer {
        let headers = header.split_once(": ").map(|(name, value)| (name.into(), value.into()));
        let body = body.as_bytes().to_vec();
        Answer { status, headers: headers.into_iter().collect(), body, defect: None }
    }

    #[rstest]
    #[case::granted(200, "{\"success\":true}", true)]
    #[case::refused(400, "{\"success\":false,\"status\":{\"code\":4}}", true)]
    #[case::failed(500, "{\"success\":false}", true)]
    #[case::nearly_json(200, "{'ok': true}", true)]
    #[case::cut(200, "{\"suc", true)]
    #[case::other_json(200, "[]", true)]
    #[case::endless_json(200, "[[[[", true)]
    #[case::in_words(200, "success", true)]
    #[case::error_of_a_gateway(403, "{\"message\":\"Forbidden\"}", false)]
    #[case::page(200, "<p class=\"success\">", false)]
    #[case::page_after_blanks(200, "\n <!doctype html>", false)]
    #[case::plain(404, "404 page not found\n", false)]
    #[case::empty(200, "", true)]
    #[case::empty_redirect(301, "", false)]
    fn the_api_is_known_by_its_form(
        #[case] status: u16,
        #[case] body: &str,
        #[case] expected: bool,
    ) {
        assert_eq!(is_of_the_api(&answer(status, "", body)), expected);
    }

    #[rstest]
    #[case::basic(
        401,
        "www-authenticate: Basic realm=\"x\"",
        "",
        "somebody asks for credentials (HTTP 401, `Basic`)"
    )]
    #[case::gateway(
        502,
        "",
        "<h1>Bad Gateway",
        "a gateway says that it cannot reach its server (HTTP 502)"
    )]
    #[case::cloud(522, "", "", "a gateway says that it cannot reach its server (HTTP 522)")]
    #[case::redirect(
        302,
        "location: https://u:p@x/login?hash=1",
        "<a>",
        "it is a redirect to `https://x/login` (HTTP 302)"
    )]
    #[case::plain_to_tls(
        400,
        "",
        "Client sent an HTTP request to an HTTPS server.\n",
        "it is a complaint that TLS is not spoken"
    )]
    #[case::certificate(
        400,
        "",
        "<center>No required SSL certificate was sent</center>",
        "it is a complaint that there is no client certificate"
    )]
    #[case::not_found(404, "", "", "no such page is known (HTTP 404)")]
    #[case::firewall(
        403,
        "server: waf",
        "<h1>Blocked",
        "somebody refuses to pass it on (HTTP 403)"
    )]
    #[case::failure(500, "", "<h1>Oops", "it is a failure (HTTP 500)")]
    #[case::portal(200, "", "<title>Welcome", "it is a page for people (HTTP 200)")]
    #[case::words(200, "", "It works", "it is no JSON (HTTP 200)")]
    fn a_stranger_is_known_by_what_it_says(
        #[case] status: u16,
        #[case] header: &str,
        #[case] body: &str,
        #[case] expected: &str,
    ) {
        assert_eq!(sign(&answer(status, header, body)).to_string(), expected);
    }

    #[rstest]
    #[case::sign_in("/panel/account/auth", r#"{"login":"1","password":"x"}"#, true)]
    #[case::hash("/panel/account/logout", r#"{"hash":"x"}"#, true)]
    #[case::without_password("/panel/account/auth", r#"{"login":"1"}"#, false)]
    #[case::no_text("/panel/account/logout", r#"{"hash":1}"#, false)]
    #[case::elsewhere("/panel/account/nothing", r#"{"hash":"x"}"#, false)]
    #[case::no_json("/panel/account/logout", "hash=x", false)]
    fn only_some_requests_want_an_answer_of_the_api(
        #[case] path: &str,
        #[case] body: &str,
        #[case] expected: bool,
    ) {
        let request = Request {
            method: "POST".to_owned(),
            path: path.to_owned(),
            query: None,
            headers: Vec::new(),
            body: Some(body.as_bytes().to_vec()),
        };
        assert_eq!(is_proper(&request), expected);
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
