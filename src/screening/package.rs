//! Archives and what is one inside: office documents, workbooks, ZIP files. Which parts are looked at, and how.

use std::io::{BufReader, Read, Seek};

use zip::ZipArchive;

use super::document::{Gathered, MAX_BYTES, each_paragraph, properties};
use super::runs::each_run;

/// Most parts of an office document or archive.
const MAX_PARTS: usize = 2_000;
/// Most archives within one another that are looked into: a document in an archive.
const MAX_DEPTH: u8 = 2;

/// What is looked at of a part of an archive.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// All of it.
    Whole,
    /// What stands before and after the rows of a sheet, and the formulas in them.
    AroundRows,
    /// Every text of an XML part that stands in no cell.
    Texts,
    /// Every text of a binary part that stands in no cell.
    Runs,
    /// What a workbook has beside its cells.
    BesideCells,
    /// Nothing but its name.
    Name,
}

/// What is looked at of the parts of a workbook whose cells were screened as columns.
pub fn beside_cells(name: &str) -> Wanted {
    let is_format = ["xl/styles", "xl/theme", "xl/calcChain", "settings.xml", "Thumbnails/"];
    if name.contains("printerSettings") || is_format.iter().any(|prefix| name.starts_with(prefix)) {
        // Printer settings are binary and hold no text of the team's.
        return Wanted::Name;
    }
    let is_packed = name.contains("vbaProject") || name.contains("embeddings/") || name.contains("media/");
    let is_sheet = name.starts_with("xl/worksheets/") && !name.contains("/_rels/");
    match name.rsplit('.').next() {
        _ if is_packed => Wanted::Whole,
        Some("bin") => Wanted::Runs,
        Some("xml") if is_sheet => Wanted::AroundRows,
        _ if matches!(name, "xl/sharedStrings.xml" | "content.xml") => Wanted::Texts,
        _ => Wanted::Whole,
    }
}

/// Looks at the parts of an archive.
pub fn package(file: impl Read + Seek, res: &mut Gathered<'_>, wanted: &dyn Fn(&str) -> Wanted, depth: u8) {
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
            Wanted::Texts => {
                res.beside(&name, |each| each_paragraph(BufReader::new(member), each));
                continue;
            }
            Wanted::AroundRows => {
                let mut is_read = false;
                res.beside(&name, |each| {
                    is_read = around_rows(member, &mut bytes, each);
                    is_read
                });
                is_read
            }
            Wanted::Whole | Wanted::BesideCells | Wanted::Runs => member.take(n_left).read_to_end(&mut bytes).is_ok(),
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
fn part(name: &str, bytes: Vec<u8>, want: Wanted, res: &mut Gathered<'_>, depth: u8) {
    let is_xml = matches!(name.rsplit('.').next(), Some("xml" | "rels" | "XML")) || bytes.starts_with(b"<?xml");
    if name.starts_with("docProps/") || name == "meta.xml" {
        properties(name, &bytes, res);
    }
    if want == Wanted::Runs {
        res.beside(name, |each| {
            each_run(&bytes, each);
            true
        });
    } else if bytes.starts_with(b"PK\x03\x04") {
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

/// Most bytes of a sheet around its rows, and of one formula.
const MAX_AROUND_BYTES: usize = 8 << 20;
const MAX_FORMULA_BYTES: usize = 1 << 20;

/// Reads a sheet without its rows, which are screened as columns, and hands on the formulas in them; whether that could
/// be done.
fn around_rows(mut member: impl Read, res: &mut Vec<u8>, each: &mut dyn FnMut(&str)) -> bool {
    const BEGIN: &[u8] = b"<sheetData";
    const END: &[u8] = b"</sheetData>";
    let (mut pending, mut buffer, mut in_rows) = (Vec::new(), vec![0; 256 << 10], false);
    loop {
        let Ok(n_read) = member.read(&mut buffer) else { return false };
        pending.extend_from_slice(&buffer[..n_read]);
        while let Some(at) = memchr::memmem::find(&pending, if in_rows { END } else { BEGIN }) {
            if in_rows {
                formulas(&pending[..at], each);
            } else {
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
        let mut n_done = pending.len().saturating_sub(END.len());
        if in_rows {
            n_done = formulas(&pending[..n_done], each);
        } else {
            res.extend_from_slice(&pending[..n_done]);
        }
        pending.drain(..n_done);
        if res.len() > MAX_AROUND_BYTES || pending.len() > MAX_FORMULA_BYTES {
            return false;
        }
        if n_read == 0 {
            res.extend_from_slice(&pending);
            // Rows without an end are no sheet that could be looked at.
            return !in_rows;
        }
    }
}

/// Hands on each formula of some rows; how many bytes are done with, because the last formula may not have its end yet.
fn formulas(rows: &[u8], each: &mut dyn FnMut(&str)) -> usize {
    const BEGIN: &[u8] = b"<f";
    const END: &[u8] = b"</f>";
    let mut at = 0;
    while let Some(begin) = memchr::memmem::find(&rows[at..], BEGIN).map(|found| at + found) {
        let is_formula = match rows.get(begin + BEGIN.len()) {
            None => return begin,
            Some(next) => matches!(next, b'>' | b' ' | b'\t' | b'\r' | b'\n'),
        };
        if !is_formula {
            at = begin + BEGIN.len();
            continue;
        }
        let Some(open_end) = memchr::memchr(b'>', &rows[begin..]).map(|found| begin + found) else { return begin };
        if rows[open_end - 1] == b'/' {
            // A cell that shares the formula of another.
            at = open_end;
            continue;
        }
        let Some(end) = memchr::memmem::find(&rows[open_end..], END).map(|found| open_end + found) else {
            return begin;
        };
        let text = String::from_utf8_lossy(&rows[open_end + 1..end]);
        each(&quick_xml::escape::unescape(&text).unwrap_or_else(|_| text.clone()));
        at = end;
    }
    // The first letter of a mark may be the last that was read.
    if rows.ends_with(b"<") { rows.len() - 1 } else { rows.len() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formulas_of(sheet: &str, n_at_once: usize) -> (bool, Vec<String>, String) {
        struct Slow<'a>(&'a [u8], usize);
        impl Read for Slow<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                let n = self.1.min(buffer.len()).min(self.0.len());
                buffer[..n].copy_from_slice(&self.0[..n]);
                self.0 = &self.0[n..];
                Ok(n)
            }
        }
        let (mut around, mut found) = (Vec::new(), Vec::new());
        let is_read =
            around_rows(Slow(sheet.as_bytes(), n_at_once), &mut around, &mut |text| found.push(text.to_owned()));
        (is_read, found, String::from_utf8(around).unwrap())
    }

    proptest::proptest! {
        #[test]
        fn formulas_are_found_however_the_bytes_come(n_at_once in 1_usize..80) {
            let sheet = "<worksheet><sheetData><row><c><f>A1+B1</f><v>1</v></c><c><f t=\"shared\" si=\"0\"/></c>\
                <c><is><r><rPr><font/></rPr></r></is></c><c><f t=\"shared\">&quot;13925522956&quot;</f></c></row>\
                </sheetData><pageSetup/></worksheet>";
            let (is_read, found, around) = formulas_of(sheet, n_at_once);
            proptest::prop_assert!(is_read);
            proptest::prop_assert_eq!(found, ["A1+B1", "\"13925522956\""]);
            proptest::prop_assert_eq!(around, "<worksheet><sheetData></sheetData><pageSetup/></worksheet>");
        }

        #[test]
        fn no_sheet_is_too_odd(bytes in "(<f|</f>|<sheetData|</sheetData>|>|/|[a-z<>]){0,40}", n_at_once in 1_usize..9) {
            let _ = formulas_of(&bytes, n_at_once);
        }
    }
}
