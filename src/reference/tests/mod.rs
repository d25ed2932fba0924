//! The server as a client sees it, through its public interface alone.

mod client;
mod departures;
mod faultless;
mod script;
