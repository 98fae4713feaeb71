//! Where a text of separated values can be cut between two records, without looking at each value: only quotation marks
//! decide, and they are checked on the way.

use memchr::{memchr, memrchr2};

/// How values are separated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Dialect {
    /// The sign between values.
    pub delimiter: u8,
    /// Whether quotation marks hold values together; else they are letters like any other.
    pub quotes: bool,
}

impl Default for Dialect {
    fn default() -> Self {
        Self { delimiter: b',', quotes: true }
    }
}

/// What stands in the way of a cut.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cut {
    /// Up to here there are whole records.
    At(usize),
    /// The first record goes on behind the end.
    None,
    /// At this byte a quotation mark stands where RFC 4180 does not allow one: text after a closing one, or one that is
    /// never closed.
    BadQuote(usize),
}

/// Finds the last place between two records; at the end of the text that is its end.
///
/// Source: RFC 4180 2.5 to 2.7.
#[must_use]
pub fn last_cut(bytes: &[u8], dialect: Dialect, is_end: bool) -> Cut {
    let mut last = None;
    // Where the text that stands in no quotation marks goes on.
    let mut at = 0;
    while let Some(found) = memchr(b'"', &bytes[at..]).filter(|_| dialect.quotes) {
        let opening = at + found;
        if opening > 0 && !is_separator(bytes[opening - 1], dialect) {
            // A mark inside a value that does not begin with one is part of the value; so is all of that value.
            last = newline_between(bytes, at, opening).or(last);
            at = end_of_plain(bytes, opening, dialect);
            continue;
        }
        last = newline_between(bytes, at, opening).or(last);
        match closing(bytes, opening) {
            Some(close) => match bytes.get(close + 1) {
                Some(next) if !is_separator(*next, dialect) => return Cut::BadQuote(close + 1),
                Some(_) => at = close + 1,
                None if is_end => return Cut::At(bytes.len()),
                None => return last.map_or(Cut::None, Cut::At),
            },
            None if is_end => return Cut::BadQuote(opening),
            None => return last.map_or(Cut::None, Cut::At),
        }
    }
    if is_end {
        return Cut::At(bytes.len());
    }
    // A carriage return at the very end may be half of a line end.
    let whole = if bytes.last() == Some(&b'\r') { bytes.len() - 1 } else { bytes.len() };
    newline_between(bytes, at.min(whole), whole).or(last).map_or(Cut::None, Cut::At)
}

fn is_newline(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

fn is_separator(byte: u8, dialect: Dialect) -> bool {
    byte == dialect.delimiter || is_newline(byte)
}

/// The place behind the last line end between two positions.
fn newline_between(bytes: &[u8], begin: usize, end: usize) -> Option<usize> {
    memrchr2(b'\n', b'\r', &bytes[begin..end]).map(|idx| begin + idx + 1)
}

/// The mark that closes the one at `opening`; pairs of marks inside stand for one.
fn closing(bytes: &[u8], opening: usize) -> Option<usize> {
    let mut at = opening + 1;
    loop {
        let close = at + memchr(b'"', &bytes[at..])?;
        if bytes.get(close + 1) != Some(&b'"') {
            return Some(close);
        }
        at = close + 2;
    }
}

/// The separator that ends a value without quotation marks around it.
fn end_of_plain(bytes: &[u8], from: usize, dialect: Dialect) -> usize {
    let end = memchr::memchr3(dialect.delimiter, b'\n', b'\r', &bytes[from..]);
    end.map_or(bytes.len(), |idx| from + idx)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMA: Dialect = Dialect { delimiter: b',', quotes: true };

    #[test]
    fn cuts_lie_between_records() {
        assert_eq!(last_cut(b"a,b\nc", COMMA, false), Cut::At(4));
        assert_eq!(last_cut(b"a,\"b\nc", COMMA, false), Cut::None);
        assert_eq!(last_cut(b"x\na,\"b\nc", COMMA, false), Cut::At(2));
        assert_eq!(last_cut(b"a,\"b\n\"\"c\"\nd", COMMA, false), Cut::At(10));
        assert_eq!(last_cut(b"a\r", COMMA, false), Cut::None);
        assert_eq!(last_cut(b"a\rb\r", COMMA, false), Cut::At(2));
        assert_eq!(last_cut(b"5\" x\"\nb", COMMA, false), Cut::At(6));
        assert_eq!(last_cut(b"a\n5\" x, y", COMMA, false), Cut::At(2));
        assert_eq!(last_cut(b"a,b", COMMA, true), Cut::At(3));
    }

    #[test]
    fn bad_marks_are_found_where_they_are() {
        assert_eq!(last_cut(b"a,\"b\"c\n", COMMA, true), Cut::BadQuote(5));
        assert_eq!(last_cut(b"a,\"b\n", COMMA, true), Cut::BadQuote(2));
        assert_eq!(last_cut(b"a,\"b\"c\n", Dialect { quotes: false, ..COMMA }, true), Cut::At(7));
    }

    proptest::proptest! {
        #[test]
        fn pieces_hold_the_same_records_as_the_whole(text in "[a,\"\r\n]{0,60}", at in 0usize..60) {
            let bytes = text.as_bytes();
            if last_cut(bytes, COMMA, true) == Cut::At(bytes.len()) {
                let head = &bytes[..at.min(bytes.len())];
                if let Cut::At(cut) = last_cut(head, COMMA, false) {
                    let records = |bytes: &[u8]| csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes).into_records().map(Result::unwrap).collect::<Vec<_>>();
                    let parts: Vec<_> = records(&bytes[..cut]).into_iter().chain(records(&bytes[cut..])).collect();
                    proptest::prop_assert_eq!(parts, records(bytes));
                }
            }
        }
    }
}
