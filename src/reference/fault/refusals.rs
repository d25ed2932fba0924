//! Faults in the codes and HTTP statuses of refused sign-ins, each in one kind of refusal.
//!
//! The shape of refusals in general is the business of `envelope`.

use serde_json::{Value, json};

use crate::reference::behaviour::{Row, row};
use crate::reference::call::Action::Auth;
use crate::reference::call::Call;
use crate::reference::change::{Changes, code, policy, status_of};
use crate::reference::refusal::Reason::{
    BadBody, Blocked, BlockedWrongPassword, EmptyField, FieldType, MissingField, UnknownDealer,
    WrongPassword,
};
use crate::reference::server::Server;
use crate::reference::when::{on, refused, refused_for};

#[rustfmt::skip] // A row is a line, or two if it is long.
pub(super) fn faults() -> Vec<Row> {
    vec![
        row("unknown-dealer-code-4", "An unknown dealer is refused with code 4.", &["AUTH-E12"], code(UnknownDealer, 4)),
        row("unknown-dealer-code-11", "An unknown dealer is refused with code 11.", &["AUTH-E12"], code(UnknownDealer, 11)),
        row("unknown-dealer-code-201", "An unknown dealer is refused with code 201.", &["AUTH-E12"], code(UnknownDealer, 201)),
        row("unknown-dealer-http-404", "An unknown dealer is refused with HTTP 404.", &["AUTH-E12-H400", "ERR-MAP"], refused_for(UnknownDealer).status(404)),
        row("unknown-dealer-http-401", "An unknown dealer is refused with HTTP 401.", &["AUTH-E12-H400", "ERR-MAP"], refused_for(UnknownDealer).status(401)),
        row("unknown-dealer-http-200", "An unknown dealer is refused with HTTP 200.", &["AUTH-E12-H400", "ERR-NOT200"], refused_for(UnknownDealer).status(200)),
        row("unknown-dealer-admitted", "An unknown dealer signs in without a hash.", &["AUTH-E12"], refused_for(UnknownDealer).succeed()),
        row("blocked-dealer-admitted", "A blocked dealer signs in like any other.", &["AUTH-E11"],
            policy(|policy| policy.is_blocked = |_| false)),
        row("blocked-dealer-code-12", "A blocked dealer is refused like an unknown one.", &["AUTH-E11"], code(Blocked, 12)),
        row("blocked-dealer-code-13", "A blocked dealer is refused with code 13.", &["AUTH-E11"], code(Blocked, 13)),
        row("blocked-dealer-code-103", "A blocked dealer is refused with code 103.", &["AUTH-E11"], code(Blocked, 103)),
        row("blocked-dealer-http-400", "A blocked dealer is refused with HTTP 400.", &["AUTH-E11-H403", "ERR-MAP"], status_of(11, 400)),
        row("blocked-dealer-http-401", "A blocked dealer is refused with HTTP 401.", &["AUTH-E11-H403", "ERR-MAP"], status_of(11, 401)),
        row("blocked-dealer-http-200", "A blocked dealer is refused with HTTP 200.", &["AUTH-E11-H403", "ERR-NOT200"], status_of(11, 200)),
        row("blocked-wrong-password-code-4", "A blocked dealer with a wrong password is refused with code 4.", &["AUTH-BLOCK-WRONGPW"],
            code(BlockedWrongPassword, 4)),
        row("wrong-password-code-3", "A wrong password is refused with code 3.", &["AUTH-WRONGPW-CODE"], code(WrongPassword, 3)),
        row("wrong-password-code-4", "A wrong password is refused with code 4.", &["AUTH-WRONGPW-CODE"], code(WrongPassword, 4)),
        row("wrong-password-code-11", "A wrong password is refused with code 11.", &["AUTH-WRONGPW-CODE"], code(WrongPassword, 11)),
        row("wrong-password-code-248", "A wrong password is refused with code 248.", &["AUTH-WRONGPW-CODE"], code(WrongPassword, 248)),
        row("wrong-password-crashes", "A wrong password makes the server fail with code 6.", &["AUTH-WRONGPW-CODE"], code(WrongPassword, 6)),
        row("wrong-password-http-401", "A wrong password is refused with HTTP 401.", &["ERR-MAP"], refused_for(WrongPassword).status(401)),
        row("wrong-password-http-200", "A wrong password is refused with HTTP 200.", &["ERR-NOT200"], refused_for(WrongPassword).status(200)),
        row("missing-field-code-3", "A missing login or password is refused with code 3.", &["AUTH-MISSING"], code(MissingField, 3)),
        row("missing-field-crashes", "A missing login or password makes the server fail with code 6.", &["AUTH-MISSING"], code(MissingField, 6)),
        row("missing-field-http-422", "A missing login or password is refused with HTTP 422.", &["ERR-MAP"], refused_for(MissingField).status(422)),
        row("empty-field-code-4", "An empty login or password is refused with code 4.", &["AUTH-EMPTYVAL"], code(EmptyField, 4)),
        row("empty-field-crashes", "An empty login or password makes the server fail with code 6.", &["AUTH-EMPTYVAL"], code(EmptyField, 6)),
        row("field-of-wrong-type-crashes", "A login or password that is no string makes the server fail with code 6.", &["AUTH-BADTYPE"], code(FieldType, 6)),
        row("login-number-crashes", "A login that is a JSON number makes the server fail.", &["AUTH-LOGIN-NUMBER"],
            on(Auth).given(has_number_as_login).error(6)),
        row("errors-left-out", "Code 7 comes without `errors`.", &["ERR-7-ERRORS"], refused().remove("/errors")),
        row("errors-empty", "Code 7 comes with an empty list of `errors`.", &["ERR-7-ERRORS"], errors(|_| json!([]))),
        row("errors-as-texts", "Code 7 comes with `errors` that are bare strings.", &["ERR-7-ERRORS"],
            errors(|list| list.iter().map(|item| item["error"].clone()).collect())),
        row("errors-as-object", "Code 7 comes with `errors` keyed by parameter.", &["ERR-7-ERRORS"], errors(by_parameter)),
        row("errors-blame-another-parameter", "Code 7 blames a parameter that nobody sent.", &["ERR-7-ERRORS"],
            errors(|_| json!([{ "parameter": "locale", "error": "is required" }]))),
        row("errors-with-codes", "Code 7 tells what is wrong with a parameter as a number.", &["ERR-7-ERRORS"], errors(with_codes)),
        row("malformed-body-crashes", "A body that is not JSON makes the server fail with code 6.", &["AUTH-BADJSON"], code(BadBody, 6)),
        row("malformed-body-code-12", "A body that is not JSON is refused with code 12.", &["AUTH-BADJSON"], code(BadBody, 12)),
        row("malformed-body-http-415", "A body that is not JSON is refused with HTTP 415.", &["AUTH-BADJSON", "ERR-MAP"], refused_for(BadBody).status(415)),
        row("malformed-body-http-200", "A body that is not JSON is refused with HTTP 200.", &["AUTH-BADJSON", "ERR-NOT200"], status_of(5, 200)),
        row("empty-body-crashes", "An empty body on sign-in makes the server fail.", &["AUTH-NOBODY"],
            refused_for(MissingField).given(|call, _| call.request.body.is_empty()).error(6)),
        row("no-object-crashes", "A JSON body that is no object makes the server fail.", &["AUTH-NOBODY"], refused_for(BadBody).given(has_json_body).error(6)),
        row("unknown-dealer-beyond-bmp-crashes", "An unknown login with a character of four bytes makes the database fail.", &["AUTH-E12", "AUTH-LOGIN-TEXT"],
            refused_for(UnknownDealer).given(has_astral_login).error(1)),
        row("long-password-crashes", "A password of more than 72 bytes makes the server fail.", &["AUTH-LOGIN-TEXT", "AUTH-E12", "AUTH-WRONGPW-CODE"],
            on(Auth).given(|call, _| call.text("password").len() > 72).error(6)),
        row("errors-blame-login-for-password", "Code 7 blames the login if the password is missing.", &["ERR-7-ERRORS"],
            errors(blaming_login)),
    ]
}

fn has_number_as_login(call: &Call, _: &Server) -> bool {
    call.value("login").is_some_and(Value::is_number)
}

fn has_json_body(call: &Call, _: &Server) -> bool {
    serde_json::from_slice::<Value>(&call.request.body).is_ok()
}

/// The login has a character that takes four bytes.
fn has_astral_login(call: &Call, _: &Server) -> bool {
    call.text("login").chars().any(|character| character > '\u{ffff}')
}

/// Replaces the list of `errors` that comes with code 7.
fn errors(replace: fn(&[Value]) -> Value) -> Changes {
    refused().reply(move |reply| {
        if let Some(errors) = reply.get_mut("/errors") {
            *errors = replace(errors.as_array().map_or(&[], Vec::as_slice));
        }
    })
}

fn by_parameter(list: &[Value]) -> Value {
    let entry = |item: &Value| {
        (item["parameter"].as_str().unwrap_or_default().to_owned(), item["error"].clone())
    };
    Value::Object(list.iter().map(entry).collect())
}

fn with_codes(list: &[Value]) -> Value {
    list.iter().map(|item| json!({ "parameter": item["parameter"], "error": 1 })).collect()
}

fn blaming_login(list: &[Value]) -> Value {
    let blamed = |item: &Value| {
        let parameter =
            if item["parameter"] == "password" { &json!("login") } else { &item["parameter"] };
        json!({ "parameter": parameter, "error": item["error"] })
    };
    list.iter().map(blamed).collect()
}
