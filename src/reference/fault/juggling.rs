//! Faults in what passes for a login, a password or a hash though it is none of the texts that it stands for:
//! values of another type, compared loosely, taken for a query, or turned into text.

use serde_json::Value;
use tokio::time::Instant;

use crate::reference::account::Account;
use crate::reference::behaviour::{Row, row};
use crate::reference::call::Action::{Auth, GetPermissions, Logout};
use crate::reference::call::Call;
use crate::reference::change::Changes;
use crate::reference::refusal::Reason::{FieldType, HashType, NoHash};
use crate::reference::reply::Reply;
use crate::reference::server::Server;
use crate::reference::when::{on, refused_for};

#[rustfmt::skip] // A row is a line, or two if it is long.
pub(super) fn faults() -> Vec<Row> {
    vec![
        row("true-accepted-as-password", "The value true is accepted for any password.", &["AUTH-WRONGPW", "AUTH-PW-EXACT"],
            password(|given, _| *given == true)),
        row("password-compared-loosely", "A password is compared so that true and 0 equal every text.", &["AUTH-WRONGPW", "AUTH-PW-EXACT"],
            password(|given, _| *given == true || *given == 0)),
        row("query-operator-accepted-as-password", "A password that is a query operator is matched by the database.", &["AUTH-WRONGPW", "AUTH-PW-EXACT"],
            password(|given, _| is_operator(given))),
        row("object-accepted-as-password", "Any object is accepted for a password.", &["AUTH-WRONGPW", "AUTH-PW-EXACT"],
            password(|given, _| given.is_object())),
        row("any-type-but-text-accepted-as-password", "A password that is no text is accepted without a look at it.", &["AUTH-WRONGPW", "AUTH-PW-EXACT"],
            password(|given, _| !given.is_null())),
        row("list-accepted-as-password", "A list with the password in it is accepted for the password.", &["AUTH-BADTYPE"],
            password(|given, account| given.get(0).is_some_and(|first| *first == account.password))),
        row("query-operator-accepted-as-login", "A login that is a query operator finds the dealer by the password.", &["AUTH-E12", "AUTH-NOLEAK"],
            on(Auth).refused_for(FieldType).reply_with(find_by_password)),
        row("list-accepted-as-login", "A list with a login in it is accepted for the login.", &["AUTH-BADTYPE"],
            on(Auth).call(|call| unwrap(call, "login"))),
        row("query-operator-accepted-as-hash", "A hash that is a query operator shows the permissions of the first dealer.", &["GP-SESSION", "HASH-TYPE"],
            on(GetPermissions).refused_for(HashType).given(|call, _| has_operator_as_hash(call)).show_permissions_of(0)),
        row("query-operator-in-brackets-accepted-as-hash", "A query operator that stands in brackets behind the name of the hash shows the permissions of the first dealer.", &["GP-SESSION", "HASH-MISSING"],
            on(GetPermissions).refused_for(NoHash).given(|call, _| call.request.query.contains("%24ne")).show_permissions_of(0)),
        row("logout-by-query-operator-ends-every-session", "Logout with a query operator for a hash ends every session.", &["LO-CURRENT"],
            on(Logout).refused_for(HashType).given(|call, _| has_operator_as_hash(call)).reply_with(end_every_session)),
        row("zero-accepted-as-hash", "The number 0 is accepted for a hash and shows the permissions of the first dealer.", &["GP-SESSION", "HASH-TYPE"],
            on(GetPermissions).refused_for(HashType).given(|call, _| call.value("hash").is_some_and(|hash| *hash == 0)).show_permissions_of(0)),
        row("true-accepted-as-hash", "The value true is accepted for a hash and shows the permissions of the first dealer.", &["GP-SESSION", "HASH-TYPE"],
            on(GetPermissions).refused_for(HashType).given(|call, _| call.value("hash") == Some(&Value::Bool(true))).show_permissions_of(0)),
    ]
}

/// Accepts a password that is no text, if it passes for that of the account.
fn password(passes: fn(&Value, &Account) -> bool) -> Changes {
    refused_for(FieldType).reply_with(move |reply, call, server| {
        let Some((index, account)) = server.account(call.text("login")) else { return };
        if call.value("password").is_some_and(|given| !given.is_string() && passes(given, account))
        {
            *reply = admitted(index, call, server);
        }
    })
}

/// What somebody is answered who has given the right password.
fn admitted(index: usize, call: &Call, server: &Server) -> Reply {
    if server.accounts[index].blocked {
        return Reply::error(11);
    }
    Reply::signed_in(server.open_session(index, call).hash, server.permissions(index))
}

fn find_by_password(reply: &mut Reply, call: &Call, server: &Server) {
    let password = call.text("password");
    let found = server.accounts.iter().position(|account| account.password == password);
    if let Some(index) = found.filter(|_| call.value("login").is_some_and(is_operator)) {
        *reply = admitted(index, call, server);
    }
}

/// `{"$ne": ""}` is an operator of a common database.
fn is_operator(value: &Value) -> bool {
    value.as_object().is_some_and(|members| members.keys().any(|name| name.starts_with('$')))
}

fn has_operator_as_hash(call: &Call) -> bool {
    call.value("hash").is_some_and(is_operator)
}

fn end_every_session(reply: &mut Reply, call: &Call, server: &Server) {
    server.sessions().end_where(call, Instant::now(), |_| true);
    *reply = Reply::success();
}

/// Reads `["20410"]` as `"20410"`.
fn unwrap(call: &mut Call, name: &str) {
    for (_, value) in call.values_mut(name) {
        if let Value::Array(list) = value
            && let [only] = list.as_slice()
        {
            *value = only.clone();
        }
    }
}
