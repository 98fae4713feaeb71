//! Does a file begin as its ending says? A renamed file is refused, because nobody looked at what it really is.

use crate::model::format::Format;

/// Endings with the bytes that such files begin with.
const MAGIC: &[(&str, &[&[u8]])] = &[
    ("XLSX", &[b"PK\x03\x04"]),
    ("ODS", &[b"PK\x03\x04"]),
    ("DOCX", &[b"PK\x03\x04"]),
    ("ZIP", &[b"PK\x03\x04", b"PK\x05\x06"]),
    ("XLS", &[b"\xD0\xCF\x11\xE0", b"\x09\x08", b"\x09\x04", b"\x09\x02"]),
    ("PDF", &[b"%PDF-"]),
    ("PNG", &[b"\x89PNG"]),
    ("JPG", &[b"\xFF\xD8\xFF"]),
    ("Parquet", &[b"PAR1"]),
    ("SQLite", &[b"SQLite format 3\0"]),
];

/// Why the head of a file does not fit its format; `None` where it fits or nothing is known.
pub fn mismatch(format: &Format, head: &[u8]) -> Option<String> {
    let (label, magics) = MAGIC.iter().find(|(label, _)| *label == format.label())?;
    if magics.iter().any(|magic| head.starts_with(magic)) {
        return None;
    }
    Some(format!("{label}: {}", data_encoding::HEXLOWER.encode(&head[..head.len().min(8)])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_renamed_file_is_known() {
        let xlsx = Format::of_file("a.xlsx").unwrap();
        assert_eq!(mismatch(&xlsx, b"PK\x03\x04rest"), None);
        assert_eq!(mismatch(&xlsx, b"id,name").as_deref(), Some("XLSX: 69642c6e616d65"));
        assert_eq!(mismatch(&Format::of_file("a.csv").unwrap(), b"anything"), None);
    }
}
