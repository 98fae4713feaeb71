//! Plain text in UTF-8.

use std::io::{Read, Seek, SeekFrom};
use std::str;

use super::why::{Foreign, Format, WhyNot};
use super::{Kind, head};

/// The number of bytes read at once.
const CHUNK: u64 = 64 * 1024;

/// Checks that all is UTF-8 without control characters, and that no markup is in it.
pub(super) fn check<S: Read + Seek>(source: &mut S) -> Result<Kind, WhyNot> {
    source.seek(SeekFrom::Start(0))?;
    let mut buffer = Vec::new();
    let mut is_blank = true;
    loop {
        let is_last = source.by_ref().take(CHUNK).read_to_end(&mut buffer)? == 0;
        let text = valid(&buffer, is_last).ok_or(WhyNot::Unknown)?;
        // The last bytes are looked at again with the next ones, as a mark may have begun in them.
        let wanted = text.len().saturating_sub(head::LONGEST_MARK);
        let usable = if is_last { text.len() } else { text.floor_char_boundary(wanted) };
        if let Some(found) = markup(text, usable, &mut is_blank) {
            return Err(WhyNot::Foreign { format: Format::Text, found });
        }
        if is_last {
            return Ok(Kind::Text);
        }
        buffer.drain(..usable);
    }
}

/// The text as far as it is complete. None if it is not UTF-8 or holds a control character.
fn valid(bytes: &[u8], is_last: bool) -> Option<&str> {
    let text = match str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() && !is_last => {
            str::from_utf8(bytes.get(..error.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    let is_plain = text.chars().all(|char| !char.is_control() || matches!(char, '\t' | '\n' | '\r'));
    is_plain.then_some(text)
}

/// The first markup in the first `usable` bytes. While all before was blank, a document may still begin.
fn markup(text: &str, usable: usize, is_blank: &mut bool) -> Option<Foreign> {
    if *is_blank {
        let begin = text.trim_start_matches(|char: char| char.is_whitespace() || char == '\u{feff}');
        if text.len() - begin.len() < usable {
            *is_blank = false;
            if let Some(found) = head::markup_begin(begin.as_bytes()) {
                return Some(found);
            }
        }
    }
    let bytes = text.as_bytes();
    let mut opens = memchr::memchr_iter(b'<', bytes.get(..usable)?);
    opens.find_map(|at| head::markup_here(bytes.get(at..)?))
}
