//! The server under test: where it is, and how it is to be connected to.

pub(crate) mod proxy;
pub(crate) mod resolve;
mod setup_error;

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use self::proxy::Proxy;
use self::resolve::{Endpoint, Resolve};
pub use self::setup_error::SetupError;
use crate::model::api::{Action, RESOURCE};
use crate::model::run_option::Override;
use crate::run::credentials;
use crate::value::token::{Named, Token};

/// The part of a target's URL that stands before `/panel`, without a trailing slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(String);

impl BaseUrl {
    /// Understands a base URL; one that goes on with `/panel`, as far as one of the calls, is
    /// understood too.
    ///
    /// # Errors
    ///
    /// Says what is wrong and what would have been right; never shows credentials.
    pub fn parse(text: &str) -> Result<BaseUrl, String> {
        let example = "write it like https://api.example.com/v2 or http://localhost:8080";
        let url = url::Url::parse(text).map_err(|error| {
            without_scheme(text, &format!("this is not a URL: {error}; {example}"))
        })?;
        if !matches!(url.scheme(), "http" | "https") {
            let message = format!("the scheme `{}` is not http or https; {example}", url.scheme());
            return Err(without_scheme(text, &message));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(format!("credentials do not belong in the URL; {example}"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(format!("a base URL has neither query nor fragment; {example}"));
        }
        let text = url.as_str().trim_end_matches('/');
        Ok(BaseUrl(without_path_of_the_api(text).to_owned()))
    }

    /// The URL as text, without a trailing slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the host is this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let Ok(url) = url::Url::parse(&self.0) else { return false };
        let host = url.host_str().unwrap_or_default();
        let address: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
        host == "localhost"
            || host.ends_with(".localhost")
            || address.is_some_and(|ip| ip.is_loopback())
    }
}

/// A URL without what is often typed or pasted along: the resource, or one of its actions.
fn without_path_of_the_api(url: &str) -> &str {
    let resource = RESOURCE.trim_end_matches('/');
    let panel = resource.rsplit_once('/').map_or(resource, |(panel, _)| panel);
    let of_action = Action::ALL.iter().find_map(|action| url.strip_suffix(&action.path()));
    let of_resource = || url.strip_suffix(resource).or_else(|| url.strip_suffix(panel));
    of_action.or_else(of_resource).unwrap_or(url)
}

/// What to say of a text that is a URL but for its scheme; otherwise the message.
fn without_scheme(text: &str, message: &str) -> String {
    let starts_with_host = text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[');
    let is_url = url::Url::parse(&format!("http://{text}")).is_ok();
    if starts_with_host && is_url && !text.contains("://") {
        return "it has no scheme; put http:// before it (or https://)".to_owned();
    }
    message.to_owned()
}

/// How to connect to the target.
#[derive(Clone)]
pub struct Connection {
    /// The deadline of one request: connect, head and body together.
    pub timeout: Duration,
    /// Headers that are sent with every request.
    pub headers: Vec<(String, String)>,
    /// A file of additional certificate authorities, in PEM.
    pub ca_cert: Option<PathBuf>,
    /// The certificate that is shown to a target which asks for one, in PEM, with those that vouch
    /// for it.
    pub client_cert: Option<PathBuf>,
    /// Its key, in PEM, unless it stands in the same file.
    pub client_key: Option<PathBuf>,
    /// Whether certificates are not verified.
    pub insecure: bool,
    /// A proxy's URL.
    pub proxy: Option<String>,
    /// The environment variable that the proxy's URL comes from, if it comes from one that programs
    /// share.
    pub proxy_variable: Option<&'static str>,
    /// Hosts whose addresses are given rather than looked up: `host:port:address[,address]`.
    pub resolve: Vec<String>,
}

impl std::fmt::Debug for Connection {
    /// Neither the values of headers nor the proxy's credentials are shown.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Connection")
            .field("timeout", &self.timeout)
            .field("headers", &names)
            .field("ca_cert", &self.ca_cert)
            .field("client_cert", &self.client_cert)
            .field("client_key", &self.client_key)
            .field("insecure", &self.insecure)
            .field("proxy", &self.proxy.as_ref().map(|_| "«proxy»"))
            .field("proxy_variable", &self.proxy_variable)
            .field("resolve", &self.resolve)
            .finish()
    }
}

impl Connection {
    /// The options beside the URL that decide who answers, without what may be secret.
    #[must_use]
    pub fn overrides(&self) -> Vec<Override> {
        let resolve = self.resolve.iter().map(|entry| Override::Resolve { entry: entry.clone() });
        let path =
            |path: &Option<PathBuf>| path.as_ref().map(|path| path.to_string_lossy().into_owned());
        let others = [
            self.insecure.then_some(Override::Insecure),
            path(&self.ca_cert).map(|path| Override::CaCert { path }),
            path(&self.client_cert).map(|path| Override::ClientCert { path }),
            path(&self.client_key).map(|path| Override::ClientKey { path }),
            self.understood_proxy().map(|proxy| self.proxy_override(&proxy)),
        ];
        let headers = self.headers.iter().map(|(name, _)| Override::Header { name: name.clone() });
        resolve.chain(others.into_iter().flatten()).chain(headers).collect()
    }

    fn proxy_override(&self, proxy: &Proxy) -> Override {
        let (url, without_credentials) = if proxy.has_credentials() {
            (None, Some(proxy.shown()))
        } else {
            (Some(proxy.shown()), None)
        };
        let variable = self.proxy_variable.map(str::to_owned);
        Override::Proxy { url, without_credentials, variable }
    }

    /// The proxy, unless there is none or it cannot be used.
    pub(crate) fn understood_proxy(&self) -> Option<Proxy> {
        Proxy::parse(self.proxy.as_deref()?).ok()
    }

    /// The hosts of a target whose addresses are given, with these.
    pub(crate) fn resolved(&self, target: &BaseUrl) -> Vec<(Endpoint, Resolve)> {
        let endpoints = self.endpoints(target);
        let entries = resolve::joined(&self.resolve).into_iter();
        let parsed = entries.filter_map(|entry| Resolve::parse(&entry));
        let of_target = parsed.filter_map(|one| {
            Some((endpoints.iter().find(|endpoint| one.concerns(endpoint))?.clone(), one))
        });
        of_target.collect()
    }

    /// What the run looks up: the target, unless a proxy does that; and the proxy.
    pub(crate) fn endpoints(&self, target: &BaseUrl) -> Vec<Endpoint> {
        let proxy = self.understood_proxy();
        let target = url::Url::parse(target.as_str()).ok();
        let target = target.filter(|_| proxy.as_ref().is_none_or(|one| !one.looks_hosts_up()));
        let proxy = proxy.map(|proxy| proxy.url().clone());
        target.iter().chain(&proxy).filter_map(Endpoint::of).collect()
    }

    /// The same connection with the proxy that the environment names for this target, if there is
    /// no other.
    ///
    /// # Errors
    ///
    /// The proxy cannot be used.
    pub(crate) fn to(&self, target: &BaseUrl) -> Result<Connection, SetupError> {
        let mut connection = self.clone();
        if connection.proxy.is_none()
            && let Some((variable, url)) = proxy::of_environment(target)
        {
            connection.proxy = Some(url);
            connection.proxy_variable = Some(variable);
        }
        match connection.proxy.as_deref().map(Proxy::parse) {
            Some(Err(why)) => match connection.proxy_variable {
                Some(variable) => Err(SetupError::ProxyOfEnvironment { variable, why }),
                None => Err(SetupError::Proxy(why)),
            },
            _ => Ok(connection),
        }
    }

    /// What the options hold that a target might send back and nobody else may see, with the
    /// tokens that stand for it in records.
    #[must_use]
    pub fn secrets(&self) -> Vec<(String, Token)> {
        let mut secrets = Vec::new();
        for (name, value) in &self.headers {
            let token = Named::Header(name.clone()).token();
            let found = credentials::of_header(name, value).into_iter();
            secrets.extend(found.map(|credential| (credential, token.clone())));
        }
        let password = self.understood_proxy().and_then(|proxy| proxy.password());
        secrets.extend(password.map(|password| (password, Named::ProxyPassword.token())));
        secrets
    }
}

/// What beside the URLs decides who answers, without doubles.
pub(crate) fn overrides(connections: &[Connection]) -> Vec<Override> {
    let mut overrides = Vec::new();
    for one in connections.iter().flat_map(Connection::overrides) {
        if !overrides.contains(&one) {
            overrides.push(one);
        }
    }
    overrides
}

impl Default for Connection {
    fn default() -> Connection {
        Connection {
            timeout: Duration::from_secs(10),
            headers: Vec::new(),
            ca_cert: None,
            client_cert: None,
            client_key: None,
            insecure: false,
            proxy: None,
            proxy_variable: None,
            resolve: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::BaseUrl;
    use rstest::rstest;

    #[rstest]
    #[case("http://localhost:8080", "http://localhost:8080")]
    #[case("http://localhost:8080/", "http://localhost:8080")]
    #[case("https://api.eu.navixy.com/v2", "https://api.eu.navixy.com/v2")]
    #[case("https://api.eu.navixy.com/v2/panel/account/", "https://api.eu.navixy.com/v2")]
    #[case("http://x/v2/panel/account/auth", "http://x/v2")]
    #[case("http://x/panel/account/get_permissions/", "http://x")]
    #[case("http://x/panel/account/logout", "http://x")]
    #[case("http://x/auth", "http://x/auth")]
    #[case("https://api.eu.navixy.com/v2/panel", "https://api.eu.navixy.com/v2")]
    #[case("http://[::1]:9/x/y", "http://[::1]:9/x/y")]
    fn a_base_url_is_what_stands_before_panel(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(BaseUrl::parse(text).expect("it is right").as_str(), expected);
    }

    #[rstest]
    #[case("localhost:8080", "it has no scheme; put http:// before it (or https://)")]
    #[case("api.example.com/v2", "it has no scheme; put http:// before it (or https://)")]
    #[case("u:secret@x", "it has no scheme; put http:// before it (or https://)")]
    #[case("ftp://x/", "the scheme `ftp` is not http or https")]
    #[case("http://u:secret@x/", "credentials do not belong in the URL")]
    #[case("http://x/?hash=1", "a base URL has neither query nor fragment")]
    #[case("/v2", "this is not a URL")]
    fn anything_else_is_explained(#[case] text: &str, #[case] expected: &str) {
        let message = BaseUrl::parse(text).expect_err("it is wrong");
        assert!(message.starts_with(expected), "{message}");
        assert!(!message.contains("secret"), "{message}");
    }

    #[rstest]
    #[case("http://localhost:1", true)]
    #[case("http://127.0.0.2", true)]
    #[case("http://[::1]:1", true)]
    #[case("https://api.eu.navixy.com", false)]
    #[case("http://10.0.0.1", false)]
    fn loopback_is_this_machine(#[case] text: &str, #[case] expected: bool) {
        assert_eq!(BaseUrl::parse(text).expect("it is right").is_loopback(), expected);
    }
}
