//! Reads the parts of a form and keeps the counts.

use std::io::Read;
use std::str;

use super::boundary::is_boundary;
use super::header::{self, Header};
use super::scanner::Scanner;
use super::{Limits, Refusal, Sink};

/// Reads a form and hands its parts to the sink.
///
/// Success means that the closing boundary was seen. Bytes behind it are ignored and not all read.
/// The source must end with the body: for an open connection pass one that ends after Content-Length bytes.
/// A form without any part, only the closing boundary, is accepted, as browsers send it.
/// A part with an empty filename and an empty body is a file input left empty and is passed over.
///
/// # Errors
/// See [`Refusal`]. What the sink has received before must then be thrown away.
pub fn read(source: impl Read, boundary: &str, limits: &Limits, sink: &mut dyn Sink) -> Result<(), Refusal> {
    if !is_boundary(boundary) {
        return Err(Refusal::Boundary);
    }
    let dash_boundary = format!("--{boundary}");
    let mut scanner = Scanner::new(source, &dash_boundary);
    let mut form = Form { limits, sink, parts: 0, fields: 0, files: 0, files_bytes: 0 };
    scanner.preamble(limits.preamble_bytes)?;
    while !scanner.is_closing()? {
        count(&mut form.parts, limits.parts).map_err(|limit| Refusal::TooManyParts { limit })?;
        let block = scanner.header(limits.header_bytes)?;
        let header = header::parse(&block, &dash_boundary)?;
        scanner.blank_line()?;
        match &header.filename {
            Some(filename) => form.file(&mut scanner, &header.name, filename)?,
            None => form.field(&mut scanner, &header)?,
        }
    }
    Ok(())
}

/// Counts one more. The limit is the error.
fn count(counter: &mut usize, limit: usize) -> Result<(), usize> {
    *counter = counter.saturating_add(1);
    if *counter > limit { Err(limit) } else { Ok(()) }
}

/// The form as far as it has been read.
struct Form<'a> {
    limits: &'a Limits,
    sink: &'a mut dyn Sink,
    parts: usize,
    fields: usize,
    files: usize,
    files_bytes: u64,
}

impl Form<'_> {
    /// Collects a text field.
    fn field<R: Read>(&mut self, scanner: &mut Scanner<R>, header: &Header) -> Result<(), Refusal> {
        count(&mut self.fields, self.limits.fields).map_err(|limit| Refusal::TooManyFields { limit })?;
        let limit = self.limits.field_bytes;
        let mut text = Vec::new();
        scanner.body(|piece| {
            if piece.len() > limit.saturating_sub(text.len()) {
                return Err(Refusal::FieldTooLong { name: header.name.clone(), limit });
            }
            text.extend_from_slice(piece);
            Ok(())
        })?;
        match str::from_utf8(&text) {
            Ok(text) if !header.is_other_charset => self.sink.field(&header.name, text).map_err(Refusal::Sink),
            _ => Err(Refusal::NotText(header.name.clone())),
        }
    }

    /// Streams a file. One without a filename begins with its first byte, if there is one.
    fn file<R: Read>(&mut self, scanner: &mut Scanner<R>, name: &str, filename: &str) -> Result<(), Refusal> {
        let mut length = 0;
        let mut has_begun = !filename.is_empty();
        if has_begun {
            self.begin(name, filename)?;
        }
        scanner.body(|piece| {
            if !has_begun {
                self.begin(name, filename)?;
                has_begun = true;
            }
            length = self.measure(length, piece, name, filename)?;
            self.sink.bytes(piece).map_err(Refusal::Sink)
        })?;
        if has_begun { self.sink.end_file().map_err(Refusal::Sink) } else { Ok(()) }
    }

    /// Counts a file and begins it.
    fn begin(&mut self, name: &str, filename: &str) -> Result<(), Refusal> {
        count(&mut self.files, self.limits.files).map_err(|limit| Refusal::TooManyFiles { limit })?;
        self.sink.begin_file(name, filename).map_err(Refusal::Sink)
    }

    /// Gives the file's length with the piece, or the limit that it passes.
    fn measure(&mut self, length: u64, piece: &[u8], name: &str, filename: &str) -> Result<u64, Refusal> {
        let more = u64::try_from(piece.len()).unwrap_or(u64::MAX);
        let length = length.saturating_add(more);
        self.files_bytes = self.files_bytes.saturating_add(more);
        let (name, filename) = (|| name.to_owned(), || filename.to_owned());
        if length > self.limits.file_bytes {
            return Err(Refusal::FileTooLong { name: name(), filename: filename(), limit: self.limits.file_bytes });
        }
        if self.files_bytes > self.limits.files_bytes {
            return Err(Refusal::FilesTooLong { name: name(), filename: filename(), limit: self.limits.files_bytes });
        }
        Ok(length)
    }
}
