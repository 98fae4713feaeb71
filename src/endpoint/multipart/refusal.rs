//! Why the body of a form was refused.

use std::{error, fmt, io};

/// Why a form was refused. It holds what a message to the sender needs.
///
/// Names and filenames come from the client: escape them before they are shown.
#[derive(Debug)]
pub enum Refusal {
    /// The boundary given to the reader is not a boundary (RFC 2046 section 5.1.1).
    Boundary,
    /// The body ended before the closing boundary. Nothing of it may be taken as complete.
    Truncated,
    /// The body is not well formed.
    Malformed(Fault),
    /// The bytes before the first boundary are more than `limit` bytes.
    PreambleTooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// The header of a part is more than `limit` bytes.
    HeaderTooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// There are more than `limit` parts.
    TooManyParts {
        /// The greatest number of parts.
        limit: usize,
    },
    /// A part has no `Content-Disposition: form-data` (RFC 7578 section 4.2).
    NotFormData,
    /// A part has no name or an empty one (RFC 7578 section 4.2).
    NoName,
    /// The named part is itself a multipart (deprecated by RFC 7578 section 4.3).
    Nested(String),
    /// A part has a Content-Transfer-Encoding other than 7bit, 8bit and binary (RFC 7578 section 4.7).
    Encoding {
        /// The name of the part.
        name: String,
        /// The encoding it claims.
        encoding: String,
    },
    /// The named text field is not UTF-8, or says that it has another charset.
    NotText(String),
    /// A text field is more than `limit` bytes.
    FieldTooLong {
        /// The name of the field.
        name: String,
        /// The limit in bytes.
        limit: usize,
    },
    /// There are more than `limit` text fields.
    TooManyFields {
        /// The greatest number of text fields.
        limit: usize,
    },
    /// One file is more than `limit` bytes.
    FileTooLong {
        /// The name of the form's file input.
        name: String,
        /// The filename the client gave.
        filename: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// All files together are more than `limit` bytes.
    FilesTooLong {
        /// The name of the form's file input with which the limit was passed.
        name: String,
        /// The filename with which the limit was passed.
        filename: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// There are more than `limit` files.
    TooManyFiles {
        /// The greatest number of files.
        limit: usize,
    },
    /// The source could not be read. This is not the sender's doing, or the connection broke.
    Source(io::Error),
    /// The sink could not take what was read.
    Sink(io::Error),
}

/// What is not well formed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A line begins with the boundary and goes on with something else (RFC 2046 section 5.1.1).
    Delimiter,
    /// A header line is not `name: value` in UTF-8, is folded, or holds a control character.
    Header,
    /// A header that may come once comes twice.
    RepeatedHeader,
    /// The parameters of Content-Disposition cannot be read, or one comes twice (RFC 7578 section 4.2, RFC 8187).
    Disposition,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Delimiter => "a boundary line does not end as it must",
            Self::Header => "the header of a part cannot be read",
            Self::RepeatedHeader => "a header of a part comes twice",
            Self::Disposition => "the Content-Disposition of a part cannot be read",
        })
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boundary => write!(f, "the boundary is not valid"),
            Self::Truncated => write!(f, "the form ended before its closing boundary"),
            Self::Malformed(fault) => write!(f, "the form is malformed: {fault}"),
            Self::PreambleTooLong { limit } => {
                write!(f, "more than {limit} bytes stand before the first boundary")
            }
            Self::HeaderTooLong { limit } => write!(f, "the header of a part is longer than {limit} bytes"),
            Self::TooManyParts { limit } => write!(f, "the form has more than {limit} parts"),
            Self::NotFormData => write!(f, "a part is not form-data"),
            Self::NoName => write!(f, "a part has no name"),
            Self::Nested(name) => write!(f, "the part {name:?} is itself a multipart"),
            Self::Encoding { name, encoding } => write!(f, "the part {name:?} has the encoding {encoding:?}"),
            Self::NotText(name) => write!(f, "the field {name:?} is not UTF-8 text"),
            Self::FieldTooLong { name, limit } => write!(f, "the field {name:?} is longer than {limit} bytes"),
            Self::TooManyFields { limit } => write!(f, "the form has more than {limit} text fields"),
            Self::FileTooLong { name, filename, limit } => {
                write!(f, "the file {filename:?} in {name:?} is larger than {limit} bytes")
            }
            Self::FilesTooLong { name, filename, limit } => {
                write!(f, "with the file {filename:?} in {name:?} all files are larger than {limit} bytes")
            }
            Self::TooManyFiles { limit } => write!(f, "the form has more than {limit} files"),
            Self::Source(error) => write!(f, "the form could not be received: {error}"),
            Self::Sink(error) => write!(f, "the form could not be kept: {error}"),
        }
    }
}

impl error::Error for Refusal {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Source(error) | Self::Sink(error) => Some(error),
            _ => None,
        }
    }
}
