//! XLSX with every cell a text: no formula can run and no digit is lost. Source: DESIGN I5, I9.

use anyhow::Result;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use super::{Cell, Place, TableWriter};
use crate::model::table::DataFile;

/// Rows of a sheet, the header included. Source: Excel specifications and limits.
const MAX_ROWS: u32 = 1_048_576;
/// Characters of a cell, counted in UTF-16 units.
const MAX_CELL_CHARS: usize = 32_767;

pub(super) struct XlsxWriter<'a> {
    place: Place<'a>,
    workbook: Workbook,
    next_row: u32,
    too_big: Option<String>,
}

impl<'a> XlsxWriter<'a> {
    pub(super) fn open(place: Place<'a>, table: &str, columns: &[String]) -> Result<Self> {
        let mut workbook = Workbook::new();
        // A fixed date: the file is a function of the input bytes alone.
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?));
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(sheet_name(table))?;
        sheet.set_freeze_panes(1, 0)?;
        let bold = Format::new().set_bold();
        let mut too_big = None;
        for (column_idx, column) in (0u16..).zip(columns) {
            match sheet.write_string_with_format(0, column_idx, column, &bold) {
                Ok(_) => {}
                Err(error @ (XlsxError::RowColumnLimitError | XlsxError::MaxStringLengthExceeded)) => {
                    too_big = Some(error.to_string());
                    break;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Self { place, workbook, next_row: 1, too_big })
    }
}

impl TableWriter for XlsxWriter<'_> {
    fn row(&mut self, row: &[Cell<'_>]) -> Result<()> {
        if self.too_big.is_some() {
            return Ok(());
        }
        if self.next_row >= MAX_ROWS {
            self.too_big = Some(format!("> {} rows", MAX_ROWS - 1));
            return Ok(());
        }
        let sheet = self.workbook.worksheet_from_index(0)?;
        for (column_idx, cell) in (0u16..).zip(row) {
            let Some(text) = cell.text() else { continue };
            if text.len() > MAX_CELL_CHARS && text.encode_utf16().count() > MAX_CELL_CHARS {
                self.too_big = Some(format!("row {}: > {MAX_CELL_CHARS} characters", self.next_row));
                return Ok(());
            }
            sheet.write_string(self.next_row, column_idx, text)?;
        }
        self.next_row += 1;
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<std::result::Result<DataFile, String>> {
        if let Some(why) = self.too_big {
            return Ok(Err(why));
        }
        let bytes = self.workbook.save_to_buffer()?;
        let staged = self.place.stage.put(&self.place.route, &bytes)?;
        Ok(Ok(self.place.file(staged)))
    }
}

/// A sheet name: at most 31 characters, none of `[]:*?/\`, no apostrophe at its ends.
fn sheet_name(table: &str) -> String {
    let plain: String = table.chars().map(|c| if "[]:*?/\\'".contains(c) { '-' } else { c }).collect();
    let mut name = String::new();
    for c in plain.chars() {
        if name.encode_utf16().count() + c.len_utf16() > 31 {
            break;
        }
        name.push(c);
    }
    if name.is_empty() || name.eq_ignore_ascii_case("history") { "data".to_owned() } else { name }
}
