//! The proxy on the way to a target: which one it is, and what may be said of it.
//!
//! One that cannot be used is an error before anything is sent. Otherwise a library may ignore it,
//! and somebody else than the operator meant is judged.

use std::env;

use hyper_util::client::proxy::matcher::Matcher;
use url::Url;

use crate::model::exchange::{Answer, Obstacle, Unreachable};
use crate::run::target::BaseUrl;

/// Schemes that the HTTP client speaks to a proxy.
const SCHEMES: [&str; 6] = ["http", "https", "socks5", "socks5h", "socks4", "socks4a"];

/// What proxies that answer in the place of a target call themselves.
const NAMES: [&str; 4] = ["mitmproxy", "privoxy", "squid", "tinyproxy"];

/// A proxy, understood.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Proxy(Url);

impl Proxy {
    /// Understands a proxy as people write it: one without a scheme is spoken to in HTTP.
    ///
    /// # Errors
    ///
    /// Says what is wrong with it, and never shows it: it may hold credentials.
    pub(crate) fn parse(text: &str) -> Result<Proxy, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err("it is empty".to_owned());
        }
        let whole = if text.contains("://") { text } else { &format!("http://{text}") };
        let url = Url::parse(whole).map_err(|error| error.to_string())?;
        if !SCHEMES.contains(&url.scheme()) {
            return Err(format!("its scheme is `{}`, not one of {}", url.scheme(), list()));
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err("it names no host".to_owned());
        }
        if url.port() == Some(0) {
            return Err("nothing listens on port 0".to_owned());
        }
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err("something stands behind its host and port".to_owned());
        }
        Ok(Proxy(url))
    }

    /// The whole URL, credentials included.
    pub(crate) fn exposed(&self) -> &str {
        self.0.as_str()
    }

    pub(super) fn url(&self) -> &Url {
        &self.0
    }

    /// Whether it, rather than this machine, finds out where the target is.
    pub(super) fn looks_hosts_up(&self) -> bool {
        !matches!(self.0.scheme(), "socks5" | "socks4")
    }

    /// Host and port, without credentials.
    pub(crate) fn host(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        self.0.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// The URL without credentials.
    pub(crate) fn shown(&self) -> String {
        format!("{}://{}", self.0.scheme(), self.host())
    }

    /// Whether it holds a name or a password.
    pub(crate) fn has_credentials(&self) -> bool {
        !self.0.username().is_empty() || self.0.password().is_some()
    }

    /// The password, decoded.
    pub(crate) fn password(&self) -> Option<String> {
        let password = percent_encoding::percent_decode_str(self.0.password()?);
        Some(password.decode_utf8_lossy().into_owned())
    }

    /// What an answer that the proxy gave itself says of the way to the target; nothing where the
    /// answer is the target's. Only in plain HTTP does a proxy speak in the place of a target.
    pub(crate) fn obstacle(&self, base: &BaseUrl, answer: &Answer) -> Option<Unreachable> {
        let speaks = base.as_str().starts_with("http:") && self.0.scheme().starts_with("http");
        let detail = format!("HTTP {}", answer.status);
        if !speaks || answer.status < 400 {
            return None;
        }
        // Only a proxy answers with it (RFC 9110, section 15.5.8).
        if answer.status == 407 {
            let obstacle = Obstacle::ProxyCredentials(self.host());
            return Some(Unreachable { obstacle, detail });
        }
        let is_its_own = says_failure(answer) || is_signed(answer);
        is_its_own.then(|| Unreachable { obstacle: Obstacle::Tunnel(self.host()), detail })
    }
}

impl std::fmt::Debug for Proxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Proxy({})", self.shown())
    }
}

fn list() -> String {
    SCHEMES[..4].join(", ")
}

/// Whether a proxy tells that it failed (RFC 9209, section 2.1.1), or that of Squid does.
fn says_failure(answer: &Answer) -> bool {
    let status = answer.header("proxy-status");
    status.is_some_and(|status| status.split(';').any(|part| part.trim().starts_with("error=")))
        || answer.header("x-squid-error").is_some()
}

/// Whether the answer bears the name of a proxy as its server: what is passed on bears another.
fn is_signed(answer: &Answer) -> bool {
    let server = answer.header("server").unwrap_or_default().to_ascii_lowercase();
    NAMES.iter().any(|name| server.starts_with(name))
}

/// The proxy that the environment names for a target, with the variable: as `curl` understands it,
/// but that this machine is always asked directly.
pub(crate) fn of_environment(base: &BaseUrl) -> Option<(&'static str, String)> {
    let names: [&'static str; 4] = if base.as_str().starts_with("https:") {
        ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
    } else {
        ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"]
    };
    let found = names.into_iter().find_map(|name| Some((name, set(name)?)))?;
    let exceptions = set("NO_PROXY").or_else(|| set("no_proxy")).unwrap_or_default();
    let any = Matcher::builder().all("http://any.invalid").no(exceptions).build();
    let target = base.as_str().parse().ok()?;
    (!base.is_loopback() && any.intercept(&target).is_some()).then_some(found)
}

fn set(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::Proxy;
    use crate::model::exchange::{Answer, Obstacle};
    use crate::run::target::BaseUrl;
    use rstest::rstest;

    #[rstest]
    #[case("http://proxy.example:3128", "http://proxy.example:3128")]
    #[case("http://proxy.example:3128/", "http://proxy.example:3128")]
    #[case("proxy.example:3128", "http://proxy.example:3128")]
    #[case("127.0.0.1:3128", "http://127.0.0.1:3128")]
    #[case("[::1]:3128", "http://[::1]:3128")]
    #[case("me:secret@proxy.example:3128", "http://proxy.example:3128")]
    #[case("HTTPS://me:secret@proxy.example", "https://proxy.example")]
    #[case("socks5://proxy.example:1080", "socks5://proxy.example:1080")]
    #[case("socks5h://me:secret@proxy.example", "socks5h://proxy.example")]
    fn a_proxy_is_shown_without_credentials(#[case] text: &str, #[case] expected: &str) {
        let proxy = Proxy::parse(text).expect("it is right");
        assert_eq!(proxy.shown(), expected);
        assert_eq!(proxy.has_credentials(), text.contains("secret"));
        assert_eq!(proxy.password().is_some(), text.contains("secret"));
        assert!(!format!("{proxy:?}").contains("secret"));
    }

    #[rstest]
    #[case::empty(" ", "it is empty")]
    #[case::scheme(
        "ftp://me:secret@x",
        "its scheme is `ftp`, not one of http, https, socks5, socks5h"
    )]
    #[case::target("panel://x", "its scheme is `panel`, not one of http, https, socks5, socks5h")]
    #[case::file(
        "file:///etc/secret",
        "its scheme is `file`, not one of http, https, socks5, socks5h"
    )]
    #[case::no_host("http://", "empty host")]
    #[case::no_socks_host("socks5://", "it names no host")]
    #[case::port("http://me:secret@x:99999", "invalid port number")]
    #[case::word_as_port("me:secret", "invalid port number")]
    #[case::no_port("http://x:0", "nothing listens on port 0")]
    #[case::path("http://x:3128/secret", "something stands behind its host and port")]
    #[case::query("http://x:3128?secret", "something stands behind its host and port")]
    #[case::fragment("socks5://x:3128#secret", "something stands behind its host and port")]
    fn anything_else_is_explained(#[case] text: &str, #[case] expected: &str) {
        let message = Proxy::parse(text).expect_err("it is wrong");
        assert_eq!(message, expected);
    }

    const HTTP: &str = "http://x";

    #[rstest]
    #[case::credentials(HTTP, 407, "", Some(Obstacle::ProxyCredentials("p:1".to_owned())))]
    #[case::of_the_target("https://x", 407, "", None)]
    #[case::told(HTTP, 502, "proxy-status: p; error=connection_refused", Some(Obstacle::Tunnel("p:1".to_owned())))]
    #[case::squid(HTTP, 503, "x-squid-error: ERR_CONNECT_FAIL 111", Some(Obstacle::Tunnel("p:1".to_owned())))]
    #[case::signed(HTTP, 500, "server: tinyproxy/1.11.1", Some(Obstacle::Tunnel("p:1".to_owned())))]
    #[case::passed_on(HTTP, 502, "via: 1.1 p", None)]
    #[case::no_error(HTTP, 400, "proxy-status: p; received-status=400", None)]
    fn what_a_proxy_answers_itself_is_known(
        #[case] base: &str,
        #[case] status: u16,
        #[case] header: &str,
        #[case] expected: Option<Obstacle>,
    ) {
        let headers = header.split_once(": ").map(|(name, value)| (name.into(), value.into()));
        let headers = headers.into_iter().collect();
        let answer = Answer { status, headers, body: Vec::new(), defect: None };
        let base = BaseUrl::parse(base).expect("it is right");
        let proxy = Proxy::parse("p:1").expect("it is right");
        let obstacle = proxy.obstacle(&base, &answer).map(|why| why.obstacle);
        assert_eq!(obstacle, expected);
    }
}
