//! The server as a client sees it, through its public interface alone.

mod client;
mod faultless;
