//! Files that are no tables, and what tables in workbooks have about them: text is looked at line by line, office
//! documents paragraph by paragraph. What cannot be looked into is told, because the gate must not let it through unseen.

use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;

use quick_xml::Reader;
use quick_xml::events::Event;
use zip::ZipArchive;

use super::column::ColumnScreen;
use super::names::is_name;
use super::{Suspicion, Verdict, judge};
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

/// Gathers what was seen of one file.
#[derive(Default)]
struct Gathered {
    suspicions: Vec<Suspicion>,
    unseen: Vec<String>,
}

impl Gathered {
    fn texts<'a>(&mut self, what: &str, texts: impl IntoIterator<Item = &'a str>) {
        let mut column = ColumnScreen::new("");
        what.clone_into(&mut column.header);
        texts.into_iter().for_each(|text| column.add_text(text));
        self.suspicions.extend(judge::judge(&[column], None).into_iter().filter(|found| found.verdict.refuses()));
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
        package(std::io::Cursor::new(bytes), &mut res, &|_| true);
    } else {
        res.bytes(what, bytes);
    }
    Ok(res.end())
}

/// Looks into what a workbook has beside its cells: properties, comments, drawings, pictures.
///
/// Errors: when the disk fails.
pub fn screen_workbook(path: &Path) -> std::io::Result<Seen> {
    let mut res = Gathered::default();
    let is_beside_cells = |name: &str| {
        let is_cells =
            name.starts_with("xl/worksheets/sheet") || name == "xl/sharedStrings.xml" || name == "content.xml";
        let is_format = ["xl/styles", "xl/theme", "xl/calcChain", "styles.xml", "settings.xml", "Thumbnails/"];
        // Printer settings are binary and hold no text of the team's.
        !is_cells && !is_format.iter().any(|prefix| name.starts_with(prefix)) && !name.contains("printerSettings")
    };
    package(BufReader::new(File::open(path)?), &mut res, &is_beside_cells);
    Ok(res.end())
}

/// Looks into the members of an archive that are read as no table, where `is_wanted` says so.
///
/// Errors: when the disk fails.
pub fn screen_members(path: &Path, is_wanted: &dyn Fn(&str) -> bool) -> std::io::Result<Seen> {
    let mut res = Gathered::default();
    package(BufReader::new(File::open(path)?), &mut res, is_wanted);
    Ok(res.end())
}

fn package(file: impl Read + Seek, res: &mut Gathered, is_wanted: &dyn Fn(&str) -> bool) {
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
        if !is_wanted(&name) {
            continue;
        }
        let mut bytes = Vec::new();
        let is_read = member.take(n_left).read_to_end(&mut bytes).is_ok();
        n_left = n_left.saturating_sub(bytes.len() as u64);
        if !is_read || n_left == 0 || idx >= MAX_PARTS {
            res.unseen.push(name);
            return;
        }
        let is_xml = matches!(name.rsplit('.').next(), Some("xml" | "rels" | "XML")) || bytes.starts_with(b"<?xml");
        if name.starts_with("docProps/") || name == "meta.xml" {
            properties(&name, &bytes, res);
        }
        if bytes.starts_with(b"PK\x03\x04") {
            // An archive within: looked into no further.
            res.unseen.push(name);
        } else if is_xml {
            res.xml(&name, &bytes);
        } else {
            res.bytes(&name, bytes);
        }
    }
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
            package(std::io::Cursor::new(bytes.clone()), &mut res, &|_| true);
            res.bytes("x", bytes);
        }
    }
}
