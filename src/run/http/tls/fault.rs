//! What is wrong with a certificate or a handshake, in terms of what people can mend.

use std::error::Error;
use std::fmt;
use std::io;
use std::time::{Duration, UNIX_EPOCH};

use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::{AlertDescription, CertificateError, PeerIncompatible};

use crate::model::exchange::{CertificateFault, HandshakeFault, Obstacle, Unreachable};

/// A chain of certificates that leads to nobody who is trusted.
#[derive(Debug)]
pub(super) struct Untrusted(CertificateFault);

impl Untrusted {
    /// Looks at what a server presented.
    pub(super) fn of(leaf: &CertificateDer<'_>, others: &[CertificateDer<'_>]) -> Untrusted {
        Untrusted(match names(leaf) {
            Some((issuer, subject)) if issuer == subject => CertificateFault::SelfSigned,
            _ if others.is_empty() => CertificateFault::Alone,
            _ => CertificateFault::UnknownIssuer,
        })
    }
}

impl fmt::Display for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unknown issuer")
    }
}

impl Error for Untrusted {}

/// What was wrong with TLS, if an error comes of it.
pub(in super::super) fn of(error: &reqwest::Error, lacks_identity: bool) -> Option<Unreachable> {
    let error = tls_error(error)?;
    let (obstacle, detail) = match error {
        rustls::Error::InvalidCertificate(why) => {
            let (fault, detail) = certificate(why);
            (Obstacle::BadCertificate(fault), detail)
        }
        rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType) => {
            (Obstacle::NoTls, None)
        }
        rustls::Error::AlertReceived(alert) => {
            (Obstacle::Handshake(of_alert(*alert, lacks_identity)), None)
        }
        rustls::Error::PeerIncompatible(why) => (Obstacle::Handshake(of_choice(why)), None),
        _ => (Obstacle::Handshake(HandshakeFault::Other), None),
    };
    Some(Unreachable { obstacle, detail: detail.unwrap_or_else(|| error.to_string()) })
}

/// The error of the TLS library, which travels inside errors of reading and writing.
fn tls_error(error: &reqwest::Error) -> Option<&rustls::Error> {
    let first: Option<&(dyn Error + 'static)> = error.source();
    let causes = std::iter::successors(first, |cause| (*cause).source());
    causes.filter_map(|cause| inside(cause)).next()
}

fn inside<'a>(cause: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    let mut cause = cause;
    loop {
        if let Some(found) = cause.downcast_ref::<rustls::Error>() {
            return Some(found);
        }
        cause = cause.downcast_ref::<io::Error>()?.get_ref()?;
    }
}

fn certificate(why: &CertificateError) -> (CertificateFault, Option<String>) {
    match why {
        CertificateError::Expired => (CertificateFault::Expired, None),
        CertificateError::ExpiredContext { not_after, .. } => {
            (CertificateFault::Expired, Some(format!("it was good until {}", date(*not_after))))
        }
        CertificateError::NotValidYet => (CertificateFault::NotYetValid, None),
        CertificateError::NotValidYetContext { not_before, .. } => {
            (CertificateFault::NotYetValid, Some(format!("it is good from {}", date(*not_before))))
        }
        CertificateError::NotValidForName => (CertificateFault::OtherName, None),
        CertificateError::NotValidForNameContext { presented, .. } => {
            (CertificateFault::OtherName, Some(of_names(presented)))
        }
        CertificateError::UnknownIssuer => (CertificateFault::UnknownIssuer, None),
        CertificateError::Revoked => (CertificateFault::Revoked, None),
        CertificateError::Other(other) => match other.0.downcast_ref::<Untrusted>() {
            Some(Untrusted(fault)) => (*fault, None),
            // The library that says so is not one of ours.
            None if format!("{other:?}").contains("CaUsedAsEndEntity") => {
                (CertificateFault::Authority, None)
            }
            None => (CertificateFault::Other, None),
        },
        _ => (CertificateFault::Other, None),
    }
}

fn date(time: UnixTime) -> String {
    let time = UNIX_EPOCH + Duration::from_secs(time.as_secs());
    humantime::format_rfc3339_seconds(time).to_string()
}

/// The names that a certificate has, as the library lists them: `DnsName("localhost")`.
fn of_names(presented: &[String]) -> String {
    const MANY: usize = 5;
    let bare = |name: &String| {
        let inner = name.split_once('(').map_or(name.as_str(), |(_, rest)| rest);
        inner.trim_end_matches(')').trim_matches('"').to_owned()
    };
    let names: Vec<String> = presented.iter().take(MANY).map(bare).collect();
    match (names.is_empty(), presented.len().saturating_sub(MANY)) {
        (true, _) => "it names no host".to_owned(),
        (false, 0) => format!("it is for {}", names.join(", ")),
        (false, more) => format!("it is for {} and {more} more", names.join(", ")),
    }
}

fn of_alert(alert: AlertDescription, lacks_identity: bool) -> HandshakeFault {
    match alert {
        AlertDescription::CertificateRequired => HandshakeFault::ClientCertificateWanted,
        // What servers say that speak TLS 1.2; to others it means that nothing is in common.
        AlertDescription::HandshakeFailure | AlertDescription::BadCertificate if lacks_identity => {
            HandshakeFault::ClientCertificateWanted
        }
        AlertDescription::ProtocolVersion => HandshakeFault::Version,
        AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity => {
            HandshakeFault::Ciphers
        }
        // A server says these of the certificate that it was shown, and of nothing else.
        AlertDescription::BadCertificate
        | AlertDescription::UnsupportedCertificate
        | AlertDescription::CertificateRevoked
        | AlertDescription::CertificateExpired
        | AlertDescription::CertificateUnknown
        | AlertDescription::UnknownCA
        | AlertDescription::AccessDenied => HandshakeFault::ClientCertificateRefused,
        AlertDescription::UnrecognisedName => HandshakeFault::Name,
        _ => HandshakeFault::Other,
    }
}

fn of_choice(why: &PeerIncompatible) -> HandshakeFault {
    match why {
        PeerIncompatible::ServerDoesNotSupportTls12Or13
        | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig => HandshakeFault::Version,
        PeerIncompatible::NoCipherSuitesInCommon
        | PeerIncompatible::NoKxGroupsInCommon
        | PeerIncompatible::NoSignatureSchemesInCommon
        | PeerIncompatible::NoEcPointFormatsInCommon => HandshakeFault::Ciphers,
        _ => HandshakeFault::Other,
    }
}

/// Issuer and subject of a certificate (RFC 5280, section 4.1), each as it is written.
fn names(certificate: &[u8]) -> Option<(&[u8], &[u8])> {
    const VERSION: u8 = 0xa0;
    let (_, certificate, _) = element(certificate)?;
    let (_, mut rest, _) = element(certificate)?;
    if rest.first() == Some(&VERSION) {
        rest = element(rest)?.2;
    }
    let (_, _, rest) = element(rest)?; // serial number
    let (_, _, rest) = element(rest)?; // signature
    let (_, issuer, rest) = element(rest)?;
    let (_, _, rest) = element(rest)?; // validity
    let (_, subject, _) = element(rest)?;
    Some((issuer, subject))
}

/// The first element of what is written in DER: its tag, its content, and what follows it.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        short @ 0..=0x7f => (usize::from(*short), rest),
        long @ 0x81..=0x84 => {
            let (length, rest) = rest.split_at_checked(usize::from(long & 0x7f))?;
            (length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}

#[cfg(test)]
mod tests {
    use super::{names, of_names};
    use rstest::rstest;

    #[rstest]
    #[case::none(&[], "it names no host")]
    #[case::one(&["DnsName(\"localhost\")"], "it is for localhost")]
    #[case::address(&["DnsName(\"a\")", "IpAddress(127.0.0.1)"], "it is for a, 127.0.0.1")]
    #[case::many(&["a", "b", "c", "d", "e", "f", "g"], "it is for a, b, c, d, e and 2 more")]
    fn the_names_of_a_certificate_are_told(#[case] names: &[&str], #[case] expected: &str) {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(of_names(&names), expected);
    }

    #[rstest]
    #[case::nothing(&[])]
    #[case::text(b"hello")]
    #[case::cut(&[0x30, 0x82, 0xff, 0xff, 0x30])]
    #[case::without_length(&[0x30, 0x80, 0, 0])]
    #[case::in_itself(&[0x30, 0x03, 0x30, 0x01, 0x02])]
    fn what_is_no_certificate_has_no_names(#[case] bytes: &[u8]) {
        assert_eq!(names(bytes), None);
    }
}
