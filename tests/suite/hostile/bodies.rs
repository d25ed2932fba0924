//! Bodies that no reader likes: without end, packed, cut, in another encoding, huge, deep, or full
//! of what terminals, browsers and shells understand.

use std::io::Write;
use std::time::Duration;

use rstest::rstest;

use super::{
    Ends, FEW, Incomplete, Inconclusive, Manner, Nonconformant, answer_with, body, check, member,
    raw, scripted, with_member, without_end,
};

const TOO_LARGE: &str = "larger than the 1048576 bytes that the suite reads";
const TOO_DEEP: &str = "nested deeper than the 512 levels that the suite reads";
const NO_JSON: &str = "got a body that is not JSON";
const NO_UTF_8: &str = "got a body that is not UTF-8";
const OK: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

/// A packed body, and what it is said to be packed by.
fn packed(coding: &'static str, body: Vec<u8>) -> Manner {
    scripted(move |turn| answer_with(turn, &format!("{OK}Content-Encoding: {coding}\r\n"), &body))
}

/// The usual body, changed.
fn changed(change: impl Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static) -> Manner {
    scripted(move |turn| {
        let (status, body) = (turn.reply.status, change(&turn.reply.body));
        answer_with(
            turn,
            &format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\n"),
            &body,
        )
    })
}

/// The usual body, which is said to be so many bytes longer than it is.
fn longer_by(more: usize) -> Manner {
    scripted(move |turn| {
        write!(turn.stream, "{OK}Content-Length: {}\r\n\r\n", turn.reply.body.len() + more)?;
        turn.stream.write_all(&turn.reply.body)
    })
}

fn utf_16(text: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(text).into_owned();
    [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

/// A JSON object with many members.
fn members(count: usize) -> String {
    let members: Vec<String> = (0..count).map(|number| format!("\"{number}\":1")).collect();
    format!("{{{}}}", members.join(","))
}

/// Fills a body up to the megabyte that the suite reads.
fn filled(piece: &'static str) -> Manner {
    changed(move |body| {
        let room = (1 << 20) - 1024 - body.len();
        with_member(body, &format!("\"x\":[{}0]", piece.repeat(room / piece.len())))
    })
}

#[rstest]
#[case::endless(scripted(|turn| { write!(turn.stream, "{OK}\r\n{{\"x\":\"")?; without_end(turn.stream, b"x") }), Inconclusive, TOO_LARGE)]
#[case::endless_chunks(scripted(|turn| { write!(turn.stream, "{OK}Transfer-Encoding: chunked\r\n\r\n")?; without_end(turn.stream, b"40\r\n                                                                \r\n") }), Inconclusive, TOO_LARGE)]
#[case::a_million_members(body(members(1_000_000)), Inconclusive, TOO_LARGE)]
#[case::two_megabytes(body(" ".repeat(2 << 20)), Inconclusive, TOO_LARGE)]
#[case::bomb(packed("gzip", gzip(&vec![b' '; 32 << 20])), Inconclusive, TOO_LARGE)]
#[case::bomb_in_pieces(packed("gzip", gzip(&vec![b' '; 1 << 20]).repeat(8)), Inconclusive, TOO_LARGE)]
#[case::brackets(member(format!("\"x\":{}{}", "[".repeat(100_000), "]".repeat(100_000))), Inconclusive, TOO_DEEP)]
#[case::braces(member(format!("\"x\":{}1{}", "{\"x\":".repeat(100_000), "}".repeat(100_000))), Inconclusive, TOO_DEEP)]
fn what_is_larger_than_the_suite_reads_is_not_held_against_anybody(
    #[case] manner: Manner,
    #[case] ends: Ends,
    #[case] sentence: &str,
) {
    let ran = check(manner, &[&FEW[..], &["--level", "must"]].concat(), ends, sentence);
    assert_eq!(ran.checks("failed"), []);
}

#[rstest]
#[case::brackets_that_are_never_closed(body("[".repeat(1 << 20)), NO_JSON)]
#[case::gzip_of_gzip(packed("gzip, gzip", gzip(&gzip(b"{}"))), "expected a member `success`, got no such member")]
#[case::gzip_in_gzip(packed("gzip", gzip(&gzip(b"{}"))), NO_UTF_8)]
#[case::gzip_of_a_bomb(packed("gzip", gzip(&gzip(&vec![b' '; 64 << 20]))), NO_UTF_8)]
#[case::gzip_that_ends_too_soon(packed("gzip", gzip(&[b' '; 4000])[..20].to_vec()), "is not the `gzip`")]
#[case::no_gzip(packed("gzip", b"{\"success\":true}".to_vec()), "is not the `gzip`")]
#[case::brotli(packed("br", vec![0x0b, 0x02, 0x80, b'{', b'}', 0x03]), "content coding `br`")]
#[case::unknown_coding(packed("\u{202e}rot13", b"{}".to_vec()), "content coding")]
#[case::longer_than_it_is(longer_by(7), "is cut short")]
#[case::cut_within_a_character(changed(|_| "{\"success\":true,\"x\":\"é".as_bytes()[..22].to_vec()), NO_UTF_8)]
#[case::no_utf_8(changed(|_| b"{\"success\":true,\"x\":\"\xff\xfe\xc3\x28\"}".to_vec()), NO_UTF_8)]
#[case::latin_1(changed(|_| b"{\"success\":true,\"x\":\"gr\xfcn\"}".to_vec()), NO_UTF_8)]
#[case::utf_16(changed(utf_16), NO_UTF_8)]
#[case::nothing(body(""), "got a body that is empty")]
#[case::blanks(body(" \n\t "), NO_JSON)]
#[case::random(body((0..50_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect::<Vec<u8>>()), NO_UTF_8)]
#[case::nuls(body(vec![0; 100_000]), NO_JSON)]
#[case::followed_by_garbage(changed(|body| [body, b"<!-- served in 3 ms -->"].concat()), NO_JSON)]
#[case::twice(changed(|body| body.repeat(2)), NO_JSON)]
#[case::single_quotes(body("{'success': true}"), NO_JSON)]
#[case::comment(body("{\"success\": true /* yes */}"), NO_JSON)]
#[case::trailing_comma(body("{\"success\": true,}"), NO_JSON)]
#[case::not_a_number(body("{\"success\": true, \"x\": NaN}"), NO_JSON)]
#[case::raw_control_characters(body("{\"success\": true, \"x\": \"\u{1b}[2J\u{7}\"}"), NO_JSON)]
#[case::list(body("[]"), "expected an object, got []")]
#[case::text(body("\"success\""), "FAIL")]
#[case::null(body("null"), "FAIL")]
#[case::script_for_a_section(body("]]></failure><script>alert(1)</script>"), NO_JSON)]
#[case::commands(body("::error::injected\r\n`id` $(id) ${IFS} '; id"), NO_JSON)]
#[case::mark(changed(|body| [b"\xef\xbb\xbf", body].concat()), "starts with a byte order mark")]
#[case::two_values_of_one_name(
    member("\"x\":1,\"x\":2"),
    "member `x` stands twice with different values"
)]
fn a_body_that_is_none_of_the_api_is_a_violation(#[case] manner: Manner, #[case] sentence: &str) {
    check(manner, &FEW, Nonconformant, sentence);
}

#[rstest]
#[case::names_twice(member("\"x\":1,\"x\":1,\"y\":[{\"z\":[],\"z\":[]}]"))]
#[case::half_a_pair(changed(|body| with_member(body, "\"x\":\"\\ud800\"")))]
#[case::huge_exponent(member(
    "\"x\":1e999999999,\"y\":-1e-999999999,\"z\":[1E+99999999999999999999]"
))]
#[case::megabyte_of_digits(changed(|body| with_member(body, &format!("\"x\":{}", "7".repeat(1_000_000)))))]
#[case::megabyte_of_text(changed(|body| with_member(body, &format!("\"x\":\"{}\"", "x".repeat(1_000_000)))))]
#[case::megabyte_of_escapes(changed(|body| with_member(body, &format!("\"x\":\"{}\"", "\\u00e9".repeat(160_000)))))]
#[case::many_members(member(format!("\"x\":{}", members(60_000))))]
#[case::nested(member(format!("\"x\":{}{}", "[".repeat(400), "]".repeat(400))))]
#[case::escapes_of_terminals(member(
    "\"x\":\"\\u001b[2J\\u001b]0;owned\\u0007\\u009b31m\\u202e\\u0000\""
))]
#[case::markup(member("\"x\":\"<script>alert(1)</script>]]>&amp;<!--\""))]
#[case::commands(member(
    "\"x\":\"$(id) `id` '; id; \\n::error::injected\\r\\n::set-output name=x::y\""
))]
fn whatever_json_allows_beside_what_is_documented_is_read(#[case] manner: Manner) {
    let ran = check(manner, &FEW, Incomplete, "INCOMPLETE");
    assert_eq!((ran.count("must", "failed"), ran.count("must", "unjudged")), (0, 0));
}

/// A megabyte of values, which take fifty times as much memory as their text.
#[rstest]
#[case::numbers("1,")]
#[case::lists("[],")]
#[case::objects("{},")]
#[case::texts("\"\",")]
fn more_values_than_the_suite_reads_are_held_against_nobody(#[case] one: &'static str) {
    let sentence = "the answer holds more than the 262144 values that the suite reads";
    check(filled(one), &FEW, Inconclusive, sentence);
}

#[test]
fn a_body_that_drips_is_given_up_with_the_deadline_of_its_request() {
    let manner = scripted(|turn| {
        write!(turn.stream, "{OK}Content-Length: 100000\r\n\r\n")?;
        loop {
            turn.stream.write_all(b" ")?;
            std::thread::sleep(Duration::from_millis(200));
        }
    });
    let arguments = [&FEW[..], &["--timeout", "1s"]].concat();
    check(manner, &arguments, Inconclusive, "no complete answer within 1s");
}

#[test]
fn a_body_longer_than_said_is_a_violation() {
    let manner = raw(format!("{OK}Content-Length: 7\r\n\r\n{{\"success\": true}}"));
    check(manner, &FEW, Nonconformant, NO_JSON);
}
