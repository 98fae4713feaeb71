//! JSON (an array of objects, one a line) and JSON Lines. Text stays text; a missing value is `null`; numbers that
//! came from JSON keep their digits, because they are copied, never computed.

use std::io::Write;

use anyhow::{Context, Result};

use super::{Cell, Place, TableWriter};
use crate::model::table::DataFile;
use crate::stage::StageWriter;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Array,
    Lines,
}

pub(super) struct JsonWriter<'a> {
    place: Place<'a>,
    out: StageWriter<'a>,
    shape: Shape,
    keys: Vec<Vec<u8>>,
    n_rows: u64,
    line: Vec<u8>,
}

impl<'a> JsonWriter<'a> {
    pub(super) fn open(place: Place<'a>, columns: &[String], shape: Shape) -> Result<Self> {
        let mut keys = Vec::with_capacity(columns.len());
        for column in columns {
            keys.push(serde_json::to_vec(column).context("writing a column name")?);
        }
        let out = place.stage.writer(&place.route)?;
        Ok(Self { place, out, shape, keys, n_rows: 0, line: Vec::new() })
    }

    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.out.write_all(bytes).with_context(|| format!("writing {}", self.place.route))
    }
}

impl TableWriter for JsonWriter<'_> {
    fn row(&mut self, row: &[Cell<'_>]) -> Result<()> {
        let mut line = std::mem::take(&mut self.line);
        line.clear();
        if self.shape == Shape::Array {
            line.extend_from_slice(if self.n_rows == 0 { b"[\n" } else { b",\n" });
        }
        for (idx, (key, cell)) in self.keys.iter().zip(row).enumerate() {
            line.push(if idx == 0 { b'{' } else { b',' });
            line.extend_from_slice(key);
            line.push(b':');
            match cell {
                Cell::Missing => line.extend_from_slice(b"null"),
                Cell::Raw(raw) => line.extend_from_slice(raw.as_bytes()),
                Cell::Text(text) => serde_json::to_writer(&mut line, text).context("writing a value")?,
            }
        }
        line.push(b'}');
        if self.shape == Shape::Lines {
            line.push(b'\n');
        }
        self.n_rows += 1;
        let res = self.write(&line);
        self.line = line;
        res
    }

    fn finish(mut self: Box<Self>) -> Result<std::result::Result<DataFile, String>> {
        if self.shape == Shape::Array {
            let end: &[u8] = if self.n_rows == 0 { b"[]\n" } else { b"\n]\n" };
            self.write(end)?;
        }
        let staged = self.out.finish()?;
        Ok(Ok(self.place.file(staged)))
    }
}
