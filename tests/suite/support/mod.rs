//! What tests share and is no test itself. Knows nothing of any one test.

pub(crate) mod foreign_server;
pub(crate) mod program;
