//! kaishu turns a city's catalog of unconditionally open public data and its exports into an open-data website.
//!
//! One direction, no cycles; each stage is a function from one value to the next and can be read alone:
//!
//! ```text
//! site.toml ─┐
//! catalog   ─┴▶ catalog::load ─▶ gate::clear ─▶ tables::ingest ─▶ gate::release ─▶ exports ─▶ pages ─▶ publish
//!                 Catalog         Cleared        Evidence          Publishable      └────── Stage ──────┘
//! ```
//!
//! In reading order: [`model`] plain values, [`diag`] findings, [`site`] the configuration, [`rules`] the law as data,
//! [`calendar`] working days, [`decisions`] of the team, [`screening`] for personal data, [`decode`], [`json`], [`separated`] and [`markdown`] the readers of text, [`stage`] where files are made, [`records`] what must be
//! remembered, [`catalog`], [`gate`], [`metadata`] in the vocabularies of the world, [`assess`] by what others measure, [`tables`], [`exports`], [`pages`], [`harvest`] for programs that read the catalog, [`search`] for readers' browsers, [`publish`], [`server`], [`effects`] of decisions on the live site, [`endpoint`] for what people send, and [`cli`] which calls them.
//!
//! What is absent on purpose: no stage reads the clock, the environment or a global; the gate does no output; only
//! `stage` creates files of the site; only `cli` prints.

pub mod assess;
pub mod batch;
pub mod calendar;
pub mod cases;
pub mod catalog;
pub mod cli;
pub mod decisions;
pub mod decode;
pub mod diag;
pub mod effects;
pub mod endpoint;
pub mod exports;
pub mod gate;
pub mod harvest;
pub mod json;
pub mod markdown;
pub mod metadata;
pub mod model;
pub mod pages;
pub mod profile;
pub mod publish;
pub mod readers;
pub mod records;
pub mod reuse;
pub mod rules;
pub mod screening;
pub mod search;
pub mod separated;
pub mod server;
pub mod site;
pub mod stage;
pub mod tables;
