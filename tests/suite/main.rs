//! Integration tests: each drives the program through its command line and looks at output, exit code and files.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::cast_possible_truncation,
    clippy::case_sensitive_file_extension_comparisons,
    clippy::format_collect,
    clippy::format_push_string,
    clippy::naive_bytecount,
    reason = "a test stops at the first fault, and works on small files that it made itself"
)]

mod bad_input;
mod build;
mod cases;
mod catalogs;
mod endpoint;
mod fuzz;
mod guard;
mod harvest;
mod holds;
mod house_rules;
mod incremental;
mod intake;
mod invariants;
mod law;
mod pages;
mod regressions;
mod screening;
mod search;
mod serve;
mod support;
mod tables;
mod workdays;
