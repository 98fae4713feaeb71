//! How much of a form is read before it is refused.

/// The limits of one form. A value equal to a limit is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The size of one text field, in bytes. It is held in memory.
    pub field_bytes: usize,
    /// The number of text fields.
    pub fields: usize,
    /// The size of one file, in bytes.
    pub file_bytes: u64,
    /// The size of all files together, in bytes.
    pub files_bytes: u64,
    /// The number of files. File inputs left empty do not count.
    pub files: usize,
    /// The number of parts of any sort. File inputs left empty count here.
    pub parts: usize,
    /// The size of the header of one part, in bytes. More than 64 KiB counts as 64 KiB.
    pub header_bytes: usize,
    /// The size of the preamble before the first boundary, in bytes. Browsers send none.
    pub preamble_bytes: usize,
}

impl Default for Limits {
    /// 64 fields of 64 KiB, 8 files of 16 MiB and 64 MiB together, 128 parts, headers of 8 KiB, a preamble of 1 KiB.
    fn default() -> Self {
        Self {
            field_bytes: 64 * 1024,
            fields: 64,
            file_bytes: 16 * 1024 * 1024,
            files_bytes: 64 * 1024 * 1024,
            files: 8,
            parts: 128,
            header_bytes: 8 * 1024,
            preamble_bytes: 1024,
        }
    }
}
