//! `curl` lines that repeat what a record holds when they are pasted into a POSIX shell.
//!
//! The target is `$URL`. Secrets are variables, which the operator sets to the plain values:
//! `$PANEL_DEALER_PASSWORD` and its like, under the names that supply fixtures too, and `$HASH_1`
//! and its like, which [`curl_with_setup`] obtains by repeating the calls before. A line says the
//! same as the recorded request; it may spell it otherwise, where a value was escaped in an
//! unusual way. What was sent at once, after a wait, or on one connection is repeated one call
//! after the other, each on a connection of its own. How values are written is `value`, how
//! words are quoted `word`.

pub(crate) mod setting;
mod value;
pub(crate) mod word;

use self::value::{Piece, Spelling, Value, pieces};
use self::word::{is_printable, plain, printf, word};
use crate::judge::recording::{CaseRecord, hashes};
use crate::model::exchange::{Exchange, Request};

/// The line that repeats a request and shows the whole answer, status and headers too.
#[must_use]
pub fn curl(request: &Request) -> String {
    // `-I`, for a method whose answers have no body, shows them by itself.
    let shows_head = request.method == "HEAD" && request.body.is_none();
    line(request, if shows_head { &[] } else { &["-i"] })
}

/// The lines that repeat an exchange of a case: where it needs a hash, all calls of the case
/// before it, of which those that hand out a needed hash keep it in a variable; last the call
/// itself. A call without a hash stands alone, as what a reader tries first.
///
/// `repeat` counts the deciding exchanges of the step from 0. Nothing where the record holds no
/// such exchange.
#[must_use]
pub fn curl_with_setup(case: &CaseRecord, step: &str, repeat: usize) -> Vec<String> {
    let Some(index) = case.steps.iter().position(|known| known.id == step) else {
        return Vec::new();
    };
    let Some(last) = case.steps[index].deciding().nth(repeat) else { return Vec::new() };
    let mut lines = Vec::new();
    let mut made = Vec::new();
    if repeat > 0 || needed(&last.request).next().is_some() {
        let before: Vec<Call<'_>> = case.steps[..index]
            .iter()
            .flat_map(|step| step.deciding().map(move |exchange| (step.id.as_str(), exchange)))
            .chain(case.steps[index].deciding().take(repeat).map(|exchange| (step, exchange)))
            .collect();
        lines.extend(setup(&before, last, &mut made));
    }
    lines.extend(derivations(&last.request, &mut made));
    lines.push(curl(&last.request));
    lines
}

/// The step of a call, and the call.
type Call<'a> = (&'a str, &'a Exchange);

/// Repeats the calls before the last one. Repeats of a step that say the same, and hand out
/// nothing that is needed, share a line.
fn setup(before: &[Call<'_>], last: &Exchange, made: &mut Vec<String>) -> Vec<String> {
    let mut lines = Vec::new();
    let mut again = Again::default();
    for (index, (step, exchange)) in before.iter().enumerate() {
        let later = before[index + 1..].iter().map(|(_, later)| *later).chain([last]);
        let needed: Vec<String> = later.flat_map(|later| needed(&later.request)).collect();
        let handed_out = exchange.result.as_ref().map(hashes).unwrap_or_default();
        let kept = handed_out.iter().find(|hash| needed.contains(hash));
        let line = match kept.and_then(|token| variable(token)) {
            Some(variable) => keeping(&exchange.request, &variable),
            None => line(&exchange.request, &["-s", "-o", "/dev/null"]),
        };
        if kept.is_some() || again.step != *step || again.line != line {
            lines.extend(again.take());
        }
        lines.extend(derivations(&exchange.request, made));
        again = Again { step, line, times: again.times + 1 };
    }
    lines.extend(again.take());
    lines
}

/// A line of a step that is to be run a number of times.
#[derive(Default)]
struct Again<'a> {
    step: &'a str,
    line: String,
    times: usize,
}

impl Again<'_> {
    fn take(&mut self) -> Option<String> {
        let Again { line, times, .. } = std::mem::take(self);
        match times {
            0 => None,
            1 => Some(line),
            _ => {
                let numbers: Vec<String> = (1..=times).map(|number| number.to_string()).collect();
                Some(format!("for n in {}; do {line}; done", numbers.join(" ")))
            }
        }
    }
}

/// The line that repeats a call and keeps the hash of its answer in a variable.
fn keeping(request: &Request, variable: &str) -> String {
    let call = line(request, &["-s"]);
    format!(r#"{variable}=$({call} | sed -n 's/.*"hash"[^"]*"\([^"]*\)".*/\1/p')"#)
}

/// The tokens of the hashes that a request carries, also as near misses.
fn needed(request: &Request) -> impl Iterator<Item = String> {
    let tokens = values(request).into_iter().map(|value| value.token);
    tokens.filter(|token| token.starts_with("hash ")).map(|token| format!("«{token}»"))
}

fn variable(token: &str) -> Option<String> {
    match pieces(token.as_bytes(), Spelling::Plain).as_slice() {
        [Piece::Value(value)] => Some(value.variable()),
        _ => None,
    }
}

/// The lines that make the variables of near misses, each once.
fn derivations(request: &Request, made: &mut Vec<String>) -> Vec<String> {
    let mut lines = Vec::new();
    for line in values(request).iter().filter_map(Value::derivation) {
        if !made.contains(&line) {
            made.push(line.clone());
            lines.push(line);
        }
    }
    lines
}

fn values(request: &Request) -> Vec<Value> {
    let texts = [request.path.as_bytes(), request.query.as_deref().unwrap_or_default().as_bytes()];
    let headers = request.headers.iter().map(|(_, value)| value.as_bytes());
    let texts = texts.into_iter().chain(headers).chain(request.body.as_deref());
    texts
        .flat_map(|text| pieces(text, Spelling::Plain))
        .filter_map(|piece| match piece {
            Piece::Value(value) => Some(value),
            Piece::Literal(_) => None,
        })
        .collect()
}

/// One command line, with these options first.
fn line(request: &Request, options: &[&str]) -> String {
    let query_is_data = sends_query_as_data(request);
    let data = data(request);
    let mut words: Vec<String> = data.pipe.into_iter().map(|pipe| format!("{pipe} |")).collect();
    words.push("curl".to_owned());
    words.extend(options.iter().map(|option| (*option).to_owned()));
    words.extend(method(request, query_is_data));
    words.extend(url(request, query_is_data));
    for (name, value) in &request.headers {
        words.extend(["-H".to_owned(), header(name, value)]);
    }
    words.extend(data.arguments);
    if query_is_data {
        words.extend(pairs(request.query.as_deref().unwrap_or_default()));
    }
    words.join(" ")
}

/// Whether curl itself can encode the query, which it can where there is no body.
fn sends_query_as_data(request: &Request) -> bool {
    let query = request.query.as_deref().unwrap_or_default();
    matches!(request.method.as_str(), "GET" | "HEAD")
        && request.body.is_none()
        && has_value(&pieces(query.as_bytes(), Spelling::Plain))
}

fn method(request: &Request, query_is_data: bool) -> Vec<String> {
    let mut words = match (request.method.as_str(), &request.body) {
        ("GET", None) => Vec::new(),
        ("HEAD", None) => vec!["-I".to_owned()],
        // With a body curl knows no `-I`, and would wait for the body that the answer tells of.
        ("HEAD", Some(_)) => {
            let options = "-sS -X HEAD --ignore-content-length -H 'Connection: close'";
            vec![options.to_owned()]
        }
        (method, _) => vec!["-X".to_owned(), plain(method)],
    };
    words.extend(query_is_data.then(|| "-G".to_owned()));
    words
}

/// `-g` where curl would expand brackets, and the URL.
fn url(request: &Request, query_is_data: bool) -> Vec<String> {
    let target = if query_is_data { request.path.clone() } else { request.target() };
    let mut url = vec![Piece::Value(Value::base_url())];
    url.extend(pieces(target.as_bytes(), Spelling::Percent));
    let expands = target.contains(['{', '}', '[', ']']);
    expands.then(|| "-g".to_owned()).into_iter().chain([word(&url)]).collect()
}

fn header(name: &str, value: &str) -> String {
    if value.is_empty() {
        return plain(&format!("{name};"));
    }
    word(&pieces(format!("{name}: {value}").as_bytes(), Spelling::Plain))
}

/// How the body is handed to curl.
#[derive(Default)]
struct Data {
    /// The command that writes the body to curl.
    pipe: Option<String>,
    arguments: Vec<String>,
}

fn data(request: &Request) -> Data {
    let body = request.body.as_deref().unwrap_or_default();
    let content_type = header_of(request, "content-type");
    let mut data = Data::default();
    if body.is_empty() {
        if !matches!(request.method.as_str(), "POST" | "PUT" | "PATCH") {
            return data;
        }
        data.arguments = vec!["-d".to_owned(), plain("")];
    } else if content_type.is_some_and(is_form) {
        data = form(body);
    } else {
        data = raw(body);
    }
    if content_type.is_none() {
        // Without this curl would call any body a form.
        data.arguments.splice(0..0, ["-H".to_owned(), plain("Content-Type:")]);
    }
    data
}

fn header_of<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    let header = request.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    header.map(|(_, value)| value.as_str())
}

fn is_form(content_type: &str) -> bool {
    content_type.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded")
}

fn form(body: &[u8]) -> Data {
    let has_value = has_value(&pieces(body, Spelling::Plain));
    match std::str::from_utf8(body) {
        Ok(text) if has_value && is_printable(body) => Data { pipe: None, arguments: pairs(text) },
        _ => inline_or_piped("-d", &pieces(body, Spelling::Percent)),
    }
}

fn raw(body: &[u8]) -> Data {
    let is_json = body.trim_ascii_start().first().is_some_and(|byte| b"{[\"".contains(byte));
    let (option, spelling) =
        if is_json { ("-d", Spelling::Json) } else { ("--data-binary", Spelling::Plain) };
    inline_or_piped(option, &pieces(body, spelling))
}

/// A body that cannot be shown, or that curl would take for the name of a file, comes through a
/// pipe.
fn inline_or_piped(option: &str, body: &[Piece]) -> Data {
    let names_file = matches!(body.first(), Some(Piece::Literal(bytes)) if bytes[0] == b'@');
    if body.iter().all(piece_is_printable) && !names_file {
        return Data { pipe: None, arguments: vec![option.to_owned(), word(body)] };
    }
    Data { pipe: Some(printf(body)), arguments: vec!["--data-binary".to_owned(), "@-".to_owned()] }
}

/// `name=value` pairs, of which curl encodes those that hold a value.
fn pairs(text: &str) -> Vec<String> {
    text.split('&').flat_map(pair).collect()
}

fn pair(pair: &str) -> [String; 2] {
    let encoded = pieces(pair.as_bytes(), Spelling::Percent);
    if let Some(decoded) = pair.split_once('=').and_then(|(name, value)| decoded(name, value)) {
        return ["--data-urlencode".to_owned(), word(&decoded)];
    }
    let option = if pair.starts_with('@') { "--data-raw" } else { "-d" };
    [option.to_owned(), word(&encoded)]
}

/// The pair as `--data-urlencode` takes it: the name encoded, the value not. `None` where no
/// value of the shell stands in it, or an argument cannot hold it.
fn decoded(name: &str, value: &str) -> Option<Vec<Piece>> {
    let value = value.replace('+', " ");
    let value: Vec<u8> = percent_encoding::percent_decode_str(&value).collect();
    let value = pieces(&value, Spelling::Plain);
    let is_holdable = !name.is_empty()
        && !name.contains('«')
        && has_value(&value)
        && value.iter().all(piece_is_printable);
    let mut pair = pieces(format!("{name}=").as_bytes(), Spelling::Plain);
    pair.extend(value);
    is_holdable.then_some(pair)
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
    use crate::model::exchange::{Answer, Exchange, NoAnswer, Request};
    use rstest::rstest;
    use std::time::Duration;

    /// Method and target, then headers, an empty line and the body.
    fn request(text: &str) -> Request {
        let (head, body) = match text.split_once("\n\n") {
            Some((head, body)) => (head, Some(body.as_bytes().to_vec())),
            None => (text, None),
        };
        let mut lines = head.lines();
        let (method, target) =
            lines.next().and_then(|line| line.split_once(' ')).expect("method and target");
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (target, None),
        };
        let header = |line: &str| {
            let (name, value) = line.split_once(':').expect("a header");
            (name.to_owned(), value.trim().to_owned())
        };
        Request {
            method: method.to_owned(),
            path: path.to_owned(),
            query,
            headers: lines.map(header).collect(),
            body,
        }
    }

    #[rstest]
    #[case::json(
        "POST /auth\nContent-Type: application/json\n\n{\"login\":\"20412\",\"password\":\"«blocked_dealer.password»\"}",
        r#"curl -i -X POST "$URL/auth" -H 'Content-Type: application/json' -d '{"login":"20412","password":"'"$(printf '%s\n' "$PANEL_BLOCKED_DEALER_PASSWORD" | sed 's/[\\"]/\\&/g')"'"}'"#
    )]
    #[case::json_with_hash(
        "POST /logout\nContent-Type: application/json\n\n{\"hash\":\"«hash 3»\"}",
        r#"curl -i -X POST "$URL/logout" -H 'Content-Type: application/json' -d '{"hash":"'"$HASH_3"'"}'"#
    )]
    #[case::json_with_nul(
        "POST /auth\nContent-Type: application/json\n\n{\"hash\":\"«hash 3 with a NUL character and more text»\"}",
        r#"curl -i -X POST "$URL/auth" -H 'Content-Type: application/json' -d '{"hash":"'"$HASH_3"'\u0000x"}'"#
    )]
    #[case::query(
        "GET /get_permissions?hash=«hash 3»&n=1",
        r#"curl -i -G "$URL/get_permissions" --data-urlencode "hash=$HASH_3" -d n=1"#
    )]
    #[case::near_miss(
        "GET /logout?hash=«hash 3 without its last character»",
        r#"curl -i -G "$URL/logout" --data-urlencode "hash=${HASH_3%?}""#
    )]
    #[case::query_with_nul(
        "GET /logout?hash=«hash 3 with a NUL character and more text»",
        r#"curl -i -G "$URL/logout" -d "hash=$HASH_3%00x""#
    )]
    #[case::query_without_values("GET /logout?hash=%20a", r#"curl -i "$URL/logout?hash=%20a""#)]
    #[case::no_query("GET /logout", r#"curl -i "$URL/logout""#)]
    #[case::dollar("GET /logout?hash=$a", r#"curl -i "$URL"'/logout?hash=$a'"#)]
    #[case::head(
        "HEAD /logout?hash=«hash 3»",
        r#"curl -I -G "$URL/logout" --data-urlencode "hash=$HASH_3""#
    )]
    #[case::head_with_body(
        "HEAD /logout\nContent-Type: text/plain\n\nx",
        r#"curl -i -sS -X HEAD --ignore-content-length -H 'Connection: close' "$URL/logout" -H 'Content-Type: text/plain' --data-binary x"#
    )]
    #[case::brackets("GET /logout?a[]={1}", r#"curl -i -g "$URL/logout?a[]={1}""#)]
    #[case::post_query(
        "POST /logout?hash=«hash 3»",
        r#"curl -i -X POST "$URL/logout?hash=$HASH_3" -H Content-Type: -d ''"#
    )]
    #[case::post_query_with_password(
        "POST /auth?login=1&password=«dealer.password»",
        r#"curl -i -X POST "$URL/auth?login=1&password=$(printf %s "$PANEL_DEALER_PASSWORD" | od -An -tx1 | tr -d ' \n' | sed 's/../%&/g')" -H Content-Type: -d ''"#
    )]
    #[case::header(
        "POST /logout\nAuthorization: NVX «hash 3»",
        r#"curl -i -X POST "$URL/logout" -H "Authorization: NVX $HASH_3" -H Content-Type: -d ''"#
    )]
    #[case::empty_header("GET /logout\nX-Empty:", r#"curl -i "$URL/logout" -H 'X-Empty;'"#)]
    #[case::form(
        "POST /auth\nContent-Type: application/x-www-form-urlencoded\n\nlogin=20410&password=«dealer.password»",
        r#"curl -i -X POST "$URL/auth" -H 'Content-Type: application/x-www-form-urlencoded' -d login=20410 --data-urlencode "password=$PANEL_DEALER_PASSWORD""#
    )]
    #[case::form_with_mixed_value(
        "POST /auth\nContent-Type: application/x-www-form-urlencoded\n\na=x%20%26+«hash 1»",
        r#"curl -i -X POST "$URL/auth" -H 'Content-Type: application/x-www-form-urlencoded' --data-urlencode "a=x & $HASH_1""#
    )]
    #[case::malformed_json(
        "POST /auth\nContent-Type: application/json\n\n{\"login\":",
        r#"curl -i -X POST "$URL/auth" -H 'Content-Type: application/json' -d '{"login":'"#
    )]
    #[case::raw(
        "POST /auth\nContent-Type: text/plain\n\nit's",
        r#"curl -i -X POST "$URL/auth" -H 'Content-Type: text/plain' --data-binary 'it'\''s'"#
    )]
    #[case::named_like_a_file(
        "POST /auth\nContent-Type: text/plain\n\n@x",
        r#"printf '@x' | curl -i -X POST "$URL/auth" -H 'Content-Type: text/plain' --data-binary @-"#
    )]
    #[case::several_lines(
        "POST /auth\n\n[\n«hash 1»]",
        r#"printf '[\012%s]' "$HASH_1" | curl -i -X POST "$URL/auth" -H Content-Type: --data-binary @-"#
    )]
    #[case::other_method("DELETE /auth", r#"curl -i -X DELETE "$URL/auth""#)]
    #[case::get_with_body(
        "GET /auth\nContent-Type: application/json\n\n{}",
        r#"curl -i -X GET "$URL/auth" -H 'Content-Type: application/json' -d '{}'"#
    )]
    fn a_line_repeats_a_request(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(curl(&request(text)), expected);
    }

    #[test]
    fn bytes_that_are_not_text_are_written_in_octal() {
        let mut request = request("POST /auth\nContent-Type: application/json\n\n");
        request.body = Some(b"{\"login\":\"\xff\"}".to_vec());
        let expected = r#"printf '{"login":"\377"}' | curl -i -X POST "$URL/auth" -H 'Content-Type: application/json' --data-binary @-"#;
        assert_eq!(curl(&request), expected);
    }

    fn step(id: &str, exchanges: &[(&str, &str)]) -> StepRecord {
        let exchange = |(sent, body): &(&str, &str)| Exchange {
            request: request(sent),
            result: match *body {
                "" => Err(NoAnswer::Broken("reset".to_owned())),
                body => Ok(Answer {
                    status: 200,
                    headers: Vec::new(),
                    body: body.as_bytes().to_vec(),
                    defect: None,
                }),
            },
            started: Duration::ZERO,
            elapsed: Duration::ZERO,
            put_off: 0,
        };
        StepRecord {
            id: id.to_owned(),
            exchanges: exchanges.iter().map(exchange).collect(),
            not_sent: None,
        }
    }

    fn case(steps: Vec<StepRecord>) -> CaseRecord {
        CaseRecord {
            id: "logout/ends-the-session".to_owned(),
            fixtures: serde_json::Map::new(),
            steps,
            clean_up: Vec::new(),
        }
    }

    const SIGN_IN: &str = "POST /auth\nContent-Type: application/json\n\n{\"login\":\"1\"}";

    #[test]
    fn a_call_with_a_hash_comes_after_what_handed_it_out_and_what_happened_since() {
        let case = case(vec![
            step("first", &[(SIGN_IN, r#"{"hash":"«hash 1»"}"#)]),
            step("others", &[(SIGN_IN, r#"{"hash":"«hash 2»"}"#), (SIGN_IN, "{}")]),
            step("logout", &[("GET /logout?hash=«hash 1»", "{}")]),
            step("ended", &[("GET /get_permissions?hash=«hash 1»", "{}")]),
        ]);
        let expected = [
            r#"HASH_1=$(curl -s -X POST "$URL/auth" -H 'Content-Type: application/json' -d '{"login":"1"}' | sed -n 's/.*"hash"[^"]*"\([^"]*\)".*/\1/p')"#,
            r#"for n in 1 2; do curl -s -o /dev/null -X POST "$URL/auth" -H 'Content-Type: application/json' -d '{"login":"1"}'; done"#,
            r#"curl -s -o /dev/null -G "$URL/logout" --data-urlencode "hash=$HASH_1""#,
            r#"curl -i -G "$URL/get_permissions" --data-urlencode "hash=$HASH_1""#,
        ];
        assert_eq!(curl_with_setup(&case, "ended", 0), expected);
    }

    #[test]
    fn a_call_without_a_hash_stands_alone() {
        let case = case(vec![
            step("first", &[(SIGN_IN, r#"{"hash":"«hash 1»"}"#)]),
            step("wrong", &[("GET /auth?login=x", "{}")]),
        ]);
        assert_eq!(curl_with_setup(&case, "wrong", 0), [r#"curl -i "$URL/auth?login=x""#]);
    }

    #[test]
    fn a_repeat_comes_after_the_repeats_before_it() {
        let logout = (
            "POST /logout\nAuthorization: NVX «hash 1 with the case of its letters swapped»\n\n",
            "{}",
        );
        let case = case(vec![
            step("first", &[(SIGN_IN, r#"{"hash":"«hash 1»"}"#)]),
            step("twice", &[logout, ("GET /logout?hash=«hash 1»", "")]),
        ]);
        let expected = [
            r#"HASH_1=$(curl -s -X POST "$URL/auth" -H 'Content-Type: application/json' -d '{"login":"1"}' | sed -n 's/.*"hash"[^"]*"\([^"]*\)".*/\1/p')"#,
            r#"HASH_1_WITH_THE_CASE_OF_ITS_LETTERS_SWAPPED=$(printf '%s\n' "$HASH_1" | tr 'A-Za-z' 'a-zA-Z')"#,
            r#"curl -s -o /dev/null -X POST "$URL/logout" -H "Authorization: NVX $HASH_1_WITH_THE_CASE_OF_ITS_LETTERS_SWAPPED" -H Content-Type: -d ''"#,
            r#"curl -i -G "$URL/logout" --data-urlencode "hash=$HASH_1""#,
        ];
        assert_eq!(curl_with_setup(&case, "twice", 1), expected);
    }

    #[test]
    fn what_was_never_sent_cannot_be_repeated() {
        let case = case(vec![step("first", &[])]);
        assert!(curl_with_setup(&case, "first", 0).is_empty());
        assert!(curl_with_setup(&case, "nowhere", 0).is_empty());
    }
}
