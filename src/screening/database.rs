//! What a SQLite file holds beside its rows: deleted rows stay in the free room of pages until the file is compacted.
//!
//! Source: sqlite.org, fileformat2.html, sections 1.3 and 1.6.

use std::io::Read;

use super::runs::each_run;

const HEADER_BYTES: usize = 100;
/// The first bytes of pages that hold rows or entries of an index.
const INNER_INDEX: u8 = 2;
const INNER_TABLE: u8 = 5;
const LEAF_INDEX: u8 = 10;
const LEAF_TABLE: u8 = 13;

fn number(bytes: &[u8], at: usize) -> usize {
    bytes.get(at..at + 2).map_or(0, |two| usize::from(two[0]) << 8 | usize::from(two[1]))
}

/// Hands on the texts in the free room of every page, and those of pages without rows; whether there are free pages,
/// of which nobody can tell what they were.
///
/// Errors: when the disk fails, or the file ends early.
pub fn each_leftover(mut file: impl Read, each: &mut dyn FnMut(&str)) -> std::io::Result<bool> {
    let mut header = [0; HEADER_BYTES];
    file.read_exact(&mut header)?;
    let page_bytes = match number(&header, 16) {
        1 => 1 << 16,
        bytes if bytes >= 512 && bytes.is_power_of_two() => bytes,
        _ => return Err(std::io::ErrorKind::InvalidData.into()),
    };
    let n_free = u32::from_be_bytes([header[36], header[37], header[38], header[39]]);
    let mut page = vec![0; page_bytes];
    page[..HEADER_BYTES].copy_from_slice(&header);
    let mut begin = HEADER_BYTES;
    loop {
        match file.read_exact(&mut page[begin..]) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(n_free > 0),
            Err(error) => return Err(error),
        }
        free_room(&page, begin, each);
        begin = 0;
    }
}

fn free_room(page: &[u8], begin: usize, each: &mut dyn FnMut(&str)) {
    let kind = page[begin];
    if !matches!(kind, INNER_INDEX | INNER_TABLE | LEAF_INDEX | LEAF_TABLE) {
        // Long values go on in pages of their own.
        each_run(page, each);
        return;
    }
    let n_header = if matches!(kind, INNER_INDEX | INNER_TABLE) { 12 } else { 8 };
    let pointers_end = begin + n_header + 2 * number(page, begin + 3);
    let content = match number(page, begin + 5) {
        0 => 1 << 16,
        at => at,
    };
    each_run(page.get(pointers_end..content).unwrap_or_default(), each);
    let mut at = number(page, begin + 1);
    while at > 0 {
        let (next, n_bytes) = (number(page, at), number(page, at + 2));
        each_run(page.get(at..at + n_bytes).unwrap_or_default(), each);
        // Blocks stand in ascending order: a damaged chain ends here.
        at = if next > at { next } else { 0 };
    }
    // Up to three bytes that are free without being a block cannot hold a number.
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn no_page_is_too_odd(mut bytes in proptest::collection::vec(proptest::num::u8::ANY, 100..3_000)) {
            bytes[16..18].copy_from_slice(&[2, 0]);
            let _ = each_leftover(std::io::Cursor::new(bytes), &mut |_| {});
        }
    }
}
