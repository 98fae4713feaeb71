//! What a workbook hides: rows and columns with values that nobody sees who opens it.
//!
//! XLSX and ODS are read for it; XLS and XLSB keep it in binary records that are not looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use crate::readers::{NoTable, Trouble};

/// What is hidden.
pub enum Hidden {
    /// In words; nothing where the list is empty.
    Told(Vec<String>),
    /// The format does not say.
    Unknown,
}

/// Looks for hidden rows and columns that hold values.
///
/// Errors: when the file is broken.
pub fn hidden_parts(path: &Path, label: &str) -> Result<Hidden, Trouble> {
    match label {
        "XLSX" => xlsx(path).map(Hidden::Told),
        "ODS" => ods(path).map(Hidden::Told),
        _ => Ok(Hidden::Unknown),
    }
}

fn broken(error: impl std::fmt::Display) -> Trouble {
    NoTable::Broken(error.to_string()).into()
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    element
        .attributes()
        .with_checks(false)
        .filter_map(Result::ok)
        .find(|attribute| attribute.key.local_name().into_inner() == name)
        .map(|attribute| attribute.value.into_owned())
}

fn is_true(value: Option<&str>) -> bool {
    matches!(value, Some("1" | "true" | "on"))
}

/// What is hidden in one sheet.
#[derive(Debug, Default)]
struct Count {
    n_rows: u64,
    first_row: u64,
    columns: BTreeSet<u64>,
}

impl Count {
    fn words(&self, sheet: &str) -> Vec<String> {
        let mut res = Vec::new();
        if self.n_rows > 0 {
            let (n, first) = (self.n_rows, self.first_row);
            res.push(format!(
                "工作表 {sheet} 中 {n} 个隐藏的行（第 {first} 行起）/ {n} hidden rows in {sheet} from row {first} on"
            ));
        }
        if !self.columns.is_empty() {
            let letters: Vec<String> = self.columns.iter().take(8).map(|column| letters_of(*column)).collect();
            let letters = letters.join(" ");
            res.push(format!("工作表 {sheet} 中隐藏的列 {letters} / hidden columns {letters} in {sheet}"));
        }
        res
    }
}

/// `A` for 1, `AA` for 27.
fn letters_of(mut column: u64) -> String {
    let mut res = Vec::new();
    while column > 0 {
        let digit = u8::try_from((column - 1) % 26).unwrap_or_default();
        res.push(char::from(b'A' + digit));
        column = (column - 1) / 26;
    }
    res.iter().rev().collect()
}

fn xlsx(path: &Path) -> Result<Vec<String>, Trouble> {
    let mut archive = ZipArchive::new(BufReader::new(File::open(path)?)).map_err(broken)?;
    let names: Vec<String> = archive
        .file_names()
        .map(|name| name.map(std::borrow::Cow::into_owned))
        .collect::<Result<_, _>>()
        .map_err(broken)?;
    let titles = sheet_titles(&mut archive)?;
    let mut res = Vec::new();
    let mut sheets: Vec<&String> =
        names.iter().filter(|name| name.starts_with("xl/worksheets/") && !name.contains("/_rels/")).collect();
    sheets.sort();
    for name in sheets {
        let part = archive.by_name(name).map_err(broken)?;
        let count = xlsx_sheet(BufReader::new(part))?;
        let title = titles.get(name.as_str()).map_or(name.as_str(), String::as_str);
        res.extend(count.words(title));
    }
    Ok(res)
}

/// The title of each sheet by the path of its part.
fn sheet_titles<R: Read + std::io::Seek>(archive: &mut ZipArchive<R>) -> Result<BTreeMap<String, String>, Trouble> {
    let mut targets = BTreeMap::new();
    let mut titles = BTreeMap::new();
    each_element(archive, "xl/_rels/workbook.xml.rels", &mut |element| {
        if element.local_name().into_inner() == "Relationship"
            && let (Some(id), Some(target)) = (attribute(element, "Id"), attribute(element, "Target"))
        {
            let target = target.trim_start_matches("/xl/").trim_start_matches('/').to_owned();
            targets.insert(id, format!("xl/{target}"));
        }
    })?;
    each_element(archive, "xl/workbook.xml", &mut |element| {
        if element.local_name().into_inner() == "sheet"
            && let (Some(id), Some(title)) = (attribute(element, "id"), attribute(element, "name"))
            && let Some(target) = targets.get(&id)
        {
            titles.insert(target.clone(), title);
        }
    })?;
    Ok(titles)
}

fn each_element<R: Read + std::io::Seek>(
    archive: &mut ZipArchive<R>,
    name: &str,
    each: &mut dyn FnMut(&BytesStart<'_>),
) -> Result<(), Trouble> {
    // A part that is not there names nothing.
    let Ok(part) = archive.by_name(name) else { return Ok(()) };
    let mut reader = Reader::from_reader(BufReader::new(part));
    let mut buffer = Vec::new();
    loop {
        match reader.read_event_into(&mut buffer).map_err(broken)? {
            Event::Start(element) | Event::Empty(element) => each(&element),
            Event::Eof => return Ok(()),
            _ => {}
        }
        buffer.clear();
    }
}

fn xlsx_sheet(part: impl std::io::BufRead) -> Result<Count, Trouble> {
    let mut reader = Reader::from_reader(part);
    let mut buffer = Vec::new();
    let mut count = Count::default();
    let mut hidden_columns: Vec<(u64, u64)> = Vec::new();
    let (mut row, mut row_is_hidden, mut row_is_counted) = (0_u64, false, false);
    let mut column = 0_u64;
    loop {
        match reader.read_event_into(&mut buffer).map_err(broken)? {
            Event::Start(element) | Event::Empty(element) => match element.local_name().into_inner() {
                "col" if is_true(attribute(&element, "hidden").as_deref()) => {
                    let number = |name| attribute(&element, name).and_then(|text| text.parse().ok());
                    if let (Some(min), Some(max)) = (number("min"), number("max")) {
                        hidden_columns.push((min, max));
                    }
                }
                "row" => {
                    row = attribute(&element, "r").and_then(|text| text.parse().ok()).unwrap_or(row + 1);
                    row_is_hidden = is_true(attribute(&element, "hidden").as_deref());
                    row_is_counted = false;
                    column = 0;
                }
                "c" => column = attribute(&element, "r").and_then(|text| column_of(&text)).unwrap_or(column + 1),
                "v" | "is" => {
                    if row_is_hidden && !row_is_counted {
                        row_is_counted = true;
                        count.n_rows += 1;
                        count.first_row = if count.first_row == 0 { row } else { count.first_row };
                    }
                    if hidden_columns.iter().any(|(min, max)| (*min..=*max).contains(&column)) {
                        count.columns.insert(column);
                    }
                }
                _ => {}
            },
            Event::Eof => return Ok(count),
            _ => {}
        }
        buffer.clear();
    }
}

/// The number of a cell's column, from 1: `AB12` is 28.
fn column_of(reference: &str) -> Option<u64> {
    let letters = reference.bytes().take_while(u8::is_ascii_alphabetic).take(4);
    let column = letters.fold(0, |sum, byte| sum * 26 + u64::from(byte.to_ascii_uppercase() - b'A' + 1));
    (column > 0).then_some(column)
}

/// Source: OpenDocument 1.3 part 3, 19.749 `table:visibility`.
fn ods(path: &Path) -> Result<Vec<String>, Trouble> {
    let mut archive = ZipArchive::new(BufReader::new(File::open(path)?)).map_err(broken)?;
    let part = archive.by_name("content.xml").map_err(broken)?;
    let mut reader = Reader::from_reader(BufReader::new(part));
    let mut buffer = Vec::new();
    let mut res = Vec::new();
    let (mut sheet, mut count) = (String::new(), Count::default());
    let (mut row, mut column) = (0_u64, 0_u64);
    let (mut row_is_hidden, mut row_has_value) = (false, false);
    let mut hidden_columns: Vec<(u64, u64)> = Vec::new();
    let mut cell_columns = (0, 0);
    let repeated =
        |element: &BytesStart<'_>, name| attribute(element, name).and_then(|text| text.parse().ok()).unwrap_or(1_u64);
    let is_hidden =
        |element: &BytesStart<'_>| matches!(attribute(element, "visibility").as_deref(), Some("collapse" | "filter"));
    loop {
        match reader.read_event_into(&mut buffer).map_err(broken)? {
            Event::Start(element) | Event::Empty(element) => match element.local_name().into_inner() {
                "table" => {
                    sheet = attribute(&element, "name").unwrap_or_default();
                    (row, column, count) = (0, 0, Count::default());
                    hidden_columns.clear();
                }
                "table-column" => {
                    let n_columns = repeated(&element, "number-columns-repeated");
                    if is_hidden(&element) {
                        hidden_columns.push((column + 1, column.saturating_add(n_columns)));
                    }
                    column = column.saturating_add(n_columns);
                }
                "table-row" => {
                    row = row.saturating_add(repeated(&element, "number-rows-repeated"));
                    (row_is_hidden, row_has_value, column) = (is_hidden(&element), false, 0);
                }
                "table-cell" | "covered-table-cell" => {
                    let n_columns = repeated(&element, "number-columns-repeated");
                    cell_columns = (column + 1, column.saturating_add(n_columns));
                    column = column.saturating_add(n_columns);
                }
                "p" => {
                    if row_is_hidden && !row_has_value {
                        row_has_value = true;
                        count.n_rows += 1;
                        count.first_row = if count.first_row == 0 { row } else { count.first_row };
                    }
                    let (first, last) = cell_columns;
                    if let Some((min, _)) = hidden_columns.iter().find(|(min, max)| *min <= last && first <= *max) {
                        count.columns.insert(first.max(*min));
                    }
                }
                _ => {}
            },
            Event::End(element) if element.local_name().into_inner() == "table" => {
                res.extend(std::mem::take(&mut count).words(&sheet));
            }
            Event::Eof => return Ok(res),
            _ => {}
        }
        buffer.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_letters() {
        for (letters, number) in [("A", 1), ("Z", 26), ("AA", 27), ("XFD", 16_384)] {
            assert_eq!(column_of(&format!("{letters}7")), Some(number));
            assert_eq!(letters_of(number), letters);
        }
    }

    #[test]
    fn hidden_cells_count_only_with_values() {
        let xml = r#"<worksheet><cols><col min="2" max="16384" hidden="1"/></cols><sheetData>
            <row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>
            <row r="2" hidden="1"><c r="A2"/></row>
            <row r="3" hidden="1"><c r="A3" t="inlineStr"><is><t>x</t></is></c></row></sheetData></worksheet>"#;
        let count = xlsx_sheet(xml.as_bytes()).unwrap();
        assert_eq!((count.n_rows, count.first_row, count.columns.len()), (1, 3, 1));
    }
}
