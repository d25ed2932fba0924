//! Variations in at how many addresses one system is served.

use super::variation;
use crate::reference::behaviour::Row;
use crate::reference::change::Changes;

pub(super) fn variations() -> Vec<Row> {
    vec![
        variation(
            "served-at-two-addresses",
            "The system is served at two addresses.",
            Changes::NONE,
        )
        .at(2),
        variation(
            "served-at-three-addresses",
            "The system is served at three addresses.",
            Changes::NONE,
        )
        .at(3),
    ]
}
