//! Rows of named cells from CSV, XLSX and JSON, with the place of each row.
//!
//! Every reader first hands over the headers, then the rows one by one, so that no second copy of a catalog is held.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::Error as _;
use serde_json::value::RawValue;

use crate::catalog::workbook;
use crate::decode::{Decided, NotText, decode};
use crate::json::{Arrays, each_item, repeated_key};
use crate::model::openness::Openness;
use crate::separated;

/// A cell: text, or the JSON of a list of objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Text; a list of plain values is joined by line breaks.
    Text(String),
    /// The source text of a JSON value that holds objects.
    Json(String),
}

/// A row with its position.
pub struct Row<'a> {
    /// Row of the sheet or record of the array, from 1.
    pub number: u64,
    /// Column index and cell; empty cells may be missing.
    pub cells: &'a mut Vec<(usize, Cell)>,
}

/// What goes on while a file is read.
pub trait Sink {
    /// Takes the headers; called once, before any row. Answers whether they look like headers.
    fn headers(&mut self, headers: &[String]);
    /// Takes a row.
    fn row(&mut self, row: Row<'_>);
    /// Takes notice of a row that does not fit the headers, with what stands in it.
    fn ragged(&mut self, number: u64, cells: &[String], n_headers: usize);
    /// Takes notice of sheets that are not read.
    fn sheets_left_out(&mut self, names: &[String]);
    /// Takes notice of an encoding that was guessed.
    fn guessed(&mut self, encoding: &'static str);
    /// How many of a row's cells are known headers.
    fn n_known_headers(&self, cells: &[String]) -> usize;
}

/// Why a catalog file cannot be read, in Chinese and English.
#[derive(Debug)]
pub struct Unreadable {
    /// What is wrong.
    pub why: String,
    /// The line, where one is known.
    pub line: Option<u64>,
}

impl Unreadable {
    /// A reason without a line.
    pub fn new(why: impl fmt::Display) -> Self {
        Self { why: why.to_string(), line: None }
    }
}

/// How many rows at the top of a sheet may be titles and notes.
pub const MAX_PREAMBLE_ROWS: u64 = 20;
/// How many known headers make a row the row of headers.
pub const MIN_HEADERS: usize = 2;
/// More columns than any catalog has.
pub const MAX_COLUMNS: usize = 2_000;

/// Reads a catalog file by its content: ZIP magic means a workbook, a leading `[` JSON, anything else text.
///
/// Errors: when the bytes are none of these.
pub fn read(name: &str, bytes: Vec<u8>, stated_encoding: Option<&str>, sink: &mut dyn Sink) -> Result<(), Unreadable> {
    if bytes.starts_with(b"PK\x03\x04") {
        return workbook::read(bytes, sink);
    }
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Err(Unreadable::new("旧版 Excel 格式，请另存为 .xlsx / old Excel format; save it as .xlsx"));
    }
    let decoded = decode(bytes, stated_encoding).map_err(|error| match error {
        NotText::Binary => Unreadable::new("不是文本文件 / binary data"),
        other => Unreadable::new(other),
    })?;
    if matches!(decoded.decided, Decided::ByGuess(_)) {
        sink.guessed(decoded.encoding);
    }
    let is_json = name.to_ascii_lowercase().ends_with(".json") || decoded.text.trim_start().starts_with(['[', '{']);
    if is_json { read_json(&decoded.text, sink) } else { read_csv(&decoded.text, sink) }
}

fn read_csv(text: &str, sink: &mut dyn Sink) -> Result<(), Unreadable> {
    let delimiter = delimiter_of_catalog(text, sink);
    if let Some(line) = separated::bad_quote(text, delimiter) {
        let why = "引号没有成对，或者引号后还有文字，会使相邻的行混在一起 / a quotation mark that does not close, or text after one that does; rows would run together";
        return Err(Unreadable { why: why.to_owned(), line: Some(line) });
    }
    let mut reader = separated::reader(text, delimiter);
    let mut record = csv::StringRecord::new();
    let mut n_headers = 0;
    let mut number = 0;
    let mut cells = Vec::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                let line = error.position().map(csv::Position::line);
                return Err(Unreadable { why: error.to_string(), line });
            }
        }
        number += 1;
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if n_headers == 0 {
            let headers: Vec<String> = record.iter().map(str::to_owned).collect();
            if headers.len() > MAX_COLUMNS {
                return Err(Unreadable::new(format!("{} columns", headers.len())));
            }
            if sink.n_known_headers(&headers) >= MIN_HEADERS || number > MAX_PREAMBLE_ROWS {
                n_headers = headers.len();
                sink.headers(&headers);
            }
            continue;
        }
        let n_used = record.iter().zip(1..).filter(|(cell, _)| !cell.trim().is_empty()).map(|(_, n)| n).last();
        let run_together = record.iter().any(|cell| is_run_together(cell, delimiter, n_headers));
        if n_used.unwrap_or(0) > n_headers || record.len() < n_headers || run_together {
            sink.ragged(number, &record.iter().map(str::to_owned).collect::<Vec<_>>(), n_headers);
            continue;
        }
        cells.clear();
        cells.extend(record.iter().take(n_headers).enumerate().map(|(idx, cell)| (idx, Cell::Text(cell.to_owned()))));
        sink.row(Row { number, cells: &mut cells });
    }
    if n_headers == 0 && number > 0 {
        return Err(Unreadable::new("没有找到表头 / no row of headers was found in it"));
    }
    Ok(())
}

/// Whether a cell is several rows that a pair of quotation marks ran together: it has line breaks, and either a whole
/// row's separators or, between separators, a word that is an openness class.
fn is_run_together(cell: &str, delimiter: u8, n_headers: usize) -> bool {
    let n_delimiters = cell.bytes().filter(|byte| *byte == delimiter).count();
    if !cell.contains(['\n', '\r']) || n_delimiters == 0 {
        return false;
    }
    n_delimiters + 2 > n_headers
        || cell.split(['\n', '\r', char::from(delimiter)]).any(|part| Openness::parse(part).is_some())
}

/// The separator under which the first rows hold most known headers; the comma where none does better.
fn delimiter_of_catalog(text: &str, sink: &dyn Sink) -> u8 {
    let mut best = (0, separated::DELIMITERS[0]);
    for delimiter in separated::DELIMITERS {
        let rows = separated::sample(text, delimiter);
        let n_known = rows.iter().map(|row| sink.n_known_headers(row)).max().unwrap_or_default();
        if n_known > best.0 {
            best = (n_known, delimiter);
        }
    }
    best.1
}

/// Reads an array of objects, or several arrays one after the other: first all keys, then the rows.
fn read_json(text: &str, sink: &mut dyn Sink) -> Result<(), Unreadable> {
    let failed = |error: serde_json::Error| Unreadable { line: Some(error.line() as u64), why: error.to_string() };
    let mut index: BTreeMap<String, usize> = BTreeMap::new();
    let mut headers: Vec<String> = Vec::new();
    each_item(text, Arrays::Several, |item| {
        let item = item.ok_or_else(|| serde_json::Error::custom("expected an object for each entry"))?;
        if let Some(key) = repeated_key(&item) {
            return Err(serde_json::Error::custom(format!("an entry has the key `{key}` twice")));
        }
        for (key, _) in item {
            if !index.contains_key(key.as_ref()) {
                index.insert(key.clone().into_owned(), headers.len());
                headers.push(key.into_owned());
            }
        }
        Ok(())
    })
    .map_err(failed)?;
    if headers.len() > MAX_COLUMNS {
        return Err(Unreadable::new(format!("{} different keys", headers.len())));
    }
    sink.headers(&headers);
    let mut number = 0;
    let mut cells = Vec::new();
    each_item(text, Arrays::Several, |item| {
        number += 1;
        cells.clear();
        for (key, value) in item.unwrap_or_default() {
            if let (Some(idx), Some(cell)) = (index.get(key.as_ref()), json_cell(value.get())?) {
                cells.push((*idx, cell));
            }
        }
        sink.row(Row { number, cells: &mut cells });
        Ok(())
    })
    .map_err(failed)
}

/// The cell of a JSON value; `None` for null.
fn json_cell(raw: &str) -> serde_json::Result<Option<Cell>> {
    Ok(match raw.as_bytes().first() {
        Some(b'"') => Some(Cell::Text(serde_json::from_str(raw)?)),
        Some(b'[') => {
            let parts: Vec<&RawValue> = serde_json::from_str(raw)?;
            if parts.iter().any(|part| part.get().starts_with(['{', '['])) {
                return Ok(Some(Cell::Json(raw.to_owned())));
            }
            let mut texts = Vec::with_capacity(parts.len());
            for part in parts {
                if let Some(Cell::Text(text)) = json_cell(part.get())? {
                    texts.push(text);
                }
            }
            Some(Cell::Text(texts.join("\n")))
        }
        Some(b'{') => Some(Cell::Json(raw.to_owned())),
        Some(b'n') | None => None,
        Some(_) => Some(Cell::Text(raw.to_owned())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Seen {
        headers: Vec<String>,
        rows: Vec<String>,
    }

    impl Sink for Seen {
        fn headers(&mut self, headers: &[String]) {
            self.headers = headers.to_vec();
        }
        fn row(&mut self, row: Row<'_>) {
            self.rows.push(format!("{} {:?}", row.number, row.cells));
        }
        fn ragged(&mut self, number: u64, cells: &[String], n_headers: usize) {
            self.rows.push(format!("{number} ragged {}/{n_headers}", cells.len()));
        }
        fn sheets_left_out(&mut self, _: &[String]) {}
        fn guessed(&mut self, _: &'static str) {}
        fn n_known_headers(&self, cells: &[String]) -> usize {
            cells.len()
        }
    }

    #[test]
    fn long_numbers_and_two_arrays_are_read_exactly() {
        let mut seen = Seen::default();
        read_json(r#"[{"id":9007199254740993123,"n":1.10}] [{"x":["a",2],"id":null}]"#, &mut seen).unwrap();
        assert_eq!(seen.headers, ["id", "n", "x"]);
        assert_eq!(seen.rows[0], r#"1 [(0, Text("9007199254740993123")), (1, Text("1.10"))]"#);
        assert_eq!(seen.rows[1], r#"2 [(2, Text("a\n2"))]"#);
    }

    #[test]
    fn a_title_line_above_the_headers_is_passed_over() {
        let mut seen = Seen::default();
        read_csv("目录\n名称;类\n甲;乙\n丙\n", &mut seen).unwrap();
        assert_eq!(seen.headers, ["名称", "类"]);
        assert_eq!(seen.rows[1], "4 ragged 1/2");
    }

    proptest::proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300), name in "a\\.(csv|json|xlsx)") {
            let _ = read(&name, bytes, None, &mut Seen::default());
        }

        #[test]
        fn never_panics_on_json(text in "[\\[\\]{}\",:a0n \\\\]{0,60}") {
            let _ = read_json(&text, &mut Seen::default());
        }
    }
}
