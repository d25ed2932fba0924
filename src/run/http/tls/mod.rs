//! TLS: who a target has to prove to be, and who the suite says it is. The home of `rustls`.
//!
//! A certificate is judged by the authorities of the system and those that the operator names. What
//! is added to that judgement is what people need to mend it: see [`fault`].

pub(super) mod fault;
pub(super) mod identity;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustls::client::ResolvesClientCert;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError, SignatureScheme,
};
use rustls_platform_verifier::Verifier;

use self::fault::Untrusted;
use crate::run::target::{Connection, SetupError};

/// What all connections of a run share.
#[derive(Debug, Clone)]
pub(super) struct Tls {
    config: ClientConfig,
    identity: Arc<Identity>,
}

impl Tls {
    /// Prepares TLS as a connection asks for it.
    pub(super) fn new(connection: &Connection) -> Result<Tls, SetupError> {
        let provider = Arc::new(ring::default_provider());
        let key = identity::load(connection, &provider)?.map(Arc::new);
        let identity = Arc::new(Identity { key, is_wanted: AtomicBool::default() });
        let verifier = verifier(connection, &provider)?;
        let refused = |error: Error| SetupError::Client(error.to_string());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(refused)?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_client_cert_resolver(identity.clone());
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Tls { config, identity })
    }

    /// Finds mistakes in files where nobody needs them; the authorities of the system, which take
    /// time to read, are left alone.
    pub(super) fn check(connection: &Connection) -> Result<(), SetupError> {
        authorities(connection)?;
        identity::load(connection, &ring::default_provider()).map(drop)
    }

    /// What the HTTP client takes.
    pub(super) fn config(&self) -> ClientConfig {
        self.config.clone()
    }

    /// Whether the target asked for a certificate and got none.
    pub(super) fn lacks_identity(&self) -> bool {
        self.identity.key.is_none() && self.identity.is_wanted.load(Ordering::Relaxed)
    }
}

/// Whom the suite says to be if a target asks.
#[derive(Debug)]
struct Identity {
    key: Option<Arc<CertifiedKey>>,
    is_wanted: AtomicBool,
}

impl ResolvesClientCert for Identity {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.is_wanted.store(true, Ordering::Relaxed);
        self.key.clone()
    }

    fn has_certs(&self) -> bool {
        self.key.is_some()
    }
}

/// The certificates of the authorities that the operator names.
fn authorities(connection: &Connection) -> Result<Vec<CertificateDer<'static>>, SetupError> {
    let Some(path) = &connection.ca_cert else { return Ok(Vec::new()) };
    identity::certificates(path)
        .map_err(|why| SetupError::Certificates { path: path.display().to_string(), why })
}

fn verifier(
    connection: &Connection,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, SetupError> {
    // A file that cannot be used is a mistake even where nothing is verified.
    let authorities = authorities(connection)?;
    let schemes = provider.signature_verification_algorithms.supported_schemes();
    if connection.insecure {
        return Ok(Arc::new(Unverified(schemes)));
    }
    match Verifier::new_with_extra_roots(authorities, provider.clone()) {
        Ok(verifier) => Ok(Arc::new(Explaining(verifier))),
        Err(error) => Err(SetupError::Client(error.to_string())),
    }
}

/// Judges as the platform does, and says more of a chain that leads nowhere.
#[derive(Debug)]
struct Explaining(Verifier);

impl ServerCertVerifier for Explaining {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let judged =
            self.0.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        judged.map_err(|error| match error {
            Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
                let why = Untrusted::of(end_entity, intermediates);
                Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(why))))
            }
            error => error,
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

/// Believes everybody, because the operator says so.
#[derive(Debug)]
struct Unverified(Vec<SignatureScheme>);

impl ServerCertVerifier for Unverified {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.clone()
    }
}
