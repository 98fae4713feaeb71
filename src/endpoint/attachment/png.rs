//! The structure of a PNG image (W3C PNG specification, sections 5 and 11).

use std::io::{Read, Seek};

use super::Kind;
use super::walk::Walk;
use super::why::{Format, WhyNot};

/// The first bytes of every PNG image (section 5.2).
pub(super) const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// The most chunks an image may have. It bounds the time for a file of empty chunks.
const MOST_CHUNKS: usize = 100_000;

/// Walks from chunk to chunk to the end. The checksums are not computed.
pub(super) fn check<S: Read + Seek>(source: &mut S, length: u64) -> Result<Kind, WhyNot> {
    let mut walk = Walk::new(source, length, 8, Format::Png)?;
    let mut has_pixels = false;
    for number in 0..MOST_CHUNKS {
        let size = u32::from_be_bytes(walk.bytes()?);
        let kind: [u8; 4] = walk.bytes()?;
        let is_first = number == 0;
        let is_named = kind.iter().all(u8::is_ascii_alphabetic);
        if !is_named || i32::try_from(size).is_err() || is_first != (kind == *b"IHDR") {
            return Err(walk.damaged());
        }
        let mut rest = u64::from(size) + 4;
        match &kind {
            b"IHDR" => {
                let sides: [u8; 8] = walk.bytes()?;
                let (width, height) = sides.split_at(4);
                if size != 13 || width == [0; 4] || height == [0; 4] {
                    return Err(walk.damaged());
                }
                rest = 9;
            }
            b"IDAT" => has_pixels = true,
            b"IEND" if size != 0 || !has_pixels => return Err(walk.damaged()),
            _ => {}
        }
        walk.skip(rest)?;
        if kind == *b"IEND" {
            return walk.end().map(|()| Kind::Png);
        }
    }
    Err(walk.damaged())
}
