//! JSON (an array of objects, one a line) and JSON Lines. A missing value is `null`; numbers keep their digits, because
//! they are copied, never computed.
//!
//! Text is written as a number only where the source cannot tell them apart, every value of the column is one, and no
//! reader that computes in floating point would see another number.

use std::io::Write;

use anyhow::{Context, Result};
use rayon::prelude::*;

use super::signs::needs_escapes;
use super::{Made, Order, Place, TableWriter};
use crate::batch::{Batch, Cell};
use crate::model::column::{Column, ColumnType};
use crate::stage::StageWriter;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Array,
    Lines,
}

/// Digits that floating point keeps. Source: IEEE 754, binary64.
const EXACT_DIGITS: u8 = 15;

/// How values of a column are written that the source has as text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum TextAs {
    Text,
    Number,
    TrueFalse,
}

impl TextAs {
    /// How the values of a column are written.
    pub(super) fn of(column: &Column, is_typed: bool) -> Self {
        match column.column_type {
            _ if is_typed => Self::Text,
            ColumnType::Boolean => Self::TrueFalse,
            column_type if column_type.is_number() && column.digits.significant <= EXACT_DIGITS => Self::Number,
            _ => Self::Text,
        }
    }
}

/// What stands before each value: a brace or comma, the name, a colon.
struct Lead {
    text: Vec<u8>,
    /// The same, filled up where it is short: a copy of fixed length costs next to nothing.
    short: Option<[u8; SHORT_LEAD]>,
}

const SHORT_LEAD: usize = 32;

impl Lead {
    fn new(text: Vec<u8>) -> Self {
        let mut filled = text.clone();
        filled.resize(SHORT_LEAD, b' ');
        let short = if text.len() <= SHORT_LEAD { filled.try_into().ok() } else { None };
        Self { text, short }
    }

    #[inline]
    fn push(&self, out: &mut Vec<u8>) {
        match &self.short {
            Some(short) => {
                let end = out.len() + self.text.len();
                out.extend_from_slice(short);
                out.truncate(end);
            }
            None => out.extend_from_slice(&self.text),
        }
    }
}

struct JsonWriter<'a> {
    place: Place,
    out: StageWriter<'a>,
    shape: Shape,
    leads: Vec<(Lead, TextAs)>,
    n_rows: u64,
}

pub(super) fn open_array<'a>(order: Order<'a>) -> Result<Box<dyn TableWriter + 'a>> {
    open(order, "json", Shape::Array)
}

pub(super) fn open_lines<'a>(order: Order<'a>) -> Result<Box<dyn TableWriter + 'a>> {
    open(order, "jsonl", Shape::Lines)
}

fn open<'a>(order: Order<'a>, ending: &str, shape: Shape) -> Result<Box<dyn TableWriter + 'a>> {
    let mut leads = Vec::with_capacity(order.columns.len());
    for (idx, column) in order.columns.iter().enumerate() {
        let mut lead = vec![if idx == 0 { b'{' } else { b',' }];
        serde_json::to_writer(&mut lead, &column.name).context("writing a column name")?;
        lead.push(b':');
        leads.push((Lead::new(lead), TextAs::of(column, order.is_typed)));
    }
    let place = order.place(ending)?;
    let out = order.stage.writer(&place.route)?;
    Ok(Box::new(JsonWriter { place, out, shape, leads, n_rows: 0 }))
}

impl JsonWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.out.write_all(bytes).with_context(|| format!("writing {}", self.place.route))
    }

    /// The rows of a batch, each with a line end before it, or behind it for lines.
    fn text_of(&self, batch: &Batch) -> Vec<u8> {
        let mut text = Vec::with_capacity(batch.n_bytes() * 3);
        for row_idx in 0..batch.n_rows() {
            if self.shape == Shape::Array {
                text.extend_from_slice(b",\n");
            }
            for ((lead, text_as), cell) in self.leads.iter().zip(batch.row(row_idx)) {
                lead.push(&mut text);
                push_value(&mut text, cell, *text_as);
            }
            text.push(b'}');
            if self.shape == Shape::Lines {
                text.push(b'\n');
            }
        }
        text
    }
}

/// Writes one value.
#[inline]
pub(super) fn push_value(text: &mut Vec<u8>, cell: Cell<'_>, text_as: TextAs) {
    match cell {
        Cell::Missing => text.extend_from_slice(b"null"),
        Cell::Raw(raw) => text.extend_from_slice(raw.as_bytes()),
        Cell::Text(value) if text_as == TextAs::Number => text.extend_from_slice(value.as_bytes()),
        Cell::Text(value @ ("true" | "false")) if text_as == TextAs::TrueFalse => {
            text.extend_from_slice(value.as_bytes());
        }
        Cell::Text(value) if !needs_escapes(value) => {
            text.push(b'"');
            text.extend_from_slice(value.as_bytes());
            text.push(b'"');
        }
        // Writing a string to memory cannot fail.
        Cell::Text(value) => drop(serde_json::to_writer(text, value)),
    }
}

impl TableWriter for JsonWriter<'_> {
    fn rows(&mut self, batches: &[Batch]) -> Result<()> {
        for (batch, text) in batches.iter().zip(batches.par_iter().map(|batch| self.text_of(batch)).collect::<Vec<_>>())
        {
            // The array opens where the first row would have its comma.
            let is_first = self.shape == Shape::Array && self.n_rows == 0 && batch.n_rows() > 0;
            if is_first {
                self.write(b"[")?;
            }
            self.write(&text[usize::from(is_first)..])?;
            self.n_rows += batch.n_rows() as u64;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Made> {
        if self.shape == Shape::Array {
            let end: &[u8] = if self.n_rows == 0 { b"[]\n" } else { b"\n]\n" };
            self.write(end)?;
        }
        let staged = self.out.finish()?;
        Ok(Made::one(self.place.file(staged)))
    }
}
