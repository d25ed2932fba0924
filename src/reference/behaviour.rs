//! Which server is played: the faultless one, or one departure from it.

use super::change::Change;
use super::fault::{Fault, fault};
use super::null_server::{NullServer, null_server};
use super::variation::{Variation, variation};

/// Which server is played.
#[derive(Clone, Copy, Debug)]
pub enum Behaviour {
    /// Keeps every documented promise.
    Faultless,
    /// Breaks one promise.
    Fault(&'static Fault),
    /// Differs in a way that the contract leaves open.
    Variation(&'static Variation),
    /// Implements nothing at all.
    Null(&'static NullServer),
}

impl Behaviour {
    /// Finds a fault, variation or null server by its name; the three share one name space.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        fault(name)
            .map(Self::Fault)
            .or_else(|| variation(name).map(Self::Variation))
            .or_else(|| null_server(name).map(Self::Null))
    }

    /// The name of the departure; `faultless` where there is none.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Faultless => "faultless",
            Self::Fault(fault) => fault.name,
            Self::Variation(variation) => variation.name,
            Self::Null(null) => null.name,
        }
    }

    /// What the pipeline does differently; a null server has no pipeline.
    pub(crate) fn changes(self) -> &'static [Change] {
        match self {
            Self::Faultless | Self::Null(_) => &[],
            Self::Fault(fault) => fault.changes,
            Self::Variation(variation) => variation.changes,
        }
    }
}
