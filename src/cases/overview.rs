//! What the record tells of all cases together, without anybody in it: kind, when received, when and how decided.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;

use super::{CaseKind, Ending, OnRecord};
use crate::records::chain;

/// A case as the record has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filed {
    /// What was asked for.
    pub kind: CaseKind,
    /// When, seconds since 1970.
    pub received_at: i64,
    /// When it was first decided.
    pub decided_at: Option<i64>,
    /// How it was decided last.
    pub outcome: Option<Ending>,
}

/// Reads every case off the record, in the order of their receipts.
///
/// Errors: when the record is broken.
pub fn read(chain_path: &Path) -> Result<Vec<Filed>> {
    let mut cases: BTreeMap<String, Filed> = BTreeMap::new();
    chain::read(chain_path, |_, raw| {
        let Ok(step) = serde_json::from_str::<OnRecord>(raw.get()) else { return Ok(()) };
        if let Some(kind) = step.asked {
            cases.insert(step.receipt, Filed { kind, received_at: step.at, decided_at: None, outcome: None });
        } else if let Some(case) = cases.get_mut(&step.receipt)
            && step.step == "decided"
        {
            case.decided_at = case.decided_at.or(Some(step.at));
            case.outcome = step.outcome;
        }
        Ok(())
    })?;
    Ok(cases.into_values().collect())
}
