//! What tests share and is no test itself. Knows nothing of any one test.

pub(crate) mod browser;
pub(crate) mod folder;
pub(crate) mod foreign_server;
pub(crate) mod fuzzed;
pub(crate) mod program;
pub(crate) mod project;
pub(crate) mod random;
pub(crate) mod report;
pub(crate) mod served;
pub(crate) mod spelling;
pub(crate) mod tls_front;
