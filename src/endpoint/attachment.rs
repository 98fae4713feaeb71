//! Decides what an attached file really is: by its content, never by its name or claimed type.
//!
//! Accepted are PDF, PNG, JPEG and plain UTF-8 text. Everything else is refused, and so is what is two things at once.
//! The checks read the file's structure only. They do not decode images, and memory is bounded.

mod head;
mod jpeg;
mod name;
mod pdf;
mod png;
mod text;
mod walk;
mod why;

pub use name::plain_name;
pub use why::{Foreign, Format, WhyNot};

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use memchr::memmem;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A PDF document (ISO 32000).
    Pdf {
        /// Whether it names a script, a program to launch or an embedded file in plain.
        ///
        /// False is no promise: such names may also stand inside compressed or encrypted objects.
        is_active: bool,
    },
    /// A PNG image (W3C PNG specification).
    Png,
    /// A JPEG image (ITU-T T.81).
    Jpeg,
    /// Plain text in UTF-8 without control characters other than tab and line ends.
    Text,
}

/// Decides what the file at the path is. See [`check`].
///
/// # Errors
/// See [`WhyNot`].
pub fn check_path(path: &Path) -> Result<Kind, WhyNot> {
    check(&mut File::open(path)?)
}

/// Decides what the source is, from its beginning to its end. It is left at any position.
///
/// The time is at most linear in the length, memory is at most a few hundred KiB.
///
/// # Errors
/// See [`WhyNot`].
pub fn check<S: Read + Seek>(source: &mut S) -> Result<Kind, WhyNot> {
    let length = source.seek(SeekFrom::End(0))?;
    if length == 0 {
        return Err(WhyNot::Empty);
    }
    let head = head::read(source, 0, head::HEAD)?;
    let end = head::read(source, length.saturating_sub(head::ZIP_END), head::ZIP_END)?;
    let pdf_at = pdf::find_header(&head);
    let format = if head.starts_with(&png::SIGNATURE) {
        Format::Png
    } else if head.starts_with(&jpeg::SIGNATURE) {
        Format::Jpeg
    } else if pdf_at.is_some() {
        Format::Pdf
    } else {
        Format::Text
    };
    if head::is_zip(&head) || head::has_zip_end(&end) {
        return Err(WhyNot::Foreign { format, found: Foreign::Zip });
    }
    drop(end);
    match (format, pdf_at) {
        // Some readers open a document that begins inside the first KiB of an image, even without a version.
        (Format::Png | Format::Jpeg, _) if memmem::find(&head, b"%PDF-").is_some() => {
            Err(WhyNot::Foreign { format, found: Foreign::Pdf })
        }
        (Format::Png, _) => png::check(source, length),
        (Format::Jpeg, _) => jpeg::check(source, length),
        (_, Some(at)) => pdf::check(source, length, &head, at),
        (_, None) => text::check(source),
    }
}
