//! Cases that come in at the same time share one flush of the disk.
//!
//! Whoever holds the store writes for all who wait by then; they find theirs done when their turn comes. Nobody is
//! answered before the flush.

use std::sync::{Arc, Mutex};

use anyhow::{Context, Result};

use super::lock;
use crate::cases::Case;
use crate::cases::store::{New, Put, Store};

/// Most cases that are written together.
const MAX_TOGETHER: usize = 64;

/// What became of a case, once somebody wrote it.
type Slot = Arc<Mutex<Option<Result<Put<Case>>>>>;

/// The cases that wait for the store.
#[derive(Default)]
pub struct Intake {
    waiting: Mutex<Vec<(New, Slot)>>,
}

impl Intake {
    /// Puts a case on file, durably, with whatever else waits.
    ///
    /// Errors: when the disk fails; this case is not on file then.
    pub fn receive(&self, store: &Mutex<Store>, case: New) -> Result<Put<Case>> {
        let slot = Slot::default();
        lock(&self.waiting).push((case, Arc::clone(&slot)));
        loop {
            let mut store = lock(store);
            if let Some(done) = lock(&slot).take() {
                return done;
            }
            // Its own is among them, or will be in the next round.
            let (mut cases, slots): (Vec<New>, Vec<Slot>) = {
                let mut waiting = lock(&self.waiting);
                let n_taken = waiting.len().min(MAX_TOGETHER);
                waiting.drain(..n_taken).unzip()
            };
            if cases.is_empty() {
                return lock(&slot).take().context("a case was lost while it waited")?;
            }
            for (slot, put) in slots.iter().zip(store.receive_all(&mut cases)) {
                *lock(slot) = Some(put);
            }
        }
    }
}
