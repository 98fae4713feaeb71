//! Tables in text: CSV and TSV with a header, JSON arrays of objects.
//!
//! Every value is kept as the source has it. Columns get unique names; a row that is too short is filled with missing
//! values, further cells get columns of their own, and both are counted.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use serde::de::Error as _;

use crate::exports::Cell;
use crate::json::{self, Arrays};
use crate::model::format::Format;
use crate::separated;

/// What a file is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Values separated by a sign that has to be found.
    Separated,
    /// Values separated by tabs.
    TabSeparated,
    /// JSON.
    Json,
}

impl Kind {
    /// The kind of a format; `None` for what is offered as it is.
    pub fn of(format: &Format) -> Option<Self> {
        match format.label() {
            "CSV" => Some(Self::Separated),
            "TSV" => Some(Self::TabSeparated),
            "JSON" => Some(Self::Json),
            _ => None,
        }
    }
}

/// Why there is no table.
#[derive(Debug)]
pub enum NoTable {
    /// The file is not what its ending says.
    Broken(String),
    /// The file is sound and holds something else.
    OtherShape(String),
}

/// More columns than a page or a workbook can hold.
const MAX_COLUMNS: usize = 4_000;

/// By how much a row may be wider than twice the header.
const MAX_FURTHER_COLUMNS: usize = 16;

/// A table that is ready to be read row by row.
#[derive(Debug)]
pub struct Source<'a> {
    /// Column names, unique and not empty.
    pub columns: Vec<String>,
    rows: Rows<'a>,
}

#[derive(Debug)]
enum Rows<'a> {
    Separated { text: &'a str, delimiter: u8 },
    Json { text: &'a str, index: BTreeMap<String, usize> },
}

/// Finds the columns of a table.
///
/// Errors: [`NoTable`], with the reason in Chinese and English.
pub fn open(kind: Kind, text: &str) -> Result<Source<'_>, NoTable> {
    match kind {
        Kind::Separated => match separated::delimiter_of_table(text) {
            Some(delimiter) => open_separated(text, delimiter),
            None => Err(NoTable::OtherShape("两种分隔符都讲得通 / two separators fit alike".to_owned())),
        },
        Kind::TabSeparated => open_separated(text, b'\t'),
        Kind::Json => open_json(text),
    }
}

impl Source<'_> {
    /// Calls back for each row, in order; answers how many rows had another number of cells than the header.
    ///
    /// Errors: what the callback answers.
    pub fn each_row(self, each: &mut dyn FnMut(&[Cell<'_>]) -> Result<()>) -> Result<u64> {
        let n_columns = self.columns.len();
        match self.rows {
            Rows::Separated { text, delimiter } => each_separated(text, delimiter, n_columns, each),
            Rows::Json { text, index } => each_object(text, &index, each),
        }
    }
}

fn open_separated(text: &str, delimiter: u8) -> Result<Source<'_>, NoTable> {
    if let Some(line) = separated::bad_quote(text, delimiter) {
        return Err(NoTable::OtherShape(format!(
            "第 {line} 行的引号不合规范 / line {line}: a quotation mark that RFC 4180 does not allow"
        )));
    }
    let mut reader = separated::reader(text, delimiter);
    let mut record = csv::StringRecord::new();
    let mut header: Option<Vec<String>> = None;
    let mut widest = 0;
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => return Err(NoTable::Broken(error.to_string())),
        }
        widest = widest.max(record.len());
        if header.is_none() {
            header = Some(record.iter().map(str::to_owned).collect());
        }
    }
    let Some(mut header) = header else {
        return Err(NoTable::OtherShape("空文件 / empty".to_owned()));
    };
    if widest > MAX_COLUMNS || widest > header.len() * 2 + MAX_FURTHER_COLUMNS {
        // One wide row would make every other row as wide: that is not the table that the header describes.
        return Err(NoTable::OtherShape(format!(
            "表头 {} 列，数据行 {widest} 列 / a row of {widest} cells under a header of {}",
            header.len(),
            header.len()
        )));
    }
    if widest == 1 && text.trim_end().lines().any(str::is_empty) {
        // The reader passes over empty lines: in one column they may be rows without a value.
        return Err(NoTable::OtherShape("只有一列且有空行 / one column with empty lines".to_owned()));
    }
    header.resize(widest.max(header.len()), String::new());
    Ok(Source { columns: unique_names(&header), rows: Rows::Separated { text, delimiter } })
}

fn each_separated(
    text: &str,
    delimiter: u8,
    n_columns: usize,
    each: &mut dyn FnMut(&[Cell<'_>]) -> Result<()>,
) -> Result<u64> {
    let mut reader = separated::reader(text, delimiter);
    let mut record = csv::StringRecord::new();
    let mut n_ragged = 0;
    let mut n_header = None;
    while reader.read_record(&mut record)? {
        let Some(n_header) = n_header else {
            n_header = Some(record.len());
            continue;
        };
        if record.len() != n_header {
            n_ragged += 1;
        }
        // The format does not tell an empty text from no value; readers take an empty cell for no value.
        let mut row: Vec<Cell<'_>> =
            record.iter().map(|cell| if cell.is_empty() { Cell::Missing } else { Cell::Text(cell) }).collect();
        row.resize(n_columns, Cell::Missing);
        each(&row)?;
    }
    Ok(n_ragged)
}

/// Names that are neither empty nor twice there: `列3` for an empty one, `x_2` for the second x.
fn unique_names(header: &[String]) -> Vec<String> {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut res = Vec::with_capacity(header.len());
    for (idx, name) in header.iter().enumerate() {
        let base = if name.trim().is_empty() { format!("列{}", idx + 1) } else { name.trim().to_owned() };
        let mut unique = base.clone();
        let mut n = 2;
        while !taken.insert(unique.clone()) {
            unique = format!("{base}_{n}");
            n += 1;
        }
        res.push(unique);
    }
    res
}

fn open_json(text: &str) -> Result<Source<'_>, NoTable> {
    if !text.trim_start().starts_with('[') {
        return match json::check(text) {
            Ok(()) => Err(NoTable::OtherShape("JSON 对象，不是数组 / a JSON object, not an array".to_owned())),
            Err(error) => Err(NoTable::Broken(error.to_string())),
        };
    }
    let mut index = BTreeMap::new();
    let mut columns: Vec<String> = Vec::new();
    let mut has_other_items = false;
    let mut repeated = None;
    json::each_item(text, Arrays::One, |item| {
        has_other_items |= item.is_none();
        let item = item.unwrap_or_default();
        if repeated.is_none() {
            repeated = json::repeated_key(&item).map(str::to_owned);
        }
        for (key, value) in item {
            // Every string is decoded once before anything is written: half of a surrogate pair is no text.
            json::string_of(value)?;
            if columns.len() <= MAX_COLUMNS && !index.contains_key(key.as_ref()) {
                index.insert(key.clone().into_owned(), columns.len());
                columns.push(key.into_owned());
            }
        }
        Ok(())
    })
    .map_err(|error| NoTable::Broken(error.to_string()))?;
    if has_other_items {
        return Err(NoTable::OtherShape("数组中有不是对象的元素 / an array with items that are no objects".to_owned()));
    }
    if let Some(key) = repeated {
        return Err(NoTable::OtherShape(format!("同一对象中 {key} 出现两次 / an object has the key `{key}` twice")));
    }
    if columns.len() > MAX_COLUMNS {
        return Err(NoTable::OtherShape(format!("超过 {MAX_COLUMNS} 个键 / more than {MAX_COLUMNS} keys")));
    }
    if columns.is_empty() {
        return Err(NoTable::OtherShape("空文件 / empty".to_owned()));
    }
    Ok(Source { columns: unique_names(&columns), rows: Rows::Json { text, index } })
}

fn each_object(
    text: &str,
    index: &BTreeMap<String, usize>,
    each: &mut dyn FnMut(&[Cell<'_>]) -> Result<()>,
) -> Result<u64> {
    let mut failed = None;
    let walked = json::each_item(text, Arrays::One, |item| {
        let object = item.unwrap_or_default();
        let texts = object.iter().map(|(_, value)| json::string_of(value)).collect::<serde_json::Result<Vec<_>>>()?;
        let raws: Vec<Cow<'_, str>> = object.iter().map(|(_, value)| json::compact(value.get())).collect();
        let mut row = vec![Cell::Missing; index.len()];
        for (((key, value), text), raw) in object.iter().zip(&texts).zip(&raws) {
            if let Some(idx) = index.get(key.as_ref()) {
                row[*idx] = match text {
                    Some(text) => Cell::Text(text),
                    None if value.get() == "null" => Cell::Missing,
                    None => Cell::Raw(raw),
                };
            }
        }
        each(&row).map_err(|error| {
            // The walk can carry only its own kind of error: keep the disk's beside it.
            failed = Some(error);
            serde_json::Error::custom("stopped")
        })
    });
    match (failed, walked) {
        (Some(error), _) => Err(error),
        (None, walked) => Ok(walked.map(|()| 0)?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(kind: Kind, text: &str) -> (Vec<String>, Vec<String>, u64) {
        let source = open(kind, text).unwrap();
        let columns = source.columns.clone();
        let mut seen = Vec::new();
        let n_ragged = source
            .each_row(&mut |row| {
                seen.push(format!("{row:?}"));
                Ok(())
            })
            .unwrap();
        (columns, seen, n_ragged)
    }

    #[test]
    fn separated_values_keep_every_digit() {
        let (columns, seen, n_ragged) = rows(Kind::Separated, "a,,a\r\n007,\"1,5\",\r\n1\r\n1,2,3,4\r\n");
        assert_eq!(columns, ["a", "列2", "a_2", "列4"]);
        assert_eq!(seen[0], "[Text(\"007\"), Text(\"1,5\"), Missing, Missing]");
        assert_eq!(n_ragged, 2);
    }

    #[test]
    fn json_numbers_are_copied() {
        let (columns, seen, _) = rows(Kind::Json, r#"[{"n":12345678901234567890.10},{"n":null,"x":"","y":[1]}]"#);
        assert_eq!(columns, ["n", "x", "y"]);
        assert_eq!(seen[0], "[Raw(\"12345678901234567890.10\"), Missing, Missing]");
        assert_eq!(seen[1], "[Missing, Text(\"\"), Raw(\"[1]\")]");
    }

    #[test]
    fn what_is_no_table_is_said() {
        assert!(matches!(open(Kind::Json, "{\"a\":1}"), Err(NoTable::OtherShape(_))));
        assert!(matches!(open(Kind::Json, "[1,2]"), Err(NoTable::OtherShape(_))));
        assert!(matches!(open(Kind::Json, "[{]"), Err(NoTable::Broken(_))));
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "[\\[\\]{}\",:a0n\\\\ \r\n;]{0,80}") {
            for kind in [Kind::Separated, Kind::Json] {
                if let Ok(source) = open(kind, &text) {
                    let n_columns = source.columns.len();
                    source.each_row(&mut |row| { assert_eq!(row.len(), n_columns); Ok(()) }).unwrap();
                }
            }
        }
    }
}
