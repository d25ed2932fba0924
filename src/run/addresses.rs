//! The addresses of a target: usually one, or several behind which one system answers.

use crate::run::target::resolve::{self, Endpoint, Resolve};
use crate::run::target::{BaseUrl, Connection, SetupError};

/// The addresses of one system, at least one and none twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addresses {
    first: BaseUrl,
    others: Vec<BaseUrl>,
}

/// More of them would not all meet each other within the requests of a run.
pub const MOST_ADDRESSES: usize = 8;

/// Why base URLs are not the addresses of one system.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressesError {
    /// There is none.
    #[error("there is no URL in it")]
    None,
    /// One of them is given twice.
    #[error(
        "`{0}` is given twice; several URLs are several addresses of one system, so give each \
         once. If one name leads to several servers, give each server an address of its own, by \
         its IP address or by a name that --resolve leads there"
    )]
    Twice(String),
    /// There are too many.
    #[error("{0} addresses are too many for one run; give at most {MOST_ADDRESSES}")]
    TooMany(usize),
}

impl Addresses {
    /// The addresses of one system.
    ///
    /// Nothing else is asked of them: a system may be reached by http here and by https there, and
    /// below another path behind each gateway.
    ///
    /// # Errors
    ///
    /// There is none, one is given twice, or there are too many.
    pub fn new(urls: Vec<BaseUrl>) -> Result<Addresses, AddressesError> {
        if urls.len() > MOST_ADDRESSES {
            return Err(AddressesError::TooMany(urls.len()));
        }
        let twice = urls.iter().enumerate().find(|(index, url)| urls[..*index].contains(url));
        if let Some((_, url)) = twice {
            return Err(AddressesError::Twice(url.as_str().to_owned()));
        }
        let mut urls = urls.into_iter();
        let first = urls.next().ok_or(AddressesError::None)?;
        Ok(Addresses { first, others: urls.collect() })
    }

    /// The one that was given first.
    #[must_use]
    pub fn first(&self) -> &BaseUrl {
        &self.first
    }

    /// Those beside the first.
    #[must_use]
    pub fn others(&self) -> &[BaseUrl] {
        &self.others
    }

    /// All of them, in the order in which they were given.
    pub fn iter(&self) -> impl Iterator<Item = &BaseUrl> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// Whether all of them are on this machine.
    #[must_use]
    pub fn are_loopback(&self) -> bool {
        self.iter().all(BaseUrl::is_loopback)
    }

    /// How each of them is connected to, in their order.
    ///
    /// # Errors
    ///
    /// A proxy cannot be used; an entry of `resolve` is none, or changes nothing.
    pub(crate) fn connections(
        &self,
        connection: &Connection,
    ) -> Result<Vec<Connection>, SetupError> {
        let connections =
            self.iter().map(|url| connection.to(url)).collect::<Result<Vec<_>, SetupError>>()?;
        let endpoints: Vec<Endpoint> = connections
            .iter()
            .zip(self.iter())
            .flat_map(|(connection, url)| connection.endpoints(url))
            .collect();
        for entry in resolve::joined(&connection.resolve) {
            let Some(parsed) = Resolve::parse(&entry) else {
                return Err(SetupError::Resolve(entry));
            };
            if !endpoints.iter().any(|endpoint| parsed.concerns(endpoint)) {
                let mut known: Vec<String> = endpoints.iter().map(ToString::to_string).collect();
                known.dedup();
                return Err(SetupError::IdleResolve { entry, known: known.join(" and ") });
            }
        }
        Ok(connections)
    }
}

impl From<BaseUrl> for Addresses {
    fn from(first: BaseUrl) -> Addresses {
        Addresses { first, others: Vec::new() }
    }
}

/// The URLs in a text where commas or blanks separate them.
pub(crate) fn separated(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c == ',' || c.is_whitespace()).filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{Addresses, AddressesError, separated};
    use crate::run::target::BaseUrl;
    use rstest::rstest;

    fn addresses(text: &str) -> Result<Addresses, AddressesError> {
        let urls = separated(text).map(|url| BaseUrl::parse(url).expect("it is a URL"));
        Addresses::new(urls.collect())
    }

    #[rstest]
    #[case::one("http://a", "http://a")]
    #[case::commas_and_blanks(
        " http://a,http://b/v2/ , https://c ",
        "http://a http://b/v2 https://c"
    )]
    #[case::port("http://a http://a:81", "http://a http://a:81")]
    #[case::path("http://a/1 http://a/2", "http://a/1 http://a/2")]
    #[case::scheme("http://a https://a", "http://a https://a")]
    fn addresses_of_one_system_may_be_of_any_kind(#[case] text: &str, #[case] expected: &str) {
        let addresses = addresses(text).expect("they are addresses");
        let shown: Vec<&str> = addresses.iter().map(BaseUrl::as_str).collect();
        assert_eq!(shown.join(" "), expected);
    }

    #[rstest]
    #[case::same("http://a http://b http://a", "http://a")]
    #[case::written_otherwise("http://a:80/panel/account/ HTTP://A", "http://a")]
    fn an_address_that_is_given_twice_is_refused(#[case] text: &str, #[case] twice: &str) {
        assert_eq!(addresses(text), Err(AddressesError::Twice(twice.to_owned())));
    }

    #[test]
    fn there_is_at_least_one_address_and_not_too_many() {
        assert_eq!(addresses(" , "), Err(AddressesError::None));
        let many: Vec<String> = (1..=9).map(|port| format!("http://a:{port}")).collect();
        assert_eq!(addresses(&many.join(" ")), Err(AddressesError::TooMany(9)));
    }
}
