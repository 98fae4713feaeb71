//! Rows of the first visible sheet of an XLSX workbook, cell by cell, so that an empty range however large costs nothing.
//!
//! What stands behind a cell is never taken for nothing: an error, a formula without a result, a value that a merged
//! range stands for.

use std::collections::BTreeSet;
use std::io::Cursor;

use calamine::{DataRef, Dimensions, Reader, Sheet, SheetType, SheetVisible, Xlsx};

use crate::catalog::rows::{Cell, MAX_COLUMNS, MAX_PREAMBLE_ROWS, MIN_HEADERS, Row, Sink, Unreadable};
use crate::model::date::Day;

/// Most formulas that are looked at. Source: ours; a catalog is typed, not computed.
const MAX_FORMULAS: usize = 1_000_000;

/// A value that several rows share.
struct Merged {
    range: Dimensions,
    text: String,
}

/// Reads a workbook.
///
/// Errors: when it is none, is too large, or has no headers.
pub fn read(bytes: Vec<u8>, sink: &mut dyn Sink) -> Result<(), Unreadable> {
    check_inflated_size(&bytes)?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(Unreadable::new)?;
    let sheet = visible_sheet(&workbook, sink)?;
    let formulas = formulas_of(&mut workbook, &sheet)?;
    let ranges = workbook.merge_cells_by_sheet_name(&sheet).map_err(Unreadable::new)?;
    let ranges = ranges.into_iter().filter(|range| range.end.0 > range.start.0);
    let mut merged: Vec<Merged> = ranges.map(|range| Merged { range, text: String::new() }).collect();
    let mut reader = workbook.worksheet_cells_reader(&sheet).map_err(Unreadable::new)?;
    let mut rows = Rows { n_headers: 0, cells: Vec::new(), sink };
    let mut current: u32 = 0;
    loop {
        let next = reader.next_cell().map_err(Unreadable::new)?;
        let row_idx = next.as_ref().map(|cell| cell.get_position().0);
        if row_idx != Some(current) && !rows.cells.is_empty() {
            rows.fill_merged(current, &merged);
            rows.end(u64::from(current) + 1)?;
        }
        let Some(cell) = next else { break };
        let position = cell.get_position();
        current = position.0;
        let mut text = text_of(cell.get_value());
        if text.trim().is_empty() && formulas.contains(&position) {
            "#公式没有结果".clone_into(&mut text);
        }
        if text.trim().is_empty() {
            continue;
        }
        if position.1 as usize >= MAX_COLUMNS {
            return Err(Unreadable::new(format!("超过 {MAX_COLUMNS} 列 / more than {MAX_COLUMNS} columns")));
        }
        if let Some(merged) = merged.iter_mut().find(|merged| merged.range.start == position) {
            merged.text.clone_from(&text);
        }
        rows.cells.push((position.1 as usize, Cell::Text(text)));
    }
    if rows.n_headers == 0 {
        return Err(Unreadable::new("第一张可见工作表中没有找到表头 / no row of headers was found in its first sheet"));
    }
    Ok(())
}

/// The name of the first visible worksheet; the sink hears of all others.
fn visible_sheet(workbook: &Xlsx<Cursor<Vec<u8>>>, sink: &mut dyn Sink) -> Result<String, Unreadable> {
    let is_read = |sheet: &Sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible;
    let sheets = workbook.sheets_metadata();
    let first = sheets
        .iter()
        .position(is_read)
        .ok_or_else(|| Unreadable::new("没有可见的工作表 / a workbook without visible sheets"))?;
    let others: Vec<String> =
        sheets.iter().enumerate().filter(|(idx, _)| *idx != first).map(|(_, sheet)| sheet.name.clone()).collect();
    if !others.is_empty() {
        sink.sheets_left_out(&others);
    }
    Ok(sheets[first].name.clone())
}

/// The positions of all formulas.
fn formulas_of(workbook: &mut Xlsx<Cursor<Vec<u8>>>, sheet: &str) -> Result<BTreeSet<(u32, u32)>, Unreadable> {
    let mut formulas = BTreeSet::new();
    let mut reader = workbook.worksheet_cells_reader(sheet).map_err(Unreadable::new)?;
    while let Some(cell) = reader.next_formula().map_err(Unreadable::new)? {
        if !cell.get_value().is_empty() {
            formulas.insert(cell.get_position());
        }
        if formulas.len() > MAX_FORMULAS {
            return Err(Unreadable::new("公式过多，请粘贴为数值 / too many formulas; paste them as values"));
        }
    }
    Ok(formulas)
}

/// The rows as they come together.
struct Rows<'a> {
    n_headers: usize,
    cells: Vec<(usize, Cell)>,
    sink: &'a mut dyn Sink,
}

impl Rows<'_> {
    /// Puts the value of a range that began in an earlier row into this one.
    fn fill_merged(&mut self, row: u32, merged: &[Merged]) {
        for Merged { range, text } in merged {
            let column = range.start.1 as usize;
            let continues = range.start.0 < row && row <= range.end.0;
            if continues && !text.is_empty() && !self.cells.iter().any(|(idx, _)| *idx == column) {
                self.cells.push((column, Cell::Text(text.clone())));
            }
        }
        self.cells.sort_by_key(|(idx, _)| *idx);
    }

    /// Hands the row over: as headers, as a row, or as one that does not fit.
    fn end(&mut self, number: u64) -> Result<(), Unreadable> {
        let n_cells = self.cells.iter().map(|(idx, _)| idx + 1).max().unwrap_or_default();
        if self.n_headers == 0 {
            let mut headers = vec![String::new(); n_cells];
            for (idx, Cell::Text(text) | Cell::Json(text)) in &self.cells {
                headers[*idx].clone_from(text);
            }
            if self.sink.n_known_headers(&headers) >= MIN_HEADERS {
                self.n_headers = n_cells;
                self.sink.headers(&headers);
            } else if number > MAX_PREAMBLE_ROWS {
                return Err(Unreadable::new(
                    "第一张可见工作表中没有找到表头 / no row of headers was found in its first sheet",
                ));
            }
        } else if n_cells > self.n_headers {
            let texts: Vec<String> =
                self.cells.iter().map(|(_, Cell::Text(text) | Cell::Json(text))| text.clone()).collect();
            self.sink.ragged(number, &texts, self.n_headers);
        } else {
            self.sink.row(Row { number, cells: &mut self.cells });
        }
        self.cells.clear();
        Ok(())
    }
}

/// Refuses workbooks that unpack to more than any catalog needs.
fn check_inflated_size(bytes: &[u8]) -> Result<(), Unreadable> {
    const MAX_INFLATED_BYTES: u64 = 2 << 30;
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes))
        .map_err(|error| Unreadable::new(format!("文件不完整，或者不是 XLSX / {error}")))?;
    let mut inflated_bytes: u64 = 0;
    for idx in 0..archive.len() {
        inflated_bytes = inflated_bytes.saturating_add(archive.by_index_raw(idx).map_err(Unreadable::new)?.size());
    }
    if inflated_bytes > MAX_INFLATED_BYTES {
        return Err(Unreadable::new("解压后超过 2 GiB / a workbook that unpacks to more than 2 GiB"));
    }
    Ok(())
}

/// The text of a cell: whole numbers without a fraction, dates as ISO 8601, errors as they are shown.
fn text_of(value: &DataRef<'_>) -> String {
    match value {
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        // From here on a workbook keeps fewer digits than were typed: what is left is no longer the number.
        DataRef::Float(number) if number.abs() >= 9_007_199_254_740_992.0 => format!("#### {number:e}"),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(moment) => {
            Day::from_workbook_serial(moment.as_f64()).unwrap_or_else(|| moment.as_f64().to_string())
        }
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}
