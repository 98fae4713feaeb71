//! How rows of separated values are laid out, and what was found beside their cells.

use crate::readers::boundaries::Dialect;

/// What was found beside the cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Rows with another number of cells than the header.
    pub n_ragged: u64,
    /// Most cells of a row.
    pub widest: usize,
    /// Rows.
    pub n_rows: u64,
    /// Empty lines before a row.
    pub n_blank: u64,
    /// Empty lines at the end.
    pub n_blank_after: u64,
}

impl Found {
    /// Adds what was found in the next piece of the same text.
    pub fn add(&mut self, next: Self) {
        if next.n_rows > 0 {
            self.n_blank += self.n_blank_after + next.n_blank;
            self.n_blank_after = next.n_blank_after;
        } else {
            self.n_blank_after += next.n_blank_after;
        }
        self.n_rows += next.n_rows;
        self.n_ragged += next.n_ragged;
        self.widest = self.widest.max(next.widest);
    }
}

/// How rows are laid out.
#[derive(Clone, Copy, Debug, Default)]
pub struct Layout {
    /// Signs.
    pub dialect: Dialect,
    /// Cells of the header.
    pub n_header: usize,
    /// Cells that every row is filled up or cut to.
    pub n_columns: usize,
}

impl Layout {
    /// Whether values without quotation marks stand as CSV is written here.
    pub fn is_csv(self) -> bool {
        self.dialect == Dialect::default()
    }
}
