//! `datasets/approvals.toml`: who approved that a published dataset is lowered in class, or leaves the catalog.

use serde::{Deserialize, Serialize};

use super::all_filled;
use crate::model::date::Day;

/// Where approvals are.
pub const FILE: &str = "datasets/approvals.toml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(default)]
    pub approval: Vec<Approval>,
}

/// One approval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// The dataset, by its identifier.
    pub dataset: String,
    /// What becomes of it.
    pub change: Change,
    /// The body that approved.
    pub body: String,
    /// The number of its paper.
    pub reference: String,
    /// When.
    pub date: Day,
    /// On which article.
    pub article: String,
    /// Why.
    pub reason: String,
}

/// What an approval allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// 无条件开放 to 有条件开放.
    ToConditional,
    /// 无条件开放 to 不予开放.
    ToNotOpen,
    /// It leaves the catalog.
    Removed,
}

impl Change {
    /// The code name, as the file has it.
    #[must_use]
    pub fn code_name(self) -> &'static str {
        match self {
            Self::ToConditional => "to_conditional",
            Self::ToNotOpen => "to_not_open",
            Self::Removed => "removed",
        }
    }
}

impl Approval {
    /// Errors: the name of what is missing.
    pub(super) fn check(&self) -> Result<(), &'static str> {
        all_filled(&[
            ("dataset", &self.dataset),
            ("body", &self.body),
            ("reference", &self.reference),
            ("article", &self.article),
            ("reason", &self.reason),
        ])
    }
}
