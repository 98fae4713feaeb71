//! Walks through a file forwards, over its structure.

use std::io::{BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom};

use super::head;
use super::why::{Format, WhyNot};

/// The most bytes that may follow an image.
const PADDING: u64 = 16;

/// A position in an image, which knows how much is left.
pub(super) struct Walk<'a, S> {
    reader: BufReader<&'a mut S>,
    left: u64,
    format: Format,
}

impl<'a, S: Read + Seek> Walk<'a, S> {
    /// Begins at the position.
    pub(super) fn new(source: &'a mut S, length: u64, position: u64, format: Format) -> Result<Self, WhyNot> {
        source.seek(SeekFrom::Start(position))?;
        let left = length.saturating_sub(position);
        Ok(Self { reader: BufReader::with_capacity(16 * 1024, source), left, format })
    }

    /// The refusal of a broken structure.
    pub(super) fn damaged(&self) -> WhyNot {
        WhyNot::Damaged(self.format)
    }

    /// Reads the next bytes.
    pub(super) fn bytes<const N: usize>(&mut self) -> Result<[u8; N], WhyNot> {
        let mut bytes = [0; N];
        self.left = u64::try_from(N).ok().and_then(|n| self.left.checked_sub(n)).ok_or_else(|| self.damaged())?;
        match self.reader.read_exact(&mut bytes) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Err(self.damaged()),
            Err(error) => Err(error.into()),
            Ok(()) => Ok(bytes),
        }
    }

    /// Passes over bytes without reading them.
    pub(super) fn skip(&mut self, count: u64) -> Result<(), WhyNot> {
        self.left = self.left.checked_sub(count).ok_or_else(|| self.damaged())?;
        let count = i64::try_from(count).map_err(|_| self.damaged())?;
        Ok(self.reader.seek_relative(count)?)
    }

    /// Reads up to and with the next such byte.
    pub(super) fn skip_past(&mut self, byte: u8) -> Result<(), WhyNot> {
        loop {
            let data = match self.reader.fill_buf() {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                data => data?,
            };
            let found = memchr::memchr(byte, data);
            let used = found.map_or(data.len(), |at| at + 1);
            let left = u64::try_from(used).ok().and_then(|used| self.left.checked_sub(used));
            self.reader.consume(used);
            match left {
                Some(left) if used > 0 => self.left = left,
                _ => return Err(self.damaged()),
            }
            if found.is_some() {
                return Ok(());
            }
        }
    }

    /// Checks what follows the image's end: at most 16 bytes, and nothing that could be a program or a document.
    pub(super) fn end(mut self) -> Result<(), WhyNot> {
        let (format, bytes) = (self.format, self.left);
        let trailing = WhyNot::Trailing { format, bytes };
        if bytes > PADDING {
            return Err(trailing);
        }
        let mut rest = Vec::new();
        self.reader.by_ref().take(PADDING).read_to_end(&mut rest)?;
        if let Some(found) = head::foreign_in(&rest) {
            return Err(WhyNot::Foreign { format, found });
        }
        let is_active = rest.contains(&b'<') || rest.starts_with(b"PK") || rest.starts_with(b"#!");
        if is_active { Err(trailing) } else { Ok(()) }
    }
}
