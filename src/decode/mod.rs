//! Bytes to text: byte order mark, stated encoding, UTF-8, else a guess that says so.

mod guess;
pub mod stream;

use encoding_rs::{Encoding, UTF_8};

pub use guess::{Guess, guess};

/// How the encoding of a text was decided.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Decided {
    /// By a byte order mark.
    ByMark,
    /// By the site's configuration.
    ByStatement,
    /// All bytes are valid UTF-8.
    ByValidity,
    /// By looking at the letters: it may be wrong.
    ByGuess(Guess),
}

/// A decoded text.
#[derive(Debug)]
pub struct Decoded {
    /// The text without a byte order mark.
    pub text: String,
    /// The encoding's name.
    pub encoding: &'static str,
    /// How it was decided.
    pub decided: Decided,
}

/// Why bytes are no text.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum NotText {
    /// The stated encoding has no such name.
    #[error("`{0}` is not the name of an encoding")]
    UnknownEncoding(String),
    /// Bytes that the encoding does not have.
    #[error("bytes that are not valid {0}")]
    Invalid(&'static str),
    /// NUL bytes: a binary file.
    #[error("binary data")]
    Binary,
}

/// Decodes bytes; GB18030 covers GBK and GB 2312, as the WHATWG Encoding Standard has them.
///
/// Errors: when the bytes are no text in the encoding stated or guessed; nothing is replaced in silence.
pub fn decode(bytes: Vec<u8>, stated: Option<&str>) -> Result<Decoded, NotText> {
    if let Some((encoding, mark_len)) = Encoding::for_bom(&bytes) {
        return with(encoding, &bytes[mark_len..], Decided::ByMark);
    }
    if let Some(label) = stated {
        let encoding =
            Encoding::for_label(label.as_bytes()).ok_or_else(|| NotText::UnknownEncoding(label.to_owned()))?;
        return with(wide(encoding), &bytes, Decided::ByStatement);
    }
    match String::from_utf8(bytes) {
        Ok(text) if text.contains('\0') => Err(NotText::Binary),
        Ok(text) => Ok(Decoded { text, encoding: UTF_8.name(), decided: Decided::ByValidity }),
        Err(error) => {
            let bytes = error.into_bytes();
            let guess = guess(&bytes, false).ok_or(NotText::Binary)?;
            with(guess.encoding, &bytes, Decided::ByGuess(guess))
        }
    }
}

fn with(encoding: &'static Encoding, bytes: &[u8], decided: Decided) -> Result<Decoded, NotText> {
    let text = encoding
        .decode_without_bom_handling_and_without_replacement(bytes)
        .ok_or(NotText::Invalid(encoding.name()))?
        .into_owned();
    if text.contains('\0') {
        return Err(NotText::Binary);
    }
    Ok(Decoded { text, encoding: encoding.name(), decided })
}

/// GBK is read as GB18030, which has every GBK character and the rest.
#[must_use]
pub fn wide(encoding: &'static Encoding) -> &'static Encoding {
    if encoding == encoding_rs::GBK { encoding_rs::GB18030 } else { encoding }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_utf8_with_and_without_mark_and_gb18030() {
        let text = "湖㳇镇,麦㙦镇";
        let (gb, _, _) = encoding_rs::GB18030.encode(text);
        for (bytes, encoding) in [
            (text.as_bytes().to_vec(), "UTF-8"),
            ([b"\xEF\xBB\xBF", text.as_bytes()].concat(), "UTF-8"),
            (gb.into_owned(), "gb18030"),
        ] {
            let decoded = decode(bytes, None).unwrap();
            assert_eq!((decoded.text.as_str(), decoded.encoding), (text, encoding));
        }
    }

    #[test]
    fn a_wrong_statement_is_an_error() {
        assert_eq!(decode(vec![0xff, 0x41], Some("utf-8")).unwrap_err(), NotText::Invalid("UTF-8"));
        assert_eq!(decode(b"a".to_vec(), Some("utf-9")).unwrap_err(), NotText::UnknownEncoding("utf-9".to_owned()));
        assert_eq!(decode(b"PK\x03\x04\x00\x00".to_vec(), None).unwrap_err(), NotText::Binary);
    }

    proptest::proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _ = decode(bytes, None);
        }
    }
}
