//! Rows on their way from a reader to the profile and the writers: many at a time, so that a column can be walked by
//! itself and columns can be shared among cores.

use std::ops::Range;

/// One value of a table, as the source has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// No value.
    Missing,
    /// Text, possibly empty.
    Text(&'a str),
    /// The source text of a number, truth value, list or object, as JSON writes it.
    Raw(&'a str),
}

impl<'a> Cell<'a> {
    /// The value as people read it; `None` where there is none.
    #[must_use]
    pub fn text(self) -> Option<&'a str> {
        match self {
            Self::Missing => None,
            Self::Text(text) | Self::Raw(text) => Some(text),
        }
    }
}

/// Where a cell's text lies in its batch, and what it is.
#[derive(Clone, Copy, Debug)]
pub struct CellRef {
    start: u32,
    /// The two highest bits say what it is, the third whether it is bare, the others how long it is.
    len: u32,
}

const LEN_MASK: u32 = (1 << 29) - 1;
const BARE: u32 = 1 << 29;
const TEXT: u32 = 1 << 30;
const RAW: u32 = 2 << 30;

/// Most bytes of text in one batch; positions have 29 bits.
pub const MAX_BATCH_BYTES: usize = LEN_MASK as usize;

impl CellRef {
    /// No value.
    pub const MISSING: Self = Self { start: 0, len: 0 };

    /// No value, at a place in the text.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "positions lie below MAX_BATCH_BYTES")]
    pub fn missing_at(start: usize) -> Self {
        Self { start: start as u32, len: 0 }
    }

    /// Text between two positions, which lie below [`MAX_BATCH_BYTES`].
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "positions lie below MAX_BATCH_BYTES")]
    pub fn text(start: usize, end: usize) -> Self {
        Self { start: start as u32, len: (end - start) as u32 | TEXT }
    }

    /// The same, known to stand in the text as CSV is written here, with a comma behind it unless a line ends there.
    #[must_use]
    pub fn bare(self) -> Self {
        Self { len: self.len | BARE, ..self }
    }
}

impl CellRef {
    /// The source text of a JSON value between two positions, which lie below [`MAX_BATCH_BYTES`].
    #[must_use]
    pub fn raw(start: usize, end: usize) -> Self {
        let text = Self::text(start, end);
        Self { start: text.start, len: (text.len & LEN_MASK) | RAW }
    }

    /// Whether there is no value.
    #[must_use]
    pub fn is_missing(self) -> bool {
        self.len & (TEXT | RAW) == 0
    }

    fn end(self) -> u32 {
        self.start + (self.len & LEN_MASK)
    }
}

/// Part of a row on its way to CSV.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CsvPart<'a> {
    /// Some values as CSV is written here, with commas between them.
    Written(&'a str),
    /// One value.
    Value(Option<&'a str>),
}

/// Some rows of a table.
#[derive(Debug, Default)]
pub struct Batch {
    text: String,
    /// Row-major, as many a row as the batch has columns of its own.
    cells: Vec<CellRef>,
    n_rows: usize,
    /// For each column of the table the batch's own column; `None` where no row of the batch has one.
    columns: Vec<Option<u32>>,
    n_own: usize,
}

impl Batch {
    /// A batch from its parts: `cells` is row-major with `n_columns` a row, in the table's order of columns.
    #[must_use]
    pub fn new(text: String, cells: Vec<CellRef>, n_columns: usize) -> Self {
        let n_rows = cells.len().checked_div(n_columns).unwrap_or_default();
        Self { text, cells, n_rows, columns: (0u32..).map(Some).take(n_columns).collect(), n_own: n_columns }
    }

    /// Says which of the batch's own columns stands for which column of the table.
    pub fn map_columns(&mut self, columns: Vec<Option<u32>>) {
        self.columns = columns;
    }

    /// Adds columns at the end that no row of the batch has.
    pub fn widen(&mut self, n_columns: usize) {
        if self.columns.len() < n_columns {
            self.columns.resize(n_columns, None);
        }
    }

    /// How many bytes of memory it takes, roughly.
    #[must_use]
    pub fn n_held(&self) -> usize {
        self.text.capacity() + size_of_val(&self.cells[..])
    }

    /// The values of one row, in the table's order of columns; those that stand side by side in the text as CSV is
    /// written here come as one.
    pub fn csv_parts(&self, row_idx: usize) -> impl Iterator<Item = CsvPart<'_>> {
        let own = &self.cells[row_idx * self.n_own..(row_idx + 1) * self.n_own];
        let mut idx = 0;
        std::iter::from_fn(move || {
            let column = *self.columns.get(idx)?;
            idx += 1;
            let Some(cell) = column.and_then(|own_idx| own.get(own_idx as usize)) else {
                return Some(CsvPart::Value(None));
            };
            if cell.len & BARE == 0 {
                return Some(CsvPart::Value(self.at(*cell).text()));
            }
            let mut end = cell.end();
            // Bare values come from CSV, whose columns are the table's.
            while let Some(next) = own.get(idx).filter(|next| next.len & BARE != 0 && next.start == end + 1) {
                end = next.end();
                idx += 1;
            }
            Some(CsvPart::Written(self.text.get(cell.start as usize..end as usize).unwrap_or_default()))
        })
    }

    /// Takes away the values that stand for none.
    pub fn blank(&mut self, words: &[String]) {
        for cell in &mut self.cells {
            let start = cell.start as usize;
            let text = self.text.get(start..start + (cell.len & LEN_MASK) as usize);
            if text.is_some_and(|text| words.iter().any(|word| word == text)) {
                *cell = CellRef::MISSING;
            }
        }
    }

    /// How many rows there are.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// How many columns of the table are known here.
    #[must_use]
    pub fn n_columns(&self) -> usize {
        self.columns.len()
    }

    /// How many bytes of text there are.
    #[must_use]
    pub fn n_bytes(&self) -> usize {
        self.text.len()
    }

    /// The values of one column of the table, in the order of rows.
    pub fn column(&self, column_idx: usize) -> impl Iterator<Item = Cell<'_>> {
        self.column_rows(column_idx, 0..self.n_rows)
    }

    /// The values of one column in some rows.
    pub fn column_rows(&self, column_idx: usize, rows: Range<usize>) -> impl Iterator<Item = Cell<'_>> {
        let own = self.columns.get(column_idx).copied().flatten();
        let n_rows = rows.end - rows.start;
        let stride = self.n_own.max(1);
        let cells = match own {
            Some(own) => self.cells.get(rows.start * stride + own as usize..).unwrap_or_default(),
            None => &[],
        };
        let n_without = if own.is_some() { 0 } else { n_rows };
        let refs = cells.iter().step_by(stride).take(n_rows);
        refs.map(|at| self.at(*at)).chain(std::iter::repeat_n(Cell::Missing, n_without))
    }

    /// The values of one row, in the table's order of columns.
    pub fn row(&self, row_idx: usize) -> impl Iterator<Item = Cell<'_>> {
        let own = &self.cells[row_idx * self.n_own..(row_idx + 1) * self.n_own];
        self.columns.iter().map(|idx| idx.map_or(Cell::Missing, |idx| self.at(own[idx as usize])))
    }

    #[inline]
    fn at(&self, cell: CellRef) -> Cell<'_> {
        let start = cell.start as usize;
        let text = || self.text.get(start..start + (cell.len & LEN_MASK) as usize).unwrap_or_default();
        match cell.len & (TEXT | RAW) {
            TEXT => Cell::Text(text()),
            RAW => Cell::Raw(text()),
            _ => Cell::Missing,
        }
    }
}

/// Puts rows together that come one by one.
#[derive(Debug)]
pub struct Builder {
    text: String,
    cells: Vec<CellRef>,
    n_columns: usize,
}

/// How much a batch that is put together row by row holds.
const FULL_BYTES: usize = 1 << 20;
const FULL_CELLS: usize = 1 << 16;

impl Builder {
    /// Begins with no row.
    #[must_use]
    pub fn new(n_columns: usize) -> Self {
        Self { text: String::new(), cells: Vec::new(), n_columns }
    }

    /// Adds the next cell of the row that is being put together.
    pub fn push(&mut self, cell: Cell<'_>) {
        let kind = match cell {
            Cell::Missing => {
                self.cells.push(CellRef::MISSING);
                return;
            }
            Cell::Text(_) => TEXT,
            Cell::Raw(_) => RAW,
        };
        let start = self.text.len();
        self.text.push_str(cell.text().unwrap_or_default());
        let at = CellRef::text(start, self.text.len());
        self.cells.push(CellRef { start: at.start, len: (at.len & LEN_MASK) | kind });
    }

    /// Adds a whole row; it is filled up or cut to the number of columns.
    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = Cell<'a>>) {
        let begin = self.cells.len();
        for cell in cells.into_iter().take(self.n_columns) {
            self.push(cell);
        }
        self.cells.resize(begin + self.n_columns, CellRef::MISSING);
    }

    /// Whether it is time to hand the batch on.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.text.len() >= FULL_BYTES || self.cells.len() >= FULL_CELLS
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// Hands over the rows so far and begins again.
    #[must_use]
    pub fn take(&mut self) -> Batch {
        Batch::new(std::mem::take(&mut self.text), std::mem::take(&mut self.cells), self.n_columns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_and_rows_agree() {
        let mut builder = Builder::new(3);
        builder.row([Cell::Text("甲"), Cell::Missing, Cell::Raw("1.50")]);
        builder.row([Cell::Text("")]);
        let mut batch = builder.take();
        assert_eq!(batch.row(0).collect::<Vec<_>>(), [Cell::Text("甲"), Cell::Missing, Cell::Raw("1.50")]);
        assert_eq!(batch.column(2).collect::<Vec<_>>(), [Cell::Raw("1.50"), Cell::Missing]);
        batch.map_columns(vec![None, Some(0)]);
        assert_eq!(batch.row(1).collect::<Vec<_>>(), [Cell::Missing, Cell::Text("")]);
        assert_eq!(batch.column(0).collect::<Vec<_>>(), [Cell::Missing, Cell::Missing]);
    }

    #[test]
    fn bare_values_that_stand_side_by_side_come_as_one() {
        let bare = |start, end| CellRef::text(start, end).bare();
        let cells = vec![bare(0, 1), bare(2, 4), CellRef::text(6, 7), bare(9, 10)];
        let batch = Batch::new("a,bc,\"d\",e".to_owned(), cells, 4);
        let parts: Vec<_> = batch.csv_parts(0).collect();
        assert_eq!(parts, [CsvPart::Written("a,bc"), CsvPart::Value(Some("d")), CsvPart::Written("e")]);
        assert_eq!(batch.row(0).map(Cell::text).collect::<Vec<_>>(), [Some("a"), Some("bc"), Some("d"), Some("e")]);
    }
}
