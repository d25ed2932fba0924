//! `--resolve`: at which address a host is, for those who do not ask the name service.
//!
//! Understood as `curl` does, `host:port:address[,address]`; but an entry that would change nothing
//! is an error, since whoever gives one means to reach another machine than the usual one.

use std::net::{IpAddr, SocketAddr};

use url::{Host, Url};

/// Where connections to one host and port go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Resolve {
    /// `None` stands for any host.
    host: Option<Host>,
    port: u16,
    addresses: Vec<IpAddr>,
}

/// A host and port that a run connects to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// As the HTTP client looks it up.
    name: String,
    host: Host,
    port: u16,
}

impl Resolve {
    /// Understands one entry.
    pub(crate) fn parse(entry: &str) -> Option<Resolve> {
        let entry = entry.trim();
        // In `curl`, an entry with a plus may be forgotten after a while.
        let entry = entry.strip_prefix('+').unwrap_or(entry);
        let (host, rest) = match entry.strip_prefix('[') {
            Some(bracketed) => {
                let (address, rest) = bracketed.split_once("]:")?;
                (Some(Host::Ipv6(address.parse().ok()?)), rest)
            }
            None => {
                let (host, rest) = entry.split_once(':')?;
                let host = if host == "*" { None } else { Some(host_of(host)?) };
                (host, rest)
            }
        };
        let (port, addresses) = rest.split_once(':')?;
        let addresses: Option<Vec<IpAddr>> = addresses.split(',').map(address).collect();
        Some(Resolve { host, port: port.trim().parse().ok()?, addresses: addresses? })
    }

    /// Whether connections to an endpoint go where the entry says. One that is an address already
    /// is not looked up.
    pub(crate) fn concerns(&self, endpoint: &Endpoint) -> bool {
        let is_looked_up = matches!(endpoint.host, Host::Domain(_));
        let is_host = self.host.as_ref().is_none_or(|host| *host == endpoint.host);
        is_looked_up && is_host && self.port == endpoint.port
    }

    /// Where an endpoint is.
    pub(crate) fn addresses(&self) -> Vec<SocketAddr> {
        self.addresses.iter().map(|address| SocketAddr::new(*address, self.port)).collect()
    }
}

impl Endpoint {
    /// The endpoint of a URL; a proxy of SOCKS listens on port 1080 unless it says otherwise.
    pub(crate) fn of(url: &Url) -> Option<Endpoint> {
        let name = url.host_str()?.to_owned();
        let bare = name.trim_start_matches('[').trim_end_matches(']');
        let host = match bare.parse() {
            Ok(IpAddr::V4(address)) => Host::Ipv4(address),
            Ok(IpAddr::V6(address)) => Host::Ipv6(address),
            Err(_) => host_of(&name)?,
        };
        let port = url.port_or_known_default().unwrap_or(1080);
        Some(Endpoint { name, host, port })
    }

    /// The name that the HTTP client looks up.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl std::fmt::Display for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.name, self.port)
    }
}

/// Entries as they were meant where commas separate them, as in a variable: an address alone
/// belongs to the entry before it.
pub(crate) fn joined(entries: &[String]) -> Vec<String> {
    let mut joined: Vec<String> = Vec::new();
    for entry in entries {
        match joined.last_mut() {
            Some(last) if address(entry).is_some() => {
                last.push(',');
                last.push_str(entry);
            }
            _ => joined.push(entry.clone()),
        }
    }
    joined
}

/// A host in the one spelling that all its spellings have: lower case, punycode, no dot behind.
fn host_of(text: &str) -> Option<Host> {
    let host = Host::parse(text.trim()).ok()?;
    Some(match host {
        Host::Domain(name) => Host::Domain(name.trim_end_matches('.').to_owned()),
        address => address,
    })
}

fn address(text: &str) -> Option<IpAddr> {
    text.trim().trim_start_matches('[').trim_end_matches(']').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{Endpoint, Resolve, joined};
    use rstest::rstest;
    use url::Url;

    #[rstest]
    #[case::host("api.example:443:127.0.0.1", "https://api.example/v2", &["127.0.0.1:443"])]
    #[case::capitals("API.Example:443:127.0.0.1", "https://api.example", &["127.0.0.1:443"])]
    #[case::dot("api.example.:443:127.0.0.1", "https://api.example", &["127.0.0.1:443"])]
    #[case::dot_in_url("api.example:443:127.0.0.1", "https://api.example.", &["127.0.0.1:443"])]
    #[case::unicode("bücher.example:443:127.0.0.1", "https://xn--bcher-kva.example", &["127.0.0.1:443"])]
    #[case::punycode("xn--bcher-kva.example:443:127.0.0.1", "https://Bücher.example", &["127.0.0.1:443"])]
    #[case::port("api.example:8443:127.0.0.1", "https://api.example:8443", &["127.0.0.1:8443"])]
    #[case::ipv6("api.example:80:::1", "http://api.example", &["[::1]:80"])]
    #[case::brackets("api.example:80:[::1]", "http://api.example", &["[::1]:80"])]
    #[case::several("api.example:80:127.0.0.1,[::1]", "http://api.example", &["127.0.0.1:80", "[::1]:80"])]
    #[case::any("*:443:127.0.0.1", "https://api.example", &["127.0.0.1:443"])]
    #[case::plus("+api.example:443:127.0.0.1", "https://api.example", &["127.0.0.1:443"])]
    fn an_entry_concerns_its_host_and_port(
        #[case] entry: &str,
        #[case] url: &str,
        #[case] expected: &[&str],
    ) {
        let resolve = Resolve::parse(entry).expect("it is right");
        let url = Url::parse(url).expect("it is right");
        assert!(resolve.concerns(&Endpoint::of(&url).expect("it has a host")));
        let addresses: Vec<String> = resolve.addresses().iter().map(ToString::to_string).collect();
        assert_eq!(addresses, expected);
    }

    #[rstest]
    #[case::other_host("api.example:443:127.0.0.1", "https://other.example")]
    #[case::other_port("api.example:80:127.0.0.1", "https://api.example")]
    #[case::default_port("api.example:443:127.0.0.1", "https://api.example:8443")]
    #[case::address("127.0.0.1:80:127.0.0.2", "http://127.0.0.1")]
    #[case::ipv6("[::1]:80:127.0.0.2", "http://[::1]")]
    fn an_entry_concerns_nothing_else(#[case] entry: &str, #[case] url: &str) {
        let resolve = Resolve::parse(entry).expect("it is right");
        let url = Url::parse(url).expect("it is right");
        assert!(!resolve.concerns(&Endpoint::of(&url).expect("it has a host")));
    }

    #[rstest]
    #[case("")]
    #[case("api.example")]
    #[case("api.example:443")]
    #[case("api.example:443:")]
    #[case("api.example:443:elsewhere.example")]
    #[case("api.example:443:127.0.0.1,")]
    #[case("api.example:https:127.0.0.1")]
    #[case("api.example:65536:127.0.0.1")]
    #[case("-api.example:443")]
    #[case("a b:443:127.0.0.1")]
    fn anything_else_is_no_entry(#[case] entry: &str) {
        assert_eq!(Resolve::parse(entry), None);
    }

    #[test]
    fn addresses_behind_commas_belong_to_the_entry_before_them() {
        let entries = ["a:1:127.0.0.1", "[::1]", "b:1:::1"].map(str::to_owned);
        assert_eq!(joined(&entries), ["a:1:127.0.0.1,[::1]", "b:1:::1"]);
    }
}
