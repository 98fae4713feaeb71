//! How many rows share what narrows down who is meant: the smallest group of equal quasi-identifiers (k-anonymity).

use std::collections::BTreeMap;

use rapidhash::v3::rapidhash_v3;

use crate::batch::Batch;

/// Most groups that are counted; beyond, groups are small in any table that is read here.
const MAX_GROUPS: usize = 1 << 20;

/// The groups of a table.
#[derive(Debug)]
pub struct Groups {
    columns: Vec<usize>,
    counts: BTreeMap<u64, u64>,
    is_beyond: bool,
}

impl Groups {
    /// Begins to count over some columns.
    #[must_use]
    pub fn new(columns: Vec<usize>) -> Self {
        Self { columns, counts: BTreeMap::new(), is_beyond: false }
    }

    /// Takes the rows of a batch.
    pub fn add(&mut self, batch: &Batch) {
        if self.columns.is_empty() || self.is_beyond {
            return;
        }
        let mut keys = vec![0_u64; batch.n_rows()];
        for column in self.columns.iter().filter(|column| **column < batch.n_columns()) {
            for (key, cell) in keys.iter_mut().zip(batch.column(*column)) {
                let value = rapidhash_v3(cell.text().unwrap_or_default().as_bytes());
                // The factor is that of the golden ratio: columns must not cancel each other out.
                *key = (key.rotate_left(23) ^ value).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            }
        }
        for key in keys {
            *self.counts.entry(key).or_default() += 1;
        }
        self.is_beyond = self.counts.len() > MAX_GROUPS;
    }

    /// The rows of the smallest group; 1 where there are too many groups to count; `None` without a row.
    #[must_use]
    pub fn smallest(&self) -> Option<u64> {
        if self.is_beyond { Some(1) } else { self.counts.values().copied().min() }
    }
}
