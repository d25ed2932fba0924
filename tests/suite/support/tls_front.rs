//! TLS before a server of plain HTTP: certificates that are made for it, and HTTP/2 if it is asked
//! for. Passes on what it gets, and knows nothing of what it means.

use std::net::Ipv4Addr;
use std::sync::Arc;

use bytes::Bytes;
use h2::server::SendResponse;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;

use super::folder::Folder;

/// Who signs certificates.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// Its own certificate.
    pub(crate) certificate: rcgen::Certificate,
}

/// A certificate, those that go with it, and its key.
pub(crate) struct Identity {
    pub(crate) chain: Vec<rcgen::Certificate>,
    pub(crate) key: KeyPair,
}

/// How HTTP is spoken inside of TLS.
#[derive(Clone, Copy)]
pub(crate) enum Speaks {
    /// HTTP/1.1.
    Http1,
    /// HTTP/2; all but so many requests of a connection are refused unread.
    RefusingHttp2(usize),
    /// HTTP/2; after so many answers, the connection is announced to end.
    LeavingHttp2(usize),
}

/// A running front; it stops when it is dropped.
pub(crate) struct Front {
    pub(crate) port: u16,
    _runtime: Runtime,
}

fn authority_params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

fn new_key() -> KeyPair {
    KeyPair::generate().expect("there is randomness")
}

impl Authority {
    /// One that signs itself.
    pub(crate) fn root(name: &str) -> Authority {
        let (params, key) = (authority_params(name), new_key());
        let certificate = params.self_signed(&key).expect("it can be signed");
        Authority { issuer: Issuer::new(params, key), certificate }
    }

    /// One that this one vouches for.
    pub(crate) fn below(&self, name: &str) -> Authority {
        let (params, key) = (authority_params(name), new_key());
        let certificate = params.signed_by(&key, &self.issuer).expect("it can be signed");
        Authority { issuer: Issuer::new(params, key), certificate }
    }

    /// A certificate of these hosts, changed before it is signed.
    pub(crate) fn sign(
        &self,
        hosts: &[&str],
        change: impl FnOnce(&mut CertificateParams),
    ) -> Identity {
        let mut params = params_of(hosts);
        change(&mut params);
        let key = new_key();
        let certificate = params.signed_by(&key, &self.issuer).expect("it can be signed");
        Identity { chain: vec![certificate], key }
    }

    /// The certificate in a file.
    pub(crate) fn file(&self, folder: &Folder) -> String {
        folder.write("authority.pem", &self.certificate.pem())
    }
}

fn params_of(hosts: &[&str]) -> CertificateParams {
    let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
    let mut params = CertificateParams::new(hosts).expect("they are hosts");
    params.distinguished_name.push(DnType::CommonName, "a server");
    params
}

impl Identity {
    /// A certificate that is signed by itself; an authority's, if it is to be one.
    pub(crate) fn self_signed(hosts: &[&str], is_ca: IsCa) -> Identity {
        let mut params = params_of(hosts);
        params.is_ca = is_ca;
        let key = new_key();
        let certificate = params.self_signed(&key).expect("it can be signed");
        Identity { chain: vec![certificate], key }
    }

    /// All certificates in a file.
    pub(crate) fn file(&self, folder: &Folder) -> String {
        let text: String = self.chain.iter().map(rcgen::Certificate::pem).collect();
        folder.write("certificates.pem", &text)
    }

    fn parts(&self) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
        let chain = self.chain.iter().map(|certificate| certificate.der().clone()).collect();
        let key = PrivateKeyDer::try_from(self.key.serialize_der()).expect("it is a key");
        (chain, key)
    }

    /// A server that shows this certificate, and asks for none.
    pub(crate) fn server(&self) -> ServerConfig {
        let (chain, key) = self.parts();
        let config = builder().with_no_client_auth().with_single_cert(chain, key);
        config.expect("key and certificate fit")
    }

    /// A server that shows this certificate, and wants one that this authority signed.
    pub(crate) fn server_that_asks(
        &self,
        authority: &Authority,
        versions: &[&'static rustls::SupportedProtocolVersion],
    ) -> ServerConfig {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(authority.certificate.der().clone()).expect("it is a certificate");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = rustls::server::WebPkiClientVerifier::builder_with_provider(
            Arc::new(roots),
            provider.clone(),
        );
        let (chain, key) = self.parts();
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .expect("they are known")
            .with_client_cert_verifier(verifier.build().expect("there is a root"))
            .with_single_cert(chain, key);
        config.expect("key and certificate fit")
    }
}

fn builder() -> rustls::ConfigBuilder<ServerConfig, rustls::WantsVerifier> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider);
    builder.with_safe_default_protocol_versions().expect("they are known")
}

impl Front {
    /// Starts before the server on this port.
    pub(crate) fn start(config: ServerConfig, speaks: Speaks, port: u16) -> Front {
        let mut config = config;
        if !matches!(speaks, Speaks::Http1) {
            config.alpn_protocols = vec![b"h2".to_vec()];
        }
        Front::accept(
            "127.0.0.1",
            move |stream, acceptor| async move {
                let Ok(tls) = acceptor.accept(stream).await else { return };
                match speaks {
                    Speaks::Http1 => pass_on(tls, port).await,
                    Speaks::RefusingHttp2(_) | Speaks::LeavingHttp2(_) => {
                        pass_on_streams(tls, port, speaks).await;
                    }
                }
            },
            config,
        )
    }

    /// Starts at an address with HTTP/1.1.
    pub(crate) fn start_at(address: &str, config: ServerConfig, port: u16) -> Front {
        Front::accept(
            address,
            move |stream, acceptor| async move {
                if let Ok(tls) = acceptor.accept(stream).await {
                    pass_on(tls, port).await;
                }
            },
            config,
        )
    }

    fn accept<F>(
        address: &str,
        serve: impl Fn(TcpStream, TlsAcceptor) -> F + Send + 'static,
        config: ServerConfig,
    ) -> Front
    where
        F: Future<Output = ()> + Send + 'static,
    {
        // The HTTP client that passes requests on wants one; there may be one already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("there are threads");
        let listener = runtime.block_on(TcpListener::bind((address, 0))).expect("a port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, acceptor.clone()));
            }
        });
        Front { port, _runtime: runtime }
    }
}

async fn pass_on(mut tls: tokio_rustls::server::TlsStream<TcpStream>, port: u16) {
    if let Ok(mut server) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await {
        // Whoever ends first ends it.
        let _ = tokio::io::copy_bidirectional(&mut tls, &mut server).await;
    }
}

async fn pass_on_streams(
    tls: tokio_rustls::server::TlsStream<TcpStream>,
    port: u16,
    speaks: Speaks,
) {
    let Ok(mut connection) = h2::server::handshake(tls).await else { return };
    let mut requests = 0;
    while let Some(Ok((request, mut respond))) = connection.accept().await {
        requests += 1;
        match speaks {
            Speaks::RefusingHttp2(most) if requests > most => {
                respond.send_reset(h2::Reason::REFUSED_STREAM);
                continue;
            }
            Speaks::LeavingHttp2(most) if requests == most => connection.graceful_shutdown(),
            _ => {}
        }
        tokio::spawn(pass_on_stream(request, respond, port));
    }
}

async fn pass_on_stream(
    request: hyper::http::Request<h2::RecvStream>,
    mut respond: SendResponse<Bytes>,
    port: u16,
) -> Option<()> {
    let (head, mut body) = request.into_parts();
    let mut bytes = Vec::new();
    while let Some(Ok(chunk)) = body.data().await {
        bytes.extend_from_slice(&chunk);
    }
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    let client = reqwest::Client::builder().tls_certs_only([]).no_proxy().build().ok()?;
    let sent = client
        .request(head.method, format!("http://127.0.0.1:{port}{path}"))
        .headers(head.headers)
        .body(bytes)
        .send()
        .await
        .ok()?;
    let mut answer = hyper::http::Response::builder().status(sent.status());
    for (name, value) in sent.headers() {
        if !matches!(name.as_str(), "connection" | "transfer-encoding" | "content-length") {
            answer = answer.header(name, value);
        }
    }
    let bytes = sent.bytes().await.ok()?;
    let mut stream = respond.send_response(answer.body(()).ok()?, bytes.is_empty()).ok()?;
    if !bytes.is_empty() {
        stream.send_data(bytes, true).ok()?;
    }
    Some(())
}
