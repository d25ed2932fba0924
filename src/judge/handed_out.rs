//! What the target hands out for a sign-in: sessions, in the documented form or in whatever other.
//!
//! A hash has its place. A target that puts it elsewhere breaks a promise, and still has opened a
//! session, which nobody may read in a report, and which is to be closed if that can be done.

use std::borrow::Cow;
use std::collections::BTreeSet;

use percent_encoding::percent_decode;
use serde_json::{Map, Value};

use crate::expect::reading::Reading;
use crate::model::api::{Action, HASH};
use crate::model::exchange::{Answer, Exchange, NoAnswer, Request};
use crate::value::json;
use crate::value::likeness::{drawn, names_credential, reads_like_words};
use crate::value::vocabulary::is_vocabulary;

/// Of one answer, so many values are taken for secrets: more are no session, and a target must not
/// be able to fill the memory with them.
const MOST: usize = 100;

/// Headers that everybody knows and that may hold a session all the same.
const TELLING_HEADERS: [&str; 4] = ["authorization", "link", "location", "set-cookie"];

/// What an answer hands out.
#[derive(Debug, Default)]
pub(crate) struct HandedOut {
    /// Every text that it calls `hash`, at whatever depth, also in a body that is no JSON.
    pub(crate) hashes: Vec<String>,
    /// What else may be a session, if it answers a sign-in: the likeliest first, without what the
    /// request said already.
    pub(crate) others: Vec<String>,
}

impl HandedOut {
    /// Looks through the answer of an exchange, if there is one.
    pub(crate) fn of(exchange: &Exchange) -> HandedOut {
        let Ok(answer) = &exchange.result else { return HandedOut::default() };
        let text = text_of(&answer.body);
        let body = json::parse(text.as_bytes()).ok();
        let hashes = hashes_in(body.as_ref(), &text);
        let others = if Action::Auth.is_at(&exchange.request.path) {
            let found = Found::of(answer, body.as_ref(), &text);
            found.besides(&hashes, &Said::of(&exchange.request))
        } else {
            Vec::new()
        };
        HandedOut { hashes, others }
    }
}

/// Every text that an answer calls `hash`, as [`HandedOut`] tells them.
pub(crate) fn hashes(answer: &Answer) -> Vec<String> {
    let text = text_of(&answer.body);
    hashes_in(json::parse(text.as_bytes()).ok().as_ref(), &text)
}

fn hashes_in(body: Option<&Value>, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(body) = body {
        collect_hashes(body, &mut found);
    }
    let mut known: BTreeSet<String> =
        found.iter().map(|hash| hash.trim_start_matches(is_between).to_owned()).collect();
    for hash in spelt_out(text) {
        // What is spelt out may be the start of what was read.
        let next = known.range(hash.to_owned()..).next();
        if !next.is_some_and(|known| known.starts_with(hash)) {
            known.insert(hash.to_owned());
            found.push(hash.to_owned());
        }
    }
    found
}

/// What looks like a hash behind the word `hash`, however it is written: a member that is named
/// twice, an answer that is cut short, single quotes, XML, JSON inside JSON, a query string.
fn spelt_out(text: &str) -> impl Iterator<Item = &str> {
    const SHORTEST: usize = 8;
    let is_part =
        |character: char| character.is_ascii_alphanumeric() || "-._~+/".contains(character);
    text.match_indices(HASH).filter_map(move |(at, word)| {
        let behind = &text[at + word.len()..];
        let value = behind.trim_start_matches(is_between);
        let between = &behind[..behind.len() - value.len()];
        // First, since a text may say nothing but `hash`.
        if !between.contains([':', '=', '>']) {
            return None;
        }
        let end = value.find(|character| !is_part(character)).unwrap_or(value.len());
        let value = &value[..end];
        let looks_like_one =
            value.len() >= SHORTEST && value.contains(|c: char| c.is_ascii_digit());
        looks_like_one.then_some(value)
    })
}

/// Whether a character may stand between a name and a value.
fn is_between(character: char) -> bool {
    character.is_whitespace() || "\"'\\:=>".contains(character)
}

fn collect_hashes(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(hash) if name == HASH && !hash.is_empty() => {
                        found.push(hash.clone());
                    }
                    Value::Number(hash) if name == HASH => found.push(hash.to_string()),
                    member => collect_hashes(member, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_hashes(item, found)),
        _ => {}
    }
}

/// A session that is open as far as anybody knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Open {
    /// Nothing where no hash of it is known.
    pub(crate) hash: Option<String>,
    /// Which address opened it, where the target has several.
    pub(crate) at: Option<String>,
}

/// The sessions that a case opened, or may have opened, and did not end by granted log-outs, in the
/// order in which they were opened.
pub(crate) fn open_sessions<'a>(
    fixtures: &Map<String, Value>,
    exchanges: impl Iterator<Item = &'a Exchange>,
) -> Vec<Open> {
    let mut open: Vec<Open> = Vec::new();
    for exchange in exchanges {
        let request = &exchange.request;
        if Action::Logout.is_at(&request.path) && is_granted(exchange) {
            open.retain(|one| !one.hash.as_ref().is_some_and(|hash| carries(request, hash)));
        }
        if Action::Auth.is_at(&request.path) && may_have_opened(fixtures, exchange) {
            let hash = session(exchange);
            if hash.is_none() || !open.iter().any(|one| one.hash == hash) {
                open.push(Open { hash, at: exchange.address.clone() });
            }
        }
    }
    open
}

fn is_granted(exchange: &Exchange) -> bool {
    let answer = exchange.result.as_ref();
    answer.is_ok_and(|answer| Reading::of_answer(answer) == Reading::Granted)
}

/// Whether a sign-in may have opened a session: it was granted, in whatever form, or nobody knows.
fn may_have_opened(fixtures: &Map<String, Value>, exchange: &Exchange) -> bool {
    match &exchange.result {
        Ok(answer) => match Reading::of_answer(answer) {
            Reading::Granted => true,
            Reading::Neither if answer.status < 400 => session(exchange).is_some(),
            _ => !hashes(answer).is_empty() && session(exchange).is_some(),
        },
        // There was no connection to send it on.
        Err(NoAnswer::Cut(by)) if by.is_unreachable() => false,
        Err(NoAnswer::Unreachable(_) | NoAnswer::Unsendable(_)) => false,
        // Nobody knows what it says, or has not read it to its end.
        Err(_) => {
            let passwords = fixtures.values().filter_map(|fixture| fixture.get("password"));
            passwords.filter_map(Value::as_str).any(|password| carries(&exchange.request, password))
        }
    }
}

/// The session that a sign-in opened: what stands in the documented place, or else what looks most
/// like one, unless the answer is a refusal. Never more than one, so that a target cannot multiply
/// log-outs.
pub(crate) fn session(exchange: &Exchange) -> Option<String> {
    let answer = exchange.result.as_ref().ok()?;
    let body = json::parse(&answer.body).ok();
    let member = |name: &str| body.as_ref().and_then(|body| body.get(name));
    match member(HASH) {
        Some(Value::String(hash)) if !hash.is_empty() => Some(hash.clone()),
        Some(Value::Number(hash)) => Some(hash.to_string()),
        _ if member("success") == Some(&Value::Bool(false)) => None,
        _ => {
            let HandedOut { hashes, others } = HandedOut::of(exchange);
            hashes.into_iter().chain(others).next()
        }
    }
}

/// Whether a request carries a value, in whatever place and spelling.
pub(crate) fn carries(request: &Request, value: &str) -> bool {
    Said::of(request).holds(value)
}

/// What a request says.
struct Said<'a> {
    texts: Vec<Cow<'a, str>>,
    /// A value may be all JSON escapes.
    json: Option<Value>,
}

impl Said<'_> {
    fn of(request: &Request) -> Said<'_> {
        let body = request.body.as_deref().unwrap_or_default();
        let query = request.query.as_deref().unwrap_or_default().as_bytes();
        let decoded = [query, body].map(|text| percent_decode(text).decode_utf8_lossy());
        let headers = request.headers.iter().map(|(_, value)| Cow::from(value));
        let json = json::parse(body).ok();
        Said { texts: decoded.into_iter().chain(headers).collect(), json }
    }

    fn holds(&self, value: &str) -> bool {
        let members = self.json.as_ref().and_then(Value::as_object);
        self.texts.iter().any(|text| text.contains(value))
            || members.is_some_and(|all| all.values().any(|member| member == value))
    }
}

/// Values that may be a session, by how likely it is.
#[derive(Default)]
struct Found {
    /// By the name of their place.
    named: Vec<String>,
    /// By their looks.
    others: Vec<String>,
    /// By their looks, in headers.
    in_headers: Vec<String>,
}

impl Found {
    fn of(answer: &Answer, body: Option<&Value>, text: &str) -> Found {
        let mut found = Found::default();
        match body {
            Some(body) => found.in_json("", "", body),
            None => found.in_text(text),
        }
        for (name, value) in &answer.headers {
            found.in_header(name, value);
        }
        found
    }

    /// The values, the likeliest first, without hashes and what was said already.
    fn besides(self, hashes: &[String], said: &Said<'_>) -> Vec<String> {
        let mut values = Vec::new();
        for value in self.named.into_iter().chain(self.others).chain(self.in_headers) {
            let is_known = values.contains(&value)
                || hashes.iter().any(|hash| hash.contains(&value))
                || said.holds(&value);
            if !is_known && values.len() < MOST {
                values.push(value);
            }
        }
        values
    }

    fn in_json(&mut self, above: &str, name: &str, value: &Value) {
        match value {
            Value::Object(members) => {
                for (inner, member) in members {
                    note(&mut self.others, drawn(inner));
                    self.in_json(name, inner, member);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.in_json(above, name, item)),
            Value::String(text) if is_named(above, name) => self.in_named(text),
            Value::String(text) => self.in_text(text),
            Value::Number(number) if is_named(above, name) => {
                const SHORTEST: usize = 8;
                let is_long = |text: &String| text.len() >= SHORTEST;
                self.named.extend(Some(number.to_string()).filter(is_long));
            }
            _ => {}
        }
    }

    fn in_text(&mut self, text: &str) {
        note(&mut self.others, drawn(text));
    }

    /// In a place that is named as one of a credential, less will do.
    fn in_named(&mut self, text: &str) {
        const SHORTEST: usize = 6;
        let is_one = text.len() >= SHORTEST
            && !text.contains(char::is_whitespace)
            && text.contains(|c: char| c.is_ascii_digit())
            && !reads_like_words(text)
            && !is_vocabulary(text);
        note(&mut self.named, is_one.then_some(text).into_iter().chain(drawn(text)));
    }

    fn in_header(&mut self, name: &str, value: &str) {
        let name = name.to_ascii_lowercase();
        if is_vocabulary(&name) && !TELLING_HEADERS.contains(&name.as_str()) {
            return;
        }
        if name == "set-cookie" {
            let cookie = value.split(';').next().unwrap_or_default();
            self.in_named(cookie.split_once('=').map_or(cookie, |(_, value)| value));
        } else if names_credential(&name) {
            self.in_named(value.rsplit(' ').next().unwrap_or_default());
        } else {
            note(&mut self.in_headers, drawn(value));
        }
    }
}

fn note<'a>(found: &mut Vec<String>, values: impl Iterator<Item = &'a str>) {
    let room = MOST.saturating_sub(found.len());
    found.extend(values.take(room).map(str::to_owned));
}

/// Whether a member is named as one that holds a credential, or its object is and it has the value.
fn is_named(above: &str, name: &str) -> bool {
    let [above, name] = [above, name].map(str::to_ascii_lowercase);
    let is_value = ["id", "value", "uuid"].contains(&name.as_str());
    is_credential(&name) || (is_value && is_credential(&above))
}

fn is_credential(name: &str) -> bool {
    name.contains(HASH) || names_credential(name)
}

/// The text of a body, which may be UTF-16.
fn text_of(body: &[u8]) -> String {
    let unit: Option<fn([u8; 2]) -> u16> = match body {
        [0xff, 0xfe, ..] => Some(u16::from_le_bytes),
        [0xfe, 0xff, ..] => Some(u16::from_be_bytes),
        [first, 0, ..] if *first != 0 => Some(u16::from_le_bytes),
        [0, second, ..] if *second != 0 => Some(u16::from_be_bytes),
        _ => None,
    };
    match unit {
        Some(unit) => {
            let units = body.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
            let text: String = char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect();
            text.trim_start_matches('\u{feff}').to_owned()
        }
        None => String::from_utf8_lossy(body).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::{Map, json};

    use super::{HandedOut, open_sessions};
    use crate::model::api::Action;
    use crate::model::exchange::{Answer, Exchange, Request};

    const SESSION: &str = "9f1c07ab42d35e68";

    fn exchange(action: Action, sent: &str, head: &str, body: &[u8]) -> Exchange {
        let headers = head.lines().filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let request = Request {
            method: "POST".to_owned(),
            path: action.path(),
            query: None,
            headers: Vec::new(),
            body: Some(sent.as_bytes().to_vec()),
        };
        Exchange::of(
            request,
            Ok(Answer { status: 200, headers, body: body.to_vec(), defect: None }),
        )
    }

    fn utf16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[rstest]
    #[case::list("", br#"{"hash":["9f1c07ab42d35e68"]}"#.to_vec())]
    #[case::other_letters("", br#"{"Hash":"9f1c07ab42d35e68"}"#.to_vec())]
    #[case::other_name("", br#"{"data":"9f1c07ab42d35e68"}"#.to_vec())]
    #[case::deeper("", br#"{"session":{"since":1790420410,"id":"9f1c07ab42d35e68"}}"#.to_vec())]
    #[case::name_of_a_member("", br#"{"9f1c07ab42d35e68":{}}"#.to_vec())]
    #[case::sentence("", br#"{"message":"Your session is 9f1c07ab42d35e68."}"#.to_vec())]
    #[case::page("", b"<p class=x1>Session <b>9f1c07ab42d35e68</b></p>".to_vec())]
    #[case::utf16("", utf16(r#"{"data":"9f1c07ab42d35e68"}"#))]
    #[case::marked_utf16("", utf16("\u{feff}9f1c07ab42d35e68"))]
    #[case::cookie("set-cookie: SID=9f1c07ab42d35e68; Path=/; Max-Age=1790420410", b"{}".to_vec())]
    #[case::header("x-session: 9f1c07ab42d35e68", b"{}".to_vec())]
    #[case::credentials("authorization: NVX 9f1c07ab42d35e68", b"{}".to_vec())]
    #[case::location("location: /panel/?hash=9f1c07ab42d35e68", b"".to_vec())]
    fn a_session_is_known_in_whatever_form(#[case] head: &str, #[case] body: Vec<u8>) {
        let head = format!("content-type: application/json\netag: 8a0b1c2d3e4f5a6b\n{head}");
        assert_eq!(HandedOut::of(&exchange(Action::Auth, "{}", &head, &body)).others, [SESSION]);
    }

    #[rstest]
    #[case::short_in_its_place(r#"{"token":"x1y2z3","key":"trackers"}"#, &["x1y2z3"])]
    #[case::number_in_its_place(r#"{"session_id":48213377,"dealer_id":48213377}"#, &["48213377"])]
    #[case::likeliest_first(
        r#"{"build":"8a0b1c2d3e4f5a6b","token":"9f1c07ab42d35e68"}"#,
        &["9f1c07ab42d35e68", "8a0b1c2d3e4f5a6b"]
    )]
    #[case::said_by_the_suite(r#"{"you":"sent1a2b3c4d5e6f"}"#, &[])]
    #[case::nothing_drawn(
        r#"{"success":true,"permissions":{"users":["read"]},"server_time":1790420410,
            "version":"2.14.0-rc.1","author":"Navixy","authenticated":"yes1"}"#,
        &[]
    )]
    fn what_may_be_a_session_is_told_from_the_rest(#[case] body: &str, #[case] expected: &[&str]) {
        let sent = r#"{"login":"sent1a2b3c4d5e6f"}"#;
        assert_eq!(
            HandedOut::of(&exchange(Action::Auth, sent, "", body.as_bytes())).others,
            expected
        );
        assert_eq!(
            HandedOut::of(&exchange(Action::Logout, sent, "", body.as_bytes())).others,
            [""; 0]
        );
    }

    #[rstest]
    #[case::closed(r#"{"success":true,"hash":"a1"}"#, r#"{"hash":"a1"}"#, true, &[])]
    #[case::refused(r#"{"success":true,"hash":"a1"}"#, r#"{"hash":"a1"}"#, false, &[Some("a1")])]
    #[case::another(r#"{"success":true,"hash":"a1"}"#, r#"{"hash":"b2"}"#, true, &[Some("a1")])]
    #[case::one_of_many(
        r#"{"success":true,"x":[{"hash":"b2"}],"hash":"a1"}"#,
        r#"{"hash":"b2"}"#,
        true,
        &[Some("a1")]
    )]
    #[case::elsewhere(
        r#"{"success":true,"token":"9f1c07ab42d35e68"}"#,
        r#"{"hash":"9f1c07ab42d35e68"}"#,
        true,
        &[]
    )]
    #[case::unknown(r#"{"success":true}"#, r#"{"hash":"a1"}"#, true, &[None])]
    #[case::no_session(r#"{"success":false,"status":{"code":12}}"#, "{}", true, &[])]
    fn a_session_is_open_until_a_log_out_is_granted(
        #[case] answer: &str,
        #[case] log_out: &str,
        #[case] success: bool,
        #[case] expected: &[Option<&str>],
    ) {
        let granted = json!({"success": success}).to_string();
        let exchanges = [
            exchange(Action::Auth, "{}", "", answer.as_bytes()),
            exchange(Action::Logout, log_out, "", granted.as_bytes()),
        ];
        let open = open_sessions(&Map::new(), exchanges.iter());
        assert_eq!(open.iter().map(|one| one.hash.as_deref()).collect::<Vec<_>>(), expected);
    }
}
