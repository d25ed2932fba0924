//! `list`: what there is, what it needs, and what a run costs.

use clap::{Args, ValueEnum};

use super::console::count;
use super::{CliError, Console, SuiteArgs};
use crate::model::exit_code::ExitCode;
use crate::model::level::Level;
use crate::model::requirement::Standing;
use crate::proof;
use crate::reference::{faults, null_servers, variations};
use crate::report::FORMATS;
use crate::suite::Suite;
use crate::suite::case::Case;

/// The arguments of `list`.
#[derive(Debug, Clone, Args)]
pub(super) struct ListArgs {
    /// What to list
    #[arg(value_enum, default_value = "cases")]
    what: What,
    #[command(flatten)]
    suite: SuiteArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// Cases, with the fixtures they need and the requests they send
    Cases,
    /// Checks, by case and step
    Checks,
    /// Requirements, with the number of checks that judge them
    Requirements,
    /// Ways in which the reference server can be broken
    Faults,
    /// Ways in which the reference server can differ and still conform
    Variations,
    /// Servers that implement nothing
    NullServers,
    /// Report formats
    Reports,
}

/// Lists one kind of thing, and what a run sends.
pub(super) fn list(args: &ListArgs, console: &Console) -> Result<ExitCode, CliError> {
    let suite = args.suite.load()?;
    let text = match args.what {
        What::Cases => cases(&suite),
        What::Checks => checks(&suite),
        What::Requirements => requirements(&suite),
        What::Faults => table(faults().iter().map(|fault| {
            (fault.name.to_owned(), format!("{} ({})", fault.summary, fault.violates.join(", ")))
        })),
        What::Variations => {
            table(variations().iter().map(|one| (one.name.to_owned(), one.summary.to_owned())))
        }
        What::NullServers => {
            table(null_servers().iter().map(|one| (one.name.to_owned(), one.summary.to_owned())))
        }
        What::Reports => reports(),
    };
    console.print("the list", &text)?;
    Ok(ExitCode::Conformant)
}

/// Rows of a name and a text, aligned.
fn table(rows: impl Iterator<Item = (String, String)>) -> String {
    let rows: Vec<(String, String)> = rows.collect();
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
    rows.iter().map(|(name, text)| format!("{name:width$}  {text}\n")).collect()
}

/// The formats of a run, and those of a proof.
fn reports() -> String {
    let of_run = FORMATS.iter().map(|one| (one.name.to_owned(), one.summary.to_owned()));
    let of_proof =
        proof::report::FORMATS.iter().map(|one| (one.name.to_owned(), one.summary.to_owned()));
    format!("{}\nof `prove`:\n{}", table(of_run), table(of_proof))
}

fn cases(suite: &Suite) -> String {
    let row = |case: &Case| {
        let needs: Vec<&str> = case.needs.iter().map(|role| role.name()).collect();
        let needs = if needs.is_empty() { "no fixture".to_owned() } else { needs.join(", ") };
        let checks = case.steps.iter().map(|step| step.checks.len()).sum();
        let figures =
            format!("{}, {}, {needs}", count(checks, "check"), count(case.requests(), "request"));
        format!("{}\n    {}\n    {figures}\n", case.id, case.title)
    };
    let rows: String = suite.cases.iter().map(row).collect();
    format!("{rows}\n{}", summary(suite))
}

/// What a run of the whole suite is, in a few lines.
pub(super) fn summary(suite: &Suite) -> String {
    let steps = || suite.cases.iter().flat_map(|case| &case.steps);
    let of_level =
        |level| steps().flat_map(|step| &step.checks).filter(|c| c.level == level).count();
    let [must, should, may] = Level::ALL.map(of_level);
    let requests = suite.cases.iter().map(Case::most_requests).sum();
    let standing = |is: fn(&Standing) -> bool| {
        suite.ledger.iter().filter(|requirement| is(&requirement.standing)).count()
    };
    format!(
        "{}, {}, {} ({must} must, {should} should, {may} may)\n\
         {}: {} judged, {} planned, {} excluded\n\
         a whole run sends at most {}, unless the target asks to wait\n",
        count(suite.files, "case file"),
        count(suite.cases.len(), "case"),
        count(must + should + may, "check"),
        count(suite.ledger.iter().count(), "requirement"),
        standing(|standing| *standing == Standing::Judged),
        standing(|standing| matches!(standing, Standing::Planned(_))),
        standing(|standing| matches!(standing, Standing::Excluded(_))),
        count(requests, "request"),
    )
}

fn checks(suite: &Suite) -> String {
    let mut text = String::new();
    for case in &suite.cases {
        for step in &case.steps {
            for check in &step.checks {
                text.push_str(&format!(
                    "{} {} {} ({})\n",
                    case.id, step.id, check.requirement, check.level
                ));
            }
        }
    }
    text
}

fn requirements(suite: &Suite) -> String {
    let row = |requirement: &crate::model::requirement::Requirement| {
        let judged = match &requirement.standing {
            Standing::Judged => count(suite.checks_of(&requirement.id).len(), "check"),
            Standing::Planned(_) => "planned".to_owned(),
            Standing::Excluded(_) => "excluded".to_owned(),
        };
        (
            requirement.id.clone(),
            format!("{:6}  {judged:9}  {}", requirement.level.name(), requirement.sentence),
        )
    };
    table(suite.ledger.iter().map(row))
}
