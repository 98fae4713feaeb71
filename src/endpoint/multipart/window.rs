//! The part of the body that is in memory.

use std::io::{ErrorKind, Read};

use super::refusal::Refusal;

/// The size of the window, in bytes. It must hold the longest header and a boundary line.
const SIZE: usize = 128 * 1024;

/// A window over the body. It moves forward only and never grows.
pub(super) struct Window<R> {
    source: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

impl<R: Read> Window<R> {
    /// Makes a window that shows `first` before the source's own bytes.
    pub(super) fn new(source: R, first: &[u8]) -> Self {
        let mut buffer = first.to_vec();
        buffer.resize(SIZE.max(first.len()), 0);
        Self { source, buffer, start: 0, end: first.len() }
    }

    /// The bytes read and not yet consumed.
    pub(super) fn data(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Drops bytes from the front.
    pub(super) fn consume(&mut self, count: usize) {
        self.start = self.start.saturating_add(count).min(self.end);
    }

    /// Reads once more. False at the end of the source, or when the window is full.
    ///
    /// It reads once only, so that a source that is still open behind the closing boundary does not block.
    pub(super) fn fill(&mut self) -> Result<bool, Refusal> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        let room = self.buffer.get_mut(self.end..).unwrap_or_default();
        loop {
            match self.source.read(room) {
                Ok(count) => {
                    let count = count.min(room.len());
                    self.end += count;
                    return Ok(count > 0);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(Refusal::Source(error)),
            }
        }
    }

    /// Reads until there are `count` bytes. Truncated if the source ends before.
    pub(super) fn need(&mut self, count: usize) -> Result<(), Refusal> {
        while self.data().len() < count {
            if !self.fill()? {
                return Err(Refusal::Truncated);
            }
        }
        Ok(())
    }
}
