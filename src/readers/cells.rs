//! Separated values to cells: eight bytes at a time are searched for the four signs that mean something.

use crate::batch::{Batch, CellRef};
use crate::readers::boundaries::Dialect;
use crate::readers::layout::{Found, Layout};

/// Splits whole records into a batch.
///
/// A value that stands for itself is not copied. A value without letters is missing, in quotation marks or not: the
/// format does not tell an empty text from none.
#[must_use]
pub fn split(text: String, layout: Layout, n_skipped: usize) -> (Batch, Found) {
    if !layout.dialect.quotes || memchr::memchr(b'"', text.as_bytes()).is_none() {
        return split_plain(text, layout, n_skipped);
    }
    let is_csv = layout.is_csv();
    let cells = Vec::with_capacity(text.len() / 6);
    let mut splitter = Splitter { layout, is_csv, n_skipped, cells, ..Splitter::default() };
    splitter.run(text.as_bytes());
    let Splitter { cells, unescaped, found, .. } = splitter;
    (finish(text, cells, unescaped, layout.n_columns), found)
}

/// A value between two positions; without letters it is missing.
#[inline]
fn cell_of(begin: usize, end: usize, is_bare: bool) -> CellRef {
    if begin == end {
        CellRef::missing_at(end)
    } else if is_bare {
        CellRef::text(begin, end).bare()
    } else {
        CellRef::text(begin, end)
    }
}

/// Splits text in which no quotation mark means anything.
fn split_plain(text: String, layout: Layout, n_skipped: usize) -> (Batch, Found) {
    let bytes = text.as_bytes();
    let is_csv = layout.is_csv();
    let cells = Vec::with_capacity(text.len() / 6);
    let mut plain = Plain { layout, is_csv, n_skipped, cells, ..Plain::default() };
    let delimiters = repeat(layout.dialect.delimiter);
    let (lf, cr) = (repeat(b'\n'), repeat(b'\r'));
    let (words, rest) = bytes.as_chunks::<8>();
    for (word_idx, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let ends = equal_bytes(word, lf) | equal_bytes(word, cr);
        let mut signs = equal_bytes(word, delimiters) | ends;
        while signs != 0 {
            let bit = signs & signs.wrapping_neg();
            let at = word_idx * 8 + bit.trailing_zeros() as usize / 8;
            plain.value(at);
            if ends & bit != 0 {
                plain.end(bytes, at);
            }
            signs &= signs - 1;
        }
    }
    for (at, byte) in bytes.iter().enumerate().skip(bytes.len() - rest.len()) {
        let is_end = matches!(byte, b'\n' | b'\r');
        if is_end || *byte == layout.dialect.delimiter {
            plain.value(at);
        }
        if is_end {
            plain.end(bytes, at);
        }
    }
    if plain.begin < bytes.len() || plain.n_in_row > 0 {
        plain.value(bytes.len());
        plain.end(bytes, bytes.len());
    }
    let Plain { cells, found, .. } = plain;
    (Batch::new(text, cells, layout.n_columns), found)
}

#[derive(Default)]
struct Plain {
    layout: Layout,
    is_csv: bool,
    n_skipped: usize,
    cells: Vec<CellRef>,
    found: Found,
    n_in_row: usize,
    begin: usize,
}

impl Plain {
    #[inline]
    fn value(&mut self, end: usize) {
        if self.n_in_row < self.layout.n_columns {
            self.cells.push(cell_of(self.begin, end, self.is_csv));
        }
        self.n_in_row += 1;
        self.begin = end + 1;
    }

    #[inline]
    fn end(&mut self, bytes: &[u8], at: usize) {
        let n_cells = std::mem::take(&mut self.n_in_row);
        let begin = self.cells.len() - n_cells.min(self.layout.n_columns);
        let is_empty_line = n_cells == 1 && (at == 0 || matches!(bytes[at - 1], b'\n' | b'\r'));
        if is_empty_line {
            self.cells.truncate(begin);
            // The second half of a line end is no line.
            let is_half = at > 0 && bytes[at - 1] == b'\r' && bytes.get(at) == Some(&b'\n');
            self.found.n_blank_after += u64::from(!is_half);
            return;
        }
        self.found.n_blank += std::mem::take(&mut self.found.n_blank_after);
        if self.n_skipped > 0 {
            self.n_skipped -= 1;
            self.cells.truncate(begin);
            return;
        }
        self.found.n_rows += 1;
        self.found.n_ragged += u64::from(n_cells != self.layout.n_header);
        self.found.widest = self.found.widest.max(n_cells);
        if n_cells < self.layout.n_columns {
            self.cells.resize(begin + self.layout.n_columns, CellRef::MISSING);
        }
    }
}

/// A value that has to be written without its doubled quotation marks: index of its cell, begin and end.
type Escaped = (usize, usize, usize);

fn finish(mut text: String, mut cells: Vec<CellRef>, unescaped: Vec<Escaped>, n_columns: usize) -> Batch {
    for (cell_idx, begin, end) in unescaped {
        let start = text.len();
        let plain = text.get(begin..end).unwrap_or_default().replace("\"\"", "\"");
        text.push_str(&plain);
        if let Some(cell) = cells.get_mut(cell_idx) {
            *cell = CellRef::text(start, text.len());
        }
    }
    Batch::new(text, cells, n_columns)
}

#[derive(Default)]
struct Splitter {
    layout: Layout,
    is_csv: bool,
    n_skipped: usize,
    /// Whether a quotation mark stands within a value that has none around it.
    has_mark: bool,
    cells: Vec<CellRef>,
    unescaped: Vec<Escaped>,
    found: Found,
    /// Cells of the row so far.
    n_in_row: usize,
    /// Where the value begins.
    begin: usize,
    /// Where the value's quotation marks opened.
    opened: Option<usize>,
    /// Where they closed.
    closed: Option<usize>,
    has_doubled: bool,
    /// A mark that was looked at together with the one before it.
    passed: Option<usize>,
}

const LOW: u64 = 0x7F7F_7F7F_7F7F_7F7F;

/// The highest bit of each byte that equals the pattern's; exact for every byte.
#[inline]
const fn equal_bytes(word: u64, pattern: u64) -> u64 {
    let differs = word ^ pattern;
    !(((differs & LOW) + LOW) | differs | LOW)
}

const fn repeat(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

impl Splitter {
    fn run(&mut self, bytes: &[u8]) {
        let Dialect { delimiter, quotes } = self.layout.dialect;
        let delimiters = repeat(delimiter);
        let marks = if quotes { repeat(b'"') } else { delimiters };
        let (lf, cr) = (repeat(b'\n'), repeat(b'\r'));
        let (words, rest) = bytes.as_chunks::<8>();
        for (word_idx, word) in words.iter().enumerate() {
            let word = u64::from_le_bytes(*word);
            let ends = equal_bytes(word, lf) | equal_bytes(word, cr);
            let marked = equal_bytes(word, marks);
            let mut signs = equal_bytes(word, delimiters) | ends;
            if self.opened.is_some() || marked != 0 {
                signs |= marked;
                while signs != 0 {
                    self.sign(bytes, word_idx * 8 + signs.trailing_zeros() as usize / 8);
                    signs &= signs - 1;
                }
                continue;
            }
            while signs != 0 {
                let bit = signs & signs.wrapping_neg();
                self.plain_sign(bytes, word_idx * 8 + bit.trailing_zeros() as usize / 8, ends & bit != 0);
                signs &= signs - 1;
            }
        }
        for at in bytes.len() - rest.len()..bytes.len() {
            let byte = bytes[at];
            if byte == delimiter || matches!(byte, b'\n' | b'\r') || (quotes && byte == b'"') {
                self.sign(bytes, at);
            }
        }
        if self.begin < bytes.len() || self.n_in_row > 0 {
            self.value(bytes.len());
            self.record();
        }
    }

    /// A sign while no quotation mark is open.
    #[inline]
    fn plain_sign(&mut self, bytes: &[u8], at: usize, is_end: bool) {
        if is_end {
            self.sign(bytes, at);
            return;
        }
        if self.n_in_row < self.layout.n_columns && self.n_skipped == 0 {
            self.cells.push(cell_of(self.begin, at, self.is_csv && !self.has_mark));
        }
        self.n_in_row += 1;
        self.begin = at + 1;
        self.has_mark = false;
    }

    fn sign(&mut self, bytes: &[u8], at: usize) {
        let byte = bytes[at];
        if byte == b'"' && self.layout.dialect.quotes {
            self.mark(bytes, at);
            return;
        }
        if self.opened.is_some() && self.closed.is_none() {
            return;
        }
        if byte == self.layout.dialect.delimiter {
            self.value(at);
            self.begin = at + 1;
            return;
        }
        if at > self.begin || self.n_in_row > 0 || self.opened.is_some() {
            self.value(at);
            self.record();
        } else if byte == b'\r' || at == 0 || bytes[at - 1] != b'\r' {
            self.found.n_blank_after += 1;
        }
        self.begin = at + 1;
    }

    /// A quotation mark: it opens a value, closes it, stands twice for itself, or is a letter.
    #[inline]
    fn mark(&mut self, bytes: &[u8], at: usize) {
        if self.opened.is_none() {
            if at == self.begin {
                self.opened = Some(at);
            } else {
                self.has_mark = true;
            }
        } else if self.closed.is_none() && self.passed != Some(at) {
            if bytes.get(at + 1) == Some(&b'"') {
                self.has_doubled = true;
                self.passed = Some(at + 1);
            } else {
                self.closed = Some(at);
            }
        }
    }

    #[inline]
    fn value(&mut self, end: usize) {
        let (begin, end, is_bare) = match (self.opened, self.closed) {
            (Some(opened), Some(closed)) => (opened + 1, closed, false),
            _ => (self.begin, end, self.is_csv && self.opened.is_none() && !self.has_mark),
        };
        if self.n_in_row < self.layout.n_columns && self.n_skipped == 0 {
            if self.has_doubled {
                self.unescaped.push((self.cells.len(), begin, end));
            }
            self.cells.push(cell_of(begin, end, is_bare));
        }
        self.n_in_row += 1;
        self.has_mark = false;
        self.opened = None;
        self.closed = None;
        self.has_doubled = false;
    }

    #[inline]
    fn record(&mut self) {
        let n_cells = std::mem::take(&mut self.n_in_row);
        self.found.n_blank += std::mem::take(&mut self.found.n_blank_after);
        if self.n_skipped > 0 {
            self.n_skipped -= 1;
            return;
        }
        self.found.n_rows += 1;
        if n_cells != self.layout.n_header {
            self.found.n_ragged += 1;
        }
        self.found.widest = self.found.widest.max(n_cells);
        if n_cells < self.layout.n_columns {
            let n_filled = self.cells.len() + self.layout.n_columns - n_cells;
            self.cells.resize(n_filled, CellRef::MISSING);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::Cell;
    use crate::readers::boundaries::{Cut, last_cut};

    fn rows(text: &str, n_columns: usize) -> Vec<Vec<Option<String>>> {
        let dialect = Dialect { delimiter: b',', quotes: true };
        let (batch, _) = split(text.to_owned(), Layout { dialect, n_header: n_columns, n_columns }, 0);
        (0..batch.n_rows()).map(|idx| batch.row(idx).map(|cell| cell.text().map(str::to_owned)).collect()).collect()
    }

    #[test]
    fn rows_are_filled_cut_and_counted() {
        let dialect = Dialect { delimiter: b';', quotes: false };
        let (batch, found) =
            split("a;b\r\n1;\"2\r\n\r\n3\n4;5;6".to_owned(), Layout { dialect, n_header: 2, n_columns: 2 }, 1);
        assert_eq!(found, Found { n_ragged: 2, widest: 3, n_rows: 3, n_blank: 1, n_blank_after: 0 });
        assert_eq!(batch.n_rows(), 3);
        assert_eq!(batch.row(0).collect::<Vec<_>>(), [Cell::Text("1"), Cell::Text("\"2")]);
        assert_eq!(batch.row(1).collect::<Vec<_>>(), [Cell::Text("3"), Cell::Missing]);
    }

    #[test]
    fn line_ends_of_all_kinds() {
        for end in ["\n", "\r\n", "\r"] {
            assert_eq!(rows(&format!("a,\"b{end}\"\"c\"{end}\"\",d{end}"), 2).len(), 2);
        }
    }

    proptest::proptest! {
        #[test]
        fn cells_are_those_of_the_csv_crate(text in "[a甲,\"\r\n]{0,80}") {
            let dialect = Dialect { delimiter: b',', quotes: true };
            if last_cut(text.as_bytes(), dialect, true) == Cut::At(text.len()) {
                let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
                let expected: Vec<Vec<Option<String>>> = reader.records().map(|record| {
                    let mut row: Vec<Option<String>> = record.unwrap().iter().map(|cell| (!cell.is_empty()).then(|| cell.to_owned())).collect();
                    row.resize(40, None);
                    row
                }).collect();
                proptest::prop_assert_eq!(rows(&text, 40), expected);
            }
        }
    }
}
