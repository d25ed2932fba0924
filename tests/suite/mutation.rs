//! Generic mutation, of the record of a whole run against the reference server.

use std::sync::LazyLock;

use panel_conformance::Behaviour;
use panel_conformance::internals::{Mutant, Recording, fails, for_each_mutant, judge_step, play};

use crate::support::project::suite;

static FAULTLESS: LazyLock<Recording> = LazyLock::new(|| {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    let findings = runtime.block_on(play(suite(), Behaviour::FAULTLESS)).expect("the run ends");
    findings.recording()
});

/// How an answer is broken, and what is left of it, its body as schemas judge it.
fn shown(mutant: &Mutant<'_>) -> String {
    let view = mutant.view.steps[mutant.step].answers[0].as_ref().expect("there is an answer");
    let content_type = view.answer.header("content-type").unwrap_or_default();
    let body =
        view.body.as_ref().map_or_else(|_| "no JSON".to_owned(), |body| body.judged().to_string());
    format!("{}: {} {content_type} {body}", mutant.mutation, view.answer.status)
}

#[test]
fn an_answer_is_broken_in_every_way_one_at_a_time() {
    let (suite, recording) = (suite(), &*FAULTLESS);
    let id = "permissions/are-not-needed-even-once";
    let case = suite.cases.iter().find(|case| case.id == id).expect("there is such a case");
    let record = recording.cases.iter().find(|record| record.id == id).expect("it was played");
    let mut lines = Vec::new();
    for_each_mutant(case, record, &recording.secrets, |mutant| {
        if mutant.step == 0 {
            lines.push(shown(&mutant));
        }
    });
    let expected = r#"
status changed to 302: 302 application/json {"hash":"…","success":true,"permissions":{}}
status changed to 404: 404 application/json {"hash":"…","success":true,"permissions":{}}
status changed to 500: 500 application/json {"hash":"…","success":true,"permissions":{}}
content type changed: 200 text/html {"hash":"…","success":true,"permissions":{}}
/hash altered: 200 application/json {"hash":"…~","success":true,"permissions":{}}
/hash retyped: 200 application/json {"hash":1,"success":true,"permissions":{}}
/hash dropped: 200 application/json {"success":true,"permissions":{}}
/success altered: 200 application/json {"hash":"…","success":false,"permissions":{}}
/success retyped: 200 application/json {"hash":"…","success":"true","permissions":{}}
/success dropped: 200 application/json {"hash":"…","permissions":{}}
/permissions retyped: 200 application/json {"hash":"…","success":true,"permissions":[]}
/permissions dropped: 200 application/json {"hash":"…","success":true}
body emptied: 200 application/json {}
body retyped: 200 application/json []
body cut in half: 200 application/json no JSON
swapped with the next answer: 200 application/json {"success":true,"permissions":{}}"#;
    let stand_in = "a0b1c2d3e4f5a0b1c2d3e4f5a0b1c2d3";
    assert_eq!(lines.join("\n").replace(stand_in, "…"), expected.trim_start());
}

#[test]
fn whether_a_step_fails_is_the_same_with_and_without_saying_how() {
    let (suite, recording) = (suite(), &*FAULTLESS);
    let (mut judged, mut failed) = (0, 0);
    for (case, record) in suite.cases.iter().zip(&recording.cases) {
        for_each_mutant(case, record, &recording.secrets, |mutant| {
            for step in mutant.observers {
                let told = judge_step(case, mutant.view, *step);
                let is_told = told.iter().any(|it| it.outcome.is_failure());
                let is_found = fails(case, mutant.view, *step);
                let id = &case.steps[*step].id;
                assert_eq!(is_found, is_told, "{} {id}, {}", case.id, shown(&mutant));
                judged += 1;
                failed += usize::from(is_found);
            }
        });
    }
    assert!(failed > 0 && failed < judged, "{failed} of {judged} failed");
}
