//! What a contributor's cases are worth, on the terminal.

use std::collections::BTreeMap;

use crate::proof::contribution::{CaseWorth, Contribution};
use crate::proof::prove::name;
use crate::report::escape;
use crate::report::wording::{counted, some_of};

/// Tells of each case what it passes, notices, costs and cites, and whether it is redundant; ends
/// with whom the cases wrong and how many checks are proven.
pub(crate) fn render(contribution: &Contribution) -> String {
    let cases: String = contribution.cases.iter().map(case).collect();
    escape::block(&format!("{cases}{}{}", unfairness(contribution), figures(contribution)))
}

fn case(case: &CaseWorth) -> String {
    let rows = [
        ("reference", kept(case)),
        ("notices", listed("fault", case.notices.iter())),
        ("idle", listed("check", case.idle.iter())),
        ("costs", counted(case.requests, "request")),
        ("cites", listed("requirement", case.cites.iter())),
        ("adds", adds(case)),
    ];
    let rows: String = rows.iter().map(|(term, text)| format!("  {term:9}  {text}\n")).collect();
    format!("{}\n{rows}\n", case.id)
}

fn kept(case: &CaseWorth) -> String {
    match case.not_kept.as_slice() {
        [] => "keeps it".to_owned(),
        checks => format!("does NOT keep it: {}", checks.join("; ")),
    }
}

fn adds(case: &CaseWorth) -> String {
    if case.notices.is_empty() {
        return "nothing, for it notices no fault".to_owned();
    }
    let nearest = case.nearest.as_ref().map_or_else(String::new, |nearest| {
        format!("; `{}` notices {} of {}", nearest.id, nearest.faults, case.notices.len())
    });
    if case.adds.is_empty() {
        return format!(
            "nothing (redundant): built-in cases notice the same by the same requirements{nearest}"
        );
    }
    let added = listed("fault", case.adds.iter());
    format!("{added}, which no built-in case notices by the same requirement{nearest}")
}

/// The checks that fail conforming variations, and those that believe servers which implement
/// nothing. What the faultless server does not pass is told with its case.
fn unfairness(contribution: &Contribution) -> String {
    let proof = &contribution.proof;
    let broken: Vec<String> = proof.faultless.iter().map(name).collect();
    let flagged = proof.variations.iter().map(|one| (one.name, &one.flagged));
    let unfair: String = by_check(flagged)
        .into_iter()
        .filter(|(check, _)| !broken.contains(check))
        .map(|(check, to)| {
            format!("UNFAIR    {check} fails {}\n", listed("conforming variation", to.iter()))
        })
        .collect();
    let fooled = proof.null_servers.iter().map(|one| (one.name, &one.wrongly_passed));
    let believing: String = by_check(fooled)
        .into_iter()
        .map(|(check, whom)| {
            format!("BELIEVES  {check} passes {}\n", listed("server without API", whom.iter()))
        })
        .collect();
    format!("{unfair}{believing}")
}

/// The servers that each check is wrong about.
fn by_check<'a>(
    wrongs: impl Iterator<Item = (&'static str, &'a Vec<String>)>,
) -> BTreeMap<String, Vec<&'static str>> {
    let mut checks: BTreeMap<String, Vec<&'static str>> = BTreeMap::new();
    for (server, wrong) in wrongs {
        for check in wrong {
            checks.entry(check.clone()).or_default().push(server);
        }
    }
    checks
}

fn figures(contribution: &Contribution) -> String {
    let figures = contribution.proof.figures();
    let word = if contribution.is_sound() { "SOUND" } else { "NOT SOUND" };
    format!(
        "checks proven         {}\nobservation coverage  {}\n{word}\n",
        figures.checks_proven, figures.observation_coverage
    )
}

/// How many names are listed before the rest is only counted.
const LISTED: usize = 12;

fn listed<T: ToString>(noun: &str, items: impl Iterator<Item = T>) -> String {
    let items: Vec<String> = items.map(|item| item.to_string()).collect();
    if items.is_empty() {
        return "none".to_owned();
    }
    format!("{}: {}", counted(items.len(), noun), some_of(&items, LISTED))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rstest::rstest;

    use super::adds;
    use crate::proof::contribution::{CaseWorth, Nearest};

    #[rstest]
    #[case::no_fault(&[], &[], None, "nothing, for it notices no fault")]
    #[case::nothing_new(
        &["a", "b"], &[], Some(("x", 1)),
        "nothing (redundant): built-in cases notice the same by the same requirements; `x` notices \
         1 of 2"
    )]
    #[case::some_new(
        &["a", "b"], &["b"], Some(("x", 1)),
        "1 fault: b, which no built-in case notices by the same requirement; `x` notices 1 of 2"
    )]
    #[case::all_new(
        &["a", "b"], &["a", "b"], None,
        "2 faults: a, b, which no built-in case notices by the same requirement"
    )]
    fn what_a_case_adds_is_told(
        #[case] notices: &[&'static str],
        #[case] new: &[&'static str],
        #[case] nearest: Option<(&str, usize)>,
        #[case] told: &str,
    ) {
        let case = CaseWorth {
            id: "case".to_owned(),
            not_kept: Vec::new(),
            notices: notices.iter().copied().collect(),
            idle: Vec::new(),
            requests: 1,
            cites: BTreeSet::new(),
            adds: new.iter().copied().collect(),
            nearest: nearest.map(|(id, faults)| Nearest { id: id.to_owned(), faults }),
        };
        assert_eq!(adds(&case), told);
    }
}
