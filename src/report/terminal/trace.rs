//! Every exchange on the terminal, case by case: what `-v` shows before the result.

use super::printer::{BOLD, CYAN, DIM, GREEN, PLAIN, Printer, RED, YELLOW};
use crate::judge::findings::CaseFindings;
use crate::judge::recording::StepRecord;
use crate::model::exchange::{Answer, Exchange, Purpose};
use crate::model::outcome::{CheckResult, Outcome};
use crate::report::Context;
use crate::report::escape;
use crate::report::wording::time;
use crate::value::json;

/// Lines of a body that are shown.
const BODY: usize = 400;

/// Bytes of a body that are shown.
const BYTES: usize = 64 * 1024;

/// Tells every case.
pub(super) fn write(context: Context<'_>, printer: &mut Printer) {
    for case in &context.findings.cases {
        let checks = context.findings.checks.iter().filter(|check| check.case == case.record.id);
        write_case(case, &checks.collect::<Vec<_>>(), printer);
    }
}

fn write_case(case: &CaseFindings, checks: &[&CheckResult], printer: &mut Printer) {
    if case.record.steps.iter().all(|step| step.exchanges.is_empty()) {
        return;
    }
    printer.gap();
    printer.ends(&[(CYAN, "CASE"), (PLAIN, "  "), (BOLD, &case.record.id)], &[(DIM, &case.file)]);
    printer.body(PLAIN, &case.title);
    for step in &case.record.steps {
        write_step(step, printer);
        for check in checks.iter().filter(|check| check.step == step.id) {
            write_check(check, printer);
        }
    }
    for exchange in &case.record.clean_up {
        printer.field("step", "clean-up");
        write_exchange(exchange, printer);
    }
}

fn write_step(step: &StepRecord, printer: &mut Printer) {
    printer.field("step", &step.id);
    if let Some(why) = &step.not_sent {
        printer.field("", &format!("not sent: {why}"));
    }
    for exchange in &step.exchanges {
        write_exchange(exchange, printer);
    }
}

fn write_check(check: &CheckResult, printer: &mut Printer) {
    let style = match &check.outcome {
        Outcome::Passed => GREEN,
        Outcome::Failed { .. } => RED,
        Outcome::Unjudged(_) | Outcome::Skipped(_) | Outcome::NotApplicable(_) => YELLOW,
    };
    let level = format!(" · {}", check.level);
    let word = format!("{:<9}", check.outcome.name());
    printer.line(&[
        (PLAIN, "        = "),
        (style, &word),
        (PLAIN, &check.requirement),
        (DIM, &level),
    ]);
}

fn write_exchange(exchange: &Exchange, printer: &mut Printer) {
    if exchange.put_off > 0 {
        printer.field("", &format!("try {}", exchange.put_off + 1));
    }
    if exchange.is_resent {
        printer.field("", "sent again on a new connection, as the one in use was closed");
    }
    match exchange.purpose {
        Purpose::Step => {}
        Purpose::Again => printer.field("", "once more"),
        Purpose::Control => printer.field("", "to see whether it answers"),
    }
    write_request(exchange, printer);
    let elapsed = time(exchange.elapsed.as_secs_f64() * 1e3);
    match &exchange.result {
        Ok(answer) => {
            write_answer(answer, &elapsed, printer);
            if let Some(whole) = &exchange.shortened {
                quote("<", &format!("(the answer had {whole})"), printer);
            }
        }
        Err(failure) => {
            let failure = failure.at(exchange.address.as_deref());
            quote("<", &format!("{failure}, after {elapsed}"), printer);
        }
    }
}

fn write_request(exchange: &Exchange, printer: &mut Printer) {
    let request = &exchange.request;
    quote(">", &exchange.line(), printer);
    write_headers(">", &request.headers, printer);
    if let Some(body) = &request.body {
        write_body(">", body, printer);
    }
}

fn write_answer(answer: &Answer, elapsed: &str, printer: &mut Printer) {
    quote("<", &format!("{} in {elapsed}", answer.status), printer);
    write_headers("<", &answer.headers, printer);
    write_body("<", &answer.body, printer);
    if let Some(defect) = &answer.defect {
        quote("<", &format!("the answer {}", defect.sentence()), printer);
    }
}

fn write_headers(sign: &str, headers: &[(String, String)], printer: &mut Printer) {
    for (name, value) in headers {
        quote(sign, &format!("{name}: {value}"), printer);
    }
}

fn write_body(sign: &str, body: &[u8], printer: &mut Printer) {
    if body.is_empty() {
        return;
    }
    quote(sign, "", printer);
    // Only what is understood as a strict reader does is laid out anew; all else is shown as it
    // came.
    let text = json::parse(body)
        .map_or_else(|_| escape::bytes(&body[..body.len().min(BYTES)]), |body| json::pretty(&body));
    for line in text.lines().take(BODY) {
        quote(sign, line, printer);
    }
    if text.lines().count() > BODY || body.len() > BYTES {
        quote(sign, "…", printer);
    }
}

fn quote(sign: &str, text: &str, printer: &mut Printer) {
    printer.line(&[(PLAIN, "        "), (DIM, sign), (PLAIN, " "), (PLAIN, text)]);
}
