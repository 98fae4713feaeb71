//! The hash-chained record, `records/chain.jsonl`: one line an event, each holding the digest of the one before.
//!
//! A line is `{"seq":1,"prev":"…","hash":"…","event":{…}}` where `hash` is the SHA-256 of `seq`, a line break, `prev`,
//! a line break and the event's bytes as they stand in the line. Changing, removing or exchanging a line breaks it.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::model::digest::Digest;

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
pub fn read(path: &Path, mut each: impl FnMut(u64, &RawValue) -> Result<()>) -> Result<Tip> {
    let mut tip = Tip { n_lines: 0, hash: Digest::ZERO };
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(tip),
        Err(error) => return Err(error).with_context(|| format!("reading {}", path.display())),
    };
    for (line_idx, text) in text.split_inclusive('\n').enumerate() {
        let number = line_idx + 1;
        let at = || format!("{} line {number}", path.display());
        if !text.ends_with('\n') {
            bail!("{}: the line is cut off", at());
        }
        let line: Line = serde_json::from_str(text).with_context(at)?;
        if line.seq != tip.n_lines + 1 || line.prev != tip.hash {
            bail!("{}: does not follow the line before it", at());
        }
        if line.hash != hash_of(line.seq, line.prev, line.event.get()) {
            bail!("{}: its digest is not that of its content", at());
        }
        each(line.seq, &line.event).with_context(at)?;
        tip = Tip { n_lines: line.seq, hash: line.hash };
    }
    Ok(tip)
}

/// Takes away a last line that was cut off while it was written, if exactly so many whole lines stand before it.
///
/// Only for a build that was interrupted while it appended; any other cut is left to be found by [`read`].
/// Errors: when the file cannot be read or shortened.
pub fn cut_torn_line(path: &Path, n_whole_lines: u64) -> Result<()> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).with_context(|| format!("reading {}", path.display())),
    };
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |idx| idx + 1);
    let n_lines = bytes[..whole].split_inclusive(|byte| *byte == b'\n').count() as u64;
    if whole < bytes.len() && n_lines == n_whole_lines {
        let file = OpenOptions::new().write(true).open(path).with_context(|| format!("opening {}", path.display()))?;
        let length = u64::try_from(whole).context("the length of the record")?;
        file.set_len(length)
            .and_then(|()| file.sync_all())
            .with_context(|| format!("shortening {}", path.display()))?;
    }
    Ok(())
}

/// Appends an event durably and answers the new end.
///
/// Errors: when the disk fails.
pub fn append(path: &Path, tip: Tip, event: &impl Serialize) -> Result<Tip> {
    let event = serde_json::value::to_raw_value(event).context("writing the record")?;
    let seq = tip.n_lines + 1;
    let hash = hash_of(seq, tip.hash, event.get());
    let mut bytes = serde_json::to_vec(&Line { seq, prev: tip.hash, hash, event }).context("writing the record")?;
    bytes.push(b'\n');
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .with_context(|| format!("opening {}", path.display()))?;
    file.write_all(&bytes).and_then(|()| file.sync_all()).with_context(|| format!("writing {}", path.display()))?;
    super::sync_parent(path)?;
    Ok(Tip { n_lines: seq, hash })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_line_is_found() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("chain.jsonl");
        let mut tip = read(&path, |_, _| Ok(())).unwrap();
        for n in 0..3 {
            tip = append(&path, tip, &serde_json::json!({ "n": n })).unwrap();
        }
        assert_eq!(read(&path, |_, _| Ok(())).unwrap(), tip);
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
}
