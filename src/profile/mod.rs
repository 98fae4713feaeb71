//! The profile of a column: its type, the rule that decided it and its statistics, from every value and never from a
//! sample.
//!
//! While a column has few different values, each is looked at once and only counted from then on. Past the bound of
//! [`counts::Bound`] every value is looked at, and the number of different values is estimated.
//! One column is walked by one core in the order of rows; the columns of a table are shared among cores.

mod counts;
mod finish;
mod many;
pub mod names;
pub mod numbers;
pub mod shape;
pub mod time;

use crate::batch::{Batch, Cell};
use crate::model::column::{MAX_SAMPLES, SHOWN_CHARS, TimeForm};
use counts::{Added, Bound, Counts, hash_of, is_run};
use many::{DistinctEstimate, Frequent};
use numbers::NumberStats;
use shape::{Marks, Number, Shape, has_lost_character, look};
use time::Moment;

/// What is known of a column so far.
#[derive(Debug)]
pub struct Profiler {
    n_rows: u64,
    n_missing: u64,
    n_empty: u64,
    /// What every value so far could be.
    shape: Shape,
    /// What every value before the first counterexample could be, and the row of that one.
    broken: Option<(Shape, u64)>,
    marked: MarkedRows,
    samples: Vec<String>,
    values: Values,
    /// Whether the name says that values are codes: then they are not counted with.
    is_code: bool,
}

/// A value on its way from the profile to screening.
#[derive(Clone, Copy, Debug)]
pub struct Value<'a> {
    /// The value, possibly empty.
    pub text: &'a str,
    /// Its row, from 1 after the header.
    pub row: u64,
    /// What is known of it.
    pub seen: Seen,
}

/// What the profile knows of a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Seen {
    /// It has a number, from 0 in the order in which the column's values were first there: the same number, the same text.
    Counted(u32),
    /// A number in its canonical form, of so many digits.
    Number(u8),
    /// A day or a moment.
    Moment,
    /// Anything.
    Text,
}

/// The first row with a mark, from 1 after the header.
#[derive(Debug, Default)]
struct MarkedRows {
    leading_zero: Option<u64>,
    long_digits: Option<u64>,
    scientific: Option<u64>,
    hashes: Option<u64>,
    lost: Option<u64>,
}

#[derive(Debug)]
enum Values {
    Few(Counts),
    Many(Box<Many>),
}

/// Statistics of a column with too many different values to count each.
#[derive(Debug, Default)]
struct Many {
    distinct: DistinctEstimate,
    frequent: Frequent,
    lengths: Lengths,
    numbers: NumberStats,
    span: SpanStats,
}

/// Fewest and most characters.
#[derive(Clone, Copy, Debug, Default)]
struct Lengths(Option<(u64, u64)>);

impl Lengths {
    #[inline]
    fn add(&mut self, text: &str) {
        let n_chars = text.chars().count() as u64;
        self.0 = Some(self.0.map_or((n_chars, n_chars), |(least, most)| (least.min(n_chars), most.max(n_chars))));
    }
}

/// The first and the last of days and moments, as the source writes them, and how they are spread.
#[derive(Debug, Default)]
struct SpanStats {
    first: Option<(Moment, String)>,
    last: Option<(Moment, String)>,
    spread: NumberStats,
}

impl SpanStats {
    fn add(&mut self, moment: Moment, text: &str, count: u64) {
        if self.first.as_ref().is_none_or(|(first, _)| moment < *first) {
            self.first = Some((moment, text.to_owned()));
        }
        if self.last.as_ref().is_none_or(|(last, _)| moment > *last) {
            self.last = Some((moment, text.to_owned()));
        }
        self.spread.add_mantissa(moment.since_1970_us() / 1_000_000, 0, count);
    }
}

/// How the values of a column are looked at once there are many.
#[derive(Clone, Copy)]
enum Family {
    Numbers,
    Times(TimeForm),
    /// Digits that are no numbers, or words of two kinds: anything but plain text that is looked at in full.
    Other,
    Text,
}

impl Profiler {
    /// Begins with no value; `column_idx` sets how many different values are counted.
    #[must_use]
    pub fn new(column_idx: usize, name: &str) -> Self {
        Self {
            n_rows: 0,
            n_missing: 0,
            n_empty: 0,
            shape: Shape::ALL,
            broken: None,
            marked: MarkedRows::default(),
            samples: Vec::new(),
            values: Values::Few(Counts::new(Bound::of_column(column_idx))),
            is_code: names::is_code(name),
        }
    }

    /// Takes notice of rows that have no such column.
    pub fn add_missing(&mut self, n_rows: u64) {
        self.n_rows += n_rows;
        self.n_missing += n_rows;
    }

    /// Whether no row had a value so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.n_rows == self.n_missing
    }

    /// Takes the values of one column of a batch, and hands each on with what is known of it now.
    #[inline]
    pub fn add(&mut self, batch: &Batch, column_idx: usize, mut hand_on: impl FnMut(Value<'_>)) {
        // Sorted and grouped columns have runs of one value: it is hashed once.
        let mut before: Option<(&str, u64)> = None;
        for cell in batch.column(column_idx) {
            self.n_rows += 1;
            let Some(text) = cell.text() else {
                self.n_missing += 1;
                continue;
            };
            self.n_empty += u64::from(text.is_empty());
            let hash = match before {
                Some((same, hash)) if is_run(same, text) => hash,
                _ => hash_of(text),
            };
            before = Some((text, hash));
            let seen = match &mut self.values {
                Values::Few(counts) => match counts.add(hash, text) {
                    Added::Known(number) => Seen::Counted(number),
                    Added::New(number) => {
                        self.look_at(cell, text);
                        Seen::Counted(number)
                    }
                    Added::Full => {
                        self.spill();
                        self.add_to_many(cell, text, hash)
                    }
                },
                Values::Many(_) => self.add_to_many(cell, text, hash),
            };
            hand_on(Value { text, row: self.n_rows, seen });
        }
    }

    /// Narrows what the column could be by one more value.
    fn look_at(&mut self, cell: Cell<'_>, text: &str) {
        if self.samples.len() < MAX_SAMPLES {
            self.samples.push(text.chars().take(SHOWN_CHARS).collect());
        }
        let looked = look(cell);
        self.mark(looked.marks);
        self.narrow(looked.shape);
    }

    /// Narrows a column of numbers by one more, without looking at its letters again.
    #[inline]
    fn narrow_number(&mut self, number: Number, text: &str) {
        let mut shape = Shape::NUMBER;
        if number.scale == 0 {
            shape = shape | Shape::WHOLE;
            if number.mantissa >= 0 {
                shape = shape | Shape::DIGITS;
            }
        }
        let compact = Shape::time(TimeForm::Compact);
        if self.shape.has(compact) && time::parse(text.as_bytes()).is_some() {
            shape = shape | compact;
        }
        self.narrow(shape);
    }

    #[inline]
    fn narrow(&mut self, shape: Shape) {
        let narrowed = self.shape & shape;
        if narrowed == self.shape {
            return;
        }
        if self.broken.is_none() && narrowed.type_name().is_none() {
            self.broken = Some((self.shape, self.n_rows));
        }
        self.shape = narrowed;
    }

    fn mark(&mut self, marks: Marks) {
        let row = self.n_rows;
        let pairs = [
            (marks.leading_zero, &mut self.marked.leading_zero),
            (marks.long_digits, &mut self.marked.long_digits),
            (marks.scientific, &mut self.marked.scientific),
            (marks.hashes, &mut self.marked.hashes),
            (marks.lost, &mut self.marked.lost),
        ];
        for (is_marked, first) in pairs {
            if is_marked && first.is_none() {
                *first = Some(row);
            }
        }
    }

    fn family(&self) -> Family {
        if let Some(form) = self.shape.time_form().filter(|_| !self.shape.has(Shape::NUMBER)) {
            Family::Times(form)
        } else if self.is_code {
            // Codes they are, whatever they look like.
            Family::Text
        } else if self.shape.has(Shape::NUMBER) {
            Family::Numbers
        } else if self.shape.type_name().is_some() {
            Family::Other
        } else {
            Family::Text
        }
    }

    /// Goes over from counting each value to estimates.
    fn spill(&mut self) {
        let mut many = Box::<Many>::default();
        if let Values::Few(counts) = &self.values {
            let family = self.family();
            for (text, counted) in counts.iter() {
                many.distinct.add(counted.hash());
                many.frequent.add(counted.hash(), text, counted.count);
                many.lengths.add(text);
                match family {
                    Family::Numbers => {
                        if let Some(number) = Number::parse(text.as_bytes()) {
                            many.numbers.add(number, counted.count);
                        }
                    }
                    Family::Times(_) => {
                        if let Some((_, moment)) = time::parse(text.as_bytes()) {
                            many.span.add(moment, text, counted.count);
                        }
                    }
                    Family::Other | Family::Text => {}
                }
            }
        }
        self.values = Values::Many(many);
    }

    fn add_to_many(&mut self, cell: Cell<'_>, text: &str, hash: u64) -> Seen {
        let family = self.family();
        let Values::Many(many) = &mut self.values else { return Seen::Text };
        many.distinct.add(hash);
        many.frequent.add(hash, text, 1);
        many.lengths.add(text);
        match family {
            Family::Numbers => match Number::parse(text.as_bytes()) {
                Some(number) => {
                    many.numbers.add(number, 1);
                    self.narrow_number(number, text);
                    return Seen::Number(number.n_whole + number.scale);
                }
                None => many.numbers = NumberStats::default(),
            },
            Family::Times(form) => match time::parse(text.as_bytes()) {
                Some((found, moment)) if found == form => {
                    many.span.add(moment, text, 1);
                    return Seen::Moment;
                }
                _ => many.span = SpanStats::default(),
            },
            Family::Other => {}
            Family::Text => {
                self.mark_text(text);
                return Seen::Text;
            }
        }
        let looked = look(cell);
        self.mark(looked.marks);
        self.narrow(looked.shape);
        Seen::Text
    }

    /// In a column of text only what a spreadsheet did is still of interest.
    fn mark_text(&mut self, text: &str) {
        if self.marked.lost.is_none() && has_lost_character(text) {
            self.marked.lost = Some(self.n_rows);
        }
        let may_be_marked = match text.as_bytes() {
            [b'#', ..] => self.marked.hashes.is_none(),
            [b'0'..=b'9' | b'-', ..] => self.marked.scientific.is_none() && text.contains(['E', 'e']),
            _ => false,
        };
        if may_be_marked {
            self.mark(look(Cell::Text(text)).marks);
        }
    }
}
