//! Faults in the codes and HTTP statuses of refused hashes, each in one kind of refusal.

use serde_json::Map;

use crate::reference::behaviour::{Row, row};
use crate::reference::call::Action::GetPermissions;
use crate::reference::change::code;
use crate::reference::refusal::Reason::{
    EndedHash, ExpiredHash, HashType, MalformedHash, NoHash, UnknownHash,
};
use crate::reference::reply::Reply;
use crate::reference::when::{on, refused_for};

#[rustfmt::skip] // A row is a line, or two if it is long.
pub(super) fn faults() -> Vec<Row> {
    vec![
        row("missing-hash-code-11", "A missing hash is refused with code 11.", &["HASH-MISSING", "HASH-NOTAUTHCODE"], code(NoHash, 11)),
        row("missing-hash-code-13", "A missing hash is refused with code 13.", &["HASH-MISSING", "HASH-NOTAUTHCODE"], code(NoHash, 13)),
        row("missing-hash-http-401", "A missing hash is refused with HTTP 401.", &["HASH-MISSING", "ERR-MAP"], refused_for(NoHash).status(401)),
        row("missing-hash-crashes", "A missing hash makes the server fail with code 6.", &["HASH-MISSING"], code(NoHash, 6)),
        row("missing-hash-answers-nothing", "Without a hash the permissions are an empty object.", &["HASH-MISSING"],
            on(GetPermissions).refused_for(NoHash).reply(|reply| *reply = Reply::with_permissions(Map::new()))),
        row("empty-hash-crashes", "An empty hash makes the server fail.", &["HASH-EMPTY"],
            refused_for(NoHash).given(|call, _| call.value("hash").is_some()).error(6)),
        row("malformed-hash-crashes", "A malformed hash makes the server fail with code 6.", &["HASH-MALFORMED"], code(MalformedHash, 6)),
        row("malformed-hash-code-12", "A malformed hash is refused with code 12.", &["HASH-MALFORMED", "HASH-NOTAUTHCODE"], code(MalformedHash, 12)),
        row("hash-of-wrong-type-crashes", "A hash that is no string makes the server fail with code 6.", &["HASH-TYPE"], code(HashType, 6)),
        row("unknown-hash-code-13", "An unknown hash is refused with code 13.", &["HASH-UNKNOWN", "HASH-NOTAUTHCODE"], code(UnknownHash, 13)),
        row("unknown-hash-code-102", "An unknown hash is refused with code 102.", &["HASH-UNKNOWN", "HASH-NOTAUTHCODE", "ERR-RANGE"], code(UnknownHash, 102)),
        row("unknown-hash-code-201", "An unknown hash is refused with code 201.", &["HASH-UNKNOWN", "ERR-RANGE"], code(UnknownHash, 201)),
        row("unknown-hash-http-401", "An unknown hash is refused with HTTP 401.", &["HASH-UNKNOWN", "ERR-MAP"], refused_for(UnknownHash).status(401)),
        row("unknown-hash-http-403", "An unknown hash is refused with HTTP 403.", &["HASH-UNKNOWN", "ERR-MAP"], refused_for(UnknownHash).status(403)),
        row("expired-hash-code-103", "An expired hash is refused with code 103.", &["SES-EXPIRED", "ERR-RANGE"], code(ExpiredHash, 103)),
        row("expired-hash-code-11", "An expired hash is refused with code 11.", &["SES-EXPIRED", "HASH-NOTAUTHCODE"], code(ExpiredHash, 11)),
        row("expired-hash-accepted", "An expired hash still shows permissions.", &["SES-EXPIRED"],
            on(GetPermissions).refused_for(ExpiredHash).show_permissions_of(0)),
        row("ended-hash-code-11", "The hash of an ended session is refused with code 11.", &["LO-CODE", "HASH-NOTAUTHCODE"], code(EndedHash, 11)),
        row("ended-hash-code-13", "The hash of an ended session is refused with code 13.", &["LO-CODE", "HASH-NOTAUTHCODE"], code(EndedHash, 13)),
        row("ended-hash-code-204", "The hash of an ended session is refused with code 204.", &["LO-CODE", "ERR-RANGE"], code(EndedHash, 204)),
        row("ended-hash-http-401", "The hash of an ended session is refused with HTTP 401.", &["ERR-MAP"], refused_for(EndedHash).status(401)),
        row("ended-hash-http-200", "The hash of an ended session is refused with HTTP 200.", &["ERR-NOT200"], refused_for(EndedHash).status(200)),
    ]
}
