//! Cuts: what is taken out of a text, and what stands there instead.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::ops::Range;

use crate::value::token;

/// What is put in the place of some bytes.
pub(super) struct Cut<'a> {
    pub(super) range: Range<usize>,
    /// Whether it is what was looked for, rather than what reads like it.
    pub(super) is_exact: bool,
    pub(super) text: Cow<'a, str>,
}

/// The bytes with every cut made. Of cuts that overlap everything goes, and the first is told, the
/// exact before the others.
pub(super) fn splice(bytes: &[u8], mut cuts: Vec<Cut<'_>>) -> Vec<u8> {
    cuts.retain(|cut| !cut.range.is_empty());
    cuts.sort_by_key(|cut| (cut.range.start, !cut.is_exact, Reverse(cut.range.end)));
    let mut spliced = Vec::with_capacity(bytes.len());
    let mut rest = 0;
    for cut in cuts {
        if cut.range.start >= rest {
            spliced.extend(&bytes[rest..cut.range.start]);
            spliced.extend(cut.text.bytes());
        }
        rest = rest.max(cut.range.end);
    }
    spliced.extend(&bytes[rest..]);
    spliced
}

/// What looks like a token and is none of ours.
pub(super) fn foreign_tokens(bytes: &[u8]) -> Vec<Cut<'static>> {
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    let told = |range: &Range<usize>| text[range.clone()].replace('«', "‹").replace('»', "›");
    let tokens = token::places(text).into_iter();
    let cut = |(range, _)| Cut { text: Cow::from(told(&range)), is_exact: true, range };
    tokens.map(cut).collect()
}
