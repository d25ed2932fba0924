//! Steps that cannot be sent because `--header` names a header that is theirs: told before the run.

use super::console::count;
use crate::run::Run;
use crate::suite::Suite;
use crate::suite::selection::Selection;

/// A warning for each header that steps of the run would send themselves.
pub(super) fn warnings(run: &Run, suite: &Suite) -> Vec<String> {
    let Ok(selection) = Selection::new(&run.filter) else { return Vec::new() };
    let wanted = || suite.cases.iter().filter(|case| selection.wants(case));
    let warning = |(name, _): &(String, String)| {
        let steps = wanted().flat_map(|case| &case.steps);
        let steps = steps.filter(|step| step.sets_header(name)).count();
        (steps > 0).then(|| {
            format!(
                "warning: {} would send the header `{name}` with another value than --header; they \
                 are left out as not applicable, with what hangs on them",
                count(steps, "step")
            )
        })
    };
    run.connection.headers.iter().filter_map(warning).collect()
}
