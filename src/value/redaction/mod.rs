//! Redaction: the one place where secrets are taken out of what was exchanged.
//!
//! Passwords and hashes are replaced by value with stable tokens such as `«dealer.password»` or
//! `«hash 2»`, in whatever spelling they come back, before anything judges or tells. Equal
//! secrets have equal tokens, so that equality can still be judged.
//!
//! What is judged is the record, so the record has to be what the server sent but for its secrets:
//!
//! - What is JSON stays JSON of the same types and members, and what is none stays none. Texts and
//!   names are looked at as what they mean, and numbers as numbers: see `json`.
//! - A word that everybody writes, such as `success` or `application/json`, reveals nothing inside
//!   other text, whatever the password. Where it is a whole value, it is replaced.
//! - So is a secret of a few characters: the letter `a` as a password must not turn every answer
//!   into tokens. Digits among other digits are no secret either, unless they are many.
//! - What looks like a token and was sent by the server is told in other quotes, `‹hash 1›`.

mod cut;
mod json;
mod patterns;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use self::cut::{Cut, foreign_tokens, splice};
use self::json::Grammar;
use self::patterns::{Spelling, spellings};
use super::dictionary::{Dictionary, Found, SHORTEST, Word};
use super::json_text;
use super::number;
use super::spelling::{View, dissections, layers};
use super::token::Token;
use super::vocabulary::{LONGEST, is_vocabulary};

/// Replaces secrets with their tokens.
#[derive(Debug)]
pub struct Redactor {
    /// Every spelling of every secret that is looked for inside other text.
    spellings: Dictionary,
    /// Those that are recognised in letters of either case, in small ones.
    folded: Dictionary,
    /// What each of them is.
    patterns: Vec<Pattern>,
    tokens: Vec<Told>,
    /// Secrets that are replaced only where they are a whole value, with the index of their token.
    whole: HashMap<String, usize>,
    /// Secrets that may be numbers, in the one form of the number.
    numeric: HashMap<String, Numeric>,
    /// The same as they are written, with the index of their token.
    digits: Dictionary,
}

/// What is told of a secret.
#[derive(Debug)]
struct Told {
    token: String,
    /// What stands in the place of what betrays it without being it.
    trace: String,
}

/// A spelling of a secret.
#[derive(Debug)]
struct Pattern {
    /// The index of its token.
    token: usize,
    /// Whether it is nothing among other digits.
    is_few_digits: bool,
    /// Whether it is the very secret in a usual encoding, rather than something made of it.
    is_usual: bool,
}

/// A secret that may be a number.
#[derive(Debug, Clone, Copy)]
struct Numeric {
    /// The index of its token.
    token: usize,
    width: usize,
}

/// How a text spells what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spelt {
    AsUsual,
    InPieces,
}

/// Secrets of fewer bytes are replaced only where they are a whole value.
const SHORT: usize = SHORTEST;

/// So many digits are found inside a longer number; fewer may stand there by chance, in a time for
/// example.
const MANY_DIGITS: usize = 12;

impl Redactor {
    /// Makes a redactor of values and their tokens; the first token of a value stays.
    #[must_use]
    pub fn new(secrets: &[(String, Token)]) -> Redactor {
        let mut redactor = Redactor {
            spellings: Dictionary::default(),
            folded: Dictionary::default(),
            patterns: Vec::new(),
            tokens: Vec::new(),
            whole: HashMap::new(),
            numeric: HashMap::new(),
            digits: Dictionary::default(),
        };
        let (mut spelt, mut numbers) = (Vec::new(), Vec::new());
        for (value, name) in secrets.iter().filter(|(value, _)| !value.is_empty()) {
            let token = redactor.tokens.len();
            redactor.tokens.push(Told::of(name));
            if value.len() < SHORT || is_vocabulary(value) {
                redactor.whole.entry(value.clone()).or_insert(token);
                continue;
            }
            if let Some(number) = number::one_form(value.trim_start_matches('-')) {
                let numeric = Numeric { token, width: value.len() };
                redactor.numeric.entry(number).or_insert(numeric);
                numbers.push((value, token));
            }
            for (one, is_usual) in spellings(value, name.near_miss.is_some()) {
                let is_few_digits =
                    value.len() < MANY_DIGITS && one.bytes == value.as_bytes() && are_digits(value);
                redactor.patterns.push(Pattern { token, is_few_digits, is_usual });
                spelt.push(one);
            }
        }
        let folded: Vec<Vec<u8>> = spelt.iter().map(|one| one.bytes.to_ascii_lowercase()).collect();
        let word = |(id, one): (usize, &Spelling), bytes| Word {
            bytes,
            id,
            enough: one.enough,
            goes_on: one.goes_on,
        };
        redactor.spellings =
            Dictionary::new(spelt.iter().enumerate().map(|(id, one)| word((id, one), &one.bytes)));
        let telling = spelt.iter().enumerate().zip(&folded);
        let telling = telling.filter(|((_, one), _)| one.enough < usize::MAX);
        redactor.folded = Dictionary::new(telling.map(|(one, bytes)| word(one, bytes)));
        redactor.digits = Dictionary::new(numbers.into_iter().map(|(value, id)| Word {
            bytes: value.as_bytes(),
            id,
            enough: usize::MAX,
            goes_on: false,
        }));
        redactor
    }

    /// A value without secrets.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        self.whole(text).map_or_else(|| self.inside(text), str::to_owned)
    }

    /// A text without secrets that is no value of anybody's choice.
    fn inside(&self, text: &str) -> String {
        String::from_utf8_lossy(&self.bytes(text.as_bytes())).into_owned()
    }

    /// A header of an answer without secrets. That of a content type is judged, and says no secret
    /// that is a word of its own.
    #[must_use]
    pub fn header(&self, name: &str, value: &str) -> (String, String) {
        let is_content_type = name.eq_ignore_ascii_case("content-type");
        let value = if is_content_type { self.inside(value) } else { self.text(value) };
        (if is_vocabulary(name) { name.to_owned() } else { self.text(name) }, value)
    }

    /// A query string without secrets.
    #[must_use]
    pub fn query(&self, query: &str) -> String {
        String::from_utf8_lossy(&self.pairs(query.as_bytes())).into_owned()
    }

    /// What is told already, without what is a secret only now; tokens in it stay as they are.
    pub(crate) fn again(&self, told: &str) -> String {
        String::from_utf8_lossy(&self.again_bytes(told.as_bytes())).into_owned()
    }

    /// The same for a body.
    pub(crate) fn again_bytes(&self, told: &[u8]) -> Vec<u8> {
        let mut cuts = Vec::new();
        self.note_cuts(&View::of(told), Spelt::AsUsual, &mut cuts);
        splice(told, cuts)
    }

    /// A body without secrets. Bytes that hold none stay as they are, so that what is wrong with
    /// a body is still wrong with its record.
    #[must_use]
    pub fn body(&self, body: &[u8]) -> Vec<u8> {
        const MARK: &[u8] = "\u{feff}".as_bytes();
        let mut rest = body;
        while let Some(behind) = rest.strip_prefix(MARK) {
            rest = behind;
        }
        let marks = &body[..body.len() - rest.len()];
        [marks, &self.body_without_marks(rest)].concat()
    }

    fn body_without_marks(&self, body: &[u8]) -> Vec<u8> {
        let is_json = |body: &[u8]| {
            std::str::from_utf8(body).is_ok_and(|text| json_text::check(text).is_ok())
        };
        if is_json(body) {
            return self.json(body, Grammar::Kept);
        }
        let looks_like_json =
            body.trim_ascii_start().first().is_some_and(|byte| b"{[\"".contains(byte));
        let redacted =
            if looks_like_json { self.json(body, Grammar::Broken) } else { self.pairs(body) };
        // What broke the grammar may have been inside a secret.
        if is_json(&redacted) { [&redacted[..], b"\0"].concat() } else { redacted }
    }

    /// The token of a secret that is the whole value.
    fn whole(&self, value: &str) -> Option<&str> {
        let token = self.whole.get(value)?;
        Some(&self.tokens[*token].token)
    }

    fn bytes(&self, bytes: &[u8]) -> Vec<u8> {
        splice(bytes, self.cuts(bytes))
    }

    /// What is to be cut out of bytes. Which characters are escaped, and how, is every server's
    /// own choice: secrets are looked for in what the escapes mean, and cut out of what was written.
    fn cuts(&self, bytes: &[u8]) -> Vec<Cut<'_>> {
        let mut cuts = Vec::new();
        if bytes.len() >= SHORT {
            let as_it_is = View::of(bytes);
            let layers = layers(bytes);
            for view in std::iter::once(&as_it_is).chain(&layers) {
                self.note_cuts(view, Spelt::AsUsual, &mut cuts);
            }
            for view in dissections(&as_it_is, &layers) {
                self.note_cuts(&view, Spelt::InPieces, &mut cuts);
            }
        }
        cuts.extend(foreign_tokens(bytes));
        cuts
    }

    fn note_cuts<'a>(&'a self, view: &View, spelt: Spelt, cuts: &mut Vec<Cut<'a>>) {
        let bytes = view.bytes.as_slice();
        let is_secret = |found: &Found| {
            let is_chance = self.patterns[found.id].is_few_digits
                && is_among_digits(bytes, found.range.clone());
            !is_chance && !is_vocabulary(word_around(bytes, found.range.clone()))
        };
        for found in self.spellings.find_all(bytes, is_secret) {
            let pattern = &self.patterns[found.id];
            let told = &self.tokens[pattern.token];
            let is_exact = found.is_whole && pattern.is_usual && spelt == Spelt::AsUsual;
            let text = Cow::from(if is_exact { &told.token } else { &told.trace });
            cuts.push(Cut { range: view.written(&found.range), is_exact, text });
        }
        for found in self.folded.find_all(&bytes.to_ascii_lowercase(), is_secret) {
            let text = Cow::from(&self.tokens[self.patterns[found.id].token].trace);
            cuts.push(Cut { range: view.written(&found.range), is_exact: false, text });
        }
    }

    /// `name=value` pairs, where a secret can be a whole value.
    fn pairs(&self, bytes: &[u8]) -> Vec<u8> {
        let mut cuts = self.cuts(bytes);
        let mut start = 0;
        for pair in bytes.split(|byte| *byte == b'&') {
            let value = pair.iter().position(|byte| *byte == b'=').map(|at| at + 1);
            if let Some(value) = value {
                let decoded = percent_encoding::percent_decode(&pair[value..]).decode_utf8_lossy();
                let range = start + value..start + pair.len();
                let cut = |token| Cut { range, is_exact: true, text: Cow::from(token) };
                cuts.extend(self.whole(&decoded).map(cut));
            }
            start += pair.len() + 1;
        }
        splice(bytes, cuts)
    }
}

impl Told {
    fn of(name: &Token) -> Told {
        Told { token: name.to_string(), trace: name.clone().trace().to_string() }
    }
}

fn are_digits(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_among_digits(bytes: &[u8], range: Range<usize>) -> bool {
    let is_digit =
        |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    is_digit(range.start.checked_sub(1)) || is_digit(Some(range.end))
}

/// The word, or words that are joined, that a range of bytes is part of.
fn word_around(bytes: &[u8], range: Range<usize>) -> &str {
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
    // What goes on for longer is none that anybody knows.
    let before = bytes[..range.start].iter().rev().take(LONGEST).take_while(is_part).count();
    let after = bytes[range.end..].iter().take(LONGEST).take_while(is_part).count();
    std::str::from_utf8(&bytes[range.start - before..range.end + after]).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Redactor, Token};
    use crate::value::dictionary::tests::WORK;
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use rstest::rstest;

    const PASSWORD: &str = "12f@14Y$é \"<";
    const HASH: &str = "fa7bf873fab9333144e171372a321b06";

    fn token(text: &str) -> Token {
        text.parse().expect("it is a token")
    }

    fn redactor() -> Redactor {
        Redactor::new(&[
            (PASSWORD.to_owned(), token("«dealer.password»")),
            (HASH.to_owned(), token("«hash 1»")),
            (format!("{HASH}0"), token("«hash 1 with one more character»")),
            ("x".to_owned(), token("«header X-Short»")),
            ("success".to_owned(), token("«second_dealer.password»")),
        ])
    }

    #[rstest]
    #[case::plain(PASSWORD.to_owned())]
    #[case::percent("p=12f%4014Y%24%C3%A9%20%22%3C".to_owned())]
    #[case::percent_lower("p=12f%4014Y%24%c3%a9%20%22%3c".to_owned())]
    #[case::form("p=12f%4014Y%24%C3%A9+%22%3C".to_owned())]
    #[case::json_escapes(r#"{"e": "12f\u004014\u0059$\u00e9 \"<"}"#.to_owned())]
    #[case::json_in_html(r#"12f@14Y$é \"<"#.to_owned())]
    #[case::html("<p>12f@14Y$é &quot;&lt;</p>".to_owned())]
    #[case::html_numbers("<p>12f@14Y&#36;&#xE9; \"&#60;</p>".to_owned())]
    #[case::percent_some("p=12f@14Y$%c3%A9%20%22<".to_owned())]
    #[case::percent_plus("p=12f%4014Y%24%c3%A9+%22%3c&x=1".to_owned())]
    #[case::json_twice(r#"{"e": "{\"e\":\"12f@14Y$\\u00e9 \\\"<\"}"}"#.to_owned())]
    #[case::base64(format!("Basic {}", STANDARD.encode(format!("20410:{PASSWORD}"))))]
    #[case::base64_in_json(format!("{{\"e\":\"{}\"}}", STANDARD.encode(format!("ab{PASSWORD}cd"))))]
    #[case::member_name(r#"{"12f@14Y$é \"<": 1}"#.to_owned())]
    #[case::broken_json(r#"{"e": "wrong 12f@14Y$é \"<"#.to_owned())]
    fn a_secret_is_found_in_every_spelling(#[case] body: String) {
        let redacted = redactor().body(body.as_bytes());
        let redacted = String::from_utf8(redacted).expect("it stays text");
        assert!(redacted.contains("«dealer.password»"), "{redacted}");
        assert!(!redacted.contains("12f"), "{redacted}");
    }

    #[rstest]
    #[case(
        r#"{"success": true, "hash": "fa7bf873fab9333144e171372a321b06", "x": "x"}"#,
        r#"{"success": true, "hash": "«hash 1»", "«header X-Short»": "«header X-Short»"}"#
    )]
    #[case(
        "hash=fa7bf873fab9333144e171372a321b060&p=x&q=xx",
        "hash=«hash 1 with one more character»&p=«header X-Short»&q=xx"
    )]
    #[case(r#"{"a":1,"a":"#, r#"{"a":1,"a":"#)]
    fn only_secrets_change(#[case] body: &str, #[case] expected: &str) {
        let redacted = redactor().body(body.as_bytes());
        assert_eq!(String::from_utf8_lossy(&redacted), expected);
    }

    /// Passwords that are words or digits that stand in every answer.
    #[rstest]
    #[case::in_a_time("90420", r#"{"server_time":1790420410,"at":"1790420410"}"#)]
    #[case::code("12", r#"{"status":{"code":12}}"#)]
    #[case::word_of_json("true", r#"{"success":true,"x":"untrue"}"#)]
    #[case::nothing("null", r#"{"x":null}"#)]
    #[case::member("success", r#"{"success":false,"x":"no success"}"#)]
    #[case::parameter("password", r#"{"description":"Wrong password."}"#)]
    #[case::part_of_a_member("descri", r#"{"description":"x"}"#)]
    #[case::parameter_of_a_form("password", "login=1&password=x")]
    #[case::among_digits_of_a_page("90420", "<p>1790420410</p>")]
    fn what_everybody_writes_is_no_secret(#[case] password: &str, #[case] body: &str) {
        let redactor = Redactor::new(&[(password.to_owned(), token("«dealer.password»"))]);
        assert_eq!(String::from_utf8_lossy(&redactor.body(body.as_bytes())), body);
    }

    #[rstest]
    #[case::value("success", r#"{"x":"success"}"#, r#"{"x":"«hash 1»"}"#)]
    #[case::value_of_a_form("password", "login=1&password=password", "login=1&password=«hash 1»")]
    #[case::value_of_a_parameter(
        "password",
        r#"{"password":"password"}"#,
        r#"{"password":"«hash 1»"}"#
    )]
    #[case::digits("90420", r#"{"x":"no 90420, no"}"#, r#"{"x":"no «hash 1», no"}"#)]
    #[case::number(
        "90420",
        r#"{"x":90420,"y":[-90420,9.042e4]}"#,
        r#"{"x":90000,"y":[-90000,90000.5]}"#
    )]
    #[case::whole_body("90420", "90420", "90000")]
    #[case::number_of_many_digits(
        "1234567890123",
        r#"{"hash":1234567890123}"#,
        r#"{"hash":9999999990000}"#
    )]
    #[case::inside_a_number("1234567890123", "[99123456789012399]", "[99999999999990000]")]
    #[case::nines("9999999990000", "[9999999990000]", "[8888888880000]")]
    #[case::escape_stays(
        "kanari",
        r#"{"\ud800":"\u00e9kan\u0061ri\ud800"}"#,
        r#"{"\ud800":"\u00e9«hash 1»\ud800"}"#
    )]
    #[case::json_in_json_in_json(
        "k\"anari",
        r#"["{\"a\":\"{\\\"b\\\":\\\"k\\\\\\\"anari\\\"}\"}"]"#,
        r#"["{\"a\":\"{\\\"b\\\":\\\"«hash 1»\\\"}\"}"]"#
    )]
    #[case::token_of_the_server(
        "kanari",
        r#"{"hash":"«hash 1»","x":"«x»"}"#,
        r#"{"hash":"‹hash 1›","x":"«x»"}"#
    )]
    #[case::percent_five_times("kanari", "%252525256Banari", "«hash 1»")]
    #[case::two_names("kanari", r#"{"kanari":1,"k%61nari":2}"#, r#"{"«hash 1»":1,"«hash 1»'":2}"#)]
    #[case::byte_order_mark("90420", "\u{feff}[90420]", "\u{feff}[90000]")]
    #[case::cut_short(
        "90420",
        r#"{"a":"x90420y","b":90420,"c":"904"#,
        r#"{"a":"x«hash 1»y","b":«hash 1»,"c":"904"#
    )]
    #[case::what_breaks_the_grammar("kan\\q", r#"["kan\q"]"#, "[\"«hash 1»\"]\0")]
    fn a_secret_is_replaced_and_the_rest_stays(
        #[case] secret: &str,
        #[case] body: &str,
        #[case] expected: &str,
    ) {
        let redactor = Redactor::new(&[(secret.to_owned(), token("«hash 1»"))]);
        assert_eq!(String::from_utf8_lossy(&redactor.body(body.as_bytes())), expected);
    }

    #[rstest]
    #[case("application", "content-type", "application/json; charset=utf-8")]
    #[case("application/json", "content-type", "application/json")]
    #[case("plica", "Content-Type", "application/json")]
    #[case("content", "content-type", "text/html")]
    #[case("content-type", "content-type", "text/html")]
    #[case("utf-8", "content-type", "text/html; charset=utf-8")]
    fn what_headers_say_to_everybody_stays(
        #[case] password: &str,
        #[case] name: &str,
        #[case] value: &str,
    ) {
        let redactor = Redactor::new(&[(password.to_owned(), token("«dealer.password»"))]);
        assert_eq!(redactor.header(name, value), (name.to_owned(), value.to_owned()));
    }

    /// What the README says is found, beside the usual spellings.
    #[rstest]
    #[case::reversed("Q1337iranaK")]
    #[case::upper("KANARI7331Q")]
    #[case::lower("kanari7331q")]
    #[case::rotated("Xnanev7331D")]
    #[case::spaced("K a n a r i 7 3 3 1 Q")]
    #[case::dashed("K-a-n-a-r-i-7-3-3-1-Q")]
    #[case::listed_letters("K, a, n, a, r, i, 7, 3, 3, 1, Q")]
    #[case::pairs("4b:61:6e:61:72:69:37:33:33:31:51")]
    #[case::marked_pairs("0x4B 0x61 0x6E 0x61 0x72 0x69 0x37 0x33 0x33 0x31 0x51")]
    #[case::mixed_hexadecimal("4b616E6172693733333151")]
    #[case::bytes("[75,97,110,97,114,105,55,51,51,49,81]")]
    #[case::base64_twice("UzJGdVlYSnBOek16TVZFPQ==")]
    #[case::base32("JNQW4YLSNE3TGMZRKE")]
    #[case::small_base32("jnqw4ylsne3tgmzrke")]
    #[case::quoted_printable("=4Ban=61ri73=\r\n31Q")]
    #[case::utf16("K\0a\0n\0a\0r\0i\x007\x003\x003\x001\0Q\0")]
    #[case::cut_short("Kanari73")]
    #[case::cut_short_in_base64("S2FuYXJpNzM")]
    #[case::cut_short_in_hexadecimal("4b616e6172693733")]
    fn a_secret_in_disguise_is_found(#[case] disguise: &str) {
        let redactor = Redactor::new(&[("Kanari7331Q".to_owned(), token("«hash 1»"))]);
        let trace = "«hash 1 in part or in disguise»";
        let quoted = serde_json::Value::from(format!("no {disguise}")).to_string();
        for body in [format!("<p>{disguise}</p>"), quoted] {
            let redacted = redactor.body(body.as_bytes());
            let redacted = String::from_utf8_lossy(&redacted);
            let (_, rest) = redacted.split_once(trace).expect(&redacted);
            // The end of an encoding may depend on what follows.
            assert!(rest.len() <= "ZFPQ==</p>".len(), "{redacted}");
        }
    }

    #[test]
    fn a_hash_that_is_escaped_is_none_that_is_made_of_escapes() {
        let escaped: String = HASH.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let near_miss = token("«hash 1 with every byte percent-escaped»");
        let secrets = [(HASH.to_owned(), token("«hash 1»")), (escaped.clone(), near_miss)];
        let redactor = Redactor::new(&secrets);
        assert_eq!(redactor.query(&format!("hash={escaped}")), "hash=«hash 1»");
        let twice = escaped.replace('%', "%25");
        let expected = "hash=«hash 1 with every byte percent-escaped»";
        assert_eq!(redactor.query(&format!("hash={twice}")), expected);
    }

    /// A password that is a word is found as it is, and nothing else is taken for it.
    #[rstest]
    #[case("Dragonfly is no DRAGONFLY", "Dragonfly is no DRAGONFLY")]
    #[case("dragonfl, ylfnogard", "dragonfl, ylfnogard")]
    #[case("dragonfly, ZHJhZ29uZmx5", "«hash 1», «hash 1»")]
    fn a_word_is_no_disguise_of_a_password(#[case] text: &str, #[case] expected: &str) {
        let redactor = Redactor::new(&[("dragonfly".to_owned(), token("«hash 1»"))]);
        assert_eq!(redactor.text(text), expected);
    }

    #[rstest]
    #[case("[1,75,97,110,97,114,105,55,51,51,49,81, 2]", "[1,0,0,0,0,0,0,0,0,0,0,0, 2]")]
    #[case("{\"a\":[75, 97, 110]}", "{\"a\":[75, 97, 110]}")]
    fn numbers_that_spell_out_a_secret_stay_numbers(#[case] body: &str, #[case] expected: &str) {
        let redactor = Redactor::new(&[("Kanari7331Q".to_owned(), token("«hash 1»"))]);
        assert_eq!(String::from_utf8_lossy(&redactor.body(body.as_bytes())), expected);
    }

    #[test]
    fn names_that_become_the_same_are_told_apart_by_numbers() {
        let redactor = Redactor::new(&[("kanari".to_owned(), token("«hash 1»"))]);
        let body = r#"{"kanari":1,"k%61nari":2,"%6banari":3,"«hash 1»'":4}"#;
        let expected = r#"{"«hash 1»":1,"«hash 1»'":2,"«hash 1»'2":3,"‹hash 1›'":4}"#;
        assert_eq!(String::from_utf8_lossy(&redactor.body(body.as_bytes())), expected);
    }

    #[test]
    fn no_number_of_marks_is_too_much() {
        let marks = "\u{feff}".repeat(200_000);
        let redacted = redactor().body(format!("{marks}{HASH}").as_bytes());
        assert!(redacted == format!("{marks}«hash 1»").into_bytes());
    }

    /// Whatever is told, twice as much of it is about twice the work.
    #[rstest]
    #[case::one_letter(|n| "d".repeat(n))]
    #[case::secrets(|n| format!("{HASH} ").repeat(n / 32))]
    #[case::parts(|n| HASH[..9].repeat(n / 9))]
    #[case::escapes(|n| "%2525".repeat(n / 5))]
    #[case::pieces(|n| "d ".repeat(n / 2))]
    #[case::numbers(|n| format!("[{}1]", "97,".repeat(n / 3)))]
    #[case::names(|n| (0..n / 20).map(|i| format!("{{\"{HASH}\":{i}}}")).collect())]
    #[case::open_tokens(|n| "«".repeat(n))]
    #[case::texts(|n| format!("[{}1]", "\"hash\",".repeat(n / 7)))]
    fn work_grows_with_the_body(#[case] body: fn(usize) -> String) {
        let long = ("d".repeat(5_000) + "e", token("«hash 2»"));
        let many = (0..50).map(|i| (format!("{}{i}", "d".repeat(60)), token("«hash 3»")));
        let mut secrets: Vec<_> = many.chain([long]).collect();
        secrets.push((HASH.to_owned(), token("«hash 1»")));
        let redactor = Redactor::new(&secrets);
        let work = |n: usize| {
            WORK.with(|work| work.set(0));
            let _ = redactor.body(body(n).as_bytes());
            WORK.with(std::cell::Cell::get)
        };
        let (once, twice) = (work(20_000), work(40_000));
        assert!(twice <= once * 5 / 2, "{once} steps, then {twice}");
    }

    #[test]
    fn bytes_that_are_not_text_stay_as_they_are() {
        let body = b"{\"a\":\"\xff\", \"hash\":\"fa7bf873fab9333144e171372a321b06\"}";
        let redacted = redactor().body(body);
        assert_eq!(
            redacted,
            [&b"{\"a\":\"\xff\", \"hash\":\""[..], "«hash 1»\"}".as_bytes()].concat()
        );
    }
}
