//! Variations in what answers say, where order, extra members, open sets and free texts leave room.

use serde_json::{Map, Value, json};

use super::variation;
use crate::reference::behaviour::Row;
use crate::reference::call::Action::{Auth, Logout};
use crate::reference::change::Changes;
use crate::reference::reply::Reply;
use crate::reference::session::random_hex;
use crate::reference::when::{When, always, granted, on, refused};

#[rustfmt::skip] // A row is a line, or two if it is long.
pub(super) fn variations() -> Vec<Row> {
    vec![
        variation("members-reversed", "The members of every answer come in reverse order.",
            always().reply(|reply| reverse(&mut reply.members))),
        variation("members-shuffled", "The members of every answer come in another order each time.",
            always().reply(|reply| shuffle(&mut reply.members))),
        variation("categories-shuffled", "The categories of the permissions come in another order each time.",
            always().permissions(shuffle)),
        variation("operations-reversed", "The operations of a category come in reverse order.", operations(|list| list.reverse())),
        variation("operations-shuffled", "The operations of a category come in another order each time.",
            operations(|list| fastrand::shuffle(list))),
        variation("status-reversed", "The description of an error comes before its code.", refused().reply(reverse_status)),
        variation("extra-members-on-success", "Successes carry members that are not documented.",
            granted().set("/time", "2026-01-01 00:00:00").and(granted().set("/paging", json!({ "total": 1, "items": [1, null] })))),
        variation("extra-members-on-errors", "Errors carry members that are not documented.",
            refused().reply(|reply| reply.set("/request_id", random_hex(16))).and(refused().set("/retriable", false))),
        variation("extra-members-in-status", "The `status` of an error carries members that are not documented.",
            refused().set("/status/name", "REFUSED").and(refused().set("/status/details", json!({ "hint": null })))),
        variation("extra-members-in-errors", "The items of `errors` carry members that are not documented.",
            always().reply(|reply| reply.errors().for_each(|item| item["line"] = 1.into()))),
        variation("refusals-with-null-members", "Refusals carry a hash and permissions that are null.",
            nulls(refused(), "/hash", "/permissions")),
        variation("extra-null-members", "Every answer carries members that are null.", nulls(always(), "/value", "/list")),
        variation("auth-tells-dealer", "Signing in tells who has signed in.",
            on(Auth).granted().set("/dealer", json!({ "id": 1, "blocked": false, "title": "Dealer" }))),
        variation("logout-tells-time", "Logout tells when it happened.", on(Logout).granted().set("/ended", "2026-01-01T00:00:00Z")),
        variation("errors-empty-beside-other-codes", "Errors of any other code than 7 carry an empty list of `errors`.",
            refused().reply(add_empty_errors)),
        variation("errors-name-path", "The items of `errors` name the parameter by its path.",
            always().reply(|reply| reply.errors().for_each(name_path))),
        variation("description-in-german", "Descriptions are in German.", describe("Die Anfrage wurde zurückgewiesen")),
        variation("description-in-russian", "Descriptions are in Russian.", describe("Доступ запрещён")),
        variation("description-empty", "Descriptions are empty.", describe("")),
        variation("description-with-markup", "Descriptions hold markup, quotes and line breaks.",
            describe("<b>\"Refused\"</b> & done\r\n\u{1b}[31m")),
        variation("description-very-long", "Descriptions have four thousand characters.", describe(&"refused ".repeat(500))),
        variation("code-with-zero-fraction", "Codes are written with a fraction that is zero.",
            refused().map("/status/code", |code| code.as_f64().into())),
        variation("code-with-exponent", "Codes are written with an exponent.",
            refused().map("/status/code", |code| with_exponent(&code))),
        variation("permissions-empty", "Nobody has any permission.", always().permissions(Map::clear)),
        variation("categories-empty", "Every category is there and grants nothing.", operations(Vec::clear)),
        variation("categories-unknown", "Everybody has categories that are not documented.",
            always().permissions(add_unknown_categories)),
        variation("operations-unknown", "Every category grants operations that are not documented.",
            operations(|list| list.push("archive_v2".into()))),
        variation("base-left-out", "No answer shows the category `base`.", always().remove("/permissions/base")),
        variation("permissions-very-many", "Everybody has three hundred further categories.",
            always().permissions(add_many_categories)),
    ]
}

/// Changes the operations of every category.
fn operations(edit: fn(&mut Vec<Value>)) -> Changes {
    always().reply(move |reply| reply.operations().for_each(edit))
}

/// Describes errors in other words.
fn describe(description: &str) -> Changes {
    refused().set("/status/description", description)
}

/// Adds two members that are null.
fn nulls(when: When, one: &'static str, other: &'static str) -> Changes {
    when.set(one, Value::Null).and(when.set(other, Value::Null))
}

/// `4` as `4e0`, and `112` as `1.12e2`.
fn with_exponent(code: &Value) -> Value {
    let number = format!("{:e}", code.as_f64().unwrap_or_default());
    number.parse().map_or(Value::Null, Value::Number)
}

fn reverse_status(reply: &mut Reply) {
    if let Some(Value::Object(status)) = reply.get_mut("/status") {
        reverse(status);
    }
}

/// Code 7 has `errors` already.
fn add_empty_errors(reply: &mut Reply) {
    if !reply.members.contains_key("errors") {
        reply.set("/errors", json!([]));
    }
}

fn name_path(item: &mut Value) {
    let path = format!("$.body.{}", item["parameter"].as_str().unwrap_or_default());
    item["parameter"] = path.into();
}

fn add_unknown_categories(permissions: &mut Map<String, Value>) {
    permissions.insert("beta_features".to_owned(), json!(["read"]));
    permissions.insert("x-2030.Reports".to_owned(), json!(["run"]));
}

fn add_many_categories(permissions: &mut Map<String, Value>) {
    let category = |number| (format!("category_{number}"), json!(["read", "update"]));
    permissions.extend((0..300).map(category));
}

fn shuffle(object: &mut Map<String, Value>) {
    reorder(object, fastrand::shuffle);
}

fn reverse(object: &mut Map<String, Value>) {
    reorder(object, |pairs| pairs.reverse());
}

fn reorder(object: &mut Map<String, Value>, order: impl Fn(&mut [(String, Value)])) {
    let mut pairs: Vec<_> = std::mem::take(object).into_iter().collect();
    order(&mut pairs);
    object.extend(pairs);
}
