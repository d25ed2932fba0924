//! What keeps a target from being connected to as the operator asks.

/// Why no client can be made; nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The file of certificate authorities cannot be used.
    #[error("cannot use the certificates of `{path}`: {why}")]
    Certificates {
        /// The file.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// The client's certificate or its key cannot be used.
    #[error("cannot use the client certificate: `{path}`: {why}")]
    ClientCertificate {
        /// The file.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// A header is not one.
    #[error("`{0}` is not a header that HTTP can carry; write 'Name: value'")]
    Header(String),
    /// A header says how a request travels or what it holds, which the suite decides.
    #[error("the header `{name}` cannot be added: {why}")]
    ReservedHeader {
        /// As written.
        name: String,
        /// Who sets it.
        why: &'static str,
    },
    /// The proxy's URL is not one.
    #[error("cannot use the proxy: {0}; write it like http://proxy.example.com:3128")]
    Proxy(String),
    /// The proxy's URL that the environment names is not one.
    #[error(
        "cannot use the proxy that the environment variable `{variable}` names: {why}; write it \
         like http://proxy.example.com:3128, or name the target in NO_PROXY"
    )]
    ProxyOfEnvironment {
        /// The variable.
        variable: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// A `--resolve` is not one.
    #[error("`{0}` is not host:port:address; write it like api.example.com:443:127.0.0.1")]
    Resolve(String),
    /// A `--resolve` would change nothing.
    #[error("`{entry}` changes nothing: the host and port that this run looks up are {known}")]
    IdleResolve {
        /// As written.
        entry: String,
        /// What is looked up.
        known: String,
    },
    /// The TLS library or the like refused.
    #[error("cannot set up the HTTP client: {0}")]
    Client(String),
}
