//! Content codings: undoes what an answer says was done to its body (RFC 9110, section 8.4).

use std::io::Read;

use flate2::bufread::GzDecoder;

use crate::model::exchange::{Answer, Defect, NoAnswer};

/// How many bytes of a body are read, before and after it is decoded.
pub(super) const BODY_LIMIT: usize = 1024 * 1024;

/// The one coding that requests accept. Its old name means the same.
const GZIP: [&str; 2] = ["gzip", "x-gzip"];

/// More than anybody needs, and few enough to be undone at once.
const MOST: usize = 4;

/// The answer with its body as it was before it was coded; otherwise with the defect that it cannot
/// be had.
///
/// # Errors
///
/// The body is larger than the suite reads.
pub(super) fn decode(mut answer: Answer) -> Result<Answer, NoAnswer> {
    let codings = codings(&answer);
    let foreign = codings.iter().find(|coding| !GZIP.contains(&coding.as_str()));
    if let Some(coding) = foreign {
        answer.defect = Some(Defect::NotAccepted(coding.clone()));
        return Ok(answer);
    }
    for coding in &codings {
        // Nothing at all is no gzip, and says nothing that could be misread.
        if answer.body.is_empty() {
            break;
        }
        match gunzip(&answer.body)? {
            Some(body) if codings.len() <= MOST => answer.body = body,
            _ => {
                answer.defect = Some(Defect::Undecodable(coding.clone()));
                break;
            }
        }
    }
    Ok(answer)
}

/// The codings of a body in lower case, from all header lines; `identity` is none.
fn codings(answer: &Answer) -> Vec<String> {
    let lines = answer.headers.iter().filter(|(name, _)| name == "content-encoding");
    let codings = lines.flat_map(|(_, value)| value.split(','));
    let codings = codings.map(|coding| coding.trim().to_ascii_lowercase());
    codings.filter(|coding| !coding.is_empty() && coding != "identity").collect()
}

/// The decompressed bytes of one or more members (RFC 1952); `None` where they are no gzip. Zeros
/// behind them are padding, as they are for `gzip` itself.
fn gunzip(mut bytes: &[u8]) -> Result<Option<Vec<u8>>, NoAnswer> {
    let mut body = Vec::new();
    while body.is_empty() || bytes.iter().any(|byte| *byte != 0) {
        let rest = (BODY_LIMIT + 1).saturating_sub(body.len()) as u64;
        let before = bytes.len();
        if GzDecoder::new(&mut bytes).take(rest).read_to_end(&mut body).is_err() {
            return Ok(None);
        }
        if body.len() > BODY_LIMIT {
            return Err(NoAnswer::TooLarge(BODY_LIMIT));
        }
        if bytes.is_empty() || bytes.len() == before {
            break;
        }
    }
    Ok(Some(body))
}

#[cfg(test)]
mod tests {
    use super::{BODY_LIMIT, decode};
    use crate::model::exchange::{Answer, Defect, NoAnswer};
    use flate2::{Compression, write::GzEncoder};
    use rstest::rstest;
    use std::io::Write;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).expect("memory takes it");
        encoder.finish().expect("memory takes it")
    }

    fn answer(codings: &[&str], body: Vec<u8>) -> Answer {
        let header = |coding: &&str| ("content-encoding".to_owned(), (*coding).to_owned());
        Answer { status: 200, headers: codings.iter().map(header).collect(), body, defect: None }
    }

    #[rstest]
    #[case::none(&[], b"{}".to_vec())]
    #[case::identity(&["identity"], b"{}".to_vec())]
    #[case::gzip(&["gzip"], gzip(b"{}"))]
    #[case::capitals(&["GZip"], gzip(b"{}"))]
    #[case::old_name(&["x-gzip"], gzip(b"{}"))]
    #[case::identity_too(&["identity, gzip"], gzip(b"{}"))]
    #[case::empty_item(&[", gzip ,"], gzip(b"{}"))]
    #[case::twice(&["gzip, gzip"], gzip(&gzip(b"{}")))]
    #[case::twice_in_two_lines(&["gzip", "gzip"], gzip(&gzip(b"{}")))]
    #[case::two_members(&["gzip"], [gzip(b"{"), gzip(b"}")].concat())]
    #[case::first_member_empty(&["gzip"], [gzip(b""), gzip(b"{}")].concat())]
    #[case::padded(&["gzip"], [gzip(b"{}"), vec![0; 9]].concat())]
    fn a_body_is_what_it_was_before_it_was_coded(#[case] codings: &[&str], #[case] body: Vec<u8>) {
        let decoded = decode(answer(codings, body)).expect("it is small");
        assert_eq!((decoded.body.as_slice(), decoded.defect), (&b"{}"[..], None));
    }

    #[rstest]
    #[case(&["gzip"])]
    #[case(&["gzip, gzip"])]
    fn an_empty_body_stays_empty(#[case] codings: &[&str]) {
        let decoded = decode(answer(codings, Vec::new())).expect("it is small");
        assert_eq!((decoded.body.as_slice(), decoded.defect), (&b""[..], None));
    }

    #[rstest]
    #[case::brotli(&["br"], b"x".to_vec(), Defect::NotAccepted("br".to_owned()))]
    #[case::deflate_behind(&["gzip, deflate"], gzip(b"{}"), Defect::NotAccepted("deflate".to_owned()))]
    #[case::not_coded(&["gzip"], b"{}".to_vec(), Defect::Undecodable("gzip".to_owned()))]
    #[case::once_only(&["gzip", "gzip"], gzip(b"{}"), Defect::Undecodable("gzip".to_owned()))]
    #[case::cut(&["gzip"], gzip(b"{}")[..14].to_vec(), Defect::Undecodable("gzip".to_owned()))]
    #[case::text_behind(&["gzip"], [gzip(b"{}"), b"x".to_vec()].concat(), Defect::Undecodable("gzip".to_owned()))]
    #[case::zeros_alone(&["gzip"], vec![0; 20], Defect::Undecodable("gzip".to_owned()))]
    fn what_cannot_be_undone_is_a_defect(
        #[case] codings: &[&str],
        #[case] body: Vec<u8>,
        #[case] expected: Defect,
    ) {
        let decoded = decode(answer(codings, body)).expect("it is small");
        assert_eq!(decoded.defect, Some(expected));
    }

    #[test]
    fn what_becomes_too_large_is_not_read() {
        let bomb = gzip(&vec![b' '; BODY_LIMIT + 1]);
        assert_eq!(decode(answer(&["gzip"], bomb)), Err(NoAnswer::TooLarge(BODY_LIMIT)));
    }
}
