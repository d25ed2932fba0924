//! `curl` lines that repeat what a record holds when they are pasted into a POSIX shell.
//!
//! The target is `$URL`, or `$URL_2` and so on where it has other addresses. Secrets are variables, which the operator sets to the plain values:
//! `$PANEL_DEALER_PASSWORD` and its like, under the names that supply fixtures too, and `$HASH_1`
//! and its like, which [`curl_with_setup`] obtains by repeating the calls before. What was made
//! from a secret is a variable too, and a comment before the line says what to put into it.
//!
//! A line says the same as the recorded request; it may spell it otherwise, where a value was
//! escaped in an unusual way. What was sent at once, after a wait, or on one connection is
//! repeated one call after the other, each on a connection of its own. How values are written is
//! `value`, how words are quoted `word`.

mod made_up;
pub(crate) mod setting;
pub(super) mod value;
pub(crate) mod word;

use self::value::{Piece, Spelling, Value, pieces};
use self::word::{Word, is_printable, printf, word};
use crate::judge::findings::Findings;
use crate::judge::handed_out::hashes;
use crate::judge::recording::CaseRecord;
use crate::model::exchange::{Exchange, Request};
use crate::value::token;

/// The lines that repeat a request and show the whole answer, status and headers too.
#[must_use]
pub fn curl(request: &Request) -> Vec<String> {
    let mut script = Script::default();
    script.show(&Command::of(request, 0));
    script.lines()
}

/// The lines that repeat an exchange of a run, as [`curl_with_setup`] has them; what the suite made
/// up stands in them as it is.
pub(crate) fn lines(findings: &Findings, case: &str, step: &str, repeat: usize) -> Vec<String> {
    let found = findings.cases.iter().find(|known| known.record.id == case);
    found.map_or_else(Vec::new, |case| {
        let case = made_up::put_back(&case.record, &findings.made_up);
        with_setup(&case, step, repeat, &|exchange| number_of_address(findings, exchange))
    })
}

/// Which of the addresses of the target was asked, from 0.
fn number_of_address(findings: &Findings, exchange: &Exchange) -> usize {
    let is_it = |address| Some(address) == exchange.address.as_deref();
    findings.target.addresses().position(is_it).unwrap_or_default()
}

/// The lines that repeat an exchange of a case: where it needs a hash, all calls of the case
/// before it, of which those that hand out a needed hash keep it in a variable; last the call
/// itself. A call without a hash stands alone, as what a reader tries first.
///
/// `repeat` counts the deciding exchanges of the step from 0. Nothing where the record holds no
/// such exchange.
#[must_use]
pub fn curl_with_setup(case: &CaseRecord, step: &str, repeat: usize) -> Vec<String> {
    with_setup(case, step, repeat, &|_| 0)
}

/// The same, where a function knows the number of the address that an exchange was made with.
fn with_setup(
    case: &CaseRecord,
    step: &str,
    repeat: usize,
    address_of: &dyn Fn(&Exchange) -> usize,
) -> Vec<String> {
    let mut script = Script::default();
    let Some(index) = case.steps.iter().position(|known| known.id == step) else {
        return Vec::new();
    };
    let Some(last) = case.steps[index].deciding().nth(repeat) else { return Vec::new() };
    let command_of = |exchange: &Exchange| Command::of(&exchange.request, address_of(exchange));
    let last = command_of(last);
    if repeat > 0 || last.hashes().next().is_some() {
        let earlier = case.steps[..index].iter().flat_map(|step| step.deciding());
        let earlier = earlier.chain(case.steps[index].deciding().take(repeat));
        script.set_up(earlier.map(|one| (one, command_of(one))).collect(), &last);
    }
    script.show(&last);
    script.lines()
}

/// Lines for a shell, each with how often it is to be run.
#[derive(Default)]
struct Script(Vec<(String, usize)>);

impl Script {
    /// Repeats the calls before the last one.
    fn set_up(&mut self, before: Vec<(&Exchange, Command)>, last: &Command) {
        for (index, (exchange, command)) in before.iter().enumerate() {
            let later = before[index + 1..].iter().map(|(_, command)| command).chain([last]);
            let needed: Vec<&str> = later.flat_map(Command::hashes).collect();
            let handed_out = exchange.result.as_ref().map(hashes).unwrap_or_default();
            let mut handed_out = handed_out.iter().filter_map(|token| Value::alone(token));
            match handed_out.find(|hash| needed.contains(&hash.secret())) {
                Some(hash) => self.keep(command, &hash),
                None => self.add(command, command.text(&["-s", "-o", "/dev/null"])),
            }
        }
    }

    /// A call that shows its answer.
    fn show(&mut self, command: &Command) {
        // `-I`, for a method whose answers have no body, shows the head by itself.
        let shows_head = command.words.first() == Some(&bare("-I"));
        self.add(command, command.text(if shows_head { &[] } else { &["-i"] }));
    }

    /// A call that keeps the hash of its answer in a variable.
    fn keep(&mut self, command: &Command, hash: &Value) {
        let call = command.text(&["-s"]);
        let find = r#"sed -n 's/.*"hash"[^"]*"\([^"]*\)".*/\1/p'"#;
        self.add(command, format!("{}=$({call} | {find})", hash.secret()));
    }

    /// Adds a call, and before it, once, what its values want.
    fn add(&mut self, command: &Command, line: String) {
        for wanted in command.values().flat_map(Value::preparation) {
            if !self.0.iter().any(|(known, _)| *known == wanted) {
                self.0.push((wanted, 1));
            }
        }
        match self.0.last_mut() {
            Some((last, times)) if *last == line => *times += 1,
            _ => self.0.push((line, 1)),
        }
    }

    fn lines(self) -> Vec<String> {
        let repeated = |(line, times)| {
            if times == 1 {
                return line;
            }
            let numbers: Vec<String> = (1..=times).map(|number| number.to_string()).collect();
            format!("for n in {}; do {line}; done", numbers.join(" "))
        };
        self.0.into_iter().map(repeated).collect()
    }
}

fn bare(text: &str) -> Word {
    pieces(text.as_bytes(), Spelling::Plain)
}

/// A call of `curl` that repeats a request.
struct Command {
    /// What comes through a pipe.
    stdin: Option<Word>,
    words: Vec<Word>,
}

impl Command {
    /// For a request to the address with this number.
    fn of(request: &Request, address: usize) -> Command {
        let query = request.query.as_deref().filter(|_| sends_query_as_data(request));
        let (stdin, body) = body(request);
        let mut words = method(request);
        words.extend(query.map(|_| bare("-G")));
        words.extend(url(request, address, query.is_some()));
        for (name, value) in &request.headers {
            words.extend([bare("-H"), header(name, value)]);
        }
        words.extend(body);
        words.extend(query.into_iter().flat_map(pairs));
        Command { stdin, words }
    }

    /// The line, with these options first.
    fn text(&self, options: &[&str]) -> String {
        let pipe = self.stdin.as_deref().map(|stdin| format!("{} |", printf(stdin)));
        let options = ["curl"].iter().chain(options).map(|option| (*option).to_owned());
        let words = self.words.iter().map(|pieces| word(pieces));
        pipe.into_iter().chain(options).chain(words).collect::<Vec<_>>().join(" ")
    }

    fn values(&self) -> impl Iterator<Item = &Value> {
        self.stdin.iter().chain(&self.words).flatten().filter_map(|piece| match piece {
            Piece::Value(value) => Some(value),
            Piece::Literal(_) => None,
        })
    }

    /// The variables of the hashes that it carries, also where they are changed.
    fn hashes(&self) -> impl Iterator<Item = &str> {
        self.values().map(Value::secret).filter(|variable| variable.starts_with("HASH_"))
    }
}

/// Whether curl itself can encode the query, which it can where there is no body.
fn sends_query_as_data(request: &Request) -> bool {
    let query = request.query.as_deref().unwrap_or_default();
    body_of(request).is_empty() && has_value(&bare(query))
}

fn body_of(request: &Request) -> &[u8] {
    request.body.as_deref().unwrap_or_default()
}

fn method(request: &Request) -> Vec<Word> {
    let words: &[&str] = match (request.method.as_str(), body_of(request)) {
        ("GET", []) => &[],
        ("HEAD", []) => &["-I"],
        // With a body curl knows no `-I`, and would wait for the body that the answer tells of.
        ("HEAD", _) => &["-sS", "-X", "HEAD", "--ignore-content-length", "-H", "Connection: close"],
        (method, _) => &["-X", method],
    };
    words.iter().map(|word| bare(word)).collect()
}

/// `-g` where curl would expand brackets, and the URL.
fn url(request: &Request, address: usize, query_is_data: bool) -> Vec<Word> {
    let target = if query_is_data { request.path.clone() } else { request.target() };
    let mut url = vec![Piece::Value(Value::base_url(address))];
    url.extend(pieces(target.as_bytes(), Spelling::Percent));
    let expands = target.contains(['{', '}', '[', ']']);
    expands.then(|| bare("-g")).into_iter().chain([url]).collect()
}

fn header(name: &str, value: &str) -> Word {
    if value.is_empty() { bare(&format!("{name};")) } else { bare(&format!("{name}: {value}")) }
}

/// What comes through a pipe, and the words that hand the body to curl.
fn body(request: &Request) -> (Option<Word>, Vec<Word>) {
    let body = body_of(request);
    if body.is_empty() {
        let has_length = matches!(request.method.as_str(), "POST" | "PUT" | "PATCH");
        let length = has_length.then(|| [bare("-H"), bare("Content-Length: 0")]);
        return (None, length.into_iter().flatten().collect());
    }
    let content_type =
        request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let (stdin, mut words) = match content_type {
        Some((_, kind)) if is_form(kind) => form(body),
        _ => whole(&pieces(body, spelling_of(body))),
    };
    if content_type.is_none() {
        // Without this curl would call any body a form.
        words.splice(0..0, [bare("-H"), bare("Content-Type:")]);
    }
    (stdin, words)
}

fn is_form(content_type: &str) -> bool {
    content_type.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded")
}

fn spelling_of(body: &[u8]) -> Spelling {
    let first = body.trim_ascii_start().first();
    if first.is_some_and(|byte| b"{[\"".contains(byte)) { Spelling::Json } else { Spelling::Plain }
}

fn form(body: &[u8]) -> (Option<Word>, Vec<Word>) {
    match std::str::from_utf8(body) {
        Ok(text) if has_value(&bare(text)) && is_printable(body) => (None, pairs(text)),
        _ => whole(&pieces(body, Spelling::Percent)),
    }
}

/// A body in one piece, which comes through a pipe where it cannot be shown.
fn whole(body: &[Piece]) -> (Option<Word>, Vec<Word>) {
    if body.iter().all(piece_is_printable) {
        return (None, data(body.to_vec()).to_vec());
    }
    (Some(body.to_vec()), vec![bare("--data-binary"), bare("@-")])
}

/// `-d`, unless what follows could be taken for the name of a file.
fn data(text: Word) -> [Word; 2] {
    let is_text = matches!(text.first(), Some(Piece::Literal(bytes)) if bytes[0] != b'@');
    [bare(if is_text { "-d" } else { "--data-raw" }), text]
}

/// `name=value` pairs, of which curl encodes those that hold a value.
fn pairs(text: &str) -> Vec<Word> {
    text.split('&').flat_map(pair).collect()
}

fn pair(pair: &str) -> [Word; 2] {
    match pair.split_once('=').and_then(|(name, value)| decoded(name, value)) {
        Some(decoded) => [bare("--data-urlencode"), decoded],
        None => data(pieces(pair.as_bytes(), Spelling::Percent)),
    }
}

/// The pair as `--data-urlencode` takes it: the name encoded, the value not. `None` where no
/// value of the shell stands in it, or an argument cannot hold it.
fn decoded(name: &str, value: &str) -> Option<Word> {
    let value = value.replace('+', " ");
    let value: Vec<u8> = percent_encoding::percent_decode_str(&value).collect();
    let value = pieces(&value, Spelling::Plain);
    let is_holdable = !name.is_empty()
        && !token::may_stand_in(name)
        && has_value(&value)
        && value.iter().all(piece_is_printable);
    is_holdable.then(|| [bare(&format!("{name}=")), value].concat())
}

fn has_value(pieces: &[Piece]) -> bool {
    pieces.iter().any(|piece| matches!(piece, Piece::Value(_)))
}

fn piece_is_printable(piece: &Piece) -> bool {
    match piece {
        Piece::Literal(bytes) => is_printable(bytes),
        Piece::Value(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::{curl, curl_with_setup};
    use crate::judge::recording::{CaseRecord, StepRecord};
    use crate::model::exchange::{Answer, Exchange, Request};
    use rstest::rstest;

    /// Method and target, then headers, an empty line and the body.
    fn request(text: &str) -> Request {
        let (head, body) = text.split_once("\n\n").map_or((text, None), |(a, b)| (a, Some(b)));
        let (start, headers) = head.split_once('\n').unwrap_or((head, ""));
        let (method, target) = start.split_once(' ').expect("method and target");
        let (path, query) = target.split_once('?').map_or((target, None), |(a, b)| (a, Some(b)));
        let headers = headers.lines().filter_map(|line| line.split_once(':'));
        Request {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.map(str::to_owned),
            headers: headers.map(|(a, b)| (a.to_owned(), b.trim().to_owned())).collect(),
            body: body.map(|body| body.as_bytes().to_vec()),
        }
    }

    #[rstest]
    #[case::json(
        "POST /auth\nContent-Type: application/json\n\n{\"login\":\"20412\",\"password\":\"«blocked_dealer.password»\"}",
        r#"curl -i -X POST "$URL/auth" -H 'Content-Type: application/json' -d '{"login":"20412","password":"'"$(json "$PANEL_BLOCKED_DEALER_PASSWORD")"'"}'"#
    )]
    #[case::json_with_nul(
        "POST /auth\nContent-Type: application/json\n\n{\"hash\":\"«hash 3 with a NUL character and more text»\"}",
        r#"curl -i -X POST "$URL/auth" -H 'Content-Type: application/json' -d '{"hash":"'"$HASH_3"'\u0000x"}'"#
    )]
    #[case::query(
        "GET /get_permissions?hash=«hash 3»&n=1",
        r#"curl -i -G "$URL/get_permissions" --data-urlencode "hash=$HASH_3" -d n=1"#
    )]
    #[case::query_with_nul(
        "GET /logout?hash=«hash 3 with a NUL character and more text»",
        r#"curl -i -G "$URL/logout" -d "hash=$HASH_3%00x""#
    )]
    #[case::dollar("GET /logout?hash=$a", r#"curl -i "$URL"'/logout?hash=$a'"#)]
    #[case::head_with_body(
        "HEAD /logout\nContent-Type: text/plain\n\nx",
        r#"curl -i -sS -X HEAD --ignore-content-length -H 'Connection: close' "$URL/logout" -H 'Content-Type: text/plain' -d x"#
    )]
    #[case::brackets("GET /logout?a[]={1}", r#"curl -i -g "$URL/logout?a[]={1}""#)]
    #[case::post_query_with_password(
        "POST /auth?login=1&password=«dealer.password»",
        r#"curl -i -X POST -G "$URL/auth" -H 'Content-Length: 0' -d login=1 --data-urlencode "password=$PANEL_DEALER_PASSWORD""#
    )]
    #[case::query_and_body(
        "POST /auth?password=«dealer.password»\nContent-Type: text/plain\n\nx",
        r#"curl -i -X POST "$URL/auth?password=${DEALER_PASSWORD_PERCENT_ENCODED:?}" -H 'Content-Type: text/plain' -d x"#
    )]
    #[case::empty_header("GET /logout\nX-Empty:", r#"curl -i "$URL/logout" -H 'X-Empty;'"#)]
    #[case::form(
        "POST /auth\nContent-Type: application/x-www-form-urlencoded\n\nlogin=2%20&password=x%20%26+«dealer.password»",
        r#"curl -i -X POST "$URL/auth" -H 'Content-Type: application/x-www-form-urlencoded' -d login=2%20 --data-urlencode "password=x & $PANEL_DEALER_PASSWORD""#
    )]
    #[case::head(
        "HEAD /logout?hash=«hash 3»",
        r#"curl -I -G "$URL/logout" --data-urlencode "hash=$HASH_3""#
    )]
    #[case::named_like_a_file(
        "POST /auth\nContent-Type: text/plain\n\n@x",
        r#"curl -i -X POST "$URL/auth" -H 'Content-Type: text/plain' --data-raw @x"#
    )]
    #[case::several_lines(
        "POST /auth\n\n[\n«hash 1»]",
        r#"printf '[\012%s]' "$HASH_1" | curl -i -X POST "$URL/auth" -H Content-Type: --data-binary @-"#
    )]
    fn a_line_repeats_a_request(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(curl(&request(text)).last().map(String::as_str), Some(expected));
    }

    #[test]
    fn bytes_that_are_not_text_are_written_in_octal() {
        let mut request = request("POST /auth\nContent-Type: application/json\n\n");
        request.body = Some(b"{\"login\":\"\xff\"}".to_vec());
        let expected = r#"printf '{"login":"\377"}' | curl -i -X POST "$URL/auth" -H 'Content-Type: application/json' --data-binary @-"#;
        assert_eq!(curl(&request), [expected]);
    }

    /// What was exchanged: step, request, body of the answer.
    const EXCHANGES: [(&str, &str, &str); 6] = [
        ("first", SIGN_IN, r#"{"hash":"«hash 1»"}"#),
        ("others", SIGN_IN, r#"{"hash":"«hash 2»"}"#),
        ("others", SIGN_IN, "{}"),
        ("logout", "POST /logout\nAuthorization: NVX «hash 1 without its last character»", "{}"),
        ("logout", "GET /logout?hash=«hash 1»", "{}"),
        ("ended", "GET /get_permissions?hash=«hash 1»", "{}"),
    ];
    const SIGN_IN: &str = "POST /auth\nContent-Type: application/json\n\n{\"login\":\"1\"}";

    const SHOWN: &str =
        r#"curl -i -X POST "$URL/auth" -H 'Content-Type: application/json' -d '{"login":"1"}'"#;
    const KEPT: &str = r#"HASH_1=$(curl -s -X POST "$URL/auth" -H 'Content-Type: application/json' -d '{"login":"1"}' | sed -n 's/.*"hash"[^"]*"\([^"]*\)".*/\1/p')"#;
    const TWICE: &str = r#"for n in 1 2; do curl -s -o /dev/null -X POST "$URL/auth" -H 'Content-Type: application/json' -d '{"login":"1"}'; done"#;
    const COMMENT: &str = "# HASH_1_DROP_LAST: $HASH_1 without its last character";

    fn case() -> CaseRecord {
        let steps = EXCHANGES.chunk_by(|one, next| one.0 == next.0).map(|exchanges| StepRecord {
            id: exchanges[0].0.to_owned(),
            exchanges: exchanges.iter().map(exchange).collect(),
            not_sent: None,
        });
        CaseRecord {
            id: "logout/ends-the-session".to_owned(),
            fixtures: serde_json::Map::new(),
            steps: steps.collect(),
            clean_up: Vec::new(),
            judged: None,
            left_open: 0,
        }
    }

    fn exchange((_, sent, body): &(&str, &str, &str)) -> Exchange {
        let body = body.as_bytes().to_vec();
        Exchange::of(
            request(sent),
            Ok(Answer { status: 200, headers: Vec::new(), body, defect: None }),
        )
    }

    #[rstest]
    #[case::without_a_hash("first", 0, &[SHOWN])]
    #[case::repeat("others", 1, &[TWICE, SHOWN])]
    #[case::near_miss("logout", 0, &[
        KEPT,
        TWICE,
        COMMENT,
        r#"curl -i -X POST "$URL/logout" -H "Authorization: NVX ${HASH_1_DROP_LAST:?}" -H 'Content-Length: 0'"#,
    ])]
    #[case::last("ended", 0, &[
        KEPT,
        TWICE,
        COMMENT,
        r#"curl -s -o /dev/null -X POST "$URL/logout" -H "Authorization: NVX ${HASH_1_DROP_LAST:?}" -H 'Content-Length: 0'"#,
        r#"curl -s -o /dev/null -G "$URL/logout" --data-urlencode "hash=$HASH_1""#,
        r#"curl -i -G "$URL/get_permissions" --data-urlencode "hash=$HASH_1""#,
    ])]
    #[case::never_sent("ended", 1, &[])]
    #[case::unknown("nowhere", 0, &[])]
    fn what_a_call_needs_is_done_before_it(
        #[case] step: &str,
        #[case] repeat: usize,
        #[case] expected: &[&str],
    ) {
        assert_eq!(curl_with_setup(&case(), step, repeat), expected);
    }
}
