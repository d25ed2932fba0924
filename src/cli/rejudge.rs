//! `rejudge`: judges the recorded exchanges of a report with the present cases, and says what
//! changed. Sends nothing.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use clap::Args;
use serde_json::Value;

use super::console::count;
use super::{CliError, Console, SuiteArgs};
use crate::judge::findings::{
    CaseFindings, FORMAT, Findings, judge_all, suite_failed, verdict_of_selected,
};
use crate::judge::recording::{Recording, StepRecord};
use crate::model::exit_code::ExitCode;
use crate::model::outcome::{CheckResult, Verdict, verdict};
use crate::model::reason::ReasonKind;
use crate::report::{escape, wording};
use crate::suite::Suite;
use crate::suite::selection::Selection;
use crate::value::disk;

/// The arguments of `rejudge`.
#[derive(Debug, Clone, Args)]
pub(super) struct RejudgeArgs {
    /// A report that `run --report json=PATH` wrote
    #[arg(value_name = "REPORT")]
    report: PathBuf,
    /// Let `should` checks decide the verdict too
    #[arg(long)]
    strict: bool,
    /// Exit with 0 where the verdict is `incomplete`
    #[arg(long)]
    allow_incomplete: bool,
    /// Exit with 0 where all that the run selected is judged and what decides of it passed
    #[arg(long)]
    allow_deselected: bool,
    /// Vouch for the fixtures: hold against the target what a mistake in them would explain too
    #[arg(long)]
    trust_fixtures: bool,
    #[command(flatten)]
    suite: SuiteArgs,
}

/// Judges a record again.
pub(super) fn rejudge(args: &RejudgeArgs, console: &Console) -> Result<ExitCode, CliError> {
    let before = read(&args.report)?;
    for what in discrepancies(&before) {
        console.remark(&format!("warning: the report does not add up: {what}"));
    }
    let suite = args.suite.load()?;
    let mut recording = before.recording_for(&suite);
    recording.trusts_fixtures |= args.trust_fixtures;
    let after = judge_again(&suite, &before, &recording)?;
    let strict = before.strict || args.strict;
    let verdict = verdict(&after, strict);
    let changes = changes(&before.checks, &after);
    let again = Findings { origin: suite.origin, checks: Vec::new(), ..before.clone() };
    let scope = wording::scope_of(&again).map(|words| format!(" ({words})")).unwrap_or_default();
    let text = escape::block(&format!(
        "{}{}: {} judged again, the verdict was {} and is {}{scope}\n",
        changes.render(),
        before.target.told(),
        count(after.len(), "check"),
        before.verdict.name(),
        verdict.name(),
    ));
    console.print("the verdict", &text)?;
    if suite_failed(&after) {
        return Ok(ExitCode::InternalError);
    }
    let deciding = match verdict {
        Verdict::Incomplete if args.allow_deselected => verdict_of_selected(&after, strict),
        verdict => verdict,
    };
    Ok(deciding.exit_code(args.allow_incomplete))
}

pub(super) fn read(path: &std::path::Path) -> Result<Findings, CliError> {
    let shown = path.display();
    let text = disk::read_text(path, disk::Kind::FileOrPipe, disk::Limit::RECORDED)
        .map_err(|error| CliError::Usage(format!("cannot read the report `{shown}`: {error}")))?;
    parse(&text).map_err(|why| {
        let remedy = "it has to be a report that `run --report json=PATH` wrote";
        CliError::Usage(format!("`{shown}` cannot be judged again: {why}; {remedy}"))
    })
}

/// Understands a report that was written as JSON.
///
/// # Errors
///
/// Says why it cannot be judged again.
pub fn parse(text: &str) -> Result<Findings, String> {
    // Some editors put it there; it means nothing.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let document: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    match document.get("format").and_then(Value::as_u64) {
        Some(format) if format == u64::from(FORMAT) => {}
        Some(format) => {
            return Err(format!("it has format {format}, and this version reads format {FORMAT}"));
        }
        None => return Err("it has no `format`".to_owned()),
    }
    // From the text, so that a mistake is told with its line and column.
    let findings: Findings = serde_json::from_str(text).map_err(|error| error.to_string())?;
    match contradiction(&findings) {
        Some(what) => Err(what),
        None => Ok(findings),
    }
}

/// What a report says in two ways, so that nobody knows what was exchanged.
fn contradiction(findings: &Findings) -> Option<String> {
    let mut cases = HashSet::new();
    for CaseFindings { record, .. } in &findings.cases {
        let mut steps = HashSet::new();
        let twice = record.steps.iter().find(|step| !steps.insert(&step.id));
        if !cases.insert(&record.id) {
            return Some(format!("it holds the case `{}` twice", record.id));
        }
        if let Some(step) = twice {
            return Some(format!("it holds the step `{}` of `{}` twice", step.id, record.id));
        }
        let addresses: Vec<&str> = findings.target.addresses().collect();
        let mut exchanges = record.steps.iter().flat_map(|step| &step.exchanges);
        let stray = exchanges.find_map(|exchange| {
            exchange.address.as_deref().filter(|address| !addresses.contains(address))
        });
        if let Some(address) = stray {
            let id = &record.id;
            return Some(format!(
                "`{id}` was sent to `{address}`, which is no address of its target"
            ));
        }
        let is_both = |step: &&StepRecord| step.not_sent.is_some() && !step.exchanges.is_empty();
        if let Some(step) = record.steps.iter().find(is_both) {
            let StepRecord { id, .. } = step;
            return Some(format!("step `{id}` of `{}` was sent, and was not", record.id));
        }
    }
    let mut checks = HashSet::new();
    let twice = findings.checks.iter().find(|check| !checks.insert(key(check)))?;
    let (case, step, requirement) = key(twice);
    Some(format!("it holds the check `{requirement}` at step `{step}` of `{case}` twice"))
}

/// What of a report does not follow from its checks and exchanges, as it has to; judging again
/// does not rest on it.
fn discrepancies(findings: &Findings) -> Vec<String> {
    let whole = findings.restricted_to(|_| true);
    let steps = findings.cases.iter().map(|case| {
        let sent = case.record.steps.iter().map(|step| step.exchanges.len());
        sent.sum::<usize>() + case.record.clean_up.len()
    });
    let requests: usize = steps.sum();
    let [told, found] = [findings.verdict, whole.verdict].map(Verdict::name);
    let found = [
        (whole.counts != findings.counts)
            .then(|| "its counts are not those of its checks".to_owned()),
        (told != found).then(|| format!("its verdict is {told}, and its checks make it {found}")),
        (requests != findings.requests)
            .then(|| format!("it tells of {} requests and holds {requests}", findings.requests)),
    ];
    found.into_iter().flatten().collect()
}

fn judge_again(
    suite: &Suite,
    before: &Findings,
    recording: &Recording,
) -> Result<Vec<CheckResult>, CliError> {
    let selection = Selection::new(&before.selection).map_err(CliError::Usage)?;
    Ok(judge_all(suite, &selection, recording))
}

/// What is different between two judgements of one record.
struct Changes<'a> {
    new: Vec<&'a CheckResult>,
    gone: Vec<&'a CheckResult>,
    differing: Vec<(&'a CheckResult, &'a CheckResult)>,
    unrecorded: Vec<&'a CheckResult>,
}

type Key<'a> = (&'a str, &'a str, &'a str);

fn key(result: &CheckResult) -> Key<'_> {
    (&result.case, &result.step, &result.requirement)
}

fn changes<'a>(before: &'a [CheckResult], after: &'a [CheckResult]) -> Changes<'a> {
    let old: BTreeMap<Key<'_>, &CheckResult> = before.iter().map(|one| (key(one), one)).collect();
    let new: BTreeMap<Key<'_>, &CheckResult> = after.iter().map(|one| (key(one), one)).collect();
    let is_unrecorded = |result: &CheckResult| {
        result.outcome.reason().is_some_and(|reason| reason.kind() == ReasonKind::NotRecorded)
    };
    let (unrecorded, held): (Vec<&CheckResult>, Vec<&CheckResult>) =
        after.iter().partition(|result| {
            let was_so =
                old.get(&key(result)).is_some_and(|one| one.outcome.reads_like(&result.outcome));
            is_unrecorded(result) && !was_so
        });
    Changes {
        new: held.iter().copied().filter(|one| !old.contains_key(&key(one))).collect(),
        gone: before.iter().filter(|one| !new.contains_key(&key(one))).collect(),
        differing: held
            .iter()
            .filter_map(|one| old.get(&key(one)).map(|earlier| (*earlier, *one)))
            .filter(|(earlier, one)| {
                !earlier.outcome.reads_like(&one.outcome) || earlier.level != one.level
            })
            .collect(),
        unrecorded,
    }
}

impl Changes<'_> {
    fn render(&self) -> String {
        let name = |one: &CheckResult| format!("{} {} {}", one.case, one.step, one.requirement);
        let mut text = String::new();
        for (earlier, one) in &self.differing {
            text.push_str(&format!(
                "changed      {}: was {} ({}), is {} ({})\n",
                name(one),
                earlier.outcome.name(),
                earlier.level,
                one.outcome.name(),
                one.level
            ));
        }
        for one in &self.new {
            text.push_str(&format!(
                "new          {}: {} ({})\n",
                name(one),
                one.outcome.name(),
                one.level
            ));
        }
        for one in &self.gone {
            text.push_str(&format!("gone         {}: was {}\n", name(one), one.outcome.name()));
        }
        for one in &self.unrecorded {
            text.push_str(&format!("not on record  {}\n", name(one)));
        }
        if text.is_empty() { "nothing changed\n".to_owned() } else { text }
    }
}
