//! Puts the steps that are on file on the hash-chained record, without anything that was said.

use std::cell::Cell;
use std::path::Path;

use anyhow::Result;
use serde_json::value::RawValue;

use super::OnRecord;
use super::store::Store;
use crate::records::chain::{self, End};

/// Most steps that are put on record in one go.
const MAX_AT_ONCE: usize = 1000;

/// How far the record is known, and which step it has last.
pub struct Recorder {
    end: End,
    last: i64,
}

/// Puts every step on record that is not there yet, oldest first: also those of a process that was killed in between.
///
/// Errors: when the store or the record fails; what is on record by then stays so.
pub fn record(store: &Store, chain_path: &Path) -> Result<()> {
    Recorder::default().record(store, chain_path)
}

/// The number of the last step on record.
///
/// Errors: when the record is broken.
pub fn last_on_record(chain_path: &Path) -> Result<i64> {
    let mut last = 0;
    chain::read(chain_path, |_, raw| {
        if let Ok(step) = serde_json::from_str::<OnRecord>(raw.get()) {
            last = last.max(step.event);
        }
        Ok(())
    })?;
    Ok(last)
}

impl Default for Recorder {
    /// Nothing of the record is known yet.
    fn default() -> Self {
        Self { end: End::START, last: 0 }
    }
}

impl Recorder {
    /// Puts on record what is not there yet, each step once, whatever other processes record meanwhile.
    ///
    /// Errors: when the store or the record fails; what is on record by then stays so.
    pub fn record(&mut self, store: &Store, chain_path: &Path) -> Result<()> {
        loop {
            let last = Cell::new(self.last);
            let mut n_steps = 0;
            let each = |raw: &RawValue| {
                if let Ok(step) = serde_json::from_str::<OnRecord>(raw.get()) {
                    last.set(last.get().max(step.event));
                }
            };
            chain::append_after(chain_path, &mut self.end, each, || {
                let steps = store.since(last.get(), MAX_AT_ONCE)?;
                n_steps = steps.len();
                last.set(steps.last().map_or(last.get(), |step| step.event));
                Ok(steps)
            })?;
            self.last = last.get();
            if n_steps < MAX_AT_ONCE {
                return Ok(());
            }
        }
    }
}
