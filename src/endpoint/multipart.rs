//! Reads the body of a `multipart/form-data` request (RFC 7578, RFC 2046 section 5.1).
//!
//! The body is read once, front to back, through a window of 128 KiB.
//! Text fields are collected, files are streamed to a [`Sink`].
//! The reader is strict: what two readers could understand in two ways is refused.

mod boundary;
mod header;
mod limits;
mod parameters;
mod reader;
mod refusal;
mod scanner;
mod window;

pub use boundary::boundary_of;
pub use limits::Limits;
pub use reader::read;
pub use refusal::{Fault, Refusal};

use std::io;

/// Receives the parts of a form in the order in which they stand in the body.
///
/// An error from any method ends the reading with [`Refusal::Sink`].
/// When [`read`] fails, nothing received so far may be kept: the form was not complete.
/// After a failure a file may have begun and not ended.
pub trait Sink {
    /// Takes a text field. The text is UTF-8 and within the limits.
    ///
    /// A name may come more than once, as with checkboxes.
    ///
    /// # Errors
    /// An error ends the reading.
    fn field(&mut self, name: &str, text: &str) -> io::Result<()>;

    /// Begins a file. The filename is what the client says: it may hold separators and control characters.
    ///
    /// Use [`crate::endpoint::attachment::plain_name`] before it is shown or stored.
    ///
    /// # Errors
    /// An error ends the reading.
    fn begin_file(&mut self, name: &str, filename: &str) -> io::Result<()>;

    /// Takes the next bytes of the file that has begun. Never empty, at most 128 KiB.
    ///
    /// The pieces are as small as the reads of the source, so a sink that writes to disk should buffer.
    ///
    /// # Errors
    /// An error ends the reading.
    fn bytes(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Ends the file that has begun. Its boundary was seen, so all its bytes have come.
    ///
    /// # Errors
    /// An error ends the reading.
    fn end_file(&mut self) -> io::Result<()>;
}
