//! A proof for tests in which everything is amiss, and every text attacks its reader.

use std::collections::{BTreeMap, BTreeSet};

use crate::judge::mutation::{Coverage, Unobserved};
use crate::model::identity::Digests;
use crate::model::identity::SuiteIdentity;
use crate::model::level::Level;
use crate::model::outcome::{CheckResult, Outcome, Verdict};
use crate::proof::prove::{FaultProof, NullProof, Proof, ProvenCheck, VariationProof};
use crate::report::sample::HOSTILE;

pub(super) fn proof() -> Proof {
    let text = || HOSTILE.to_owned();
    Proof {
        suite: SuiteIdentity { name: text(), version: text(), digests: Digests::default() },
        duration_ms: 1.0,
        requests: 1,
        faultless: vec![CheckResult {
            case: text(),
            step: text(),
            requirement: text(),
            level: Level::Must,
            outcome: Outcome::Failed { violations: Vec::new(), difference: None },
        }],
        checks: vec![ProvenCheck {
            case: text(),
            step: text(),
            requirement: text(),
            level: Level::Must,
            fails_under: Vec::new(),
        }],
        faults: vec![FaultProof {
            name: HOSTILE,
            summary: HOSTILE,
            violates: &[HOSTILE],
            failed: BTreeMap::from([(text(), 1)]),
            noticed_by: BTreeSet::new(),
            verdict: Verdict::Conformant,
        }],
        null_servers: vec![NullProof {
            name: HOSTILE,
            summary: HOSTILE,
            wrongly_passed: vec![text()],
            verdict: Verdict::Conformant,
        }],
        variations: vec![VariationProof {
            name: HOSTILE,
            summary: HOSTILE,
            affects: &[HOSTILE],
            flagged: vec![text()],
            verdict: Verdict::Nonconformant,
        }],
        coverage: Coverage {
            answers: 1,
            mutations: 1,
            noticed: 0,
            per_second: 1.0,
            unobserved: vec![Unobserved { what: text(), times: 1, example: text() }],
        },
    }
}
