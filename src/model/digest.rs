//! SHA-256 as a value: what was digested is said by the field that holds it.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// A SHA-256 digest, shown and stored as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of nothing before the first record: 32 zero bytes.
    pub const ZERO: Self = Self([0; 32]);

    /// Digests a whole byte string.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Reads 64 hexadecimal digits; `None` for anything else.
    #[must_use]
    pub fn parse(hex: &str) -> Option<Self> {
        let bytes = data_encoding::HEXLOWER.decode(hex.as_bytes()).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }

    /// The first bytes as lower-case base32 (`0` to `9`, `a` to `v`).
    ///
    /// Shape: `n_chars` characters, 5 bits each, at most 51.
    #[must_use]
    pub fn short(&self, n_chars: usize) -> String {
        let mut text = data_encoding::BASE32_DNSSEC.encode(&self.0);
        text.truncate(n_chars);
        text
    }
}

/// The signs that people copy by hand: none of `i`, `l`, `o` and `u` is among them. Source: Crockford's base 32.
const SIGNS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

impl Digest {
    /// The first bytes in signs that people can copy by hand.
    ///
    /// Shape: `n_chars` characters, 5 bits each, at most 51.
    #[must_use]
    pub fn to_copy(&self, n_chars: usize) -> String {
        let text = self.short(n_chars);
        let value = |byte: u8| usize::from(if byte.is_ascii_digit() { byte - b'0' } else { byte - b'a' + 10 });
        text.bytes().map(|byte| char::from(SIGNS[value(byte) % SIGNS.len()])).collect()
    }
}

/// What somebody copied by hand, with the signs that were meant: small letters, `0` for `o`, `1` for `i` and `l`, no
/// blanks or strokes.
#[must_use]
pub fn copied(text: &str) -> String {
    let meant = |sign: char| match sign.to_ascii_lowercase() {
        'o' => '0',
        'i' | 'l' => '1',
        other => other,
    };
    text.chars().filter(char::is_ascii_alphanumeric).map(meant).collect()
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

impl TryFrom<String> for Digest {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or_else(|| format!("expected 64 hexadecimal digits, found `{text}`"))
    }
}

impl std::io::Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Digests what is written piece by piece.
#[derive(Default)]
pub struct Hasher(Sha256);

impl Hasher {
    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Adds a text with its length, so that two fields never run into each other.
    pub fn update_field(&mut self, text: &str) {
        self.0.update((text.len() as u64).to_le_bytes());
        self.0.update(text.as_bytes());
    }

    /// Ends the digest.
    #[must_use]
    pub fn finish(self) -> Digest {
        Digest(self.0.finalize().into())
    }
}
