//! What a value looks like: something that a machine drew or a person chose, which may be a secret, or
//! something that anybody may write.
//!
//! A judgement by length, alphabet and how often the kind of character changes. It cannot be right
//! about every value; it errs where that does no harm.

use super::vocabulary::is_vocabulary;

/// Whether a name, in lower case, is that of a credential rather than of something about one.
pub(crate) fn names_credential(name: &str) -> bool {
    const SIGNS: [&str; 13] = [
        "auth",
        "cookie",
        "credential",
        "csrf",
        "jwt",
        "key",
        "passw",
        "remember",
        "secret",
        "sess",
        "sid",
        "token",
        "xsrf",
    ];
    const ABOUT: [&str; 8] =
        ["algorithm", "expires", "format", "name", "scheme", "type", "ttl", "version"];
    SIGNS.iter().any(|sign| name.contains(sign)) && !ABOUT.iter().any(|word| name.ends_with(word))
}

/// Whether a value is made of words and numbers, such as `en-US`, `dark` or `1790420410`, rather
/// than of what a machine drew.
pub(crate) fn reads_like_words(value: &str) -> bool {
    const LONGEST: usize = 14;
    is_vocabulary(value)
        || value.split(|c: char| !c.is_alphanumeric()).all(|word| {
            let letters = word.chars().filter(|c| c.is_alphabetic()).count();
            let length = word.chars().count();
            length <= 3 || (length <= LONGEST && (letters == 0 || letters == length))
        })
}

/// The words of a text that a machine seems to have drawn, such as the hash of a session.
pub(crate) fn drawn(text: &str) -> impl Iterator<Item = &str> {
    let is_path = text.contains("://") || text.starts_with('/');
    let is_part =
        move |c: char| c.is_ascii_alphanumeric() || "-_.~+".contains(c) || (c == '/' && !is_path);
    let words = text.split(move |c: char| !is_part(c)).map(|word| word.trim_matches(['.', '/']));
    words.filter(|word| is_drawn(word))
}

/// Whether letters and digits change as often as they do by chance, or go on as no word does.
fn is_drawn(word: &str) -> bool {
    const SHORTEST: usize = 12;
    let count = |is: fn(&u8) -> bool| word.as_bytes().iter().filter(|byte| is(byte)).count();
    let (letters, digits) = (count(u8::is_ascii_alphabetic), count(u8::is_ascii_digit));
    let length = letters + digits;
    let changes = |kind: fn(u8) -> Option<u8>| {
        let pairs = word.as_bytes().windows(2).map(|pair| (kind(pair[0]), kind(pair[1])));
        pairs.filter(|(one, next)| one.is_some() && next.is_some() && one != next).count()
    };
    let by_kind = changes(|byte| match byte {
        b'0'..=b'9' => Some(0),
        b'a'..=b'z' | b'A'..=b'Z' => Some(1),
        _ => None,
    });
    let by_case = changes(|byte| match byte {
        b'0'..=b'9' => Some(0),
        b'a'..=b'z' => Some(1),
        b'A'..=b'Z' => Some(2),
        _ => None,
    });
    let is_mixed = by_kind * 10 >= length
        && (by_kind >= 4 || (by_kind >= 3 && length >= 16 && letters.min(digits) >= 3));
    // Without digits it may be made of words that start with capitals.
    let often = if digits > 0 { 45 } else { 65 };
    let is_of_both_cases = by_case * 100 >= length * often;
    length >= SHORTEST && (is_mixed || is_of_both_cases || holds_long_run(word))
}

/// Whether more letters of one case, or more digits, stand in a row than in any word or time.
fn holds_long_run(word: &str) -> bool {
    const LETTERS: usize = 24;
    const DIGITS: usize = 20;
    let longest = |is: fn(&u8) -> bool| {
        let runs = word.as_bytes().split(|byte| !is(byte)).map(<[u8]>::len);
        runs.max().unwrap_or_default()
    };
    longest(u8::is_ascii_digit) >= DIGITS
        || longest(u8::is_ascii_lowercase) >= LETTERS
        || longest(u8::is_ascii_uppercase) >= LETTERS
}

/// How many bytes of the start of a value nobody else writes by chance; `None` if all of it may be
/// a word or a number of somebody else's.
pub(crate) fn telling_start(value: &str) -> Option<usize> {
    const MIXED: usize = 8;
    const DIGITS: usize = 12;
    const LETTERS: usize = 16;
    let (mut letters, mut others, mut digits, mut count) = (0, 0, 0, 0);
    for (at, character) in value.char_indices() {
        count += 1;
        match character {
            '0'..='9' => digits += 1,
            ' ' | '-' | '_' | '.' | '/' | ':' | '@' | ',' => {}
            letter if letter.is_alphabetic() => letters += 1,
            _ => others += 1,
        }
        let is_mixed = letters > 0 && digits + others > 0 && count >= MIXED;
        if is_mixed || digits >= DIGITS || letters >= LETTERS {
            return Some(at + character.len_utf8());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{drawn, telling_start};
    use rstest::rstest;

    #[rstest]
    #[case::hexadecimal("fa7bf873fab9333144e171372a321b06")]
    #[case::short_hexadecimal("9f1c07ab42d35e68")]
    #[case::uuid("550e8400-e29b-41d4-a716-446655440000")]
    #[case::base64("dGhpcyBpcyBub3QgYSBaGFzaA")]
    #[case::both_cases("kJhGtRfEdWsQaZxC")]
    #[case::json_web_token("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIyMDQxMCJ9.c2lnbmF0dXJl7x")]
    #[case::one_letter("dddddddddddddddddddddddddddddddddd")]
    #[case::digits("83629174650192837465")]
    fn what_a_machine_drew_is_found_in_a_sentence(#[case] value: &str) {
        let text = format!("Welcome; the session is {value}.");
        assert_eq!(drawn(&text).collect::<Vec<_>>(), [value]);
        let text = format!("https://x.example/panel?hash={value}&x=1");
        assert_eq!(drawn(&text).collect::<Vec<_>>(), [value]);
    }

    #[rstest]
    #[case("2026-11-28T07:35:23.123456789Z")]
    #[case("20261128T073523Z")]
    #[case("Sat, 28 Nov 2026 07:35:23 GMT")]
    #[case("1790420410123456789")]
    #[case("application/json; charset=utf-8")]
    #[case("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")]
    #[case("nginx/1.27.3 (Ubuntu22.04) OpenSSL/3.0.13")]
    #[case("https://api.eu.navixy.com/v2/panel/account/get_permissions")]
    #[case("v2.14.0-rc.1+build.4711")]
    #[case("notification_settings, paas_payments, user_sessions, getDealerInfoById")]
    #[case("max-age=31536000; includeSubDomains")]
    #[case("klein-haus2024@dealers.example.com")]
    #[case("utf8mb4_0900_ai_ci")]
    #[case("ip-10-0-1-23.eu-west-1.compute.internal")]
    #[case("+49 30 901820 18")]
    fn what_anybody_writes_is_not(#[case] text: &str) {
        assert_eq!(drawn(text).collect::<Vec<_>>(), [""; 0]);
    }

    #[rstest]
    #[case("Kanari7331", Some(8))]
    #[case("fa7bf873fab9", Some(8))]
    #[case("12345678abcd", Some(9))]
    #[case("123456789012345", Some(12))]
    #[case("swordfish", None)]
    #[case("correct horse battery staple", Some(18))]
    #[case("a1", None)]
    fn the_start_of_a_secret_tells_if_nobody_else_writes_it(
        #[case] value: &str,
        #[case] expected: Option<usize>,
    ) {
        assert_eq!(telling_start(value), expected);
    }
}
