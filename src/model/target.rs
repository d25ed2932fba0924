//! Which target was judged: its addresses, and what else decided who answered there.

use serde::{Deserialize, Serialize};

use super::run_option::Override;

/// What was judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "WrittenTarget", into = "WrittenTarget")]
pub struct TargetIdentity {
    /// The base URL; where there are several, the one that was given first.
    pub url: String,
    /// The base URLs beside it, by which the same system is reached.
    pub others: Vec<String>,
    /// Whether it is the reference server that the suite itself started.
    pub embedded: bool,
    /// The options beside the URL that decide who answered, such as `--insecure`.
    pub overrides: Vec<Override>,
}

impl TargetIdentity {
    /// Whether nobody saw to it that the target is who it claims to be, though TLS would tell.
    pub(crate) fn is_unverified(&self) -> bool {
        self.addresses().any(|url| url.starts_with("https:"))
            && self.overrides.contains(&Override::Insecure)
    }

    /// All base URLs, in the order in which they were given.
    pub fn addresses(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.url).chain(&self.others).map(String::as_str)
    }

    /// All base URLs, for people.
    #[must_use]
    pub fn told(&self) -> String {
        let addresses: Vec<&str> = self.addresses().collect();
        match addresses.split_last() {
            Some((last, [])) => (*last).to_owned(),
            Some((last, before)) => format!("{} and {last}", before.join(", ")),
            None => String::new(),
        }
    }

    /// The options beside the URL, as people write them; nothing where there were none.
    pub(crate) fn reached_with(&self) -> Option<String> {
        let told: Vec<String> = self.overrides.iter().map(ToString::to_string).collect();
        (!told.is_empty()).then(|| told.join(" "))
    }
}

/// How a target stands in a report: what overrides its URL for programs, and for people; that also
/// under a second name, which older readers know.
#[derive(Serialize, Deserialize)]
struct WrittenTarget {
    url: String,
    /// All of them, where there are several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    addresses: Vec<String>,
    embedded: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    overridden_by: Vec<Override>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    overrides: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    detours: Vec<String>,
}

impl From<TargetIdentity> for WrittenTarget {
    fn from(target: TargetIdentity) -> WrittenTarget {
        let addresses = match target.others[..] {
            [] => Vec::new(),
            _ => target.addresses().map(str::to_owned).collect(),
        };
        let TargetIdentity { url, embedded, overrides, .. } = target;
        let told: Vec<String> = overrides.iter().map(ToString::to_string).collect();
        let detours = told.clone();
        let overridden_by = overrides;
        WrittenTarget { url, addresses, embedded, overridden_by, overrides: told, detours }
    }
}

impl From<WrittenTarget> for TargetIdentity {
    fn from(written: WrittenTarget) -> TargetIdentity {
        let WrittenTarget { url, addresses, embedded, overridden_by, overrides, detours } = written;
        let others = addresses.into_iter().filter(|address| *address != url).collect();
        let told = if overrides.is_empty() { detours } else { overrides };
        let overrides = if overridden_by.is_empty() {
            told.into_iter().map(Override::Told).collect()
        } else {
            overridden_by
        };
        TargetIdentity { url, others, embedded, overrides }
    }
}
