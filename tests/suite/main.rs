//! Tests of behaviour, through the public interface and the built binary.

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
mod ledger;
mod manners;
mod mutation;
mod not_applicable;
mod proof;
mod record;
mod redaction;
mod reports;
mod schemas;
mod support;
mod verdicts;
