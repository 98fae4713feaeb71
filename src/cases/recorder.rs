//! Puts the steps that are on file on the hash-chained record, without anything that was said.

use std::path::Path;

use anyhow::Result;

use super::OnRecord;
use super::store::Store;
use crate::records::chain;

/// Most steps that are put on record in one go.
const MAX_AT_ONCE: usize = 1000;

/// Puts every step on record that is not there yet, oldest first: also those of a process that was killed in between.
///
/// Errors: when the store or the record fails; what is on record by then stays so.
pub fn record(store: &Store, chain_path: &Path) -> Result<()> {
    let mut last = 0;
    chain::read(chain_path, |_, raw| {
        if let Ok(step) = serde_json::from_str::<OnRecord>(raw.get()) {
            last = last.max(step.event);
        }
        Ok(())
    })?;
    record_after(store, chain_path, last).map(|_| ())
}

/// The same for a process that knows what it recorded last; answers what is recorded now.
///
/// Errors: as [`record`].
pub fn record_after(store: &Store, chain_path: &Path, mut last: i64) -> Result<i64> {
    loop {
        let steps = store.since(last, MAX_AT_ONCE)?;
        let Some(newest) = steps.last() else { return Ok(last) };
        chain::append_all(chain_path, &steps)?;
        last = newest.event;
    }
}
