//! Separated values: which sign separates them, and whether the quotation marks are sound.
//!
//! The csv crate reads on past a quotation mark in the wrong place and so runs rows together; here it is found first.

/// The signs that separate values, the likeliest first.
pub const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];

/// How many records at the head of a file are looked at.
const SAMPLE_RECORDS: usize = 20;

/// The first records of a text, as each sign would separate them.
#[must_use]
pub fn sample(text: &str, delimiter: u8) -> Vec<Vec<String>> {
    let mut reader = reader(text, delimiter);
    reader
        .records()
        .map_while(Result::ok)
        .take(SAMPLE_RECORDS)
        .map(|record| record.iter().map(str::to_owned).collect())
        .collect()
}

/// A reader of every record of a text, the header included.
#[must_use]
pub fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes())
}

/// The sign that separates the values of a table: the one that gives the same number of values, more than one, in all
/// records of the sample; of several such the one that gives most; else the one that gives the same number of values in
/// most records, because titles and notes stand above or below.
///
/// `None` where two signs fit alike: any choice would be a guess.
#[must_use]
pub fn delimiter_of_records(text: &str, quotes: bool) -> Option<u8> {
    // The key of a fit: no misplaced mark, even, in so many records, so many values.
    let mut fits: Vec<((bool, bool, usize, usize), u8)> = Vec::new();
    for delimiter in DELIMITERS {
        let mut reader = csv::ReaderBuilder::new();
        reader.has_headers(false).flexible(true).delimiter(delimiter).quoting(quotes);
        let records = reader.from_reader(text.as_bytes()).into_records().map_while(Result::ok);
        let widths: Vec<usize> = records.take(SAMPLE_RECORDS).map(|record| record.len()).collect();
        let n_with = |width: usize| widths.iter().filter(|other| **other == width).count();
        if let Some((n_records, width)) = widths.iter().filter(|width| **width > 1).map(|w| (n_with(*w), *w)).max() {
            let is_even = n_records == widths.len();
            // A few values that hold such a sign make no columns; nor do two in each row below a header of one.
            let is_title = width > 2 || widths[0] == width || text.starts_with('#');
            if is_even || (n_records * 2 > widths.len() && is_title) {
                let is_sound = !quotes || quote_fault(text, delimiter).misplaced.is_none();
                fits.push(((is_sound, is_even, if is_even { 0 } else { n_records }, width), delimiter));
            }
        }
    }
    fits.sort_by_key(|(fit, _)| std::cmp::Reverse(*fit));
    match fits[..] {
        [(best, _), (other, _), ..] if best == other => None,
        [(_, delimiter), ..] => Some(delimiter),
        [] => Some(DELIMITERS[0]),
    }
}

/// The line of the first quotation mark that RFC 4180 does not allow: text after a closing one, or none that closes.
///
/// A mark inside a value that does not begin with one is part of the value. For a value that is never closed it is the
/// line where it opens.
/// Source: RFC 4180 2.5 to 2.7.
#[must_use]
pub fn bad_quote(text: &str, delimiter: u8) -> Option<u64> {
    let QuoteFault { misplaced, unclosed } = quote_fault(text, delimiter);
    misplaced.or(unclosed)
}

/// Lines of quotation marks that RFC 4180 does not allow.
struct QuoteFault {
    /// Text stands behind a closing mark.
    misplaced: Option<u64>,
    /// A mark opens and none closes; at the end of a part of a text that may be sound.
    unclosed: Option<u64>,
}

fn quote_fault(text: &str, delimiter: u8) -> QuoteFault {
    enum At {
        Start,
        Plain,
        Quoted,
        Closed,
    }
    let mut at = At::Start;
    let (mut line, mut opened) = (1, 1);
    for byte in text.bytes() {
        at = match at {
            At::Start if byte == b'"' => {
                opened = line;
                At::Quoted
            }
            At::Quoted if byte == b'"' => At::Closed,
            At::Closed if byte == b'"' => At::Quoted,
            At::Quoted => At::Quoted,
            _ if byte == delimiter || byte == b'\n' || byte == b'\r' => At::Start,
            At::Closed => return QuoteFault { misplaced: Some(line), unclosed: None },
            At::Start | At::Plain => At::Plain,
        };
        line += u64::from(byte == b'\n');
    }
    QuoteFault { misplaced: None, unclosed: matches!(at, At::Quoted).then_some(opened) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_quotes_are_found_where_they_are() {
        assert_eq!(bad_quote("a,\"b\"\"c\nd\",e\r\nf,5\" pipe\n", b','), None);
        assert_eq!(bad_quote("a\n\"b,c\nd\n", b','), Some(2));
        assert_eq!(bad_quote("a\nb,\"十四五\"规划\n", b','), Some(2));
    }

    #[test]
    fn the_sign_is_told_by_the_records() {
        assert_eq!(delimiter_of_records("id,状态(0|1|2)\n1,0\n", true), Some(b','));
        assert_eq!(delimiter_of_records("\"a;b;c\",d\n1,2\n", true), Some(b','));
        assert_eq!(delimiter_of_records("a;b\n1,5;2\n", true), Some(b';'));
        assert_eq!(delimiter_of_records("a\tb\n1\t2\n", true), Some(b'\t'));
        assert_eq!(delimiter_of_records("a\n1\n", true), Some(b','));
        assert_eq!(delimiter_of_records("\"a\";\"b,c\"\n\"1\";\"2,3\"\n", true), Some(b';'));
        assert_eq!(delimiter_of_records("a\n1;2\n3;4\n", true), Some(b','));
        assert_eq!(delimiter_of_records("名单\na;b;c\n1;2;3\n", true), Some(b';'));
        assert_eq!(delimiter_of_records("名称;数值,单位\nA;1,5\n", true), None);
    }

    proptest::proptest! {
        #[test]
        fn what_a_sound_writer_wrote_is_sound(cells in proptest::collection::vec("[a\",\n ]{0,5}", 1..9)) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(&cells).unwrap();
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            proptest::prop_assert_eq!(bad_quote(&text, b','), None);
        }
    }
}
