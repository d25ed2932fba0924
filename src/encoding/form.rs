//! `form`: an `application/x-www-form-urlencoded` body, which the getting-started page uses.

use super::{Encoded, Encoding, Parameters, content_type, pairs};
use crate::model::level::Level;

pub(super) const ENCODING: Encoding = Encoding {
    name: "form",
    summary: "POST, an application/x-www-form-urlencoded body",
    method: "POST",
    level: |_| Level::Should,
    encode,
};

fn encode(parameters: &Parameters) -> Encoded {
    Encoded {
        query: None,
        headers: vec![content_type("application/x-www-form-urlencoded")],
        body: Some(pairs(parameters).into_bytes()),
    }
}
