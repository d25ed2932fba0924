//! Options of a run as a report holds them, so that it can tell how the target was reached and how
//! to run the same again.
//!
//! Holds nothing that may be secret: of a header the name alone, and no credentials of a proxy.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An option of a run that decides who answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "option", rename_all = "kebab-case")]
pub enum Override {
    /// A host and port are looked up nowhere, but at this address: `host:port:address`.
    Resolve {
        /// As written.
        entry: String,
    },
    /// Certificates are not verified.
    Insecure,
    /// The certificate authorities of this file are trusted too.
    CaCert {
        /// Its path.
        path: String,
    },
    /// The certificate of this file is shown to a target that asks for one.
    ClientCert {
        /// Its path.
        path: String,
    },
    /// The key of that certificate stands in this file.
    ClientKey {
        /// Its path.
        path: String,
    },
    /// The target is reached through a proxy.
    Proxy {
        /// Its URL, unless that holds credentials.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        url: Option<String>,
        /// Its URL without credentials, if it holds some.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        without_credentials: Option<String>,
        /// The environment variable that names it, if no option does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        variable: Option<String>,
    },
    /// This header is sent with every request.
    Header {
        /// Its name.
        name: String,
    },
    /// As a report of an earlier version tells it, for people alone.
    #[serde(untagged)]
    Told(String),
}

impl fmt::Display for Override {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Override::Resolve { entry } => write!(f, "--resolve {entry}"),
            Override::Insecure => f.write_str("--insecure"),
            Override::CaCert { path } => write!(f, "--ca-cert {path}"),
            Override::ClientCert { path } => write!(f, "--client-cert {path}"),
            Override::ClientKey { path } => write!(f, "--client-key {path}"),
            Override::Proxy { url, without_credentials, variable } => {
                let shown = url.as_ref().or(without_credentials.as_ref());
                let shown = shown.map_or("", String::as_str);
                match variable {
                    Some(variable) => write!(f, "{variable}={shown}"),
                    None => f.write_str(format!("--proxy {shown}").trim_end()),
                }
            }
            Override::Header { name } => write!(f, "--header {name}"),
            Override::Told(text) => f.write_str(text),
        }
    }
}

/// An option of a run that changes neither target nor verdict, but has to be said again for the
/// run to be the same: where fixtures and cases come from, and manners.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunOption {
    /// Its name without hyphens, such as `fixtures`.
    pub name: String,
    /// Its value, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

impl RunOption {
    /// An option with a value.
    #[must_use]
    pub fn with_value(name: &str, value: impl Into<String>) -> RunOption {
        RunOption { name: name.to_owned(), value: Some(value.into()) }
    }

    /// An option without value.
    #[must_use]
    pub fn switch(name: &str) -> RunOption {
        RunOption { name: name.to_owned(), value: None }
    }
}
