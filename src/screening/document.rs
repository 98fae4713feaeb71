//! Files that are no tables, and what tables in workbooks have about them: text is looked at line by line, office
//! documents paragraph by paragraph. What cannot be looked into is told, because the gate must not let it through unseen.

use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::column::ColumnScreen;
use super::names::is_name;
use super::{Suspicion, Verdict, judge_texts, screen_texts};
use crate::decode::decode;

/// Largest file or part that is looked into as one text.
const MAX_BYTES: u64 = 64 << 20;
/// Most parts of an office document or archive.
const MAX_PARTS: usize = 2_000;

/// What became of a file.
#[derive(Debug, PartialEq, Eq)]
pub enum Seen {
    /// All of it was looked at.
    Whole(Vec<Suspicion>),
    /// Some of it cannot be looked into: which, in the words of the file.
    Partly(Vec<Suspicion>, Vec<String>),
}

impl Seen {
    /// What is suspicious, and what cannot be looked into.
    #[must_use]
    pub fn parts(self) -> (Vec<Suspicion>, Vec<String>) {
        match self {
            Self::Whole(suspicions) => (suspicions, Vec::new()),
            Self::Partly(suspicions, unseen) => (suspicions, unseen),
        }
    }
}

/// What is looked at of a part of an archive.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// All of it.
    Whole,
    /// Only what stands before and after the rows of a sheet.
    AroundRows,
    /// Only what a workbook has beside its cells.
    BesideCells,
    /// Nothing but its name.
    Name,
}

/// Gathers what was seen of one file.
#[derive(Default)]
struct Gathered {
    suspicions: Vec<Suspicion>,
    unseen: Vec<String>,
}

impl Gathered {
    fn texts<'a>(&mut self, what: &str, texts: impl IntoIterator<Item = &'a str>) {
        self.suspicions.extend(screen_texts(what, texts));
    }

    fn bytes(&mut self, what: &str, bytes: Vec<u8>) {
        // What is packed in a PDF may pass for text in some encoding.
        let is_document = bytes.starts_with(b"%PDF");
        match decode(bytes, None) {
            Ok(decoded) if !is_document => self.texts(what, decoded.text.lines()),
            _ => self.unseen.push(what.to_owned()),
        }
    }

    fn xml(&mut self, what: &str, bytes: &[u8]) {
        match paragraphs(bytes) {
            Some(texts) => self.texts(what, texts.iter().map(String::as_str)),
            None => self.unseen.push(what.to_owned()),
        }
    }

    fn end(self) -> Seen {
        if self.unseen.is_empty() { Seen::Whole(self.suspicions) } else { Seen::Partly(self.suspicions, self.unseen) }
    }
}

/// Looks into a file that is not read as a table; `what` is its name in suspicions.
///
/// Errors: when the disk fails.
pub fn screen(path: &Path, what: &str) -> std::io::Result<Seen> {
    let mut res = Gathered::default();
    let mut file = File::open(path)?;
    if file.metadata()?.len() > MAX_BYTES {
        res.unseen.push(format!("{what} > {} MiB", MAX_BYTES >> 20));
        return Ok(res.end());
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    if bytes.starts_with(b"PK\x03\x04") {
        package(std::io::Cursor::new(bytes), &mut res, &|_| Wanted::Whole, 0);
    } else {
        res.bytes(what, bytes);
    }
    Ok(res.end())
}

/// Looks into what a workbook has beside its cells: properties, comments, drawings, pictures, links, printed headers.
///
/// Errors: when the disk fails.
pub fn screen_workbook(path: &Path) -> std::io::Result<Seen> {
    let mut res = Gathered::default();
    package(BufReader::new(File::open(path)?), &mut res, &beside_cells, 0);
    Ok(res.end())
}

fn beside_cells(name: &str) -> Wanted {
    let is_format = ["xl/styles", "xl/theme", "xl/calcChain", "settings.xml", "Thumbnails/"];
    // Printer settings are binary and hold no text of the team's; the strings of cells are screened with their columns.
    let is_left_out = name.contains("printerSettings") || name == "xl/sharedStrings.xml" || name == "content.xml";
    if name.starts_with("xl/worksheets/") && !name.contains("/_rels/") {
        Wanted::AroundRows
    } else if is_left_out || is_format.iter().any(|prefix| name.starts_with(prefix)) {
        Wanted::Name
    } else {
        Wanted::Whole
    }
}

/// Looks into the members of an archive; of those that tables were found in, at what stands beside the cells.
///
/// Errors: when the disk fails.
pub fn screen_members(path: &Path, tables: &[String]) -> std::io::Result<Seen> {
    let mut res = Gathered::default();
    let wanted = |name: &str| match name.rsplit('.').next().map(str::to_ascii_lowercase).as_deref() {
        _ if !tables.iter().any(|table| table == name) => Wanted::Whole,
        Some("xlsx" | "ods") => Wanted::BesideCells,
        _ => Wanted::Name,
    };
    package(BufReader::new(File::open(path)?), &mut res, &wanted, 0);
    Ok(res.end())
}

/// Looks at what an XML file has beside its texts: attributes, comments, instructions.
///
/// Errors: when the disk fails.
pub fn screen_marks(path: &Path, what: &str) -> std::io::Result<Seen> {
    let mut res = Gathered::default();
    let mut column = ColumnScreen::new("");
    what.clone_into(&mut column.header);
    let mut reader = Reader::from_reader(BufReader::new(File::open(path)?));
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(element) | Event::Empty(element)) => {
                for text in attributes(&element) {
                    column.add_text(&text);
                }
            }
            Ok(Event::Comment(text) | Event::DocType(text)) => column.add_text(&text.xml10_content()),
            Ok(Event::PI(text)) => column.add_text(&text),
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(_) => {
                res.unseen.push(what.to_owned());
                break;
            }
        }
    }
    res.suspicions.extend(judge_texts(column));
    Ok(res.end())
}

/// Most archives within one another that are looked into: a document in an archive.
const MAX_DEPTH: u8 = 2;
/// Most bytes of a sheet around its rows.
const MAX_AROUND_BYTES: usize = 8 << 20;

fn package(file: impl Read + Seek, res: &mut Gathered, wanted: &dyn Fn(&str) -> Wanted, depth: u8) {
    let Ok(mut archive) = ZipArchive::new(file) else {
        res.unseen.push("ZIP".to_owned());
        return;
    };
    let mut n_left = MAX_BYTES;
    for idx in 0..archive.len() {
        let Ok(member) = archive.by_index(idx) else {
            res.unseen.push(format!("#{idx}"));
            continue;
        };
        let name = crate::decode::decode(member.name_raw().to_vec(), None)
            .map_or_else(|_| String::from_utf8_lossy(member.name_raw()).into_owned(), |decoded| decoded.text);
        if !member.is_file() {
            continue;
        }
        res.texts(&name, [name.as_str()]);
        let want = wanted(&name);
        let mut bytes = Vec::new();
        let is_read = match want {
            Wanted::Name => continue,
            Wanted::AroundRows => around_rows(member, &mut bytes),
            Wanted::Whole | Wanted::BesideCells => member.take(n_left).read_to_end(&mut bytes).is_ok(),
        };
        n_left = n_left.saturating_sub(bytes.len() as u64);
        if !is_read || n_left == 0 || idx >= MAX_PARTS {
            res.unseen.push(name);
            return;
        }
        part(&name, bytes, want, res, depth);
    }
}

/// Looks at one part of an archive.
fn part(name: &str, bytes: Vec<u8>, want: Wanted, res: &mut Gathered, depth: u8) {
    let is_xml = matches!(name.rsplit('.').next(), Some("xml" | "rels" | "XML")) || bytes.starts_with(b"<?xml");
    if name.starts_with("docProps/") || name == "meta.xml" {
        properties(name, &bytes, res);
    }
    if bytes.starts_with(b"PK\x03\x04") {
        let is_office = memchr::memmem::find(&bytes, b"[Content_Types].xml").is_some()
            || memchr::memmem::find(&bytes, b"META-INF/manifest.xml").is_some();
        match want {
            Wanted::BesideCells => package(std::io::Cursor::new(bytes), res, &beside_cells, depth + 1),
            _ if is_office && depth < MAX_DEPTH => {
                package(std::io::Cursor::new(bytes), res, &|_| Wanted::Whole, depth + 1);
            }
            // An archive within an archive.
            _ => res.unseen.push(name.to_owned()),
        }
    } else if is_xml {
        res.xml(name, &bytes);
    } else {
        res.bytes(name, bytes);
    }
}

/// Reads a sheet without its rows, which are screened as columns; whether that could be done.
fn around_rows(mut member: impl Read, res: &mut Vec<u8>) -> bool {
    const BEGIN: &[u8] = b"<sheetData";
    const END: &[u8] = b"</sheetData>";
    let (mut pending, mut buffer, mut in_rows) = (Vec::new(), vec![0; 256 << 10], false);
    loop {
        let Ok(n_read) = member.read(&mut buffer) else { return false };
        pending.extend_from_slice(&buffer[..n_read]);
        while let Some(at) = memchr::memmem::find(&pending, if in_rows { END } else { BEGIN }) {
            if !in_rows {
                res.extend_from_slice(&pending[..at]);
                // What is left has to stay XML.
                res.extend_from_slice(b"<sheetData>");
            }
            pending.drain(..at + if in_rows { 0 } else { BEGIN.len() });
            in_rows = !in_rows;
            if in_rows && pending.starts_with(b"/>") {
                // A sheet without rows.
                pending.drain(..2);
                res.extend_from_slice(b"</sheetData>");
                in_rows = false;
            }
            if !in_rows {
                break;
            }
        }
        // A mark may be cut in two.
        let n_done = pending.len().saturating_sub(END.len());
        if !in_rows {
            res.extend_from_slice(&pending[..n_done]);
        }
        pending.drain(..n_done);
        if res.len() > MAX_AROUND_BYTES {
            return false;
        }
        if n_read == 0 {
            res.extend_from_slice(&pending);
            // Rows without an end are no sheet that could be looked at.
            return !in_rows;
        }
    }
}

/// Values of attributes that could hold a number of a person.
fn attributes(element: &BytesStart<'_>) -> Vec<String> {
    const LEAST_DIGITS: usize = 7;
    let is_wanted =
        |value: &String| value.chars().filter(|c| c.is_numeric()).count() >= LEAST_DIGITS || value.contains('@');
    let mut all = element.attributes();
    all.with_checks(false)
        .filter_map(Result::ok)
        .map(|attribute| attribute.value.into_owned())
        .filter(is_wanted)
        .collect()
}

/// The names of people among a document's properties: author, last editor, manager.
fn properties(what: &str, bytes: &[u8], res: &mut Gathered) {
    let texts = paragraphs(bytes).unwrap_or_default();
    let found: Vec<String> = texts.iter().filter(|text| is_name(text)).map(|text| super::masked(text)).collect();
    if !found.is_empty() {
        res.suspicions.push(Suspicion {
            verdict: Verdict::Doubt,
            kind: super::kind::Kind::Name,
            columns: vec![what.to_owned()],
            n_found: found.len() as u64,
            n_filled: texts.len() as u64,
            first_row: None,
            samples: found.into_iter().take(3).collect(),
            smallest_group: None,
        });
    }
}

/// The text of an XML part, one item for each paragraph or other element that ends; `None` where it is not sound.
///
/// Word processors cut a number into several pieces within a paragraph: these belong together.
fn paragraphs(bytes: &[u8]) -> Option<Vec<String>> {
    let mut reader = Reader::from_reader(bytes);
    let mut res = Vec::new();
    let mut text = String::new();
    loop {
        match reader.read_event().ok()? {
            Event::Text(part) => text.push_str(&part.xml10_content()),
            Event::CData(part) => text.push_str(&part.xml10_content()),
            Event::Start(element) | Event::Empty(element) => res.extend(attributes(&element)),
            Event::Comment(part) => res.push(part.xml10_content().into_owned()),
            Event::GeneralRef(reference) => text.push(reference.resolve_char_ref().ok().flatten().unwrap_or(' ')),
            Event::End(element) => {
                let is_run = matches!(element.local_name().into_inner(), "t" | "r" | "span" | "rPr");
                if !is_run && !text.trim().is_empty() {
                    res.push(std::mem::take(&mut text).trim().to_owned());
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if !text.trim().is_empty() {
        res.push(text);
    }
    Some(res)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_cut_into_runs_is_one() {
        let xml = "<w:p><w:r><w:t>110105194</w:t></w:r><w:r><w:t>91231002X</w:t></w:r></w:p>";
        let mut res = Gathered::default();
        res.xml("word/document.xml", xml.as_bytes());
        assert_eq!(res.suspicions.len(), 1);
        assert!(!res.suspicions[0].words().contains("11010519491231002X"));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_are_too_odd(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
            let mut res = Gathered::default();
            res.xml("x", &bytes);
            package(std::io::Cursor::new(bytes.clone()), &mut res, &|_| Wanted::Whole, 0);
            let _ = around_rows(std::io::Cursor::new(bytes.clone()), &mut Vec::new());
            res.bytes("x", bytes);
        }
    }
}
