//! Faults in the codes and HTTP statuses of refused sign-ins, each in one kind of refusal only.
//!
//! The shape of refusals in general is the business of `envelope`.

use serde_json::{Map, Value, json};

use super::{Family, Fault};
use crate::reference::call::Action;
use crate::reference::change::Change;
use crate::reference::reply::Reply;
use crate::reference::trouble::Trouble;

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "unknown-dealer-code-4",
        family: Family::Refusals,
        summary: "An unknown dealer is refused with code 4.",
        violates: &["AUTH-E12"],
        changes: &[Change::Code(Trouble::UnknownDealer, 4)],
    },
    Fault {
        name: "unknown-dealer-code-11",
        family: Family::Refusals,
        summary: "An unknown dealer is refused with code 11.",
        violates: &["AUTH-E12"],
        changes: &[Change::Code(Trouble::UnknownDealer, 11)],
    },
    Fault {
        name: "unknown-dealer-code-201",
        family: Family::Refusals,
        summary: "An unknown dealer is refused with code 201.",
        violates: &["AUTH-E12"],
        changes: &[Change::Code(Trouble::UnknownDealer, 201)],
    },
    Fault {
        name: "unknown-dealer-http-404",
        family: Family::Refusals,
        summary: "An unknown dealer is refused with HTTP 404.",
        violates: &["AUTH-E12-H400", "ERR-MAP"],
        changes: &[Change::Refusal(Trouble::UnknownDealer, |reply| {
            reply.status = 404;
        })],
    },
    Fault {
        name: "unknown-dealer-http-401",
        family: Family::Refusals,
        summary: "An unknown dealer is refused with HTTP 401.",
        violates: &["AUTH-E12-H400", "ERR-MAP"],
        changes: &[Change::Refusal(Trouble::UnknownDealer, |reply| {
            reply.status = 401;
        })],
    },
    Fault {
        name: "unknown-dealer-http-200",
        family: Family::Refusals,
        summary: "An unknown dealer is refused with HTTP 200.",
        violates: &["AUTH-E12-H400", "ERR-NOT200"],
        changes: &[Change::Refusal(Trouble::UnknownDealer, |reply| {
            reply.status = 200;
        })],
    },
    Fault {
        name: "unknown-dealer-admitted",
        family: Family::Refusals,
        summary: "An unknown dealer signs in without a hash.",
        violates: &["AUTH-E12"],
        changes: &[Change::Refusal(Trouble::UnknownDealer, |reply| {
            *reply = Reply::success(Map::new());
            reply.set("success", true);
        })],
    },
    Fault {
        name: "blocked-dealer-admitted",
        family: Family::Refusals,
        summary: "A blocked dealer signs in like any other.",
        violates: &["AUTH-E11"],
        changes: &[Change::Policy(|policy| policy.is_blocked = |_| false)],
    },
    Fault {
        name: "blocked-dealer-code-12",
        family: Family::Refusals,
        summary: "A blocked dealer is refused like an unknown one.",
        violates: &["AUTH-E11"],
        changes: &[Change::Code(Trouble::Blocked, 12)],
    },
    Fault {
        name: "blocked-dealer-code-13",
        family: Family::Refusals,
        summary: "A blocked dealer is refused with code 13.",
        violates: &["AUTH-E11"],
        changes: &[Change::Code(Trouble::Blocked, 13)],
    },
    Fault {
        name: "blocked-dealer-code-103",
        family: Family::Refusals,
        summary: "A blocked dealer is refused with code 103.",
        violates: &["AUTH-E11"],
        changes: &[Change::Code(Trouble::Blocked, 103)],
    },
    Fault {
        name: "blocked-dealer-http-400",
        family: Family::Refusals,
        summary: "A blocked dealer is refused with HTTP 400.",
        violates: &["AUTH-E11-H403", "ERR-MAP"],
        changes: &[Change::Status(11, 400)],
    },
    Fault {
        name: "blocked-dealer-http-401",
        family: Family::Refusals,
        summary: "A blocked dealer is refused with HTTP 401.",
        violates: &["AUTH-E11-H403", "ERR-MAP"],
        changes: &[Change::Status(11, 401)],
    },
    Fault {
        name: "blocked-dealer-http-200",
        family: Family::Refusals,
        summary: "A blocked dealer is refused with HTTP 200.",
        violates: &["AUTH-E11-H403", "ERR-NOT200"],
        changes: &[Change::Status(11, 200)],
    },
    Fault {
        name: "blocked-wrong-password-code-4",
        family: Family::Refusals,
        summary: "A blocked dealer with a wrong password is refused with code 4.",
        violates: &["AUTH-BLOCK-WRONGPW"],
        changes: &[Change::Code(Trouble::BlockedWrongPassword, 4)],
    },
    Fault {
        name: "wrong-password-code-3",
        family: Family::Refusals,
        summary: "A wrong password is refused with code 3.",
        violates: &["AUTH-WRONGPW-CODE"],
        changes: &[Change::Code(Trouble::WrongPassword, 3)],
    },
    Fault {
        name: "wrong-password-code-4",
        family: Family::Refusals,
        summary: "A wrong password is refused with code 4.",
        violates: &["AUTH-WRONGPW-CODE"],
        changes: &[Change::Code(Trouble::WrongPassword, 4)],
    },
    Fault {
        name: "wrong-password-code-11",
        family: Family::Refusals,
        summary: "A wrong password is refused with code 11.",
        violates: &["AUTH-WRONGPW-CODE"],
        changes: &[Change::Code(Trouble::WrongPassword, 11)],
    },
    Fault {
        name: "wrong-password-code-248",
        family: Family::Refusals,
        summary: "A wrong password is refused with code 248.",
        violates: &["AUTH-WRONGPW-CODE"],
        changes: &[Change::Code(Trouble::WrongPassword, 248)],
    },
    Fault {
        name: "wrong-password-crashes",
        family: Family::Refusals,
        summary: "A wrong password makes the server fail with code 6.",
        violates: &["AUTH-WRONGPW-CODE"],
        changes: &[Change::Code(Trouble::WrongPassword, 6)],
    },
    Fault {
        name: "wrong-password-http-401",
        family: Family::Refusals,
        summary: "A wrong password is refused with HTTP 401.",
        violates: &["ERR-MAP"],
        changes: &[Change::Refusal(Trouble::WrongPassword, |reply| {
            reply.status = 401;
        })],
    },
    Fault {
        name: "wrong-password-http-200",
        family: Family::Refusals,
        summary: "A wrong password is refused with HTTP 200.",
        violates: &["ERR-NOT200"],
        changes: &[Change::Refusal(Trouble::WrongPassword, |reply| {
            reply.status = 200;
        })],
    },
    Fault {
        name: "missing-field-code-3",
        family: Family::Refusals,
        summary: "A missing login or password is refused with code 3.",
        violates: &["AUTH-MISSING"],
        changes: &[Change::Code(Trouble::MissingField, 3)],
    },
    Fault {
        name: "missing-field-crashes",
        family: Family::Refusals,
        summary: "A missing login or password makes the server fail with code 6.",
        violates: &["AUTH-MISSING"],
        changes: &[Change::Code(Trouble::MissingField, 6)],
    },
    Fault {
        name: "missing-field-http-422",
        family: Family::Refusals,
        summary: "A missing login or password is refused with HTTP 422.",
        violates: &["ERR-MAP"],
        changes: &[Change::Refusal(Trouble::MissingField, |reply| {
            reply.status = 422;
        })],
    },
    Fault {
        name: "empty-field-code-4",
        family: Family::Refusals,
        summary: "An empty login or password is refused with code 4.",
        violates: &["AUTH-EMPTYVAL"],
        changes: &[Change::Code(Trouble::EmptyField, 4)],
    },
    Fault {
        name: "empty-field-crashes",
        family: Family::Refusals,
        summary: "An empty login or password makes the server fail with code 6.",
        violates: &["AUTH-EMPTYVAL"],
        changes: &[Change::Code(Trouble::EmptyField, 6)],
    },
    Fault {
        name: "field-of-wrong-type-crashes",
        family: Family::Refusals,
        summary: "A login or password that is no string makes the server fail with code 6.",
        violates: &["AUTH-BADTYPE"],
        changes: &[Change::Code(Trouble::FieldType, 6)],
    },
    Fault {
        name: "login-number-crashes",
        family: Family::Refusals,
        summary: "A login that is a JSON number makes the server fail.",
        violates: &["AUTH-LOGIN-NUMBER"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Auth && call.value("login").is_some_and(Value::is_number) {
                *reply = Reply::error(6, 500);
            }
        })],
    },
    Fault {
        name: "errors-left-out",
        family: Family::Refusals,
        summary: "Code 7 comes without `errors`.",
        violates: &["ERR-7-ERRORS"],
        changes: &[Change::Reply(|reply, _, _| reply.drop("errors"))],
    },
    Fault {
        name: "errors-empty",
        family: Family::Refusals,
        summary: "Code 7 comes with an empty list of `errors`.",
        violates: &["ERR-7-ERRORS"],
        changes: &[Change::Reply(|reply, _, _| edit_errors(reply, |_| Vec::<Value>::new().into()))],
    },
    Fault {
        name: "errors-as-texts",
        family: Family::Refusals,
        summary: "Code 7 comes with `errors` that are bare strings.",
        violates: &["ERR-7-ERRORS"],
        changes: &[Change::Reply(|reply, _, _| {
            edit_errors(reply, |list| list.iter().map(|item| item["error"].clone()).collect())
        })],
    },
    Fault {
        name: "errors-as-object",
        family: Family::Refusals,
        summary: "Code 7 comes with `errors` keyed by parameter.",
        violates: &["ERR-7-ERRORS"],
        changes: &[Change::Reply(|reply, _, _| edit_errors(reply, by_parameter))],
    },
    Fault {
        name: "errors-blame-another-parameter",
        family: Family::Refusals,
        summary: "Code 7 blames a parameter that nobody sent.",
        violates: &["ERR-7-ERRORS"],
        changes: &[Change::Reply(|reply, _, _| {
            edit_errors(reply, |_| json!([{ "parameter": "locale", "error": "is required" }]))
        })],
    },
    Fault {
        name: "errors-with-codes",
        family: Family::Refusals,
        summary: "Code 7 tells what is wrong with a parameter as a number.",
        violates: &["ERR-7-ERRORS"],
        changes: &[Change::Reply(|reply, _, _| {
            edit_errors(reply, |list| {
                list.iter()
                    .map(|item| json!({ "parameter": item["parameter"], "error": 1 }))
                    .collect()
            })
        })],
    },
    Fault {
        name: "malformed-body-crashes",
        family: Family::Refusals,
        summary: "A body that is not JSON makes the server fail with code 6.",
        violates: &["AUTH-BADJSON"],
        changes: &[Change::Code(Trouble::BadBody, 6)],
    },
    Fault {
        name: "malformed-body-code-12",
        family: Family::Refusals,
        summary: "A body that is not JSON is refused with code 12.",
        violates: &["AUTH-BADJSON"],
        changes: &[Change::Code(Trouble::BadBody, 12)],
    },
    Fault {
        name: "malformed-body-http-415",
        family: Family::Refusals,
        summary: "A body that is not JSON is refused with HTTP 415.",
        violates: &["AUTH-BADJSON", "ERR-MAP"],
        changes: &[Change::Refusal(Trouble::BadBody, |reply| {
            reply.status = 415;
        })],
    },
    Fault {
        name: "malformed-body-http-200",
        family: Family::Refusals,
        summary: "A body that is not JSON is refused with HTTP 200.",
        violates: &["AUTH-BADJSON", "ERR-NOT200"],
        changes: &[Change::Status(5, 200)],
    },
    Fault {
        name: "empty-body-crashes",
        family: Family::Refusals,
        summary: "An empty body on sign-in makes the server fail.",
        violates: &["AUTH-NOBODY"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Auth
                && reply.trouble == Some(Trouble::MissingField)
                && call.request.body.is_empty()
            {
                *reply = Reply::error(6, 500);
            }
        })],
    },
    Fault {
        name: "no-object-crashes",
        family: Family::Refusals,
        summary: "A JSON body that is no object makes the server fail.",
        violates: &["AUTH-NOBODY"],
        changes: &[Change::Reply(|reply, call, _| {
            if reply.trouble == Some(Trouble::BadBody)
                && serde_json::from_slice::<Value>(&call.request.body).is_ok()
            {
                *reply = Reply::error(6, 500);
            }
        })],
    },
    Fault {
        name: "unknown-dealer-beyond-bmp-crashes",
        family: Family::Refusals,
        summary: "An unknown login with a character of four bytes makes the database fail.",
        violates: &["AUTH-E12", "AUTH-LOGIN-TEXT"],
        changes: &[Change::Reply(|reply, call, _| {
            if reply.trouble == Some(Trouble::UnknownDealer)
                && call.text("login").chars().any(|character| character > '\u{ffff}')
            {
                *reply = Reply::error(1, 500);
            }
        })],
    },
    Fault {
        name: "long-password-crashes",
        family: Family::Refusals,
        summary: "A password of more than 72 bytes makes the server fail.",
        violates: &["AUTH-LOGIN-TEXT", "AUTH-E12", "AUTH-WRONGPW-CODE"],
        changes: &[Change::Reply(|reply, call, _| {
            if call.action == Action::Auth && call.text("password").len() > 72 {
                *reply = Reply::error(6, 500);
            }
        })],
    },
    Fault {
        name: "errors-blame-login-for-password",
        family: Family::Refusals,
        summary: "Code 7 blames the login where the password is missing.",
        violates: &["ERR-7-ERRORS"],
        changes: &[Change::Reply(|reply, _, _| edit_errors(reply, blaming_login))],
    },
];

fn edit_errors(reply: &mut Reply, edit: impl Fn(&[Value]) -> Value) {
    if let Some(Value::Array(list)) = reply.members.get("errors") {
        let errors = edit(list);
        reply.set("errors", errors);
    }
}

fn by_parameter(list: &[Value]) -> Value {
    let entry = |item: &Value| {
        (item["parameter"].as_str().unwrap_or_default().to_owned(), item["error"].clone())
    };
    Value::Object(list.iter().map(entry).collect())
}

fn blaming_login(list: &[Value]) -> Value {
    let blamed = |item: &Value| {
        let parameter =
            if item["parameter"] == "password" { &json!("login") } else { &item["parameter"] };
        json!({ "parameter": parameter, "error": item["error"] })
    };
    list.iter().map(blamed).collect()
}
