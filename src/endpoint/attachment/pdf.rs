//! The outer structure of a PDF document and the names of what is active in it (ISO 32000-1 section 7).

use std::io::{self, Read, Seek, SeekFrom};

use memchr::memmem;

use super::why::{Format, WhyNot};
use super::{Kind, head};

/// The number of bytes at the end in which the end mark must stand.
const TAIL: u64 = 2048;

/// The number of bytes read at once while looking for names.
const CHUNK: u64 = 64 * 1024;

/// The bytes needed behind a `/` to decide. The longest name written in escapes has 36, the rest is for white space.
const LOOK: usize = 256;

/// The position of the header `%PDF-`, a digit, a point and a digit (section 7.5.2).
pub(super) fn find_header(head: &[u8]) -> Option<usize> {
    memmem::find_iter(head, b"%PDF-").find(|at| {
        let version = head.get(at + 5..at + 8);
        matches!(version, Some([major, b'.', minor]) if major.is_ascii_digit() && minor.is_ascii_digit())
    })
}

/// Checks that the document ends, that nothing of another format is around it, and whether it is active.
pub(super) fn check<S: Read + Seek>(source: &mut S, length: u64, start: &[u8], at: usize) -> Result<Kind, WhyNot> {
    let damaged = || WhyNot::Damaged(Format::Pdf);
    let tail_at = length.saturating_sub(TAIL);
    let tail = head::read(source, tail_at, TAIL)?;
    let end = memmem::rfind(&tail, b"%%EOF").ok_or_else(damaged)?;
    let header_at = u64::try_from(at).unwrap_or(u64::MAX);
    if u64::try_from(end).is_ok_and(|end| tail_at.saturating_add(end) < header_at) {
        return Err(damaged());
    }
    let before = start.get(..at).unwrap_or_default();
    let behind = tail.get(end..).unwrap_or_default();
    if let Some(found) = head::foreign_in(before).or_else(|| head::foreign_in(behind)) {
        return Err(WhyNot::Foreign { format: Format::Pdf, found });
    }
    Ok(Kind::Pdf { is_active: is_active(source)? })
}

/// Whether a name of something active stands anywhere in plain.
fn is_active<S: Read + Seek>(source: &mut S) -> io::Result<bool> {
    source.seek(SeekFrom::Start(0))?;
    let mut buffer = Vec::new();
    loop {
        let is_last = source.by_ref().take(CHUNK).read_to_end(&mut buffer)? == 0;
        let usable = if is_last { buffer.len() } else { buffer.len().saturating_sub(LOOK) };
        let mut slashes = memchr::memchr_iter(b'/', buffer.get(..usable).unwrap_or_default());
        if slashes.any(|at| buffer.get(at + 1..).is_some_and(is_active_name)) {
            return Ok(true);
        }
        if is_last {
            return Ok(false);
        }
        buffer.drain(..usable);
    }
}

/// Whether the bytes behind a `/` are the name of something active. Escapes `#xx` are undone (section 7.3.5).
fn is_active_name(bytes: &[u8]) -> bool {
    if !matches!(bytes.first(), Some(b'J' | b'L' | b'E' | b'#')) {
        return false;
    }
    let mut name = [0; 12];
    let mut rest = bytes;
    let mut known = 0;
    for place in &mut name {
        let Some((byte, after)) = character(rest) else { break };
        *place = byte;
        rest = after;
        known += 1;
    }
    let name = name.get(..known).unwrap_or_default();
    let begins = |active: &[u8]| name.starts_with(active);
    begins(b"JavaScript") || begins(b"Launch") || begins(b"EmbeddedFile") || (name == b"JS" && is_script_value(rest))
}

/// Reads one character of a name. None at the name's end.
fn character(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    match bytes {
        [b'#', high, low, rest @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
            Some((digit(*high)? << 4 | digit(*low)?, rest))
        }
        [byte, rest @ ..] if !is_white(*byte) && !b"()<>[]{}/%".contains(byte) => Some((*byte, rest)),
        _ => None,
    }
}

/// Whether a script may stand here: a string, a reference or a comment before one (section 12.6.4.16).
///
/// The name `JS` is short: about once in 16 MiB of compressed data it stands by chance. Its value tells it apart.
fn is_script_value(bytes: &[u8]) -> bool {
    let next = bytes.iter().find(|byte| !is_white(**byte));
    next.is_none_or(|byte| byte.is_ascii_digit() || b"(<%".contains(byte))
}

/// Whether the byte is white space (section 7.2.2).
fn is_white(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0c | b'\r' | b' ')
}
