//! The beginning of a text file: its encoding and its first records.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use encoding_rs::{Encoding, UTF_8};

use crate::decode::stream::TextStream;
use crate::decode::{Guess, NotText, guess, wide};
use crate::readers::{NoTable, Trouble};

/// How much is looked at.
const HEAD_BYTES: usize = 256 << 10;

/// A text file of which the encoding is known.
#[derive(Clone, Debug)]
pub struct TextFile {
    /// The encoding.
    pub encoding: &'static Encoding,
    /// Bytes of the byte order mark.
    pub n_mark: u64,
    /// How the encoding was found, where it was by looking.
    pub guess: Option<Guess>,
    /// Whether UTF-8 is only supposed, because the beginning is.
    pub is_supposed: bool,
    /// The beginning, in whole lines where the file goes on.
    pub text: String,
    /// Whether that is the whole file.
    pub is_whole: bool,
}

impl TextFile {
    /// Finds the encoding of a file and reads its beginning.
    ///
    /// Errors: when the disk fails, the stated encoding has no such name, or this is no text.
    pub fn open(path: &Path, stated: Option<&str>) -> Result<Self, Trouble> {
        let mut head = Vec::new();
        File::open(path)?.take(HEAD_BYTES as u64).read_to_end(&mut head)?;
        let mut res =
            Self { encoding: UTF_8, n_mark: 0, guess: None, is_supposed: false, text: String::new(), is_whole: false };
        if let Some((encoding, n_mark)) = Encoding::for_bom(&head) {
            (res.encoding, res.n_mark) = (encoding, n_mark as u64);
        } else if let Some(label) = stated {
            let unknown = || NoTable::Broken(NotText::UnknownEncoding(label.to_owned()).to_string());
            res.encoding = wide(Encoding::for_label(label.as_bytes()).ok_or_else(unknown)?);
        } else if is_utf8(&head) && !head.contains(&0) {
            res.is_supposed = true;
        } else {
            res.guess(&head)?;
        }
        res.read_head(path)?;
        Ok(res)
    }

    /// Takes an encoding that was found further down than the beginning.
    ///
    /// Errors: as [`TextFile::open`].
    pub fn guess_again(&mut self, path: &Path, offset: u64) -> Result<(), Trouble> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(offset))?;
        let mut sample = Vec::new();
        file.take(HEAD_BYTES as u64).read_to_end(&mut sample)?;
        self.is_supposed = false;
        self.guess(&sample)?;
        self.read_head(path)
    }

    fn guess(&mut self, sample: &[u8]) -> Result<(), Trouble> {
        let none = || {
            NoTable::Broken("没有一种编码适合：二进制数据，或混用了多种编码 / no encoding fits: binary data, or several encodings in one file".to_owned())
        };
        let found = guess(sample, sample.len() >= HEAD_BYTES).ok_or_else(none)?;
        self.encoding = found.encoding;
        self.guess = Some(found);
        Ok(())
    }

    /// The text from its first letter.
    ///
    /// Errors: when the disk fails.
    pub fn stream(&self, path: &Path) -> std::io::Result<TextStream<File>> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(self.n_mark))?;
        Ok(TextStream::new(file, self.encoding))
    }

    fn read_head(&mut self, path: &Path) -> Result<(), Trouble> {
        let mut stream = self.stream(path)?;
        let mut bytes = Vec::new();
        self.is_whole = !stream.fill(&mut bytes, HEAD_BYTES)? || bytes.len() < HEAD_BYTES;
        if self.is_whole {
            // One more call makes a decoder say whether the last letter is whole.
            while stream.fill(&mut bytes, HEAD_BYTES)? {}
        } else if let Some(end) = memchr::memrchr2(b'\n', b'\r', &bytes) {
            bytes.truncate(end + 1);
        } else if let Err(error) = std::str::from_utf8(&bytes) {
            bytes.truncate(error.valid_up_to());
        }
        let invalid = || NoTable::Broken(NotText::Invalid(self.encoding.name()).to_string());
        self.text = String::from_utf8(bytes).map_err(|_| invalid())?;
        if self.text.contains('\0') {
            return Err(NoTable::Broken(NotText::Binary.to_string()).into());
        }
        Ok(())
    }

    /// The first letters beyond ASCII, so that people see whether the encoding is right; of headers, not of values.
    #[must_use]
    pub fn sample(&self) -> String {
        let lines = self.text.lines().take(3);
        lines.flat_map(|line| line.chars().filter(|c| c.is_alphabetic() && !c.is_ascii())).take(16).collect()
    }
}

/// Whether bytes are UTF-8, but for a letter that the end cuts.
fn is_utf8(bytes: &[u8]) -> bool {
    match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    }
}
