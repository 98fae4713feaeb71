//! Signatures at the beginning and the end of a file.

use std::io::{self, Read, Seek, SeekFrom};

use memchr::memmem;

use super::why::Foreign;

/// The number of bytes at the beginning in which signatures are looked for.
pub(super) const HEAD: u64 = 1024;

/// The number of bytes at the end in which a ZIP directory's end may stand: its 22 bytes and the longest comment.
pub(super) const ZIP_END: u64 = 22 + 65_535;

/// Marks that make a text a document of another sort wherever they stand. In lower case.
const ANYWHERE: [(&[u8], Foreign); 5] = [
    (b"<!doctype html", Foreign::Html),
    (b"<html", Foreign::Html),
    (b"<script", Foreign::Html),
    (b"<!doctype svg", Foreign::Svg),
    (b"<svg", Foreign::Svg),
];

/// Marks by which browsers take a document for HTML at its beginning (WHATWG MIME Sniffing section 7.1).
const HTML_BEGINS: [&[u8]; 14] = [
    b"<head", b"<iframe", b"<h1", b"<div", b"<font", b"<table", b"<a", b"<style", b"<title", b"<b", b"<body", b"<br",
    b"<p", b"<!--",
];

/// The length of the longest mark with the byte behind it, in bytes.
pub(super) const LONGEST_MARK: usize = 16;

/// Reads up to `count` bytes from the position.
pub(super) fn read<S: Read + Seek>(source: &mut S, position: u64, count: u64) -> io::Result<Vec<u8>> {
    source.seek(SeekFrom::Start(position))?;
    let mut bytes = Vec::new();
    source.take(count).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether the bytes begin like a ZIP archive (APPNOTE sections 4.3.7, 4.3.9 and 4.3.16).
pub(super) fn is_zip(head: &[u8]) -> bool {
    [b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"].iter().any(|mark| head.starts_with(*mark))
}

/// Whether a ZIP archive's central directory ends in the bytes (APPNOTE section 4.3.16).
///
/// The two disk numbers behind the mark are zero in every archive of one file.
pub(super) fn has_zip_end(end: &[u8]) -> bool {
    memmem::find(end, b"PK\x05\x06\0\0\0\0").is_some()
}

/// The mark of markup that stands right here, whatever is before it.
pub(super) fn markup_here(bytes: &[u8]) -> Option<Foreign> {
    ANYWHERE.iter().find(|(mark, _)| begins(bytes, mark)).map(|(_, found)| *found)
}

/// The mark of markup with which a document begins. Leading white space must be gone.
pub(super) fn markup_begin(bytes: &[u8]) -> Option<Foreign> {
    if begins(bytes, b"<?xml") || begins(bytes, b"<!doctype") {
        return markup_here(bytes).or(Some(Foreign::Xml));
    }
    let is_html = HTML_BEGINS.iter().any(|mark| {
        let next = bytes.get(mark.len());
        let is_ended = next.is_none_or(|byte| byte.is_ascii_whitespace() || b">/".contains(byte));
        begins(bytes, mark) && (is_ended || *mark == b"<!--")
    });
    if is_html { Some(Foreign::Html) } else { markup_here(bytes) }
}

/// The first mark of another format anywhere in some bytes around a document.
pub(super) fn foreign_in(bytes: &[u8]) -> Option<Foreign> {
    if memmem::find(bytes, b"PK\x03\x04").is_some() {
        return Some(Foreign::Zip);
    }
    memchr::memchr_iter(b'<', bytes).find_map(|at| markup_here(bytes.get(at..)?))
}

/// Whether the bytes begin with the mark, in either case.
fn begins(bytes: &[u8], mark: &[u8]) -> bool {
    bytes.get(..mark.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(mark))
}
