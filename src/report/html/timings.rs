//! How long the target took.

use std::time::Duration;

use super::{shown, span};
use crate::judge::findings::Findings;
use crate::model::exchange::Exchange;

/// Exchanges that are listed.
const SLOWEST: usize = 10;

/// How long exchanges took.
pub(super) struct Timings {
    pub(super) note: String,
    pub(super) rows: Vec<Row>,
}

/// A slow exchange.
pub(super) struct Row {
    pub(super) elapsed: String,
    /// Thousandths of the slowest.
    pub(super) width: u128,
    pub(super) request: String,
    pub(super) case: String,
    pub(super) step: String,
}

/// An exchange and where it belongs.
struct Timed<'a> {
    exchange: &'a Exchange,
    case: &'a str,
    step: &'a str,
}

/// The timings of a run; nothing where nothing was exchanged.
pub(super) fn of(findings: &Findings) -> Option<Timings> {
    let mut all = timed(findings);
    all.sort_by_key(|timed| std::cmp::Reverse(timed.exchange.elapsed));
    let slowest = all.first()?.exchange.elapsed.as_nanos().max(1);
    let quantile =
        |percent: usize| span(all[(all.len() - 1) * (100 - percent) / 100].exchange.elapsed);
    let total: Duration = all.iter().map(|timed| timed.exchange.elapsed).sum();
    let note = format!(
        "{} exchanges took {} together. Half were answered within {}, 95 % within {}.",
        all.len(),
        span(total),
        quantile(50),
        quantile(95),
    );
    Some(Timings {
        note,
        rows: all.iter().take(SLOWEST).map(|timed| row(timed, slowest)).collect(),
    })
}

fn timed(findings: &Findings) -> Vec<Timed<'_>> {
    let mut all = Vec::new();
    for case in &findings.cases {
        for step in &case.record.steps {
            all.extend(step.exchanges.iter().map(|exchange| Timed {
                exchange,
                case: &case.record.id,
                step: &step.id,
            }));
        }
    }
    all
}

fn row(timed: &Timed<'_>, slowest: u128) -> Row {
    let request = &timed.exchange.request;
    Row {
        elapsed: span(timed.exchange.elapsed),
        width: timed.exchange.elapsed.as_nanos() * 1000 / slowest,
        request: shown(&format!("{} {}", request.method, request.path)),
        case: shown(timed.case),
        step: shown(timed.step),
    }
}
