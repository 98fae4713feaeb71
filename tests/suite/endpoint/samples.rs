//! Small samples of each kind.

/// A document with this in its body.
pub fn pdf(body: &str) -> Vec<u8> {
    format!("%PDF-1.7\n1 0 obj\n{body}\nendobj\ntrailer\n<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n").into_bytes()
}

/// One chunk of a PNG image. Its checksum is not right.
pub fn chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let size = u32::try_from(data.len()).unwrap().to_be_bytes();
    [&size, kind.as_slice(), data, b"CRC!"].concat()
}

pub fn png() -> Vec<u8> {
    let header = chunk(*b"IHDR", b"\0\0\0\x01\0\0\0\x01\x08\0\0\0\0");
    [b"\x89PNG\r\n\x1a\n".as_slice(), &header, &chunk(*b"IDAT", b"data"), &chunk(*b"IEND", b"")].concat()
}

/// One segment of a JPEG image.
pub fn segment(marker: u8, data: &[u8]) -> Vec<u8> {
    let size = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
    [&[0xff, marker], size.as_slice(), data].concat()
}

pub fn jpeg() -> Vec<u8> {
    let tables = [segment(0xe0, b"JFIF\0"), segment(0xdb, &[1; 65]), segment(0xc0, &[1; 9]), segment(0xc4, &[1; 20])];
    [b"\xff\xd8".as_slice(), &tables.concat(), &segment(0xda, &[1; 6]), b"xyz\xff\0xyz\xff\xd0", b"\xff\xd9"].concat()
}
