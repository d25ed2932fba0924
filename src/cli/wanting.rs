//! The fixtures that a run wants for a verdict and that nobody supplied: told before it starts, so
//! that nobody waits for an `incomplete` that was certain.

use std::collections::BTreeSet;

use super::console::count;
use crate::model::level::Level;
use crate::model::outcome::deciding_level;
use crate::model::role::Role;
use crate::run::{Run, Target};
use crate::suite::Suite;
use crate::suite::case::Check;
use crate::suite::selection::Selection;

/// The warning; nothing if no check that decides is skipped for want of a fixture.
pub(super) fn warning(run: &Run, suite: &Suite, allows_incomplete: bool) -> Option<String> {
    let Target::Url(_, fixtures) = &run.target else { return None };
    let selection = Selection::new(&run.filter).ok()?;
    let deciding = deciding_level(run.strict);
    let is_wanting = |role: &Role| *role != Role::UnknownDealer && fixtures.of(*role).is_empty();
    let (mut roles, mut checks) = (BTreeSet::new(), 0);
    for case in &suite.cases {
        let wanting: Vec<Role> = case.needs.iter().copied().filter(is_wanting).collect();
        // What needs an optional fixture binds only where there is one.
        let is_optional = wanting.iter().all(|role| role.is_optional());
        let decides = |check: &&Check| {
            let level = if is_optional { check.level.min(Level::Should) } else { check.level };
            level >= deciding && selection.leaves_out(case, check).is_none()
        };
        let decide = case.steps.iter().flat_map(|step| &step.checks).filter(decides).count();
        if decide > 0 && !wanting.is_empty() {
            let is_deciding = |role: &Role| run.strict || !role.is_optional();
            roles.extend(wanting.into_iter().filter(is_deciding));
            checks += decide;
        }
    }
    let names: Vec<String> = roles.iter().map(|role| format!("`{}`", role.name())).collect();
    (checks > 0).then(|| told(&names, checks, run.strict, allows_incomplete))
}

fn told(names: &[String], checks: usize, is_strict: bool, allows_incomplete: bool) -> String {
    let (are, them) = if names.len() == 1 { ("is", "it") } else { ("are", "them") };
    let by_strict = if is_strict { ", counting `should` by --strict," } else { "" };
    let checks = count(checks, "deciding check");
    let remedy = if allows_incomplete {
        "exit code 0 by --allow-incomplete".to_owned()
    } else {
        format!("exit code 4; supply {them} with --fixtures, or add --allow-incomplete")
    };
    format!(
        "warning: {} {are} not supplied, so that {checks}{by_strict} will be skipped; the verdict can be \
         no better than `incomplete`, {remedy}",
        names.join(", ")
    )
}
