//! `post-query`: the query string of a POST without a body.

use super::{Encoded, Encoding, Parameters, pairs};
use crate::model::api::Action;
use crate::model::level::Level;

pub(super) const ENCODING: Encoding = Encoding {
    name: "post-query",
    summary: "POST without a body, the query string",
    method: "POST",
    level: |action| if action == Action::Auth { Level::May } else { Level::Should },
    encode,
};

fn encode(parameters: &Parameters) -> Encoded {
    let query = (!parameters.is_empty()).then(|| pairs(parameters));
    Encoded { query, ..Encoded::default() }
}
