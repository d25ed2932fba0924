//! `query`: the query string of a GET, as the account page's examples show for `get_permissions`
//! and `logout`; for `auth` it is contested, so it never binds there.

use super::{Encoded, Encoding, Parameters, pairs};
use crate::model::api::Action;
use crate::model::level::Level;

pub(super) const ENCODING: Encoding = Encoding {
    name: "query",
    summary: "GET, the query string",
    method: "GET",
    level: |action| if action == Action::Auth { Level::May } else { Level::Must },
    encode,
};

fn encode(parameters: &Parameters) -> Encoded {
    let query = (!parameters.is_empty()).then(|| pairs(parameters));
    Encoded { query, ..Encoded::default() }
}
