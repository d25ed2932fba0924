//! Every exchange on the terminal, case by case: what `-v` shows before the result.

use super::paper::{BOLD, CYAN, DIM, GREEN, PLAIN, Paper, RED, YELLOW};
use crate::judge::findings::CaseFindings;
use crate::judge::recording::{NotSent, StepRecord};
use crate::model::exchange::{Answer, Exchange, Request};
use crate::model::outcome::{CheckResult, Outcome};
use crate::report::Story;
use crate::report::escape;
use crate::report::wording::time;
use crate::value::json;

/// Lines of a body that are shown.
const BODY: usize = 400;

/// Tells every case.
pub(super) fn write(story: Story<'_>, paper: &mut Paper) {
    for case in &story.findings.cases {
        let checks = story.findings.checks.iter().filter(|check| check.case == case.record.id);
        write_case(case, &checks.collect::<Vec<_>>(), paper);
    }
}

fn write_case(case: &CaseFindings, checks: &[&CheckResult], paper: &mut Paper) {
    if case.record.steps.iter().all(|step| step.exchanges.is_empty()) {
        return;
    }
    paper.gap();
    paper.ends(&[(CYAN, "CASE"), (PLAIN, "  "), (BOLD, &case.record.id)], &[(DIM, &case.file)]);
    paper.body(PLAIN, &case.title);
    for step in &case.record.steps {
        write_step(step, paper);
        for check in checks.iter().filter(|check| check.step == step.id) {
            write_check(check, paper);
        }
    }
    for exchange in &case.record.clean_up {
        paper.field("step", "clean-up");
        write_exchange(exchange, paper);
    }
}

fn write_step(step: &StepRecord, paper: &mut Paper) {
    paper.field("step", &step.id);
    if let Some(why) = &step.not_sent {
        let (NotSent::ValueMissing(text)
        | NotSent::FixtureMissing(text)
        | NotSent::Deselected(text)
        | NotSent::Stopped(text)
        | NotSent::LeftAlone(text)) = why;
        paper.field("", &format!("not sent: {text}"));
    }
    for exchange in &step.exchanges {
        write_exchange(exchange, paper);
    }
}

fn write_check(check: &CheckResult, paper: &mut Paper) {
    let style = match &check.outcome {
        Outcome::Passed => GREEN,
        Outcome::Failed { .. } => RED,
        Outcome::Unjudged(_) | Outcome::Skipped(_) => YELLOW,
    };
    let level = format!(" · {}", check.level);
    let word = format!("{:<9}", check.outcome.name());
    paper.line(&[
        (PLAIN, "        = "),
        (style, &word),
        (PLAIN, &check.requirement),
        (DIM, &level),
    ]);
}

fn write_exchange(exchange: &Exchange, paper: &mut Paper) {
    if exchange.put_off > 0 {
        paper.field("", &format!("try {}", exchange.put_off + 1));
    }
    write_request(&exchange.request, paper);
    let elapsed = time(exchange.elapsed.as_secs_f64() * 1e3);
    match &exchange.result {
        Ok(answer) => write_answer(answer, &elapsed, paper),
        Err(failure) => quote("<", &format!("{failure}, after {elapsed}"), paper),
    }
}

fn write_request(request: &Request, paper: &mut Paper) {
    quote(">", &format!("{} {}", request.method, request.target()), paper);
    write_headers(">", &request.headers, paper);
    if let Some(body) = &request.body {
        write_body(">", body, paper);
    }
}

fn write_answer(answer: &Answer, elapsed: &str, paper: &mut Paper) {
    quote("<", &format!("{} in {elapsed}", answer.status), paper);
    write_headers("<", &answer.headers, paper);
    write_body("<", &answer.body, paper);
    if let Some(defect) = &answer.defect {
        quote("<", &format!("the answer {}", defect.sentence()), paper);
    }
}

fn write_headers(sign: &str, headers: &[(String, String)], paper: &mut Paper) {
    for (name, value) in headers {
        quote(sign, &format!("{name}: {value}"), paper);
    }
}

fn write_body(sign: &str, body: &[u8], paper: &mut Paper) {
    if body.is_empty() {
        return;
    }
    quote(sign, "", paper);
    // Only what is understood as a strict reader does is laid out anew; all else is shown as it
    // came.
    let text = json::parse(body).map_or_else(|_| escape::bytes(body), |body| json::pretty(&body));
    for line in text.lines().take(BODY) {
        quote(sign, line, paper);
    }
    if text.lines().count() > BODY {
        quote(sign, "…", paper);
    }
}

fn quote(sign: &str, text: &str, paper: &mut Paper) {
    paper.line(&[(PLAIN, "        "), (DIM, sign), (PLAIN, " "), (PLAIN, text)]);
}
