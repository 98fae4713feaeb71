//! What the tests share: a writer of forms, a sink that keeps all, and a source that reads in small pieces.

use std::io::{self, Read};

use kaishu::endpoint::multipart::{Limits, Refusal, Sink, read};

/// A part as written or as read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    Field(String, String),
    File(String, String, Vec<u8>),
}

/// Writes a form as browsers do (HTML, "multipart/form-data encoding algorithm").
pub fn write(boundary: &str, parts: &[Part]) -> Vec<u8> {
    let mut body = Vec::new();
    for part in parts {
        body.extend(format!("--{boundary}\r\nContent-Disposition: form-data; ").bytes());
        match part {
            Part::Field(name, text) => body.extend(format!("name=\"{}\"\r\n\r\n{text}", escape(name)).bytes()),
            Part::File(name, filename, bytes) => {
                let (name, filename) = (escape(name), escape(filename));
                let begin = format!("name=\"{name}\"; filename=\"{filename}\"\r\nContent-Type: a/b\r\n\r\n");
                body.extend(begin.bytes());
                body.extend(bytes);
            }
        }
        body.extend(b"\r\n");
    }
    body.extend(format!("--{boundary}--\r\n").bytes());
    body
}

fn escape(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// Keeps everything, and checks the order of the calls.
#[derive(Default)]
pub struct Kept {
    pub parts: Vec<Part>,
    pub open: Option<Part>,
    pub fails_at: Option<&'static str>,
    pub pieces: usize,
}

impl Kept {
    fn fail(&self, call: &str) -> io::Result<()> {
        if self.fails_at == Some(call) { Err(io::Error::other("full")) } else { Ok(()) }
    }
}

impl Sink for Kept {
    fn field(&mut self, name: &str, text: &str) -> io::Result<()> {
        self.fail("field")?;
        assert!(self.open.is_none());
        self.parts.push(Part::Field(name.into(), text.into()));
        Ok(())
    }

    fn begin_file(&mut self, name: &str, filename: &str) -> io::Result<()> {
        self.fail("begin_file")?;
        assert!(self.open.is_none());
        self.open = Some(Part::File(name.into(), filename.into(), Vec::new()));
        Ok(())
    }

    fn bytes(&mut self, more: &[u8]) -> io::Result<()> {
        self.fail("bytes")?;
        assert!(!more.is_empty() && more.len() <= 128 * 1024);
        self.pieces += 1;
        let Some(Part::File(_, _, bytes)) = &mut self.open else { panic!("no file is open") };
        bytes.extend(more);
        Ok(())
    }

    fn end_file(&mut self) -> io::Result<()> {
        self.fail("end_file")?;
        self.parts.push(self.open.take().unwrap());
        Ok(())
    }
}

/// Gives at most as many bytes at a time as the pattern says, over and over, and interrupts now and then.
pub struct Pieces<'a> {
    pub bytes: &'a [u8],
    pub sizes: Vec<usize>,
    pub turn: usize,
}

impl<'a> Pieces<'a> {
    pub fn new(bytes: &'a [u8], sizes: &[usize]) -> Self {
        Self { bytes, sizes: sizes.to_vec(), turn: 0 }
    }
}

impl Read for Pieces<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let size = self.sizes[self.turn % self.sizes.len()];
        self.turn += 1;
        if size == 0 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let count = size.min(room.len()).min(self.bytes.len());
        room[..count].copy_from_slice(&self.bytes[..count]);
        self.bytes = &self.bytes[count..];
        Ok(count)
    }
}

/// Reads in pieces of the sizes.
pub fn read_in(body: &[u8], boundary: &str, limits: &Limits, sizes: &[usize]) -> Result<Vec<Part>, Refusal> {
    let mut kept = Kept::default();
    read(Pieces::new(body, sizes), boundary, limits, &mut kept)?;
    assert!(kept.open.is_none());
    Ok(kept.parts)
}

/// Reads with the boundary `b`, whole and byte by byte, and checks that both give the same.
pub fn read_b(body: &[u8], limits: &Limits) -> Result<Vec<Part>, Refusal> {
    let whole = read_in(body, "b", limits, &[usize::MAX]);
    let single = read_in(body, "b", limits, &[1]);
    assert_eq!(format!("{whole:?}"), format!("{single:?}"));
    whole
}

/// A body with the boundary `b` and one part of this header and content.
pub fn one(header: &str, content: &[u8]) -> Vec<u8> {
    [b"--b\r\n", header.as_bytes(), b"\r\n\r\n", content, b"\r\n--b--\r\n"].concat()
}

pub fn field(name: &str, text: &str) -> Part {
    Part::Field(name.into(), text.into())
}

pub fn file(name: &str, filename: &str, bytes: &[u8]) -> Part {
    Part::File(name.into(), filename.into(), bytes.to_vec())
}
