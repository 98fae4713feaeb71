//! Files that are no tables, and what tables have about them: text is looked at line by line, office documents
//! paragraph by paragraph. What cannot be looked into is told, because the gate must not let it through unseen.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::column::ColumnScreen;
use super::database::each_leftover;
use super::names::is_name;
use super::package::{Wanted, beside_cells, package};
use super::runs::each_run;
use super::tokens::CellTokens;
use super::{Suspicion, Verdict, judge_texts, screen_texts};
use crate::decode::decode;

/// Largest file or part that is looked into as one text.
pub(super) const MAX_BYTES: u64 = 64 << 20;

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

/// Gathers what was seen of one file.
pub(super) struct Gathered<'a> {
    /// What stands in cells, which were screened as columns.
    tokens: &'a CellTokens,
    suspicions: Vec<Suspicion>,
    pub(super) unseen: Vec<String>,
}

impl<'a> Gathered<'a> {
    fn new(tokens: &'a CellTokens) -> Self {
        Self { tokens, suspicions: Vec::new(), unseen: Vec::new() }
    }

    pub(super) fn texts<'t>(&mut self, what: &str, texts: impl IntoIterator<Item = &'t str>) {
        self.suspicions.extend(screen_texts(what, texts));
    }

    pub(super) fn bytes(&mut self, what: &str, bytes: Vec<u8>) {
        // What is packed in a PDF may pass for text in some encoding.
        let is_document = bytes.starts_with(b"%PDF");
        match decode(bytes, None) {
            Ok(decoded) if !is_document => self.texts(what, decoded.text.lines()),
            _ => self.unseen.push(what.to_owned()),
        }
    }

    pub(super) fn xml(&mut self, what: &str, bytes: &[u8]) {
        match paragraphs(bytes) {
            Some(texts) => self.texts(what, texts.iter().map(String::as_str)),
            None => self.unseen.push(what.to_owned()),
        }
    }

    /// Looks at texts that may stand in cells too: `walk` hands them on and says whether it got to the end.
    pub(super) fn beside(&mut self, what: &str, walk: impl FnOnce(&mut dyn FnMut(&str)) -> bool) {
        let mut column = ColumnScreen::new("");
        what.clone_into(&mut column.header);
        let is_whole = walk(&mut |text| column.add_text_beside(text, self.tokens));
        self.suspicions.extend(judge_texts(column));
        if !is_whole {
            self.unseen.push(what.to_owned());
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
    let tokens = CellTokens::default();
    let mut res = Gathered::new(&tokens);
    let Some(bytes) = read_whole(path, what, &mut res)? else { return Ok(res.end()) };
    if bytes.starts_with(b"PK\x03\x04") {
        package(std::io::Cursor::new(bytes), &mut res, &|_| Wanted::Whole, 0);
    } else {
        res.bytes(what, bytes);
    }
    Ok(res.end())
}

/// The bytes of a file that is not too large.
fn read_whole(path: &Path, what: &str, res: &mut Gathered<'_>) -> std::io::Result<Option<Vec<u8>>> {
    let mut file = File::open(path)?;
    if file.metadata()?.len() > MAX_BYTES {
        res.unseen.push(format!("{what} > {} MiB", MAX_BYTES >> 20));
        return Ok(None);
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// Looks into what a workbook has beside its cells: properties, comments, formulas, texts that no cell shows, drawings,
/// pictures, links, printed headers.
///
/// Errors: when the disk fails.
pub fn screen_workbook(path: &Path, tokens: &CellTokens) -> std::io::Result<Seen> {
    let mut res = Gathered::new(tokens);
    package(BufReader::new(File::open(path)?), &mut res, &beside_cells, 0);
    Ok(res.end())
}

/// Looks into what a workbook of the old binary format has beside its cells, as far as it stands there as text.
///
/// Errors: when the disk fails.
pub fn screen_binary_workbook(path: &Path, what: &str, tokens: &CellTokens) -> std::io::Result<Seen> {
    let mut res = Gathered::new(tokens);
    let Some(bytes) = read_whole(path, what, &mut res)? else { return Ok(res.end()) };
    res.beside(what, |each| {
        each_run(&bytes, each);
        true
    });
    let has = |pattern: &[u8]| memchr::memmem::find(&bytes, pattern).is_some();
    let macros: Vec<u8> = "_VBA_PROJECT".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let packed = [
        (has(&macros), "宏 / macros"),
        (has_embedded_file(&bytes), "嵌入的文件 / an embedded file"),
        (has(b"\x89PNG") || has(b"JFIF\0") || has(b"Exif\0\0"), "图片 / a picture"),
    ];
    res.unseen.extend(packed.iter().filter(|(is_there, _)| *is_there).map(|(_, words)| format!("{what} · {words}")));
    Ok(res.end())
}

/// Whether a binary workbook holds an archive; colours and fonts are kept in one, and are no file of the team's.
fn has_embedded_file(bytes: &[u8]) -> bool {
    const NAME_LEN: usize = 26;
    const NAME: usize = 30;
    memchr::memmem::find_iter(bytes, b"PK\x03\x04").any(|at| {
        let header = &bytes[at..];
        let name_len = header.get(NAME_LEN).map_or(0, |len| usize::from(*len));
        let name = header.get(NAME..NAME + name_len).unwrap_or_default();
        name != b"[Content_Types].xml" && !name.starts_with(b"_rels/") && !name.starts_with(b"theme/")
    })
}

/// Looks at what a database has beside its rows.
///
/// Errors: when the disk fails.
pub fn screen_database(path: &Path, what: &str, tokens: &CellTokens) -> std::io::Result<Seen> {
    let mut res = Gathered::new(tokens);
    let file = BufReader::with_capacity(1 << 20, File::open(path)?);
    let mut has_free_pages = false;
    res.beside(what, |each| each_leftover(file, each).map(|found| has_free_pages = found).is_ok());
    if has_free_pages {
        res.unseen
            .push(format!("{what} · 已删除内容所在的空闲页，请执行 VACUUM / free pages of deleted rows: run VACUUM"));
    }
    Ok(res.end())
}

/// Looks into the members of an archive; of those that tables were found in, at what stands beside the cells.
///
/// Errors: when the disk fails.
pub fn screen_members(path: &Path, tables: &[String], tokens: &CellTokens) -> std::io::Result<Seen> {
    let mut res = Gathered::new(tokens);
    let wanted = |name: &str| match name.rsplit('.').next().map(str::to_ascii_lowercase).as_deref() {
        _ if !tables.iter().any(|table| table == name) => Wanted::Whole,
        Some("xlsx" | "xlsb" | "ods") => Wanted::BesideCells,
        Some("xls" | "et" | "db" | "sqlite" | "sqlite3") => Wanted::Runs,
        _ => Wanted::Name,
    };
    package(BufReader::new(File::open(path)?), &mut res, &wanted, 0);
    Ok(res.end())
}

/// Looks at what an XML file has beside its texts: attributes, comments, instructions.
///
/// Errors: when the disk fails.
pub fn screen_marks(path: &Path, what: &str) -> std::io::Result<Seen> {
    let tokens = CellTokens::default();
    let mut res = Gathered::new(&tokens);
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
pub(super) fn properties(what: &str, bytes: &[u8], res: &mut Gathered<'_>) {
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

/// The texts of an XML part as [`each_paragraph`] finds them; `None` where it is not sound.
fn paragraphs(bytes: &[u8]) -> Option<Vec<String>> {
    let mut res = Vec::new();
    each_paragraph(bytes, &mut |text| res.push(text.to_owned())).then_some(res)
}

/// Hands on the texts of an XML part, one for each paragraph or other element that ends, each attribute and comment;
/// whether it was sound to its end.
///
/// Word processors cut a number into several pieces within a paragraph: these belong together.
pub(super) fn each_paragraph(source: impl BufRead, each: &mut dyn FnMut(&str)) -> bool {
    let mut reader = Reader::from_reader(source);
    let mut buffer = Vec::new();
    let mut text = String::new();
    loop {
        buffer.clear();
        let Ok(event) = reader.read_event_into(&mut buffer) else { return false };
        match event {
            Event::Text(part) => text.push_str(&part.xml10_content()),
            Event::CData(part) => text.push_str(&part.xml10_content()),
            Event::Start(element) | Event::Empty(element) => {
                for value in attributes(&element) {
                    each(&value);
                }
            }
            Event::Comment(part) => each(&part.xml10_content()),
            Event::GeneralRef(reference) => text.push(reference.resolve_char_ref().ok().flatten().unwrap_or(' ')),
            Event::End(element) => {
                let is_run = matches!(element.local_name().into_inner(), "t" | "r" | "span" | "rPr");
                if !is_run && !text.trim().is_empty() {
                    each(text.trim());
                    text.clear();
                }
            }
            Event::Eof => break,
            _ => {}
        }
        if text.len() as u64 > MAX_BYTES {
            return false;
        }
    }
    if !text.trim().is_empty() {
        each(&text);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_cut_into_runs_is_one() {
        let xml = "<w:p><w:r><w:t>110105194</w:t></w:r><w:r><w:t>91231002X</w:t></w:r></w:p>";
        let tokens = CellTokens::default();
        let mut res = Gathered::new(&tokens);
        res.xml("word/document.xml", xml.as_bytes());
        assert_eq!(res.suspicions.len(), 1);
        assert!(!res.suspicions[0].words().contains("11010519491231002X"));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_are_too_odd(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
            let tokens = CellTokens::default();
            let mut res = Gathered::new(&tokens);
            res.xml("x", &bytes);
            package(std::io::Cursor::new(bytes.clone()), &mut res, &|_| Wanted::Whole, 0);
            package(std::io::Cursor::new(bytes.clone()), &mut res, &beside_cells, 0);
            res.bytes("x", bytes);
        }
    }
}
