//! Texts in the plain forms of their letters: digits of other scripts, odd spaces and dashes, what cannot be seen.

use std::borrow::Cow;

/// Whether the digits of another script begin with a byte.
pub const fn is_wide_lead(byte: u8) -> bool {
    matches!(byte, 0xEF | 0xD9 | 0xDB | 0xF0)
}

/// Whether a text has digits of another script.
pub fn has_wide_digit(text: &str) -> bool {
    text.chars().any(|c| plain_digit(c).is_some())
}

/// The ASCII digit for a digit of another script.
fn plain_digit(c: char) -> Option<char> {
    let zero = match c {
        '\u{FF10}'..='\u{FF19}' => 0xFF10,
        '\u{0660}'..='\u{0669}' => 0x0660,
        '\u{06F0}'..='\u{06F9}' => 0x06F0,
        '\u{1D7CE}'..='\u{1D7FF}' => 0x1D7CE,
        _ => return None,
    };
    char::from_digit((u32::from(c) - zero) % 10, 10)
}

/// Whether there is anything to fold but full-width punctuation, which stands in every Chinese text.
fn needs_folding(bytes: &[u8]) -> bool {
    let at = |idx: usize| bytes.get(idx).copied().unwrap_or_default();
    bytes.iter().enumerate().any(|(idx, byte)| match byte {
        // Digits, letters, and the signs between digits.
        0xEF => match (at(idx + 1), at(idx + 2)) {
            (0xBC, third) => matches!(third, 0x8B | 0x8D | 0x8E | 0x90..=0x99 | 0xA0..=0xBA),
            (0xBD, third) => (0x81..=0x9A).contains(&third),
            (second, third) => (second, third) == (0xBB, 0xBF),
        },
        0xE2 => match (at(idx + 1), at(idx + 2)) {
            (0x80, third) => matches!(third, 0x80..=0x95 | 0xAA..=0xAF),
            (0x81, third) => matches!(third, 0x9F..=0xA9),
            (second, third) => (second, third) == (0x88, 0x92),
        },
        0xC2 => matches!(at(idx + 1), 0xA0 | 0xAD),
        0xD9 | 0xDB | 0xF0 => true,
        b'\\' => at(idx + 1) == b'u',
        _ => false,
    })
}

/// Digits, letters, spaces and dashes in their ASCII forms, without what cannot be seen, escapes of JSON undone.
pub fn plain(text: &str) -> Cow<'_, str> {
    if !needs_folding(text.as_bytes()) {
        return Cow::Borrowed(text);
    }
    let unescaped = if text.contains("\\u") { Cow::Owned(unescaped(text)) } else { Cow::Borrowed(text) };
    let fold = |c: char| match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0),
        '\u{A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' => Some(' '),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => Some('-'),
        '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' => None,
        _ => plain_digit(c).or(Some(c)),
    };
    if unescaped.chars().all(|c| fold(c) == Some(c)) {
        return unescaped;
    }
    Cow::Owned(unescaped.chars().filter_map(fold).collect())
}

/// A text with `\uXXXX` as the characters that they stand for; halves of pairs stay as they are.
fn unescaped(text: &str) -> String {
    let mut res = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\\u") {
        res.push_str(before);
        let code = after.get(..4).and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32);
        rest = if let Some(c) = code {
            res.push(c);
            &after[4..]
        } else {
            res.push_str("\\u");
            after
        };
    }
    res.push_str(rest);
    res
}
