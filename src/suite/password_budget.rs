//! The budget of wrong passwords: how many the cases of a whole run may try on one account.

use super::cases::Documents;
use crate::model::api::Action;
use crate::model::role::Role;
use crate::suite::case::{Case, Step};
use crate::value::diagnostics::Diagnostic;
use crate::value::variables::Template;
use crate::value::yaml::Document;

/// Wrong passwords per login in a whole run beyond which a server may lock somebody out.
const WRONG_PASSWORDS: usize = 3;

/// Reports every account on which the cases would try too many wrong passwords.
pub(super) fn check_password_budget(cases: &[Case], documents: &Documents) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for role in Role::ALL.into_iter().filter(|role| role.is_real_account()) {
        let mut spent = 0;
        for case in cases {
            for (index, step) in case.steps.iter().enumerate() {
                if !tries_a_wrong_password(step, role) {
                    continue;
                }
                spent += case.requests_of(index);
                let document = documents.get(&case.file).filter(|_| spent > WRONG_PASSWORDS);
                diagnostics.extend(document.map(|document| {
                    document.diagnostic(
                        &place_of(step, document),
                        format!(
                            "step `{}` is wrong password number {spent} for `{}` in a run",
                            step.id,
                            role.name()
                        ),
                        format!("at most {WRONG_PASSWORDS} are allowed; use a made-up login, or another fixture"),
                    )
                }));
            }
        }
    }
    diagnostics
}

/// Where the id of a step is written.
fn place_of(step: &Step, document: &Document) -> String {
    let written = step.id.split('@').next().unwrap_or_default();
    let steps = document.value["steps"].as_array().map(Vec::as_slice).unwrap_or_default();
    let index = steps.iter().position(|step| step["id"] == written);
    index.map_or_else(|| "/steps".to_owned(), |index| format!("/steps/{index}/id"))
}

fn tries_a_wrong_password(step: &Step, role: Role) -> bool {
    let names = |member: &'static str| {
        step.references().any(|r| r.head == role.name() && r.path == [member] && !r.is_near_miss())
    };
    step.action() == Some(Action::Auth)
        && names("login")
        && sends_a_password(step)
        && !(names("password") && sends_password_whole(step))
}

/// A sign-in whose password is missing, empty or null tries none: it is refused as invalid before
/// anybody compares.
fn sends_a_password(step: &Step) -> bool {
    let is_none = |password: &Template| match password {
        Template::Text(text) => text.to_string().is_empty(),
        Template::Plain(value) => value.is_null(),
        Template::List(_) | Template::Object(_) => false,
    };
    let password = step.with.iter().find(|(name, _)| name == "password");
    password.map_or(step.body.is_some(), |(_, password)| !is_none(password))
}

/// Whether the password of the step is one reference and nothing else, alone or in a list, which
/// makes it no other password; raw bodies are taken at their word.
fn sends_password_whole(step: &Step) -> bool {
    let password = step.with.iter().find(|(name, _)| name == "password");
    password.map_or(step.body.is_some(), |(_, password)| is_one_reference(password))
}

fn is_one_reference(value: &Template) -> bool {
    match value {
        Template::Text(text) => text.sole_reference().is_some_and(|r| !r.is_near_miss()),
        Template::List(items) => items.len() == 1 && is_one_reference(&items[0]),
        Template::Plain(_) | Template::Object(_) => false,
    }
}
