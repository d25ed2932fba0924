//! TLS: everything that may be wrong with it is told by its name, with what to do; and what is right
//! is used.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use rcgen::{BasicConstraints, IsCa, date_time_ymd};
use rstest::rstest;
use rustls::version::{TLS12, TLS13};

use crate::support::folder::Folder;
use crate::support::foreign_server::{Foreign, Habits};
use crate::support::program::{Ran, judge};
use crate::support::tls_front::{Authority, Front, Identity, Speaks};

const ONE: [&str; 2] = ["--case", "auth/opens-a-session"];

/// Judges one case at a TLS port of this machine.
#[track_caller]
fn judge_port(port: u16, server: &Foreign, arguments: &[&str]) -> Ran {
    let folder = Folder::new();
    let fixtures = folder.write("fixtures.json", &server.fixtures());
    let url = format!("https://localhost:{port}/api-v2");
    let all = [&[url.as_str(), "--fixtures", &fixtures], &ONE[..], arguments].concat();
    judge(&all)
}

/// Holds a run to what it has to say of a target that cannot be reached, and of what to do.
#[track_caller]
fn check_told(ran: &Ran, reason: &str, next: &str) {
    ran.expect(3, "inconclusive");
    let reasons = ran.checks("unjudged");
    let told = format!("the target cannot be reached: {reason}");
    assert!(reasons[0].1.starts_with(&told), "{}", reasons[0].1);
    let last = ran.stdout.lines().last().unwrap_or_default();
    assert!(last.starts_with(next), "{last}");
}

#[track_caller]
fn check_reached(ran: &Ran) {
    let counts = ["failed", "unjudged"].map(|outcome| ran.count("must", outcome));
    assert_eq!(counts, [0, 0], "{}", ran.stdout);
    assert!(ran.count("must", "passed") > 0);
}

fn good(authority: &Authority) -> Identity {
    authority.sign(&["localhost"], |_| {})
}

fn expired(authority: &Authority) -> Identity {
    authority.sign(&["localhost"], |params| {
        params.not_before = date_time_ymd(2019, 1, 1);
        params.not_after = date_time_ymd(2020, 1, 1);
    })
}

fn of_the_future(authority: &Authority) -> Identity {
    authority.sign(&["localhost"], |params| params.not_before = date_time_ymd(2200, 1, 1))
}

fn of_another_host(authority: &Authority) -> Identity {
    authority.sign(&["elsewhere.example", "127.0.0.1"], |_| {})
}

fn without_intermediate(authority: &Authority) -> Identity {
    authority.below("between").sign(&["localhost"], |_| {})
}

fn of_strangers(_: &Authority) -> Identity {
    let root = Authority::root("stranger");
    let between = root.below("between");
    let mut identity = between.sign(&["localhost"], |_| {});
    identity.chain.extend([between.certificate, root.certificate]);
    identity
}

fn self_signed(_: &Authority) -> Identity {
    Identity::self_signed(&["localhost"], IsCa::NoCa)
}

#[rstest]
#[case::expired(
    expired,
    "its certificate has expired: it was good until 2020-01-01T00:00:00Z",
    "Renew the target's certificate"
)]
#[case::of_the_future(
    of_the_future,
    "its certificate is not valid yet: it is good from 2200-01-01T00:00:00Z",
    "See that the clocks of this machine"
)]
#[case::of_another_host(
    of_another_host,
    "its certificate is for other hosts: it is for elsewhere.example, 127.0.0.1",
    "Give the URL with a name that the certificate has"
)]
#[case::without_intermediate(
    without_intermediate,
    "its certificate is signed by somebody unknown here, and the target sends no other",
    "If a known authority stands behind it, let the target send the intermediate"
)]
#[case::of_strangers(
    of_strangers,
    "its certificate is signed by somebody unknown here: ",
    "Name the authority that signed the certificate with --ca-cert"
)]
#[case::self_signed(
    self_signed,
    "its certificate is signed by itself, which nobody vouches for",
    "If it is the certificate that the target should have, trust it"
)]
fn what_is_wrong_with_a_certificate_is_told(
    #[case] identity: fn(&Authority) -> Identity,
    #[case] reason: &str,
    #[case] next: &str,
) {
    let server = Foreign::start(Habits::default());
    let authority = Authority::root("root");
    let front = Front::start(identity(&authority).server(), Speaks::Http1, server.port());
    let folder = Folder::new();
    let ran = judge_port(front.port, &server, &["--ca-cert", &authority.file(&folder)]);
    check_told(&ran, reason, next);
    assert!(server.seen().is_empty());
}

#[rstest]
#[case::of_a_server(IsCa::NoCa, None)]
#[case::of_an_authority(
    IsCa::Ca(BasicConstraints::Unconstrained),
    Some("its certificate is that of an authority, which no server may present")
)]
fn a_certificate_that_signs_itself_can_be_trusted_if_it_is_a_servers(
    #[case] is_ca: IsCa,
    #[case] reason: Option<&str>,
) {
    let server = Foreign::start(Habits::default());
    let identity = Identity::self_signed(&["localhost"], is_ca);
    let front = Front::start(identity.server(), Speaks::Http1, server.port());
    let folder = Folder::new();
    let ran = judge_port(front.port, &server, &["--ca-cert", &identity.file(&folder)]);
    match reason {
        Some(reason) => check_told(&ran, reason, "Give the target a certificate with"),
        None => check_reached(&ran),
    }
}

/// A target far away, behind a path, is judged like one nearby.
#[rstest]
#[case::http_1(Speaks::Http1)]
#[case::http_2(Speaks::RefusingHttp2(usize::MAX))]
fn a_target_far_away_is_reached(#[case] speaks: Speaks) {
    let latency = Duration::from_millis(100);
    let server = Foreign::start(Habits { latency, ..Habits::default() });
    let authority = Authority::root("root");
    let front = Front::start(good(&authority).server(), speaks, server.port());
    let folder = Folder::new();
    check_reached(&judge_port(front.port, &server, &["--ca-cert", &authority.file(&folder)]));
    assert_eq!(server.open_sessions(), 0);
}

/// A server that answers whatever is said first with these bytes, and hangs up.
fn answering(bytes: &'static [u8]) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = listener.local_addr().expect("it is bound").port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            // A client that goes away is its own business.
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(bytes);
        }
    });
    port
}

#[rstest]
#[case::version(
    b"\x15\x03\x01\x00\x02\x02\x46",
    "it speaks no version of TLS that is still in use",
    "Let the target speak TLS 1.2 or 1.3."
)]
#[case::ciphers(
    b"\x15\x03\x03\x00\x02\x02\x28",
    "it has no TLS cipher suite in common with the suite",
    "Let the target offer a cipher suite"
)]
#[case::name(
    b"\x15\x03\x03\x00\x02\x02\x70",
    "it serves no host of that name over TLS",
    "Give the URL with the name"
)]
#[case::closed(
    b"",
    "it closes the connection during the TLS handshake",
    "See that a TLS server listens on that port"
)]
#[case::plain(
    b"HTTP/1.1 400 Bad Request\r\n\r\n",
    "it does not speak TLS there",
    "The target does not speak TLS there; is it http://"
)]
fn a_handshake_that_fails_says_why(
    #[case] bytes: &'static [u8],
    #[case] reason: &str,
    #[case] next: &str,
) {
    let server = Foreign::start(Habits::default());
    check_told(&judge_port(answering(bytes), &server, &[]), reason, next);
}

#[rstest]
#[case::tls_1_3(&[&TLS13])]
#[case::tls_1_2(&[&TLS12])]
fn a_client_certificate_is_shown_where_one_is_wanted(
    #[case] versions: &[&'static rustls::SupportedProtocolVersion],
) {
    let server = Foreign::start(Habits::default());
    let authority = Authority::root("root");
    let config = good(&authority).server_that_asks(&authority, versions);
    let front = Front::start(config, Speaks::Http1, server.port());
    let folder = Folder::new();
    let trust = authority.file(&folder);
    let judge_with = |arguments: &[&str]| {
        judge_port(front.port, &server, &[&["--ca-cert", &trust], arguments].concat())
    };

    let wanted = "it wants a client certificate";
    check_told(&judge_with(&[]), wanted, "Give one that the target accepts with --client-cert");

    let mine = authority.sign(&["me"], |_| {});
    let (certificate, key) = (mine.file(&folder), folder.write("key", &mine.key.serialize_pem()));
    check_reached(&judge_with(&["--client-cert", &certificate, "--client-key", &key]));

    let both = mine.chain[0].pem() + &mine.key.serialize_pem();
    let ran = judge_with(&["--client-cert", &folder.write("both", &both)]);
    check_reached(&ran);
    assert!(ran.stdout.contains("--client-cert "), "{}", ran.stdout);
    assert!(!ran.stdout.contains("PRIVATE"), "{}", ran.stdout);

    let other = Authority::root("another").sign(&["me"], |_| {});
    let text = other.chain[0].pem() + &other.key.serialize_pem();
    let ran = judge_with(&["--client-cert", &folder.write("other", &text)]);
    let refused = "it refuses the client certificate";
    check_told(&ran, refused, "See that --client-cert names a certificate that is valid");
}

#[test]
fn a_client_certificate_that_cannot_be_used_is_an_error_before_anything_is_sent() {
    let server = Foreign::start(Habits::default());
    let folder = Folder::new();
    let authority = Authority::root("root");
    let [mine, other] = [0, 1].map(|_| authority.sign(&["me"], |_| {}));
    let certificate = mine.file(&folder);
    let check = |arguments: &[&str], expected: &str| {
        let url = server.url();
        let ran = crate::support::program::run(&[&[url.as_str()], arguments].concat());
        assert_eq!(ran.code, 2, "{}", ran.stderr);
        assert!(ran.stderr.contains(expected), "{}", ran.stderr);
        assert!(!ran.stderr.contains("MI"), "{}", ran.stderr);
    };
    let with_key = |name: &str, text: &str| folder.write(name, text);
    let secret =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let old = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMIIB\n-----END RSA PRIVATE KEY-----\n";
    let keys = [
        (
            with_key("wrong", &other.key.serialize_pem()),
            "its key is not that of the first certificate",
        ),
        (with_key("secret", secret), "its key is encrypted"),
        (with_key("old", old), "its key is encrypted"),
        (with_key("none", "nothing"), "there is no private key in PEM form in it"),
        (certificate.clone(), "there is no private key in PEM form in it; it holds CERTIFICATE"),
        (folder.path("away"), "No such file"),
    ];
    for (key, expected) in &keys {
        check(&["--client-cert", &certificate, "--client-key", key], expected);
    }
    check(&["--client-cert", &certificate], "name the file that has it: --client-key");
    check(&["--client-cert", &keys[3].0], "there is no certificate in PEM form in it");
    check(&["--client-key", &certificate], "--client-cert <FILE>");
    let der = folder.path("der");
    std::fs::write(&der, mine.chain[0].der()).expect("the folder is there");
    check(&["--client-cert", &der], "it is in DER form");
    assert!(server.seen().is_empty());
}

/// Nobody can mistake a verdict of a target that was not verified for one of a target that was.
#[test]
fn a_verdict_without_verification_says_so_everywhere() {
    let server = Foreign::start(Habits::default());
    let identity = Identity::self_signed(&["elsewhere.example"], IsCa::NoCa);
    let front = Front::start(identity.server(), Speaks::Http1, server.port());
    let folder = Folder::new();
    let formats = ["markdown", "html", "certificate", "github", "badge", "badge-svg", "junit"];
    let paths = formats.map(|format| folder.path(format));
    let reports = formats.iter().zip(&paths).map(|(format, path)| format!("{format}={path}"));
    let reports: Vec<String> = reports.collect();
    let mut arguments = vec!["--insecure"];
    arguments.extend(reports.iter().flat_map(|report| ["--report", report]));
    let ran = judge_port(front.port, &server, &arguments);
    check_reached(&ran);
    let verdict = ran.stdout.lines().find(|line| line.starts_with("INCOMPLETE"));
    assert!(verdict.is_some_and(|line| line.contains("--insecure")), "{}", ran.stdout);
    let read = |path: &String| std::fs::read_to_string(path).expect("it was written");
    for (format, path) in formats.iter().zip(&paths) {
        let said = if format.starts_with("badge") { "unverified TLS" } else { "--insecure" };
        assert!(read(path).contains(said), "{format}: {}", read(path));
    }
    let certificate = read(&paths[2]);
    assert!(certificate.starts_with("# NOT A CERTIFICATE: "), "{certificate}");
}

#[test]
fn a_target_may_be_an_address_of_ipv6() {
    if TcpListener::bind("[::1]:0").is_err() {
        crate::support::program::say_not_tried("this machine has no IPv6");
        return;
    }
    let server = Foreign::start(Habits::default());
    let authority = Authority::root("root");
    let identity = authority.sign(&["::1"], |_| {});
    let front = Front::start_at("::1", identity.server(), server.port());
    let folder = Folder::new();
    let fixtures = folder.write("fixtures.json", &server.fixtures());
    let url = format!("https://[::1]:{}/api-v2", front.port);
    let trust = authority.file(&folder);
    let ran =
        judge(&[&[url.as_str(), "--fixtures", &fixtures, "--ca-cert", &trust], &ONE[..]].concat());
    check_reached(&ran);
}

/// HTTP/2 says which requests were not processed: those are sent again, sign-ins too, and no other.
#[rstest]
#[case::refused(Speaks::RefusingHttp2(2))]
#[case::left_at_once(Speaks::LeavingHttp2(1))]
#[case::left(Speaks::LeavingHttp2(3))]
fn what_http_2_refuses_is_sent_again(#[case] speaks: Speaks) {
    let server = Foreign::start(Habits::default());
    let authority = Authority::root("root");
    let front = Front::start(good(&authority).server(), speaks, server.port());
    let folder = Folder::new();
    let fixtures = folder.write("fixtures.json", &server.fixtures());
    let url = format!("https://localhost:{}/api-v2", front.port);
    let trust = authority.file(&folder);
    let selected = ["--case", "auth/*", "--case", "sessions/*", "--case", "logout/*"];
    let all = [&[url.as_str(), "--fixtures", &fixtures, "--ca-cert", &trust], &selected[..]];
    let ran = judge(&all.concat());
    check_reached(&ran);
    assert_eq!(server.open_sessions(), 0);
}
