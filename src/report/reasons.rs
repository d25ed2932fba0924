//! Checks that hang on one reason, and what would help.

use std::cmp::Reverse;
use std::collections::HashSet;

use crate::model::exchange::{CertificateFault, HandshakeFault, NoAnswer, Obstacle};
use crate::model::level::Level;
use crate::model::outcome::{CheckResult, Outcome};
use crate::model::reason::{Reason, ReasonKind, StrangerSign};
use crate::model::stopped::Stopped;

/// Checks that hang on one reason.
#[derive(Debug)]
pub(crate) struct ReasonGroup<'a> {
    /// The reason.
    pub reason: &'a Reason,
    /// The checks; at least one.
    pub checks: Vec<&'a CheckResult>,
}

impl<'a> ReasonGroup<'a> {
    /// The cases, each once.
    pub(crate) fn cases(&self) -> Vec<&'a str> {
        let mut known = HashSet::new();
        let cases = self.checks.iter().map(|check| check.case.as_str());
        cases.filter(|case| known.insert(*case)).collect()
    }

    /// `9 must, 5 should`.
    pub(crate) fn levels(&self) -> String {
        let of_level = |level: Level| {
            let count = self.checks.iter().filter(|check| check.level == level).count();
            (count > 0).then(|| format!("{count} {level}"))
        };
        Level::ALL.into_iter().filter_map(of_level).collect::<Vec<_>>().join(", ")
    }

    /// What would help, as a sentence; `None` where the reason says it or nothing does.
    pub(crate) fn remedy(&self) -> Option<&'static str> {
        match self.reason {
            Reason::Unreachable { failure: NoAnswer::Unreachable(why), .. } => {
                Some(after_unreachable(&why.obstacle))
            }
            Reason::NoAnswer { failure, .. } => after_no_answer(failure),
            Reason::Stranger(stranger) => Some(after_stranger(&stranger.sign)),
            Reason::Stopped { by: Stopped::Interrupted } => Some(GO_ON),
            reason => after(reason.kind()),
        }
    }
}

/// What to do after a run that somebody interrupted.
pub(super) const GO_ON: &str = "Run it again to judge the rest.";

/// What would help against a kind of reason.
fn after(kind: ReasonKind) -> Option<&'static str> {
    match kind {
        ReasonKind::Unreachable => Some(after_unreachable(&Obstacle::Other)),
        ReasonKind::NoAnswer => Some("Look into the target's log."),
        ReasonKind::Stranger => Some(LOOK_AT_THE_URL),
        ReasonKind::RateLimited => Some("Run it again later, or more slowly with --rate."),
        ReasonKind::FixtureDoubted => Some(
            "Correct the fixture; where it is right, add --trust-fixtures, and the target is held \
             to it.",
        ),
        ReasonKind::EarlierStep => Some("It comes right when the earlier step does."),
        ReasonKind::Stopped => Some("Run it again when what stopped it is mended."),
        ReasonKind::SuiteFailed => {
            Some("This is a bug of the suite; please report the case, the place and the version.")
        }
        ReasonKind::NotGranted => Some("It is judged when the call is granted."),
        ReasonKind::NotRefused => Some("It is judged when the call is refused."),
        ReasonKind::NoProperAnswer => Some("It is judged when the call is granted or refused."),
        ReasonKind::HeaderTaken => Some("It is judged when --header does not name that header."),
        ReasonKind::BeyondLimit
        | ReasonKind::BeyondWidth
        | ReasonKind::NotRecorded
        | ReasonKind::FixtureMissing
        | ReasonKind::Deselected
        | ReasonKind::DoesNotBind => None,
    }
}

const LOOK_AT_THE_URL: &str = "See that the URL is what stands before `/panel`, and that nothing \
                               in between answers in the target's place.";

/// What would help if a request was not answered.
fn after_no_answer(failure: &NoAnswer) -> Option<&'static str> {
    match failure {
        NoAnswer::Unreachable(why) => Some(after_unreachable(&why.obstacle)),
        NoAnswer::TimedOut(_) => {
            Some("Look into the target's log, or give it more time with --timeout.")
        }
        NoAnswer::Broken(_) => {
            Some("Look into the log of the target, and of whatever stands in between.")
        }
        NoAnswer::NotHttp(_) => Some("See that an HTTP server listens on that port."),
        NoAnswer::TooLarge(_) | NoAnswer::HeadTooLarge(_) | NoAnswer::FramingTooLarge(_) => {
            Some("Let the target answer with less; the suite reads no more.")
        }
        NoAnswer::Unsendable(_) | NoAnswer::Cut(_) => None,
    }
}

/// What would help if somebody else answered in the place of the target.
fn after_stranger(sign: &StrangerSign) -> &'static str {
    match sign {
        StrangerSign::WantsTls => "Give the URL with https:// rather than http://.",
        StrangerSign::WantsCertificate => "Give one with --client-cert and --client-key.",
        StrangerSign::Redirect { .. } => {
            "Redirects are not followed: give the URL that it leads to, or see who sends you away."
        }
        StrangerSign::Challenge { .. } => {
            "Give what it asks for with --header, or a URL that leads past it."
        }
        StrangerSign::Gateway { .. } => {
            "See that the server behind the gateway runs, and that the gateway finds it."
        }
        StrangerSign::Failure { .. } => "Look into the target's log.",
        StrangerSign::Refusal { .. } => {
            "See that requests from here are let through, and that the URL is what stands before \
             `/panel`."
        }
        StrangerSign::NotFound => "See that the URL is what stands before `/panel`.",
        StrangerSign::Page { .. } | StrangerSign::NoJson { .. } => LOOK_AT_THE_URL,
    }
}

/// What would help if no connection could be made.
fn after_unreachable(obstacle: &Obstacle) -> &'static str {
    match obstacle {
        Obstacle::Certificate => after_certificate(CertificateFault::UnknownIssuer),
        Obstacle::BadCertificate(fault) => after_certificate(*fault),
        Obstacle::Handshake(fault) => after_handshake(*fault),
        Obstacle::NoTls => {
            "The target does not speak TLS there; is it http:// rather than https://?"
        }
        Obstacle::Proxy(_) => {
            "See that the proxy runs, and that it is the one that --proxy, or a variable such as \
             HTTPS_PROXY, should name."
        }
        Obstacle::ProxyCredentials(_) => {
            "Give them with the proxy, in PANEL_PROXY rather than in --proxy, which others can see: \
             http://NAME:PASSWORD@HOST:PORT"
        }
        Obstacle::Tunnel(_) => {
            "See that the target runs, and that the proxy can reach it and may; where no proxy is \
             needed, leave --proxy out, or name the target in NO_PROXY."
        }
        Obstacle::Other => "See that the target runs and can be reached from here.",
    }
}

/// What would help if a certificate is not trusted.
fn after_certificate(fault: CertificateFault) -> &'static str {
    match fault {
        CertificateFault::Expired => {
            "Renew the target's certificate; if it is new, see that the clock of this machine is \
             right."
        }
        CertificateFault::NotYetValid => {
            "See that the clocks of this machine and of the one that issued the certificate are \
             right."
        }
        CertificateFault::OtherName => {
            "Give the URL with a name that the certificate has; if that leads elsewhere, add \
             --resolve."
        }
        CertificateFault::SelfSigned => {
            "If it is the certificate that the target should have, trust it: name its file with \
             --ca-cert."
        }
        CertificateFault::Alone => {
            "If a known authority stands behind it, let the target send the intermediate \
             certificates too; otherwise name the authority with --ca-cert."
        }
        CertificateFault::UnknownIssuer => {
            "Name the authority that signed the certificate with --ca-cert, or do not verify it: \
             --insecure."
        }
        CertificateFault::Authority => {
            "Give the target a certificate with the basic constraint CA:FALSE; to trust this one \
             with --ca-cert does not help."
        }
        CertificateFault::Revoked => "Give the target another certificate.",
        CertificateFault::Other => {
            "Mend the target's certificate, or do not verify it: --insecure."
        }
    }
}

/// What would help if a TLS handshake failed.
fn after_handshake(fault: HandshakeFault) -> &'static str {
    match fault {
        HandshakeFault::Version => "Let the target speak TLS 1.2 or 1.3.",
        HandshakeFault::Ciphers => {
            "Let the target offer a cipher suite of TLS 1.3, or of TLS 1.2 with ECDHE and AES-GCM \
             or ChaCha20."
        }
        HandshakeFault::Name => {
            "Give the URL with the name that the target serves; if that leads elsewhere, add \
             --resolve."
        }
        HandshakeFault::ClientCertificateWanted => {
            "Give one that the target accepts with --client-cert and --client-key."
        }
        HandshakeFault::ClientCertificateRefused => {
            "See that --client-cert names a certificate that is valid and that the target trusts."
        }
        HandshakeFault::Closed => {
            "See that a TLS server listens on that port, and that nothing on the way closes its \
             connections."
        }
        HandshakeFault::Other => "Look into the target's log.",
    }
}

/// Checks with an outcome that has a reason, by the reason; those first that explain others.
pub(super) fn reason_groups<'a>(
    checks: &'a [CheckResult],
    is_meant: fn(&Outcome) -> bool,
) -> Vec<ReasonGroup<'a>> {
    let mut reason_groups: Vec<ReasonGroup<'a>> = Vec::new();
    for check in checks.iter().filter(|check| is_meant(&check.outcome)) {
        let Some(reason) = check.outcome.reason() else { continue };
        match reason_groups.iter_mut().find(|group| group.reason == reason) {
            Some(group) => group.checks.push(check),
            None => reason_groups.push(ReasonGroup { reason, checks: vec![check] }),
        }
    }
    reason_groups.sort_by_key(|group| (group.reason.kind(), Reverse(group.checks.len())));
    reason_groups
}

/// Puts the checks that were not tried because the run was stopped to what stopped it.
pub(super) fn with_what_stopped(mut reason_groups: Vec<ReasonGroup<'_>>) -> Vec<ReasonGroup<'_>> {
    if reason_groups.first().is_none_or(|first| first.reason.kind() >= ReasonKind::FixtureDoubted) {
        return reason_groups;
    }
    // Whoever interrupts a run stops it whatever else was in its way.
    let is_stopped = |group: &ReasonGroup<'_>| matches!(group.reason, Reason::Stopped { by } if *by != Stopped::Interrupted);
    let (stopped, mut rest): (Vec<_>, Vec<_>) = reason_groups.drain(..).partition(is_stopped);
    rest[0].checks.extend(stopped.into_iter().flat_map(|group| group.checks));
    rest
}

#[cfg(test)]
mod tests {
    use super::{after_no_answer, after_stranger, after_unreachable};
    use crate::model::exchange::{CertificateFault, HandshakeFault, NoAnswer, Obstacle};
    use crate::model::reason::StrangerSign;
    use rstest::rstest;
    use std::time::Duration;

    /// Options and places that advice may name; what is not asked for is not to be named.
    const NAMES: [&str; 14] = [
        "--ca-cert",
        "--client-cert",
        "--client-key",
        "--header",
        "--insecure",
        "--proxy",
        "--resolve",
        "--timeout",
        "CA:FALSE",
        "NO_PROXY",
        "PANEL_PROXY",
        "URL",
        "clock",
        "log",
    ];

    #[track_caller]
    fn check_names(advice: &str, expected: &[&str]) {
        let named: Vec<&str> = NAMES.into_iter().filter(|name| advice.contains(name)).collect();
        assert_eq!(named, expected, "{advice}");
    }

    fn host() -> String {
        "p:1".to_owned()
    }

    #[rstest]
    #[case(Obstacle::Certificate, &["--ca-cert", "--insecure"])]
    #[case(Obstacle::BadCertificate(CertificateFault::Expired), &["clock"])]
    #[case(Obstacle::BadCertificate(CertificateFault::NotYetValid), &["clock"])]
    #[case(Obstacle::BadCertificate(CertificateFault::OtherName), &["--resolve", "URL"])]
    #[case(Obstacle::BadCertificate(CertificateFault::SelfSigned), &["--ca-cert"])]
    #[case(Obstacle::BadCertificate(CertificateFault::Alone), &["--ca-cert"])]
    #[case(
        Obstacle::BadCertificate(CertificateFault::UnknownIssuer),
        &["--ca-cert", "--insecure"]
    )]
    #[case(Obstacle::BadCertificate(CertificateFault::Authority), &["--ca-cert", "CA:FALSE"])]
    #[case(Obstacle::BadCertificate(CertificateFault::Revoked), &[])]
    #[case(Obstacle::BadCertificate(CertificateFault::Other), &["--insecure"])]
    #[case(Obstacle::Handshake(HandshakeFault::Version), &[])]
    #[case(Obstacle::Handshake(HandshakeFault::Ciphers), &[])]
    #[case(Obstacle::Handshake(HandshakeFault::Name), &["--resolve", "URL"])]
    #[case(
        Obstacle::Handshake(HandshakeFault::ClientCertificateWanted),
        &["--client-cert", "--client-key"]
    )]
    #[case(Obstacle::Handshake(HandshakeFault::ClientCertificateRefused), &["--client-cert"])]
    #[case(Obstacle::Handshake(HandshakeFault::Closed), &[])]
    #[case(Obstacle::Handshake(HandshakeFault::Other), &["log"])]
    #[case(Obstacle::NoTls, &[])]
    #[case(Obstacle::Proxy(host()), &["--proxy"])]
    #[case(Obstacle::ProxyCredentials(host()), &["--proxy", "PANEL_PROXY"])]
    #[case(Obstacle::Tunnel(host()), &["--proxy", "NO_PROXY"])]
    #[case(Obstacle::Other, &[])]
    fn what_helps_depends_on_what_is_in_the_way(
        #[case] obstacle: Obstacle,
        #[case] expected: &[&str],
    ) {
        check_names(after_unreachable(&obstacle), expected);
    }

    #[rstest]
    #[case(NoAnswer::TimedOut(Duration::ZERO), &["--timeout", "log"])]
    #[case(NoAnswer::Broken(String::new()), &["log"])]
    #[case(NoAnswer::NotHttp(String::new()), &[])]
    #[case(NoAnswer::TooLarge(1), &[])]
    #[case(NoAnswer::HeadTooLarge(1), &[])]
    #[case(NoAnswer::FramingTooLarge(1), &[])]
    #[case(NoAnswer::Unsendable(String::new()), &[])]
    fn only_what_takes_long_is_given_more_time(
        #[case] failure: NoAnswer,
        #[case] expected: &[&str],
    ) {
        check_names(after_no_answer(&failure).unwrap_or_default(), expected);
    }

    #[rstest]
    #[case(StrangerSign::WantsTls, &["URL"])]
    #[case(StrangerSign::WantsCertificate, &["--client-cert", "--client-key"])]
    #[case(StrangerSign::Redirect { status: 302, to: host() }, &["URL"])]
    #[case(StrangerSign::Challenge { status: 401, scheme: host() }, &["--header", "URL"])]
    #[case(StrangerSign::Gateway { status: 502 }, &[])]
    #[case(StrangerSign::NotFound, &["URL"])]
    #[case(StrangerSign::Refusal { status: 403 }, &["URL"])]
    #[case(StrangerSign::Failure { status: 500 }, &["log"])]
    #[case(StrangerSign::Page { status: 200 }, &["URL"])]
    #[case(StrangerSign::NoJson { status: 200 }, &["URL"])]
    fn what_helps_depends_on_who_answered(#[case] sign: StrangerSign, #[case] expected: &[&str]) {
        check_names(after_stranger(&sign), expected);
    }
}
