//! Tests of behaviour, through the public interface and the built binary.

mod foreign_server;
mod manners;
mod program;
mod record;
mod redaction;
mod verdicts;
