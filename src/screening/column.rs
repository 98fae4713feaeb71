//! What the values of one column hold, counted.

use crate::batch::Batch;
use crate::profile::{Seen, Value};

use super::header::{has_role, is_code, kinds_of};
use super::kind::{BY_VALUE, Kind, N_BY_VALUE, Role};
use super::marks::masked;
use super::names::is_name;
use super::signs::{Signs, look};
use super::tokens::CellTokens;

/// Most samples of one kind.
const MAX_SAMPLES: usize = 3;

/// How often something was found, in cells.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Cells that are a hit as a whole.
    pub whole: u64,
    /// Cells that have the outer shape as a whole, hits among them.
    pub whole_relatives: u64,
    /// Cells with a hit in longer text.
    pub inside: u64,
    /// Cells with the outer shape in longer text, hits among them.
    pub inside_relatives: u64,
    /// The first row with a hit, from 1 after the header.
    pub first_row: Option<u64>,
    /// Masked samples.
    pub samples: Vec<String>,
}

impl Found {
    /// Cells with a hit.
    #[must_use]
    pub fn n(&self) -> u64 {
        self.whole + self.inside
    }
}

/// A column under screening.
#[derive(Debug)]
pub struct ColumnScreen {
    /// The header.
    pub header: String,
    /// What the header says.
    pub kinds: Vec<Kind>,
    /// Whether the header names a number that a body gave.
    pub is_code: bool,
    /// Cells with a value.
    pub n_filled: u64,
    /// Cells that are masked.
    pub n_masked: u64,
    /// Cells that are credit codes.
    pub n_uscc: u64,
    /// Cells that look like names; counted only where the header speaks of people.
    pub n_names: u64,
    /// Cells with as many digits as a number of a person has; counted only where the header speaks of such numbers.
    pub n_numeric: u64,
    /// Cells of digits that begin like the cell of digits before them: serial numbers.
    pub n_serial: u64,
    /// What was found, by kind.
    pub found: [Found; N_BY_VALUE],
    /// Bytes that were looked at.
    pub n_bytes: u64,
    /// The numbers in cells with a hit.
    pub tokens: CellTokens,
    n_rows: u64,
    looks_for_names: bool,
    looks_for_numbers: bool,
    /// How the last cell with a sign began.
    head: [u8; SERIAL_HEAD],
    /// What values with a number are.
    by_number: Vec<Looked>,
}

/// What one value is, as far as this column asks.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
struct Looked {
    signs: Signs,
    is_name: bool,
    is_numeric: bool,
}

/// How many characters serial numbers that follow one another have in common.
const SERIAL_HEAD: usize = 6;

/// Fewest digits of a number of a person, a plate apart; fewest characters of a digest.
const MIN_DIGITS: usize = 7;
const MIN_PLATE_DIGITS: usize = 4;
const DIGEST_CHARS: usize = 32;
/// Fewest digits of a bare number that can be anything.
const FEWEST_DIGITS: u8 = 10;

/// Whether a text could be a number of a person in some form, or its digest.
fn is_numeric(text: &str) -> bool {
    let n_digits = text.chars().filter(|c| c.is_numeric()).count();
    let is_plate = n_digits >= MIN_PLATE_DIGITS && text.bytes().any(|byte| byte.is_ascii_alphabetic());
    let is_digest = text.len() >= DIGEST_CHARS && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    n_digits >= MIN_DIGITS || is_plate || is_digest
}

impl ColumnScreen {
    /// Begins with no value.
    #[must_use]
    pub fn new(header: &str) -> Self {
        let kinds = kinds_of(header);
        let looks_for_numbers = has_role(&kinds, Role::Identifier);
        let looks_for_names = has_role(&kinds, Role::Name) || kinds.contains(&Kind::LegalRepresentative);
        Self {
            header: header.to_owned(),
            is_code: is_code(header),
            looks_for_names,
            looks_for_numbers,
            kinds,
            n_filled: 0,
            n_masked: 0,
            n_uscc: 0,
            n_names: 0,
            n_numeric: 0,
            n_serial: 0,
            head: [0; SERIAL_HEAD],
            by_number: Vec::new(),
            found: Default::default(),
            n_bytes: 0,
            tokens: CellTokens::default(),
            n_rows: 0,
        }
    }

    /// Counts rows, with a value or without.
    pub fn count_rows(&mut self, n_rows: u64) {
        self.n_rows += n_rows;
    }

    /// Takes the values of one column of a batch, of which nothing is known.
    pub fn add(&mut self, batch: &Batch, column_idx: usize) {
        for (row, cell) in (self.n_rows + 1..).zip(batch.column(column_idx)) {
            if let Some(text) = cell.text() {
                self.take(Value { text, row, seen: Seen::Text });
            }
        }
    }

    /// Takes one text as a row of its own.
    pub fn add_text(&mut self, text: &str) {
        self.n_rows += 1;
        self.take(Value { text, row: self.n_rows, seen: Seen::Text });
    }

    /// Takes one text of a file whose cells were screened: what stands in a cell was judged there.
    pub fn add_text_beside(&mut self, text: &str, cells: &CellTokens) {
        if look(text).hits() == 0 || !cells.covers(text) {
            self.add_text(text);
        }
    }

    /// Takes a value; its row is counted by [`Self::count_rows`].
    #[inline]
    pub fn take(&mut self, value: Value<'_>) {
        if value.text.is_empty() {
            return;
        }
        self.n_filled += 1;
        self.n_bytes += value.text.len() as u64;
        let looked = match value.seen {
            Seen::Counted(number) => self.looked_by_number(number as usize, value.text),
            Seen::Number(n_digits) if n_digits < FEWEST_DIGITS && !self.looks_for_numbers => return,
            Seen::Moment if !self.looks_for_numbers => return,
            Seen::Number(_) | Seen::Moment | Seen::Text => self.look(value.text),
        };
        if looked != Looked::default() {
            self.put_down(value.text, value.row, looked);
        }
    }

    /// Looks at a value with a number once: numbers come in the order in which values are first there.
    #[inline]
    fn looked_by_number(&mut self, number: usize, text: &str) -> Looked {
        if let Some(looked) = self.by_number.get(number) {
            return *looked;
        }
        let looked = self.look(text);
        // The empty text has a number too, and is not handed on to here.
        self.by_number.resize(number, Looked::default());
        self.by_number.push(looked);
        looked
    }

    fn look(&self, text: &str) -> Looked {
        let signs = look(text);
        Looked {
            signs,
            is_name: self.looks_for_names && !signs.is_masked && is_name(text),
            is_numeric: self.looks_for_numbers && is_numeric(text),
        }
    }

    fn put_down(&mut self, text: &str, row: u64, looked: Looked) {
        let signs = looked.signs;
        self.n_names += u64::from(looked.is_name);
        self.n_numeric += u64::from(looked.is_numeric);
        if signs == Signs::default() {
            return;
        }
        if let Some(head) = text.as_bytes().first_chunk::<SERIAL_HEAD>() {
            self.n_serial += u64::from(*head == self.head);
            self.head = *head;
        }
        if signs.hits() != 0 {
            self.tokens.add(text);
        }
        self.n_masked += u64::from(signs.is_masked);
        self.n_uscc += u64::from(signs.is_uscc);
        let all = signs.whole_relatives | signs.inside_relatives;
        for kind in BY_VALUE.into_iter().filter(|kind| all & kind.bit() != 0) {
            let found = &mut self.found[kind as usize];
            let has = |set: u16| u64::from(set & kind.bit() != 0);
            found.whole += has(signs.whole);
            found.whole_relatives += has(signs.whole_relatives);
            // A cell counts once.
            found.inside += has(signs.inside & !signs.whole);
            found.inside_relatives += has(signs.inside_relatives & !signs.whole_relatives);
            if signs.hits() & kind.bit() != 0 {
                found.first_row.get_or_insert(row);
                if found.samples.len() < MAX_SAMPLES {
                    found.samples.push(if signs.whole & kind.bit() != 0 { masked(text) } else { "…".to_owned() });
                }
            }
        }
    }

    /// Cells with a value that is not masked.
    #[must_use]
    pub fn n_plain(&self) -> u64 {
        self.n_filled - self.n_masked
    }

    /// Whether the column has a value in most of its rows.
    #[must_use]
    pub fn is_filled(&self) -> bool {
        self.n_filled > 0 && self.n_filled * 2 >= self.n_rows
    }

    /// Whether most values look like names of people.
    #[must_use]
    pub fn holds_names(&self) -> bool {
        self.n_names > 0 && self.n_names * 2 >= self.n_plain()
    }
}
