//! The accept guard on loopback before a real HTTP server.

#[path = "../../../src/endpoint/guard/head_cases.rs"]
mod head_cases;

mod abuse;
mod listen;
mod process;
mod requests;
mod support;
mod upstream;
