//! How a value may be spelt: as a whole in an encoding of its own, or piece by piece, with escapes or
//! marks in between, which is undone in a [`View`] of the text.
//!
//! Knows nothing of secrets: `redaction` looks for them with it.

use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// How many layers of escapes are looked behind.
const LAYERS: usize = 8;

/// So many pieces in a row are taken for one text.
const PIECES: usize = 5;

/// In less than so many bytes nothing is spelt out that anybody can read.
const DISSECTED: usize = 2 * PIECES - 1;

/// A text as it is meant, or may be, and where each byte of it, and its end, is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct View {
    pub bytes: Vec<u8>,
    places: Vec<usize>,
}

impl View {
    /// What is meant as it is written.
    pub(super) fn of(bytes: &[u8]) -> View {
        View { bytes: bytes.to_vec(), places: (0..=bytes.len()).collect() }
    }

    /// Where a part is written.
    pub(super) fn written(&self, range: &Range<usize>) -> Range<usize> {
        self.places[range.start]..self.places[range.end]
    }

    /// What comes of bytes, each piece of which stands for some bytes and has a length.
    fn translated(bytes: &[u8], piece: impl Fn(&[u8]) -> Option<(Piece, usize)>) -> View {
        let mut view = View { bytes: Vec::with_capacity(bytes.len()), places: Vec::new() };
        let mut at = 0;
        while at < bytes.len() {
            let (piece, length) = piece(&bytes[at..]).unwrap_or((Piece::one(bytes[at]), 1));
            view.push(piece.bytes(), at);
            at += length;
        }
        view.places.push(at);
        view
    }

    fn push(&mut self, bytes: &[u8], place: usize) {
        self.bytes.extend_from_slice(bytes);
        self.places.extend(std::iter::repeat_n(place, bytes.len()));
    }

    /// The same view with the places of what it is a view of.
    fn upon(self, other: &View) -> View {
        let places = self.places.into_iter().map(|place| other.places[place]).collect();
        View { places, ..self }
    }
}

/// What an escape stands for: a character.
struct Piece([u8; 4], usize);

impl Piece {
    fn one(byte: u8) -> Piece {
        Piece([byte, 0, 0, 0], 1)
    }

    fn character(code: u32) -> Option<Piece> {
        let mut bytes = [0; 4];
        let length = char::from_u32(code)?.encode_utf8(&mut bytes).len();
        Some(Piece(bytes, length))
    }

    fn bytes(&self) -> &[u8] {
        &self.0[..self.1]
    }
}

/// What a text may mean: with the escapes of URLs, HTML and JSON undone, layer by layer.
pub(super) fn layers(bytes: &[u8]) -> Vec<View> {
    let mut layers: Vec<View> = Vec::new();
    for _ in 0..LAYERS {
        let above = layers.last().map_or(bytes, |layer| &layer.bytes);
        if !above.iter().any(|byte| b"%&\\".contains(byte)) {
            break;
        }
        let below = View::translated(above, escape);
        if below.bytes == above {
            break;
        }
        layers.push(match layers.last() {
            Some(layer) => below.upon(layer),
            None => below,
        });
    }
    layers
}

/// What a text, or what it means, says piece by piece: with soft breaks and `=4B` of
/// quoted-printable, in characters that stand apart, in bytes that are counted up.
pub(super) fn dissections(as_it_is: &View, layers: &[View]) -> Vec<View> {
    let all = std::iter::once(as_it_is).chain(layers.last());
    let all = all.filter(|view| view.bytes.len() >= DISSECTED);
    let dissect = |view: &View| {
        let views = quoted_printable(&view.bytes).into_iter();
        let views = views.chain(spaced(&view.bytes)).chain(listed(&view.bytes));
        views.map(|one| one.upon(view)).collect::<Vec<View>>()
    };
    all.flat_map(dissect).collect()
}

/// What the escape at the start of the bytes means, and its length.
fn escape(bytes: &[u8]) -> Option<(Piece, usize)> {
    let digits = |range: Range<usize>, radix| {
        let text = std::str::from_utf8(bytes.get(range)?).ok()?;
        // A sign is no digit.
        text.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(())?;
        u32::from_str_radix(text, radix).ok()
    };
    let byte = |range| Some(Piece::one(u8::try_from(digits(range, 16)?).ok()?));
    match bytes {
        [b'%', ..] => Some((byte(1..3)?, 3)),
        [b'\\', b'x', ..] => Some((byte(2..4)?, 4)),
        [b'\\', b'u', ..] => match digits(2..6, 16)? {
            high @ 0xd800..=0xdbff if bytes.get(6..8) == Some(b"\\u") => {
                let low = digits(8..12, 16)?.checked_sub(0xdc00)?;
                Some((Piece::character(0x10000 + ((high - 0xd800) << 10) + low)?, 12))
            }
            code => Some((Piece::character(code)?, 6)),
        },
        [b'\\', character @ (b'"' | b'\\' | b'/' | b'\''), ..] => Some((Piece::one(*character), 2)),
        [b'&', ..] => {
            let end = bytes.iter().take(12).position(|byte| *byte == b';')?;
            let meant = match &bytes[1..end] {
                b"amp" => Piece::one(b'&'),
                b"lt" => Piece::one(b'<'),
                b"gt" => Piece::one(b'>'),
                b"quot" => Piece::one(b'"'),
                b"apos" => Piece::one(b'\''),
                [b'#', b'x' | b'X', ..] => Piece::character(digits(3..end, 16)?)?,
                [b'#', ..] => Piece::character(digits(2..end, 10)?)?,
                _ => return None,
            };
            Some((meant, end + 1))
        }
        _ => None,
    }
}

fn quoted_printable(bytes: &[u8]) -> Option<View> {
    let octet = |bytes: &[u8]| match bytes {
        [b'=', b'\r', b'\n', ..] => Some((Piece([0; 4], 0), 3)),
        [b'=', b'\n', ..] => Some((Piece([0; 4], 0), 2)),
        [b'=', high, low, ..] => Some((Piece::one(hex(*high)? << 4 | hex(*low)?), 3)),
        _ => None,
    };
    bytes.contains(&b'=').then(|| View::translated(bytes, octet))
}

fn hex(digit: u8) -> Option<u8> {
    let value = char::from(digit).to_digit(16)?;
    u8::try_from(value).ok()
}

/// Characters with the same mark between each two of them.
fn spaced(bytes: &[u8]) -> Vec<View> {
    let units = units(bytes);
    [1, 2].map(|width| spaced_by(width, bytes, &units)).into_iter().flatten().collect()
}

fn spaced_by(width: usize, bytes: &[u8], units: &[usize]) -> Option<View> {
    let unit = |index: usize| units.get(index + 1).map(|end| &bytes[units[index]..*end]);
    let mark = |index: usize| {
        let mark = bytes.get(*units.get(index)?..*units.get(index + width)?)?;
        mark.iter().all(|byte| b" -:.,_|/;+*\t\r\n".contains(byte)).then_some(mark)
    };
    let mut runs = Runs::default();
    let mut at = 0;
    while let Some(one) = unit(at) {
        runs.add(one, units[at]);
        let first = at;
        let between = mark(at + 1);
        while between.is_some()
            && mark(at + 1) == between
            && let Some(next) = unit(at + 1 + width)
        {
            at += 1 + width;
            runs.add(next, units[at]);
        }
        runs.close(units[at + 1]);
        // The last of a run may be the first of another one, with another mark.
        at = at.max(first + 1);
    }
    runs.finish()
}

/// Where each character, or byte that is of none, starts, and the end.
fn units(bytes: &[u8]) -> Vec<usize> {
    let mut units = Vec::with_capacity(bytes.len() + 1);
    let mut at = 0;
    for chunk in bytes.utf8_chunks() {
        units.extend(chunk.valid().char_indices().map(|(index, _)| at + index));
        at += chunk.valid().len();
        units.extend((0..chunk.invalid().len()).map(|index| at + index));
        at += chunk.invalid().len();
    }
    units.push(at);
    units
}

/// Bytes that are counted up, as `[75, 97]` or as `4b:61`.
pub(super) fn listed(bytes: &[u8]) -> Vec<View> {
    const WIDEST_GAP: usize = 24;
    let mut of = [Runs::default(), Runs::default()];
    let mut at = 0;
    let mut end = 0;
    while at < bytes.len() {
        let length = bytes[at..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let is_apart = at - end > WIDEST_GAP;
        let item = &bytes[at..at + length];
        for (runs, read) in of.iter_mut().zip([decimal, pair]) {
            let octet = read(item).filter(|_| length > 0);
            if is_apart || (length > 0 && octet.is_none()) {
                runs.close(end);
            }
            octet.into_iter().for_each(|octet| runs.add(&[octet], at));
        }
        if length > 0 {
            end = at + length;
        }
        at += length.max(1);
    }
    of.into_iter()
        .filter_map(|mut runs| {
            runs.close(end);
            runs.finish()
        })
        .collect()
}

fn decimal(item: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(item).ok().filter(|text| text.len() <= 3)?;
    text.parse().ok()
}

fn pair(item: &[u8]) -> Option<u8> {
    let digits = item.strip_prefix(b"0x").or(item.strip_prefix(b"x")).unwrap_or(item);
    match digits {
        [high, low] => Some(hex(*high)? << 4 | hex(*low)?),
        _ => None,
    }
}

/// Runs of pieces, put together, with something between the runs; a few pieces are none.
#[derive(Default)]
struct Runs {
    bytes: Vec<u8>,
    places: Vec<usize>,
    /// Where in the bytes the run starts that is not closed yet, and how many pieces it has.
    start: usize,
    pieces: usize,
}

impl Runs {
    fn add(&mut self, piece: &[u8], place: usize) {
        self.bytes.extend_from_slice(piece);
        self.places.extend(std::iter::repeat_n(place, piece.len()));
        self.pieces += 1;
    }

    fn close(&mut self, end: usize) {
        if self.pieces < PIECES {
            self.bytes.truncate(self.start);
            self.places.truncate(self.start);
        } else {
            self.add(&[0], end);
        }
        (self.start, self.pieces) = (self.bytes.len(), 0);
    }

    fn finish(mut self) -> Option<View> {
        self.places.push(*self.places.last()?);
        Some(View { bytes: self.bytes, places: self.places })
    }
}

/// A way of spelling values, of which that of the start of a value is the start of that of the value.
type Encode = fn(&str) -> Vec<u8>;

const USUAL: [Encode; 8] = [
    |value| hexadecimal(value.as_bytes()),
    |value| hexadecimal(value.as_bytes()).to_ascii_uppercase(),
    |value| base64_core(value.as_bytes(), 0),
    |value| base64_core(value.as_bytes(), 1),
    |value| base64_core(value.as_bytes(), 2),
    |value| url_safe(base64_core(value.as_bytes(), 0)),
    |value| url_safe(base64_core(value.as_bytes(), 1)),
    |value| url_safe(base64_core(value.as_bytes(), 2)),
];

const UNUSUAL: [Encode; 8] = [
    |value| value.bytes().map(rot13).collect(),
    |value| value.encode_utf16().flat_map(u16::to_le_bytes).collect(),
    |value| value.encode_utf16().flat_map(u16::to_be_bytes).collect(),
    |value| base32_core(value.as_bytes(), 0),
    |value| base32_core(value.as_bytes(), 1),
    |value| base32_core(value.as_bytes(), 2),
    |value| base32_core(value.as_bytes(), 3),
    |value| base32_core(value.as_bytes(), 4),
];

/// A value as it is, as it is in a form, and, unless it is very long, escaped for a URL: so it is told
/// from a value that consists of escapes itself.
pub(super) fn literal(value: &str) -> Vec<Vec<u8>> {
    const LONG: usize = 1024;
    let escaped = |show: fn(u8) -> String| value.bytes().map(show).collect::<String>().into_bytes();
    let mut all = vec![value.as_bytes().to_vec(), value.replace(' ', "+").into_bytes()];
    if value.len() <= LONG {
        all.push(utf8_percent_encode(value, NON_ALPHANUMERIC).to_string().into_bytes());
        all.push(escaped(|byte| format!("%{byte:02X}")));
        all.push(escaped(|byte| format!("%{byte:02x}")));
    }
    all
}

/// The last characters of a value, of at most so many bytes, from the last to the first.
pub(super) fn reversed(value: &str, length: usize) -> Vec<u8> {
    let mut reversed = String::new();
    for character in value.chars().rev() {
        if reversed.len() + character.len_utf8() > length {
            break;
        }
        reversed.push(character);
    }
    reversed.into_bytes()
}

/// The encodings that every value is looked for in.
pub(super) fn usual(value: &str) -> Vec<Vec<u8>> {
    USUAL.iter().map(|encode| encode(value)).collect()
}

/// Spellings in which a value can still be read by whoever wants to. None of them is likely to
/// be something else if the value is not.
pub(super) fn unusual(value: &str) -> Vec<Vec<u8>> {
    let twice = |offset: usize| {
        let once = base64_core(value.as_bytes(), offset);
        (0..3).map(move |offset| base64_core(&once, offset))
    };
    UNUSUAL.iter().map(|encode| encode(value)).chain((0..3).flat_map(twice)).collect()
}

fn hexadecimal(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect()
}

fn rot13(byte: u8) -> u8 {
    match byte {
        b'a'..=b'm' | b'A'..=b'M' => byte + 13,
        b'n'..=b'z' | b'N'..=b'Z' => byte - 13,
        other => other,
    }
}

/// The part of the base64 text that depends on the value alone, when `offset` bytes stand before
/// it in a group of three.
fn base64_core(value: &[u8], offset: usize) -> Vec<u8> {
    let bytes = [&vec![0; offset], value].concat();
    STANDARD_NO_PAD.encode(&bytes).into_bytes()[core(bytes.len(), offset, 6)].to_vec()
}

/// The same of base32.
fn base32_core(value: &[u8], offset: usize) -> Vec<u8> {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bytes = [&vec![0; offset], value].concat();
    let bit = |at: usize| bytes[at / 8] >> (7 - at % 8) & 1;
    let digit = |at: usize| (at * 5..at * 5 + 5).fold(0, |digit, at| digit << 1 | bit(at));
    core(bytes.len(), offset, 5).map(|at| ALPHABET[usize::from(digit(at))]).collect()
}

/// The digits, of so many bits each, that depend on nothing but what stands behind the offset.
fn core(bytes: usize, offset: usize, bits: usize) -> Range<usize> {
    let (first, last) = ((offset * 8).div_ceil(bits), bytes * 8 / bits);
    first.min(last)..last
}

fn url_safe(base64: Vec<u8>) -> Vec<u8> {
    let other = |byte| match byte {
        b'+' => b'-',
        b'/' => b'_',
        same => same,
    };
    base64.into_iter().map(other).collect()
}

#[cfg(test)]
mod tests {
    use super::{View, dissections, layers, unusual, usual};
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};
    use rstest::rstest;

    fn texts(views: &[View]) -> Vec<String> {
        views.iter().map(|view| String::from_utf8_lossy(&view.bytes).into_owned()).collect()
    }

    #[rstest]
    #[case::percent("a%4Bb", &["aKb"])]
    #[case::twice("a%254Bb", &["a%4Bb", "aKb"])]
    #[case::json(r#"\u004b\x61\"\/"#, &["Ka\"/"])]
    #[case::html("&#75;&#x61;&amp;amp;", &["Ka&amp;", "Ka&"])]
    #[case::nothing_escaped("100%", &[])]
    fn escapes_are_undone_layer_by_layer(#[case] text: &str, #[case] expected: &[&str]) {
        assert_eq!(texts(&layers(text.as_bytes())), expected);
    }

    #[rstest]
    #[case::quoted_printable("K=61n=\r\nari", "Kanari")]
    #[case::blanks("so K a n a r i", "oKanari\0")]
    #[case::two_marks("K, a, n, a, r, i", "Kanari\0")]
    #[case::other_mark_before("so K-a-n-a-r-i", "Kanari\0")]
    #[case::decimals("[75,97,110,97,114,105]", "Kanari\0")]
    #[case::pairs("4b:61:6e:61:72:69", "Kanari\0")]
    #[case::marked_pairs("0x4b, 0x61, 0x6e, 0x61, 0x72, 0x69", "Kanari\0")]
    #[case::percent("K%20a%20n%20a%20r%20i", "Kanari\0")]
    fn what_is_said_piece_by_piece_is_put_together(#[case] text: &str, #[case] expected: &str) {
        let layers = layers(text.as_bytes());
        let views = texts(&dissections(&View::of(text.as_bytes()), &layers));
        assert!(views.iter().any(|view| view == expected), "{views:?}");
    }

    #[test]
    fn what_was_put_together_is_known_by_its_place() {
        let text = b"so K a n a r i, or not";
        let views = dissections(&View::of(text), &[]);
        let view = views.iter().find(|view| view.bytes.starts_with(b"oK")).expect("there is one");
        assert_eq!(&text[view.written(&(1..7))], b"K a n a r i");
    }

    #[rstest]
    #[case(URL_SAFE.encode("x?>Kan?ri>7?>1"), true)]
    #[case(STANDARD.encode("xyKan?ri>7?>1z"), true)]
    #[case("4b616E3F72693E373F3E31".to_ascii_lowercase(), true)]
    #[case("Xna?ev>7?>1".to_owned(), false)]
    #[case("JNQW4P3SNE7DOPZ6GE======".to_owned(), false)]
    #[case(STANDARD.encode(STANDARD.encode("x?>Kan?ri>7?>1")), false)]
    #[case("K\0a\0n\0?\0r\0i\0>\x007\0?\0>\x001\0".to_owned(), false)]
    fn a_value_is_part_of_its_spelling(#[case] text: String, #[case] is_usual: bool) {
        let value = "Kan?ri>7?>1";
        let spellings = if is_usual { usual(value) } else { unusual(value) };
        let stands =
            |spelling: &Vec<u8>| text.as_bytes().windows(spelling.len()).any(|one| one == spelling);
        assert!(spellings.iter().any(|one| one.len() > 8 && stands(one)), "{text}");
    }
}
