//! The reference server: the documented behaviour of `panel/account`, and every way we know to depart from it.
//!
//! An island: it uses no other module of the crate and never reads case files or schemas, so that two
//! independent readings of the contract meet when the suite judges it.
//!
//! A request passes through named stages with plain data between them. The faultless path is in
//! `request`, `call`, `rule`, `reply`, `response` and `wire` and knows nothing of faults; a departure is a
//! list of `Change`s that the pipeline in `server` applies between the stages.
//!
//! ```text
//! Request ──> Call ──> Reply ──> Response ──> Delivery
//!  bytes     decode    rule      render       HTTP, or raw bytes below it
//! ```
//!
//! To add a departure: a row in `fault/<family>.rs`, `variation/<kind>.rs` or `null_server.rs`.

mod account;
mod behaviour;
mod call;
mod change;
mod code;
mod connection;
mod decode;
mod demo;
mod fault;
mod null_server;
mod policy;
mod reply;
mod request;
mod response;
mod rule;
mod server;
mod session;
#[cfg(test)]
mod tests;
mod trouble;
mod variation;
mod wire;

pub use account::{Account, Config};
pub use behaviour::Behaviour;
pub use connection::serve;
pub use demo::{Demo, demo, demo_accounts};
pub use fault::{Family, Fault, fault, faults};
pub use null_server::{NullServer, null_server, null_servers};
pub use variation::{Variation, variation, variations};
