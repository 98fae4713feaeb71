//! Workbooks: every sheet a table. What is hidden is told to the gate, because that is where personal data hides.
//!
//! Formulas count by the result that the workbook keeps, days by the format of their cell, numbers with every digit
//! that the workbook has. Ranges that are claimed and empty are not walked.

mod facts;
mod merged;
mod values;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use calamine::{DataRef, Dimensions, Ods, Reader as _, SheetType, SheetVisible, Xls, Xlsb, Xlsx};

use crate::batch::{Builder, Cell};
use crate::diag::Code;
use crate::readers::archive::check_unpacked_size;
use crate::readers::header::{Header, unique_names};
use crate::readers::separated::{MAX_COLUMNS, notices_of};
use crate::readers::{Each, Input, NoTable, Notice, Opened, Outcome, Reader, Trouble, hand_over};
use crate::site::{Merged, ReadConfig};
use facts::{Hidden, hidden_parts};
use merged::MergedCells;
use values::{MIDNIGHT, Value, borrowed, value_of};

/// Most bytes that the parts of a workbook unpack to which are held in memory.
const MAX_HELD_BYTES: u64 = 512 << 20;
/// Most bytes that its sheets unpack to. Source: ours; a full sheet of 1,048,576 rows by 100 columns.
const MAX_SHEET_BYTES: u64 = 8 << 30;
/// How many rows at the beginning are looked at.
const SAMPLE_ROWS: usize = 100;

/// A workbook that several sheets are read from.
enum Book {
    Xlsx(Box<Xlsx<BufReader<File>>>),
    Xls(Box<Xls<BufReader<File>>>),
    Xlsb(Box<Xlsb<BufReader<File>>>),
    Ods(Box<Ods<BufReader<File>>>),
}

struct SheetTable {
    book: Arc<Mutex<Book>>,
    name: String,
    /// Empty where the workbook has one sheet.
    part: String,
    /// For each column of the table the column of the sheet.
    used: Vec<u32>,
    /// Columns of the sheet with moments that are not all at midnight.
    timed: BTreeSet<u32>,
    columns: Vec<String>,
    n_skipped: usize,
    ranges: Vec<Dimensions>,
}

/// Opens a workbook.
///
/// Errors: as [`crate::readers::open`].
pub fn open(input: Input<'_>) -> Result<Opened, Trouble> {
    let label = input.format.label();
    if label != "XLS" {
        check_unpacked_size(input.path, MAX_HELD_BYTES, |name| {
            if label == "XLSX" && name.starts_with("xl/worksheets/") { MAX_SHEET_BYTES } else { MAX_HELD_BYTES }
        })?;
    }
    let book = Book::open(input.path, label)?;
    let names = book.sheets();
    if names.is_empty() {
        return Err(NoTable::OtherShape("没有工作表 / a workbook without sheets".to_owned()).into());
    }
    let mut notices = Vec::new();
    if !input.config.hidden_is_checked {
        let mut hidden: Vec<String> =
            names.iter().filter(|(_, is_hidden)| *is_hidden).map(|(name, _)| sheet_words(name)).collect();
        match hidden_parts(input.path, label)? {
            Hidden::Told(parts) => hidden.extend(parts),
            Hidden::Unknown => notices.push(Notice::new(Code::HiddenUnknown, label)),
        }
        if !hidden.is_empty() {
            notices.push(Notice::new(Code::HiddenContent, hidden.join("；")));
        }
    }
    let book = Arc::new(Mutex::new(book));
    let mut sheets: Vec<(SheetTable, Vec<Notice>)> = Vec::new();
    for (name, _) in names {
        match SheetTable::find(&book, name.clone(), input.config) {
            Ok(found) => sheets.extend(found),
            Err(Trouble::NoTable(NoTable::OtherShape(why))) => {
                notices.push(Notice::new(Code::TableNone, why).in_part(&name));
            }
            Err(trouble) => return Err(trouble),
        }
    }
    if sheets.is_empty() && !notices.iter().any(|notice| notice.code == Code::TableNone) {
        return Err(NoTable::OtherShape("空工作簿 / an empty workbook".to_owned()).into());
    }
    if let [(only, _)] = &mut sheets[..] {
        only.part = String::new();
    }
    let mut tables: Vec<Box<dyn Reader>> = Vec::new();
    for (sheet, found) in sheets {
        notices.extend(found.into_iter().map(|notice| notice.in_part(&sheet.part)));
        tables.push(Box::new(sheet));
    }
    Ok(Opened { tables, notices, encoding: "", members: Vec::new() })
}

fn sheet_words(name: &str) -> String {
    format!("隐藏的工作表 {name} / the hidden sheet {name}")
}

fn broken(error: impl std::fmt::Display) -> Trouble {
    NoTable::Broken(error.to_string()).into()
}

type EachRow<'a> = dyn FnMut(u32, &[(u32, Value<'_>)]) -> Result<bool, Trouble> + 'a;

impl Book {
    fn open(path: &Path, label: &str) -> Result<Self, Trouble> {
        let file = BufReader::new(File::open(path)?);
        Ok(match label {
            "XLS" | "ET" => Self::Xls(Box::new(Xls::new(file).map_err(broken)?)),
            "XLSB" => Self::Xlsb(Box::new(Xlsb::new(file).map_err(broken)?)),
            "ODS" => Self::Ods(Box::new(Ods::new(file).map_err(broken)?)),
            _ => Self::Xlsx(Box::new(Xlsx::new(file).map_err(broken)?)),
        })
    }

    /// The names of its sheets of cells, and whether they are hidden.
    fn sheets(&self) -> Vec<(String, bool)> {
        let sheets = match self {
            Self::Xlsx(book) => book.sheets_metadata(),
            Self::Xls(book) => book.sheets_metadata(),
            Self::Xlsb(book) => book.sheets_metadata(),
            Self::Ods(book) => book.sheets_metadata(),
        };
        let is_cells = |sheet: &&calamine::Sheet| sheet.typ == SheetType::WorkSheet;
        sheets
            .iter()
            .filter(is_cells)
            .map(|sheet| (sheet.name.clone(), sheet.visible != SheetVisible::Visible))
            .collect()
    }

    fn merged(&mut self, sheet: &str) -> Result<Vec<Dimensions>, Trouble> {
        match self {
            Self::Xlsx(book) => book.merge_cells_by_sheet_name(sheet).map_err(broken),
            Self::Xls(book) => book.merge_cells_by_sheet_name(sheet).map_err(broken),
            // What these formats merge, the reader does not tell: the value stands in the first cell.
            Self::Xlsb(_) | Self::Ods(_) => Ok(Vec::new()),
        }
    }

    /// Calls back for each row that has values, until the answer is `false`.
    fn each_row(&mut self, sheet: &str, each: &mut EachRow<'_>) -> Result<(), Trouble> {
        let range = match self {
            Self::Xlsx(book) => return each_streamed_row(book, sheet, each),
            Self::Xls(book) => book.worksheet_range(sheet).map_err(broken)?,
            Self::Xlsb(book) => book.worksheet_range(sheet).map_err(broken)?,
            Self::Ods(book) => book.worksheet_range(sheet).map_err(broken)?,
        };
        let (first_row, first_column) = range.start().unwrap_or_default();
        for (row, cells) in (first_row..).zip(range.rows()) {
            let refs: Vec<(u32, DataRef<'_>)> = (first_column..).zip(cells.iter().map(borrowed)).collect();
            let values: Vec<(u32, Value<'_>)> =
                refs.iter().filter_map(|(column, data)| Some((*column, value_of(data)?))).collect();
            if !values.is_empty() && !each(row, &values)? {
                break;
            }
        }
        Ok(())
    }
}

fn each_streamed_row(book: &mut Xlsx<BufReader<File>>, sheet: &str, each: &mut EachRow<'_>) -> Result<(), Trouble> {
    let mut reader = book.worksheet_cells_reader(sheet).map_err(broken)?;
    let mut current = 0;
    let mut row: Vec<(u32, Value<'_>)> = Vec::new();
    while let Some(cell) = reader.next_cell().map_err(broken)? {
        let (row_idx, column_idx) = cell.get_position();
        if row_idx != current {
            if !row.is_empty() && !each(current, &row)? {
                return Ok(());
            }
            row.clear();
            current = row_idx;
        }
        if let Some(value) = value_of(cell.get_value()) {
            row.push((column_idx, value.into_owned()));
        }
    }
    if !row.is_empty() {
        each(current, &row)?;
    }
    Ok(())
}

impl SheetTable {
    /// Finds headers and used columns of a sheet; `None` where it is empty.
    fn find(
        book: &Arc<Mutex<Book>>,
        name: String,
        config: &ReadConfig,
    ) -> Result<Option<(Self, Vec<Notice>)>, Trouble> {
        let mut locked = book.lock().unwrap_or_else(PoisonError::into_inner);
        let ranges = if config.merged == Merged::Down { locked.merged(&name)? } else { Vec::new() };
        let (mut used, mut timed) = (BTreeSet::new(), BTreeSet::new());
        let mut sample: Vec<Vec<(u32, String)>> = Vec::new();
        locked.each_row(&name, &mut |_, row| {
            used.extend(row.iter().map(|(column, _)| *column));
            timed.extend(row.iter().filter(|(_, value)| matches!(value, Value::Moment(_))).map(|(column, _)| *column));
            if sample.len() < SAMPLE_ROWS {
                sample.push(row.iter().map(|(column, value)| (*column, value.text().to_owned())).collect());
            }
            if used.len() > MAX_COLUMNS {
                let why = format!("超过 {MAX_COLUMNS} 列 / more than {MAX_COLUMNS} columns");
                return Err(NoTable::OtherShape(why).into());
            }
            Ok(true)
        })?;
        drop(locked);
        let used: Vec<u32> = used.into_iter().collect();
        let rows: Vec<Vec<String>> = sample.iter().map(|row| dense(row, &used)).collect();
        if rows.is_empty() {
            return Ok(None);
        }
        let none = || NoTable::OtherShape("没有表头所在的行 / no row of headers where it is said to be".to_owned());
        let header = Header::find(&rows, config).ok_or_else(none)?;
        let mut names = header.names.clone();
        names.resize(used.len(), String::new());
        let notices = notices_of(&header, &rows);
        let table = Self {
            book: Arc::clone(book),
            part: name.clone(),
            name,
            columns: unique_names(&names),
            n_skipped: header.n_above + header.n_rows,
            used,
            timed,
            ranges,
        };
        Ok(Some((table, notices)))
    }
}

fn dense(row: &[(u32, String)], used: &[u32]) -> Vec<String> {
    let text =
        |column: &u32| row.iter().find(|(idx, _)| idx == column).map_or_else(String::new, |(_, text)| text.clone());
    used.iter().map(text).collect()
}

impl Reader for SheetTable {
    fn part(&self) -> &str {
        &self.part
    }

    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn is_typed(&self) -> bool {
        true
    }

    fn read(&mut self, each: &mut Each<'_>) -> Result<Outcome, Trouble> {
        let mut builder = Builder::new(self.columns.len());
        let mut merged = MergedCells::new(&self.ranges);
        let mut n_skipped = self.n_skipped;
        let (used, timed) = (&self.used, &self.timed);
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        book.each_row(&self.name, &mut |row_idx, row| {
            let filled = merged.fill(row_idx, row);
            if n_skipped > 0 {
                n_skipped -= 1;
                return Ok(true);
            }
            let mut cells = row.iter().peekable();
            for column in used {
                while cells.next_if(|(idx, _)| idx < column).is_some() {}
                let own = cells.next_if(|(idx, _)| idx == column);
                match own.or_else(|| filled.iter().find(|(idx, _)| idx == column)).map(|(_, value)| value) {
                    Some(Value::Day(day)) if timed.contains(column) => {
                        builder.push(Cell::Text(&format!("{day}{MIDNIGHT}")));
                    }
                    value => builder.push(value.map_or(Cell::Missing, Value::cell)),
                }
            }
            if builder.is_full() {
                hand_over(&mut builder, each)?;
            }
            Ok(true)
        })?;
        hand_over(&mut builder, each)?;
        Ok(Outcome::Complete)
    }

    fn notices(&self) -> Vec<Notice> {
        Vec::new()
    }
}
