//! Does a text hold a sign that has to be escaped? Eight bytes at a time.

const LOW: u64 = 0x7F7F_7F7F_7F7F_7F7F;

/// The highest bit of each byte that equals the pattern's; exact for every byte.
#[inline]
const fn equal_bytes(word: u64, sign: u8) -> u64 {
    let differs = word ^ u64::from_ne_bytes([sign; 8]);
    !(((differs & LOW) + LOW) | differs | LOW)
}

/// The highest bit of each byte below 32.
#[inline]
const fn control_bytes(word: u64) -> u64 {
    !(((word & LOW) + 0x6060_6060_6060_6060) | word | LOW)
}

#[inline]
fn any(bytes: &[u8], test: impl Fn(u64) -> u64) -> bool {
    let Some(last) = bytes.last_chunk::<8>() else {
        // Spaces fill up a short text: no sign that is looked for.
        let word = bytes.iter().fold(u64::from_ne_bytes([b' '; 8]), |word, byte| word << 8 | u64::from(*byte));
        return test(word) != 0;
    };
    let mut found = test(u64::from_le_bytes(*last));
    for word in bytes.as_chunks::<8>().0 {
        found |= test(u64::from_le_bytes(*word));
    }
    found != 0
}

/// Whether a value of CSV needs quotation marks: it holds a comma, a mark or a line end.
#[inline]
pub fn needs_quotes(text: &[u8]) -> bool {
    any(text, |word| {
        equal_bytes(word, b',') | equal_bytes(word, b'"') | equal_bytes(word, b'\n') | equal_bytes(word, b'\r')
    })
}

/// Whether a string of JSON needs escapes: it holds a mark, a backslash or a control character.
#[inline]
pub fn needs_escapes(text: &str) -> bool {
    any(text.as_bytes(), |word| equal_bytes(word, b'"') | equal_bytes(word, b'\\') | control_bytes(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn every_sign_is_found(text in "\\PC{0,20}[\u{0}-\u{40}甲\\\\]{0,20}") {
            let quotes = text.bytes().any(|byte| matches!(byte, b',' | b'"' | b'\r' | b'\n'));
            proptest::prop_assert_eq!(needs_quotes(text.as_bytes()), quotes);
            let escapes = text.bytes().any(|byte| byte < 0x20 || matches!(byte, b'"' | b'\\'));
            proptest::prop_assert_eq!(needs_escapes(&text), escapes);
        }
    }
}
