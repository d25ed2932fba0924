//! Tests of behaviour, through the public interface and the built binary.

mod again;
mod architecture;
mod binding;
mod browser;
mod case_format;
mod certificate;
mod check_messages;
mod contribution;
mod curl_lines;
mod environment;
mod fixture_doubts;
mod foreign_server;
mod harness;
mod ledger;
mod manners;
mod mutation;
mod not_applicable;
mod proof;
mod properties;
mod record;
mod redaction;
mod reports;
mod schemas;
mod stumbling;
mod support;
mod verdicts;
