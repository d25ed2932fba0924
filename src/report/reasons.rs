//! Checks that hang on one reason, and what would help.

use std::cmp::Reverse;
use std::collections::HashSet;

use crate::model::exchange::{NoAnswer, Obstacle};
use crate::model::level::Level;
use crate::model::outcome::{CheckResult, Outcome};
use crate::model::reason::{Reason, ReasonKind, Stopped};

/// Checks that hang on one reason.
#[derive(Debug)]
pub(crate) struct ReasonGroup<'a> {
    /// The reason.
    pub reason: &'a Reason,
    /// The checks; at least one.
    pub checks: Vec<&'a CheckResult>,
}

impl<'a> ReasonGroup<'a> {
    /// The cases, each once.
    pub(crate) fn cases(&self) -> Vec<&'a str> {
        let mut known = HashSet::new();
        let cases = self.checks.iter().map(|check| check.case.as_str());
        cases.filter(|case| known.insert(*case)).collect()
    }

    /// `9 must, 5 should`.
    pub(crate) fn levels(&self) -> String {
        let of_level = |level: Level| {
            let count = self.checks.iter().filter(|check| check.level == level).count();
            (count > 0).then(|| format!("{count} {level}"))
        };
        Level::ALL.into_iter().filter_map(of_level).collect::<Vec<_>>().join(", ")
    }

    /// What would help, as a sentence; `None` where the reason says it or nothing does.
    pub(crate) fn remedy(&self) -> Option<&'static str> {
        match self.reason {
            Reason::Unreachable { failure: NoAnswer::Unreachable(why) } => {
                Some(after_unreachable(&why.obstacle))
            }
            Reason::Stopped { by: Stopped::Interrupted } => Some(GO_ON),
            reason => after(reason.kind()),
        }
    }
}

/// What to do after a run that somebody interrupted.
pub(super) const GO_ON: &str = "Run it again to judge the rest.";

/// What would help against a kind of reason.
fn after(kind: ReasonKind) -> Option<&'static str> {
    match kind {
        ReasonKind::Unreachable => Some(after_unreachable(&Obstacle::Other)),
        ReasonKind::NoAnswer => {
            Some("Look into the target's log, or give it more time with --timeout.")
        }
        ReasonKind::RateLimited => Some("Run it again later, or more slowly with --rate."),
        ReasonKind::FixtureDoubted => Some(
            "Correct the fixture; where it is right, add --trust-fixtures, and the target is held \
             to it.",
        ),
        ReasonKind::EarlierStep => Some("It comes right when the earlier step does."),
        ReasonKind::Stopped => Some("Run it again when what stopped it is mended."),
        ReasonKind::NotGranted => Some("It is judged when the call is granted."),
        ReasonKind::NotRefused => Some("It is judged when the call is refused."),
        ReasonKind::NoProperAnswer => Some("It is judged when the call is granted or refused."),
        ReasonKind::BeyondLimit
        | ReasonKind::NotRecorded
        | ReasonKind::FixtureMissing
        | ReasonKind::Deselected
        | ReasonKind::DoesNotBind => None,
    }
}

/// What would help if no connection could be made.
fn after_unreachable(obstacle: &Obstacle) -> &'static str {
    match obstacle {
        Obstacle::Certificate => {
            "Name the authority that signed the certificate with --ca-cert, or do not verify it: \
             --insecure."
        }
        Obstacle::NoTls => {
            "The target does not speak TLS there; is it http:// rather than https://?"
        }
        Obstacle::Proxy(_) => {
            "See that the proxy runs, and that it is the one that --proxy, or a variable such as \
             HTTPS_PROXY, should name."
        }
        Obstacle::ProxyCredentials(_) => {
            "Give them with the proxy, in PANEL_PROXY rather than in --proxy, which others can see: \
             http://NAME:PASSWORD@HOST:PORT"
        }
        Obstacle::Tunnel(_) => {
            "See that the target runs, and that the proxy can reach it and may; where no proxy is \
             needed, leave --proxy out, or name the target in NO_PROXY."
        }
        Obstacle::Other => "See that the target runs and can be reached from here.",
    }
}

/// Checks with an outcome that has a reason, by the reason; those first that explain others.
pub(super) fn reason_groups<'a>(
    checks: &'a [CheckResult],
    is_meant: fn(&Outcome) -> bool,
) -> Vec<ReasonGroup<'a>> {
    let mut reason_groups: Vec<ReasonGroup<'a>> = Vec::new();
    for check in checks.iter().filter(|check| is_meant(&check.outcome)) {
        let Some(reason) = check.outcome.reason() else { continue };
        match reason_groups.iter_mut().find(|group| group.reason == reason) {
            Some(group) => group.checks.push(check),
            None => reason_groups.push(ReasonGroup { reason, checks: vec![check] }),
        }
    }
    reason_groups.sort_by_key(|group| (group.reason.kind(), Reverse(group.checks.len())));
    reason_groups
}

/// Puts the checks that were not tried because the run was stopped to what stopped it.
pub(super) fn with_what_stopped(mut reason_groups: Vec<ReasonGroup<'_>>) -> Vec<ReasonGroup<'_>> {
    if reason_groups.first().is_none_or(|first| first.reason.kind() >= ReasonKind::FixtureDoubted) {
        return reason_groups;
    }
    // Whoever interrupts a run stops it whatever else was in its way.
    let is_stopped = |group: &ReasonGroup<'_>| matches!(group.reason, Reason::Stopped { by } if *by != Stopped::Interrupted);
    let (stopped, mut rest): (Vec<_>, Vec<_>) = reason_groups.drain(..).partition(is_stopped);
    rest[0].checks.extend(stopped.into_iter().flat_map(|group| group.checks));
    rest
}

#[cfg(test)]
mod tests {
    use crate::model::exchange::Obstacle;
    use rstest::rstest;

    #[rstest]
    #[case(Obstacle::Certificate, "--ca-cert")]
    #[case(Obstacle::NoTls, "is it http://")]
    #[case(Obstacle::Proxy("p:1".to_owned()), "--proxy")]
    #[case(Obstacle::ProxyCredentials("p:1".to_owned()), "NAME:PASSWORD")]
    #[case(Obstacle::Tunnel("p:1".to_owned()), "NO_PROXY")]
    #[case(Obstacle::Other, "the target runs")]
    fn what_helps_depends_on_what_is_in_the_way(
        #[case] obstacle: Obstacle,
        #[case] expected: &str,
    ) {
        let remedy = super::after_unreachable(&obstacle);
        assert!(remedy.contains(expected), "{remedy}");
    }
}
