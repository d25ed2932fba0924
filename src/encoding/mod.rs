//! Encodings: how the parameters of a call travel.
//!
//! One encoding per file; knows nothing of steps, targets or secrets. To add one, write its file
//! and its line in [`ENCODINGS`]; case files, schema and help take the names from there.

mod form;
mod header;
mod json;
mod post_query;
mod query;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use crate::model::api::Action;
use crate::model::level::Level;

/// The parameters of a call, in the order the case gives them.
pub(crate) type Parameters = Map<String, Value>;

/// One way for parameters to travel.
#[derive(Debug)]
pub struct Encoding {
    /// The word in case files.
    pub name: &'static str,
    /// One line for people.
    pub summary: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// How binding the documents make this encoding for an action; checks on a call that travels
    /// by it are capped at this level, so that a server is not failed for an option.
    pub level: fn(Action) -> Level,
    /// Puts parameters on their way.
    pub encode: fn(&Parameters) -> Encoded,
}

/// Parameters on their way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Encoded {
    /// The query string without `?`.
    pub query: Option<String>,
    /// Headers, content type included.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Option<Vec<u8>>,
}

/// All encodings; the first is the default.
pub(crate) static ENCODINGS: &[Encoding] =
    &[json::ENCODING, form::ENCODING, query::ENCODING, post_query::ENCODING, header::ENCODING];

/// The encoding of this name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Encoding> {
    ENCODINGS.iter().find(|encoding| encoding.name == name)
}

/// Everything but RFC 3986's unreserved characters is escaped, a space as `%20`: that is read
/// alike by form decoders and by plain percent-decoders.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// `name=value` pairs, percent-encoded; values that are not text travel as JSON.
fn pairs(parameters: &Parameters) -> String {
    parameters
        .iter()
        .map(|(name, value)| {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let escape = |text| utf8_percent_encode(text, ESCAPED).to_string();
            format!("{}={}", escape(name), escape(&value))
        })
        .collect::<Vec<_>>()
        .join("&")
}

fn content_type(value: &str) -> (String, String) {
    ("Content-Type".to_owned(), value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{ENCODINGS, by_name};
    use rstest::rstest;
    use serde_json::json;

    const HASH: &str = "Content-Type: application/json\n\n{\"hash\":\"a b&é\",\"n\":1}";

    #[rstest]
    #[case("json", HASH)]
    #[case("form", "Content-Type: application/x-www-form-urlencoded\n\nhash=a%20b%26%C3%A9&n=1")]
    #[case("query", "?hash=a%20b%26%C3%A9&n=1")]
    #[case("post-query", "?hash=a%20b%26%C3%A9&n=1")]
    #[case("header", "Authorization: NVX a b&é\nContent-Type: application/json\n\n{\"n\":1}")]
    fn parameters_travel_as_documented(#[case] name: &str, #[case] expected: &str) {
        let parameters = json!({"hash": "a b&é", "n": 1});
        let parameters = parameters.as_object().expect("an object");
        let encoded = (by_name(name).expect("it is listed").encode)(parameters);
        let mut shown = String::new();
        if let Some(query) = &encoded.query {
            shown.push_str(&format!("?{query}"));
        }
        let headers: Vec<String> =
            encoded.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        shown.push_str(&headers.join("\n"));
        if let Some(body) = &encoded.body {
            shown.push_str(&format!("\n\n{}", String::from_utf8_lossy(body)));
        }
        assert_eq!(shown, expected);
    }

    #[test]
    fn names_are_distinct() {
        for encoding in ENCODINGS {
            assert!(std::ptr::eq(encoding, by_name(encoding.name).expect("it is listed")));
        }
    }
}
