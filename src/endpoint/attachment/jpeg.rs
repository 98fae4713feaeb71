//! The structure of a JPEG image (ITU-T T.81, annex B).

use std::io::{Read, Seek};

use super::Kind;
use super::walk::Walk;
use super::why::{Format, WhyNot};

/// The first bytes of every JPEG image: the start and the first marker's first byte (section B.1.1.3).
pub(super) const SIGNATURE: [u8; 3] = *b"\xff\xd8\xff";

/// The most segments an image may have. It bounds the time for a file of empty segments.
const MOST_SEGMENTS: usize = 100_000;

/// Walks from segment to segment and through the scans to the end marker.
pub(super) fn check<S: Read + Seek>(source: &mut S, length: u64) -> Result<Kind, WhyNot> {
    let mut walk = Walk::new(source, length, 2, Format::Jpeg)?;
    let (mut has_frame, mut has_scan, mut is_in_scan) = (false, false, false);
    for _ in 0..MOST_SEGMENTS {
        let marker = if is_in_scan { marker_in_scan(&mut walk)? } else { marker(&mut walk)? };
        is_in_scan = marker == 0xda;
        match marker {
            0xd9 if has_scan => return walk.end().map(|()| Kind::Jpeg),
            0xda if has_frame => has_scan = true,
            // Tables, restart interval, application data and comments.
            0xc4 | 0xcc | 0xdb..=0xdd | 0xe0..=0xef | 0xfe => {}
            // Frames. 0xc8 is reserved.
            0xc0..=0xc7 | 0xc9..=0xcf => has_frame = true,
            _ => return Err(walk.damaged()),
        }
        let size = u16::from_be_bytes(walk.bytes()?);
        let rest = size.checked_sub(2).ok_or_else(|| walk.damaged())?;
        walk.skip(u64::from(rest))?;
    }
    Err(walk.damaged())
}

/// Reads a marker that must stand here. Fill bytes before it are allowed (section B.1.1.2).
fn marker<S: Read + Seek>(walk: &mut Walk<'_, S>) -> Result<u8, WhyNot> {
    let [first] = walk.bytes()?;
    if first == 0xff { after_ff(walk) } else { Err(walk.damaged()) }
}

/// Passes over entropy-coded data up to a marker that ends it (section B.1.1.5).
fn marker_in_scan<S: Read + Seek>(walk: &mut Walk<'_, S>) -> Result<u8, WhyNot> {
    loop {
        walk.skip_past(0xff)?;
        match after_ff(walk)? {
            // A stuffed byte or a restart marker.
            0x00 | 0xd0..=0xd7 => {}
            marker => return Ok(marker),
        }
    }
}

/// Reads the byte behind 0xff and any fill bytes.
fn after_ff<S: Read + Seek>(walk: &mut Walk<'_, S>) -> Result<u8, WhyNot> {
    loop {
        match walk.bytes()? {
            [0xff] => {}
            [marker] => return Ok(marker),
        }
    }
}
