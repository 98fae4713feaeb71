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
    /// Whether an even row may stand as it is in CSV.
    pub fn is_csv(self) -> bool {
        self.dialect == Dialect::default() && self.n_columns == self.n_header
    }

    /// Where a row stands as it is in CSV, where it does.
    #[expect(clippy::cast_possible_truncation, reason = "pieces are far smaller than what 32 bits hold")]
    pub fn csv_row(self, is_csv: bool, n_cells: usize, begin: usize, end: usize) -> (u32, u32) {
        if is_csv && n_cells == self.n_columns { (begin as u32, end as u32) } else { (0, 0) }
    }
}
