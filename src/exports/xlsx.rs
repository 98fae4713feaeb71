//! XLSX: text as text, so that no formula can run and no digit is lost; numbers as numbers where a workbook keeps every
//! digit. Source: DESIGN I5, I9.

use anyhow::{Context, Result};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use super::{Made, Order, Place, TableWriter};
use crate::batch::{Batch, Cell};
use crate::model::column::{Column, ColumnType};
use crate::model::table::DataFile;

/// Rows of a sheet, the header included. Source: Excel specifications and limits.
const MAX_ROWS: u32 = 1_048_576;
/// Characters of a cell, counted in UTF-16 units.
const MAX_CELL_CHARS: usize = 32_767;
/// Sheets of a file: four full ones are as much as a workbook program opens.
const MAX_SHEETS: u32 = 4;
/// Digits that a workbook keeps of a number. Source: Excel specifications and limits.
const EXACT_DIGITS: u8 = 15;

struct XlsxWriter<'a> {
    order: Order<'a>,
    /// For each column how its numbers are shown; `None` for text.
    numbers: Vec<Option<Format>>,
    workbook: Workbook,
    /// Full sheets of this file.
    n_sheets: u32,
    next_row: u32,
    files: Vec<DataFile>,
    n_sheets_in_all: u32,
    left_out: Option<String>,
}

pub(super) fn open<'a>(order: Order<'a>) -> Result<Box<dyn TableWriter + 'a>> {
    let numbers = order.columns.iter().map(number_format).collect();
    let mut writer = XlsxWriter {
        order,
        numbers,
        workbook: new_workbook()?,
        n_sheets: 0,
        next_row: 0,
        files: Vec::new(),
        n_sheets_in_all: 0,
        left_out: None,
    };
    writer.begin_sheet()?;
    Ok(Box::new(writer))
}

/// A fixed date: the file is a function of the input bytes alone.
fn new_workbook() -> Result<Workbook> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?));
    Ok(workbook)
}

fn number_format(column: &Column) -> Option<Format> {
    let is_exact = column.column_type.is_number() && column.digits.significant <= EXACT_DIGITS;
    let decimals = usize::from(column.digits.scale);
    let form = match column.column_type {
        ColumnType::Integer => "0".to_owned(),
        // As many decimals as the value has: the column may mix them.
        _ if decimals > 0 => format!("0.{}", "#".repeat(decimals)),
        _ => "0".to_owned(),
    };
    is_exact.then(|| Format::new().set_num_format(form))
}

impl XlsxWriter<'_> {
    fn begin_sheet(&mut self) -> Result<()> {
        let name = sheet_name(self.order.table, self.n_sheets + 1);
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?;
        sheet.set_freeze_panes(1, 0)?;
        let bold = Format::new().set_bold();
        for (column_idx, column) in (0u16..).zip(self.order.columns) {
            match sheet.write_string_with_format(0, column_idx, &column.name, &bold) {
                Ok(_) => {}
                Err(error @ (XlsxError::RowColumnLimitError | XlsxError::MaxStringLengthExceeded)) => {
                    self.left_out = Some(error.to_string());
                    break;
                }
                Err(error) => return Err(error.into()),
            }
        }
        self.n_sheets += 1;
        self.n_sheets_in_all += 1;
        self.next_row = 1;
        Ok(())
    }

    /// Goes on in a new sheet, where the file is full in a new file.
    fn next_sheet(&mut self) -> Result<()> {
        if self.n_sheets == MAX_SHEETS {
            self.save()?;
            self.workbook = new_workbook()?;
            self.n_sheets = 0;
        }
        self.begin_sheet()
    }

    fn save(&mut self) -> Result<()> {
        let name = match self.files.len() {
            0 => format!("{}.xlsx", self.order.table),
            n_before => format!("{}-{}.xlsx", self.order.table, n_before + 1),
        };
        let place: Place = self.order.place_of(&name)?;
        let mut out = self.order.stage.writer(&place.route)?;
        self.workbook.save_to_writer(&mut out).with_context(|| format!("writing {}", place.route))?;
        let staged = out.finish()?;
        self.files.push(place.file(staged));
        Ok(())
    }

    fn row<'b>(&mut self, cells: impl Iterator<Item = Cell<'b>>) -> Result<()> {
        if self.next_row >= MAX_ROWS {
            self.next_sheet()?;
        }
        let row = self.next_row;
        let sheet = self.workbook.worksheet_from_index(self.n_sheets as usize - 1)?;
        for ((column_idx, cell), format) in (0u16..).zip(cells).zip(&self.numbers) {
            let Some(text) = cell.text() else { continue };
            if let Some(format) = format
                && let Ok(number) = text.parse::<f64>()
            {
                sheet.write_number_with_format(row, column_idx, number, format)?;
                continue;
            }
            if text.len() > MAX_CELL_CHARS && text.encode_utf16().count() > MAX_CELL_CHARS {
                self.left_out = Some(format!("row {row}: > {MAX_CELL_CHARS} characters"));
                return Ok(());
            }
            sheet.write_string(row, column_idx, text)?;
        }
        self.next_row += 1;
        Ok(())
    }
}

impl TableWriter for XlsxWriter<'_> {
    fn rows(&mut self, batches: &[Batch]) -> Result<()> {
        for batch in batches {
            for row_idx in 0..batch.n_rows() {
                if self.left_out.is_some() {
                    return Ok(());
                }
                self.row(batch.row(row_idx))?;
            }
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Made> {
        if let Some(why) = self.left_out {
            // Files that were full before belong to a table that is not whole.
            for file in &self.files {
                self.order.stage.withdraw(&file.route)?;
            }
            return Ok(Made { left_out: vec![why], ..Made::default() });
        }
        self.save()?;
        let n_files = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
        let split = (self.n_sheets_in_all > 1).then_some((self.n_sheets_in_all, n_files));
        Ok(Made { files: self.files, split, ..Made::default() })
    }
}

/// A sheet name: at most 31 characters, none of `[]:*?/\`, no apostrophe at its ends; numbered from the second sheet on.
fn sheet_name(table: &str, number: u32) -> String {
    let ending = if number > 1 { format!(" ({number})") } else { String::new() };
    let plain: String = table.chars().map(|c| if "[]:*?/\\'".contains(c) { '-' } else { c }).collect();
    let mut name = String::new();
    for c in plain.chars() {
        if name.encode_utf16().count() + c.len_utf16() + ending.len() > 31 {
            break;
        }
        name.push(c);
    }
    if name.is_empty() || name.eq_ignore_ascii_case("history") {
        "data".clone_into(&mut name);
    }
    name + &ending
}
