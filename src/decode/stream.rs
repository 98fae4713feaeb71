//! Text piece by piece, for files larger than memory.
//!
//! UTF-8 is passed through and checked by whoever makes text of it; other encodings are decoded here. Nothing is
//! replaced: bytes that the encoding does not have are an error.

use std::io::{self, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8};

use super::NotText;

/// Reads a file as UTF-8.
#[derive(Debug)]
pub struct TextStream<R> {
    inner: R,
    encoding: &'static Encoding,
    decoder: Option<Decoder>,
    raw: Vec<u8>,
    /// How much of `raw` was decoded.
    n_used: usize,
    is_at_end: bool,
}

/// How reading ended up.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    /// The disk.
    #[error(transparent)]
    Disk(#[from] io::Error),
    /// The bytes.
    #[error(transparent)]
    Text(#[from] NotText),
}

const RAW_BYTES: usize = 256 << 10;

impl<R: Read> TextStream<R> {
    /// Begins behind the byte order mark, which the caller has taken away.
    pub fn new(inner: R, encoding: &'static Encoding) -> Self {
        let decoder = (encoding != UTF_8).then(|| encoding.new_decoder_without_bom_handling());
        Self { inner, encoding, decoder, raw: Vec::new(), n_used: 0, is_at_end: false }
    }

    /// Appends about `n_bytes` of text, less only at the end; answers whether there may be more.
    ///
    /// Errors: when the disk fails, or bytes are not in the encoding.
    pub fn fill(&mut self, out: &mut Vec<u8>, n_bytes: usize) -> Result<bool, StreamError> {
        let n_wanted = out.len() + n_bytes;
        while out.len() < n_wanted && !self.is_at_end {
            match self.decoder.take() {
                None => {
                    let n_read = (&mut self.inner).take((n_wanted - out.len()) as u64).read_to_end(out)?;
                    self.is_at_end = n_read == 0;
                }
                Some(mut decoder) => {
                    self.decode(&mut decoder, out)?;
                    self.decoder = Some(decoder);
                }
            }
        }
        Ok(!self.is_at_end)
    }

    fn decode(&mut self, decoder: &mut Decoder, out: &mut Vec<u8>) -> Result<(), StreamError> {
        if self.n_used == self.raw.len() {
            self.raw.clear();
            self.n_used = 0;
            (&mut self.inner).take(RAW_BYTES as u64).read_to_end(&mut self.raw)?;
            self.is_at_end = self.raw.is_empty();
        }
        let begin = out.len();
        let source = &self.raw[self.n_used..];
        let n_most = decoder.max_utf8_buffer_length_without_replacement(source.len()).unwrap_or(source.len() * 4 + 16);
        out.resize(begin + n_most, 0);
        let (result, n_read, n_written) =
            decoder.decode_to_utf8_without_replacement(source, &mut out[begin..], self.is_at_end);
        out.truncate(begin + n_written);
        self.n_used += n_read;
        match result {
            DecoderResult::Malformed(_, _) => Err(NotText::Invalid(self.encoding.name()).into()),
            DecoderResult::InputEmpty | DecoderResult::OutputFull => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn pieces_make_the_whole(text in "[a-z甲乙丙㳇,\n]{0,400}", n_bytes in 1usize..50) {
            for encoding in [UTF_8, encoding_rs::GB18030, encoding_rs::UTF_16LE] {
                let bytes = if encoding == encoding_rs::UTF_16LE {
                    text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()
                } else {
                    encoding.encode(&text).0.into_owned()
                };
                let mut stream = TextStream::new(&bytes[..], encoding);
                let mut out = Vec::new();
                while stream.fill(&mut out, n_bytes).unwrap() {}
                proptest::prop_assert_eq!(String::from_utf8(out).unwrap(), text.clone());
            }
        }
    }
}
