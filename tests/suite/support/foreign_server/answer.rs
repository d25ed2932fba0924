//! What the foreign server makes of a request: its reading of the contract.

use std::fmt::Write as _;
use std::time::Instant;

use serde_json::{Map, Value, json};

use super::{Asked, BASE, Instead, Manner, Seen, Shared, State};
use crate::support::spelling;

/// What is sent back, before it is written.
pub(crate) struct Reply {
    pub(crate) status: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) body: Vec<u8>,
    pub(super) more: String,
    pub(super) has_body: bool,
    pub(super) pace: Pace,
}

/// How an answer comes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    AtOnce,
    Never,
    Dripping,
}

impl Shared {
    /// Notes a request and answers it; returns its number, from 1.
    pub(super) fn answer(&self, asked: Asked) -> (usize, Reply) {
        std::thread::sleep(self.habits.latency);
        let at = Instant::now();
        let mut state = self.state();
        let mut seen = Seen { at, asked, login: None, issued: None, is_wrong_password: false };
        let is_answered = !matches!(
            self.habits.manner,
            Manner::Silent
                | Manner::Redirect(_)
                | Manner::Garbage
                | Manner::Busy
                | Manner::BusyFor(_)
        ) && !matches!(self.habits.manner, Manner::BusyOnce(at) if at == state.seen.len() + 1);
        let mut reply = if is_answered {
            self.route(&mut state, &mut seen)
        } else {
            page("503 Service Unavailable")
        };
        if let Some((over, instead)) = self.habits.stumbles
            && over(&seen)
        {
            reply = instead.reply(reply);
        }
        reply.has_body = seen.asked.method != "HEAD";
        if self.habits.echoes {
            self.echo(&state, &mut reply);
        }
        if let Some(text) = &self.habits.adds {
            add(text, &mut reply);
        }
        state.seen.push(seen);
        self.changed.notify_all();
        (state.seen.len(), reply)
    }

    fn route(&self, state: &mut State, seen: &mut Seen) -> Reply {
        let target = seen.asked.target.clone();
        // A proxy is asked with the whole URL.
        let target = match target.split_once("://") {
            Some((_, rest)) => &rest[rest.find('/').unwrap_or(rest.len())..],
            None => &target,
        };
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let path = path.strip_suffix('/').unwrap_or(path);
        let action = path.strip_prefix(BASE).and_then(|path| path.strip_prefix("/panel/account/"));
        let is_post = seen.asked.method == "POST";
        let serves_get = !self.habits.post_only && seen.asked.method == "GET";
        match action {
            Some("auth") if is_post => self.auth(state, seen, query),
            Some("get_permissions") if is_post || serves_get => {
                match session(state, &seen.asked, query) {
                    Ok((_, login)) => self.grant(json!({"permissions": self.permissions(&login)})),
                    Err(reply) => reply,
                }
            }
            Some("logout") if is_post || serves_get => match session(state, &seen.asked, query) {
                Ok((hash, _)) => {
                    state.sessions.remove(&hash);
                    self.grant(json!({"goodbye": null}))
                }
                Err(reply) => reply,
            },
            Some("auth" | "get_permissions" | "logout") => page("405 Method Not Allowed"),
            _ => page("404 Not Found"),
        }
    }

    fn auth(&self, state: &mut State, seen: &mut Seen, query: &str) -> Reply {
        let given = match parameters(&seen.asked, query) {
            Ok(given) => given,
            Err(reply) => return reply,
        };
        let mut errors = Vec::new();
        let mut text = |name: &str| match given.get(name).and_then(Value::as_str) {
            Some(text) if !text.is_empty() => text.to_owned(),
            _ => {
                errors.push(json!({"parameter": name, "error": "is wanted", "since": 2}));
                String::new()
            }
        };
        let (login, password) = (text("login"), text("password"));
        if !errors.is_empty() {
            return refuse("400 Bad Request", 7, json!({"errors": errors}));
        }
        seen.login = Some(login.clone());
        let Some(dealer) = self.dealers.iter().find(|dealer| dealer.login == login) else {
            return refuse("400 Bad Request", 12, json!({}));
        };
        if dealer.password != password {
            seen.is_wrong_password = true;
            return refuse("400 Bad Request", 102, json!({}));
        }
        if dealer.role == "blocked_dealer" {
            return refuse("403 Forbidden", 11, json!({}));
        }
        let hash = uuid();
        state.sessions.insert(hash.clone(), login.clone());
        state.issued.push(hash.clone());
        seen.issued = Some(hash.clone());
        if let Some((header, body)) = self.habits.hands_out {
            let more = if header.is_empty() { String::new() } else { format!("{header}\r\n") };
            let [more, body] = [&more, body].map(|text| text.replace("HASH", &hash));
            return Reply { body: body.into_bytes(), more, ..reply("200 OK", &json!({})) };
        }
        self.grant(json!({"permissions": self.permissions(&login), "hash": hash}))
    }

    fn grant(&self, members: Value) -> Reply {
        let mut body = json!({"revision": [4, {"of": "foreign"}], "server_time": 1790420410});
        body.as_object_mut()
            .expect("it is an object")
            .extend(members.as_object().cloned().unwrap_or_default());
        body["success"] = if self.habits.says_yes { json!("yes") } else { json!(true) };
        reply("200 OK", &body)
    }

    fn permissions(&self, login: &str) -> Value {
        match self.dealers.iter().find(|dealer| dealer.login == login).map(|dealer| dealer.role) {
            Some("dealer") => {
                json!({"trackers": ["read", "paint"], "moon": ["visit"], "users": []})
            }
            Some("second_dealer") => json!({"users": ["read", "update"], "trackers": ["read"]}),
            _ => json!({}),
        }
    }

    /// Repeats every secret in every spelling and place.
    fn echo(&self, state: &State, reply: &mut Reply) {
        let passwords = self.dealers.iter().map(|dealer| dealer.password.clone());
        let last = state.issued.iter().rev().take(2).cloned();
        let secrets: Vec<String> = passwords.chain(last).collect();
        let mut echo = Map::new();
        for secret in &secrets {
            echo.extend(spelling::spellings(secret));
            let percent =
                percent_encoding::utf8_percent_encode(secret, percent_encoding::NON_ALPHANUMERIC);
            write!(
                reply.more,
                "x-echo: you said {secret}, did you?\r\nlocation: https://elsewhere.example/{percent}?hash={percent}\r\n\
                 set-cookie: SESSION={percent}; path=/\r\nwww-authenticate: Basic {}\r\n",
                spelling::base64(&format!("31001:{secret}"))
            )
            .expect("memory takes it");
        }
        let Ok(Value::Object(mut body)) = serde_json::from_slice(&reply.body) else {
            let text: Vec<String> =
                echo.iter().map(|(name, value)| format!("<p>{name}: {value}</p>")).collect();
            reply.body.extend(text.concat().bytes());
            return;
        };
        if let Some(status) = body.get_mut("status") {
            status["description"] = Value::from(format!("not this: {}", secrets.join(" or ")));
        }
        body.insert("echo".to_owned(), Value::Object(echo));
        // Escaped as no serialiser would, but as JSON allows.
        let escaped = spelling::json_escapes(&secrets.join(" "));
        let text = Value::Object(body).to_string();
        reply.body =
            format!("{},\"escaped\":\"{escaped}\"}}", &text[..text.len() - 1]).into_bytes();
    }
}

impl Instead {
    fn reply(self, meant: Reply) -> Reply {
        match self {
            Instead::ErrorSix => refuse("500 Internal Server Error", 6, json!({})),
            Instead::Page(status) => page(status),
            Instead::Redirect => {
                Reply { more: "location: /login\r\n".to_owned(), ..page("302 Found") }
            }
            Instead::Ok => Reply { status: "200 OK", ..meant },
            Instead::Silence => Reply { pace: Pace::Never, ..meant },
            Instead::Drip => Reply { pace: Pace::Dripping, ..meant },
            Instead::Half => Reply { body: meant.body[..meant.body.len() / 2].to_vec(), ..meant },
        }
    }
}

/// Says something wherever an answer has room for it.
fn add(text: &str, reply: &mut Reply) {
    write!(reply.more, "x-added: {text}\r\n").expect("memory takes it");
    match serde_json::from_slice(&reply.body) {
        Ok(Value::Object(mut body)) => {
            if let Some(status) = body.get_mut("status") {
                status["description"] = json!(text);
            }
            body.insert("permissions".to_owned(), json!([text]));
            body.insert(text.to_owned(), json!(text));
            reply.body = Value::Object(body).to_string().into_bytes();
        }
        _ => reply.body.extend(text.bytes()),
    }
}

fn parameters(asked: &Asked, query: &str) -> Result<Map<String, Value>, Reply> {
    let mut given = pairs(query);
    let kind = asked.headers.get("content-type").map_or("", String::as_str);
    if kind.starts_with("application/x-www-form-urlencoded") {
        given.extend(pairs(&String::from_utf8_lossy(&asked.body)));
    } else if !asked.body.trim_ascii().is_empty() {
        match serde_json::from_slice(&asked.body) {
            Ok(Value::Object(members)) => given.extend(members),
            _ => return Err(refuse("400 Bad Request", 5, json!({}))),
        }
    }
    if let Some(hash) = asked.headers.get("authorization").and_then(|v| v.strip_prefix("NVX ")) {
        given.entry("hash").or_insert_with(|| json!(hash));
    }
    Ok(given)
}

fn pairs(text: &str) -> Map<String, Value> {
    let decode = |text: &str| {
        let text = text.replace('+', " ");
        percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned()
    };
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (decode(name), Value::from(decode(value)))).collect()
}

/// The hash and the login of the session that a request belongs to.
fn session(state: &State, asked: &Asked, query: &str) -> Result<(String, String), Reply> {
    let given = parameters(asked, query)?;
    let hash = given.get("hash").and_then(Value::as_str).unwrap_or_default();
    match state.sessions.get(hash) {
        Some(login) => Ok((hash.to_owned(), login.clone())),
        None => Err(refuse("400 Bad Request", 3, json!({}))),
    }
}

fn refuse(status: &'static str, code: i64, more: Value) -> Reply {
    let mut body = json!({"hint": "see the manual", "success": false});
    body["status"] = json!({"description": "No.", "severity": "high", "code": code});
    body.as_object_mut()
        .expect("it is an object")
        .extend(more.as_object().cloned().unwrap_or_default());
    reply(status, &body)
}

fn reply(status: &'static str, body: &Value) -> Reply {
    let body = format!("\n  {body:#}\n").into_bytes();
    let kind = "application/json ; charset=utf-8";
    Reply { status, kind, body, more: String::new(), has_body: true, pace: Pace::AtOnce }
}

fn page(status: &'static str) -> Reply {
    let body = format!("<!doctype html><title>{status}</title><h1>{status}</h1>").into_bytes();
    Reply {
        status,
        kind: "text/html",
        body,
        more: String::new(),
        has_body: true,
        pace: Pace::AtOnce,
    }
}

fn uuid() -> String {
    let (high, low) = (fastrand::u64(..), fastrand::u64(..));
    let text = format!("{high:016x}{low:016x}");
    let parts = [&text[..8], &text[8..12], &text[13..16], &text[17..20], &text[20..]];
    format!("{}-{}-4{}-a{}-{}", parts[0], parts[1], parts[2], parts[3], parts[4])
}
