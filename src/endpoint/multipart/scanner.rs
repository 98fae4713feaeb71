//! Cuts the body at its boundary lines (RFC 2046 section 5.1.1).

use std::io::Read;

use memchr::memmem::{self, Finder};

use super::refusal::{Fault, Refusal};
use super::window::Window;

/// The greatest header limit, in bytes. The window is twice as large.
const LONGEST_HEADER: usize = 64 * 1024;

/// The most blanks between a boundary and the end of its line, in bytes.
const LONGEST_PADDING: usize = 64;

/// Finds headers, bodies and boundary lines, one after the other.
pub(super) struct Scanner<R> {
    window: Window<R>,
    delimiter: Finder<'static>,
}

impl<R: Read> Scanner<R> {
    /// Makes a scanner. `dash_boundary` is `--` and the boundary.
    ///
    /// A line end is put before the body, so that the first boundary is found like all others.
    pub(super) fn new(source: R, dash_boundary: &str) -> Self {
        let delimiter = format!("\r\n{dash_boundary}");
        Self { window: Window::new(source, b"\r\n"), delimiter: Finder::new(&delimiter).into_owned() }
    }

    /// Passes over everything up to the first boundary.
    pub(super) fn preamble(&mut self, limit: usize) -> Result<(), Refusal> {
        // The line end put before the body is not the sender's.
        let mut left = limit.saturating_add(2);
        self.body(|piece| {
            left = left.checked_sub(piece.len()).ok_or(Refusal::PreambleTooLong { limit })?;
            Ok(())
        })
    }

    /// Reads what follows a boundary. True if it was the closing one.
    ///
    /// Blanks are accepted up to the line's end, anything else is refused.
    /// The line's end stays in the window, for the header's search.
    pub(super) fn is_closing(&mut self) -> Result<bool, Refusal> {
        for padding in 0..=LONGEST_PADDING {
            self.window.need(2)?;
            match self.window.data() {
                [b'-', b'-', ..] if padding == 0 => return Ok(true),
                [b'\r', b'\n', ..] => return Ok(false),
                [b' ' | b'\t', ..] => self.window.consume(1),
                _ => break,
            }
        }
        Err(Refusal::Malformed(Fault::Delimiter))
    }

    /// Gives the header's lines without the blank line. The blank line's end stays in the window, for the body.
    pub(super) fn header(&mut self, limit: usize) -> Result<Vec<u8>, Refusal> {
        let limit = limit.min(LONGEST_HEADER);
        let mut searched = 0;
        loop {
            let data = self.window.data();
            let found = data.get(searched..).and_then(|rest| memmem::find(rest, b"\r\n\r\n"));
            // The line end before the header is the boundary line's and does not count.
            let length = found.map_or(data.len().saturating_sub(3), |at| searched + at).saturating_sub(2);
            if length > limit {
                return Err(Refusal::HeaderTooLong { limit });
            }
            if let Some(at) = found {
                let end = searched + at;
                let block = data.get(2..end).unwrap_or_default().to_vec();
                self.window.consume(end + 2);
                return Ok(block);
            }
            searched = data.len().saturating_sub(3);
            if !self.window.fill()? {
                return Err(Refusal::Truncated);
            }
        }
    }

    /// Drops the blank line's end before a body.
    ///
    /// It stays if it belongs to a boundary: then the part has a header and no body at all (RFC 2046 section 5.1.1).
    pub(super) fn blank_line(&mut self) -> Result<(), Refusal> {
        let delimiter = self.delimiter.needle();
        let mut known = 2;
        while delimiter.get(..known).is_some_and(|begin| self.window.data().starts_with(begin)) {
            if known == delimiter.len() {
                return Ok(());
            }
            known += 1;
            self.window.need(known)?;
        }
        self.window.consume(2);
        Ok(())
    }

    /// Hands every piece of a body on, up to and without the boundary, which is consumed. No piece is empty.
    pub(super) fn body(&mut self, mut each: impl FnMut(&[u8]) -> Result<(), Refusal>) -> Result<(), Refusal> {
        let delimiter = self.delimiter.needle().len();
        loop {
            let data = self.window.data();
            let found = self.delimiter.find(data);
            // A boundary may have begun in the last bytes.
            let ready = found.unwrap_or(data.len().saturating_sub(delimiter - 1));
            if let Some(piece) = data.get(..ready)
                && !piece.is_empty()
            {
                each(piece)?;
            }
            self.window.consume(ready);
            if found.is_some() {
                self.window.consume(delimiter);
                return Ok(());
            }
            if !self.window.fill()? {
                return Err(Refusal::Truncated);
            }
        }
    }
}
