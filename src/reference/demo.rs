//! The accounts that the server has when nobody names others: enough of each kind to judge every promise.
//!
//! Passwords hold reserved and non-ASCII characters, letters of both cases and digits, so that a server that
//! decodes them wrongly, or compares them loosely, is found out.

use serde_json::{Map, Value, json};

use super::account::Account;

/// The demo accounts, by the part they play.
#[derive(Clone, Debug)]
pub struct Demo {
    /// Interchangeable: each has the full permissions of the documented example.
    pub dealers: Vec<Account>,
    /// Interchangeable among themselves, with other permissions than `dealers`.
    pub second_dealers: Vec<Account>,
    /// A login that is no number, and no permission at all.
    pub minimal_dealer: Account,
    /// Refused with code 11.
    pub blocked_dealers: Vec<Account>,
    /// Once was a session, has expired.
    pub expired_hash: String,
}

impl Demo {
    /// Every account, in one list.
    #[must_use]
    pub fn accounts(&self) -> Vec<Account> {
        let minimal = std::iter::once(&self.minimal_dealer);
        let all = self
            .dealers
            .iter()
            .chain(&self.second_dealers)
            .chain(minimal)
            .chain(&self.blocked_dealers);
        all.cloned().collect()
    }
}

/// The accounts that the server has when nobody names others.
#[must_use]
pub fn demo() -> Demo {
    let dealer = |login, password| account(login, password, full_permissions());
    let second = |login, password| account(login, password, other_permissions());
    let blocked = |login, password| Account { blocked: true, ..dealer(login, password) };
    Demo {
        dealers: vec![
            dealer("20410", "é12f@14Y$"),
            dealer("20411", "p&Ss=w%rd+é 7#?"),
            dealer("20412", "Ключ/\\\"50%25\"&=x!"),
            dealer("20413", "a'B;c--9/*<日本>*/"),
        ],
        second_dealers: vec![
            second("20510", "Zw3i&te=r+Häfen"),
            second("20511", "%41bC:d/2?x=Y&zß"),
        ],
        minimal_dealer: account("admin-łódź", "Nur 4 lesen!", json!({})),
        blocked_dealers: vec![blocked("20610", "Gesperrt+1=é"), blocked("20611", "bLock&d%2B#7é")],
        expired_hash: "0e1d2c3b4a5968778695a4b3c2d1e0f0".to_owned(),
    }
}

/// Every account of [`demo`], in one list.
#[must_use]
pub fn demo_accounts() -> Vec<Account> {
    demo().accounts()
}

fn account(login: &str, password: &str, permissions: Value) -> Account {
    let permissions = match permissions {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    Account { login: login.to_owned(), password: password.to_owned(), permissions, blocked: false }
}

/// The documented example.
fn full_permissions() -> Value {
    json!({
        "base": ["get_dealer_info"],
        "service_settings": ["read", "update"],
        "notification_settings": ["read", "update"],
        "trackers": ["corrupt", "create", "delete", "global", "read", "report", "update"],
        "users": ["corrupt", "create", "read", "update"],
        "user_sessions": ["create"],
        "tariffs": ["create", "read", "update"],
        "transactions": ["create", "read"],
        "activation_code": ["read", "update"],
        "password": ["update"],
        "email_gateways": ["create", "delete", "read", "send_email", "update"],
        "subpaas": ["create", "delete", "read", "update"],
    })
}

/// Shares categories with the documented example, but not the operations.
fn other_permissions() -> Value {
    json!({
        "base": ["get_dealer_info"],
        "trackers": ["read", "report"],
        "users": ["read"],
        "accounting": ["generate"],
    })
}
