//! Puts the steps that are on file on the hash-chained record, without anything that was said.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use serde_json::value::RawValue;

use super::store::Store;
use super::{Erasure, OnRecord, Step};
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

/// What the record tells of a store, for a copy that is put in its place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// The number of the last step.
    pub last: i64,
    /// What was erased, by case.
    pub erased: BTreeMap<String, Erasure>,
}

impl Recorded {
    /// Reads it off the record.
    ///
    /// Errors: when the record is broken.
    pub fn read(chain_path: &Path) -> Result<Self> {
        let mut res = Self::default();
        let name = |what| Step::Erased { what }.public_part().0;
        let (words, record) = (name(Erasure::Words), name(Erasure::Record));
        chain::read(chain_path, |_, raw| {
            let Ok(step) = serde_json::from_str::<OnRecord>(raw.get()) else { return Ok(()) };
            res.last = res.last.max(step.event);
            if step.step == record {
                res.erased.insert(step.receipt, Erasure::Record);
            } else if step.step == words {
                res.erased.entry(step.receipt).or_insert(Erasure::Words);
            }
            Ok(())
        })?;
        Ok(res)
    }
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
