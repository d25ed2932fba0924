//! What the operator wants judged: globs of cases, requirements, levels.
//!
//! A deselected check is skipped with the reason, never forgotten.

use std::collections::BTreeSet;

use globset::{Glob, GlobSet, GlobSetBuilder};
use serde::{Deserialize, Serialize};

use crate::model::level::Level;
use crate::model::reason::Deselection;
use crate::suite::case::{Case, Check};
use crate::value::diagnostics::suggestion;

/// The operator's choice, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "WrittenFilter")]
pub struct Filter {
    /// `--case`: globs of case ids; none means all.
    pub cases: Vec<String>,
    /// `--skip`: globs of case ids to leave out.
    pub skip: Vec<String>,
    /// `--requirement`: ids; none means all.
    pub requirements: Vec<String>,
    /// `--level`: checks of lower levels are left out.
    pub level: Option<Level>,
}

impl Filter {
    /// Whether it lets everything pass.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.cases.is_empty()
            && self.skip.is_empty()
            && self.requirements.is_empty()
            && self.level.unwrap_or(Level::May) == Level::May
    }
}

/// How a filter stands in a report.
#[derive(Serialize)]
struct WrittenFilter {
    whole: bool,
    cases: Vec<String>,
    skip: Vec<String>,
    requirements: Vec<String>,
    level: Option<Level>,
}

impl From<Filter> for WrittenFilter {
    fn from(filter: Filter) -> WrittenFilter {
        let whole = filter.is_whole();
        let Filter { cases, skip, requirements, level } = filter;
        WrittenFilter { whole, cases, skip, requirements, level }
    }
}

/// The operator's choice, as meant.
#[derive(Debug)]
pub struct Selection {
    cases: Option<GlobSet>,
    skip: GlobSet,
    requirements: Vec<String>,
    level: Level,
}

/// The glob that matches this case and no other.
pub(crate) fn glob_of(id: &str) -> String {
    globset::escape(id)
}

/// Says what is wrong with a pattern that matches no case, and which would.
///
/// # Errors
///
/// If no case matches, or the pattern is not a valid glob.
pub(crate) fn require_match(pattern: &str, cases: &[Case]) -> Result<(), String> {
    let globs = globs(&[pattern.to_owned()])?;
    if cases.iter().any(|case| matches(&globs, case)) {
        return Ok(());
    }
    Err(format!("no case matches `{pattern}`; {}", better_pattern(pattern, cases)))
}

/// Whether a case is meant, with its encoding or without.
fn matches(globs: &GlobSet, case: &Case) -> bool {
    globs.is_match(&case.id) || globs.is_match(case.base_id())
}

/// The folder that was named without its cases, or else the nearest folder or case.
fn better_pattern(pattern: &str, cases: &[Case]) -> String {
    if cases.iter().any(|case| case.id == pattern) {
        return format!("did you mean `{}`?", glob_of(pattern));
    }
    let folder = |case: &Case| Some(format!("{}/*", case.base_id().rsplit_once('/')?.0));
    let folders: BTreeSet<String> = cases.iter().filter_map(folder).collect();
    let named = format!("{}/*", pattern.trim_end_matches('/'));
    if folders.contains(&named) {
        return format!("did you mean `{named}`?");
    }
    let known = folders.iter().map(String::as_str).chain(cases.iter().map(Case::base_id));
    let mut seen = BTreeSet::new();
    suggestion(pattern, known.filter(|name| seen.insert(*name)))
}

impl Selection {
    /// Compiles the operator's choice.
    ///
    /// # Errors
    ///
    /// Names the pattern that is not a valid glob.
    pub fn new(filter: &Filter) -> Result<Selection, String> {
        let cases = if filter.cases.is_empty() { None } else { Some(globs(&filter.cases)?) };
        Ok(Selection {
            cases,
            skip: globs(&filter.skip)?,
            requirements: filter.requirements.clone(),
            level: filter.level.unwrap_or(Level::May),
        })
    }

    /// Why a check is left out; `None` if it is selected.
    #[must_use]
    pub fn leaves_out(&self, case: &Case, check: &Check) -> Option<Deselection> {
        if let Some(reason) = self.leaves_out_case(case) {
            return Some(reason);
        }
        if !self.requirements.is_empty() && !self.requirements.contains(&check.requirement) {
            return Some(Deselection::Requirement);
        }
        (check.level < self.level).then_some(Deselection::Level(self.level))
    }

    fn leaves_out_case(&self, case: &Case) -> Option<Deselection> {
        if self.cases.as_ref().is_some_and(|cases| !matches(cases, case)) {
            return Some(Deselection::Case);
        }
        matches(&self.skip, case).then_some(Deselection::Skip)
    }

    /// Whether any check of a case is wanted.
    #[must_use]
    pub fn wants(&self, case: &Case) -> bool {
        let mut checks = case.steps.iter().flat_map(|step| &step.checks);
        checks.any(|check| self.leaves_out(case, check).is_none())
    }
}

fn globs(patterns: &[String]) -> Result<GlobSet, String> {
    let mut builder = GlobSetBuilder::new();
    for pattern in patterns {
        let glob = Glob::new(pattern)
            .map_err(|error| format!("`{pattern}` is not a pattern: {}", error.kind()))?;
        builder.add(glob);
    }
    builder.build().map_err(|error| error.to_string())
}
