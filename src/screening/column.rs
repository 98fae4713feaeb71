//! What the values of one column hold, counted.

use crate::batch::Batch;

use super::header::{has_role, is_code, kinds_of};
use super::kind::{BY_VALUE, Kind, N_BY_VALUE, Role};
use super::marks::masked;
use super::names::is_name;
use super::signs::{Signs, look};

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
    n_rows: u64,
    looks_for_names: bool,
    looks_for_numbers: bool,
    /// How the last cell with a sign began.
    head: [u8; SERIAL_HEAD],
}

/// How many characters serial numbers that follow one another have in common.
const SERIAL_HEAD: usize = 6;

/// Fewest digits of a number of a person, a plate apart; fewest characters of a digest.
const MIN_DIGITS: usize = 7;
const MIN_PLATE_DIGITS: usize = 4;
const DIGEST_CHARS: usize = 32;

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
            found: Default::default(),
            n_bytes: 0,
            n_rows: 0,
        }
    }

    /// Takes notice of rows that have no such column.
    pub fn skip(&mut self, n_rows: u64) {
        self.n_rows += n_rows;
    }

    /// Takes the values of one column of a batch.
    pub fn add(&mut self, batch: &Batch, column_idx: usize) {
        // Sorted and grouped columns have runs of one value: it is looked at once.
        let mut before: Option<(&str, Signs)> = None;
        for cell in batch.column(column_idx) {
            self.n_rows += 1;
            let Some(text) = cell.text().filter(|text| !text.is_empty()) else { continue };
            let signs = match before {
                Some((same, signs)) if same == text => signs,
                _ => look(text),
            };
            before = Some((text, signs));
            self.put_down(text, signs);
        }
    }

    /// Takes one text.
    pub fn add_text(&mut self, text: &str) {
        self.n_rows += 1;
        if !text.is_empty() {
            self.put_down(text, look(text));
        }
    }

    #[inline]
    fn put_down(&mut self, text: &str, signs: Signs) {
        self.n_filled += 1;
        self.n_bytes += text.len() as u64;
        if self.looks_for_names {
            self.n_names += u64::from(!signs.is_masked && is_name(text));
        }
        if self.looks_for_numbers {
            self.n_numeric += u64::from(is_numeric(text));
        }
        if signs == Signs::default() {
            return;
        }
        if let Some(head) = text.as_bytes().first_chunk::<SERIAL_HEAD>() {
            self.n_serial += u64::from(*head == self.head);
            self.head = *head;
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
                found.first_row.get_or_insert(self.n_rows);
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
