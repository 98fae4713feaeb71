//! CSV as RFC 4180 has it: UTF-8 without a byte order mark, CRLF, quotation marks where needed.
//!
//! A missing value is an empty cell, an empty text is `""`: the csv crate's writer cannot make that difference, so
//! quoting is done here; reading is the crate's.

use std::io::Write;

use anyhow::{Context, Result};
use rayon::prelude::*;

use super::signs::needs_quotes;
use super::{Made, Order, Place, TableWriter};
use crate::batch::{Batch, Cell, CsvPart};
use crate::stage::StageWriter;

struct CsvWriter<'a> {
    place: Place,
    out: StageWriter<'a>,
    n_columns: usize,
}

pub(super) fn open<'a>(order: Order<'a>) -> Result<Box<dyn TableWriter + 'a>> {
    let place = order.place("csv")?;
    let out = order.stage.writer(&place.route)?;
    let mut writer = CsvWriter { place, out, n_columns: order.columns.len() };
    let mut line = Vec::new();
    push_row(&mut line, order.columns.iter().map(|column| Some(column.name.as_str())), writer.n_columns);
    writer.write(&line)?;
    Ok(Box::new(writer))
}

impl CsvWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.out.write_all(bytes).with_context(|| format!("writing {}", self.place.route))
    }
}

impl TableWriter for CsvWriter<'_> {
    fn rows(&mut self, batches: &[Batch]) -> Result<()> {
        let n_columns = self.n_columns;
        let text_of = |batch: &Batch| {
            let mut text = Vec::with_capacity(batch.n_bytes() + batch.n_bytes() / 8);
            for row_idx in 0..batch.n_rows() {
                if n_columns == 1 {
                    push_row(&mut text, batch.row(row_idx).map(Cell::text), n_columns);
                } else {
                    push_parts(&mut text, batch.csv_parts(row_idx));
                }
            }
            text
        };
        for text in batches.par_iter().map(text_of).collect::<Vec<_>>() {
            self.write(&text)?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Made> {
        let staged = self.out.finish()?;
        Ok(Made::one(self.place.file(staged)))
    }
}

fn push_row<'a>(text: &mut Vec<u8>, row: impl Iterator<Item = Option<&'a str>>, n_columns: usize) {
    for (idx, value) in row.enumerate() {
        if idx > 0 {
            text.push(b',');
        }
        // A line with nothing on it is no row: where a table has one column, no value is written as `""`.
        push_field(text, if n_columns == 1 { Some(value.unwrap_or_default()) } else { value });
    }
    text.extend_from_slice(b"\r\n");
}

fn push_parts<'a>(text: &mut Vec<u8>, parts: impl Iterator<Item = CsvPart<'a>>) {
    for (idx, part) in parts.enumerate() {
        if idx > 0 {
            text.push(b',');
        }
        match part {
            CsvPart::Written(written) => text.extend_from_slice(written.as_bytes()),
            CsvPart::Value(value) => push_field(text, value),
        }
    }
    text.extend_from_slice(b"\r\n");
}

#[inline]
fn push_field(text: &mut Vec<u8>, value: Option<&str>) {
    let Some(value) = value else { return };
    if !value.is_empty() && !needs_quotes(value.as_bytes()) {
        text.extend_from_slice(value.as_bytes());
        return;
    }
    text.push(b'"');
    for byte in value.bytes() {
        if byte == b'"' {
            text.push(b'"');
        }
        text.push(byte);
    }
    text.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn what_is_written_reads_back(values in proptest::collection::vec("[a,\"\r\n 甲0]{1,6}", 2..5)) {
            let mut line = Vec::new();
            push_row(&mut line, values.iter().map(|value| Some(value.as_str())), values.len());
            let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(&line[..]);
            let record = reader.records().next().unwrap().unwrap();
            proptest::prop_assert_eq!(record.iter().collect::<Vec<_>>(), values);
        }
    }
}
