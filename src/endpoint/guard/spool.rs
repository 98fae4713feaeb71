//! Holds bodies: a little in memory, the rest in files that have no name. Answers that wait stay in memory.
//!
//! [`Store`] counts what all of them hold together. The counts are asked for by the loop, which then makes room; a spool
//! itself refuses nothing but what the disk refuses, so a budget is overrun by at most what one turn reads.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// The most bytes of one request body that stay in memory.
const IN_MEMORY: usize = 64 * 1024;
/// Bodies up to this stay in memory even when it is short, so that small requests never wait for a disk.
const SMALL: usize = 4 * 1024;
/// What the names of our files begin with, between being made and being unlinked.
const PREFIX: &str = "guard-";

/// Counts what is held for requests in memory and in files, and for answers.
#[derive(Debug)]
pub(super) struct Store {
    dir: PathBuf,
    /// Beyond this many bytes in memory, spools go to files at once.
    soft_bytes: usize,
    memory: AtomicUsize,
    answers: AtomicUsize,
    disk: AtomicU64,
    files: AtomicUsize,
    next_name: AtomicU64,
}

impl Store {
    /// Takes a folder into use and removes what a crash may have left there.
    ///
    /// # Errors
    ///
    /// When the folder cannot be read.
    pub(super) fn open(dir: PathBuf, soft_bytes: usize) -> io::Result<Arc<Self>> {
        for entry in fs::read_dir(&dir)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(PREFIX) {
                // Another process may have been faster; the file is gone either way.
                let _ = fs::remove_file(entry.path());
            }
        }
        let (memory, answers, files) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
        let (disk, next_name) = (AtomicU64::new(0), AtomicU64::new(0));
        Ok(Arc::new(Self { dir, soft_bytes, memory, answers, disk, files, next_name }))
    }

    pub(super) fn memory(&self) -> usize {
        self.memory.load(Ordering::Relaxed)
    }

    pub(super) fn answers(&self) -> usize {
        self.answers.load(Ordering::Relaxed)
    }

    pub(super) fn disk(&self) -> u64 {
        self.disk.load(Ordering::Relaxed)
    }

    pub(super) fn files(&self) -> usize {
        self.files.load(Ordering::Relaxed)
    }

    /// Makes a file that only this process can reach: mode 0600, and unlinked before anything is written.
    fn make_file(&self) -> io::Result<File> {
        loop {
            let number = self.next_name.fetch_add(1, Ordering::Relaxed);
            let path = self.dir.join(format!("{PREFIX}{}-{number}", std::process::id()));
            match OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path) {
                Ok(file) => {
                    fs::remove_file(&path)?;
                    return Ok(file);
                }
                Err(err) if err.kind() == ErrorKind::AlreadyExists => {}
                Err(err) => return Err(err),
            }
        }
    }
}

/// Counts bytes in memory for as long as it lives.
#[derive(Debug)]
pub(super) struct Charge {
    store: Arc<Store>,
    bytes: usize,
}

impl Charge {
    pub(super) fn new(store: &Arc<Store>, bytes: usize) -> Self {
        store.memory.fetch_add(bytes, Ordering::Relaxed);
        Self { store: Arc::clone(store), bytes }
    }

    pub(super) fn set(&mut self, bytes: usize) {
        self.store.memory.fetch_add(bytes, Ordering::Relaxed);
        self.store.memory.fetch_sub(self.bytes, Ordering::Relaxed);
        self.bytes = bytes;
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.store.memory.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// The rest of an answer that its client has not taken yet.
#[derive(Debug)]
pub(super) struct Outgoing {
    bytes: Vec<u8>,
    at: usize,
    store: Arc<Store>,
}

impl Outgoing {
    pub(super) fn new(store: &Arc<Store>, bytes: &[u8]) -> Self {
        store.answers.fetch_add(bytes.len(), Ordering::Relaxed);
        Self { bytes: bytes.to_vec(), at: 0, store: Arc::clone(store) }
    }

    pub(super) fn rest(&self) -> &[u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    pub(super) fn advance(&mut self, count: usize) {
        self.at += count;
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        self.store.answers.fetch_sub(self.bytes.len(), Ordering::Relaxed);
    }
}

/// One body.
#[derive(Debug)]
pub(super) struct Spool {
    memory: Vec<u8>,
    charge: Charge,
    file: Option<File>,
    /// Bytes in the file, counted in the store.
    written: u64,
}

impl Spool {
    pub(super) fn new(store: &Arc<Store>) -> Self {
        Self { memory: Vec::new(), charge: Charge::new(store, 0), file: None, written: 0 }
    }

    /// The bytes held. Once there is a file, all of them are in it.
    pub(super) fn len(&self) -> u64 {
        if self.file.is_some() { self.written } else { u64::try_from(self.memory.len()).unwrap_or(u64::MAX) }
    }

    pub(super) fn is_on_disk(&self) -> bool {
        self.file.is_some()
    }

    /// Appends bytes, moving everything to a file when there are too many of them.
    ///
    /// # Errors
    ///
    /// When the file cannot be made or written; what was appended may then be there in part.
    pub(super) fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        let length = self.memory.len() + bytes.len();
        let store = Arc::clone(&self.charge.store);
        let cap = if store.memory() + bytes.len() <= store.soft_bytes { IN_MEMORY } else { SMALL };
        if self.file.is_none() && length <= cap {
            self.memory.extend_from_slice(bytes);
            self.charge.set(self.memory.capacity());
            return Ok(());
        }
        if self.file.is_none() {
            self.file = Some(store.make_file()?);
            store.files.fetch_add(1, Ordering::Relaxed);
            let held = std::mem::take(&mut self.memory);
            self.charge.set(0);
            self.append(&held)?;
        }
        self.append(bytes)
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Some(file) = self.file.as_mut() else { return Ok(()) };
        file.write_all(bytes)?;
        let added = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.written += added;
        self.charge.store.disk.fetch_add(added, Ordering::Relaxed);
        Ok(())
    }

    /// Copies bytes from `at` on into `buf` and says how many; 0 at the end.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub(super) fn read_at(&self, at: u64, buf: &mut [u8]) -> io::Result<usize> {
        if let Some(file) = &self.file {
            return file.read_at(buf, at);
        }
        let start = usize::try_from(at).unwrap_or(usize::MAX).min(self.memory.len());
        let rest = self.memory.get(start..).unwrap_or_default();
        let count = rest.len().min(buf.len());
        if let (Some(to), Some(from)) = (buf.get_mut(..count), rest.get(..count)) {
            to.copy_from_slice(from);
        }
        Ok(count)
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        if self.file.is_some() {
            self.charge.store.files.fetch_sub(1, Ordering::Relaxed);
            self.charge.store.disk.fetch_sub(self.written, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(spool: &Spool) -> Vec<u8> {
        let (mut res, mut buf) = (Vec::new(), [0; 1000]);
        loop {
            match spool.read_at(res.len() as u64, &mut buf).unwrap() {
                0 => return res,
                count => res.extend_from_slice(&buf[..count]),
            }
        }
    }

    #[test]
    fn large_bodies_move_to_a_nameless_file() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path().to_owned(), 1 << 20).unwrap();
        let mut spool = Spool::new(&store);
        let bytes: Vec<u8> = (0..200_000_u32).map(|number| (number % 251) as u8).collect();
        for chunk in bytes.chunks(7_001) {
            spool.push(chunk).unwrap();
        }
        assert!(spool.is_on_disk());
        assert_eq!((spool.len(), store.disk(), store.files(), store.memory()), (200_000, 200_000, 1, 0));
        assert_eq!(content(&spool), bytes);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        drop(spool);
        assert_eq!((store.disk(), store.files()), (0, 0));
    }

    #[test]
    fn small_bodies_move_too_when_memory_is_short() {
        let dir = tempfile::tempdir().unwrap();
        OpenOptions::new().write(true).create_new(true).open(dir.path().join("guard-1-1")).unwrap();
        let store = Store::open(dir.path().to_owned(), 9000).unwrap();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        let (mut first, mut second) = (Spool::new(&store), Spool::new(&store));
        first.push(&[1; 5000]).unwrap();
        second.push(&[2; 5000]).unwrap();
        assert!(!first.is_on_disk() && second.is_on_disk());
        assert_eq!(content(&second), [2; 5000]);
    }
}
