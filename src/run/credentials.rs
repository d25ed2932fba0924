//! Which parts of a header that the operator adds are credentials, which nobody else may see if the
//! target sends them back.
//!
//! Not all of it: what names a scheme, a type, a language or a build is no secret, and to replace
//! it in answers would change what they say.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::value::likeness::{drawn, names_credential, reads_like_words};
use crate::value::vocabulary::is_vocabulary;

/// The credentials in a header.
pub(crate) fn of_header(name: &str, value: &str) -> Vec<String> {
    let name = name.to_ascii_lowercase();
    let mut found = if name.contains("authorization") {
        of_authorization(value)
    } else if name == "cookie" {
        value.split(';').filter_map(of_cookie).collect()
    } else if names_credential(&name) {
        std::iter::once(value.to_owned()).chain(pieces(value)).collect()
    } else {
        // Under whatever name a gateway knows them.
        drawn(value).map(str::to_owned).collect()
    };
    // A word of the API tells nothing, and stands in answers that are judged.
    found.retain(|one| !one.is_empty() && !is_media_type(one) && !is_vocabulary(one));
    found
}

/// What stands behind the scheme; of `Basic`, the password in it too.
fn of_authorization(value: &str) -> Vec<String> {
    let value = value.trim();
    let (scheme, credentials) = value.split_once(' ').unwrap_or(("", value));
    let mut found = vec![credentials.trim().to_owned()];
    if scheme.eq_ignore_ascii_case("basic") {
        let decoded = STANDARD.decode(credentials.trim()).ok();
        let pair = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
        found.extend(pair.and_then(|pair| Some(pair.split_once(':')?.1.to_owned())));
    }
    found.extend(pieces(credentials));
    found
}

/// The value of a cookie, if its name says so or it reads like no word and no number.
fn of_cookie(cookie: &str) -> Option<String> {
    let (name, value) = cookie.split_once('=').unwrap_or(("", cookie));
    let value = value.trim().trim_matches('"');
    let is_secret = names_credential(&name.to_ascii_lowercase()) || !reads_like_words(value);
    is_secret.then(|| value.to_owned())
}

/// The parts of a value that are credentials of their own.
fn pieces(value: &str) -> impl Iterator<Item = String> {
    const SHORTEST: usize = 8;
    let parts = value.split([' ', ';', ',']).map(|part| part.split_once('=').map_or(part, |p| p.1));
    parts
        .map(|part| part.trim_matches('"'))
        .filter(|part| part.len() >= SHORTEST && !reads_like_words(part))
        .map(str::to_owned)
}

fn is_media_type(value: &str) -> bool {
    let essence = value.split(';').next().unwrap_or_default().trim();
    let is_part = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || "+-.*".contains(c))
    };
    let known = ["application", "text", "image", "audio", "video", "multipart", "*"];
    essence.split_once('/').is_some_and(|(kind, rest)| known.contains(&kind) && is_part(rest))
}

#[cfg(test)]
mod tests {
    use super::of_header;
    use rstest::rstest;

    #[rstest]
    #[case("Authorization", "Bearer Kanari7331-x", &["Kanari7331-x", "Kanari7331-x"])]
    #[case("Authorization", "Basic dXNlcjpzd29yZGZpc2g=", &["dXNlcjpzd29yZGZpc2g=", "swordfish"])]
    #[case("Authorization", "Basic dXNlcjpwYXNzd29yZA==", &["dXNlcjpwYXNzd29yZA=="])]
    #[case("Authorization", "Bearer login", &[])]
    #[case("authorization", "swordfish", &["swordfish"])]
    #[case("Proxy-Authorization", "Digest username=\"me\", response=\"6629fae49393a053\"",
        &["username=\"me\", response=\"6629fae49393a053\"", "6629fae49393a053"])]
    #[case("Cookie", "build=1790420410; theme=dark; lang=en-US", &[])]
    #[case("Cookie", "build=1790420410; SESSION=kanari", &["kanari"])]
    #[case("Cookie", "a=Kanari7331; b=550e8400-e29b-41d4-a716-446655440000",
        &["Kanari7331", "550e8400-e29b-41d4-a716-446655440000"])]
    #[case("X-Api-Key", "swordfish", &["swordfish"])]
    #[case("X-Session-Id", "4711000000", &["4711000000"])]
    #[case("X-Token-Type", "application/json", &[])]
    #[case("X-Token", "application/json", &[])]
    #[case("X-Key-Version", "20260101", &[])]
    #[case("X-Build", "1790420410", &[])]
    #[case("X-Gateway", "for fa7bf873fab9333144e171372a321b06; v=2",
        &["fa7bf873fab9333144e171372a321b06"])]
    #[case("X-Trace", "2026-11-28T07:35:23.123Z", &[])]
    #[case("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36", &[])]
    #[case("Accept", "text/json", &[])]
    fn credentials_are_what_nobody_else_may_see(
        #[case] name: &str,
        #[case] value: &str,
        #[case] expected: &[&str],
    ) {
        assert_eq!(of_header(name, value), expected);
    }
}
