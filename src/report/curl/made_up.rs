//! Values that the suite made up itself, put back into requests: they are nobody's secret, and no
//! operator could put them into a variable.

use std::collections::BTreeMap;

use crate::judge::recording::CaseRecord;
use crate::model::exchange::{Exchange, Request};
use crate::value::token::{Piece, Token, pieces};

/// Values by their tokens.
pub(super) type MadeUp = BTreeMap<String, String>;

/// The record with what was made up in the place of its tokens, as far as requests go.
pub(super) fn put_back(record: &CaseRecord, made_up: &MadeUp) -> CaseRecord {
    record.clone().with_exchanges(|exchange| Exchange {
        request: in_request(&exchange.request, made_up),
        ..exchange
    })
}

fn in_request(request: &Request, made_up: &MadeUp) -> Request {
    let text = |text: &String| in_text(text, made_up);
    let body = |body: &Vec<u8>| match std::str::from_utf8(body) {
        Ok(text) => in_text(text, made_up).into_bytes(),
        Err(_) => body.clone(),
    };
    Request {
        path: text(&request.path),
        query: request.query.as_ref().map(text),
        headers: request.headers.iter().map(|(name, value)| (name.clone(), text(value))).collect(),
        body: request.body.as_ref().map(body),
        ..request.clone()
    }
}

fn in_text(text: &str, made_up: &MadeUp) -> String {
    let piece = |piece| match piece {
        Piece::Text(text) => text.to_owned(),
        Piece::Token(token) => value(&token, made_up).unwrap_or_else(|| token.to_string()),
    };
    pieces(text).into_iter().map(piece).collect()
}

/// The value of a token, if that was made up and is spelt alike wherever it may stand.
fn value(token: &Token, made_up: &MadeUp) -> Option<String> {
    let value = made_up.get(&token.secret.clone().token().to_string())?;
    let value = match token.near_miss {
        Some(filter) => filter.apply(value)?,
        None => value.clone(),
    };
    let stands_for_itself = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    value.bytes().all(stands_for_itself).then_some(value)
}
