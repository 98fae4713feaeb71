//! CSV as RFC 4180 has it: UTF-8 without a byte order mark, CRLF, quotation marks where needed.
//!
//! A missing value is an empty cell, an empty text is `""`: the csv crate's writer cannot make that difference, so
//! quoting is done here; reading is the crate's.

use std::io::Write;

use anyhow::{Context, Result};

use super::{Cell, Place, TableWriter};
use crate::model::table::DataFile;
use crate::stage::StageWriter;

pub(super) struct CsvWriter<'a> {
    place: Place<'a>,
    out: StageWriter<'a>,
    line: Vec<u8>,
}

impl<'a> CsvWriter<'a> {
    pub(super) fn open(place: Place<'a>, columns: &[String]) -> Result<Self> {
        let out = place.stage.writer(&place.route)?;
        let mut writer = Self { place, out, line: Vec::new() };
        let header: Vec<Cell<'_>> = columns.iter().map(|column| Cell::Text(column)).collect();
        writer.row(&header)?;
        Ok(writer)
    }
}

impl TableWriter for CsvWriter<'_> {
    fn row(&mut self, row: &[Cell<'_>]) -> Result<()> {
        self.line.clear();
        for (idx, cell) in row.iter().enumerate() {
            if idx > 0 {
                self.line.push(b',');
            }
            // A line with nothing on it is no row: where a table has one column, no value is written as `""`.
            let value = if row.len() == 1 { Some(cell.text().unwrap_or_default()) } else { cell.text() };
            push_field(&mut self.line, value);
        }
        self.line.extend_from_slice(b"\r\n");
        self.out.write_all(&self.line).with_context(|| format!("writing {}", self.place.route))
    }

    fn finish(self: Box<Self>) -> Result<std::result::Result<DataFile, String>> {
        let staged = self.out.finish()?;
        Ok(Ok(self.place.file(staged)))
    }
}

fn push_field(line: &mut Vec<u8>, value: Option<&str>) {
    let Some(value) = value else { return };
    let needs_quotes = value.is_empty() || value.bytes().any(|byte| matches!(byte, b',' | b'"' | b'\r' | b'\n'));
    if !needs_quotes {
        line.extend_from_slice(value.as_bytes());
        return;
    }
    line.push(b'"');
    for byte in value.bytes() {
        if byte == b'"' {
            line.push(b'"');
        }
        line.push(byte);
    }
    line.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn what_is_written_reads_back(values in proptest::collection::vec("[a,\"\r\n 甲0]{1,6}", 2..5)) {
            let mut line = Vec::new();
            for (idx, value) in values.iter().enumerate() {
                if idx > 0 {
                    line.push(b',');
                }
                push_field(&mut line, Some(value));
            }
            line.extend_from_slice(b"\r\n");
            let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(&line[..]);
            let record = reader.records().next().unwrap().unwrap();
            proptest::prop_assert_eq!(record.iter().collect::<Vec<_>>(), values);
        }
    }
}
