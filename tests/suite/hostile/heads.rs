//! What stands before a body, and around it: status line, headers, lengths, chunks, trailers.

use std::io::Write;

use rstest::rstest;

use super::{
    Ends, FEW, Incomplete, Inconclusive, Manner, Nonconformant, answer_with, check, head, raw,
    scripted, without_end,
};

const TOO_LARGE: &str = "the head of the answer is larger than the suite reads";
const NO_HEADER: &str =
    "what came back is no HTTP: client error (SendRequest): invalid HTTP header";
const NO_STATUS: &str =
    "what came back is no HTTP: client error (SendRequest): invalid HTTP status";
const NO_VERSION: &str =
    "what came back is no HTTP: client error (SendRequest): invalid HTTP version";
const NO_LENGTH: &str =
    "what came back is no HTTP: client error (SendRequest): invalid content-length";
const FRAMING: &str = "what stands between the chunks";

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

/// A head that never ends, made of this again and again.
fn endless(start: &'static str, piece: &'static str) -> Manner {
    scripted(move |turn| {
        turn.stream.write_all(start.as_bytes())?;
        without_end(turn.stream, piece.as_bytes())
    })
}

/// The usual answer with these headers more.
fn more(headers: String) -> Manner {
    scripted(move |turn| answer_with(turn, &format!("{OK}{headers}"), &turn.reply.body.clone()))
}

/// The usual body in one chunk, between these bytes.
fn chunked(before: &'static str, after: impl Into<Vec<u8>>) -> Manner {
    let after = after.into();
    scripted(move |turn| {
        let body = &turn.reply.body;
        write!(turn.stream, "{OK}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n")?;
        write!(turn.stream, "{:x}{before}\r\n", body.len())?;
        turn.stream.write_all(body)?;
        turn.stream.write_all(b"\r\n")?;
        turn.stream.write_all(&after)
    })
}

/// A first chunk of this size, and the usual body.
fn chunk_of(size: &'static str) -> Manner {
    scripted(move |turn| {
        write!(turn.stream, "{OK}Transfer-Encoding: chunked\r\n\r\n{size}\r\n")?;
        turn.stream.write_all(&turn.reply.body)
    })
}

#[rstest]
#[case::endless_status_line(endless("HTTP/1.1 200 ", "O"), Inconclusive, TOO_LARGE)]
#[case::endless_header(endless("HTTP/1.1 200 OK\r\nX-Long: ", "x"), Inconclusive, TOO_LARGE)]
#[case::endless_headers(endless("HTTP/1.1 200 OK\r\n", "X-Again: x\r\n"), Inconclusive, TOO_LARGE)]
#[case::endless_name(endless("HTTP/1.1 200 OK\r\n", "x"), Inconclusive, TOO_LARGE)]
#[case::hundred_thousand_headers(more("X-Many: x\r\n".repeat(100_000)), Inconclusive, TOO_LARGE)]
#[case::header_of_a_megabyte(more(format!("X-Long: {}\r\n", "x".repeat(1 << 20))), Inconclusive, TOO_LARGE)]
#[case::name_of_a_megabyte(more(format!("{}: x\r\n", "x".repeat(1 << 20))), Inconclusive, TOO_LARGE)]
#[case::nine_hundred_headers(more("X-Many: x\r\n".repeat(900)), Incomplete, "INCOMPLETE")]
#[case::nul_in_a_header(more("X-Nul: a\0b\r\n".to_owned()), Inconclusive, NO_HEADER)]
#[case::escapes_in_a_header(more(format!("X-Odd: {}\r\n", "\u{1b}]0;owned\u{7}")), Inconclusive, NO_HEADER)]
#[case::header_without_colon(more("no colon here\r\n".to_owned()), Inconclusive, NO_HEADER)]
#[case::header_without_name(more(": nameless\r\n".to_owned()), Inconclusive, NO_HEADER)]
#[case::carriage_returns(head("HTTP/1.1 200 OK\rContent-Length: 2\r\r"), Inconclusive, NO_STATUS)]
#[case::status_of_letters(raw("HTTP/1.1 abc OK\r\n\r\n{}"), Inconclusive, NO_STATUS)]
#[case::status_of_two_digits(raw("HTTP/1.1 20 OK\r\n\r\n{}"), Inconclusive, NO_STATUS)]
#[case::status_of_four_digits(raw("HTTP/1.1 2000 OK\r\n\r\n{}"), Inconclusive, NO_STATUS)]
#[case::status_0(raw("HTTP/1.1 000 Zero\r\nContent-Length: 2\r\n\r\n{}"), Inconclusive, NO_STATUS)]
#[case::version_9(raw("HTTP/9.9 200 OK\r\n\r\n{}"), Inconclusive, NO_VERSION)]
#[case::http_0_9(head(""), Inconclusive, NO_VERSION)]
#[case::negative_length(
    head("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"),
    Inconclusive,
    NO_LENGTH
)]
#[case::length_of_letters(
    head("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n"),
    Inconclusive,
    NO_LENGTH
)]
#[case::length_beyond_64_bits(
    head("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n"),
    Inconclusive,
    NO_LENGTH
)]
#[case::two_lengths(
    head("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 7\r\n\r\n"),
    Inconclusive,
    NO_LENGTH
)]
#[case::two_lengths_in_one(
    head("HTTP/1.1 200 OK\r\nContent-Length: 2, 7\r\n\r\n"),
    Inconclusive,
    NO_LENGTH
)]
#[case::status_999(
    raw("HTTP/1.1 999 Odd\r\nContent-Length: 2\r\n\r\n{}"),
    Inconclusive,
    "HTTP 999"
)]
#[case::huge_length(
    head("HTTP/1.1 200 OK\r\nContent-Length: 9999999999999\r\n\r\n"),
    Nonconformant,
    "is cut short"
)]
#[case::huge_chunk(chunk_of("fffffffffffffff"), Nonconformant, "is cut short")]
#[case::chunk_beyond_64_bits(chunk_of("fffffffffffffffffffff"), Nonconformant, "is cut short")]
#[case::negative_chunk(chunk_of("-1"), Nonconformant, "is cut short")]
#[case::chunk_without_size(chunk_of(""), Nonconformant, "is cut short")]
#[case::no_last_chunk(chunked("", ""), Nonconformant, "is cut short")]
#[case::extension_of_a_chunk(chunked("", format!("1;{}\r\n \r\n0\r\n\r\n", "e=f;".repeat(100_000))), Inconclusive, FRAMING)]
#[case::extensions_of_chunks(chunked("", format!("{}0\r\n\r\n", "1;ext=on\r\n \r\n".repeat(100_000))), Inconclusive, FRAMING)]
#[case::long_trailer(chunked("", format!("0\r\nX-T: {}\r\n\r\n", "x".repeat(1 << 20))), Inconclusive, FRAMING)]
#[case::many_trailers(chunked("", format!("0\r\n{}\r\n", "X-T: x\r\n".repeat(100_000))), Inconclusive, FRAMING)]
#[case::line_feeds_only(
    head("HTTP/1.1 200 OK\nContent-Type: application/json\n\n"),
    Incomplete,
    "INCOMPLETE"
)]
#[case::the_same_length_twice(
    scripted(|turn| {
        let body = turn.reply.body.clone();
        let length = body.len();
        answer_with(turn, &format!("{OK}Content-Length: {length}\r\n"), &body)
    }),
    Incomplete,
    "INCOMPLETE"
)]
fn a_head_is_read_or_what_is_wrong_with_it_is_named(
    #[case] manner: Manner,
    #[case] ends: Ends,
    #[case] sentence: &str,
) {
    check(manner, &FEW, ends, sentence);
}

#[test]
fn an_answer_without_end_before_the_answer_is_waited_for_no_longer_than_for_any() {
    let manner = endless("", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n");
    let arguments = [&FEW[..], &["--timeout", "2s"]].concat();
    check(manner, &arguments, Inconclusive, "no complete answer within 2s");
}

#[test]
fn a_length_and_chunks_at_once_are_read_as_chunks_or_not_at_all() {
    let manner = scripted(|turn| {
        let body = &turn.reply.body;
        write!(turn.stream, "{OK}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n")?;
        write!(turn.stream, "{:x}\r\n{}\r\n0\r\n\r\n", body.len(), String::from_utf8_lossy(body))
    });
    check(manner, &FEW, Incomplete, "INCOMPLETE");
}
