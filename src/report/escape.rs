//! Makes text of the target harmless before a report shows it.
//!
//! What a target says is hostile: it may colour or erase a terminal, reverse the reading
//! direction, break out of XML, HTML or Markdown, or speak to a CI runner. There is one function
//! per place where text may end up; none of them tells, colours or lays out. Escapes are for
//! reading, not for undoing: `\u{1b}` stands for the character, and nothing promises that it did
//! not stand there as six characters before.

/// Characters that are invisible, move the cursor, change the reading direction, or cannot stand
/// in XML 1.0; first and last of each range.
const UNSAFE: [(char, char); 18] = [
    ('\u{0}', '\u{1f}'),
    ('\u{7f}', '\u{9f}'),
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{2028}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fffb}'),
    ('\u{fffe}', '\u{ffff}'),
    ('\u{e0000}', '\u{e0fff}'),
];

/// Whether a character can be shown as it is, wherever it ends up.
pub(crate) fn is_safe(character: char) -> bool {
    // Nearly every character is one of these.
    if matches!(character, ' '..='~') {
        return true;
    }
    let is_noncharacter = u32::from(character) & 0xfffe == 0xfffe;
    !is_noncharacter && !UNSAFE.iter().any(|(first, last)| (*first..=*last).contains(&character))
}

/// Text for one line of a terminal or of a log.
///
/// Unsafe characters, line ends and tabs included, are shown as escapes such as `\u{1b}` and
/// `\n`. A word cannot start with `::`, nor can `##[` stand anywhere, because CI runners take
/// lines with these for commands.
pub(crate) fn line(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    let mut starts_word = true;
    while let Some(character) = rest.next() {
        let is_command = match character {
            ':' => starts_word && rest.peek() == Some(&':'),
            '[' => shown.ends_with("##"),
            _ => false,
        };
        if is_command {
            escape(character, &mut shown)
        } else {
            push(character, &mut shown)
        }
        starts_word = character.is_whitespace();
    }
    shown
}

/// Text of several lines, each safe as [`line()`] makes it; only line feeds stay.
pub(crate) fn block(text: &str) -> String {
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// Bytes as text of several lines, each safe as [`line()`] makes it; bytes that are not UTF-8 are
/// shown as `\xff`.
pub(crate) fn bytes(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    block(&text)
}

/// Text for a writer of XML that escapes markup itself: every character is one that XML 1.0 can
/// hold. Line feeds and tabs stay, everything else that is unsafe is shown as an escape.
pub(crate) fn xml(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\t' => shown.push(character),
            character => push(character, &mut shown),
        }
    }
    shown
}

/// JSON in which every character that is unsafe to show is written as an escape; it means the
/// same.
pub(crate) fn json(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if character == '\n' || is_safe(character) {
            shown.push(character);
        } else {
            let mut units = [0; 2];
            let units = character.encode_utf16(&mut units).iter();
            shown.extend(units.map(|unit| format!("\\u{unit:04x}")));
        }
    }
    shown
}

/// Text for the content or a quoted attribute of HTML, SVG or XML that is written by hand: as
/// [`xml`], with markup escaped.
pub(crate) fn html(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in xml(text).chars() {
        match character {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '"' => shown.push_str("&quot;"),
            '\'' => shown.push_str("&#39;"),
            character => shown.push(character),
        }
    }
    shown
}

/// Text for a paragraph, a heading or a table cell of GitHub's Markdown: one line that reads as
/// it is and formats, links and mentions nothing. For values [`span`] reads better.
pub(crate) fn markdown(text: &str) -> String {
    let text = line(text);
    let mut shown = String::with_capacity(text.len());
    let mut is_number = true;
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        let starts_line = shown.is_empty();
        if is_special(character, starts_line, is_number && !starts_line) {
            shown.push('\\');
        }
        match character {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            character => shown.push(character),
        }
        if rest.peek().is_some_and(|after| is_glue(character, *after)) {
            shown.push_str("&#8203;");
        }
        is_number &= character.is_ascii_digit();
    }
    shown.replace("www.", "www&#8203;.")
}

/// Whether a character would format something, at the start of a line, after a number at the
/// start of a line, or anywhere.
fn is_special(character: char, starts_line: bool, follows_number: bool) -> bool {
    match character {
        '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' | '#' => true,
        '-' | '+' | '>' | '=' => starts_line,
        '.' | ')' => follows_number,
        _ => false,
    }
}

/// Whether a character and the next make a mention, a reference, an emoji or an address. These
/// are looked for in what Markdown has become, so that escaping does not stop them; only another
/// character in their middle does.
fn is_glue(character: char, after: char) -> bool {
    match character {
        '@' => !after.is_whitespace(),
        '#' => after.is_ascii_digit(),
        ':' => after.is_alphabetic() || matches!(after, '/' | '+' | '-'),
        _ => false,
    }
}

/// A code span of Markdown; empty for empty text. In the cell of a table use [`code`].
pub(crate) fn span(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let text = line(text);
    let fence = "`".repeat(longest_run(&text, '`') + 1);
    let touches = |edge: &[char]| text.starts_with(edge) || text.ends_with(edge);
    let pad = if touches(&['`', ' ']) { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A code span for the cell of a table, which a `|` would end even in code; elsewhere its escape
/// would be seen.
pub(crate) fn code(text: &str) -> String {
    span(text).replace('|', "\\|")
}

/// A fenced code block of Markdown that ends with a line end; `language` is ours, such as `diff`.
pub(crate) fn fenced(language: &str, text: &str) -> String {
    let text = block(text.strip_suffix('\n').unwrap_or(text));
    let fence = "`".repeat(longest_run(&text, '`').max(2) + 1);
    format!("{fence}{language}\n{text}\n{fence}\n")
}

/// The message of a GitHub workflow command; line feeds stay line feeds in what is shown.
pub(crate) fn command_message(text: &str) -> String {
    block(text).replace('%', "%25").replace('\n', "%0A")
}

/// A property of a GitHub workflow command, such as its title.
pub(crate) fn command_property(text: &str) -> String {
    line(text).replace('%', "%25").replace(':', "%3A").replace(',', "%2C")
}

fn push(character: char, shown: &mut String) {
    match character {
        '\n' => shown.push_str("\\n"),
        '\r' => shown.push_str("\\r"),
        '\t' => shown.push_str("\\t"),
        character if is_safe(character) => shown.push(character),
        character => escape(character, shown),
    }
}

fn escape(character: char, shown: &mut String) {
    shown.extend(character.escape_unicode());
}

fn longest_run(text: &str, of: char) -> usize {
    text.split(|character| character != of).map(str::len).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{
        block, code, command_message, command_property, fenced, html, json, line, markdown, span,
        xml,
    };
    use rstest::rstest;

    /// Everything that any place has to fear.
    const HOSTILE: &str = "\u{1b}[2J\u{9b}1m\u{202e}\u{2066}\u{feff}\u{fffe}\u{ffff}\u{0}\r\n\
                           ::error::x ##[error]x </pre><script>`|@team #1";

    #[rstest]
    #[case::plain("two words: a::b", "two words: a::b")]
    #[case::letters_of_all_scripts("é 漢字 עברית", "é 漢字 עברית")]
    #[case::escape_sequence("\u{1b}[31mred", "\\u{1b}[31mred")]
    #[case::c1("\u{9b}31m\u{85}", "\\u{9b}31m\\u{85}")]
    #[case::line_ends("a\r\nb\tc\u{2028}", "a\\r\\nb\\tc\\u{2028}")]
    #[case::bidi("\u{202e}\u{2069}\u{200f}", "\\u{202e}\\u{2069}\\u{200f}")]
    #[case::invisible("a\u{feff}b\u{200b}", "a\\u{feff}b\\u{200b}")]
    #[case::noncharacters("\u{ffff}\u{1fffe}", "\\u{ffff}\\u{1fffe}")]
    #[case::command("::error::x ::warning::y", "\\u{3a}:error::x \\u{3a}:warning::y")]
    #[case::old_command("x ##[error]y", "x ##\\u{5b}error]y")]
    #[case::not_undone("\\u{1b}", "\\u{1b}")]
    fn a_line_shows_what_it_cannot_hold(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(line(text), expected);
    }

    #[rstest]
    #[case("a\n\tb\r\n::c", "a\n\\tb\\r\n\\u{3a}:c")]
    fn a_block_keeps_its_lines(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(block(text), expected);
    }

    #[rstest]
    #[case(b"a\xff\nb\0", "a\\xff\nb\\u{0}")]
    fn bytes_that_are_no_text_are_shown(#[case] bytes: &[u8], #[case] expected: &str) {
        assert_eq!(super::bytes(bytes), expected);
    }

    #[rstest]
    #[case("a\n\tb\r <&>", "a\n\tb\\r <&>")]
    #[case("\u{0}\u{b}\u{fffe}\u{ffff}\u{7f}", "\\u{0}\\u{b}\\u{fffe}\\u{ffff}\\u{7f}")]
    fn xml_holds_only_characters_of_xml(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(xml(text), expected);
    }

    #[rstest]
    #[case(
        "<a href='x' b=\"y\">&amp;\u{0}",
        "&lt;a href=&#39;x&#39; b=&quot;y&quot;&gt;&amp;amp;\\u{0}"
    )]
    fn html_holds_no_markup(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(html(text), expected);
    }

    #[rstest]
    #[case::formatting("*a* _b_ `c` |d|", "\\*a\\* \\_b\\_ \\`c\\` \\|d\\|")]
    #[case::prose("It ends: no (3) more. So-so!", "It ends: no (3) more. So-so!")]
    #[case::links("[a](b) ![c](d)", "\\[a\\](b) !\\[c\\](d)")]
    #[case::markup("<b>&lt;", "&lt;b>&amp;lt;")]
    #[case::bullet("- a", "\\- a")]
    #[case::plus("+ a", "\\+ a")]
    #[case::number("1. a", "1\\. a")]
    #[case::number_later("at 11.", "at 11.")]
    #[case::quote("> a", "\\> a")]
    #[case::heading("# a", "\\# a")]
    #[case::line_end("a\nb", "a\\\\nb")]
    #[case::mentions("@team #12 a/b#3", "@&#8203;team \\#&#8203;12 a/b\\#&#8203;3")]
    #[case::addresses("http://x www.y", "http:&#8203;//x www&#8203;.y")]
    #[case::emoji(":tada:", ":&#8203;tada:")]
    fn markdown_formats_nothing(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(markdown(text), expected);
    }

    #[rstest]
    #[case("plain", "`plain`")]
    #[case("", "")]
    #[case(" ", "`   `")]
    #[case("a`b", "``a`b``")]
    #[case("``", "``` `` ```")]
    #[case("a|b\nc", "`a|b\\nc`")]
    #[case("<b>@team", "`<b>@team`")]
    fn a_code_span_cannot_be_left(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(span(text), expected);
        assert_eq!(code(text), expected.replace('|', "\\|"));
    }

    #[rstest]
    #[case("a\nb\n", "```diff\na\nb\n```\n")]
    #[case("````\n</details>", "`````diff\n````\n</details>\n`````\n")]
    fn a_fence_is_longer_than_any_inside(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(fenced("diff", text), expected);
    }

    #[rstest]
    #[case("100%\r\n::error::x", "100%25\\r%0A\\u{3a}:error::x")]
    fn a_message_is_one_line(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(command_message(text), expected);
    }

    #[rstest]
    #[case("a:b,c%\n", "a%3Ab%2Cc%25\\n")]
    fn a_property_ends_where_it_should(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(command_property(text), expected);
    }

    #[rstest]
    #[case(line(HOSTILE))]
    #[case(xml(HOSTILE))]
    #[case(html(HOSTILE))]
    #[case(markdown(HOSTILE))]
    #[case(span(HOSTILE))]
    #[case(code(HOSTILE))]
    #[case(fenced("", HOSTILE))]
    #[case(command_message(HOSTILE))]
    #[case(command_property(HOSTILE))]
    #[case(json(&serde_json::json!([HOSTILE]).to_string()))]
    fn no_place_lets_an_unsafe_character_through(#[case] shown: String) {
        let unsafe_character = shown.chars().find(|c| *c != '\n' && !super::is_safe(*c));
        assert_eq!(unsafe_character, None, "{shown}");
    }
}
