//! `datasets/grounds.toml`: on which rule something may be published that screening takes for personal data.

use serde::{Deserialize, Serialize};

use super::all_filled;
use crate::model::date::Day;

/// Where grounds are.
pub const FILE: &str = "datasets/grounds.toml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(default)]
    pub ground: Vec<Ground>,
}

/// One ground.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ground {
    /// The dataset, by its identifier.
    pub dataset: String,
    /// What may be published: a kind of personal data such as `mobile`, or `combination`, or `unscreened`.
    pub kind: String,
    /// In which columns, by header; for what is no column the name that the finding gives.
    pub columns: Vec<String>,
    /// The law or regulation.
    pub law: String,
    /// Its article.
    pub article: String,
    /// Who decided.
    pub approver: String,
    /// When.
    pub date: Day,
    /// Why.
    pub reason: String,
}

impl Ground {
    /// Errors: the name of what is missing.
    pub(super) fn check(&self) -> Result<(), &'static str> {
        if self.columns.is_empty() {
            return Err("columns");
        }
        all_filled(&[
            ("dataset", &self.dataset),
            ("kind", &self.kind),
            ("law", &self.law),
            ("article", &self.article),
            ("approver", &self.approver),
            ("reason", &self.reason),
        ])
    }
}
