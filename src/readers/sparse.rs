//! Rows whose columns are found while they are read: each piece of a file has columns of its own, which are then
//! matched with those of the table.

use std::collections::BTreeMap;

use crate::batch::{Batch, CellRef};
use crate::readers::header::unique_names;

/// What joins the names of nested members; no name holds it.
pub const JOIN: char = '\u{1}';

/// The rows of one piece.
#[derive(Debug, Default)]
pub struct SparseRows {
    /// The text that cells point into.
    pub text: String,
    paths: Vec<String>,
    index: BTreeMap<String, u32>,
    /// Column and value, row after row.
    cells: Vec<(u32, CellRef)>,
    ends: Vec<usize>,
    /// The column that the next value is expected in.
    next: u32,
}

impl SparseRows {
    /// Begins with the text that cells point into.
    pub fn new(text: String) -> Self {
        Self { text, ..Self::default() }
    }

    /// Adds a value to the row; most rows have the same columns in the same order.
    pub fn push(&mut self, path: &str, cell: CellRef) {
        let idx = match self.paths.get(self.next as usize) {
            Some(expected) if expected == path => self.next,
            _ => self.find(path),
        };
        self.cells.push((idx, cell));
        self.next = idx + 1;
    }

    #[expect(clippy::cast_possible_truncation, reason = "there are fewer columns than bytes in a piece")]
    fn find(&mut self, path: &str) -> u32 {
        if let Some(idx) = self.index.get(path) {
            return *idx;
        }
        let idx = self.paths.len() as u32;
        self.paths.push(path.to_owned());
        self.index.insert(path.to_owned(), idx);
        idx
    }

    /// Adds text that stands nowhere in the piece; answers where it is now.
    pub fn append(&mut self, text: &str) -> (usize, usize) {
        let start = self.text.len();
        self.text.push_str(text);
        (start, self.text.len())
    }

    /// Ends the row.
    pub fn end_row(&mut self) {
        self.ends.push(self.cells.len());
        self.next = 0;
    }

    /// How much there is.
    pub fn n_bytes(&self) -> usize {
        self.text.len() + self.cells.len() * 8
    }

    /// How many columns there are.
    pub fn n_columns(&self) -> usize {
        self.paths.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The rows as a batch of its own columns.
    pub fn finish(self) -> Piece {
        let n_columns = self.paths.len();
        let mut cells = vec![CellRef::MISSING; n_columns * self.ends.len()];
        let mut has_value = vec![false; n_columns];
        let mut begin = 0;
        for (row_idx, end) in self.ends.iter().enumerate() {
            for (column_idx, cell) in &self.cells[begin..*end] {
                cells[row_idx * n_columns + *column_idx as usize] = *cell;
                has_value[*column_idx as usize] |= !cell.is_missing();
            }
            begin = *end;
        }
        Piece { batch: Batch::new(self.text, cells, n_columns), paths: self.paths, has_value }
    }
}

/// A batch with the names of its own columns.
#[derive(Debug)]
pub struct Piece {
    /// The rows.
    pub batch: Batch,
    paths: Vec<String>,
    has_value: Vec<bool>,
}

/// The columns of a table, in the order in which they were first seen.
#[derive(Debug, Default)]
pub struct Registry {
    index: BTreeMap<String, u32>,
    paths: Vec<String>,
    has_value: Vec<bool>,
    names: Vec<String>,
    /// Whether all columns are known, because the table was read once.
    is_complete: bool,
}

impl Registry {
    /// Matches the columns of a piece with those of the table.
    #[expect(clippy::cast_possible_truncation, reason = "readers refuse tables of so many columns")]
    pub fn place(&mut self, piece: Piece) -> Batch {
        let Piece { mut batch, paths, has_value } = piece;
        let mut columns = vec![None; self.paths.len()];
        for ((own, path), has_value) in (0u32..).zip(paths).zip(has_value) {
            let idx = match self.index.get(&path) {
                Some(idx) => *idx as usize,
                None if self.is_complete => continue,
                None => {
                    self.index.insert(path.clone(), self.paths.len() as u32);
                    self.paths.push(path);
                    self.has_value.push(false);
                    columns.push(None);
                    self.paths.len() - 1
                }
            };
            self.has_value[idx] |= has_value;
            columns[idx] = Some(own);
        }
        batch.map_columns(columns);
        batch
    }

    /// The names as they are after all was read; empty before.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// How many columns were seen.
    pub fn len(&self) -> usize {
        self.paths.len()
    }

    /// Ends the first reading. Answers whether columns were dropped: members that are objects in other rows, and
    /// nothing in the rest.
    pub fn complete(&mut self) -> bool {
        if self.is_complete {
            return false;
        }
        self.is_complete = true;
        let is_parent = |path: &String| {
            let prefix = format!("{path}{JOIN}");
            self.index.range(prefix.clone()..).next().is_some_and(|(other, _)| other.starts_with(&prefix))
        };
        let kept: Vec<String> = (self.paths.iter().zip(&self.has_value))
            .filter(|(path, has_value)| **has_value || !is_parent(path))
            .map(|(path, _)| path.clone())
            .collect();
        let has_dropped = kept.len() < self.paths.len();
        self.index = kept.iter().cloned().zip(0u32..).collect();
        self.has_value = vec![true; kept.len()];
        let plain: Vec<String> = kept.iter().map(|path| path.replace(JOIN, ".")).collect();
        self.names = unique_names(&plain);
        self.paths = kept;
        has_dropped
    }
}
