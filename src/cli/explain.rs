//! `explain`: a case, a requirement, or a server that the reference server can play, in words.

use clap::Args;

use super::{CliError, Console, SuiteArgs};
use crate::encoding;
use crate::expect::KEYWORDS;
use crate::model::exit_code::ExitCode;
use crate::model::requirement::{About, Requirement, Standing};
use crate::reference::{Behaviour, Kind, departure, departures, faults};
use crate::report::escape;
use crate::suite::case::{Case, Repeat, Step};
use crate::suite::{Suite, built_in_schema};
use crate::value::diagnostics::nearest;

/// The arguments of `explain`.
#[derive(Debug, Clone, Args)]
pub(super) struct ExplainArgs {
    /// A requirement such as LO-ENDS, a case such as logout/ends-the-session, a fault, a variation
    /// or a null server (see `list`); a keyword or an encoding of the case format, such as refused;
    /// or a schema file such as case.schema.json, which is printed
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    suite: SuiteArgs,
}

/// Explains what the id names.
pub(super) fn explain(args: &ExplainArgs, console: &Console) -> Result<ExitCode, CliError> {
    let suite = args.suite.load()?;
    let id = args.id.as_str();
    let cases: Vec<&Case> =
        suite.cases.iter().filter(|case| case.id == id || case.base_id() == id).collect();
    let text = if let Some(requirement) = suite.ledger.get(id) {
        explain_requirement(&suite, requirement)
    } else if !cases.is_empty() {
        explain_cases(&suite, &cases)
    } else if let Some(departure) = departure(id) {
        explain_departure(&suite, departure)
    } else if let Some(schema) = built_in_schema(id) {
        schema.to_owned()
    } else if let Some(summary) = of_the_case_format(id) {
        format!("{id}: {summary}\n")
    } else {
        return Err(CliError::Usage(unknown(&suite, id)));
    };
    console.print("the explanation", &text)?;
    Ok(ExitCode::Conformant)
}

/// What a keyword of checks or an encoding of the case format is for.
fn of_the_case_format(word: &str) -> Option<&'static str> {
    let keyword = KEYWORDS.iter().find(|keyword| keyword.name == word);
    let encoding = || encoding::by_name(word).map(|encoding| encoding.summary);
    keyword.map(|keyword| keyword.summary).or_else(encoding)
}

/// What is said of an id that names nothing.
fn unknown(suite: &Suite, id: &str) -> String {
    let mut known: Vec<&str> = suite.ledger.iter().map(|entry| entry.id.as_str()).collect();
    known.extend(suite.cases.iter().map(Case::base_id));
    known.extend(departures().map(|one| one.name));
    known.extend(KEYWORDS.iter().map(|keyword| keyword.name));
    let near = nearest(id, &known).map(|near| format!("did you mean `{near}`? "));
    format!(
        "nothing is called `{id}`; {}`list`, `list requirements`, `list faults`, `list variations` \
         and `list null-servers` show what there is",
        near.unwrap_or_default()
    )
}

fn explain_requirement(suite: &Suite, requirement: &Requirement) -> String {
    let mut text = format!(
        "{} · {}\n{}\n\nSource:     {}\n",
        requirement.id, requirement.level, requirement.sentence, requirement.source
    );
    match requirement.about {
        None => {}
        Some(About::Granted) => text.push_str(
            "About:      answers that grant what was asked; a refusal is not judged by it\n",
        ),
        Some(About::Refused) => text.push_str(
            "About:      how a refusal is worded; it does not apply to an answer that grants\n",
        ),
        Some(About::Answered) => text.push_str(
            "About:      what a grant or a refusal shows; an answer that is neither breaks others\n",
        ),
    }
    text.push_str(&describe_asking(requirement));
    if let Some(contested) = &requirement.contested {
        text.push_str(&format!("Contested:  {contested}\n"));
    }
    match &requirement.standing {
        Standing::Judged => {}
        Standing::Planned(why) => text.push_str(&format!("Planned:    {why}\n")),
        Standing::Excluded(why) => text.push_str(&format!("Excluded:   {why}\n")),
    }
    let mut judged = String::new();
    for (case, step, level) in suite.checks_of(&requirement.id) {
        for check in step.checks.iter().filter(|check| check.requirement == requirement.id) {
            judged.push_str(&format!(
                "  {} step {} ({level}): expects {}\n",
                case.id,
                step.id,
                expectations(check)
            ));
        }
    }
    if !judged.is_empty() {
        text.push_str(&format!("\nJudged by:\n{judged}"));
    }
    let broken: String = faults()
        .iter()
        .filter(|fault| fault.violates.contains(&requirement.id.as_str()))
        .map(|fault| format!("  {}: {}\n", fault.name, fault.summary))
        .collect();
    if !broken.is_empty() {
        text.push_str(&format!("\nBroken by these faults of the reference server:\n{broken}"));
    }
    text
}

/// What a requirement asks where a case names it alone, and who asks it without naming it.
fn describe_asking(requirement: &Requirement) -> String {
    let Some(check) = &requirement.usual_check else { return String::new() };
    let mut text = format!("Asks:       {check}, where a case asks nothing particular\n");
    if !requirement.groups.is_empty() {
        text.push_str(&format!("Asked of:   {}\n", describe_groups(requirement)));
    }
    text
}

/// The steps that ask a requirement without naming it.
fn describe_groups(requirement: &Requirement) -> String {
    if requirement.is_of_every_call() {
        return "every step that calls an action by GET or POST, as far as the step binds"
            .to_owned();
    }
    let calls = match requirement.calls.as_slice() {
        [] => String::new(),
        calls => format!(" that calls {},", calls.join(" or ")),
    };
    let groups: Vec<String> =
        requirement.groups.iter().map(|group| format!("`answers: {group}`")).collect();
    format!("every step{calls} with {}", groups.join(" or "))
}

fn expectations(check: &crate::suite::case::Check) -> String {
    let all: Vec<String> = check.expectations.iter().map(|one| one.describe()).collect();
    all.join(", and ")
}

fn explain_cases(suite: &Suite, cases: &[&Case]) -> String {
    let Some(first) = cases.first() else { return String::new() };
    let mut text = format!("{}\n{}.\n\nFile:      {}\n", first.base_id(), first.title, first.file);
    if !first.needs.is_empty() {
        let needs: Vec<String> = first
            .needs
            .iter()
            .map(|role| format!("{} ({})", role.name(), role.summary()))
            .collect();
        text.push_str(&format!("Fixtures:  {}\n", needs.join(", ")));
    }
    if cases.len() > 1 {
        let ids: Vec<&str> = cases.iter().map(|case| case.id.as_str()).collect();
        text.push_str(&format!("Runs as:   {}\n", ids.join(", ")));
    }
    let requests: usize = cases.iter().map(|case| case.requests()).sum();
    text.push_str(&format!("Requests:  {requests}, clean-up included\n"));
    for (index, step) in first.steps.iter().enumerate() {
        text.push_str(&format!("\n{}. {}\n", index + 1, describe_step(first, step)));
        text.push_str(&describe_contents(step));
        for check in &step.checks {
            let sentence = suite.ledger.get(&check.requirement).map_or("", |entry| &entry.sentence);
            text.push_str(&format!(
                "   {} ({}): {sentence}\n      expects {}\n",
                check.requirement,
                check.level,
                expectations(check)
            ));
        }
    }
    text
}

fn describe_step(case: &Case, step: &Step) -> String {
    let parameters: Vec<&str> = step.with.iter().map(|(name, _)| name.as_str()).collect();
    let mut text = format!("{}: {} {}", step.id, step.method, step.path);
    if step.body.is_some() {
        text.push_str(", with a body of its own");
    } else if !parameters.is_empty() {
        text.push_str(&format!(", {} by {}", parameters.join(" and "), step.encoding.name));
    }
    match step.repeat {
        Repeat::Times(1) => {}
        Repeat::Times(2) => text.push_str(", twice"),
        Repeat::Times(times) => text.push_str(&format!(", {times} times")),
        Repeat::Each(other) => {
            text.push_str(&format!(", once for each answer of {}", case.steps[other].id));
        }
    }
    for (holds, words) in [
        (step.parallel, ", at once"),
        (step.alongside, ", together with the step before"),
        (step.fresh_connection, ", on a new connection"),
    ] {
        if holds {
            text.push_str(words);
        }
    }
    if !step.after.is_zero() {
        text.push_str(&format!(", after {}", humantime::format_duration(step.after)));
    }
    for (words, steps) in
        [("means something only if", &step.given), ("applies only if", &step.applies_if)]
    {
        if !steps.is_empty() {
            let names: Vec<&str> = steps.iter().map(|i| case.steps[*i].id.as_str()).collect();
            let verb = if names.len() > 1 { "were" } else { "was" };
            text.push_str(&format!("; {words} {} {verb} granted", names.join(" and ")));
        }
    }
    if let Some([left, right]) = &step.if_differ {
        text.push_str(&format!("; means something only if {left} and {right} differ"));
    }
    text
}

/// What the step sends, a line each, and what is done to values on their way.
fn describe_contents(step: &Step) -> String {
    let sent = step.contents().into_iter().map(|(name, value)| {
        let value = if value.is_empty() { "nothing".to_owned() } else { escape::line(&value) };
        format!("   sends {name}: {value}\n")
    });
    let filters = step.references().filter_map(|reference| reference.filter);
    let mut filters: Vec<String> = filters
        .map(|filter| format!("   where `{}` is the value {}\n", filter.name, filter.summary))
        .collect();
    filters.sort_unstable();
    filters.dedup();
    sent.chain(filters).collect()
}

/// A fault, a variation or a null server, and how to try it.
fn explain_departure(suite: &Suite, departure: &Behaviour) -> String {
    let Behaviour { name, summary, violates, .. } = departure;
    let (what, heading, option) = match departure.kind {
        Kind::Faultless | Kind::Fault(_) => ("fault of the reference server", "Breaks", "fault"),
        Kind::Variation => (
            "variation of the reference server, which conforms",
            "Does not keep these recommendations",
            "variation",
        ),
        Kind::NullServer => ("server that implements nothing", "Breaks", "null-server"),
    };
    let mut text = format!("{name} · {what}\n{summary}\n");
    if !violates.is_empty() {
        text.push_str(&format!("\n{heading}:\n"));
    }
    for id in *violates {
        let sentence = suite.ledger.get(id).map_or("", |entry| &entry.sentence);
        text.push_str(&format!("  {id}: {sentence}\n"));
    }
    text.push_str(&format!("\nTry it:  panel-conformance serve --{option} {name}\n"));
    text
}
