//! The body of an answer, as it is recorded and as schemas judge it.
//!
//! A record holds tokens in the place of secrets. A schema may ask for the form of a secret, and
//! then judges a stand-in: a meaningless value of the same form.

use std::borrow::Cow;

use serde_json::Value;

use crate::value::json::{self, NotJson, Oddity, Parsed};
use crate::value::json_change::Change;
use crate::value::secret::{Shape, Shapes};
use crate::value::token::{self, Piece};

/// The JSON of a body.
///
/// Invariant: `judged` is what becomes of `recorded` with stand-ins for its tokens, place by
/// place; it is absent only where that is `recorded` itself. It is made once, since many checks
/// ask for it; [`Body::change`] changes one place of both.
#[derive(Debug, Clone, PartialEq)]
pub struct Body {
    recorded: Value,
    judged: Option<Value>,
    /// The first thing in it that clients read differently.
    oddity: Option<Oddity>,
}

/// How a change of a body is undone.
#[derive(Debug)]
pub struct Undo {
    recorded: Change,
    judged: Option<Change>,
}

impl Body {
    /// Parses a body strictly.
    ///
    /// # Errors
    ///
    /// [`NotJson`] names what a strict reader refuses.
    pub fn parse(bytes: &[u8], shapes: &Shapes) -> Result<Body, NotJson> {
        let Parsed { value, oddity } = json::read(bytes)?;
        Ok(Body { oddity, ..Body::new(value, shapes) })
    }

    /// Takes a value as recorded.
    #[must_use]
    pub fn new(recorded: Value, shapes: &Shapes) -> Body {
        let judged = match with_stand_ins(&recorded, shapes) {
            Cow::Owned(judged) => Some(judged),
            Cow::Borrowed(_) => None,
        };
        Body { recorded, judged, oddity: None }
    }

    /// The value as recorded, with tokens in the place of secrets.
    #[must_use]
    pub fn recorded(&self) -> &Value {
        &self.recorded
    }

    /// The first thing in it that clients read differently.
    #[must_use]
    pub(crate) fn oddity(&self) -> Option<&Oddity> {
        self.oddity.as_ref()
    }

    /// The value as schemas judge it, with stand-ins in the place of tokens.
    #[must_use]
    pub fn judged(&self) -> &Value {
        self.judged.as_ref().unwrap_or(&self.recorded)
    }

    /// Changes the place that a JSON Pointer names; `None`, and nothing changed, where there is no
    /// such place.
    pub fn change(&mut self, pointer: &str, change: Change, shapes: &Shapes) -> Option<Undo> {
        let brings_token = change.value().is_some_and(holds_token);
        let judged = match &mut self.judged {
            Some(judged) => {
                let change = change.with_value(|value| with_stand_ins(value, shapes).into_owned());
                Some(change.apply(judged, pointer)?)
            }
            None => None,
        };
        let recorded = change.apply(&mut self.recorded, pointer)?;
        if self.judged.is_none() && brings_token {
            self.judged = Some(stand_in(&self.recorded, shapes));
        }
        Some(Undo { recorded, judged })
    }

    /// Undoes the last change that is not undone yet.
    pub fn undo(&mut self, pointer: &str, undo: Undo) {
        undo.recorded.apply(&mut self.recorded, pointer);
        match (&mut self.judged, undo.judged) {
            (Some(judged), Some(change)) => {
                change.apply(judged, pointer);
            }
            // Before the change there was no token.
            _ => self.judged = None,
        }
    }
}

/// The same value with tokens replaced by meaningless values of the same form, so that a schema
/// can judge the form of a secret that the record does not hold.
pub(crate) fn with_stand_ins<'a>(value: &'a Value, shapes: &Shapes) -> Cow<'a, Value> {
    if holds_token(value) { Cow::Owned(stand_in(value, shapes)) } else { Cow::Borrowed(value) }
}

fn holds_token(value: &Value) -> bool {
    match value {
        Value::String(text) => token::may_stand_in(text),
        Value::Array(items) => items.iter().any(holds_token),
        Value::Object(members) => members.values().any(holds_token),
        _ => false,
    }
}

fn stand_in(value: &Value, shapes: &Shapes) -> Value {
    match value {
        Value::String(text) => Value::String(text_with_stand_ins(text, shapes)),
        Value::Array(items) => {
            Value::Array(items.iter().map(|item| stand_in(item, shapes)).collect())
        }
        Value::Object(members) => Value::Object(
            members.iter().map(|(name, member)| (name.clone(), stand_in(member, shapes))).collect(),
        ),
        other => other.clone(),
    }
}

/// The same for a text.
pub(crate) fn text_with_stand_ins(text: &str, shapes: &Shapes) -> String {
    let pieces = token::pieces(text).into_iter().map(|piece| match piece {
        Piece::Text(text) => text.to_owned(),
        Piece::Token(token) => {
            let token = token.to_string();
            shapes.get(&token).map_or(token, Shape::stand_in)
        }
    });
    pieces.collect()
}

#[cfg(test)]
mod tests {
    use super::Body;
    use crate::value::json_change::Change;
    use crate::value::secret::{Shape, Shapes};
    use rstest::rstest;
    use serde_json::json;

    fn shapes() -> Shapes {
        Shapes::from([("«hash 1»".to_owned(), Shape::of("fa7b"))])
    }

    #[rstest]
    #[case::token_altered(json!({"hash": "«hash 1»"}), "/hash", Change::Put(json!("«hash 1»~")))]
    #[case::token_dropped(json!({"hash": "«hash 1»", "a": 1}), "/hash", Change::Drop)]
    #[case::beside_a_token(json!({"hash": "«hash 1»", "a": [1]}), "/a/0", Change::Drop)]
    #[case::first_token(json!({"a": 1, "b": 2}), "/a", Change::Put(json!(["«hash 1»"])))]
    #[case::no_token(json!({"a": 1}), "/a", Change::Put(json!(2)))]
    fn what_is_judged_follows_what_is_recorded_and_back(
        #[case] recorded: serde_json::Value,
        #[case] pointer: &str,
        #[case] change: Change,
    ) {
        let original = Body::new(recorded, &shapes());
        let mut body = original.clone();
        let undo = body.change(pointer, change, &shapes()).expect("there is such a place");
        assert_ne!(body, original);
        assert_eq!(body.judged(), Body::new(body.recorded().clone(), &shapes()).judged());
        body.undo(pointer, undo);
        assert_eq!(body, original);
    }

    #[test]
    fn a_schema_judges_a_stand_in_of_the_same_form() {
        let body = Body::new(json!({"hash": "«hash 1»", "«x»": "«who»"}), &shapes());
        assert_eq!(body.judged(), &json!({"hash": "a0b1", "«x»": "«who»"}));
    }
}
