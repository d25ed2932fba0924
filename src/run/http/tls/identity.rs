//! Files of certificates and keys, in PEM: read before anything is sent, and explained where they
//! are something else.

use std::path::Path;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{Error, InconsistentKeys};

use crate::run::target::{Connection, SetupError};
use crate::value::disk;

/// How the files that are read begin a block, and end its name.
const BEGIN: &str = "-----BEGIN ";

/// The certificate that the suite shows if a target asks for one, with its key.
pub(super) fn load(
    connection: &Connection,
    provider: &CryptoProvider,
) -> Result<Option<CertifiedKey>, SetupError> {
    let Some(path) = &connection.client_cert else { return Ok(None) };
    let refused = |path: &Path, why: String| SetupError::ClientCertificate {
        path: path.display().to_string(),
        why,
    };
    let chain = certificates(path).map_err(|why| refused(path, why))?;
    let key_path = connection.client_key.as_ref().unwrap_or(path);
    let key = private_key(key_path, connection.client_key.is_some())
        .map_err(|why| refused(key_path, why))?;
    let identity = CertifiedKey::from_der(chain, key, provider);
    identity.map(Some).map_err(|error| match error {
        Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
            let certificate = path.display();
            let why = format!("its key is not that of the first certificate in `{certificate}`");
            refused(key_path, why)
        }
        error => refused(key_path, error.to_string()),
    })
}

/// All certificates of a file.
pub(super) fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let bytes = read(path)?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    match found {
        Ok(found) if !found.is_empty() => Ok(found),
        Ok(_) => Err(format!("there is no certificate in PEM form in it{}", instead(&bytes))),
        Err(error) => Err(format!("it is no PEM: {error}")),
    }
}

fn private_key(path: &Path, is_own_file: bool) -> Result<PrivateKeyDer<'static>, String> {
    let bytes = read(path)?;
    if is_encrypted(&bytes) {
        return Err("its key is encrypted, and nobody is asked for a passphrase; write it in the \
                    clear with `openssl pkey -in KEY -out CLEAR`"
            .to_owned());
    }
    PrivateKeyDer::from_pem_slice(&bytes).map_err(|error| {
        let elsewhere = if is_own_file { "" } else { "; name the file that has it: --client-key" };
        match error {
            rustls::pki_types::pem::Error::NoItemsFound => {
                let instead = instead(&bytes);
                format!("there is no private key in PEM form in it{instead}{elsewhere}")
            }
            error => format!("it is no PEM: {error}"),
        }
    })
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    disk::read(path, disk::Kind::File, disk::Limit::COLLECTED).map_err(|error| error.to_string())
}

fn is_encrypted(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----")
        || text.contains("Proc-Type: 4,ENCRYPTED")
}

/// What a file is instead, in words that follow a sentence; what stands in it is not told.
fn instead(bytes: &[u8]) -> String {
    // A sequence of ASN.1 with its length in the next two bytes, as all of some size have it.
    if bytes.starts_with(&[0x30, 0x82]) {
        return "; it is in DER form: convert it with `openssl x509 -inform DER` or \
                `openssl pkey -inform DER`"
            .to_owned();
    }
    let text = String::from_utf8_lossy(bytes);
    let names = text.split(BEGIN).skip(1).filter_map(|rest| rest.split("-----").next());
    let names: Vec<&str> = names.filter(|name| name.len() < 40).take(3).collect();
    if names.is_empty() { String::new() } else { format!("; it holds {}", names.join(", ")) }
}
