//! The companion endpoint: what strangers send, from the socket to a case on file.
//!
//! 1. [`guard`] takes connections and hands on whole requests within limits; [`run`] puts `tiny_http` behind it.
//! 2. [`intake`] reads a form or JSON into fields and files: [`multipart`] with bounded memory, [`attachment`] by content.
//! 3. [`service`] does what is asked, with [`budget`] and [`proof`] against floods.

pub mod attachment;
pub mod budget;
pub mod guard;
pub mod intake;
pub mod multipart;
pub mod proof;
pub mod run;
pub mod service;
