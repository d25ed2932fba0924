//! What stands between the suite and its target: proxies and gateways, and what is said of them.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rstest::rstest;

use crate::support::folder::Folder;
use crate::support::foreign_server::{Dealer, Foreign, Habits, Instead, Seen};
use crate::support::program::{self, Ran, judge, judge_in};
use crate::support::report::read_report;

/// A server that answers everything with this, whatever it is asked.
struct Always {
    port: u16,
    requests: Arc<AtomicUsize>,
}

impl Always {
    fn start(status: &str, headers: &str, body: &str) -> Always {
        let length = body.len();
        let answer = format!(
            "HTTP/1.1 {status}\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n"
        );
        let (head, whole) = (answer.clone(), answer + body);
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let requests = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&requests);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                counter.fetch_add(1, Ordering::Relaxed);
                // A client that goes away is its own business.
                let _ = answer_with(stream, &head, &whole);
            }
        });
        Always { port, requests }
    }
}

fn answer_with(mut stream: TcpStream, head: &str, whole: &str) -> std::io::Result<()> {
    let mut asked = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let read = stream.read(&mut piece)?;
        asked.extend_from_slice(&piece[..read]);
        if read == 0 || is_whole(&asked) {
            break;
        }
    }
    let answer = if asked.starts_with(b"HEAD") { head } else { whole };
    stream.write_all(answer.as_bytes())
}

/// Whether a request is here to its end.
fn is_whole(asked: &[u8]) -> bool {
    let text = String::from_utf8_lossy(asked).to_ascii_lowercase();
    let Some((head, _)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.split("content-length: ").nth(1);
    let length: usize = length.map_or(0, |rest| {
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap_or(0)
    });
    asked.len() >= head.len() + 4 + length
}

const FIXTURES: &str = r#"{"dealer": {"login": "1", "password": "Ein&Wort7"}}"#;
const FEW: [&str; 4] = ["--case", "auth/opens-a-session", "--case", "logout/*"];

/// The last lines of a report, and that judging it again changes nothing.
#[track_caller]
fn judge_kept(url: &str, arguments: &[&str]) -> Ran {
    let folder = Folder::new();
    let fixtures = folder.write("fixtures.json", FIXTURES);
    let report = folder.path("kept.json");
    let kept = format!("json={report}");
    let all = [&[url, "--fixtures", &fixtures, "--report", &kept], arguments].concat();
    let ran = judge(&all);
    let again = program::run(&["rejudge", &report]);
    assert!(again.stdout.starts_with("nothing changed"), "{}", again.stdout);
    assert_eq!(read_report(&report).as_ref(), Some(ran.report()));
    ran
}

#[rstest]
#[case::challenge(
    "401 Unauthorized",
    "WWW-Authenticate: Basic realm=\"x\"\r\n",
    "<h1>401</h1>",
    "somebody asks for credentials (HTTP 401, `Basic`)",
    "Give what it asks for with --header, or a URL that leads past it."
)]
#[case::challenge_in_json(
    "403 Forbidden",
    "WWW-Authenticate: Bearer\r\nContent-Type: application/json\r\n",
    "{\"message\":\"Forbidden\"}",
    "somebody asks for credentials (HTTP 403, `Bearer`)",
    "Give what it asks for with --header, or a URL that leads past it."
)]
#[case::bad_gateway(
    "502 Bad Gateway",
    "Content-Type: text/html\r\n",
    "<h1>502 Bad Gateway</h1>",
    "a gateway says that it cannot reach its server (HTTP 502)",
    "See that the server behind the gateway runs, and that the gateway finds it."
)]
#[case::away(
    "503 Service Unavailable",
    "Content-Type: text/html\r\n",
    "<h1>Soon</h1>",
    "a gateway says that it cannot reach its server (HTTP 503)",
    "See that the server behind the gateway runs, and that the gateway finds it."
)]
#[case::gateway_timeout(
    "504 Gateway Timeout",
    "",
    "upstream request timeout",
    "a gateway says that it cannot reach its server (HTTP 504)",
    "See that the server behind the gateway runs, and that the gateway finds it."
)]
#[case::cloud(
    "526 Invalid SSL Certificate",
    "",
    "error code: 526",
    "a gateway says that it cannot reach its server (HTTP 526)",
    "See that the server behind the gateway runs, and that the gateway finds it."
)]
#[case::portal(
    "200 OK",
    "Content-Type: text/html\r\n",
    "<!DOCTYPE html><title>Welcome to the hotel</title>",
    "it is a page for people (HTTP 200)",
    "See that the URL is what stands before `/panel`, and that nothing in between answers"
)]
#[case::portal_elsewhere(
    "302 Found",
    "Location: http://portal.example/login?from=x\r\n",
    "<a>here</a>",
    "it is a redirect to `http://portal.example/login` (HTTP 302)",
    "Redirects are not followed: give the URL that it leads to, or see who sends you away."
)]
#[case::firewall(
    "403 Forbidden",
    "Content-Type: text/html\r\n",
    "<h1>Request blocked</h1>",
    "somebody refuses to pass it on (HTTP 403)",
    "See that requests from here are let through"
)]
#[case::no_site(
    "404 Not Found",
    "Content-Type: text/html\r\n",
    "<h1>Site not found</h1>",
    "no such page is known (HTTP 404)",
    "See that the URL is what stands before `/panel`."
)]
#[case::failure(
    "500 Internal Server Error",
    "Content-Type: text/html\r\n",
    "<h1>Oops</h1>",
    "it is a failure (HTTP 500)",
    "Look into the target's log."
)]
#[case::tls_wanted(
    "400 Bad Request",
    "",
    "Client sent an HTTP request to an HTTPS server.\n",
    "it is a complaint that TLS is not spoken",
    "Give the URL with https:// rather than http://."
)]
#[case::certificate_wanted(
    "400 Bad Request",
    "Content-Type: text/html\r\n",
    "<center>No required SSL certificate was sent</center>",
    "it is a complaint that there is no client certificate",
    "Give one with --client-cert and --client-key."
)]
#[case::nothing(
    "304 Not Modified",
    "",
    "",
    "it is no JSON (HTTP 304)",
    "See that the URL is what stands"
)]
fn who_answers_in_the_place_of_the_api_is_told_and_nothing_is_held_against_the_target(
    #[case] status: &str,
    #[case] headers: &str,
    #[case] body: &str,
    #[case] sign: &str,
    #[case] next: &str,
) {
    let server = Always::start(status, headers, body);
    let ran = judge_kept(&format!("http://127.0.0.1:{}", server.port), &FEW);
    ran.expect(3, "inconclusive");
    assert_eq!((ran.count("must", "failed"), ran.count("must", "passed")), (0, 0));
    let expected = format!("no answer was one of the API: each time, {sign}");
    assert_eq!(ran.checks("unjudged")[0].1, expected);
    let last = ran.stdout.lines().last().unwrap_or_default();
    assert!(last.starts_with(next), "{last}");
}

#[rstest]
#[case::empty_object("200 OK", "{}")]
#[case::success("200 OK", "{\"success\":true}")]
#[case::refusal("400 Bad Request", "{\"success\":false,\"status\":{\"code\":4}}")]
#[case::failure_in_form("500 Internal Server Error", "{\"success\":false,\"status\":{\"code\":6}}")]
#[case::odd_quotes("200 OK", "{'success': true}")]
fn a_target_that_answers_at_all_is_held_to_it(#[case] status: &str, #[case] body: &str) {
    let server = Always::start(status, "Content-Type: application/json\r\n", body);
    let ran = judge_kept(&format!("http://127.0.0.1:{}", server.port), &FEW);
    ran.expect(1, "nonconformant");
}

/// One answer of the API shows that the target is there: then a page in the place of another answer
/// is its own.
#[test]
fn a_page_among_answers_is_the_targets() {
    fn logout(seen: &Seen) -> bool {
        seen.asked.target.contains("/logout")
    }
    let stumbles = Some((logout as fn(&Seen) -> bool, Instead::Page("502 Bad Gateway")));
    let server = Foreign::start(Habits { stumbles, ..Habits::default() });
    server.judge(&FEW).expect(1, "nonconformant");
}

#[rstest]
#[case::credentials(
    "407 Proxy Authentication Required",
    "Proxy-Authenticate: Basic realm=\"x\"\r\n",
    "asks for a name and a password: HTTP 407",
    "Give them with the proxy"
)]
#[case::told(
    "502 Bad Gateway",
    "Proxy-Status: p; error=connection_refused\r\n",
    "lets nothing through to it: HTTP 502",
    "See that the target runs, and that the proxy can reach it"
)]
#[case::squid(
    "503 Service Unavailable",
    "X-Squid-Error: ERR_CONNECT_FAIL 111\r\n",
    "lets nothing through to it: HTTP 503",
    "See that the target runs, and that the proxy can reach it"
)]
#[case::tinyproxy(
    "500 Unable to connect",
    "Server: tinyproxy/1.11.1\r\n",
    "lets nothing through to it: HTTP 500",
    "See that the target runs, and that the proxy can reach it"
)]
fn what_a_proxy_says_itself_is_not_the_targets(
    #[case] status: &str,
    #[case] headers: &str,
    #[case] reason: &str,
    #[case] next: &str,
) {
    let proxy = Always::start(status, headers, "<h1>Proxy</h1>");
    let through = format!("http://me:Proxy-Pass@127.0.0.1:{}", proxy.port);
    let ran = judge_kept("http://panel.example.test", &[&FEW[..], &["--proxy", &through]].concat());
    ran.expect(3, "inconclusive");
    let expected =
        format!("the target cannot be reached: the proxy `127.0.0.1:{}` {reason}", proxy.port);
    assert_eq!(ran.checks("unjudged")[0].1, expected);
    let last = ran.stdout.lines().last().unwrap_or_default();
    assert!(last.starts_with(next), "{last}");
    assert!(!ran.stdout.contains("Proxy-Pass"), "{}", ran.stdout);
    assert!(!ran.report().to_string().contains("Proxy-Pass"));
}

#[rstest]
#[case::credentials("407 Proxy Authentication Required", "asks for a name and a password")]
#[case::refused("403 Forbidden", "lets nothing through to it")]
#[case::not_reached("502 Bad Gateway", "lets nothing through to it")]
fn a_proxy_that_makes_no_tunnel_is_named(#[case] status: &str, #[case] reason: &str) {
    let proxy = Always::start(status, "", "");
    let through = format!("http://127.0.0.1:{}", proxy.port);
    let ran =
        judge_kept("https://panel.example.test", &[&FEW[..], &["--proxy", &through]].concat());
    ran.expect(3, "inconclusive");
    let expected =
        format!("the target cannot be reached: the proxy `127.0.0.1:{}` {reason}", proxy.port);
    let told = &ran.checks("unjudged")[0].1;
    assert!(told.starts_with(&expected), "{told}");
}

#[rstest]
#[case::scheme("ftp://127.0.0.1:PORT")]
#[case::unknown("proxy://127.0.0.1:PORT")]
#[case::empty("")]
#[case::path("http://127.0.0.1:PORT/proxy.pac")]
#[case::port("http://127.0.0.1:999999")]
#[case::credentials("ftp://me:Proxy-Pass@127.0.0.1:PORT")]
fn a_proxy_that_cannot_be_used_is_an_error_and_nobody_is_asked(#[case] proxy: &str) {
    let target = Always::start("200 OK", "", "{}");
    let url = format!("http://127.0.0.1:{}", target.port);
    let proxy = proxy.replace("PORT", &target.port.to_string());
    let ran = program::run(&[&url, "--proxy", &proxy]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("error: cannot use the proxy: "), "{}", ran.stderr);
    assert!(!ran.stderr.contains("Proxy-Pass"), "{}", ran.stderr);
    assert_eq!(target.requests.load(Ordering::Relaxed), 0);
}

#[test]
fn a_proxy_of_the_environment_is_named() {
    let folder = Folder::new();
    let fixtures = folder.write("fixtures.json", FIXTURES);
    let url = "http://panel.example.test";
    let arguments = [&[url, "--fixtures", &fixtures], &FEW[..]].concat();

    let through = "http://me:Proxy-Pass@127.0.0.1:1";
    let ran = judge_in(&[("HTTP_PROXY", through)], &arguments);
    ran.expect(3, "inconclusive");
    assert!(ran.stdout.contains("the proxy `127.0.0.1:1` cannot be reached"), "{}", ran.stdout);
    let named = "reached with HTTP_PROXY=http://127.0.0.1:1\n";
    assert!(ran.stdout.contains(named), "{}", ran.stdout);
    assert_eq!(ran.report()["target"]["overrides"][0], "HTTP_PROXY=http://127.0.0.1:1");
    assert!(!ran.report().to_string().contains("Proxy-Pass"));

    let excepted = [("HTTP_PROXY", through), ("NO_PROXY", "example.test")];
    let ran = judge_in(&excepted, &arguments);
    assert!(!ran.stdout.contains("HTTP_PROXY"), "{}", ran.stdout);

    let ran = program::run_in(&[("all_proxy", "ftp://me:Proxy-Pass@127.0.0.1:1")], &arguments);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("`all_proxy`"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("Proxy-Pass"), "{}", ran.stderr);
}

/// A proxy of SOCKS version 5 that leads everybody to one port, whatever they ask for; it notes
/// whether it was given a name or an address.
fn socks(port: u16) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let own = listener.local_addr().expect("it is bound").port();
    let names = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&names);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let counter = Arc::clone(&counter);
            // A client that goes away is its own business.
            std::thread::spawn(move || lead(stream, port, &counter).ok());
        }
    });
    (own, names)
}

fn lead(mut client: TcpStream, port: u16, names: &AtomicUsize) -> std::io::Result<()> {
    let mut methods = [0; 2];
    client.read_exact(&mut methods)?;
    client.read_exact(&mut vec![0; usize::from(methods[1])])?;
    client.write_all(&[5, 0])?;
    let mut asked = [0; 4];
    client.read_exact(&mut asked)?;
    let length = if asked[3] == 3 {
        names.fetch_add(1, Ordering::Relaxed);
        let mut length = [0];
        client.read_exact(&mut length)?;
        usize::from(length[0])
    } else {
        4
    };
    client.read_exact(&mut vec![0; length + 2])?;
    let mut server = TcpStream::connect(("127.0.0.1", port))?;
    client.write_all(&[5, 0, 0, 1, 127, 0, 0, 1, 0, 0])?;
    let (mut from, mut to) = (client.try_clone()?, server.try_clone()?);
    std::thread::spawn(move || std::io::copy(&mut from, &mut to));
    std::io::copy(&mut server, &mut client)?;
    client.shutdown(std::net::Shutdown::Both)
}

#[rstest]
#[case::the_proxy_looks_hosts_up("socks5h", "panel.example.test", true)]
#[case::the_suite_looks_hosts_up("socks5", "127.0.0.9", false)]
fn a_proxy_of_socks_leads_to_the_target(
    #[case] scheme: &str,
    #[case] host: &str,
    #[case] is_given_names: bool,
) {
    let dealer = Dealer { role: "dealer", login: "1".to_owned(), password: "Ein&Wort7".to_owned() };
    let server = Foreign::start_with(Habits::default(), vec![dealer]);
    let (port, names) = socks(server.port());
    let through = format!("{scheme}://127.0.0.1:{port}");
    let url = format!("http://{host}:{}/api-v2", server.port());
    let ran = judge_kept(&url, &[&FEW[..], &["--proxy", &through, "--rate", "0"]].concat());
    assert_eq!((ran.count("must", "failed"), ran.count("must", "unjudged")), (0, 0));
    assert_eq!(names.load(Ordering::Relaxed) > 0, is_given_names);
}

#[rstest]
#[case::other_port("panel.example.test:81:127.0.0.1")]
#[case::other_host("other.example.test:80:127.0.0.1")]
fn an_address_for_somebody_else_is_an_error(#[case] entry: &str) {
    let ran = program::run(&["http://panel.example.test", "--resolve", entry]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    let expected = format!(
        "error: `{entry}` changes nothing: the host and port that this run looks up are \
         panel.example.test:80\n"
    );
    assert!(ran.stderr.ends_with(&expected), "{}", ran.stderr);
}

#[test]
fn a_host_is_found_in_every_spelling_and_at_any_of_its_addresses() {
    let dealer = Dealer { role: "dealer", login: "1".to_owned(), password: "Ein&Wort7".to_owned() };
    let server = Foreign::start_with(Habits::default(), vec![dealer]);
    let port = server.port();
    let url = format!("http://Bücher.example.:{port}/api-v2");
    // Nobody listens at the first address.
    let entry = format!("BÜCHER.example:{port}:127.0.0.77,[127.0.0.1]");
    let ran = judge_kept(&url, &[&FEW[..], &["--resolve", &entry, "--rate", "0"]].concat());
    assert_eq!((ran.count("must", "failed"), ran.count("must", "unjudged")), (0, 0));
    assert!(ran.stdout.contains("reached with --resolve "), "{}", ran.stdout);
}

/// Of two values of a header a server may take either, so that what it answers shows nothing.
#[test]
fn a_header_of_the_operator_leaves_out_the_steps_that_send_their_own() {
    let server = Foreign::start(Habits::default());
    let ran = server.judge(&["--header", "Authorization: Basic c2VzYW1lOm9wZW4="]);
    ran.expect(0, "conformant");
    let warning = "would send the header `Authorization` with another value than --header";
    assert!(ran.stderr.contains(warning), "{}", ran.stderr);
    assert_eq!(ran.count("should", "unjudged"), 0, "{:#?}", ran.checks("unjudged"));
    let left_out = ran.checks("not applicable");
    let told = "the header `Authorization` is sent with the value of --header, so that the step \
                cannot send its own";
    assert!(left_out.iter().any(|(_, reason)| reason == told), "{left_out:#?}");
    for seen in server.seen() {
        assert_eq!(seen.asked.headers["authorization"], "Basic c2VzYW1lOm9wZW4=");
    }
}
