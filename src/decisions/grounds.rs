//! `datasets/grounds.toml`: on which rule something may be published that screening takes for personal data.

use std::path::Path;

use globset::Glob;
use serde::{Deserialize, Serialize};

use super::all_filled;
use crate::model::date::Day;

/// Where grounds are.
pub const FILE: &str = "datasets/grounds.toml";

/// The kind for files that cannot be looked into.
pub const UNSCREENED: &str = "unscreened";

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
    /// In which files, as a glob from the site folder; all of the dataset where it is empty.
    #[serde(default)]
    pub files: String,
    /// For `unscreened`: the digest of the file that somebody looked at; another file under its name is refused.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sha256: String,
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
    /// Whether it holds for a place, named from the site folder.
    #[must_use]
    pub fn holds_in(&self, path: &str) -> bool {
        let is_match = |glob: Glob| glob.compile_matcher().is_match(Path::new(path));
        self.files.is_empty() || Glob::new(&self.files).is_ok_and(is_match)
    }

    /// Errors: the name of what is missing.
    pub(super) fn check(&self) -> Result<(), &'static str> {
        if self.columns.is_empty() {
            return Err("columns");
        }
        if (self.kind == UNSCREENED) == self.sha256.is_empty() {
            return Err("sha256");
        }
        if Glob::new(&self.files).is_err() {
            return Err("files = \"datasets/…\"");
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
