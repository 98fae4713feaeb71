//! The hash-chained record, `records/chain.jsonl`: one line an event, each holding the digest of the one before.
//!
//! A line is `{"seq":1,"prev":"…","hash":"…","event":{…}}` where `hash` is the SHA-256 of `seq`, a line break, `prev`,
//! a line break and the event's bytes as they stand in the line. Changing, removing or exchanging a line breaks it.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::model::digest::Digest;
use crate::records::{Lock, replace};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    seq: u64,
    prev: Digest,
    hash: Digest,
    event: Box<RawValue>,
}

/// The end of a chain: what the next line builds on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tip {
    /// The number of lines.
    pub n_lines: u64,
    /// The digest of the last one.
    pub hash: Digest,
}

fn hash_of(seq: u64, prev: Digest, event: &str) -> Digest {
    Digest::of(format!("{seq}\n{prev}\n{event}").as_bytes())
}

/// Reads and checks a whole chain and calls back for each event, oldest first; an absent file is an empty chain.
///
/// Errors: at the first line that does not fit; the message says which and how.
pub fn read(path: &Path, each: impl FnMut(u64, &RawValue) -> Result<()>) -> Result<Tip> {
    let mut end = End::START;
    end.read_on(path, each)?;
    Ok(end.tip)
}

/// How far a chain was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    tip: Tip,
    /// The bytes up to there.
    n_bytes: u64,
}

impl End {
    /// Nothing was read yet.
    pub const START: Self = Self { tip: Tip { n_lines: 0, hash: Digest::ZERO }, n_bytes: 0 };

    /// Reads and checks what follows, and calls back for each event.
    ///
    /// Errors: at the first line that does not fit, and when the chain is shorter than it was.
    pub fn read_on(&mut self, path: &Path, mut each: impl FnMut(u64, &RawValue) -> Result<()>) -> Result<()> {
        let reading = || format!("reading {}", path.display());
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && self.n_bytes == 0 => return Ok(()),
            Err(error) => return Err(error).with_context(reading),
        };
        if file.metadata().with_context(reading)?.len() < self.n_bytes {
            bail!("{}: is shorter than it was", path.display());
        }
        let mut text = String::new();
        file.seek(SeekFrom::Start(self.n_bytes)).with_context(reading)?;
        file.read_to_string(&mut text).with_context(reading)?;
        for text in text.split_inclusive('\n') {
            let number = self.tip.n_lines + 1;
            let at = || format!("{} line {number}", path.display());
            if !text.ends_with('\n') {
                bail!("{}: the line is cut off", at());
            }
            let line: Line = serde_json::from_str(text).with_context(at)?;
            if line.seq != number || line.prev != self.tip.hash {
                bail!("{}: does not follow the line before it", at());
            }
            if line.hash != hash_of(line.seq, line.prev, line.event.get()) {
                bail!("{}: its digest is not that of its content", at());
            }
            each(line.seq, &line.event).with_context(at)?;
            self.tip = Tip { n_lines: line.seq, hash: line.hash };
            self.n_bytes += text.len() as u64;
        }
        Ok(())
    }
}

/// Appends an event durably, whatever other processes append at the same time, and answers the new end.
///
/// Errors: as [`append_all`].
pub fn append(path: &Path, event: &impl Serialize) -> Result<Tip> {
    append_all(path, std::slice::from_ref(event))
}

/// Appends events durably and together, whatever other processes append at the same time, and answers the new end.
///
/// Their lines are durable beside the chain before the chain is touched: a process that is killed meanwhile leaves lines
/// that [`finish_interrupted`] completes, and what are no such lines is damage.
/// Errors: when the disk fails, and the chain is then as it was; when the chain is broken.
pub fn append_all<E: Serialize>(path: &Path, events: &[E]) -> Result<Tip> {
    append_after(path, &mut { End::START }, |_| (), || Ok(events.iter().collect()))
}

/// The same for a process that knows how far it read the chain: only what follows is read and checked anew, and `each` is
/// called back with it. Then `make` says what is to be appended; nobody else appends in between.
///
/// Errors: as [`append_all`], and those of `make`; `end` is then as far as the chain could be read.
pub fn append_after<E: Serialize>(
    path: &Path,
    end: &mut End,
    mut each: impl FnMut(&RawValue),
    make: impl FnOnce() -> Result<Vec<E>>,
) -> Result<Tip> {
    let _lock = Lock::take(&path.with_extension("lock"))?;
    complete(path)?;
    end.read_on(path, |_, raw| {
        each(raw);
        Ok(())
    })?;
    let mut tip = end.tip;
    let events = make()?;
    if events.is_empty() {
        return Ok(tip);
    }
    let mut bytes = Vec::new();
    for event in &events {
        let event = serde_json::value::to_raw_value(event).context("writing the record")?;
        let seq = tip.n_lines + 1;
        let hash = hash_of(seq, tip.hash, event.get());
        let line = Line { seq, prev: tip.hash, hash, event };
        serde_json::to_writer(&mut bytes, &line).context("writing the record")?;
        bytes.push(b'\n');
        tip = Tip { n_lines: seq, hash };
    }
    let next = path.with_extension("next");
    replace(&next, &bytes)?;
    let written = write_lines(path, &bytes);
    std::fs::remove_file(&next).with_context(|| format!("removing {}", next.display()))?;
    written?;
    *end = End { tip, n_bytes: end.n_bytes + bytes.len() as u64 };
    Ok(tip)
}

/// Adds lines; where that fails, the file gets its old length back.
fn write_lines(path: &Path, bytes: &[u8]) -> Result<()> {
    let writing = || format!("writing {}", path.display());
    let mut file = OpenOptions::new().create(true).append(true).open(path).with_context(writing)?;
    let length = file.metadata().with_context(writing)?.len();
    if let Err(error) = file.write_all(bytes).and_then(|()| file.sync_all()) {
        file.set_len(length).and_then(|()| file.sync_all()).with_context(writing)?;
        return Err(error).with_context(writing);
    }
    crate::records::sync_parent(path)
}

/// Completes the lines of a process that was killed while it appended.
///
/// Errors: when the disk fails.
pub fn finish_interrupted(path: &Path) -> Result<()> {
    let _lock = Lock::take(&path.with_extension("lock"))?;
    complete(path)
}

fn complete(path: &Path) -> Result<()> {
    let next = path.with_extension("next");
    let lines = match std::fs::read(&next) {
        Ok(lines) => lines,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).with_context(|| format!("reading {}", next.display())),
    };
    let bytes = std::fs::read(path).or_else(|error| if path.exists() { Err(error) } else { Ok(Vec::new()) });
    let bytes = bytes.with_context(|| format!("reading {}", path.display()))?;
    // The longest beginning of the lines that the chain ends with was written before the kill.
    let n_written = (0..=lines.len()).rev().find(|n| bytes.ends_with(&lines[..*n])).unwrap_or_default();
    let before = &bytes[..bytes.len() - n_written];
    if before.is_empty() || before.ends_with(b"\n") {
        write_lines(path, &lines[n_written..])?;
    }
    std::fs::remove_file(&next).with_context(|| format!("removing {}", next.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_line_is_found() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("chain.jsonl");
        let tips: Vec<Tip> = (0..3).map(|n| append(&path, &serde_json::json!({ "n": n })).unwrap()).collect();
        assert_eq!(read(&path, |_, _| Ok(())).unwrap(), tips[2]);
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for bad in [
            text.replace("{\"n\":1}", "{\"n\":7}"),
            format!("{}\n{}\n", lines[0], lines[2]),
            format!("{}\n{}\n{}\n", lines[1], lines[0], lines[2]),
            text.trim_end().to_owned(),
        ] {
            crate::records::replace(&path, bad.as_bytes()).unwrap();
            assert!(read(&path, |_, _| Ok(())).is_err(), "{bad}");
        }
    }

    #[test]
    fn many_append_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("chain.jsonl");
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let path = &path;
                scope.spawn(move || {
                    for n in 0..10 {
                        append(path, &serde_json::json!({ "thread": thread, "n": n })).unwrap();
                    }
                });
            }
        });
        assert_eq!(read(&path, |_, _| Ok(())).unwrap().n_lines, 80);
    }

    /// Killed after each byte of what it appends, the next process completes it; any other cut is damage and is located.
    #[test]
    fn lines_cut_at_any_byte_are_completed_and_other_cuts_are_found() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("chain.jsonl");
        append(&path, &serde_json::json!({ "n": 0 })).unwrap();
        let first = std::fs::read(&path).unwrap();
        append_all(&path, &[serde_json::json!({ "n": 1 }), serde_json::json!({ "n": 2 })]).unwrap();
        let both = std::fs::read(&path).unwrap();
        let line = &both[first.len()..];
        for n_written in 0..=line.len() {
            replace(&path, &both[..first.len() + n_written]).unwrap();
            replace(&path.with_extension("next"), line).unwrap();
            finish_interrupted(&path).unwrap();
            assert_eq!(std::fs::read(&path).unwrap(), both, "{n_written}");
            assert!(!path.with_extension("next").exists());
        }
        let second = first.len() + line.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        for n_kept in (first.len() + 1)..both.len() {
            replace(&path, &both[..n_kept]).unwrap();
            let res = append(&path, &serde_json::json!({ "n": 3 })).map_err(|error| error.to_string());
            let damaged = if n_kept < second { "line 2" } else { "line 3" };
            assert!(n_kept == second || res.is_err_and(|error| error.contains(damaged)), "{n_kept}");
        }
    }
}
