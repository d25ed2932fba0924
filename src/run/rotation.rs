//! Which address each request of a case goes to, where a target has several.
//!
//! Steps that follow each other always go to different addresses, so that what one of them did has
//! to be known to the next: a case goes round a route, which is two of the addresses in turn, or all
//! of them. Each case has the route that brings most together which no case before it did: each
//! action after each other one at each pair of addresses, what follows a logout at each address, the
//! one of the sign-in too, and each requirement at each address.
//!
//! Depends on the cases and the number of addresses alone, whatever is selected of them, so that a
//! case goes the same way when it is run again by itself.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::model::api::Action;
use crate::suite::case::Case;

/// The way that one case goes round the addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Route(Vec<usize>);

impl Route {
    /// The number of the address that a request goes to, from 0; repeats of a step are spread too.
    pub(crate) fn address(&self, step: usize, repeat: usize) -> usize {
        self.0[(step + repeat) % self.0.len()]
    }
}

/// The routes of all cases among so many addresses, in the order of the cases.
pub(crate) fn routes(cases: &[&Case], addresses: usize) -> Vec<Route> {
    let candidates = candidates(addresses);
    if let [only] = &candidates[..] {
        return vec![only.clone(); cases.len()];
    }
    let mut met: HashMap<Meeting<'_>, usize> = HashMap::new();
    let mut routes = Vec::new();
    for case in cases {
        let gain = |route: &&Route| {
            let (mut new, mut known) = (0, 0);
            for meeting in meetings(case, route) {
                match met.get(&meeting) {
                    Some(times) => known += times,
                    None => new += meeting.weight(),
                }
            }
            (Reverse(new), known)
        };
        let best = candidates.iter().min_by_key(gain).unwrap_or(&candidates[0]);
        for meeting in meetings(case, best) {
            *met.entry(meeting).or_default() += 1;
        }
        routes.push(best.clone());
    }
    routes
}

/// Each two addresses in turn, in either order; and all of them, from each one on, in steps of each
/// length that comes by them all.
fn candidates(addresses: usize) -> Vec<Route> {
    if addresses < 2 {
        return vec![Route(vec![0])];
    }
    let pairs = (0..addresses).flat_map(|first| {
        let others = (0..addresses).filter(move |second| *second != first);
        others.map(move |second| Route(vec![first, second]))
    });
    let rounds = (1..addresses).flat_map(|length| {
        (0..addresses).map(move |first| {
            let round = (0..addresses).map(|step| (first + step * length) % addresses);
            Route(round.collect())
        })
    });
    let comes_by_all = |route: &Route| (0..addresses).all(|address| route.0.contains(&address));
    pairs.chain(rounds.filter(comes_by_all)).collect()
}

/// What a case brings together.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Meeting<'a> {
    /// An action at one address, and later in the case another at another.
    Calls([(Option<&'static str>, usize); 2]),
    /// A sign-in at the first address, a logout at the second, and what is asked then at the third.
    AfterLogout([usize; 2], Option<&'static str>, usize),
    /// A requirement and the address whose answer is judged.
    Judged(&'a str, usize),
}

impl Meeting<'_> {
    /// What few cases can bring together goes before what many can.
    fn weight(&self) -> usize {
        match self {
            Meeting::AfterLogout(..) => 10,
            Meeting::Calls(_) | Meeting::Judged(..) => 1,
        }
    }
}

fn meetings<'a>(case: &'a Case, route: &Route) -> impl Iterator<Item = Meeting<'a>> {
    let calls: Vec<(Option<&'static str>, usize)> = case
        .steps
        .iter()
        .enumerate()
        .map(|(index, step)| (step.action().map(Action::name), route.address(index, 0)))
        .collect();
    let mut meetings = Vec::new();
    for (index, (step, (action, address))) in case.steps.iter().zip(&calls).enumerate() {
        let checks = step.checks.iter();
        meetings.extend(checks.map(|check| Meeting::Judged(&check.requirement, *address)));
        let before = &calls[..index];
        meetings.extend(before.iter().map(|call| Meeting::Calls([*call, (*action, *address)])));
        let ended = before.iter().rposition(|(action, _)| is(*action, Action::Logout));
        let Some(ended) = ended else { continue };
        let opened = before[..ended].iter().filter(|(action, _)| is(*action, Action::Auth));
        meetings.extend(opened.map(|(_, opened)| {
            Meeting::AfterLogout([*opened, before[ended].1], *action, *address)
        }));
    }
    meetings.into_iter()
}

fn is(name: Option<&str>, action: Action) -> bool {
    name == Some(action.name())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{Meeting, Route, candidates, meetings, routes};
    use crate::suite::case::Case;
    use crate::suite::{Sources, Suite};
    use rstest::rstest;

    #[rstest]
    #[case(1, &["0"])]
    #[case(2, &["01", "10", "01", "10"])]
    #[case(3, &["01", "02", "10", "12", "20", "21", "012", "120", "201", "021", "102", "210"])]
    fn a_route_is_two_addresses_in_turn_or_all(#[case] addresses: usize, #[case] all: &[&str]) {
        let shown = |Route(route): &Route| route.iter().map(ToString::to_string).collect();
        let candidates: Vec<String> = candidates(addresses).iter().map(shown).collect();
        assert_eq!(candidates, all);
    }

    fn with_routes(suite: &Suite, addresses: usize) -> Vec<(&Case, Route)> {
        let cases: Vec<&Case> = suite.cases.iter().collect();
        let routes = routes(&cases, addresses);
        cases.into_iter().zip(routes).collect()
    }

    #[rstest]
    #[case(2)]
    #[case(3)]
    #[case(4)]
    fn steps_that_follow_each_other_go_to_different_addresses(#[case] addresses: usize) {
        let suite = Suite::load(&Sources::default()).expect("the built-in suite is right");
        for (case, route) in with_routes(&suite, addresses) {
            for step in 0..case.steps.len() {
                let here = route.address(step, 0);
                assert_ne!(here, route.address(step + 1, 0), "{} {step}", case.id);
                assert_ne!(here, route.address(step, 1), "{} {step}", case.id);
            }
        }
    }

    /// What one address opens or ends is asked of each other one, and what was ended elsewhere of the
    /// one that opened it.
    #[rstest]
    #[case(2)]
    #[case(3)]
    fn every_pair_of_addresses_meets_over_what_matters(#[case] addresses: usize) {
        let suite = Suite::load(&Sources::default()).expect("the built-in suite is right");
        let all = with_routes(&suite, addresses);
        let met: HashSet<Meeting<'_>> =
            all.iter().flat_map(|(case, route)| meetings(case, route)).collect();
        let numbers = || 0..addresses;
        let [auth, read, logout] = ["auth", "get_permissions", "logout"].map(Some);
        for (first, second) in numbers().flat_map(|one| numbers().map(move |other| (one, other))) {
            for (before, after) in [(auth, read), (auth, logout), (logout, read)] {
                let meeting = Meeting::Calls([(before, first), (after, second)]);
                assert!(met.contains(&meeting), "{meeting:?}");
            }
            let back = Meeting::AfterLogout([first, second], read, first);
            assert!(first == second || met.contains(&back), "{back:?}");
        }
    }
}
