//! Variations in what answers say, where order, extra members, open sets and free texts leave room.

use serde_json::{Map, Value, json};

use super::Variation;
use crate::reference::call::Action;
use crate::reference::change::Change;
use crate::reference::reply::Reply;
use crate::reference::session::random_hex;

pub(super) const VARIATIONS: &[Variation] = &[
    Variation {
        name: "members-reversed",
        summary: "The members of every answer come in reverse order.",
        affects: &[],
        changes: &[Change::Reply(|reply, _, _| reorder(reply, |pairs| pairs.reverse()))],
    },
    Variation {
        name: "members-shuffled",
        summary: "The members of every answer come in another order each time.",
        affects: &[],
        changes: &[Change::Reply(|reply, _, _| reorder(reply, fastrand::shuffle))],
    },
    Variation {
        name: "categories-shuffled",
        summary: "The categories of the permissions come in another order each time.",
        affects: &[],
        changes: &[Change::Reply(|reply, _, _| {
            if let Some(permissions) = reply.permissions() {
                shuffle(permissions);
            }
        })],
    },
    Variation {
        name: "operations-reversed",
        summary: "The operations of a category come in reverse order.",
        affects: &[],
        changes: &[Change::Reply(|reply, _, _| {
            each_category(reply, |operations| operations.reverse())
        })],
    },
    Variation {
        name: "operations-shuffled",
        summary: "The operations of a category come in another order each time.",
        affects: &[],
        changes: &[Change::Reply(|reply, _, _| {
            each_category(reply, |operations| fastrand::shuffle(operations))
        })],
    },
    Variation {
        name: "status-reversed",
        summary: "The description of an error comes before its code.",
        affects: &[],
        changes: &[Change::Reply(|reply, _, _| {
            if let Some(status) = reply.envelope() {
                reverse(status);
            }
        })],
    },
    Variation {
        name: "extra-members-on-success",
        summary: "Successes carry members that nobody documented.",
        affects: &[],
        changes: &[Change::Reply(|reply, _, _| {
            if reply.is_success() {
                reply.set("time", "2026-01-01 00:00:00");
                reply.set("paging", json!({ "total": 1, "items": [1, null] }));
            }
        })],
    },
    Variation {
        name: "extra-members-on-errors",
        summary: "Errors carry members that nobody documented.",
        affects: &[],
        changes: &[Change::Error(|reply| {
            reply.set("request_id", random_hex(16));
            reply.set("retriable", false);
        })],
    },
    Variation {
        name: "extra-members-in-status",
        summary: "The `status` of an error carries members that nobody documented.",
        affects: &[],
        changes: &[Change::Reply(|reply, _, _| {
            if let Some(status) = reply.envelope() {
                status.insert("name".to_owned(), "REFUSED".into());
                status.insert("details".to_owned(), json!({ "hint": null }));
            }
        })],
    },
    Variation {
        name: "extra-members-in-errors",
        summary: "The items of `errors` carry members that nobody documented.",
        affects: &[],
        changes: &[Change::Reply(|reply, _, _| {
            for item in
                reply.members.get_mut("errors").and_then(Value::as_array_mut).into_iter().flatten()
            {
                item["line"] = 1.into();
            }
        })],
    },
    Variation {
        name: "refusals-with-null-members",
        summary: "Refusals carry a hash and permissions that are null.",
        affects: &[],
        changes: &[Change::Reply(|reply, _, _| {
            if reply.envelope().is_some() {
                reply.set("hash", Value::Null);
                reply.set("permissions", Value::Null);
            }
        })],
    },
    Variation {
        name: "extra-null-members",
        summary: "Every answer carries members that are null.",
        affects: &[],
        changes: &[Change::Reply(|reply, _, _| {
            reply.set("value", Value::Null);
            reply.set("list", Value::Null);
        })],
    },
    Variation {
        name: "auth-tells-dealer",
        summary: "Signing in tells who has signed in.",
        affects: &[],
        changes: &[Change::Success(Action::Auth, |reply| {
            reply.set("dealer", json!({ "id": 1, "blocked": false, "title": "Dealer" }));
        })],
    },
    Variation {
        name: "logout-tells-time",
        summary: "Logout tells when it happened.",
        affects: &[],
        changes: &[Change::Success(Action::Logout, |reply| {
            reply.set("ended", "2026-01-01T00:00:00Z")
        })],
    },
    Variation {
        name: "errors-empty-beside-other-codes",
        summary: "Errors of any other code than 7 carry an empty list of `errors`.",
        affects: &[],
        changes: &[Change::Reply(|reply, _, _| {
            if !reply.is_success() && reply.code() != 7 {
                reply.set("errors", json!([]));
            }
        })],
    },
    Variation {
        name: "errors-name-path",
        summary: "The items of `errors` name the parameter by its path.",
        affects: &[],
        changes: &[Change::Reply(|reply, _, _| {
            for item in
                reply.members.get_mut("errors").and_then(Value::as_array_mut).into_iter().flatten()
            {
                item["parameter"] =
                    format!("$.body.{}", item["parameter"].as_str().unwrap_or_default()).into();
            }
        })],
    },
    Variation {
        name: "description-in-german",
        summary: "Descriptions are in German.",
        affects: &[],
        changes: &[Change::Reply(|reply, _, _| {
            if let Some(status) = reply.envelope() {
                status.insert("description".to_owned(), "Die Anfrage wurde zurückgewiesen".into());
            }
        })],
    },
    Variation {
        name: "description-in-russian",
        summary: "Descriptions are in Russian.",
        affects: &[],
        changes: &[Change::Reply(|reply, _, _| {
            if let Some(status) = reply.envelope() {
                status.insert("description".to_owned(), "Доступ запрещён".into());
            }
        })],
    },
    Variation {
        name: "description-empty",
        summary: "Descriptions are empty.",
        affects: &[],
        changes: &[Change::Reply(|reply, _, _| {
            if let Some(status) = reply.envelope() {
                status.insert("description".to_owned(), "".into());
            }
        })],
    },
    Variation {
        name: "description-with-markup",
        summary: "Descriptions hold markup, quotes and line breaks.",
        affects: &[],
        changes: &[Change::Reply(|reply, _, _| {
            if let Some(status) = reply.envelope() {
                status.insert(
                    "description".to_owned(),
                    "<b>\"Refused\"</b> & done\r\n\u{1b}[31m".into(),
                );
            }
        })],
    },
    Variation {
        name: "description-very-long",
        summary: "Descriptions have four thousand characters.",
        affects: &[],
        changes: &[Change::Reply(|reply, _, _| {
            if let Some(status) = reply.envelope() {
                status.insert("description".to_owned(), "refused ".repeat(500).into());
            }
        })],
    },
    Variation {
        name: "code-with-zero-fraction",
        summary: "Codes are written with a fraction that is zero.",
        affects: &[],
        changes: &[Change::Reply(|reply, _, _| {
            let code = reply.code();
            if let (Some(status), Ok(code)) = (reply.envelope(), u32::try_from(code)) {
                status.insert("code".to_owned(), f64::from(code).into());
            }
        })],
    },
    Variation {
        name: "permissions-empty",
        summary: "Nobody has any permission.",
        affects: &[],
        changes: &[Change::Reply(|reply, _, _| {
            if let Some(permissions) = reply.permissions() {
                permissions.clear();
            }
        })],
    },
    Variation {
        name: "categories-empty",
        summary: "Every category is there and grants nothing.",
        affects: &[],
        changes: &[Change::Reply(|reply, _, _| each_category(reply, Vec::clear))],
    },
    Variation {
        name: "categories-unknown",
        summary: "Everybody has categories that nobody documented.",
        affects: &[],
        changes: &[Change::Reply(|reply, _, _| {
            if let Some(permissions) = reply.permissions() {
                permissions.insert("beta_features".to_owned(), json!(["read"]));
                permissions.insert("x-2030.Reports".to_owned(), json!(["run"]));
            }
        })],
    },
    Variation {
        name: "operations-unknown",
        summary: "Every category grants operations that nobody documented.",
        affects: &[],
        changes: &[Change::Reply(|reply, _, _| {
            each_category(reply, |operations| operations.push("archive_v2".into()))
        })],
    },
    Variation {
        name: "base-left-out",
        summary: "Nobody is told the category `base`.",
        affects: &[],
        changes: &[Change::Reply(|reply, _, _| {
            if let Some(permissions) = reply.permissions() {
                permissions.shift_remove("base");
            }
        })],
    },
    Variation {
        name: "permissions-very-many",
        summary: "Everybody has three hundred further categories.",
        affects: &[],
        changes: &[Change::Reply(|reply, _, _| {
            if let Some(permissions) = reply.permissions() {
                permissions.extend(
                    (0..300)
                        .map(|number| (format!("category_{number}"), json!(["read", "update"]))),
                );
            }
        })],
    },
];

fn reorder(reply: &mut Reply, order: impl Fn(&mut [(String, Value)])) {
    reply.members = reordered(&mut reply.members, order);
}

fn shuffle(object: &mut Map<String, Value>) {
    *object = reordered(object, fastrand::shuffle);
}

fn reverse(object: &mut Map<String, Value>) {
    *object = reordered(object, |pairs| pairs.reverse());
}

fn reordered(
    object: &mut Map<String, Value>,
    order: impl Fn(&mut [(String, Value)]),
) -> Map<String, Value> {
    let mut pairs: Vec<_> = std::mem::take(object).into_iter().collect();
    order(&mut pairs);
    pairs.into_iter().collect()
}

fn each_category(reply: &mut Reply, edit: impl Fn(&mut Vec<Value>)) {
    let categories = reply.permissions().into_iter().flat_map(|all| all.values_mut());
    categories.filter_map(Value::as_array_mut).for_each(edit);
}
