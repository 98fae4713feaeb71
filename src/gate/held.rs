//! Entries whose dataset is kept off the site by a decision on record.

use super::{ClearedDataset, Rules};
use crate::catalog::Entry;
use crate::diag::{Code, Finding, Place};
use crate::model::dataset::DatasetId;
use crate::records::holds::{Change, Hold};
use crate::records::ids::Register;

/// What keeps the dataset of an entry off the site.
pub fn hold_on<'a>(entry: &Entry, rules: &Rules<'a>, register: &Register) -> Option<&'a Hold> {
    let id = match DatasetId::parse(&entry.dataset.identifier) {
        Some(id) => id,
        None => register.assigned_to(&entry.dataset)?.clone(),
    };
    rules.holds.of(id.as_str())
}

/// That an entry is held back.
pub fn finding(hold: &Hold, place: &Place) -> Finding {
    let code = if hold.change == Change::Withdrawal { Code::DatasetWithdrawn } else { Code::DatasetHeld };
    let finding = Finding::new(code, place.clone()).about(&hold.title).found(&hold.dataset);
    finding.expected(format!("{} {}", hold.day, hold.basis))
}

/// That a dataset is held back which the register knew only now.
pub fn finding_of(dataset: &ClearedDataset, rules: &Rules<'_>) -> Option<Finding> {
    Some(finding(rules.holds.of(dataset.id.as_str())?, &dataset.place))
}
