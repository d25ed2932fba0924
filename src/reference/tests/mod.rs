//! The server as a client sees it, through its public interface alone.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod client;
mod faultless;
