//! The summary of a proof on the terminal: what is missing, and the figures.

use crate::proof::prove::Proof;
use crate::report::escape;

/// How many unobserved mutations are shown.
const SHOWN: usize = 20;

/// Tells what is missing, and ends with the figures.
pub(crate) fn render(proof: &Proof) -> String {
    let mut text = String::new();
    for check in &proof.faultless {
        text.push_str(&format!(
            "NOT KEPT    by the faultless server: {} {} {} ({})\n",
            check.case,
            check.step,
            check.requirement,
            check.outcome.name()
        ));
    }
    for fault in proof.faults.iter().filter(|fault| !fault.is_noticed()) {
        let failed: Vec<&str> = fault.failed.keys().map(String::as_str).collect();
        let instead = if failed.is_empty() {
            "nothing failed".to_owned()
        } else {
            format!("failed: {}", failed.join(", "))
        };
        text.push_str(&format!(
            "UNNOTICED   {}: {}\n            violates {}; {instead}\n",
            fault.name,
            fault.summary,
            fault.violates.join(", ")
        ));
    }
    for check in proof.checks.iter().filter(|check| check.fails_under.is_empty()) {
        text.push_str(&format!(
            "IDLE        {} {} {} ({})\n",
            check.case, check.step, check.requirement, check.level
        ));
    }
    for null in proof.null_servers.iter().filter(|null| !null.is_seen_through()) {
        text.push_str(&format!(
            "BELIEVED    {}: {} ({})\n",
            null.name,
            null.summary,
            null.verdict.name()
        ));
        for check in &null.wrongly_passed {
            text.push_str(&format!("            passes {check}\n"));
        }
    }
    for variation in proof.variations.iter().filter(|variation| !variation.flagged.is_empty()) {
        text.push_str(&format!("UNFAIR      {}: {}\n", variation.name, variation.summary));
        for check in &variation.flagged {
            text.push_str(&format!("            holds against it {check}\n"));
        }
    }
    text.push_str(&unobserved(proof));
    text.push_str(&figures(proof));
    escape::block(&text)
}

fn unobserved(proof: &Proof) -> String {
    let all = &proof.coverage.unobserved;
    if all.is_empty() {
        return String::new();
    }
    let mut text = "unobserved, most frequent first:\n".to_owned();
    for one in all.iter().take(SHOWN) {
        text.push_str(&format!("  {:>4} × {}  (as in {})\n", one.times, one.what, one.example));
    }
    if all.len() > SHOWN {
        text.push_str(&format!(
            "  and {} more kinds; --report json=PATH lists them\n",
            all.len() - SHOWN
        ));
    }
    text.push('\n');
    text
}

fn figures(proof: &Proof) -> String {
    let seconds = proof.duration_ms / 1e3;
    let verdict = if proof.is_complete() {
        format!("PROVED in {seconds:.1} s")
    } else {
        format!("NOT PROVED ({seconds:.1} s)")
    };
    let speed = proof.coverage.per_second;
    format!(
        "{}{:28} {speed:.0} per second and core\n{verdict}\n",
        proof.figures().lines(),
        "mutated answers judged",
    )
}

#[cfg(test)]
mod tests {
    use super::render;
    use crate::proof::report::hostile::proof;
    use crate::report::escape::is_safe;

    #[test]
    fn hostile_text_reaches_neither_terminal_nor_runner() {
        let told = render(&proof());
        for word in
            ["NOT KEPT", "UNNOTICED", "IDLE", "BELIEVED", "UNFAIR", "unobserved", "NOT PROVED"]
        {
            assert!(told.contains(word), "{word} is not in {told}");
        }
        assert_eq!(told.chars().find(|c| *c != '\n' && !is_safe(*c)), None);
        assert!(!told.lines().any(|line| line.trim_start().starts_with("::")), "{told}");
        assert!(!told.contains("##["), "{told}");
    }
}
