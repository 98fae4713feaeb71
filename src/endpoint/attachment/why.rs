//! Why an attachment was not accepted.

use std::{error, fmt, io};

/// A format that is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A PDF document.
    Pdf,
    /// A PNG image.
    Png,
    /// A JPEG image.
    Jpeg,
    /// Plain text.
    Text,
}

/// A format that may not hide in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// An HTML document or a script element.
    Html,
    /// An SVG image.
    Svg,
    /// Another XML document.
    Xml,
    /// A ZIP archive, which office documents and Java programs are too.
    Zip,
    /// A PDF document.
    Pdf,
}

/// Why a file was not accepted.
#[derive(Debug)]
pub enum WhyNot {
    /// The file has no bytes.
    Empty,
    /// The file begins like none of the accepted formats and is not plain UTF-8 text.
    Unknown,
    /// The file begins like the format but its structure is broken or cut off.
    Damaged(Format),
    /// An image is complete, and then more follows than padding.
    Trailing {
        /// The format of the image.
        format: Format,
        /// The number of bytes behind the image's end.
        bytes: u64,
    },
    /// The file is of one format and shows the signature of another.
    Foreign {
        /// The format that the file seemed to have.
        format: Format,
        /// The format that was found in it.
        found: Foreign,
    },
    /// The file could not be read.
    Io(io::Error),
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pdf => "PDF",
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Text => "text",
        })
    }
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Html => "HTML",
            Self::Svg => "SVG",
            Self::Xml => "XML",
            Self::Zip => "ZIP",
            Self::Pdf => "PDF",
        })
    }
}

impl fmt::Display for WhyNot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "the file is empty"),
            Self::Unknown => write!(f, "the file is neither PDF, PNG, JPEG nor plain UTF-8 text"),
            Self::Damaged(format) => write!(f, "the {format} file is damaged or incomplete"),
            Self::Trailing { format, bytes } => write!(f, "{bytes} more bytes follow the end of the {format} image"),
            Self::Foreign { format, found } => write!(f, "the {format} file also looks like {found}"),
            Self::Io(error) => write!(f, "the file could not be read: {error}"),
        }
    }
}

impl error::Error for WhyNot {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for WhyNot {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
